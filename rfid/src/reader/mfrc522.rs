//! Driver for the NXP MFRC522 on SPI (data sheet revision 3.9).
//!
//! The chip only carries frames; anticollision is [`Selection`]. The crate `mfrc522` is not used because it hands out
//! neither ATQA nor SAK, waits without limit for a chip that is gone, and panics on a card that never ends its cascade.

use super::{PAUSE_MS, ReaderError};
use crate::iso14443::crc_a;

/// Registers (data sheet §9).
#[derive(Clone, Copy)]
enum Register {
    Command = 0x01,
    ComIrq = 0x04,
    Error = 0x06,
    FifoData = 0x09,
    FifoLevel = 0x0A,
    Control = 0x0C,
    BitFraming = 0x0D,
    Coll = 0x0E,
    Mode = 0x11,
    TxMode = 0x12,
    RxMode = 0x13,
    TxControl = 0x14,
    TxAsk = 0x15,
    ModWidth = 0x24,
    TMode = 0x2A,
    TPrescaler = 0x2B,
    TReloadHigh = 0x2C,
    TReloadLow = 0x2D,
    Version = 0x37,
}

const IDLE: u8 = 0x00;
const TRANSCEIVE: u8 = 0x0C;
const SOFT_RESET: u8 = 0x0F;

/// Bit of CommandReg that stays set while the chip starts.
const POWER_DOWN: u8 = 1 << 4;
/// Bits of ComIrqReg: end of reception, command finished, error, timer.
const RX_IRQ: u8 = 1 << 5;
const IDLE_IRQ: u8 = 1 << 4;
const ERR_IRQ: u8 = 1 << 1;
const TIMER_IRQ: u8 = 1 << 0;
/// Bits of ErrorReg: collision; write, temperature, overflow; parity and protocol, which are the card's fault.
const COLLISION: u8 = 1 << 3;
const CHIP_FAULT: u8 = 1 << 7 | 1 << 6 | 1 << 4;
const AIR_FAULT: u8 = 1 << 1 | 1 << 0;
/// Bit of CollReg: the position is not valid.
const NO_POSITION: u8 = 1 << 5;

/// Wake up all cards, also those put to sleep: a short frame of seven bits (ISO 14443-3 §6.4.1).
const WUPA: u8 = 0x52;
const HLTA: [u8; 2] = [0x50, 0x00];

/// What the chip is set to before its first frame.
const SETTINGS: [(Register, u8); 11] = [
    (Register::TxMode, 0x00),
    (Register::RxMode, 0x00),
    (Register::ModWidth, 0x26),
    // The timer starts after each transmission, ticks every 25 µs and ends after 25 ms.
    (Register::TMode, 0x80),
    (Register::TPrescaler, 0xA9),
    (Register::TReloadHigh, 0x03),
    (Register::TReloadLow, 0xE8),
    (Register::TxAsk, 0x40),
    // CRC preset 6363, the value of ISO 14443-3.
    (Register::Mode, 0x3D),
    // Received bits behind a collision are kept, bit 7 clear.
    (Register::Coll, 0x00),
    (Register::TxControl, 0x83),
];

/// What came back from the air.
enum Received {
    /// Nothing until the chip's timer ran out.
    Nothing,
    /// This many bytes.
    Bytes(usize),
    /// This many bytes up to a collision at this bit.
    Collision(usize, Option<u8>),
}

/// The driver, once for each kind of waiting: bus trait, delay trait, `async`, `.await`.
macro_rules! driver {
    ($spi:path, $delay:path, [$($asyncness:ident)?], [$($wait:tt)*]) => {
        use embedded_hal::spi::Operation;
        use $delay as DelayNs;
        use $spi as SpiDevice;

        use super::*;
        use crate::iso14443::{Atqa, FoundCard, SelectAnswer, Selection};

        /// An MFRC522 on an SPI bus (mode 0, 10 MHz at most), set up for ISO 14443 type A at 106 kbit/s.
        ///
        /// Looking for a card takes about 25 ms where there is none and less where there is one.
        #[derive(Debug)]
        pub struct Mfrc522<SPI, D> {
            spi: SPI,
            delay: D,
        }

        impl<SPI: SpiDevice, D: DelayNs> Mfrc522<SPI, D> {
            /// Resets the chip, sets it up and turns the field on.
            ///
            /// # Errors
            ///
            /// [`ReaderError::Bus`], and [`ReaderError::NoReader`] if there is no such chip.
            pub $($asyncness)? fn new(spi: SPI, delay: D) -> Result<Self, ReaderError<SPI::Error>> {
                let mut reader = Self { spi, delay };
                reader.write(Register::Command, SOFT_RESET)$($wait)*?;
                reader.wait_for(Register::Command, |value| value & POWER_DOWN == 0)$($wait)*?;
                // All bits alike mean an open bus. Compatible chips have versions of their own, so no list is kept here.
                if matches!(reader.read(Register::Version)$($wait)*?, 0x00 | 0xFF) {
                    return Err(ReaderError::NoReader);
                }
                for (register, value) in SETTINGS {
                    reader.write(register, value)$($wait)*?;
                }
                Ok(reader)
            }

            /// Gives bus and delay back. The field stays on.
            pub fn release(self) -> (SPI, D) {
                (self.spi, self.delay)
            }

            /// Puts the selected card to sleep. A card never answers this, so whatever comes back is no matter.
            $($asyncness)? fn halt(&mut self) -> Result<(), ReaderError<SPI::Error>> {
                let [low, high] = crc_a(&HLTA);
                let [first, second] = HLTA;
                self.transceive(&[first, second, low, high], 0, &mut [])$($wait)*.map(|_| ())
            }

            /// Sends a frame of which the last byte has `last_bits` bits (0 for eight) and takes what comes back.
            $($asyncness)? fn transceive(
                &mut self,
                frame: &[u8],
                last_bits: u8,
                answer: &mut [u8],
            ) -> Result<Received, ReaderError<SPI::Error>> {
                self.write(Register::Command, IDLE)$($wait)*?;
                self.write(Register::ComIrq, 0x7F)$($wait)*?;
                self.write(Register::FifoLevel, 0x80)$($wait)*?;
                self.with_address(0, Register::FifoData, Operation::Write(frame))$($wait)*?;
                self.write(Register::Command, TRANSCEIVE)$($wait)*?;
                // In an anticollision frame the answer goes on in the byte where the question ended; a short frame is no
                // such.
                let align = if frame.len() > 1 { last_bits } else { 0 };
                self.write(Register::BitFraming, 0x80 | align << 4 | last_bits)$($wait)*?;
                let done = |value| value & (RX_IRQ | IDLE_IRQ | ERR_IRQ | TIMER_IRQ) != 0;
                let irq = self.wait_for(Register::ComIrq, done)$($wait)*?;
                self.write(Register::BitFraming, 0x00)$($wait)*?;
                let error = self.read(Register::Error)$($wait)*?;
                if error & CHIP_FAULT != 0 {
                    return Err(ReaderError::Reader(error));
                }
                if error & AIR_FAULT != 0 {
                    return Err(ReaderError::CardLost);
                }
                if irq & (RX_IRQ | IDLE_IRQ | ERR_IRQ) == 0 {
                    return Ok(Received::Nothing);
                }
                let len = usize::from(self.read(Register::FifoLevel)$($wait)*? & 0x7F).min(answer.len());
                if let Some(answer) = answer.get_mut(..len).filter(|answer| !answer.is_empty()) {
                    self.read_fifo(answer)$($wait)*?;
                }
                if error & COLLISION != 0 {
                    let place = self.read(Register::Coll)$($wait)*?;
                    // 0 stands for the 32nd bit.
                    let bit = if place & 0x1F == 0 { 32 } else { place & 0x1F };
                    return Ok(Received::Collision(len, (place & NO_POSITION == 0).then_some(bit)));
                }
                // Bits of an incomplete byte: no answer we ask for ends like that.
                if self.read(Register::Control)$($wait)*? & 0x07 != 0 {
                    return Err(ReaderError::CardLost);
                }
                Ok(Received::Bytes(len))
            }

            /// Reads a register until its value is `done`, for 50 ms at most: twice the time of the chip's own timer.
            $($asyncness)? fn wait_for(
                &mut self,
                register: Register,
                done: fn(u8) -> bool,
            ) -> Result<u8, ReaderError<SPI::Error>> {
                for _ in 0..500 {
                    let value = self.read(register)$($wait)*?;
                    if done(value) {
                        return Ok(value);
                    }
                    self.delay.delay_us(100)$($wait)*;
                }
                Err(ReaderError::NoReader)
            }

            $($asyncness)? fn write(&mut self, register: Register, value: u8) -> Result<(), ReaderError<SPI::Error>> {
                self.spi.write(&[(register as u8) << 1, value])$($wait)*.map_err(ReaderError::Bus)
            }

            $($asyncness)? fn read(&mut self, register: Register) -> Result<u8, ReaderError<SPI::Error>> {
                let mut value = [0];
                self.with_address(0x80, register, Operation::Read(&mut value))$($wait)*?;
                Ok(value[0])
            }

            /// Reads the FIFO: the address is repeated for each byte but the last (data sheet §8.1.2.1).
            $($asyncness)? fn read_fifo(&mut self, bytes: &mut [u8]) -> Result<(), ReaderError<SPI::Error>> {
                bytes.fill(0x80 | (Register::FifoData as u8) << 1);
                if let Some(last) = bytes.last_mut() {
                    *last = 0;
                }
                self.with_address(0x80, Register::FifoData, Operation::TransferInPlace(bytes))$($wait)*
            }

            /// The address byte, with `direction` 80 to read, and what follows it.
            $($asyncness)? fn with_address(
                &mut self,
                direction: u8,
                register: Register,
                then: Operation<'_, u8>,
            ) -> Result<(), ReaderError<SPI::Error>> {
                let address = [direction | (register as u8) << 1];
                let mut operations = [Operation::Write(&address), then];
                self.spi.transaction(&mut operations)$($wait)*.map_err(ReaderError::Bus)
            }
        }

        impl<SPI: SpiDevice, D: DelayNs> CardReader for Mfrc522<SPI, D> {
            type Error = SPI::Error;

            $($asyncness)? fn find_card(&mut self) -> Result<Option<FoundCard>, ReaderError<SPI::Error>> {
                let mut buffer = [0; 5];
                let atqa = match self.transceive(&[WUPA], 7, &mut buffer)$($wait)*? {
                    Received::Nothing => return Ok(None),
                    // Several cards with different answers collide; what was received of them is enough to go on.
                    Received::Bytes(2) | Received::Collision(..) => {
                        let [low, high, ..] = buffer;
                        u16::from_le_bytes([low, high])
                    }
                    Received::Bytes(_) => return Err(ReaderError::CardLost),
                };
                let mut selection = Selection::new(Atqa(atqa));
                loop {
                    let frame = selection.frame();
                    let received = self.transceive(frame.as_bytes(), frame.last_bits, &mut buffer)$($wait)*?;
                    let answer = match received {
                        Received::Nothing => return Err(ReaderError::CardLost),
                        Received::Bytes(len) => SelectAnswer::Bytes(buffer.get(..len).unwrap_or_default()),
                        Received::Collision(len, bit) => {
                            SelectAnswer::Collision { bytes: buffer.get(..len).unwrap_or_default(), bit }
                        }
                    };
                    if let Some(card) = selection.handle_answer(answer).map_err(ReaderError::Card)? {
                        self.halt()$($wait)*?;
                        return Ok(Some(card));
                    }
                }
            }

            $($asyncness)? fn pause(&mut self) {
                self.delay.delay_ms(PAUSE_MS)$($wait)*;
            }
        }
    };
}

pub(super) mod blocking {
    use crate::reader::blocking::CardReader;
    driver!(embedded_hal::spi::SpiDevice, embedded_hal::delay::DelayNs, [], []);
}

#[cfg(feature = "embedded-hal-async")]
pub(super) mod asynchronous {
    use crate::reader::asynchronous::CardReader;
    driver!(embedded_hal_async::spi::SpiDevice, embedded_hal_async::delay::DelayNs, [async], [.await]);
}
