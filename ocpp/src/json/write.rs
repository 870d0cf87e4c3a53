//! The writer.

use super::lex::plain;
use crate::num::{self, Decimal};
use crate::time::{DateTime, UTC_LEN, Utc, format_utc};

/// Writes compact JSON into a buffer the caller lends.
///
/// Methods do not fail: past the end of the buffer the writer goes on counting, and [`finish`](Self::finish) says how
/// many bytes are needed. Commas are set by the writer; nesting is the caller's duty.
#[derive(Debug)]
pub struct Writer<'b> {
    buffer: &'b mut [u8],
    len: usize,
    /// Whether a value stands before the position, so that the next one needs a comma.
    comma: bool,
}

impl<'b> Writer<'b> {
    /// Starts at the beginning of `buffer`.
    #[must_use]
    pub const fn new(buffer: &'b mut [u8]) -> Self {
        Self { buffer, len: 0, comma: false }
    }

    /// The text written.
    ///
    /// # Errors
    /// The number of bytes needed, if the buffer is too small.
    pub fn finish(self) -> Result<&'b str, usize> {
        let needed = self.len;
        let buffer: &'b [u8] = self.buffer;
        buffer.get(..needed).and_then(|text| core::str::from_utf8(text).ok()).ok_or(needed)
    }

    /// Bytes written so far, or needed if that is more than there is room for.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing was written yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Where the next value will stand.
    pub(crate) const fn next_offset(&self) -> usize {
        self.len + self.comma as usize
    }

    fn bytes(&mut self, bytes: &[u8]) {
        if let Some(room) = self.buffer.get_mut(self.len..).and_then(|rest| rest.get_mut(..bytes.len())) {
            room.copy_from_slice(bytes);
        }
        self.len = self.len.saturating_add(bytes.len());
    }

    fn separate(&mut self) {
        if self.comma {
            self.bytes(b",");
        }
        self.comma = true;
    }

    /// Begins an object.
    pub fn begin_object(&mut self) {
        self.separate();
        self.bytes(b"{");
        self.comma = false;
    }

    /// Ends an object.
    pub fn end_object(&mut self) {
        self.bytes(b"}");
        self.comma = true;
    }

    /// Begins an array.
    pub fn begin_array(&mut self) {
        self.separate();
        self.bytes(b"[");
        self.comma = false;
    }

    /// Ends an array.
    pub fn end_array(&mut self) {
        self.bytes(b"]");
        self.comma = true;
    }

    /// The name of the member whose value is written next. Names need no escapes.
    pub fn key(&mut self, name: &str) {
        self.name(name.as_bytes());
    }

    pub(crate) fn name(&mut self, name: &[u8]) {
        self.bytes(if self.comma { b",\"" } else { b"\"" });
        self.bytes(name);
        self.bytes(b"\":");
        self.comma = false;
    }

    /// A value whose JSON text is already at hand.
    pub fn raw(&mut self, json: &str) {
        self.separate();
        self.bytes(json.as_bytes());
    }

    /// A string whose escaped form, without quotes, is already at hand.
    pub fn escaped(&mut self, raw: &str) {
        self.separate();
        self.bytes(b"\"");
        self.bytes(raw.as_bytes());
        self.bytes(b"\"");
    }

    /// A string.
    pub fn string(&mut self, text: &str) {
        self.separate();
        self.bytes(b"\"");
        let mut rest = text.as_bytes();
        loop {
            let (as_it_is, tail) = rest.split_at_checked(plain(rest, 0)).unwrap_or_default();
            self.bytes(as_it_is);
            let Some((byte, behind)) = tail.split_first() else { break };
            match byte {
                b'"' => self.bytes(b"\\\""),
                b'\\' => self.bytes(b"\\\\"),
                b'\n' => self.bytes(b"\\n"),
                b'\r' => self.bytes(b"\\r"),
                b'\t' => self.bytes(b"\\t"),
                _ => self.bytes(&[b'\\', b'u', b'0', b'0', b'0' + (byte >> 4), hex(byte & 15)]),
            }
            rest = behind;
        }
        self.bytes(b"\"");
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, value: bool) {
        self.raw(if value { "true" } else { "false" });
    }

    /// An integer.
    pub fn integer(&mut self, value: i64) {
        self.decimal(Decimal::new(value, 0));
    }

    /// A number in plain notation, with its trailing zeros.
    pub fn decimal(&mut self, value: Decimal) {
        self.separate();
        if value.mantissa() < 0 {
            self.bytes(b"-");
        }
        num::write_unsigned(value, |piece| self.bytes(piece));
    }

    /// A time stamp in UTC. One that RFC 3339 cannot express comes out as an empty string, which no schema accepts; says
    /// whether it could.
    pub fn date_time(&mut self, time: DateTime<Utc>) -> bool {
        let mut buffer = [0; UTC_LEN];
        let text = format_utc(time, &mut buffer);
        self.escaped(text.unwrap_or_default());
        text.is_some()
    }
}

const fn hex(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::parse_utc;

    #[test]
    fn commas_and_nesting() {
        let mut buffer = [0; 200];
        let mut w = Writer::new(&mut buffer);
        w.begin_object();
        w.key("a");
        w.begin_array();
        w.integer(-1);
        w.decimal(Decimal::new(2140, 2));
        w.begin_object();
        w.end_object();
        w.begin_array();
        w.end_array();
        w.end_array();
        w.key("b");
        w.boolean(true);
        w.key("c");
        w.string("q\"b\\n\nt\tr\r\u{1}\u{1f}\u{e9}");
        w.key("d");
        w.date_time(parse_utc("2026-11-21T10:00:00.5Z").unwrap());
        w.key("e");
        w.raw("null");
        w.end_object();
        assert_eq!(
            w.finish().unwrap(),
            "{\"a\":[-1,21.40,{},[]],\"b\":true,\"c\":\"q\\\"b\\\\n\\nt\\tr\\r\\u0001\\u001f\u{e9}\",\
             \"d\":\"2026-11-21T10:00:00.500Z\",\"e\":null}"
        );
    }

    #[test]
    fn a_full_buffer_says_what_is_needed() {
        let mut buffer = [0; 5];
        let mut w = Writer::new(&mut buffer);
        w.string("123456");
        assert_eq!(w.finish(), Err(8));
    }
}
