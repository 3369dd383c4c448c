//! Labels and their values: in one cell after a colon, several in a cell, or side by side. Looks at no table.

use serde_json::Value;

use super::sheet::{Kind, Sheet, Slot};
use super::text::{heading, is_cjk};
use super::words::{heading_weight, is_label, is_note, is_note_label, is_signed};
use crate::read::text_value::is_blank_date;
use crate::text::fold;

/// A label has no more characters.
const LONGEST: usize = 20;

/// A label with its value, and the cell where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    pub(crate) text: String,
    pub(crate) value: Value,
}

/// Labels in one cell: name and value each; the last value may stand in the next cell.
pub(crate) fn in_cell(text: &str) -> Vec<(String, Option<String>)> {
    let text = outer_brackets(text.trim());
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut found: Vec<(String, Option<String>)> = Vec::new();
    let mut start = 0;
    for (i, (at, c)) in chars.iter().enumerate() {
        if !matches!(c, '：' | ':') || !is_colon(&chars, i) {
            continue;
        }
        let (before, label) = label_at_end(&text[start..*at]);
        let Some(label) = label else {
            if found.is_empty() {
                return Vec::new();
            }
            continue;
        };
        match found.last_mut() {
            Some(last) => last.1 = value(before),
            None if is_note_label(&label) || before.chars().count() > 40 => return Vec::new(),
            None => {}
        }
        found.push((label, None));
        start = at + c.len_utf8();
    }
    if let Some(last) = found.last_mut() {
        last.1 = value(&text[start..]);
    }
    found
}

/// Whether a colon parts a label from its value: not that of a time, an address or a name in two parts.
fn is_colon(chars: &[(usize, char)], i: usize) -> bool {
    let before = i.checked_sub(1).map(|i| chars[i].1);
    let after = chars.get(i + 1).map(|c| c.1);
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    match (before, after) {
        (None, _) | (_, Some('/')) => false,
        _ if digit(before) && digit(after) => false,
        (Some(b), Some(a)) if chars[i].1 == ':' => {
            is_cjk(b) || is_cjk(a) || a.is_whitespace() || matches!(b, ')' | '）')
        }
        _ => true,
    }
}

/// `（单位：元）` without its brackets.
fn outer_brackets(text: &str) -> &str {
    let inner = text.strip_prefix(['（', '(', '【', '[']).and_then(|t| t.strip_suffix(['）', ')', '】', ']']));
    inner.filter(|inner| !inner.contains(['（', '(', '）', ')'])).unwrap_or(text)
}

/// The label with which a text ends, and what stands before it.
fn label_at_end(text: &str) -> (&str, Option<String>) {
    let mut cut = text.len();
    let mut taken = String::new();
    let mut rest = text.trim_end();
    loop {
        let (before, piece) = last_piece(rest);
        let short = taken.chars().count() < 2;
        let padded = taken.chars().count() < 8 && piece.chars().count() == 1 && !taken.is_empty();
        if piece.is_empty() || !(short || padded) {
            break;
        }
        taken = format!("{piece}{taken}");
        cut = before.len();
        rest = before.trim_end_matches(is_gap);
        if rest.is_empty() {
            break;
        }
    }
    let label = heading(taken.trim_matches(['*', '、', '.', '．', '•', '·', '★', '△', '▲']));
    let count = label.chars().count();
    let numbered = label.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = numbered.len() < label.len() && numbered.starts_with(['、', '.', '．', ')', '）']);
    let sound = (1..=LONGEST).contains(&count)
        && !numbered
        && !label.contains(['。', '！', '？', '“', '”', '=', '≥', '≤'])
        && !label.chars().all(|c| c.is_ascii_digit() || c.is_whitespace());
    (&text[..cut.min(text.len())], sound.then_some(label))
}

fn is_gap(c: char) -> bool {
    c.is_whitespace() || matches!(c, '；' | ';' | '，' | ',' | '。' | '_')
}

/// The last piece of a text: after a line break, a wide gap, a separator, or one blank behind a CJK character.
fn last_piece(text: &str) -> (&str, &str) {
    let mut blanks = 0;
    for (at, c) in text.char_indices().rev() {
        let strong = matches!(c, '\n' | '\t' | '；' | ';' | '，' | ',' | '。' | '_' | '\u{3000}');
        if strong && !text[at + c.len_utf8()..].trim().is_empty() {
            return (&text[..at], &text[at + c.len_utf8()..]);
        }
        if c.is_whitespace() {
            blanks += 1;
            continue;
        }
        if blanks > 0 {
            let next = text[at + c.len_utf8()..].trim_start().chars().next();
            if blanks > 1 || is_cjk(c) || next.is_some_and(is_cjk) {
                return (&text[..at + c.len_utf8()], text[at + c.len_utf8()..].trim_start());
            }
        }
        blanks = 0;
    }
    ("", text)
}

/// A value as it is reported; `None` where nothing is filled in: blanks, underscores, a date to fill in, a place to sign.
pub(crate) fn value(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches(['；', ';', '，', ',']).trim();
    let bare = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '_' | '＿' | '-' | '—'));
    if bare.is_empty() && !matches!(text, "-" | "—" | "--" | "——") {
        return None;
    }
    if is_blank_date(text) || is_prompt(text) {
        return None;
    }
    Some(text.to_owned())
}

/// Whether a text only says what shall be put there: （签字） （盖章） 年 月 日.
fn is_prompt(text: &str) -> bool {
    let inner = outer_brackets(text);
    let folded = fold(inner);
    let sign = [
        "签字",
        "签名",
        "签章",
        "盖章",
        "公章",
        "签字盖章",
        "签字/盖章",
        "单位公章",
        "加盖公章",
        "章",
        "手签",
        "印章",
        "手印",
        "签字盖章处",
        "盖章处",
    ]
    .contains(&folded.as_str());
    let date = text.chars().filter(|c| !c.is_whitespace() && *c != '_').all(|c| "年月日()（）签字盖章公".contains(c))
        && text.contains('年');
    sign && inner.len() < text.len() || date
}

/// Where a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Band {
    /// Above a table.
    Block,
    /// Below a table, where only what people sign or a colon makes a label.
    Foot,
    /// The same, where a row is known to be no record: labels beside their values too.
    Below,
    /// On a sheet without a table, which is all labels.
    Form,
}

/// The labels of a row: those with colons, and those whose value stands in the next cell.
pub(crate) fn of_row(sheet: &Sheet, slots: &[Slot<'_>], band: Band) -> Vec<Label> {
    let foot = matches!(band, Band::Foot | Band::Below);
    let mut labels = Vec::new();
    let skip = usize::from(has_side_caption(slots));
    let pairs = if band == Band::Foot { Vec::new() } else { pairs(&slots[skip..], band == Band::Form) };
    // A text alone over most of the sheet is a title.
    let width = |(first, last): (u32, u32)| last - first + 1;
    let is_title = slots.len() == 1
        && sheet.columns.is_some_and(|all| {
            all.0 < all.1 && width((slots[0].first_col(), slots[0].last_col())) * 10 >= width(all) * 6
        });
    let signed = slots.iter().filter_map(Slot::text).filter(|text| is_signed(text)).count();
    let mut i = skip;
    while i < slots.len() {
        let Some(text) = slots[i].text() else {
            i += 1;
            continue;
        };
        if is_note(text) {
            i += 1;
            continue;
        }
        let found = in_cell(text);
        let next = slots.get(i + 1).filter(|next| next.first_col() == slots[i].last_col() + 1);
        let next_value = next.filter(|next| !begins_label(next, foot));
        if let Some((last, before)) = found.split_last() {
            for (label, value) in before {
                labels.push(Label { text: label.clone(), value: value.clone().map_or(Value::Null, Value::from) });
            }
            let open = last.1.is_none() && text.ends_with(['：', ':']);
            let beside = next_value.filter(|_| open);
            let value =
                beside.map_or_else(|| last.1.clone().map_or(Value::Null, Value::from), |slot| of_slot(sheet, slot));
            labels.push(Label { text: last.0.clone(), value });
            i += 1 + usize::from(beside.is_some());
            continue;
        }
        // Nothing stands in the merged cell beside it, or others in the row are to be signed.
        let open = || {
            let beside = sheet.area(slots[i].area.first.row, slots[i].last_col() + 1);
            slots.len() == 1 && !beside.is_cell() && heading_weight(text) > 0.9
        };
        let one_of_signed = signed > 1 && signed * 2 >= slots.len() && text.chars().count() <= 6;
        let known = is_label(text) || foot && (is_signed(text) || one_of_signed || open());
        let has_colon = |next: &&Slot<'_>| {
            let label = |text: &str| text.chars().count() <= 2 * LONGEST && !in_cell(text).is_empty();
            next.text().is_some_and(label)
        };
        let alone = next.is_none_or(|next| has_colon(&next));
        let paired = pairs.contains(&(i - skip)) && !(alone && band == Band::Below || is_title) && !is_blank_date(text);
        if (known || paired) && text.chars().count() <= LONGEST {
            let beside = next.filter(|next| (paired || !begins_label(next, foot)) && !has_colon(next));
            if known || paired {
                let value = beside.map_or(Value::Null, |slot| of_slot(sheet, slot));
                labels.push(Label { text: heading(text), value });
                i += 1 + usize::from(beside.is_some());
                continue;
            }
        } else if foot {
            labels.extend(signed_in_cell(text));
        }
        i += 1;
    }
    labels
}

/// `制表人      审核人      批准人` in one cell.
fn signed_in_cell(text: &str) -> Vec<Label> {
    let pieces: Vec<&str> = text.split(char::is_whitespace).filter(|piece| !piece.is_empty()).collect();
    let all = pieces.len() > 1 && pieces.iter().all(|piece| is_signed(piece));
    let label = |piece: &&str| Label { text: heading(piece), value: Value::Null };
    if all { pieces.iter().map(label).collect() } else { Vec::new() }
}

fn begins_label(slot: &Slot<'_>, foot: bool) -> bool {
    slot.text().is_some_and(|text| !in_cell(text).is_empty() || is_label(text) || foot && is_signed(text))
}

/// A text merged down at the left of a row with label and value pairs.
fn has_side_caption(slots: &[Slot<'_>]) -> bool {
    let tall = |slot: &Slot<'_>| slot.area.last.row > slot.area.first.row;
    slots.first().is_some_and(|slot| tall(slot) && slots.len() > 2 && slots[1..].iter().all(|other| !tall(other)))
}

/// The slots of a row that are labels of those behind them, where a whole row is label and value in turn; a caption
/// may stand in front.
fn pairs(slots: &[Slot<'_>], lenient: bool) -> Vec<usize> {
    let (labels, score) = pairs_from(slots, 0, lenient);
    if slots.len() % 2 == 1 && slots.len() > 2 {
        let (later, other) = pairs_from(slots, 1, lenient);
        if other > score {
            return later;
        }
    }
    labels
}

fn pairs_from(slots: &[Slot<'_>], start: usize, lenient: bool) -> (Vec<usize>, f64) {
    let label_like = |slot: &Slot<'_>| {
        let short = |text: &str| (1..=LONGEST).contains(&heading(text).chars().count()) && in_cell(text).is_empty();
        let number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
        slot.text().is_some_and(|text| short(text) && !number(text) && !text.contains(['。', '，']))
    };
    let weight = |slot: &Slot<'_>| slot.text().map_or(0.0, heading_weight);
    let mut labels = Vec::new();
    let mut i = start;
    let mut score = 0.0;
    while i < slots.len() {
        let slot = &slots[i];
        if !label_like(slot) {
            i += 1;
            continue;
        }
        match slots.get(i + 1).filter(|next| next.first_col() == slot.last_col() + 1) {
            Some(next) if slot.text().is_some_and(|t| in_cell(t).is_empty()) => {
                let of_value = match next.kind() {
                    Kind::Text if weight(next) < 0.9 => 0.3,
                    Kind::Text => -0.3,
                    _ => 0.6,
                };
                score += weight(slot) + of_value;
                labels.push(i);
                i += 2;
            }
            _ if weight(slot) >= 0.6 && (slots.len() > 1 || lenient && weight(slot) > 0.9 && slot.first_col() < 2) => {
                score += weight(slot);
                labels.push(i);
                i += 1;
            }
            _ => i += 1,
        }
    }
    let enough = !labels.is_empty() && score >= if lenient { 0.3 } else { 0.6 } * labels.len() as f64;
    if enough { (labels, score) } else { (Vec::new(), 0.0) }
}

fn of_slot(sheet: &Sheet, slot: &Slot<'_>) -> Value {
    match slot.text() {
        Some(text) => value(text).map_or(Value::Null, Value::from),
        None => sheet.json(slot.cell),
    }
}

/// Labels under their names, a name that comes again with a number behind it.
pub(crate) fn unique(labels: Vec<Label>) -> Vec<(String, Value)> {
    let mut out: Vec<(String, Value)> = Vec::new();
    for label in labels {
        let taken = |name: &str, out: &[(String, Value)]| out.iter().any(|(other, _)| other == name);
        let mut name = label.text.clone();
        let mut number = 2;
        while taken(&name, &out) {
            name = format!("{} ({number})", label.text);
            number += 1;
        }
        out.push((name, label.value));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_in_a_cell() {
        let show = |text: &str| {
            let one =
                |(label, value): (String, Option<String>)| format!("{label}={}", value.unwrap_or_else(|| "-".into()));
            in_cell(text).into_iter().map(one).collect::<Vec<_>>().join("|")
        };
        for (text, expected) in [
            ("单位：元", "单位=元"),
            ("（单位：万元）", "单位=万元"),
            ("制表人：张三   审核人：李四  日期：2026年1月5日", "制表人=张三|审核人=李四|日期=2026年1月5日"),
            ("制表人： 审核人： 日期：", "制表人=-|审核人=-|日期=-"),
            ("币　　种：人民币", "币种=人民币"),
            ("填 报 单 位：一车间", "填报单位=一车间"),
            ("联系人：张三；电话：123", "联系人=张三|电话=123"),
            ("时间 12:30", ""),
            ("https://example.com", ""),
            ("注：本表一式三份", ""),
            ("导入说明：\n1、必填", ""),
            ("Recipient Org:Name", ""),
            ("Project name: Apollo", "Project name=Apollo"),
            ("负责人（签字）：          日期：   年   月   日", "负责人（签字）=-|日期=-"),
            ("单位负责人：        填表人：王五", "单位负责人=-|填表人=王五"),
        ] {
            assert_eq!(show(text), expected, "{text:?}");
        }
    }
}
