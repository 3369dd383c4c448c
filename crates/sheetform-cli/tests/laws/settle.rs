//! What follows a campaign: losses and refusals made small and written down; and the shipped forms.

use std::path::{Path, PathBuf};
use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use sheetform::form::Form;

use crate::campaign::{self, Settings, guarded};
use crate::documents;
use crate::properties::{self, Loss, Outcome, Plan, bare};
use crate::random::Random;
use crate::sheet_text;
use crate::shrink::{self, Pair};
use crate::tally::{Tally, by_count};

/// How many kinds of losses are made small, and how long each may take.
const KINDS: usize = 12;
const TIME: Duration = Duration::from_secs(30);
/// Documents of each shipped form.
const SHIPPED: u64 = 30;

/// Small cases of the losses; each a line that says what and where.
pub(crate) fn losses(settings: &Settings, tally: &Tally, into: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    for (number, (name, group)) in by_count(&tally.losses).into_iter().take(KINDS).enumerate() {
        let (schema, document) = group.first;
        lines.push(format!("{} times, first in --only {schema}/{document}: {name}\n    {}", group.count, group.what));
        let Some(pair) = pair(settings, group.first) else { continue };
        let edits: Vec<u64> =
            campaign::case(settings.seed, group.first).and_then(|case| case.plan.edits).into_iter().collect();
        let still = |pair: &Pair| loses(pair, name, &edits).is_some();
        if !still(&pair) {
            continue;
        }
        let small = shrink::shrink(pair, TIME, &still);
        let folder = into.join(format!("seed-{}-loss-{number}", settings.seed));
        let loss = loses(&small, name, &edits);
        let what = loss.as_ref().map_or("", |loss| loss.what.as_str());
        let sheet = loss.as_ref().and_then(|loss| loss.sheet.as_ref()).map(|grid| sheet_text::render(grid));
        match shrink::write(&folder, &small, sheet, &format!("{name} ({what})")) {
            Ok(path) => lines.push(format!("    made small: {}", path.display())),
            Err(error) => lines.push(format!("    could not be written: {error}")),
        }
    }
    lines
}

/// Small cases of the most frequent refusals.
pub(crate) fn refusals(settings: &Settings, tally: &Tally, into: &Path, most: usize) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for (number, (name, group)) in by_count(&tally.reasons).into_iter().take(most).enumerate() {
        let Some(pair) = pair(settings, group.first) else { continue };
        let still = |pair: &Pair| {
            let Some(form) = form_of(pair) else { return false };
            let outcome = guarded(|| properties::check(&form, &pair.document, true, Plan::default()));
            matches!(outcome, Ok(Outcome::Refused(groups)) if groups.contains(name))
        };
        let small = shrink::shrink(pair, TIME, &still);
        let folder = into.join(format!("seed-{}-refused-{number}", settings.seed));
        paths.extend(shrink::write(&folder, &small, None, name));
    }
    for (number, (name, group)) in by_count(&tally.bad_forms).into_iter().take(most).enumerate() {
        let pair = Pair { schema: campaign::schema(settings.seed, group.first.0), document: serde_json::Value::Null };
        let still = |pair: &Pair| match crate::looks::compile(pair.schema.clone()) {
            Err(findings) => findings.iter().any(|finding| bare(&finding.message.en) == *name),
            Ok(_) => false,
        };
        let small = shrink::shrink(pair, TIME, &still);
        let folder = into.join(format!("seed-{}-form-{number}", settings.seed));
        paths.extend(shrink::write(&folder, &small, None, name));
    }
    paths
}

fn pair(settings: &Settings, address: (u64, u64)) -> Option<Pair> {
    let case = guarded(|| Ok(campaign::case(settings.seed, address))).ok()??;
    Some(Pair { schema: case.schema, document: case.document })
}

fn form_of(pair: &Pair) -> Option<Form> {
    let (form, _) = guarded(|| Ok(Form::compile(pair.schema.clone()))).ok()?;
    let form = form?;
    let valid = guarded(|| Ok(properties::errors(&form, &pair.document).is_empty())).unwrap_or(false);
    valid.then_some(form)
}

/// Whether a pair loses in this way; a sheet is edited by several seeds, for the cells of a smaller one are others.
fn loses(pair: &Pair, name: &str, edits: &[u64]) -> Option<Loss> {
    let form = form_of(pair)?;
    let it = |plan: Plan| {
        let outcome = guarded(|| properties::check(&form, &pair.document, true, plan));
        outcome.err().filter(|loss| loss.group() == name)
    };
    let mut seeds = edits.iter().copied().chain(if edits.is_empty() { 0..0 } else { 0..24 });
    it(Plan { edits: None, ..Plan::ALL })
        .or_else(|| seeds.find_map(|seed| it(Plan { edits: Some(seed), ..Plan::default() })))
}

/// Each shipped form with documents of its own: none may be refused but for a text that no cell holds, whether its
/// rules hold or not.
pub(crate) fn shipped(seed: u64) -> Vec<Trial> {
    let trial = |form: &'static sheetform_forms::ShippedForm| {
        Trial::test(format!("shipped/{}", form.id), move || of_form(form.schema(), seed))
    };
    sheetform_forms::all().iter().map(trial).collect()
}

fn of_form(schema: &serde_json::Value, seed: u64) -> Result<(), Failed> {
    let (form, findings) = Form::compile(schema.clone());
    let form = form.ok_or_else(|| format!("{findings:?}"))?;
    let mut tally = Tally::default();
    for number in 0..SHIPPED {
        let random = &mut Random::new(seed, &[number]);
        let plan = campaign::plan(random);
        let document = documents::document(schema, random);
        let valid = properties::errors(&form, &document).is_empty();
        campaign::one(&form, &document, valid, plan, (0, number), &mut tally);
    }
    let too_long = |name: &String| name.contains("a cell holds at most");
    let whole = tally.losses.is_empty() && tally.reasons.keys().all(too_long);
    if whole { Ok(()) } else { Err(lost(&tally)) }
}

fn lost(tally: &Tally) -> Failed {
    let losses: Vec<&String> = tally.losses.values().map(|group| &group.what).collect();
    format!("{}{losses:#?}", tally.report()).into()
}
