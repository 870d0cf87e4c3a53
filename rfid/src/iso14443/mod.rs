//! What the anticollision of ISO 14443-3 type A delivers: cascade levels with block check, ATQA and SAK.

mod select;

pub use select::{FoundCard, SelectAnswer, SelectError, SelectFrame, Selection};

#[cfg(feature = "mfrc522")]
pub(crate) use select::crc_a;

use crate::uid::{Uid, UidError};

/// First byte of a level that is not the last (ISO 14443-3 §6.5.4). It is not part of the UID.
pub const CASCADE_TAG: u8 = 0x88;

/// Answer to a request, type A (ISO 14443-3 §6.5.2); the second byte received is the high one, as `0344` is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Atqa(pub u16);

/// Select acknowledge (ISO 14443-3 §6.5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sak(pub u8);

impl Atqa {
    /// Bytes of the UID announced by bits 7 and 8: 4, 7 or 10; `None` for the reserved value.
    pub fn uid_len(self) -> Option<usize> {
        match self.0 >> 6 & 0b11 {
            0 => Some(4),
            1 => Some(7),
            2 => Some(10),
            _ => None,
        }
    }
}

impl Sak {
    /// Whether the UID is not complete and another cascade level follows.
    pub fn is_incomplete(self) -> bool {
        self.0 & 0x04 != 0
    }

    /// Whether the card speaks ISO 14443-4, so that it has an ATS.
    pub fn has_iso14443_4(self) -> bool {
        !self.is_incomplete() && self.0 & 0x20 != 0
    }
}

/// Block check character of a level: the exclusive or of its four bytes.
pub const fn block_check([a, b, c, d]: [u8; 4]) -> u8 {
    a ^ b ^ c ^ d
}

/// Why anticollision answers do not make a UID. Levels count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CascadeError {
    /// A block check character does not match.
    #[error("cascade level {level}: block check {found:02X} where {expected:02X} belongs")]
    BlockCheck {
        /// The level.
        level: u8,
        /// The character received.
        found: u8,
        /// The exclusive or of the bytes before it.
        expected: u8,
    },
    /// A level before the last does not start with the cascade tag.
    #[error("cascade level {level} does not start with the cascade tag 88, but another level follows")]
    NoTag {
        /// The level.
        level: u8,
    },
    /// The last level starts with the cascade tag, so another one must follow.
    #[error("cascade level {level} starts with the cascade tag 88: another level must follow")]
    Unfinished {
        /// The level.
        level: u8,
    },
    /// There are no levels, or more than three.
    #[error("{0} cascade levels; a UID has one, two or three")]
    Levels(usize),
}

impl Uid {
    /// The UID of a card from the answers at its cascade levels, four bytes and block check each.
    ///
    /// # Errors
    ///
    /// [`CascadeError`] with the level that is wrong.
    ///
    /// ```
    /// use evkit_rfid::Uid;
    ///
    /// let levels = [[0x88, 0x04, 0x56, 0x7D, 0xA7], [0xAA, 0x5F, 0x35, 0x80, 0x40]];
    /// assert_eq!(Uid::from_cascade(&levels)?, Uid::from([0x04, 0x56, 0x7D, 0xAA, 0x5F, 0x35, 0x80]));
    /// # Ok::<(), evkit_rfid::CascadeError>(())
    /// ```
    pub fn from_cascade(levels: &[[u8; 5]]) -> Result<Self, CascadeError> {
        for (level, &[a, b, c, d, found]) in (1..).zip(levels) {
            let expected = block_check([a, b, c, d]);
            if found != expected {
                return Err(CascadeError::BlockCheck { level, found, expected });
            }
            match (a == CASCADE_TAG, usize::from(level) < levels.len()) {
                (true, false) => return Err(CascadeError::Unfinished { level }),
                (false, true) => return Err(CascadeError::NoTag { level }),
                _ => {}
            }
        }
        match *levels {
            [[a, b, c, d, _]] => Ok(Self::from([a, b, c, d])),
            [[_, a, b, c, _], [d, e, f, g, _]] => Ok(Self::from([a, b, c, d, e, f, g])),
            [[_, a, b, c, _], [_, d, e, f, _], [g, h, i, j, _]] => {
                Ok(Self::from([a, b, c, d, e, f, g, h, i, j]))
            }
            _ => Err(CascadeError::Levels(levels.len())),
        }
    }

    /// The answers of the anticollision that belong to this UID, for simulated cards and for select commands; unused
    /// levels are `None`.
    ///
    /// # Errors
    ///
    /// [`UidError::Length`] unless the UID has 4, 7 or 10 bytes.
    pub fn cascade(&self) -> Result<[Option<[u8; 5]>; 3], UidError> {
        let last = |[a, b, c, d]: [u8; 4]| Some([a, b, c, d, block_check([a, b, c, d])]);
        let more = |a, b, c| last([CASCADE_TAG, a, b, c]);
        match *self.as_bytes() {
            [a, b, c, d] => Ok([last([a, b, c, d]), None, None]),
            [a, b, c, d, e, f, g] => Ok([more(a, b, c), last([d, e, f, g]), None]),
            [a, b, c, d, e, f, g, h, i, j] => Ok([more(a, b, c), more(d, e, f), last([g, h, i, j])]),
            ref other => Err(UidError::Length { bytes: other.len() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_levels_make_ten_bytes() {
        let uid = Uid::from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        let levels = uid.cascade().unwrap().map(Option::unwrap);
        assert_eq!(levels, [[0x88, 1, 2, 3, 0x88], [0x88, 4, 5, 6, 0x8F], [7, 8, 9, 10, 12]]);
        assert_eq!(Uid::from_cascade(&levels), Ok(uid));
    }

    #[test]
    fn every_broken_level_is_named() {
        let one = |bytes| Uid::from_cascade(&[bytes]);
        assert_eq!(one([4, 3, 2, 1, 4]), Ok(Uid::from([4, 3, 2, 1])));
        assert_eq!(one([4, 3, 2, 1, 5]), Err(CascadeError::BlockCheck { level: 1, found: 5, expected: 4 }));
        assert_eq!(one([0x88, 4, 0x56, 0x7D, 0xA7]), Err(CascadeError::Unfinished { level: 1 }));
        let two = Uid::from_cascade(&[[4, 3, 2, 1, 4], [4, 3, 2, 1, 4]]);
        assert_eq!(two, Err(CascadeError::NoTag { level: 1 }));
        assert_eq!(Uid::from_cascade(&[]), Err(CascadeError::Levels(0)));
        let vicinity = Uid::from([0xE0, 7, 0, 0, 0x1F, 0x8A, 0xC2, 0xFB]);
        assert_eq!(vicinity.cascade(), Err(UidError::Length { bytes: 8 }));
    }

    #[test]
    fn size_bits_and_select_acknowledge() {
        assert_eq!(
            [0x0004, 0x0344, 0x0080, 0x00C0].map(|atqa| Atqa(atqa).uid_len()),
            [Some(4), Some(7), Some(10), None]
        );
        assert!(Sak(0x04).is_incomplete() && !Sak(0x24).has_iso14443_4());
        assert!(Sak(0x20).has_iso14443_4() && !Sak(0x08).has_iso14443_4());
    }
}
