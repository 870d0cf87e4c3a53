//! Making the file of one station fit for another.
//!
//! KEBA's rule (configuration manual, cloning): the file name loses the serial number, the identity and the
//! hotspot's name and key go, the serial numbers of the clients go (the station then searches for them), and
//! the number of stations is adapted. The same is done for the other vendors: what the profile marks as
//! station specific or as written by the station itself is left out.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use crate::edit;
use crate::file::File;

/// The file for another station, and what was done to get it.
#[derive(Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The new file, wiped when dropped.
    pub bytes: Zeroizing<Vec<u8>>,
    /// What was removed and changed, in file order.
    pub steps: Vec<Step>,
}

/// Shows the size of the file, which may hold secrets.
impl fmt::Debug for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transfer").field("bytes", &self.bytes.len()).field("steps", &self.steps).finish()
    }
}

/// One step of a transfer. It holds no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Line of the old file, from 1.
    pub line: usize,
    /// The key as written.
    pub key: String,
    /// What was done.
    pub action: Action,
}

/// What was done to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Removed: it belongs to one station.
    StationSpecific,
    /// Removed: the station writes it by itself.
    State,
    /// Set to a new value.
    Adapted,
}

/// `12: Connect2ConnectorSerial1 removed: it belongs to one station`.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ", self.line, self.key)?;
        f.write_str(match self.action {
            Action::StationSpecific => "removed: it belongs to one station",
            Action::State => "removed: the station writes it by itself",
            Action::Adapted => "adapted",
        })
    }
}

/// Leaves out what belongs to one station and sets `adapted` keys that are there to new values.
pub(crate) fn transfer(file: &File<'_>, adapted: &[(&str, &str)]) -> Transfer {
    let document = file.document();
    let mut changes = Vec::new();
    let mut steps = Vec::new();
    for (entry, known) in file.entries() {
        let Some(known) = known else { continue };
        let new = adapted.iter().find(|(key, _)| *key == known.key.name).map(|(_, value)| value.as_bytes());
        let (action, change) = match new {
            _ if known.key.station_specific => (Action::StationSpecific, Some(document.delete(&entry))),
            _ if known.key.state => (Action::State, Some(document.delete(&entry))),
            Some(value) if entry.value.as_bytes() != value => {
                (Action::Adapted, document.set(&entry, value).ok())
            }
            _ => continue,
        };
        if let Some(change) = change {
            changes.push(change);
            steps.push(Step { line: entry.line, key: entry.key.decode(), action });
        }
    }
    Transfer { bytes: edit::apply(document.as_bytes(), &changes), steps }
}

/// The file name without the eight-digit serial number and the separator beside it; none if it has no serial
/// number.
pub(crate) fn name_without_serial(name: &str) -> Option<String> {
    let is_digit = |b: &u8| b.is_ascii_digit();
    let bytes = name.as_bytes();
    let mut start = 0;
    for run in bytes.chunk_by(|a, b| is_digit(a) == is_digit(b)) {
        let end = start + run.len();
        if run.len() == 8 && run.iter().all(is_digit) {
            let (before, after) = (name.get(..start)?, name.get(end..)?);
            let joint = |c| matches!(c, '-' | '_' | ' ');
            let shorter = before.strip_suffix(joint).map(|before| format!("{before}{after}"));
            let shorter =
                shorter.or_else(|| after.strip_prefix(joint).map(|after| format!("{before}{after}")));
            return Some(shorter.unwrap_or_else(|| format!("{before}{after}")));
        }
        start = end;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_the_serial_number() {
        let without = name_without_serial;
        assert_eq!(without("keba-p30-10000001.conf").as_deref(), Some("keba-p30.conf"));
        assert_eq!(without("10000001-keba.conf").as_deref(), Some("keba.conf"));
        assert_eq!(without("10000001.conf").as_deref(), Some(".conf"));
        assert_eq!(without("keba-p30.conf"), None);
        assert_eq!(without("keba-100000012.conf"), None, "nine digits are no serial number");
    }
}
