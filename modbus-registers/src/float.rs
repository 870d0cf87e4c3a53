//! IEEE 754 numbers to decimals and back, in integer arithmetic.
//!
//! A float row is delivered with [`FLOAT_DECIMALS`] decimals of its unit, rounded half to even from the exact
//! binary value: a millionth of a volt or of a watt-hour is far below what any meter resolves, and one rule for
//! all rows makes values comparable.

use crate::value::{Absence, Decimal, NoNumber, POWERS_OF_TEN};

/// Decimals to which values of float registers are rounded.
pub const FLOAT_DECIMALS: u8 = 6;

/// Layout of a binary floating-point format.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Format {
    /// Bits of the fraction that are stored.
    fraction: u32,
    exponent: u32,
}

pub(crate) const BINARY32: Format = Format { fraction: 23, exponent: 8 };
pub(crate) const BINARY64: Format = Format { fraction: 52, exponent: 11 };

impl Format {
    const fn bias(self) -> i32 {
        (1 << (self.exponent - 1)) - 1
    }

    const fn exponent_mask(self) -> u64 {
        (1 << self.exponent) - 1
    }

    /// The number times `10^pow10`, rounded to [`FLOAT_DECIMALS`] decimals.
    #[cfg_attr(not(target_os = "none"), inline)]
    pub(crate) fn decode(self, bits: u64, pow10: i8) -> Result<Decimal, NoNumber> {
        let negative = (bits >> (self.fraction + self.exponent)) & 1 == 1;
        let exponent = (bits >> self.fraction) & self.exponent_mask();
        let fraction = bits & ((1 << self.fraction) - 1);
        if exponent == self.exponent_mask() {
            return Err(NoNumber::Absent(match fraction {
                0 => Absence::Infinite,
                _ => Absence::NotANumber,
            }));
        }
        let hidden = if exponent == 0 { 0 } else { 1 << self.fraction };
        // The exponent field has at most eleven bits.
        let power = (exponent.max(1) as i32) - self.bias() - self.fraction as i32;
        let magnitude = scaled(fraction | hidden, power, i32::from(pow10) + i32::from(FLOAT_DECIMALS))
            .ok_or(NoNumber::OutOfRange)?;
        let mantissa = if negative { -magnitude } else { magnitude };
        Decimal::new(mantissa, -i32::from(FLOAT_DECIMALS)).ok_or(NoNumber::OutOfRange)
    }

    /// The bits nearest to `value / 10^pow10`, ties to even; `None` beyond 28 decimals or the 63 bits of a
    /// decimal.
    pub(crate) fn encode(self, value: Decimal, pow10: i8) -> Option<u64> {
        let value = Decimal::new(value.scaled(FLOAT_DECIMALS)?, -i32::from(FLOAT_DECIMALS))?;
        let sign = u64::from(value.mantissa() < 0) << (self.fraction + self.exponent);
        if value.mantissa() == 0 {
            return Some(sign);
        }
        let magnitude = u128::from(value.mantissa().unsigned_abs());
        let down = i32::from(value.decimals()) + i32::from(pow10);
        let ten = 10u128.checked_pow(down.unsigned_abs()).filter(|_| down.abs() <= 18)?;
        let (numerator, denominator) = if down > 0 { (magnitude, ten) } else { (magnitude * ten, 1) };

        // quotient * 2^-shift with at least 63 significant bits; what is cut off is remembered as one sticky
        // bit.
        let shift = numerator.leading_zeros() as i32 - 1;
        let numerator = numerator << shift;
        let quotient = (numerator / denominator) << 1 | u128::from(!numerator.is_multiple_of(denominator));
        let surplus = (128 - quotient.leading_zeros() as i32) - (self.fraction as i32 + 1);
        let significand = round_shift(quotient, surplus.unsigned_abs());
        // Rounding up to the next power of two carries into the exponent by itself.
        let exponent = surplus - shift - 1 + self.fraction as i32 + self.bias();
        let exponent = u64::try_from(exponent - 1).ok()?;
        Some(sign | ((exponent << self.fraction) + u64::try_from(significand).ok()?))
    }
}

/// `significand * 2^power * 10^pow10`, rounded half to even; `None` above 63 bits or for other powers of ten than 0
/// to 18, which the check of a map refuses.
#[cfg_attr(not(target_os = "none"), inline)]
fn scaled(significand: u64, power: i32, pow10: i32) -> Option<i64> {
    let &ten = POWERS_OF_TEN.get(usize::try_from(pow10).ok()?)?;
    let product = u128::from(significand) * u128::from(ten.unsigned_abs());
    let magnitude = match u32::try_from(power) {
        Ok(left) => {
            let product = u64::try_from(product).ok()?;
            (left < product.leading_zeros()).then(|| product << left)?
        }
        Err(_) => u64::try_from(round_shift(product, power.unsigned_abs())).ok()?,
    };
    i64::try_from(magnitude).ok()
}

/// `value / 2^bits`, rounded half to even.
fn round_shift(value: u128, bits: u32) -> u128 {
    if bits == 0 {
        return value;
    }
    if bits >= 128 {
        return 0;
    }
    let halves = value >> (bits - 1);
    let (quotient, half) = (halves >> 1, halves & 1 == 1);
    let more_than_half = value.trailing_zeros() < bits - 1;
    quotient + u128::from(half && (more_than_half || quotient & 1 == 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn f32_decimal(value: f32, pow10: i8) -> Result<Decimal, NoNumber> {
        BINARY32.decode(u64::from(value.to_bits()), pow10)
    }

    #[test]
    fn floats_are_rounded_half_to_even_to_millionths() {
        assert_eq!(f32_decimal(230.1, 0), Ok(Decimal::new(230_100_006, -6).unwrap()));
        assert_eq!(f32_decimal(-0.5, 0), Ok(Decimal::new(-5, -1).unwrap()));
        // 2^-21 is 0.000000476837..., 3 * 2^-21 is 0.0000014305...
        assert_eq!(f32_decimal(1.0 / 2_097_152.0, 0), Ok(Decimal::ZERO));
        assert_eq!(f32_decimal(3.0 / 2_097_152.0, 0), Ok(Decimal::new(1, -6).unwrap()));
        // 0.0078125 is exactly 7812.5 millionths: a tie.
        assert_eq!(f32_decimal(0.007_812_5, 0), Ok(Decimal::new(7_812, -6).unwrap()));
        assert_eq!(f32_decimal(-0.0, 0), Ok(Decimal::ZERO));
    }

    #[test]
    fn kilowatt_hours_become_watt_hours_before_rounding() {
        assert_eq!(f32_decimal(1234.5, 3), Ok(Decimal::from_int(1_234_500)));
    }

    #[test]
    fn no_number_never_becomes_one() {
        assert_eq!(f32_decimal(f32::NAN, 0), Err(NoNumber::Absent(Absence::NotANumber)));
        assert_eq!(f32_decimal(f32::NEG_INFINITY, 0), Err(NoNumber::Absent(Absence::Infinite)));
        assert_eq!(f32_decimal(f32::MAX, 0), Err(NoNumber::OutOfRange));
        assert_eq!(f32_decimal(1.0e13, 0), Err(NoNumber::OutOfRange));
        assert_eq!(f32_decimal(f32::from_bits(1), 0), Ok(Decimal::ZERO));
    }

    #[test]
    fn encoding_is_the_nearest_float() {
        for (decimal, expected) in [
            (Decimal::new(2301, -1).unwrap(), 230.1f32),
            (Decimal::new(-1, -6).unwrap(), -0.000_001),
            (Decimal::from_int(16_777_217), 16_777_216.0),
            (Decimal::from_int(16_777_219), 16_777_220.0),
            (Decimal::from_int(1), 1.0),
            (Decimal::from_int(i32::MAX.into()), 2_147_483_648.0),
        ] {
            let bits = BINARY32.encode(decimal, 0).unwrap();
            assert_eq!(bits, u64::from(expected.to_bits()), "{decimal}");
        }
        assert_eq!(BINARY32.encode(Decimal::from_int(1_500), 3), Some(u64::from(1.5f32.to_bits())));
        assert_eq!(BINARY64.encode(Decimal::new(1, -1).unwrap(), 0), Some(0.1f64.to_bits()));
        assert_eq!(
            BINARY64.encode(Decimal::new(123_456_789_012, -6).unwrap(), 3),
            Some(123.456_789_012f64.to_bits())
        );
    }
}
