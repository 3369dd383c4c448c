//! A data style as the number format code that means the same.

use std::io::BufRead;

use sheetform::finding::Finding;

use super::spaces::{Space, Spaces};
use crate::package::xml::Xml;

/// What a code is cut at: Excel takes 255 characters.
const LENGTH: usize = 1_000;

/// A data style.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DataStyle {
    /// Its own code; a style with conditions has the codes of others besides.
    pub(crate) code: String,
    /// The styles that conditions choose instead.
    pub(crate) others: Vec<String>,
    /// Whether it is a time, which alone makes `mm` minutes.
    pub(crate) is_time: bool,
}

/// Whether an element is a data style.
pub(crate) fn is_data_style(name: (Space, &str)) -> bool {
    const NAMES: [&str; 7] = [
        "number-style",
        "currency-style",
        "percentage-style",
        "date-style",
        "time-style",
        "boolean-style",
        "text-style",
    ];
    name.0 == Space::Number && NAMES.contains(&name.1)
}

/// Leaves a data style.
pub(crate) fn read<R: BufRead>(xml: &mut Xml<R>, spaces: &Spaces) -> Result<DataStyle, Finding> {
    let is_percent = xml.name() == "percentage-style";
    let is_time = xml.name() == "time-style";
    let goes_on = spaces.attribute(xml, Space::Number, "truncate-on-overflow")?;
    let mut style = DataStyle { is_time, ..DataStyle::default() };
    let mut elapsed = is_time && goes_on.is_some_and(|value| value == "false");
    while xml.child()? {
        let name = spaces.name(xml);
        if name == (Space::Style, "map") {
            let other = spaces.attribute(xml, Space::Style, "apply-style-name")?;
            style.others.extend(other.filter(|_| style.others.len() < 3).map(std::borrow::Cow::into_owned));
        }
        if name.0 != Space::Number || style.code.len() > LENGTH {
            xml.skip()?;
            continue;
        }
        let name = name.1.to_owned();
        if name == "text" || name == "currency-symbol" {
            let mut text = String::new();
            xml.text(&mut text)?;
            literal(&text, is_percent, &mut style.code);
            continue;
        }
        let long = attribute(xml, spaces, "style")?.is_some_and(|value| value == "long");
        let mut piece = match name.as_str() {
            "number" => number(xml, spaces)?,
            "scientific-number" => "0.00E+00".to_owned(),
            "fraction" => "# ?/?".to_owned(),
            "text-content" => "@".to_owned(),
            "year" => if long { "yyyy" } else { "yy" }.to_owned(),
            "month" if attribute(xml, spaces, "textual")?.is_some_and(|value| value == "true") => {
                if long { "mmmm" } else { "mmm" }.to_owned()
            }
            "month" | "minutes" => if long { "mm" } else { "m" }.to_owned(),
            "day" => if long { "dd" } else { "d" }.to_owned(),
            "day-of-week" => if long { "dddd" } else { "ddd" }.to_owned(),
            "era" => "g".to_owned(),
            "hours" => if long { "hh" } else { "h" }.to_owned(),
            "seconds" => {
                let places = count(xml, spaces, "decimal-places")?.unwrap_or(0);
                let dot = if places > 0 { "." } else { "" };
                format!("{}{dot}{}", if long { "ss" } else { "s" }, "0".repeat(places))
            }
            "am-pm" => "AM/PM".to_owned(),
            _ => String::new(),
        };
        if elapsed && matches!(name.as_str(), "hours" | "minutes" | "seconds") {
            piece = format!("[{piece}]");
            elapsed = false;
        }
        style.code.push_str(&piece);
        xml.skip()?;
    }
    Ok(style)
}

/// The digits of a number; without a count of decimals, as many as it takes.
fn number<R: BufRead>(xml: &Xml<R>, spaces: &Spaces) -> Result<String, Finding> {
    let whole = count(xml, spaces, "min-integer-digits")?.unwrap_or(1);
    let grouped = attribute(xml, spaces, "grouping")?.is_some_and(|value| value == "true");
    let Some(places) = count(xml, spaces, "decimal-places")? else {
        return Ok("General".to_owned());
    };
    let shown = count(xml, spaces, "min-decimal-places")?.unwrap_or(places).min(places);
    let mut code = if grouped { "#,##".to_owned() } else { String::new() };
    code.push_str(&"0".repeat(whole));
    if whole == 0 {
        code.push('#');
    }
    if places > 0 {
        code.push('.');
        code.push_str(&"0".repeat(shown));
        code.push_str(&"#".repeat(places - shown));
    }
    Ok(code)
}

/// Fixed text of a format.
fn literal(text: &str, is_percent: bool, code: &mut String) {
    let plain = |c: char| "-/: .,".contains(c) || (is_percent && c == '%');
    let mut rest = text;
    while !rest.is_empty() && code.len() <= LENGTH {
        let split = rest.find(|c| !plain(c)).unwrap_or(rest.len());
        code.push_str(&rest[..split]);
        rest = &rest[split..];
        let split = rest.find(plain).unwrap_or(rest.len());
        for (index, piece) in rest[..split].split('"').enumerate() {
            if index > 0 {
                code.push_str("\\\"");
            }
            if !piece.is_empty() {
                code.push('"');
                code.push_str(piece);
                code.push('"');
            }
        }
        rest = &rest[split..];
    }
}

fn attribute<'x, R: BufRead>(
    xml: &'x Xml<R>,
    spaces: &Spaces,
    name: &str,
) -> Result<Option<std::borrow::Cow<'x, str>>, Finding> {
    spaces.attribute(xml, Space::Number, name)
}

fn count<R: BufRead>(xml: &Xml<R>, spaces: &Spaces, name: &str) -> Result<Option<usize>, Finding> {
    let value = attribute(xml, spaces, name)?;
    Ok(value.and_then(|value| value.trim().parse().ok()).map(|count: usize| count.min(30)))
}
