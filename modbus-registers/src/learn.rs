//! Reading a device that does not answer everything its map lists: halve what it refuses, and remember.
//!
//! Some devices fail a whole read for one missing register, others take shorter reads than documented. A
//! [`Poll`] splits a read that fails with "illegal data address" or "illegal data value" until it knows which
//! values are missing, and notes that in a [`Learned`], which the application keeps: the next poll does not try
//! again.
//!
//! ```
//! use evkit_modbus_registers::{Learned, Poll, Quantity::*, devices::tq::KSEM, pdu::ExceptionCode};
//!
//! # fn read(address: u16, words: u16) -> Result<Vec<u16>, ExceptionCode> { Ok(vec![0; words.into()]) }
//! let mut learned = Learned::<8>::new();
//! let mut poll = Poll::new(&KSEM, &[PowerActiveTotal, CurrentL1], &mut learned);
//! while let Some(request) = poll.poll_read() {
//!     match read(request.address(), request.words()) {
//!         Ok(registers) => {
//!             for reading in poll.handle_registers(&registers[..])? { /* use it */ let _ = reading?; }
//!         }
//!         Err(code) => poll.handle_exception(code),
//!     }
//! }
//! # Ok::<(), evkit_modbus_registers::DecodeError>(())
//! ```

use crate::decode::DecodeError;
use crate::map::{MAX_READ_WORDS, Map};
use crate::pdu::ExceptionCode;
use crate::plan::{Cursor, Part, Planner, Read, Readings};
use crate::quantity::Quantity;
use crate::registers::Registers;
use crate::row::{Function, Span};

/// Registers a device does not answer together: a read that covers all of them fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    function: Function,
    span: Span,
}

impl Fault {
    /// For storing and restoring what was learned: `words` registers from `address` on.
    pub const fn new(function: Function, address: u16, words: u16) -> Self {
        Self { function, span: Span { start: address as u32, end: address as u32 + words as u32 } }
    }

    /// Function the registers were read with.
    pub const fn function(&self) -> Function {
        self.function
    }

    /// First register.
    pub const fn address(&self) -> u16 {
        self.span.start as u16
    }

    /// Number of registers.
    pub const fn words(&self) -> u16 {
        self.span.len() as u16
    }

    pub(crate) const fn span(&self) -> Span {
        self.span
    }
}

/// What is known about one device, up to `N` faults. The oldest is forgotten first; it would only be learned
/// again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Learned<const N: usize> {
    faults: [Fault; N],
    count: usize,
    max_words: u8,
}

impl<const N: usize> Learned<N> {
    /// Nothing known.
    pub const fn new() -> Self {
        let nothing = Fault::new(Function::ReadHolding, 0, 0);
        Self { faults: [nothing; N], count: 0, max_words: MAX_READ_WORDS }
    }

    /// What is known, for [`Plan::avoiding`](crate::Plan::avoiding) or to be stored.
    pub fn faults(&self) -> &[Fault] {
        self.faults.get(..self.count).unwrap_or_default()
    }

    /// Most registers the device is known to take in one read.
    pub const fn max_words(&self) -> u8 {
        self.max_words
    }

    /// Reads of more than `words` registers fail.
    pub fn limit(&mut self, words: u8) {
        self.max_words = self.max_words.min(words).max(1);
    }

    /// Adds a fault, such as one stored before.
    pub fn add(&mut self, fault: Fault) {
        if self.faults().contains(&fault) {
            return;
        }
        if self.count == N {
            self.faults.rotate_left(usize::from(N > 1));
            self.count = N.saturating_sub(1);
        }
        if let Some(free) = self.faults.get_mut(self.count) {
            *free = fault;
            self.count += 1;
        }
    }

    /// Forgets everything, for a device that was exchanged or updated.
    pub fn clear(&mut self) {
        *self = Self::new();
    }
}

impl<const N: usize> Default for Learned<N> {
    fn default() -> Self {
        Self::new()
    }
}

/// Halving 125 registers down to one takes seven steps with at most two tasks each left behind.
const DEPTH: usize = 16;

/// What is left of a read that was split.
#[derive(Clone, Copy, Debug)]
enum Task {
    Read(Part),
    /// Both parts of a split are done. If no fault was found in either, then all of it together was too much.
    Judge {
        lesson: Lesson,
        found: u32,
    },
}

/// What follows if a read fails and both its parts succeed.
#[derive(Clone, Copy, Debug)]
enum Lesson {
    /// "Illegal data value" is about the number of registers: no more than these.
    Words(u8),
    /// "Illegal data address": nothing may be read across this point.
    Cut(Fault),
    /// The parts overlap, so one of them is the whole: a passing trouble.
    Nothing,
}

/// One poll of a device: the reads of a plan, split where the device refuses.
#[derive(Debug)]
pub struct Poll<'p, 'l, const N: usize> {
    planner: Planner<'p>,
    learned: &'l mut Learned<N>,
    cursor: Cursor,
    current: Option<Read<'p>>,
    tasks: [Option<Task>; DEPTH],
    depth: usize,
    /// Faults found in this poll.
    found: u32,
}

impl<'p, 'l, const N: usize> Poll<'p, 'l, N> {
    /// A poll for `wanted` that avoids and extends what is `learned`.
    pub fn new(map: &'p Map<'p>, wanted: &[Quantity], learned: &'l mut Learned<N>) -> Self {
        Self {
            planner: Planner::new(map, wanted),
            learned,
            cursor: Cursor::START,
            current: None,
            tasks: [None; DEPTH],
            depth: 0,
            found: 0,
        }
    }

    /// The read to send; the same one until its outcome is handled. `None` when the poll is over.
    #[must_use]
    pub fn poll_read(&mut self) -> Option<Read<'p>> {
        if self.current.is_none() {
            self.current = self.next_read();
        }
        self.current
    }

    fn next_read(&mut self) -> Option<Read<'p>> {
        while let Some(task) = self.pop() {
            match task {
                Task::Read(part) => return Some(self.planner.read(part)),
                Task::Judge { found, .. } if found != self.found => {}
                Task::Judge { lesson: Lesson::Words(words), .. } => self.learned.limit(words),
                Task::Judge { lesson: Lesson::Cut(fault), .. } => self.learned.add(fault),
                Task::Judge { lesson: Lesson::Nothing, .. } => {}
            }
        }
        self.planner.limit(self.learned.max_words());
        self.planner.step(&mut self.cursor, self.learned.faults())
    }

    /// Takes the answer to [`Poll::poll_read`].
    ///
    /// # Errors
    ///
    /// As [`Read::decode`]; the read counts as done.
    pub fn handle_registers<'r>(
        &mut self,
        registers: impl Into<Registers<'r>>,
    ) -> Result<Readings<'p, 'r>, DecodeError> {
        let nothing_asked = DecodeError::Length { address: 0, asked: 0, got: 0 };
        self.current.take().ok_or(nothing_asked)?.decode(registers)
    }

    /// The device refused [`Poll::poll_read`]. An illegal address or value splits the read; for a single value
    /// it is noted as missing. Other exceptions pass over the read.
    pub fn handle_exception(&mut self, code: ExceptionCode) {
        let Some(read) = self.current.take() else { return };
        if !matches!(code, ExceptionCode::IllegalDataAddress | ExceptionCode::IllegalDataValue) {
            return;
        }
        match read.split() {
            Some([left, right]) if self.depth + 3 <= DEPTH => {
                let lesson = match code {
                    _ if left.span.end > right.span.start => Lesson::Nothing,
                    ExceptionCode::IllegalDataValue => Lesson::Words(left.words().max(right.words()) as u8),
                    _ => {
                        let cut = right.span.start;
                        let span = Span { start: cut - 1, end: cut + 1 };
                        Lesson::Cut(Fault { function: read.function(), span })
                    }
                };
                self.push(Task::Judge { lesson, found: self.found });
                self.push(Task::Read(right));
                self.push(Task::Read(left));
            }
            _ => {
                self.found += 1;
                self.learned.add(Fault { function: read.function(), span: read.part().span });
            }
        }
    }

    /// There was no answer: pass over [`Poll::poll_read`] without learning anything.
    pub fn handle_failure(&mut self) {
        self.current = None;
        // A split whose parts were not both answered proves nothing.
        self.found += 1;
    }

    fn push(&mut self, task: Task) {
        if let Some(free) = self.tasks.get_mut(self.depth) {
            *free = Some(task);
            self.depth += 1;
        }
    }

    fn pop(&mut self) -> Option<Task> {
        self.depth = self.depth.checked_sub(1)?;
        self.tasks.get_mut(self.depth)?.take()
    }
}

#[cfg(test)]
mod tests {
    extern crate alloc;
    use alloc::vec;
    use alloc::vec::Vec;

    use super::*;
    use crate::devices::{eastron, tq};
    use crate::quantity::Quantity::*;

    /// Polls a device that refuses what `refuses` says; returns the reads and the quantities that came.
    fn run<const N: usize>(
        map: &Map<'_>,
        wanted: &[Quantity],
        learned: &mut Learned<N>,
        refuses: impl Fn(u16, u16) -> Option<ExceptionCode>,
    ) -> (Vec<(u16, u16)>, Vec<Quantity>) {
        let (mut reads, mut seen) = (Vec::new(), Vec::new());
        let mut poll = Poll::new(map, wanted, learned);
        while let Some(read) = poll.poll_read() {
            reads.push((read.address(), read.words()));
            match refuses(read.address(), read.words()) {
                Some(code) => poll.handle_exception(code),
                None => {
                    let registers = vec![0u16; read.words().into()];
                    let readings = poll.handle_registers(&registers[..]).unwrap();
                    seen.extend(readings.map(|reading| reading.unwrap().quantity));
                }
            }
        }
        seen.sort_unstable();
        (reads, seen)
    }

    const PHASES: &[Quantity] =
        &[CurrentL1, VoltageL1N, PowerFactorL1, PowerActiveImportL1, PowerActiveExportL1];

    #[test]
    fn one_missing_register_costs_only_its_own_value() {
        // ioBroker.modbus 581: one register that does not exist fails the whole block.
        let missing = |address: u16, words: u16| {
            (address..address + words).contains(&62).then_some(ExceptionCode::IllegalDataAddress)
        };
        let mut learned = Learned::<4>::new();
        let (reads, seen) = run(&tq::KSEM, PHASES, &mut learned, missing);
        assert_eq!(seen, [CurrentL1, PowerActiveExportL1, PowerActiveImportL1, PowerFactorL1]);
        assert!(reads.len() > 4);
        assert_eq!(learned.faults(), [Fault::new(Function::ReadHolding, 62, 2)]);

        // The second time nothing is refused any more.
        let (reads, again) = run(&tq::KSEM, PHASES, &mut learned, |address, words| {
            assert_eq!(missing(address, words), None);
            None
        });
        assert_eq!(again, seen);
        assert_eq!(reads, [(40, 4), (60, 2), (64, 2)]);
    }

    #[test]
    fn a_device_that_takes_short_reads_only_is_learned() {
        // openWB saw SDM72 units that accept about ten registers.
        let short = |_: u16, words: u16| (words > 10).then_some(ExceptionCode::IllegalDataValue);
        let mut learned = Learned::<4>::new();
        let (first, seen) = run(&eastron::SDM630, Quantity::ALL, &mut learned, short);
        assert!(learned.max_words() <= 10 && learned.faults().is_empty());
        let (second, again) = run(&eastron::SDM630, Quantity::ALL, &mut learned, |address, words| {
            assert_eq!(short(address, words), None, "{address}+{words} again");
            None
        });
        assert_eq!(seen, again);
        assert!(second.len() < first.len());
        let all = eastron::SDM630.rows().iter().filter(|row| !row.is_alternate()).count();
        assert_eq!(seen.len(), all);
    }

    #[test]
    fn a_block_a_device_does_not_read_through_is_learned() {
        let barrier = |address: u16, words: u16| {
            (address < 50 && address + words > 50).then_some(ExceptionCode::IllegalDataAddress)
        };
        let mut learned = Learned::<4>::new();
        let (_, seen) = run(&eastron::SDM630, Quantity::ALL, &mut learned, barrier);
        // Each poll learns one cut at most per refused read; after a few nothing is refused.
        for _ in 0..8 {
            let (_, again) = run(&eastron::SDM630, Quantity::ALL, &mut learned, barrier);
            assert_eq!(seen, again);
        }
        run(&eastron::SDM630, Quantity::ALL, &mut learned, |address, words| {
            assert_eq!(barrier(address, words), None, "{address}+{words} again");
            None
        });
    }

    #[test]
    fn a_silent_device_teaches_nothing() {
        let mut learned = Learned::<4>::new();
        let mut poll = Poll::new(&tq::KSEM, PHASES, &mut learned);
        while poll.poll_read().is_some() {
            poll.handle_failure();
        }
        let (_, seen) = run(&tq::KSEM, PHASES, &mut learned, |_, _| Some(ExceptionCode::ServerDeviceBusy));
        assert_eq!(seen, []);
        assert_eq!(learned.faults(), []);
    }

    #[test]
    fn a_full_memory_forgets_the_oldest() {
        let mut learned = Learned::<2>::new();
        let fault = |address| Fault::new(Function::ReadInput, address, 2);
        [1, 3, 3, 5].into_iter().for_each(|address| learned.add(fault(address)));
        assert_eq!(learned.faults(), [fault(3), fault(5)]);
        let mut none = Learned::<0>::new();
        none.add(fault(1));
        assert_eq!(none.faults(), []);
    }
}
