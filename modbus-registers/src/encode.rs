//! From values to registers, for simulators, test benches and commands.

use thiserror::Error;

use crate::float;
use crate::map::Map;
use crate::quantity::Quantity;
use crate::row::{Absent, Kind, Row, Scale, WordOrder};
use crate::value::{Decimal, Value};

/// Most registers of one value.
pub const MAX_VALUE_WORDS: usize = 32;

/// Why a value does not go into the registers of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The map has no such row.
    #[error("the device has no register for {quantity}")]
    NoRow {
        /// What was to be written.
        quantity: Quantity,
    },
    /// The number is too large or too small for the register.
    #[error("register {address}: {value} does not fit {quantity}")]
    OutOfRange {
        /// First register of the row.
        address: u16,
        /// What the register holds.
        quantity: Quantity,
        /// What was to be written.
        value: Decimal,
    },
    /// The number would be read as "no value".
    #[error("register {address}: {value} is the pattern for a missing {quantity}")]
    Reserved {
        /// First register of the row.
        address: u16,
        /// What the register holds.
        quantity: Quantity,
        /// What was to be written.
        value: Decimal,
    },
    /// The row has no pattern for "no value".
    #[error("register {address}: {quantity} cannot be absent")]
    NeverAbsent {
        /// First register of the row.
        address: u16,
        /// What the register holds.
        quantity: Quantity,
    },
    /// A text for a number, a number for a text, or a text too long.
    #[error("register {address}: {quantity} is another kind of value")]
    Kind {
        /// First register of the row.
        address: u16,
        /// What the register holds.
        quantity: Quantity,
    },
    /// The caller's buffer or storage is too small.
    #[error("register {address}: {quantity} needs room for {words} registers")]
    NoRoom {
        /// First register of the row.
        address: u16,
        /// What the register holds.
        quantity: Quantity,
        /// Registers needed.
        words: u16,
    },
}

/// What a scale register holds while a value is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScaleContent {
    /// A decimal exponent.
    Exponent(i8),
    /// A factor, not 0.
    Factor(u32),
}

impl Map<'_> {
    /// Writes `value` as the device would send it in `row` and returns the registers.
    ///
    /// Numbers are rounded half to even to what the register resolves. `scale` is the content of the scale
    /// register and only used for rows that have one.
    ///
    /// # Errors
    ///
    /// If the value does not fit the row or the buffer.
    pub fn encode<'b>(
        &self,
        row: &Row,
        value: Value<'_>,
        scale: ScaleContent,
        buffer: &'b mut [u16],
    ) -> Result<&'b [u16], EncodeError> {
        let target = Target { address: row.address.wrapping_add(self.base()), row, scale };
        let words = buffer.get_mut(..usize::from(row.words)).ok_or_else(|| target.no_room())?;
        match (row.kind, value) {
            (Kind::Ascii, Value::Text(text)) => target.text(text.bytes(), 2, words)?,
            (Kind::WideAscii, Value::Text(text)) => target.text(text.bytes(), 1, words)?,
            (Kind::Ascii | Kind::WideAscii, Value::Absent(_)) => words.fill(0),
            (Kind::Ascii | Kind::WideAscii, Value::Number(_)) | (_, Value::Text(_)) => {
                return Err(target.wrong_kind());
            }
            (_, Value::Number(number)) => target.split(target.number(number)?, self.order_of(row), words),
            (_, Value::Absent(_)) => target.split(target.absent()?, self.order_of(row), words),
        }
        Ok(words)
    }

    /// Writes a text as the device would send it in `row`.
    ///
    /// # Errors
    ///
    /// If the row holds no text, or a shorter one.
    pub fn encode_text<'b>(
        &self,
        row: &Row,
        text: &str,
        buffer: &'b mut [u16],
    ) -> Result<&'b [u16], EncodeError> {
        let scale = ScaleContent::Exponent(0);
        let target = Target { address: row.address.wrapping_add(self.base()), row, scale };
        let words = buffer.get_mut(..usize::from(row.words)).ok_or_else(|| target.no_room())?;
        match row.kind {
            Kind::Ascii => target.text(text.bytes(), 2, words)?,
            Kind::WideAscii => target.text(text.bytes(), 1, words)?,
            _ => return Err(target.wrong_kind()),
        }
        Ok(words)
    }
}

struct Target<'t> {
    address: u16,
    row: &'t Row,
    scale: ScaleContent,
}

impl Target<'_> {
    fn no_room(&self) -> EncodeError {
        EncodeError::NoRoom { address: self.address, quantity: self.row.quantity, words: self.row.words() }
    }

    fn wrong_kind(&self) -> EncodeError {
        EncodeError::Kind { address: self.address, quantity: self.row.quantity }
    }

    fn out_of_range(&self, value: Decimal) -> EncodeError {
        EncodeError::OutOfRange { address: self.address, quantity: self.row.quantity, value }
    }

    fn text(
        &self,
        mut bytes: impl Iterator<Item = u8>,
        per_word: usize,
        words: &mut [u16],
    ) -> Result<(), EncodeError> {
        for word in &mut *words {
            let high = if per_word == 2 { bytes.next().unwrap_or(0) } else { 0 };
            *word = u16::from_be_bytes([high, bytes.next().unwrap_or(0)]);
        }
        if bytes.next().is_some() { Err(self.wrong_kind()) } else { Ok(()) }
    }

    fn split(&self, bits: u64, order: WordOrder, words: &mut [u16]) {
        let [a, b, c, d, e, f, g, h] = bits.to_be_bytes();
        let all = [[a, b], [c, d], [e, f], [g, h]].map(u16::from_be_bytes);
        let used = all.iter().skip(all.len().saturating_sub(words.len()));
        match order {
            WordOrder::HighFirst => words.iter_mut().zip(used).for_each(|(word, &part)| *word = part),
            WordOrder::LowFirst => words.iter_mut().rev().zip(used).for_each(|(word, &part)| *word = part),
        }
    }

    fn number(&self, number: Decimal) -> Result<u64, EncodeError> {
        let out_of_range = || self.out_of_range(number);
        let signed =
            if self.row.is_negated() { number.checked_neg().ok_or_else(out_of_range)? } else { number };
        match self.row.kind {
            Kind::QuadrantPf if signed > Decimal::from_int(1) || signed < Decimal::from_int(-1) => {
                Err(out_of_range())
            }
            Kind::Float | Kind::QuadrantPf => self.float(signed).ok_or_else(out_of_range),
            Kind::IskraT5 | Kind::IskraT6 => self.iskra(signed).ok_or_else(out_of_range),
            _ => {
                let bits = self.integer(signed).ok_or_else(out_of_range)?;
                match self.row.absence(bits) {
                    None => Ok(bits),
                    Some(_) => {
                        let (address, quantity) = (self.address, self.row.quantity);
                        Err(EncodeError::Reserved { address, quantity, value: number })
                    }
                }
            }
        }
    }

    fn pow10(&self) -> i8 {
        match (self.row.scale, self.scale) {
            (Scale::Pow10(pow10), _) => pow10,
            (Scale::Exponent { pow10, .. }, ScaleContent::Exponent(exponent)) => {
                pow10.saturating_add(exponent)
            }
            (_, ScaleContent::Exponent(exponent)) => exponent,
            (_, ScaleContent::Factor(_)) => 0,
        }
    }

    fn float(&self, number: Decimal) -> Option<u64> {
        let format = if self.row.words == 2 { float::BINARY32 } else { float::BINARY64 };
        format.encode(number, self.pow10())
    }

    fn integer(&self, number: Decimal) -> Option<u64> {
        let mut raw = divided(number, self.pow10())?;
        if let (Scale::Factor { .. }, ScaleContent::Factor(factor)) = (self.row.scale, self.scale) {
            raw = raw.checked_div(i64::from(factor))?;
        }
        let ones = u64::MAX >> (64 - self.row.bits());
        let fits = match self.row.kind {
            Kind::Signed => {
                let bound = (ones >> 1).cast_signed();
                -bound - 1 <= raw && raw <= bound
            }
            _ => u64::try_from(raw).is_ok_and(|raw| raw <= ones),
        };
        fits.then_some(raw.cast_unsigned() & ones)
    }

    /// The smallest exponent whose 24-bit mantissa fits keeps the most digits.
    fn iskra(&self, number: Decimal) -> Option<u64> {
        let range = if self.row.kind == Kind::IskraT6 { -0x80_0000..=0x7F_FFFF } else { 0..=0xFF_FFFF };
        let pow10 = self.pow10();
        (-18..=18i8).find_map(|exponent| {
            let mantissa = divided(number, pow10.checked_add(exponent)?)?;
            let [.., a, b, c] = mantissa.to_be_bytes();
            let [exponent] = exponent.to_be_bytes();
            range.contains(&mantissa).then_some(u64::from(u32::from_be_bytes([exponent, a, b, c])))
        })
    }

    fn absent(&self) -> Result<u64, EncodeError> {
        let ones = u64::MAX >> (64 - self.row.bits());
        let signed = self.row.kind == Kind::Signed;
        match (self.row.kind, self.row.absent) {
            (Kind::Float | Kind::QuadrantPf, _) if self.row.words == 2 => Ok(0x7FC0_0000),
            (Kind::Float, _) => Ok(0x7FF8_0000_0000_0000),
            (Kind::Unsigned | Kind::Signed, Absent::Extreme) => Ok(if signed { ones >> 1 } else { ones }),
            (Kind::Unsigned | Kind::Signed, Absent::SunSpec) => {
                Ok(if signed { (ones >> 1) + 1 } else { ones })
            }
            (Kind::Unsigned | Kind::Signed, Absent::Zero) => Ok(0),
            (Kind::Unsigned | Kind::Signed, Absent::Raw(raw)) => Ok(i64::from(raw).cast_unsigned() & ones),
            (Kind::Signed, Absent::CarloGavazzi) => Ok(ones >> 1),
            _ => Err(EncodeError::NeverAbsent { address: self.address, quantity: self.row.quantity }),
        }
    }
}

/// `number / 10^pow10`, rounded half to even.
fn divided(number: Decimal, pow10: i8) -> Option<i64> {
    match u8::try_from(-i32::from(pow10)) {
        Ok(decimals) => number.scaled(decimals),
        Err(_) => {
            // Shifts the point; a quotient below any resolution is zero.
            let exponent = -i32::from(number.decimals()) - i32::from(pow10);
            match Decimal::new(number.mantissa(), exponent) {
                Some(quotient) => quotient.scaled(0),
                None => Some(0),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::Block;
    use crate::row::Template;

    fn round_trip(row: Row, words: &[u16]) -> Decimal {
        let map = Map::new("", "", &[]);
        let read =
            |words: &[u16]| map.value(&row, &Block::new(row.function(), 0, words)).unwrap().number().unwrap();
        let number = read(words);
        let mut buffer = [0; MAX_VALUE_WORDS];
        let encoded = map.encode(&row, number.into(), ScaleContent::Exponent(0), &mut buffer).unwrap();
        assert_eq!(read(encoded), number);
        number
    }

    #[test]
    fn iskra_keeps_the_most_negative_mantissa_and_the_smallest_exponent() {
        let row = Template::input().row(Kind::IskraT6, 0, 2, Quantity::PowerActiveTotal);
        assert_eq!(round_trip(row, &[0x0880, 0]), Decimal::from_int(-838_860_800_000_000));
        assert_eq!(round_trip(row, &[0xEE00, 1]).decimals(), 18);
    }

    #[test]
    fn numbers_are_rounded_to_what_the_register_resolves() {
        let map = Map::new("", "", &[]);
        let row = Template::input().i16(0, Quantity::VoltageL1N).e(-1);
        let mut buffer = [0; MAX_VALUE_WORDS];
        let mut encode = |milli| {
            let value = Decimal::from_milli(milli).into();
            map.encode(&row, value, ScaleContent::Exponent(0), &mut buffer).map(|words| words[0])
        };
        assert_eq!(encode(230_149), Ok(2_301));
        assert_eq!(encode(230_150), Ok(2_302));
        assert_eq!(encode(-50), Ok(0));
        assert!(matches!(encode(3_276_800), Err(EncodeError::OutOfRange { .. })));
    }

    #[test]
    fn a_number_that_would_read_as_absent_is_refused() {
        let map = Map::new("", "", &[]);
        let row = Template::holding().absent(Absent::Extreme).u16(0, Quantity::VoltageL1N);
        let mut buffer = [0; MAX_VALUE_WORDS];
        let value = Decimal::from_int(65_535);
        let encoded = map.encode(&row, value.into(), ScaleContent::Exponent(0), &mut buffer);
        assert_eq!(encoded, Err(EncodeError::Reserved { address: 0, quantity: Quantity::VoltageL1N, value }));
    }
}
