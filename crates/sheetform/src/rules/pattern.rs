//! Regular expressions of `matches`: those of RE2, found in time linear in the text. A pattern that the form spells out
//! is compiled with it.

use regex::{Error, Regex, RegexBuilder};

use crate::finding::Text;
use crate::report::{shown, shown_zh};

/// How large a compiled pattern may be, in bytes.
const MAX_SIZE: usize = 1 << 20;

/// Compiles a pattern, or says why not.
pub(super) fn compile(pattern: &str) -> Result<Regex, Text> {
    let (why, why_zh) = match RegexBuilder::new(pattern).size_limit(MAX_SIZE).dfa_size_limit(MAX_SIZE).build() {
        Ok(compiled) => return Ok(compiled),
        Err(Error::CompiledTooBig(_)) => (": it is too large".to_owned(), "：过大".to_owned()),
        // The parser draws the pattern with a mark below; the last line says what is wrong.
        Err(error) => match error.to_string().lines().last().and_then(|line| line.trim().strip_prefix("error: ")) {
            Some(why) => (format!(": {why}"), format!("：{why}")),
            None => Default::default(),
        },
    };
    let (name, name_zh) = (shown(pattern), shown_zh(pattern));
    Err(Text::new(
        format!("{name} is no pattern that can be used{why}"),
        format!("{name_zh}不是可用的文本规则{why_zh}"),
    ))
}
