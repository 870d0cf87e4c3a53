//! Storage as an effect: what a session asks to have kept, and the adapters that keep it.
//!
//! A session never calls a storage driver. It hands out one [`StoreOp`] at a time, the driver performs it (flash,
//! a database, a file) and reports with [`StoreDone`]. So an erase may take as long as it wants, an asynchronous
//! driver works like a blocking one, and a test can cut the power between any two operations.
//!
//! What is kept is an append-only list of small records in the order of their sequence numbers, and a few values
//! under small keys that are overwritten in place. The session turns records into messages when it sends them;
//! nothing is stored as JSON. Every record and value carries a version byte and a checksum ([`seal`], [`unseal`]), so
//! a torn write is noticed by the session and the driver needs none of its own.

use core::ops::{ControlFlow, Range};

use thiserror::Error;

use crate::time::Instant;

/// Longest record or value a session asks to store, in bytes.
pub const BLOB_MAX: usize = 320;

/// Bytes that [`seal`] adds: the version in front and the checksum behind.
pub const SEAL_LEN: usize = 5;

const VERSION: u8 = 1;

/// Name of a value: opaque to the driver, unique within one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoreKey(pub u16);

/// One storage operation wanted by a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreOp<'a> {
    /// Report every value, then every record in ascending order of sequence number, then [`StoreDone::Scanned`].
    Scan,
    /// Report the record with the lowest sequence number, or [`StoreDone::Empty`].
    First,
    /// Add a record behind all others. Sequence numbers ascend but may have gaps.
    Append {
        /// Position of the record.
        seq: u64,
        /// The record, at most [`BLOB_MAX`] bytes.
        bytes: &'a [u8],
    },
    /// Forget all records up to and including this sequence number.
    Remove {
        /// The last record to forget.
        up_to: u64,
    },
    /// Keep a value, in place of the one of the same key.
    Put {
        /// Which value.
        key: StoreKey,
        /// The value, at most [`BLOB_MAX`] bytes.
        bytes: &'a [u8],
    },
}

/// What a driver reports about the operation it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreDone<'a> {
    /// A value, found by [`StoreOp::Scan`].
    Value {
        /// Which value.
        key: StoreKey,
        /// Its bytes as they were stored.
        bytes: &'a [u8],
    },
    /// A record, found by [`StoreOp::Scan`] or [`StoreOp::First`].
    Record {
        /// Position of the record.
        seq: u64,
        /// Its bytes as they were stored.
        bytes: &'a [u8],
    },
    /// The scan is complete.
    Scanned,
    /// There is no record.
    Empty,
    /// The append, removal or overwriting is durable.
    Written,
    /// The operation failed (full, worn out, unreachable). The session tries again later.
    Failed,
}

/// One thing a [`Journal`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry<'a> {
    /// A value under its key.
    Value(StoreKey, &'a [u8]),
    /// A record under its sequence number.
    Record(u64, &'a [u8]),
}

/// A blocking store for [`drive_blocking`].
///
/// # Contract
///
/// A call that returns `Ok` has made its effect durable: it survives a loss of power right after the return. A call
/// that is cut short leaves either the state before or the state after it, or a record or value that
/// [`unseal`] refuses.
pub trait Journal {
    /// Why an operation failed. The session needs no details.
    type Error;

    /// Visits all values in any order, then all records in ascending order, until the visitor breaks.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    fn visit(&mut self, visitor: &mut dyn FnMut(Entry<'_>) -> ControlFlow<()>) -> Result<(), Self::Error>;

    /// Adds a record behind all others.
    ///
    /// # Errors
    ///
    /// When the store is full or broken; then nothing may have changed.
    fn append(&mut self, seq: u64, bytes: &[u8]) -> Result<(), Self::Error>;

    /// Forgets all records up to and including `up_to`.
    ///
    /// # Errors
    ///
    /// When the store is broken.
    fn remove(&mut self, up_to: u64) -> Result<(), Self::Error>;

    /// Overwrites the value of `key`. A store that is full of records has to take the small values of transactions
    /// all the same: their records are removed only after those.
    ///
    /// # Errors
    ///
    /// When the store is full or broken; then the old value must still be there.
    fn put(&mut self, key: StoreKey, bytes: &[u8]) -> Result<(), Self::Error>;
}

/// A session that has things to store.
pub trait Store {
    /// The next operation, if one is wanted and none is under way.
    fn poll_store(&mut self) -> Option<StoreOp<'_>>;

    /// Takes the driver's report on the operation under way.
    fn handle_stored(&mut self, now: Instant, done: StoreDone<'_>);
}

/// Performs every operation a session wants, one after the other, on a blocking store.
pub fn drive_blocking<S: Store, J: Journal>(now: Instant, session: &mut S, journal: &mut J) {
    loop {
        let result = match session.poll_store() {
            None => return,
            Some(StoreOp::Append { seq, bytes }) => journal.append(seq, bytes).map(|()| StoreDone::Written),
            Some(StoreOp::Remove { up_to }) => journal.remove(up_to).map(|()| StoreDone::Written),
            Some(StoreOp::Put { key, bytes }) => journal.put(key, bytes).map(|()| StoreDone::Written),
            Some(StoreOp::Scan) => scan(now, session, journal).map(|()| StoreDone::Scanned),
            Some(StoreOp::First) => {
                let mut found = false;
                let result = journal.visit(&mut |entry| {
                    let Entry::Record(seq, bytes) = entry else { return ControlFlow::Continue(()) };
                    session.handle_stored(now, StoreDone::Record { seq, bytes });
                    found = true;
                    ControlFlow::Break(())
                });
                if found {
                    continue;
                }
                result.map(|()| StoreDone::Empty)
            }
        };
        session.handle_stored(now, result.unwrap_or(StoreDone::Failed));
    }
}

fn scan<S: Store, J: Journal>(now: Instant, session: &mut S, journal: &mut J) -> Result<(), J::Error> {
    journal.visit(&mut |entry| {
        session.handle_stored(
            now,
            match entry {
                Entry::Value(key, bytes) => StoreDone::Value { key, bytes },
                Entry::Record(seq, bytes) => StoreDone::Record { seq, bytes },
            },
        );
        ControlFlow::Continue(())
    })
}

/// A sealed blob that cannot be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SealError {
    /// Shorter than a seal.
    #[error("stored blob of {0} bytes is shorter than its seal")]
    Short(usize),
    /// Written by another version of this crate.
    #[error("stored blob has version {0}, this program reads version {VERSION}")]
    Version(u8),
    /// The checksum differs: a torn or damaged write.
    #[error("stored blob is damaged: checksum {found:#010x}, computed {computed:#010x}")]
    Checksum {
        /// The stored checksum.
        found: u32,
        /// The checksum of the stored bytes.
        computed: u32,
    },
}

/// Wraps `body` into version and checksum (CRC-32 of ISO 3309, little-endian), in `out`.
///
/// Returns `None` if `out` is shorter than `body` and [`SEAL_LEN`] together.
pub fn seal<'b>(body: &[u8], out: &'b mut [u8]) -> Option<&'b [u8]> {
    let out = out.get_mut(..body.len() + SEAL_LEN)?;
    let (sealed, checksum) = out.split_at_mut_checked(body.len() + 1)?;
    let (version, copy) = sealed.split_first_mut()?;
    *version = VERSION;
    copy.copy_from_slice(body);
    checksum.copy_from_slice(&crc32(sealed).to_le_bytes());
    Some(out)
}

/// The body of a sealed blob.
///
/// # Errors
///
/// See [`SealError`].
pub fn unseal(blob: &[u8]) -> Result<&[u8], SealError> {
    let short = SealError::Short(blob.len());
    let (sealed, checksum) = blob.split_last_chunk::<4>().ok_or(short)?;
    let (version, body) = sealed.split_first().ok_or(short)?;
    let (found, computed) = (u32::from_le_bytes(*checksum), crc32(sealed));
    if found != computed {
        return Err(SealError::Checksum { found, computed });
    }
    if *version != VERSION {
        return Err(SealError::Version(*version));
    }
    Ok(body)
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    })
}

/// A journal in `BYTES` bytes of memory, for tests and for stations without storage. What it holds is lost with the
/// process.
///
/// A record takes up to 80 bytes, a value up to 300, and records leave the last 331 bytes to values; 8192 bytes hold an
/// ordinary day of two connectors offline.
#[derive(Debug, Clone)]
pub struct MemJournal<const BYTES: usize> {
    /// Entries one behind the other, each with a header of [`HEADER_LEN`] bytes.
    bytes: [u8; BYTES],
    len: usize,
}

/// Kind (1), sequence number or key (8), length (2).
const HEADER_LEN: usize = 11;

/// Room that records leave for values: a transaction's records can go only once the identifier it was given is stored.
const ROOM_FOR_VALUES: usize = HEADER_LEN + BLOB_MAX;

const RECORD: u8 = 0;
const VALUE: u8 = 1;

/// The error of a [`MemJournal`]: no room left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("journal is full")]
pub struct Full;

/// An entry of a [`MemJournal`] and where it lies.
struct Stored<'a> {
    kind: u8,
    number: u64,
    bytes: &'a [u8],
    range: Range<usize>,
}

impl<const BYTES: usize> MemJournal<BYTES> {
    /// An empty journal.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: [0; BYTES], len: 0 }
    }

    /// Number of records held.
    #[must_use]
    pub fn records(&self) -> usize {
        self.entries(RECORD).count()
    }

    fn entries(&self, kind: u8) -> impl Iterator<Item = Stored<'_>> {
        let mut start = 0;
        core::iter::from_fn(move || {
            let (header, rest) = self.bytes.get(start..self.len)?.split_first_chunk::<HEADER_LEN>()?;
            let [kind, number @ .., low, high] = *header;
            let len = usize::from(u16::from_le_bytes([low, high]));
            let range = start..start + HEADER_LEN + len;
            start = range.end;
            Some(Stored { kind, number: u64::from_le_bytes(number), bytes: rest.get(..len)?, range })
        })
        .filter(move |stored| stored.kind == kind)
    }

    fn push(&mut self, kind: u8, number: u64, bytes: &[u8]) -> Result<(), Full> {
        let len = u16::try_from(bytes.len()).map_err(|_| Full)?;
        let end = self.len + HEADER_LEN + bytes.len();
        let room = self.bytes.get_mut(self.len..end).ok_or(Full)?;
        let number = number.to_le_bytes();
        let header = [kind].into_iter().chain(number).chain(len.to_le_bytes());
        room.iter_mut().zip(header.chain(bytes.iter().copied())).for_each(|(to, from)| *to = from);
        self.len = end;
        Ok(())
    }

    fn delete(&mut self, range: Range<usize>) {
        let gone = range.len();
        if range.end <= self.len {
            self.bytes.copy_within(range.end..self.len, range.start);
            self.len -= gone;
        }
    }
}

impl<const BYTES: usize> Default for MemJournal<BYTES> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const BYTES: usize> Journal for MemJournal<BYTES> {
    type Error = Full;

    fn visit(&mut self, visitor: &mut dyn FnMut(Entry<'_>) -> ControlFlow<()>) -> Result<(), Full> {
        let values =
            self.entries(VALUE).map(|stored| Entry::Value(StoreKey(stored.number as u16), stored.bytes));
        let records = self.entries(RECORD).map(|stored| Entry::Record(stored.number, stored.bytes));
        let _ = values.chain(records).try_for_each(visitor);
        Ok(())
    }

    fn append(&mut self, seq: u64, bytes: &[u8]) -> Result<(), Full> {
        let end = self.len + HEADER_LEN + bytes.len();
        if end + ROOM_FOR_VALUES > BYTES { Err(Full) } else { self.push(RECORD, seq, bytes) }
    }

    fn remove(&mut self, up_to: u64) -> Result<(), Full> {
        loop {
            let old = self.entries(RECORD).find(|stored| stored.number <= up_to).map(|stored| stored.range);
            match old {
                Some(range) => self.delete(range),
                None => return Ok(()),
            }
        }
    }

    fn put(&mut self, key: StoreKey, bytes: &[u8]) -> Result<(), Full> {
        let old =
            self.entries(VALUE).find(|stored| stored.number == u64::from(key.0)).map(|stored| stored.range);
        // The new value goes in first, so that a full journal keeps the old one.
        self.push(VALUE, key.0.into(), bytes)?;
        if let Some(range) = old {
            self.delete(range);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc32_has_the_published_check_value() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn a_sealed_blob_opens_and_any_flipped_bit_is_noticed() {
        let mut buffer = [0; 16];
        let sealed = seal(b"record", &mut buffer).unwrap();
        assert_eq!(sealed.len(), 6 + SEAL_LEN);
        assert_eq!(unseal(sealed), Ok(&b"record"[..]));
        for bit in 0..sealed.len() * 8 {
            let mut damaged = [0; 11];
            damaged.copy_from_slice(sealed);
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(matches!(unseal(&damaged), Err(SealError::Checksum { .. })), "bit {bit}");
        }
        assert_eq!(unseal(&sealed[..3]), Err(SealError::Short(3)));
        assert_eq!(seal(b"too long", &mut [0; 12]), None);
    }

    #[test]
    fn another_version_is_told_apart_from_damage() {
        let mut blob = [2, 7, 0, 0, 0, 0];
        let checksum = crc32(&blob[..2]).to_le_bytes();
        blob[2..].copy_from_slice(&checksum);
        assert_eq!(unseal(&blob), Err(SealError::Version(2)));
    }

    /// Room for four records of four bytes.
    const SMALL: usize = 4 * (HEADER_LEN + 4) + ROOM_FOR_VALUES;

    fn records(journal: &mut MemJournal<SMALL>) -> ([u64; 4], usize) {
        let (mut seqs, mut count) = ([0; 4], 0);
        journal
            .visit(&mut |entry| {
                if let Entry::Record(seq, bytes) = entry {
                    assert_eq!(bytes, b"four");
                    seqs[count] = seq;
                    count += 1;
                }
                ControlFlow::Continue(())
            })
            .unwrap();
        (seqs, count)
    }

    #[test]
    fn memory_journal_keeps_order_and_reports_full() {
        let mut journal = MemJournal::<SMALL>::new();
        for seq in [5, 6, 9, 10] {
            journal.append(seq, b"four").unwrap();
        }
        assert_eq!(journal.append(11, b"four"), Err(Full));
        journal.remove(5).unwrap();
        journal.append(11, b"four").unwrap();
        assert_eq!(records(&mut journal), ([6, 9, 10, 11], 4));
        journal.remove(9).unwrap();
        assert_eq!(records(&mut journal), ([10, 11, 0, 0], 2));
        journal.remove(u64::MAX).unwrap();
        assert_eq!(journal.records(), 0);
    }

    #[test]
    fn a_memory_journal_full_of_records_takes_a_value_and_its_successor() {
        let mut journal = MemJournal::<SMALL>::new();
        while journal.append(1, b"four").is_ok() {}
        for value in [0, 1] {
            journal.put(StoreKey(3), &[value; 32]).unwrap();
        }
        assert_eq!((records(&mut journal).1, journal.entries(VALUE).count()), (4, 1));
    }

    #[test]
    fn memory_journal_overwrites_a_value_and_keeps_the_old_one_when_full() {
        let mut journal = MemJournal::<SMALL>::new();
        journal.append(1, b"four").unwrap();
        for value in [b"old", b"new"] {
            journal.put(StoreKey(3), value).unwrap();
        }
        assert_eq!(journal.put(StoreKey(3), &[0; SMALL]), Err(Full));
        let mut seen = 0;
        journal
            .visit(&mut |entry| {
                if let Entry::Value(key, bytes) = entry {
                    assert_eq!((key, bytes), (StoreKey(3), &b"new"[..]));
                    seen += 1;
                }
                ControlFlow::Continue(())
            })
            .unwrap();
        assert_eq!((seen, journal.records()), (1, 1));
    }
}
