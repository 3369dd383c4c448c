//! Mended copies: what is safe to mend goes into a copy of the workbook. What that is, the library decides; the writing
//! is the workbook crate's.

use std::path::Path;

use sheetform::finding::Text;
use sheetform::fix::{Fixed, Plan, plan};
use sheetform_workbook::{Patch, Workbook};

use crate::check::{Checked, Checker};
use crate::console::Console;
use crate::copies::{self, Copies, Purpose};
use crate::stop::{Stop, one_line};

/// How files are mended.
pub(crate) struct Fixing<'a> {
    pub(crate) checker: &'a Checker<'a>,
    /// Where the copies go; none where mends are only listed.
    pub(crate) copies: Option<&'a Copies>,
    pub(crate) mask: bool,
    pub(crate) console: Console,
}

impl Fixing<'_> {
    /// Lists the mends of a file in its report, and writes the copy.
    pub(crate) fn write(&self, index: usize, path: &Path, one: &mut Checked, book: Workbook) -> Result<(), Stop> {
        let file = one.report.file.clone().unwrap_or_default();
        let console = self.console;
        let mut mends = std::mem::take(&mut one.mends);
        let (book, is_new) = match Purpose::Mend.as_xlsx(&file, &book, console)? {
            None => (book, false),
            // What a cell holds there decides: a number of a .csv is text in it.
            Some(new) => {
                let again = Checked { document: None, ..self.checker.check_book(path, new) };
                mends = again.mends;
                let why = again.report.findings.first();
                (*again.book.ok_or_else(|| Purpose::Mend.refused(&file, why, console.lang))?, true)
            }
        };
        let Plan { cells, fixed, formulas } = plan(&book, mends).map_err(|finding| {
            let why = one_line(&finding, console.lang);
            Stop::new(format!("{file}: {why}"), format!("{file}：{why}"))
        })?;
        let count = fixed.len();
        let shown = |fixed: Fixed| if self.mask { fixed.masked() } else { fixed };
        one.report.fixes = Some(fixed.into_iter().map(shown).collect());
        if let Some(copies) = self.copies {
            let changes = Patch { cells: cells.into_iter().map(Into::into).collect(), first: None };
            if let Some((name, _)) = copies.write(index, &file, &book, &changes, console)? {
                console.note(&said(&name, count));
                if is_new {
                    copies::say_new(&file, console);
                }
            }
        }
        if formulas > 0 {
            console.note(&Text::new(
                format!("{file}: formulas are never overwritten; cells left for that: {formulas}"),
                format!("{file}：公式从不覆盖；因此未改的单元格：{formulas} 个"),
            ));
        }
        Ok(())
    }
}

fn said(name: &str, count: usize) -> Text {
    match count {
        0 => Text::new(format!("wrote {name}: nothing to mend"), format!("已写出 {name}：没有可自动修正的内容")),
        1 => Text::new(format!("wrote {name}: 1 cell mended"), format!("已写出 {name}：修正 1 格")),
        _ => Text::new(format!("wrote {name}: {count} cells mended"), format!("已写出 {name}：修正 {count} 格")),
    }
}
