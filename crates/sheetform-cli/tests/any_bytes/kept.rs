//! Bytes that broke a law once. Each is as small as it can be, and says what was wrong.

/// The law and the bytes.
pub(crate) const KEPT: &[(&str, &[u8])] = &[
    // A heading of two levels where it may not be: its finding named `x-sheet/head` of a column without `x-sheet`.
    (
        "schema",
        br#"{"type":"object","properties":{"t":{"type":"array","items":{"type":"object",
            "properties":{"a":{"type":"string"},"b":{"type":"string","x-sheet":{"row":2}},"c":{"type":"object","title":"c","properties":{"d":{"type":"string"}}}}}}}}"#,
    ),
];
