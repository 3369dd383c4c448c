//! A web page as a book: its tables below one another on one sheet, what stands between them in rows of their own,
//! as Excel opens such a page. Knows no scripts and no styles.

mod table;
mod tokens;

use sheetform::finding::Finding;
use sheetform::grid::{BookInfo, Grid, GridSheet, SheetInfo};

use self::table::Page;
use self::tokens::{Token, Tokens};
use crate::limits::Limits;
use crate::package::detect::Kind;
use crate::package::handle::Handle;
use crate::text::{SHEET, whole};

/// A web page with tables, as a book in memory.
pub(crate) fn open(file: &Handle, limits: &Limits) -> Result<Grid, Finding> {
    let (text, found) = whole(file, charset, limits.small_part_bytes)?;
    let mut page = Page::new(limits, found.damaged);
    for token in Tokens::new(&text) {
        match token {
            Token::Text(text) => page.text(&text)?,
            Token::Open(tag) => page.open(&tag)?,
            Token::Close(name) => page.close(&name)?,
        }
    }
    let sheet: GridSheet = page.finish()?.ok_or_else(|| Kind::WebPage.finding())?;
    let sheets = vec![SheetInfo { name: SHEET.to_owned(), ..SheetInfo::default() }];
    let info = BookInfo { sheets, plain_text: true, ..BookInfo::default() };
    Ok(Grid { info, sheets: vec![sheet] })
}

/// The encoding that a page names near its beginning.
fn charset(text: &str) -> Option<String> {
    let head: String = text.chars().take(4096).collect::<String>().to_ascii_lowercase();
    let at = head.find("charset=").map(|at| at + "charset=".len()).or_else(|| {
        let is_xml = head.trim_start().starts_with("<?xml");
        head.find("encoding=").filter(|_| is_xml).map(|at| at + "encoding=".len())
    })?;
    let name = head[at..].trim_start_matches(['"', '\'']);
    name.split(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c))).next().map(str::to_owned)
}

#[cfg(test)]
mod tests;
