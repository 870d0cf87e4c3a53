//! Message ids: what ties an answer to its call.

use core::fmt;

use crate::json::{Quoted, Writer};
use crate::text::{Storage, Str, TooLong};

/// The id of a message, borrowed: at most 36 characters, enough for a UUID.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MessageId<'a>(Str<'a, { MessageId::MAX }>);

impl<'a> MessageId<'a> {
    /// Most characters.
    pub const MAX: usize = 36;

    /// Takes `text` as an id.
    ///
    /// # Errors
    /// If it has more than 36 characters.
    pub fn new(text: &'a str) -> Result<Self, TooLong> {
        Str::new(text).map(Self)
    }

    /// The first 36 characters of `text` as an id, for ids that are made here and known to be short.
    pub(super) fn cut(text: &'a str) -> Self {
        Self(Str::cut(text))
    }

    /// The id in a received frame, if it is not too long.
    pub(super) fn received(quoted: Quoted<'a>) -> Option<Self> {
        let text = Str::received(Storage::received(quoted));
        (quoted.raw.len() <= Self::MAX || text.len() <= Self::MAX).then_some(Self(text))
    }

    /// The id as text.
    #[must_use]
    pub const fn text(&self) -> &Str<'a, { MessageId::MAX }> {
        &self.0
    }

    /// The same id, owned.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn into_owned(self) -> MessageId<'static> {
        MessageId(self.0.into_owned())
    }

    /// The same id in a buffer of its own.
    #[must_use]
    pub fn to_buf(&self) -> IdBuf {
        let mut bytes = [0; IdBuf::SIZE];
        let len = self.0.copy_to(&mut bytes).map_or(0, str::len);
        IdBuf { bytes, len: len as u8 }
    }

    pub(super) fn write(&self, w: &mut Writer<'_>) {
        self.0.write(w);
    }
}

impl fmt::Display for MessageId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl PartialEq<str> for MessageId<'_> {
    fn eq(&self, other: &str) -> bool {
        self.0 == *other
    }
}

/// The id of a message in a buffer of its own, for answers that are given later.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct IdBuf {
    bytes: [u8; Self::SIZE],
    len: u8,
}

impl IdBuf {
    /// 36 characters of four bytes.
    const SIZE: usize = 4 * MessageId::MAX;

    /// The id.
    #[must_use]
    pub fn id(&self) -> MessageId<'_> {
        MessageId(Str::cut(self.as_str()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.bytes.get(..self.len.into()).and_then(|text| core::str::from_utf8(text).ok()).unwrap_or_default()
    }
}

impl fmt::Debug for IdBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Lexer;

    #[test]
    fn characters_not_bytes() {
        let umlauts = "\u{fc}".repeat(36);
        assert_eq!(MessageId::new(&umlauts).unwrap().to_buf().as_str(), umlauts);
        assert!(MessageId::new(&"\u{fc}".repeat(37)).is_err());
        let widest = "\u{1f600}".repeat(36);
        assert_eq!(MessageId::new(&widest).unwrap().to_buf().id(), MessageId::new(&widest).unwrap());
    }

    #[test]
    fn escapes_do_not_matter() {
        let quoted = Lexer::new(r#""a\/b""#).string().unwrap();
        let id = MessageId::received(quoted).unwrap();
        assert_eq!(id, *"a/b");
        assert_eq!(id.to_buf().as_str(), "a/b");
    }
}
