//! Where a station keeps what must survive a restart: in memory for simulations, in a `redb` file for programs.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use evkit_ocpp::journal::{Entry, Journal, StoreKey};
use redb::{Database, ReadableDatabase as _, ReadableTable as _, TableDefinition};

const RECORDS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("records");
const VALUES: TableDefinition<'_, u16, &[u8]> = TableDefinition::new("values");
/// Energy registers in milliwatt hours by connector: a real meter keeps its own, a simulated one keeps it here.
const METERS: TableDefinition<'_, u32, u64> = TableDefinition::new("meters");
/// The station's password and security profile, in one row: both change together or not at all.
const CREDENTIALS: TableDefinition<'_, (), &[u8]> = TableDefinition::new("credentials");

/// The store could not do it; the text says why.
#[derive(Debug, thiserror::Error)]
#[error("station store: {0}")]
pub struct StoreError(String);

impl<E: Into<redb::Error>> From<E> for StoreError {
    fn from(error: E) -> Self {
        Self(error.into().to_string())
    }
}

impl StoreError {
    /// Something was kept and makes no sense.
    pub(super) fn damaged(what: &str, error: impl std::fmt::Display) -> Self {
        Self(format!("{what}: {error}"))
    }
}

/// A store of either kind.
#[derive(Debug)]
pub enum Store {
    /// Lives as long as the program.
    Memory(Memory),
    /// Survives the program: every operation is a durable transaction.
    File(Database),
}

/// Records and values in memory.
#[derive(Debug, Default)]
pub struct Memory {
    records: BTreeMap<u64, Vec<u8>>,
    values: BTreeMap<u16, Vec<u8>>,
}

impl Store {
    /// An empty store in memory.
    pub fn memory() -> Self {
        Self::Memory(Memory::default())
    }

    /// The store in a folder, made if it does not exist.
    ///
    /// # Errors
    /// The folder or file cannot be made or opened.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder).map_err(|e| StoreError(format!("{}: {e}", folder.display())))?;
        let file = folder.join("station.redb");
        let database = Database::create(&file).map_err(|e| StoreError(format!("{}: {e}", file.display())))?;
        let write = database.begin_write()?;
        write.open_table(RECORDS)?;
        write.open_table(VALUES)?;
        write.open_table(METERS)?;
        write.open_table(CREDENTIALS)?;
        write.commit()?;
        Ok(Self::File(database))
    }

    /// The energy register of a connector in milliwatt hours as last kept; 0 for a new meter.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn meter_mwh(&self, connector: u32) -> Result<u64, StoreError> {
        match self {
            Self::Memory(_) => Ok(0),
            Self::File(database) => {
                Ok(database.begin_read()?.open_table(METERS)?.get(connector)?.map_or(0, |mwh| mwh.value()))
            }
        }
    }

    /// Keeps the energy register of a connector.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn keep_meter(&mut self, connector: u32, mwh: u64) -> Result<(), StoreError> {
        if let Self::File(database) = self {
            let write = database.begin_write()?;
            write.open_table(METERS)?.insert(connector, mwh)?;
            write.commit()?;
        }
        Ok(())
    }

    /// The credentials as last kept.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn credentials(&self) -> Result<Option<Vec<u8>>, StoreError> {
        match self {
            Self::Memory(_) => Ok(None),
            Self::File(database) => {
                let kept = database.begin_read()?.open_table(CREDENTIALS)?.get(())?;
                Ok(kept.map(|bytes| bytes.value().to_vec()))
            }
        }
    }

    /// Keeps the credentials.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn keep_credentials(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        if let Self::File(database) = self {
            let write = database.begin_write()?;
            write.open_table(CREDENTIALS)?.insert((), bytes)?;
            write.commit()?;
        }
        Ok(())
    }
}

impl Journal for Store {
    type Error = StoreError;

    fn visit(&mut self, visitor: &mut dyn FnMut(Entry<'_>) -> ControlFlow<()>) -> Result<(), StoreError> {
        match self {
            Self::Memory(memory) => {
                let values = memory.values.iter().map(|(key, bytes)| Entry::Value(StoreKey(*key), bytes));
                let records = memory.records.iter().map(|(seq, bytes)| Entry::Record(*seq, bytes));
                let _ = values.chain(records).try_for_each(visitor);
            }
            Self::File(database) => {
                let read = database.begin_read()?;
                for row in read.open_table(VALUES)?.iter()? {
                    let (key, bytes) = row?;
                    if visitor(Entry::Value(StoreKey(key.value()), bytes.value())).is_break() {
                        return Ok(());
                    }
                }
                for row in read.open_table(RECORDS)?.iter()? {
                    let (seq, bytes) = row?;
                    if visitor(Entry::Record(seq.value(), bytes.value())).is_break() {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    fn append(&mut self, seq: u64, bytes: &[u8]) -> Result<(), StoreError> {
        match self {
            Self::Memory(memory) => {
                memory.records.insert(seq, bytes.to_vec());
            }
            Self::File(database) => {
                let write = database.begin_write()?;
                write.open_table(RECORDS)?.insert(seq, bytes)?;
                write.commit()?;
            }
        }
        Ok(())
    }

    fn remove(&mut self, up_to: u64) -> Result<(), StoreError> {
        match self {
            Self::Memory(memory) => memory.records.retain(|seq, _| *seq > up_to),
            Self::File(database) => {
                let write = database.begin_write()?;
                write.open_table(RECORDS)?.retain_in(..=up_to, |_, _| false)?;
                write.commit()?;
            }
        }
        Ok(())
    }

    fn put(&mut self, key: StoreKey, bytes: &[u8]) -> Result<(), StoreError> {
        match self {
            Self::Memory(memory) => {
                memory.values.insert(key.0, bytes.to_vec());
            }
            Self::File(database) => {
                let write = database.begin_write()?;
                write.open_table(VALUES)?.insert(key.0, bytes)?;
                write.commit()?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(store: &mut Store) -> Vec<(u64, Vec<u8>)> {
        let mut found = Vec::new();
        store
            .visit(&mut |entry| {
                found.push(match entry {
                    Entry::Value(key, bytes) => (1000 + u64::from(key.0), bytes.to_vec()),
                    Entry::Record(seq, bytes) => (seq, bytes.to_vec()),
                });
                ControlFlow::Continue(())
            })
            .unwrap();
        found
    }

    fn fill(store: &mut Store) {
        for seq in 1..=4 {
            store.append(seq, &[u8::try_from(seq).unwrap()]).unwrap();
        }
        store.remove(2).unwrap();
        store.put(StoreKey(7), b"old").unwrap();
        store.put(StoreKey(7), b"new").unwrap();
    }

    #[test]
    fn a_file_gives_back_what_memory_would_and_survives_being_closed() {
        let folder = tempfile::tempdir().unwrap();
        let mut memory = Store::memory();
        fill(&mut memory);
        fill(&mut Store::open(folder.path()).unwrap());
        let expected = vec![(1007, b"new".to_vec()), (3, vec![3]), (4, vec![4])];
        assert_eq!(contents(&mut memory), expected);
        assert_eq!(contents(&mut Store::open(folder.path()).unwrap()), expected);
    }

    #[test]
    fn a_meter_goes_on_where_it_stood() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        assert_eq!(store.meter_mwh(1).unwrap(), 0);
        store.keep_meter(1, 123_456).unwrap();
        drop(store);
        assert_eq!(Store::open(folder.path()).unwrap().meter_mwh(1).unwrap(), 123_456);
    }
}
