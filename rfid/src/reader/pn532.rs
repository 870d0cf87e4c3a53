//! Driver for the NXP PN532 on I2C or SPI (user manual UM0701-02).
//!
//! Frames are those of the crate `pn532`; its types stay inside, because it is not yet at 1.0. Its buses only block, so
//! here it writes to and reads from memory, and what goes over the bus in between is done below.

use core::convert::Infallible;
use core::task::Poll;

use pn532::requests::{BorrowedRequest, Command};
use pn532::{Error, Interface};

use super::{PAUSE_MS, ReaderError};
use crate::iso14443::{Atqa, FoundCard, Sak, SelectError};
use crate::uid::Uid;

/// Longest answer: a target with a UID of ten bytes and an ATS of 20.
const ANSWER: usize = 40;
/// What a frame has around its data.
const AROUND: usize = 9;
/// Room for the longest frame.
const FRAME: usize = ANSWER + AROUND;
/// Length of the frame by which the chip acknowledges a command.
const ACK: usize = 6;

/// How often the chip is asked whether it has an answer, once per millisecond: it acknowledges within 15 ms (user manual
/// §6.2.2) and activates a card within about 30.
const ATTEMPTS: u32 = 200;

/// Address on I2C.
const ADDRESS: u8 = 0x24;
/// The first byte on SPI says what follows (user manual §6.2.5).
const STATUS_READ: u8 = 0x02;
const DATA_WRITE: u8 = 0x01;
const DATA_READ: u8 = 0x03;
/// Lowest bit of the status: there is an answer.
const READY: u8 = 0x01;

/// Normal mode, no time-out, no interrupt line.
const SAM_CONFIGURATION: BorrowedRequest<'_> =
    BorrowedRequest::new(Command::SAMConfiguration, &[0x01, 0x00, 0x00]);
/// Item 5: retries for attribute request, parameter request and passive activation. Without the last, the chip would look
/// for a card until there is one.
const RETRIES: BorrowedRequest<'_> =
    BorrowedRequest::new(Command::RFConfiguration, &[0x05, 0xFF, 0x01, 0x00]);
/// One target of type A at 106 kbit/s.
const LIST_TARGET: BorrowedRequest<'_> = BorrowedRequest::new(Command::InListPassiveTarget, &[0x01, 0x00]);
/// Target 0: all. Without this the card would stay selected and not be found again.
const RELEASE: BorrowedRequest<'_> = BorrowedRequest::new(Command::InRelease, &[0x00]);

/// Frames as they go to the chip and come from it.
type Frames = pn532::Pn532<Mailbox, (), FRAME>;

/// The bus of the crate `pn532`: one frame in memory.
struct Mailbox {
    frame: [u8; FRAME],
    len: usize,
}

impl Interface for Mailbox {
    type Error = Infallible;

    fn write(&mut self, frame: &mut [u8]) -> Result<(), Infallible> {
        self.len = frame.len().min(FRAME);
        self.frame.iter_mut().zip(frame).for_each(|(to, byte)| *to = *byte);
        Ok(())
    }

    fn wait_ready(&mut self) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn read(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.iter_mut().zip(&self.frame).for_each(|(to, byte)| *to = *byte);
        Ok(())
    }
}

/// The status of InRelease; the low six bits are the error code (user manual §7.1).
fn check_status<E>(answer: &[u8]) -> Result<(), ReaderError<E>> {
    match answer.first().map(|status| status & 0x3F) {
        Some(0) => Ok(()),
        Some(fault) => Err(ReaderError::Reader(fault)),
        None => Err(ReaderError::NoReader),
    }
}

fn refused<E>(_: Error<Infallible>) -> ReaderError<E> {
    ReaderError::NoReader
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

/// A reader on one kind of bus: the type for users around the [`Chip`](blocking::Chip) that does the work.
macro_rules! reader {
    ([$($asyncness:ident)?], [$($wait:tt)*], $(#[$docs:meta])* $Reader:ident, $Bus:ident: $Trait:ident, $Link:ident) => {
        $(#[$docs])*
        pub struct $Reader<$Bus, D> {
            chip: Chip<$Link<$Bus>, D>,
        }

        impl<$Bus: $Trait, D: DelayNs> $Reader<$Bus, D> {
            /// Sets the chip up to look for a card once per call.
            ///
            /// # Errors
            ///
            /// [`ReaderError::Bus`], and [`ReaderError::NoReader`] if nothing answers in time.
            pub $($asyncness)? fn new(bus: $Bus, delay: D) -> Result<Self, ReaderError<$Bus::Error>> {
                Ok(Self { chip: Chip::new($Link(bus), delay)$($wait)*? })
            }

            /// Gives bus and delay back.
            pub fn release(self) -> ($Bus, D) {
                (self.chip.link.0, self.chip.delay)
            }
        }

        impl<$Bus: $Trait, D: DelayNs> CardReader for $Reader<$Bus, D> {
            type Error = $Bus::Error;

            $($asyncness)? fn find_card(&mut self) -> Result<Option<FoundCard>, ReaderError<$Bus::Error>> {
                self.chip.find_card()$($wait)*
            }

            $($asyncness)? fn pause(&mut self) {
                self.chip.delay.delay_ms(PAUSE_MS)$($wait)*;
            }
        }
    };
}

/// The driver, once for each kind of waiting: bus traits, delay trait, `async`, `.await`.
macro_rules! driver {
    ($i2c:path, $spi:path, $delay:path, $asyncness:tt, $wait:tt) => {
        use embedded_hal::i2c::{Error as _, ErrorKind, NoAcknowledgeSource, Operation as I2cOperation};
        use embedded_hal::spi::Operation;
        use $delay as DelayNs;
        use $i2c as I2c;
        use $spi as SpiDevice;

        use super::*;

        chip!($asyncness, $wait);

        reader! {
            $asyncness, $wait,
            /// A PN532 on I2C (address 24, at most 400 kHz), without its interrupt line.
            Pn532I2c, I2C: I2c, OnI2c
        }

        reader! {
            $asyncness, $wait,
            /// A PN532 on SPI (mode 0, at most 5 MHz, highest bit first: the bits are reversed in software), without its
            /// interrupt line.
            Pn532Spi, SPI: SpiDevice, OnSpi
        }
    };
}

/// What goes over the bus, and in which order.
macro_rules! chip {
    ([$($asyncness:ident)?], [$($wait:tt)*]) => {
        /// One frame to the chip or from it.
        pub(super) trait Link {
            type Error;
            $($asyncness)? fn write(&mut self, frame: &mut [u8]) -> Result<(), Self::Error>;
            $($asyncness)? fn is_ready(&mut self) -> Result<bool, Self::Error>;
            $($asyncness)? fn read(&mut self, frame: &mut [u8]) -> Result<(), Self::Error>;
        }

        pub(super) struct OnI2c<B>(pub(super) B);

        impl<B: I2c> Link for OnI2c<B> {
            type Error = B::Error;

            $($asyncness)? fn write(&mut self, frame: &mut [u8]) -> Result<(), B::Error> {
                self.0.write(ADDRESS, frame)$($wait)*
            }

            $($asyncness)? fn is_ready(&mut self) -> Result<bool, B::Error> {
                let mut status = [0];
                match self.0.read(ADDRESS, &mut status)$($wait)* {
                    Ok(()) => Ok(status[0] & READY != 0),
                    // A chip that is busy may not even acknowledge its address.
                    Err(error) => match error.kind() {
                        ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address | NoAcknowledgeSource::Unknown) => {
                            Ok(false)
                        }
                        _ => Err(error),
                    },
                }
            }

            $($asyncness)? fn read(&mut self, frame: &mut [u8]) -> Result<(), B::Error> {
                // The status stands before every answer.
                let mut status = [0];
                let mut operations = [I2cOperation::Read(&mut status), I2cOperation::Read(frame)];
                self.0.transaction(ADDRESS, &mut operations)$($wait)*
            }
        }

        pub(super) struct OnSpi<B>(pub(super) B);

        impl<B: SpiDevice> Link for OnSpi<B> {
            type Error = B::Error;

            $($asyncness)? fn write(&mut self, frame: &mut [u8]) -> Result<(), B::Error> {
                reverse(frame);
                let first = [DATA_WRITE.reverse_bits()];
                let mut operations = [Operation::Write(&first), Operation::Write(frame)];
                self.0.transaction(&mut operations)$($wait)*
            }

            $($asyncness)? fn is_ready(&mut self) -> Result<bool, B::Error> {
                let mut status = [STATUS_READ.reverse_bits(), 0x00];
                self.0.transfer_in_place(&mut status)$($wait)*?;
                Ok(status[1].reverse_bits() & READY != 0)
            }

            $($asyncness)? fn read(&mut self, frame: &mut [u8]) -> Result<(), B::Error> {
                let first = [DATA_READ.reverse_bits()];
                let mut operations = [Operation::Write(&first), Operation::Read(frame)];
                self.0.transaction(&mut operations)$($wait)*?;
                reverse(frame);
                Ok(())
            }
        }

        pub(super) struct Chip<L, D> {
            pub(super) link: L,
            pub(super) delay: D,
            frames: Frames,
        }

        impl<L: Link, D: DelayNs> Chip<L, D> {
            pub(super) $($asyncness)? fn new(link: L, delay: D) -> Result<Self, ReaderError<L::Error>> {
                let frames = Frames::new(Mailbox { frame: [0; FRAME], len: 0 }, ());
                let mut chip = Self { link, delay, frames };
                chip.process(SAM_CONFIGURATION, 0)$($wait)*?;
                chip.process(RETRIES, 0)$($wait)*?;
                Ok(chip)
            }

            pub(super) $($asyncness)? fn find_card(&mut self) -> Result<Option<FoundCard>, ReaderError<L::Error>> {
                let card = parse_target(self.process(LIST_TARGET, ANSWER)$($wait)*?).map_err(ReaderError::Card)?;
                if card.is_some() {
                    check_status(self.process(RELEASE, 1)$($wait)*?)?;
                }
                Ok(card)
            }

            /// Sends a request and gives the data of the answer, which has `expected` bytes at most.
            $($asyncness)? fn process(
                &mut self,
                request: BorrowedRequest<'_>,
                expected: usize,
            ) -> Result<&[u8], ReaderError<L::Error>> {
                let command = request.command;
                self.frames.send(request).map_err(refused)?;
                let Mailbox { frame, len } = &mut self.frames.interface;
                self.link.write(frame.get_mut(..*len).unwrap_or_default())$($wait)*.map_err(ReaderError::Bus)?;
                self.receive(ACK)$($wait)*?;
                self.frames.receive_ack().map_err(refused)?;
                self.receive(expected + AROUND)$($wait)*?;
                self.frames.receive_response(command, expected).map_err(refused)
            }

            /// Waits for a frame and takes `len` bytes of it.
            $($asyncness)? fn receive(&mut self, len: usize) -> Result<(), ReaderError<L::Error>> {
                for _ in 0..ATTEMPTS {
                    if self.link.is_ready()$($wait)*.map_err(ReaderError::Bus)? {
                        let frame = self.frames.interface.frame.get_mut(..len).unwrap_or_default();
                        return self.link.read(frame)$($wait)*.map_err(ReaderError::Bus);
                    }
                    self.delay.delay_ms(1)$($wait)*;
                }
                Err(ReaderError::NoReader)
            }
        }
    };
}

/// The chip sends and takes the lowest bit first, as hardly any SPI controller does.
fn reverse(bytes: &mut [u8]) {
    bytes.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
}

pub(super) mod blocking {
    use crate::reader::blocking::CardReader;
    driver!(embedded_hal::i2c::I2c, embedded_hal::spi::SpiDevice, embedded_hal::delay::DelayNs, [], []);
}

#[cfg(feature = "embedded-hal-async")]
pub(super) mod asynchronous {
    use crate::reader::asynchronous::CardReader;
    driver!(
        embedded_hal_async::i2c::I2c,
        embedded_hal_async::spi::SpiDevice,
        embedded_hal_async::delay::DelayNs,
        [async],
        [.await]
    );
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
    fn a_status_other_than_zero_is_a_fault() {
        assert_eq!(check_status::<()>(&[0xC0]), Ok(()), "the high two bits do not count");
        assert_eq!(check_status::<()>(&[0x4D]), Err(ReaderError::Reader(0x0D)), "overheating");
        assert_eq!(check_status::<()>(&[]), Err(ReaderError::NoReader));
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
