//! Which branch of an `anyOf` or `oneOf` was meant, so that its own errors can be told.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

type Errors = [ValidationError<'static>];

/// What the branches that all failed say together.
pub(super) enum Branches<'e> {
    /// One branch is meant: these are its errors.
    One(&'e Errors),
    /// Each branch asks for another type than the value has.
    Types(Vec<JsonType>),
    /// Each branch is a value or a list of values.
    Values(Vec<Value>),
    /// Nothing tells the branches apart.
    Many,
}

/// Looks for the branch that was meant: beside `null` the only one, the one whose type fits, or the one whose
/// constants do. `depth` is how deep in the document the value stands.
pub(super) fn of_branches<'e>(context: &'e [Vec<ValidationError<'static>>], depth: usize) -> Branches<'e> {
    let others: Vec<&'e Errors> = context.iter().map(Vec::as_slice).filter(|errors| !is_null_branch(errors)).collect();
    if let [one] = others.as_slice() {
        return Branches::One(one);
    }
    let typed: Vec<&'e Errors> = others.iter().copied().filter(|errors| types(errors, depth).is_empty()).collect();
    match typed.as_slice() {
        [] if !others.is_empty() => return Branches::Types(others.iter().flat_map(|e| types(e, depth)).collect()),
        [one] => return Branches::One(one),
        _ => {}
    }
    let valued: Vec<&'e Errors> = typed.iter().copied().filter(|errors| values(errors, depth).is_empty()).collect();
    match valued.as_slice() {
        [] if !typed.is_empty() => return Branches::Values(typed.iter().flat_map(|e| values(e, depth)).collect()),
        [one] => return Branches::One(one),
        _ => {}
    }
    let mut meant = valued.into_iter().filter(|errors| values(errors, depth + 1).is_empty());
    match (meant.next(), meant.next()) {
        (Some(one), None) => Branches::One(one),
        _ => Branches::Many,
    }
}

fn is_null_branch(errors: &Errors) -> bool {
    matches!(errors, [one] if match one.kind() {
        Kind::Type { kind: TypeKind::Single(JsonType::Null) } => true,
        Kind::Constant { expected_value } => expected_value.is_null(),
        _ => false,
    })
}

/// The types that errors at this depth ask for.
fn types(errors: &Errors, depth: usize) -> Vec<JsonType> {
    let at = errors.iter().filter(|e| depth_of(e) == depth);
    at.flat_map(|e| match e.kind() {
        Kind::Type { kind: TypeKind::Single(one) } => vec![*one],
        Kind::Type { kind: TypeKind::Multiple(set) } => set.iter().collect(),
        _ => Vec::new(),
    })
    .collect()
}

/// The values that errors at this depth ask for.
fn values(errors: &Errors, depth: usize) -> Vec<Value> {
    let at = errors.iter().filter(|e| depth_of(e) == depth);
    at.flat_map(|e| match e.kind() {
        Kind::Constant { expected_value } => vec![(**expected_value).clone()],
        Kind::Enum { options } => options.as_array().cloned().unwrap_or_default(),
        _ => Vec::new(),
    })
    .collect()
}

/// How deep in the document an error stands.
pub(super) fn depth_of(error: &ValidationError<'_>) -> usize {
    error.instance_path().as_str().matches('/').count()
}
