//! Workbook files of every kind: opens one as a stream of rows, saves a new book, edits an existing xlsx and leaves all else
//! of it as it was. Knows nothing of forms.
//!
//! ```no_run
//! use sheetform::grid::Source;
//! use sheetform_workbook::Workbook;
//!
//! let book = Workbook::open("ledger.xlsx")?;
//! for (index, sheet) in book.info().sheets.iter().enumerate() {
//!     let mut rows = 0;
//!     book.rows(index, &mut |_| {
//!         rows += 1;
//!         std::ops::ControlFlow::Continue(())
//!     })?;
//!     assert!(rows < 1_048_577, "{}", sheet.name);
//! }
//! # Ok::<(), sheetform::finding::Finding>(())
//! ```
#![forbid(unsafe_code)]
// A finding is the error of every reader here, once a file; its size costs nothing that could be measured.
#![allow(clippy::result_large_err)]

mod fault;
mod formats;
mod html;
mod limits;
#[cfg(test)]
mod made;
mod number;
mod ods;
mod package;
mod patch;
mod ranges;
pub mod records;
mod save;
mod text;
#[doc(hidden)]
pub mod ways;
mod workbook;
mod xls;
mod xlsb;
mod xlsx;
mod xml2003;

pub use limits::Limits;
pub use package::detect::{Kind, detect};
pub use patch::{CellPatch, CellValue, Fill, FirstSheet, ListCell, ListLook, MOST_LINKS, Patch, PatchError, Patched};
pub use save::{LongSave, save};
pub use workbook::Workbook;
