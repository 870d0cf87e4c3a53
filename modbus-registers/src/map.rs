//! A device as a table of rows, checked when the program is compiled.

use thiserror::Error;

use crate::command::Command;
use crate::quantity::Quantity;
use crate::row::{Confidence, Function, Kind, Row, Scale, Span, WordOrder};

/// Most registers one response can carry (Modbus Application Protocol 1.1b3, section 6.3).
pub const MAX_READ_WORDS: u8 = 125;

/// Registers from `first` to `last` that a device answers whether its map lists them or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Readable {
    /// First address.
    pub first: u16,
    /// Last address.
    pub last: u16,
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
    /// Bits per second and framing, where known.
    pub speed: Option<(u32, Framing)>,
}

/// TCP endpoint as the device leaves the factory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// Unit identifier to send.
    pub unit: u8,
    /// TCP port.
    pub port: u16,
}

/// A quantity the device does not send but that follows from some it sends: the sum of two tariffs, import minus export.
///
/// All parts are taken from one response, so the result is never torn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Derived {
    pub(crate) quantity: Quantity,
    pub(crate) plus: &'static [Quantity],
    pub(crate) minus: &'static [Quantity],
}

impl Derived {
    /// `quantity` is the sum of `plus` less the sum of `minus`.
    pub const fn new(quantity: Quantity, plus: &'static [Quantity], minus: &'static [Quantity]) -> Self {
        Self { quantity, plus, minus }
    }

    /// The quantity that follows.
    pub const fn quantity(&self) -> Quantity {
        self.quantity
    }

    /// What is added.
    pub const fn plus(&self) -> &'static [Quantity] {
        self.plus
    }

    /// What is taken off.
    pub const fn minus(&self) -> &'static [Quantity] {
        self.minus
    }

    /// All parts.
    pub fn parts(&self) -> impl Iterator<Item = Quantity> + use<> {
        self.plus.iter().chain(self.minus).copied()
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
    commands: &'a [Command],
    base: u16,
    order: Option<WordOrder>,
    confidence: Confidence,
    max_words: u8,
    readable: &'a [Readable],
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
    /// Registers between a value and its scale register are neither listed nor readable.
    #[error("row {0}: registers between the value and its scale register are not known to answer")]
    Gap(usize),
    /// Two rows with the same quantity, neither marked as alternate.
    #[error("row {0}: its quantity stands above already; one of the two must be an alternate")]
    Twice(usize),
    /// A derived quantity misses its parts, is also a row, or its parts do not fit one read.
    #[error("derived quantity {0}: its parts are no rows that fit one read, or it is a row itself")]
    Derived(usize),
    /// A command rule has no row that is written, or shows in no row that is read.
    #[error("command {0}: no row with a writing function, or none that shows it")]
    Command(usize),
    /// The read limit is 0 or above 125.
    #[error("a read has 1 to 125 registers")]
    Limits,
}

impl MapError {
    /// Index of the row at fault.
    pub const fn row(&self) -> Option<usize> {
        match *self {
            Self::Order(row)
            | Self::Address(row)
            | Self::Width(row)
            | Self::Scale(row)
            | Self::ScaleRegister(row)
            | Self::TooWide(row)
            | Self::Gap(row)
            | Self::Twice(row) => Some(row),
            Self::Derived(_) | Self::Command(_) | Self::Limits => None,
        }
    }
}

impl<'a> Map<'a> {
    /// A map with these rows, sorted by function code and address, and cautious defaults: 125 registers per read, no gaps.
    pub const fn new(manufacturer: &'a str, model: &'a str, rows: &'a [Row]) -> Self {
        Self {
            manufacturer,
            model,
            rows,
            derived: &[],
            commands: &[],
            base: 0,
            order: None,
            confidence: Confidence::High,
            max_words: MAX_READ_WORDS,
            readable: &[],
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

    /// Limits and effects of commands.
    pub const fn commands(mut self, commands: &'a [Command]) -> Self {
        self.commands = commands;
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
        self.max_words = words;
        self
    }

    /// Where reads may cover registers that are not listed, addresses counted from the base. Elsewhere the whole read is
    /// expected to fail, usually with exception 2.
    pub const fn readable(mut self, ranges: &'a [Readable]) -> Self {
        self.readable = ranges;
        self
    }

    /// Waiting times between requests.
    pub const fn pacing(mut self, read_ms: u16, write_ms: u16) -> Self {
        self.pacing = Pacing { read_ms, write_ms };
        self
    }

    /// Factory settings of the serial line.
    pub const fn rtu(mut self, unit: u8, baud: u32, framing: Framing) -> Self {
        self.line = Some(Line { unit, speed: Some((baud, framing)) });
        self
    }

    /// Factory address on a serial line of unknown speed.
    pub const fn rtu_address(mut self, unit: u8) -> Self {
        self.line = Some(Line { unit, speed: None });
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
            Err(MapError::Gap(_)) => panic!("unknown registers between value and scale"),
            Err(MapError::Twice(_)) => panic!("a quantity stands twice"),
            Err(MapError::Derived(_)) => panic!("a derived quantity lacks its parts"),
            Err(MapError::Command(_)) => panic!("a command has no row"),
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

    /// Limits and effects of commands, where known.
    pub const fn command_rules(&self) -> &'a [Command] {
        self.commands
    }

    /// What is added to the addresses of the rows.
    pub const fn base(&self) -> u16 {
        self.base
    }

    /// Most registers per read.
    pub const fn read_limit(&self) -> u8 {
        self.max_words
    }

    /// Whether the registers from `start` to before `end`, none of them listed, answer too. Addresses are those on the
    /// wire.
    pub(crate) fn bridges(&self, start: u32, end: u32) -> bool {
        self.readable.iter().any(|range| {
            let range = Span { start: u32::from(range.first), end: u32::from(range.last) + 1 };
            range.shifted(self.base).contains(Span { start, end })
        })
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
    pub fn command_row(&self, quantity: Quantity) -> Option<&'a Row> {
        self.rows.iter().find(|row| row.quantity == quantity && !row.alternate && !row.function.is_read())
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
        if self.max_words == 0 || self.max_words > MAX_READ_WORDS {
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
        let mut index = 0;
        while index < self.commands.len() {
            let command = &self.commands[index];
            let shown = match command.shown_by {
                Some(quantity) => self.const_row(quantity, true).is_some(),
                None => true,
            };
            if self.const_row(command.quantity, false).is_none() || !shown {
                return Err(MapError::Command(index));
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
        if row.function.is_read() && row.words > self.max_words {
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
            if row.span().len() > self.max_words as u32 {
                return Err(MapError::TooWide(index));
            }
            if !self.answers(row.function, row.span()) {
                return Err(MapError::Gap(index));
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

    /// Whether all parts are rows that can be read together, and the result is no row itself.
    const fn derived_fits(&self, derived: &Derived) -> bool {
        let mut whole = None;
        let mut part = 0;
        while part < derived.plus.len() + derived.minus.len() {
            let quantity = if part < derived.plus.len() {
                derived.plus[part]
            } else {
                derived.minus[part - derived.plus.len()]
            };
            let Some(row) = self.const_row(quantity, true) else { return false };
            whole = match whole {
                None => Some((row.function, row.span())),
                Some((function, span)) if function as u8 == row.function as u8 => {
                    Some((function, span.union(row.span())))
                }
                Some(_) => return false,
            };
            part += 1;
        }
        match whole {
            Some((function, span)) => {
                span.len() <= self.max_words as u32
                    && self.answers(function, span)
                    && self.const_row(derived.quantity, true).is_none()
            }
            None => false,
        }
    }

    /// Whether every register of `span` is listed or readable.
    const fn answers(&self, function: Function, span: Span) -> bool {
        let mut register = span.start;
        while register < span.end {
            match self.listed_until(function, register) {
                Some(end) => register = end,
                None if self.is_readable(register) => register += 1,
                None => return false,
            }
        }
        true
    }

    /// End of the row that covers `register`.
    const fn listed_until(&self, function: Function, register: u32) -> Option<u32> {
        let mut index = 0;
        while index < self.rows.len() {
            let row = &self.rows[index];
            let covers = row.address as u32 <= register && register < row.end();
            if covers && row.function as u8 == function as u8 && !row.alone {
                return Some(row.end());
            }
            index += 1;
        }
        None
    }

    const fn is_readable(&self, register: u32) -> bool {
        let mut index = 0;
        while index < self.readable.len() {
            let Readable { first, last } = self.readable[index];
            if first as u32 <= register && register <= last as u32 {
                return true;
            }
            index += 1;
        }
        false
    }

    /// [`Map::row`] or [`Map::command_row`] for constant evaluation, without rows that must be read alone.
    const fn const_row(&self, quantity: Quantity, read: bool) -> Option<&'a Row> {
        let mut index = 0;
        while index < self.rows.len() {
            let row = &self.rows[index];
            let same_access = row.function.is_read() == read;
            if row.quantity.is(quantity) && same_access && !row.alternate && !row.alone {
                return Some(row);
            }
            index += 1;
        }
        None
    }
}
