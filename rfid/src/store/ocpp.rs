//! The local authorization list of OCPP: what the back end sends so that a station can decide alone.
//!
//! Rules: OCPP 1.6 §3.5.2, §5.10 and §5.15, OCPP 2.0.1 part 2 use cases D01 and D02. The list is replaced as a whole or
//! changed entry by entry; either way all of an update is taken over or nothing.

use chrono::{DateTime, Utc};

use super::{Card, Refusal, Slot, Store};
use crate::policy::{Listed, Role, Status};
use crate::sheet::{ImportError, Problem, Row};

/// An entry of the list. `T` is [`IdTag`](crate::IdTag) in OCPP 1.6, [`IdToken`](crate::IdToken) in 2.0.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalEntry<T> {
    /// The token.
    pub token: T,
    /// What the back end says about it.
    pub status: Status,
    /// End of its validity (1.6 `expiryDate`, 2.0.1 `cacheExpiryDateTime`).
    pub expires: Option<DateTime<Utc>>,
    /// The group it belongs to (1.6 `parentIdTag`, 2.0.1 `groupIdToken`).
    pub group: Option<T>,
}

/// What a differential update says about a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalChange<T> {
    /// It is added or changed: the message has information about it.
    Set(LocalEntry<T>),
    /// It leaves the list: the message has no information about it.
    Remove(T),
}

/// Why an update is not taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UpdateError {
    /// The answer is `VersionMismatch`: the back end should send the whole list.
    #[error("version {offered} does not follow version {current} of the list")]
    Version {
        /// Version of the update.
        offered: i64,
        /// Version of the list.
        current: i64,
    },
    /// The answer is `Failed`: 0 stands for an empty list and -1 for none.
    #[error("version {offered} is reserved, versions of a list start at 1")]
    ReservedVersion {
        /// Version of the update.
        offered: i64,
    },
    /// The answer is `Failed`: this entry of the message, from 0, breaks a rule.
    #[error("entry {at}: {refusal}")]
    Entry {
        /// Position in the message.
        at: usize,
        /// The rule.
        refusal: Refusal,
    },
}

impl<T: Copy + Ord> Card for LocalEntry<T> {
    type Key = T;

    /// `LocalAuthListMaxLength` is the length of the lent memory.
    const LIMIT: usize = usize::MAX;

    fn key(&self) -> T {
        self.token
    }

    fn check(&self) -> Result<(), Refusal> {
        Ok(())
    }
}

impl<T> LocalChange<T> {
    const fn token(&self) -> &T {
        match self {
            Self::Set(entry) => &entry.token,
            Self::Remove(token) => token,
        }
    }
}

/// The list in memory the caller lends.
///
/// Where the station's own list has the last word, as in KEBA's `OnlyLocal`, give [`LocalList::listed`] to the policy as
/// [`Situation::local`](crate::Situation::local); where OCPP asks the back end about all but accepted tokens, give
/// [`LocalList::status`] as [`Situation::cache`](crate::Situation::cache), before that of the [`Cache`](crate::Cache).
///
/// ```
/// use evkit_rfid::{IdTag, LocalChange, LocalEntry, LocalList, Status, UpdateError};
///
/// let (mut entries, mut index) = ([None; 100], [None; 100]);
/// let mut list = LocalList::new(&mut entries, &mut index);
/// let entry = |text| IdTag::new(text).map(|token| LocalEntry {
///     token,
///     status: Status::Accepted,
///     expires: None,
///     group: None,
/// });
/// list.replace(7, [entry("04567DAA5F3580")?])?;
/// list.update(8, [LocalChange::Set(entry("0A0E9B83")?)])?;
/// assert_eq!((list.version(), list.len()), (8, 2));
/// let late = list.update(8, [LocalChange::Remove(IdTag::new("0a0e9b83")?)]);
/// assert_eq!(late, Err(UpdateError::Version { offered: 8, current: 8 }));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct LocalList<'m, T: Copy + Ord> {
    entries: Store<'m, LocalEntry<T>>,
    version: i64,
}

impl<'m, T: Copy + Ord> LocalList<'m, T> {
    /// An empty list. Whatever the memory holds is forgotten.
    pub fn new(entries: &'m mut [Option<LocalEntry<T>>], index: &'m mut [Option<Slot<T>>]) -> Self {
        Self { entries: Store::new(entries, index), version: 0 }
    }

    /// The version the back end gave the list; 0 while it is empty (OCPP 1.6 §5.10).
    pub fn version(&self) -> i64 {
        if self.entries.is_empty() { 0 } else { self.version }
    }

    /// Entries in the list.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether the list has no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Entries the list can hold (`LocalAuthListMaxLength`).
    pub fn capacity(&self) -> usize {
        self.entries.capacity()
    }

    /// The entries in the order they came.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &LocalEntry<T>> + Clone {
        self.entries.iter()
    }

    /// The entry of a token.
    pub fn get(&self, token: &T) -> Option<&LocalEntry<T>> {
        self.entries.get(token)
    }

    /// What the list says about a token at `now`; `None` if it does not know it.
    pub fn status(&self, now: DateTime<Utc>, token: &T) -> Option<Status> {
        let entry = self.get(token)?;
        let ended = entry.expires.is_some_and(|end| now >= end);
        Some(if ended && entry.status == Status::Accepted { Status::Expired } else { entry.status })
    }

    /// As [`LocalList::status`], as an entry of a local list for the policy.
    pub fn listed(&self, now: DateTime<Utc>, token: &T) -> Option<Listed> {
        self.status(now, token).map(|status| Listed { status, role: Role::User })
    }

    /// A full update: replaces the list. The entries are gone through twice.
    ///
    /// # Errors
    ///
    /// [`UpdateError::ReservedVersion`], [`UpdateError::Entry`] for a token that is there twice or does not fit any more.
    /// The list is then unchanged.
    pub fn replace<I>(&mut self, version: i64, entries: I) -> Result<(), UpdateError>
    where
        I: IntoIterator<Item = LocalEntry<T>, IntoIter: Clone>,
    {
        check_version(version)?;
        let rows = (0..).zip(entries).map(|(line, card)| Ok(Row { line, card }));
        self.entries.replace_all(rows).map_err(refused)?;
        self.version = version;
        Ok(())
    }

    /// A differential update. Without changes it only sets the version. Tokens are compared with all before them in the
    /// message, so the time grows with the square of its length.
    ///
    /// # Errors
    ///
    /// [`UpdateError::Version`] unless `version` is above that of the list; otherwise as for [`LocalList::replace`]. That
    /// a token is removed which is not in the list is no error.
    pub fn update<I>(&mut self, version: i64, changes: I) -> Result<(), UpdateError>
    where
        I: IntoIterator<Item = LocalChange<T>, IntoIter: Clone>,
    {
        check_version(version)?;
        let current = self.version();
        if version <= current {
            return Err(UpdateError::Version { offered: version, current });
        }
        let changes = changes.into_iter();
        self.check(changes.clone())?;
        // Removing first, so that a full list can exchange a token for another.
        for change in changes.clone() {
            if let LocalChange::Remove(token) = change {
                self.entries.remove(&token);
            }
        }
        for (at, change) in changes.enumerate() {
            if let LocalChange::Set(entry) = change {
                let set = match self.entries.update(entry) {
                    Ok(None) => self.entries.insert(entry),
                    other => other.map(drop),
                };
                set.map_err(|refusal| UpdateError::Entry { at, refusal })?;
            }
        }
        self.version = version;
        Ok(())
    }

    /// Checks that every change can be made.
    fn check(&self, changes: impl Iterator<Item = LocalChange<T>> + Clone) -> Result<(), UpdateError> {
        let listed = |change: &LocalChange<T>| self.get(change.token()).is_some();
        let leaving =
            changes.clone().filter(|change| matches!(change, LocalChange::Remove(_)) && listed(change));
        let mut free = self.capacity().saturating_sub(self.len()).saturating_add(leaving.count());
        for (at, change) in changes.clone().enumerate() {
            let refuse = |refusal| Err(UpdateError::Entry { at, refusal });
            if changes.clone().take(at).any(|earlier| earlier.token() == change.token()) {
                return refuse(Refusal::Duplicate);
            }
            if matches!(change, LocalChange::Set(_)) && !listed(&change) {
                match free.checked_sub(1) {
                    Some(left) => free = left,
                    None => return refuse(Refusal::Full { limit: self.capacity() }),
                }
            }
        }
        Ok(())
    }
}

fn check_version(version: i64) -> Result<(), UpdateError> {
    if version <= 0 { Err(UpdateError::ReservedVersion { offered: version }) } else { Ok(()) }
}

/// Rows are counted in place of lines, and an entry can only be refused.
fn refused(error: ImportError) -> UpdateError {
    let refusal = match error.problem {
        Problem::Refused { refusal, .. } => refusal,
        _ => Refusal::Duplicate,
    };
    UpdateError::Entry { at: error.line as usize, refusal }
}
