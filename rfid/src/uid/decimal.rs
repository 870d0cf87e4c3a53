//! Decimal card numbers and Wiegand words.
//!
//! Access-control readers print the first four bytes of a UID as a number of ten digits, three of them as a facility
//! code with a card number ("213,02000"), or send 24 or 32 bits framed by two parity bits. None of these is ever
//! guessed: a caller who knows that a column is decimal calls the function for it. No standard covers the Wiegand
//! word; even parity in front and odd parity behind is what all readers do.

use super::hex::ByteOrder;
use super::matching::{Candidates, Place, Why};
use super::{Uid, UidError};
use crate::text::Text;

/// Why a text or word is not a decimal card number or Wiegand word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecimalError {
    /// A character that is not a decimal digit. Positions count characters from 0.
    #[error("character {at} is no decimal digit")]
    NotDecimal {
        /// Where it stands.
        at: usize,
    },
    /// Not the number of digits of the form.
    #[error("{digits} digits where {expected} belong")]
    Digits {
        /// Digits found.
        digits: usize,
        /// Digits the form has.
        expected: usize,
    },
    /// The number does not fit the bits of the form.
    #[error("{value} is beyond {max}")]
    TooLarge {
        /// Value found.
        value: u64,
        /// Largest value of the form.
        max: u64,
    },
    /// A parity bit of a Wiegand word is wrong.
    #[error("the {0} parity bit of the Wiegand word is wrong")]
    Parity(&'static str),
    /// The UID has another length than the form can hold.
    #[error(transparent)]
    Uid(#[from] UidError),
}

impl Uid {
    /// Reads a card number of exactly ten decimal digits: 4 bytes, most significant first (`Canonical`) or last
    /// (`Reversed`).
    ///
    /// # Errors
    ///
    /// [`DecimalError::Digits`], [`DecimalError::NotDecimal`] or, beyond 4294967295, [`DecimalError::TooLarge`].
    ///
    /// ```
    /// use evkit_rfid::{ByteOrder, Uid};
    ///
    /// assert_eq!(Uid::from_decimal10("0013961168", ByteOrder::Canonical)?, Uid::from([0x00, 0xD5, 0x07, 0xD0]));
    /// # Ok::<(), evkit_rfid::DecimalError>(())
    /// ```
    pub fn from_decimal10(text: &str, order: ByteOrder) -> Result<Self, DecimalError> {
        let value = decimal(text, 10, u64::from(u32::MAX))?;
        Ok(from_number(value, order))
    }

    /// The ten-digit decimal form.
    ///
    /// # Errors
    ///
    /// [`UidError::Length`] unless the UID has four bytes.
    pub fn decimal10(&self, order: ByteOrder) -> Result<Text<10>, UidError> {
        let mut number = to_number(self, order)?;
        let mut digits = [b'0'; 10];
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (number % 10) as u8;
            number /= 10;
        }
        let mut out = Text::EMPTY;
        for digit in digits {
            out.push(digit);
        }
        Ok(out)
    }
}

/// A Wiegand word of 34 bits: even parity over the first 16 data bits, 32 data bits, odd parity over the last 16.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wiegand34(pub u64);

impl Wiegand34 {
    /// The word a reader that keeps or reverses the byte order sends for a four-byte UID.
    ///
    /// # Errors
    ///
    /// [`UidError::Length`] for another length: longer UIDs are cut by readers in ways of their own.
    pub fn from_uid(uid: &Uid, order: ByteOrder) -> Result<Self, UidError> {
        Ok(Self(frame(u64::from(to_number(uid, order)?), 16)))
    }

    /// The four bytes of the word.
    ///
    /// # Errors
    ///
    /// [`DecimalError::TooLarge`] for more than 34 bits, [`DecimalError::Parity`].
    pub fn uid(self, order: ByteOrder) -> Result<Uid, DecimalError> {
        Ok(from_number(unframe(self.0, 16)?, order))
    }
}

/// A Wiegand word of 26 bits: even parity, 24 data bits, odd parity. One byte of the card number is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wiegand26(pub u32);

impl Wiegand26 {
    /// Facility code and card number, the only content of the word.
    ///
    /// # Errors
    ///
    /// [`DecimalError::TooLarge`] for more than 26 bits, [`DecimalError::Parity`].
    pub fn card(self) -> Result<FacilityCard, DecimalError> {
        let [.., facility, high, low] = unframe(u64::from(self.0), 12)?.to_be_bytes();
        Ok(FacilityCard { facility, card: u16::from_be_bytes([high, low]) })
    }
}

impl From<FacilityCard> for Wiegand26 {
    fn from(card: FacilityCard) -> Self {
        let data = u64::from(card.facility) << 16 | u64::from(card.card);
        // 26 bits always fit.
        Self(frame(data, 12) as u32)
    }
}

/// Facility code and card number as printed on cards, 24 bits: "213,02000" or eight digits without the comma.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FacilityCard {
    /// One byte, three digits in print.
    pub facility: u8,
    /// Two bytes, five digits in print.
    pub card: u16,
}

impl FacilityCard {
    /// Reads three and five decimal digits, with or without one comma between them.
    ///
    /// # Errors
    ///
    /// [`DecimalError::Digits`] unless there are eight digits, [`DecimalError::NotDecimal`],
    /// [`DecimalError::TooLarge`] beyond 255 and 65535.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        let (facility, card, offset) = match text.split_once(',') {
            Some((facility, card)) => (facility, card, 4),
            None => match text.split_at_checked(3) {
                Some((facility, card)) => (facility, card, 3),
                None => return Err(DecimalError::Digits { digits: text.chars().count(), expected: 8 }),
            },
        };
        let facility = decimal(facility, 3, u64::from(u8::MAX))?;
        let card = decimal(card, 5, u64::from(u16::MAX)).map_err(|error| match error {
            DecimalError::NotDecimal { at } => DecimalError::NotDecimal { at: at + offset },
            other => other,
        })?;
        // Both values were checked against the width just above.
        Ok(Self { facility: facility as u8, card: card as u16 })
    }

    /// The two forms a four-byte UID may have that shows these three bytes: the last three of it, or, on a reader that
    /// reverses, the first three of it backwards.
    pub fn candidates(self) -> Candidates {
        let [high, low] = self.card.to_be_bytes();
        let mut out = Candidates::default();
        // Three bytes are a length a UID value can have.
        if let Ok(known) = Uid::with_any_length(&[self.facility, high, low]) {
            out.push_part(known, Place::End, Why::Cut);
            out.push_part(known.reversed(), Place::Start, Why::CutReversed);
        }
        out
    }
}

/// The number of `digits` decimal digits that `text` must be.
fn decimal(text: &str, digits: usize, max: u64) -> Result<u64, DecimalError> {
    let mut value = 0;
    let mut count = 0;
    for (at, character) in text.chars().enumerate() {
        let digit = character.to_digit(10).ok_or(DecimalError::NotDecimal { at })?;
        value = u64::wrapping_add(u64::wrapping_mul(value, 10), u64::from(digit));
        count += 1;
    }
    // Checked before the value: up to ten digits cannot have wrapped.
    if count != digits {
        return Err(DecimalError::Digits { digits: count, expected: digits });
    }
    if value > max { Err(DecimalError::TooLarge { value, max }) } else { Ok(value) }
}

/// Data bits with even parity over the upper `half` in front and odd parity over the lower `half` behind.
fn frame(data: u64, half: u32) -> u64 {
    let (even, odd) = parities(data, half);
    even << (2 * half + 1) | data << 1 | odd
}

/// The data bits of a word of `2 * half + 2` bits.
fn unframe(word: u64, half: u32) -> Result<u64, DecimalError> {
    let max = (1 << (2 * half + 2)) - 1;
    if word > max {
        return Err(DecimalError::TooLarge { value: word, max });
    }
    let data = word >> 1 & ((1 << (2 * half)) - 1);
    let (even, odd) = parities(data, half);
    if word >> (2 * half + 1) != even {
        Err(DecimalError::Parity("leading even"))
    } else if word & 1 != odd {
        Err(DecimalError::Parity("trailing odd"))
    } else {
        Ok(data)
    }
}

fn parities(data: u64, half: u32) -> (u64, u64) {
    let lower = data & ((1 << half) - 1);
    (u64::from((data >> half).count_ones() & 1), u64::from(!lower.count_ones() & 1))
}

fn from_number(value: u64, order: ByteOrder) -> Uid {
    let [.., a, b, c, d] = value.to_be_bytes();
    let uid = Uid::from([a, b, c, d]);
    match order {
        ByteOrder::Canonical => uid,
        ByteOrder::Reversed => uid.reversed(),
    }
}

fn to_number(uid: &Uid, order: ByteOrder) -> Result<u32, UidError> {
    let bytes = uid.as_bytes();
    let Ok(four) = <[u8; 4]>::try_from(bytes) else {
        return Err(UidError::Length { bytes: bytes.len() });
    };
    Ok(match order {
        ByteOrder::Canonical => u32::from_be_bytes(four),
        ByteOrder::Reversed => u32::from_le_bytes(four),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_digits_in_both_orders() {
        let uid = Uid::from([0x00, 0xD5, 0x07, 0xD0]);
        assert_eq!(Uid::from_decimal10("0013961168", ByteOrder::Canonical), Ok(uid));
        assert_eq!(Uid::from_decimal10("3490174208", ByteOrder::Reversed), Ok(uid));
        assert_eq!(uid.decimal10(ByteOrder::Canonical).unwrap(), "0013961168");
        assert_eq!(uid.decimal10(ByteOrder::Reversed).unwrap(), "3490174208");
        let read = |text| Uid::from_decimal10(text, ByteOrder::Canonical);
        assert_eq!(read("13961168"), Err(DecimalError::Digits { digits: 8, expected: 10 }));
        assert_eq!(read("00139611 8"), Err(DecimalError::NotDecimal { at: 8 }));
        assert_eq!(
            read("4294967296"),
            Err(DecimalError::TooLarge { value: 1 << 32, max: u64::from(u32::MAX) })
        );
        assert_eq!(Uid::from([1; 7]).decimal10(ByteOrder::Canonical), Err(UidError::Length { bytes: 7 }));
    }

    #[test]
    fn wiegand_words_carry_parity() {
        // 1EA6 has eight ones and 8671 seven: both parity bits are 0. 0100 has one and 0000 none: both are 1.
        let other = Wiegand34::from_uid(&Uid::from([1, 0, 0, 0]), ByteOrder::Canonical).unwrap();
        assert_eq!(other, Wiegand34(1 << 33 | 0x0100_0000 << 1 | 1));
        let uid = Uid::from([0x1E, 0xA6, 0x86, 0x71]);
        let word = Wiegand34::from_uid(&uid, ByteOrder::Canonical).unwrap();
        assert_eq!(word, Wiegand34(0x1EA6_8671 << 1));
        assert_eq!(word.uid(ByteOrder::Canonical), Ok(uid));
        assert_eq!(
            Wiegand34(word.0 ^ 1).uid(ByteOrder::Canonical),
            Err(DecimalError::Parity("trailing odd"))
        );
        assert_eq!(
            Wiegand34(word.0 ^ 1 << 33).uid(ByteOrder::Canonical),
            Err(DecimalError::Parity("leading even"))
        );
        assert_eq!(Wiegand34::from_uid(&uid, ByteOrder::Reversed).unwrap().uid(ByteOrder::Reversed), Ok(uid));
        let card = FacilityCard { facility: 213, card: 2000 };
        assert_eq!(Wiegand26::from(card).card(), Ok(card));
        assert!(matches!(Wiegand26(1 << 26).card(), Err(DecimalError::TooLarge { .. })));
    }

    #[test]
    fn eight_digits_keep_only_three_bytes() {
        let card = FacilityCard::parse("213,02000").unwrap();
        assert_eq!(FacilityCard::parse("21302000"), Ok(card));
        assert_eq!(FacilityCard::parse("256,00000"), Err(DecimalError::TooLarge { value: 256, max: 255 }));
        assert_eq!(FacilityCard::parse("213,0200x"), Err(DecimalError::NotDecimal { at: 8 }));
        let (one, other) = (Uid::from([0x00, 0xD5, 0x07, 0xD0]), Uid::from([0xD0, 0x07, 0xD5, 0x00]));
        let form = card.candidates();
        assert_eq!((form.why(&one), form.why(&other)), (Some(Why::Cut), Some(Why::CutReversed)));
        assert_eq!(form.find_in([one, other]), crate::Match::Ambiguous { first: one, second: other });
    }
}
