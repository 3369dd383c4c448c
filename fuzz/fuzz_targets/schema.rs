//! The law `schema` over what a fuzzer makes up.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sheetform_fuzz::schema(bytes));

libfuzzer_sys::fuzz_mutator!(|bytes: &mut [u8], size: usize, most: usize, seed: u32| {
    sheetform_fuzz::change_form(bytes, size, most, seed)
});
