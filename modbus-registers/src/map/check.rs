//! What makes a table right. Everything here runs while the program is compiled, for the maps of this crate, or
//! once when a map is made at run time.

use thiserror::Error;

use super::{MAX_READ_WORDS, Map};
use crate::map::Derived;
use crate::quantity::Quantity;
use crate::row::{Function, Kind, Row, Scale, Span};

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
    /// The same map, refused while compiling if [`Map::check`] finds an error. For constants; use `check` at
    /// run time.
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
            if same_place && other.end() > row.address as u32 && !other.is_alone() && !row.is_alone() {
                return Err(MapError::Order(index));
            }
            let both_read = other.function.is_read() && row.function.is_read();
            if other.quantity.is(row.quantity)
                && (both_read || same_place)
                && !other.is_alternate()
                && !row.is_alternate()
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
                && !row.is_alone()
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
            if covers && row.function as u8 == function as u8 && !row.is_alone() {
                return Some(row.end());
            }
            index += 1;
        }
        None
    }

    /// [`Map::row`] or [`Map::command_row`] for constant evaluation, without rows that must be read alone.
    const fn const_row(&self, quantity: Quantity, read: bool) -> Option<&'a Row> {
        let mut index = 0;
        while index < self.rows.len() {
            let row = &self.rows[index];
            let same_access = row.function.is_read() == read;
            if row.quantity.is(quantity) && same_access && !row.is_alternate() && !row.is_alone() {
                return Some(row);
            }
            index += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Command;
    use crate::map::Readable;
    use crate::quantity::Quantity::{
        CurrentL1, CurrentLimit, Frequency, ScaleCurrent, SerialNumber, SetCurrentLimit, VoltageL1N,
    };
    use crate::row::Template;

    const R: Template = Template::holding();

    fn check(rows: &[Row]) -> Result<(), MapError> {
        Map::new("", "", rows).check()
    }

    #[test]
    fn rows_go_by_function_and_address_and_do_not_overlap() {
        assert_eq!(check(&[R.u32(0, VoltageL1N), R.u16(2, CurrentL1)]), Ok(()));
        assert_eq!(check(&[R.u32(0, VoltageL1N), R.u16(1, CurrentL1)]), Err(MapError::Order(1)));
        assert_eq!(check(&[R.u16(2, VoltageL1N), R.u16(0, CurrentL1)]), Err(MapError::Order(1)));
        let input = Template::input().u16(0, CurrentL1);
        assert_eq!(check(&[R.u16(2, VoltageL1N), input]), Ok(()));
        assert_eq!(check(&[input, R.u16(2, VoltageL1N)]), Err(MapError::Order(1)));
        assert_eq!(check(&[R.u32(0, VoltageL1N), R.u16(1, CurrentL1).alone()]), Ok(()));
    }

    #[test]
    fn values_end_within_the_registers() {
        assert_eq!(check(&[R.u32(0xFFFE, VoltageL1N)]), Ok(()));
        assert_eq!(check(&[R.u32(0xFFFF, VoltageL1N)]), Err(MapError::Address(0)));
        assert_eq!(Map::new("", "", &[R.u16(9, VoltageL1N)]).at(0xFFF7).check(), Err(MapError::Address(0)));
    }

    #[test]
    fn widths_suit_the_kind() {
        for (kind, words, right) in [
            (Kind::Unsigned, 3, true),
            (Kind::Signed, 5, false),
            (Kind::Unsigned, 0, false),
            (Kind::Float, 1, false),
            (Kind::Float, 4, true),
            (Kind::IskraT5, 4, false),
            (Kind::Ascii, 32, true),
            (Kind::Ascii, 33, false),
        ] {
            let outcome = check(&[R.row(kind, 0, words, SerialNumber)]);
            assert_eq!(outcome, if right { Ok(()) } else { Err(MapError::Width(0)) }, "{kind:?} {words}");
        }
    }

    #[test]
    fn scales_stay_within_what_decimals_hold() {
        assert_eq!(check(&[R.f32(0, VoltageL1N).e(-6)]), Ok(()));
        assert_eq!(check(&[R.f32(0, VoltageL1N).e(-7)]), Err(MapError::Scale(0)));
        assert_eq!(check(&[R.u64(0, VoltageL1N).e(12)]), Ok(()));
        assert_eq!(check(&[R.u64(0, VoltageL1N).e(13)]), Err(MapError::Scale(0)));
    }

    #[test]
    fn a_scale_register_is_a_row_that_can_be_read_along() {
        let scaled = R.u16(0, CurrentL1).scaled_by(Scale::ExponentLowByte { address: 4 });
        let rows = [scaled, R.i16(4, ScaleCurrent)];
        assert_eq!(check(&rows[..1]), Err(MapError::ScaleRegister(0)));
        assert_eq!(check(&rows), Err(MapError::Gap(0)));
        let between = [Readable { first: 1, last: 3 }];
        assert_eq!(Map::new("", "", &rows).readable(&between).check(), Ok(()));
        assert_eq!(
            Map::new("", "", &rows).readable(&between).max_words(4).check(),
            Err(MapError::TooWide(0))
        );
        assert_eq!(Map::new("", "", &[R.u32(0, CurrentL1)]).max_words(1).check(), Err(MapError::TooWide(0)));
    }

    #[test]
    fn a_quantity_stands_once_but_for_alternates() {
        let rows = [R.u16(0, Frequency), R.u16(1, Frequency)];
        assert_eq!(check(&rows), Err(MapError::Twice(1)));
        assert_eq!(check(&[rows[0], rows[1].alternate()]), Ok(()));
        let input = Template::input().u16(0, Frequency);
        assert_eq!(check(&[rows[0], input]), Err(MapError::Twice(1)));
    }

    #[test]
    fn derived_quantities_have_their_parts_in_one_read() {
        let derive = |rows: &[Row], minus: &'static [Quantity]| {
            let derived = [Derived::new(SerialNumber, &[VoltageL1N], minus)];
            Map::new("", "", rows).derived(&derived).check()
        };
        let rows = [R.u16(0, VoltageL1N), R.u16(1, CurrentL1)];
        assert_eq!(derive(&rows, &[CurrentL1]), Ok(()));
        assert_eq!(derive(&rows, &[Frequency]), Err(MapError::Derived(0)));
        let apart = [R.u16(0, VoltageL1N), R.u16(2, CurrentL1)];
        assert_eq!(derive(&apart, &[CurrentL1]), Err(MapError::Derived(0)));
        let a_row = [R.u16(0, VoltageL1N), R.u16(1, SerialNumber)];
        assert_eq!(derive(&a_row, &[]), Err(MapError::Derived(0)));
        let other_function = [R.u16(0, VoltageL1N), Template::input().u16(1, CurrentL1)];
        assert_eq!(derive(&other_function, &[CurrentL1]), Err(MapError::Derived(0)));
    }

    #[test]
    fn commands_have_rows() {
        let rows = [R.u16(0, CurrentLimit), Template::write_single().u16(1, SetCurrentLimit)];
        let command = Command::new(SetCurrentLimit, 6, 32).shown_by(CurrentLimit);
        assert_eq!(Map::new("", "", &rows).commands(&[command]).check(), Ok(()));
        assert_eq!(Map::new("", "", &rows[..1]).commands(&[command]).check(), Err(MapError::Command(0)));
        assert_eq!(Map::new("", "", &rows[1..]).commands(&[command]).check(), Err(MapError::Command(0)));
    }

    #[test]
    fn a_read_has_1_to_125_registers() {
        for (words, right) in [(0, false), (1, true), (125, true), (126, false)] {
            let outcome = Map::new("", "", &[]).max_words(words).check();
            assert_eq!(outcome, if right { Ok(()) } else { Err(MapError::Limits) });
        }
    }
}
