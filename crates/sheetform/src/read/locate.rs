//! Where the bands of a form stand on a sheet: heads first, then the labels between them.

use std::collections::{BTreeMap, BTreeSet};

use super::heads::{self, Head};
use super::labels::{self, Found, Labels, Region};
use super::survey::Survey;
use super::words::Words;
use crate::form::Form;
use crate::grid::{CellRef, Range};
use crate::layout::{Band, BandKind, Layout, Table};
use crate::schema::Schema;
use crate::text::fold;

/// Where the bands of a form stand on a sheet.
pub(super) struct Located {
    pub(super) heads: Vec<Option<Head>>,
    pub(super) labels: BTreeMap<usize, Found>,
    /// For each label band, rows with a label that is not known.
    pub(super) strange: BTreeMap<usize, Vec<u32>>,
    /// For each table found, the row after its last possible record.
    pub(super) ends: Vec<u32>,
    pub(super) form_right: u32,
    /// For each table, where something looks like its head.
    pub(super) alike: Vec<Vec<CellRef>>,
}

/// Headings and labels of a form.
pub(super) fn marks(form: &Form) -> usize {
    let labels = |band: &BandKind| match band {
        BandKind::Table(table) => table.columns.len(),
        BandKind::Labels(labels) => labels.fields().count(),
    };
    form.layout.bands.iter().map(|band| labels(&band.kind)).sum()
}

impl Located {
    pub(super) fn find(survey: &Survey, form: &Form, words: &Words<'_>) -> Self {
        let layout = &form.layout;
        let heads::Heads { found: heads, alike, lone_captions } = heads::find(survey, layout);
        let right = heads.iter().flatten().map(Head::right).max();
        let first =
            survey.rows.first_key_value().and_then(|(row, cells)| Some(CellRef::new(*row, cells.cells.first()?.0)));
        let title_right = first.map_or(0, |first| survey.merges.range(first).last.col);
        // Without a table a label has at least the column beside it, wherever the labels stand.
        let left = survey.rows.values().filter_map(|row| row.cells.first()).map(|(col, _)| *col).min().unwrap_or(0);
        let form_right = right.unwrap_or(survey.last_col.max(left + 1)).max(title_right);
        let ends = vec![u32::MAX; heads.len()];
        let (labels, strange) = (BTreeMap::new(), BTreeMap::new());
        let mut located = Self { heads, labels, strange, ends, form_right, alike };
        located.find_labels(survey, layout, words);
        // The label of an object at its side may reach down into the head below it.
        let labels: Vec<Range> = located.labels.values().map(|found| found.label).collect();
        for head in located.heads.iter_mut().flatten() {
            head.unknown.retain(|(range, ..)| range.first.row >= head.first || !labels.contains(range));
        }
        located.stop_at_marks(layout, &lone_captions);
        located
    }

    /// A table ends at another band's caption, and at what looks like another table's head.
    fn stop_at_marks(&mut self, layout: &Layout, lone_captions: &[(u32, Vec<usize>)]) {
        let is_table = |(_, band): &(usize, &Band)| matches!(band.kind, BandKind::Table(_));
        for (i, (number, _)) in layout.bands.iter().enumerate().filter(is_table).enumerate() {
            let Some(head) = &self.heads[i] else { continue };
            let captions = lone_captions.iter().filter(|(_, bands)| !bands.contains(&number)).map(|(row, _)| *row);
            let below = |at: &&CellRef| (head.left()..=head.right()).contains(&at.col) && !self.alike[i].contains(at);
            let others = self.alike.iter().flatten().filter(below).map(|at| at.row);
            let stop = captions.chain(others).filter(|row| *row > head.last).min();
            self.ends[i] = self.ends[i].min(stop.unwrap_or(u32::MAX));
        }
    }

    /// Whether a table that was found could as well be another with the same head, which is missing: no caption
    /// tells.
    pub(super) fn is_unclear(&self, form: &Form, table: usize) -> bool {
        let tables: Vec<&Table> = form.layout.tables().collect();
        self.heads[table].as_ref().is_some_and(|head| head.caption.is_none())
            && (0..tables.len()).any(|other| self.heads[other].is_none() && same_head(tables[table], tables[other]))
    }

    /// The heads of tables that stand beside a table.
    pub(super) fn beside(&self, table: usize) -> impl Iterator<Item = (usize, &Head)> {
        let own = self.heads[table].as_ref();
        let others = self.heads.iter().enumerate().filter(move |(other, _)| *other != table);
        others.filter_map(|(other, head)| head.as_ref().map(|head| (other, head))).filter(move |(other, head)| {
            own.is_some_and(|own| {
                let apart = head.left() > own.right() || head.right() < own.left();
                apart && head.first < self.ends[table] && own.first < self.ends[*other]
            })
        })
    }

    /// Where the head of a missing table stands all the same: not in the form's order.
    pub(super) fn out_of_order(&self, table: usize) -> Option<CellRef> {
        let used = |row: u32| self.heads.iter().flatten().any(|head| head.first == row);
        self.alike[table].iter().copied().find(|at| !used(at.row))
    }

    /// Whether a missing table could be one that was found.
    pub(super) fn may_be_another(&self, form: &Form, table: usize) -> bool {
        let tables: Vec<&Table> = form.layout.tables().collect();
        (0..tables.len()).any(|other| self.is_unclear(form, other) && same_head(tables[table], tables[other]))
    }

    /// Looks for the labels of each gap between tables.
    fn find_labels(&mut self, survey: &Survey, layout: &Layout, words: &Words<'_>) {
        // Bands in order; each gap ends at the next table that was found.
        let mut table = 0;
        let mut above: Option<usize> = None;
        let mut wants: Vec<usize> = Vec::new();
        let mut tables: Vec<&Table> = Vec::new();
        for (number, band) in layout.bands.iter().enumerate() {
            match &band.kind {
                BandKind::Labels(_) if band.beside && self.stands_beside(layout, number, above) => {
                    let own: Vec<usize> = (0..words.wants.len()).filter(|w| words.wants[*w].band == number).collect();
                    self.beside_table(survey, words, &own, above);
                }
                BandKind::Labels(_) => wants.extend((0..words.wants.len()).filter(|w| words.wants[*w].band == number)),
                BandKind::Table(spec) => {
                    tables.push(spec);
                    if let Some(head) = self.heads[table].as_ref().filter(|_| band.beside && above.is_none()) {
                        // Labels on the left of the table share its rows.
                        let right = head.left();
                        let below = self.heads.iter().flatten().map(|other| other.first).filter(|r| *r > head.last);
                        let region = Region { first: 0, end: below.min().unwrap_or(u32::MAX), left: 0, right };
                        let found = labels::find(survey, words, &wants, region, None, right.saturating_sub(1)).found;
                        self.labels.extend(found);
                        wants.clear();
                    }
                    if let Some(head) = &self.heads[table] {
                        let begin = head.caption.map_or(head.first, |c| c.first.row.min(head.first));
                        let beside = above.and_then(|a| self.heads[a].as_ref()).is_some_and(|a| a.last >= head.first);
                        self.gap(survey, words, &wants, above, &tables, begin);
                        if beside {
                            self.ends[table] = u32::MAX;
                        }
                        wants.clear();
                        above = Some(table);
                    }
                    table += 1;
                }
            }
        }
        self.gap(survey, words, &wants, above, &tables, u32::MAX);
    }

    /// Whether a band of labels stands beside the table found last.
    fn stands_beside(&self, layout: &Layout, number: usize, above: Option<usize>) -> bool {
        let before = number.checked_sub(1).and_then(|before| layout.bands.get(before));
        above.is_some_and(|a| self.heads[a].is_some()) && before.is_some_and(|b| matches!(b.kind, BandKind::Table(_)))
    }

    /// Looks for labels in the rows of a table, on its right.
    fn beside_table(&mut self, survey: &Survey, words: &Words<'_>, wants: &[usize], table: Option<usize>) {
        let Some(head) = table.and_then(|t| self.heads[t].as_ref()) else { return };
        let first = head.caption.map_or(head.first, |c| c.first.row.min(head.first));
        let below = self.heads.iter().flatten().map(|other| other.first).filter(|row| *row > head.last).min();
        let region = Region { first, end: below.unwrap_or(u32::MAX), left: head.right() + 1, right: u32::MAX };
        self.labels.extend(labels::find(survey, words, wants, region, None, self.form_right).found);
    }

    fn gap(
        &mut self,
        survey: &Survey,
        words: &Words<'_>,
        wants: &[usize],
        above: Option<usize>,
        tables: &[&Table],
        end: u32,
    ) {
        let upper = above.and_then(|a| self.heads[a].as_ref().map(|head| (tables[a], head)));
        let region = Region { first: upper.map_or(0, |(_, head)| head.last + 1), end, left: 0, right: u32::MAX };
        let labels = labels::find(survey, words, wants, region, upper, self.form_right);
        let Labels { found, first_row, strange } = labels;
        if let Some(want) = wants.iter().find(|w| labels::lacks(words, &found, **w)) {
            self.strange.insert(words.wants[*want].band, strange);
        }
        if above.is_some() {
            let stop = first_row.unwrap_or(end).min(end);
            // Tables side by side end at the same row.
            for (i, head) in self.heads.iter().enumerate() {
                if head.as_ref().is_some_and(|h| h.last < stop) && self.ends[i] == u32::MAX {
                    self.ends[i] = stop;
                }
            }
        }
        self.labels.extend(found);
    }

    /// Headings and labels found.
    pub(super) fn found(&self) -> usize {
        self.heads.iter().flatten().map(Head::matched).sum::<usize>() + self.labels.len()
    }

    /// Whether every table that must be there is.
    pub(super) fn whole(&self, form: &Form) -> bool {
        form.layout.tables().zip(&self.heads).all(|(table, head)| match head {
            Some(head) => head.columns.iter().zip(&table.columns).all(|(at, c)| at.is_some() || !c.field.required),
            None => !is_required(form, &table.path),
        })
    }

    /// How well a sheet fits; 0 where it does not.
    pub(super) fn score(&self, form: &Form) -> usize {
        let tables = form.layout.tables().count();
        let heads = self.heads.iter().flatten().count();
        let labels = self.labels.len();
        let wanted = marks(form);
        let enough = if tables > 0 { heads > 0 } else { labels > 0 && labels * 2 >= wanted.min(2) };
        if enough { self.heads.iter().flatten().map(|h| h.matched() * 10).sum::<usize>() + labels } else { 0 }
    }
}

/// Whether two tables have the same headings.
pub(super) fn same_head(a: &Table, b: &Table) -> bool {
    let headings = |table: &Table| table.columns.iter().map(|c| fold(&c.heading())).collect::<BTreeSet<_>>();
    headings(a) == headings(b)
}

/// Whether a value at a path, and every object it lies in, is required.
pub(super) fn is_required(form: &Form, path: &[String]) -> bool {
    let mut id = Schema::ROOT;
    for name in path {
        let node = form.schema.node(id);
        match node.property(name) {
            Some(next) if node.required.contains(name) => id = next,
            _ => return false,
        }
    }
    true
}
