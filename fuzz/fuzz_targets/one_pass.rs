//! The law `one_pass` over what a fuzzer makes up.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sheetform_fuzz::one_pass(bytes));
