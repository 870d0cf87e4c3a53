//! Reading a value as its key says, and saying what would be right where that fails.

use core::fmt;
use core::net::Ipv4Addr;

use super::{Key, Kind, Unit};
use crate::number::{Decimal, integer};
use crate::text::{Text, eq_where};

/// The word EVlink writes for a value that is not set.
pub(crate) const UNDEFINED: &str = "UNDEFINED";

/// A typed value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// Empty, or `UNDEFINED`.
    Unset,
    /// A boolean of any spelling.
    Bool(bool),
    /// A whole number in the key's unit.
    Integer(i64),
    /// A decimal number.
    Decimal(Decimal),
    /// Bits.
    Mask(u32),
    /// A word of the key's list, as the list spells it. A word of an open list that is not in it is `Text`.
    Word(&'a str),
    /// Any other text, without quotes.
    Text(Text<'a>),
    /// A value that must not be shown.
    Secret(Secret<'a>),
}

/// A secret value: readable on purpose, never shown by accident.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Secret<'a>(Text<'a>);

impl<'a> Secret<'a> {
    /// The value. Do not print it.
    #[must_use]
    pub const fn expose(self) -> Text<'a> {
        self.0
    }
}

impl fmt::Debug for Secret<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

impl<'p> Key<'p> {
    /// Reads `text` as a value of this key; `None` if it is none, then [`Key::expected`] says what would be.
    #[must_use]
    pub fn read<'a>(&self, text: Text<'a>) -> Option<Value<'a>>
    where
        'p: 'a,
    {
        if self.optional && (text.is_empty() || text == UNDEFINED) {
            return Some(Value::Unset);
        }
        let value = read_kind(&self.kind, text)?;
        Some(if self.secret { Value::Secret(Secret(text)) } else { value })
    }

    /// What a right value looks like.
    #[must_use]
    pub const fn expected(&self) -> Expected<'p> {
        Expected { kind: self.kind, unit: self.unit, optional: self.optional }
    }
}

fn read_kind<'a>(kind: &Kind<'a>, text: Text<'a>) -> Option<Value<'a>> {
    let bytes = text.as_bytes();
    match *kind {
        Kind::Bool => pair(text, "true", "false"),
        Kind::Bit => pair(text, "1", "0"),
        Kind::Switch => pair(text, "on", "off"),
        Kind::Integer { min, max } => {
            integer(bytes).filter(|number| (min..=max).contains(number)).map(Value::Integer)
        }
        Kind::Decimal => Decimal::parse(bytes, '.').map(Value::Decimal),
        Kind::Mask { digits } => {
            let hex = text.to_str()?.strip_prefix("0x")?;
            let fits = !hex.starts_with('+') && hex.len() <= usize::from(digits);
            u32::from_str_radix(hex, 16).ok().filter(|_| fits).map(Value::Mask)
        }
        Kind::Choice(words) => word(words, text).map(Value::Word),
        Kind::OpenChoice(words) => Some(word(words, text).map_or(Value::Text(text), Value::Word)),
        Kind::Text { min, max } => {
            let text = text.unquoted();
            let count = text.chars().count();
            let fits = count >= usize::from(min) && (max == 0 || count <= usize::from(max));
            fits.then_some(Value::Text(text))
        }
        Kind::Url(schemes) => {
            let (scheme, rest) = text.to_str()?.split_once("://")?;
            let known = schemes.iter().any(|known| known.eq_ignore_ascii_case(scheme));
            (known && !rest.is_empty() && !rest.contains(' ')).then_some(Value::Text(text))
        }
        Kind::Ipv4 => text.to_str()?.parse::<Ipv4Addr>().ok().map(|_| Value::Text(text)),
        Kind::Digits(count) => {
            let right = bytes.len() == usize::from(count) && bytes.iter().all(u8::is_ascii_digit);
            right.then_some(Value::Text(text))
        }
        Kind::Cipher => {
            let blocks = bytes.chunks_exact(32);
            let right =
                !bytes.is_empty() && blocks.remainder().is_empty() && bytes.iter().all(u8::is_ascii_hexdigit);
            right.then_some(Value::Text(text))
        }
        Kind::StationName => {
            let allowed = |&b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b' ' | b'+');
            let right = !bytes.is_empty() && bytes.len() <= NAME_CHARS && bytes.iter().all(allowed);
            right.then_some(Value::Text(text))
        }
        Kind::DisplayText => is_display_text(text.to_str()?).then_some(Value::Text(text)),
        Kind::PerConnector(words) => {
            let right = |item: &str| {
                let Some((number, value)) = item.trim().split_once('.') else { return false };
                number.parse::<u16>().is_ok() && word(words, value.into()).is_some()
            };
            text.to_str()?.split(',').all(right).then_some(Value::Text(text))
        }
    }
}

fn pair<'a>(text: Text<'_>, yes: &str, no: &str) -> Option<Value<'a>> {
    if text.eq_ignore_case(yes) {
        Some(Value::Bool(true))
    } else {
        text.eq_ignore_case(no).then_some(Value::Bool(false))
    }
}

/// The word of the list that `text` is. One manual prints blanks inside the long mode names, so blanks do not
/// count.
fn word<'a>(words: &'a [&'a str], text: Text<'_>) -> Option<&'a str> {
    words.iter().copied().find(|word| eq_where(word.as_bytes(), text.as_bytes(), |b| **b != b' '))
}

/// `'lang','text',a,b,c`; the text may hold commas but no quote.
fn is_display_text(text: &str) -> bool {
    let quoted = |text| -> Option<(&str, &str)> { str::strip_prefix(text, "'")?.split_once("',") };
    let Some((_, rest)) = quoted(text) else { return false };
    let Some((shown, times)) = quoted(rest) else { return false };
    let numbers = times.split(',').filter(|number| number.parse::<u16>().is_ok()).count();
    let plain = shown.chars().all(|c| matches!(c, ' '..='~')) && shown.len() <= DISPLAY_CHARS;
    plain && !names_energy(shown) && numbers == 3 && times.split(',').count() == 3
}

/// Most characters a KEBA display text may have by the web page's rule.
const DISPLAY_CHARS: usize = 20;
/// Most characters of an EVlink station's name (commissioning guide, general tab).
const NAME_CHARS: usize = 30;

/// Whether a text has the unit Wh or kWh in it, alone or behind a number.
fn names_energy(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphabetic()).any(|word| matches!(word, "Wh" | "kWh"))
}

/// What a right value of a key looks like, for messages.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'p> {
    kind: Kind<'p>,
    unit: Unit,
    optional: bool,
}

impl fmt::Display for Expected<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Bool => f.write_str("`true` or `false`"),
            Kind::Bit => f.write_str("`0` or `1`"),
            Kind::Switch => f.write_str("`on` or `off`"),
            Kind::Integer { min, max } => write!(f, "a whole number from {min} to {max}"),
            Kind::Decimal => f.write_str("a number such as 0.25"),
            Kind::Mask { digits } => write!(f, "`0x` and up to {digits} hex digits"),
            Kind::Choice(words) | Kind::OpenChoice(words) => {
                f.write_str("one of ")?;
                list(f, words, "", "")
            }
            Kind::Text { min: 0, max: 0 } => f.write_str("text"),
            Kind::Text { min: 0, max } => write!(f, "text of at most {max} characters"),
            Kind::Text { min, max: 0 } => write!(f, "text of at least {min} characters"),
            Kind::Text { min, max } => write!(f, "text of {min} to {max} characters"),
            Kind::StationName => {
                write!(f, "a name of at most {NAME_CHARS} of the characters A-Z, 0-9, blank and +")
            }
            Kind::Url(schemes) => {
                f.write_str("an address starting with ")?;
                list(f, schemes, "", "://")
            }
            Kind::Ipv4 => f.write_str("an IPv4 address such as 192.168.0.102"),
            Kind::Digits(count) => write!(f, "{count} digits"),
            Kind::Cipher => f.write_str("encrypted text: 32, 64 or more hex digits in blocks of 32"),
            Kind::DisplayText => {
                write!(
                    f,
                    "`'en','text',0,5,5` with a text of at most {DISPLAY_CHARS} plain characters and without the units Wh and kWh"
                )
            }
            Kind::PerConnector(words) => {
                f.write_str("a list such as `1.word,2.word` with words of ")?;
                list(f, words, "", "")
            }
        }?;
        if self.unit != Unit::None {
            write!(f, " ({})", self.unit.sign())?;
        }
        if self.optional {
            f.write_str(", or nothing")?;
        }
        Ok(())
    }
}

fn list(f: &mut fmt::Formatter<'_>, words: &[&str], before: &str, after: &str) -> fmt::Result {
    words.iter().enumerate().try_for_each(|(index, word)| {
        let comma = if index == 0 { "" } else { ", " };
        write!(f, "{comma}{before}{word}{after}")
    })
}

#[cfg(test)]
mod tests {
    extern crate alloc;
    use alloc::string::ToString;

    use super::*;

    fn read<'a>(kind: Kind<'a>, text: &'a str) -> Option<Value<'a>> {
        Key::new("k", kind, "").read(text.into())
    }

    #[test]
    fn booleans_have_three_spellings() {
        assert_eq!(read(Kind::Bool, "TRUE"), Some(Value::Bool(true)));
        assert_eq!(read(Kind::Bool, "1"), None);
        assert_eq!(read(Kind::Bit, "0"), Some(Value::Bool(false)));
        assert_eq!(read(Kind::Bit, "false"), None);
        assert_eq!(read(Kind::Switch, "Off"), Some(Value::Bool(false)));
    }

    #[test]
    fn numbers_keep_their_range() {
        let kind = Kind::Integer { min: 1, max: 16 };
        assert_eq!(read(kind, "16"), Some(Value::Integer(16)));
        assert_eq!(read(kind, "17"), None);
        assert_eq!(read(kind, "1.5"), None);
        assert_eq!(read(Kind::Mask { digits: 4 }, "0x0268"), Some(Value::Mask(0x268)));
        assert_eq!(read(Kind::Mask { digits: 4 }, "0x00268"), None);
        assert_eq!(read(Kind::Mask { digits: 4 }, "0x+1"), None);
    }

    #[test]
    fn words_ignore_case_and_the_blanks_one_manual_prints() {
        let words = &["OfflineLocalUnknownAuthorization"][..];
        let spaced = "OfflineLocalUnknown Authorization";
        assert_eq!(read(Kind::Choice(words), spaced), Some(Value::Word("OfflineLocalUnknownAuthorization")));
        assert_eq!(read(Kind::Choice(words), "Other"), None);
        assert_eq!(read(Kind::OpenChoice(words), "Other"), Some(Value::Text("Other".into())));
    }

    #[test]
    fn texts_of_a_form() {
        let right = |kind, text| read(kind, text).is_some();
        assert!(right(Kind::Url(&["ws", "wss"]), "wss://host/path"));
        assert!(!right(Kind::Url(&["ws", "wss"]), "http://host"));
        assert!(!right(Kind::Url(&["ws"]), "ws://"));
        assert!(right(Kind::Ipv4, "192.168.0.254"));
        assert!(!right(Kind::Ipv4, "192.168.0.256"));
        assert!(right(Kind::Digits(8), "10000001"));
        assert!(!right(Kind::Digits(8), "1000001"));
        assert!(right(Kind::Cipher, "0123456789ABCDEF0123456789ABCDEF"));
        assert!(!right(Kind::Cipher, "0123456789ABCDEF"));
        assert!(right(Kind::DisplayText, "'en','Card, not known',1,3,0"));
        assert!(!right(Kind::DisplayText, "'en','a text far too long for it',1,3,0"));
        assert!(!right(Kind::DisplayText, "'en','x',1,3"));
        assert!(!right(Kind::DisplayText, "'de','Säule frei',1,3,0"), "no umlauts");
        assert!(!right(Kind::DisplayText, "'en','12 kWh',1,3,0"));
        assert!(!right(Kind::DisplayText, "'en','{0}Wh so far',1,3,0"));
        assert!(right(Kind::DisplayText, "'en','Who are you?',1,3,0"), "a word is no unit");
        assert!(right(Kind::StationName, "FG 00000 +1"));
        assert!(!right(Kind::StationName, "Depot"));
        assert!(!right(Kind::StationName, "0123456789012345678901234567890"));
        assert!(right(Kind::Text { min: 2, max: 0 }, "ab"));
        assert!(!right(Kind::Text { min: 2, max: 0 }, "a"));
        assert!(right(Kind::PerConnector(&["RST", "STR"]), "1.RST,2.STR"));
        assert!(!right(Kind::PerConnector(&["RST"]), "RST"));
        assert_eq!(read(Kind::Text { min: 0, max: 3 }, "\"abc\""), Some(Value::Text("abc".into())));
        assert_eq!(read(Kind::Text { min: 0, max: 3 }, "abcd"), None);
    }

    #[test]
    fn unset_is_a_value_of_optional_keys_only() {
        let key = Key::new("k", Kind::Ipv4, "");
        assert_eq!(key.read("".into()), None);
        assert_eq!(key.optional().read("".into()), Some(Value::Unset));
        assert_eq!(key.optional().read("UNDEFINED".into()), Some(Value::Unset));
    }

    #[test]
    fn secrets_do_not_show() {
        let value = Key::new("k", Kind::Text { min: 0, max: 0 }, "").secret().read("EXAMPLE".into()).unwrap();
        assert_eq!(alloc::format!("{value:?}"), "Secret(Secret(***))");
        assert!(matches!(value, Value::Secret(secret) if secret.expose() == "EXAMPLE"));
    }

    #[test]
    fn says_what_would_be_right() {
        let expected = |key: Key<'_>| key.expected().to_string();
        let current = Key::new("k", Kind::Integer { min: 0, max: 63000 }, "").unit(Unit::Milliampere);
        assert_eq!(expected(current), "a whole number from 0 to 63000 (mA)");
        assert_eq!(
            expected(Key::new("k", Kind::Ipv4, "").optional()),
            "an IPv4 address such as 192.168.0.102, or nothing"
        );
        assert_eq!(
            expected(Key::new("k", Kind::Url(&["ws", "wss"]), "")),
            "an address starting with ws://, wss://"
        );
    }
}
