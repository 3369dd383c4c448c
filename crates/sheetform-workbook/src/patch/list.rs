//! The sheet that is put first: a list with links to cells. Its hidden columns hold, for each cell format that marks
//! brought, a cell in it and one in the format it was made from: programs that number formats anew keep both right.

use std::fmt::Write as _;

use sheetform::finding::Finding;
use sheetform::grid::{CellRef, Range};

use super::book::quoted;
use super::styles::{ListLook, Styles};
use super::tokens::text;
use super::{CellValue, escape_attribute};

/// Links of a sheet (Excel's documented limit).
pub const MOST_LINKS: usize = 65_530;

/// The lines that a text takes in a column so wide.
fn folded(line: &str, width: f64) -> usize {
    // A word or bracket may leave the end of a line free.
    ((super::wide(line) as f64 / (width - 2.0).max(1.0)).ceil() as usize).max(1)
}

/// A sheet to be put before all others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FirstSheet {
    /// Its name; where a sheet has it already, a number follows.
    pub name: String,
    /// Column widths in characters, from column A.
    pub widths: Vec<f64>,
    /// Its rows.
    pub rows: Vec<Vec<ListCell>>,
    /// The row of headings, from 0: it stays in sight, and the rows below can be filtered.
    pub head: usize,
}

/// A cell of the sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct ListCell {
    /// What it holds.
    pub value: CellValue,
    /// How it looks.
    pub look: ListLook,
    /// The cell it leads to, with the index of its sheet; more than [`MOST_LINKS`] lead nowhere.
    pub to: Option<(usize, CellRef)>,
}

/// Points that a line of text takes.
const LINE: usize = 15;
/// Lines of a row at most: Excel's documented limit is 409 points.
const MOST_LINES: usize = 27;

impl FirstSheet {
    /// The attributes of a row whose texts take several lines: not every program finds the height by itself.
    fn height(&self, cells: &[ListCell]) -> String {
        let lines = |(cell, width): (&ListCell, &f64)| match &cell.value {
            CellValue::Text(text) if cell.look.wraps() => text.split('\n').map(|line| folded(line, *width)).sum(),
            _ => 1,
        };
        let most = cells.iter().zip(&self.widths).map(lines).max().unwrap_or(1).min(MOST_LINES);
        if most > 1 { format!(" ht=\"{}\" customHeight=\"1\"", most * LINE) } else { String::new() }
    }

    /// Its hidden cells, for so many formats.
    pub(super) fn legend(&self, formats: usize) -> Range {
        let col = self.widths.len() as u32 + 1;
        Range { first: CellRef::new(0, col), last: CellRef::new(formats.max(1) as u32 - 1, col + 1) }
    }

    /// The part. `sheets` are the names of the sheets that links lead to; `marks` each format of a mark with its own.
    pub(super) fn write(
        &self,
        namespace: &str,
        sheets: &[String],
        styles: &mut Styles,
        marks: &[(u32, u32)],
    ) -> Result<Vec<u8>, Finding> {
        let columns = self.widths.len() as u32;
        let legend = self.legend(marks.len());
        let last_row = (self.rows.len() as u32).max(marks.len() as u32).max(1);
        let mut xml = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet xmlns=\"{namespace}\"><sheetPr><tabColor rgb=\"FFC00000\"/>\
             <pageSetUpPr fitToPage=\"1\"/></sheetPr><dimension ref=\"A1:{}\"/><sheetViews><sheetView showGridLines=\"0\" tabSelected=\"1\" workbookViewId=\"0\">\
             <pane ySplit=\"{}\" topLeftCell=\"A{}\" activePane=\"bottomLeft\" state=\"frozen\"/><selection pane=\"bottomLeft\" activeCell=\"A{2}\" sqref=\"A{2}\"/>\
             </sheetView></sheetViews><sheetFormatPr defaultRowHeight=\"15\"/><cols>",
            CellRef::new(last_row - 1, legend.last.col),
            self.head + 1,
            self.head + 2,
        );
        for (index, width) in self.widths.iter().enumerate() {
            let _ = write!(xml, "<col min=\"{0}\" max=\"{0}\" width=\"{width}\" customWidth=\"1\"/>", index + 1);
        }
        let (first, last) = (legend.first.col + 1, legend.last.col + 1);
        let _ = write!(
            xml,
            "<col min=\"{first}\" max=\"{last}\" width=\"9\" hidden=\"1\" customWidth=\"1\"/></cols><sheetData>"
        );
        let mut links = String::new();
        let mut count = 0;
        for row in 0..last_row {
            let cells = self.rows.get(row as usize).map(Vec::as_slice).unwrap_or_default();
            let _ = write!(xml, "<row r=\"{}\"{}>", row + 1, self.height(cells));
            for (col, cell) in cells.iter().enumerate() {
                let at = CellRef::new(row, col as u32);
                let style = styles.list(cell.look)?;
                match &cell.value {
                    CellValue::Empty => _ = write!(xml, "<c r=\"{at}\" s=\"{style}\"/>"),
                    CellValue::Number(value) => _ = write!(xml, "<c r=\"{at}\" s=\"{style}\"><v>{value:?}</v></c>"),
                    CellValue::Bool(value) => {
                        _ = write!(xml, "<c r=\"{at}\" s=\"{style}\" t=\"b\"><v>{}</v></c>", u8::from(*value));
                    }
                    CellValue::Text(value) => {
                        let value = text(value);
                        _ = write!(
                            xml,
                            "<c r=\"{at}\" s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{value}</t></is></c>"
                        );
                    }
                }
                if let Some((sheet, to)) = cell.to.and_then(|(sheet, to)| Some((sheets.get(sheet)?, to)))
                    && count < MOST_LINKS
                {
                    count += 1;
                    let place = escape_attribute(&format!("{}!{to}", quoted(sheet)));
                    let _ = write!(links, "<hyperlink ref=\"{at}\" location=\"{place}\" display=\"{to}\"/>");
                }
            }
            if let Some((mark, own)) = marks.get(row as usize) {
                let (left, right) = (CellRef::new(row, legend.first.col), CellRef::new(row, legend.last.col));
                let _ = write!(xml, "<c r=\"{left}\" s=\"{mark}\"/><c r=\"{right}\" s=\"{own}\"/>");
            }
            xml.push_str("</row>");
        }
        xml.push_str("</sheetData>");
        let last = CellRef::new((self.rows.len() as u32).saturating_sub(1), columns.saturating_sub(1));
        let table = Range { first: CellRef::new(self.head as u32, 0), last };
        if self.rows.len() > self.head + 1 {
            let _ = write!(xml, "<autoFilter ref=\"{table}\"/>");
        }
        if !links.is_empty() {
            let _ = write!(xml, "<hyperlinks>{links}</hyperlinks>");
        }
        xml.push_str(
            "<pageMargins left=\"0.5\" right=\"0.5\" top=\"0.6\" bottom=\"0.6\" header=\"0.3\" footer=\"0.3\"/>\
             <pageSetup paperSize=\"9\" orientation=\"landscape\" fitToHeight=\"0\"/></worksheet>",
        );
        Ok(xml.into_bytes())
    }
}
