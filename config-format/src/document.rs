//! A whole file as a flat tape of tokens over its bytes, and the way to find things in it.
//!
//! The tape lies in memory the caller lends ([`Document::parse_in`]) or, under `alloc`, in a vector
//! ([`Document::parse`]), 8 bytes for each token and at most 12 with what the vector has left. It says only
//! what starts where: printing a document is writing its bytes, so nothing can get lost. Every entry is
//! addressable, duplicates and entries before the first section included.
//!
//! Offsets on the tape have 32 bits. Of an input beyond 4 GiB the rest is one stray line.

use core::fmt;

use crate::lex::{self, Boundary, Dialect, Line, LineKind, TapeLines, Token};
use crate::text::{self, Span, Text};

/// The lent tape is too short for the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the input has {needed} tokens but the lent tape holds {lent}; lend a slice of {needed}")]
pub struct TapeTooShort {
    /// Tokens of the input; never more than it has bytes.
    pub needed: usize,
    /// Length of the tape.
    pub lent: usize,
}

/// A parsed file: its bytes and where its tokens are.
#[derive(Clone)]
pub struct Document<'a> {
    bytes: &'a [u8],
    dialect: Dialect,
    tape: Tape<'a>,
}

#[derive(Clone)]
enum Tape<'a> {
    Lent(&'a [Boundary]),
    #[cfg(feature = "alloc")]
    Owned(alloc::vec::Vec<Boundary>),
}

/// How far offsets on the tape reach.
const REACH: usize = u32::MAX as usize;

impl<'a> Document<'a> {
    /// Parses into a tape of the caller, which [`Boundary::default`] fills. Any input parses.
    ///
    /// # Errors
    /// [`TapeTooShort`] says how many tokens the input has.
    pub fn parse_in(
        bytes: &'a [u8],
        dialect: Dialect,
        tape: &'a mut [Boundary],
    ) -> Result<Self, TapeTooShort> {
        let lent = tape.len();
        let mut needed = 0;
        let mut slots = tape.iter_mut();
        lex::tape(bytes, dialect, REACH, |boundary| {
            needed += 1;
            if let Some(slot) = slots.next() {
                *slot = boundary;
            }
        });
        match tape.get(..needed) {
            Some(tape) => Ok(Self { bytes, dialect, tape: Tape::Lent(tape) }),
            None => Err(TapeTooShort { needed, lent }),
        }
    }

    /// Parses any input.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn parse(bytes: &'a [u8], dialect: Dialect) -> Self {
        // A token has some six bytes in the files of all vendors.
        let mut tape = alloc::vec::Vec::with_capacity(bytes.len() / 6);
        lex::tape(bytes, dialect, REACH, |boundary| tape.push(boundary));
        // The tape is kept as long as the document: at most 12 bytes for each token.
        if tape.capacity() > tape.len() + tape.len() / 2 {
            tape.shrink_to_fit();
        }
        Self { bytes, dialect, tape: Tape::Owned(tape) }
    }

    /// The input, which is also the printed form.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The dialect it was read in.
    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The tape: one element for each token.
    #[must_use]
    pub fn tape(&self) -> &[Boundary] {
        match &self.tape {
            Tape::Lent(tape) => tape,
            #[cfg(feature = "alloc")]
            Tape::Owned(tape) => tape,
        }
    }

    /// All tokens in order. Their spans joined are the input.
    pub fn tokens(&self) -> impl Iterator<Item = Token> {
        let tape = self.tape();
        let ends = tape.iter().skip(1).map(|next| next.start as usize).chain([self.bytes.len()]);
        let token = |(boundary, end): (&Boundary, usize)| Token {
            kind: boundary.kind,
            span: Span::new(boundary.start as usize, end),
        };
        tape.iter().zip(ends).map(token)
    }

    /// The lines of the file.
    pub fn lines(&self) -> impl Iterator<Item = Line> + Clone {
        TapeLines::new(self.tape(), self.bytes.len())
    }

    /// The text of a span of this document.
    #[must_use]
    pub fn text(&self, span: Span) -> Text<'a> {
        Text::new(span.of(self.bytes))
    }

    /// Line and column, both from 1, of a byte offset. Columns count characters. Walks the file up to there.
    #[must_use]
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let mut found = (1, 1);
        for (index, line) in self.lines().enumerate() {
            found =
                (index + 1, text::column(line.span.of(self.bytes), offset.saturating_sub(line.span.start)));
            if offset < line.span.end {
                break;
            }
        }
        found
    }

    /// The entries in file order, each with its section.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'a>> + '_ {
        let mut section = None;
        self.lines().enumerate().filter_map(move |(index, line)| {
            match line.kind {
                LineKind::Section => section = Some(self.text(line.name)),
                LineKind::Entry => return Some(self.entry(section, index, &line)),
                LineKind::Blank | LineKind::Comment | LineKind::Stray => {}
            }
            None
        })
    }

    /// The section headings in file order with their line numbers.
    pub fn sections(&self) -> impl Iterator<Item = (Text<'a>, usize)> + '_ {
        let headings = self.lines().enumerate().filter(|(_, line)| line.kind == LineKind::Section);
        headings.map(|(index, line)| (self.text(line.name), index + 1))
    }

    /// The entries with this key, byte for byte, in this section or (`None`) anywhere. More than one if the
    /// file repeats itself.
    pub fn find<'k>(
        &'k self,
        section: Option<&'k str>,
        key: &'k str,
    ) -> impl Iterator<Item = Entry<'a>> + 'k {
        let here =
            move |entry: &Entry<'_>| section.is_none_or(|name| entry.section.is_some_and(|s| s == name));
        self.entries().filter(move |entry| entry.key == key && here(entry))
    }

    fn entry(&self, section: Option<Text<'a>>, index: usize, line: &Line) -> Entry<'a> {
        Entry {
            file: None,
            section,
            key: self.text(line.name),
            value: self.text(line.value),
            line: index + 1,
            key_span: line.name,
            value_span: line.value,
            line_span: line.span,
            line_text: line.body.of(self.bytes),
        }
    }
}

/// Shows sizes only: values may be secrets, and only a profile knows which.
impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (bytes, tokens) = (self.bytes.len(), self.tape().len());
        f.debug_struct("Document").field("bytes", &bytes).field("tokens", &tokens).finish_non_exhaustive()
    }
}

/// One assignment of a file, with everything needed to name and to change it.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    /// The file within a folder of files; none for a single file, whose name only the caller knows.
    pub file: Option<&'a str>,
    /// The section it stands in; none before the first heading.
    pub section: Option<Text<'a>>,
    /// The key as written.
    pub key: Text<'a>,
    /// The value as written, without padding.
    pub value: Text<'a>,
    /// Line number from 1.
    pub line: usize,
    /// Where the key is.
    pub key_span: Span,
    /// Where the value is.
    pub value_span: Span,
    pub(crate) line_span: Span,
    pub(crate) line_text: &'a [u8],
}

impl Entry<'_> {
    /// Column, from 1 in characters, of a byte offset on this line.
    #[must_use]
    pub fn column(&self, offset: usize) -> usize {
        text::column(self.line_text, offset.saturating_sub(self.line_span.start))
    }
}

/// Shows where the entry is and how long its value, never the value: it may be a secret.
impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("file", &self.file)
            .field("section", &self.section)
            .field("key", &self.key)
            .field("value", &format_args!("<{} bytes>", self.value_span.len()))
            .field("line", &self.line)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    extern crate alloc;
    use alloc::{format, vec::Vec};

    use super::*;

    const TEXT: &[u8] = b"early=0\n[A]\nx=1\nx=2\n[B]\nx=3";

    fn in_tape(tape: &mut [Boundary]) -> Document<'_> {
        Document::parse_in(TEXT, Dialect::Ini, tape).unwrap()
    }

    #[test]
    fn every_entry_is_addressable() {
        let mut tape = [Boundary::default(); 23];
        let document = in_tape(&mut tape);
        let found: Vec<_> = document.entries().map(|e| (e.section, e.key, e.value, e.line)).collect();
        let (a, b) = (Some(Text::from("A")), Some(Text::from("B")));
        let row = |section, key, value, line| (section, Text::from(key), Text::from(value), line);
        assert_eq!(
            found,
            [row(None, "early", "0", 1), row(a, "x", "1", 3), row(a, "x", "2", 4), row(b, "x", "3", 6)]
        );
        assert_eq!(document.find(Some("A"), "x").count(), 2);
        assert_eq!(document.find(None, "x").count(), 3);
        assert_eq!(document.find(Some("C"), "x").count(), 0);
    }

    #[test]
    fn a_short_tape_says_how_long_it_must_be() {
        let mut tape = [Boundary::default(); 22];
        let error = Document::parse_in(TEXT, Dialect::Ini, &mut tape).unwrap_err();
        assert_eq!(
            format!("{error}"),
            "the input has 23 tokens but the lent tape holds 22; lend a slice of 23"
        );
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn an_owned_tape_takes_twelve_bytes_a_token_at_most() {
        for text in ["\n", "k=v\n", "key = value\r\n", "a long line that makes no sense at all\n"] {
            let text = text.repeat(10_000);
            let Tape::Owned(tape) = Document::parse(text.as_bytes(), Dialect::Ini).tape else {
                unreachable!()
            };
            let taken = tape.capacity() * size_of::<Boundary>();
            assert!(taken <= 12 * tape.len(), "{taken} bytes for {} tokens", tape.len());
        }
    }

    #[test]
    fn positions_count_lines_and_characters() {
        let mut tape = [Boundary::default(); 23];
        let document = in_tape(&mut tape);
        assert_eq!(document.position(0), (1, 1));
        assert_eq!(document.position(14), (3, 3));
        assert_eq!(document.position(TEXT.len()), (6, 4));
        let mut none = [];
        assert_eq!(Document::parse_in(b"", Dialect::Ini, &mut none).unwrap().position(7), (1, 1));
    }

    #[test]
    fn debug_shows_no_value() {
        let mut tape = [Boundary::default(); 3];
        let document = Document::parse_in(b"PIN=4711", Dialect::Ini, &mut tape).unwrap();
        let entry = document.entries().next().unwrap();
        let shown = format!("{document:?} {entry:?}");
        assert!(!shown.contains("4711"), "{shown}");
        assert!(shown.contains("<4 bytes>"), "{shown}");
    }
}
