//! Laws that hold whatever the bytes are: `cargo test -p sheetform-cli --test any_bytes`.
//!
//! Each is a function of some bytes, in a file of its own, and has seeds: bytes that are changed in a few places and
//! tried. Campaigns and the seeds of a fuzzer, which calls the same functions (`fuzz/`), are told in `tests/README.md`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a law that does not hold stops the test")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a campaign shows its figures")]
#![recursion_limit = "256"]

#[path = "../laws/arguments.rs"]
mod arguments;
mod bytes;
mod changes;
mod checked;
#[path = "../laws/edits.rs"]
mod edits;
mod json;
mod kept;
mod one_pass;
mod open;
#[path = "../laws/order.rs"]
mod order;
mod package;
#[path = "../laws/places.rs"]
mod places;
#[path = "../laws/properties.rs"]
#[allow(dead_code, reason = "what a campaign of laws counts")]
mod properties;
#[path = "../laws/random.rs"]
#[allow(dead_code, reason = "what a campaign of laws chooses")]
mod random;
#[path = "../../../sheetform-workbook/src/xlsx/scan/tests/rows.rs"]
mod rows;
mod rule;
mod scan;
mod schema;
mod seeds;
#[path = "../laws/texts.rs"]
#[allow(dead_code, reason = "what a campaign of laws chooses")]
mod texts;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

use crate::bytes::PIECES;
use crate::kept::KEPT;
use crate::random::Random;
use crate::seeds::Seed;

/// A law of any bytes.
#[derive(Clone, Copy)]
struct Law {
    name: &'static str,
    /// Panics where it does not hold; tells whether the bytes went all the way.
    holds: fn(&[u8]) -> bool,
    seeds: fn() -> Vec<Seed>,
    /// Changes what bytes stand for in some places.
    change: fn(&mut Random, &mut Vec<u8>),
    /// How many are tried in a plain `cargo test`: a few seconds in all, in a build for debugging.
    few: u64,
}

const LAWS: [Law; 6] = [
    Law { name: "scan", holds: scan::holds, seeds: seeds::scan, change: bytes::change, few: 6_000 },
    Law { name: "open", holds: open::holds, seeds: seeds::open, change: bytes::change, few: 2_000 },
    Law { name: "json", holds: json::holds, seeds: seeds::json, change: changes::document, few: 150 },
    Law { name: "schema", holds: schema::holds, seeds: seeds::schema, change: changes::form, few: 400 },
    Law { name: "rule", holds: rule::holds, seeds: seeds::rule, change: changes::rule, few: 400 },
    Law { name: "one_pass", holds: one_pass::holds, seeds: seeds::one_pass, change: bytes::change, few: 100 },
];

/// Seeds of a kind: how many were tried, and how many of them went all the way.
#[derive(Default)]
struct Kind {
    seeds: Vec<Vec<u8>>,
    tried: u64,
    far: u64,
}

/// Longer seeds are for a fuzzer too slow.
const LONGEST_SEED: usize = 20_000;

/// The arguments of a campaign.
#[derive(Clone, Debug, Default)]
struct Own {
    count: Option<u64>,
    seed: u64,
    file: Option<PathBuf>,
    seeds_into: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(wrong) => {
            eprintln!("error: {wrong}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<ExitCode, String> {
    let mut own = Own { seed: 1, ..Own::default() };
    let (taken, rest) = arguments::take(std::env::args(), &["--count", "--seed", "--file", "--seeds-into"])?;
    for (name, value) in taken {
        match name.as_str() {
            "--count" => own.count = Some(arguments::number(&name, &value)?),
            "--seed" => own.seed = arguments::number(&name, &value)?,
            // As whoever runs it from the root means it.
            "--file" => own.file = Some(seeds::root().join(value)),
            _ => own.seeds_into = Some(seeds::root().join(value)),
        }
    }
    if let Some(folder) = &own.seeds_into {
        LAWS.iter().try_for_each(|law| law.write_seeds(folder)).map_err(|error| error.to_string())?;
        return Ok(ExitCode::SUCCESS);
    }
    let trial = |law: Law| {
        let own = own.clone();
        Trial::test(law.name, move || law.run(&own))
    };
    Ok(libtest_mimic::run(&Arguments::from_iter(rest), LAWS.into_iter().map(trial).collect()).exit_code())
}

impl Law {
    /// Bytes that broke it once.
    fn kept(self) -> impl Iterator<Item = &'static [u8]> {
        KEPT.iter().filter(move |(law, _)| *law == self.name).map(|(_, bytes)| *bytes)
    }

    fn run(self, own: &Own) -> Result<(), Failed> {
        if let Some(file) = &own.file {
            (self.holds)(&fs::read(file)?);
            return Ok(());
        }
        for bytes in self.kept() {
            (self.holds)(bytes);
        }
        let mut kinds: BTreeMap<String, Kind> = BTreeMap::new();
        for seed in (self.seeds)() {
            kinds.entry(seed.kind).or_default().seeds.push(seed.bytes);
        }
        let mut kinds: Vec<(String, Kind)> = kinds.into_iter().collect();
        let count = own.count.unwrap_or(self.few);
        let mut random = Random::new(own.seed, &[]);
        for tried in 0..count {
            let at = random.below(kinds.len());
            let kind = &mut kinds[at].1;
            let mut bytes = random.pick(&kind.seeds).clone();
            (self.change)(&mut random, &mut bytes);
            let Ok(far) = catch_unwind(AssertUnwindSafe(|| (self.holds)(&bytes))) else {
                let folder = seeds::root().join("target/any-bytes");
                fs::create_dir_all(&folder)?;
                let file = folder.join(format!("{}-{}-{tried}", self.name, own.seed));
                fs::write(&file, bytes)?;
                return Err(format!("kept as {}: --file runs it again", file.display()).into());
            };
            kind.tried += 1;
            kind.far += u64::from(far);
        }
        let shares = kinds.iter().map(|(name, kind)| format!("{name} {} of {}", kind.far, kind.tried));
        println!("{}: {count} tried; all the way went {}", self.name, shares.collect::<Vec<_>>().join(", "));
        match kinds.iter().find(|(_, kind)| kind.tried >= 100 && kind.far == 0) {
            Some((name, _)) => Err(format!("no changed seed went all the way: {name}").into()),
            None => Ok(()),
        }
    }

    /// Writes the seeds for a fuzzer, each a file, and what it may put in.
    fn write_seeds(self, folder: &Path) -> std::io::Result<()> {
        let of_law = folder.join(self.name);
        fs::create_dir_all(&of_law)?;
        let mut count = 0;
        for seed in (self.seeds)().into_iter().filter(|seed| seed.bytes.len() <= LONGEST_SEED) {
            fs::write(of_law.join(format!("seed-{count:04}")), seed.bytes)?;
            count += 1;
        }
        for (at, bytes) in self.kept().enumerate() {
            fs::write(of_law.join(format!("kept-{at:04}")), bytes)?;
        }
        let mut words = String::new();
        for piece in PIECES {
            let bytes: Vec<String> = piece.iter().map(|byte| format!("\\x{byte:02X}")).collect();
            let _ = writeln!(words, "\"{}\"", bytes.concat());
        }
        fs::write(folder.join("words.dict"), words)?;
        println!("{}: {count} seeds", self.name);
        Ok(())
    }
}
