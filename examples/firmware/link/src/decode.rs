//! Bytes to values.

use core::fmt;
use core::marker::PhantomData;

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
    let mut fields = Fields { rest: Some(payload), wrong: None };
    let message = M::read(&mut fields).ok_or(LineError::Kind)?;
    match fields {
        Fields { wrong: Some(name), .. } => Err(LineError::Field(name)),
        Fields { rest: Some(_), .. } => Err(LineError::Trailing),
        Fields { .. } => Ok(message),
    }
}

/// The fields of a line, one after the other. A wrong one is read as nothing or zero and remembered: the message is
/// refused when all of it was read.
#[derive(Debug)]
pub struct Fields<'a> {
    rest: Option<&'a [u8]>,
    /// The first field that is missing or out of its range.
    wrong: Option<&'static str>,
}

impl<'a> Fields<'a> {
    /// Refuses the message because of this field, unless an earlier one was wrong.
    pub(crate) fn refuse(&mut self, name: &'static str) {
        self.wrong.get_or_insert(name);
    }

    /// The next field.
    pub(crate) fn text(&mut self, name: &'static str) -> &'a [u8] {
        let Some(rest) = self.rest.take() else {
            self.refuse(name);
            return &[];
        };
        let mut parts = rest.splitn(2, |byte| *byte == b' ');
        let field = parts.next().unwrap_or_default();
        self.rest = parts.next();
        field
    }

    /// The next field as a number.
    pub(crate) fn number<N: TryFrom<i64> + Default>(&mut self, name: &'static str) -> N {
        let text = self.text(name);
        self.parse(name, text)
    }

    /// A number out of the field of this name.
    pub(crate) fn parse<N: TryFrom<i64> + Default>(&mut self, name: &'static str, text: &[u8]) -> N {
        let number = Self::integer(text).and_then(|number| N::try_from(number).ok());
        self.value(name, number, N::default())
    }

    /// The next field as milliseconds.
    pub(crate) fn time(&mut self, name: &'static str) -> u64 {
        let text = core::str::from_utf8(self.text(name)).unwrap_or_default();
        self.value(name, text.parse().ok(), 0)
    }

    /// The value of the field of this name, which is wrong without one.
    pub(crate) fn value<T>(&mut self, name: &'static str, value: Option<T>, otherwise: T) -> T {
        if value.is_none() {
            self.refuse(name);
        }
        value.unwrap_or(otherwise)
    }

    /// The next field as flags: each letter of `letters` when set, a dot when not.
    pub(crate) fn flags<const N: usize>(&mut self, name: &'static str, letters: &[u8; N]) -> [bool; N] {
        let text = self.text(name);
        let mut set = [false; N];
        self.read_flags(name, text, letters, &mut set);
        set
    }

    fn read_flags(&mut self, name: &'static str, text: &[u8], letters: &[u8], set: &mut [bool]) {
        if text.len() != letters.len() {
            self.refuse(name);
        }
        for ((set, byte), letter) in set.iter_mut().zip(text).zip(letters) {
            *set = byte == letter;
            if !*set && *byte != b'.' {
                self.refuse(name);
            }
        }
    }

    /// A sign, and a decimal number of 32 bits.
    fn integer(text: &[u8]) -> Option<i64> {
        let (sign, digits) = match text {
            [b'-', digits @ ..] => (-1, digits),
            digits => (1, digits),
        };
        if digits.is_empty() {
            return None;
        }
        let magnitude = digits.iter().try_fold(0_u32, |value, digit| {
            let digit = char::from(*digit).to_digit(10)?;
            value.checked_mul(10)?.checked_add(digit)
        })?;
        Some(sign * i64::from(magnitude))
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
