//! Card lists in lent memory: the order of the list is kept, a card is found by binary search.
//!
//! One [`Store`] serves the lists of all vendors; what differs is the [`Card`]. A list is replaced as a whole or not
//! at all: an import that fails at its last line leaves the old list as it was, without needing memory for both.

mod bender;
mod cache;
mod evlink;
mod keba;
mod ocpp;

pub use bender::{BenderList, JoinedList, WhitelistEntry, WhitelistId, write_joined};
pub use cache::{Cache, CacheEntry, CacheExpiry, CacheFull, CacheRule};
pub use evlink::{Badge, BadgeKind};
pub use keba::{KebaCard, KebaStatus, Stations};
pub use ocpp::{LocalChange, LocalEntry, LocalList, UpdateError};

use core::{iter, mem};

use crate::sheet::{ImportError, Problem, Row};

/// An entry of a card list.
pub trait Card: Copy {
    /// What the entry is found by.
    type Key: Copy + Ord;

    /// How many entries the vendor's list holds at most.
    const LIMIT: usize;

    /// What the entry is found by.
    fn key(&self) -> Self::Key;

    /// The rules an entry must keep by itself.
    ///
    /// # Errors
    ///
    /// The rule it breaks.
    fn check(&self) -> Result<(), Refusal>;

    /// Whether this is the master card, of which a list has one only.
    fn is_master(&self) -> bool {
        false
    }
}

/// Why an entry does not come into a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The UID is drawn at random at each activation.
    #[error("a random UID (first byte 08) names no card")]
    RandomUid,
    /// The list has an entry with this key.
    #[error("the list has this card already")]
    Duplicate,
    /// The list has a master card.
    #[error("the list has a master card already, only one is allowed")]
    SecondMaster,
    /// The vendor's limit or the lent memory is used up.
    #[error("the list is full at {limit} cards")]
    Full {
        /// Entries it holds.
        limit: usize,
    },
    /// The comment is longer than the vendor allows.
    #[error("a comment of {length} characters, at most {max} are allowed")]
    CommentTooLong {
        /// Characters found.
        length: usize,
        /// Characters allowed.
        max: usize,
    },
}

/// Where an entry stands in the list, ordered by key. The memory of an empty index is a slice of `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot<K> {
    key: K,
    at: u32,
}

/// A list of cards in memory the caller lends: one slice for the cards in the order of the list, one for the index by
/// key. The smaller of both is the capacity, [`Card::LIMIT`] at most.
///
/// Looking up takes about log₂ n comparisons of keys that lie close together; adding and removing move half of the
/// list on average.
///
/// ```
/// use evkit_rfid::{Badge, BadgeKind, Store, Uid};
///
/// let (mut cards, mut index) = ([None; 100], [None; 100]);
/// let mut badges = Store::new(&mut cards, &mut index);
/// let uid = Uid::from([0xE2, 0xEB, 0x1C, 0x02]);
/// badges.insert(Badge::new(1, uid, BadgeKind::Vip))?;
/// assert_eq!(badges.get(&uid).map(|badge| badge.kind), Some(BadgeKind::Vip));
/// # Ok::<(), evkit_rfid::Refusal>(())
/// ```
#[derive(Debug)]
pub struct Store<'m, C: Card> {
    /// The first `len` are `Some`.
    cards: &'m mut [Option<C>],
    /// The first `len` are `Some`, in order of their keys.
    index: &'m mut [Option<Slot<C::Key>>],
    len: usize,
}

impl<'m, C: Card> Store<'m, C> {
    /// An empty list. Whatever the memory holds is forgotten.
    pub fn new(cards: &'m mut [Option<C>], index: &'m mut [Option<Slot<C::Key>>]) -> Self {
        Self { cards, index, len: 0 }
    }

    /// Entries in the list.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether the list has no entry.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Entries the list can hold.
    pub fn capacity(&self) -> usize {
        // Positions are 32 bits wide.
        C::LIMIT.min(self.cards.len()).min(self.index.len()).min(u32::MAX as usize)
    }

    /// The entries in the order of the list.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &C> + Clone {
        self.cards.iter().take(self.len).flatten()
    }

    /// The entry with this key.
    pub fn get(&self, key: &C::Key) -> Option<&C> {
        self.cards.get(self.position(key)?)?.as_ref()
    }

    /// The entries in the order of their keys, from the first that is not below `key`.
    pub fn iter_from<'s>(&'s self, key: &C::Key) -> impl Iterator<Item = &'s C> + use<'s, 'm, C> {
        let place = self.find(key).unwrap_or_else(|place| place);
        let index = self.index.get(place..self.len).unwrap_or_default();
        index.iter().flatten().filter_map(|slot| self.cards.get(slot.at as usize)?.as_ref())
    }

    /// Where in the list the entry with this key stands, from 0.
    pub fn position(&self, key: &C::Key) -> Option<usize> {
        self.at(self.find(key).ok()?)
    }

    /// Adds an entry at the end of the list.
    ///
    /// # Errors
    ///
    /// [`Refusal`] with the rule it would break; the list is then unchanged.
    pub fn insert(&mut self, card: C) -> Result<(), Refusal> {
        card.check()?;
        let Err(place) = self.find(&card.key()) else { return Err(Refusal::Duplicate) };
        if card.is_master() && self.iter().any(C::is_master) {
            return Err(Refusal::SecondMaster);
        }
        let limit = self.capacity();
        let full = Refusal::Full { limit };
        if self.len >= limit {
            return Err(full);
        }
        let at = u32::try_from(self.len).map_err(|_| full)?;
        let (Some(index), Some(free)) = (self.index.get_mut(place..=self.len), self.cards.get_mut(self.len))
        else {
            return Err(full);
        };
        *free = Some(card);
        // Everything behind moves on by one place; the last one was free.
        let mut slot = Some(Slot { key: card.key(), at });
        index.iter_mut().for_each(|place| mem::swap(place, &mut slot));
        self.len += 1;
        Ok(())
    }

    /// Changes the entry with the key of `card`, which keeps its place in the list, and returns the old one; `None`,
    /// changing nothing, if there is none.
    ///
    /// # Errors
    ///
    /// [`Refusal`] with the rule the changed entry would break; the list is then unchanged.
    pub fn update(&mut self, card: C) -> Result<Option<C>, Refusal> {
        card.check()?;
        let Some(at) = self.position(&card.key()) else { return Ok(None) };
        if card.is_master() && self.iter().enumerate().any(|(other, card)| other != at && card.is_master()) {
            return Err(Refusal::SecondMaster);
        }
        Ok(self.cards.get_mut(at).and_then(|place| place.replace(card)))
    }

    /// Takes an entry out of the list; those behind it move up.
    pub fn remove(&mut self, key: &C::Key) -> Option<C> {
        let place = self.find(key).ok()?;
        let at = self.at(place)?;
        let card = close_gap(self.cards.get_mut(at..self.len)?);
        let index = self.index.get_mut(..self.len)?;
        close_gap(index.get_mut(place..)?);
        for slot in index.iter_mut().flatten() {
            // Positions behind the gap are at least one.
            slot.at -= u32::from(slot.at as usize > at);
        }
        self.len -= 1;
        card
    }

    /// Empties the list.
    pub fn clear(&mut self) {
        self.cards.iter_mut().take(self.len).for_each(|card| *card = None);
        self.index.iter_mut().take(self.len).for_each(|slot| *slot = None);
        self.len = 0;
    }

    /// Replaces the whole list by `rows`, which are gone through twice and must be the same both times. Returns the number
    /// of entries.
    ///
    /// # Errors
    ///
    /// The first error of a row, or a [`Refusal`] with the line of the row that breaks a rule. The old list is then
    /// complete and unchanged.
    pub fn replace_all<I>(&mut self, rows: I) -> Result<usize, ImportError>
    where
        I: Iterator<Item = Result<Row<C>, ImportError>> + Clone,
    {
        // The new index takes the place of the old one, which can always be made again from the old cards.
        match self.index_rows(rows.clone()) {
            Ok(len) => {
                // Places behind the new list are cleared of what the old one left there.
                let cards = rows.flatten().map(|row| Some(row.card)).chain(iter::repeat(None));
                self.cards
                    .iter_mut()
                    .take(self.len.max(len))
                    .zip(cards)
                    .for_each(|(place, card)| *place = card);
                self.index.iter_mut().take(self.len).skip(len).for_each(|slot| *slot = None);
                self.len = len;
                Ok(len)
            }
            Err(error) => {
                self.rebuild_index();
                Err(error)
            }
        }
    }

    /// Checks all rows against each other and leaves the index of them behind.
    fn index_rows<I>(&mut self, rows: I) -> Result<usize, ImportError>
    where
        I: Iterator<Item = Result<Row<C>, ImportError>> + Clone,
    {
        let limit = self.capacity();
        let mut len = 0;
        let mut master = None;
        for row in rows.clone() {
            let row = row?;
            let refuse = |refusal, first_line| {
                Err(ImportError {
                    line: row.line,
                    column: 1,
                    problem: Problem::Refused { refusal, first_line },
                })
            };
            if let Err(refusal) = row.card.check() {
                return refuse(refusal, None);
            }
            if row.card.is_master() {
                if master.is_some() {
                    return refuse(Refusal::SecondMaster, master);
                }
                master = Some(row.line);
            }
            let slot = self.index.get_mut(len).filter(|_| len < limit);
            let (Some(slot), Ok(at)) = (slot, u32::try_from(len)) else {
                return refuse(Refusal::Full { limit }, None);
            };
            *slot = Some(Slot { key: row.card.key(), at });
            len += 1;
        }
        let index = self.index.get_mut(..len).unwrap_or_default();
        index.sort_unstable();
        // Of all rows that repeat an earlier one, the first in the file is the one to name.
        let pairs = index.iter().flatten().zip(index.iter().flatten().skip(1));
        let repeated = pairs.filter(|(a, b)| a.key == b.key).min_by_key(|(_, b)| b.at);
        match repeated {
            None => Ok(len),
            Some((first, second)) => {
                let line =
                    |at: u32| rows.clone().nth(at as usize).and_then(Result::ok).map_or(0, |row| row.line);
                let problem =
                    Problem::Refused { refusal: Refusal::Duplicate, first_line: Some(line(first.at)) };
                Err(ImportError { line: line(second.at), column: 1, problem })
            }
        }
    }

    fn rebuild_index(&mut self) {
        self.index.iter_mut().for_each(|slot| *slot = None);
        for (at, (slot, card)) in (0..).zip(self.index.iter_mut().zip(self.cards.iter().take(self.len))) {
            *slot = card.as_ref().map(|card| Slot { key: card.key(), at });
        }
        self.index.get_mut(..self.len).unwrap_or_default().sort_unstable();
    }

    /// Where in the index the key is, or where it belongs.
    fn find(&self, key: &C::Key) -> Result<usize, usize> {
        let index = self.index.get(..self.len).unwrap_or_default();
        index.binary_search_by(|slot| slot.as_ref().map(|slot| &slot.key).cmp(&Some(key)))
    }

    /// Position in the list of an entry of the index.
    fn at(&self, place: usize) -> Option<usize> {
        Some(self.index.get(place)?.as_ref()?.at as usize)
    }
}

/// Takes the first one out; those behind it move up.
fn close_gap<T>(slots: &mut [Option<T>]) -> Option<T> {
    let mut slot = None;
    slots.iter_mut().rev().for_each(|place| mem::swap(place, &mut slot));
    slot
}
