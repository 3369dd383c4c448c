//! One schema for a sheet, its check and its JSON.
#![forbid(unsafe_code)]

pub mod catalogue;
pub mod check;
mod computed;
pub mod finding;
pub mod form;
pub mod grid;
pub mod json_text;
pub(crate) mod layout;
pub mod new_book;
pub mod places;
pub mod read;
pub mod report;
pub mod round_trip;
pub(crate) mod rules;
pub(crate) mod schema;
pub mod serial;
pub(crate) mod text;
pub mod validate;
pub mod vocabulary;
pub mod write;
