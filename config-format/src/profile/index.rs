//! An index over the names of a table, counted out by the compiler.
//!
//! A table of a few hundred rows is walked in some microseconds, which is too long for files with millions of
//! entries. The index is an open hash table: the slot of a name's hash, and the ones behind it up to the first
//! empty one, hold the rows that may have that name.

use super::Key;

/// The hash of a name, equal for all spellings that [`Rule`](super::Rule) takes as one.
const fn hash(name: &[u8]) -> usize {
    let mut sum = name.len() as u32;
    let mut at = 0;
    while at < name.len() {
        let byte = name[at];
        sum = sum.rotate_left(5) ^ fold(byte) as u32;
        at += 1;
    }
    // An odd number near 2^32 divided by the golden ratio spreads the sums; the upper half is the better one.
    (sum.wrapping_mul(0x9E37_79B1) >> 16) as usize
}

/// A letter of a name with letter case, blank and underscore taken as one.
pub(super) const fn fold(byte: u8) -> u8 {
    if byte == b' ' { b'_' } else { byte.to_ascii_lowercase() }
}

/// The index of a table: `SLOTS` is a power of two of at least twice the names and aliases.
pub(crate) const fn index<const SLOTS: usize>(keys: &[Key<'_>]) -> [u16; SLOTS] {
    assert!(SLOTS.is_power_of_two() && keys.len() * 2 <= SLOTS, "room for every name");
    let mut slots = [0; SLOTS];
    let mut row = 0;
    while row < keys.len() {
        put(&mut slots, keys[row].name, row);
        if let Some(alias) = keys[row].alias {
            put(&mut slots, alias, row);
        }
        row += 1;
    }
    slots
}

const fn put<const SLOTS: usize>(slots: &mut [u16; SLOTS], name: &str, row: usize) {
    let mut slot = hash(name.as_bytes()) % SLOTS;
    while slots[slot] != 0 {
        slot = (slot + 1) % SLOTS;
    }
    slots[slot] = row as u16 + 1;
}

/// The rows that may have a name, in the order of the table.
pub(super) enum Rows<'p> {
    /// The ones the index names, from this slot on. At least half of the slots are empty, so the walk ends.
    Indexed {
        /// Slots that name a row from 1, or 0.
        index: &'p [u16],
        /// The table.
        keys: &'p [Key<'p>],
        /// The next slot.
        slot: usize,
    },
    /// All of a table without index.
    All(core::slice::Iter<'p, Key<'p>>),
}

impl<'p> Rows<'p> {
    pub(super) fn new(index: &'p [u16], keys: &'p [Key<'p>], name: &[u8]) -> Self {
        if index.is_empty() {
            Self::All(keys.iter())
        } else {
            Self::Indexed { index, keys, slot: hash(name) }
        }
    }
}

impl<'p> Iterator for Rows<'p> {
    type Item = &'p Key<'p>;

    fn next(&mut self) -> Option<&'p Key<'p>> {
        match self {
            Self::Indexed { index, keys, slot } => {
                let row = index.get(*slot & (index.len() - 1))?.checked_sub(1)?;
                *slot += 1;
                keys.get(usize::from(row))
            }
            Self::All(keys) => keys.next(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{bender, evlink, keba};

    #[test]
    fn few_rows_share_a_slot() {
        for profile in [keba::PROFILE, evlink::PROFILE, bender::PROFILE, bender::OCPP_PROFILE] {
            let rows = |name: &str| super::Rows::new(profile.index, profile.keys, name.as_bytes()).count();
            let walked: usize = profile.keys.iter().map(|key| rows(key.name)).sum();
            assert!(walked <= profile.keys.len() * 4, "{}: {walked} rows", profile.vendor);
        }
    }
}
