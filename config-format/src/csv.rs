//! Separated values in all dialects of the vendors, without loss: a record is a line, a field is a span.
//!
//! Separator, decimal mark and header words differ by vendor, language and settings, so nothing is fixed here
//! but the shape (RFC 4180 with any separator, one line per record). A field may stand in double quotes,
//! doubled inside. No vendor writes line ends into a field; a quote that does not close on its line is
//! therefore taken literally, and [`Field::open_quote`] says so.

use core::fmt::{self, Write};

use nom::branch::alt;
use nom::bytes::complete::{tag, take_till, take_while1};
use nom::combinator::{consumed, eof, peek, recognize};
use nom::multi::many0_count;
use nom::sequence::{delimited, terminated};
use nom::{IResult, Parser};

use crate::lex::{UTF8_BOM, split_line};
use crate::text::{Span, Text, is_blank};

/// Cuts `bytes` into records. Blank lines are none.
#[must_use]
pub fn records(bytes: &[u8], separator: u8) -> Records<'_> {
    let rest = bytes.strip_prefix(UTF8_BOM).unwrap_or(bytes);
    Records { rest, offset: bytes.len() - rest.len(), line: 0, separator }
}

/// The separator of a file, guessed from its first line: whichever of semicolon, tab and comma cuts it into
/// most fields.
#[must_use]
pub fn guess_separator(bytes: &[u8]) -> u8 {
    let fields =
        |separator: &u8| records(bytes, *separator).next().map_or(0, |record| record.fields().count());
    // max_by_key keeps the last of equals, so the likeliest separator stands last.
    [b',', b'\t', b';'].into_iter().max_by_key(fields).unwrap_or(b';')
}

/// Iterator of [`records`].
#[derive(Clone)]
pub struct Records<'a> {
    rest: &'a [u8],
    offset: usize,
    line: usize,
    separator: u8,
}

/// Shows where it is, not what it reads: files hold secrets and names.
impl fmt::Debug for Records<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records").field("offset", &self.offset).finish_non_exhaustive()
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        loop {
            let (body, ending, rest) = split_line(self.rest)?;
            let start = self.offset;
            self.rest = rest;
            self.offset += body.len() + ending.len();
            self.line += 1;
            if !body.iter().all(|&b| is_blank(b)) {
                return Some(Record { line: self.line, start, text: body, separator: self.separator });
            }
        }
    }
}

/// One record.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// Line from 1.
    pub line: usize,
    start: usize,
    text: &'a [u8],
    separator: u8,
}

impl<'a> Record<'a> {
    /// The line without its end.
    #[must_use]
    pub const fn text(&self) -> Text<'a> {
        Text::new(self.text)
    }

    /// Where the line is.
    #[must_use]
    pub const fn span(&self) -> Span {
        Span::new(self.start, self.start + self.text.len())
    }

    /// The fields from left to right; an empty one is a field too.
    #[must_use]
    pub const fn fields(&self) -> Fields<'a> {
        Fields { rest: Some(self.text), offset: self.start, separator: self.separator }
    }

    /// Field `index` from 0.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Field<'a>> {
        self.fields().nth(index)
    }

    /// Column from 1, in characters, of a byte offset of the file on this line.
    #[must_use]
    pub fn column(&self, offset: usize) -> usize {
        crate::text::column(self.text, offset.saturating_sub(self.start))
    }
}

/// Shows the line number only: records name people and cards.
impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Record(line {}, {} fields)", self.line, self.fields().count())
    }
}

/// Iterator of [`Record::fields`].
#[derive(Clone)]
pub struct Fields<'a> {
    rest: Option<&'a [u8]>,
    offset: usize,
    separator: u8,
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        let (rest, (raw, value)) = field(self.rest?, self.separator).ok()?;
        let start = self.offset;
        self.rest = rest.split_first().map(|(_, rest)| rest);
        self.offset += raw.len() + 1;
        let open_quote = value.len() == raw.len() && raw.first() == Some(&b'"');
        Some(Field {
            value,
            span: Span::new(start, start + raw.len()),
            quoted: value.len() < raw.len(),
            open_quote,
        })
    }
}

/// A field's raw text, and the part of it that is the value. What is left is empty or starts with the
/// separator.
fn field(input: &[u8], separator: u8) -> IResult<&[u8], (&[u8], &[u8])> {
    let separator = [separator];
    let end = alt((tag(&separator[..]), eof));
    let inside = recognize(many0_count(alt((tag("\"\""), take_while1(|b| b != b'"')))));
    let quoted = terminated(delimited(tag("\""), inside, tag("\"")), peek(end));
    let plain = take_till(|b| [b] == separator);
    alt((consumed(quoted), consumed(plain))).parse_complete(input)
}

/// One field. `Display` shows the value without quotes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    value: &'a [u8],
    quoted: bool,
    /// Where the field is, quotes included.
    pub span: Span,
    /// It starts with a quotation mark that does not close, and was taken literally.
    pub open_quote: bool,
}

impl<'a> Field<'a> {
    /// The bytes of the value as they stand in the file: without the outer quotes, doubled quotes not undone.
    #[must_use]
    pub const fn raw(&self) -> Text<'a> {
        Text::new(self.value)
    }

    /// Whether there is no byte.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.value.is_empty()
    }

    /// The characters of the value.
    pub fn chars(&self) -> impl Iterator<Item = char> + use<'a> {
        let mut before = None;
        let quoted = self.quoted;
        self.raw().chars().filter(move |&c| {
            // Inside quotes every second mark of a run is the escape of the one before it.
            let escape = quoted && c == '"' && before == Some('"');
            before = if escape { None } else { Some(c) };
            !escape
        })
    }

    /// The value.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn decode(&self) -> alloc::string::String {
        self.chars().collect()
    }
}

impl fmt::Display for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars().try_for_each(|c| {
            if c.is_control() { write!(f, "{}", c.escape_default()) } else { f.write_char(c) }
        })
    }
}

/// Shows where the field is, not what it says: fields name people and cards.
impl fmt::Debug for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Field({:?})", self.span)
    }
}

#[cfg(test)]
mod tests {
    extern crate alloc;
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    use super::*;

    fn values(line: &str, separator: u8) -> Vec<String> {
        let record = records(line.as_bytes(), separator).next().unwrap();
        record.fields().map(|field| field.to_string()).collect()
    }

    #[test]
    fn cuts_at_the_separator() {
        assert_eq!(values("3;E2EB1C02;VIP;", b';'), ["3", "E2EB1C02", "VIP", ""]);
        assert_eq!(values("a\tb, c\t", b'\t'), ["a", "b, c", ""]);
        assert_eq!(values("04567DAA5F3580:0A0E9B83", b':'), ["04567DAA5F3580", "0A0E9B83"]);
    }

    #[test]
    fn quotes_hide_separators_and_double_inside() {
        assert_eq!(values("2;\"Visitors; gate 2\";x", b';'), ["2", "Visitors; gate 2", "x"]);
        assert_eq!(values("\"say \"\"hi\"\"\";\"\"\"\"", b';'), ["say \"hi\"", "\""]);
        assert_eq!(values("\"\"", b';'), [""]);
    }

    #[test]
    fn a_quote_that_does_not_close_is_a_letter() {
        assert_eq!(values("\"a;b", b';'), ["\"a", "b"]);
        assert_eq!(values("\"a\"b;c", b';'), ["\"a\"b", "c"]);
        let open: Vec<_> =
            records(b"\"a;b", b';').next().unwrap().fields().map(|field| field.open_quote).collect();
        assert_eq!(open, [true, false]);
    }

    #[test]
    fn records_know_line_and_place() {
        let bytes = b"\xef\xbb\xbfa;b\r\n\r\nc;d";
        let found: Vec<_> =
            records(bytes, b';').map(|r| (r.line, r.get(1).unwrap().span.of(bytes))).collect();
        assert_eq!(found, [(1, &b"b"[..]), (3, b"d")]);
        let last = records(bytes, b';').last().unwrap();
        assert_eq!((last.column(last.get(1).unwrap().span.start), last.get(2)), (3, None));
    }

    #[test]
    fn guesses_the_separator_of_the_heading() {
        assert_eq!(guess_separator(b"Id,Type\n1;2;3"), b',');
        assert_eq!(guess_separator(b"a\tb\tc;d\n"), b'\t');
        assert_eq!(guess_separator(b"one field\n"), b';');
        assert_eq!(guess_separator(b""), b';');
    }
}
