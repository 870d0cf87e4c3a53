//! The pull lexer.

use core::fmt;
use core::ops::Range;

/// Deepest nesting of arrays and objects [`Lexer::skip`] follows.
///
/// The messages themselves are bounded by their schemas; this bounds what a peer may put where anything is allowed.
pub const MAX_DEPTH: u32 = 32;

/// Why a text is not JSON, or not JSON this crate takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The text ends inside a value.
    End,
    /// A character that cannot stand here.
    Unexpected,
    /// A backslash sequence JSON does not have, or half a surrogate pair.
    Escape,
    /// A control character inside a string that is not written as an escape.
    Control,
    /// A number with leading zeros, a bare point or an empty exponent.
    Number,
    /// Nested deeper than [`MAX_DEPTH`].
    Depth,
    /// Something follows the value.
    Trailing,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::End => "text ends inside a value",
            Self::Unexpected => "character that cannot stand here",
            Self::Escape => "escape sequence JSON does not have",
            Self::Control => "control character in a string",
            Self::Number => "malformed number",
            Self::Depth => "nested too deep",
            Self::Trailing => "text after the value",
        })
    }
}

/// The text is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at byte {offset}")]
pub struct SyntaxError {
    /// Byte offset into the text.
    pub offset: u32,
    /// What is wrong there.
    pub reason: Reason,
}

/// The kind of value that begins at the lexer's position, from its first character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Json {
    /// `{`
    Object,
    /// `[`
    Array,
    /// `"`
    String,
    /// `-` or a digit
    Number,
    /// `true` or `false`
    Boolean,
    /// `null`
    Null,
}

/// A string as written, between its quotes.
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'a> {
    /// The text between the quotes, escapes unresolved.
    pub raw: &'a str,
    /// Whether there are escapes in it.
    pub escaped: bool,
}

impl<'a> Quoted<'a> {
    /// The characters the string stands for.
    #[must_use]
    pub fn chars(self) -> Chars<'a> {
        Chars { rest: self.raw.chars(), escaped: self.escaped }
    }

    /// Whether the string stands for `text`.
    #[must_use]
    pub fn is(self, text: &str) -> bool {
        if self.escaped { self.chars().eq(text.chars()) } else { self.raw == text }
    }
}

/// A number as written.
#[derive(Clone, Copy, Debug)]
pub struct Number<'a> {
    /// Its text.
    pub text: &'a str,
    /// Whether it has neither a fraction nor an exponent.
    pub whole: bool,
    /// Whether it has no exponent.
    pub plain: bool,
}

impl Number<'_> {
    /// Whether it is written with one digit behind the point: a multiple of 0.1 at first sight.
    pub(crate) fn has_one_decimal(self) -> bool {
        matches!(self.text.as_bytes(), [.., b'.', _])
    }
}

/// The characters of a string with escapes resolved.
#[derive(Clone, Debug)]
pub struct Chars<'a> {
    rest: core::str::Chars<'a>,
    escaped: bool,
}

impl<'a> Chars<'a> {
    /// The characters of `text` as they are.
    pub(crate) fn plain(text: &'a str) -> Self {
        Self { rest: text.chars(), escaped: false }
    }
}

impl Iterator for Chars<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let first = self.rest.next()?;
        if first != '\\' || !self.escaped {
            return Some(first);
        }
        // The lexer has checked every escape, so the fallbacks below are never taken.
        Some(match self.rest.next()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let (c, rest) =
                    unicode_escape(self.rest.as_str()).unwrap_or((char::REPLACEMENT_CHARACTER, ""));
                self.rest = rest.chars();
                c
            }
            other => other,
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        // An escape is at most twelve bytes for one character.
        (self.rest.as_str().len() / 12, Some(self.rest.as_str().len()))
    }
}

/// Reads what follows `\u`: one code unit, or a pair of surrogates with the second `\u` between them.
fn unicode_escape(text: &str) -> Option<(char, &str)> {
    let unit = |text: &str| {
        let digits = text.get(..4).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
        u32::from_str_radix(digits, 16).ok()
    };
    let first = unit(text)?;
    let rest = text.get(4..)?;
    if !(0xd800..0xdc00).contains(&first) {
        return Some((char::from_u32(first)?, rest));
    }
    let rest = rest.strip_prefix("\\u")?;
    let second = unit(rest).filter(|unit| (0xdc00..0xe000).contains(unit))?;
    let c = char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))?;
    Some((c, rest.get(4..)?))
}

/// Reads a JSON text piece by piece.
///
/// Every method skips white space first and leaves the position behind what it read, or where the text is wrong. Errors are
/// one byte, and [`error`](Self::error) adds the position: this is the innermost loop of all that is received.
#[derive(Clone, Debug)]
pub struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    /// Starts at the beginning of `text`. Offsets saturate at 4 GiB.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Starts inside `text`; offsets count from its beginning.
    pub(crate) const fn starting_at(text: &'a str, offset: u32) -> Self {
        Self { text, at: offset as usize }
    }

    /// Byte offset of the position.
    #[must_use]
    pub fn offset(&self) -> u32 {
        u32::try_from(self.at).unwrap_or(u32::MAX)
    }

    /// Byte offset of the next character that is not white space.
    #[inline]
    pub(crate) fn next_offset(&mut self) -> u32 {
        self.peek();
        self.offset()
    }

    /// The text between two offsets.
    #[must_use]
    pub fn slice(&self, start: u32, end: u32) -> &'a str {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// The error of which a method has just told the reason.
    #[must_use]
    pub fn error(&self, reason: Reason) -> SyntaxError {
        SyntaxError { offset: self.offset(), reason }
    }

    #[cold]
    fn fail(&self, reason: Reason) -> Reason {
        if self.at >= self.text.len() && reason == Reason::Unexpected { Reason::End } else { reason }
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is not white space, without taking it.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.byte() {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                other => return other,
            }
        }
    }

    /// Takes `wanted` if it comes next.
    #[inline]
    pub fn take(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += 1;
        }
        found
    }

    /// Takes `wanted`.
    ///
    /// # Errors
    /// If anything else comes next.
    #[inline]
    pub fn expect(&mut self, wanted: u8) -> Result<(), Reason> {
        if self.take(wanted) { Ok(()) } else { Err(self.fail(Reason::Unexpected)) }
    }

    /// After an element: takes `,` and says true, or takes `close` and says false.
    ///
    /// # Errors
    /// If neither comes next.
    #[inline]
    pub fn more(&mut self, close: u8) -> Result<bool, Reason> {
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(false)
            }
            _ => Err(self.fail(Reason::Unexpected)),
        }
    }

    /// Whether only white space is left.
    pub fn at_end(&mut self) -> bool {
        self.peek().is_none()
    }

    /// Makes sure only white space is left.
    ///
    /// # Errors
    /// If anything else is.
    pub fn end(&mut self) -> Result<(), Reason> {
        if self.at_end() { Ok(()) } else { Err(self.fail(Reason::Trailing)) }
    }

    /// The kind of the value that comes next.
    ///
    /// # Errors
    /// If no value can begin with the next character.
    #[inline]
    pub fn kind(&mut self) -> Result<Json, Reason> {
        Ok(match self.peek() {
            Some(b'"') => Json::String,
            Some(b'-' | b'0'..=b'9') => Json::Number,
            Some(b'{') => Json::Object,
            Some(b'[') => Json::Array,
            Some(b't' | b'f') => Json::Boolean,
            Some(b'n') => Json::Null,
            _ => return Err(self.fail(Reason::Unexpected)),
        })
    }

    /// Takes a string.
    ///
    /// # Errors
    /// If something else comes next, the string does not end, or an escape or character in it is not allowed.
    #[inline]
    pub fn string(&mut self) -> Result<Quoted<'a>, Reason> {
        let start = self.next_offset();
        let escaped = self.pass_string()?;
        Ok(self.quoted(start, self.offset(), escaped))
    }

    /// Takes a string without looking at it; says whether there are escapes in it.
    #[inline]
    pub(crate) fn pass_string(&mut self) -> Result<bool, Reason> {
        self.expect(b'"')?;
        let escaped = self.inside_string()?;
        self.at += 1;
        Ok(escaped)
    }

    /// The string between two offsets, quotes included.
    #[inline]
    pub(crate) fn quoted(&self, start: u32, end: u32, escaped: bool) -> Quoted<'a> {
        let inside = start as usize + 1..(end as usize).saturating_sub(1);
        Quoted { raw: self.text.get(inside).unwrap_or_default(), escaped }
    }

    /// Moves to the quote that ends a string and says whether there are escapes before it. Apart from the function above
    /// so that what it returns fits a register.
    fn inside_string(&mut self) -> Result<bool, Reason> {
        let mut escaped = false;
        loop {
            self.at = plain(self.text.as_bytes(), self.at);
            match self.byte() {
                Some(b'"') => return Ok(escaped),
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                Some(_) => return Err(self.fail(Reason::Control)),
                None => return Err(self.fail(Reason::End)),
            }
        }
    }

    /// Takes a backslash sequence inside a string.
    #[cold]
    fn escape(&mut self) -> Result<(), Reason> {
        let rest = self.text.get(self.at + 1..).unwrap_or_default();
        let after = match rest.as_bytes().first() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => rest.get(1..),
            Some(b'u') => rest.get(1..).and_then(unicode_escape).map(|(_, after)| after),
            None => {
                self.at += 1;
                return Err(self.fail(Reason::End));
            }
            Some(_) => None,
        };
        let after = after.ok_or_else(|| self.fail(Reason::Escape))?;
        self.at = self.text.len() - after.len();
        Ok(())
    }

    /// Takes the name of a member and the colon behind it.
    ///
    /// # Errors
    /// As [`string`](Self::string), or if there is no colon.
    #[inline]
    pub fn key(&mut self) -> Result<Quoted<'a>, Reason> {
        let key = self.string()?;
        self.expect(b':')?;
        Ok(key)
    }

    /// What follows the quote that comes next, if one does.
    #[inline]
    pub(crate) fn inside_quote(&mut self) -> Option<&'a [u8]> {
        if self.peek() == Some(b'"') { self.text.as_bytes().get(self.at + 1..) } else { None }
    }

    /// Takes the name of a member, of so many bytes and known to be right, and the colon behind it; nothing if there is none.
    #[inline]
    pub(crate) fn pass_key(&mut self, length: usize) -> bool {
        let start = self.at;
        self.at += length + 2;
        let found = self.take(b':');
        if !found {
            self.at = start;
        }
        found
    }

    /// Takes a number.
    ///
    /// # Errors
    /// If something else comes next or the number is malformed.
    pub fn number(&mut self) -> Result<Number<'a>, Reason> {
        self.peek();
        let start = self.at;
        let (mut whole, mut plain) = (true, true);
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        if self.byte() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.byte() == Some(b'.') {
            whole = false;
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            (whole, plain) = (false, false);
            self.at += 1;
            if let Some(b'+' | b'-') = self.byte() {
                self.at += 1;
            }
            self.digits()?;
        }
        if self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            return Err(self.fail(Reason::Number));
        }
        Ok(Number { text: self.text.get(start..self.at).unwrap_or_default(), whole, plain })
    }

    fn digits(&mut self) -> Result<(), Reason> {
        let start = self.at;
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { Err(self.fail(Reason::Number)) }
    }

    /// Takes `word`, one of `true`, `false` and `null`.
    ///
    /// # Errors
    /// If something else comes next.
    // Into its callers where there is room: the word is a constant there, and compared as one.
    #[cfg_attr(not(target_os = "none"), inline)]
    pub fn word(&mut self, word: &str) -> Result<(), Reason> {
        self.peek();
        if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            self.at += word.len();
            Ok(())
        } else {
            Err(self.fail(Reason::Unexpected))
        }
    }

    /// Takes `true` or `false`.
    ///
    /// # Errors
    /// If something else comes next.
    #[cfg_attr(not(target_os = "none"), inline)]
    pub fn boolean(&mut self) -> Result<bool, Reason> {
        let value = self.peek() == Some(b't');
        self.word(if value { "true" } else { "false" })?;
        Ok(value)
    }

    /// Takes one value of any kind and returns its text, without surrounding white space.
    ///
    /// # Errors
    /// If the value is malformed or nested deeper than [`MAX_DEPTH`].
    pub fn skip(&mut self) -> Result<&'a str, Reason> {
        self.peek();
        let start = self.at;
        // One bit per open container, set for objects; the lowest bit is the innermost one.
        let mut objects: u32 = 0;
        let mut depth = 0;
        loop {
            // A value begins here.
            match self.kind()? {
                Json::String => self.string().map(drop)?,
                Json::Number => self.number().map(drop)?,
                Json::Boolean => self.boolean().map(drop)?,
                Json::Null => self.word("null")?,
                kind @ (Json::Object | Json::Array) => {
                    if depth == MAX_DEPTH {
                        return Err(self.fail(Reason::Depth));
                    }
                    self.at += 1;
                    depth += 1;
                    objects = objects << 1 | u32::from(kind == Json::Object);
                    if !self.take(close(objects)) {
                        self.member(objects)?;
                        continue;
                    }
                    depth -= 1;
                    objects >>= 1;
                }
            }
            // A value has ended here.
            loop {
                if depth == 0 {
                    return Ok(self.text.get(start..self.at).unwrap_or_default());
                }
                if self.more(close(objects))? {
                    self.member(objects)?;
                    break;
                }
                depth -= 1;
                objects >>= 1;
            }
        }
    }

    /// As [`skip`](Self::skip), for text that is known to be JSON: finds the end of the value and nothing else. Says whether
    /// the value is a string with escapes. The array at `known` is not walked through; there is none where that is empty.
    pub(crate) fn skip_checked(&mut self, known: Range<u32>) -> Option<bool> {
        match self.peek()? {
            b'"' => return self.skip_string(),
            b'{' | b'[' => {}
            _ => {
                while self
                    .byte()
                    .is_some_and(|byte| !matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\t' | b'\r'))
                {
                    self.at += 1;
                }
                return Some(false);
            }
        }
        let mut depth: u32 = 0;
        loop {
            match self.byte()? {
                b'"' => {
                    self.skip_string()?;
                    continue;
                }
                b'[' if self.at == known.start as usize && !known.is_empty() => {
                    self.at = known.end as usize;
                    if depth == 0 {
                        return Some(false);
                    }
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Some(false);
            }
        }
    }

    fn skip_string(&mut self) -> Option<bool> {
        self.at += 1;
        let escaped = self.inside_string().ok()?;
        self.at += 1;
        Some(escaped)
    }

    /// The whole text.
    pub(crate) const fn text(&self) -> &'a str {
        self.text
    }

    /// Takes the name in front of a value if the innermost container is an object.
    fn member(&mut self, objects: u32) -> Result<(), Reason> {
        if objects & 1 == 1 { self.key().map(drop) } else { Ok(()) }
    }
}

/// The index of the next quote, backslash or control character of a string, found a machine word at a time.
pub(super) fn plain(text: &[u8], mut at: usize) -> usize {
    while let Some(word) = text.get(at..).and_then(<[u8]>::first_chunk) {
        let word = usize::from_le_bytes(*word);
        let ends = below(word, 0x20) | zeros(word ^ repeat(b'"')) | zeros(word ^ repeat(b'\\'));
        if ends != 0 {
            return at + (ends.trailing_zeros() / 8) as usize;
        }
        at += size_of::<usize>();
    }
    while text.get(at).is_some_and(|byte| *byte >= 0x20 && *byte != b'"' && *byte != b'\\') {
        at += 1;
    }
    at
}

/// A word of equal bytes.
const fn repeat(byte: u8) -> usize {
    usize::MAX / 0xff * byte as usize
}

/// The high bit of every byte of `word` below `bound` (at most 128), exact up to the first one.
const fn below(word: usize, bound: u8) -> usize {
    word.wrapping_sub(repeat(bound)) & !word & repeat(0x80)
}

/// The high bit of every zero byte of `word`, exact up to the first one.
const fn zeros(word: usize) -> usize {
    below(word, 1)
}

fn close(objects: u32) -> u8 {
    if objects & 1 == 1 { b'}' } else { b']' }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;
    use alloc::vec::Vec;

    fn skip(text: &str) -> Result<&str, SyntaxError> {
        let mut lexer = Lexer::new(text);
        let value = lexer.skip().and_then(|value| lexer.end().map(|()| value));
        value.map_err(|reason| lexer.error(reason))
    }

    fn fails(text: &str) -> (u32, Reason) {
        let error = skip(text).unwrap_err();
        (error.offset, error.reason)
    }

    #[test]
    fn values() {
        for text in [
            "null",
            "true",
            "false",
            "0",
            "-0",
            "10",
            "1.5",
            "-1.5e+10",
            "1E5",
            "\"\"",
            "\"a\\\"b\"",
            "\"\\ud83d\\ude00\"",
            "[]",
            "{}",
            "[ 1 , [ ] , { } ]",
            "{\"a\":{\"b\":[{}]},\"c\":[[1],2]}",
        ] {
            assert_eq!(skip(text), Ok(text));
            assert_eq!(skip(&alloc::format!(" \t\r\n{text} ")), Ok(text));
        }
    }

    #[test]
    fn not_values() {
        for (text, error) in [
            ("", (0, Reason::End)),
            ("  ", (2, Reason::End)),
            ("nul", (0, Reason::Unexpected)),
            ("tru", (0, Reason::Unexpected)),
            ("01", (1, Reason::Number)),
            ("-", (1, Reason::Number)),
            ("1.", (2, Reason::Number)),
            ("1e", (2, Reason::Number)),
            ("+1", (0, Reason::Unexpected)),
            ("\"a", (2, Reason::End)),
            ("\"a\\", (3, Reason::End)),
            ("\"\\x\"", (1, Reason::Escape)),
            ("\"\\u12g4\"", (1, Reason::Escape)),
            ("\"\\u+123\"", (1, Reason::Escape)),
            ("\"\\ud83d\"", (1, Reason::Escape)),
            ("\"\\ude00\"", (1, Reason::Escape)),
            ("\"\\ud83d\\u0041\"", (1, Reason::Escape)),
            ("\"\u{1}\"", (1, Reason::Control)),
            ("[1,]", (3, Reason::Unexpected)),
            ("[1 2]", (3, Reason::Unexpected)),
            ("[1", (2, Reason::End)),
            ("{\"a\"}", (4, Reason::Unexpected)),
            ("{\"a\":1,}", (7, Reason::Unexpected)),
            ("{a:1}", (1, Reason::Unexpected)),
            ("[}", (1, Reason::Unexpected)),
            ("{]", (1, Reason::Unexpected)),
            ("[]]", (2, Reason::Trailing)),
            ("1 2", (2, Reason::Trailing)),
            ("\u{feff}{}", (0, Reason::Unexpected)),
        ] {
            assert_eq!(fails(text), error, "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| alloc::format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(skip(&nested(MAX_DEPTH as usize)).is_ok());
        assert_eq!(fails(&nested(MAX_DEPTH as usize + 1)), (MAX_DEPTH, Reason::Depth));
        assert_eq!(fails(&"{\"a\":".repeat(1000)).1, Reason::Depth);
    }

    #[test]
    fn escapes_resolve() {
        let text = r#""\"\\\/\b\f\n\r\tA\u00e9\u20AC\ud83d\ude00z""#;
        let quoted = Lexer::new(text).string().unwrap();
        assert!(quoted.escaped);
        assert_eq!(quoted.chars().collect::<String>(), "\"\\/\u{8}\u{c}\n\r\tA\u{e9}\u{20ac}\u{1f600}z");
        assert!(Lexer::new(r#""\u0069dTag""#).string().unwrap().is("idTag"));
        let plain = Lexer::new("\"caf\u{e9}\"").string().unwrap();
        assert!(!plain.escaped);
        assert_eq!(plain.chars().collect::<Vec<_>>().len(), 4);
    }
}
