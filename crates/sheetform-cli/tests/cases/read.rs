//! A case with a sheet: what document it gives, and what is found.

use serde_json::Value;
use sheetform::finding::{Finding, Place, Severity};
use sheetform::fix::Mend;
use sheetform::form::Form;
use sheetform::grid::Source;
use sheetform::read::{self, read};
use sheetform::report::HeadRows;
use sheetform::validate::{Options, Subject, serial_mends, validate};
use sheetform_workbook::{Kind, Workbook, save};

use crate::case::{Case, Outcome, sorted_lines};
use crate::{fix, into, laws, masked, one_pass, sheet_text};

/// What came out of a sheet.
pub(crate) struct Checked {
    pub(crate) document: Option<Value>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) records: usize,
    pub(crate) serials: Vec<(Place, Mend)>,
    pub(crate) heads: Vec<HeadRows>,
}

pub(crate) fn run(case: &Case) -> Outcome {
    let form = case.form()?;
    let result = if let Some(name) = case.book() {
        let open = || Workbook::open(case.folder.join(&name)).map_err(|finding| finding.message.en);
        let book = open()?;
        let result = check(case, &form, &book)?;
        if book.kind() == Kind::Xlsx {
            fix::holds(case, &form, &book)?;
            into::holds(&form, &book, case.about.sheet.as_deref())?;
        }
        result
    } else {
        let grid = sheet_text::parse(&case.text("input.sheet")?)?;
        let result = check(case, &form, &grid)?;
        // The same through the bytes of a workbook, where a new workbook can hold it.
        if let Some(book) = sheet_text::book_of(&grid) {
            let bytes = save(&book).map_err(|findings| sorted_lines(findings, &[]))?;
            let book = Workbook::from_bytes(bytes).map_err(|finding| finding.message.en)?;
            let through = check(case, &form, &book)?;
            laws::same("through a workbook", &text(&result, &grid), &text(&through, &book))?;
            fix::holds(case, &form, &book)?;
            into::holds(&form, &book, case.about.sheet.as_deref())?;
        }
        result
    };
    if let (Some(document), true) = (&result.document, is_good(&result.findings)) {
        laws::holds(&form, document)?;
    }
    Ok(())
}

fn check(case: &Case, form: &Form, source: &dyn Source) -> Result<Checked, String> {
    let result = checked(case, form, source)?;
    laws::places(&result.findings, source)?;
    laws::words(&result.findings)?;
    masked::of_book(form, &result.findings, source, &result.heads)?;
    laws::same("reading twice", &text(&result, source), &text(&read_long(case, form, source)?, source))?;
    let json = result.document.as_ref().map(|document| format!("{document:#}\n")).unwrap_or_default();
    let sheets: Vec<String> = source.info().sheets.iter().map(|sheet| sheet.name.clone()).collect();
    let found = sorted_lines(result.findings.clone(), &sheets);
    case.expect("expected.json", &json).and(case.expect("expected.findings", &found))?;
    Ok(result)
}

/// Reads and checks a sheet as the command does, the long way and in one pass.
pub(crate) fn checked(case: &Case, form: &Form, source: &dyn Source) -> Result<Checked, String> {
    let result = read_long(case, form, source)?;
    one_pass::holds(form, source, &how(case), &options(case)?, &result)?;
    Ok(result)
}

fn how(case: &Case) -> read::Options {
    read::Options { sheet: case.about.sheet.clone() }
}

fn options(case: &Case) -> Result<Options, String> {
    Ok(Options { today: case.today()?.map(|date| date.to_string()), ..Options::default() })
}

fn read_long(case: &Case, form: &Form, source: &dyn Source) -> Result<Checked, String> {
    let options = options(case)?;
    let reading = read(form, source, &how(case));
    let (mut findings, mut serials) = (reading.findings, Vec::new());
    if let Some(document) = &reading.document {
        let subject =
            Subject { document, places: &reading.places, unreadable: &reading.unreadable, totals: &reading.totals };
        findings.extend(validate(form, &subject, &options));
        serials = serial_mends(form, &subject);
    }
    let heads = reading.places.heads();
    Ok(Checked { document: reading.document, findings, records: reading.records, serials, heads })
}

fn text(result: &Checked, source: &dyn Source) -> String {
    let sheets: Vec<String> = source.info().sheets.iter().map(|sheet| sheet.name.clone()).collect();
    let document = result.document.as_ref().map(|document| format!("{document:#}")).unwrap_or_default();
    format!("{document}\n{}", sorted_lines(result.findings.clone(), &sheets))
}

fn is_good(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| finding.severity != Severity::Error)
}
