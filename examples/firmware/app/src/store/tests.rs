//! The store on a memory that can be cut off, filled up and spoilt.

use embedded_storage_async::nor_flash::{
    ErrorType, MultiwriteNorFlash, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash,
};
use evkit_ocpp::journal::{Store as Session, StoreDone, StoreKey, StoreOp};
use evkit_ocpp::time::Instant;
use futures_executor::block_on;
use proptest::prelude::*;

use super::settings::{Setting, Settings};
use super::{Erased, Store};

const PAGE: usize = 1_024;
const PAGES: usize = 16;

/// A memory whose power can go after any word written.
#[derive(Clone)]
pub(crate) struct Memory {
    bytes: Vec<u8>,
    steps: usize,
    cut_at: usize,
    /// As an EEPROM has it: what is written replaces what was there. Otherwise bits can only be cleared.
    overwrites: bool,
}

#[derive(Debug)]
pub(crate) struct NoPower;

impl NorFlashError for NoPower {
    fn kind(&self) -> NorFlashErrorKind {
        NorFlashErrorKind::Other
    }
}

impl Memory {
    pub(crate) fn new() -> Self {
        Self { bytes: vec![0xFF; PAGE * PAGES], steps: 0, cut_at: usize::MAX, overwrites: false }
    }

    /// A larger one.
    pub(crate) fn of_pages(pages: usize) -> Self {
        Self { bytes: vec![0xFF; PAGE * pages], ..Self::new() }
    }

    /// With power again.
    pub(crate) fn powered(self) -> Self {
        Self { cut_at: usize::MAX, steps: 0, ..self }
    }

    fn step(&mut self) -> Result<(), NoPower> {
        self.steps += 1;
        if self.steps >= self.cut_at { Err(NoPower) } else { Ok(()) }
    }
}

impl Store<Memory> {
    /// Cuts the power after some more words; returns which one it is.
    pub(crate) fn cut_after(&mut self, words: usize) -> usize {
        let step = self.flash.steps + words;
        self.flash.cut_at = step;
        step
    }

    /// Writes noise over the local list.
    pub(crate) fn spoil_list(&mut self) {
        noise(1, &mut self.flash.bytes[self.list.start as usize..self.list.end as usize]);
    }

    /// Words written so far.
    pub(crate) fn steps(&self) -> usize {
        self.flash.steps
    }
}

impl ErrorType for Memory {
    type Error = NoPower;
}

impl ReadNorFlash for Memory {
    const READ_SIZE: usize = 1;

    async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NoPower> {
        bytes.copy_from_slice(&self.bytes[offset as usize..][..bytes.len()]);
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.bytes.len()
    }
}

impl NorFlash for Memory {
    const WRITE_SIZE: usize = 4;
    const ERASE_SIZE: usize = PAGE;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), NoPower> {
        self.step()?;
        self.bytes[from as usize..to as usize].fill(0xFF);
        Ok(())
    }

    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NoPower> {
        for (index, word) in bytes.chunks(4).enumerate() {
            self.step()?;
            let old = &mut self.bytes[offset as usize + 4 * index..][..word.len()];
            let kept = if self.overwrites { 0 } else { 0xFF };
            old.iter_mut().zip(word).for_each(|(old, new)| *old = new & (*old | !kept));
        }
        Ok(())
    }
}

impl MultiwriteNorFlash for Memory {}

/// A session that wants one thing and notes what it is told.
#[derive(Default)]
struct Wish {
    wish: Option<Operation>,
    values: Vec<(u16, Vec<u8>)>,
    records: Vec<(u64, Vec<u8>)>,
    failed: bool,
}

#[derive(Clone)]
enum Operation {
    Scan,
    First,
    Append(u64, Vec<u8>),
    Remove(u64),
    Put(u16, Vec<u8>),
}

impl Session for Wish {
    fn poll_store(&mut self) -> Option<StoreOp<'_>> {
        Some(match self.wish.as_ref()? {
            Operation::Scan => StoreOp::Scan,
            Operation::First => StoreOp::First,
            Operation::Append(seq, bytes) => StoreOp::Append { seq: *seq, bytes },
            Operation::Remove(up_to) => StoreOp::Remove { up_to: *up_to },
            Operation::Put(key, bytes) => StoreOp::Put { key: StoreKey(*key), bytes },
        })
    }

    fn handle_stored(&mut self, _: Instant, done: StoreDone<'_>) {
        let scanning = matches!(self.wish, Some(Operation::Scan));
        match done {
            StoreDone::Value { key, bytes } => self.values.push((key.0, bytes.to_vec())),
            StoreDone::Record { seq, bytes } => {
                self.records.push((seq, bytes.to_vec()));
                if !scanning {
                    self.wish = None;
                }
            }
            StoreDone::Failed => (self.failed, self.wish) = (true, None),
            _ => self.wish = None,
        }
    }
}

fn perform(store: &mut Store<Memory>, operation: Operation) -> Wish {
    let mut session = Wish { wish: Some(operation), ..Wish::default() };
    block_on(store.drive(Instant::ZERO, &mut session));
    session.values.sort();
    session
}

fn store(memory: Memory) -> Store<Memory> {
    Store::new(memory).unwrap()
}

/// Returns which start it is.
pub(crate) fn start(store: &mut Store<Memory>, settings: &mut Settings) -> u32 {
    block_on(store.start(settings, || ())).unwrap()
}

/// Fills bytes with what a seed makes of them.
fn noise(mut state: u32, bytes: &mut [u8]) {
    bytes.fill_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    });
}

fn record(seq: u64) -> Operation {
    Operation::Append(seq, vec![seq as u8; 80])
}

#[test]
fn values_and_records_come_back_after_a_restart() {
    let mut kept = store(Memory::new());
    for round in 0..40 {
        assert!(!perform(&mut kept, Operation::Put(0x0100, vec![round; 30])).failed);
        assert!(!perform(&mut kept, Operation::Put(0x0203, vec![round + 1; 200])).failed);
    }
    (1..=5).for_each(|seq| assert!(!perform(&mut kept, record(seq)).failed));
    assert!(!perform(&mut kept, Operation::Remove(2)).failed);
    let mut restarted = store(kept.flash);
    let found = perform(&mut restarted, Operation::Scan);
    assert_eq!(
        found.values,
        [(0x0100, vec![39; 30]), (0x0203, vec![40; 200])],
        "each key once, the newest value"
    );
    assert_eq!(found.records.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [3, 4, 5]);
    assert_eq!(perform(&mut restarted, Operation::First).records, [(3, vec![3; 80])]);
}

#[test]
fn a_full_journal_refuses_and_takes_again_when_something_is_removed() {
    let mut full = store(Memory::new());
    let last = (1..).find(|seq| perform(&mut full, record(*seq)).failed).unwrap();
    assert!(last > 30, "{last}");
    assert!(perform(&mut full, record(last)).failed);
    assert_eq!(perform(&mut full, Operation::Scan).records.len(), usize::try_from(last).unwrap() - 1);
    assert!(!perform(&mut full, Operation::Remove(last / 2)).failed);
    assert!(!perform(&mut full, record(last)).failed);
    assert_eq!(full.take_erased(), Erased::default());
}

#[test]
fn settings_and_starts_are_kept_beside_the_journal_and_are_not_its_values() {
    let mut kept = store(Memory::new());
    let mut settings = Settings::new();
    assert_eq!([start(&mut kept, &mut settings), start(&mut kept, &mut settings)], [1, 2]);
    let value = Setting::Identity.check("CP-7").unwrap();
    block_on(kept.keep(Setting::Identity, &value)).unwrap();
    let mut restarted = store(kept.flash);
    assert_eq!(start(&mut restarted, &mut settings), 3);
    assert_eq!(settings.get(Setting::Identity), "CP-7");
    assert!(perform(&mut restarted, Operation::Scan).values.is_empty());
}

#[test]
fn a_memory_that_is_too_small_is_refused() {
    let memory = Memory { bytes: vec![0xFF; PAGE * 7], ..Memory::new() };
    assert!(Store::new(memory).is_err());
}

/// Power cut at every word of a history: what was reported as written is there after the restart.
#[test]
fn nothing_written_is_lost_wherever_the_power_is_cut() {
    let history = |store: &mut Store<Memory>| {
        let mut written = 0;
        for seq in 1..=60 {
            if perform(store, record(seq)).failed {
                break;
            }
            written = seq;
            if perform(store, Operation::Put(0x0100, seq.to_le_bytes().to_vec())).failed {
                break;
            }
            if seq > 20 && perform(store, Operation::Remove(seq - 20)).failed {
                break;
            }
        }
        written
    };
    let mut whole = store(Memory::new());
    history(&mut whole);
    for cut_at in (1..whole.flash.steps).step_by(7) {
        let mut cut = store(Memory { cut_at, ..Memory::new() });
        let written = history(&mut cut);
        let mut restarted = store(Memory { cut_at: usize::MAX, ..cut.flash });
        let found = perform(&mut restarted, Operation::Scan);
        assert!(!found.failed);
        let newest = found.records.iter().map(|(seq, _)| *seq).max().unwrap_or(0);
        assert!(newest == written || newest == written + 1, "{cut_at}: {newest}, {written}");
        assert_eq!(restarted.take_erased(), Erased::default(), "{cut_at}");
        assert!(!perform(&mut restarted, record(1_000)).failed, "{cut_at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever lies in the memory, the store ends up usable, and says what it had to erase.
    #[test]
    fn a_spoilt_memory_is_usable_again(
        spoilt in proptest::collection::vec((0..PAGE * PAGES, any::<u8>()), 0..400),
        random in any::<bool>(),
    ) {
        let mut memory = Memory { overwrites: true, ..Memory::new() };
        if random {
            noise(1, &mut memory.bytes);
        } else {
            let mut used = store(memory);
            start(&mut used, &mut Settings::new());
            (1..=20).for_each(|seq| _ = perform(&mut used, record(seq)));
            (0..20).for_each(|key| _ = perform(&mut used, Operation::Put(0x0100 + key, vec![1; 60])));
            memory = used.flash;
        }
        spoilt.iter().for_each(|(at, byte)| memory.bytes[*at] = *byte);
        let mut store = store(memory);
        start(&mut store, &mut Settings::new());
        let scanned = perform(&mut store, Operation::Scan);
        prop_assert!(!scanned.failed);
        let _ = perform(&mut store, Operation::First);
        prop_assert!(!perform(&mut store, Operation::Put(0x0333, vec![3; 40])).failed);
        prop_assert!(!perform(&mut store, Operation::Remove(u64::MAX)).failed);
        prop_assert!(!perform(&mut store, record(7_777)).failed);
        let again = perform(&mut store, Operation::Scan);
        prop_assert!(again.values.contains(&(0x0333, vec![3; 40])));
        prop_assert!(again.records.iter().any(|(seq, _)| *seq == 7_777));
    }
}

/// A page that passes for one of values until something is to be written: the start erases it, and goes on.
#[test]
fn a_start_survives_values_that_can_be_read_and_not_be_added_to() {
    let mut used = store(Memory { overwrites: true, ..Memory::new() });
    assert_eq!(start(&mut used, &mut Settings::new()), 1);
    (0..20).for_each(|key| _ = perform(&mut used, Operation::Put(0x0100 + key, vec![1; 60])));
    let memory = used.into_memory();
    for at in 0..PAGE * PAGES / 2 {
        let mut spoilt = memory.clone();
        spoilt.bytes[at] = 0x73;
        let mut store = store(spoilt);
        let count = start(&mut store, &mut Settings::new());
        assert!(count == 1 || count == 2, "{at}: {count}");
        assert!(!perform(&mut store, Operation::Put(0x0333, vec![3; 40])).failed, "{at}");
    }
}

/// Where records belong may lie anything: the first one of ours is found again, after it was said that the rest is gone.
#[test]
fn a_record_is_found_again_whatever_lay_in_its_place() {
    for seed in 0..300_u32 {
        let mut used = store(Memory { overwrites: true, ..Memory::new() });
        start(&mut used, &mut Settings::new());
        let mut memory = used.into_memory();
        noise(seed, &mut memory.bytes[PAGE * PAGES / 2..]);
        let mut store = store(memory);
        assert!(!perform(&mut store, Operation::Scan).failed, "{seed}");
        assert!(!perform(&mut store, record(7_777)).failed, "{seed}");
        assert_eq!(perform(&mut store, Operation::First).records, [(7_777, vec![97; 80])], "{seed}");
    }
}
