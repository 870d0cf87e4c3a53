//! From registers to values: the only place that does it.
//!
//! Results of some 40 bytes are handed through memory from function to function, which takes longer than making
//! them; so the functions between [`Map::reading`] and the number are inlined, except on microcontrollers, where
//! flash is scarcer than time.

use thiserror::Error;

use crate::float::{self, FLOAT_DECIMALS};
use crate::map::{Derived, Map};
use crate::quantity::Quantity;
use crate::registers::Registers;
use crate::row::{Absent, Confidence, Function, Kind, Row, Scale, WordOrder};
use crate::value::{Absence, Decimal, NoNumber, Text, Value};

/// Why registers give no value. Every variant names the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The response does not have the number of registers asked for.
    #[error("register {address}: {got} registers came where {asked} were asked for")]
    Length {
        /// First register asked for.
        address: u16,
        /// Registers asked for.
        asked: u16,
        /// Registers that came.
        got: usize,
    },
    /// The registers of the value, or of its scale, are not in the block.
    #[error("register {address}: {quantity} is not in the block that was read")]
    NotInBlock {
        /// First register of the value.
        address: u16,
        /// What the register should hold.
        quantity: Quantity,
    },
    /// The number is beyond what a decimal holds, which no meter measures.
    #[error("register {address}: {quantity} is out of any range")]
    OutOfRange {
        /// First register of the value.
        address: u16,
        /// What the register should hold.
        quantity: Quantity,
    },
    /// The scale register holds an exponent no device uses.
    #[error("register {address}: {quantity} has the impossible decimal exponent {exponent}")]
    Exponent {
        /// First register of the value.
        address: u16,
        /// What the register should hold.
        quantity: Quantity,
        /// What the scale register says.
        exponent: i16,
    },
    /// There is a response, but no number: the device marks the value as absent, or it is a text.
    #[error("register {address}: {quantity}: {absence}")]
    Absent {
        /// First register of the value.
        address: u16,
        /// What the register should hold.
        quantity: Quantity,
        /// Why there is no number.
        absence: Absence,
    },
    /// The value is a text where a number was wanted.
    #[error("register {address}: {quantity} is a text")]
    NotANumber {
        /// First register of the value.
        address: u16,
        /// What the register holds.
        quantity: Quantity,
    },
}

/// Consecutive registers that came in one response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block<'a> {
    function: Function,
    address: u16,
    registers: Registers<'a>,
}

impl<'a> Block<'a> {
    /// Registers from `address` on, read with `function`.
    pub fn new(function: Function, address: u16, registers: impl Into<Registers<'a>>) -> Self {
        Self { function, address, registers: registers.into() }
    }

    fn slice(&self, start: u32, words: u16) -> Option<Registers<'a>> {
        let offset = start.checked_sub(u32::from(self.address))?;
        self.registers.slice(usize::try_from(offset).ok()?, usize::from(words))
    }
}

/// A value with its meaning and origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading<'a> {
    /// What it is.
    pub quantity: Quantity,
    /// The value, in the unit of the quantity.
    pub value: Value<'a>,
    /// First register it came from.
    pub address: u16,
    /// How well the map knows this register.
    pub confidence: Confidence,
}

impl Reading<'_> {
    /// The number.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Absent`] or [`DecodeError::NotANumber`].
    pub const fn number(&self) -> Result<Decimal, DecodeError> {
        let (address, quantity) = (self.address, self.quantity);
        match self.value {
            Value::Number(number) => Ok(number),
            Value::Absent(absence) => Err(DecodeError::Absent { address, quantity, absence }),
            Value::Text(_) => Err(DecodeError::NotANumber { address, quantity }),
        }
    }
}

impl<'a> Map<'a> {
    /// The value of `row`, from a block that contains it and its scale register.
    ///
    /// # Errors
    ///
    /// If the block does not contain them or the number is impossible. A value the device marks as absent is no
    /// error but [`Value::Absent`].
    #[cfg_attr(not(target_os = "none"), inline)]
    pub fn value<'r>(&self, row: &Row, block: &Block<'r>) -> Result<Value<'r>, DecodeError> {
        let place = Place { map: self, row, block };
        match place.value() {
            Ok(value) => Ok(value),
            Err(NoNumber::Absent(absence)) => Ok(Value::Absent(absence)),
            Err(why) => Err(place.error(why)),
        }
    }

    /// The reading of `row`, as [`Map::value`].
    ///
    /// # Errors
    ///
    /// As [`Map::value`].
    #[cfg_attr(not(target_os = "none"), inline)]
    pub fn reading<'r>(&self, row: &Row, block: &Block<'r>) -> Result<Reading<'r>, DecodeError> {
        let value = self.value(row, block)?;
        let address = row.address.wrapping_add(self.base());
        Ok(Reading { quantity: row.quantity, value, address, confidence: self.confidence(row) })
    }

    /// The reading of a derived quantity, from a block that contains all its parts.
    ///
    /// It is absent if one of the parts is, for the same reason.
    ///
    /// # Errors
    ///
    /// As [`Map::value`], for the parts.
    pub fn derived_reading<'r>(
        &self,
        derived: &Derived,
        block: &Block<'r>,
    ) -> Result<Reading<'r>, DecodeError> {
        let quantity = derived.quantity;
        let mut total = Decimal::ZERO;
        let mut origin = None;
        for (index, part) in derived.parts().enumerate() {
            let missing = DecodeError::NotInBlock { address: block.address, quantity: part };
            let reading = self.row(part).ok_or(missing).and_then(|row| self.reading(row, block))?;
            let (address, confidence) = origin.unwrap_or((reading.address, reading.confidence));
            origin = Some((address, confidence.min(reading.confidence)));
            let Value::Number(number) = reading.value else { return Ok(Reading { quantity, ..reading }) };
            let sum = if index < derived.plus.len() {
                total.checked_add(number)
            } else {
                total.checked_sub(number)
            };
            total = sum.ok_or(DecodeError::OutOfRange { address, quantity })?;
        }
        let (address, confidence) = origin.unwrap_or((block.address, Confidence::Low));
        Ok(Reading { quantity, value: Value::Number(total), address, confidence })
    }
}

impl Map<'_> {
    /// All bits of a value of up to four registers, most significant first.
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub(crate) fn bits(&self, row: &Row, registers: Registers<'_>) -> u64 {
        let join = |bits: u64, word: u16| bits << 16 | u64::from(word);
        match self.order_of(row) {
            WordOrder::HighFirst => registers.iter().fold(0, join),
            WordOrder::LowFirst => registers.iter().rev().fold(0, join),
        }
    }
}

/// A row about to be decoded.
struct Place<'p, 'm, 'r> {
    map: &'p Map<'m>,
    row: &'p Row,
    block: &'p Block<'r>,
}

impl<'r> Place<'_, '_, 'r> {
    fn address(&self) -> u16 {
        self.row.address.wrapping_add(self.map.base())
    }

    fn error(&self, why: NoNumber) -> DecodeError {
        let (address, quantity) = (self.address(), self.row.quantity);
        match why {
            NoNumber::Absent(absence) => DecodeError::Absent { address, quantity, absence },
            NoNumber::NotInBlock => DecodeError::NotInBlock { address, quantity },
            NoNumber::OutOfRange => DecodeError::OutOfRange { address, quantity },
            NoNumber::Exponent(exponent) => DecodeError::Exponent { address, quantity, exponent },
        }
    }

    fn at(&self, address: u16, words: u16) -> Result<Registers<'r>, NoNumber> {
        let start = u32::from(address) + u32::from(self.map.base());
        self.block.slice(start, words).ok_or(NoNumber::NotInBlock)
    }

    #[cfg_attr(not(target_os = "none"), inline)]
    fn registers(&self) -> Result<Registers<'r>, NoNumber> {
        let same = self.row.function == self.block.function;
        if !(same || (self.map.answers_either_function() && self.block.function.is_read())) {
            return Err(NoNumber::NotInBlock);
        }
        self.at(self.row.address, self.row.words())
    }

    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn value(&self) -> Result<Value<'r>, NoNumber> {
        let registers = self.registers()?;
        let bits = self.map.bits(self.row, registers);
        let number = match self.row.kind {
            Kind::Ascii => return Ok(Value::Text(Text::new(registers, false))),
            Kind::WideAscii => return Ok(Value::Text(Text::new(registers, true))),
            Kind::Float | Kind::QuadrantPf => self.float(bits),
            Kind::Unsigned | Kind::Signed => self.integer(bits),
            Kind::IskraT5 | Kind::IskraT6 => self.iskra(bits),
        }?;
        let number = if self.row.is_negated() { number.checked_neg() } else { Some(number) };
        number.map(Value::Number).ok_or(NoNumber::OutOfRange)
    }

    #[cfg_attr(not(target_os = "none"), inline)]
    fn float(&self, bits: u64) -> Result<Decimal, NoNumber> {
        let Scale::Pow10(pow10) = self.row.scale else { return Err(NoNumber::OutOfRange) };
        let format = if self.row.words == 2 { float::BINARY32 } else { float::BINARY64 };
        let number = format.decode(bits, pow10)?;
        if self.row.kind == Kind::QuadrantPf { folded(number) } else { Ok(number) }
    }

    fn integer(&self, bits: u64) -> Result<Decimal, NoNumber> {
        if let Some(absence) = self.row.absence(bits) {
            return Err(NoNumber::Absent(absence));
        }
        let width = self.row.bits();
        let number = match self.row.kind {
            // Moves the sign bit to bit 63 and back down.
            Kind::Signed => (bits << (64 - width)).cast_signed() >> (64 - width),
            _ => i64::try_from(bits).map_err(|_| NoNumber::OutOfRange)?,
        };
        let exponent = match self.row.scale {
            Scale::Pow10(pow10) => i32::from(pow10),
            Scale::Exponent { address, pow10 } => self.exponent(address)? + i32::from(pow10),
            Scale::ExponentLowByte { address } => {
                let [_, low] = self.at(address, 1)?.get(0).unwrap_or_default().to_be_bytes();
                i32::from(low.cast_signed())
            }
            Scale::Factor { address } => return self.multiplied(number, address),
        };
        Decimal::new(number, exponent).ok_or(NoNumber::OutOfRange)
    }

    fn multiplied(&self, number: i64, address: u16) -> Result<Decimal, NoNumber> {
        let factor = self.at(address, 2)?.iter().fold(0i64, |bits, word| bits << 16 | i64::from(word));
        if factor == 0 {
            return Err(NoNumber::Absent(Absence::NoScale));
        }
        number.checked_mul(factor).map(Decimal::from_int).ok_or(NoNumber::OutOfRange)
    }

    /// A decimal exponent in a register. SunSpec allows -10 to 10.
    fn exponent(&self, address: u16) -> Result<i32, NoNumber> {
        match self.at(address, 1)?.get(0).unwrap_or_default().cast_signed() {
            i16::MIN => Err(NoNumber::Absent(Absence::NoScale)),
            exponent @ -10..=10 => Ok(exponent.into()),
            exponent => Err(NoNumber::Exponent(exponent)),
        }
    }

    fn iskra(&self, bits: u64) -> Result<Decimal, NoNumber> {
        let [_, _, _, _, exponent, a, b, c] = bits.to_be_bytes();
        let exponent = i32::from(exponent.cast_signed());
        let mantissa = match self.row.kind {
            Kind::IskraT6 => i32::from_be_bytes([a, b, c, 0]) >> 8,
            _ => i32::from_be_bytes([0, a, b, c]),
        };
        let Scale::Pow10(pow10) = self.row.scale else { return Err(NoNumber::OutOfRange) };
        Decimal::new(i64::from(mantissa), exponent + i32::from(pow10)).ok_or(NoNumber::OutOfRange)
    }
}

/// The power factor that [`Kind::QuadrantPf`] means.
fn folded(number: Decimal) -> Result<Decimal, NoNumber> {
    const ONE: u64 = 10u64.pow(FLOAT_DECIMALS as u32);
    const TWO: u64 = 2 * ONE;
    let folded = match number.scaled(FLOAT_DECIMALS) {
        Some(raw) if raw.unsigned_abs() <= ONE => raw,
        Some(raw) if raw.unsigned_abs() <= TWO => raw.signum() * TWO as i64 - raw,
        _ => return Err(NoNumber::OutOfRange),
    };
    Decimal::new(folded, -i32::from(FLOAT_DECIMALS)).ok_or(NoNumber::OutOfRange)
}

impl Row {
    /// Why `bits` are no value.
    pub(crate) fn absence(&self, bits: u64) -> Option<Absence> {
        let ones = u64::MAX >> (64 - self.bits());
        let signed = self.kind == Kind::Signed;
        let pattern = match self.absent {
            Absent::Never => return None,
            Absent::Extreme => {
                if signed {
                    ones >> 1
                } else {
                    ones
                }
            }
            Absent::SunSpec => {
                if signed {
                    (ones >> 1) + 1
                } else {
                    ones
                }
            }
            Absent::Zero => 0,
            Absent::Raw(raw) => i64::from(raw).cast_unsigned() & ones,
            Absent::CarloGavazzi => {
                return match (self.words, bits) {
                    _ if !signed => None,
                    (1, 0x7FFF) | (2, 0x7FFF_FFFF) | (4, 0x7FFF_FFFF_FFFF_FFFF) => Some(Absence::Overflow),
                    (2, 0x7FFE_FFFF) => Some(Absence::NoSensor),
                    (2, 0x7FFD_FFFF) => Some(Absence::NotInSystem),
                    _ => None,
                };
            }
        };
        (bits == pattern).then_some(Absence::NotAvailable)
    }
}
