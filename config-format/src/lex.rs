//! The line grammar: any bytes become lines, and every line knows its parts.
//!
//! All three vendors write lines of text: `[SECTION]`, `key=value`, a comment, nothing, or something that
//! makes no sense. The grammar accepts every byte string; what it cannot read is a [`LineKind::Stray`] line
//! that is kept like all others. Two laws hold for any input and are fuzzed: the tokens of all lines joined
//! are the input, and a line's parts lie in order inside the line.
//!
//! A line ends with LF, CRLF or a lone CR, in any mixture; the last one may have no end. Blanks (space, tab)
//! around names, signs and values are padding. `#` and `;` open a comment at the very start of a line only,
//! because values may hold both.

use core::fmt;

use nom::branch::alt;
use nom::bytes::complete::{tag, take_till, take_while};
use nom::combinator::{eof, recognize};
use nom::sequence::terminated;
use nom::{IResult, Parser};

use crate::text::{Span, is_blank, trim};

/// The byte order mark of UTF-8, skipped at the start of the input.
pub(crate) const UTF8_BOM: &[u8] = b"\xef\xbb\xbf";

/// The line formats of the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Sections, comments and `key=value`: KEBA `.conf` and EVlink `.cfg`.
    Ini,
    /// Bare `key:value` lines: the state dump of Bender controllers.
    Colon,
}

impl Dialect {
    /// The sign between key and value; the first one in a line counts.
    #[must_use]
    pub const fn sign(self) -> &'static [u8; 1] {
        match self {
            Self::Ini => b"=",
            Self::Colon => b":",
        }
    }
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineKind {
    /// Nothing but blanks.
    #[default]
    Blank,
    /// `#` or `;` at the line start.
    Comment,
    /// `[NAME]`.
    Section,
    /// `key=value`; the value may be empty, the key not.
    Entry,
    /// Anything else. Kept, never interpreted.
    Stray,
}

/// One line of the input as spans.
///
/// `name` is the section's name, the entry's key, or the text of a comment or stray line; `value` is empty
/// but for entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Line {
    /// What the line is.
    pub kind: LineKind,
    /// The whole line with its end.
    pub span: Span,
    /// Section name, key, or the text of the line.
    pub name: Span,
    /// The value without padding. An empty value lies after the padding that follows the sign.
    pub value: Span,
    /// The text without the line end: `span` minus LF, CRLF or CR.
    pub body: Span,
}

impl Line {
    /// The line end: LF, CRLF, CR, or nothing at the end of the input.
    #[must_use]
    pub const fn ending(&self) -> Span {
        Span::new(self.body.end, self.span.end)
    }

    /// The tokens of the line in order, empty ones left out. Their spans joined are the line.
    pub fn tokens(&self) -> impl Iterator<Item = Token> + use<> {
        self.parts().into_iter().filter(|token| !token.span.is_empty())
    }

    fn parts(&self) -> [Token; 6] {
        let (before, name) = match self.kind {
            LineKind::Blank => (TokenKind::Blank, TokenKind::Blank),
            LineKind::Comment => (TokenKind::Blank, TokenKind::Comment),
            LineKind::Section => (TokenKind::Mark, TokenKind::Section),
            LineKind::Entry => (TokenKind::Blank, TokenKind::Key),
            LineKind::Stray => (TokenKind::Blank, TokenKind::Stray),
        };
        [
            Token { kind: before, span: Span::new(self.body.start, self.name.start) },
            Token { kind: name, span: self.name },
            Token { kind: TokenKind::Mark, span: Span::new(self.name.end, self.value.start) },
            Token { kind: TokenKind::Value, span: self.value },
            Token { kind: TokenKind::Blank, span: Span::new(self.value.end, self.body.end) },
            Token { kind: TokenKind::Ending, span: self.ending() },
        ]
    }

    fn starting_at(at: usize) -> Self {
        let nothing = Span::empty(at);
        Self { kind: LineKind::Blank, span: nothing, name: nothing, value: nothing, body: nothing }
    }

    /// Adds the next token: the reverse of [`Line::tokens`].
    fn take(&mut self, Token { kind, span }: Token) {
        self.span.end = span.end;
        if kind != TokenKind::Ending {
            self.body.end = span.end;
        }
        match kind {
            TokenKind::Section => self.name_is(LineKind::Section, span),
            TokenKind::Key => self.name_is(LineKind::Entry, span),
            TokenKind::Comment => self.name_is(LineKind::Comment, span),
            TokenKind::Stray => self.name_is(LineKind::Stray, span),
            TokenKind::Value => self.value = span,
            // In front of a name a mark is the bracket of a heading, behind it the sign or the other bracket.
            TokenKind::Mark if self.kind == LineKind::Blank => {
                self.name_is(LineKind::Section, Span::empty(span.end));
            }
            TokenKind::Mark => self.value = Span::empty(span.end),
            TokenKind::Blank if self.kind == LineKind::Blank => {
                self.name_is(LineKind::Blank, Span::empty(span.end));
            }
            TokenKind::Blank | TokenKind::Ending | TokenKind::Bom => {}
        }
    }

    fn name_is(&mut self, kind: LineKind, name: Span) {
        self.kind = kind;
        self.name = name;
        self.value = Span::empty(name.end);
    }
}

/// What a [`Token`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TokenKind {
    /// UTF-8 byte order mark.
    Bom,
    /// Spaces and tabs.
    #[default]
    Blank,
    /// A comment line's text.
    Comment,
    /// Brackets or the sign, with the blanks around them.
    Mark,
    /// A section's name.
    Section,
    /// A key.
    Key,
    /// A value.
    Value,
    /// Text that is none of the above.
    Stray,
    /// LF, CRLF or CR.
    Ending,
}

/// The smallest part of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it is.
    pub span: Span,
}

/// An element of the tape: what starts where. The token ends where the next one starts, so that every byte of
/// the input is in exactly one token and a token costs 8 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Boundary {
    /// Offset of the first byte.
    pub start: u32,
    /// What starts there.
    pub kind: TokenKind,
}

/// Hands the tape of an input to `push`, element by element. What lies behind `reach`, which offsets on the tape
/// cannot name, is one stray token.
pub(crate) fn tape(bytes: &[u8], dialect: Dialect, reach: usize, mut push: impl FnMut(Boundary)) {
    let mut push = |kind, span: Span| {
        if let (Ok(start), false) = (u32::try_from(span.start), span.is_empty()) {
            push(Boundary { start, kind });
        }
    };
    let reached = bytes.get(..reach).unwrap_or(bytes);
    let lines = lines(reached, dialect);
    push(TokenKind::Bom, Span::new(0, lines.offset));
    for line in lines {
        line.parts().into_iter().for_each(|token| push(token.kind, token.span));
    }
    push(TokenKind::Stray, Span::new(reached.len(), bytes.len()));
}

/// Puts the lines of a tape together again.
#[derive(Debug, Clone)]
pub(crate) struct TapeLines<'t> {
    tape: &'t [Boundary],
    /// Length of the input, where the last token ends.
    end: usize,
}

impl<'t> TapeLines<'t> {
    /// `tape` is that of an input of `end` bytes.
    pub(crate) fn new(tape: &'t [Boundary], end: usize) -> Self {
        let tape = match tape.split_first() {
            Some((first, rest)) if first.kind == TokenKind::Bom => rest,
            _ => tape,
        };
        Self { tape, end }
    }

    /// The next token, taken off the tape.
    fn token(&mut self) -> Option<Token> {
        let (first, rest) = self.tape.split_first()?;
        self.tape = rest;
        let end = rest.first().map_or(self.end, |next| next.start as usize);
        Some(Token { kind: first.kind, span: Span::new(first.start as usize, end) })
    }
}

impl Iterator for TapeLines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let first = self.tape.first()?.start as usize;
        let mut line = Line::starting_at(first);
        while let Some(token) = self.token() {
            line.take(token);
            if token.kind == TokenKind::Ending {
                break;
            }
        }
        Some(line)
    }
}

/// Cuts `bytes` into lines. A UTF-8 byte order mark at the start belongs to no line.
#[must_use]
pub fn lines(bytes: &[u8], dialect: Dialect) -> Lines<'_> {
    let offset = if bytes.starts_with(UTF8_BOM) { UTF8_BOM.len() } else { 0 };
    Lines { bytes, offset, dialect }
}

/// Iterator of [`lines`].
#[derive(Clone)]
pub struct Lines<'a> {
    bytes: &'a [u8],
    /// Where the next line starts.
    offset: usize,
    dialect: Dialect,
}

/// Shows where it is, not what it reads: files hold secrets and names.
impl fmt::Debug for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines").field("offset", &self.offset).finish_non_exhaustive()
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let start = self.offset;
        let rest = self.bytes.get(start..).filter(|rest| !rest.is_empty())?;
        let (len, sign) = measure(rest, self.dialect);
        let (body, behind) = rest.split_at_checked(len)?;
        let ending = match behind {
            [b'\r', b'\n', ..] => 2,
            [] => 0,
            _ => 1,
        };
        let end = Span::new(start + len, start + len + ending);
        self.offset = end.end;
        let (kind, lengths) = parts(body, self.dialect, sign);
        let mut at = start;
        let mut span = |len: usize| {
            let span = Span::new(at, at + len);
            at = span.end;
            span
        };
        let [_lead, name, _mark, value] = lengths.map(&mut span);
        Some(Line { kind, span: Span::new(start, end.end), name, value, body: Span::new(start, end.start) })
    }
}

/// The length of the first line without its end, and where its first sign is: one walk over the bytes.
fn measure(rest: &[u8], dialect: Dialect) -> (usize, Option<usize>) {
    let [sign] = *dialect.sign();
    let first = rest.iter().position(|&b| b == sign || is_end(b)).unwrap_or(rest.len());
    if rest.get(first).is_none_or(|&b| is_end(b)) {
        return (first, None);
    }
    let value = rest.get(first..).unwrap_or_default();
    (first + value.iter().position(|&b| is_end(b)).unwrap_or(value.len()), Some(first))
}

const fn is_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// What a line is, and the lengths of lead, name, mark and value; what is left of it are blanks, or the bracket
/// behind a heading.
type Parts = (LineKind, [usize; 4]);

/// Reads one line without its end, whose first sign is at `sign`; what no form fits is a stray line.
fn parts(body: &[u8], dialect: Dialect, sign: Option<usize>) -> Parts {
    let lead = lead(body);
    let read = match (body.get(lead), dialect) {
        (None, _) => Some((LineKind::Blank, [lead, 0, 0, 0])),
        (Some(b'#' | b';'), Dialect::Ini) if lead == 0 => Some((LineKind::Comment, [0, body.len(), 0, 0])),
        // What starts like a heading is one or nothing: as a key it could become a heading by a new value.
        (Some(b'['), Dialect::Ini) => section(body).ok().map(|(_, parts)| parts),
        _ => sign.filter(|&sign| sign > lead).and_then(|sign| entry(body, lead, sign)),
    };
    read.unwrap_or_else(|| (LineKind::Stray, [lead, trim(body).len(), 0, 0]))
}

/// An assignment: blanks, the key, blanks, the sign, blanks, the value, blanks.
fn entry(body: &[u8], lead: usize, sign: usize) -> Option<Parts> {
    let (key, value) = (body.get(lead..sign)?, body.get(sign + 1..)?);
    let (key_len, padding) = (without_trail(key), self::lead(value));
    let mark = key.len() - key_len + 1 + padding;
    Some((LineKind::Entry, [lead, key_len, mark, without_trail(value).saturating_sub(padding)]))
}

/// A heading: blanks, `[`, blanks, the name, blanks, `]`, blanks.
fn section(input: &[u8]) -> Parsed<'_, Parts> {
    let open = recognize((blanks, tag("["), blanks));
    let name = take_till(|b| matches!(b, b'[' | b']'));
    let close = recognize((tag("]"), blanks));
    let (input, (open, name, close)) = terminated((open, name, close), eof).parse_complete(input)?;
    let name_len = without_trail(name);
    let mark = name.len() - name_len + close.len();
    Ok((input, (LineKind::Section, [open.len(), name_len, mark, 0])))
}

type Parsed<'a, T> = IResult<&'a [u8], T>;

fn blanks(input: &[u8]) -> Parsed<'_, &[u8]> {
    take_while(is_blank).parse_complete(input)
}

/// Number of blanks at the start of `part`.
fn lead(part: &[u8]) -> usize {
    part.iter().take_while(|&&b| is_blank(b)).count()
}

/// The first line of `input`, its end, and what follows; none if nothing is left.
pub(crate) fn split_line(input: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (behind, body) = until_line_end(input).ok()?;
    let (behind, ending) = line_end(behind).ok()?;
    (!input.is_empty()).then_some((body, ending, behind))
}

fn until_line_end(input: &[u8]) -> Parsed<'_, &[u8]> {
    take_till(|b| matches!(b, b'\r' | b'\n')).parse_complete(input)
}

fn line_end(input: &[u8]) -> Parsed<'_, &[u8]> {
    alt((tag("\r\n"), tag("\n"), tag("\r"), tag(""))).parse_complete(input)
}

/// Length of `part` without the blanks at its end.
fn without_trail(part: &[u8]) -> usize {
    part.iter().rposition(|&b| !is_blank(b)).map_or(0, |last| last + 1)
}

#[cfg(test)]
mod tests {
    extern crate alloc;
    use alloc::vec::Vec;

    use super::*;

    /// Kind, name and value of every line.
    fn read(bytes: &[u8]) -> Vec<(LineKind, &[u8], &[u8])> {
        lines(bytes, Dialect::Ini).map(|l| (l.kind, l.name.of(bytes), l.value.of(bytes))).collect()
    }

    #[test]
    fn knows_the_kinds_of_lines() {
        use LineKind::*;
        let input = b"[A B]\nkey=   value \n# note\n; note=1\n \t\nnonsense\nempty=\n=x\n [ C ] \n[D] e";
        assert_eq!(
            read(input),
            [
                (Section, &b"A B"[..], &b""[..]),
                (Entry, b"key", b"value"),
                (Comment, b"# note", b""),
                (Comment, b"; note=1", b""),
                (Blank, b"", b""),
                (Stray, b"nonsense", b""),
                (Entry, b"empty", b""),
                (Stray, b"=x", b""),
                (Section, b"C", b""),
                (Stray, b"[D] e", b""),
            ]
        );
    }

    #[test]
    fn first_sign_counts_and_blanks_around_it_are_padding() {
        assert_eq!(
            read(b" url \t=\t http://h/?a=b "),
            [(LineKind::Entry, &b"url"[..], &b"http://h/?a=b"[..])]
        );
        assert_eq!(
            read(b" # x=1"),
            [(LineKind::Entry, &b"# x"[..], &b"1"[..])],
            "a comment starts in column 1"
        );
    }

    #[test]
    fn no_value_can_turn_an_entry_into_a_heading() {
        for line in [&b"[=x"[..], b"[=]x", b" [a=1"] {
            assert_eq!(read(line)[0].0, LineKind::Stray);
        }
        assert_eq!(read(b"[=]"), [(LineKind::Section, &b"="[..], &b""[..])]);
    }

    #[test]
    fn every_line_end_is_kept_as_found() {
        let ends: Vec<_> =
            lines(b"a=1\r\nb=2\rc=3\n\r\r\nd=4", Dialect::Ini).map(|l| l.ending().len()).collect();
        assert_eq!(ends, [2, 1, 1, 1, 2, 0]);
    }

    #[test]
    fn byte_order_mark_belongs_to_no_line() {
        let first = lines(b"\xef\xbb\xbf[A]\n", Dialect::Ini).next().unwrap();
        assert_eq!((first.kind, first.span), (LineKind::Section, Span::new(3, 7)));
    }

    #[test]
    fn an_empty_value_lies_after_the_padding() {
        assert_eq!(lines(b"k=  \n", Dialect::Ini).next().unwrap().value, Span::empty(4));
    }

    #[test]
    fn colon_dialect_knows_neither_sections_nor_comments() {
        let bytes = b"errors:no:errors\n[x]\n#y:1";
        let kinds: Vec<_> =
            lines(bytes, Dialect::Colon).map(|l| (l.kind, l.name.of(bytes), l.value.of(bytes))).collect();
        assert_eq!(
            kinds,
            [
                (LineKind::Entry, &b"errors"[..], &b"no:errors"[..]),
                (LineKind::Stray, b"[x]", b""),
                (LineKind::Entry, b"#y", b"1"),
            ]
        );
    }

    #[test]
    fn what_the_tape_cannot_reach_is_one_stray_line() {
        let bytes = b"a=1\nb=2\nc=3\n";
        let mut boundaries = Vec::new();
        tape(bytes, Dialect::Ini, 6, |boundary| boundaries.push(boundary));
        let lines: Vec<_> =
            TapeLines::new(&boundaries, bytes.len()).map(|line| (line.kind, line.span)).collect();
        assert_eq!(lines, [(LineKind::Entry, Span::new(0, 4)), (LineKind::Stray, Span::new(4, 12))]);
    }

    #[test]
    fn tokens_name_every_byte() {
        use TokenKind::*;
        let bytes = b" key = a b \r\n";
        let line = lines(bytes, Dialect::Ini).next().unwrap();
        let tokens: Vec<_> = line.tokens().map(|t| (t.kind, t.span.of(bytes))).collect();
        assert_eq!(
            tokens,
            [
                (Blank, &b" "[..]),
                (Key, b"key"),
                (Mark, b" = "),
                (Value, b"a b"),
                (Blank, b" "),
                (Ending, b"\r\n"),
            ]
        );
    }
}
