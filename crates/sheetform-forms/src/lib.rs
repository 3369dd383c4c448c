//! sheetform-forms
