//! The journal of a session, without ever blocking: the asynchronous form of `evkit_ocpp::journal::drive_blocking`.

use embedded_storage_async::nor_flash::MultiwriteNorFlash;
use evkit_ocpp::journal::{BLOB_MAX, Store as Session, StoreDone, StoreKey, StoreOp};
use evkit_ocpp::time::Instant;
use sequential_storage::Error;

use super::{BUFFER, OWN_KEYS, Store, StoreError};

/// Keys a journal of two connectors has: 44 settings, 12 profiles, 20 of connectors and the clock; and some to spare.
const KEYS: usize = 96;

/// A record of no use, shorter than any other.
const PROBE: [u8; 1] = [0];

/// How often each key is found in the map, which holds old values beside the current ones.
type Counts = heapless::Vec<(u16, u16), KEYS>;

impl<F: MultiwriteNorFlash> Store<F> {
    /// Performs every storage operation the session wants, one after the other. The store's own error is told the
    /// session as failed, which tries again later.
    pub(crate) async fn drive<S: Session>(&mut self, now: Instant, session: &mut S) {
        loop {
            let result = match session.poll_store() {
                None => return,
                Some(StoreOp::Scan) => self.scan(now, session).await.map(|()| StoreDone::Scanned),
                Some(StoreOp::First) => match self.first(now, session).await {
                    Ok(true) => continue,
                    Ok(false) => Ok(StoreDone::Empty),
                    Err(error) => Err(error),
                },
                Some(change) => self.change(&change).await.map(|()| StoreDone::Written),
            };
            session.handle_stored(now, result.unwrap_or(StoreDone::Failed));
        }
    }

    /// Changes what is kept. Where that cannot be read, it is erased first.
    pub(super) async fn change(&mut self, change: &StoreOp<'_>) -> Result<(), StoreError<F>> {
        let result = self.try_change(change).await;
        let Err(Error::Corrupted { .. }) = result else { return result };
        match change {
            StoreOp::Put { .. } => self.erase_values().await?,
            _ => self.erase_records().await?,
        }
        self.try_change(change).await
    }

    async fn try_change(&mut self, change: &StoreOp<'_>) -> Result<(), StoreError<F>> {
        match change {
            StoreOp::Append { seq, bytes } => {
                let mut record = heapless::Vec::<u8, { BLOB_MAX + 8 }>::new();
                let whole = record.extend_from_slice(&seq.to_le_bytes()).and(record.extend_from_slice(bytes));
                whole.map_err(|_| Error::ItemTooBig)?;
                self.queue()?.push(&record, false).await
            }
            StoreOp::Put { key, bytes } => self.put(self.values.clone(), key.0, bytes).await,
            StoreOp::Remove { up_to } => {
                let is_old = |seq: Option<u64>| seq.is_none_or(|seq| seq <= *up_to);
                self.each_record(&mut |seq, _| if is_old(seq) { Next::Remove } else { Next::Stop }).await
            }
            // No other operation is known to this version.
            _ => Err(Error::ItemTooBig),
        }
    }

    /// Reports every value and every record. What cannot be read is erased; what was read until then stays reported,
    /// every value and record carries its own checksum.
    async fn scan<S: Session>(&mut self, now: Instant, session: &mut S) -> Result<(), StoreError<F>> {
        if let Err(error) = self.scan_values(now, session).await {
            match error {
                Error::Storage { .. } => return Err(error),
                _ => self.erase_values().await?,
            }
        }
        match self.scan_records(now, session).await {
            Ok(true) => Ok(()),
            Err(error @ Error::Storage { .. }) => Err(error),
            Ok(false) | Err(_) => self.erase_records().await,
        }
    }

    /// Reports the current value of every key: it is the last of those found, so they are counted first.
    async fn scan_values<S: Session>(&mut self, now: Instant, session: &mut S) -> Result<(), StoreError<F>> {
        let mut counts = Counts::new();
        self.each_value(self.values.clone(), &mut |key, _| match counts
            .iter_mut()
            .find(|(known, _)| *known == key)
        {
            Some((_, count)) => *count = count.saturating_add(1),
            // A journal has no more keys; what is beyond is not its own.
            None if key >= OWN_KEYS => _ = counts.push((key, 1)),
            None => {}
        })
        .await?;
        self.each_value(self.values.clone(), &mut |key, bytes| {
            let Some((_, count)) = counts.iter_mut().find(|(known, _)| *known == key) else { return };
            *count = count.saturating_sub(1);
            if *count == 0 {
                session.handle_stored(now, StoreDone::Value { key: StoreKey(key), bytes });
            }
        })
        .await
    }

    /// Reports every record, and whether the queue is sound. In spoilt pages that pass for pages of a queue, records can
    /// be added that are not found again, or none because nothing is left to remove; so one is added and looked for.
    async fn scan_records<S: Session>(
        &mut self,
        now: Instant,
        session: &mut S,
    ) -> Result<bool, StoreError<F>> {
        let full = match self.queue()?.push(&PROBE, false).await {
            Err(Error::FullStorage) => true,
            result => result.map(|()| false)?,
        };
        let mut sound = false;
        self.each_record(&mut |seq, bytes| match seq {
            Some(seq) => {
                session.handle_stored(now, StoreDone::Record { seq, bytes });
                sound = full;
                Next::Keep
            }
            None => {
                sound = true;
                Next::Remove
            }
        })
        .await?;
        Ok(sound)
    }

    /// Reports the oldest record, if there is one.
    async fn first<S: Session>(&mut self, now: Instant, session: &mut S) -> Result<bool, StoreError<F>> {
        let mut found = false;
        let result = self
            .each_record(&mut |seq, bytes| match seq {
                Some(seq) => {
                    session.handle_stored(now, StoreDone::Record { seq, bytes });
                    found = true;
                    Next::Stop
                }
                // No record of ours is that short.
                None => Next::Remove,
            })
            .await;
        match result {
            Err(Error::Corrupted { .. }) => self.erase_records().await?,
            result => result?,
        }
        Ok(found)
    }

    /// Shows the records with their sequence numbers, the oldest first. One that is too short to have a number is none
    /// of ours.
    async fn each_record(
        &mut self,
        show: &mut dyn FnMut(Option<u64>, &[u8]) -> Next,
    ) -> Result<(), StoreError<F>> {
        let mut buffer = [0; BUFFER];
        let mut queue = self.queue()?;
        let mut records = queue.iter().await?;
        while let Some(record) = records.next(&mut buffer).await? {
            let next = match record.split_first_chunk() {
                Some((seq, bytes)) => show(Some(u64::from_le_bytes(*seq)), bytes),
                None => show(None, &[]),
            };
            match next {
                Next::Keep => {}
                Next::Remove => _ = record.pop().await?,
                Next::Stop => break,
            }
        }
        Ok(())
    }
}

/// What becomes of a record that was shown.
enum Next {
    Keep,
    Remove,
    /// It stays, and no more are shown.
    Stop,
}
