//! Bytes to values.

use core::fmt;
use core::marker::PhantomData;
use core::str::FromStr;

use crate::message::Message;
use crate::{MAX_LINE, checksum};

/// Why a line was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineError {
    /// More than [`MAX_LINE`] bytes without a line feed.
    TooLong,
    /// No checksum, or a wrong one.
    Checksum,
    /// Not a message of this direction.
    Kind,
    /// This field is missing, or its value is out of its range.
    Field(&'static str),
    /// More fields than the message has.
    Trailing,
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "line longer than {MAX_LINE} bytes"),
            Self::Checksum => f.write_str("checksum missing or wrong"),
            Self::Kind => f.write_str("not a message of this direction"),
            Self::Field(name) => write!(f, "field `{name}` missing or out of range"),
            Self::Trailing => f.write_str("more fields than the message has"),
        }
    }
}

impl core::error::Error for LineError {}

/// Takes bytes one by one, and finds the next line again after any garbage.
#[derive(Clone, Debug)]
pub struct Decoder<M> {
    bytes: [u8; MAX_LINE],
    /// Bytes of the present line, beyond the buffer too.
    length: usize,
    message: PhantomData<M>,
}

impl<M: Message> Decoder<M> {
    /// A decoder at the beginning of a line.
    pub const fn new() -> Self {
        Self { bytes: [0; MAX_LINE], length: 0, message: PhantomData }
    }

    /// Takes one byte in; at the end of a line gives what it said. Empty lines say nothing.
    pub fn push(&mut self, byte: u8) -> Option<Result<M, LineError>> {
        if byte != b'\n' {
            if let Some(free) = self.bytes.get_mut(self.length) {
                *free = byte;
            }
            self.length = self.length.saturating_add(1);
            return None;
        }
        let length = core::mem::take(&mut self.length);
        match self.bytes.get(..length) {
            Some([]) => None,
            Some(line) => Some(decode(line)),
            None => Some(Err(LineError::TooLong)),
        }
    }
}

impl<M: Message> Default for Decoder<M> {
    fn default() -> Self {
        Self::new()
    }
}

fn decode<M: Message>(line: &[u8]) -> Result<M, LineError> {
    let (payload, sum) = line.split_last_chunk::<4>().ok_or(LineError::Checksum)?;
    let payload = payload.strip_suffix(b"*").ok_or(LineError::Checksum)?;
    if Fields::parse_hex(sum) != Some(checksum(payload)) {
        return Err(LineError::Checksum);
    }
    let mut fields = Fields { rest: Some(payload) };
    let message = M::read(&mut fields)?;
    if fields.rest.is_some() { Err(LineError::Trailing) } else { Ok(message) }
}

/// The fields of a line, one after the other.
#[derive(Debug)]
pub struct Fields<'a> {
    rest: Option<&'a [u8]>,
}

impl<'a> Fields<'a> {
    /// The next field.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<&'a [u8], LineError> {
        let rest = self.rest.take().ok_or(LineError::Field(name))?;
        let mut parts = rest.splitn(2, |byte| *byte == b' ');
        let field = parts.next().unwrap_or_default();
        self.rest = parts.next();
        Ok(field)
    }

    /// The next field as a number.
    pub(crate) fn number<N: FromStr>(&mut self, name: &'static str) -> Result<N, LineError> {
        Self::parse(self.text(name)?, name)
    }

    /// The next field as flags: each letter of `letters` when set, a dot when not.
    pub(crate) fn flags<const N: usize>(
        &mut self,
        name: &'static str,
        letters: [u8; N],
    ) -> Result<[bool; N], LineError> {
        Self::read_flags(self.text(name)?, name, letters)
    }

    pub(crate) fn read_flags<const N: usize>(
        text: &[u8],
        name: &'static str,
        letters: [u8; N],
    ) -> Result<[bool; N], LineError> {
        let text = <[u8; N]>::try_from(text).map_err(|_| LineError::Field(name))?;
        let known = text.iter().zip(letters).all(|(byte, letter)| *byte == letter || *byte == b'.');
        if known { Ok(text.map(|byte| byte != b'.')) } else { Err(LineError::Field(name)) }
    }

    pub(crate) fn parse<N: FromStr>(text: &[u8], name: &'static str) -> Result<N, LineError> {
        let text = core::str::from_utf8(text).map_err(|_| LineError::Field(name))?;
        text.parse().map_err(|_| LineError::Field(name))
    }

    /// Upper case hexadecimal digits, at most four.
    pub(crate) fn parse_hex(digits: &[u8]) -> Option<u16> {
        digits.iter().try_fold(0_u16, |value, digit| {
            let digit = match digit {
                b'0'..=b'9' => digit - b'0',
                b'A'..=b'F' => digit - b'A' + 10,
                _ => return None,
            };
            Some((value << 4) | u16::from(digit))
        })
    }
}
