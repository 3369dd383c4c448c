//! What is read at most, as data. Nothing here is taken from the file.

/// Bounds on what a workbook may hold; past one of them reading ends with the finding `over-limit`.
///
/// The defaults take a sheet of a million rows by ten columns and refuse what would fill a common machine's memory.
/// Memory follows `string_bytes`, `styles` and `merges`; time follows `part_bytes` and `cells`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Files inside the package: 10,000.
    pub entries: usize,
    /// Bytes of all files inside the package, inflated: 2 GiB.
    pub package_bytes: u64,
    /// Bytes of one file inside the package, inflated: 1 GiB.
    pub part_bytes: u64,
    /// Bytes of one file that is neither a sheet nor the shared texts, inflated: 64 MiB.
    pub small_part_bytes: u64,
    /// Bytes of all shared texts, each counted with 32 bytes for its keeping: 256 MiB.
    pub string_bytes: usize,
    /// Bytes of the text of one cell, and of anything between two tags: 4 MiB.
    pub text_bytes: usize,
    /// Cells of one sheet, styled empty ones counted: 20,000,000.
    pub cells: u64,
    /// Merged ranges of one sheet: 1,000,000.
    pub merges: usize,
    /// Cell formats, and number formats: 65,536 (Excel stops at 65,490).
    pub styles: usize,
    /// Sheets: 10,000.
    pub sheets: usize,
    /// Custom document properties: 10,000.
    pub properties: usize,
    /// Whether a large sheet of an xlsx may be inflated and scanned by a second thread while its rows are looked at:
    /// yes. No for who reads many files side by side.
    pub ahead: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 10_000,
            package_bytes: 2 << 30,
            part_bytes: 1 << 30,
            small_part_bytes: 64 << 20,
            string_bytes: 256 << 20,
            text_bytes: 4 << 20,
            cells: 20_000_000,
            merges: 1_000_000,
            styles: 65_536,
            sheets: 10_000,
            properties: 10_000,
            ahead: true,
        }
    }
}
