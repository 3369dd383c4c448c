//! Names that rules use of documents given beside the one that is checked. A form does not declare them: what is no name
//! of the language and no slip is one of them. `forms check` lists them, and tells two that are nearly alike.

use std::collections::BTreeMap;

use crate::finding::{Code, Finding, Severity, Text};

use super::function::Function;

/// Names of the language itself.
const OWN: [&str; 4] = ["self", "root", "today", "it"];
/// Words that CEL keeps for itself, and the names of its literals.
const RESERVED: [&str; 21] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "namespace",
    "null",
    "package",
    "return",
    "true",
    "var",
    "void",
    "while",
];

/// Why a document cannot be given under a name; none where it can.
pub(crate) fn unusable(name: &str) -> Option<Text> {
    let first = |c: char| c.is_ascii_alphabetic() || c == '_';
    if !name.starts_with(first) || !name.chars().all(|c| first(c) || c.is_ascii_digit()) {
        return Some(Text::new(
            format!("{name:?} is no name: it has letters a to z, digits and _, and begins with no digit"),
            format!("“{name}”不能作名称：只能用英文字母、数字和下划线，且不以数字开头"),
        ));
    }
    let what = if OWN.contains(&name) {
        ("has a meaning of its own in rules", "在规则中已有含义")
    } else if Function::named(name).is_some()
        || matches!(name, "has" | "all" | "exists" | "exists_one" | "filter" | "map")
    {
        ("is a function of rules", "是规则的函数名")
    } else if RESERVED.contains(&name) {
        ("is a word of the rule language", "是规则语言的保留字")
    } else {
        return None;
    };
    Some(Text::new(format!("{name:?} {}; take another name", what.0), format!("“{name}”{}；请换一个名称", what.1)))
}

/// The name of the language that a slip was meant for: other capitals, a letter too few or doubled, two that changed
/// places. Other words that are near, such as `room` and `shelf`, are names.
pub(super) fn meant(name: &str) -> Option<&'static str> {
    let slip = |own: &str| {
        let removed = |from: &[u8], at: usize| [&from[..at], &from[at + 1..]].concat();
        let (own, bytes) = (own.as_bytes(), name.as_bytes());
        let doubled = |at: &usize| bytes.get(at + 1) == bytes.get(*at);
        let swapped = |at: usize| {
            let mut letters = own.to_vec();
            letters.swap(at, at + 1);
            letters == bytes
        };
        (0..own.len()).any(|at| removed(own, at) == bytes)
            || (0..bytes.len()).filter(doubled).any(|at| removed(bytes, at) == own)
            || (1..own.len()).any(|at| swapped(at - 1))
    };
    OWN.iter().copied().find(|own| own.eq_ignore_ascii_case(name) || (own.len() > 2 && slip(own)))
}

/// The names that the rules of a form use, with the rules that do.
#[derive(Debug, Default)]
pub(super) struct Names {
    rules: BTreeMap<String, Vec<String>>,
}

impl Names {
    pub(super) fn add(&mut self, name: &str, rule: &str) {
        let rules = self.rules.entry(name.to_owned()).or_default();
        if !rules.iter().any(|known| known == rule) {
            rules.push(rule.to_owned());
        }
    }

    pub(super) fn into_names(self) -> Vec<String> {
        self.rules.into_keys().collect()
    }

    /// Says for each name how it is given; one that differs from another by a letter or two is a warning on the rule
    /// that uses it less.
    pub(super) fn report(&self, findings: &mut Vec<Finding>) {
        for (name, rules) in &self.rules {
            let Some(first) = rules.first() else { continue };
            let finding = Finding::new(
                Code::NotChecked,
                Text::new(
                    format!("rules ask for {name:?}; without --with {name}=FILE they are not checked"),
                    format!("有规则用到“{name}”；不用 --with {name}=文件 给出时不会检查"),
                ),
            )
            .pointer(first.trim_start_matches('#'));
            let mut others = self.rules.iter().filter(|(other, used)| {
                let most = if name.len().min(other.len()) < 5 { 1 } else { 2 };
                let order = used.len().cmp(&rules.len()).then(name.cmp(other));
                *other != name && order.is_gt() && strsim::damerau_levenshtein(other, name) <= most
            });
            findings.push(match others.next() {
                Some((other, _)) => finding.severity(Severity::Warning).hint(Text::new(
                    format!("did you mean {other:?}, which other rules use?"),
                    format!("是否应为其他规则所用的“{other}”？"),
                )),
                None => finding,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{meant, unusable};

    #[test]
    fn slips_and_names() {
        for (name, own) in [
            ("slef", Some("self")),
            ("sef", Some("self")),
            ("selff", Some("self")),
            ("Self", Some("self")),
            ("TODAY", Some("today")),
            ("toady", Some("today")),
            ("rooot", Some("root")),
            ("It", Some("it")),
            ("i", None),
            ("room", None),
            ("shelf", None),
            ("roots", None),
            ("staff", None),
            ("", None),
            ("名单", None),
        ] {
            assert_eq!(meant(name), own, "{name}");
        }
        for name in ["staff", "codes_2026", "_x", "room", "elements"] {
            assert!(unusable(name).is_none(), "{name}");
        }
        for name in ["self", "it", "sum", "map", "has", "while", "null", "2x", "a-b", "", "名单", "a b"] {
            assert!(unusable(name).is_some(), "{name}");
        }
    }
}
