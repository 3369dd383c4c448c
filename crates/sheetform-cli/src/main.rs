//! sheetform
fn main() {}
