//! Writing: which values a device takes, and the requests that write them.

use thiserror::Error;

use crate::encode::{EncodeError, ScaleContent};
use crate::map::Map;
use crate::pdu::Request;
use crate::quantity::Quantity;
use crate::registers::Registers;
use crate::row::{Function, Row};
use crate::value::{Decimal, Value};

/// What a device accepts in a register that is written.
///
/// A row says where and how; this says what. Numbers are those of the register, before any scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    pub(crate) quantity: Quantity,
    pub(crate) shown_by: Option<Quantity>,
    first: u16,
    last: u16,
    zero: bool,
}

impl Command {
    /// A command that takes `first` to `last` in the register.
    pub const fn new(quantity: Quantity, first: u16, last: u16) -> Self {
        Self { quantity, shown_by: None, first, last, zero: false }
    }

    /// It takes 0 too, usually for "off".
    pub const fn or_zero(mut self) -> Self {
        self.zero = true;
        self
    }

    /// The device shows the new value in this quantity.
    pub const fn shown_by(mut self, quantity: Quantity) -> Self {
        self.shown_by = Some(quantity);
        self
    }

    /// The command.
    pub const fn quantity(&self) -> Quantity {
        self.quantity
    }

    /// Whether the device takes `bits`, all registers of the value together.
    pub(crate) fn accepts(&self, bits: u64) -> bool {
        (u64::from(self.first)..=u64::from(self.last)).contains(&bits) || (self.zero && bits == 0)
    }
}

/// Why a command cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CommandError {
    /// The value does not go into the register.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// The device would refuse or misread the value.
    #[error("register {address}: {quantity} takes {first} to {last}{}, not {value} (in units of the register)",
        if *zero { " or 0" } else { "" })]
    NotAllowed {
        /// The register.
        address: u16,
        /// The command.
        quantity: Quantity,
        /// What was to be written.
        value: u64,
        /// Smallest value.
        first: u16,
        /// Largest value.
        last: u16,
        /// Whether 0 is allowed besides.
        zero: bool,
    },
}

impl Map<'_> {
    /// The rule for a command, where one is known.
    pub(crate) fn rule(&self, quantity: Quantity) -> Option<&Command> {
        self.command_rules().iter().find(|command| command.quantity == quantity)
    }

    /// The request that gives the device the command `quantity` with `value`, in the unit of the quantity.
    ///
    /// `buffer` holds the registers of the request.
    ///
    /// # Errors
    ///
    /// If the device has no such command, or the value is outside what its manual allows.
    pub fn write<'b>(
        &self,
        quantity: Quantity,
        value: Decimal,
        buffer: &'b mut [u16],
    ) -> Result<Request<'b>, CommandError> {
        let row = self.command_row(quantity).ok_or(EncodeError::NoRow { quantity })?;
        let words = self.encode(row, Value::Number(value), ScaleContent::Exponent(0), buffer)?;
        let address = row.address.wrapping_add(self.base());
        if let Some(rule) = self.rule(quantity) {
            let value = self.bits(row, words.into());
            if !rule.accepts(value) {
                let Command { first, last, zero, .. } = *rule;
                return Err(CommandError::NotAllowed { address, quantity, value, first, last, zero });
            }
        }
        Ok(request(row, address, words))
    }

    /// The request that writes a text, such as a user to authorize.
    ///
    /// # Errors
    ///
    /// If the device has no such command or the text is too long.
    pub fn write_text<'b>(
        &self,
        quantity: Quantity,
        text: &str,
        buffer: &'b mut [u16],
    ) -> Result<Request<'b>, CommandError> {
        let row = self.command_row(quantity).ok_or(EncodeError::NoRow { quantity })?;
        let words = self.encode_text(row, text, buffer)?;
        Ok(request(row, row.address.wrapping_add(self.base()), words))
    }
}

/// Function 6 writes one register, so longer values always go with function 16.
fn request<'b>(row: &Row, address: u16, words: &'b [u16]) -> Request<'b> {
    match (row.function, words) {
        (Function::WriteSingle, &[value]) => Request::WriteSingle { address, value },
        _ => Request::WriteMultiple { address, values: Registers::from(words) },
    }
}
