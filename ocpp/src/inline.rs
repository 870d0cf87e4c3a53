//! [`Inline`]: a short text built in place.

use core::fmt;

/// A text of at most `MAX` bytes. What does not fit is refused as a whole piece.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Inline<const MAX: usize> {
    len: usize,
    bytes: [u8; MAX],
}

impl<const MAX: usize> Inline<MAX> {
    pub(crate) const EMPTY: Self = Self { len: 0, bytes: [0; MAX] };

    /// The text `value` prints as, or as many of its pieces as fit.
    pub(crate) fn of(value: impl fmt::Display) -> Self {
        let mut text = Self::EMPTY;
        let _ = fmt::write(&mut text, format_args!("{value}"));
        text
    }

    /// As much of `text` as fits, cut between characters.
    pub(crate) fn cut(text: &str) -> Self {
        let end = (0..=MAX.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        let mut cut = Self::EMPTY;
        let _ = fmt::Write::write_str(&mut cut, text.get(..end).unwrap_or_default());
        cut
    }

    pub(crate) fn as_str(&self) -> &str {
        self.bytes.get(..self.len).and_then(|text| core::str::from_utf8(text).ok()).unwrap_or_default()
    }
}

impl<const MAX: usize> PartialEq for Inline<MAX> {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl<const MAX: usize> Eq for Inline<MAX> {}

impl<const MAX: usize> fmt::Write for Inline<MAX> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_fit_or_are_left_out() {
        assert_eq!(Inline::<4>::of(1234).as_str(), "1234");
        assert_eq!(Inline::<3>::of(1234).as_str(), "");
        assert_eq!(Inline::<3>::cut("abcd").as_str(), "abc");
        assert_eq!(Inline::<3>::cut("ab\u{fc}").as_str(), "ab");
        assert_eq!(Inline::<8>::of(format_args!("{}-{:x}", 10, 255)).as_str(), "10-ff");
    }
}
