//! Forms by id or path, each compiled once a run.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use sheetform::finding::{Finding, Lang, Severity};
use sheetform::form::Form;
use sheetform::json_text;
use sheetform::merge::{MergedForm, base_id};
use sheetform::references::References;
use sheetform::report::{place_text, shown as quoted};
use sheetform_forms::ShippedForm;

use crate::args::Refs;
use crate::refs;
use crate::stop::{Stop, one_line, shown};

/// The shipped forms, compiled when first asked for.
pub(crate) struct Shipped {
    /// A form of the user's that is known beside them.
    also: Option<Arc<Form>>,
    /// In the order of the shipped ones; nothing for one that cannot be used.
    compiled: Vec<OnceLock<Arc<Form>>>,
}

impl Default for Shipped {
    fn default() -> Self {
        Self { also: None, compiled: sheetform_forms::all().iter().map(|_| OnceLock::new()).collect() }
    }
}

impl Shipped {
    /// They and another one, which stands for the shipped form of its id.
    pub(crate) fn and(also: Option<Arc<Form>>) -> Self {
        Self { also, ..Self::default() }
    }

    /// The form with this id; with `+source` behind it, that of its merged documents.
    pub(crate) fn get(&self, id: &str) -> Option<Arc<Form>> {
        if let Some(base) = base_id(id) {
            return MergedForm::of(&*self.get(base)?).ok().map(|merged| Arc::new(merged.form));
        }
        if let Some(also) = self.also.as_ref().filter(|also| also.id == id) {
            return Some(Arc::clone(also));
        }
        let (found, compiled) = sheetform_forms::all().iter().zip(&self.compiled).find(|(form, _)| form.id == id)?;
        Some(Arc::clone(compiled.get_or_init(|| Arc::new(Form::known(found.schema().clone())))))
    }

    /// Whether it is the user's own.
    pub(crate) fn is_own(&self, form: &Arc<Form>) -> bool {
        self.also.as_ref().is_some_and(|also| Arc::ptr_eq(also, form))
    }

    /// All of them, in their order.
    pub(crate) fn all(&self) -> impl Iterator<Item = Arc<Form>> {
        let also = self.also.iter().filter(|also| sheetform_forms::all().iter().all(|form| form.id != also.id));
        also.map(Arc::clone).chain(sheetform_forms::all().iter().filter_map(|form| self.get(form.id)))
    }

    /// The form that `--form` names: a shipped one by its id, else a file.
    pub(crate) fn choose(&self, name: &Path, refs: &Refs) -> Result<Arc<Form>, Stop> {
        let references = refs::load(refs)?;
        if let Some(form) = name.to_str().and_then(|id| self.get(id)) {
            return Ok(form);
        }
        if let Some(base) = name.to_str().and_then(base_id).filter(|_| !name.exists()) {
            let form = self.choose(Path::new(base), refs)?;
            return MergedForm::of(&form).map(|merged| Arc::new(merged.form)).map_err(|findings| bad(name, &findings));
        }
        match std::fs::read(name) {
            Ok(bytes) => own(name, &bytes, &references),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && is_plain(name) => Err(unknown(name)),
            Err(error) => Err(Stop::io(name, &error)),
        }
    }
}

/// A form of the user's.
fn own(path: &Path, bytes: &[u8], references: &References) -> Result<Arc<Form>, Stop> {
    let text = json_text::parse(bytes).map_err(|findings| bad(path, &findings))?;
    let (form, mut findings) = Form::compile_with(text.value.clone(), references);
    for finding in &mut findings {
        if let Some(pointer) = &finding.pointer {
            finding.place = text.key_place(pointer);
        }
    }
    form.map(Arc::new).ok_or_else(|| bad(path, &findings))
}

/// Names the first error of a form that cannot be used.
fn bad(path: &Path, findings: &[Finding]) -> Stop {
    let mut errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    let first = errors.next();
    let more = errors.count();
    let place = first.map(|f| place_text(None, &f.place, f.pointer.as_deref())).unwrap_or_default();
    let (en, zh) = first.map(|f| (one_line(f, Lang::En), one_line(f, Lang::Zh))).unwrap_or_default();
    let name = shown(path);
    let at = if place.is_empty() { String::new() } else { format!(":{place}") };
    let (more_en, more_zh) = match more {
        0 => (String::new(), String::new()),
        n => (
            format!(" (and {n} more: sheetform forms check {name})"),
            format!("（另有 {n} 处：sheetform forms check {name}）"),
        ),
    };
    Stop::new(
        format!("{name}{at}: the form cannot be used: {en}{more_en}"),
        format!("{name}{at}：表单无法使用：{zh}{more_zh}"),
    )
}

/// Whether a name looks like an id, not like a path.
fn is_plain(name: &Path) -> bool {
    name.components().count() == 1 && name.extension().is_none()
}

fn unknown(name: &Path) -> Stop {
    unknown_id(&name.to_string_lossy())
}

/// Says that no shipped form is called so, and which is nearest.
pub(crate) fn unknown_id(id: &str) -> Stop {
    let ids = sheetform_forms::all().iter().map(|form| form.id);
    let near = nearest(id, ids);
    let id = quoted(id);
    let (near_en, near_zh) =
        near.map(|near| (format!("did you mean {near}? "), format!("是否指 {near}？"))).unwrap_or_default();
    Stop::new(
        format!("no form is called {id}; {near_en}`sheetform forms list` names them all; an own form is given by path"),
        format!("没有名为 {id} 的表单；{near_zh}`sheetform forms list` 列出全部；自己的表单请给出路径"),
    )
}

/// The name most like another, where one is like it at all.
pub(crate) fn nearest<'a>(to: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let scored = names.map(|name| (strsim::jaro_winkler(&to.to_lowercase(), name), name));
    scored.filter(|(score, _)| *score > 0.7).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}

/// The shipped form with this id, as it is shipped.
pub(crate) fn shipped(id: &str) -> Result<&'static ShippedForm, Stop> {
    sheetform_forms::all().iter().find(|form| form.id == id).ok_or_else(|| unknown_id(id))
}
