//! [`Decimal`]: the numbers of OCPP without floating point.
//!
//! The 1.6 schemas demand multiples of 0.1 for charging limits, which binary fractions cannot express (8.1 fails the
//! division), and a meter's trailing zeros carry its resolution. A decimal keeps both exactly.

use core::cmp::Ordering;
use core::fmt;
use core::str::FromStr;

use crate::json::{Lexer, Writer};

/// `mantissa × 10^-scale`, exactly as written: `21.40` has mantissa 2140 and scale 2.
///
/// Equality and order are those of the number, so `21.4 == 21.40`; the scale is kept for printing only.
#[derive(Clone, Copy, Debug, Default)]
pub struct Decimal {
    mantissa: i64,
    scale: u8,
}

/// The text is no JSON number or needs more than 64 bits or 255 decimal places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a JSON number of at most 18 digits")]
pub struct NotDecimal;

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self::new(0, 0);

    /// `mantissa × 10^-scale`; `Decimal::new(165, 1)` is 16.5.
    #[must_use]
    pub const fn new(mantissa: i64, scale: u8) -> Self {
        Self { mantissa, scale }
    }

    /// The digits without the point.
    #[must_use]
    pub const fn mantissa(self) -> i64 {
        self.mantissa
    }

    /// Number of decimal places written.
    #[must_use]
    pub const fn scale(self) -> u8 {
        self.scale
    }

    /// The number in units of `10^-places`, rounded down (towards negative infinity): `16.55` in tenths is 165.
    ///
    /// Limits are rounded this way before they are sent. `None` if 64 bits do not hold the result.
    #[must_use]
    pub fn floor(self, places: u8) -> Option<i64> {
        match places.checked_sub(self.scale) {
            Some(up) => self.mantissa.checked_mul(pow10(up)?),
            None => match pow10(self.scale - places) {
                Some(unit) => self.mantissa.checked_div_euclid(unit),
                None => Some(if self.mantissa < 0 { -1 } else { 0 }),
            },
        }
    }

    /// The number in units of `10^-places` if it is a whole number of them and 64 bits hold it.
    #[must_use]
    pub fn exact(self, places: u8) -> Option<i64> {
        let shortest = self.shortest();
        shortest.mantissa.checked_mul(pow10(places.checked_sub(shortest.scale)?)?)
    }

    /// The same number without trailing zeros after the point.
    #[must_use]
    pub const fn shortest(mut self) -> Self {
        while self.scale > 0 {
            let (tenth, 0) = by_ten(self.mantissa.unsigned_abs()) else { break };
            self.mantissa = if self.mantissa < 0 { -(tenth as i64) } else { tenth as i64 };
            self.scale -= 1;
        }
        self
    }

    /// Its order to a whole number.
    pub(crate) fn cmp_whole(self, other: i8) -> Ordering {
        let other = i64::from(other);
        match pow10(self.scale).and_then(|unit| other.checked_mul(unit)) {
            Some(other) => self.mantissa.cmp(&other),
            // So many decimal places that the number lies between -1 and 1, or the other is farther from zero.
            None if other == 0 => self.mantissa.cmp(&0),
            None => 0.cmp(&other),
        }
    }

    /// Reads the text of a JSON number that the lexer has already accepted.
    pub(crate) fn from_json(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let mut magnitude: u64 = 0;
        let mut scale: i32 = 0;
        let mut fraction = 0;
        let mut exponent = None;
        for (at, byte) in digits.bytes().enumerate() {
            match byte {
                b'0'..=b'9' => {
                    if magnitude > i64::MAX.unsigned_abs() / 10 {
                        return None;
                    }
                    magnitude = magnitude * 10 + u64::from(byte - b'0');
                    scale += fraction;
                }
                b'.' => fraction = 1,
                _ => {
                    exponent = digits.get(at + 1..);
                    break;
                }
            }
        }
        let mut mantissa =
            if negative { 0_i64.checked_sub_unsigned(magnitude)? } else { i64::try_from(magnitude).ok()? };
        if let Some(exponent) = exponent {
            if mantissa != 0 {
                scale = scale.checked_sub(whole(exponent)?)?;
            }
        }
        if scale < 0 {
            mantissa = mantissa.checked_mul(pow10(u8::try_from(scale.checked_neg()?).ok()?)?)?;
            scale = 0;
        }
        Some(Self { mantissa, scale: u8::try_from(scale).ok()? })
    }

    /// Sign, position of the leading digit, and the digits brought to 19 places: what numeric order compares.
    fn key(self) -> (i64, i32, u64) {
        let mut digits = self.mantissa.unsigned_abs();
        if digits == 0 {
            return (0, 0, 0);
        }
        let mut point = -i32::from(self.scale);
        while digits < 1_000_000_000_000_000_000 {
            digits *= 10;
            point -= 1;
        }
        (self.mantissa.signum(), point, digits)
    }
}

/// A number without fraction and exponent, as an exponent is, if 32 bits hold it: as `str::parse`, of which every use
/// takes a small controller 200 bytes of flash.
#[inline(never)]
pub(crate) fn whole(text: &str) -> Option<i32> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let number = digits.bytes().try_fold(0_i32, |number, digit| {
        let digit = char::from(digit).to_digit(10)?;
        number.checked_mul(10)?.checked_add(sign * digit as i32)
    });
    number.filter(|_| !digits.is_empty())
}

/// A power of ten, if 64 bits hold it.
fn pow10(exponent: u8) -> Option<i64> {
    (exponent <= 18).then(|| (0..exponent).fold(1, |power, _| power * 10))
}

/// A number divided by ten, and what is left. Piece by piece where it has more than 32 bits: small processors cannot divide
/// those, and the routine that can is larger than all of this module.
const fn by_ten(value: u64) -> (u64, u8) {
    let (high, low) = ((value >> 32) as u32, value as u32);
    if high == 0 {
        return ((low / 10) as u64, (low % 10) as u8);
    }
    let middle = (high % 10) << 16 | low >> 16;
    let end = (middle % 10) << 16 | low & 0xffff;
    (((high / 10) as u64) << 32 | ((middle / 10) as u64) << 16 | (end / 10) as u64, (end % 10) as u8)
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self::new(value, 0)
    }
}

impl From<i32> for Decimal {
    fn from(value: i32) -> Self {
        Self::new(value.into(), 0)
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let (sign, point, digits) = self.key();
        let (other_sign, other_point, other_digits) = other.key();
        sign.cmp(&other_sign).then_with(|| {
            let magnitude = (point, digits).cmp(&(other_point, other_digits));
            if sign < 0 { magnitude.reverse() } else { magnitude }
        })
    }
}

/// Plain notation with as many decimal places as the scale says, never an exponent.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; MAX_LEN];
        let mut writer = Writer::new(&mut text);
        writer.decimal(*self);
        let text = writer.finish().unwrap_or_default();
        f.pad_integral(self.mantissa >= 0, "", text.strip_prefix('-').unwrap_or(text))
    }
}

/// Longest text: 255 places, a point, a digit before it and a sign.
const MAX_LEN: usize = 258;

/// Writes the digits and the point, without sign, piece by piece.
pub(crate) fn write_unsigned(value: Decimal, mut write: impl FnMut(&[u8])) {
    // Twenty digits are all that 64 bits can have.
    let (mut digits, mut start) = ([0; 20], 20);
    let mut rest = value.mantissa.unsigned_abs();
    for digit in digits.iter_mut().rev() {
        let (tenth, last) = by_ten(rest);
        *digit = b'0' + last;
        start -= 1;
        rest = tenth;
        if rest == 0 {
            break;
        }
    }
    let digits = digits.get(start..).unwrap_or_default();
    let scale = usize::from(value.scale);
    let whole = digits.len().saturating_sub(scale);
    let (whole, fraction) = digits.split_at_checked(whole).unwrap_or_default();
    write(if whole.is_empty() { b"0" } else { whole });
    if scale > 0 {
        write(b".");
        (fraction.len()..scale).for_each(|_| write(b"0"));
        write(fraction);
    }
}

/// Takes the JSON grammar for numbers: no `+`, no leading zeros, digits on both sides of a point.
impl FromStr for Decimal {
    type Err = NotDecimal;

    fn from_str(text: &str) -> Result<Self, NotDecimal> {
        let mut lexer = Lexer::new(text);
        let number = lexer.number().map_err(|_| NotDecimal)?;
        if number.text.len() == text.len() {
            Self::from_json(text).ok_or(NotDecimal)
        } else {
            Err(NotDecimal)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn reads_exactly() {
        for (text, mantissa, scale) in [
            ("0", 0, 0),
            ("-0", 0, 0),
            ("16", 16, 0),
            ("8.1", 81, 1),
            ("21.40", 2140, 2),
            ("-0.05", -5, 2),
            ("1e3", 1000, 0),
            ("1.5E+2", 150, 0),
            ("15e-1", 15, 1),
            ("1.4210854715202004e-14", 14_210_854_715_202_004, 30),
            ("9223372036854775807", i64::MAX, 0),
            ("-9223372036854775808", i64::MIN, 0),
            ("0e999999", 0, 0),
        ] {
            let value = dec(text);
            assert_eq!((value.mantissa(), value.scale()), (mantissa, scale), "{text}");
        }
        for text in [
            "",
            "+1",
            "01",
            ".5",
            "1.",
            "1e",
            "1e+",
            "0x1",
            "1 ",
            "NaN",
            "9223372036854775808",
            "1e300",
            "1e-300",
            "1e99999999999",
            "1e-99999999999",
        ] {
            assert_eq!(text.parse::<Decimal>(), Err(NotDecimal), "{text}");
        }
    }

    #[test]
    fn whole_numbers_as_core_reads_them() {
        for text in [
            "",
            "-",
            "+",
            "0",
            "-0",
            "+7",
            "--1",
            "007",
            "1a",
            "1.0",
            " 1",
            "2147483647",
            "2147483648",
            "-2147483648",
            "-2147483649",
            "\u{663}",
        ] {
            assert_eq!(whole(text), text.parse().ok(), "{text}");
        }
    }

    #[test]
    fn prints_the_scale() {
        for text in ["0", "16", "-16", "8.1", "21.40", "-0.05", "0.00", "9223372036854775807", "-0.0000001"] {
            assert_eq!(dec(text).to_string(), text);
        }
        assert_eq!(Decimal::new(1, 255).to_string().len(), 257);
        assert_eq!(Decimal::new(-1, 255).to_string().len(), 258);
    }

    #[test]
    fn compares_by_value() {
        assert_eq!(dec("21.4"), dec("21.40"));
        assert_eq!(dec("0.00"), Decimal::ZERO);
        let rising = [
            "-100",
            "-21.41",
            "-21.4",
            "-0.001",
            "0",
            "1e-40",
            "0.5",
            "0.51",
            "6",
            "10.0",
            "9223372036854775807",
        ];
        for (low, high) in rising.iter().zip(rising.iter().skip(1)) {
            assert!(dec(low) < dec(high), "{low} {high}");
        }
    }

    #[test]
    fn divides_by_ten_in_pieces() {
        for value in [0, 9, 10, u64::from(u32::MAX), u64::from(u32::MAX) + 1, 1 << 63, u64::MAX - 1, u64::MAX]
        {
            assert_eq!(by_ten(value), (value / 10, (value % 10) as u8), "{value}");
        }
        assert_eq!(dec("-9223372036854775800").shortest().mantissa(), -9_223_372_036_854_775_800);
        assert_eq!(Decimal::new(i64::MIN, 0).to_string(), "-9223372036854775808");
    }

    #[test]
    fn compares_to_whole_numbers_as_to_any() {
        for text in
            ["-9223372036854775808", "-128", "-0.5", "0", "1e-40", "-1e-40", "0.99", "1", "99.9", "100.0"]
        {
            for whole in [i8::MIN, -1, 0, 1, 99, 100, i8::MAX] {
                let value = dec(text);
                assert_eq!(
                    value.cmp_whole(whole),
                    value.cmp(&Decimal::from(i64::from(whole))),
                    "{text} {whole}"
                );
            }
        }
    }

    #[test]
    fn scales() {
        assert_eq!(dec("16.55").floor(1), Some(165));
        assert_eq!(dec("-16.55").floor(1), Some(-166));
        assert_eq!(dec("16").floor(1), Some(160));
        assert_eq!(dec("1e-40").floor(1), Some(0));
        assert_eq!(dec("-1e-40").floor(1), Some(-1));
        assert_eq!(dec("8.10").exact(1), Some(81));
        assert_eq!(dec("8.15").exact(1), None);
        assert_eq!(dec("9223372036854775807").floor(1), None);
    }
}
