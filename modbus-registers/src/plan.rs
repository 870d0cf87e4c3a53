//! Which reads to send for the quantities one wants.
//!
//! A plan covers every wanted value with the fewest reads the device's limits allow. It never cuts a value,
//! never separates a value from its scale register or from the other half of a sum, never mixes function codes,
//! and never covers registers the device is not known to answer.

use crate::decode::{Block, DecodeError, Reading};
use crate::learn::Fault;
use crate::map::{Derived, Map};
use crate::quantity::{Quantity, Wanted};
use crate::registers::Registers;
use crate::row::{Function, Row, Span};

impl<'a> Map<'a> {
    /// The reads that bring `wanted`, as an iterator. Quantities the device lacks are passed over; see
    /// [`Map::missing`].
    pub fn plan<'p>(&'p self, wanted: &[Quantity]) -> Plan<'p> {
        Plan { planner: Planner::new(self, wanted), faults: &[], cursor: Cursor::START }
    }

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
    planner: Planner<'p>,
    faults: &'p [Fault],
    cursor: Cursor,
}

impl<'p> Plan<'p> {
    /// At most this many registers per read, if the device takes that many; a value longer than that is still
    /// read whole.
    pub fn max_words(mut self, words: u8) -> Self {
        self.planner.limit(words);
        self
    }

    /// Do not read more than this many unused registers in a row to save a request. All by default, which gives
    /// the fewest reads; [`crate::rtu::Timing::worthwhile_hole`] tells what pays on a serial line.
    pub fn max_hole(mut self, words: u8) -> Self {
        self.planner.max_hole = words;
        self
    }

    /// Avoid reads the device refused before, see [`crate::learn`].
    pub fn avoiding(mut self, faults: &'p [Fault]) -> Self {
        self.faults = faults;
        self
    }
}

impl<'p> Iterator for Plan<'p> {
    type Item = Read<'p>;

    fn next(&mut self) -> Option<Read<'p>> {
        self.planner.step(&mut self.cursor, self.faults)
    }
}

/// How far a plan has come. Every item that starts before `start` or ends by `end` is covered already.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor {
    function: Function,
    start: u32,
    end: u32,
    /// Rows to look at for those that must be read alone.
    alone: usize,
}

impl Cursor {
    pub(crate) const START: Self = Self { function: Function::ReadHolding, start: 0, end: 0, alone: 0 };
}

/// What a plan is made from.
#[derive(Clone, Debug)]
pub(crate) struct Planner<'p> {
    map: &'p Map<'p>,
    wanted: Wanted,
    max_words: u8,
    max_hole: u8,
}

impl<'p> Planner<'p> {
    pub(crate) fn new(map: &'p Map<'p>, wanted: &[Quantity]) -> Self {
        let wanted = Wanted::new(wanted);
        Self { map, wanted, max_words: map.read_limit(), max_hole: u8::MAX }
    }

    pub(crate) fn limit(&mut self, words: u8) {
        self.max_words = self.max_words.min(words).max(1);
    }

    /// The next read behind `cursor`, without those that `faults` says would fail.
    pub(crate) fn step(&self, cursor: &mut Cursor, faults: &[Fault]) -> Option<Read<'p>> {
        self.next_block(cursor, faults).or_else(|| self.next_alone(cursor, faults))
    }

    /// From the first item still open as far as the limits allow. Every item that fits comes along, so no other
    /// choice of reads needs fewer.
    fn next_block(&self, cursor: &mut Cursor, faults: &[Fault]) -> Option<Read<'p>> {
        loop {
            let Cursor { function, start, end, .. } = *cursor;
            let items = || {
                let items = Items::new(self.map, self.wanted, function, false);
                items.map(|(_, span)| span).filter(|&span| !refused(faults, function, span))
            };
            let open = |span: &Span| span.start >= start && span.end > end;
            if let Some(first) = items().filter(open).min_by_key(|span| (span.start, span.end)) {
                let reach = self.reach(function, first.start, faults).max(first.end);
                let fits = |span: &Span| span.start >= first.start && span.end <= reach;
                let last = items().filter(fits).map(|span| span.end).fold(first.end, u32::max);
                cursor.start = first.start;
                cursor.end = end.max(last);
                let span = Span { start: first.start, end: last };
                return Some(self.read(Part {
                    function,
                    span,
                    covered: end,
                    before: u32::MAX,
                    alone: false,
                }));
            }
            if function == Function::ReadInput {
                return None;
            }
            *cursor = Cursor { function: Function::ReadInput, start: 0, end: 0, ..*cursor };
        }
    }

    fn next_alone(&self, cursor: &mut Cursor, faults: &[Fault]) -> Option<Read<'p>> {
        loop {
            let row = self.map.rows().get(cursor.alone)?;
            cursor.alone += 1;
            let span = row.span().shifted(self.map.base());
            let usable = row.is_alone() && row.function.is_read() && !row.is_alternate();
            if usable && self.wanted.has(row.quantity) && !refused(faults, row.function, span) {
                let function = row.function;
                return Some(self.read(Part { function, span, covered: 0, before: u32::MAX, alone: true }));
            }
        }
    }

    /// How far a read from `start` may go: over listed values that touch, over holes the device is known to
    /// answer, to the end of the last value within the limit.
    fn reach(&self, function: Function, start: u32, faults: &[Fault]) -> u32 {
        let limit = start + u32::from(self.max_words);
        let mut reach = start;
        let rows = self.map.rows().iter().filter(|row| row.function == function && !row.is_alone());
        for span in rows.map(|row| row.span_of_value().shifted(self.map.base())) {
            if span.start < start {
                continue;
            }
            let bridged = || span.start <= reach || self.bridges(reach, span.start);
            if span.end > limit || !bridged() || refused(faults, function, Span { start, end: span.end }) {
                break;
            }
            reach = span.end;
        }
        reach
    }

    fn bridges(&self, start: u32, end: u32) -> bool {
        end - start <= u32::from(self.max_hole) && self.map.bridges(start, end)
    }

    pub(crate) fn read(&self, part: Part) -> Read<'p> {
        Read { map: self.map, wanted: self.wanted, part }
    }
}

/// What belongs together in one read: a wanted row with its scale, or a wanted derived quantity with all its parts.
#[derive(Clone, Copy, Debug)]
enum Item<'p> {
    Row(&'p Row),
    Derived(&'p Derived),
}

/// The items that `function` reads with their registers, in the order of the map.
#[derive(Clone, Debug)]
struct Items<'p> {
    map: &'p Map<'p>,
    wanted: Wanted,
    function: Function,
    /// Those that must be read alone, or all others.
    alone: bool,
    /// How many rows and derived quantities were looked at.
    seen: usize,
}

impl<'p> Items<'p> {
    fn new(map: &'p Map<'p>, wanted: Wanted, function: Function, alone: bool) -> Self {
        Self { map, wanted, function, alone, seen: 0 }
    }

    fn row(&self, row: &'p Row) -> Option<(Item<'p>, Span)> {
        let usable = row.function == self.function && row.is_alone() == self.alone && !row.is_alternate();
        (usable && self.wanted.has(row.quantity)).then(|| (Item::Row(row), row.span()))
    }

    fn derived(&self, derived: &'p Derived) -> Option<(Item<'p>, Span)> {
        if self.alone || !self.wanted.has(derived.quantity) {
            return None;
        }
        Some((Item::Derived(derived), self.map.derived_span(derived, self.function)?))
    }
}

impl<'p> Iterator for Items<'p> {
    type Item = (Item<'p>, Span);

    fn next(&mut self) -> Option<Self::Item> {
        let (rows, derived) = (self.map.rows(), self.map.derived_quantities());
        loop {
            let seen = self.seen;
            self.seen += 1;
            let found = match rows.get(seen) {
                Some(row) => self.row(row),
                None => self.derived(derived.get(seen - rows.len())?),
            };
            if let Some((item, span)) = found {
                return Some((item, span.shifted(self.map.base())));
            }
        }
    }
}

/// Whether a read of `span` is known to fail.
fn refused(faults: &[Fault], function: Function, span: Span) -> bool {
    faults.iter().any(|fault| fault.function() == function && span.contains(fault.span()))
}

/// One request to send, and what its answer means.
#[derive(Clone, Copy, Debug)]
pub struct Read<'p> {
    map: &'p Map<'p>,
    wanted: Wanted,
    part: Part,
}

/// The registers of a read and which of the wanted values come with it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub(crate) function: Function,
    pub(crate) span: Span,
    /// What ends by here came with an earlier read of the plan.
    covered: u32,
    /// What starts here or later comes with another part of a read that was split.
    before: u32,
    alone: bool,
}

impl Part {
    pub(crate) const fn words(&self) -> u16 {
        self.span.len() as u16
    }

    /// Whether a value with these registers comes with this read.
    fn delivers(&self, span: Span) -> bool {
        self.span.contains(span) && span.end > self.covered && span.start < self.before
    }
}

impl<'p> Read<'p> {
    /// Function to read with.
    pub const fn function(&self) -> Function {
        self.part.function
    }

    /// First register.
    pub const fn address(&self) -> u16 {
        // The check of the map keeps every row within 16 bits.
        self.part.span.start as u16
    }

    /// Number of registers.
    pub const fn words(&self) -> u16 {
        self.part.words()
    }

    /// The readings in the answer, in the order of the map. Values that share the read without being wanted are
    /// left out.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Length`] if the answer does not have [`Read::words`] registers. The readings have their
    /// own errors.
    pub fn decode<'r>(&self, registers: impl Into<Registers<'r>>) -> Result<Readings<'p, 'r>, DecodeError> {
        let registers = registers.into();
        if registers.len() != usize::from(self.words()) {
            let (address, asked, got) = (self.address(), self.words(), registers.len());
            return Err(DecodeError::Length { address, asked, got });
        }
        let block = Block::new(self.function(), self.address(), registers);
        Ok(Readings { part: self.part, items: self.items(), block })
    }

    pub(crate) const fn part(&self) -> Part {
        self.part
    }

    fn items(&self) -> Items<'p> {
        Items::new(self.map, self.wanted, self.part.function, self.part.alone)
    }

    /// Two reads for the same values, cut near the middle; `None` if all of it belongs together.
    pub(crate) fn split(&self) -> Option<[Part; 2]> {
        let Part { span, alone, .. } = self.part;
        if alone {
            return None;
        }
        let items = || self.items().map(|(_, span)| span).filter(|&span| self.part.delivers(span));
        let middle = span.start + span.len() / 2;
        let first = items().map(|span| span.start).min()?;
        let cut = items()
            .map(|span| span.start)
            .filter(|&start| start > first)
            .min_by_key(|start| start.abs_diff(middle))?;
        let part = |of: &dyn Fn(&Span) -> bool| items().filter(of).reduce(Span::union);
        let left = part(&|span| span.start < cut)?;
        let right = part(&|span| span.start >= cut)?;
        Some([Part { span: left, before: cut, ..self.part }, Part { span: right, ..self.part }])
    }
}

/// The readings of one answer.
#[derive(Clone, Debug)]
pub struct Readings<'p, 'r> {
    part: Part,
    items: Items<'p>,
    block: Block<'r>,
}

impl<'r> Iterator for Readings<'_, 'r> {
    type Item = Result<Reading<'r>, DecodeError>;

    #[cfg_attr(not(target_os = "none"), inline)]
    fn next(&mut self) -> Option<Self::Item> {
        let (part, map) = (self.part, self.items.map);
        let (item, _) = self.items.find(|&(_, span)| part.delivers(span))?;
        Some(match item {
            Item::Row(row) => map.reading(row, &self.block),
            Item::Derived(derived) => map.derived_reading(derived, &self.block),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::Readable;
    use crate::row::Template;

    const ROWS: &[Row] = &[
        Template::holding().u16(1, Quantity::VoltageL1N),
        Template::holding().u16(5, Quantity::VoltageL2N),
        Template::holding().u16(6, Quantity::VoltageL3N),
    ];

    fn reads(map: &Map<'_>, wanted: &[Quantity]) -> [Option<(u16, u16)>; 2] {
        let mut reads = map.plan(wanted).map(|read| (read.address(), read.words()));
        [reads.next(), reads.next()]
    }

    #[test]
    fn readable_ranges_that_touch_are_one() {
        let map = Map::new("", "", ROWS);
        let wanted = [Quantity::VoltageL1N, Quantity::VoltageL3N];
        assert_eq!(reads(&map, &wanted), [Some((1, 1)), Some((6, 1))]);
        let touching = [Readable { first: 2, last: 3 }, Readable { first: 3, last: 4 }];
        assert_eq!(reads(&map.readable(&touching), &wanted), [Some((1, 6)), None]);
        assert_eq!(reads(&map.readable(&touching).at(100), &wanted), [Some((101, 6)), None]);
        assert_eq!(reads(&map.readable(&touching[..1]), &wanted), [Some((1, 1)), Some((6, 1))]);
    }

    #[test]
    fn a_caller_may_ask_for_shorter_reads_and_smaller_holes() {
        let range = [Readable { first: 0, last: 9 }];
        let map = Map::new("", "", ROWS).readable(&range);
        let wanted = Quantity::ALL;
        assert_eq!(map.plan(wanted).count(), 1);
        assert_eq!(map.plan(wanted).max_hole(2).count(), 2);
        assert_eq!(map.plan(wanted).max_hole(3).count(), 1);
        assert_eq!(map.plan(wanted).max_words(1).count(), 3);
        assert_eq!(map.plan(wanted).max_words(0).count(), 3);
    }
}
