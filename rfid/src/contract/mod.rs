//! Contract ids: who pays, as a car or an app says it.
//!
//! Two generations are in use. The EVCO-ID of DIN SPEC 91286 has six characters of instance and a check digit; the
//! eMAID of ISO 15118-1 annex H has nine and an optional check character. The eMI³ group writes the same as ISO, with an
//! instance that starts with `C`.

mod check;
mod evse;

pub use evse::{EvseError, EvseId};

use core::fmt;

use crate::text::Text;
use crate::token::{IdTag, IdToken, Token, TokenKind};

/// A contract id with its parts in upper case and its check character computed.
///
/// ```
/// use evkit_rfid::{ContractId, ContractKind};
///
/// let id = ContractId::parse("nl-tnm-012204-5")?;
/// assert_eq!((id.kind(), id.check()), (ContractKind::Din, '5'));
/// assert_eq!(id.to_emi3().map(|id| id.to_string()), Some("NL-TNM-C00122045-K".into()));
/// # Ok::<(), evkit_rfid::ContractError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContractId {
    /// 11 or 14 characters: country, provider, instance.
    text: Text<14>,
}

/// Generation of a contract id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContractKind {
    /// DIN SPEC 91286: six characters of instance.
    Din,
    /// ISO 15118-1: nine characters of instance.
    Iso,
}

/// Why a text is not a contract id. Positions count characters from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContractError {
    /// A character that cannot stand there.
    #[error("character {at}: {expected} belongs there")]
    Character {
        /// Where it stands.
        at: usize,
        /// What belongs there.
        expected: &'static str,
    },
    /// Not the number of characters of either generation.
    #[error("{length} letters and digits; a contract id has 11 or 14, and one more with its check character")]
    Length {
        /// Letters and digits found.
        length: usize,
    },
    /// The check character does not match.
    #[error("check character {found} where {expected} belongs")]
    Check {
        /// The one found.
        found: char,
        /// The one computed.
        expected: char,
    },
    /// A check character is asked for and there is none.
    #[error("the check character is missing, it would be {expected}")]
    NoCheck {
        /// The one computed.
        expected: char,
    },
}

const SEPARATOR: &str = "one and the same separator (`-`, or `*` with DIN) between all parts, or none,";

impl ContractId {
    /// Reads a contract id of either generation in any letter case, with or without check character, with the same
    /// separator between all parts or none.
    ///
    /// # Errors
    ///
    /// [`ContractError`]; a check character that is there must match.
    pub fn parse(text: &str) -> Result<Self, ContractError> {
        Self::read(text).map(|(id, _)| id)
    }

    /// As [`ContractId::parse`], for input that must have its check character, as anything typed by hand should.
    ///
    /// # Errors
    ///
    /// [`ContractError::NoCheck`] too.
    pub fn parse_checked(text: &str) -> Result<Self, ContractError> {
        match Self::read(text)? {
            (id, true) => Ok(id),
            (id, false) => Err(ContractError::NoCheck { expected: id.check() }),
        }
    }

    /// The id, and whether a check character was there.
    fn read(text: &str) -> Result<(Self, bool), ContractError> {
        let mut parts = Text::<15>::EMPTY;
        let mut length = 0;
        let mut separators = Separators::default();
        for (at, character) in text.chars().enumerate() {
            match character {
                '-' | '*' => separators.note(at, character, length)?,
                letter if letter.is_ascii_alphanumeric() => {
                    if length < 2 && !letter.is_ascii_alphabetic() {
                        return Err(ContractError::Character { at, expected: "a letter of the country" });
                    }
                    parts.push(letter.to_ascii_uppercase() as u8);
                    length += 1;
                }
                _ => {
                    return Err(ContractError::Character {
                        at,
                        expected: "a letter, a digit or a separator",
                    });
                }
            }
        }
        let body = match length {
            11 | 12 => 11,
            14 | 15 => 14,
            _ => return Err(ContractError::Length { length }),
        };
        let given = parts.chars().nth(body);
        separators.check(body, given.is_some())?;
        let text = parts.get(..body).and_then(Text::new).ok_or(ContractError::Length { length })?;
        let id = Self { text };
        match given {
            Some(found) if found != id.check() => Err(ContractError::Check { found, expected: id.check() }),
            other => Ok((id, other.is_some())),
        }
    }

    /// Which generation it is.
    pub fn kind(&self) -> ContractKind {
        if self.text.len() == 11 { ContractKind::Din } else { ContractKind::Iso }
    }

    /// Country of the provider, two letters.
    pub fn country(&self) -> &str {
        self.text.get(..2).unwrap_or_default()
    }

    /// Provider, three characters.
    pub fn provider(&self) -> &str {
        self.text.get(2..5).unwrap_or_default()
    }

    /// Instance, six or nine characters.
    pub fn instance(&self) -> &str {
        self.text.get(5..).unwrap_or_default()
    }

    /// The check character.
    pub fn check(&self) -> char {
        match self.kind() {
            ContractKind::Din => check::din(&self.text),
            ContractKind::Iso => check::iso(&self.text),
        }
    }

    /// Whether it is written the way of eMI³.
    pub fn is_emi3(&self) -> bool {
        self.kind() == ContractKind::Iso && self.instance().starts_with('C')
    }

    /// The eMI³ form of a DIN id: instance `C0`, the old instance and its check digit. `None` for an ISO id.
    pub fn to_emi3(&self) -> Option<Self> {
        self.widen("C0")
    }

    /// The older ISO form of a DIN id, with `00` in front. `None` for an ISO id.
    pub fn to_iso_legacy(&self) -> Option<Self> {
        self.widen("00")
    }

    /// The DIN form of an ISO id that came from one: instance `C0` or `00`, six characters and their check digit.
    pub fn to_din(&self) -> Option<Self> {
        let instance = self.instance();
        let old = instance.strip_prefix("C0").or_else(|| instance.strip_prefix("00"))?;
        let mut text = Text::<14>::new(self.text.get(..5)?)?;
        let (body, check) = old.split_at_checked(6)?;
        fmt::Write::write_str(&mut text, body).ok()?;
        let din = Self { text };
        (self.kind() == ContractKind::Iso && check.starts_with(din.check())).then_some(din)
    }

    fn widen(&self, prefix: &str) -> Option<Self> {
        let mut text = Text::<14>::new(self.text.get(..5)?)?;
        let (instance, check) = (self.instance(), self.check());
        fmt::Write::write_fmt(&mut text, format_args!("{prefix}{instance}{check}")).ok()?;
        (self.kind() == ContractKind::Din).then_some(Self { text })
    }

    /// All parts and the check character without separators, as ISO 15118 and most back ends want it.
    pub fn compact(&self) -> Text<15> {
        let mut text = Text::EMPTY;
        // 14 characters and one.
        _ = fmt::Write::write_fmt(&mut text, format_args!("{}{}", self.text, self.check()));
        text
    }

    /// The IdToken of OCPP 2.0.1.
    pub fn id_token(&self) -> IdToken {
        IdToken { kind: TokenKind::EMaid, token: Token::of_short(format_args!("{}", self.compact())) }
    }

    /// The idTag of OCPP 1.6.
    pub fn id_tag(&self) -> IdTag {
        Token::of_short(format_args!("{}", self.compact()))
    }
}

/// The separators of a text: which one, and behind how many letters and digits.
#[derive(Default)]
struct Separators {
    sign: Option<char>,
    /// Behind how many letters and digits, and at which character.
    places: [Option<(usize, usize)>; 3],
}

impl Separators {
    fn note(&mut self, at: usize, sign: char, behind: usize) -> Result<(), ContractError> {
        let error = ContractError::Character { at, expected: SEPARATOR };
        if *self.sign.get_or_insert(sign) != sign {
            return Err(error);
        }
        let free = self.places.iter_mut().find(|place| place.is_none()).ok_or(error)?;
        *free = Some((behind, at));
        Ok(())
    }

    /// All borders between parts have a separator, or none has.
    fn check(&self, body: usize, check_given: bool) -> Result<(), ContractError> {
        let Some(sign) = self.sign else { return Ok(()) };
        let borders = [Some(2), Some(5), check_given.then_some(body)];
        for (place, border) in self.places.iter().zip(borders) {
            let at = place.map(|(_, at)| at);
            let wrong = place.map(|(behind, _)| behind) != border || (sign == '*' && body == 14);
            if wrong {
                // Where a separator is missing, the one before it is the last that is right.
                let known = self.places.iter().flatten().map(|(_, at)| *at).max();
                return Err(ContractError::Character { at: at.or(known).unwrap_or(0), expected: SEPARATOR });
            }
        }
        Ok(())
    }
}

/// The parts and the check character joined by `-`.
impl fmt::Display for ContractId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}-{}", self.country(), self.provider(), self.instance(), self.check())
    }
}

/// Country and provider only: the instance is personal data.
impl fmt::Debug for ContractId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContractId({}-{}-…)", self.country(), self.provider())
    }
}

impl core::str::FromStr for ContractId {
    type Err = ContractError;

    fn from_str(text: &str) -> Result<Self, ContractError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;

    #[test]
    fn parts_and_forms() {
        let id = ContractId::parse("nltnm012345678w").unwrap();
        assert_eq!((id.country(), id.provider(), id.instance()), ("NL", "TNM", "012345678"));
        assert_eq!((format!("{id}").as_str(), &*id.compact()), ("NL-TNM-012345678-W", "NLTNM012345678W"));
        assert_eq!(format!("{id:?}"), "ContractId(NL-TNM-…)");
        assert_eq!(id, ContractId::parse("NL-TNM-012345678").unwrap());
        assert_eq!(id.id_token(), IdToken::new(TokenKind::EMaid, "nltnm012345678w").unwrap());
    }

    #[test]
    fn errors_name_the_character() {
        let at = |at, expected| ContractError::Character { at, expected };
        for (text, error) in [
            ("", ContractError::Length { length: 0 }),
            ("NL-TNM-01234", ContractError::Length { length: 10 }),
            // Read as a DIN id whose check digit has no separator.
            ("NL-TNM-0123456", at(6, SEPARATOR)),
            ("N1-TNM-012345678", at(1, "a letter of the country")),
            ("NL TNM012345678", at(2, "a letter, a digit or a separator")),
            ("NL-TNM*012204", at(6, SEPARATOR)),
            ("NL*TNM*012345678*W", at(2, SEPARATOR)),
            ("NLT-NM-012345678", at(3, SEPARATOR)),
            ("NL-TNM012345678", at(2, SEPARATOR)),
            ("NL-TNM-012345678W", at(6, SEPARATOR)),
            ("NL-TNM-012345678-W-", at(18, SEPARATOR)),
            ("NL-TNM-012345678-X", ContractError::Check { found: 'X', expected: 'W' }),
        ] {
            assert_eq!(ContractId::parse(text), Err(error), "{text}");
        }
        assert_eq!(ContractId::parse_checked("NLTNM012204"), Err(ContractError::NoCheck { expected: '5' }));
        assert!(ContractId::parse_checked("NLTNM0122045").is_ok());
    }

    #[test]
    fn conversions_go_back_only_where_they_came_from() {
        let din = ContractId::parse("NL-TNM-012204-5").unwrap();
        for wide in [din.to_emi3().unwrap(), din.to_iso_legacy().unwrap()] {
            assert_eq!(wide.to_din(), Some(din));
            assert_eq!((wide.to_emi3(), wide.to_iso_legacy()), (None, None));
        }
        assert_eq!(din.to_din(), None);
        assert_eq!(
            ContractId::parse("NLTNMC00122046").unwrap().to_din(),
            None,
            "6 is not the DIN check digit"
        );
        assert_eq!(ContractId::parse("DE83DUIEN83QGZ").unwrap().to_din(), None);
        assert!(din.to_emi3().unwrap().is_emi3() && !din.is_emi3());
    }
}
