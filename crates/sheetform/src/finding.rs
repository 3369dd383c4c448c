//! Findings: one problem each, with a code, a severity and a place.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::fix::Mend;
use crate::grid::{CellRef, Range};

/// The language of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Chinese.
    Zh,
}

/// A sentence in both languages, which knows how it reads without the values of the file.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Text {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
    #[serde(default, skip_serializing_if = "Bare::is_unknown")]
    bare: Bare,
}

/// A sentence without the values that stand in it.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
enum Bare {
    /// Nobody said; so it may be nothing but values.
    #[default]
    Unknown,
    /// No value stands in it.
    Same,
    /// Another sentence, English and Chinese.
    Other(Box<(String, String)>),
}

impl Bare {
    fn is_unknown(&self) -> bool {
        *self == Self::Unknown
    }
}

/// What a [`Text`] is made of. A literal of the program holds no value of a file; a built text may.
pub trait Sentence {
    /// The text, and whether it is known to hold no value.
    fn into_sentence(self) -> (String, bool);
}

impl Sentence for &'static str {
    fn into_sentence(self) -> (String, bool) {
        (self.to_owned(), true)
    }
}

impl Sentence for String {
    fn into_sentence(self) -> (String, bool) {
        (self, false)
    }
}

impl Text {
    /// The same sentence in both languages. One that was built is shown masked only where [`Text::open`] or
    /// [`Text::bare`] says how.
    pub fn new(en: impl Sentence, zh: impl Sentence) -> Self {
        let ((en, en_open), (zh, zh_open)) = (en.into_sentence(), zh.into_sentence());
        Self { en, zh, bare: if en_open && zh_open { Bare::Same } else { Bare::Unknown } }
    }

    /// A text that is not ours (an author's message): the same in every language.
    pub fn plain(text: impl Into<String>) -> Self {
        let en: String = text.into();
        Self { zh: en.clone(), en, bare: Bare::Unknown }
    }

    /// Says that no value of the file stands in it: only words of the form, places and counts.
    #[must_use]
    pub fn open(self) -> Self {
        Self { bare: Bare::Same, ..self }
    }

    /// Says how it reads without the values of the file.
    #[must_use]
    pub fn bare(self, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { bare: Bare::Other(Box::new((en.into(), zh.into()))), ..self }
    }

    /// The sentence without the values of the file; none where nobody said how that reads.
    pub fn without_values(&self) -> Option<Self> {
        match &self.bare {
            Bare::Unknown => None,
            Bare::Same => Some(self.clone()),
            Bare::Other(texts) => Some(Self { en: texts.0.clone(), zh: texts.1.clone(), bare: Bare::Same }),
        }
    }

    /// The sentence in a language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The document cannot be taken as it is.
    Error,
    /// It can be taken, but someone should look.
    Warning,
    /// What was done on the way.
    Info,
}

impl Severity {
    /// `error`, `warning` or `info`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

macro_rules! codes {
    ($($variant:ident $name:literal $severity:ident $doc:literal,)*) => {
        /// What kind of problem a finding is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Code { $(#[doc = $doc] #[serde(rename = $name)] $variant,)* }

        impl Code {
            /// Every code, in the order of the catalogue.
            pub const ALL: &'static [Code] = &[$(Code::$variant),*];

            /// The code as findings carry it, `wrong-type`.
            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name),* }
            }

            /// The severity it has unless said otherwise.
            pub fn severity(self) -> Severity {
                match self { $(Code::$variant => Severity::$severity),* }
            }
        }
    };
}

codes! {
    WrongType "wrong-type" Error "A value of another type than the form asks for.",
    MissingValue "missing-value" Error "A required value is not there.",
    NotInList "not-in-list" Error "A value outside the list of allowed ones.",
    OutOfRange "out-of-range" Error "A number outside its bounds or steps.",
    WrongFormat "wrong-format" Error "A text that does not follow its pattern or format.",
    WrongLength "wrong-length" Error "A text or list that is too long or too short.",
    DuplicateKey "duplicate-key" Error "Two records alike in what must tell them apart.",
    UnknownProperty "unknown-property" Error "A property that the form does not know.",
    WrongShape "wrong-shape" Error "A value that fits none of the shapes the form allows, or more than it may.",
    Rule "rule" Error "A rule of the form is broken.",
    RuleFailed "rule-failed" Error "A rule could not be evaluated.",
    TotalMismatch "total-mismatch" Error "A total differs from what its column adds up to.",
    WrongSerial "wrong-serial" Warning "A serial number out of line.",
    MissingColumn "missing-column" Error "A column of the form is not on the sheet.",
    UnknownColumn "unknown-column" Warning "A heading that the form does not know.",
    AmbiguousHeading "ambiguous-heading" Error "Headings that could belong to more than one column.",
    AmbiguousSheet "ambiguous-sheet" Error "Two sheets that fit the form equally.",
    InferredForm "inferred-form" Info "No form fitted; one was inferred.",
    MissingLabel "missing-label" Error "A required label is not on the sheet.",
    UnreadCell "unread-cell" Info "A filled cell that no part of the form takes.",
    TitleMismatch "title-mismatch" Warning "The title says something else than the cells below.",
    DamagedNumber "damaged-number" Error "A number cell that has lost digits.",
    UncachedFormula "uncached-formula" Error "A formula without a stored value.",
    ErrorCell "error-cell" Error "A cell that holds an error value.",
    Converted "converted" Info "A value was read as another type than its cell has.",
    SkippedRow "skipped-row" Info "A row that is no record.",
    SkippedSheet "skipped-sheet" Info "A sheet that is not read.",
    HiddenCells "hidden-cells" Info "Hidden rows or columns that were read as all others.",
    EdgeBlank "edge-blank" Warning "A text that begins or ends with blanks.",
    PromptLeft "prompt-left" Warning "A text of the form for who fills in, left where a value belongs.",
    NotChecked "not-checked" Info "A rule that could not be checked for want of a date.",
    WrongForm "wrong-form" Error "The file is of another form, or of none that is known.",
    OldVersion "old-version" Warning "The file was made with an older version of the form.",
    NewerVersion "newer-version" Error "The file was made with a newer version of the form.",
    MissingSubmission "missing-submission" Error "What a unit on the list should send is not there.",
    DuplicateSubmission "duplicate-submission" Warning "A sender sent the same form more than once.",
    NotOnRoster "not-on-roster" Error "A file that the list does not wait for.",
    LateSubmission "late-submission" Warning "A document that bears a day after the one it was due.",
    NoSender "no-sender" Warning "Who sent a file cannot be told.",
    NotMerged "not-merged" Info "A value that a merged document leaves empty.",
    NotAWorkbook "not-a-workbook" Error "The file is no workbook.",
    Encrypted "encrypted" Error "The file is protected by a password.",
    Unreadable "unreadable" Error "The file could not be read.",
    OverLimit "over-limit" Error "The file is larger than what is read or written.",
    CannotHold "cannot-hold" Error "A value that the target cannot hold without loss.",
    BadForm "bad-form" Error "A form that cannot be used.",
}

impl Code {
    /// The code called `name`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }

    /// Whether what it expects is said by the form alone, and not worked out from the data.
    fn expects_of_form(self) -> bool {
        matches!(
            self,
            Self::WrongType
                | Self::MissingValue
                | Self::NotInList
                | Self::OutOfRange
                | Self::WrongFormat
                | Self::WrongLength
                | Self::DuplicateKey
                | Self::DamagedNumber
        )
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where something stands: a cell of a sheet, or a line of JSON text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// The sheet's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// One cell, the top left of a merge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<CellRef>,
    /// The whole merge, or the run of cells, where it is more than the cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
    /// Line of JSON text, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Column of JSON text in characters, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
}

impl Place {
    /// A cell of a sheet; a merge is given whole.
    pub fn on_sheet(sheet: &str, range: Range) -> Self {
        Self {
            sheet: Some(sheet.to_owned()),
            cell: Some(range.first),
            range: (!range.is_cell()).then_some(range),
            ..Self::default()
        }
    }

    /// A whole sheet.
    pub fn sheet(sheet: &str) -> Self {
        Self { sheet: Some(sheet.to_owned()), ..Self::default() }
    }

    /// A line and column of JSON text, from 1.
    pub fn text(line: u32, column: u32) -> Self {
        Self { line: Some(line), column: Some(column), ..Self::default() }
    }
}

/// Another place that has to do with a finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What is there.
    pub message: Text,
}

/// A change that would mend a finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fix {
    /// The value to put there.
    pub value: Value,
    /// Whether it can be done without asking.
    pub safe: bool,
}

/// One problem.
/// As data (serde) it is what a program keeps between two runs of itself; [`Finding::to_json`] is for others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// One sentence with expected and found.
    pub message: Text,
    /// Where it stands in the file.
    pub place: Place,
    /// Where it stands in the document, a JSON pointer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The keyword or rule of the form, a JSON pointer fragment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What was found, as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// What was expected, in one or two words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Text>,
    /// Other places.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
    /// How to mend it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
    /// What its cell would hold from now on, where that is safe. It is not in the JSON.
    #[serde(skip)]
    pub mend: Option<Box<Mend>>,
}

impl Finding {
    /// A finding with the code's own severity and no place yet.
    pub fn new(code: Code, message: Text) -> Self {
        Self {
            code,
            severity: code.severity(),
            message,
            place: Place::default(),
            pointer: None,
            rule: None,
            value: None,
            expected: None,
            hint: None,
            related: Vec::new(),
            fix: None,
            mend: None,
        }
    }

    /// With another severity.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Standing at a place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// About this place in the document.
    #[must_use]
    pub fn pointer(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// Asked for by this keyword of the form.
    #[must_use]
    pub fn rule(mut self, rule: impl Into<String>) -> Self {
        self.rule = Some(rule.into());
        self
    }

    /// With what was found.
    #[must_use]
    pub fn value(mut self, value: impl Into<Value>) -> Self {
        self.value = Some(value.into());
        self
    }

    /// With what was expected.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// With what to do.
    #[must_use]
    pub fn hint(mut self, hint: Text) -> Self {
        self.hint = Some(hint);
        self
    }

    /// With another place that has to do with it.
    #[must_use]
    pub fn related(mut self, place: Place, message: Text) -> Self {
        self.related.push(Related { place, message });
        self
    }

    /// With a change that would mend it.
    #[must_use]
    pub fn fix(mut self, value: impl Into<Value>, safe: bool) -> Self {
        self.fix = Some(Fix { value: value.into(), safe });
        self
    }

    /// The same finding with places and no values: neither in its sentences, nor as what was found, expected from the
    /// data or would mend it. A sentence that does not know itself without values is the code's title.
    #[must_use]
    pub fn masked(self) -> Self {
        let title = |lang| crate::catalogue::entry(self.code).page(lang).title;
        let message = self.message.without_values().unwrap_or_else(|| Text::new(title(Lang::En), title(Lang::Zh)));
        let related = |related: Related| {
            let message = related.message.without_values();
            Related { message: message.unwrap_or_else(|| Text::new("another place", "相关位置")), ..related }
        };
        Self {
            message,
            value: None,
            expected: self.expected.filter(|_| self.code.expects_of_form()),
            hint: self.hint.as_ref().and_then(Text::without_values),
            related: self.related.into_iter().map(related).collect(),
            fix: None,
            mend: None,
            ..self
        }
    }

    /// The finding as the JSON of the design; `file` is the name the caller gave.
    pub fn to_json(&self, file: Option<&str>, lang: Lang) -> Value {
        let mut out = Map::new();
        out.insert("code".into(), self.code.name().into());
        out.insert("severity".into(), self.severity.name().into());
        out.insert("message".into(), self.message.get(lang).into());
        if let Some(file) = file {
            out.insert("file".into(), file.into());
        }
        place_json(&self.place, &mut out);
        let texts = [("pointer", &self.pointer), ("rule", &self.rule)];
        for (key, text) in texts {
            if let Some(text) = text {
                out.insert(key.into(), text.as_str().into());
            }
        }
        if let Some(value) = &self.value {
            out.insert("value".into(), value.clone());
        }
        if let Some(expected) = &self.expected {
            out.insert("expected".into(), expected.as_str().into());
        }
        if let Some(hint) = &self.hint {
            out.insert("hint".into(), hint.get(lang).into());
        }
        if !self.related.is_empty() {
            let related = self.related.iter().map(|r| {
                let mut one = Map::new();
                place_json(&r.place, &mut one);
                one.insert("message".into(), r.message.get(lang).into());
                Value::Object(one)
            });
            out.insert("related".into(), related.collect());
        }
        if let Some(fix) = &self.fix {
            out.insert("fix".into(), serde_json::json!({ "value": fix.value, "safe": fix.safe }));
        }
        Value::Object(out)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(crate::report::line(None, self, crate::report::Style::default()).trim_end())
    }
}

impl std::error::Error for Finding {}

/// Why something was not done: its findings, as an error.
#[derive(Clone, Debug, PartialEq)]
pub struct Findings(pub Vec<Finding>);

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for Findings {}

impl From<Vec<Finding>> for Findings {
    fn from(findings: Vec<Finding>) -> Self {
        Self(findings)
    }
}

impl From<Finding> for Findings {
    fn from(finding: Finding) -> Self {
        Self(vec![finding])
    }
}

pub(crate) fn place_json(place: &Place, out: &mut Map<String, Value>) {
    if let Some(sheet) = &place.sheet {
        out.insert("sheet".into(), sheet.as_str().into());
    }
    if let Some(cell) = place.cell {
        out.insert("cell".into(), cell.to_string().into());
    }
    if let Some(range) = place.range {
        out.insert("range".into(), range.to_string().into());
    }
    for (key, number) in [("line", place.line), ("column", place.column)] {
        if let Some(number) = number {
            out.insert(key.into(), number.into());
        }
    }
}
