//! One schema for a sheet, its check and its JSON.
#![forbid(unsafe_code)]

pub mod finding;
pub mod grid;
pub mod new_book;
pub mod rules;
pub mod schema;
pub mod serial;
pub mod vocabulary;
