//! Hexadecimal written forms of a UID, in and out.
//!
//! Vendors print UIDs in upper or lower case, with and without separators, and some with the bytes reversed (the
//! four forms of the Bender manual 5.3). Reading accepts any case and separator but never guesses an order and never
//! drops, pads or cuts anything.

use super::{MAX_UID_LEN, Uid};
use crate::text::Text;

/// The longest written form: `0x`, ten bytes and nine separators.
pub type UidText = Text<31>;

/// Letter case of hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Case {
    /// `0A0E9B83`.
    Upper,
    /// `0a0e9b83`.
    Lower,
}

/// Order in which a written form gives the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ByteOrder {
    /// As the anticollision delivers them (ISO 15693: `E0` first).
    Canonical,
    /// Last byte first. Digits within a byte keep their order.
    Reversed,
}

/// What stands between two bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Separator {
    /// Nothing.
    None,
    /// `:`
    Colon,
    /// `-`
    Hyphen,
    /// One blank.
    Blank,
}

/// A hexadecimal written form.
///
/// ```
/// use evkit_rfid::{Case, Separator, Uid, UidFormat};
///
/// let uid = Uid::parse("0A0E9B83")?;
/// let form = UidFormat { case: Case::Lower, separator: Separator::Colon, ..UidFormat::UPPER };
/// assert_eq!(uid.text(form), "0a:0e:9b:83");
/// # Ok::<(), evkit_rfid::UidError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UidFormat {
    /// Letter case of the digits.
    pub case: Case,
    /// Order of the bytes.
    pub order: ByteOrder,
    /// What stands between two bytes.
    pub separator: Separator,
    /// Whether `0x` stands in front.
    pub prefix: bool,
}

impl UidFormat {
    /// `0A0E9B83`: the form used wherever nothing else is asked for, and Bender's "Upper Case".
    pub const UPPER: Self =
        Self { case: Case::Upper, order: ByteOrder::Canonical, separator: Separator::None, prefix: false };
    /// `0a0e9b83`: Bender's "Lower Case", and the KEBA UDP interface before padding.
    pub const LOWER: Self = Self { case: Case::Lower, ..Self::UPPER };
    /// `839B0E0A`: Bender's upper case with reversed byte order.
    pub const UPPER_REVERSED: Self = Self { order: ByteOrder::Reversed, ..Self::UPPER };
    /// `839b0e0a`: Bender's lower case with reversed byte order.
    pub const LOWER_REVERSED: Self = Self { order: ByteOrder::Reversed, ..Self::LOWER };

    /// The four letter-case modes of a Bender controller (manual 5.3), in the order of its menu.
    pub const BENDER_MODES: [Self; 4] =
        [Self::LOWER, Self::UPPER, Self::LOWER_REVERSED, Self::UPPER_REVERSED];
}

/// Why a text or a run of bytes is not a UID. Positions count characters from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UidError {
    /// There is no digit at all.
    #[error("no digits where 4, 7, 8 or 10 bytes in hexadecimal belong")]
    Empty,
    /// A character is neither a hexadecimal digit nor a separator.
    #[error("character {at} is no hexadecimal digit")]
    NotHex {
        /// Where it stands.
        at: usize,
    },
    /// A byte has one digit only.
    #[error("the byte at character {at} has one digit, two belong there")]
    HalfByte {
        /// Where the lone digit stands.
        at: usize,
    },
    /// A separator is missing, misplaced, or not the one used before.
    #[error("character {at}: all bytes need the same single separator between them, or none")]
    Separator {
        /// Where the rule is broken.
        at: usize,
    },
    /// The number of bytes is not that of a UID.
    #[error("{bytes} bytes; a UID has 4, 7, 8 or 10")]
    Length {
        /// Bytes found.
        bytes: usize,
    },
    /// A vendor form needs a fixed number of digits.
    #[error("{digits} digits where {expected} belong")]
    Digits {
        /// Digits found.
        digits: usize,
        /// Digits the form has.
        expected: usize,
    },
}

impl Uid {
    /// Reads hexadecimal digits of any case in canonical byte order, with an optional `0x`, and `:`, `-` or single blanks
    /// between bytes.
    ///
    /// Digits only are still hexadecimal: `12345678` is four bytes. Decimal forms have functions of their own
    /// ([`Uid::from_decimal10`]).
    ///
    /// # Errors
    ///
    /// [`UidError`] with the character that is wrong, or the number of bytes if it is none of 4, 7, 8, 10.
    pub fn parse(text: &str) -> Result<Self, UidError> {
        Self::parse_in(text, ByteOrder::Canonical)
    }

    /// Like [`Uid::parse`] for a text known to give its bytes in `order`.
    ///
    /// # Errors
    ///
    /// As [`Uid::parse`].
    pub fn parse_in(text: &str, order: ByteOrder) -> Result<Self, UidError> {
        let (bytes, len) = read_bytes(text)?;
        let uid = Self::from_bytes(bytes.get(..len).ok_or(UidError::Length { bytes: len })?)?;
        Ok(match order {
            ByteOrder::Canonical => uid,
            ByteOrder::Reversed => uid.reversed(),
        })
    }

    /// Like [`Uid::parse`] for lists that hold cut or foreign identifiers of 1 to 10 bytes.
    ///
    /// # Errors
    ///
    /// As [`Uid::parse`], [`UidError::Length`] only beyond ten bytes.
    pub fn parse_any_length(text: &str) -> Result<Self, UidError> {
        let (bytes, len) = read_bytes(text)?;
        Self::with_any_length(bytes.get(..len).ok_or(UidError::Length { bytes: len })?)
    }

    /// The written form `format`.
    pub fn text(&self, format: UidFormat) -> UidText {
        let mut out = UidText::EMPTY;
        if format.prefix {
            out.push(b'0');
            out.push(b'x');
        }
        let source = match format.order {
            ByteOrder::Canonical => *self,
            ByteOrder::Reversed => self.reversed(),
        };
        for (index, byte) in source.as_bytes().iter().enumerate() {
            match format.separator {
                _ if index == 0 => {}
                Separator::None => {}
                Separator::Colon => _ = out.push(b':'),
                Separator::Hyphen => _ = out.push(b'-'),
                Separator::Blank => _ = out.push(b' '),
            }
            out.push(digit(byte >> 4, format.case));
            out.push(digit(byte & 0x0F, format.case));
        }
        out
    }
}

fn digit(nibble: u8, case: Case) -> u8 {
    match (nibble, case) {
        (0..=9, _) => b'0' + nibble,
        (_, Case::Upper) => b'A' + nibble.wrapping_sub(10),
        (_, Case::Lower) => b'a' + nibble.wrapping_sub(10),
    }
}

/// Value of a hexadecimal digit.
fn nibble(character: char) -> Option<u8> {
    character.to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// All bytes of a text and how many there are. More than ten are counted but not kept.
pub(super) fn read_bytes(text: &str) -> Result<([u8; MAX_UID_LEN], usize), UidError> {
    let prefix = if text.starts_with("0x") || text.starts_with("0X") { 2 } else { 0 };
    let mut rest = text.chars().enumerate().skip(prefix).peekable();
    let mut out = [0; MAX_UID_LEN];
    let mut len = 0;
    // Decided by what follows the first byte, binding from then on.
    let mut separator = None;
    while let Some((at, first)) = rest.next() {
        let high = nibble(first).ok_or(misplaced(first, at))?;
        let low = match rest.next() {
            Some((at, second)) => nibble(second).ok_or_else(|| match misplaced(second, at) {
                UidError::Separator { .. } => UidError::HalfByte { at: at.saturating_sub(1) },
                other => other,
            })?,
            None => return Err(UidError::HalfByte { at }),
        };
        if let Some(slot) = out.get_mut(len) {
            *slot = high << 4 | low;
        }
        len += 1;
        let Some(&(at, next)) = rest.peek() else { break };
        let found = is_separator(next).then_some(next);
        if found != *separator.get_or_insert(found) {
            return Err(UidError::Separator { at });
        }
        if found.is_some() {
            rest.next();
            if rest.peek().is_none() {
                return Err(UidError::Separator { at });
            }
        }
    }
    if len == 0 { Err(UidError::Empty) } else { Ok((out, len)) }
}

fn is_separator(character: char) -> bool {
    matches!(character, ':' | '-' | ' ')
}

fn misplaced(character: char, at: usize) -> UidError {
    if is_separator(character) { UidError::Separator { at } } else { UidError::NotHex { at } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Technology;

    #[test]
    fn reads_every_separator_and_case() {
        let uid = Uid::from([0x04, 0x56, 0x7D, 0xAA, 0x5F, 0x35, 0x80]);
        for text in [
            "04567DAA5F3580",
            "04567daa5f3580",
            "04:56:7D:AA:5F:35:80",
            "04-56-7d-aa-5f-35-80",
            "04 56 7D AA 5F 35 80",
            "0x04567DAA5F3580",
            "0X04:56:7D:AA:5F:35:80",
        ] {
            assert_eq!(Uid::parse(text), Ok(uid), "{text}");
        }
        assert_eq!(Uid::parse_in("80355FAA7D5604", ByteOrder::Reversed), Ok(uid));
    }

    #[test]
    fn errors_name_the_character() {
        for (text, error) in [
            ("", UidError::Empty),
            ("0x", UidError::Empty),
            ("ABC", UidError::HalfByte { at: 2 }),
            ("04:5:7D:AA", UidError::HalfByte { at: 3 }),
            ("04:567D", UidError::Separator { at: 5 }),
            ("04:56-7D:AA", UidError::Separator { at: 5 }),
            ("0456:7DAA", UidError::Separator { at: 4 }),
            ("04::56", UidError::Separator { at: 3 }),
            (":04567DAA", UidError::Separator { at: 0 }),
            ("04:56:7D:AA:", UidError::Separator { at: 11 }),
            ("04567DAA ", UidError::Separator { at: 8 }),
            ("04567DAG", UidError::NotHex { at: 7 }),
            ("0é567DAA", UidError::NotHex { at: 1 }),
            ("04567DAA\n", UidError::NotHex { at: 8 }),
            ("0A0E9B", UidError::Length { bytes: 3 }),
            ("0102030405060708090A0B", UidError::Length { bytes: 11 }),
        ] {
            assert_eq!(Uid::parse(text), Err(error), "{text:?}");
        }
        assert_eq!(Uid::parse_any_length("0A0E9B").unwrap().technology(), Technology::Unknown);
        assert_eq!(Uid::parse_any_length("0102030405060708090A0B"), Err(UidError::Length { bytes: 11 }));
    }

    #[test]
    fn bender_writes_four_forms() {
        let uid = Uid::from([0x0A, 0x0E, 0x9B, 0x83]);
        let forms = UidFormat::BENDER_MODES.map(|form| uid.text(form));
        assert_eq!(
            forms,
            ["0a0e9b83", "0A0E9B83", "839b0e0a", "839B0E0A"].map(|text| UidText::new(text).unwrap())
        );
    }

    #[test]
    fn the_longest_form_fits() {
        let form = UidFormat { separator: Separator::Blank, prefix: true, ..UidFormat::UPPER };
        assert_eq!(Uid::from([0xFF; 10]).text(form), "0xFF FF FF FF FF FF FF FF FF FF");
    }
}
