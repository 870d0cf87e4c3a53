//! The AT24C256 EEPROM as a flash store: 32 KiB in pages of 64 bytes.
//!
//! An EEPROM needs no erasing; it is offered as NOR flash because that is what
//! `sequential-storage` builds on. Erasing writes 0xFF. A page is written as a whole or, when the
//! power fails, possibly not at all or in part, as with flash.

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
