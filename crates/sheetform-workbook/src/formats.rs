//! What a number format shows, from its code. Formats nothing.

use sheetform::grid::FormatKind;

/// One thing that a format code shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item {
    Year,
    /// Month or minute, until its neighbours tell.
    M,
    Day,
    Weekday,
    Hour,
    Second,
    HalfDay,
    Elapsed,
    Digit,
    Percent,
    Text,
}

/// Whether the code means General, in the forms that files have it.
pub(crate) fn is_general(code: &str) -> bool {
    let code = code.trim();
    code.is_empty() || code.eq_ignore_ascii_case("general") || code == "G/通用格式" || code == "G/通用格式;@"
}

/// What a format code shows. A code with a date in any section is a date: `[=0]"";yyyy-mm-dd`.
pub(crate) fn kind(code: &str) -> FormatKind {
    let sections = sections(code);
    if let Some(kind) = sections.iter().find_map(|items| date_kind(items)) {
        return kind;
    }
    let first = sections.first().map(Vec::as_slice).unwrap_or_default();
    if first.contains(&Item::Percent) {
        FormatKind::Percent
    } else if sections.len() == 1 && first.contains(&Item::Text) && !first.contains(&Item::Digit) {
        FormatKind::Text
    } else {
        FormatKind::Number
    }
}

fn date_kind(items: &[Item]) -> Option<FormatKind> {
    let (mut year, mut month, mut day, mut time, mut elapsed) = (false, false, false, false, false);
    // Seconds with decimals have digits after them; digits count for nothing here.
    let parts: Vec<Item> = items
        .iter()
        .copied()
        .filter(|item| !matches!(item, Item::Digit | Item::Percent | Item::Text | Item::HalfDay))
        .collect();
    for (index, part) in parts.iter().enumerate() {
        match part {
            Item::Year => year = true,
            Item::Day | Item::Weekday => day = true,
            Item::Hour | Item::Second => time = true,
            Item::Elapsed => elapsed = true,
            Item::M => {
                let after = index > 0 && matches!(parts[index - 1], Item::Hour | Item::Elapsed);
                let before = parts.get(index + 1) == Some(&Item::Second);
                if after || before { time = true } else { month = true }
            }
            _ => {}
        }
    }
    time |= items.contains(&Item::HalfDay);
    let date = year || month || day;
    match (date, time, elapsed) {
        (true, true, _) | (true, _, true) => Some(FormatKind::DateTime),
        (true, false, false) if year && month && !day => Some(FormatKind::Month),
        (true, false, false) => Some(FormatKind::Date),
        (false, _, true) => Some(FormatKind::Duration),
        (false, true, false) => Some(FormatKind::Time),
        (false, false, false) => None,
    }
}

/// The items of each section; literals, colours, conditions and languages are left out.
fn sections(code: &str) -> Vec<Vec<Item>> {
    let mut sections = vec![Vec::new()];
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let mut length = first.len_utf8();
        let after = &rest[length..];
        let lower = first.to_ascii_lowercase();
        let mut item = None;
        match lower {
            ';' => sections.push(Vec::new()),
            '"' => length += after.find('"').map_or(after.len(), |end| end + 1),
            '\\' | '_' | '*' => length += after.chars().next().map_or(0, char::len_utf8),
            '[' => {
                let end = after.find(']').unwrap_or(after.len());
                length += (end + 1).min(after.len());
                item = is_elapsed(&after[..end]).then_some(Item::Elapsed);
            }
            _ if starts(rest, "general") => length = 7,
            _ if rest.starts_with("G/通用格式") => length = "G/通用格式".len(),
            _ if starts(rest, "am/pm") => (length, item) = (5, Some(Item::HalfDay)),
            _ if starts(rest, "a/p") => (length, item) = (3, Some(Item::HalfDay)),
            _ if rest.starts_with("上午/下午") => (length, item) = ("上午/下午".len(), Some(Item::HalfDay)),
            // An exponent, 0.00E+00; without digits before it e-mm-dd is a year.
            'e' if after.starts_with(['+', '-']) && sections.last().is_some_and(|s| s.contains(&Item::Digit)) => {
                length += 1;
            }
            'y' | 'e' | 'b' | 'g' | 'm' | 'd' | 'a' | 'h' | 's' => {
                let run = rest.bytes().take_while(|b| b.to_ascii_lowercase() == lower as u8).count();
                length = run;
                item = letters(lower, run);
            }
            '0' | '#' | '?' => item = Some(Item::Digit),
            '%' => item = Some(Item::Percent),
            '@' => item = Some(Item::Text),
            _ => {}
        }
        if let (Some(item), Some(section)) = (item, sections.last_mut()) {
            section.push(item);
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    sections
}

/// What a run of one letter shows.
fn letters(letter: char, run: usize) -> Option<Item> {
    Some(match (letter, run) {
        ('y' | 'e', _) | ('b', 2 | 4) => Item::Year,
        ('m', _) => Item::M,
        ('d' | 'a', 3..) => Item::Weekday,
        ('d', _) => Item::Day,
        ('h', _) => Item::Hour,
        ('s', _) => Item::Second,
        // g is the name of an era, always with a year beside it; a lone a or b is a literal.
        _ => return None,
    })
}

fn is_elapsed(inside: &str) -> bool {
    let mut letters = inside.chars().map(|c| c.to_ascii_lowercase());
    let Some(first) = letters.next() else { return false };
    matches!(first, 'h' | 'm' | 's') && letters.all(|c| c == first)
}

fn starts(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xlsx::builtin;

    #[test]
    fn codes() {
        use FormatKind::{Date, DateTime, Duration, Month, Number, Percent, Text, Time};
        for (code, expected) in [
            (r#"yyyy"年"m"月"d"日""#, Date),
            (r#"yyyy"年"m"月"d"日";@"#, Date),
            (r#"[$-804]yyyy"年"m"月"d"日";@"#, Date),
            (r#"[DBNum1][$-804]yyyy"年"m"月"d"日";@"#, Date),
            (r#"[DBNum1]yyyy"年"m"月""#, Month),
            ("yyyy年m月d日", Date),
            (r"yyyy\-mm\-dd", Date),
            ("yyyy/m/d h:mm;@", DateTime),
            (r"[$-F800]dddd\,\ mmmm\ dd\,\ yyyy", Date),
            (r"[$-F400]h:mm:ss\ AM/PM", Time),
            ("aaaa", Date),
            ("e-mm-dd", Date),
            ("[$-804]aaaa;@", Date),
            ("[$-804]aaa;@", Date),
            (r#"e"年""#, Date),
            (r#"e"年"m"月"d"日""#, Date),
            (r#"[$-411]ggge"年"m"月"d"日";@"#, Date),
            (r#"m"月"d"日""#, Date),
            (r#"m"月""#, Date),
            ("yyyy", Date),
            ("yyyy-mm", Month),
            (r#"yyyy"年"m"月""#, Month),
            (r#"yyyy"年"m"月";@"#, Month),
            ("yyyymm", Month),
            ("mmm-yy", Month),
            (r#"上午/下午h"时"mm"分""#, Time),
            (r#"h"时"mm"分"ss"秒""#, Time),
            (r#"yyyy"年"m"月"d"日" h"时"mm"分""#, DateTime),
            ("hh:mm:ss.000", Time),
            ("mm:ss", Time),
            ("mm:ss.0", Time),
            ("h:mm AM/PM", Time),
            ("[h]:mm:ss", Duration),
            ("[mm]:ss", Duration),
            ("[s]", Duration),
            (r#"[=0]"";yyyy-mm-dd"#, Date),
            (r#"[<1]"";[>=1]yyyy/m"#, Month),
            ("0;-0;yyyy", Date),
            ("General", Number),
            ("GENERAL", Number),
            ("G/通用格式", Number),
            (r#"G/通用格式"元""#, Number),
            ("0", Number),
            (r#"0"年""#, Number),
            (r"0\d", Number),
            (r#"#,##0.00"days""#, Number),
            ("#,##0.00_);[Red](#,##0.00)", Number),
            ("[Magenta]0.00;[Cyan]-0.00", Number),
            ("0.00E+00", Number),
            ("##0.0E-0", Number),
            (r#"[DBNum2][$-804]General"元整""#, Number),
            (r#"_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ "#, Number),
            ("# ?/?", Number),
            ("0;-0;;@", Number),
            ("@", Text),
            (r#""No."@"#, Text),
            ("0%", Percent),
            ("0.00%;[Red]-0.00%", Percent),
            (r#"0"%""#, Number),
            ("", Number),
            ("\"", Number),
            ("[", Number),
            ("\\", Number),
        ] {
            assert_eq!(kind(code), expected, "{code}");
        }
    }

    #[test]
    fn built_in_ids() {
        for (id, expected) in [
            (9, FormatKind::Percent),
            (14, FormatKind::Date),
            (17, FormatKind::Month),
            (18, FormatKind::Time),
            (22, FormatKind::DateTime),
            (27, FormatKind::Month),
            (28, FormatKind::Date),
            (31, FormatKind::Date),
            (32, FormatKind::Time),
            (34, FormatKind::Time),
            (43, FormatKind::Number),
            (46, FormatKind::Duration),
            (47, FormatKind::Time),
            (49, FormatKind::Text),
            (57, FormatKind::Month),
            (58, FormatKind::Date),
        ] {
            assert_eq!(kind(builtin::code(id).unwrap_or_default()), expected, "{id}");
        }
        assert_eq!((builtin::code(0), builtin::code(200)), (None, None));
    }
}
