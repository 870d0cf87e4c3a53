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

use crate::scan::Marks;
use crate::text::{Span, is_blank};

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
        let cuts = [
            self.body.start,
            self.name.start,
            self.name.end,
            self.value.start,
            self.value.end,
            self.body.end,
            self.span.end,
        ];
        tokens(self.kind, cuts)
    }

    fn new(kind: LineKind, [start, name, name_end, value, value_end, body_end, end]: Cuts) -> Self {
        Self {
            kind,
            span: Span::new(start, end),
            name: Span::new(name, name_end),
            value: Span::new(value, value_end),
            body: Span::new(start, body_end),
        }
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

/// Where the parts of a line start, and where the last one ends.
///
/// Functions that hand such arrays on are always inlined: through memory they cost more than finding them.
///
/// In order: blanks or the bracket of a heading, the
/// name, the sign or the other bracket, the value, blanks, the line end. Any of them may be empty.
type Cuts = [usize; 7];

/// The tokens of a line of this kind.
fn tokens(kind: LineKind, cuts: Cuts) -> impl Iterator<Item = Token> + use<> {
    let (before, name) = match kind {
        LineKind::Blank => (TokenKind::Blank, TokenKind::Blank),
        LineKind::Comment => (TokenKind::Blank, TokenKind::Comment),
        LineKind::Section => (TokenKind::Mark, TokenKind::Section),
        LineKind::Entry => (TokenKind::Blank, TokenKind::Key),
        LineKind::Stray => (TokenKind::Blank, TokenKind::Stray),
    };
    let kinds = [before, name, TokenKind::Mark, TokenKind::Value, TokenKind::Blank, TokenKind::Ending];
    let ends = cuts.into_iter().skip(1);
    let parts = kinds.into_iter().zip(cuts).zip(ends);
    parts
        .map(|((kind, start), end)| Token { kind, span: Span::new(start, end) })
        .filter(|token| !token.span.is_empty())
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
    let mut push = |kind, start| {
        if let Ok(start) = u32::try_from(start) {
            push(Boundary { start, kind });
        }
    };
    let reached = bytes.get(..reach).unwrap_or(bytes);
    let mut lines = lines(reached, dialect);
    if lines.offset > 0 {
        push(TokenKind::Bom, 0);
    }
    while let Some((kind, cuts)) = lines.cut() {
        tokens(kind, cuts).for_each(|token| push(token.kind, token.span.start));
    }
    if reached.len() < bytes.len() {
        push(TokenKind::Stray, reached.len());
    }
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
    let [sign] = *dialect.sign();
    Lines { bytes, offset, dialect, marks: Marks::new(bytes, sign) }
}

/// Iterator of [`lines`].
#[derive(Clone)]
pub struct Lines<'a> {
    bytes: &'a [u8],
    /// Where the next line starts.
    offset: usize,
    dialect: Dialect,
    /// Line ends and signs from there on.
    marks: Marks<'a>,
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
        self.cut().map(|(kind, cuts)| Line::new(kind, cuts))
    }
}

impl Lines<'_> {
    /// The next line.
    #[inline(always)]
    fn cut(&mut self) -> Option<(LineKind, Cuts)> {
        let start = self.offset;
        if start >= self.bytes.len() {
            return None;
        }
        let (body_end, end, sign) = self.measure();
        self.offset = end;
        let body = self.bytes.get(start..body_end)?;
        let (kind, parts) = parts(body, self.dialect, sign.map(|sign| sign - start));
        let [name, name_end, value, value_end] = parts.map(|part| start + part);
        Some((kind, [start, name, name_end, value, value_end, body_end, end]))
    }

    /// Where the body of the next line ends, where its line end does, and where its first sign is.
    #[inline(always)]
    fn measure(&mut self) -> (usize, usize, Option<usize>) {
        let mut sign = None;
        while let Some(mark) = self.marks.next() {
            match self.bytes.get(mark) {
                Some(b'\n') => return (mark, mark + 1, sign),
                Some(b'\r') if self.bytes.get(mark + 1) == Some(&b'\n') => {
                    self.marks.next();
                    return (mark, mark + 2, sign);
                }
                Some(b'\r') => return (mark, mark + 1, sign),
                _ => sign = sign.or(Some(mark)),
            }
        }
        (self.bytes.len(), self.bytes.len(), sign)
    }
}

/// What a line is, and where in it the name and the value start and end.
type Parts = (LineKind, [usize; 4]);

/// Reads one line without its end, whose first sign is at `sign`; what no form fits is a stray line.
#[inline(always)]
fn parts(body: &[u8], dialect: Dialect, sign: Option<usize>) -> Parts {
    let lead = lead(body);
    let read = match (body.get(lead), dialect) {
        (None, _) => Some((LineKind::Blank, [lead; 4])),
        (Some(b'#' | b';'), Dialect::Ini) if lead == 0 => {
            Some(without_value(LineKind::Comment, 0, body.len()))
        }
        // What starts like a heading is one or nothing: as a key it could become a heading by a new value.
        (Some(b'['), Dialect::Ini) => section(body).ok().map(|(_, parts)| parts),
        _ => sign.filter(|&sign| sign > lead).and_then(|sign| entry(body, lead, sign)),
    };
    read.unwrap_or_else(|| without_value(LineKind::Stray, lead, without_trail(body)))
}

const fn without_value(kind: LineKind, name: usize, name_end: usize) -> Parts {
    (kind, [name, name_end, name_end, name_end])
}

/// An assignment: blanks, the key, blanks, the sign, blanks, the value, blanks.
#[inline(always)]
fn entry(body: &[u8], lead: usize, sign: usize) -> Option<Parts> {
    let (key, behind) = (body.get(..sign)?, body.get(sign + 1..)?);
    let value = sign + 1 + self::lead(behind);
    Some((LineKind::Entry, [lead, without_trail(key), value, without_trail(body).max(value)]))
}

/// A heading: blanks, `[`, blanks, the name, blanks, `]`, blanks.
fn section(input: &[u8]) -> Parsed<'_, Parts> {
    let open = recognize((blanks, tag("["), blanks));
    let name = take_till(|b| matches!(b, b'[' | b']'));
    let close = recognize((tag("]"), blanks));
    let (rest, (open, name, _)) = terminated((open, name, close), eof).parse_complete(input)?;
    let (start, end) = (open.len(), open.len() + without_trail(name));
    Ok((rest, (LineKind::Section, [start, end, input.len(), input.len()])))
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
