//! The journal of a station on NOR flash, as a controller has it: `sequential-storage` spreads the wear over all pages
//! and survives a loss of power at any moment.
//!
//! Values lie in a map, records in a queue behind it, each in pages of its own. Nothing is kept in memory, so a start
//! reads the flash; an operation reads every page's state and a part of one page.
//!
//! A transaction of four records writes 400 bytes. So 64 KiB for records, of a kind that takes 100,000 erasures, are worn
//! out after sixteen million transactions.

use std::ops::{ControlFlow, Range};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use embedded_storage_async::nor_flash::MultiwriteNorFlash;
use evkit_ocpp::journal::{BLOB_MAX, Entry, Journal, StoreKey};
use sequential_storage::cache::{Cache, Uncached};
use sequential_storage::map::{MapConfig, MapStorage};
use sequential_storage::queue::{QueueConfig, QueueStorage};

/// Sequence number in front of a record, and rounding up to words of up to 32 bytes.
const BUFFER: usize = (BLOB_MAX + 8).next_multiple_of(32) + 32;

/// The flash could not do it, or is full.
pub type NorError<F> = sequential_storage::Error<<F as embedded_storage_async::nor_flash::ErrorType>::Error>;

type NoCache<K> = Cache<Uncached, Uncached, Uncached, K>;

/// A journal on a flash, or a part of one.
#[derive(Debug)]
pub struct NorJournal<F> {
    flash: F,
    values: Range<u32>,
    records: Range<u32>,
}

impl<F: MultiwriteNorFlash> NorJournal<F> {
    /// A journal on these pages of the flash, given as bytes from its beginning: at least two pages for values. A
    /// station of two connectors takes 12 KiB of values with every charging profile set; a record takes 90 bytes.
    ///
    /// # Panics
    /// If a range does not begin and end at a page, or has too few.
    pub fn new(flash: F, values: Range<u32>, records: Range<u32>) -> Self {
        // Both are checked here and now.
        let _ = (MapConfig::<F>::new(values.clone()), QueueConfig::<F>::new(records.clone()));
        Self { flash, values, records }
    }

    /// The flash itself.
    pub fn flash(&mut self) -> &mut F {
        &mut self.flash
    }

    fn map(&mut self) -> MapStorage<u16, &mut F, NoCache<u16>> {
        MapStorage::new(&mut self.flash, MapConfig::new(self.values.clone()), Cache::new_uncached())
    }

    fn queue(&mut self) -> QueueStorage<&mut F, NoCache<()>> {
        QueueStorage::new(&mut self.flash, QueueConfig::new(self.records.clone()), Cache::new_uncached())
    }

    /// The smallest key above `last`; the map holds old values beside the current ones, so keys are found first.
    fn key_above(&mut self, last: Option<u16>) -> Result<Option<u16>, NorError<F>> {
        let mut buffer = [0; BUFFER];
        let mut map = self.map();
        wait(async {
            let mut items = map.fetch_all_items(&mut buffer).await?;
            let mut next = None;
            let mut buffer = [0; BUFFER];
            while let Some((key, _)) = items.next::<&[u8]>(&mut buffer).await? {
                if Some(key) > last && next.is_none_or(|next| key < next) {
                    next = Some(key);
                }
            }
            Ok(next)
        })
    }
}

impl<F: MultiwriteNorFlash> Journal for NorJournal<F> {
    type Error = NorError<F>;

    fn visit(&mut self, visitor: &mut dyn FnMut(Entry<'_>) -> ControlFlow<()>) -> Result<(), Self::Error> {
        let mut buffer = [0; BUFFER];
        let mut last = None;
        while let Some(key) = self.key_above(last)? {
            last = Some(key);
            let mut map = self.map();
            if let Some(value) = wait(map.fetch_item::<&[u8]>(&mut buffer, &key))?
                && visitor(Entry::Value(StoreKey(key), value)).is_break()
            {
                return Ok(());
            }
        }
        let mut queue = self.queue();
        wait(async {
            let mut records = queue.iter().await?;
            while let Some(record) = records.next(&mut buffer).await? {
                if let Some((seq, bytes)) = record.split_first_chunk()
                    && visitor(Entry::Record(u64::from_le_bytes(*seq), bytes)).is_break()
                {
                    break;
                }
            }
            Ok(())
        })
    }

    fn append(&mut self, seq: u64, bytes: &[u8]) -> Result<(), Self::Error> {
        let record = [&seq.to_le_bytes(), bytes].concat();
        wait(self.queue().push(&record, false))
    }

    fn remove(&mut self, up_to: u64) -> Result<(), Self::Error> {
        let mut buffer = [0; BUFFER];
        let mut queue = self.queue();
        wait(async {
            while let Some(record) = queue.peek(&mut buffer).await? {
                let seq = record.first_chunk().map_or(0, |seq| u64::from_le_bytes(*seq));
                if seq > up_to {
                    break;
                }
                queue.pop(&mut buffer).await?;
            }
            Ok(())
        })
    }

    fn put(&mut self, key: StoreKey, bytes: &[u8]) -> Result<(), Self::Error> {
        let mut buffer = [0; BUFFER];
        wait(self.map().store_item(&mut buffer, &key.0, &bytes))
    }
}

/// Waits for a flash that is busy, without doing anything else meanwhile.
fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
            return done;
        }
    }
}
