//! Bytes of a file as text that can be shown.
//!
//! No vendor documents an encoding. Files of the field are UTF-8 or Latin-1, so a [`Text`] keeps the bytes
//! and decodes only for display: as UTF-8 where the bytes are valid, else every byte as the Latin-1 character
//! of the same number. Nothing is lost either way.

use core::fmt::{self, Write};
use core::iter;
use core::ops::Range;
use core::str::Chars;

/// A byte range of the input, end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte.
    pub end: usize,
}

impl Span {
    /// A span from `start` up to but not including `end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The empty span at `at`.
    #[must_use]
    pub const fn empty(at: usize) -> Self {
        Self { start: at, end: at }
    }

    /// Number of bytes covered.
    #[must_use]
    pub const fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether no byte is covered.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// The bytes covered, or none where the span does not belong to `bytes`.
    #[must_use]
    pub fn of(self, bytes: &[u8]) -> &[u8] {
        bytes.get(Range::from(self)).unwrap_or_default()
    }
}

impl From<Span> for Range<usize> {
    fn from(span: Span) -> Self {
        span.start..span.end
    }
}

/// Bytes of a key, a section name or a value.
///
/// `Display` decodes (see the module) and escapes control characters, so that a file cannot play with the
/// terminal of the reader.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Text<'a>(&'a [u8]);

impl<'a> Text<'a> {
    /// Text over these bytes.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The bytes as they stand in the file.
    #[must_use]
    pub const fn as_bytes(self) -> &'a [u8] {
        self.0
    }

    /// Whether there is no byte.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The bytes as UTF-8, if they are.
    #[must_use]
    pub fn to_str(self) -> Option<&'a str> {
        core::str::from_utf8(self.0).ok()
    }

    /// The characters: UTF-8 where valid, else Latin-1.
    pub fn chars(self) -> impl Iterator<Item = char> + 'a {
        let (mut utf8, mut latin1): (Option<Chars<'a>>, _) = (self.to_str().map(str::chars), self.0.iter());
        iter::from_fn(move || match &mut utf8 {
            Some(chars) => chars.next(),
            None => latin1.next().map(|&byte| char::from(byte)),
        })
    }

    /// Compares with `other`, upper and lower case of ASCII letters alike.
    #[must_use]
    pub fn eq_ignore_case(self, other: &str) -> bool {
        self.0.eq_ignore_ascii_case(other.as_bytes())
    }

    /// The text between a pair of double quotes, or all of it where it is not quoted.
    #[must_use]
    pub fn unquoted(self) -> Self {
        self.0.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).map_or(self, Self)
    }

    /// Without blanks and tabs at both ends.
    #[must_use]
    pub fn trimmed(self) -> Self {
        Self(trim(self.0))
    }

    /// The decoded text, control characters included.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn decode(self) -> alloc::string::String {
        self.chars().collect()
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars().try_for_each(|c| {
            if c.is_control() { write!(f, "{}", c.escape_default()) } else { f.write_char(c) }
        })
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(text.as_bytes())
    }
}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl PartialEq<&str> for Text<'_> {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

/// A blank of these formats: space or tab.
pub(crate) const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// `bytes` without blanks at both ends.
pub(crate) fn trim(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|&b| !is_blank(b)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|&b| !is_blank(b)).map_or(start, |last| last + 1);
    bytes.get(start..end).unwrap_or_default()
}

/// Compares the bytes that count, letter case free.
pub(crate) fn eq_where(a: &[u8], b: &[u8], counts: fn(&&u8) -> bool) -> bool {
    a.iter()
        .filter(counts)
        .map(u8::to_ascii_lowercase)
        .eq(b.iter().filter(counts).map(u8::to_ascii_lowercase))
}

/// Column (from 1, in characters) of the byte at `offset` in a line.
pub(crate) fn column(line: &[u8], offset: usize) -> usize {
    let before = line.get(..offset).unwrap_or(line);
    Text(before).chars().count() + 1
}

#[cfg(test)]
mod tests {
    extern crate alloc;
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn decodes_utf8_else_latin1_and_escapes_controls() {
        assert_eq!(Text::new("Säule".as_bytes()).to_string(), "Säule");
        assert_eq!(Text::new(b"S\xe4ule").to_string(), "Säule");
        assert_eq!(Text::new(b"a\x1b[2J\0").to_string(), "a\\u{1b}[2J\\u{0}");
        assert_eq!(alloc::format!("{:?}", Text::new(b"x")), "\"x\"");
    }

    #[test]
    fn trims_blanks_and_tabs_only() {
        assert_eq!(trim(b" \ta b\t "), b"a b");
        assert_eq!(trim(b" \t "), b"");
        assert_eq!(trim(b"\x0ba"), b"\x0ba");
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(column("Säule=1".as_bytes(), 7), 7);
        assert_eq!(column(b"S\xe4ule=1", 6), 7);
        assert_eq!(column(b"ab", 99), 3);
    }

    #[test]
    fn quotes_go_in_pairs() {
        assert_eq!(Text::new(b"\"a b\"").unquoted(), "a b");
        assert_eq!(Text::new(b"\"").unquoted(), "\"");
        assert_eq!(Text::new(b"a\"").unquoted(), "a\"");
    }
}
