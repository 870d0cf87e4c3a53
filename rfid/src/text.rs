//! Short ASCII text stored inline, so that every written form of an identifier fits on the stack.
//!
//! No specification lies behind this file; it only keeps `no_std` callers free of an allocator.

use core::{cmp::Ordering, fmt, hash, ops::Deref};

/// Up to `N` characters of ASCII, stored inline.
///
/// Dereferences to `str`. [`Debug`](fmt::Debug) shortens the text to its first and last two characters, because
/// the written form of a card is personal data; [`Display`](fmt::Display) writes it out.
#[derive(Clone, Copy)]
pub struct Text<const N: usize> {
    len: u8,
    bytes: [u8; N],
}

impl<const N: usize> Text<N> {
    /// No characters.
    pub const EMPTY: Self = Self { len: 0, bytes: [0; N] };

    /// Takes over `text`, or `None` when it has more than `N` bytes (255 at most) or is not ASCII.
    pub fn new(text: &str) -> Option<Self> {
        let mut out = Self::EMPTY;
        text.bytes().all(|byte| out.push(byte)).then_some(out)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        // Only `push` writes, and it refuses what is not ASCII: neither fallback is ever taken.
        let bytes = self.bytes.get(..usize::from(self.len)).unwrap_or(&[]);
        core::str::from_utf8(bytes).unwrap_or("")
    }

    /// Appends one ASCII character; `false`, changing nothing, when it is not ASCII or there is no room.
    pub(crate) fn push(&mut self, byte: u8) -> bool {
        let (Some(slot), Some(len)) = (self.bytes.get_mut(usize::from(self.len)), self.len.checked_add(1))
        else {
            return false;
        };
        if byte.is_ascii() {
            *slot = byte;
            self.len = len;
        }
        byte.is_ascii()
    }
}

impl<const N: usize> Deref for Text<N> {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl<const N: usize> PartialEq for Text<N> {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl<const N: usize> Eq for Text<N> {}

impl<const N: usize> Ord for Text<N> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl<const N: usize> PartialOrd for Text<N> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<const N: usize> hash::Hash for Text<N> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl<const N: usize> PartialEq<str> for Text<N> {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl<const N: usize> PartialEq<&str> for Text<N> {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl<const N: usize> fmt::Display for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<const N: usize> fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Redacted(self.as_str()), f)
    }
}

impl<const N: usize> fmt::Write for Text<N> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if text.bytes().all(|byte| self.push(byte)) { Ok(()) } else { Err(fmt::Error) }
    }
}

/// Writes the first and last two characters of a text and how many there are; nothing else of a short one.
#[derive(Clone, Copy)]
pub(crate) struct Redacted<'a>(pub(crate) &'a str);

impl fmt::Display for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.chars().count();
        // Below eight characters the ends would be half of the secret or more.
        if count < 8 {
            return write!(f, "({count} characters)");
        }
        let (head, tail) = (self.0.char_indices().nth(2), self.0.char_indices().nth(count - 2));
        let head = head.and_then(|(at, _)| self.0.get(..at)).unwrap_or("");
        let tail = tail.and_then(|(at, _)| self.0.get(at..)).unwrap_or("");
        write!(f, "{head}…{tail} ({count} characters)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;

    #[test]
    fn keeps_what_fits_and_refuses_the_rest() {
        assert_eq!(Text::<4>::new("ABCD").unwrap(), "ABCD");
        assert_eq!(Text::<4>::new("ABCDE"), None);
        assert_eq!(Text::<4>::new("é"), None);
        assert_eq!(Text::<0>::new("").unwrap(), "");
    }

    #[test]
    fn debug_shows_the_ends_only() {
        assert_eq!(format!("{:?}", Text::<20>::new("04567DAA5F3580").unwrap()), "04…80 (14 characters)");
        assert_eq!(format!("{:?}", Text::<20>::new("1234567").unwrap()), "(7 characters)");
        assert_eq!(format!("{}", Redacted("ÄÖ345678é")), "ÄÖ…8é (9 characters)");
    }
}
