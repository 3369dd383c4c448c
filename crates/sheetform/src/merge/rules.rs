//! Rules that are asked across documents, and where what they find stands.

use serde_json::Value;

use super::Origins;
use crate::finding::Finding;
use crate::places::Places;
use crate::rules::{Beside, Input, Stand};
use crate::validate::{Options, Profile};

/// Runs the rules that are asked across documents.
pub(super) fn check<P: Places>(
    origins: &Origins<'_, P>,
    document: &Value,
    options: &Options,
    findings: &mut Vec<(Option<usize>, Finding)>,
) {
    if origins.form.across.is_empty() {
        return;
    }
    let schema = &origins.form.form.schema;
    // A file that could not be read is said where it is given.
    let given = options.with.iter().filter_map(|(name, given)| Some((name, given, given.form.as_ref()?)));
    let beside: Vec<Beside<'_>> = given
        .map(|(name, given, form)| Beside { name, document: &given.document, schema: &form.schema, unreadable: None })
        .collect();
    let hits = origins.form.across.run(&Input {
        schema,
        document,
        unreadable: None,
        beside: &beside,
        today: options.today.as_deref(),
        final_profile: options.profile == Profile::Final,
    });
    for hit in hits {
        let mut finding = Finding::new(hit.code, hit.message).severity(hit.severity).rule(hit.rule);
        finding.hint = hit.hint;
        findings.push(match hit.stand {
            Stand::Value(pointer) => {
                let value = document.pointer(&pointer);
                finding.value = value.filter(|value| !value.is_array() && !value.is_object()).cloned();
                origins.placed(finding, &pointer)
            }
            // A column of several files is in none of them.
            Stand::Heading { array, .. } => (None, finding.pointer(array)),
        });
    }
}
