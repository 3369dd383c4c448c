//! A folder of submissions with a planted mix: a clean majority, and among them every way in which one goes wrong. The
//! same count gives the same bytes. Used by the tests of `batch` and by its measurements.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use sheetform::form::Form;
use sheetform::new_book::NewBook;
use sheetform::round_trip::lay_out;
use sheetform_workbook::save;

/// Records of each document.
const ROWS: usize = 30;
/// The form of all but the wrong ones.
pub(crate) const FORM: &str = "inspection-ledger";

/// What a submission is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    Clean,
    /// The unit sent nothing.
    Missing,
    /// A clean one, and another of the same unit with a later date.
    SentTwice,
    /// A clean workbook of another form.
    WrongForm,
    /// A date that no calendar has, and a value that is missing.
    Faulty,
    /// Made with version 0 of the form.
    OldVersion,
    /// Cut off in the middle.
    Broken,
    Encrypted,
    /// No bytes.
    Empty,
    /// A text file named a workbook.
    Text,
}

/// The kinds, one in so many each; the others are clean.
const MIX: [(What, usize); 9] = [
    (What::Missing, 31),
    (What::SentTwice, 37),
    (What::WrongForm, 41),
    (What::Faulty, 11),
    (What::OldVersion, 43),
    (What::Broken, 47),
    (What::Encrypted, 53),
    (What::Empty, 59),
    (What::Text, 61),
];

/// What unit `number` sends.
pub(crate) fn what(number: usize) -> What {
    MIX.iter().find(|(_, each)| number % each == each / 2).map_or(What::Clean, |(what, _)| *what)
}

pub(crate) fn unit(number: usize) -> String {
    let place = ["城东", "城西", "河北", "河南", "新区", "老街", "车站", "码头"];
    format!("{}第{}营业部", place[number % place.len()], number + 1)
}

/// The folder and name of what unit `number` sends.
pub(crate) fn name(number: usize) -> String {
    format!("{:02}组/{:04}-{}.xlsx", number / 100, number + 1, unit(number))
}

/// A clean document of a unit.
pub(crate) fn document(number: usize, rows: usize, day: u32) -> Value {
    let entry = |row: usize| {
        let site = format!("{}号{}", row + 1, ["仓库", "配电室", "通道", "机房", "大厅"][(row + number) % 5]);
        if (row + number).is_multiple_of(4) {
            let due = format!("2026-04-{:02}", row % 28 + 1);
            return json!({ "serial": row + 1, "site": site, "result": "有问题", "problem": format!("第{}处堆物", row + 1),
                "measures": "当日清理，张贴责任人标识", "due": due });
        }
        json!({ "serial": row + 1, "site": site, "result": "无问题" })
    };
    json!({ "unit": unit(number), "period": "2026年第一季度", "entries": (0..rows).map(entry).collect::<Vec<_>>(),
        "inspector": "张工", "reviewer": "李工", "date": format!("2026-03-{day:02}") })
}

/// Makes submissions.
pub(crate) struct Planter {
    form: Form,
    other: Form,
    rows: usize,
}

impl Planter {
    pub(crate) fn new() -> Self {
        Self::with_rows(ROWS)
    }

    pub(crate) fn with_rows(rows: usize) -> Self {
        let form = |id| Form::compile(sheetform_forms::schema(id).unwrap().clone()).0.unwrap();
        Self { form: form(FORM), other: form("training-plan"), rows }
    }

    fn book(&self, document: &Value) -> NewBook {
        lay_out(&self.form, document).unwrap()
    }

    pub(crate) fn clean(&self, number: usize) -> Vec<u8> {
        save(&self.book(&document(number, self.rows, 20))).unwrap()
    }

    /// The files of a unit with their names.
    pub(crate) fn files(&self, number: usize) -> Vec<(String, Vec<u8>)> {
        let name = name(number);
        let clean = document(number, self.rows, 20);
        let bytes = match what(number) {
            What::Clean => self.clean(number),
            What::Missing => return Vec::new(),
            What::SentTwice => {
                let again = save(&self.book(&document(number, self.rows, 25))).unwrap();
                return vec![(name, self.clean(number)), (format!("补报/{:04}.xlsx", number + 1), again)];
            }
            What::WrongForm => {
                let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/training-plan.json");
                let document: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
                save(&lay_out(&self.other, &document).unwrap()).unwrap()
            }
            What::Faulty => {
                let mut faulty = clean;
                faulty["entries"][1]["due"] = "2026-02-30".into();
                faulty["entries"][2].as_object_mut().unwrap().remove("site");
                save(&self.book(&faulty)).unwrap()
            }
            What::OldVersion => {
                let mut book = self.book(&clean);
                for (name, value) in &mut book.properties {
                    if name == "sheetform-version" {
                        "0".clone_into(value);
                    }
                }
                save(&book).unwrap()
            }
            What::Broken => {
                let mut bytes = self.clean(number);
                bytes.truncate(bytes.len() / 2);
                bytes
            }
            What::Encrypted => {
                let kept = "../../tests/cases/bad-input/encrypted/input.xlsx";
                fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(kept)).unwrap()
            }
            What::Empty => Vec::new(),
            What::Text => "单位,部位\n".repeat(3).into_bytes(),
        };
        vec![(name, bytes)]
    }

    /// Fills a folder with what `count` units send; gives what each file is.
    pub(crate) fn plant(&self, folder: &Path, count: usize) -> BTreeMap<String, What> {
        let mut planted = BTreeMap::new();
        for number in 0..count {
            for (name, bytes) in self.files(number) {
                write(&folder.join(&name), &bytes);
                planted.insert(name, what(number));
            }
        }
        planted
    }
}

pub(crate) fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}
