//! Pins (PL061) as embedded-hal outputs, and which pin serves whom.

use core::convert::Infallible;

use embedded_hal::digital::{ErrorType, OutputPin, StatefulOutputPin};

use crate::chip::Block;

const DIRECTION: usize = 0x400;
const ALTERNATE: usize = 0x420;
const OPEN_DRAIN: usize = 0x50C;
const PULL_UP: usize = 0x510;
const DIGITAL: usize = 0x51C;

/// A digital output.
pub struct Output {
    block: Block,
    mask: u32,
}

impl Output {
    /// Makes pin `number` of a port an output at low level. Not atomic: during the start only.
    fn new(block: Block, number: u8) -> Self {
        let mut pin = Self { block, mask: 1 << number };
        pin.write(0);
        block.change(ALTERNATE, pin.mask, 0);
        block.change(DIRECTION, 0, pin.mask);
        block.change(DIGITAL, 0, pin.mask);
        pin
    }

    /// The data register's address selects the bits a write changes, so no other pin is touched.
    fn write(&mut self, level: u32) {
        self.block.write((self.mask << 2) as usize, level);
    }

    fn read(&self) -> bool {
        self.block.read((self.mask << 2) as usize) != 0
    }
}

impl ErrorType for Output {
    type Error = Infallible;
}

impl OutputPin for Output {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.write(0);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.write(self.mask);
        Ok(())
    }
}

impl StatefulOutputPin for Output {
    fn is_set_high(&mut self) -> Result<bool, Infallible> {
        Ok(self.read())
    }

    fn is_set_low(&mut self) -> Result<bool, Infallible> {
        Ok(!self.read())
    }
}

/// The pins the charger drives beside what the plant link carries. High is on.
pub struct Pins {
    /// Per socket: the relay of the neutral and phase 1, and that of phases 2 and 3 (PC4 to PC7).
    pub relays: [[Output; 2]; 2],
    /// Per socket: red, green and blue (PB4 to PB6 and PD4 to PD6).
    pub lamps: [[Output; 3]; 2],
    /// The kit's status LED (PF0).
    pub status: Output,
}

/// Routes the pins of UARTs and I2C to their blocks and hands out the others; the last is the
/// enable input of the RS-485 driver (PB0).
pub(crate) fn start() -> (Pins, Output) {
    // UART0 on PA0 and PA1, UART1 on PD2 and PD3, UART2 on PG0 and PG1, I2C0 on PB2 and PB3.
    for (block, pins) in
        [(Block::PortA, 0b11), (Block::PortD, 0b1100), (Block::PortG, 0b11), (Block::PortB, 0b1100)]
    {
        block.change(ALTERNATE, 0, pins);
        block.change(DIGITAL, 0, pins);
    }
    // Of I2C only the data line is open drain for the block, the kit has no pull-ups of its own.
    Block::PortB.change(OPEN_DRAIN, 0, 0b1100);
    Block::PortB.change(PULL_UP, 0, 0b1100);
    let (b, c, d) = (Block::PortB, Block::PortC, Block::PortD);
    let lamps = |port| [Output::new(port, 4), Output::new(port, 5), Output::new(port, 6)];
    let pins = Pins {
        relays: [[Output::new(c, 4), Output::new(c, 5)], [Output::new(c, 6), Output::new(c, 7)]],
        lamps: [lamps(b), lamps(d)],
        status: Output::new(Block::PortF, 0),
    };
    (pins, Output::new(b, 0))
}
