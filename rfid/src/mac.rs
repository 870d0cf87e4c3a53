//! Hardware addresses of cars, for AutoCharge and the MAC entries of Bender white lists.

use core::fmt;

use crate::token::{IdTag, IdToken, Token, TokenKind};
use crate::uid::{Case, Separator, Uid, UidError, UidFormat};

/// A 48-bit hardware address (EUI-48). Debug shows the maker's half only: the whole identifies a car.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MacAddress(pub [u8; 6]);

impl MacAddress {
    /// Reads 12 hexadecimal digits, with `:`, `-` or blanks between bytes or without.
    ///
    /// # Errors
    ///
    /// The errors of [`Uid::parse`]; [`UidError::Digits`] for another length.
    pub fn parse(text: &str) -> Result<Self, UidError> {
        let uid = Uid::parse_any_length(text)?;
        let bytes = uid.as_bytes();
        let error = UidError::Digits { digits: 2 * bytes.len(), expected: 12 };
        bytes.try_into().map(Self).map_err(|_| error)
    }

    /// The idTag of AutoCharge: `VID:` and twelve digits in upper case, as the back ends of that scheme expect it.
    pub fn autocharge(&self) -> IdTag {
        Token::of_short(format_args!("VID:{self}"))
    }

    /// The token of OCPP 2.0.1, of kind `MacAddress`.
    pub fn id_token(&self) -> IdToken {
        IdToken { kind: TokenKind::MacAddress, token: Token::of_short(format_args!("{self}")) }
    }
}

/// Twelve digits in upper case without separators; `{:#}` puts colons between the bytes.
impl fmt::Display for MacAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = if f.alternate() { Separator::Colon } else { Separator::None };
        let form = UidFormat { case: Case::Upper, separator, ..UidFormat::UPPER };
        match Uid::with_any_length(&self.0) {
            Ok(bytes) => fmt::Display::fmt(&bytes.text(form), f),
            Err(_) => Ok(()),
        }
    }
}

impl fmt::Debug for MacAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, ..] = self.0;
        write!(f, "MacAddress({a:02X}:{b:02X}:{c:02X}:…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;

    #[test]
    fn reads_and_writes() {
        let mac = MacAddress([0x00, 0xB0, 0x52, 0x01, 0x02, 0x03]);
        for text in ["00B052010203", "00:b0:52:01:02:03", "00-B0-52-01-02-03"] {
            assert_eq!(MacAddress::parse(text), Ok(mac), "{text}");
        }
        assert_eq!(MacAddress::parse("00B0520102"), Err(UidError::Digits { digits: 10, expected: 12 }));
        assert_eq!(format!("{mac} {mac:#}"), "00B052010203 00:B0:52:01:02:03");
        assert_eq!(format!("{mac:?}"), "MacAddress(00:B0:52:…)");
        assert_eq!(mac.autocharge().as_str(), "VID:00B052010203");
        assert_eq!(mac.id_token(), IdToken::new(TokenKind::MacAddress, "00b052010203").unwrap());
    }
}
