//! What a campaign counts. Adding two tallies gives the same whatever ran first.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::properties::{Held, Loss};

/// Which case: the number of its schema, and of its document under it.
pub(crate) type Address = (u64, u64);

/// Cases that are alike.
#[derive(Clone, Debug, Default)]
pub(crate) struct Group {
    /// How many.
    pub(crate) count: u64,
    /// The first of them.
    pub(crate) first: Address,
    /// What was seen there.
    pub(crate) what: String,
}

/// Groups by what they have in common.
pub(crate) type Groups = BTreeMap<String, Group>;

/// Figures of a campaign.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// Schemas that are forms.
    pub(crate) schemas: u64,
    /// Those with an `x-sheet`.
    pub(crate) with_look: u64,
    /// Schemas that were refused as forms.
    pub(crate) bad_forms: Groups,
    /// Documents tried, all of them valid unless the form is a shipped one.
    pub(crate) documents: u64,
    /// Documents made that were not valid, and thrown away.
    pub(crate) thrown: u64,
    /// Documents that could not be made in a few tries.
    pub(crate) unmade: u64,
    /// Documents that were held, every law with them.
    pub(crate) held: u64,
    /// Those that went through the bytes of a workbook.
    pub(crate) through_bytes: u64,
    /// Those whose sheet was edited.
    pub(crate) edited: u64,
    /// Documents refused before anything was written.
    pub(crate) refused: u64,
    /// Why; a document may have several reasons.
    pub(crate) reasons: Groups,
    /// Laws that did not hold.
    pub(crate) losses: Groups,
    leaves: u64,
    as_json: u64,
}

impl Tally {
    pub(crate) fn hold(&mut self, held: Held) {
        self.held += 1;
        self.leaves += held.leaves as u64;
        self.as_json += held.as_json as u64;
    }

    pub(crate) fn refuse(&mut self, address: Address, groups: Vec<String>) {
        self.refused += 1;
        for group in groups {
            count(&mut self.reasons, group, address, String::new());
        }
    }

    pub(crate) fn bad_form(&mut self, address: Address, group: String) {
        count(&mut self.bad_forms, group, address, String::new());
    }

    pub(crate) fn lose(&mut self, address: Address, loss: Loss) {
        count(&mut self.losses, loss.group(), address, loss.what);
    }

    /// Adds another's figures.
    pub(crate) fn add(&mut self, other: Self) {
        self.schemas += other.schemas;
        self.with_look += other.with_look;
        self.documents += other.documents;
        self.thrown += other.thrown;
        self.unmade += other.unmade;
        self.held += other.held;
        self.through_bytes += other.through_bytes;
        self.edited += other.edited;
        self.refused += other.refused;
        self.leaves += other.leaves;
        self.as_json += other.as_json;
        merge(&mut self.bad_forms, other.bad_forms);
        merge(&mut self.reasons, other.reasons);
        merge(&mut self.losses, other.losses);
    }

    /// The figures, for people.
    pub(crate) fn report(&self) -> String {
        let mut out = String::new();
        let bad: u64 = self.bad_forms.values().map(|group| group.count).sum();
        let share = |part: u64, whole: u64| part as f64 * 100.0 / whole.max(1) as f64;
        let lost: u64 = self.losses.values().map(|group| group.count).sum();
        let made = self.documents + self.thrown;
        let _ =
            writeln!(out, "schemas:   {} ({} with x-sheet), {bad} more refused as forms", self.schemas, self.with_look);
        let _ = writeln!(
            out,
            "documents: {}, {} thrown away as not valid ({:.1} % of those made), {} not made",
            self.documents,
            self.thrown,
            share(self.thrown, made),
            self.unmade
        );
        let _ = writeln!(
            out,
            "held:      {} ({:.1} %), {} of them through the bytes of a workbook, {} with edits",
            self.held,
            share(self.held, self.documents),
            self.through_bytes,
            self.edited
        );
        let _ = writeln!(
            out,
            "as JSON:   {} of {} leaves ({:.2} %) stand as JSON text in a cell",
            self.as_json,
            self.leaves,
            share(self.as_json, self.leaves)
        );
        let _ = writeln!(out, "refused:   {} documents ({:.1} %)", self.refused, share(self.refused, self.documents));
        list(&mut out, &self.reasons);
        if bad > 0 {
            let _ = writeln!(out, "refused as forms: {bad}");
            list(&mut out, &self.bad_forms);
        }
        let _ = writeln!(out, "losses:    {lost}");
        list(&mut out, &self.losses);
        out
    }
}

/// The most frequent first.
pub(crate) fn by_count(groups: &Groups) -> Vec<(&String, &Group)> {
    let mut all: Vec<(&String, &Group)> = groups.iter().collect();
    all.sort_by_key(|(name, group)| (std::cmp::Reverse(group.count), *name));
    all
}

fn list(out: &mut String, groups: &Groups) {
    for (name, group) in by_count(groups) {
        let (schema, document) = group.first;
        let _ = writeln!(out, "  {:>8}  {name}  (first in {schema}/{document})", group.count);
    }
}

fn count(groups: &mut Groups, name: String, address: Address, what: String) {
    let new = Group { count: 1, first: address, what };
    merge(groups, Groups::from([(name, new)]));
}

fn merge(groups: &mut Groups, others: Groups) {
    for (name, other) in others {
        match groups.get_mut(&name) {
            Some(known) => {
                known.count += other.count;
                if other.first < known.first {
                    known.first = other.first;
                    known.what = other.what;
                }
            }
            None => {
                groups.insert(name, other);
            }
        }
    }
}
