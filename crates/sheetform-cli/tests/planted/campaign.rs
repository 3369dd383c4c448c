//! Many workbooks by seed, on several threads, and the table of what was planted and found.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use sheetform::finding::Code;

use crate::build::{self, SHIPPED};
use crate::faults::FAULTS;
use crate::place::Finding;
use crate::plan::{FormOf, Looks, Plan};
use crate::random::Random;
use crate::run::{self, Difference};
use crate::shrink;

pub(crate) struct Settings {
    pub(crate) cases: u64,
    pub(crate) seed: u64,
    pub(crate) threads: usize,
    pub(crate) only: Option<u64>,
    pub(crate) into: PathBuf,
}

/// Workbooks that one process checks: of one form.
const BATCH: u64 = 15;

/// Codes that `validate` never gives, and why.
pub(crate) const NEVER: [(&str, &str); 7] = [
    ("inferred-form", "only convert infers a form; validate without a form ends with wrong-form"),
    ("missing-submission", ACROSS),
    ("duplicate-submission", ACROSS),
    ("not-on-roster", ACROSS),
    ("late-submission", ACROSS),
    ("no-sender", ACROSS),
    ("not-merged", ACROSS),
];
const ACROSS: &str = "only batch holds files against each other";

/// Of one code.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    planted: u64,
    found: u64,
    /// Found where another place was planted.
    elsewhere: u64,
    extra: u64,
}

#[derive(Default)]
pub(crate) struct Tally {
    workbooks: u64,
    clean: u64,
    files: u64,
    pub(crate) wrong_files: Vec<String>,
    faults: BTreeMap<&'static str, u64>,
    codes: BTreeMap<String, Count>,
    /// By kind of difference: how often, and the first.
    pub(crate) wrong: BTreeMap<String, (u64, u64)>,
}

/// The plan of a workbook, by its number.
pub(crate) fn plan(seed: u64, number: u64) -> Plan {
    let batch = &mut Random::new(seed, &[number / BATCH]);
    let random = &mut Random::new(seed, &[number / BATCH, number % BATCH]);
    let form = if batch.chance(50) {
        FormOf::Random(batch.below(1 << 40) as u64)
    } else {
        FormOf::Shipped(SHIPPED[batch.below(SHIPPED.len())])
    };
    let day = !batch.chance(6);
    let named = matches!(form, FormOf::Random(_)) || batch.chance(80);
    let count = *random.weighted(&[(15, 0), (35, 1), (30, 2), (20, 4)]);
    let weighted: Vec<(usize, &'static str)> = FAULTS.to_vec();
    let faults =
        (0..if day { count } else { 0 }).map(|_| (*random.weighted(&weighted), random.below(1 << 30) as u64)).collect();
    let (seed, rows) = (random.below(1 << 40) as u64, random.below(7) + 2);
    let mut looks = Looks::random(random);
    if !named {
        looks.0.insert("own mark", 1);
    }
    Plan { form, seed, rows, looks, named, day, faults }
}

pub(crate) fn run(settings: &Settings) -> Tally {
    let tally = Mutex::new(Tally::default());
    let next = AtomicU64::new(0);
    let batches = settings.cases.div_ceil(BATCH);
    std::thread::scope(|scope| {
        for _ in 0..settings.threads.max(1) {
            scope.spawn(|| {
                let Ok(folder) = tempfile::tempdir() else { return };
                loop {
                    let batch = next.fetch_add(1, Ordering::Relaxed);
                    if batch >= batches {
                        return;
                    }
                    let numbers: Vec<u64> = (batch * BATCH..((batch + 1) * BATCH).min(settings.cases)).collect();
                    let plans: Vec<Plan> = numbers.iter().map(|number| plan(settings.seed, *number)).collect();
                    let planted: Vec<_> = plans.iter().map(build::build).collect();
                    let differences = run::validate(folder.path(), &plans, &planted);
                    if let Ok(mut tally) = tally.lock() {
                        for ((number, planted), difference) in numbers.iter().zip(&planted).zip(&differences) {
                            tally.add(*number, &planted.faults, &planted.expected, difference);
                        }
                    }
                }
            });
        }
    });
    tally.into_inner().unwrap_or_default()
}

impl Tally {
    fn add(&mut self, number: u64, faults: &[(&'static str, u64)], expected: &[Finding], difference: &Difference) {
        self.workbooks += 1;
        self.clean += u64::from(faults.is_empty());
        self.count(faults, expected, difference);
        if !difference.is_none() {
            let wrong = self.wrong.entry(difference.kind()).or_insert((0, number));
            wrong.0 += 1;
            wrong.1 = wrong.1.min(number);
        }
    }

    fn count(&mut self, faults: &[(&'static str, u64)], expected: &[Finding], difference: &Difference) {
        for (name, _) in faults {
            *self.faults.entry(name).or_default() += 1;
        }
        for finding in expected {
            let count = self.codes.entry(finding.code.clone()).or_default();
            count.planted += 1;
            count.found += 1;
        }
        for finding in &difference.lacking {
            self.codes.entry(finding.code.clone()).or_default().found -= 1;
        }
        let mut lacking: Vec<&Finding> = difference.lacking.iter().collect();
        for (finding, _) in &difference.extra {
            let count = self.codes.entry(finding.code.clone()).or_default();
            match lacking.iter().position(|one| one.code == finding.code) {
                Some(at) => {
                    lacking.swap_remove(at);
                    count.elsewhere += 1;
                }
                None => count.extra += 1,
            }
        }
    }

    /// One file that is no workbook of records.
    pub(crate) fn file(&mut self, fault: &'static str, expected: &Finding, difference: &Difference) {
        self.files += 1;
        self.count(&[(fault, 0)], std::slice::from_ref(expected), difference);
        if !difference.is_none() {
            self.wrong_files.push(format!("{fault}: {difference:?}"));
        }
    }

    /// Codes that no workbook had, apart from those that none can have.
    pub(crate) fn missed(&self) -> Vec<&'static str> {
        let codes = Code::ALL.iter().map(|code| code.name());
        codes.filter(|code| !self.codes.contains_key(*code) && NEVER.iter().all(|(never, _)| never != code)).collect()
    }

    pub(crate) fn report(&self) -> String {
        let mut out = format!(
            "{} workbooks, {} of them without a fault; {} other files\n",
            self.workbooks, self.clean, self.files
        );
        for (name, count) in &self.faults {
            let _ = writeln!(out, "  {name:30} {count:7}");
        }
        let _ = writeln!(out, "{:20} {:>8} {:>8} {:>10} {:>8}", "code", "planted", "found", "elsewhere", "extra");
        let mut all = Count::default();
        for (code, count) in &self.codes {
            let Count { planted, found, elsewhere, extra } = *count;
            let _ = writeln!(out, "{code:20} {planted:8} {found:8} {elsewhere:10} {extra:8}");
            all.planted += planted;
            all.found += found;
            all.elsewhere += elsewhere;
            all.extra += extra;
        }
        for (code, why) in NEVER {
            let _ = writeln!(out, "{code:20} not planted: {why}");
        }
        let Count { planted, found, elsewhere, extra } = all;
        let _ = writeln!(out, "{:20} {planted:8} {found:8} {elsewhere:10} {extra:8}", "all");
        out
    }
}

/// A failing workbook, made small, kept as a file beside its plan.
pub(crate) fn keep(settings: &Settings, number: u64) -> String {
    let Ok(folder) = tempfile::tempdir() else { return String::new() };
    let small = shrink::shrink(folder.path(), &plan(settings.seed, number));
    let difference = run::alone(folder.path(), &small);
    let mut text = format!("--seed {} --only {number}, made small: {small}\n", settings.seed);
    let place = |finding: &Finding| {
        let at = finding.cell.as_deref().or(finding.sheet.as_deref()).unwrap_or("file");
        format!("{at}: {}[{}]", finding.severity, finding.code)
    };
    for finding in &difference.lacking {
        let _ = writeln!(text, "  not found: {}", place(finding));
    }
    for (finding, message) in &difference.extra {
        let _ = writeln!(text, "  not planted: {} {message}", place(finding));
    }
    if let Some(broken) = &difference.broken {
        let _ = writeln!(text, "  {broken}");
    }
    if let FormOf::Random(_) = small.form {
        let form = settings.into.join(format!("{}-{number}.schema.json", settings.seed));
        let _ =
            std::fs::create_dir_all(&settings.into).and_then(|()| std::fs::copy(folder.path().join("form.json"), form));
    }
    let kept = settings.into.join(format!("{}-{number}.xlsx", settings.seed));
    match std::fs::create_dir_all(&settings.into).and_then(|()| copy(folder.path(), &kept)) {
        Ok(()) => text + &format!("  kept: {}", kept.display()),
        Err(error) => text + &format!("  not kept: {error}"),
    }
}

fn copy(folder: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::copy(folder.join("0.xlsx"), to).map(|_| ())
}
