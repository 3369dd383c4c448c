//! One JSON Schema describes a sheet, its check and its JSON.
//!
//! A [`form::Form`] is a JSON Schema, with or without the vocabulary of [`vocabulary`], compiled once. [`read::read`]
//! goes from a sheet to a document and its places, [`validate::validate`] checks it, [`round_trip::lay_out`] goes from a
//! document to a sheet that is known to read back equal. Every problem is a [`finding::Finding`] with a place.
//!
//! This crate opens no file, reads no clock or environment and prints nothing: a workbook comes in through
//! [`grid::Source`] and goes out as a [`new_book::NewBook`]. `sheetform-workbook` knows the files.
//!
//! ```
//! use serde_json::json;
//! use sheetform::form::Form;
//! use sheetform::{read, round_trip, write};
//!
//! let (form, findings) = Form::compile(json!({
//!     "title": "钥匙登记", "type": "object", "required": ["keys"],
//!     "properties": { "keys": { "type": "array", "items": { "type": "object", "properties": {
//!         "number": { "type": "string", "title": "编号" }, "room": { "type": "string", "title": "房间" } } } } }
//! }));
//! let form = form.expect("a sound form");
//! assert!(findings.is_empty());
//!
//! let document = json!({ "keys": [{ "number": "007", "room": "=A1" }, { "number": "", "room": "合计" }] });
//! let book = round_trip::lay_out(&form, &document).expect("a sheet that holds it");
//! let reading = read::read(&form, &write::to_grid(&book), &read::Options::default());
//! assert_eq!(reading.document, Some(document));
//! ```
//!
//! What is here: xlsx-shaped sheets of one form each, label bands, tables with heads of up to four levels, records in
//! records, totals, rules, child sheets for parts without a place in a table. What is not yet: a sheet for each item,
//! blocks repeated down a sheet.
#![forbid(unsafe_code)]

pub mod catalogue;
pub(crate) mod check;
pub(crate) mod child;
mod computed;
pub mod decimal;
pub mod finding;
pub mod fix;
pub mod form;
pub mod grid;
pub mod infer;
pub mod into;
pub mod json_lines;
pub mod json_text;
pub(crate) mod layout;
pub mod merge;
pub mod new_book;
pub mod places;
pub mod read;
pub mod records;
pub mod references;
pub mod report;
pub mod roster;
pub mod round_trip;
pub(crate) mod rules;
pub(crate) mod schema;
pub mod serial;
pub(crate) mod slip;
pub mod stream;
pub(crate) mod text;
pub mod validate;
pub mod vocabulary;
pub mod write;
