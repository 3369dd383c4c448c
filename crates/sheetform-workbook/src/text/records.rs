//! Records of a text with columns: fields between delimiters, quoted ones with line breaks inside. Knows no types.
//!
//! A quote counts only at the beginning of a field. One that is never closed, or that would swallow rows, is a fault.

use std::io::{self, BufRead};

/// Why a record could not be read.
#[derive(Debug)]
pub(crate) enum Fault {
    Io(io::Error),
    /// A quote that is not closed, or closed where it makes no sense; its column from 0 and the line it stands in, from 1.
    Quote {
        column: usize,
        line: u64,
    },
    /// A field longer than allowed.
    TooLong,
    /// More fields than a sheet has columns.
    TooWide,
}

/// Reads records one after another.
pub(crate) struct Records<R> {
    reader: R,
    delimiter: u8,
    /// Columns that most rows have; 0 where not known.
    width: usize,
    text_bytes: usize,
    columns: usize,
    line: u64,
    /// The record before ended with a carriage return.
    after_return: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Plain,
    Quoted,
    /// Behind a quote inside of a quoted field: its end, or the first of two.
    Closing,
}

/// What is known of the quoted field being read.
#[derive(Default)]
struct Quoted {
    line: u64,
    breaks: usize,
    delimiters: usize,
    /// Blanks behind the closing quote.
    blanks: Vec<u8>,
}

impl<R: BufRead> Records<R> {
    pub(crate) fn new(reader: R, delimiter: u8, width: usize, text_bytes: usize, columns: usize) -> Self {
        Self { reader, delimiter, width, text_bytes, columns, line: 1, after_return: false }
    }

    /// The next record into `fields`; false where there is none. An empty line is a record with one empty field.
    pub(crate) fn next(&mut self, fields: &mut Vec<String>) -> Result<bool, Fault> {
        fields.clear();
        let mut state = State::Start;
        let mut field: Vec<u8> = Vec::new();
        let mut quoted = Quoted::default();
        let mut any = false;
        loop {
            let buffer = match self.reader.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Fault::Io(error)),
            };
            if buffer.is_empty() {
                return match state {
                    State::Quoted => Err(Fault::Quote { column: fields.len(), line: quoted.line }),
                    _ if !any => Ok(false),
                    _ => {
                        self.check(state, &quoted, fields.len())?;
                        fields.push(text(&mut field));
                        Ok(true)
                    }
                };
            }
            let mut used = 0;
            let mut ended = false;
            for &byte in buffer {
                used += 1;
                if self.after_return {
                    self.after_return = false;
                    if byte == b'\n' {
                        continue;
                    }
                }
                any = true;
                if state == State::Quoted {
                    if byte == b'"' {
                        state = State::Closing;
                    } else {
                        quoted.breaks += usize::from(byte == b'\n');
                        self.line += u64::from(byte == b'\n');
                        quoted.delimiters += usize::from(byte == self.delimiter);
                        field.push(byte);
                    }
                } else if byte == self.delimiter {
                    check(state, &quoted, fields.len(), self.width)?;
                    fields.push(text(&mut field));
                    if fields.len() >= self.columns {
                        return Err(Fault::TooWide);
                    }
                    state = State::Start;
                } else if byte == b'\n' || byte == b'\r' {
                    self.after_return = byte == b'\r';
                    self.line += 1;
                    ended = true;
                    break;
                } else {
                    match (state, byte) {
                        (State::Start, b'"') => {
                            quoted = Quoted { line: self.line, ..Quoted::default() };
                            state = State::Quoted;
                        }
                        (State::Closing, b'"') if quoted.blanks.is_empty() => {
                            field.push(b'"');
                            state = State::Quoted;
                        }
                        (State::Closing, b' ' | b'\t') => quoted.blanks.push(byte),
                        (State::Closing, _) => {
                            if quoted.breaks > 0 {
                                return Err(Fault::Quote { column: fields.len(), line: quoted.line });
                            }
                            // No quoted field after all: the quotes are part of the text.
                            field.insert(0, b'"');
                            field.push(b'"');
                            field.append(&mut quoted.blanks);
                            field.push(byte);
                            state = State::Plain;
                        }
                        _ => {
                            field.push(byte);
                            state = State::Plain;
                        }
                    }
                }
                if field.len() > self.text_bytes {
                    return match state {
                        State::Quoted => Err(Fault::Quote { column: fields.len(), line: quoted.line }),
                        _ => Err(Fault::TooLong),
                    };
                }
            }
            self.reader.consume(used);
            if ended {
                self.check(state, &quoted, fields.len())?;
                fields.push(text(&mut field));
                return Ok(true);
            }
        }
    }

    fn check(&self, state: State, quoted: &Quoted, column: usize) -> Result<(), Fault> {
        check(state, quoted, column, self.width)
    }
}

/// A quoted field with whole rows inside: two stray quotes, not one field.
fn check(state: State, quoted: &Quoted, column: usize, width: usize) -> Result<(), Fault> {
    let rows = width > 1 && quoted.breaks > 1 && quoted.delimiters >= quoted.breaks * (width - 1);
    if state == State::Closing && rows {
        return Err(Fault::Quote { column, line: quoted.line });
    }
    Ok(())
}

fn text(field: &mut Vec<u8>) -> String {
    let bytes = std::mem::take(field);
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, width: usize) -> Result<Vec<Vec<String>>, Fault> {
        let mut records = Records::new(io::BufReader::with_capacity(3, text.as_bytes()), b',', width, 1000, 100);
        let (mut all, mut fields) = (Vec::new(), Vec::new());
        while records.next(&mut fields)? {
            all.push(fields.clone());
        }
        Ok(all)
    }

    #[test]
    fn records_and_quotes() {
        for (text, expected) in [
            ("", vec![]),
            ("a,b\n", vec![vec!["a", "b"]]),
            ("a,b\r\n\r\nc", vec![vec!["a", "b"], vec![""], vec!["c"]]),
            ("a\rb", vec![vec!["a"], vec!["b"]]),
            ("a,\n", vec![vec!["a", ""]]),
            ("\"a,\"\"b\"\"\r\nc\",d", vec![vec!["a,\"b\"\r\nc", "d"]]),
            ("\"\"", vec![vec![""]]),
            ("5\" 管,x", vec![vec!["5\" 管", "x"]]),
            ("\"a\" ,b", vec![vec!["a", "b"]]),
            ("\"a\" b,c", vec![vec!["\"a\" b", "c"]]),
            ("=\"0012\",b", vec![vec!["=\"0012\"", "b"]]),
        ] {
            assert_eq!(read(text, 2).unwrap(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_quote_that_would_eat_rows_is_a_fault() {
        for (text, at) in [
            ("a,b\n1,\"two\n3,4\n", (1, 2)),
            ("a,b\n1,\"two\n3,\"four\n", (1, 2)),
            ("a,b\n\"1,2\n3,4\n5,6\n7\",8\n", (0, 2)),
        ] {
            match read(text, 2) {
                Err(Fault::Quote { column, line }) => assert_eq!((column, line), at, "{text:?}"),
                other => panic!("{text:?}: {other:?}"),
            }
        }
    }
}
