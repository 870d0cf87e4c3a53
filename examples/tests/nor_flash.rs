//! The journal on NOR flash: after a loss of power at any byte, everything that was reported as durable is there, and the
//! operation that was under way has happened, or has not, or has left something that the session refuses.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use embedded_storage_async::nor_flash::{
    ErrorType, MultiwriteNorFlash, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash,
};
use evkit_examples::station::nor_flash::NorJournal;
use evkit_ocpp::journal::{Entry, Journal, StoreKey, seal, unseal};

const PAGE: usize = 1024;
const PAGES: usize = 8;

/// A flash whose power can go after any byte written and in the middle of an erasure.
#[derive(Debug, Clone)]
struct Flash {
    bytes: Vec<u8>,
    /// Erasures of each page.
    wear: [u32; PAGES],
    /// Bytes written and pages erased so far.
    steps: u64,
    /// The power goes at this step.
    cut_at: u64,
}

#[derive(Debug)]
struct NoPower;

impl NorFlashError for NoPower {
    fn kind(&self) -> NorFlashErrorKind {
        NorFlashErrorKind::Other
    }
}

impl Flash {
    fn new() -> Self {
        Self { bytes: vec![0xFF; PAGE * PAGES], wear: [0; PAGES], steps: 0, cut_at: u64::MAX }
    }

    fn step(&mut self) -> Result<(), NoPower> {
        self.steps += 1;
        if self.steps >= self.cut_at { Err(NoPower) } else { Ok(()) }
    }
}

impl ErrorType for Flash {
    type Error = NoPower;
}

impl ReadNorFlash for Flash {
    const READ_SIZE: usize = 1;

    async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NoPower> {
        let offset = offset as usize;
        bytes.copy_from_slice(&self.bytes[offset..offset + bytes.len()]);
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.bytes.len()
    }
}

impl NorFlash for Flash {
    const WRITE_SIZE: usize = 4;
    const ERASE_SIZE: usize = PAGE;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), NoPower> {
        for page in from as usize / PAGE..to as usize / PAGE {
            let whole = self.step();
            let erased = if whole.is_ok() { PAGE } else { PAGE / 2 };
            self.bytes[page * PAGE..][..erased].fill(0xFF);
            self.wear[page] += 1;
            whole?;
        }
        Ok(())
    }

    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NoPower> {
        assert!(offset.is_multiple_of(4) && bytes.len().is_multiple_of(4));
        for (at, byte) in bytes.iter().enumerate() {
            self.step()?;
            // Writing clears bits.
            self.bytes[offset as usize + at] &= byte;
        }
        Ok(())
    }
}

impl MultiwriteNorFlash for Flash {}

fn journal(flash: Flash) -> NorJournal<Flash> {
    NorJournal::new(flash, 0..4 * PAGE as u32, 4 * PAGE as u32..8 * PAGE as u32)
}

#[derive(Debug, Clone, Copy)]
enum Op {
    Append(u64),
    Remove(u64),
    Put(u16, u8),
}

/// Some transactions: records come and go, a few values change now and then.
fn days(count: u64) -> Vec<Op> {
    let transaction = |number: u64| {
        let first = number * 4;
        (first..first + 4)
            .map(Op::Append)
            .chain([Op::Put(0x200 + (number % 2) as u16, number as u8), Op::Remove(first + 1)])
            .chain([Op::Put(0x501, number as u8), Op::Remove(first + 3)])
    };
    (0..count).flat_map(transaction).collect()
}

/// What is there: sealed, as a session does it, and of the length of its records.
fn body(of: u64) -> [u8; 62] {
    std::array::from_fn(|at| (of as u8).wrapping_mul(31).wrapping_add(at as u8))
}

type Contents = (BTreeMap<u16, u8>, Vec<u64>);

impl Op {
    fn apply(self, journal: &mut NorJournal<Flash>) -> bool {
        let mut buffer = [0; 100];
        match self {
            Self::Append(seq) => journal.append(seq, seal(&body(seq), &mut buffer).unwrap()).is_ok(),
            Self::Remove(up_to) => journal.remove(up_to).is_ok(),
            Self::Put(key, value) => journal.put(StoreKey(key), seal(&[value], &mut buffer).unwrap()).is_ok(),
        }
    }

    fn model(self, (values, records): &mut Contents) {
        match self {
            Self::Append(seq) => records.push(seq),
            Self::Remove(up_to) => records.retain(|seq| *seq > up_to),
            Self::Put(key, value) => _ = values.insert(key, value),
        }
    }
}

fn contents(journal: &mut NorJournal<Flash>) -> Contents {
    let mut found = Contents::default();
    journal
        .visit(&mut |entry| {
            match entry {
                Entry::Value(StoreKey(key), bytes) => {
                    if let Ok([value]) = unseal(bytes) {
                        assert_eq!(found.0.insert(key, *value), None, "a key is visited once");
                    }
                }
                Entry::Record(seq, bytes) => {
                    if let Ok(bytes) = unseal(bytes) {
                        assert_eq!(bytes, body(seq));
                        found.1.push(seq);
                    }
                }
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    found
}

#[test]
fn what_is_stored_is_there_and_wear_is_spread() {
    let mut journal = journal(Flash::new());
    let mut model = Contents::default();
    for op in days(300) {
        assert!(op.apply(&mut journal), "{op:?}");
        op.model(&mut model);
    }
    assert_eq!(contents(&mut journal), model);
    let flash = journal.flash();
    println!("300 transactions: {:?} erasures, {} bytes written", flash.wear, flash.steps);
    for region in [&flash.wear[..4], &flash.wear[4..]] {
        let (least, most) = (region.iter().min().unwrap(), region.iter().max().unwrap());
        assert!(most - least <= 1, "{region:?}");
    }
    // 1200 records of 67 bytes with their numbers and headers, in pages of 1024 bytes.
    assert!(flash.wear.iter().sum::<u32>() <= 300, "{:?}", flash.wear);
}

#[test]
fn a_full_flash_says_so_and_keeps_what_it_has() {
    let mut journal = journal(Flash::new());
    let stored = (0..).take_while(|seq| Op::Append(*seq).apply(&mut journal)).count();
    assert!(stored > 20, "{stored}");
    assert_eq!(contents(&mut journal).1, (0..stored as u64).collect::<Vec<_>>());
    assert!(Op::Remove(stored as u64 - 1).apply(&mut journal));
    assert!(Op::Append(1_000).apply(&mut journal));
    assert_eq!(contents(&mut journal).1, [1_000]);
}

/// Every so many-th byte, or what `EVKIT_CUT_STEP` says.
fn stride() -> usize {
    std::env::var("EVKIT_CUT_STEP").ok().and_then(|text| text.parse().ok()).unwrap_or(37)
}

#[test]
fn power_may_go_at_any_byte() {
    let ops = days(22);
    let mut undisturbed = journal(Flash::new());
    for op in &ops {
        assert!(op.apply(&mut undisturbed));
    }
    let steps = undisturbed.flash().steps;
    assert!(undisturbed.flash().wear.iter().sum::<u32>() >= 4, "pages are used again");
    for cut_at in (1..=steps).step_by(stride()) {
        let mut flash = Flash::new();
        flash.cut_at = cut_at;
        let mut interrupted = journal(flash);
        let mut model = Contents::default();
        let mut rest = ops.iter();
        let under_way = loop {
            let op = rest.next().expect("the power goes on the way");
            if !op.apply(&mut interrupted) {
                break *op;
            }
            op.model(&mut model);
        };
        let mut flash = interrupted.flash().clone();
        flash.cut_at = u64::MAX;
        let mut journal = journal(flash);
        let found = contents(&mut journal);
        let mut after = model.clone();
        under_way.model(&mut after);
        // Removing several records may have removed some.
        let partly = found.0 == model.0 && model.1.ends_with(&found.1) && found.1.ends_with(&after.1);
        assert!(found == model || found == after || partly, "step {cut_at} in {under_way:?}: {found:?}");
        // The journal can be used as before.
        let mut model = found;
        for op in days(25).into_iter().skip(ops.len()) {
            assert!(op.apply(&mut journal), "step {cut_at}, then {op:?}");
            op.model(&mut model);
        }
        assert_eq!(contents(&mut journal), model, "step {cut_at}");
    }
}
