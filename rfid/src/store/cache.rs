//! The cache of a back end's answers: who was accepted before may charge while it cannot be asked.
//!
//! EVlink keeps the last 500 authorised identifiers until they expire (commissioning guide, "Supervision"); a Bender
//! controller lets entries expire at the end of 2038 or a year after their last change (manual 5.4); KEBA keeps the
//! first 1000 cards of the back end (configuration manual 5.2). What an answer does to the cache follows OCPP 1.6
//! §3.5.1.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::{Card, Refusal, Slot, Store};
use crate::policy::Status;
use crate::token::IdTag;

/// A token the back end has accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheEntry {
    /// The token as the back end knows it.
    pub token: IdTag,
    /// End of its validity, as given by the back end or by the rule of the cache.
    pub expires: Option<DateTime<Utc>>,
}

impl Card for CacheEntry {
    type Key = IdTag;

    const LIMIT: usize = usize::MAX;

    fn key(&self) -> IdTag {
        self.token
    }

    fn check(&self) -> Result<(), Refusal> {
        Ok(())
    }
}

/// A vendor's rule for its cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheRule {
    /// Most entries.
    pub limit: usize,
    /// What happens when it is full.
    pub full: CacheFull,
    /// When an entry without expiry date from the back end ends.
    pub expiry: CacheExpiry,
}

/// What happens to a new token when the cache is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CacheFull {
    /// It takes the place of the entry whose last change is longest ago.
    DropOldest,
    /// It is not kept.
    KeepFirst,
}

/// When an entry ends to which the back end gave no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CacheExpiry {
    /// Never.
    Never,
    /// On 31 December 2038, the date Bender's manual prints.
    EndOfEpoch,
    /// One year after the last change.
    OneYear,
}

impl CacheRule {
    /// EVlink: the last 500.
    pub const EVLINK: Self = Self { limit: 500, full: CacheFull::DropOldest, expiry: CacheExpiry::Never };
    /// KEBA: the first 1000.
    pub const KEBA: Self = Self { limit: 1000, full: CacheFull::KeepFirst, expiry: CacheExpiry::Never };
    /// Bender as delivered. Its limit is not published; 500 is what EVlink has.
    pub const BENDER: Self =
        Self { limit: 500, full: CacheFull::DropOldest, expiry: CacheExpiry::EndOfEpoch };
}

/// A cache in memory the caller lends. Entries stand in the order of their last change.
///
/// Do not record the token of a card with a random UID ([`Verdict::random_uid`](crate::Verdict::random_uid)): the cache
/// sees a token and cannot know.
#[derive(Debug)]
pub struct Cache<'m> {
    entries: Store<'m, CacheEntry>,
    rule: CacheRule,
}

impl<'m> Cache<'m> {
    /// An empty cache. Whatever the memory holds is forgotten.
    pub fn new(
        entries: &'m mut [Option<CacheEntry>],
        index: &'m mut [Option<Slot<IdTag>>],
        rule: CacheRule,
    ) -> Self {
        Self { entries: Store::new(entries, index), rule }
    }

    /// Takes note of an answer. Accepted: the token is kept, with `expires` or the date of the rule. Anything else: the
    /// token is forgotten. Returns whether it is in the cache afterwards.
    pub fn record(
        &mut self,
        now: DateTime<Utc>,
        token: IdTag,
        answer: Status,
        expires: Option<DateTime<Utc>>,
    ) -> bool {
        let known = self.entries.remove(&token);
        if answer != Status::Accepted {
            return false;
        }
        if self.entries.len() >= self.capacity() {
            let oldest = self.entries.iter().next().map(|entry| entry.token);
            match (self.rule.full, oldest) {
                (CacheFull::DropOldest, Some(oldest)) => _ = self.entries.remove(&oldest),
                // A token that was known has just made room for itself.
                (CacheFull::KeepFirst, _) | (_, None) if known.is_none() => return false,
                _ => {}
            }
        }
        self.entries
            .insert(CacheEntry { token, expires: expires.or_else(|| self.rule.expiry.after(now)) })
            .is_ok()
    }

    /// What the cache says about a token at `now`; `None` if it does not know it.
    pub fn status(&self, now: DateTime<Utc>, token: &IdTag) -> Option<Status> {
        let entry = self.entries.get(token)?;
        let expired = entry.expires.is_some_and(|end| now >= end);
        Some(if expired { Status::Expired } else { Status::Accepted })
    }

    /// Removes what has expired and returns how many entries that were.
    pub fn purge(&mut self, now: DateTime<Utc>) -> usize {
        let before = self.entries.len();
        while let Some(token) = self.expired(now) {
            self.entries.remove(&token);
        }
        before - self.entries.len()
    }

    /// Forgets everything (OCPP 1.6 `ClearCache`).
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// The entries, the one changed longest ago first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &CacheEntry> + Clone {
        self.entries.iter()
    }

    /// Entries it can hold.
    pub fn capacity(&self) -> usize {
        self.rule.limit.min(self.entries.capacity())
    }

    fn expired(&self, now: DateTime<Utc>) -> Option<IdTag> {
        self.iter().find(|entry| entry.expires.is_some_and(|end| now >= end)).map(|entry| entry.token)
    }
}

impl CacheExpiry {
    /// 2038-12-31 24:00 UTC.
    const END_OF_EPOCH: Option<DateTime<Utc>> = DateTime::from_timestamp(2_177_452_800, 0);

    fn after(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Never => None,
            Self::EndOfEpoch => Self::END_OF_EPOCH,
            // 29 February has no day a year later; 28 February is the day before the year is over. By the day of the
            // year, of which a leap day is the 60th: chrono's tables of months would take 1.6 KB of flash.
            Self::OneYear => {
                let date = now.naive_utc().date();
                let day = date.ordinal();
                let leap_day = match date.leap_year() {
                    true => day < 60,
                    false => day >= 60 && NaiveDate::from_yo_opt(date.year().checked_add(1)?, 366).is_some(),
                };
                let days = 365 + i64::from(leap_day);
                DateTime::from_timestamp(
                    now.timestamp().checked_add(days * 86_400)?,
                    now.timestamp_subsec_nanos(),
                )
            }
        }
    }
}
