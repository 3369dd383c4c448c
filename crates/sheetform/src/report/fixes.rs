//! The cells that were mended, or would be, with what they held and hold.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::show::{escaped, shown, shown_zh};
use super::{FileReport, Style, place_text};
use crate::finding::Lang;
use crate::fix::Fixed;

/// Adds a line for each below what sums up the file.
pub(super) fn push(out: &mut String, file: &FileReport, style: Style) {
    let Some(fixes) = &file.fixes else { return };
    let count = fixes.len();
    let _ = match (style.lang, count) {
        (Lang::En, 0) => writeln!(out, "fixes: none"),
        (Lang::En, 1) => writeln!(out, "fixes: 1 cell"),
        (Lang::En, _) => writeln!(out, "fixes: {count} cells"),
        (Lang::Zh, 0) => writeln!(out, "修正：无"),
        (Lang::Zh, _) => writeln!(out, "修正：{count} 格"),
    };
    let most = style.most.unwrap_or(Style::LINES);
    for fixed in fixes.iter().take(most) {
        let place = place_text(None, &fixed.place, None);
        let _ = match &fixed.values {
            None => writeln!(out, "  {place}"),
            Some((before, after)) => {
                let (before, after) = (text(before, false, style.lang), text(after, fixed.is_date, style.lang));
                let colon = if style.lang == Lang::Zh { "：" } else { ": " };
                writeln!(out, "  {place}{colon}{before} → {after}")
            }
        };
    }
    if count > most {
        let more = count - most;
        let _ = match style.lang {
            Lang::En => writeln!(out, "  and {more} more; --max-findings 0 shows all"),
            Lang::Zh => writeln!(out, "  另有 {more} 格；用 --max-findings 0 显示全部"),
        };
    }
}

/// Text in quotes, so that blanks and numbers kept as text are seen; dates and numbers bare.
fn text(value: &Value, is_date: bool, lang: Lang) -> String {
    match (value, lang) {
        (Value::Null, Lang::En) => "empty".to_owned(),
        (Value::Null, Lang::Zh) => "空白".to_owned(),
        (Value::String(text), _) if is_date => escaped(text),
        (Value::String(text), Lang::En) => shown(text),
        (Value::String(text), Lang::Zh) => shown_zh(text),
        (other, _) => other.to_string(),
    }
}

/// One as JSON: where it stands, what it held and holds.
pub(super) fn json(fixed: &Fixed) -> Value {
    let mut out = Map::new();
    crate::finding::place_json(&fixed.place, &mut out);
    if let Some((before, after)) = &fixed.values {
        out.insert("before".into(), before.clone());
        out.insert("after".into(), after.clone());
    }
    Value::Object(out)
}
