//! The station's journal: memory that can be full, and that loses its power between, or in the middle of, any two changes.

use core::ops::ControlFlow;

use evkit_ocpp::journal::{Entry, Journal, MemJournal, StoreKey};

/// A journal whose power can be cut at the n-th change.
#[derive(Default)]
pub(crate) struct Flash {
    inner: MemJournal<16_384>,
    /// Changes made so far.
    pub(crate) changes: u32,
    /// The power goes at this change …
    pub(crate) cut_at: Option<u32>,
    /// … which is made before it goes, or not.
    pub(crate) made: bool,
    /// A record that is being added when the power goes is there with so many of its bytes.
    pub(crate) torn: Option<usize>,
    /// The most records that fit.
    pub(crate) room: Option<usize>,
    /// The power has gone.
    pub(super) dead: bool,
}

impl Flash {
    fn change(&mut self, make: impl FnOnce(&mut MemJournal<16_384>)) -> Result<(), ()> {
        if self.dead {
            return Err(());
        }
        self.changes += 1;
        self.dead = self.cut_at == Some(self.changes);
        if !self.dead || self.made {
            make(&mut self.inner);
        }
        if self.dead { Err(()) } else { Ok(()) }
    }
}

impl Journal for Flash {
    type Error = ();

    fn visit(&mut self, visitor: &mut dyn FnMut(Entry<'_>) -> ControlFlow<()>) -> Result<(), ()> {
        self.inner.visit(visitor).map_err(|_| ())
    }

    fn append(&mut self, seq: u64, bytes: &[u8]) -> Result<(), ()> {
        if self.room.is_some_and(|room| self.inner.records() >= room) {
            return Err(());
        }
        let cut = self.cut_at == Some(self.changes + 1);
        let written = self.torn.filter(|_| cut).map_or(bytes.len(), |torn| torn.min(bytes.len()));
        self.change(|inner| inner.append(seq, &bytes[..written]).unwrap())
    }

    fn remove(&mut self, up_to: u64) -> Result<(), ()> {
        self.change(|inner| inner.remove(up_to).unwrap())
    }

    fn put(&mut self, key: StoreKey, bytes: &[u8]) -> Result<(), ()> {
        self.change(|inner| inner.put(key, bytes).unwrap())
    }
}
