//! What a datagram is, and the pairs in it.

use core::fmt;

use nom::branch::alt;
use nom::bytes::complete::{tag, take_till, take_until, take_while, take_while1};
use nom::combinator::{map, opt, value, verify};
use nom::sequence::{delimited, terminated};
use nom::{IResult, Parser};

use super::report::{Broadcast, Identity, Measurement, SessionReport, Status};
use crate::number::integer;
use crate::text::{Text, trim};

/// A datagram that is none of the station's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("byte {at} of the datagram: expected {expected}")]
pub struct UdpError {
    /// Offset in the datagram.
    pub at: usize,
    /// What would be right.
    pub expected: &'static str,
}

/// What a station sent.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Message<'a> {
    /// `TCH-OK :done`: the command was received; whether it is obeyed, the next report tells.
    Accepted,
    /// `TCH-ERR`: the command was not understood.
    Refused,
    /// The station has started; the text is the station's.
    Started(Text<'a>),
    /// Answer to `i`: the firmware.
    Firmware(Text<'a>),
    /// Answer to `report 1`.
    Identity(Identity<'a>),
    /// Answer to `report 2`.
    Status(Status<'a>),
    /// Answer to `report 3`.
    Measurement(Measurement<'a>),
    /// Answer to `report 100` to `report 130`.
    Session(SessionReport<'a>),
    /// One value, sent when it changed.
    Broadcast(Broadcast<'a>),
}

impl<'a> Message<'a> {
    /// Reads one datagram.
    ///
    /// # Errors
    /// [`UdpError`] with the offset of the first byte that fits nothing.
    pub fn parse(datagram: &'a [u8]) -> Result<Self, UdpError> {
        let text = datagram.trim_ascii();
        if text.starts_with(b"TCH-OK") {
            return Ok(Self::Accepted);
        }
        if text.starts_with(b"TCH-ERR") {
            return Ok(Self::Refused);
        }
        if text.starts_with(b"started") {
            return Ok(Self::Started(Text::new(text)));
        }
        let pairs = Pairs::parse(datagram)?;
        if pairs.get("Session ID").is_some() {
            Ok(Self::Session(SessionReport(pairs)))
        } else if pairs.get("U1").is_some() {
            Ok(Self::Measurement(Measurement(pairs)))
        } else if pairs.get("Product").is_some() {
            Ok(Self::Identity(Identity(pairs)))
        } else if pairs.get("State").and(pairs.get("Plug")).is_some() {
            Ok(Self::Status(Status(pairs)))
        } else {
            match (pairs.single("Firmware"), pairs.is_single()) {
                (Some(Scalar::Text(firmware)), true) => Ok(Self::Firmware(firmware)),
                (_, true) => Ok(Self::Broadcast(Broadcast(pairs))),
                _ => Err(UdpError { at: 0, expected: "the fields of a report, or a single one" }),
            }
        }
    }
}

/// The pairs of a datagram, checked once.
#[derive(Clone, Copy, PartialEq)]
pub struct Pairs<'a> {
    body: &'a [u8],
}

/// Shows the names only: values name cards.
impl fmt::Debug for Pairs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|(name, _)| name)).finish()
    }
}

/// A value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar<'a> {
    /// In quotes; without blanks at the ends.
    Text(Text<'a>),
    /// A whole number; up to 63 bit.
    Number(i64),
}

impl<'a> Scalar<'a> {
    /// The number, also if it was sent as text (`ID` is).
    #[must_use]
    pub fn number(self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Text(text) => integer(text.as_bytes()),
        }
    }

    /// The text.
    #[must_use]
    pub fn text(self) -> Option<Text<'a>> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(_) => None,
        }
    }
}

impl<'a> Pairs<'a> {
    /// Checks the whole datagram: braces or none around pairs, commas between them, perhaps one too many.
    ///
    /// # Errors
    /// [`UdpError`] at the first byte that is no pair.
    pub fn parse(datagram: &'a [u8]) -> Result<Self, UdpError> {
        let (body, _) = spaces(datagram).unwrap_or((datagram, datagram));
        let body = body.strip_prefix(b"{").unwrap_or(body);
        let mut rest = body;
        let mut count = 0;
        while let Ok((behind, _)) = pair(rest) {
            rest = behind;
            count += 1;
        }
        let (tail, _) = end(rest).unwrap_or((rest, ()));
        if count == 0 || !tail.is_empty() {
            return Err(UdpError {
                at: datagram.len() - tail.len(),
                expected: "a pair such as \"State\": 3",
            });
        }
        Ok(Self { body })
    }

    /// The pairs in the order sent, names without their padding.
    pub fn iter(&self) -> impl Iterator<Item = (Text<'a>, Scalar<'a>)> + use<'a> {
        let mut rest = self.body;
        core::iter::from_fn(move || {
            let (behind, found) = pair(rest).ok()?;
            rest = behind;
            Some(found)
        })
    }

    /// The value of this name, letter case free (manuals and stations differ).
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Scalar<'a>> {
        self.iter().find(|(found, _)| found.eq_ignore_case(name)).map(|(_, value)| value)
    }

    pub(super) fn number<T: TryFrom<i64>>(&self, name: &str) -> Option<T> {
        self.get(name)?.number().and_then(|number| T::try_from(number).ok())
    }

    pub(super) fn text(&self, name: &str) -> Option<Text<'a>> {
        self.get(name)?.text()
    }

    fn single(&self, name: &str) -> Option<Scalar<'a>> {
        self.get(name).filter(|_| self.is_single())
    }

    fn is_single(&self) -> bool {
        self.iter().nth(1).is_none()
    }
}

fn spaces(input: &[u8]) -> IResult<&[u8], &[u8]> {
    take_while(|b: u8| b.is_ascii_whitespace() || b == 0).parse_complete(input)
}

/// `"name": value` and a comma, if one follows.
fn pair(input: &[u8]) -> IResult<&[u8], (Text<'_>, Scalar<'_>)> {
    let name = map(quoted, |name| Text::new(trim(name)));
    let number = verify(take_while1(|b: u8| b.is_ascii_digit() || b == b'-'), |digits: &[u8]| {
        integer(digits).is_some()
    });
    // Checked by `verify`; the fallback is never taken.
    let number = map(number, |digits| Scalar::Number(integer(digits).unwrap_or_default()));
    let scalar = alt((map(quoted, |text| Scalar::Text(Text::new(trim(text)))), number));
    let colon = delimited(spaces, tag(":"), spaces);
    let comma = delimited(spaces, opt(tag(",")), spaces);
    let (rest, (name, _, scalar)) = delimited(spaces, (name, colon, scalar), comma).parse_complete(input)?;
    Ok((rest, (name, scalar)))
}

/// Text in straight or typographic quotes. There are no escapes.
fn quoted(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let straight = delimited(tag("\""), take_till(|b| b == b'"'), tag("\""));
    let typographic = delimited(alt((tag("“"), tag("„"), tag("”"))), take_until("”"), tag("”"));
    let closed_low = delimited(tag("„"), take_until("“"), tag("“"));
    alt((straight, typographic, closed_low)).parse_complete(input)
}

fn end(input: &[u8]) -> IResult<&[u8], ()> {
    value((), terminated(opt(tag("}")), spaces)).parse_complete(input)
}

#[cfg(test)]
mod tests {
    extern crate alloc;
    use alloc::string::ToString;
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn survives_the_quirks_of_the_field() {
        let datagram = "{\n“ID”: “2”,\n\"Curr HW   \": 32000 ,\n\"Sec\": 4294967296,\n}\n".as_bytes();
        let pairs: Vec<_> =
            Pairs::parse(datagram).unwrap().iter().map(|(name, value)| (name.to_string(), value)).collect();
        assert_eq!(
            pairs,
            [
                ("ID".to_string(), Scalar::Text("2".into())),
                ("Curr HW".to_string(), Scalar::Number(32_000)),
                ("Sec".to_string(), Scalar::Number(4_294_967_296)),
            ]
        );
        assert_eq!(Pairs::parse(datagram).unwrap().number::<u8>("id"), Some(2));
    }

    #[test]
    fn says_where_a_datagram_stops_making_sense() {
        let error = |datagram: &[u8]| Message::parse(datagram).unwrap_err().to_string();
        assert_eq!(
            error(b"{\"State\": 3, oops}"),
            "byte 13 of the datagram: expected a pair such as \"State\": 3"
        );
        assert_eq!(error(b""), "byte 0 of the datagram: expected a pair such as \"State\": 3");
        assert_eq!(
            error(b"{\"A\": 1, \"B\": 2}"),
            "byte 0 of the datagram: expected the fields of a report, or a single one"
        );
        assert!(Message::parse(b"{\"State\": 99999999999999999999}").is_err());
    }

    #[test]
    fn short_answers() {
        assert_eq!(Message::parse(b"TCH-OK :done\n"), Ok(Message::Accepted));
        assert_eq!(Message::parse(b"TCH-ERR"), Ok(Message::Refused));
        assert!(matches!(Message::parse(b"started ..."), Ok(Message::Started(_))));
    }
}
