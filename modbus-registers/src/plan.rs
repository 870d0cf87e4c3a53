//! Which reads to send for the quantities one wants.
//!
//! A plan covers every wanted value with the fewest reads the device's limits allow. It never cuts a value, never
//! separates a value from its scale register or from the other half of a sum, never mixes function codes, and never
//! covers registers the device is not known to answer.

use crate::decode::{Block, DecodeError, Reading};
use crate::map::{Derived, Map};
use crate::quantity::Quantity;
use crate::registers::Registers;
use crate::row::{Function, Row, Span};

impl<'a> Map<'a> {
    /// The reads that bring `wanted`, as an iterator. Quantities the device lacks are passed over; see
    /// [`Map::missing`].
    pub fn plan<'p>(&'p self, wanted: &'p [Quantity]) -> Plan<'p> {
        Plan {
            map: self,
            wanted,
            max_words: self.read_limit(),
            max_hole: u8::MAX,
            cursor: Cursor { function: Function::ReadHolding, start: 0, end: 0, alone: 0 },
        }
    }
}

impl Map<'_> {
    /// Registers of all parts of `derived`, if `function` reads them.
    fn derived_span(&self, derived: &Derived, function: Function) -> Option<Span> {
        let mut spans =
            derived.parts().map(|part| self.row(part).filter(|row| row.function == function).map(Row::span));
        let first = spans.next()??;
        spans.try_fold(first, |whole, span| Some(whole.union(span?)))
    }
}

/// The reads for some quantities, an iterator of [`Read`].
#[derive(Clone, Debug)]
pub struct Plan<'p> {
    map: &'p Map<'p>,
    wanted: &'p [Quantity],
    max_words: u8,
    max_hole: u8,
    cursor: Cursor,
}

/// How far a plan has come. Every item that starts before `start` or ends by `end` is covered already.
#[derive(Clone, Copy, Debug)]
struct Cursor {
    function: Function,
    start: u32,
    end: u32,
    /// Rows to look at for those that must be read alone.
    alone: usize,
}

impl<'p> Plan<'p> {
    /// At most this many registers per read, if the device takes that many; a value longer than that is still read
    /// whole.
    pub fn max_words(mut self, words: u8) -> Self {
        self.max_words = words.min(self.map.read_limit()).max(1);
        self
    }

    /// Do not read more than this many unused registers in a row to save a request. All by default, which gives
    /// the fewest reads; [`crate::rtu::Timing::worthwhile_hole`] tells what pays on a serial line.
    pub fn max_hole(mut self, words: u8) -> Self {
        self.max_hole = words;
        self
    }

    /// What belongs together in one read: wanted rows with their scales, wanted derived quantities with their parts.
    fn items(&self, function: Function) -> impl Iterator<Item = Span> + use<'p> {
        let (map, wanted) = (self.map, self.wanted);
        let rows = map.rows().iter().filter(move |row| {
            row.function == function && !row.alone && !row.alternate && wanted.contains(&row.quantity)
        });
        let derived = map.derived_quantities().iter().filter_map(move |derived| {
            let wanted = wanted.contains(&derived.quantity);
            map.derived_span(derived, function).filter(|_| wanted)
        });
        rows.map(Row::span).chain(derived).map(move |span| span.shifted(map.base()))
    }

    fn next_block(&mut self) -> Option<Read<'p>> {
        loop {
            let Cursor { function, start, end, .. } = self.cursor;
            let open = |span: &Span| span.start >= start && span.end > end;
            if let Some(first) = self.items(function).filter(open).min_by_key(|span| (span.start, span.end)) {
                let reach = self.reach(function, first.start);
                let end = self
                    .items(function)
                    .filter(|span| span.start >= first.start && span.end <= reach)
                    .map(|span| span.end)
                    .fold(first.end, u32::max);
                let covered = self.cursor.end;
                self.cursor.start = first.start;
                self.cursor.end = covered.max(end);
                return Some(self.read(function, Span { start: first.start, end }, covered, false));
            }
            if function == Function::ReadInput {
                return None;
            }
            self.cursor.function = Function::ReadInput;
            self.cursor.start = 0;
            self.cursor.end = 0;
        }
    }

    fn next_alone(&mut self) -> Option<Read<'p>> {
        let rows = self.map.rows();
        loop {
            let row = rows.get(self.cursor.alone)?;
            self.cursor.alone += 1;
            if row.alone && row.function.is_read() && !row.alternate && self.wanted.contains(&row.quantity) {
                return Some(self.read(row.function, row.span().shifted(self.map.base()), 0, true));
            }
        }
    }

    /// How far a read from `start` may go: over listed values that touch, over holes the device is known to
    /// answer, to the end of the last value within the limit.
    fn reach(&self, function: Function, start: u32) -> u32 {
        let limit = start + u32::from(self.max_words);
        let mut reach = start;
        let rows = self.map.rows().iter().filter(|row| row.function == function && !row.alone);
        for span in rows.map(|row| row.span_of_value().shifted(self.map.base())) {
            if span.start < start {
                continue;
            }
            if span.end > limit || (span.start > reach && !self.bridges(reach, span.start)) {
                break;
            }
            reach = span.end;
        }
        reach
    }

    fn bridges(&self, start: u32, end: u32) -> bool {
        end - start <= u32::from(self.max_hole) && self.map.bridges(start, end)
    }

    fn read(&self, function: Function, span: Span, covered: u32, alone: bool) -> Read<'p> {
        Read { map: self.map, wanted: self.wanted, function, span, covered, alone }
    }
}

impl<'p> Iterator for Plan<'p> {
    type Item = Read<'p>;

    fn next(&mut self) -> Option<Read<'p>> {
        self.next_block().or_else(|| self.next_alone())
    }
}

/// One request to send, and what its answer means.
#[derive(Clone, Copy, Debug)]
pub struct Read<'p> {
    map: &'p Map<'p>,
    wanted: &'p [Quantity],
    function: Function,
    span: Span,
    /// What ends by here came with an earlier read of the plan.
    covered: u32,
    alone: bool,
}

impl<'p> Read<'p> {
    /// Function to read with.
    pub const fn function(&self) -> Function {
        self.function
    }

    /// First register.
    pub const fn address(&self) -> u16 {
        // The check of the map keeps every row within 16 bits.
        self.span.start as u16
    }

    /// Number of registers.
    pub const fn words(&self) -> u16 {
        self.span.len() as u16
    }

    /// The readings in the answer, in the order of the map. Values that share the read without being wanted are
    /// left out.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Length`] if the answer does not have [`Read::words`] registers. The readings have their own
    /// errors.
    pub fn decode<'r>(&self, registers: impl Into<Registers<'r>>) -> Result<Readings<'p, 'r>, DecodeError> {
        let registers = registers.into();
        if registers.len() != usize::from(self.words()) {
            let (address, asked, got) = (self.address(), self.words(), registers.len());
            return Err(DecodeError::Length { address, asked, got });
        }
        let block = Block::new(self.function, self.address(), registers);
        Ok(Readings { read: *self, block, row: 0, derived: 0 })
    }

    fn wants(&self, quantity: Quantity) -> bool {
        self.wanted.contains(&quantity)
    }
}

/// The readings of one answer.
#[derive(Clone, Debug)]
pub struct Readings<'p, 'r> {
    read: Read<'p>,
    block: Block<'r>,
    row: usize,
    derived: usize,
}

impl<'r> Readings<'_, 'r> {
    fn covers(&self, span: Span) -> bool {
        let span = span.shifted(self.read.map.base());
        self.read.span.contains(span) && span.end > self.read.covered
    }

    fn next_row(&mut self) -> Option<Result<Reading<'r>, DecodeError>> {
        let map = self.read.map;
        loop {
            let row = map.rows().get(self.row)?;
            self.row += 1;
            let in_read = row.function == self.read.function && row.alone == self.read.alone;
            if in_read && !row.alternate && self.read.wants(row.quantity) && self.covers(row.span()) {
                return Some(map.reading(row, &self.block));
            }
        }
    }

    fn next_derived(&mut self) -> Option<Result<Reading<'r>, DecodeError>> {
        let map = self.read.map;
        loop {
            let derived = map.derived_quantities().get(self.derived)?;
            self.derived += 1;
            let covered = map.derived_span(derived, self.read.function).is_some_and(|span| self.covers(span));
            if covered && !self.read.alone && self.read.wants(derived.quantity) {
                return Some(map.derived_reading(derived, &self.block));
            }
        }
    }
}

impl<'r> Iterator for Readings<'_, 'r> {
    type Item = Result<Reading<'r>, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_row().or_else(|| self.next_derived())
    }
}
