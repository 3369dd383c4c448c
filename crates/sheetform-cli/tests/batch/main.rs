//! `batch`: planted folders, what is read and what is not, runs that are cut off, folders that change:
//! `cargo test -p sheetform-cli --test batch`. A larger mix is
//! `cargo test --release -p sheetform-cli --test batch -- planted --count 1000`, with `--into DIR` to keep it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a large mix shows its figures")]

#[path = "../laws/arguments.rs"]
mod arguments;
mod long;
mod merged;
mod owned;
mod planted;
mod planter;
mod program;
mod resumed;
mod walked;
#[cfg(unix)]
mod watched;

use std::path::PathBuf;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

/// Units of a plain `cargo test`.
const FEW: usize = 64;

fn main() -> ExitCode {
    let (mut count, mut into) = (FEW, None);
    let rest = match arguments::take(std::env::args(), &["--count", "--into"]) {
        Ok((own, rest)) => {
            for (name, value) in own {
                match (name.as_str(), arguments::number(&name, &value)) {
                    ("--into", _) => into = Some(PathBuf::from(value)),
                    (_, Ok(number)) => count = number as usize,
                    (_, Err(wrong)) => {
                        eprintln!("error: {wrong}");
                        return ExitCode::from(2);
                    }
                }
            }
            rest
        }
        Err(wrong) => {
            eprintln!("error: {wrong}");
            return ExitCode::from(2);
        }
    };
    let test = |name: &str, run: fn()| {
        let run = move || -> Result<(), Failed> {
            run();
            Ok(())
        };
        Trial::test(name, run)
    };
    let mut trials = vec![
        Trial::test("planted", move || {
            planted::mix(count, into.as_deref());
            Ok(())
        }),
        test("planted/threads-change-nothing", planted::threads),
        test("planted/as-validate-and-convert", planted::as_alone),
        test("walked/what-is-read", walked::what_is_read),
        test("walked/several-folders", walked::several),
        test("walked/patterns", walked::patterns),
        test("walked/the-output-folder-is-never-read", walked::output_inside),
        test("walked/nothing-to-read", walked::nothing),
        test("walked/names-do-not-collide", walked::names),
        test("owned/nothing-else-is-replaced", owned::foreign),
        test("owned/what-is-gone-goes", owned::gone),
        test("owned/one-at-a-time", owned::locked),
        test("merged/nothing-else-is-replaced", merged::owned),
        test("merged/a-ledger-for-each-form", merged::several_forms),
        test("merged/cut-off-and-gone-on", merged::resumed),
        test("merged/every-kind-of-ledger", merged::all_kinds),
        test("long/outputs", long::outputs),
        test("long/ledgers", long::ledgers),
        test("resumed/only-the-rest-is-read", resumed::rest),
        test("resumed/killed-anywhere", resumed::killed),
        test("resumed/what-must-be-the-same", resumed::same_options),
        test("resumed/what-stands-there-is-not-believed", resumed::tampered),
    ];
    #[cfg(unix)]
    trials.extend([
        test("walked/links-and-other-things", walked::links),
        test("walked/odd-names", walked::odd_names),
        test("owned/a-full-disk", owned::full),
        test("watched/files-arrive-change-and-go", watched::files),
        test("watched/ctrl-c-ends-a-run", watched::ctrl_c),
        test("watched/trouble-does-not-end-it", watched::trouble),
    ]);
    libtest_mimic::run(&Arguments::from_iter(rest), trials).exit_code()
}
