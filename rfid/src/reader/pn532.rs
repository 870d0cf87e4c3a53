//! Driver for the NXP PN532 on I2C or SPI (user manual UM0701-02).
//!
//! Frames and bus protocol are those of the crate `pn532`; its types stay inside, because it is not yet at 1.0.

use core::convert::Infallible;
use core::time::Duration;

use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;
use embedded_hal::spi::SpiDevice;
use pn532::i2c::I2CInterface;
use pn532::requests::{BorrowedRequest, Command, SAMMode};
use pn532::spi::SPIInterface;
use pn532::{CountDown, Interface, Request, nb};

use super::ReaderError;
use crate::iso14443::{Atqa, FoundCard, Sak, SelectError};
use crate::uid::Uid;

/// Longest answer: a target with a UID of ten bytes and an ATS of 20.
const ANSWER: usize = 40;
/// The driver's buffer holds an answer and nine bytes around it.
const BUFFER: usize = ANSWER + 9;

/// The chip acknowledges within 15 ms (user manual §6.2.2) and activates a card within about 30.
const TIMEOUT: Duration = Duration::from_millis(200);

macro_rules! reader {
    ($(#[$docs:meta])* $Reader:ident, $Bus:ident: $Trait:ident, $Interface:ident { $field:ident }) => {
        $(#[$docs])*
        pub struct $Reader<$Bus: $Trait, D: DelayNs> {
            chip: pn532::Pn532<$Interface<$Bus>, Timer<D>, BUFFER>,
        }

        impl<$Bus: $Trait, D: DelayNs> $Reader<$Bus, D> {
            /// Sets the chip up to look for a card once per call.
            ///
            /// # Errors
            ///
            /// [`ReaderError::Bus`], and [`ReaderError::NoReader`] if nothing answers in time.
            pub fn new(bus: $Bus, delay: D) -> Result<Self, ReaderError<$Bus::Error>> {
                let timer = Timer { delay, left: Duration::ZERO };
                let mut chip = pn532::Pn532::new($Interface { $field: bus }, timer);
                set_up(&mut chip)?;
                Ok(Self { chip })
            }

            /// Looks for a card of ISO 14443 type A at 106 kbit/s: `None` if there is none. A card that stays is found
            /// again by the next call.
            ///
            /// # Errors
            ///
            /// [`ReaderError`]; the next call starts anew.
            pub fn find_card(&mut self) -> Result<Option<FoundCard>, ReaderError<$Bus::Error>> {
                find_card(&mut self.chip)
            }

            /// Gives bus and delay back.
            pub fn release(self) -> ($Bus, D) {
                (self.chip.interface.$field, self.chip.timer.delay)
            }
        }
    };
}

reader! {
    /// A PN532 on I2C (address 24, at most 400 kHz), without its interrupt line.
    Pn532I2c, I2C: I2c, I2CInterface { i2c }
}

reader! {
    /// A PN532 on SPI (mode 0, at most 5 MHz, highest bit first: the bits are reversed in software), without its
    /// interrupt line.
    Pn532Spi, SPI: SpiDevice, SPIInterface { spi }
}

/// Asks for an answer every millisecond until the time is up.
struct Timer<D> {
    delay: D,
    left: Duration,
}

impl<D: DelayNs> CountDown for Timer<D> {
    type Time = Duration;

    fn start<T: Into<Duration>>(&mut self, count: T) {
        self.left = count.into();
    }

    fn wait(&mut self) -> nb::Result<(), Infallible> {
        self.left = self.left.saturating_sub(Duration::from_millis(1));
        if self.left.is_zero() {
            return Ok(());
        }
        self.delay.delay_ms(1);
        Err(nb::Error::WouldBlock)
    }
}

type Chip<I, D> = pn532::Pn532<I, Timer<D>, BUFFER>;

fn set_up<I: Interface, D: DelayNs>(chip: &mut Chip<I, D>) -> Result<(), ReaderError<I::Error>> {
    chip.process(&Request::sam_configuration(SAMMode::Normal, false), 0, TIMEOUT).map_err(refused)?;
    // Item 5: retries for attribute request, parameter request and passive activation. Without the last, the chip would
    // look for a card until there is one.
    let retries = BorrowedRequest::new(Command::RFConfiguration, &[0x05, 0xFF, 0x01, 0x00]);
    chip.process(retries, 0, TIMEOUT).map_err(refused)?;
    Ok(())
}

fn find_card<I: Interface, D: DelayNs>(
    chip: &mut Chip<I, D>,
) -> Result<Option<FoundCard>, ReaderError<I::Error>> {
    let answer = chip.process(&Request::INLIST_ONE_ISO_A_TARGET, ANSWER, TIMEOUT).map_err(refused)?;
    let card = parse_target(answer).map_err(ReaderError::Card)?;
    if card.is_some() {
        // Target 0: all. Without this the card would stay selected and not be found again.
        let release = BorrowedRequest::new(Command::InRelease, &[0x00]);
        let status = chip.process(release, 1, TIMEOUT).map_err(refused)?.first().copied();
        // The low six bits are the error code (user manual §7.1).
        match status.map(|status| status & 0x3F) {
            Some(0) => {}
            Some(fault) => return Err(ReaderError::Reader(fault)),
            None => return Err(ReaderError::NoReader),
        }
    }
    Ok(card)
}

/// Reads the answer to InListPassiveTarget (user manual §7.3.5): number of targets, then per target its number, SENS_RES,
/// SEL_RES, length of the NFCID1 and the NFCID1; an ATS may follow.
fn parse_target(answer: &[u8]) -> Result<Option<FoundCard>, SelectError> {
    let [targets, rest @ ..] = answer else { return Err(SelectError::Length) };
    if *targets == 0 {
        return Ok(None);
    }
    let [_number, high, low, sak, len, rest @ ..] = rest else { return Err(SelectError::Length) };
    let uid = rest.get(..usize::from(*len)).ok_or(SelectError::Length)?;
    let uid = Uid::from_bytes(uid).map_err(|_| SelectError::Length)?;
    Ok(Some(FoundCard { uid, atqa: Atqa(u16::from_be_bytes([*high, *low])), sak: Sak(*sak) }))
}

fn refused<E: core::fmt::Debug>(error: pn532::Error<E>) -> ReaderError<E> {
    match error {
        pn532::Error::InterfaceError(bus) => ReaderError::Bus(bus),
        _ => ReaderError::NoReader,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_the_user_manual() {
        // One MIFARE Classic card; one DESFire card with its ATS.
        let classic = [0x01, 0x01, 0x00, 0x04, 0x08, 0x04, 0x0A, 0x0E, 0x9B, 0x83];
        let card = parse_target(&classic).unwrap().unwrap();
        assert_eq!(
            (card.uid, card.atqa, card.sak),
            (Uid::from([0x0A, 0x0E, 0x9B, 0x83]), Atqa(0x0004), Sak(0x08))
        );
        let desfire = [
            0x01, 0x01, 0x03, 0x44, 0x20, 0x07, 0x04, 0x56, 0x7D, 0xAA, 0x5F, 0x35, 0x80, 0x06, 0x75, 0x77,
            0x81, 0x02, 0x80,
        ];
        let card = parse_target(&desfire).unwrap().unwrap();
        assert_eq!((card.uid.as_bytes().len(), card.atqa, card.sak), (7, Atqa(0x0344), Sak(0x20)));
        assert_eq!(parse_target(&[0x00]), Ok(None));
    }

    #[test]
    fn short_answers_are_refused() {
        let whole = [0x01, 0x01, 0x00, 0x04, 0x08, 0x04, 0x0A, 0x0E, 0x9B, 0x83];
        for len in 0..whole.len() {
            assert_eq!(parse_target(&whole[..len]), Err(SelectError::Length), "{len}");
        }
        assert_eq!(
            parse_target(&[1, 1, 0, 4, 8, 3, 1, 2, 3]),
            Err(SelectError::Length),
            "three bytes are no UID"
        );
    }
}
