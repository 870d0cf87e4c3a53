//! Numbers of the files: whole numbers and lossless decimals, without floats.

use nom::bytes::complete::take_while1;
use nom::character::complete::{char, one_of};
use nom::combinator::{all_consuming, opt, recognize};
use nom::sequence::preceded;
use nom::{IResult, Parser};

/// Reads a whole number with an optional sign, nothing around it.
#[must_use]
pub fn integer(text: &[u8]) -> Option<i64> {
    let mut number = all_consuming(recognize((opt(one_of("+-")), digits)));
    let (_, number) = number.parse_complete(text).ok()?;
    core::str::from_utf8(number).ok()?.parse().ok()
}

/// A decimal number as written: `digits / 10^scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    /// All digits as one number.
    pub digits: i64,
    /// How many of them stand behind the mark.
    pub scale: u8,
}

impl Decimal {
    /// Reads a number with at most one decimal `mark` (`.` or `,`) and digits on both sides of it.
    #[must_use]
    pub fn parse(text: &[u8], mark: char) -> Option<Self> {
        let sign = opt(one_of::<_, _, nom::error::Error<&[u8]>>("+-"));
        let mut number = all_consuming((sign, digits, opt(preceded(char(mark), digits))));
        let (_, (sign, whole, fraction)) = number.parse_complete(text).ok()?;
        let fraction: &[u8] = fraction.unwrap_or_default();
        let digits = whole.iter().chain(fraction).try_fold(0_i64, |sum, digit| {
            sum.checked_mul(10)?.checked_add(i64::from(digit.wrapping_sub(b'0')))
        })?;
        let digits = if sign == Some('-') { -digits } else { digits };
        Some(Self { digits, scale: u8::try_from(fraction.len()).ok()? })
    }

    /// The number times `10^places`, if that is whole: kWh with `places` 3 give Wh.
    #[must_use]
    pub fn scaled(self, places: u8) -> Option<i64> {
        let places = i32::from(places) - i32::from(self.scale);
        let factor = 10_i64.checked_pow(places.unsigned_abs())?;
        if places >= 0 {
            self.digits.checked_mul(factor)
        } else {
            (self.digits % factor == 0).then_some(self.digits / factor)
        }
    }
}

fn digits(input: &[u8]) -> IResult<&[u8], &[u8]> {
    take_while1(|b: u8| b.is_ascii_digit()).parse_complete(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers() {
        assert_eq!(integer(b"63000"), Some(63000));
        assert_eq!(integer(b"-1"), Some(-1));
        assert_eq!(integer(b"9223372036854775807"), Some(i64::MAX));
        for bad in [&b""[..], b"+", b"1 ", b"1.0", b"0x10", b"9223372036854775808"] {
            assert_eq!(integer(bad), None);
        }
    }

    #[test]
    fn decimals_keep_their_digits() {
        assert_eq!(Decimal::parse(b"1204.118", '.'), Some(Decimal { digits: 1_204_118, scale: 3 }));
        assert_eq!(Decimal::parse(b"-0,5", ','), Some(Decimal { digits: -5, scale: 1 }));
        assert_eq!(Decimal::parse(b"7", ','), Some(Decimal { digits: 7, scale: 0 }));
        for bad in [&b""[..], b".5", b"5.", b"1,5", b"1.2.3", b"99999999999999999999"] {
            assert_eq!(Decimal::parse(bad, '.'), None);
        }
    }

    #[test]
    fn scaling_never_rounds() {
        let scaled = |text: &[u8], places| Decimal::parse(text, '.').and_then(|number| number.scaled(places));
        assert_eq!(scaled(b"22.787", 3), Some(22_787));
        assert_eq!(scaled(b"22.7", 3), Some(22_700));
        assert_eq!(scaled(b"1.5000", 1), Some(15));
        assert_eq!(scaled(b"1.55", 1), None);
        assert_eq!(scaled(b"9223372036854775807", 1), None);
    }
}
