//! The arguments and their help. One definition per option; decides nothing.

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use sheetform::finding::Lang;
use sheetform::serial::Date;
use sheetform::validate::Profile;

/// One schema for an office sheet, its check and its JSON.
#[derive(Parser, Debug)]
#[command(
    name = "sheetform",
    version,
    max_term_width = 100,
    after_help = "\
Examples:
  sheetform validate ledger.xlsx             check a workbook; its mistakes are named by cell
  sheetform convert ledger.xlsx -o l.json    a sheet to JSON
  sheetform convert l.json -o ledger.xlsx    and back
  sheetform template work-plan               a blank workbook to fill in
  sheetform batch in -o out                  a whole folder, with a summary
  sheetform infer list.xlsx                  a form drafted from a sheet that has none
  sheetform forms list                       the forms that are known

Exit codes: 0 no error found, 1 errors found, 2 could not run."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Language of messages [default: zh where the environment says so, else en]
    #[arg(long, value_enum, global = true, display_order = 900, value_name = "LANG")]
    pub(crate) lang: Option<LangName>,

    /// When to colour
    #[arg(long, value_enum, global = true, display_order = 901, value_name = "WHEN", default_value_t = ColorWhen::Auto)]
    pub(crate) color: ColorWhen,

    /// No findings of severity info, no progress
    #[arg(short, long, global = true, display_order = 902)]
    pub(crate) quiet: bool,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    Validate(Validate),
    Convert(Convert),
    Template(Template),
    Batch(Batch),
    Infer(Infer),
    Forms(Forms),
    Explain(Explain),
}

/// Check workbooks or JSON documents
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sheetform validate ledger.xlsx
  sheetform validate *.xlsx --form inspection-ledger --format json
  sheetform validate plan.json --form ./my-plan.schema.json --as-of 2026-12-31
  sheetform validate plan.xlsx --form ./my-plan.schema.json --with staff=staff.csv
  sheetform validate ledger.xlsx --format html --lang zh > report.html
  sheetform validate ledger.xlsx --annotate ledger.marked.xlsx
  sheetform validate ledger.xlsx --fix ledger.fixed.xlsx
  sheetform validate ledger.xlsx --fix --dry-run

Without --form the workbook's own mark decides, then the document's $schema, then the one form that fits.
Exit codes: 0 no error found, 1 errors found, 2 a file could not be checked; the worst counts.")]
#[command(group = ArgGroup::new("copy").args(["annotate", "fix"]))]
pub(crate) struct Validate {
    /// Workbooks (.xlsx, .xlsm, .xls, .xlsb, .ods, .csv, .tsv) or JSON documents, told apart by content; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) reading: Reading,

    #[command(flatten)]
    pub(crate) showing: Showing,

    /// Write a copy with the cells at fault coloured and noted, and a list of all findings in front; OUT is a folder
    /// for several files
    #[arg(long, value_name = "OUT")]
    pub(crate) annotate: Option<PathBuf>,

    /// Write a copy with all mended that is safe to mend, and list it; what needs a decision is left. OUT is a folder for
    /// several files
    #[arg(long, value_name = "OUT", num_args = 0..=1)]
    #[allow(clippy::option_option, reason = "not asked for; asked for without OUT, to list; with OUT")]
    pub(crate) fix: Option<Option<PathBuf>>,

    /// With --fix: list what would be mended, write nothing
    #[arg(long, requires = "fix")]
    pub(crate) dry_run: bool,

    /// Overwrite OUT where it exists, be it the file that is checked
    #[arg(long, requires = "copy")]
    pub(crate) force: bool,
}

/// Turn a sheet into JSON or other data, or JSON into a sheet
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sheetform convert ledger.xlsx -o ledger.json
  sheetform convert ledger.json -o ledger.xlsx
  sheetform convert ledger.xlsx | jq '.entries[0]'
  cat ledger.json | sheetform convert - -o - --to xlsx > ledger.xlsx
  sheetform convert ledger.xlsx -o ledger.parquet
  sheetform convert records.jsonl --form ./my-form.schema.json -o book.xlsx
  sheetform convert ledger.json --into office.xlsx -o filled.xlsx

JSON holds the whole document; jsonl, csv, tsv and parquet hold its records, and what stands outside of its table with
each of them. Nothing is written where there are errors (exit code 1), unless --partial.")]
pub(crate) struct Convert {
    /// A workbook (.xlsx, .xlsm, .xls, .xlsb, .ods, .csv, .tsv), a JSON document or JSON Lines, told apart by content; `-` is standard input
    #[arg(value_name = "IN")]
    pub(crate) input: PathBuf,

    /// The file to write; `-` is standard output, where JSON goes when this is left out
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: Option<PathBuf>,

    /// What to write [default: by the ending of OUT]
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) to: Option<Kind>,

    #[command(flatten)]
    pub(crate) reading: Reading,

    /// Write into a copy of this workbook, and change nothing else in it; --sheet is its sheet
    #[arg(long, value_name = "BOOK")]
    pub(crate) into: Option<PathBuf>,

    /// Write what could be read in spite of errors
    #[arg(long)]
    pub(crate) partial: bool,

    /// Overwrite OUT where it exists, be it BOOK
    #[arg(long)]
    pub(crate) force: bool,
}

/// Make the blank workbook of a form
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sheetform template inspection-ledger
  sheetform template ./my-plan.schema.json -o plan.xlsx")]
pub(crate) struct Template {
    /// A form's id, or the path of its JSON Schema
    #[arg(value_name = "FORM")]
    pub(crate) form: PathBuf,

    /// The file to write; `-` is standard output [default: the form's id and .xlsx]
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) refs: Refs,

    /// Overwrite OUT where it exists
    #[arg(long)]
    pub(crate) force: bool,
}

/// Check and convert whole folders of submissions, with a summary
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sheetform batch submissions -o out
  sheetform batch submissions -o out --form work-plan --include '*.xlsx' --exclude old
  sheetform batch submissions -o out --resume          go on where a run was cut off
  sheetform batch submissions -o out --roster roster.xlsx --as-of 2026-04-01
  sheetform batch submissions -o out --merge ledger.xlsx
  sheetform batch submissions -o out --form equipment-register --merge register.parquet
  sheetform batch submissions -o out --watch           and go on as files arrive, until Ctrl-C
  sheetform batch north south -o out --format json > findings.json

OUT gets accepted/ (each good file as JSON), rejected/ (a marked copy of each with errors), summary.xlsx and summary.json.
Exit codes: 0 no error found, 1 errors found, 2 a file could not be checked or written; the worst counts.")]
pub(crate) struct Batch {
    /// Folders with workbooks or JSON documents in them and below; also single files, and patterns such as 'in/*.xlsx'
    #[arg(required = true, value_name = "DIR")]
    pub(crate) inputs: Vec<PathBuf>,

    /// The folder to write; it is made where it is missing. A batch replaces what a batch wrote there, and nothing else
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: PathBuf,

    /// Read only files of such names: *.xlsx, or with / of such paths: 2026/**; repeatable [default: by their endings]
    #[arg(long, value_name = "GLOB")]
    pub(crate) include: Vec<String>,

    /// Leave out files and folders of such names or paths; repeatable
    #[arg(long, value_name = "GLOB")]
    pub(crate) exclude: Vec<String>,

    /// What accepted files become: indented JSON, or JSON on one line
    #[arg(long, value_enum, value_name = "KIND", default_value_t = Documents::Json)]
    pub(crate) to: Documents,

    /// A list of who should send what, a workbook or JSON of the form submission-roster: who is missing is said
    #[arg(long, value_name = "FILE")]
    pub(crate) roster: Option<PathBuf>,

    /// Add the accepted files up to one ledger, with a column that says where each record comes from: .xlsx or .json, or
    /// its records as .jsonl, .csv, .tsv or .parquet
    #[arg(long, value_name = "LEDGER")]
    pub(crate) merge: Option<PathBuf>,

    /// Files worked on at a time [default: as `RAYON_NUM_THREADS` says, else one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,

    /// Take over what an earlier run did of files that are the same, with the same form, options and program
    #[arg(long)]
    pub(crate) resume: bool,

    /// Go on as files arrive or change, until Ctrl-C; they are looked for every so many seconds
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "2",
          value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) watch: Option<u16>,

    /// How far it is: a bar, lines, or none [default: a bar on a terminal, else a line every ten seconds]
    #[arg(long, value_enum, value_name = "KIND", num_args = 0..=1, require_equals = true, default_missing_value = "auto")]
    pub(crate) progress: Option<ProgressKind>,

    #[command(flatten)]
    pub(crate) reading: Reading,

    #[command(flatten)]
    pub(crate) showing: Showing,
}

/// Draft a form from a sheet that has none, or report what is on it
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sheetform infer ledger.xlsx -o ledger.schema.json
  sheetform infer ledger.xlsx --report json
  sheetform infer year.xlsx --sheet 三月 --report json

The draft is a form: each guess has its confidence and reason in a $comment. It is known to read the same sheet.")]
pub(crate) struct Infer {
    /// A workbook; `-` is standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// The sheet to look at [default: for the draft the one with most records, for the report all]
    #[arg(long, value_name = "NAME")]
    pub(crate) sheet: Option<String>,

    /// Print what was found instead of a draft
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) report: Option<ReportFormat>,

    /// The file to write; `-` is standard output, where the result goes when this is left out
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: Option<PathBuf>,

    /// Overwrite OUT where it exists
    #[arg(long)]
    pub(crate) force: bool,
}

/// List, show and check forms
#[derive(Args, Debug)]
pub(crate) struct Forms {
    #[command(subcommand)]
    pub(crate) command: FormsCommand,
}

#[derive(Subcommand, Debug)]
pub(crate) enum FormsCommand {
    /// List the forms that are shipped: id, version, title
    #[command(after_help = "Example:\n  sheetform forms list --format json")]
    List {
        /// Form of the list
        #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ListFormat::Text)]
        format: ListFormat,
    },
    /// Print the JSON Schema of a shipped form
    #[command(after_help = "Example:\n  sheetform forms show work-plan > my-plan.schema.json")]
    Show {
        /// The form's id
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Check an own form: its JSON Schema, vocabulary and rules
    #[command(after_help = "\
Example:
  sheetform forms check my-plan.schema.json

Exit codes: 0 no error (there may be warnings), 1 a bad form, 2 unreadable or not JSON.")]
    Check {
        /// The path of a JSON Schema
        #[arg(value_name = "FILE")]
        file: PathBuf,

        #[command(flatten)]
        refs: Refs,

        #[command(flatten)]
        showing: Showing,
    },
}

/// Say what a finding means and how to mend it
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  sheetform explain wrong-type\n  sheetform explain              lists the codes")]
pub(crate) struct Explain {
    /// The code of a finding, as it stands in brackets; without it all are listed
    #[arg(value_name = "CODE")]
    pub(crate) code: Option<String>,
}

/// How a file is read and checked.
#[derive(Args, Debug)]
pub(crate) struct Reading {
    /// A form's id, or the path of its JSON Schema
    #[arg(long, value_name = "FORM")]
    pub(crate) form: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) refs: Refs,

    /// The sheet to read
    #[arg(long, value_name = "NAME")]
    pub(crate) sheet: Option<String>,

    /// The date that rules take for today, as YYYY-MM-DD
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) as_of: Option<Date>,

    /// Which severity rules have, where they have one for each profile
    #[arg(long, value_enum, value_name = "PROFILE", default_value_t = ProfileName::Final)]
    pub(crate) profile: ProfileName,

    /// A file that rules look things up in, such as a roster or a code list, and its name there; repeatable
    #[arg(long, value_name = "NAME=FILE")]
    pub(crate) with: Vec<PathBuf>,

    /// Assert `format` also where the form has no `x-sheet` or `x-rules`
    #[arg(long)]
    pub(crate) assert_formats: bool,

    /// Say what is wrong and where, without the values of the file
    #[arg(long)]
    pub(crate) mask: bool,
}

/// How a report is shown.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Showing {
    /// Form of the report; text is full (with the cells around each finding) on a terminal, else a line a finding
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    pub(crate) format: Format,

    /// Findings of a file that text and html show, 0 for all [default: 1000 lines, 200 with their cells]
    #[arg(long, value_name = "N")]
    pub(crate) max_findings: Option<usize>,
}

/// The documents that a form refers to.
#[derive(Args, Debug)]
pub(crate) struct Refs {
    /// Documents that the form's `$ref`s name: a folder with all its .json files, or one as URI=FILE; repeatable
    #[arg(long, value_name = "DIR|URI=FILE")]
    pub(crate) refs: Vec<PathBuf>,

    /// The URI that the folders of --refs stand for [default: where the form's `$id` stands]
    #[arg(long, value_name = "URI", requires = "refs")]
    pub(crate) refs_base: Option<String>,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
pub(crate) enum LangName {
    En,
    Zh,
}

impl From<LangName> for Lang {
    fn from(name: LangName) -> Self {
        match name {
            LangName::En => Self::En,
            LangName::Zh => Self::Zh,
        }
    }
}

/// What documents are taken for.
#[derive(ValueEnum, Clone, Copy, Debug)]
pub(crate) enum ProfileName {
    Draft,
    Final,
}

impl From<ProfileName> for Profile {
    fn from(name: ProfileName) -> Self {
        match name {
            ProfileName::Draft => Self::Draft,
            ProfileName::Final => Self::Final,
        }
    }
}

#[derive(ValueEnum, Clone, Copy, Debug)]
pub(crate) enum ColorWhen {
    Auto,
    Always,
    Never,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
pub(crate) enum Format {
    Text,
    Full,
    Json,
    Jsonl,
    Sarif,
    Html,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
pub(crate) enum ListFormat {
    Text,
    Json,
}

/// How `infer` reports.
#[derive(ValueEnum, Clone, Copy, Debug)]
pub(crate) enum ReportFormat {
    Json,
}

/// What the accepted files of a batch become.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Documents {
    Json,
    Jsonl,
}

/// How a batch shows how far it is.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProgressKind {
    Auto,
    Bar,
    Lines,
    None,
}

/// What `convert` and `--merge` write.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Json,
    Jsonl,
    Xlsx,
    Csv,
    Tsv,
    Parquet,
}

impl Kind {
    /// The kind that the ending of a file's name says.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        Some(match path.extension()?.to_string_lossy().to_lowercase().as_str() {
            "json" => Self::Json,
            "jsonl" | "ndjson" => Self::Jsonl,
            "xlsx" => Self::Xlsx,
            "csv" => Self::Csv,
            "tsv" => Self::Tsv,
            "parquet" => Self::Parquet,
            _ => return None,
        })
    }
}

fn date(text: &str) -> Result<Date, String> {
    if let Some(date) = Date::parse_iso(text) {
        return Ok(date);
    }
    // 2026-2-3 and 2026/2/3 name a day, and are not how it is written here.
    let parts: Option<Vec<u32>> = text.split(['-', '/', '.']).map(|part| part.parse().ok()).collect();
    let meant = match parts.as_deref() {
        Some([year, month, day]) => Some(format!("{year:04}-{month:02}-{day:02}")),
        _ => None,
    };
    Err(match meant {
        Some(meant) if meant == text => "there is no such day".to_owned(),
        Some(meant) if Date::parse_iso(&meant).is_some() => format!("a date is written YYYY-MM-DD: {meant}"),
        _ => "a date is written YYYY-MM-DD, such as 2026-02-03".to_owned(),
    })
}
