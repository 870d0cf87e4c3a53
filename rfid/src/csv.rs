//! Records of separated values, as the three vendors export their card lists.
//!
//! After RFC 4180, and wider: any line end, any of the three separators met in practice, quotes only where they are
//! needed. Fields stay slices of the text, so nothing is lost and nothing is allocated.

use core::{fmt, iter};

use nom::branch::alt;
use nom::bytes::complete::{is_not, tag, take_till};
use nom::character::complete::char;
use nom::combinator::recognize;
use nom::multi::many0_count;
use nom::sequence::delimited;
use nom::{IResult, Parser};

/// The text of a field: plain, or quoted with every quote sign inside doubled.
#[derive(Clone, Copy)]
pub struct Label<'t>(Form<'t>);

#[derive(Clone, Copy)]
enum Form<'t> {
    Plain(&'t str),
    /// What stands between the outer quotes.
    Quoted(&'t str),
}

impl<'t> Label<'t> {
    /// No characters.
    pub const EMPTY: Self = Self::new("");

    /// A text that stands for itself.
    pub const fn new(text: &'t str) -> Self {
        Self(Form::Plain(text))
    }

    /// The text as one slice; `None` if quote signs inside are doubled, so that no slice of the file reads so.
    pub fn as_str(&self) -> Option<&'t str> {
        match self.0 {
            Form::Plain(text) => Some(text),
            Form::Quoted(text) => (!text.contains('"')).then_some(text),
        }
    }

    /// The characters of the text.
    pub fn chars(&self) -> impl Iterator<Item = char> + Clone + 't {
        let (text, doubled) = match self.0 {
            Form::Plain(text) => (text, false),
            Form::Quoted(text) => (text, true),
        };
        let mut rest = text.chars();
        iter::from_fn(move || {
            let character = rest.next()?;
            if doubled && character == '"' {
                rest.next();
            }
            Some(character)
        })
    }

    /// Whether there are no characters.
    pub fn is_empty(&self) -> bool {
        self.chars().next().is_none()
    }
}

impl Default for Label<'_> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl PartialEq for Label<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.chars().eq(other.chars())
    }
}

impl Eq for Label<'_> {}

impl PartialEq<&str> for Label<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.chars().eq(other.chars())
    }
}

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars().try_for_each(|character| fmt::Write::write_char(f, character))
    }
}

impl fmt::Debug for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Write::write_char(f, '"')?;
        self.chars()
            .flat_map(char::escape_debug)
            .try_for_each(|character| fmt::Write::write_char(f, character))?;
        fmt::Write::write_char(f, '"')
    }
}

/// One field and where it starts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field<'t> {
    pub(crate) label: Label<'t>,
    /// The field as it stands in the text, quotes included.
    pub(crate) raw: &'t str,
    pub(crate) line: u32,
    /// Characters before it in its line, from 1.
    pub(crate) column: u32,
}

/// What breaks the grammar, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    pub(crate) line: u32,
    pub(crate) column: u32,
    /// Otherwise text follows a closing quote.
    pub(crate) unclosed: bool,
}

/// A place in a text, from which the next field can be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'t> {
    pub(crate) rest: &'t str,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// What stands behind a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behind {
    Separator,
    /// A line end or the end of the text.
    End,
}

impl<'t> Cursor<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { rest: text, line: 1, column: 1 }
    }

    /// Reads a field and the separator or line end behind it.
    pub(crate) fn field(&mut self, separator: char) -> Result<(Field<'t>, Behind), Malformed> {
        let (start, line, column) = (self.rest, self.line, self.column);
        let malformed =
            |unclosed, place: &Self| Malformed { line: place.line, column: place.column, unclosed };
        let Ok((rest, label)) = field(separator, start) else {
            return Err(malformed(true, self));
        };
        let raw = before(start, rest);
        self.advance(raw, rest);
        let field = Field { label, raw, line, column };
        let behind = if let Some(rest) = rest.strip_prefix(separator) {
            self.rest = rest;
            self.column = self.column.saturating_add(1);
            Behind::Separator
        } else if rest.is_empty() {
            Behind::End
        } else {
            let end = ["\r\n", "\n", "\r"].iter().find_map(|end| rest.strip_prefix(end));
            self.rest = end.ok_or(malformed(false, self))?;
            self.line = self.line.saturating_add(1);
            self.column = 1;
            Behind::End
        };
        Ok((field, behind))
    }

    /// Goes to the end of the text.
    pub(crate) fn skip_all(&mut self) {
        self.advance(self.rest, "");
    }

    /// Goes over some text to what is behind it.
    fn advance(&mut self, over: &str, behind: &'t str) {
        self.rest = behind;
        for character in over.chars() {
            if character == '\n' {
                self.line = self.line.saturating_add(1);
                self.column = 1;
            } else {
                self.column = self.column.saturating_add(1);
            }
        }
    }
}

/// The part of `whole` that stands before its end `rest`. By length alone: comparing the ends of a long text at each
/// field would take the square of its length.
pub(crate) fn before<'t>(whole: &'t str, rest: &str) -> &'t str {
    whole.len().checked_sub(rest.len()).and_then(|len| whole.get(..len)).unwrap_or(whole)
}

fn field(separator: char, text: &str) -> IResult<&str, Label<'_>> {
    let inside = recognize(many0_count(alt((is_not("\""), tag("\"\"")))));
    let quoted = delimited(char('"'), inside, char('"')).map(|text| Label(Form::Quoted(text)));
    let plain = take_till(move |character| character == separator || matches!(character, '\r' | '\n'));
    // A field that starts with a quote is quoted or wrong, never plain.
    if text.starts_with('"') { { quoted }.parse(text) } else { plain.map(Label::new).parse(text) }
}

/// Writes one value as a field, with quotes where it needs them. `value` is called twice, to look and to write.
pub(crate) fn write_field(
    separator: char,
    out: &mut dyn fmt::Write,
    value: impl Fn(&mut dyn fmt::Write) -> fmt::Result,
) -> fmt::Result {
    let mut look = Look { separator, special: false };
    value(&mut look)?;
    if !look.special {
        return value(out);
    }
    out.write_char('"')?;
    value(&mut Doubling(out))?;
    out.write_char('"')
}

/// Finds out whether a value needs quotes.
struct Look {
    separator: char,
    special: bool,
}

impl fmt::Write for Look {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.special |=
            text.contains(|character| character == self.separator || "\"\r\n".contains(character));
        Ok(())
    }
}

/// Doubles quote signs.
struct Doubling<'w>(&'w mut dyn fmt::Write);

impl fmt::Write for Doubling<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for (part, piece) in text.split('"').enumerate() {
            if part > 0 {
                self.0.write_str("\"\"")?;
            }
            self.0.write_str(piece)?;
        }
        Ok(())
    }
}
