//! EVSE ids: which charging point, in the forms of ISO 15118-1 annex H and DIN SPEC 91286.

use core::{fmt, hash};

/// An EVSE id, still the text it came from. Equality ignores letter case and `*`, as the standards do.
///
/// ```
/// use evkit_rfid::EvseId;
///
/// let id = EvseId::parse("BE*ABC*E100*01")?;
/// assert_eq!((id.country(), id.operator(), id.outlet()), ("BE", "ABC", "100*01"));
/// assert_eq!(id, EvseId::parse("beabce10001")?);
/// # Ok::<(), evkit_rfid::EvseError>(())
/// ```
#[derive(Clone, Copy)]
pub struct EvseId<'a> {
    country: &'a str,
    operator: &'a str,
    outlet: &'a str,
    din: bool,
}

/// Why a text is not an EVSE id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvseError {
    /// The country is not two letters (ISO) or `+` and one to three digits (DIN).
    #[error("two letters of a country belong in front, or + and one to three digits")]
    Country,
    /// The operator is not three letters or digits (ISO) or three to six digits (DIN).
    #[error("the operator has three letters or digits, or three to six digits behind a numeric country")]
    Operator,
    /// The letter `E` does not stand before the outlet (ISO).
    #[error("the letter E belongs behind the operator")]
    NoE,
    /// The outlet is empty, too long, or has characters other than letters, digits and `*`.
    #[error("the outlet has 1 to {max} letters, digits and *, digits and * behind a numeric country")]
    Outlet {
        /// Most characters.
        max: usize,
    },
}

impl<'a> EvseId<'a> {
    /// Reads an EVSE id: `BE*ABC*E100*01` (the first two separators may be left out together) or `+49*839*0000000001`.
    ///
    /// # Errors
    ///
    /// [`EvseError`] with the part that is wrong.
    pub fn parse(text: &'a str) -> Result<Self, EvseError> {
        match text.strip_prefix('+') {
            Some(rest) => Self::parse_din(rest),
            None => Self::parse_iso(text),
        }
    }

    fn parse_iso(text: &'a str) -> Result<Self, EvseError> {
        const MAX: usize = 31;
        let letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
        let (country, rest) =
            text.split_at_checked(2).filter(|(part, _)| letters(part)).ok_or(EvseError::Country)?;
        let (rest, separated) = rest.strip_prefix('*').map_or((rest, false), |rest| (rest, true));
        let alphanumeric = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let operator = rest.split_at_checked(3).filter(|(part, _)| alphanumeric(part));
        let (operator, rest) = operator.ok_or(EvseError::Operator)?;
        let rest = if separated { rest.strip_prefix('*').ok_or(EvseError::Operator)? } else { rest };
        let outlet = rest.strip_prefix(['E', 'e']).ok_or(EvseError::NoE)?;
        let fits = outlet.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'*');
        if !fits || !(1..=MAX).contains(&outlet.len()) {
            return Err(EvseError::Outlet { max: MAX });
        }
        Ok(Self { country, operator, outlet, din: false })
    }

    fn parse_din(text: &'a str) -> Result<Self, EvseError> {
        const MAX: usize = 32;
        let digits = |part: &str, min, max| {
            (min..=max).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        let (country, rest) = text.split_once('*').ok_or(EvseError::Country)?;
        if !digits(country, 1, 3) {
            return Err(EvseError::Country);
        }
        let (operator, outlet) = rest.split_once('*').ok_or(EvseError::Operator)?;
        if !digits(operator, 3, 6) {
            return Err(EvseError::Operator);
        }
        let fits = outlet.bytes().all(|byte| byte.is_ascii_digit() || byte == b'*');
        if !fits || !(1..=MAX).contains(&outlet.len()) {
            return Err(EvseError::Outlet { max: MAX });
        }
        Ok(Self { country, operator, outlet, din: true })
    }

    /// Two letters, or the digits of a calling code.
    pub fn country(&self) -> &'a str {
        self.country
    }

    /// The operator.
    pub fn operator(&self) -> &'a str {
        self.operator
    }

    /// What the operator calls the outlet, separators included; ISO's `E` in front is left out.
    pub fn outlet(&self) -> &'a str {
        self.outlet
    }

    /// Whether it has the form of DIN SPEC 91286.
    pub fn is_din(&self) -> bool {
        self.din
    }

    /// What counts when two ids are compared.
    fn significant(&self) -> impl Iterator<Item = u8> + 'a {
        let parts = [self.country, "*", self.operator, "*", self.outlet];
        // The two separators between the parts stay, so that a longer operator is not taken for part of the outlet.
        (0..).zip(parts).flat_map(|(index, part)| {
            part.bytes().filter(move |byte| index < 4 || *byte != b'*').map(|byte| byte.to_ascii_uppercase())
        })
    }
}

impl PartialEq for EvseId<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.din == other.din && self.significant().eq(other.significant())
    }
}

impl Eq for EvseId<'_> {}

impl hash::Hash for EvseId<'_> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.significant().for_each(|byte| state.write_u8(byte));
        state.write_u8(0xFF);
    }
}

/// With separators between the parts.
impl fmt::Display for EvseId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (plus, e) = if self.din { ("+", "") } else { ("", "E") };
        write!(f, "{plus}{}*{}*{e}{}", self.country, self.operator, self.outlet)
    }
}

impl fmt::Debug for EvseId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EvseId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;

    #[test]
    fn both_forms() {
        for text in ["BE*ABC*E100*01", "+49*839*0000000001", "DE*8AA*E1"] {
            assert_eq!(format!("{}", EvseId::parse(text).unwrap()), text);
        }
        let din = EvseId::parse("+49*839*0000000001").unwrap();
        assert_eq!(
            (din.country(), din.operator(), din.outlet(), din.is_din()),
            ("49", "839", "0000000001", true)
        );
        let same = |a, b| EvseId::parse(a) == EvseId::parse(b);
        assert!(same("BE*ABC*E100*01", "beabcE10001"));
        assert!(!same("BE*ABC*E10001", "BE*ABC*E10002"));
        assert!(!same("+49*839*01", "+49*8390*1"));
    }

    #[test]
    fn every_part_is_checked() {
        let long = format!("BE*ABC*E{}", "1".repeat(32));
        for (text, error) in [
            ("", EvseError::Country),
            ("B1*ABC*E1", EvseError::Country),
            ("BE*AB*E1", EvseError::Operator),
            ("BE*ABC-E1", EvseError::Operator),
            ("BE*ABCE1", EvseError::Operator),
            ("BEABC*E1", EvseError::NoE),
            ("BE*ABC*X1", EvseError::NoE),
            ("BE*ABC*E", EvseError::Outlet { max: 31 }),
            ("BE*ABC*E1-2", EvseError::Outlet { max: 31 }),
            (long.as_str(), EvseError::Outlet { max: 31 }),
            ("+49", EvseError::Country),
            ("+4x*839*1", EvseError::Country),
            ("+49*83*1", EvseError::Operator),
            ("+49*839", EvseError::Operator),
            ("+49*839*A1", EvseError::Outlet { max: 32 }),
            ("é*", EvseError::Country),
        ] {
            assert_eq!(EvseId::parse(text), Err(error), "{text}");
        }
    }
}
