//! One register value of a device: where it is, how it is written there and what it means.
//!
//! Rows are written with a [`Template`], so that a table line holds only what differs from its neighbours:
//!
//! ```
//! use evkit_modbus_registers::{Absent, Quantity::*, Row, Template};
//!
//! const IN: Template = Template::input().low_word_first().absent(Absent::Extreme);
//! const ROWS: &[Row] = &[
//!     IN.i32(0x0000, VoltageL1N).e(-1),
//!     IN.i32(0x0002, VoltageL2N).e(-1),
//!     IN.i16(0x0033, Frequency).e(-1).medium(),
//! ];
//! # assert_eq!(ROWS.len(), 3);
//! ```

use crate::quantity::Quantity;

/// Modbus function that reaches a register (Modbus Application Protocol 1.1b3, section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Function {
    /// Read holding registers, function code 3.
    ReadHolding = 3,
    /// Read input registers, function code 4.
    ReadInput = 4,
    /// Write one register, function code 6. A row with this function is a command.
    WriteSingle = 6,
    /// Write several registers, function code 16. A row with this function is a command.
    WriteMultiple = 16,
}

impl Function {
    /// The function code on the wire.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Whether the function reads.
    pub const fn is_read(self) -> bool {
        matches!(self, Self::ReadHolding | Self::ReadInput)
    }
}

/// Order of the registers of a value that needs several. Bytes inside a register are always high byte first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WordOrder {
    /// Most significant register at the lowest address, as the Modbus specification suggests.
    HighFirst,
    /// Least significant register at the lowest address ("word swap").
    LowFirst,
}

/// How the bits of a value are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Unsigned integer of as many bits as its registers have: 16, 32, 48 or 64.
    Unsigned,
    /// Two's complement integer of as many bits as its registers have.
    Signed,
    /// IEEE 754 binary32 or binary64, by the number of registers.
    Float,
    /// Text, two characters per register, or packed bytes.
    Ascii,
    /// Text, one character in the low byte of each register (Socomec).
    WideAscii,
    /// Iskra T5: signed decimal exponent in bits 31 to 24, unsigned 24-bit mantissa below.
    IskraT5,
    /// Iskra T6: signed decimal exponent in bits 31 to 24, signed 24-bit mantissa below.
    IskraT6,
    /// Power factor of Schneider meters, a float from -2 to 2: above 1 in magnitude it means `2 - |x|`,
    /// leading.
    QuadrantPf,
}

/// Where the decimal scale of a number comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scale {
    /// Multiply by this power of ten.
    Pow10(i8),
    /// Multiply by ten to the power found in the signed register at `address`, and by `10^pow10`.
    ///
    /// Value and exponent are always read together: between two reads the device may change the exponent.
    Exponent {
        /// Address of the exponent.
        address: u16,
        /// Fixed power of ten on top.
        pow10: i8,
    },
    /// As [`Scale::Exponent`], but only the low byte of the register is the signed exponent (Gossen Metrawatt).
    ExponentLowByte {
        /// Address of the exponent.
        address: u16,
    },
    /// Multiply by the unsigned 32-bit number at `address`, high word first.
    Factor {
        /// Address of the factor.
        address: u16,
    },
}

impl Scale {
    /// Address and number of registers of the scale, if it lies in registers.
    pub const fn registers(self) -> Option<(u16, u16)> {
        match self {
            Self::Pow10(_) => None,
            Self::Exponent { address, .. } | Self::ExponentLowByte { address } => Some((address, 1)),
            Self::Factor { address } => Some((address, 2)),
        }
    }
}

/// Bit patterns of integers that mean "no value". Floats need none: not-a-number and infinity never are values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Absent {
    /// Every pattern is a value.
    Never,
    /// Unsigned all ones, signed the largest positive number (ABB, Hager, Socomec, Bender).
    Extreme,
    /// Unsigned all ones, signed the most negative number (SunSpec, SMA, Gossen Metrawatt).
    SunSpec,
    /// Zero, as in SunSpec accumulators.
    Zero,
    /// Signed numbers of Carlo Gavazzi: the largest positive one is an overflow (shown as EEE), `0x7FFEFFFF` no
    /// sensor, `0x7FFDFFFF` not in this measuring system (EM27x, EM28x).
    CarloGavazzi,
    /// One particular number before any scale; of more than one register, with its sign extended.
    Raw(i16),
}

/// How well a row is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Inferred, disputed, or one weak source: verify on the device before relying on it.
    Low,
    /// One good source, or several for the address but only one for type and scale.
    Medium,
    /// At least two independent sources agree on address and type, or the standard says it.
    High,
}

/// The yes-or-no properties of a row and its confidence, in one byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Marks(u8);

impl Marks {
    const LOW_WORD_FIRST: u8 = 1;
    const ALTERNATE: u8 = 1 << 1;
    const ALONE: u8 = 1 << 2;
    const NEGATED: u8 = 1 << 3;
    /// Confidence lies above the other bits.
    const SHIFT: u32 = 4;

    const fn new(order: WordOrder, confidence: Confidence) -> Self {
        let order = match order {
            WordOrder::HighFirst => 0,
            WordOrder::LowFirst => Self::LOW_WORD_FIRST,
        };
        Self(order).confident(confidence)
    }

    const fn has(self, mark: u8) -> bool {
        self.0 & mark != 0
    }

    const fn with(self, mark: u8) -> Self {
        Self(self.0 | mark)
    }

    const fn without(self, mark: u8) -> Self {
        Self(self.0 & !mark)
    }

    const fn confident(self, confidence: Confidence) -> Self {
        let others = self.0 & ((1 << Self::SHIFT) - 1);
        Self(others | (confidence as u8) << Self::SHIFT)
    }

    const fn confidence(self) -> Confidence {
        match self.0 >> Self::SHIFT {
            0 => Confidence::Low,
            1 => Confidence::Medium,
            _ => Confidence::High,
        }
    }
}

/// One value of a device. 16 bytes: a table is flash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Row {
    pub(crate) quantity: Quantity,
    pub(crate) address: u16,
    pub(crate) words: u8,
    pub(crate) function: Function,
    pub(crate) kind: Kind,
    pub(crate) scale: Scale,
    pub(crate) absent: Absent,
    marks: Marks,
}

const _: () = assert!(size_of::<Row>() == 16);

impl Row {
    /// Scale by ten to the power of `exponent`, down to `e(-1)` for a register in tenths.
    pub const fn e(mut self, exponent: i8) -> Self {
        self.scale = Scale::Pow10(exponent);
        self
    }

    /// Take the scale from a register.
    pub const fn scaled_by(mut self, scale: Scale) -> Self {
        self.scale = scale;
        self
    }

    /// Other patterns for "no value" than the template's.
    pub const fn absent(mut self, absent: Absent) -> Self {
        self.absent = absent;
        self
    }

    /// Mark as [`Confidence::Medium`].
    pub const fn medium(mut self) -> Self {
        self.marks = self.marks.confident(Confidence::Medium);
        self
    }

    /// Mark as [`Confidence::Low`].
    pub const fn low(mut self) -> Self {
        self.marks = self.marks.confident(Confidence::Low);
        self
    }

    /// Mark with any confidence.
    pub(crate) const fn confident(mut self, confidence: Confidence) -> Self {
        self.marks = self.marks.confident(confidence);
        self
    }

    /// A second register for a quantity that another row holds too; plans use that other row.
    pub const fn alternate(mut self) -> Self {
        self.marks = self.marks.with(Marks::ALTERNATE);
        self
    }

    /// Must be read in a request of its own. Such a row may overlap others.
    pub const fn alone(mut self) -> Self {
        self.marks = self.marks.with(Marks::ALONE);
        self
    }

    /// The device counts the other direction: change the sign.
    pub const fn negated(mut self) -> Self {
        self.marks = self.marks.with(Marks::NEGATED);
        self
    }

    /// The value lies high word first, whatever the template says.
    pub const fn high_word_first(mut self) -> Self {
        self.marks = self.marks.without(Marks::LOW_WORD_FIRST);
        self
    }

    /// What the value means.
    pub const fn quantity(&self) -> Quantity {
        self.quantity
    }

    /// Address of the first register as it goes over the wire, counted from 0, without the base of the map.
    pub const fn address(&self) -> u16 {
        self.address
    }

    /// Number of registers.
    pub const fn words(&self) -> u16 {
        self.words as u16
    }

    /// The function that reaches the value.
    pub const fn function(&self) -> Function {
        self.function
    }

    /// How the bits are to be read.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Order of the registers.
    pub const fn word_order(&self) -> WordOrder {
        if self.marks.has(Marks::LOW_WORD_FIRST) { WordOrder::LowFirst } else { WordOrder::HighFirst }
    }

    /// Where the decimal scale comes from.
    pub const fn scale(&self) -> Scale {
        self.scale
    }

    /// How well the row is known.
    pub const fn confidence(&self) -> Confidence {
        self.marks.confidence()
    }

    /// Whether another row of the map is the one to use for this quantity.
    pub const fn is_alternate(&self) -> bool {
        self.marks.has(Marks::ALTERNATE)
    }

    /// Whether the value must be read in a request of its own.
    pub const fn is_alone(&self) -> bool {
        self.marks.has(Marks::ALONE)
    }

    /// Whether the device counts the other direction.
    pub const fn is_negated(&self) -> bool {
        self.marks.has(Marks::NEGATED)
    }

    /// Bits of an integer. The check of a map allows one to four registers.
    pub(crate) fn bits(&self) -> u32 {
        16 * u32::from(self.words.clamp(1, 4))
    }

    /// Address just behind the value; larger than `u16` for the last register of all.
    pub(crate) const fn end(&self) -> u32 {
        self.address as u32 + self.words as u32
    }

    /// The registers of the value itself.
    pub(crate) const fn span_of_value(&self) -> Span {
        Span { start: self.address as u32, end: self.end() }
    }

    /// Registers that must come in one response: the value and its scale.
    pub(crate) const fn span(&self) -> Span {
        let value = self.span_of_value();
        match self.scale.registers() {
            Some((address, words)) => {
                value.union(Span { start: address as u32, end: address as u32 + words as u32 })
            }
            None => value,
        }
    }
}

/// Registers from `start` up to but without `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    /// The shortest span that covers both.
    pub(crate) const fn union(self, other: Self) -> Self {
        Self {
            start: if self.start < other.start { self.start } else { other.start },
            end: if self.end > other.end { self.end } else { other.end },
        }
    }

    pub(crate) const fn len(self) -> u32 {
        self.end - self.start
    }

    pub(crate) const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The span in the numbering of a device whose rows start at `base`.
    pub(crate) const fn shifted(self, base: u16) -> Self {
        Self { start: self.start + base as u32, end: self.end + base as u32 }
    }
}

/// What the rows of a table have in common.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    function: Function,
    order: WordOrder,
    absent: Absent,
    confidence: Confidence,
}

impl Template {
    const fn new(function: Function) -> Self {
        Self { function, order: WordOrder::HighFirst, absent: Absent::Never, confidence: Confidence::High }
    }

    /// Holding registers, function code 3.
    pub const fn holding() -> Self {
        Self::new(Function::ReadHolding)
    }

    /// Input registers, function code 4.
    pub const fn input() -> Self {
        Self::new(Function::ReadInput)
    }

    /// Registers written one at a time, function code 6.
    pub const fn write_single() -> Self {
        Self::new(Function::WriteSingle)
    }

    /// Registers written together, function code 16.
    pub const fn write_multiple() -> Self {
        Self::new(Function::WriteMultiple)
    }

    /// Values of several registers start with the least significant one.
    pub const fn low_word_first(mut self) -> Self {
        self.order = WordOrder::LowFirst;
        self
    }

    /// Integer patterns that mean "no value".
    pub const fn absent(mut self, absent: Absent) -> Self {
        self.absent = absent;
        self
    }

    /// All rows are [`Confidence::Medium`].
    pub const fn medium(mut self) -> Self {
        self.confidence = Confidence::Medium;
        self
    }

    /// All rows are [`Confidence::Low`].
    pub const fn low(mut self) -> Self {
        self.confidence = Confidence::Low;
        self
    }

    /// A row of any kind and length.
    pub const fn row(self, kind: Kind, address: u16, words: u8, quantity: Quantity) -> Row {
        Row {
            quantity,
            address,
            words,
            function: self.function,
            kind,
            scale: Scale::Pow10(0),
            absent: self.absent,
            marks: Marks::new(self.order, self.confidence),
        }
    }

    /// Unsigned 16-bit integer.
    pub const fn u16(self, address: u16, quantity: Quantity) -> Row {
        self.row(Kind::Unsigned, address, 1, quantity)
    }

    /// Signed 16-bit integer.
    pub const fn i16(self, address: u16, quantity: Quantity) -> Row {
        self.row(Kind::Signed, address, 1, quantity)
    }

    /// Unsigned 32-bit integer.
    pub const fn u32(self, address: u16, quantity: Quantity) -> Row {
        self.row(Kind::Unsigned, address, 2, quantity)
    }

    /// Signed 32-bit integer.
    pub const fn i32(self, address: u16, quantity: Quantity) -> Row {
        self.row(Kind::Signed, address, 2, quantity)
    }

    /// Unsigned 64-bit integer.
    pub const fn u64(self, address: u16, quantity: Quantity) -> Row {
        self.row(Kind::Unsigned, address, 4, quantity)
    }

    /// Signed 64-bit integer.
    pub const fn i64(self, address: u16, quantity: Quantity) -> Row {
        self.row(Kind::Signed, address, 4, quantity)
    }

    /// IEEE 754 binary32.
    pub const fn f32(self, address: u16, quantity: Quantity) -> Row {
        self.row(Kind::Float, address, 2, quantity)
    }

    /// IEEE 754 binary64.
    pub const fn f64(self, address: u16, quantity: Quantity) -> Row {
        self.row(Kind::Float, address, 4, quantity)
    }

    /// Text of `words` registers, two characters each.
    pub const fn text(self, address: u16, words: u8, quantity: Quantity) -> Row {
        self.row(Kind::Ascii, address, words, quantity)
    }
}
