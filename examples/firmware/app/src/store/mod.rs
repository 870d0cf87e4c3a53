//! What survives a power cut: settings of the station, and the journal of its OCPP session, on one memory.
//!
//! `sequential-storage` spreads the wear over all pages and survives a loss of power at any moment. The first half of
//! the memory is a map of small values and, behind it, one of the local list; the second is a queue of records. The list
//! has pages of its own because what a map takes to change grows with the square of what is in it. Nothing is kept in RAM,
//! so a start reads the memory. What cannot be read is erased and said so: the station goes on with its defaults, and
//! charges.

mod journal;
mod lent;
pub(crate) mod list;
pub(crate) mod settings;
#[cfg(test)]
pub(crate) mod tests;

use core::ops::Range;

use embedded_storage_async::nor_flash::{ErrorType, MultiwriteNorFlash};
use evkit_ocpp::journal::{BLOB_MAX, StoreKey, StoreOp};
use sequential_storage::Error;
use sequential_storage::cache::{Cache, Uncached};
use sequential_storage::map::{MapConfig, MapConfigError, MapStorage};
use sequential_storage::queue::{QueueConfig, QueueStorage};

use lent::Lent;
use settings::Settings;

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
    list: Range<u32>,
    records: Range<u32>,
    /// Since the last [`take_erased`](Self::take_erased).
    erased: Erased,
}

impl<F: MultiwriteNorFlash> Store<F> {
    /// A store on a whole memory.
    ///
    /// # Errors
    ///
    /// If the memory has fewer than eight pages, or pages a record does not fit into.
    pub(crate) fn new(flash: F) -> Result<Self, MapConfigError> {
        let page = F::ERASE_SIZE;
        let half = flash.capacity() / page / 2;
        if page < BUFFER {
            return Err(MapConfigError::PagesTooSmall);
        }
        // A map has two pages at least. 5 of 16 KiB are enough for the list.
        let of_list = (half * 5 / 16).max(2);
        let [list, middle] = [half.saturating_sub(of_list), half].map(|pages| (pages * page) as u32);
        MapConfig::<F>::try_new(0..list)?;
        let (values, list, records) = (0..list, list..middle, middle..middle * 2);
        Ok(Self { flash, values, list, records, erased: Erased::default() })
    }

    /// Begins to use the memory: reads the settings that were kept, counts this start and returns the count. A memory
    /// that is not the store's, a new one or one full of something else, is erased. That may take more than a second for
    /// each half, after which `alive` is called.
    ///
    /// # Errors
    ///
    /// If the memory fails.
    pub(crate) async fn start(
        &mut self,
        settings: &mut Settings,
        mut alive: impl FnMut(),
    ) -> Result<u32, StoreError<F>> {
        let (mut format, mut starts) = (0, 0_u32);
        let read = self
            .each_value(self.values.clone(), &mut |key, bytes| match key {
                FORMAT => format = number(bytes),
                STARTS => starts = number(bytes),
                _ => settings.restore(key, bytes),
            })
            .await;
        let is_ours = format == number(&PRESENT_FORMAT);
        if !is_ours || read.is_err() {
            self.erase_values().await?;
            alive();
        }
        if !is_ours {
            self.erase_records().await?;
            alive();
        }
        let count = starts.wrapping_add(1);
        self.change(&StoreOp::Put { key: StoreKey(STARTS), bytes: &count.to_le_bytes() }).await?;
        Ok(count)
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

    /// Shows all values of a map, the older ones of a key before the newer.
    async fn each_value(
        &mut self,
        map: Range<u32>,
        show: &mut dyn FnMut(u16, &[u8]),
    ) -> Result<(), StoreError<F>> {
        let mut buffer = [0; BUFFER];
        let mut map = self.map(map)?;
        let mut items = map.fetch_all_items(&mut buffer).await?;
        while let Some((key, bytes)) = items.next::<&[u8]>(&mut buffer).await? {
            show(key, bytes);
        }
        Ok(())
    }

    /// Keeps a value in a map, if what is there can be read; see [`change`](Self::change).
    async fn put(&mut self, map: Range<u32>, key: u16, bytes: &[u8]) -> Result<(), StoreError<F>> {
        let mut buffer = [0; BUFFER];
        self.map(map)?.store_item(&mut buffer, &key, &bytes).await
    }

    /// What is left afterwards is an empty memory of ours.
    async fn erase_values(&mut self) -> Result<(), StoreError<F>> {
        self.erased.values = true;
        self.map(self.values.clone())?.erase_all().await?;
        self.put(self.values.clone(), FORMAT, &PRESENT_FORMAT).await
    }

    async fn erase_records(&mut self) -> Result<(), StoreError<F>> {
        self.erased.records = true;
        self.queue()?.erase_all().await
    }

    fn map(
        &mut self,
        pages: Range<u32>,
    ) -> Result<MapStorage<u16, Lent<'_, F>, NoCache<u16>>, StoreError<F>> {
        // `new` has checked the ranges.
        let config = MapConfig::try_new(pages).map_err(|_| Error::ItemTooBig)?;
        Ok(MapStorage::new(Lent(&mut self.flash), config, Cache::new_uncached()))
    }

    fn queue(&mut self) -> Result<QueueStorage<Lent<'_, F>, NoCache<()>>, StoreError<F>> {
        // `new` has checked the range of the map, which is smaller.
        let config = QueueConfig::try_new(self.records.clone()).map_err(|_| Error::ItemTooBig)?;
        Ok(QueueStorage::new(Lent(&mut self.flash), config, Cache::new_uncached()))
    }
}

/// A number of up to four bytes, the lowest first.
fn number(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte))
}
