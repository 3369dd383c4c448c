//! Cases by their number: the same schema, document and plan for an address, whatever ran before and on which thread.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use sheetform::form::Form;

use crate::documents;
use crate::looks;
use crate::properties::{self, Loss, Outcome, Plan, bare};
use crate::random::Random;
use crate::schemas::{self, Kind};
use crate::tally::{Address, Tally};

/// A thread's stack, as large as a program's first thread has it.
const STACK: usize = 8 << 20;

/// What a campaign does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// Documents in all.
    pub(crate) cases: u64,
    /// Documents for each schema.
    pub(crate) documents: u64,
    pub(crate) seed: u64,
    pub(crate) threads: usize,
    /// One case alone.
    pub(crate) only: Option<Address>,
}

/// A case before it is tried.
pub(crate) struct Case {
    pub(crate) schema: Value,
    pub(crate) document: Value,
    pub(crate) plan: Plan,
}

/// Runs the cases.
pub(crate) fn run(settings: &Settings) -> Tally {
    if let Some((schema, document)) = settings.only {
        return under_schema(settings.seed, schema, document..document + 1);
    }
    let schemas = settings.cases.div_ceil(settings.documents);
    let next = AtomicU64::new(0);
    let whole = Mutex::new(Tally::default());
    let started = Instant::now();
    let said = Mutex::new(started);
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= schemas {
                break;
            }
            let count = settings.documents.min(settings.cases - number * settings.documents);
            let tally = under_schema(settings.seed, number, 0..count);
            let mut whole = lock(&whole);
            whole.add(tally);
            progress(&whole, settings, started, &said);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..settings.threads.max(1) {
            if let Err(error) = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work) {
                eprintln!("a thread could not be started: {error}");
            }
        }
    });
    whole.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn progress(tally: &Tally, settings: &Settings, started: Instant, said: &Mutex<Instant>) {
    let mut said = lock(said);
    if said.elapsed() < Duration::from_secs(10) {
        return;
    }
    *said = Instant::now();
    let tried = tally.documents + tally.unmade;
    let speed = tried as f64 / started.elapsed().as_secs_f64();
    let lost: u64 = tally.losses.values().map(|group| group.count).sum();
    eprintln!("{tried} of {} documents, {speed:.0} a second, {} refused, {lost} losses", settings.cases, tally.refused);
}

/// The schema with this number, before it is compiled.
pub(crate) fn schema(seed: u64, number: u64) -> Value {
    let random = &mut Random::new(seed, &[number]);
    let kind = *random.weighted(&[(35, Kind::Plain), (30, Kind::Odd), (35, Kind::Wild)]);
    let mut schema = schemas::schema(random, kind);
    if random.chance(50) {
        looks::decorate(&mut schema, random);
    }
    schema
}

/// A document for a form, and how many were thrown away before it. Absent where none of a few is valid.
pub(crate) fn document(form: &Form, schema: &Value, random: &mut Random) -> (Option<Value>, u64) {
    for thrown in 0..6 {
        let document = documents::document(schema, random);
        if properties::errors(form, &document).is_empty() {
            return (Some(document), thrown);
        }
    }
    (None, 6)
}

/// What is tried with the document of an address.
pub(crate) fn plan(random: &mut Random) -> Plan {
    Plan {
        bytes: random.once_in(8),
        twice: random.once_in(8),
        edits: random.once_in(4).then(|| random.below(1 << 30) as u64),
    }
}

/// The case of an address; absent where there is no form or no valid document.
pub(crate) fn case(seed: u64, (schema_number, number): Address) -> Option<Case> {
    let (form, schema) = looks::compile(schema(seed, schema_number)).ok()?;
    let random = &mut Random::new(seed, &[schema_number, number]);
    let plan = plan(random);
    let document = document(&form, &schema, random).0?;
    Some(Case { schema, document, plan })
}

fn under_schema(seed: u64, number: u64, documents: std::ops::Range<u64>) -> Tally {
    let mut tally = Tally::default();
    let compiled = guarded(|| Ok(looks::compile(schema(seed, number))));
    let (form, schema) = match compiled {
        Err(loss) => {
            tally.lose((number, 0), loss);
            return tally;
        }
        Ok(Err(findings)) => {
            let mut groups: Vec<String> = findings.iter().map(|finding| bare(&finding.message.en)).collect();
            groups.sort();
            groups.dedup();
            for group in groups {
                tally.bad_form((number, 0), group);
            }
            return tally;
        }
        Ok(Ok(both)) => both,
    };
    tally.schemas += 1;
    tally.with_look += u64::from(schema.to_string().contains("\"x-sheet\":"));
    for at in documents {
        let random = &mut Random::new(seed, &[number, at]);
        let plan = plan(random);
        let made = guarded(|| Ok(document(&form, &schema, random)));
        let document = match made {
            Err(loss) => {
                tally.lose((number, at), loss);
                continue;
            }
            Ok((document, thrown)) => {
                tally.thrown += thrown;
                document
            }
        };
        match document {
            Some(document) => one(&form, &document, true, plan, (number, at), &mut tally),
            None => tally.unmade += 1,
        }
    }
    tally
}

/// Tries one document and counts what came of it.
pub(crate) fn one(form: &Form, document: &Value, valid: bool, plan: Plan, address: Address, tally: &mut Tally) {
    tally.documents += 1;
    match guarded(|| properties::check(form, document, valid, plan)) {
        Ok(Outcome::Held(held)) => {
            tally.hold(held);
            tally.through_bytes += u64::from(plan.bytes);
            tally.edited += u64::from(plan.edits.is_some());
        }
        Ok(Outcome::Refused(groups)) => tally.refuse(address, groups),
        Err(loss) => tally.lose(address, loss),
    }
}

thread_local! {
    /// Where this thread panicked last.
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Keeps where a panic was instead of printing it. Called once, before anything else.
pub(crate) fn catch_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let inside = info.location().is_some_and(|at| !at.file().contains("tests/laws"));
        let text = info.to_string().replace('\n', " ");
        PANIC.with(|panic| *panic.borrow_mut() = Some(text));
        if !inside {
            before(info);
        }
    }));
}

/// Law 7: a panic is a loss like others.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, Loss>) -> Result<T, Loss> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let text = PANIC.with(|panic| panic.borrow_mut().take()).unwrap_or_default();
        Err(Loss::new("no panic", text))
    })
}
