//! Candidates for a table's head: rows of texts with values below that fit under them. Chooses none.

use super::labels::in_cell;
use super::sheet::{Kind, Sheet, Slot};
use super::text::heading;
use super::words::{heading_weight, is_heading, is_label, is_sure_heading, is_unit};
use crate::grid::Range;
use crate::text::fold;

/// A head has no more rows.
pub(crate) const MOST_LEVELS: u32 = 5;
/// Rows below a head that are held against it.
const SAMPLE: usize = 12;
/// A heading is not longer.
const LONGEST: usize = 80;

/// A column of a head: the columns of the sheet it takes, and the texts above it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Leaf {
    pub(crate) first: u32,
    pub(crate) last: u32,
    pub(crate) path: Vec<String>,
}

impl Leaf {
    /// Its levels joined as the report shows them.
    pub(crate) fn name(&self) -> String {
        self.path.join(" / ")
    }
}

/// A head.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) top: u32,
    pub(crate) bottom: u32,
    pub(crate) leaves: Vec<Leaf>,
    pub(crate) score: f64,
    /// Cells of the head's own; what else stands in its rows is none of it.
    pub(crate) cells: Vec<Range>,
}

impl Head {
    pub(crate) fn columns(&self) -> (u32, u32) {
        let first = self.leaves.iter().map(|leaf| leaf.first).min().unwrap_or_default();
        (first, self.leaves.iter().map(|leaf| leaf.last).max().unwrap_or_default())
    }

    pub(crate) fn leaf_at(&self, col: u32) -> Option<usize> {
        self.leaves.iter().position(|leaf| (leaf.first..=leaf.last).contains(&col))
    }
}

/// The best head whose first row is this one, of a table that ends before `to`.
pub(crate) fn at(sheet: &Sheet, top: u32, columns: (u32, u32), to: u32) -> Option<Head> {
    let mut best: Option<Head> = None;
    for bottom in top..top + MOST_LEVELS {
        let Some(mut head) = build(sheet, top, bottom, columns) else { continue };
        head.score = score(sheet, &head, columns, to);
        if best.as_ref().is_none_or(|best| head.score > best.score) {
            best = Some(head);
        }
    }
    best
}

/// The head in these rows, if its texts can be one.
fn build(sheet: &Sheet, top: u32, bottom: u32, columns: (u32, u32)) -> Option<Head> {
    let mut slots: Vec<(u32, Slot<'_>)> = Vec::new();
    for row in top..=bottom {
        let begun = sheet.begun(row, columns);
        if begun.is_empty() && !(row > top && slots.iter().any(|(_, slot)| slot.area.last.row >= row)) {
            return None;
        }
        slots.extend(begun.into_iter().map(|slot| (row, slot)));
    }
    // A cell that began above and ends with the head belongs to it: 序号 beside a label block.
    let above = sheet.reaching(top, columns);
    slots.extend(
        above.into_iter().filter(|s| s.area.last.row == bottom && bottom - s.area.first.row < 3).map(|s| (top, s)),
    );
    let deep = slots.iter().filter(|(_, slot)| slot.area.last.row > bottom).count();
    let side: Vec<Range> = slots.iter().map(|(_, s)| s.area).filter(|area| area.last.row > bottom).collect();
    if deep > 1 {
        return None;
    }
    slots.retain(|(_, slot)| slot.area.last.row <= bottom);
    slots.sort_by_key(|(row, slot)| (*row, slot.first_col()));
    let row_slots = |row: u32| slots.iter().filter(move |(_, s)| s.area.first.row <= row && s.area.last.row >= row);
    if row_slots(bottom).count() < 2
        || (top..=bottom).any(|row| !plausible(&row_slots(row).map(|(_, s)| *s).collect::<Vec<_>>()))
    {
        return None;
    }
    let last_texts = slots.iter().filter(|(_, s)| s.area.last.row == bottom).count();
    if last_texts == 0 || top < bottom && row_slots(top).count() < 2 {
        return None;
    }
    // A text over the whole width is a title or a caption.
    let left = slots.iter().map(|(_, s)| s.first_col()).min().unwrap_or_default();
    let right = slots.iter().map(|(_, s)| s.last_col()).max().unwrap_or_default();
    let alone = |row: u32| {
        let mut own = row_slots(row);
        matches!((own.next(), own.next()), (Some((_, one)), None) if (one.last_col() - one.first_col() + 1) * 5 >= (right - left + 1) * 4)
    };
    if (top..=bottom).any(alone) {
        return None;
    }
    if top < bottom && is_label_row(top, &slots.iter().map(|(_, s)| *s).collect::<Vec<_>>()) {
        return None;
    }
    let leaves = leaves(sheet, top, bottom, &slots.iter().map(|(_, s)| *s).collect::<Vec<_>>())?;
    let first = slots.iter().map(|(_, s)| s.area.first.row).min().unwrap_or(top);
    let cells = slots.iter().map(|(_, s)| s.area).chain(side).collect();
    (leaves.len() >= 2).then_some(Head { top: first, bottom, leaves, score: 0.0, cells })
}

/// Whether the cells of a row can be headings: texts, or rising numbers and dates among them.
fn plausible(slots: &[Slot<'_>]) -> bool {
    let texts: Vec<&str> = slots.iter().filter_map(Slot::text).collect();
    if texts.len() < slots.len() {
        if texts.is_empty() && slots.len() < 4 || slots.len() - texts.len() < 2 {
            return false;
        }
        let numbers: Vec<f64> = slots.iter().filter_map(number).collect();
        let calendar =
            |n: &f64| (1900.0..2101.0).contains(n) || (1.0..=31.0).contains(n) && n.fract() == 0.0 || *n > 30_000.0;
        let steps = numbers.windows(2).all(|pair| (pair[1] - pair[0] - 1.0).abs() < 1e-9) && numbers.len() > 2;
        let rising = steps || numbers.windows(2).all(|pair| pair[1] > pair[0]) && numbers.iter().all(calendar);
        let bools = slots.iter().any(|slot| slot.kind() == Kind::Bool);
        if !rising || bools || texts.iter().any(|text| heading_weight(text) == 0.0) && numbers.len() < 4 && !steps {
            return false;
        }
    }
    if texts
        .iter()
        .any(|text| text.chars().count() > LONGEST || text.contains(['。', '；']) && text.chars().count() > 30)
    {
        return false;
    }
    // One or two texts that are dates or numbers stand beside their labels.
    let valued = texts.iter().filter(|text| is_plain_value(text)).count();
    if (1..3).contains(&valued) && slots.len() == texts.len() {
        return false;
    }
    let labelled = texts.iter().filter(|text| {
        let found = in_cell(text);
        // 状态:(正常/停用) says what may stand below.
        !found.is_empty()
            && !found.iter().all(|(_, value)| value.as_deref().is_some_and(|v| v.starts_with(['(', '（'])))
    });
    let labelled = labelled.count();
    if labelled > 0 && labelled * 5 >= texts.len().max(5) || labelled * 4 > texts.len() {
        return false;
    }
    // Label and value in turn, the labels those of a block.
    let pairs = slots.chunks(2).filter(|pair| {
        let label = pair[0].text().is_some_and(is_label);
        label && pair.get(1).is_some_and(|next| next.text().is_none_or(|text| heading_weight(text) < 0.9))
    });
    let pairs = pairs.count();
    !(pairs > 0 && pairs * 4 >= slots.len() && slots.len() > 2)
}

/// Whether the first row is one of labels with their values, single cells that do not take all columns, over rows that
/// merge what is a group: 单位 | 第二车间 over 序号 | 班组 | 上半年.
fn is_label_row(top: u32, slots: &[Slot<'_>]) -> bool {
    let (own, below): (Vec<Slot<'_>>, Vec<Slot<'_>>) = slots.iter().partition(|s| s.area.first.row <= top);
    let last = |slots: &[Slot<'_>]| slots.iter().map(Slot::last_col).max();
    let weight = |slot: &Slot<'_>| slot.text().map_or(0.0, heading_weight);
    let paired = own.chunks(2).all(|pair| match pair {
        [label, value] => {
            label.last_col() + 1 == value.first_col() && weight(label) >= 0.6 && weight(value) < weight(label)
        }
        _ => false,
    });
    let gap = own.windows(2).any(|pair| pair[1].first_col() > pair[0].last_col() + 1) || last(&own) < last(&below);
    let merged = |slot: &&Slot<'_>| !slot.area.is_cell();
    !own.is_empty() && !own.iter().any(|slot| merged(&slot)) && below.iter().any(|slot| merged(&slot)) && paired && gap
}

/// Whether a text is digits alone, with what parts dates and times; not a year.
fn is_plain_value(text: &str) -> bool {
    let count = text.chars().count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    count > 4 && digits > 2 && text.chars().all(|c| c.is_ascii_digit() || "./-~:：至, ".contains(c))
}

fn number(slot: &Slot<'_>) -> Option<f64> {
    match &slot.cell.content {
        crate::grid::Content::Number { value, .. } => Some(*value),
        _ => None,
    }
}

/// The columns of a head, where its levels stand over each other as levels do.
fn leaves(sheet: &Sheet, top: u32, bottom: u32, slots: &[Slot<'_>]) -> Option<Vec<Leaf>> {
    let first = slots.iter().map(Slot::first_col).min()?;
    let last = slots.iter().map(Slot::last_col).max()?;
    let at = |row: u32, col: u32| {
        slots.iter().position(|s| {
            (s.first_col()..=s.last_col()).contains(&col) && (s.area.first.row..=s.area.last.row).contains(&row)
        })
    };
    let rows: Vec<u32> = (top..=bottom).collect();
    let mut paths: Vec<Vec<usize>> = Vec::new();
    for col in first..=last {
        let own: Vec<Option<usize>> = rows.iter().map(|row| at(*row, col)).collect();
        let mut path = Vec::new();
        for (level, found) in own.iter().enumerate() {
            let below = own[level + 1..].iter().any(Option::is_some);
            let carried = || carried(slots, &at, rows[level], bottom, col, first);
            if let Some(one) = found.or_else(|| if below { carried() } else { None })
                && !path.contains(&one)
            {
                path.push(one);
            }
        }
        paths.push(path);
    }
    if top < bottom && !stands_in_levels(slots, &paths) {
        return None;
    }
    let mut leaves: Vec<Leaf> = Vec::new();
    let mut before: Option<usize> = None;
    for (col, path) in (first..=last).zip(&paths) {
        let leaf = path.last().copied();
        if let (Some(one), Some(previous)) = (leaf, before)
            && one == previous
            && let Some(last) = leaves.last_mut()
        {
            last.last = col;
            continue;
        }
        before = leaf;
        if leaf.is_some() {
            let text = |i: &usize| shown(sheet, &slots[*i]);
            leaves.push(Leaf { first: col, last: col, path: path.iter().map(text).collect() });
        }
    }
    Some(leaves)
}

fn shown(sheet: &Sheet, slot: &Slot<'_>) -> String {
    match slot.text() {
        Some(text) => heading(text),
        None => match sheet.json(slot.cell) {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        },
    }
}

/// The group whose text stands in its first column only, for a column further right.
fn carried(
    slots: &[Slot<'_>],
    at: &dyn Fn(u32, u32) -> Option<usize>,
    row: u32,
    bottom: u32,
    col: u32,
    first: u32,
) -> Option<usize> {
    let below = |col: u32| (row + 1..=bottom).find_map(|row| at(row, col));
    let mut left = col;
    while left > first {
        left -= 1;
        below(left)?;
        if let Some(found) = at(row, left) {
            let alone = slots[found].area.is_cell();
            return (alone && below(left) != Some(found)).then_some(found);
        }
    }
    None
}

/// Whether upper texts are groups of lower ones, or their units, or complete them.
fn stands_in_levels(slots: &[Slot<'_>], paths: &[Vec<usize>]) -> bool {
    let with_text: Vec<&Vec<usize>> = paths.iter().filter(|path| !path.is_empty()).collect();
    let deep: Vec<&&Vec<usize>> = with_text.iter().filter(|path| path.len() > 1).collect();
    if deep.is_empty() {
        // Part of the head a row higher: no column has two texts. Merges over the rows say so too.
        let rows: Vec<u32> = slots.iter().map(|s| s.area.first.row).collect();
        let merged = slots.iter().filter(|s| s.area.last.row > s.area.first.row).count();
        let lower = rows.iter().filter(|row| Some(**row) != rows.iter().min().copied()).count();
        return lower == 0 && merged > 0 || merged * 2 >= slots.len() || lower > 0 && rows.len() - lower >= 2;
    }
    let parent_levels = |path: &[usize]| path[..path.len() - 1].to_vec();
    let children = |parent: usize| {
        let mut seen: Vec<usize> = Vec::new();
        for path in &deep {
            if let Some(level) = path.iter().position(|one| *one == parent)
                && let Some(child) = path.get(level + 1)
                && !seen.contains(child)
            {
                seen.push(*child);
            }
        }
        seen.len()
    };
    // Three texts over each other, none of them merged or a group of several: those are values.
    let chain = |path: &&Vec<usize>| {
        path.len() > 2 && parent_levels(path).iter().all(|one| slots[*one].area.is_cell() && children(*one) < 2)
    };
    if deep.iter().any(|path| chain(path)) {
        return false;
    }
    // Unmerged texts over a full row of headings are groups only where each has several: else they are notes.
    let bottom = slots.iter().map(|slot| slot.area.last.row).max();
    let full = paths.iter().all(|path| path.last().is_some_and(|one| Some(slots[*one].area.last.row) == bottom));
    // Merged groups of several over most columns are groups, whatever stands over the others.
    let group = |one: &usize| slots[*one].last_col() > slots[*one].first_col() && children(*one) > 1;
    let grouped = deep.iter().filter(|path| path[..path.len() - 1].iter().any(group)).count();
    let mut groups: Vec<usize> =
        deep.iter().flat_map(|path| path[..path.len() - 1].iter().copied()).filter(group).collect();
    groups.sort_unstable();
    groups.dedup();
    if groups.len() > 1 && grouped * 2 >= deep.len() {
        return true;
    }
    // An upper row with a text over each column, some of them merged down or over a group, is a row of the head: what
    // stands there over one column is a group too.
    let top = slots.iter().map(|slot| slot.area.first.row).min();
    let begins = |one: &usize| Some(slots[*one].area.first.row) == top;
    let whole = paths.iter().all(|path| path.first().is_some_and(begins));
    let down = slots.iter().any(|slot| slot.area.last.row > slot.area.first.row);
    let several = deep.iter().any(|path| path.len() == 2 && children(path[0]) > 1);
    if whole && down && several && full && deep.iter().all(|path| path.len() == 2) {
        return true;
    }
    if full {
        let single = |one: &usize| slots[*one].area.is_cell() && slots[*one].text().is_some();
        let parents: Vec<usize> =
            deep.iter().flat_map(|path| path[..path.len() - 1].iter().copied()).filter(single).collect();
        let levels = deep.iter().map(|path| path.len()).max().unwrap_or_default();
        if !parents.is_empty() && levels > 2 || parents.iter().any(|parent| children(*parent) < 2) {
            return false;
        }
    }
    let is_day = |text: &str| {
        let day = text.trim_start_matches("星期").trim_start_matches('周');
        matches!(day, "一" | "二" | "三" | "四" | "五" | "六" | "日" | "天")
    };
    let small = |text: &str| is_unit(text) || is_day(text);
    let numbered = |path: &&&&Vec<usize>| path[..path.len() - 1].iter().all(|one| slots[*one].text().is_none());
    let units = deep.iter().filter(|path| path.last().and_then(|one| slots[*one].text()).is_some_and(small)).count()
        + deep.iter().filter(numbered).count();
    let lone = deep.iter().filter(|path| path.iter().rev().skip(1).all(|parent| children(*parent) < 2)).count();
    lone * 4 <= deep.len() || units * 2 >= deep.len()
}

/// How well rows below fit under a head.
fn score(sheet: &Sheet, head: &Head, columns: (u32, u32), to: u32) -> f64 {
    let n = head.leaves.len() as f64;
    let last: Vec<&str> = head.leaves.iter().filter_map(|leaf| leaf.path.last()).map(String::as_str).collect();
    // What a unit stands under is the heading.
    let weight = |leaf: &Leaf| match leaf.path.as_slice() {
        [.., name, unit] if is_unit(unit) => heading_weight(name),
        [.., name] => heading_weight(name),
        [] => 0.0,
    };
    let weights: f64 = head.leaves.iter().map(weight).sum();
    let sure = head.leaves.iter().flat_map(|leaf| &leaf.path).any(|text| is_sure_heading(text));
    let long = last.iter().filter(|text| text.chars().count() > 25).count() as f64;
    let mut names: Vec<String> = head.leaves.iter().map(|leaf| fold(&leaf.name())).collect();
    names.sort();
    names.dedup();
    let repeated = n - names.len() as f64;
    let fit = Fit::of(sheet, head, columns, to);
    let levels = f64::from(head.bottom - head.top);
    let grouped = head.leaves.windows(2).any(|pair| pair[0].path.len() > 1 && pair[0].path[0] == pair[1].path[0]);
    2.0 * weights / n + if sure { 1.5 } else { 0.0 } + 0.1 * n.min(10.0) + (0.4 * levels).min(0.8)
        - 1.5 * long / n
        - 0.5 * repeated / n
        + fit.score()
        + if fit.rows == 0 && grouped { 0.8 } else { 0.0 }
        - same_above(sheet, head, columns)
        - if fit.shapes > 1 { 3.0 } else { 0.0 }
        - 2.0 * undivided(sheet, head)
        - if head.top == head.bottom && in_turn(&last) { 1.5 } else { 0.0 }
}

/// Whether texts are labels and values in turn: every other one surely a heading, the others nothing like it.
fn in_turn(texts: &[&str]) -> bool {
    let weight = |at: usize| texts.iter().skip(at).step_by(2).map(|text| heading_weight(text));
    texts.len() > 3 && weight(0).all(|weight| weight > 0.5) && weight(1).all(|weight| weight == 0.0)
}

/// The share of headings over several columns under which the next row has texts of its own: a level is missing.
fn undivided(sheet: &Sheet, head: &Head) -> f64 {
    let wide: Vec<&Leaf> = head.leaves.iter().filter(|leaf| leaf.last > leaf.first).collect();
    let parted = |leaf: &&&Leaf| {
        let below = sheet.begun(head.bottom + 1, (leaf.first, leaf.last));
        let short = |slot: &Slot<'_>| slot.text().is_some_and(|text| text.chars().count() <= LONGEST);
        let mut texts: Vec<&str> = below.iter().filter_map(Slot::text).collect();
        texts.sort_unstable();
        texts.dedup();
        let next = sheet.begun(head.bottom + 2, (leaf.first, leaf.last));
        let again = next.len() == below.len() && next.iter().zip(&below).all(|(a, b)| a.text() == b.text());
        // A value merged down is a group of records.
        let tall = below.iter().any(|slot| slot.area.last.row > slot.area.first.row);
        !tall && below.len() > 1 && below.iter().all(short) && texts.len() == below.len() && !again
    };
    if wide.is_empty() { 0.0 } else { wide.iter().filter(parted).count() as f64 / wide.len() as f64 }
}

/// What rows below a head say of it, as shares from 0 to 1.
#[derive(Default)]
struct Fit {
    rows: usize,
    aligned: f64,
    cover: f64,
    contrast: f64,
    outside: f64,
    headings: f64,
    /// Cells that say again what stands in the head.
    echo: f64,
    /// Columns whose heading is built of digits as the texts below it are: an id, a telephone.
    shapes: usize,
    /// Columns of labels with their values in the columns beside them.
    pairs: usize,
}

impl Fit {
    fn of(sheet: &Sheet, head: &Head, columns: (u32, u32), to: u32) -> Self {
        let mut fit = Self::default();
        let n = head.leaves.len();
        let (mut aligned, mut outside, mut total, mut headings) = (0, 0, 0, 0);
        let (mut filled, mut unlike, mut busy) = (vec![0_usize; n], vec![0_usize; n], 0);
        let mut named = vec![0_usize; n];
        let own: Vec<String> =
            head.leaves.iter().map(|leaf| leaf.path.last().map(|text| fold(text)).unwrap_or_default()).collect();
        let mut echo = 0;
        let mut shaped = vec![0_usize; n];
        let mut row = head.bottom;
        let mut samples = 0;
        while let Some(next) = sheet.next_filled(row + 1).filter(|next| *next < to) {
            if next - row > 6 || samples >= SAMPLE {
                break;
            }
            row = next;
            samples += 1;
            let slots = sheet.begun(row, columns);
            if slots.len() < 2 {
                continue;
            }
            busy += 1;
            let said = |slot: &&Slot<'_>| {
                head.leaf_at(slot.first_col()).is_some_and(|i| slot.text().is_some_and(|text| fold(text) == own[i]))
            };
            // The whole head again is that of a new page.
            let again = slots.iter().filter(said).count();
            echo += if again * 10 >= slots.len() * 9 || again * 10 < slots.len() * 6 { 0 } else { again };
            for (i, slot) in slots.iter().enumerate() {
                let leaf = |slot: &Slot<'_>| head.leaf_at(slot.first_col());
                let crowded = i > 0 && leaf(&slots[i - 1]).is_some_and(|one| Some(one) == leaf(slot));
                let (from, to) = (head.leaf_at(slot.first_col()), head.leaf_at(slot.last_col()));
                total += 1;
                match (from, to) {
                    (Some(a), Some(b)) => {
                        aligned += usize::from(a == b && !crowded);
                        filled[a] += 1;
                        unlike[a] += usize::from(is_value(slot));
                        named[a] += usize::from(slot.text().is_some_and(is_heading));
                        shaped[a] += usize::from(slot.text().is_some_and(|text| same_shape(text, &own[a])));
                    }
                    _ => outside += 1,
                }
                headings += usize::from(slot.text().is_some_and(is_heading));
            }
        }
        if total == 0 {
            return fit;
        }
        let share = |part: usize, of: usize| if of == 0 { 0.0 } else { part as f64 / of as f64 };
        fit.rows = busy;
        fit.aligned = share(aligned, total);
        fit.outside = share(outside, total);
        fit.headings = share(headings, total);
        fit.echo = share(echo, total);
        fit.shapes =
            filled.iter().zip(&shaped).filter(|(filled, shaped)| **filled > 1 && **shaped * 10 >= **filled * 8).count();
        fit.cover = share(filled.iter().filter(|count| **count > 0).count(), n);
        let contrasts = filled.iter().zip(&unlike).filter(|(filled, unlike)| **filled > 0 && **unlike * 2 >= **filled);
        fit.contrast = share(contrasts.count(), n);
        let weight = |i: usize| head.leaves[i].path.last().map_or(0.0, |text| heading_weight(text));
        let labels = |i: usize| filled[i] > 0 && named[i] * 10 >= filled[i] * 4;
        let valued = |i: usize| named[i] * 5 <= filled[i] && weight(i) < 0.6;
        fit.pairs = (0..n.saturating_sub(1)).filter(|i| labels(*i) && valued(*i + 1)).count();
        fit
    }

    fn score(&self) -> f64 {
        if self.rows == 0 {
            return 0.3;
        }
        1.5 * self.aligned + self.cover + 1.5 * self.contrast
            - 3.0 * self.outside
            - 2.5 * self.headings
            - 4.0 * self.echo
            - 1.2 * self.pairs as f64
            + 0.1 * (self.rows as f64).min(5.0)
    }
}

/// Whether two texts are digits, six at least, of the same length.
fn same_shape(a: &str, b: &str) -> bool {
    let digits = |text: &str| text.len() > 5 && text.chars().all(|c| c.is_ascii_digit());
    digits(a) && digits(b) && a.len().abs_diff(b.len()) < 2
}

/// Whether a cell is more a value than a heading: no text, or a text with digits in front, or a long one.
fn is_value(slot: &Slot<'_>) -> bool {
    slot.text().is_none_or(|text| {
        let count = text.chars().count();
        let digits = text.chars().filter(char::is_ascii_digit).count();
        digits * 2 >= count || count > 30
    })
}

/// A row above with cells in the same places and of the same kinds says that this one is a row like it; surely where
/// the row below is so too.
fn same_above(sheet: &Sheet, head: &Head, columns: (u32, u32)) -> f64 {
    let Some(above) = sheet.previous_filled(head.top).filter(|above| head.top - above == 1) else { return 0.0 };
    let areas = |row: u32| -> Vec<(u32, u32, Kind)> {
        sheet.begun(row, columns).iter().map(|s| (s.first_col(), s.last_col(), s.kind())).collect()
    };
    let own = areas(head.top);
    let same = |other: &[(u32, u32, Kind)]| {
        let same = own.iter().filter(|area| other.contains(area)).count();
        same >= 2 && same * 10 >= own.len() * 8 && same * 10 >= other.len() * 8
    };
    match (same(&areas(above)), same(&areas(head.bottom + 1))) {
        (true, true) => 3.0,
        (true, false) => 1.5,
        _ => 0.0,
    }
}
