//! Bookkeeping of transactions that makes repeated messages harmless.

use crate::time::{DateTime, Utc};
use crate::v16::{IdTag, StartTransactionRequest, StopTransactionRequest};

/// One transaction of a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transaction {
    /// The number the central system gave it.
    pub id: i64,
    /// Its connector.
    pub connector: i64,
    /// The identifier it was started with; `None` if that is not printable ASCII.
    pub id_tag: Option<IdTag>,
    /// The register at its start, in Wh.
    pub meter_start: i64,
    /// When it started.
    pub started: DateTime<Utc>,
    /// The register at its end, in Wh.
    pub meter_stop: Option<i64>,
}

/// The last `N` transactions of one station, so that a message sent again after its answer was lost is recognized.
///
/// A station repeats StartTransaction and StopTransaction until it gets an answer, over connections and restarts. A
/// repeated start must get the same number (OCPP 1.6 §4.8: the station knows the transaction by it). To survive a
/// restart of the central system, keep what [`iter`](Self::iter) gives and [`insert`](Self::insert) it again.
#[derive(Debug, Clone)]
pub struct Transactions<const N: usize> {
    entries: [Option<Transaction>; N],
}

/// What a StartTransaction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Started {
    /// The number to answer.
    pub id: i64,
    /// Whether the station has sent it before.
    pub repeated: bool,
}

/// What a StopTransaction is. All three are to be answered: a station repeats what is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stopped {
    /// The end of this transaction.
    Now(Transaction),
    /// The end of a transaction that has ended before: sent again.
    Repeated(Transaction),
    /// No transaction of this number is known: too long ago, or never started here.
    Unknown,
}

impl<const N: usize> Transactions<N> {
    /// No transactions.
    #[must_use]
    pub const fn new() -> Self {
        Self { entries: [None; N] }
    }

    /// Looks a start up, or enters it under the number `fresh` makes.
    pub fn start(&mut self, request: &StartTransactionRequest<'_>, fresh: impl FnOnce() -> i64) -> Started {
        let id_tag = IdTag::try_from(&request.id_tag).ok();
        let known = self.iter().find(|known| {
            known.connector == request.connector_id
                && known.id_tag == id_tag
                && known.meter_start == request.meter_start
                && known.started == request.timestamp
        });
        if let Some(known) = known {
            return Started { id: known.id, repeated: true };
        }
        let id = fresh();
        self.insert(Transaction {
            id,
            connector: request.connector_id,
            id_tag,
            meter_start: request.meter_start,
            started: request.timestamp,
            meter_stop: None,
        });
        Started { id, repeated: false }
    }

    /// Looks a stop up and enters it.
    pub fn stop(&mut self, request: &StopTransactionRequest<'_>) -> Stopped {
        let known = self.entries.iter_mut().flatten().find(|known| known.id == request.transaction_id);
        match known {
            None => Stopped::Unknown,
            Some(known) if known.meter_stop.is_some() => Stopped::Repeated(*known),
            Some(known) => {
                known.meter_stop = Some(request.meter_stop);
                Stopped::Now(*known)
            }
        }
    }

    /// Enters a transaction. If there is no room the oldest one that has ended goes, or else the oldest one.
    pub fn insert(&mut self, transaction: Transaction) {
        let room = self.entries.iter().position(Option::is_none);
        let oldest = |ended: bool| {
            let mut entries = self.entries.iter().enumerate();
            entries.find_map(|(at, entry)| {
                entry.is_some_and(|entry| !ended || entry.meter_stop.is_some()).then_some(at)
            })
        };
        // Entries are in order of age: what goes leaves a gap that is closed.
        let Some(at) = room.or_else(|| oldest(true)).or_else(|| oldest(false)) else { return };
        if let Some(rest) = self.entries.get_mut(at..) {
            rest.rotate_left(1);
        }
        let len = if room.is_some() { at } else { N.saturating_sub(1) };
        if let Some(slot) = self.entries.get_mut(len) {
            *slot = Some(transaction);
        }
    }

    /// The transactions, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Transaction> {
        self.entries.iter().flatten()
    }
}

impl<const N: usize> Default for Transactions<N> {
    fn default() -> Self {
        Self::new()
    }
}
