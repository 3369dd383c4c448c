//! The rows under a head by their role, down to where the table ends. Reads no values.

use super::columns::{Column, is_value, is_words};
use super::heads::{self, Head};
use super::labels::{Band, in_cell, of_row};
use super::sheet::{Kind, Sheet, Slot, is_idle};
use super::words::{self, Sum, heading_weight, is_note, is_section, is_unit};
use crate::text::fold;

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Record,
    /// A further line of the record above, merged over it.
    Continued,
    Total,
    Subtotal,
    Ratio,
    Average,
    /// The largest or the smallest of the records' values.
    Extreme,
    Section,
    Note,
    Blank,
    SerialOnly,
    Head,
}

impl Role {
    /// Its name in the report.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Continued => "continued",
            Self::Total => "total",
            Self::Subtotal => "subtotal",
            Self::Ratio => "ratio",
            Self::Average => "average",
            Self::Extreme => "extreme",
            Self::Section => "section",
            Self::Note => "note",
            Self::Blank => "blank",
            Self::SerialOnly => "serial-only",
            Self::Head => "head",
        }
    }

    /// Whether it is computed from the records.
    pub(crate) fn is_sum(self) -> bool {
        matches!(self, Self::Total | Self::Subtotal | Self::Ratio | Self::Average | Self::Extreme)
    }
}

impl From<Sum> for Role {
    fn from(sum: Sum) -> Self {
        match sum {
            Sum::Total => Self::Total,
            Sum::Subtotal => Self::Subtotal,
            Sum::Ratio => Self::Ratio,
            Sum::Average => Self::Average,
            Sum::Largest | Sum::Smallest => Self::Extreme,
        }
    }
}

/// The rows of a table, and the first row that is none of them.
pub(crate) struct Body {
    pub(crate) rows: Vec<(u32, Role)>,
    pub(crate) end: u32,
}

/// A head with its columns, as the rows below are held against it.
pub(crate) struct Walk<'a> {
    pub(crate) sheet: &'a Sheet,
    pub(crate) head: &'a Head,
    pub(crate) columns: &'a [Column],
    /// The sheet's columns, for what stands beside.
    pub(crate) all: (u32, u32),
    /// The text over the head, which a new page repeats.
    pub(crate) title: Option<String>,
}

impl Walk<'_> {
    fn span(&self) -> (u32, u32) {
        (
            self.columns.first().map_or(0, |column| column.first),
            self.columns.iter().map(|column| column.last).max().unwrap_or_default(),
        )
    }

    /// Goes down from the head, to a row before `to`.
    pub(crate) fn down(&self, to: u32) -> Body {
        let mut rows: Vec<(u32, Role)> = Vec::new();
        let mut row = self.head.bottom + 1;
        let mut gap = 0;
        let last = self.sheet.last_row().map_or(0, |last| last + 1).min(to);
        let mut head_part = true;
        while row < last {
            let slots = self.sheet.begun(row, self.span());
            if slots.is_empty() {
                let over = self.sheet.reaching(row, self.span());
                let wide: usize = over.iter().map(|slot| self.width(slot)).sum();
                let goes_on = wide * 10 >= self.columns.len() * 6
                    && rows.last().is_some_and(|(_, r)| matches!(r, Role::Record | Role::Continued));
                rows.push((row, if goes_on { Role::Continued } else { Role::Blank }));
                gap += u32::from(!goes_on && over.is_empty());
                row += 1;
                if gap > 0 {
                    // Nothing in far rows is looked at one by one.
                    match self.sheet.next_filled(row) {
                        Some(next) if next < last && next - row > 200 => break,
                        None => break,
                        _ => {}
                    }
                }
                continue;
            }
            if let Some(role) = self.of_sum_above(row, &rows) {
                rows.push((row, role));
                row += 1;
                continue;
            }
            if self.ends(row, &slots, &rows, gap, to) {
                break;
            }
            let role = self.role(row, &slots, &rows, head_part);
            head_part &= role == Role::Head;
            rows.push((row, role));
            gap = 0;
            row += 1;
        }
        self.settled(rows)
    }

    /// What the row is, where it is a further line of the sum above: the label of that is merged over it, or its place
    /// is empty here, where all records have a text, and the texts behind it are those of the lines of a record.
    fn of_sum_above(&self, row: u32, before: &[(u32, Role)]) -> Option<Role> {
        let is_label = |slot: &Slot<'_>| slot.text().is_some_and(|text| words::sum(text).is_some());
        let over = self.sheet.reaching(row, self.span());
        if let Some(label) = over.iter().find(|slot| is_label(slot)) {
            let top = before.iter().find(|(above, _)| *above == label.area.first.row);
            return top.map(|(_, role)| *role).filter(|role| role.is_sum());
        }
        let (above, role) = *before.last().filter(|(above, role)| role.is_sum() && above + 1 == row)?;
        let top = before.iter().rev().take_while(|(_, other)| *other == role).last().map_or(above, |(top, _)| *top);
        let line = self.sheet.begun(top, self.span());
        let label = line.iter().find(|slot| is_label(slot))?.first_col();
        let records = || before.iter().filter(|(_, role)| *role == Role::Record).map(|(row, _)| *row);
        let named = records().all(|row| self.sheet.slot(row, label).is_some_and(|slot| slot.text().is_some()));
        let text = |row: u32, col: u32| self.sheet.slot(row, col).and_then(|slot| slot.text().map(fold));
        let known = |row: u32, col: u32| {
            text(row, col).is_some_and(|own| records().take(50).any(|row| text(row, col).as_ref() == Some(&own)))
        };
        let kinds = (label + 1..=self.span().1)
            .any(|col| known(top, col) && known(row, col) && text(top, col) != text(row, col));
        (self.sheet.slot(row, label).is_none() && records().count() > 1 && named && kinds).then_some(role)
    }

    /// Averages, extremes and rates below all records: rates and what else stands beside a total, or what is so.
    fn figures_below(&self, rows: &mut [(u32, Role)]) {
        let figure = |row: u32| {
            let slots = self.sheet.begun(row, self.span());
            let (label, rest) = slots.split_first()?;
            let numbers = !rest.is_empty() && rest.iter().all(is_value);
            let free = self.sheet.reaching(row, self.span()).is_empty();
            words::figure(label.text()?).filter(|_| numbers && free)
        };
        let is_last = |(row, role): &(u32, Role)| match role {
            Role::Record => figure(*row).is_none(),
            Role::Blank | Role::Note => false,
            role => !role.is_sum(),
        };
        let from = rows.iter().rposition(is_last).map_or(0, |last| last + 1);
        let (body, tail) = rows.split_at_mut(from);
        let records: Vec<u32> = body.iter().filter(|(_, role)| *role == Role::Record).map(|(row, _)| *row).collect();
        if records.len() < 2 {
            return;
        }
        let total = tail.iter().any(|(_, role)| matches!(role, Role::Total | Role::Subtotal));
        for (row, role) in tail.iter_mut().filter(|(_, role)| *role == Role::Record) {
            let sum = figure(*row).filter(|sum| total || self.is_true(*sum, *row, &records));
            *role = sum.map_or(Role::Record, Role::from);
        }
    }

    /// Whether half of a row's numbers or more are the average, the largest or the smallest of those above.
    fn is_true(&self, sum: Sum, row: u32, records: &[u32]) -> bool {
        let slots = self.sheet.begun(row, self.span());
        let found: Vec<bool> = slots
            .iter()
            .filter_map(|slot| {
                let own = number(slot)?;
                let at = |row: &u32| self.sheet.slot(*row, slot.first_col()).and_then(|slot| number(&slot));
                let above: Vec<f64> = records.iter().filter_map(at).collect();
                let of_all = match sum {
                    Sum::Average => above.iter().sum::<f64>() / above.len() as f64,
                    Sum::Largest => above.iter().copied().fold(f64::MIN, f64::max),
                    Sum::Smallest => above.iter().copied().fold(f64::MAX, f64::min),
                    Sum::Total | Sum::Subtotal | Sum::Ratio => return None,
                };
                // A mean is often rounded.
                let off = if sum == Sum::Average { 0.01 * own.abs().max(1.0) } else { 1e-9 };
                Some(!above.is_empty() && (own - of_all).abs() <= off)
            })
            .collect();
        !found.is_empty() && found.iter().filter(|is_true| **is_true).count() * 2 >= found.len()
    }

    /// How many columns of the table a slot takes.
    fn width(&self, slot: &Slot<'_>) -> usize {
        self.columns.iter().filter(|c| c.first <= slot.last_col() && c.last >= slot.first_col()).count()
    }

    fn column_of(&self, slot: &Slot<'_>) -> Option<usize> {
        self.columns.iter().position(|column| column.holds(slot.first_col()))
    }

    fn fills(&self, slots: &[Slot<'_>]) -> usize {
        slots.iter().map(|slot| self.width(slot)).sum()
    }

    /// Whether the table ends before this row: another head, its caption, or the foot.
    fn ends(&self, row: u32, slots: &[Slot<'_>], before: &[(u32, Role)], gap: u32, to: u32) -> bool {
        let n = self.columns.len();
        let last = before.iter().rev().map(|(_, role)| *role).find(|role| *role != Role::Blank);
        if gap >= 3 && slots.len() < 2 && n > 3 && !is_note(slots[0].text().unwrap_or_default()) {
            return true;
        }
        if slots.len() == 1
            && slots[0].text().is_some()
            && words::sum(slots[0].text().unwrap_or_default()).is_none()
            && let Some(next) = self.sheet.next_filled(row + 1).filter(|next| *next < to && next - row <= 3)
            && self.begins_head(next, Some(Role::Blank))
        {
            return !(self.repeats(next) && self.is_title(slots[0].text()));
        }
        // Captions in a row over another head.
        if slots.iter().all(|slot| slot.text().is_some())
            && slots.len() == 2
            && self.names_serial(row + 1)
            && !self.repeats(row + 1)
            && row + 1 < to
        {
            return true;
        }
        // A line before the head that comes again, with texts where numbers stand: 月份 | 1月.
        if let Some(next) = self.sheet.next_filled(row + 1).filter(|next| *next < to && next - row <= 3)
            && self.repeats(next)
            && !self.repeats(row)
            && slots
                .iter()
                .any(|slot| self.column_of(slot).is_some_and(|i| self.columns[i].is_value) && slot.kind() == Kind::Text)
            && words::sum(slots[0].text().unwrap_or_default()).is_none()
            && !self.is_title(slots[0].text())
        {
            return true;
        }
        if self.begins_head(row, if gap > 0 { Some(Role::Blank) } else { last }) && !self.repeats(row) {
            return true;
        }
        self.is_foot(row, slots)
    }

    fn is_title(&self, text: Option<&str>) -> bool {
        self.title.as_deref().zip(text).is_some_and(|(title, text)| fold(title) == fold(text))
    }

    /// Whether another head begins here.
    fn begins_head(&self, row: u32, last: Option<Role>) -> bool {
        let slots = self.sheet.begun(row, self.all);
        let texts: Vec<&str> = slots.iter().filter_map(Slot::text).collect();
        if texts.len() < 2 || texts.len() * 3 < slots.len() * 2 {
            return false;
        }
        let heading = texts.iter().filter(|text| heading_weight(text) >= 0.6).count();
        let values = self.columns.iter().filter(|c| c.is_value && !c.serial).count();
        let broken = slots.iter().filter(|slot| {
            let of_value = self.column_of(slot).is_some_and(|i| self.columns[i].is_value);
            of_value && is_words(slot)
        });
        let broken = broken.count();
        let parted = !matches!(last, Some(Role::Record | Role::Continued | Role::Section));
        let breaks = values > 0 && broken * 2 >= values && broken > 0;
        if self.repeats(row) || self.resembles(row) || texts.len() > 2 && self.names_serial(row) {
            return true;
        }
        // Texts alone behind a gap, where numbers stand.
        if values >= 3
            && broken >= 3
            && self.fills(&slots) * 2 >= values
            && texts.len() == slots.len()
            && last == Some(Role::Blank)
        {
            return heads::at(self.sheet, row, self.all, u32::MAX).is_some_and(|head| head.score >= 3.0);
        }
        if heading * 2 < texts.len() || !(breaks || parted && heading * 10 >= texts.len() * 6) {
            return false;
        }
        let wanted = if parted { 4.0 } else { 4.8 };
        heads::at(self.sheet, row, self.all, u32::MAX).is_some_and(|head| head.score >= wanted)
    }

    /// Whether the texts of a row are headings of this table.
    fn repeats(&self, row: u32) -> bool {
        let (same, all) = self.own_headings(row);
        same >= 2 && same * 10 >= all * 9
    }

    /// Whether 序号 stands where the serial numbers do.
    fn names_serial(&self, row: u32) -> bool {
        let named = |column: &Column| {
            let text = |col| self.sheet.slot(row, col).filter(|slot| slot.area.first.row == row);
            text(column.first).and_then(|slot| slot.text().map(words::is_serial)) == Some(true)
        };
        self.columns.iter().filter(|column| column.serial).any(named)
    }

    /// How many texts of a row are the headings of their columns, and how many cells there are.
    fn own_headings(&self, row: u32) -> (usize, usize) {
        let slots = self.sheet.begun(row, self.all);
        let same = slots.iter().filter(|slot| {
            let text = slot.text().map(fold);
            let own = self.column_of(slot).map(|i| &self.columns[i].path);
            text.zip(own).is_some_and(|(text, path)| path.iter().any(|level| fold(level) == text))
        });
        (same.count(), slots.len())
    }

    /// Whether a row says most headings again and others in place of the rest: the head of another table.
    fn resembles(&self, row: u32) -> bool {
        let (same, all) = self.own_headings(row);
        let texts = self.sheet.begun(row, self.all).iter().filter(|slot| slot.text().is_some()).count();
        (same > 2 || same == 2 && all == 3) && texts == all && same * 10 >= all * 5 && same * 10 < all * 9
    }

    /// Whether labels to fill in or sign stand here, and no records follow.
    fn is_foot(&self, row: u32, slots: &[Slot<'_>]) -> bool {
        let n = self.columns.len();
        let first = slots[0].text().unwrap_or_default();
        if is_note(first) || words::sum(first).is_some() || slots[0].kind() != Kind::Text && slots.len() > 1 {
            return false;
        }
        let labels = of_row(self.sheet, slots, Band::Foot);
        let beside = slots.len() == 2 && n > 3 && self.width(&slots[1]) * 2 >= n && heading_weight(first) > 0.0;
        // 检查结论 | 合格 or 批准人 | 钱工 | 日期 | 2026-02-10 where serial numbers stand.
        let counted =
            self.column_of(&slots[0]).is_some_and(|i| (i == 0 || self.columns[i].serial) && self.columns[i].is_value);
        let paired = || of_row(self.sheet, slots, Band::Below).len() * 2 >= slots.len();
        let in_serial = counted && slots.len() > 1 && heading_weight(first) >= 0.6 && paired();
        let beside = beside || in_serial;
        let is_first = !in_cell(first).is_empty() || words::is_label(first) || words::is_signed(first);
        let of_labels =
            !labels.is_empty() && (is_first && slots.len() * 2 <= n.max(4) || labels.len() * 2 >= slots.len());
        if !(of_labels || beside)
            || self.sheet.reaching(row, self.span()).iter().map(|s| self.width(s)).sum::<usize>() * 2 > n
        {
            return false;
        }
        let colon = slots.iter().filter_map(Slot::text).any(|text| !in_cell(text).is_empty());
        let mut next = row;
        for _ in 0..4 {
            let Some(found) = self.sheet.next_filled(next + 1) else { return true };
            next = found;
            let below = self.sheet.begun(next, self.span());
            let labelled =
                below.iter().filter_map(Slot::text).any(|text| !in_cell(text).is_empty() || words::is_signed(text));
            if below.iter().filter(|s| s.text().is_some_and(|t| heading_weight(t) >= 0.6)).count() * 2 > below.len() {
                return true;
            }
            // 1 | 污水处理 under 环保工程：
            let counted =
                below.first().is_some_and(|slot| slot.kind() == Kind::Number && self.column_of(slot) == Some(0));
            if counted && below.len() > 2 {
                return false;
            }
            let full = self.fills(&below) * 10 >= n * if colon { 8 } else { 6 };
            if below.len() > 2 && full && !labelled {
                return false;
            }
        }
        true
    }

    fn role(&self, row: u32, slots: &[Slot<'_>], before: &[(u32, Role)], head_part: bool) -> Role {
        let n = self.columns.len();
        let serial = self.columns.iter().position(|column| column.serial);
        let last = before.iter().rev().map(|(_, role)| *role).find(|role| *role != Role::Blank);
        if let Some(sum) = self.sum(slots, last) {
            return sum;
        }
        if head_part && self.numbers_columns(slots) {
            return Role::Head;
        }
        let busy: Vec<&Slot<'_>> = slots.iter().filter(|slot| !is_idle(slot.cell)).collect();
        let Some(first) = busy.first() else {
            return Role::Blank;
        };
        let over = self.sheet.reaching(row, self.span());
        if busy.len() == 1 {
            let at = self.column_of(first);
            let text = first.text();
            let counts = first.kind() == Kind::Number || text.is_some_and(|text| text.parse::<u32>().is_ok());
            if at.is_some() && at == serial && counts && over.len() < 2 {
                return Role::SerialOnly;
            }
            let Some(text) = text else { return Role::Record };
            let wide = self.width(first);
            if is_note(text) && (wide > 1 || at == Some(0)) || words::is_imprint(text) {
                return Role::Note;
            }
            if self.is_title(Some(text)) && wide > 1 {
                return Role::Head;
            }
            if !over.is_empty() && wide < 2 {
                return Role::Record;
            }
            let caption = wide * 10 >= n * 6 && n > 1 || wide > 2;
            if slots.len() > 1 {
                return Role::Record;
            }
            if caption
                || text.ends_with(['：', ':']) && n > 3
                || at == serial && at.is_some() && !counts
                || at == Some(0) && n > 2 && (is_section(text) || n > 3)
            {
                return Role::Section;
            }
            return Role::Record;
        }
        if let [first, second] = busy.as_slice()
            && first.text().is_some_and(is_note)
            && (self.width(second) * 2 >= n && n > 2
                || first.text().map(fold).is_some_and(|text| matches!(text.as_str(), "说明" | "注")))
        {
            return Role::Note;
        }
        // 一 | 土建工程 among 1, 2, 3.
        if let Some(serial) = serial
            && busy.len() * 2 <= n + 1
            && n > 3
            && self.column_of(first) == Some(serial)
            && first.text().is_some_and(is_section)
            && self.columns[serial].is_value
            && busy.len() > 1
            && busy[1].kind() == Kind::Text
        {
            return Role::Section;
        }
        if self.repeats(row) { Role::Head } else { Role::Record }
    }

    /// The sum whose label stands left of the numbers.
    fn sum(&self, slots: &[Slot<'_>], last: Option<Role>) -> Option<Role> {
        let labels = slots.iter().take(4).take_while(|slot| {
            let column = self.column_of(slot);
            slot.kind() == Kind::Text || column.is_some_and(|i| self.columns[i].serial)
        });
        // Texts to the right, more than numbers, are those of a record.
        let numbers =
            |from: u32| slots.iter().filter(|slot| slot.first_col() > from && slot.kind() != Kind::Text).count();
        let texts = |from: u32| slots.iter().filter(|slot| slot.first_col() > from && is_words(slot)).count();
        let plain = |slot: &Slot<'_>| {
            let is_word = |text: &str| text == "小计" || crate::layout::TOTAL_WORDS.contains(&text);
            slot.text().is_some_and(|text| is_word(&fold(text)))
        };
        let is_sum = |slot: &&Slot<'_>| {
            let (texts, numbers) = (texts(slot.last_col()), numbers(slot.last_col()));
            plain(slot) || texts <= 1 || texts * 3 <= numbers
        };
        let at_left = |slot: &Slot<'_>| self.column_of(slot).is_some_and(|i| i < 5 && i * 2 <= self.columns.len());
        let found = labels.filter(|slot| at_left(slot)).filter(is_sum).filter_map(|slot| words::sum(slot.text()?));
        let mut found = found.filter(|sum| match sum {
            Sum::Total | Sum::Subtotal => true,
            _ => last.is_some_and(Role::is_sum),
        });
        found.next().map(Role::from)
    }

    /// A row under the head that numbers the columns (甲 乙 1 2 3) or gives their units.
    fn numbers_columns(&self, slots: &[Slot<'_>]) -> bool {
        let n = self.columns.len();
        if n < 3 || slots.len() * 10 < n * 5 || slots.len() < 2 {
            return false;
        }
        if slots.iter().all(|slot| slot.text().is_some_and(|text| is_unit(text) || fold(text) == "单位")) {
            return true;
        }
        if slots.len() * 10 < n * 8 {
            return false;
        }
        let number = |slot: &Slot<'_>| match slot.text() {
            Some(text) => {
                let folded = fold(text);
                folded.trim_matches(['(', ')', '第', '列', '栏']).split(['=', ')']).next()?.parse::<u32>().ok()
            }
            None => match &slot.cell.content {
                crate::grid::Content::Number { value, .. } if value.fract() == 0.0 && (0.0..1000.0).contains(value) => {
                    Some(*value as u32)
                }
                _ => None,
            },
        };
        let letter = |slot: &Slot<'_>| {
            slot.text().is_some_and(|text| {
                matches!(
                    fold(text).as_str(),
                    "甲" | "乙" | "丙" | "丁" | "戊" | "栏次" | "行次" | "列次" | "—" | "a" | "b" | "c"
                )
            })
        };
        let numbers: Vec<u32> = slots.iter().filter_map(number).collect();
        let letters = slots.iter().filter(|slot| letter(slot)).count();
        numbers.len() > 1
            && numbers.len() + letters == slots.len()
            && numbers[0] <= 2
            && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1)
    }

    /// Whether a row has only an unnumbered text in the first column, no wider than that.
    fn is_narrow(&self, row: u32) -> bool {
        let slots = self.sheet.begun(row, self.span());
        let [only] = slots.as_slice() else { return false };
        let serial = self.columns.first().is_some_and(|column| column.serial);
        self.width(only) == 1 && !serial && only.text().is_some_and(|text| !is_section(text))
    }

    /// Names alone, one below the other, are records not filled in.
    fn names_alone(&self, rows: &mut [(u32, Role)]) {
        let mut from = 0;
        while from < rows.len() {
            let narrow = |(row, role): &(u32, Role)| *role == Role::Section && self.is_narrow(*row);
            let count = rows[from..].iter().take_while(|one| narrow(one)).count();
            let role_at = |i: usize| rows.get(i).map(|(_, role)| *role);
            let blank = role_at(from + count).is_none_or(|role| role == Role::Blank);
            if count > 2
                || count > 0 && blank && from > 0 && role_at(from - 1) == Some(Role::Record) && self.columns.len() < 8
            {
                rows[from..from + count].iter_mut().for_each(|(_, role)| *role = Role::Record);
            }
            from += count.max(1);
        }
    }

    /// Scratch below the list: lines filled thinly where the list is full, and with other kinds of values than its columns
    /// have, or alone far to the right.
    fn strays(&self, rows: &mut Vec<(u32, Role)>) {
        let n = self.columns.len();
        let begun = |row: u32| self.sheet.begun(row, self.span());
        let kinds = self.kinds(rows);
        let unlike = |slot: &Slot<'_>| {
            self.column_of(slot).is_some_and(|i| {
                let (texts, values) = kinds[i];
                let (own, other) = if slot.kind() == Kind::Text { (texts, values) } else { (values, texts) };
                own * 4 <= other && other > 2 && (is_words(slot) || slot.kind() != Kind::Text)
            })
        };
        let other_kinds = |row: u32| begun(row).iter().filter(|slot| unlike(slot)).count();
        let is_unlike = |row: u32| other_kinds(row) > 2 && other_kinds(row) * 2 >= begun(row).len();
        let full = |row: u32| self.fills(&begun(row)) * 2 > n || !self.sheet.reaching(row, self.span()).is_empty();
        let good = |(row, role): &(u32, Role)| match role {
            Role::Record => full(*row) && !is_unlike(*row),
            Role::Section | Role::Blank | Role::Note => false,
            _ => true,
        };
        let from = rows.iter().rposition(good).map_or(0, |last| last + 1);
        let (body, tail) = rows.split_at(from);
        let records: Vec<u32> = body.iter().filter(|(_, role)| *role == Role::Record).map(|(row, _)| *row).collect();
        let thin = records.iter().take(50).filter(|row| !full(**row)).count();
        if n < 4 || records.len() < 3 || thin * 5 > records.len().min(50) {
            return;
        }
        let lines = || tail.iter().filter(|(_, role)| *role == Role::Record).map(|(row, _)| *row);
        let nameless = |row: u32| begun(row).iter().all(|slot| self.column_of(slot) != Some(0));
        let far = |row: u32| {
            begun(row).len() == 1 && begun(row).iter().all(|slot| self.column_of(slot).is_some_and(|i| i > 1))
        };
        let scratch = lines().any(|row| is_unlike(row) || nameless(row) && other_kinds(row) > 0);
        if scratch || lines().next().is_some() && lines().all(far) {
            let mut at = 0;
            rows.retain(|(_, role)| {
                at += 1;
                at <= from || matches!(role, Role::Note)
            });
        }
    }

    /// How many texts and how many other values each column has in the first records.
    fn kinds(&self, rows: &[(u32, Role)]) -> Vec<(usize, usize)> {
        let mut kinds = vec![(0, 0); self.columns.len()];
        for (row, _) in rows.iter().filter(|(_, role)| *role == Role::Record).take(200) {
            for slot in self.sheet.begun(*row, self.span()) {
                if let Some(i) = self.column_of(&slot) {
                    kinds[i].0 += usize::from(slot.kind() == Kind::Text);
                    kinds[i].1 += usize::from(slot.kind() != Kind::Text);
                }
            }
        }
        kinds
    }

    /// Rows after the last record: blank ones go, texts become notes.
    fn settled(&self, mut rows: Vec<(u32, Role)>) -> Body {
        self.names_alone(&mut rows);
        self.strays(&mut rows);
        self.figures_below(&mut rows);
        let in_table = |role: &Role| !matches!(role, Role::Blank | Role::Section | Role::Note | Role::Head);
        let last = rows.iter().rposition(|(_, role)| in_table(role));
        let keep = last.map_or(0, |last| last + 1);
        let first = rows.first().map_or(self.head.bottom + 1, |(row, _)| *row);
        let mut end = last.map_or(first, |last| rows[last].0 + 1);
        let mut tail = rows.split_off(keep);
        for (row, role) in &mut tail {
            match role {
                Role::Note => end = *row + 1,
                Role::Head if last.is_none() => end = *row + 1,
                _ => *role = Role::Blank,
            }
        }
        while tail.last().is_some_and(|(_, role)| *role == Role::Blank) {
            tail.pop();
        }
        tail.retain(|(_, role)| *role != Role::Blank);
        rows.extend(tail);
        Body { rows, end }
    }
}

/// The number in a slot, or that its text is.
fn number(slot: &Slot<'_>) -> Option<f64> {
    match &slot.cell.content {
        crate::grid::Content::Number { value, .. } => Some(*value),
        _ => {
            slot.text().and_then(|text| crate::read::text_value::number(text, None)).and_then(|text| text.parse().ok())
        }
    }
}
