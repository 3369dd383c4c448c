//! What a batch keeps in its output folder to know its files again, and to go on where it was cut off: a line a file, in
//! JSON. Lines are added as files are done; at the end of a run they are put in order. Only this program reads them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use sheetform::report::FileReport;

use crate::batch::digest::Digest;
use crate::batch::outputs::Claim;
use crate::batch::submission::Submission;
use crate::stop::Stop;

/// What a line says.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Line<'a> {
    File(&'a FileLine<'a>),
    /// A file that no input stands behind.
    Wrote(&'a Claim),
    /// A merged ledger, which may stand anywhere.
    Ledger(&'a Claim),
}

/// What was ever claimed.
#[derive(Default)]
pub(crate) struct Claims {
    pub(crate) outputs: Vec<Claim>,
    /// Their paths are as they were given.
    pub(crate) ledgers: Vec<Claim>,
}

/// A file of the input, done.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct FileLine<'a> {
    pub(crate) is: &'a Submission,
    pub(crate) input: Digest,
    /// The form, options and program that it was done with.
    pub(crate) with: Digest,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) output: Option<&'a Claim>,
    /// Whether it has to be done again whatever stands here.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) again: bool,
    pub(crate) report: &'a FileReport,
}

/// A line, without what was found in the file.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Head {
    File(Box<FileHead>),
    Wrote(Claim),
    Ledger(Claim),
}

#[derive(Deserialize)]
struct FileHead {
    is: Submission,
    input: Digest,
    with: Digest,
    output: Option<Claim>,
    #[serde(default)]
    again: bool,
}

/// What was found in a file.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Tail {
    File { report: FileReport },
}

/// A file as an earlier run left it.
#[derive(Clone, Debug)]
pub(crate) struct Earlier {
    pub(crate) is: Submission,
    pub(crate) input: Digest,
    pub(crate) with: Digest,
    pub(crate) output: Option<Claim>,
    pub(crate) at: Span,
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// Whether in what the last whole run left, or in what was added since.
    settled: bool,
    start: u64,
    length: u32,
}

/// Both files, open.
pub(crate) struct Journal {
    folder: PathBuf,
    files: Mutex<Files>,
    earlier: BTreeMap<String, Earlier>,
}

struct Files {
    settled: File,
    added: File,
    /// Where the next line goes.
    end: u64,
}

const SETTLED: &str = "state.jsonl";
const ADDED: &str = "journal.jsonl";

impl Journal {
    /// Reads what is there; gives all that was ever claimed too. `resumes` where files done earlier will be asked for.
    pub(crate) fn open(folder: &Path, resumes: bool) -> Result<(Self, Claims), Stop> {
        let open = |name: &str| {
            let path = folder.join(name);
            let file = File::options().create(true).truncate(false).read(true).append(true).open(&path);
            file.map_err(|error| Stop::io(&path, &error))
        };
        let (settled, mut added) = (open(SETTLED)?, open(ADDED)?);
        let (mut earlier, mut claims) = (BTreeMap::new(), Claims::default());
        let said = |name: &str| {
            let path = folder.join(name);
            move |error: io::Error| Stop::io(&path, &error)
        };
        load(&settled, true, &mut earlier, &mut claims).map_err(said(SETTLED))?;
        let (mut end, whole) = load(&added, false, &mut earlier, &mut claims).map_err(said(ADDED))?;
        if !whole {
            // A line that was cut off ends here.
            added.write_all(b"\n").map_err(said(ADDED))?;
            end += 1;
        }
        if !resumes {
            earlier.clear();
        }
        let files = Mutex::new(Files { settled, added, end });
        Ok((Self { folder: folder.to_owned(), files, earlier }, claims))
    }

    /// What an earlier run made of a file.
    pub(crate) fn earlier(&self, file: &str) -> Option<&Earlier> {
        self.earlier.get(file)
    }

    fn files(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a file that is done.
    pub(crate) fn add(&self, line: &FileLine<'_>) -> Result<Span, Stop> {
        self.push(&Line::File(line))
    }

    /// Adds a file that no input stands behind, before it appears.
    pub(crate) fn claim(&self, claim: &Claim) -> Result<(), Stop> {
        self.push(&Line::Wrote(claim)).map(|_| ())
    }

    /// Adds a ledger, before it appears.
    pub(crate) fn claim_ledger(&self, claim: &Claim) -> Result<(), Stop> {
        self.push(&Line::Ledger(claim)).map(|_| ())
    }

    fn push(&self, line: &Line<'_>) -> Result<Span, Stop> {
        let path = self.folder.join(ADDED);
        let failed = |error: io::Error| Stop::io(&path, &error);
        let mut text = serde_json::to_vec(line).map_err(|error| failed(error.into()))?;
        text.push(b'\n');
        let mut files = self.files();
        files.added.write_all(&text).map_err(failed)?;
        let span = Span { settled: false, start: files.end, length: text.len() as u32 };
        files.end += text.len() as u64;
        Ok(span)
    }

    /// What was found in a file, from its line.
    pub(crate) fn report(&self, at: Span) -> Result<FileReport, Stop> {
        let read = || -> io::Result<FileReport> {
            let Tail::File { report } = serde_json::from_slice(&self.line(at)?)?;
            Ok(report)
        };
        read().map_err(|error| Stop::io(&self.folder, &error))
    }

    fn line(&self, at: Span) -> io::Result<Vec<u8>> {
        let mut files = self.files();
        let file = if at.settled { &mut files.settled } else { &mut files.added };
        let mut line = vec![0; at.length as usize];
        file.seek(SeekFrom::Start(at.start))?;
        file.read_exact(&mut line)?;
        Ok(line)
    }

    /// Puts the lines of a whole run in order, and forgets all others; gives where they stand from now on.
    pub(crate) fn settle(&self, wrote: &[Claim], ledgers: &[Claim], lines: &[Span]) -> Result<Vec<Span>, Stop> {
        self.settled(wrote, ledgers, lines).map_err(|error| Stop::io(&self.folder, &error))
    }

    fn settled(&self, wrote: &[Claim], ledgers: &[Claim], lines: &[Span]) -> io::Result<Vec<Span>> {
        let path = self.folder.join("state.new");
        let mut out = BufWriter::new(File::create(&path)?);
        let mut end = 0;
        for line in wrote.iter().map(Line::Wrote).chain(ledgers.iter().map(Line::Ledger)) {
            let mut text = serde_json::to_vec(&line)?;
            text.push(b'\n');
            out.write_all(&text)?;
            end += text.len() as u64;
        }
        let mut spans = Vec::with_capacity(lines.len());
        for span in lines {
            out.write_all(&self.line(*span)?)?;
            spans.push(Span { settled: true, start: end, length: span.length });
            end += u64::from(span.length);
        }
        out.flush()?;
        drop(out);
        fs::rename(&path, self.folder.join(SETTLED))?;
        let mut files = self.files();
        files.settled = File::open(self.folder.join(SETTLED))?;
        files.added.set_len(0)?;
        files.end = 0;
        Ok(spans)
    }
}

/// Reads the lines of a file; gives where it ends, and whether with a whole line. Of two lines for a file the later counts.
fn load(
    file: &File,
    settled: bool,
    earlier: &mut BTreeMap<String, Earlier>,
    claims: &mut Claims,
) -> io::Result<(u64, bool)> {
    let mut reader = BufReader::new(file);
    reader.rewind()?;
    let (mut start, mut whole) = (0, true);
    let mut line = Vec::new();
    loop {
        line.clear();
        let length = reader.read_until(b'\n', &mut line)?;
        if length == 0 {
            return Ok((start, whole));
        }
        whole = line.ends_with(b"\n");
        let at = Span { settled, start, length: length as u32 };
        start += length as u64;
        // A line that was cut off, or that another version wrote, says nothing.
        match serde_json::from_slice(&line).ok().filter(|_| whole) {
            Some(Head::Wrote(claim)) if claim.is_within() => claims.outputs.push(claim),
            Some(Head::Ledger(claim)) => claims.ledgers.push(claim),
            Some(Head::File(head)) => {
                let FileHead { is, input, with, output, again } = *head;
                if output.as_ref().is_some_and(|output| !output.is_within()) {
                    continue;
                }
                claims.outputs.extend(output.clone());
                if again {
                    earlier.remove(&is.file);
                } else {
                    earlier.insert(is.file.clone(), Earlier { is, input, with, output, at });
                }
            }
            _ => {}
        }
    }
}
