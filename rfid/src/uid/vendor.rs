//! Written forms of the three vendors that do not name one UID.
//!
//! Sources: KEBA UDP guide 2.0 (report 100), KEBA Modbus guide 1.02 (register 1500), Bender manual 5.3, EVlink
//! commissioning guide (charge history). How KEBA hands on a 10 byte UID is inferred from the field's 8 bytes.

use core::fmt;

use super::hex::read_bytes;
use super::matching::{Candidates, Place, Why};
use super::{Uid, UidError};
use crate::text::Redacted;

/// Makers of ISO 15693 tags met in practice: ISO 7816-6 numbers of Motorola, ST, NXP, Infineon, Cylink, TI, Fujitsu.
const ISO15693_MAKERS: [u8; 7] = [0x01, 0x02, 0x04, 0x05, 0x06, 0x07, 0x08];

impl Candidates {
    /// Reads the 16 digits KEBA stations write for a card over UDP and in their lists: 8 bytes, filled up with zeros.
    ///
    /// All zeros means no card and gives no candidate. Otherwise every UID that fits is given: 8 bytes of ISO 15693 if
    /// the maker is known, 4 bytes if the last four are zero, 7 if the last one is, 8 as they stand if they are ISO
    /// 15693 or nothing looks like padding, and always the beginning of a 10 byte UID that did not fit the field.
    ///
    /// # Errors
    ///
    /// [`UidError::Digits`] unless there are 16 digits, and the errors of [`Uid::parse`].
    ///
    /// ```
    /// use evkit_rfid::{Candidates, Uid};
    ///
    /// let form = Candidates::from_keba("e3f76b8d00000000")?;
    /// let whole: Vec<_> = form.whole().collect();
    /// assert_eq!(whole, [Uid::parse("E3F76B8D")?, Uid::parse("E3F76B8D000000")?]);
    /// # Ok::<(), evkit_rfid::UidError>(())
    /// ```
    pub fn from_keba(text: &str) -> Result<Self, UidError> {
        const DIGITS: usize = 16;
        let (bytes, len) = read_bytes(text)?;
        let (Some(&padded), 8, DIGITS) = (bytes.first_chunk::<8>(), len, text.len()) else {
            return Err(UidError::Digits { digits: text.len(), expected: DIGITS });
        };
        let [a, b, c, d, e, f, g, h] = padded;
        let mut out = Self::default();
        if padded == [0; 8] {
            return Ok(out);
        }
        if a == 0xE0 && ISO15693_MAKERS.contains(&b) {
            out.push_whole(Uid::from(padded), Why::KnownMaker);
        }
        if [e, f, g, h] == [0; 4] {
            out.push_whole(Uid::from([a, b, c, d]), Why::Padding { bytes: 4 });
        }
        if h == 0 {
            out.push_whole(Uid::from([a, b, c, d, e, f, g]), Why::Padding { bytes: 1 });
        }
        if h != 0 || a == 0xE0 {
            out.push_whole(Uid::from(padded), Why::AsWritten);
        }
        out.push_part(Uid::from(padded), Place::Start, Why::Cut);
        Ok(out)
    }

    /// Reads the value of KEBA's Modbus register 1500: the first four bytes of a UID as one number.
    ///
    /// Reports about the byte order contradict each other, so both orders are candidates. Zero means no card.
    pub fn from_keba_register(register: u32) -> Self {
        let mut out = Self::default();
        if register != 0 {
            let (plain, swapped) = (Uid::from(register.to_be_bytes()), Uid::from(register.to_le_bytes()));
            out.push_whole(plain, Why::AsWritten);
            out.push_part(plain, Place::Start, Why::Cut);
            out.push_whole(swapped, Why::Reversed);
            out.push_part(swapped, Place::Start, Why::CutReversed);
        }
        out
    }

    /// Both byte orders of a UID, for back ends of which nobody knows the order. A UID that reads the same both ways gives
    /// one candidate.
    pub fn exact_or_reversed(uid: Uid) -> Self {
        let mut out = Self::default();
        out.push_whole(uid, Why::AsWritten);
        out.push_whole(uid.reversed(), Why::Reversed);
        out
    }
}

/// The tag of an OCPP message from a KEBA station, perhaps with the station's serial behind it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KebaTag<'a> {
    /// The token itself.
    pub token: &'a str,
    /// Serial number of the station, where one was appended.
    pub serial: Option<&'a str>,
}

impl<'a> KebaTag<'a> {
    /// Splits `token_serial`, but only where the tail is 8 digits *and* one of `serials`, the stations the caller knows:
    /// `_` is a legal character of a tag.
    pub fn split(text: &'a str, serials: &[&str]) -> Self {
        let is_serial = |tail: &str| tail.len() == 8 && tail.bytes().all(|byte| byte.is_ascii_digit());
        match text.rsplit_once('_') {
            Some((token, tail)) if is_serial(tail) && serials.contains(&tail) => {
                Self { token, serial: Some(tail) }
            }
            _ => Self { token: text, serial: None },
        }
    }
}

impl fmt::Debug for KebaTag<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KebaTag({}, serial {:?})", Redacted(self.token), self.serial)
    }
}

impl Uid {
    /// Reads the identifier of an EVlink badge or history line: digits only, letters in upper case.
    ///
    /// # Errors
    ///
    /// As [`Uid::parse`]; [`UidError::NotHex`] for a lower-case letter or separator too, because the vendor writes none
    /// and such a text therefore comes from somewhere else.
    pub fn parse_evlink(text: &str) -> Result<Self, UidError> {
        match text
            .chars()
            .position(|character| !character.is_ascii_digit() && !character.is_ascii_uppercase())
        {
            Some(at) => Err(UidError::NotHex { at }),
            None => Self::parse(text),
        }
    }
}
