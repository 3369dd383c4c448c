//! Bytes that broke a law once. Each is as small as it can be, and says what was wrong.

/// The law and the bytes.
pub(crate) const KEPT: &[(&str, &[u8])] = &[];
