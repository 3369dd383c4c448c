//! The law `scan` over what a fuzzer makes up.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sheetform_fuzz::scan(bytes));
