//! Lines of fields between delimiters (RFC 4180).

use std::io::{self, Write};

/// Writes a line.
pub(super) fn line(out: &mut impl Write, fields: &[String], delimiter: u8) -> io::Result<()> {
    for (i, field) in fields.iter().enumerate() {
        if i > 0 {
            out.write_all(&[delimiter])?;
        }
        if is_plain(field, delimiter, fields.len()) {
            out.write_all(field.as_bytes())?;
        } else {
            write!(out, "\"{}\"", field.replace('"', "\"\""))?;
        }
    }
    out.write_all(b"\r\n")
}

/// Whether a field can stand without quotes. A line of one empty field would be no line.
fn is_plain(field: &str, delimiter: u8, fields: usize) -> bool {
    let special = |byte: u8| byte == delimiter || matches!(byte, b'"' | b'\r' | b'\n');
    let alone = field.is_empty() && fields == 1;
    !alone && !field.bytes().any(special)
}

#[cfg(test)]
mod tests {
    #[test]
    fn quotes_only_where_they_are_needed() {
        let fields = ["a", "b,c", "say \"x\"", "two\nlines", " ", ""].map(str::to_owned);
        let mut out = Vec::new();
        super::line(&mut out, &fields, b',').unwrap();
        super::line(&mut out, &fields[1..2], b'\t').unwrap();
        super::line(&mut out, &fields[5..], b',').unwrap();
        assert_eq!(out, b"a,\"b,c\",\"say \"\"x\"\"\",\"two\nlines\", ,\r\nb,c\r\n\"\"\r\n");
    }
}
