//! The unique identifier of a contactless card: one canonical value, whatever the text it came from.
//!
//! Lengths and byte order follow ISO 14443-3 §6.5 (4, 7 or 10 bytes, in the order the anticollision delivers them)
//! and ISO 15693-3 §4.1 (8 bytes, `E0` first, although the air interface sends them last byte first).

mod decimal;
mod hex;
mod matching;
mod vendor;

pub use decimal::{DecimalError, FacilityCard, Wiegand26, Wiegand34};
pub use hex::{ByteOrder, Case, Separator, UidError, UidFormat, UidText};
pub use matching::{Candidate, Candidates, Fragment, Match, Place, Reading, Why};
pub use vendor::KebaTag;

use core::{cmp::Ordering, fmt, hash, num::NonZeroU8};

/// Bytes of the longest UID, a triple-size one of ISO 14443-3.
pub const MAX_UID_LEN: usize = 10;

/// UID of a contactless card: 4, 7, 8 or 10 bytes in canonical order, stored inline.
///
/// The canonical order is the one of the anticollision for ISO 14443 and most significant byte first (`E0…`) for
/// ISO 15693. Equality, ordering and hashing look at the length and the bytes and agree with each other; the comparison
/// for equality takes the same time wherever two values differ.
///
/// There is no `Display`, and `Debug` shortens the value: a card number in a log is personal data. Say which
/// written form is wanted with [`Uid::text`].
///
/// ```
/// use evkit_rfid::{Uid, UidFormat};
///
/// let uid = Uid::parse("04:56:7d:aa:5f:35:80")?;
/// assert_eq!(uid, Uid::parse("0x04567DAA5F3580")?);
/// assert_eq!(uid.text(UidFormat::LOWER_REVERSED), "80355faa7d5604");
/// assert_eq!(format!("{uid:?}"), "Uid(04…80, 7 bytes)");
/// # Ok::<(), evkit_rfid::UidError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Uid {
    /// 1 to 10; never zero, so that an empty place in a list costs no byte.
    len: NonZeroU8,
    /// Bytes from `len` on are zero, so whole arrays may be compared.
    bytes: [u8; MAX_UID_LEN],
}

/// Air interface a UID belongs to, as far as its length and first byte tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Technology {
    /// ISO 14443 (proximity): 4, 7 or 10 bytes.
    Iso14443,
    /// ISO 15693 (vicinity): 8 bytes starting `E0`.
    Iso15693,
    /// Anything else, for instance the 8 bytes of a FeliCa card or a value a reader has cut.
    Unknown,
}

impl Uid {
    /// UID of 4, 7, 8 or 10 bytes in canonical order.
    ///
    /// # Errors
    ///
    /// [`UidError::Length`] for any other number of bytes; see [`Uid::with_any_length`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, UidError> {
        match bytes.len() {
            4 | 7 | 8 | 10 => Self::with_any_length(bytes),
            other => Err(UidError::Length { bytes: other }),
        }
    }

    /// UID of 1 to 10 bytes, for readers and lists that deliver cut or foreign identifiers.
    ///
    /// # Errors
    ///
    /// [`UidError::Empty`] and, for more than ten bytes, [`UidError::Length`].
    pub fn with_any_length(bytes: &[u8]) -> Result<Self, UidError> {
        let error = UidError::Length { bytes: bytes.len() };
        let len = u8::try_from(bytes.len()).map_err(|_| error)?;
        let len = NonZeroU8::new(len).ok_or(UidError::Empty)?;
        let mut out = Self { len, bytes: [0; MAX_UID_LEN] };
        out.bytes.get_mut(..bytes.len()).ok_or(error)?.copy_from_slice(bytes);
        Ok(out)
    }

    /// The bytes in canonical order.
    pub fn as_bytes(&self) -> &[u8] {
        // `len` never exceeds the array; the fallback only avoids a panicking index.
        self.bytes.get(..usize::from(self.len.get())).unwrap_or(&self.bytes)
    }

    /// Air interface, derived from length and first byte.
    pub fn technology(&self) -> Technology {
        match self.as_bytes() {
            [_, _, _, _] | [_, _, _, _, _, _, _] | [_, _, _, _, _, _, _, _, _, _] => Technology::Iso14443,
            [0xE0, _, _, _, _, _, _, _] => Technology::Iso15693,
            _ => Technology::Unknown,
        }
    }

    /// Manufacturer number of ISO 7816-6: first byte of a 7 or 10 byte UID, second of an ISO 15693 one.
    ///
    /// `None` where the UID carries none, as all 4 byte UIDs.
    pub fn manufacturer(&self) -> Option<u8> {
        match self.as_bytes() {
            [maker, _, _, _, _, _, _] | [maker, _, _, _, _, _, _, _, _, _] => Some(*maker),
            [0xE0, maker, _, _, _, _, _, _] => Some(*maker),
            _ => None,
        }
    }

    /// Whether the card draws this UID anew at each activation: 4 bytes, the first one `08` (ISO 14443-3 §6.5.4).
    ///
    /// Such a UID names no card. Stores refuse it and [`Policy::decide`](crate::Policy::decide) reports it.
    pub fn is_random(&self) -> bool {
        matches!(self.as_bytes(), [0x08, _, _, _])
    }

    /// Whether these four bytes are a level of a longer UID, the cascade tag `88` and three bytes, which some readers
    /// hand out as if it were the whole (ISO 14443-3 §6.5.4 bars `88` as first byte of a single-size UID).
    pub fn is_cascade_fragment(&self) -> bool {
        matches!(self.as_bytes(), [0x88, _, _, _])
    }

    /// The bytes in opposite order. Reversing is never done silently; this is for callers who know they must.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let mut out = *self;
        if let Some(bytes) = out.bytes.get_mut(..usize::from(self.len.get())) {
            bytes.reverse();
        }
        out
    }
}

/// The four lengths a UID may have need no check.
macro_rules! from_array {
    ($($len:literal)*) => {$(
        impl From<[u8; $len]> for Uid {
            fn from(from: [u8; $len]) -> Self {
                const LEN: NonZeroU8 = NonZeroU8::new($len).unwrap();
                let mut bytes = [0; MAX_UID_LEN];
                // Not `iter_mut().zip(from)`: inlined, rustc 1.95 at opt-level 3 loses the bytes of that loop, and all
                // seven-byte cards of a padded list become one. `cargo test --release` notices.
                if let Some(head) = bytes.first_chunk_mut() {
                    *head = from;
                }
                Self { len: LEN, bytes }
            }
        }
    )*};
}

from_array!(4 7 8 10);

impl PartialEq for Uid {
    fn eq(&self, other: &Self) -> bool {
        let differing = self.bytes.iter().zip(&other.bytes).fold(0, |sum, (a, b)| sum | (a ^ b));
        (differing | (self.len.get() ^ other.len.get())) == 0
    }
}

impl Eq for Uid {}

impl Ord for Uid {
    fn cmp(&self, other: &Self) -> Ordering {
        // As numbers, which a search through a long list compares faster than arrays.
        let number = |uid: &Self| {
            let [a, b, c, d, e, f, g, h, i, j] = uid.bytes;
            (uid.len, u64::from_be_bytes([a, b, c, d, e, f, g, h]), u16::from_be_bytes([i, j]))
        };
        number(self).cmp(&number(other))
    }
}

impl PartialOrd for Uid {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl hash::Hash for Uid {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        (self.len, self.bytes).hash(state);
    }
}

impl fmt::Debug for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_bytes() {
            [first, .., last] if self.len.get() >= 4 => {
                write!(f, "Uid({first:02X}…{last:02X}, {} bytes)", self.len)
            }
            _ => write!(f, "Uid({} bytes)", self.len),
        }
    }
}
