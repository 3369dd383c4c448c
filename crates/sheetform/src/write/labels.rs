//! Label bands: which labels share a row, and their cells.

use super::canvas::{Area, Canvas};
use super::divide::{Block, Want, divide, is_poor};
use super::look::{self, Style};
use super::measure;
use super::plan::{Placed, Plan};
use crate::layout::{Field, FieldKind, LabelBand, LabelItem};
use crate::new_book::NewContent;
use crate::schema::Schema;
use crate::text;

/// A text that may be longer than this gets a row of its own.
const LONG: f64 = 60.0;
/// Height of a row of labels.
const ROW: f64 = 24.0;

/// The rows of a label band.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// Label/value pairs in a full row.
    pub pairs: usize,
    list: Vec<Row>,
    /// Label and value of each pair, in turn.
    pub slots: Vec<Block>,
}

/// A row; fields are numbered over the whole band.
#[derive(Debug)]
enum Row {
    Heads,
    Pairs(Vec<usize>),
    /// An object: its number among the items, and rows of its fields.
    Group {
        item: usize,
        rows: Vec<Vec<usize>>,
        blocks: Vec<Block>,
    },
}

/// The pairs that a band should have room for.
pub(super) fn least_pairs(band: &LabelBand) -> usize {
    match &band.heads {
        Some(_) => 1,
        None if has_group(band) => 2,
        None => 2.min(band.items.len()).max(1),
    }
}

/// What `pairs` labels and values of a band want; an object needs a column more for its own label.
pub(super) fn usual(band: &LabelBand, contents: &[NewContent], pairs: usize) -> Vec<Want> {
    let mut label = Want { width: 8.0, least: 8.0, grows: false, spreads: false };
    let mut value = Want { width: 14.0, least: 8.0, grows: true, spreads: true };
    for (field, content) in band.fields().zip(contents) {
        label = label.or(measure::label(&field.label));
        let want = measure::value(field, content);
        value = value.or(Want { width: want.width.min(24.0), ..want });
    }
    let mut wants = [label, value].repeat(pairs);
    if pairs == 1 && has_group(band) {
        wants.insert(0, label);
    }
    wants
}

fn has_group(band: &LabelBand) -> bool {
    band.items.iter().any(|item| matches!(item, LabelItem::Group(_)))
}

/// Packs the fields of a band into rows.
pub(super) fn arrange(schema: &Schema, band: &LabelBand, contents: &[NewContent], widths: &[f64]) -> Rows {
    let total: f64 = widths.iter().sum();
    let mut pairs = (band.pairs.max(1) as usize).min(widths.len() / 2).max(1);
    loop {
        let rows = Rows { pairs, list: pack(schema, band, contents, pairs, total), slots: Vec::new() };
        let wants = rows.wants(band, contents);
        if pairs == 1 || !is_poor(widths, &wants, &divide(widths, &wants, 0, &[]), 0) {
            return rows;
        }
        pairs -= 1;
    }
}

fn pack(schema: &Schema, band: &LabelBand, contents: &[NewContent], pairs: usize, total: f64) -> Vec<Row> {
    let mut list = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut next = 0;
    if band.heads.is_some() {
        list.push(Row::Heads);
    }
    for (number, item) in band.items.iter().enumerate() {
        let mut flush = |open: &mut Vec<usize>| {
            if !open.is_empty() {
                list.push(Row::Pairs(std::mem::take(open)));
            }
        };
        match item {
            LabelItem::Field(field) => {
                if is_long(schema, field, &contents[next], total / pairs as f64 - 12.0) {
                    flush(&mut open);
                    list.push(Row::Pairs(vec![next]));
                } else {
                    open.push(next);
                    if open.len() == pairs {
                        flush(&mut open);
                    }
                }
                next += 1;
            }
            LabelItem::Group(group) => {
                flush(&mut open);
                let fields = (next..next + group.fields.len()).collect();
                list.push(Row::Group { item: number, rows: vec![fields], blocks: Vec::new() });
                next += group.fields.len();
            }
        }
    }
    if !open.is_empty() {
        list.push(Row::Pairs(open));
    }
    list
}

/// Whether a value needs a row of its own, beside a label with `room` characters left.
fn is_long(schema: &Schema, field: &Field, content: &NewContent, room: f64) -> bool {
    let by_line = matches!(&field.kind, FieldKind::List { separator, .. } if separator.contains('\n'));
    let boxes = matches!(field.kind, FieldKind::Checks(_));
    let may_be = field.kind == FieldKind::Text && schema.node(field.node).number("maxLength").is_some_and(|n| n > LONG);
    let is = matches!(content, NewContent::Text(text) if text::lines(text, room) > 2);
    by_line || boxes || may_be || is
}

impl Rows {
    /// What the label and value of each pair want.
    pub(super) fn wants(&self, band: &LabelBand, contents: &[NewContent]) -> Vec<Want> {
        let label = Want { width: 8.0, least: 8.0, grows: false, spreads: false };
        let value = Want { width: 12.0, least: 8.0, grows: true, spreads: true };
        let mut wants = [label, value].repeat(self.pairs);
        let fields: Vec<&Field> = band.fields().collect();
        for row in &self.list {
            let Row::Pairs(pairs) = row else { continue };
            for (slot, &number) in pairs.iter().enumerate() {
                let field = fields[number];
                wants[slot * 2] = wants[slot * 2].or(measure::label(&field.label));
                if pairs.len() == self.pairs {
                    wants[slot * 2 + 1] = wants[slot * 2 + 1].or(measure::value(field, &contents[number]));
                }
            }
        }
        wants
    }

    /// Divides the rows of objects: as many pairs beside the object's label as there is room for.
    pub(super) fn groups(&mut self, plan: &mut Plan, inner: Block, band: &LabelBand, contents: &[NewContent]) {
        let fields: Vec<&Field> = band.fields().collect();
        let liked: Vec<u32> = self.slots.iter().map(|block| block.0).collect();
        for row in &mut self.list {
            let Row::Group { item, rows, blocks } = row else { continue };
            let LabelItem::Group(group) = &band.items[*item] else { continue };
            let all = rows.concat();
            let widths = plan.widths_of(inner);
            let mut most = all.len().min(widths.len().saturating_sub(1) / 2).clamp(1, self.pairs.max(2));
            let mut wants;
            loop {
                wants = vec![measure::label(&group.label)];
                for at in 0..most {
                    let column = all.iter().skip(at).step_by(most);
                    let (mut label, mut value) =
                        (Want::fixed(8.0), Want { width: 12.0, least: 8.0, grows: true, spreads: true });
                    for &number in column {
                        label = label.or(measure::label(&fields[number].label));
                        value = value.or(measure::value(fields[number], &contents[number]));
                    }
                    wants.extend([label, value]);
                }
                *blocks = divide(widths, &wants, inner.0, &liked);
                if most == 1 || !is_poor(widths, &wants, blocks, inner.0) {
                    break;
                }
                most -= 1;
            }
            for (block, want) in blocks.clone().iter().zip(&wants) {
                plan.widen(*block, want.least);
            }
            *rows = all.chunks(most).map(<[usize]>::to_vec).collect();
        }
    }
}

/// Puts the rows of a label band; gives the row below them, and the cell of each field.
pub(super) fn put(
    canvas: &mut Canvas,
    first: u32,
    band: &LabelBand,
    contents: &[NewContent],
    placed: &Placed,
    style: Style,
) -> (u32, Vec<Area>) {
    let fields: Vec<&Field> = band.fields().collect();
    let mut areas = vec![Area::new(first, placed.inner); fields.len()];
    let (slots, end) = (&placed.rows.slots, placed.inner.1);
    let mut next = first;
    for row in &placed.rows.list {
        let begin = next;
        match row {
            Row::Heads => {
                let heads = band.heads.iter().flatten();
                for (head, cols) in heads.zip([slots[0], (slots[1].0, end)]) {
                    canvas.put(Area::new(next, cols), NewContent::Text(head.clone()), &look::head());
                }
                next += 1;
            }
            Row::Pairs(pairs) => {
                for (slot, &number) in pairs.iter().enumerate() {
                    let last = slot + 1 == pairs.len();
                    let value = (slots[slot * 2 + 1].0, if last { end } else { slots[slot * 2 + 1].1 });
                    let field = fields[number];
                    canvas.put(Area::new(next, slots[slot * 2]), NewContent::Text(field.label.clone()), &look::label());
                    areas[number] = Area::new(next, value);
                }
                next += 1;
            }
            Row::Group { item, rows, blocks } => {
                if let LabelItem::Group(group) = &band.items[*item] {
                    let area = Area::tall(next, rows.len() as u32, blocks[0]);
                    canvas.put(area, NewContent::Text(group.label.clone()), &look::label());
                }
                for numbers in rows {
                    for (at, &number) in numbers.iter().enumerate() {
                        let (label, value) = (blocks[1 + at * 2], blocks[2 + at * 2]);
                        let last = at + 1 == numbers.len();
                        let text = NewContent::Text(fields[number].label.clone());
                        canvas.put(Area::new(next, label), text, &look::label());
                        areas[number] = Area::new(next, (value.0, if last { end } else { value.1 }));
                    }
                    next += 1;
                }
            }
        }
        (begin..next).for_each(|row| canvas.at_least(row, ROW));
    }
    for ((field, content), area) in fields.iter().zip(contents).zip(&areas) {
        canvas.put(*area, content.clone(), &look::value(field, content, style, false));
    }
    (next, areas)
}
