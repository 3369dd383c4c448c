//! One schema for a sheet, its check and its JSON.
#![forbid(unsafe_code)]

pub mod finding;
pub mod form;
pub mod grid;
pub mod layout;
pub mod new_book;
pub mod places;
pub mod schema;
pub mod text;
pub mod validate;
pub mod vocabulary;
