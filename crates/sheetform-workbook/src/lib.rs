//! sheetform-workbook
