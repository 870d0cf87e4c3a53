//! Card readers, each behind a feature of its name.
//!
//! A driver owns its bus and gives it back; it finds one card at a time and tells UID, ATQA and SAK. What becomes of a
//! card that stays on the reader is the business of [`CardPresence`](crate::CardPresence).

#[cfg(feature = "mfrc522")]
mod mfrc522;
#[cfg(feature = "pn532")]
mod pn532;

#[cfg(feature = "mfrc522")]
pub use mfrc522::Mfrc522;
#[cfg(feature = "pn532")]
pub use pn532::{Pn532I2c, Pn532Spi};

use crate::iso14443::SelectError;

/// Why a reader could not say whether there is a card. `E` is the error of the bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReaderError<E> {
    /// The bus failed.
    #[error("the bus to the reader failed")]
    Bus(E),
    /// The chip does not answer, or not as this chip would.
    #[error("the reader does not answer as it should")]
    NoReader,
    /// The chip reports a fault of its own (MFRC522: ErrorReg; PN532: status byte).
    #[error("the reader reports fault {0:02X}")]
    Reader(u8),
    /// A card was found and lost, which also happens when it is moved; try again.
    #[error("the card was lost while it was read")]
    CardLost,
    /// A card was found and did not keep to ISO 14443-3.
    #[error("the card answers wrongly: {0}")]
    Card(SelectError),
}
