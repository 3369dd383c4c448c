//! Lines of fields between delimiters (RFC 4180).

use std::io::{self, Write};

/// Writes a line.
pub(super) fn line<'a>(out: &mut impl Write, fields: impl Iterator<Item = &'a str>, delimiter: u8) -> io::Result<()> {
    let special = |byte: u8| byte == delimiter || matches!(byte, b'"' | b'\r' | b'\n');
    let (mut count, mut filled) = (0, false);
    for field in fields {
        if count > 0 {
            out.write_all(&[delimiter])?;
        }
        if field.bytes().any(special) {
            write!(out, "\"{}\"", field.replace('"', "\"\""))?;
        } else {
            out.write_all(field.as_bytes())?;
        }
        count += 1;
        filled |= !field.is_empty();
    }
    // A line of one empty field would be no line.
    out.write_all(if count == 1 && !filled { b"\"\"\r\n" } else { b"\r\n" })
}

#[cfg(test)]
mod tests {
    #[test]
    fn quotes_only_where_they_are_needed() {
        let fields = ["a", "b,c", "say \"x\"", "two\nlines", " ", ""];
        let mut out = Vec::new();
        let mut line = |fields: &[&'static str], delimiter| {
            super::line(&mut out, fields.iter().copied(), delimiter).unwrap();
        };
        line(&fields, b',');
        line(&fields[1..2], b'\t');
        line(&fields[5..], b',');
        assert_eq!(out, b"a,\"b,c\",\"say \"\"x\"\"\",\"two\nlines\", ,\r\nb,c\r\n\"\"\r\n");
    }
}
