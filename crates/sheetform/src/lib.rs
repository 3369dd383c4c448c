//! One schema for a sheet, its check and its JSON.
#![forbid(unsafe_code)]

pub mod catalogue;
pub mod finding;
pub mod grid;
pub mod json_text;
pub mod new_book;
pub mod report;
pub mod schema;
pub mod vocabulary;
