//! A device as a table of rows, checked when the program is compiled.

use thiserror::Error;

use crate::quantity::Quantity;
use crate::row::{Confidence, Function, Kind, Row, Scale, WordOrder};

/// Most registers one response can carry (Modbus Application Protocol 1.1b3, section 6.3).
pub const MAX_READ_WORDS: u8 = 125;

/// What a device does when a read covers registers its map does not list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Gaps {
    /// Not known; plans do not try.
    Unknown,
    /// The whole read fails, usually with exception 2.
    Refused,
    /// Everything from `first` to `last` can be read, listed or not.
    Readable {
        /// First address.
        first: u16,
        /// Last address.
        last: u16,
    },
}

/// What one read may cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Most registers per read, at most [`MAX_READ_WORDS`].
    pub max_words: u8,
    /// Registers between the listed ones.
    pub gaps: Gaps,
}

/// Waiting times the vendor asks for, in milliseconds; 0 where nothing is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pacing {
    /// From the end of one exchange to the next read.
    pub read_ms: u16,
    /// From one write to the next.
    pub write_ms: u16,
}

/// Parity and stop bits of a serial line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "there is no other framing with eight data bits")]
pub enum Framing {
    /// No parity, one stop bit.
    N81,
    /// No parity, two stop bits.
    N82,
    /// Even parity, one stop bit.
    E81,
    /// Odd parity, one stop bit.
    O81,
}

/// Serial line as the device leaves the factory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Line {
    /// Modbus address.
    pub unit: u8,
    /// Bits per second.
    pub baud: u32,
    /// Parity and stop bits.
    pub framing: Framing,
}

/// TCP endpoint as the device leaves the factory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// Unit identifier to send.
    pub unit: u8,
    /// TCP port.
    pub port: u16,
}

/// How a derived quantity comes from two others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Formula {
    /// First plus second, such as the energies of two tariffs.
    Sum,
    /// First minus second, such as import minus export.
    Difference,
}

/// A quantity the device does not send but that follows from two it sends.
///
/// Both are always taken from one response, so the result is never torn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Derived {
    pub(crate) quantity: Quantity,
    pub(crate) formula: Formula,
    pub(crate) first: Quantity,
    pub(crate) second: Quantity,
}

impl Derived {
    /// `quantity = first + second`.
    pub const fn sum(quantity: Quantity, first: Quantity, second: Quantity) -> Self {
        Self { quantity, formula: Formula::Sum, first, second }
    }

    /// `quantity = first - second`.
    pub const fn difference(quantity: Quantity, first: Quantity, second: Quantity) -> Self {
        Self { quantity, formula: Formula::Difference, first, second }
    }

    /// The quantity that follows.
    pub const fn quantity(&self) -> Quantity {
        self.quantity
    }

    /// The two quantities it follows from.
    pub const fn parts(&self) -> [Quantity; 2] {
        [self.first, self.second]
    }

    /// How it follows.
    pub const fn formula(&self) -> Formula {
        self.formula
    }
}

/// A device: its registers and how they want to be read.
///
/// Maps of known devices are constants in [`crate::devices`]; the same type describes devices defined at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Map<'a> {
    manufacturer: &'a str,
    model: &'a str,
    rows: &'a [Row],
    derived: &'a [Derived],
    base: u16,
    order: Option<WordOrder>,
    confidence: Confidence,
    limits: Limits,
    pacing: Pacing,
    line: Option<Line>,
    endpoint: Option<Endpoint>,
    either_function: bool,
}

/// Why a table is refused. Indexes count rows, or derived quantities, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MapError {
    /// Rows are not in order of function code and address, or overlap.
    #[error("row {0} begins before the one above it ends; rows go by function code and address")]
    Order(usize),
    /// A value ends behind register 65535.
    #[error("row {0} ends behind register 65535")]
    Address(usize),
    /// The number of registers does not suit the kind of value.
    #[error("row {0}: integers have 1 to 4 registers, floats 2 or 4, texts 1 to 32")]
    Width(usize),
    /// The scale is beyond what decimals can hold.
    #[error("row {0}: the power of ten must be from -6 to 12")]
    Scale(usize),
    /// The scale register is not a row of the map or not of the same function.
    #[error("row {0}: its scale register is no row with the same function code")]
    ScaleRegister(usize),
    /// A value and its scale register are too far apart for one read.
    #[error("row {0}: the value and its scale register do not fit one read")]
    TooWide(usize),
    /// Two rows with the same quantity, neither marked as alternate.
    #[error("row {0}: its quantity stands above already; one of the two must be an alternate")]
    Twice(usize),
    /// A derived quantity misses its parts, is also a row, or its parts do not fit one read.
    #[error("derived quantity {0}: its parts are no rows that fit one read, or it is a row itself")]
    Derived(usize),
    /// The read limit is 0 or above 125.
    #[error("a read has 1 to 125 registers")]
    Limits,
}

impl<'a> Map<'a> {
    /// A map with these rows, sorted by function code and address, and cautious defaults: 125 registers per read, no gaps.
    pub const fn new(manufacturer: &'a str, model: &'a str, rows: &'a [Row]) -> Self {
        Self {
            manufacturer,
            model,
            rows,
            derived: &[],
            base: 0,
            order: None,
            confidence: Confidence::High,
            limits: Limits { max_words: MAX_READ_WORDS, gaps: Gaps::Unknown },
            pacing: Pacing { read_ms: 0, write_ms: 0 },
            line: None,
            endpoint: None,
            either_function: false,
        }
    }

    /// Quantities that follow from others.
    pub const fn derived(mut self, derived: &'a [Derived]) -> Self {
        self.derived = derived;
        self
    }

    /// The same map with all addresses moved up by `base`, as a SunSpec model found at `base`.
    pub const fn at(mut self, base: u16) -> Self {
        self.base = base;
        self
    }

    /// The same registers in a device of another name.
    pub const fn renamed(mut self, manufacturer: &'a str, model: &'a str) -> Self {
        self.manufacturer = manufacturer;
        self.model = model;
        self
    }

    /// The same map for a device whose register order was switched.
    pub const fn word_order(mut self, order: WordOrder) -> Self {
        self.order = Some(order);
        self
    }

    /// No row is better known than this.
    pub const fn at_most(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// Most registers per read.
    pub const fn max_words(mut self, words: u8) -> Self {
        self.limits.max_words = words;
        self
    }

    /// What happens to reads over unlisted registers.
    pub const fn gaps(mut self, gaps: Gaps) -> Self {
        self.limits.gaps = gaps;
        self
    }

    /// Waiting times between requests.
    pub const fn pacing(mut self, read_ms: u16, write_ms: u16) -> Self {
        self.pacing = Pacing { read_ms, write_ms };
        self
    }

    /// Factory settings of the serial line.
    pub const fn rtu(mut self, unit: u8, baud: u32, framing: Framing) -> Self {
        self.line = Some(Line { unit, baud, framing });
        self
    }

    /// Factory settings of the TCP server.
    pub const fn tcp(mut self, unit: u8, port: u16) -> Self {
        self.endpoint = Some(Endpoint { unit, port });
        self
    }

    /// The device answers function codes 3 and 4 alike.
    pub const fn either_function(mut self) -> Self {
        self.either_function = true;
        self
    }

    /// The same map, refused while compiling if [`Map::check`] finds an error. For constants; use `check` at run time.
    ///
    /// # Panics
    ///
    /// If the table is wrong.
    pub const fn checked(self) -> Self {
        match self.check() {
            Ok(()) => self,
            Err(MapError::Order(_)) => panic!("rows out of order or overlapping"),
            Err(MapError::Address(_)) => panic!("a row ends behind register 65535"),
            Err(MapError::Width(_)) => panic!("a row has a wrong number of registers"),
            Err(MapError::Scale(_)) => panic!("a scale is out of range"),
            Err(MapError::ScaleRegister(_)) => panic!("a scale register is not a row"),
            Err(MapError::TooWide(_)) => panic!("value and scale do not fit one read"),
            Err(MapError::Twice(_)) => panic!("a quantity stands twice"),
            Err(MapError::Derived(_)) => panic!("a derived quantity lacks its parts"),
            Err(MapError::Limits) => panic!("a wrong read limit"),
        }
    }

    /// Manufacturer.
    pub const fn manufacturer(&self) -> &'a str {
        self.manufacturer
    }

    /// Model or models.
    pub const fn model(&self) -> &'a str {
        self.model
    }

    /// All rows; their addresses count from [`Map::base`].
    pub const fn rows(&self) -> &'a [Row] {
        self.rows
    }

    /// Quantities that follow from others.
    pub const fn derived_quantities(&self) -> &'a [Derived] {
        self.derived
    }

    /// What is added to the addresses of the rows.
    pub const fn base(&self) -> u16 {
        self.base
    }

    /// What one read may cover.
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// Waiting times between requests.
    pub const fn pace(&self) -> Pacing {
        self.pacing
    }

    /// Factory settings of the serial line, where known.
    pub const fn line(&self) -> Option<Line> {
        self.line
    }

    /// Factory settings of the TCP server, where there is one.
    pub const fn endpoint(&self) -> Option<Endpoint> {
        self.endpoint
    }

    /// Whether the device answers function codes 3 and 4 alike.
    pub const fn answers_either_function(&self) -> bool {
        self.either_function
    }

    /// How well `row` is known in this map.
    pub fn confidence(&self, row: &Row) -> Confidence {
        row.confidence.min(self.confidence)
    }

    /// The row a plan uses for `quantity`; `None` if the device has none, or only a command.
    pub fn row(&self, quantity: Quantity) -> Option<&'a Row> {
        self.rows.iter().find(|row| row.quantity == quantity && !row.alternate && row.function.is_read())
    }

    /// The row of the command `quantity`, one that is written.
    pub fn command(&self, quantity: Quantity) -> Option<&'a Row> {
        self.rows.iter().find(|row| row.quantity == quantity && !row.function.is_read())
    }

    /// Whether `quantity` can be read or derived.
    pub fn has(&self, quantity: Quantity) -> bool {
        self.row(quantity).is_some() || self.derived.iter().any(|derived| derived.quantity == quantity)
    }

    /// Those of `wanted` the device does not have.
    pub fn missing<'q>(&self, wanted: &'q [Quantity]) -> impl Iterator<Item = Quantity> + use<'q, '_, 'a> {
        wanted.iter().copied().filter(|&quantity| !self.has(quantity))
    }

    /// Registers of all rows together.
    pub const fn total_words(&self) -> usize {
        let mut total = 0;
        let mut index = 0;
        while index < self.rows.len() {
            total += self.rows[index].words as usize;
            index += 1;
        }
        total
    }

    pub(crate) fn order_of(&self, row: &Row) -> WordOrder {
        self.order.unwrap_or(row.order)
    }

    /// Checks order, overlap, widths, scales and read limits.
    ///
    /// # Errors
    ///
    /// The first fault found, with the index of its row.
    pub const fn check(&self) -> Result<(), MapError> {
        if self.limits.max_words == 0 || self.limits.max_words > MAX_READ_WORDS {
            return Err(MapError::Limits);
        }
        let mut index = 0;
        while index < self.rows.len() {
            if let Err(error) = self.check_row(index) {
                return Err(error);
            }
            index += 1;
        }
        let mut index = 0;
        while index < self.derived.len() {
            if !self.derived_fits(&self.derived[index]) {
                return Err(MapError::Derived(index));
            }
            index += 1;
        }
        Ok(())
    }

    const fn check_row(&self, index: usize) -> Result<(), MapError> {
        let row = &self.rows[index];
        if row.end() + self.base as u32 > 0x1_0000 {
            return Err(MapError::Address(index));
        }
        let width_suits = match row.kind {
            Kind::Unsigned | Kind::Signed => 1 <= row.words && row.words <= 4,
            Kind::Float => row.words == 2 || row.words == 4,
            Kind::IskraT5 | Kind::IskraT6 | Kind::QuadrantPf => row.words == 2,
            Kind::Ascii | Kind::WideAscii => 1 <= row.words && row.words <= 32,
        };
        if !width_suits {
            return Err(MapError::Width(index));
        }
        if row.function.is_read() && row.words > self.limits.max_words {
            return Err(MapError::TooWide(index));
        }
        let scale_fits = match row.scale {
            Scale::Pow10(pow10) | Scale::Exponent { pow10, .. } => -6 <= pow10 && pow10 <= 12,
            Scale::ExponentLowByte { .. } | Scale::Factor { .. } => true,
        };
        if !scale_fits {
            return Err(MapError::Scale(index));
        }
        if let Some((address, words)) = row.scale.registers() {
            if !self.has_register(row.function, address, words) {
                return Err(MapError::ScaleRegister(index));
            }
            if row.span().len() > self.limits.max_words as u32 {
                return Err(MapError::TooWide(index));
            }
        }
        self.check_neighbours(index)
    }

    const fn check_neighbours(&self, index: usize) -> Result<(), MapError> {
        let row = &self.rows[index];
        let mut above = 0;
        while above < index {
            let other = &self.rows[above];
            let same_place = other.function as u8 == row.function as u8;
            let (other_code, code) = (other.function as u8, row.function as u8);
            if other_code > code || (same_place && other.address > row.address) {
                return Err(MapError::Order(index));
            }
            if same_place && other.end() > row.address as u32 && !other.alone && !row.alone {
                return Err(MapError::Order(index));
            }
            let both_read = other.function.is_read() && row.function.is_read();
            if other.quantity.is(row.quantity)
                && (both_read || same_place)
                && !other.alternate
                && !row.alternate
            {
                return Err(MapError::Twice(index));
            }
            above += 1;
        }
        Ok(())
    }

    /// Whether a whole row starts at `address`.
    const fn has_register(&self, function: Function, address: u16, words: u16) -> bool {
        let mut index = 0;
        while index < self.rows.len() {
            let row = &self.rows[index];
            if row.function as u8 == function as u8
                && row.address == address
                && row.words as u16 == words
                && !row.alone
            {
                return true;
            }
            index += 1;
        }
        false
    }

    const fn derived_fits(&self, derived: &Derived) -> bool {
        let (mut first, mut second) = (None, None);
        let mut index = 0;
        while index < self.rows.len() {
            let row = &self.rows[index];
            if row.function.is_read() && !row.alternate {
                if row.quantity.is(derived.quantity) {
                    return false;
                }
                if row.quantity.is(derived.first) {
                    first = Some(row);
                }
                if row.quantity.is(derived.second) {
                    second = Some(row);
                }
            }
            index += 1;
        }
        match (first, second) {
            (Some(first), Some(second)) => {
                let whole = first.span().union(second.span());
                let same_function = first.function as u8 == second.function as u8;
                same_function && !first.alone && !second.alone && whole.len() <= self.limits.max_words as u32
            }
            _ => false,
        }
    }
}
