//! The law `json` over what a fuzzer makes up.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sheetform_fuzz::json(bytes));

libfuzzer_sys::fuzz_mutator!(|bytes: &mut [u8], size: usize, most: usize, seed: u32| {
    sheetform_fuzz::change_document(bytes, size, most, seed)
});
