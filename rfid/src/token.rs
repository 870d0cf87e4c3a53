//! Tokens as OCPP carries them: the idTag of 1.6 and the IdToken of 2.0.1.
//!
//! Rules: OCPP 1.6 §7.28 (IdToken is a `CiString20Type`), OCPP 2.0.1 part 2 §2.24 (IdTokenType: 36 characters, case
//! insensitive) and §3.43 (IdTokenEnumType). Both compare without regard to case; here `Eq`, `Ord` and `Hash` agree on
//! that. A token that does not fit is refused, never cut.

use core::{cmp::Ordering, fmt, hash};

use crate::text::Text;
use crate::{Technology, Uid, UidFormat};

/// An idTag of OCPP 1.6: 1 to 20 printable ASCII characters, compared without regard to case.
pub type IdTag = Token<20>;

/// 1 to `N` printable ASCII characters, compared, ordered and hashed without regard to case.
///
/// The letters are kept as written for [`Token::as_str`]. `Debug` shortens them: a token is personal data, and whoever knows
/// one can charge with it. Comparing two of a length for equality takes the same time wherever they differ; ordering and
/// looking one up in a list do not.
#[derive(Clone, Copy)]
pub struct Token<const N: usize>(Text<N>);

/// Why a text cannot be a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// No characters; the station or file means "no token".
    #[error("a token needs at least one character")]
    Empty,
    /// More characters than the message allows.
    #[error("{len} characters where at most {max} are allowed")]
    TooLong {
        /// Characters found.
        len: usize,
        /// Characters allowed.
        max: usize,
    },
    /// A character outside printable ASCII. Positions count characters from 0.
    #[error("character {at} is not printable ASCII")]
    Character {
        /// Where it stands.
        at: usize,
    },
}

impl<const N: usize> Token<N> {
    /// A token as written.
    ///
    /// # Errors
    ///
    /// [`TokenError`], naming the length or the character.
    pub fn new(text: &str) -> Result<Self, TokenError> {
        if text.is_empty() {
            return Err(TokenError::Empty);
        }
        if let Some(at) = text.chars().position(|character| !matches!(character, ' '..='~')) {
            return Err(TokenError::Character { at });
        }
        Text::new(text).map(Self).ok_or(TokenError::TooLong { len: text.len(), max: N })
    }

    /// The token a station sends for a card: letter case, byte order and separators as the back end wants them.
    ///
    /// # Errors
    ///
    /// [`TokenError::TooLong`]: ten bytes are exactly 20 digits, so an idTag has no room for separators then.
    pub fn from_uid(uid: &Uid, format: UidFormat) -> Result<Self, TokenError> {
        Self::new(&uid.text(format))
    }

    /// A token of printable ASCII known to fit.
    pub(crate) fn of_short(text: fmt::Arguments<'_>) -> Self {
        let mut out = Text::EMPTY;
        _ = fmt::Write::write_fmt(&mut out, text);
        Self(out)
    }

    /// The token as it was written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    fn folded(&self) -> impl Iterator<Item = u8> + '_ {
        self.as_str().bytes().map(|byte| byte.to_ascii_uppercase())
    }
}

impl<const N: usize> PartialEq for Token<N> {
    fn eq(&self, other: &Self) -> bool {
        let pairs = self.folded().zip(other.folded());
        let differing = pairs.fold(0, |sum, (a, b)| sum | (a ^ b));
        (differing == 0) & (self.as_str().len() == other.as_str().len())
    }
}

impl<const N: usize> Eq for Token<N> {}

impl<const N: usize> Ord for Token<N> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded().cmp(other.folded())
    }
}

impl<const N: usize> PartialOrd for Token<N> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<const N: usize> hash::Hash for Token<N> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.folded().for_each(|byte| state.write_u8(byte));
        // As `str` does: keeps a sequence of tokens prefix-free.
        state.write_u8(0xFF);
    }
}

impl<const N: usize> fmt::Display for Token<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<const N: usize> fmt::Debug for Token<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({:?})", self.0)
    }
}

impl<const N: usize> core::str::FromStr for Token<N> {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        Self::new(text)
    }
}

/// An IdToken of OCPP 2.0.1: its kind and 1 to 36 characters.
///
/// Two tokens are equal when kind and text are, the text without regard to case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdToken {
    /// What the text is.
    pub kind: TokenKind,
    /// The text.
    pub token: Token<36>,
}

/// Kind of an [`IdToken`] (OCPP 2.0.1 part 2 §3.43), spelled there as [`TokenKind::as_str`] gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TokenKind {
    /// Made by the central system, for instance for a remote start.
    Central,
    /// Contract id of ISO 15118.
    EMaid,
    /// UID of an ISO 14443 card.
    Iso14443,
    /// UID of an ISO 15693 card.
    Iso15693,
    /// Typed at the station.
    KeyCode,
    /// Made by the station, for instance for a button.
    Local,
    /// Hardware address of the car.
    MacAddress,
    /// Nobody has to authorize; the text is empty there, so such a token is not an [`IdToken`].
    NoAuthorization,
}

impl TokenKind {
    /// Every kind with its spelling.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Central, "Central"),
        (Self::EMaid, "eMAID"),
        (Self::Iso14443, "ISO14443"),
        (Self::Iso15693, "ISO15693"),
        (Self::KeyCode, "KeyCode"),
        (Self::Local, "Local"),
        (Self::MacAddress, "MacAddress"),
        (Self::NoAuthorization, "NoAuthorization"),
    ];

    /// The spelling of the schema.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }

    /// The kind spelled `word`, letter by letter as in the schema.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind)
    }
}

impl IdToken {
    /// A token of the given kind.
    ///
    /// # Errors
    ///
    /// [`TokenError`], naming the length or the character.
    pub fn new(kind: TokenKind, text: &str) -> Result<Self, TokenError> {
        Ok(Self { kind, token: Token::new(text)? })
    }

    /// The token of a card, with the kind of its air interface. A UID of unknown technology is sent as `Local`, which
    /// the specification leaves to the station.
    ///
    /// # Errors
    ///
    /// As [`Token::from_uid`]; with 36 characters every form fits.
    pub fn from_uid(uid: &Uid, format: UidFormat) -> Result<Self, TokenError> {
        let kind = match uid.technology() {
            Technology::Iso14443 => TokenKind::Iso14443,
            Technology::Iso15693 => TokenKind::Iso15693,
            Technology::Unknown => TokenKind::Local,
        };
        Ok(Self { kind, token: Token::from_uid(uid, format)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ByteOrder, Separator};
    use core::hash::BuildHasher;
    use std::format;

    #[test]
    fn equality_order_and_hash_ignore_case_together() {
        let state = std::hash::RandomState::new();
        let (a, b) = (IdTag::new("abCD_1").unwrap(), IdTag::new("ABcd_1").unwrap());
        assert_eq!((a == b, a.cmp(&b)), (true, Ordering::Equal));
        assert_eq!(state.hash_one(a), state.hash_one(b));
        assert_eq!(a.as_str(), "abCD_1", "letters stay as written");
        for other in ["abCD_", "abCD_12", "abCD_2", "bbCD_1"] {
            assert_ne!(a, IdTag::new(other).unwrap());
        }
        // `_` stands between upper and lower case letters in ASCII: order must not depend on the case either.
        let (c, d) = (IdTag::new("A_").unwrap(), IdTag::new("aa").unwrap());
        assert_eq!(c.cmp(&d), IdTag::new("a_").unwrap().cmp(&IdTag::new("AA").unwrap()));
    }

    #[test]
    fn a_tag_is_refused_not_cut() {
        let ten = Uid::from([0xAB; 10]);
        assert_eq!(IdTag::from_uid(&ten, UidFormat::UPPER).unwrap().as_str(), "ABABABABABABABABABAB");
        let form = UidFormat { separator: Separator::Colon, ..UidFormat::UPPER };
        assert_eq!(IdTag::from_uid(&ten, form), Err(TokenError::TooLong { len: 29, max: 20 }));
        assert_eq!(IdTag::new(""), Err(TokenError::Empty));
        assert_eq!(IdTag::new("AB\u{7}"), Err(TokenError::Character { at: 2 }));
        assert_eq!(IdTag::new("ä"), Err(TokenError::Character { at: 0 }));
    }

    #[test]
    fn kinds_are_spelled_as_in_the_schema() {
        for (kind, word) in TokenKind::ALL {
            assert_eq!((kind.as_str(), TokenKind::from_word(word)), (word, Some(kind)));
        }
        assert_eq!(TokenKind::from_word("EMAID"), None);
    }

    #[test]
    fn a_card_gets_the_kind_of_its_air_interface() {
        let kinds = ["04567DAA5F3580", "E00700001F8AC2FB", "0102030405060708"]
            .map(|text| IdToken::from_uid(&Uid::parse(text).unwrap(), UidFormat::UPPER).unwrap().kind);
        assert_eq!(kinds, [TokenKind::Iso14443, TokenKind::Iso15693, TokenKind::Local]);
        let reversed = UidFormat { order: ByteOrder::Reversed, ..UidFormat::LOWER };
        let tag = IdTag::from_uid(&Uid::from([0x0A, 0x0E, 0x9B, 0x83]), reversed).unwrap();
        assert_eq!(tag.as_str(), "839b0e0a");
    }

    #[test]
    fn debug_does_not_show_the_token() {
        assert_eq!(format!("{:?}", IdTag::new("04567DAA5F3580").unwrap()), "Token(04…80 (14 characters))");
    }
}
