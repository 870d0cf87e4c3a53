//! The local authorization list (OCPP 1.6 §3.5.2): entries in a map of their own, looked up in the memory each time.
//!
//! Each entry has a place, whose number is its key; an empty value makes the place free. Identifiers are kept in lower
//! case, because case does not count.

use embedded_storage_async::nor_flash::MultiwriteNorFlash;
use evkit_ocpp::time::DateTime;
use evkit_ocpp::v16::charge_point::Entry;
use evkit_ocpp::v16::{AuthorizationStatus, IdTag, IdTagInfo};
use sequential_storage::Error;

use super::{Store, StoreError};

/// Most entries. They take 2.5 KiB of the five pages there are; the map needs one of them empty, and the rest to replace
/// entries without moving all others each time.
pub(crate) const ENTRIES: u16 = 64;

/// Longest identifier.
const ID: usize = 20;
/// An identifier, expiry and status.
const ENTRY: usize = ID + 9;
/// Expiry of an entry that has none.
const NEVER: i64 = i64::MAX;

/// An identifier as it is kept; shorter ones end with zeros.
type Id = [u8; ID];

/// What one look through the list has found.
pub(crate) struct Look {
    /// Place of the identifier that was looked for, and what is said about it.
    found: Option<(u16, Option<Entry>)>,
    taken: [bool; ENTRIES as usize],
}

impl Look {
    /// What the list says about the identifier.
    pub(crate) fn entry(&self) -> Option<Entry> {
        self.found.and_then(|(_, entry)| entry)
    }

    /// How many entries there are.
    pub(crate) fn length(&self) -> usize {
        self.places(true).count()
    }

    fn places(&self, taken: bool) -> impl Iterator<Item = u16> {
        (0..).zip(&self.taken).filter(move |(_, is)| **is == taken).map(|(key, _)| key)
    }
}

impl<F: MultiwriteNorFlash> Store<F> {
    /// Looks through the list, for an identifier if there is one.
    pub(crate) async fn look(&mut self, token: Option<&IdTag>) -> Result<Look, StoreError<F>> {
        let mut look = Look { found: None, taken: [false; _] };
        let id = token.map(id);
        self.each_value(self.list.clone(), &mut |key, bytes| {
            let Some(taken) = look.taken.get_mut(usize::from(key)) else { return };
            // The last value of a place counts.
            *taken = !bytes.is_empty();
            if let Some(rest) = id.and_then(|id| bytes.strip_prefix(&id)) {
                look.found = Some((key, decode(rest)));
            } else if look.found.is_some_and(|(found, _)| found == key) {
                look.found = None;
            }
        })
        .await?;
        Ok(look)
    }

    /// Adds or changes an entry, or removes it if there is no information about it.
    pub(crate) async fn list(
        &mut self,
        token: &IdTag,
        info: Option<&IdTagInfo<'_>>,
    ) -> Result<(), StoreError<F>> {
        let look = self.look(Some(token)).await?;
        let known = look.found.map(|(key, _)| key);
        match info {
            Some(info) => {
                let key = known.or_else(|| look.places(false).next()).ok_or(Error::FullStorage)?;
                self.put(self.list.clone(), key, &encode(token, info)).await
            }
            None => match known {
                Some(key) => self.put(self.list.clone(), key, &[]).await,
                None => Ok(()),
            },
        }
    }

    /// Removes all entries, also where they cannot be read.
    pub(crate) async fn clear_list(&mut self) -> Result<(), StoreError<F>> {
        self.map(self.list.clone())?.erase_all().await
    }
}

fn id(token: &IdTag) -> Id {
    let mut id = [0; ID];
    let text = token.as_str().bytes();
    id.iter_mut().zip(text).for_each(|(to, from)| *to = from.to_ascii_lowercase());
    id
}

/// Behind the identifier: expiry in seconds since 1970, and status.
fn encode(token: &IdTag, info: &IdTagInfo<'_>) -> [u8; ENTRY] {
    let expiry = info.expiry_date.map_or(NEVER, |expiry| expiry.timestamp()).to_le_bytes();
    let mut bytes = [info.status as u8; ENTRY];
    bytes.iter_mut().zip(id(token).iter().chain(&expiry)).for_each(|(to, from)| *to = *from);
    bytes
}

fn decode(bytes: &[u8]) -> Option<Entry> {
    let (expiry, status) = bytes.split_first_chunk()?;
    let status = *AuthorizationStatus::ALL.get(usize::from(*status.first()?))?;
    Some(Entry { status, expiry: DateTime::from_timestamp_secs(i64::from_le_bytes(*expiry)) })
}
