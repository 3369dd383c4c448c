//! What a sheet says beside its rows: merges and hidden columns.

use std::io::BufRead;
use std::ops::ControlFlow;

use sheetform::finding::Finding;
use sheetform::grid::{CellRef, MAX_COLUMNS, MAX_ROWS, Range, SheetFrame};

use super::sheet::{Columns, Context, Head, times, walk};
use super::spaces::Space;
use crate::fault::over_limit;
use crate::package::xml::Xml;
use crate::ranges::{disjoint, joined};

/// Merges in reading order, none overlapping; hidden columns rising.
pub(crate) fn read<R: BufRead>(xml: &mut Xml<R>, context: &Context<'_>) -> Result<SheetFrame, Finding> {
    let mut merges = Vec::new();
    let mut columns = Columns::default();
    let mut each = |xml: &mut Xml<R>, head: &Head, _: &Columns| {
        let mut next: u64 = 0;
        while xml.child()? {
            let span = span(xml, context)?;
            let first = next;
            next = next.saturating_add(span.repeat);
            if span.rows > 1 || span.columns > 1 {
                merge(&mut merges, head, first..next, &span, context.limits.merges)?;
            }
            xml.skip()?;
        }
        Ok(ControlFlow::Continue(()))
    };
    let _ = walk(xml, context, false, (&mut columns, &mut 0), &mut each)?;
    Ok(SheetFrame { merges: disjoint(merges), hidden_columns: joined(columns.hidden) })
}

/// How far a cell reaches, and how often it stands side by side.
struct Span {
    columns: u64,
    rows: u64,
    repeat: u64,
}

fn span<R: BufRead>(xml: &Xml<R>, context: &Context<'_>) -> Result<Span, Finding> {
    let mut span = Span { columns: 1, rows: 1, repeat: 1 };
    for attribute in xml.attributes() {
        let (key, value) = attribute?;
        match context.spaces.split(key) {
            (Space::Table, "number-columns-spanned") => span.columns = times(&value),
            (Space::Table, "number-rows-spanned") => span.rows = times(&value),
            (Space::Table, "number-columns-repeated") => span.repeat = times(&value),
            _ => {}
        }
    }
    Ok(span)
}

fn merge(
    merges: &mut Vec<Range>,
    head: &Head,
    columns: std::ops::Range<u64>,
    span: &Span,
    limit: usize,
) -> Result<(), Finding> {
    for row in head.rows()? {
        for column in columns.clone() {
            if column >= u64::from(MAX_COLUMNS) {
                return Err(over_limit("columns of a sheet", "工作表的列数", MAX_COLUMNS));
            }
            if merges.len() >= limit {
                return Err(over_limit("merged ranges of a sheet", "工作表的合并区域数", limit));
            }
            let last =
                |first: u64, length: u64, most: u32| first.saturating_add(length - 1).min(u64::from(most) - 1) as u32;
            let last = CellRef::new(last(u64::from(row), span.rows, MAX_ROWS), last(column, span.columns, MAX_COLUMNS));
            merges.push(Range::new(CellRef::new(row, column as u32), last));
        }
    }
    Ok(())
}
