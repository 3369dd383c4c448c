//! Finds the heads of tables by their texts, wherever they stand, and says which column is where.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::survey::Survey;
use crate::grid::{CellRef, Range};
use crate::layout::{BandKind, FieldKind, Layout, Table, is_unheaded};
use crate::text::{fold, without_brackets};

/// Rows a head may have.
const MAX_HEAD_ROWS: u32 = 4;
/// How far above a head its caption may stand.
const CAPTION_REACH: u32 = 3;
/// Candidates kept for a table.
const MAX_CANDIDATES: usize = 300;
/// Tables looked for side by side.
const MAX_STRETCHES: usize = 8;

/// A head found on a sheet.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Head {
    /// First row of the head.
    pub(super) first: u32,
    /// Last row of the head.
    pub(super) last: u32,
    /// For each column of the form, the first and last column of the sheet.
    pub(super) columns: Vec<Option<(u32, u32)>>,
    /// For each column of the form found, its lowest heading.
    pub(super) headings: Vec<Option<Range>>,
    /// Headings that no column takes, with their text and folded path.
    pub(super) unknown: Vec<(Range, String, String)>,
    /// Columns that could not be told apart, with the headings in question.
    pub(super) ambiguous: Vec<(Vec<usize>, Vec<Range>)>,
    /// Columns whose heading is not quite the form's, with its text.
    pub(super) nearly: Vec<(usize, String)>,
    /// Rows of a record.
    pub(super) lines: u32,
    /// For each column of the form, its first row of the record, and how many it reaches down.
    pub(super) line: Vec<(u32, u32)>,
    /// The caption found for it.
    pub(super) caption: Option<Range>,
    score: i64,
}

impl Head {
    /// The first row below it, its merged cells counted where each row of a record has its own heading.
    pub(super) fn below(&self) -> u32 {
        let merged = self.headings.iter().flatten().map(|range| range.last.row).max().filter(|_| self.lines > 1);
        merged.unwrap_or(0).max(self.last) + 1
    }

    /// Columns found.
    pub(super) fn matched(&self) -> usize {
        self.columns.iter().flatten().count()
    }

    /// Columns found, and headings that could be one of several.
    fn shown(&self) -> usize {
        self.matched() + self.ambiguous.iter().map(|(_, headings)| headings.len()).sum::<usize>()
    }

    /// The rightmost column of the sheet that belongs to it, whether or not the form has it.
    pub(super) fn right(&self) -> u32 {
        self.extents().map(|(_, last)| last).max().unwrap_or(0)
    }

    /// The leftmost column of the sheet that belongs to it.
    pub(super) fn left(&self) -> u32 {
        self.extents().map(|(first, _)| first).min().unwrap_or(0)
    }

    fn extents(&self) -> impl Iterator<Item = (u32, u32)> {
        let cols = |range: &Range| (range.first.col, range.last.col);
        let known = self.columns.iter().flatten().copied();
        let ambiguous = self.ambiguous.iter().flat_map(|(_, headings)| headings).map(cols);
        known.chain(self.unknown.iter().map(move |(range, ..)| cols(range))).chain(ambiguous)
    }
}

/// A column of the sheet as its head shows it.
#[derive(Clone)]
struct SheetColumn {
    first: u32,
    last: u32,
    path: Vec<String>,
    /// The path with a group that stands unmerged further left.
    inherited: Option<Vec<String>>,
    /// The path with its numbers and dates written plainly, where they are shown otherwise.
    plain: Option<Vec<String>>,
    heading: Range,
    text: String,
    /// The row of the head, where each row of a record has its own.
    line: u32,
}

/// Something that looks like a head: its first cell, and how many headings of the table it has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alike {
    pub(super) at: CellRef,
    pub(super) matched: usize,
}

/// The heads of a form's tables on a sheet.
pub(super) struct Heads {
    /// The head of each table, in order; `None` where there is none.
    pub(super) found: Vec<Option<Head>>,
    /// For each table, where something looks like its head.
    pub(super) alike: Vec<Vec<Alike>>,
    /// Rows with a caption that fills them alone, and the bands it could belong to.
    pub(super) lone_captions: Vec<(u32, Vec<usize>)>,
}

/// Finds the head of each table.
pub(super) fn find(survey: &Survey, layout: &Layout) -> Heads {
    let captions = captions(survey, layout);
    let mut tables = Vec::new();
    for (band, spec) in layout.bands.iter().enumerate() {
        if let BandKind::Table(table) = &spec.kind {
            let shares_rows = spec.beside || layout.bands.get(band + 1).is_some_and(|next| next.beside);
            tables.push((candidates(survey, layout, table, band, &captions, shares_rows), spec.beside));
        }
    }
    let lone = |(row, ..): &&(u32, Range, Vec<usize>)| {
        survey.rows.get(row).is_some_and(|r| r.cells.iter().filter(|(_, cell)| !cell.is_empty()).count() == 1)
    };
    // One heading alone may be any text.
    let alike = |heads: &[Head]| {
        let several = heads.iter().filter(|head| head.matched() > 1);
        let alike = |head: &Head| Alike { at: CellRef::new(head.first, head.left()), matched: head.matched() };
        several.map(alike).collect()
    };
    Heads {
        found: assign(&tables),
        alike: tables.iter().map(|(heads, _)| alike(heads)).collect(),
        lone_captions: captions.iter().filter(lone).map(|(row, _, bands)| (*row, bands.clone())).collect(),
    }
}

/// Cells that hold a caption: row, cell, and the bands it could belong to.
type Captions = Vec<(u32, Range, Vec<usize>)>;

fn captions(survey: &Survey, layout: &Layout) -> Captions {
    let mut names: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (i, band) in layout.bands.iter().enumerate() {
        for text in band.caption.iter().chain(&band.caption_aliases) {
            names.entry(fold(text)).or_default().push(i);
        }
    }
    let mut found = Vec::new();
    for (index, row) in survey.marked_rows(..).filter(|_| !names.is_empty()) {
        for (col, cell) in &row.cells {
            if let Some(bands) = cell.as_text().and_then(|text| names.get(&fold(text))) {
                found.push((*index, survey.merges.range(CellRef::new(*index, *col)), bands.clone()));
            }
        }
    }
    found
}

fn candidates(
    survey: &Survey,
    layout: &Layout,
    table: &Table,
    band: usize,
    captions: &Captions,
    shares_rows: bool,
) -> Vec<Head> {
    let title = layout.title.as_ref();
    let top = survey.rows.keys().next().copied().unwrap_or_default();
    let mut found: Vec<Head> = Vec::new();
    let marks: std::collections::BTreeSet<&str> =
        table.columns.iter().flat_map(|c| c.paths.iter().flatten()).map(String::as_str).collect();
    for (&index, row) in survey.marked_rows(..) {
        if !row.cells.iter().any(|(_, c)| c.as_text().is_some_and(|t| marks.contains(fold(t).as_str()))) {
            continue;
        }
        // The best for each stretch of the row: tables side by side have their heads in the same row.
        let mut best: BTreeMap<(u32, u32), Head> = BTreeMap::new();
        let deepest = if table.lines > 1 { table.lines } else { MAX_HEAD_ROWS.min(table.head_rows as u32 + 1) };
        for depth in 1..=deepest {
            let mut columns = match table.lines {
                1 => sheet_columns(survey, index, depth),
                _ => line_columns(survey, index, depth),
            };
            // A caption at the side, merged down over the records, is no heading though it has the text of one. It reaches
            // further down than any heading.
            let reach = |column: &SheetColumn| column.heading.last.row;
            let lowest: Vec<u32> = columns.iter().map(reach).collect();
            let mut number = 0;
            columns.retain(|column| {
                let others =
                    lowest.iter().enumerate().filter(|(other, _)| *other != number).map(|(_, last)| *last).max();
                number += 1;
                let at_side = reach(column) > others.unwrap_or(0).max(index + depth - 1);
                !(at_side
                    && table.lines == 1
                    && captions.iter().any(|(_, range, bands)| *range == column.heading && bands.contains(&band)))
            });
            for stretch in if shares_rows { stretches(&columns) } else { vec![&columns[..]] } {
                let head = match_columns(table, index, index + depth - 1, stretch, band, captions);
                let mut head = head;
                // The title may have the text of a heading.
                let is_title = |range: &Range| {
                    let text = survey.text(range.first).1;
                    range.first.row == top && text.is_some_and(|text| title.is_some_and(|title| title.matches(&text)))
                };
                if head.headings.iter().flatten().any(is_title) {
                    head.score -= 6;
                }
                let key = if shares_rows { (head.left(), head.right()) } else { (0, 0) };
                if head.shown() > 0 && best.get(&key).is_none_or(|b| head.score > b.score) {
                    best.insert(key, head);
                }
            }
        }
        found.extend(best.into_values().filter(|head| enough(head.shown(), table)));
    }
    if found.len() > MAX_CANDIDATES {
        found.sort_by_key(|head| -head.score);
        found.truncate(MAX_CANDIDATES);
        found.sort_by_key(|head| head.first);
    }
    found
}

/// Whether so many columns make a head: a third of them, and more than one of several.
fn enough(matched: usize, table: &Table) -> bool {
    let columns = table.columns.iter().filter(|column| !column.field.rest).count();
    matched * 3 >= columns && matched >= columns.min(2)
}

/// Every run of columns between gaps or repeated headings.
fn stretches(columns: &[SheetColumn]) -> Vec<&[SheetColumn]> {
    let mut cuts = vec![0];
    for j in 1..columns.len() {
        let begun = cuts.last().copied().unwrap_or(0);
        let gap = columns[j].first > columns[j - 1].last + 1;
        if gap || columns[begun..j].iter().any(|before| before.path == columns[j].path) {
            cuts.push(j);
        }
    }
    cuts.push(columns.len());
    cuts.truncate(MAX_STRETCHES + 1);
    let pairs = cuts.iter().enumerate().flat_map(|(k, from)| cuts[k + 1..].iter().map(move |to| (*from, *to)));
    pairs.map(|(from, to)| &columns[from..to]).collect()
}

/// The columns that `depth` rows from `first` would head.
fn sheet_columns(survey: &Survey, first: u32, depth: u32) -> Vec<SheetColumn> {
    let mut cols = std::collections::BTreeSet::new();
    for index in first..first + depth {
        if let Some(row) = survey.rows.get(&index) {
            cols.extend(row.cells.iter().filter(|(_, c)| !c.is_empty()).map(|(col, _)| *col));
            cols.extend(survey.merges.columns_in(index));
        }
    }
    let mut columns: Vec<SheetColumn> = Vec::new();
    let mut group: Option<(u32, String)> = None;
    for col in cols {
        let (mut path, mut plain) = (Vec::new(), Vec::new());
        let mut heading: Option<(Range, String)> = None;
        let mut top_empty = false;
        for index in first..first + depth {
            let (range, text) = survey.text(CellRef::new(index, col));
            if heading.as_ref().is_some_and(|(before, _)| *before == range) {
                continue;
            }
            // A merge that begins above is a title or a caption at the side, unless it ends with the head.
            if range.first.row < first && range.last.row + 1 != first + depth {
                continue;
            }
            match text.map(|text| (fold(&text), text)).filter(|(folded, _)| !folded.is_empty()) {
                Some((folded, text)) => {
                    let plainly = survey.plain(range.first).unwrap_or_default();
                    plain.push(if plainly == text { folded.clone() } else { fold(&plainly) });
                    path.push(folded);
                    heading = Some((range, text.to_string()));
                }
                None => top_empty |= index == first,
            }
        }
        let Some((heading, text)) = heading else { continue };
        if !top_empty {
            group = path.first().map(|text| (col, text.clone()));
        }
        let inherited = match (&group, top_empty) {
            (Some((_, group)), true) => Some(std::iter::once(group.clone()).chain(path.iter().cloned()).collect()),
            _ => None,
        };
        match columns.last_mut() {
            // Merged columns under one heading are one column.
            Some(before) if before.heading == heading => before.last = col,
            _ => {
                let plain = Some(plain).filter(|plain| *plain != path);
                let (first, last) = (col, col);
                columns.push(SheetColumn { first, last, path, inherited, plain, heading, text, line: 0 });
            }
        }
    }
    columns
}

/// The headings of records of several rows: each row of the head stands over the same row of a record.
fn line_columns(survey: &Survey, top: u32, depth: u32) -> Vec<SheetColumn> {
    let mut columns = Vec::new();
    for index in top..top + depth {
        let Some(row) = survey.rows.get(&index) else { continue };
        for (col, _) in row.cells.iter().filter(|(_, cell)| !cell.is_empty()) {
            let (heading, text) = survey.text(CellRef::new(index, *col));
            let Some(text) = text.filter(|text| heading.first.row == index && !fold(text).is_empty()) else { continue };
            let path = vec![fold(&text)];
            let plain = survey.plain(heading.first).map(|text| vec![fold(&text)]).filter(|plain| *plain != path);
            let (first, last, text) = (heading.first.col, heading.last.col, text.to_string());
            columns.push(SheetColumn { first, last, path, inherited: None, plain, heading, text, line: index - top });
        }
    }
    columns.sort_by_key(|column| (column.first, column.line));
    columns
}

/// How a heading that is not quite the form's was told.
enum Nearly {
    /// By the column's values in brackets: `是否存在(填是或否)`.
    Values,
    /// By all but a unit or remark in brackets, of which the form says nothing.
    Brackets,
    /// By one of the two names in a diagonal head cell.
    Diagonal,
}

/// The one column not yet found whose heading this is but for what stands in brackets behind it.
fn by_brackets(table: &Table, found: &[Option<usize>], column: &SheetColumn) -> Option<(usize, Nearly)> {
    let (last, groups) = column.path.split_last()?;
    let short = without_brackets(last)?;
    let inner = &last[short.len()..];
    let same = |path: &Vec<String>| path.split_last().is_some_and(|(own, above)| own == short && above == groups);
    // With a unit of its own, or anything else in brackets, the form says that this is not it.
    let says =
        |paths: &[Vec<String>]| paths.iter().any(|p| p.last().is_some_and(|own| without_brackets(own).is_some()));
    let mut fits = table.columns.iter().enumerate().filter_map(|(i, form)| {
        let known = found[i].is_none() && form.paths.iter().any(same);
        match known {
            true if names_values(&form.field.kind, inner) => Some((i, Nearly::Values)),
            true if !says(&form.paths) => Some((i, Nearly::Brackets)),
            _ => None,
        }
    });
    let first = fits.next();
    first.filter(|_| fits.next().is_none())
}

/// The one column not yet found that a diagonal head cell names: two names, the upper one moved to the right by blanks,
/// or a backslash between them.
fn by_diagonal(table: &Table, found: &[Option<usize>], column: &SheetColumn) -> Option<(usize, Nearly)> {
    let text = &column.text;
    let lines = || text.split_once('\n').filter(|(above, _)| above.starts_with(char::is_whitespace));
    let (above, below) = text.split_once(['\\', '＼']).or_else(lines)?;
    let names = [fold(above), fold(below)];
    let (_, groups) = column.path.split_last()?;
    let same =
        |path: &Vec<String>| path.split_last().is_some_and(|(own, above)| names.contains(own) && above == groups);
    let mut fits = (0..table.columns.len()).filter(|i| found[*i].is_none() && table.columns[*i].paths.iter().any(same));
    let first = fits.next();
    first.filter(|_| fits.next().is_none()).map(|i| (i, Nearly::Diagonal))
}

/// Whether a folded text names values that a field can have.
fn names_values(kind: &FieldKind, folded: &str) -> bool {
    match kind {
        FieldKind::Boolean => [("是", "否"), ("有", "无"), ("y", "n"), ("√", "×")]
            .iter()
            .any(|(a, b)| folded.contains(a) && folded.contains(b)),
        FieldKind::Choice(choices) | FieldKind::Checks(choices) => {
            let texts = choices.iter().map(|choice| fold(&choice.text)).filter(|text| !text.is_empty());
            texts.filter(|text| folded.contains(text.as_str())).count() >= choices.len().min(2)
        }
        FieldKind::List { item, .. } => names_values(item, folded),
        _ => false,
    }
}

/// A heading merged over just as many columns as the form has with its path is the heading of each.
fn under_one_heading<'c>(table: &Table, columns: &'c [SheetColumn]) -> Cow<'c, [SheetColumn]> {
    let width = |column: &SheetColumn| (column.last - column.first + 1) as usize;
    let parted = |column: &SheetColumn| {
        let alone = || columns.iter().filter(|other| other.path == column.path).count() == 1;
        let forms = || table.columns.iter().filter(|form| form.paths.first() == Some(&column.path)).count();
        width(column) > 1 && forms() == width(column) && alone()
    };
    if !columns.iter().any(parted) {
        return Cow::Borrowed(columns);
    }
    let mut all = Vec::new();
    for column in columns {
        if parted(column) {
            all.extend((column.first..=column.last).map(|col| SheetColumn { first: col, last: col, ..column.clone() }));
        } else {
            all.push(column.clone());
        }
    }
    Cow::Owned(all)
}

fn match_columns(
    table: &Table,
    first: u32,
    last: u32,
    columns: &[SheetColumn],
    band: usize,
    captions: &Captions,
) -> Head {
    let columns = &*under_one_heading(table, columns);
    let mut taken: Vec<Option<usize>> = vec![None; columns.len()];
    let mut found: Vec<Option<usize>> = vec![None; table.columns.len()];
    let mut ambiguous: Vec<(Vec<usize>, Vec<Range>)> = Vec::new();
    let mut score = 0;
    // First the heading as written, then its aliases, then with numbers written plainly, then with a group that is not
    // merged, then without groups.
    for pass in 0..5 {
        if found.iter().all(Option::is_some) || taken.iter().all(Option::is_some) {
            break;
        }
        let mut wanted: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (i, column) in table.columns.iter().enumerate().filter(|(i, _)| found[*i].is_none()) {
            let paths: &[Vec<String>] = match pass {
                0 => column.paths.get(..1).unwrap_or_default(),
                _ => &column.paths,
            };
            for path in paths.iter().filter(|p| !p.is_empty()) {
                let key = if pass == 4 { path.last().cloned().unwrap_or_default() } else { path.join("/") };
                let takers = wanted.entry(key).or_default();
                if !takers.contains(&i) {
                    takers.push(i);
                }
            }
        }
        let mut shown: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (j, column) in columns.iter().enumerate().filter(|(j, _)| taken[*j].is_none()) {
            let path = match pass {
                0 | 1 => Some(&column.path),
                2 => column.plain.as_ref(),
                3 => column.inherited.as_ref(),
                // A sheet without groups at all: only a column whose own path is one text.
                _ => Some(&column.path).filter(|p| p.len() == 1),
            };
            if let Some(path) = path {
                shown.entry(path.join("/")).or_default().push(j);
            }
        }
        for (key, forms) in &wanted {
            let Some(sheets) = shown.get(key) else { continue };
            let forms: Vec<usize> = forms.iter().copied().filter(|i| found[*i].is_none()).collect();
            let sheets: Vec<usize> = sheets.iter().copied().filter(|j| taken[*j].is_none()).collect();
            if forms.is_empty() || sheets.is_empty() {
                continue;
            }
            if forms.len() == sheets.len() {
                for (i, j) in forms.iter().zip(&sheets) {
                    found[*i] = Some(*j);
                    taken[*j] = Some(*i);
                    // A whole path tells more than a heading whose group is not there.
                    score += if pass < 4 { 10 } else { 8 };
                }
            } else if pass < 2 {
                for j in &sheets {
                    taken[*j] = Some(usize::MAX);
                    score += 5;
                }
                ambiguous.push((forms, sheets.iter().map(|j| columns[*j].heading).collect()));
            }
        }
    }
    let mut nearly = Vec::new();
    for (j, column) in columns.iter().enumerate() {
        if taken[j].is_some() {
            continue;
        }
        let bare = |path: &[String]| path.last().and_then(|last| without_brackets(last)).map(str::to_owned);
        let alone =
            || (0..columns.len()).all(|k| k == j || taken[k].is_some() || bare(&columns[k].path) != bare(&column.path));
        let by_diagonal = || by_diagonal(table, &found, column).filter(|_| j == 0);
        let Some((i, how)) = by_brackets(table, &found, column).or_else(by_diagonal) else { continue };
        // Of two that differ in their brackets only, which is meant cannot be told.
        if matches!(how, Nearly::Brackets) && !alone() {
            continue;
        }
        found[i] = Some(j);
        taken[j] = Some(i);
        score += 8;
        if !matches!(how, Nearly::Values) {
            nearly.push((i, column.text.clone()));
        }
    }
    let span = columns.first().map_or(0, |c| c.first)..=columns.last().map_or(0, |c| c.last);
    // A heading may have the caption's text.
    let headings: Vec<Range> = found.iter().flatten().map(|j| columns[*j].heading).collect();
    let caption = nearest_caption(first, &span, captions.iter().filter(|(_, range, _)| !headings.contains(range)));
    let own_caption = caption.as_ref().filter(|(_, bands)| bands.contains(&band)).map(|(range, _)| *range);
    score -= i64::from(last - first);
    match &caption {
        Some((_, bands)) if bands.contains(&band) => score += 4,
        Some(_) => score -= 4,
        None => {}
    }
    let left = found.iter().flatten().map(|j| columns[*j].first).min().unwrap_or(0);
    let right = found.iter().flatten().map(|j| columns[*j].last).max().unwrap_or(0);
    let lowest = headings.iter().map(|range| range.last.row).max().unwrap_or(last).max(last);
    let mut reach = right;
    let mut unknown = Vec::new();
    for (column, _) in columns.iter().zip(&taken).filter(|(_, taken)| taken.is_none()) {
        // Text at the side of the head, behind a gap, is no column; nor is a caption at the side.
        let beside = column.first < left || column.first > reach + 1;
        let is_caption = captions.iter().any(|(_, range, _)| *range == column.heading);
        let gap = column.last + 1 < left || column.first > reach + 1;
        // A blank column put in under a group's heading.
        let is_group = found.iter().flatten().any(|j| {
            let other = &columns[*j].path;
            other.len() > column.path.len() && other.starts_with(&column.path)
        });
        // Merged down over the records, further than any heading, a text at the side names the whole table.
        let at_side = (column.first < left || column.first > right) && column.heading.last.row > lowest;
        if !(is_group || is_caption || at_side || beside && gap) {
            reach = reach.max(column.last);
            unknown.push((column.heading, column.text.clone(), column.path.join("/")));
        }
    }
    let mut places: Vec<Option<(u32, u32)>> =
        found.iter().map(|j| j.map(|j| (columns[j].first, columns[j].last))).collect();
    place_unheaded(table, &mut places, columns);
    let (lines, line) = rows_of_record(table, &found, &mut places, columns);
    Head {
        first,
        last,
        columns: places,
        headings: found.iter().map(|j| j.map(|j| columns[j].heading)).collect(),
        unknown,
        ambiguous,
        nearly,
        lines,
        line,
        caption: own_caption,
        score,
    }
}

/// A column without a heading stands right of the column before it, where no heading stands.
fn place_unheaded(table: &Table, found: &mut [Option<(u32, u32)>], columns: &[SheetColumn]) {
    for (i, column) in table.columns.iter().enumerate() {
        if found[i].is_none() && column.line == 0 && is_unheaded(column) {
            let next = match i.checked_sub(1) {
                Some(before) => found[before].map(|(_, last)| last + 1),
                None => found.iter().flatten().map(|(first, _)| *first).min().and_then(|left| left.checked_sub(1)),
            };
            found[i] = next.filter(|c| !columns.iter().any(|s| (s.first..=s.last).contains(c))).map(|c| (c, c));
        }
    }
}

/// How many rows a record has on the sheet, and where each column stands in it.
fn rows_of_record(
    table: &Table,
    found: &[Option<usize>],
    places: &mut [Option<(u32, u32)>],
    columns: &[SheetColumn],
) -> (u32, Vec<(u32, u32)>) {
    let below = |i: usize| table.columns[i].line > 0 && is_unheaded(&table.columns[i]);
    let lower = found.iter().flatten().any(|j| columns[*j].line > 0);
    // All headings in one row: whoever sent it gave each column a place of its own.
    if table.lines == 1 || !(lower || (0..found.len()).any(below)) {
        return (1, vec![(0, 1); found.len()]);
    }
    let mut line: Vec<u32> = found.iter().map(|j| j.map_or(0, |j| columns[j].line)).collect();
    let mut ends = vec![table.lines; found.len()];
    for (i, j) in found.iter().enumerate() {
        let Some(own) = j.map(|j| &columns[j]) else { continue };
        let under = |other: &&SheetColumn| other.line > own.line && other.first <= own.last && other.last >= own.first;
        ends[i] = columns.iter().filter(under).map(|other| other.line).min().unwrap_or(table.lines);
    }
    for i in (0..found.len()).filter(|i| below(*i)) {
        let Some(above) = table.above(i).filter(|above| places[*above].is_some()) else { continue };
        places[i] = places[above];
        line[i] = (line[above] + 1).min(table.lines - 1);
        ends[i] = ends[above];
        ends[above] = line[i];
    }
    (table.lines, line.into_iter().zip(ends).map(|(line, end)| (line, end.saturating_sub(line).max(1))).collect())
}

/// The caption above a head or at its side; of several in a row the one over its columns.
fn nearest_caption<'c>(
    first: u32,
    span: &std::ops::RangeInclusive<u32>,
    captions: impl Iterator<Item = &'c (u32, Range, Vec<usize>)>,
) -> Option<(Range, Vec<usize>)> {
    captions
        .filter(|(row, range, _)| {
            let above = *row < first && first - range.last.row.min(first) <= CAPTION_REACH;
            let at_side = (range.first.row..=range.last.row).contains(&first);
            above || at_side
        })
        .max_by_key(|(row, range, _)| (*row, range.first.col <= *span.end() && range.last.col >= *span.start()))
        .map(|(_, range, bands)| (*range, bands.clone()))
}

/// The best assignment of heads to tables, rows rising in the order of the form.
fn assign(tables: &[(Vec<Head>, bool)]) -> Vec<Option<Head>> {
    // best[k][c]: the best score with the first k tables placed and the last head being candidate c of table k.
    type Step = (i64, Vec<Option<usize>>);
    let mut states: Vec<(u32, u32, Step)> = vec![(0, 0, (0, Vec::new()))];
    for (heads, beside) in tables {
        let mut next: BTreeMap<(u32, u32), Step> = BTreeMap::new();
        let mut offer = |key: (u32, u32), step: Step| {
            if next.get(&key).is_none_or(|known| known.0 < step.0) {
                next.insert(key, step);
            }
        };
        for (end, right, (score, chosen)) in &states {
            let mut without = chosen.clone();
            without.push(None);
            offer((*end, *right), (*score, without));
            for (c, head) in heads.iter().enumerate() {
                let below = chosen.iter().all(Option::is_none) || head.first >= *end;
                let near = head.first < *end && head.last + MAX_HEAD_ROWS >= *end;
                let aside = *beside && near && head.left() > *right;
                if below || aside {
                    let mut with = chosen.clone();
                    with.push(Some(c));
                    offer(((head.last + 1).max(*end), head.right()), (score + head.score, with));
                }
            }
        }
        states = next.into_iter().map(|((end, right), step)| (end, right, step)).collect();
        // A long sheet may repeat a head many times; only the best states matter.
        states.sort_by_key(|(end, _, (score, _))| (-score, *end));
        states.truncate(MAX_CANDIDATES);
    }
    let chosen = states.into_iter().next().map(|(_, _, (_, chosen))| chosen).unwrap_or_default();
    tables.iter().zip(chosen).map(|((heads, _), c)| c.map(|c| heads[c].clone())).collect()
}
