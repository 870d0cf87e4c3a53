//! The other side: a device that answers from quantity values, for simulators and tests.
//!
//! It is as strict as real devices are: a read that cuts a value, covers registers the device does not have or
//! is too long gets the exception a real one would send.

use crate::decode::Block;
use crate::encode::{EncodeError, MAX_VALUE_WORDS, ScaleContent};
use crate::map::{MAX_READ_WORDS, Map};
use crate::pdu::{self, ExceptionCode, PduError, Request, Response};
use crate::quantity::Quantity;
use crate::registers::Registers;
use crate::row::{Function, Row, Scale};
use crate::value::{Absence, Decimal, Value};

/// Registers of a device, filled by quantity and read by address.
#[derive(Debug)]
pub struct Bank<'a> {
    map: &'a Map<'a>,
    /// The registers of all rows, one row after the other.
    words: &'a mut [u16],
}

impl<'a> Bank<'a> {
    /// A bank over `storage`, which needs [`Map::total_words`] registers. Everything is absent where the device
    /// has a pattern for that, else 0.
    ///
    /// # Errors
    ///
    /// [`EncodeError::NoRoom`] names the first row without room.
    pub fn new(map: &'a Map<'a>, storage: &'a mut [u16]) -> Result<Self, EncodeError> {
        storage.fill(0);
        let mut bank = Self { map, words: storage };
        for row in map.rows() {
            match bank.put(row, Value::Absent(Absence::NotAvailable)) {
                Ok(()) | Err(EncodeError::NeverAbsent { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(bank)
    }

    /// Sets a quantity in every register that holds it. A derived quantity sets its parts: all of it goes to
    /// the first part, or if it is negative to the first part that is taken off; the others become 0.
    ///
    /// Where the scale is in a register, set that one first.
    ///
    /// # Errors
    ///
    /// If the device has no such quantity or the value does not fit.
    pub fn set<'v>(&mut self, quantity: Quantity, value: impl Into<Value<'v>>) -> Result<(), EncodeError> {
        let (map, value) = (self.map, value.into());
        let mut found = false;
        for row in map.rows().iter().filter(|row| row.quantity == quantity) {
            self.put(row, value)?;
            found = true;
        }
        if found {
            return Ok(());
        }
        let derived = map.derived_quantities().iter().find(|derived| derived.quantity == quantity);
        let derived = derived.ok_or(EncodeError::NoRow { quantity })?;
        let (number, sign) = match value {
            Value::Number(number) if number < Decimal::ZERO && !derived.minus().is_empty() => {
                (Value::Number(number.checked_neg().unwrap_or_default()), derived.minus())
            }
            other => (other, derived.plus()),
        };
        let holder = sign.first().copied();
        derived.parts().try_for_each(|part| match value {
            Value::Number(_) if Some(part) != holder => self.set(part, Decimal::ZERO),
            _ => self.set(part, number),
        })
    }

    /// Sets a text.
    ///
    /// # Errors
    ///
    /// If the device has no such quantity, or not as a text of this length.
    pub fn set_text(&mut self, quantity: Quantity, text: &str) -> Result<(), EncodeError> {
        let map = self.map;
        let row = map.rows().iter().find(|row| row.quantity == quantity);
        let row = row.ok_or(EncodeError::NoRow { quantity })?;
        let mut buffer = [0; MAX_VALUE_WORDS];
        let words = map.encode_text(row, text, &mut buffer)?;
        self.store(row, words)
    }

    fn put(&mut self, row: &Row, value: Value<'_>) -> Result<(), EncodeError> {
        let map = self.map;
        let mut buffer = [0; MAX_VALUE_WORDS];
        let words = map.encode(row, value, self.scale_content(row), &mut buffer)?;
        self.store(row, words)
    }

    fn store(&mut self, row: &Row, words: &[u16]) -> Result<(), EncodeError> {
        let address = row.address.wrapping_add(self.map.base());
        let no_room = EncodeError::NoRoom { address, quantity: row.quantity, words: row.words() };
        let offset = self.offset(row);
        let room = self.words.get_mut(offset..offset + words.len()).ok_or(no_room)?;
        room.copy_from_slice(words);
        Ok(())
    }

    /// Where the registers of `row` are in the storage.
    fn offset(&self, row: &Row) -> usize {
        let above = self.map.rows().iter().take_while(|other| !core::ptr::eq(*other, row));
        above.map(|row| usize::from(row.words)).sum()
    }

    fn scale_content(&self, row: &Row) -> ScaleContent {
        let register = |address| {
            let rows = self.map.rows().iter();
            let scale =
                rows.filter(|other| other.function == row.function).find(|other| other.address == address);
            scale.map(|scale| self.registers(scale))
        };
        match row.scale {
            Scale::Pow10(_) => ScaleContent::Exponent(0),
            Scale::Exponent { address, .. } | Scale::ExponentLowByte { address } => {
                let word = register(address).and_then(|words| words.get(0)).unwrap_or(0);
                let [_, low] = word.to_be_bytes();
                // 0x8000 means that there is no exponent; its low byte is 0.
                ScaleContent::Exponent(low.cast_signed())
            }
            Scale::Factor { address } => {
                let words = register(address).unwrap_or(Registers::from(&[]));
                let factor = words.iter().fold(0, |bits: u32, word| bits << 16 | u32::from(word));
                ScaleContent::Factor(factor.max(1))
            }
        }
    }

    fn registers(&self, row: &Row) -> Registers<'_> {
        let offset = self.offset(row);
        let words = self.words.get(offset..offset + usize::from(row.words));
        Registers::from(words.unwrap_or_default())
    }

    /// Answers a read of `words` registers from `address` on, into `buffer`.
    ///
    /// # Errors
    ///
    /// The exception the device sends: illegal function, illegal data value for a wrong number of registers,
    /// illegal data address for registers that do not exist or for a read that cuts a value.
    pub fn read<'b>(
        &self,
        function: Function,
        address: u16,
        words: u16,
        buffer: &'b mut [u16],
    ) -> Result<&'b [u16], ExceptionCode> {
        if !function.is_read() {
            return Err(ExceptionCode::IllegalFunction);
        }
        if words == 0 || words > u16::from(self.map.read_limit()) {
            return Err(ExceptionCode::IllegalDataValue);
        }
        let buffer = buffer.get_mut(..usize::from(words)).ok_or(ExceptionCode::ServerDeviceFailure)?;
        let (start, end) = (u32::from(address), u32::from(address) + u32::from(words));
        let mut next = start;
        let answers = |row: &&Row| {
            row.function == function || (self.map.answers_either_function() && row.function.is_read())
        };
        let rows = self.map.rows().iter().filter(answers);
        for row in rows.clone().filter(|row| row.is_alone()) {
            let span = row.span_of_value().shifted(self.map.base());
            if (span.start, span.end) == (start, end) {
                copy(self.registers(row), buffer);
                return Ok(buffer);
            }
        }
        for row in rows.filter(|row| !row.is_alone()) {
            let span = row.span_of_value().shifted(self.map.base());
            if span.end <= start || span.start >= end {
                continue;
            }
            if span.start < start || span.end > end {
                return Err(ExceptionCode::IllegalDataAddress);
            }
            self.fill_gap(next, span.start, start, buffer)?;
            let at = (span.start - start) as usize;
            let room = buffer.get_mut(at..at + usize::from(row.words)).unwrap_or_default();
            copy(self.registers(row), room);
            next = span.end;
        }
        self.fill_gap(next, end, start, buffer)?;
        Ok(buffer)
    }

    /// Registers without a row read as 0 where the device answers them at all.
    fn fill_gap(&self, from: u32, to: u32, start: u32, buffer: &mut [u16]) -> Result<(), ExceptionCode> {
        if from == to {
            return Ok(());
        }
        if !self.map.bridges(from, to) {
            return Err(ExceptionCode::IllegalDataAddress);
        }
        let gap = buffer.get_mut((from - start) as usize..(to - start) as usize);
        gap.unwrap_or_default().fill(0);
        Ok(())
    }

    /// Takes a write of `words` from `address` on, as the device would: only whole commands, within their
    /// limits, and the new value shows where the device shows it.
    ///
    /// Returns the quantity that was written; its value is in [`Bank::number`].
    ///
    /// # Errors
    ///
    /// The exception the device sends: illegal data address for registers that are no command or only part of
    /// one, illegal function for a command that wants another one, illegal data value outside the limits.
    pub fn write(
        &mut self,
        function: Function,
        address: u16,
        words: Registers<'_>,
    ) -> Result<Quantity, ExceptionCode> {
        let map = self.map;
        let mut rows = map.rows().iter().filter(|row| !row.function.is_read());
        let whole = |row: &&Row| {
            row.address.wrapping_add(map.base()) == address && usize::from(row.words) == words.len()
        };
        let row = rows.find(whole).ok_or(ExceptionCode::IllegalDataAddress)?;
        if row.function != function {
            return Err(ExceptionCode::IllegalFunction);
        }
        let rule = map.rule(row.quantity);
        if rule.is_some_and(|rule| !rule.accepts(map.bits(row, words))) {
            return Err(ExceptionCode::IllegalDataValue);
        }
        let offset = self.offset(row);
        copy(words, self.words.get_mut(offset..offset + words.len()).unwrap_or_default());
        if let (Some(shown), Some(value)) = (rule.and_then(|rule| rule.shown_by), self.number_of(row)) {
            self.set(shown, value).map_err(|_| ExceptionCode::IllegalDataValue)?;
        }
        Ok(row.quantity)
    }

    /// The number in the registers of `quantity`, if there is one. For a command, what was written last.
    pub fn number(&self, quantity: Quantity) -> Option<Decimal> {
        let row = self.map.row(quantity).or_else(|| self.map.command_row(quantity))?;
        self.number_of(row)
    }

    fn number_of(&self, row: &Row) -> Option<Decimal> {
        let mut buffer = [0; MAX_READ_WORDS as usize];
        let span = row.span().shifted(self.map.base());
        let (address, words) = (u16::try_from(span.start).ok()?, u16::try_from(span.len()).ok()?);
        let words = if row.function.is_read() {
            self.read(row.function, address, words, &mut buffer).ok()?
        } else {
            let words = buffer.get_mut(..usize::from(words))?;
            copy(self.registers(row), words);
            words
        };
        self.map.value(row, &Block::new(row.function, address, words)).ok()?.number()
    }

    /// Answers a request unit with a response unit, an exception included.
    ///
    /// # Errors
    ///
    /// [`PduError::NoRoom`] if `buffer` is too small; [`pdu::MAX_PDU`] bytes always suffice. An empty request
    /// has no answer and gives [`PduError::Length`].
    pub fn answer<'b>(&mut self, request: &[u8], buffer: &'b mut [u8]) -> Result<&'b [u8], PduError> {
        let &function_code = request.first().ok_or(PduError::Length { want: 1, got: 0 })?;
        let mut words = [0; MAX_READ_WORDS as usize];
        match self.respond(request, &mut words) {
            Ok(response) => response.encode(buffer),
            Err(code) => pdu::encode_exception(function_code, code, buffer),
        }
    }

    fn respond<'w>(&mut self, request: &[u8], buffer: &'w mut [u16]) -> Result<Response<'w>, ExceptionCode> {
        let request = Request::parse(request).map_err(|error| match error {
            PduError::UnknownFunction(_) => ExceptionCode::IllegalFunction,
            _ => ExceptionCode::IllegalDataValue,
        })?;
        let (function, address, words) = match request {
            Request::ReadHolding { address, words } => (Function::ReadHolding, address, words),
            Request::ReadInput { address, words } => (Function::ReadInput, address, words),
            Request::WriteSingle { address, value } => {
                self.write(Function::WriteSingle, address, Registers::from(&[value]))?;
                return Ok(Response::WroteSingle { address, value });
            }
            Request::WriteMultiple { address, values } => {
                self.write(Function::WriteMultiple, address, values)?;
                let words = u16::try_from(values.len()).map_err(|_| ExceptionCode::IllegalDataValue)?;
                return Ok(Response::WroteMultiple { address, words });
            }
            Request::ReportServerId | Request::ReadDeviceId { .. } => {
                return Err(ExceptionCode::IllegalFunction);
            }
        };
        let registers = self.read(function, address, words, buffer)?;
        Ok(Response::Registers { function, registers: registers.into() })
    }
}

fn copy(from: Registers<'_>, to: &mut [u16]) {
    to.iter_mut().zip(from.iter()).for_each(|(to, word)| *to = word);
}
