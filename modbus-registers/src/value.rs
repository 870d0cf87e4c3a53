//! Values without floating point: a decimal number, a text, or the reason why there is none.

use core::cmp::Ordering;
use core::fmt;

use crate::registers::Registers;

/// A decimal number, `mantissa / 10^decimals`, exactly as the device sent it.
///
/// Kept in one canonical form (no trailing zeros behind the point), so equal numbers compare and hash equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Decimal {
    mantissa: i64,
    decimals: u8,
}

/// 10^0 to 10^18, all that fit 63 bits.
pub(crate) const POWERS_OF_TEN: [i64; 19] = {
    let mut powers = [1; 19];
    let mut power = 1;
    while power < powers.len() {
        powers[power] = 10 * powers[power - 1];
        power += 1;
    }
    powers
};

/// A tenth of `number`, if that is whole.
///
/// Multiplied by the inverse of 5 modulo 2^64, a multiple of 5 becomes its fifth and any other number something
/// larger than every fifth: a test and a division without dividing, which small processors do step by step.
const fn tenth(number: i64) -> Option<i64> {
    const INVERSE_OF_5: u64 = 0xCCCC_CCCC_CCCC_CCCD;
    let magnitude = number.unsigned_abs().wrapping_mul(INVERSE_OF_5).rotate_right(1);
    if magnitude > u64::MAX / 10 {
        return None;
    }
    // A tenth of 63 bits has its place in 63 bits.
    let tenth = magnitude.cast_signed();
    Some(if number < 0 { -tenth } else { tenth })
}

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self { mantissa: 0, decimals: 0 };

    /// Most digits behind the point.
    pub const MAX_DECIMALS: u8 = 18;

    /// `mantissa * 10^exponent`, or `None` if that needs more than 63 bits or more than 18 decimals.
    pub const fn new(mantissa: i64, exponent: i32) -> Option<Self> {
        if mantissa == 0 {
            return Some(Self::ZERO);
        }
        if exponent >= 0 {
            if exponent as usize >= POWERS_OF_TEN.len() {
                return None;
            }
            return match mantissa.checked_mul(POWERS_OF_TEN[exponent as usize]) {
                Some(mantissa) => Some(Self { mantissa, decimals: 0 }),
                None => None,
            };
        }
        let (mut mantissa, mut decimals) = (mantissa, exponent.unsigned_abs());
        while decimals > 0 {
            let Some(tenth) = tenth(mantissa) else { break };
            mantissa = tenth;
            decimals -= 1;
        }
        if decimals > Self::MAX_DECIMALS as u32 {
            return None;
        }
        Some(Self { mantissa, decimals: decimals as u8 })
    }

    /// A whole number.
    pub const fn from_int(value: i64) -> Self {
        Self { mantissa: value, decimals: 0 }
    }

    /// A number of thousandths: milliamperes become amperes, millivolts volts.
    pub const fn from_milli(value: i64) -> Self {
        match Self::new(value, -3) {
            Some(decimal) => decimal,
            // Not reached: three decimals always fit.
            None => Self::ZERO,
        }
    }

    /// All digits without the point.
    pub const fn mantissa(self) -> i64 {
        self.mantissa
    }

    /// How many of the digits of [`Decimal::mantissa`] stand behind the point.
    pub const fn decimals(self) -> u8 {
        self.decimals
    }

    /// The number times `10^decimals`, rounded to an integer, half to even; `None` if that needs more than 63
    /// bits.
    pub fn scaled(self, decimals: u8) -> Option<i64> {
        if decimals >= self.decimals {
            return match POWERS_OF_TEN.get(usize::from(decimals - self.decimals)) {
                Some(&factor) => self.mantissa.checked_mul(factor),
                None => (self.mantissa == 0).then_some(0),
            };
        }
        let &divisor = POWERS_OF_TEN.get(usize::from(self.decimals - decimals))?;
        let quotient = self.mantissa / divisor;
        let twice_rest = (self.mantissa % divisor).unsigned_abs() * 2;
        let up = match twice_rest.cmp(&divisor.unsigned_abs()) {
            Ordering::Less => false,
            Ordering::Equal => quotient % 2 != 0,
            Ordering::Greater => true,
        };
        Some(if up { quotient + self.mantissa.signum() } else { quotient })
    }

    /// The number of thousandths, rounded half to even: amperes become milliamperes.
    pub fn milli(self) -> Option<i64> {
        self.scaled(3)
    }

    /// The sum, or `None` on overflow.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let decimals = self.decimals.max(other.decimals);
        let sum = self.scaled(decimals)?.checked_add(other.scaled(decimals)?)?;
        Self::new(sum, -i32::from(decimals))
    }

    /// The difference, or `None` on overflow.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(other.checked_neg()?)
    }

    /// The number with the other sign, or `None` on overflow.
    pub fn checked_neg(self) -> Option<Self> {
        Some(Self { mantissa: self.mantissa.checked_neg()?, decimals: self.decimals })
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self::from_int(value)
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let decimals = self.decimals.max(other.decimals);
        // 10^18 * 2^63 needs 123 bits.
        let wide =
            |number: &Self| i128::from(number.mantissa) * 10i128.pow(u32::from(decimals - number.decimals));
        wide(self).cmp(&wide(other))
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let digits = self.mantissa.unsigned_abs();
        let divisor = 10u64.pow(u32::from(self.decimals));
        write!(f, "{sign}{}", digits / divisor)?;
        if self.decimals > 0 {
            write!(f, ".{:0width$}", digits % divisor, width = usize::from(self.decimals))?;
        }
        Ok(())
    }
}

/// Why a register holds no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Absence {
    /// The pattern the vendor reserves for "not available" or "not implemented".
    NotAvailable,
    /// An IEEE 754 not-a-number.
    NotANumber,
    /// An IEEE 754 infinity.
    Infinite,
    /// The device says that the value does not fit its register.
    Overflow,
    /// The device says that the sensor is missing.
    NoSensor,
    /// The device says that its measuring system has no such value.
    NotInSystem,
    /// The register that holds the decimal exponent or factor holds none.
    NoScale,
}

impl fmt::Display for Absence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAvailable => "not available",
            Self::NotANumber => "not a number",
            Self::Infinite => "infinite",
            Self::Overflow => "overflow",
            Self::NoSensor => "no sensor",
            Self::NotInSystem => "not in this measuring system",
            Self::NoScale => "no scale factor",
        })
    }
}

/// Why registers give no number, without the place, which all errors of a row share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoNumber {
    /// The device says that there is none.
    Absent(Absence),
    /// Some of the registers are not there.
    NotInBlock,
    /// Beyond what a decimal holds.
    OutOfRange,
    /// The scale register holds an exponent no device uses.
    Exponent(i16),
}

/// Content of a register, in the unit of its quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// A number.
    Number(Decimal),
    /// A text, or packed bytes.
    Text(Text<'a>),
    /// No value, and why.
    Absent(Absence),
}

impl<'a> Value<'a> {
    /// The number, if it is one.
    pub const fn number(self) -> Option<Decimal> {
        match self {
            Self::Number(number) => Some(number),
            Self::Text(_) | Self::Absent(_) => None,
        }
    }

    /// The text, if it is one.
    pub const fn text(self) -> Option<Text<'a>> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(_) | Self::Absent(_) => None,
        }
    }
}

impl From<Decimal> for Value<'_> {
    fn from(number: Decimal) -> Self {
        Self::Number(number)
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
            Self::Absent(absence) => absence.fmt(f),
        }
    }
}

/// Characters or bytes in registers, without copying them.
///
/// Padding at the end (zeros and spaces) is no part of the text. Compares with `str`; printing replaces what is
/// not printable ASCII by `.`.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    registers: Registers<'a>,
    /// One character per register (Socomec) instead of two.
    wide: bool,
}

impl<'a> Text<'a> {
    pub(crate) const fn new(registers: Registers<'a>, wide: bool) -> Self {
        Self { registers, wide }
    }

    /// All bytes, padding included.
    pub fn raw_bytes(self) -> impl Iterator<Item = u8> + 'a {
        let Self { registers, wide } = self;
        let skip = usize::from(wide);
        registers.iter().flat_map(move |word| word.to_be_bytes().into_iter().skip(skip))
    }

    /// The bytes without the padding at the end.
    pub fn bytes(self) -> impl Iterator<Item = u8> + 'a {
        self.raw_bytes().take(self.len())
    }

    /// Number of bytes without the padding at the end.
    pub fn len(self) -> usize {
        let is_padding = |byte: &u8| matches!(byte, 0 | b' ');
        self.raw_bytes()
            .enumerate()
            .filter(|(_, byte)| !is_padding(byte))
            .last()
            .map_or(0, |(index, _)| index + 1)
    }

    /// Whether there is nothing but padding.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes().eq(other.bytes())
    }
}

impl Eq for Text<'_> {}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        self.bytes().eq(other.bytes())
    }
}

impl PartialEq<&str> for Text<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        self.bytes().try_for_each(|byte| {
            let printable = byte == b' ' || byte.is_ascii_graphic();
            f.write_char(if printable { char::from(byte) } else { '.' })
        })
    }
}

#[cfg(test)]
mod tests {
    extern crate alloc;
    use alloc::string::ToString as _;

    use super::*;

    fn decimal(mantissa: i64, exponent: i32) -> Decimal {
        Decimal::new(mantissa, exponent).unwrap()
    }

    #[test]
    fn equal_numbers_have_one_form() {
        assert_eq!(decimal(2300, -1), Decimal::from_int(230));
        assert_eq!(decimal(23, 1), Decimal::from_int(230));
        assert_eq!(decimal(0, -300), Decimal::ZERO);
        assert_eq!(decimal(2301, -1).decimals(), 1);
    }

    #[test]
    fn tenths_are_exact() {
        for number in
            [i64::MIN, i64::MIN + 8, i64::MAX, i64::MAX - 7, -10, -1, 0, 1, 5, 8, 10, 15, 20, 230_500_000]
        {
            for number in [number, number.wrapping_add(1), number.wrapping_sub(1)] {
                assert_eq!(tenth(number), (number % 10 == 0).then_some(number / 10), "{number}");
            }
        }
    }

    #[test]
    fn too_large_and_too_fine_numbers_are_refused() {
        assert_eq!(Decimal::new(i64::MAX, 1), None);
        assert_eq!(Decimal::new(1, -19), None);
        assert_eq!(Decimal::new(1, 19), None);
    }

    #[test]
    fn scaling_rounds_half_to_even() {
        assert_eq!(decimal(25, -1).scaled(0), Some(2));
        assert_eq!(decimal(35, -1).scaled(0), Some(4));
        assert_eq!(decimal(-25, -1).scaled(0), Some(-2));
        assert_eq!(decimal(-26, -1).scaled(0), Some(-3));
        assert_eq!(decimal(16_0004, -4).milli(), Some(16_000));
        assert_eq!(Decimal::from_int(i64::MAX).milli(), None);
        assert_eq!(Decimal::ZERO.scaled(200), Some(0));
    }

    #[test]
    fn arithmetic_is_exact() {
        assert_eq!(decimal(1, -1).checked_add(decimal(2, -1)), Some(decimal(3, -1)));
        assert_eq!(decimal(5, 0).checked_sub(decimal(55, -1)), Some(decimal(-5, -1)));
        assert_eq!(Decimal::from_int(i64::MAX).checked_add(Decimal::from_int(1)), None);
        assert!(decimal(-1, 0) < decimal(1, -18) && decimal(12, -1) < decimal(13, -1));
    }

    #[test]
    fn numbers_print_with_their_point() {
        assert_eq!(decimal(-5, -2).to_string(), "-0.05");
        assert_eq!(decimal(49_987, -3).to_string(), "49.987");
        assert_eq!(decimal(7, 3).to_string(), "7000");
    }

    #[test]
    fn text_loses_padding_only_at_the_end() {
        let text = Text::new(Registers::from(&[0x6945u16, 0x4D20, 0x3320, 0x0000][..]), false);
        assert!(text == "iEM 3");
        assert_eq!(text.to_string(), "iEM 3");
        let wide = Text::new(Registers::from(&[0x53u16, 0x4F, 0x43, 0x4F][..]), true);
        assert!(wide == "SOCO");
        assert!(Text::new(Registers::from(&[0u16, 0x2020][..]), false).is_empty());
    }
}
