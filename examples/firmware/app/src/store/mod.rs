//! What survives a power cut: settings of the station, and the journal of its OCPP session, on one memory.
//!
//! `sequential-storage` spreads the wear over all pages and survives a loss of power at any moment. The first half of
//! the memory is a map of small values, the second a queue of records. Nothing is kept in RAM, so a start reads the
//! memory. What cannot be read is erased and said so: the station goes on with its defaults, and charges.

mod journal;
mod lent;
pub(crate) mod settings;
#[cfg(test)]
pub(crate) mod tests;

use core::ops::Range;

use embedded_storage_async::nor_flash::{ErrorType, MultiwriteNorFlash};
use evkit_ocpp::journal::{BLOB_MAX, StoreKey};
use sequential_storage::Error;
use sequential_storage::cache::{Cache, Uncached};
use sequential_storage::map::{MapConfig, MapConfigError, MapStorage};
use sequential_storage::queue::{QueueConfig, QueueStorage};

use lent::Lent;

/// Sequence number in front of a record, or key in front of a value, rounded up to words of up to 32 bytes.
const BUFFER: usize = (BLOB_MAX + 8).next_multiple_of(32) + 32;

/// Keys of the journal are 0x0100 and above; those below are the firmware's.
const OWN_KEYS: u16 = 0x0100;
/// How often the station was started.
const STARTS: u16 = 0x0001;
/// What is in the memory, and the first key of a new one.
const FORMAT: u16 = 0x0002;
const PRESENT_FORMAT: [u8; 1] = [1];

/// The memory failed, is full, or holds nothing that can be read.
pub(crate) type StoreError<F> = Error<<F as ErrorType>::Error>;

type NoCache<K> = Cache<Uncached, Uncached, Uncached, K>;

/// The part of the memory that had to be erased because it could not be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Erased {
    /// Settings, configuration keys, charging profiles.
    pub(crate) values: bool,
    /// Transactions that were not delivered yet.
    pub(crate) records: bool,
}

/// The store. See the [module](self).
#[derive(Debug)]
pub(crate) struct Store<F> {
    flash: F,
    values: Range<u32>,
    records: Range<u32>,
    /// Since the last [`take_erased`](Self::take_erased).
    erased: Erased,
}

impl<F: MultiwriteNorFlash> Store<F> {
    /// A store on a whole memory.
    ///
    /// # Errors
    ///
    /// If the memory has fewer than four pages, or pages a record does not fit into.
    pub(crate) fn new(flash: F) -> Result<Self, MapConfigError> {
        let page = F::ERASE_SIZE;
        let middle = (flash.capacity() / page / 2 * page) as u32;
        if page < BUFFER {
            return Err(MapConfigError::PagesTooSmall);
        }
        let store = Self { flash, values: 0..middle, records: middle..middle * 2, erased: Erased::default() };
        MapConfig::<F>::try_new(store.values.clone())?;
        Ok(store)
    }

    /// Erases a memory that is not the store's: a new one, or one full of something else. That may take more than a
    /// second for each half, after which `alive` is called.
    ///
    /// # Errors
    ///
    /// If the memory fails.
    pub(crate) async fn prepare(&mut self, mut alive: impl FnMut()) -> Result<(), StoreError<F>> {
        let mut buffer = [0; BUFFER];
        if self.value(FORMAT, &mut buffer).await? == Some(PRESENT_FORMAT.as_slice()) {
            return Ok(());
        }
        self.erase_values().await?;
        alive();
        self.erase_records().await?;
        alive();
        self.put(StoreKey(FORMAT), &PRESENT_FORMAT).await
    }

    /// The memory, as a power cut leaves it.
    #[cfg(test)]
    pub(crate) fn into_memory(self) -> F {
        self.flash
    }

    /// What had to be erased since the last call.
    pub(crate) fn take_erased(&mut self) -> Erased {
        core::mem::take(&mut self.erased)
    }

    /// The value of a key, copied into `buffer`.
    ///
    /// # Errors
    ///
    /// If the memory fails.
    pub(crate) async fn value<'b>(
        &mut self,
        key: u16,
        buffer: &'b mut [u8; BUFFER],
    ) -> Result<Option<&'b [u8]>, StoreError<F>> {
        // Twice, because the borrow of the first result would last as long as the buffer's.
        if let Err(Error::Corrupted { .. }) = self.map()?.fetch_item::<&[u8]>(buffer, &key).await {
            self.erase_values().await?;
        }
        self.map()?.fetch_item::<&[u8]>(buffer, &key).await
    }

    /// Visits all values with keys from `first` on, the older ones of a key before the newer.
    async fn each_value(
        &mut self,
        first: u16,
        mut visit: impl FnMut(u16, &[u8]),
    ) -> Result<(), StoreError<F>> {
        let mut buffer = [0; BUFFER];
        let mut map = self.map()?;
        let mut items = map.fetch_all_items(&mut buffer).await?;
        while let Some((key, bytes)) = items.next::<&[u8]>(&mut buffer).await? {
            if key >= first {
                visit(key, bytes);
            }
        }
        Ok(())
    }

    /// Keeps a value.
    ///
    /// # Errors
    ///
    /// If the memory fails or is full.
    pub(crate) async fn put(&mut self, key: StoreKey, bytes: &[u8]) -> Result<(), StoreError<F>> {
        let mut buffer = [0; BUFFER];
        let result = self.map()?.store_item(&mut buffer, &key.0, &bytes).await;
        let Err(Error::Corrupted { .. }) = result else { return result };
        self.erase_values().await?;
        self.map()?.store_item(&mut buffer, &key.0, &bytes).await
    }

    /// Counts this start and returns the count; 0 if the memory fails.
    pub(crate) async fn count_start(&mut self) -> u32 {
        let mut buffer = [0; BUFFER];
        let kept = self.value(STARTS, &mut buffer).await.ok().flatten();
        let kept = kept.and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes);
        let count = kept.wrapping_add(1);
        if self.put(StoreKey(STARTS), &count.to_le_bytes()).await.is_ok() { count } else { 0 }
    }

    async fn erase_values(&mut self) -> Result<(), StoreError<F>> {
        self.erased.values = true;
        self.map()?.erase_all().await
    }

    async fn erase_records(&mut self) -> Result<(), StoreError<F>> {
        self.erased.records = true;
        self.queue()?.erase_all().await
    }

    fn map(&mut self) -> Result<MapStorage<u16, Lent<'_, F>, NoCache<u16>>, StoreError<F>> {
        // `new` has checked the range.
        let config = MapConfig::try_new(self.values.clone()).map_err(|_| Error::ItemTooBig)?;
        Ok(MapStorage::new(Lent(&mut self.flash), config, Cache::new_uncached()))
    }

    fn queue(&mut self) -> Result<QueueStorage<Lent<'_, F>, NoCache<()>>, StoreError<F>> {
        // `new` has checked the range of the map, which is of the same size.
        let config = QueueConfig::try_new(self.records.clone()).map_err(|_| Error::ItemTooBig)?;
        Ok(QueueStorage::new(Lent(&mut self.flash), config, Cache::new_uncached()))
    }
}
