//! The AT24C256 EEPROM as a flash store: 32 KiB in pages of 64 bytes.
//!
//! An EEPROM needs no erasing; it is offered as NOR flash because that is what
//! `sequential-storage` builds on. Erasing writes 0xFF. A page is written as a whole or, when the
//! power fails, possibly not at all or in part, as with flash.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

use embassy_time::Timer;
use embedded_hal_async::i2c::{ErrorKind, I2c};
use embedded_storage_async::nor_flash::{
    ErrorType, MultiwriteNorFlash, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash,
};

/// Bytes of the part.
pub const CAPACITY: usize = 32 * 1024;
const ADDRESS: u8 = 0x50;
const PAGE: usize = 64;
/// A write takes 5 ms at most; the part answers to nothing until it is done.
const ATTEMPTS: u8 = 10;

/// The store.
#[derive(Debug)]
pub struct Eeprom<B> {
    bus: B,
}

/// Why the store failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// The bus: no part there, or a short.
    Bus(ErrorKind),
    /// An address that is not a multiple of what the store works in.
    NotAligned,
    /// An address beyond the part's end.
    OutOfBounds,
}

impl NorFlashError for Error {
    fn kind(&self) -> NorFlashErrorKind {
        match self {
            Self::Bus(_) => NorFlashErrorKind::Other,
            Self::NotAligned => NorFlashErrorKind::NotAligned,
            Self::OutOfBounds => NorFlashErrorKind::OutOfBounds,
        }
    }
}

impl<B: I2c> Eeprom<B> {
    /// The part at the address all its address pins low give it.
    pub fn new(bus: B) -> Self {
        Self { bus }
    }

    /// Writes bytes that do not cross a page.
    async fn write_page(&mut self, offset: u16, bytes: &[u8]) -> Result<(), Error> {
        let mut message = [0; 2 + PAGE];
        let Some((address, data)) = message.split_first_chunk_mut::<2>() else {
            return Err(Error::OutOfBounds);
        };
        let Some(data) = data.get_mut(..bytes.len()) else { return Err(Error::OutOfBounds) };
        *address = offset.to_be_bytes();
        data.copy_from_slice(bytes);
        let length = 2 + bytes.len();
        let Some(message) = message.get(..length) else { return Err(Error::OutOfBounds) };
        for _ in 1..ATTEMPTS {
            match self.bus.write(ADDRESS, message).await {
                Err(error) if is_busy(&error) => Timer::after_millis(1).await,
                done => return done.map_err(bus_error),
            }
        }
        self.bus.write(ADDRESS, message).await.map_err(bus_error)
    }

    /// Reads from anywhere, over page borders too.
    async fn read_at(&mut self, offset: u16, bytes: &mut [u8]) -> Result<(), Error> {
        for _ in 1..ATTEMPTS {
            match self.bus.write_read(ADDRESS, &offset.to_be_bytes(), bytes).await {
                Err(error) if is_busy(&error) => Timer::after_millis(1).await,
                done => return done.map_err(bus_error),
            }
        }
        self.bus.write_read(ADDRESS, &offset.to_be_bytes(), bytes).await.map_err(bus_error)
    }
}

fn is_busy<E: embedded_hal_async::i2c::Error>(error: &E) -> bool {
    matches!(error.kind(), ErrorKind::NoAcknowledge(_))
}

fn bus_error<E: embedded_hal_async::i2c::Error>(error: E) -> Error {
    Error::Bus(error.kind())
}

/// The range as an address, when it is aligned and inside the part.
fn check(offset: u32, length: usize, unit: usize) -> Result<u16, Error> {
    let start = offset as usize;
    if !start.is_multiple_of(unit) || !length.is_multiple_of(unit) {
        return Err(Error::NotAligned);
    }
    match start.checked_add(length) {
        Some(end) if end <= CAPACITY => u16::try_from(offset).map_err(|_| Error::OutOfBounds),
        _ => Err(Error::OutOfBounds),
    }
}

impl<B> ErrorType for Eeprom<B> {
    type Error = Error;
}

impl<B: I2c> ReadNorFlash for Eeprom<B> {
    const READ_SIZE: usize = 1;

    async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Error> {
        let offset = check(offset, bytes.len(), Self::READ_SIZE)?;
        self.read_at(offset, bytes).await
    }

    fn capacity(&self) -> usize {
        CAPACITY
    }
}

impl<B: I2c> NorFlash for Eeprom<B> {
    const WRITE_SIZE: usize = 4;
    const ERASE_SIZE: usize = 1024;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), Error> {
        let length = to.checked_sub(from).ok_or(Error::OutOfBounds)? as usize;
        let mut at = check(from, length, Self::ERASE_SIZE)?;
        for _ in 0..length / PAGE {
            self.write_page(at, &[0xFF; PAGE]).await?;
            at = at.saturating_add(PAGE as u16);
        }
        Ok(())
    }

    async fn write(&mut self, offset: u32, mut bytes: &[u8]) -> Result<(), Error> {
        let mut at = check(offset, bytes.len(), Self::WRITE_SIZE)?;
        while !bytes.is_empty() {
            let to_page_end = PAGE - usize::from(at) % PAGE;
            let (now, later) = bytes.split_at_checked(to_page_end).unwrap_or((bytes, &[]));
            self.write_page(at, now).await?;
            at = at.saturating_add(now.len() as u16);
            bytes = later;
        }
        Ok(())
    }
}

impl<B: I2c> MultiwriteNorFlash for Eeprom<B> {}

#[cfg(test)]
mod tests {
    use embassy_futures::select::{Either, select};
    use embassy_futures::yield_now;
    use embassy_time::{Duration, MockDriver};
    use embedded_hal_async::i2c::{ErrorType, NoAcknowledgeSource, Operation};

    use super::*;

    /// The part: keeps to its pages, refuses everything for some attempts after a write.
    struct Part {
        memory: Vec<u8>,
        pointer: usize,
        busy: u8,
        busy_after_write: u8,
        writes: Vec<usize>,
    }

    impl Part {
        fn new(busy_after_write: u8) -> Self {
            let memory = (0..CAPACITY).map(|at| at as u8).collect();
            Self { memory, pointer: 0, busy: 0, busy_after_write, writes: Vec::new() }
        }
    }

    impl ErrorType for Part {
        type Error = ErrorKind;
    }

    impl I2c for Part {
        async fn transaction(
            &mut self,
            address: u8,
            operations: &mut [Operation<'_>],
        ) -> Result<(), ErrorKind> {
            assert_eq!(address, 0x50);
            if self.busy > 0 {
                self.busy -= 1;
                return Err(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address));
            }
            for operation in operations {
                match operation {
                    Operation::Write([high, low, data @ ..]) => {
                        self.pointer = usize::from(*high) << 8 | usize::from(*low);
                        let page = self.pointer / PAGE * PAGE;
                        for byte in data.iter() {
                            self.memory[self.pointer] = *byte;
                            // Beyond its end the part starts the page over.
                            self.pointer = page + (self.pointer + 1) % PAGE;
                        }
                        if !data.is_empty() {
                            self.writes.push(data.len());
                            self.busy = self.busy_after_write;
                        }
                    }
                    Operation::Write(_) => panic!("an address has two bytes"),
                    Operation::Read(bytes) => {
                        bytes.copy_from_slice(&self.memory[self.pointer..self.pointer + bytes.len()]);
                    }
                }
            }
            Ok(())
        }
    }

    /// Runs a future while time passes.
    fn block_on<F: Future>(future: F) -> F::Output {
        let time = async {
            loop {
                MockDriver::get().advance(Duration::from_millis(1));
                yield_now().await;
            }
        };
        match embassy_futures::block_on(select(future, time)) {
            Either::First(output) => output,
            Either::Second(never) => never,
        }
    }

    #[test]
    fn a_write_is_split_at_pages() {
        let mut eeprom = Eeprom::new(Part::new(0));
        let data: Vec<u8> = (0..140).map(|at| at as u8 ^ 0x55).collect();
        block_on(eeprom.write(60, &data)).unwrap();
        assert_eq!(eeprom.bus.writes, [4, 64, 64, 8]);
        let mut read = vec![0; 142];
        block_on(eeprom.read(59, &mut read)).unwrap();
        assert_eq!((read[0], &read[1..141], read[141]), (59, &data[..], 200));
    }

    #[test]
    fn an_erased_page_is_all_ones_and_its_neighbours_are_as_before() {
        let mut eeprom = Eeprom::new(Part::new(0));
        block_on(eeprom.erase(1024, 2048)).unwrap();
        let memory = &eeprom.bus.memory;
        assert!(memory[1024..2048].iter().all(|byte| *byte == 0xFF));
        assert_eq!((memory[1023], memory[2048]), (0xFF, 0x00));
        assert_eq!(memory[1022], 0xFE);
    }

    #[test]
    fn a_busy_part_is_waited_for_and_a_missing_one_reported() {
        let mut eeprom = Eeprom::new(Part::new(ATTEMPTS - 1));
        block_on(eeprom.write(0, &[1, 2, 3, 4])).unwrap();
        block_on(eeprom.write(4, &[5, 6, 7, 8])).unwrap();
        assert_eq!(eeprom.bus.memory[..8], [1, 2, 3, 4, 5, 6, 7, 8]);
        eeprom.bus.busy = ATTEMPTS;
        let missing = Error::Bus(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address));
        assert_eq!(block_on(eeprom.read(0, &mut [0])), Err(missing));
    }

    #[test]
    fn addresses_are_checked_before_the_bus_is_used() {
        let mut eeprom = Eeprom::new(Part::new(0));
        let end = CAPACITY as u32;
        assert_eq!(block_on(eeprom.write(2, &[0; 4])), Err(Error::NotAligned));
        assert_eq!(block_on(eeprom.write(0, &[0; 3])), Err(Error::NotAligned));
        assert_eq!(block_on(eeprom.write(end, &[0; 4])), Err(Error::OutOfBounds));
        assert_eq!(block_on(eeprom.read(end - 1, &mut [0; 2])), Err(Error::OutOfBounds));
        assert_eq!(block_on(eeprom.read(u32::MAX, &mut [0; 2])), Err(Error::OutOfBounds));
        assert_eq!(block_on(eeprom.erase(512, 1536)), Err(Error::NotAligned));
        assert_eq!(block_on(eeprom.erase(1024, 0)), Err(Error::OutOfBounds));
        assert_eq!(block_on(eeprom.erase(0, end + 1024)), Err(Error::OutOfBounds));
        assert!(eeprom.bus.writes.is_empty());
    }
}
