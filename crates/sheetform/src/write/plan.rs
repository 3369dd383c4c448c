//! Which columns of the sheet each band takes, and how wide they are. Puts no cell.

use super::divide::{Block, Want, divide};
use super::labels::{self, Rows};
use super::measure;
use super::records::Records;
use crate::layout::{Band, LabelBand, Layout, Table};
use crate::new_book::NewContent;
use crate::schema::Schema;

/// Characters across an A4 page, upright and on its side.
const UPRIGHT: f64 = 86.0;
const SIDEWAYS: f64 = 126.0;
/// How much wider an A3 page is.
const A3: f64 = 1.41;
/// A page may be shrunk by so much before columns are made narrower.
const SHRINK: f64 = 1.15;
/// A column that grows to fill the page grows no further.
const FILLED: f64 = 40.0;
/// A column is narrowed no further than this.
const NARROWED: f64 = 14.0;
/// A first column is not made wider than this for the labels above it.
const FIRST: f64 = 12.0;
/// A caption at the side.
const SIDE: f64 = 6.0;
/// The blank column before a band that stands beside another.
const GAP: f64 = 3.0;
/// Tables with more rows keep their own columns: merged cells in every row make a large sheet slow.
const SPREAD_ROWS: u32 = 1000;

/// A band with what it holds.
pub(super) struct Part<'a> {
    pub band: &'a Band,
    pub filled: Filled<'a>,
}

/// What a band holds.
pub(super) enum Filled<'a> {
    /// A label band, and a cell for each of its fields.
    Labels(&'a LabelBand, Vec<NewContent>),
    /// A table and its rows.
    Table(&'a Table, Records),
}

/// Where a band stands.
#[derive(Debug, Default)]
pub(super) struct Placed {
    /// All its columns.
    pub cols: Block,
    /// The column of a caption at the side.
    pub side: Option<Block>,
    /// The columns without those of the caption.
    pub inner: Block,
    /// For each column of a table, its columns on the sheet.
    pub blocks: Vec<Block>,
    /// The rows of a label band.
    pub rows: Rows,
}

/// A sheet's columns.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub widths: Vec<f64>,
    /// One for each part.
    pub placed: Vec<Placed>,
    /// Parts that begin in the same row: first, and the one behind the last.
    pub strips: Vec<(usize, usize)>,
}

impl Plan {
    pub(super) fn new(schema: &Schema, layout: &Layout, parts: &[Part<'_>]) -> Self {
        let strips = strips(parts);
        let wants: Vec<Vec<Vec<Want>>> = strips
            .iter()
            .map(|&(first, end)| parts[first..end].iter().map(|part| of_part(part, end - first > 1)).collect())
            .collect();
        let page = if layout.landscape { SIDEWAYS } else { UPRIGHT } * if layout.paper == 8 { A3 } else { 1.0 };
        let mut plan = Self { widths: widths(parts, &wants, page), placed: Vec::new(), strips };
        for (strip, wants) in plan.strips.clone().into_iter().zip(&wants) {
            plan.place(&parts[strip.0..strip.1], wants);
        }
        plan.labels(schema, parts);
        for width in &mut plan.widths {
            *width = (*width * 2.0).round() / 2.0;
        }
        plan
    }

    /// All columns.
    pub(super) fn all(&self) -> Block {
        (0, self.widths.len() as u32)
    }

    /// Gives the bands of a strip their columns.
    fn place(&mut self, parts: &[Part<'_>], wants: &[Vec<Want>]) {
        let all: Vec<Want> = joined(wants);
        let long = |part: &Part<'_>| matches!(&part.filled, Filled::Table(_, r) if r.rows > SPREAD_ROWS);
        // A single column over the whole width would look like a note.
        let own = all.len() <= 1 || parts.iter().any(long);
        let blocks = if own && all.len() <= self.widths.len() {
            (0..all.len() as u32).map(|i| (i, i + 1)).collect()
        } else {
            divide(&self.widths, &all, 0, &[])
        };
        for (block, want) in blocks.iter().zip(&all) {
            self.widen(*block, want.least);
        }
        let mut next = 0;
        for (part, wants) in parts.iter().zip(wants) {
            let mine = &blocks[next..next + wants.len()];
            next += wants.len() + 1;
            let over = |blocks: &[Block]| match (blocks.first(), blocks.last()) {
                (Some(first), Some(last)) => (first.0, last.1),
                _ => self.all(),
            };
            let side = part.band.caption_at_side && part.band.caption.is_some();
            let placed = match &part.filled {
                // Alone, a label band divides the whole width by itself.
                Filled::Labels(..) if parts.len() == 1 => {
                    let begin = u32::from(side);
                    let cols = self.all();
                    Placed {
                        cols,
                        side: side.then_some((0, 1)),
                        inner: (begin, cols.1.max(begin + 1)),
                        ..Placed::default()
                    }
                }
                filled => {
                    let (side, rest) = if side { (mine.first().copied(), &mine[1..]) } else { (None, mine) };
                    let blocks = match filled {
                        Filled::Table(table, _) => of_columns(table, rest),
                        Filled::Labels(..) => Vec::new(),
                    };
                    Placed { cols: over(mine), side, inner: over(rest), blocks, rows: Rows::default() }
                }
            };
            self.placed.push(placed);
        }
    }

    /// Makes the last column of a block wider, where the block is too narrow.
    pub(super) fn widen(&mut self, block: Block, least: f64) {
        let columns = &mut self.widths[block.0 as usize..block.1 as usize];
        let sum: f64 = columns.iter().sum();
        if let Some(last) = columns.last_mut().filter(|_| sum < least) {
            *last += least - sum;
        }
    }

    pub(super) fn widths_of(&self, cols: Block) -> &[f64] {
        self.widths.get(cols.0 as usize..cols.1 as usize).unwrap_or_default()
    }

    /// Divides the rows of label bands; those over the same columns with as many pairs are divided alike.
    fn labels(&mut self, schema: &Schema, parts: &[Part<'_>]) {
        let mut shared: Vec<(Block, usize, Vec<Want>)> = Vec::new();
        let mut rows = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            let Filled::Labels(band, contents) = &part.filled else { continue };
            let inner = self.placed[at].inner;
            let laid = labels::arrange(schema, band, contents, self.widths_of(inner));
            let wants = laid.wants(band, contents);
            match shared.iter_mut().find(|(cols, pairs, _)| *cols == inner && *pairs == laid.pairs) {
                Some((.., all)) => all.iter_mut().zip(wants).for_each(|(one, more)| *one = one.or(more)),
                None => shared.push((inner, laid.pairs, wants)),
            }
            rows.push((at, laid));
        }
        let mut slots: Vec<Vec<Block>> = Vec::new();
        for (inner, _, wants) in &shared {
            let blocks = divide(self.widths_of(*inner), wants, inner.0, &[]);
            for (block, want) in blocks.iter().zip(wants) {
                self.widen(*block, want.least);
            }
            slots.push(blocks);
        }
        for (at, mut laid) in rows {
            let inner = self.placed[at].inner;
            let Filled::Labels(band, contents) = &parts[at].filled else { continue };
            let found = shared.iter().position(|(cols, pairs, _)| *cols == inner && *pairs == laid.pairs);
            laid.slots = found.map(|i| slots[i].clone()).unwrap_or_default();
            laid.groups(self, inner, band, contents);
            self.placed[at].rows = laid;
        }
    }
}

/// The columns of the sheet that each column of a table takes, from those of its places.
fn of_columns(table: &Table, places: &[Block]) -> Vec<Block> {
    let end = |at: usize| places.get(at).or(places.last()).map_or(0, |place| place.1);
    let begin = |at: usize| places.get(at).map_or(0, |place| place.0);
    table.slots().iter().map(|slot| (begin(slot.places.0), end(slot.places.1 - 1))).collect()
}

fn strips(parts: &[Part<'_>]) -> Vec<(usize, usize)> {
    let mut strips: Vec<(usize, usize)> = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        match strips.last_mut() {
            Some(last) if part.band.beside => last.1 = i + 1,
            _ => strips.push((i, i + 1)),
        }
    }
    strips
}

/// What the columns of a band want; nothing for a label band that stands alone, which takes what there is.
fn of_part(part: &Part<'_>, beside: bool) -> Vec<Want> {
    let mut wants = Vec::new();
    if part.band.caption_at_side && part.band.caption.is_some() {
        wants.push(Want::fixed(SIDE));
    }
    match &part.filled {
        Filled::Table(table, records) => wants.extend(measure::places(table, records)),
        Filled::Labels(band, contents) if beside => wants.extend(labels::usual(band, contents, 1)),
        Filled::Labels(..) => wants.clear(),
    }
    wants
}

fn joined(wants: &[Vec<Want>]) -> Vec<Want> {
    wants.join(&Want::fixed(GAP))
}

/// The widths of the sheet's columns: those of its widest strip, stretched or narrowed to the page.
fn widths(parts: &[Part<'_>], wants: &[Vec<Vec<Want>>], page: f64) -> Vec<f64> {
    let strips: Vec<Vec<Want>> = wants.iter().map(|strip| joined(strip)).collect();
    let most = strips.iter().map(Vec::len).max().unwrap_or(0);
    let mut base: Vec<Want> = Vec::new();
    for strip in strips.iter().filter(|strip| strip.len() == most) {
        match base.as_mut_slice() {
            [] => base.clone_from(strip),
            base => base.iter_mut().zip(strip).for_each(|(one, more)| *one = one.or(*more)),
        }
    }
    let mut pairs: Vec<Want> = Vec::new();
    for part in parts {
        if let Filled::Labels(band, contents) = &part.filled {
            let side = usize::from(part.band.caption_at_side && part.band.caption.is_some());
            let mut wants = vec![Want::fixed(SIDE); side];
            wants.extend(labels::usual(band, contents, labels::least_pairs(band)));
            let common = pairs.len().min(wants.len());
            pairs.iter_mut().zip(&wants).for_each(|(one, more)| *one = one.or(*more));
            pairs.extend(wants.drain(common..));
        }
    }
    if base.len() < pairs.len() {
        base.clone_from(&pairs);
    }
    let mut widths: Vec<f64> = base.iter().map(|want| want.width).collect();
    // The first label stands over the first column; both look better where neither needs the column beside it.
    let labels = pairs.first().map_or(0.0, |label| label.width.min(FIRST));
    if let Some(first) = widths.first_mut().filter(|_| !base.is_empty()) {
        *first = first.max(labels);
    }
    stretch(&mut widths, &base, page);
    widths
}

/// Fills the page, or comes near it, by the columns that grow.
fn stretch(widths: &mut [f64], wants: &[Want], page: f64) {
    let sum: f64 = widths.iter().sum();
    let grows: Vec<usize> = (0..wants.len()).filter(|&i| wants[i].grows).collect();
    if sum < page {
        let mut open: Vec<usize> = grows.into_iter().filter(|&i| widths[i] < FILLED).collect();
        // The narrowest grow first, so that they end alike.
        open.sort_by(|&a, &b| widths[a].total_cmp(&widths[b]));
        let mut spare = page - sum;
        while spare > 0.5 && !open.is_empty() {
            let low = open.iter().map(|&i| widths[i]).fold(f64::INFINITY, f64::min);
            let lowest: Vec<usize> = open.iter().copied().filter(|&i| widths[i] < low + 0.01).collect();
            let next = open.iter().map(|&i| widths[i]).filter(|w| *w >= low + 0.01).fold(FILLED, f64::min);
            let step = (next - low).min(spare / lowest.len() as f64);
            for &i in &lowest {
                widths[i] += step;
            }
            spare -= step * lowest.len() as f64;
            open.retain(|&i| widths[i] < FILLED - 0.01);
        }
    } else if sum > page * SHRINK {
        let room = |width: f64, i: usize| (width - wants[i].least.max(NARROWED)).max(0.0);
        let rooms: f64 = grows.iter().map(|&i| room(widths[i], i)).sum();
        let share = ((sum - page * SHRINK) / rooms.max(0.1)).min(1.0);
        for i in grows {
            widths[i] -= room(widths[i], i) * share;
        }
    }
}
