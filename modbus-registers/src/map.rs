//! A device as a table of rows, checked when the program is compiled.

mod check;

use crate::command::Command;
use crate::quantity::Quantity;
use crate::row::{Confidence, Row, WordOrder};

pub use check::MapError;

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

/// A quantity the device does not send but that follows from some it sends: the sum of two tariffs, import
/// minus export.
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
/// Maps of known devices are constants in [`crate::devices`]; the same type describes devices defined at run
/// time.
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

impl<'a> Map<'a> {
    /// A map with these rows, sorted by function code and address, and cautious defaults: 125 registers per
    /// read, no gaps.
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

    /// Where reads may cover registers that are not listed, addresses counted from the base. Elsewhere the
    /// whole read is expected to fail, usually with exception 2.
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

    /// Whether the registers from `start` to before `end`, none of them listed, answer too. Addresses are those
    /// on the wire.
    pub(crate) fn bridges(&self, start: u32, end: u32) -> bool {
        let base = u32::from(self.base);
        (start..end)
            .all(|register| register.checked_sub(base).is_some_and(|register| self.is_readable(register)))
    }

    /// Whether `register`, counted from the base, answers although it is not listed.
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
    #[cfg_attr(not(target_os = "none"), inline)]
    pub fn confidence(&self, row: &Row) -> Confidence {
        row.confidence().min(self.confidence)
    }

    /// The row a plan uses for `quantity`; `None` if the device has none, or only a command.
    pub fn row(&self, quantity: Quantity) -> Option<&'a Row> {
        self.rows.iter().find(|row| row.quantity == quantity && !row.is_alternate() && row.function.is_read())
    }

    /// The row of the command `quantity`, one that is written.
    pub fn command_row(&self, quantity: Quantity) -> Option<&'a Row> {
        self.rows
            .iter()
            .find(|row| row.quantity == quantity && !row.is_alternate() && !row.function.is_read())
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
        self.order.unwrap_or(row.word_order())
    }
}
