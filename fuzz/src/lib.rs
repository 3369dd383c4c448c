//! The laws of any bytes as the suite has them, for the targets. Holds no law of its own.
#![allow(dead_code, reason = "what only the suite counts")]

macro_rules! laws {
    ($($law:ident)*) => {
        $(
            /// Tries the law; panics where it does not hold.
            pub fn $law(bytes: &[u8]) {
                $law::holds(bytes);
            }
        )*
    };
}

laws! { scan open json schema rule one_pass }

macro_rules! changes {
    ($($what:ident: $name:ident)*) => {
        $(
            /// Changes bytes, as a mutator of libFuzzer does.
            pub fn $name(data: &mut [u8], size: usize, most: usize, seed: u32) -> usize {
                changed(changes::$what, data, size, most, seed)
            }
        )*
    };
}

changes! { document: change_document form: change_form rule: change_rule }

/// Changes bytes: as often as not as the fuzzer does, else in what they stand for.
fn changed(
    change: fn(&mut random::Random, &mut Vec<u8>),
    data: &mut [u8],
    size: usize,
    most: usize,
    seed: u32,
) -> usize {
    let mut random = random::Random::new(seed.into(), &[]);
    if random.once_in(2) {
        return libfuzzer_sys::fuzzer_mutate(data, size, most);
    }
    let mut bytes = data[..size].to_vec();
    change(&mut random, &mut bytes);
    bytes.truncate(most);
    data[..bytes.len()].copy_from_slice(&bytes);
    bytes.len()
}

#[path = "../../crates/sheetform-cli/tests/any_bytes/bytes.rs"]
mod bytes;
#[path = "../../crates/sheetform-cli/tests/any_bytes/changes.rs"]
mod changes;
#[path = "../../crates/sheetform-cli/tests/any_bytes/checked.rs"]
mod checked;
#[path = "../../crates/sheetform-cli/tests/laws/edits.rs"]
mod edits;
#[path = "../../crates/sheetform-cli/tests/any_bytes/json.rs"]
mod json;
#[path = "../../crates/sheetform-cli/tests/any_bytes/one_pass.rs"]
mod one_pass;
#[path = "../../crates/sheetform-cli/tests/any_bytes/open.rs"]
mod open;
#[path = "../../crates/sheetform-cli/tests/laws/order.rs"]
mod order;
#[path = "../../crates/sheetform-cli/tests/any_bytes/package.rs"]
mod package;
#[path = "../../crates/sheetform-cli/tests/laws/places.rs"]
mod places;
#[path = "../../crates/sheetform-cli/tests/laws/properties.rs"]
mod properties;
#[path = "../../crates/sheetform-cli/tests/laws/random.rs"]
mod random;
#[path = "../../crates/sheetform-cli/tests/any_bytes/rule.rs"]
mod rule;
#[path = "../../crates/sheetform-cli/tests/any_bytes/scan.rs"]
mod scan;
#[path = "../../crates/sheetform-cli/tests/any_bytes/schema.rs"]
mod schema;
#[path = "../../crates/sheetform-cli/tests/laws/texts.rs"]
mod texts;
