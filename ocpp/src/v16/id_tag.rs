//! [`IdTag`]: an identifier a session can keep (OCPP 1.6 §7.28).

use core::fmt;

use super::IdToken;
use crate::text::CiStr;

/// Longest identifier, in characters.
pub const ID_TAG_MAX: usize = 20;

/// An identifier of up to 20 printable ASCII characters, held inline.
///
/// Identifiers compare without case and keep the spelling they came in. `Debug` shows the ends only: identifiers are
/// personal data.
#[derive(Clone, Copy)]
pub struct IdTag {
    len: u8,
    bytes: [u8; ID_TAG_MAX],
}

/// The text is no identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdTagError {
    /// More than 20 characters.
    #[error("identifier has {0} bytes, at most {ID_TAG_MAX} are allowed")]
    Long(usize),
    /// Something else than printable ASCII.
    #[error("identifier has a character at byte {0} that is not printable ASCII")]
    Character(usize),
}

impl IdTag {
    /// An identifier from its text.
    ///
    /// # Errors
    ///
    /// See [`IdTagError`].
    pub fn new(text: &str) -> Result<Self, IdTagError> {
        if let Some(at) = text.bytes().position(|byte| !(0x20..0x7F).contains(&byte)) {
            return Err(IdTagError::Character(at));
        }
        let mut tag = Self { len: 0, bytes: [0; ID_TAG_MAX] };
        tag.bytes.get_mut(..text.len()).ok_or(IdTagError::Long(text.len()))?.copy_from_slice(text.as_bytes());
        tag.len = text.len() as u8;
        Ok(tag)
    }

    /// The identifier as a member of a message.
    #[must_use]
    pub fn token(&self) -> IdToken<'_> {
        CiStr::cut(self.as_str())
    }

    /// The text as it came in.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.bytes.get(..self.len.into()).and_then(|text| core::str::from_utf8(text).ok()).unwrap_or_default()
    }
}

impl PartialEq for IdTag {
    fn eq(&self, other: &Self) -> bool {
        self.as_str().eq_ignore_ascii_case(other.as_str())
    }
}

impl Eq for IdTag {}

impl TryFrom<&IdToken<'_>> for IdTag {
    type Error = IdTagError;

    fn try_from(token: &IdToken<'_>) -> Result<Self, IdTagError> {
        // 20 characters of up to four bytes: the bound in bytes is checked by `new`.
        Self::new(token.copy_to(&mut [0; 4 * ID_TAG_MAX]).unwrap_or_default())
    }
}

impl TryFrom<&str> for IdTag {
    type Error = IdTagError;

    fn try_from(text: &str) -> Result<Self, IdTagError> {
        Self::new(text)
    }
}

impl fmt::Display for IdTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for IdTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.as_str();
        match (text.get(..2), text.get(text.len().saturating_sub(2)..)) {
            (Some(first), Some(last)) if text.len() > 6 => write!(f, "IdTag({first}..{last})"),
            _ => f.write_str("IdTag(..)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn compares_without_case_and_keeps_the_spelling() {
        let (lower, upper) = (IdTag::new("04a2b3c4").unwrap(), IdTag::new("04A2B3C4").unwrap());
        assert_eq!(lower, upper);
        assert_eq!(lower.as_str(), "04a2b3c4");
        assert_ne!(lower, IdTag::new("04a2b3c").unwrap());
    }

    #[test]
    fn bounds() {
        assert!(IdTag::new("12345678901234567890").is_ok());
        assert!(IdTag::new("").is_ok());
        assert_eq!(IdTag::new("123456789012345678901"), Err(IdTagError::Long(21)));
        assert_eq!(IdTag::new("abc\u{e9}"), Err(IdTagError::Character(3)));
        assert_eq!(IdTag::new("a\tb"), Err(IdTagError::Character(1)));
    }

    #[test]
    fn debug_hides_the_identifier() {
        assert_eq!(format!("{:?}", IdTag::new("04A2B3C4").unwrap()), "IdTag(04..C4)");
        assert_eq!(format!("{:?}", IdTag::new("1234").unwrap()), "IdTag(..)");
    }
}
