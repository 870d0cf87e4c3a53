//! Card readers, each behind a feature of its name.
//!
//! A driver owns its bus and gives it back; it finds one card at a time and tells UID, ATQA and SAK. Each is written once
//! for both kinds of waiting: the modules [`blocking`] and [`asynchronous`] hold the same names. What becomes of a card that
//! stays on the reader is the business of [`CardPresence`](crate::CardPresence).

#[cfg(feature = "mfrc522")]
mod mfrc522;
#[cfg(feature = "pn532")]
mod pn532;

use crate::iso14443::SelectError;

/// Pause between two looks for a card, in ms: short against the two seconds of Bender, long enough that the field is
/// idle half of the time.
const PAUSE_MS: u32 = 50;

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

/// The trait of all readers, once for each kind of waiting: `async`, `.await`.
macro_rules! card_reader {
    ([$($asyncness:ident)?], [$($wait:tt)*]) => {
        use super::ReaderError;
        use crate::iso14443::FoundCard;
        use crate::presence::{CardPresence, PresenceEvent};
        use crate::time::Instant;

        /// A reader that looks for one card of ISO 14443 type A at a time.
        pub trait CardReader {
            /// Error of the bus.
            type Error;

            /// Looks for a card: `None` if there is none. A card that stays is found again by the next call.
            ///
            /// # Errors
            ///
            /// [`ReaderError`]; the next call starts anew.
            $($asyncness)? fn find_card(&mut self) -> Result<Option<FoundCard>, ReaderError<Self::Error>>;

            /// Waits for the time that is good between two looks, 50 ms.
            $($asyncness)? fn pause(&mut self);

            /// Looks until `presence` has something to tell: a card that was there long enough, or went. `now` is the time
            /// at the moment it is called. A card that is lost while it is read, or answers wrongly, counts as not seen.
            ///
            /// What `presence` knows stays with the caller, so giving up in between loses one look at most.
            ///
            /// # Errors
            ///
            /// [`ReaderError::Bus`], [`ReaderError::NoReader`], [`ReaderError::Reader`].
            $($asyncness)? fn next_event(
                &mut self,
                presence: &mut CardPresence,
                mut now: impl FnMut() -> Instant,
            ) -> Result<PresenceEvent, ReaderError<Self::Error>> {
                loop {
                    if let Some(event) = presence.poll_event() {
                        return Ok(event);
                    }
                    let found = match self.find_card()$($wait)* {
                        Ok(card) => card.map(|card| card.uid),
                        Err(ReaderError::CardLost | ReaderError::Card(_)) => None,
                        Err(error) => return Err(error),
                    };
                    presence.handle_reading(now(), found);
                    self.pause()$($wait)*;
                }
            }
        }
    };
}

/// The readers for buses of `embedded-hal`, which wait by blocking.
pub mod blocking {
    card_reader!([], []);

    #[cfg(feature = "mfrc522")]
    pub use super::mfrc522::blocking::Mfrc522;
    #[cfg(feature = "pn532")]
    pub use super::pn532::blocking::{Pn532I2c, Pn532Spi};
}

/// The readers for buses of `embedded-hal-async`.
#[cfg(feature = "embedded-hal-async")]
#[allow(async_fn_in_trait, reason = "drivers run on single-threaded executors, as in embedded-hal-async")]
pub mod asynchronous {
    card_reader!([async], [.await]);

    #[cfg(feature = "mfrc522")]
    pub use super::mfrc522::asynchronous::Mfrc522;
    #[cfg(feature = "pn532")]
    pub use super::pn532::asynchronous::{Pn532I2c, Pn532Spi};
}
