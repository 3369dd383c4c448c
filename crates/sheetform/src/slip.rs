//! Slips of the hand and the keyboard in a text: letters for digits, full-width characters, blanks, other dashes. Says
//! which one it is where the text is right without it; never changes a value.

use crate::finding::Text;
use crate::report::{shown, shown_zh};

/// What a slip is, in both languages, and the text without it.
type Slip = (&'static str, &'static str, fn(&str) -> String);

const SLIPS: [Slip; 6] = [
    ("it has full-width characters", "含有全角字符", narrow),
    ("there is a blank in it", "中间有空格", without_blanks),
    ("a letter O or l stands in it for a digit", "把数字写成了字母（O 或 l）", digits),
    ("its dash is another character", "连接号用了别的符号", dashes),
    ("its letters are small", "字母应为大写", str::to_uppercase),
    ("its letters are capitals", "字母应为小写", str::to_lowercase),
];

/// What was meant by a text that does not fit, and what to do: the one slip without which it fits, else all of them.
pub(crate) fn meant(text: &str, fits: impl Fn(&str) -> bool) -> Option<(String, Text)> {
    if text.len() > 100 {
        return None;
    }
    let one = SLIPS.iter().find_map(|(en, zh, without)| {
        let meant = without(text);
        (meant != text && fits(&meant)).then_some((meant, *en, *zh))
    });
    let (meant, en, zh) = one.or_else(|| {
        let plain = dashes(&without_blanks(&narrow(text)));
        let ways = [plain.clone(), digits(&plain), plain.to_uppercase(), digits(&plain.to_uppercase())];
        let meant = ways.into_iter().find(|way| way != text && fits(way))?;
        Some((meant, "some of its characters are of another kind", "含有全角、空格或形近的字符"))
    })?;
    let hint = Text::new(format!("{en}: is {} meant?", shown(&meant)), format!("{zh}，是否应为{}？", shown_zh(&meant)));
    Some((meant, hint))
}

/// Full-width letters, digits and signs as the common ones.
pub(crate) fn narrow(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        '−' => '-',
        c => c,
    };
    text.trim().chars().map(narrow).collect()
}

fn without_blanks(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Letters that look like a digit, where a digit stands beside them.
fn digits(text: &str) -> String {
    let mut out: Vec<char> = text.chars().collect();
    // From each digit outwards, so that `1OO` is 100.
    for forwards in [true, false] {
        let mut beside = false;
        for at in 0..out.len() {
            let at = if forwards { at } else { out.len() - 1 - at };
            let digit = match out[at] {
                'O' | 'o' | 'Ｏ' | '〇' => '0',
                'l' | 'I' | '|' => '1',
                other => other,
            };
            if beside {
                out[at] = digit;
            }
            beside = out[at].is_ascii_digit();
        }
    }
    out.into_iter().collect()
}

fn dashes(text: &str) -> String {
    let dash = |c: char| match c {
        '—' | '–' | '‐' | '‑' | '―' | '－' | '_' | '~' | '～' | '一' => '-',
        c => c,
    };
    text.replace("——", "-").chars().map(dash).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant() {
        let number = |text: &str| text.parse::<f64>().is_ok();
        let code = |text: &str| {
            let (letters, digits) = text.split_once('-').unwrap_or_default();
            letters.len() == 2
                && letters.bytes().all(|b| b.is_ascii_uppercase())
                && digits.len() == 4
                && digits.bytes().all(|b| b.is_ascii_digit())
        };
        for (text, wanted, begins) in [
            ("1OO", "100", "a letter O"),
            ("2l.5", "21.5", "a letter O"),
            ("1 200", "1200", "there is a blank"),
            ("１２", "12", "it has full-width"),
        ] {
            let (meant, hint) = meant(text, number).unwrap_or_default();
            assert_eq!(meant, wanted);
            assert!(hint.en.starts_with(begins), "{}", hint.en);
        }
        for (text, wanted, begins) in [
            ("EQ-O018", "EQ-0018", "a letter O"),
            ("EQ—0018", "EQ-0018", "its dash"),
            ("eq-0018", "EQ-0018", "its letters are small"),
            ("ＥＱ-００１８", "EQ-0018", "it has full-width"),
            ("eq - o018", "EQ-0018", "some of its"),
        ] {
            let (meant, hint) = meant(text, code).unwrap_or_default();
            assert_eq!(meant, wanted);
            assert!(hint.en.starts_with(begins), "{}", hint.en);
        }
        assert_eq!(meant("about ten", number), None);
        assert_eq!(meant(&"1".repeat(200), number), None);
    }
}
