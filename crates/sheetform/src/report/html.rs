//! A report as one page for people: it runs nothing, loads nothing and prints well. Everything that comes from a file is
//! text in it, whatever it says.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::RangeInclusive;

use unicode_width::UnicodeWidthStr;

use super::fold::{Folded, Item, fold};
use super::grid::{Piece, as_shown};
use super::nearby::Nearby;
use super::show::escaped;
use super::text::{about, counted, item_place, place_text, severity_word};
use super::{Counts, FileReport, Report, Style};
use crate::catalogue::entry;
use crate::finding::{Code, Lang, Severity};
use crate::grid::{CellRef, Range, column_name};

const CSS: &str = include_str!("report.css");
/// Characters of a cell that are shown.
const CELL: usize = 60;
/// A text of so many columns of a terminal stands on one line: a date does.
const SHORT: usize = 12;

pub(super) fn report(report: &Report, style: Style) -> String {
    let lang = style.lang;
    let (tag, title) = match lang {
        Lang::En => ("en", "Check report"),
        Lang::Zh => ("zh-CN", "检查报告"),
    };
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>\n{CSS}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    );
    push_summary(&mut out, report, style);
    for (at, file) in report.files.iter().enumerate() {
        if file.shown_counts(style) != Counts::default() {
            push_file(&mut out, file, at, style);
        }
    }
    out.push_str("</body>\n</html>\n");
    out
}

/// A line a file, and one for all where there are several.
fn push_summary(out: &mut String, report: &Report, style: Style) {
    let heads = match style.lang {
        Lang::En => ["File", "Form", "Records", "Result", "Errors", "Warnings", "Infos"],
        Lang::Zh => ["文件", "表单", "记录数", "结果", "错误", "警告", "提示"],
    };
    let shown = if style.quiet { &heads[..6] } else { &heads[..] };
    out.push_str("<table class=\"summary\">\n<thead><tr>");
    for head in shown {
        push_element(out, "th", "", head);
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    let mut all = Counts::default();
    for (at, file) in report.files.iter().enumerate() {
        let counts = file.shown_counts(style);
        all.add(counts);
        out.push_str("<tr>");
        let name = html(file.file.as_deref().unwrap_or_default());
        let _ = if counts == Counts::default() {
            write!(out, "<td>{name}</td>")
        } else {
            write!(out, "<td><a href=\"#file-{at}\">{name}</a></td>")
        };
        push_element(out, "td", "", file.form_name().unwrap_or("–"));
        let records = if file.form_name().is_some() { file.records.to_string() } else { "–".to_owned() };
        push_element(out, "td", "number", &records);
        push_verdict(out, file.valid(), style.lang);
        push_counts(out, counts, style);
        out.push_str("</tr>\n");
    }
    if report.files.len() > 1 {
        let valid = report.files.iter().filter(|file| file.valid()).count();
        let text = match style.lang {
            Lang::En => format!("{valid} of {} files passed", report.files.len()),
            Lang::Zh => format!("{} 个文件中 {valid} 个通过", report.files.len()),
        };
        let _ = write!(out, "<tr class=\"all\"><td colspan=\"4\">{text}</td>");
        push_counts(out, all, style);
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n");
}

fn push_verdict(out: &mut String, valid: bool, lang: Lang) {
    let (class, text) = match (valid, lang) {
        (true, Lang::En) => ("passed", "✓ passed"),
        (true, Lang::Zh) => ("passed", "✓ 通过"),
        (false, Lang::En) => ("failed", "✗ to be mended"),
        (false, Lang::Zh) => ("failed", "✗ 需改正"),
    };
    push_element(out, "td", class, text);
}

fn push_counts(out: &mut String, counts: Counts, style: Style) {
    let numbers = [counts.errors, counts.warnings, counts.infos];
    for number in &numbers[..if style.quiet { 2 } else { 3 }] {
        push_element(out, "td", "number", &number.to_string());
    }
}

/// The findings of a file, grouped by what kind they are; the gravest first.
fn push_file(out: &mut String, file: &FileReport, at: usize, style: Style) {
    let Folded { items, rest } = fold(file, style, style.most_drawn());
    let _ = writeln!(out, "<section id=\"file-{at}\">\n<h2>{}</h2>", html(file.file.as_deref().unwrap_or_default()));
    let parts = [about(file, style.lang), counted(file.shown_counts(style), style.lang)];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    push_element(out, "p", "about", &parts.join(" · "));
    if rest != Counts::default() {
        let text = match style.lang {
            Lang::En => {
                format!("Not shown here: {}. Mend the others first, and check again.", counted(rest, style.lang))
            }
            Lang::Zh => format!("此处未列出：{}。请先改正其他问题，再检查一次。", counted(rest, style.lang)),
        };
        push_element(out, "p", "rest", &text);
    }
    let mut groups: BTreeMap<(Severity, Code), Vec<&Item<'_>>> = BTreeMap::new();
    for item in &items {
        groups.entry((item.finding().severity, item.finding().code)).or_default().push(item);
    }
    for ((severity, code), items) in groups {
        push_group(out, file, (severity, code), &items, style.lang);
    }
    out.push_str("</section>\n");
}

fn push_group(out: &mut String, file: &FileReport, kind: (Severity, Code), items: &[&Item<'_>], lang: Lang) {
    let (severity, code) = kind;
    let page = entry(code).page(lang);
    let count: usize = items.iter().map(|item| item.count()).sum();
    let sign = match severity {
        Severity::Error => "✗",
        Severity::Warning => "!",
        Severity::Info => "i",
    };
    let _ = writeln!(
        out,
        "<div class=\"group {}\">\n<h3><span class=\"sign\">{sign} {}</span> {} <small>{code} × {count}</small></h3>",
        severity.name(),
        severity_word(severity, lang),
        html(page.title),
    );
    if severity != Severity::Info {
        push_element(out, "p", "mend", page.mend);
    }
    for item in items {
        push_item(out, &file.nearby, item, lang);
    }
    out.push_str("</div>\n");
}

fn push_item(out: &mut String, nearby: &Nearby, item: &Item<'_>, lang: Lang) {
    let finding = item.finding();
    let place = item_place(None, item, lang);
    out.push_str("<div class=\"finding\">\n<p>");
    if !place.is_empty() {
        // The text of a place is escaped once already.
        let _ = write!(out, "<b class=\"place\">{}</b> ", markup(&place));
    }
    let _ = writeln!(out, "{}</p>", html(item.message().get(lang)));
    let labels = match lang {
        Lang::En => ("the first: ", "hint: ", "see "),
        Lang::Zh => ("首处：", "建议：", "参见 "),
    };
    if let Some(first) = item.first() {
        push_element(out, "p", "more", &format!("{}{}", labels.0, first.get(lang)));
    }
    if finding.severity != Severity::Info {
        if let Some((piece, marked)) = nearby.piece(item) {
            push_piece(out, &piece, marked, &nearby.head_rows(&finding.place));
        } else if let Some(line) = nearby.line(&finding.place) {
            let _ = writeln!(out, "<pre>{}</pre>", line.lines().map(|line| markup(&line)).join("\n"));
        }
    }
    if let Some(hint) = item.hint() {
        push_element(out, "p", "more", &format!("{}{}", labels.1, hint.get(lang)));
    }
    for related in finding.related.iter().filter(|_| item.count() == 1) {
        let place = place_text(None, &related.place, None);
        let _ = write!(out, "<p class=\"more\">{}{}: ", labels.2, markup(&place));
        let _ = writeln!(out, "{}</p>", html(related.message.get(lang)));
    }
    out.push_str("</div>\n");
}

/// The cells around a finding. The marked ones have a frame and a pointer, so that they are found without colour.
fn push_piece(out: &mut String, piece: &Piece, marked: Range, heads: &RangeInclusive<u32>) {
    out.push_str("<table class=\"cells\">\n<tr><th></th>");
    for (at, column) in piece.columns.iter().enumerate() {
        out.push_str(if piece.jumps(at) { "<th>…</th>" } else { "" });
        push_element(out, "th", "", &column_name(*column));
    }
    out.push_str(if piece.more.1 { "<th>…</th></tr>" } else { "</tr>" });
    out.push('\n');
    for (at, (row, cells)) in piece.rows.iter().enumerate() {
        if at > 0 && piece.rows[at - 1].0 + 1 != *row {
            let columns = piece.columns.len() + (0..piece.columns.len()).filter(|at| piece.jumps(*at)).count();
            let columns = columns + usize::from(piece.more.1);
            let _ = writeln!(out, "<tr class=\"gap\"><th>⋮</th><td class=\"gap\" colspan=\"{columns}\"></td></tr>");
        }
        let class = if heads.contains(row) { " class=\"head\"" } else { "" };
        let _ = write!(out, "<tr{class}><th>{}</th>", row + 1);
        for (at, (column, text)) in piece.columns.iter().zip(cells).enumerate() {
            out.push_str(if piece.jumps(at) { "<td class=\"gap\"></td>" } else { "" });
            let class = match (marked.contains(CellRef::new(*row, *column)), text.width() > SHORT) {
                (true, true) => "marked long",
                (true, false) => "marked",
                (false, true) => "long",
                (false, false) => "",
            };
            let mut shown: String = as_shown(text).chars().take(CELL).collect();
            if text.chars().nth(CELL).is_some() {
                shown.push('…');
            }
            let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
            let _ = write!(out, "<td{class}>{}</td>", markup(&shown));
        }
        out.push_str(if piece.more.1 { "<td class=\"gap\"></td>" } else { "" });
        out.push_str("</tr>\n");
    }
    out.push_str("</table>\n");
}

fn push_element(out: &mut String, name: &str, class: &str, text: &str) {
    let _ = match class {
        "" => write!(out, "<{name}>{}</{name}>", html(text)),
        class => write!(out, "<{name} class=\"{class}\">{}</{name}>", html(text)),
    };
    if name == "p" {
        out.push('\n');
    }
}

/// A text that is shown as it is: nothing in it is markup, turns the direction or hides.
fn html(text: &str) -> String {
    markup(&escaped(text))
}

/// A text without characters that steer, in which nothing is markup.
fn markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            character => out.push(character),
        }
    }
    out
}
