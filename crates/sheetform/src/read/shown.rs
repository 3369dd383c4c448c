//! The text that a number cell shows: months and dates as headings stand in the cell as numbers. Knows the codes that
//! headings have; of others the number's own digits are the text.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::grid::{Cell, Content, FormatKind};
use crate::serial::{Date, date_iso};

/// Digits that a General cell shows.
const GENERAL: usize = 10;
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A cell's text, or what its number format makes of its number; `None` where it holds neither.
pub(super) fn shown(cell: &Cell, date1904: bool) -> Option<Arc<str>> {
    let Content::Number { value, raw } = &cell.content else { return cell.as_text().map(Into::into) };
    let code = cell.format.as_ref().map_or("", |format| &*format.code);
    let text = match cell.kind() {
        FormatKind::Number | FormatKind::Percent => number(code, *value, raw),
        FormatKind::Date | FormatKind::Month => date(code, *value, date1904),
        _ => None,
    };
    Some(text.map_or_else(|| Arc::from(raw.as_str()), Into::into))
}

/// The same cell written plainly: a date as ISO text, a number as its digits.
pub(super) fn plain(cell: &Cell, date1904: bool) -> Option<Arc<str>> {
    let Content::Number { value, raw } = &cell.content else { return cell.as_text().map(Into::into) };
    let dated = matches!(cell.kind(), FormatKind::Date | FormatKind::Month | FormatKind::DateTime);
    let iso = if dated { date_iso(*value, date1904) } else { None };
    Some(iso.map_or_else(|| Arc::from(raw.as_str()), Into::into))
}

/// One part of a format's first section.
enum Item {
    Fixed(String),
    /// A run of one letter or sign.
    Run(char, usize),
}

/// The first section of a code; `None` where something in it changes what is shown in another way.
fn items(code: &str) -> Option<Vec<Item>> {
    let mut items: Vec<Item> = Vec::new();
    let mut chars = code.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ';' => break,
            '"' => items.push(Item::Fixed(chars.by_ref().take_while(|c| *c != '"').collect())),
            '\\' => items.push(Item::Fixed(chars.next().map(String::from).unwrap_or_default())),
            // A blank as wide as the next character, and one that fills the cell.
            '_' | '*' => {
                chars.next();
            }
            '[' => {
                let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                // A language or colour changes nothing; elapsed time and conditions do.
                if !inside.starts_with('$') && !inside.chars().all(|c| c.is_alphabetic() && !"hms".contains(c)) {
                    return None;
                }
            }
            c if c.is_ascii_alphabetic() || "0#?.,%@".contains(c) => {
                let c = c.to_ascii_lowercase();
                let mut run = 1;
                while chars.next_if(|next| next.to_ascii_lowercase() == c).is_some() {
                    run += 1;
                }
                items.push(Item::Run(c, run));
            }
            c => items.push(Item::Fixed(c.into())),
        }
    }
    Some(items)
}

fn date(code: &str, value: f64, date1904: bool) -> Option<String> {
    let (date, _) = Date::from_serial(value, date1904)?;
    let iso = date.to_string();
    let mut parts = iso.rsplitn(3, '-');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let (month, day): (usize, u32) = (month.parse().ok()?, day.parse().ok()?);
    let name = MONTHS.get(month.checked_sub(1)?)?;
    let mut out = String::new();
    for item in items(code)? {
        match item {
            Item::Fixed(text) => out.push_str(&text),
            Item::Run('y', 1 | 2) => out.push_str(year.get(2..)?),
            Item::Run('y' | 'e', _) => out.push_str(year),
            Item::Run('m', 1) => out.push_str(&month.to_string()),
            Item::Run('m', 2) => write!(out, "{month:02}").ok()?,
            Item::Run('m', 3) => out.push_str(&name[..3]),
            Item::Run('m', 4) => out.push_str(name),
            Item::Run('d', 1) => out.push_str(&day.to_string()),
            Item::Run('d', 2) => write!(out, "{day:02}").ok()?,
            Item::Run('.' | ',', run) => out.push_str(&".".repeat(run)),
            // `;@` behind a date speaks of texts.
            Item::Run(..) => return None,
        }
    }
    Some(out)
}

fn number(code: &str, value: f64, raw: &str) -> Option<String> {
    let general = |value: f64| {
        if raw.len() <= GENERAL + 2 {
            return raw.to_owned();
        }
        // Digits behind what the cell has room for are rounded away: 2013.3000000000002 shows 2013.3.
        let rounded = format!("{value:.*e}", GENERAL - 1).parse::<f64>().unwrap_or(value);
        rounded.to_string()
    };
    let code = code.strip_suffix(";@").unwrap_or(code);
    if code.trim().is_empty() || code == "@" {
        return Some(general(value));
    }
    let lower = code.to_ascii_lowercase();
    if let Some(at) = lower.find("general") {
        let fixed = |code: &str| {
            let fixed = items(code)?.into_iter().map(|item| match item {
                Item::Fixed(text) => Some(text),
                Item::Run(..) => None,
            });
            fixed.collect::<Option<String>>()
        };
        return Some(fixed(&code[..at])? + &general(value) + &fixed(&code[at + 7..])?);
    }
    let (mut before, mut behind, mut digits, mut decimals, mut point) = (String::new(), String::new(), 0, 0, false);
    let (mut commas, mut percent, mut any) = (false, false, false);
    for item in items(code)? {
        match item {
            Item::Fixed(text) if any => behind.push_str(&text),
            Item::Fixed(text) => before.push_str(&text),
            // Digits once more behind a fixed text, 000-0000: not a heading.
            Item::Run('0' | '#' | '?', _) if !behind.is_empty() => return None,
            Item::Run('0', run) if point => decimals += run,
            Item::Run('0', run) => (any, digits) = (true, digits + run),
            Item::Run('#' | '?', _) if point => return None,
            Item::Run('#' | '?', _) => any = true,
            Item::Run('.', 1) if any && !point => point = true,
            Item::Run(',', 1) if any && !point => commas = true,
            Item::Run('%', 1) => {
                percent = true;
                behind.push('%');
            }
            Item::Run(..) => return None,
        }
    }
    let value = if percent { value * 100.0 } else { value };
    if !any || commas || value < 0.0 {
        return None;
    }
    let width = digits + if decimals > 0 { decimals + 1 } else { 0 };
    Some(format!("{before}{value:0width$.decimals$}{behind}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::NumberFormat;

    fn cell(value: &str, code: &str, kind: FormatKind) -> Cell {
        let content = Content::Number { value: value.parse().unwrap(), raw: value.into() };
        let format = (!code.is_empty()).then(|| Arc::new(NumberFormat { code: code.into(), kind }));
        Cell { content, format, formula: None }
    }

    #[test]
    fn numbers() {
        for (value, code, text) in [
            ("1", "", "1"),
            ("2013.3000000000002", "", "2013.3"),
            ("1", "0\"月\"", "1月"),
            ("12", "General\"月\"", "12月"),
            ("3", "\"第\"0\"季度\"", "第3季度"),
            ("7", "00", "07"),
            ("2014.1", "0.00", "2014.10"),
            ("0.5", "0%", "50%"),
            ("1", "0\\月;@", "1月"),
            // Shown in a way that is not known here: its own digits.
            ("1234", "#,##0", "1234"),
            ("5", "[>3]0\"大\";0", "5"),
        ] {
            assert_eq!(shown(&cell(value, code, FormatKind::Number), false).as_deref(), Some(text), "{code}");
        }
    }

    #[test]
    fn dates() {
        for (code, text) in [
            ("yyyy\"年\"m\"月\"", "2026年2月"),
            ("[$-804]yyyy\"年\"m\"月\"d\"日\";@", "2026年2月1日"),
            ("yyyy/mm", "2026/02"),
            ("m\"月\"", "2月"),
            ("mmm-yy", "Feb-26"),
            ("yyyy.m", "2026.2"),
            ("aaaa", "46054"),
        ] {
            assert_eq!(shown(&cell("46054", code, FormatKind::Date), false).as_deref(), Some(text), "{code}");
        }
        assert_eq!(plain(&cell("46054", "m\"月\"", FormatKind::Date), false).as_deref(), Some("2026-02-01"));
    }
}
