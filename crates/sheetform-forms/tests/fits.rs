//! Forms held against a book together fit it as each alone; a form taken for sound is the one that was checked.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;

use sheetform::form::{Fit, Form};
use sheetform::{read, validate};
use sheetform_forms::all;
use sheetform_workbook::Workbook;

fn forms() -> Vec<Form> {
    all().iter().map(|form| Form::known(form.schema().clone())).collect()
}

#[test]
fn together_as_alone() {
    let forms = forms();
    let every: Vec<&Form> = forms.iter().collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
    let mut books = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "xlsx") {
            let book = Workbook::open(&path).unwrap();
            let alone: Vec<Fit> = forms.iter().map(|form| read::fit(form, &book).unwrap()).collect();
            assert_eq!(read::fits(&every, &book).unwrap(), alone, "{}", path.display());
            books += 1;
        }
    }
    assert!(books >= 2 * forms.len(), "each form has a workbook and a faulty one");
}

#[test]
fn known_forms_read_and_check_as_checked_ones() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
    for (shipped, known) in all().iter().zip(forms()) {
        let (checked, findings) = Form::compile(shipped.schema().clone());
        assert_eq!(findings, [], "{}", shipped.id);
        let checked = checked.unwrap();
        let book = Workbook::open(folder.join(format!("{}.faulty.xlsx", shipped.id))).unwrap();
        let found = |form: &Form| {
            let reading = read::read(form, &book, &read::Options::default());
            let subject = validate::Subject {
                document: reading.document.as_ref().unwrap(),
                places: &reading.places,
                unreadable: &reading.unreadable,
                totals: &reading.totals,
            };
            let findings = validate::validate(form, &subject, &validate::Options::default());
            (reading.document.clone(), reading.findings.clone(), findings)
        };
        assert_eq!(found(&known), found(&checked), "{}", shipped.id);
        assert_eq!(known.asks(), checked.asks());
    }
}
