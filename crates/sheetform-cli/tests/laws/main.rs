//! The laws of the design over random schemas and documents: `cargo test -p sheetform-cli --test laws`.
//!
//! A campaign is `cargo test --release -p sheetform-cli --test laws -- --cases 1000000 --seed 7`. Its own arguments are
//! told in `tests/README.md`; all others are those of every test binary.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a campaign shows its figures")]

mod arguments;
mod campaign;
mod documents;
mod edits;
mod looks;
mod order;
mod own;
mod places;
mod properties;
mod random;
mod schemas;
mod settle;
#[path = "../cases/sheet_text.rs"]
#[allow(dead_code, reason = "a campaign only shows sheets")]
mod sheet_text;
mod shrink;
mod tally;
mod texts;

use std::path::PathBuf;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

use crate::campaign::Settings;
use crate::tally::Address;

/// Documents of a plain `cargo test`: some seconds in a build for debugging.
const FEW: u64 = 900;
/// Documents for each schema there, and in a campaign.
const A_SCHEMA: (u64, u64) = (6, 64);

/// The arguments of a campaign.
struct Own {
    cases: Option<u64>,
    seed: u64,
    documents: Option<u64>,
    threads: usize,
    only: Option<Address>,
    into: PathBuf,
    refused: usize,
}

fn main() -> ExitCode {
    let mut own = Own {
        cases: None,
        seed: 7,
        documents: None,
        threads: std::thread::available_parallelism().map_or(2, usize::from),
        only: None,
        into: std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/laws"),
        refused: 0,
    };
    let rest = match own.take(std::env::args().collect()) {
        Ok(rest) => rest,
        Err(wrong) => {
            eprintln!("error: {wrong}");
            return ExitCode::from(2);
        }
    };
    let arguments = Arguments::from_iter(rest);
    campaign::catch_panics();
    let mut trials = own::trials();
    let shipped: Vec<Trial> = settle::shipped(own.seed);
    trials.extend(shipped);
    trials.push(Trial::test("generated", move || own.run()));
    libtest_mimic::run(&arguments, trials).exit_code()
}

impl Own {
    /// Takes what is its own out of the arguments.
    fn take(&mut self, all: Vec<String>) -> Result<Vec<String>, String> {
        let names = ["--cases", "--seed", "--documents", "--threads", "--only", "--into", "--refused"];
        let (own, rest) = arguments::take(all, &names)?;
        for (name, value) in own {
            let number = |text: &str| arguments::number(&name, text);
            match name.as_str() {
                "--cases" => self.cases = Some(number(&value)?),
                "--seed" => self.seed = number(&value)?,
                "--documents" => self.documents = Some(number(&value)?.max(1)),
                "--threads" => self.threads = number(&value)? as usize,
                "--refused" => self.refused = number(&value)? as usize,
                "--into" => self.into = PathBuf::from(value),
                _ => {
                    let (schema, document) = value.split_once('/').ok_or("--only is SCHEMA/DOCUMENT, two numbers")?;
                    self.only = Some((number(schema)?, number(document)?));
                }
            }
        }
        Ok(rest)
    }

    fn run(&self) -> Result<(), Failed> {
        let (few, many) = A_SCHEMA;
        let settings = Settings {
            cases: self.cases.unwrap_or(FEW),
            documents: self.documents.unwrap_or(if self.cases.is_some() { many } else { few }),
            seed: self.seed,
            threads: self.threads,
            only: self.only,
        };
        let started = std::time::Instant::now();
        let tally = campaign::run(&settings);
        println!(
            "generated: --cases {} --seed {} --documents {}, {:.0} seconds",
            settings.cases,
            settings.seed,
            settings.documents,
            started.elapsed().as_secs_f64()
        );
        print!("{}", tally.report());
        for path in settle::refusals(&settings, &tally, &self.into, self.refused) {
            println!("refused, made small: {}", path.display());
        }
        if tally.losses.is_empty() {
            return Ok(());
        }
        let cases = settle::losses(&settings, &tally, &self.into);
        Err(format!("{} kinds of losses\n{}", tally.losses.len(), cases.join("\n")).into())
    }
}
