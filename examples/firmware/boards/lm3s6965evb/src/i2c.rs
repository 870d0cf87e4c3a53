//! The I2C controller as a bus master of `embedded-hal-async`, one interrupt per byte.

use core::future::poll_fn;
use core::task::Poll;

use embassy_sync::waitqueue::AtomicWaker;
use embedded_hal_async::i2c::{ErrorKind, ErrorType, I2c, NoAcknowledgeSource, Operation};
use lm3s6965::interrupt;

use crate::chip::{Block, CYCLES_PER_MICRO};

const ADDRESS: usize = 0x00;
const COMMAND: usize = 0x04;
const STATUS: usize = 0x04;
const DATA: usize = 0x08;
const TIMER_PERIOD: usize = 0x0C;
const INTERRUPT_MASK: usize = 0x10;
const INTERRUPT_CLEAR: usize = 0x1C;
const CONFIGURATION: usize = 0x20;

const RUN: u32 = 1 << 0;
const START: u32 = 1 << 1;
const STOP: u32 = 1 << 2;
const ACKNOWLEDGE: u32 = 1 << 3;

const BUSY: u32 = 1 << 0;
const FAILED: u32 = 1 << 1;
const ADDRESS_REFUSED: u32 = 1 << 2;
const ARBITRATION_LOST: u32 = 1 << 4;

const BITS_PER_SECOND: u32 = 400_000;

static WAKER: AtomicWaker = AtomicWaker::new();

/// I2C0 at 400 kbit/s.
pub struct I2cBus(());

impl I2cBus {
    /// Only to be called once.
    pub(crate) fn start() -> Self {
        Block::I2c0.write(CONFIGURATION, 1 << 4);
        // A bit takes 20 periods of the divided clock.
        let period = (CYCLES_PER_MICRO * 1_000_000).div_ceil(20 * BITS_PER_SECOND) - 1;
        Block::I2c0.write(TIMER_PERIOD, period);
        Self(())
    }

    /// Moves one byte as `command` says and waits for it.
    async fn step(&mut self, command: u32) -> Result<(), ErrorKind> {
        Block::I2c0.write(INTERRUPT_CLEAR, 1);
        Block::I2c0.write(COMMAND, command);
        poll_fn(|cx| {
            if Block::I2c0.read(STATUS) & BUSY == 0 {
                return Poll::Ready(());
            }
            WAKER.register(cx.waker());
            // A byte that was done before is flagged, so the interrupt comes even now.
            Block::I2c0.write(INTERRUPT_MASK, 1);
            Poll::Pending
        })
        .await;
        let status = Block::I2c0.read(STATUS);
        if status & FAILED == 0 {
            return Ok(());
        }
        if status & ARBITRATION_LOST != 0 {
            return Err(ErrorKind::ArbitrationLoss);
        }
        // The block keeps the bus after a refusal.
        Block::I2c0.write(COMMAND, STOP);
        let refused = if status & ADDRESS_REFUSED != 0 {
            NoAcknowledgeSource::Address
        } else {
            NoAcknowledgeSource::Data
        };
        Err(ErrorKind::NoAcknowledge(refused))
    }

    async fn run(&mut self, address: u8, operation: &mut Operation<'_>, last: bool) -> Result<(), ErrorKind> {
        let stop = if last { STOP } else { 0 };
        match operation {
            Operation::Write(bytes) => {
                let Some(end) = bytes.len().checked_sub(1) else { return Ok(()) };
                Block::I2c0.write(ADDRESS, u32::from(address) << 1);
                for (index, byte) in bytes.iter().enumerate() {
                    Block::I2c0.write(DATA, u32::from(*byte));
                    let start = if index == 0 { START } else { 0 };
                    self.step(RUN | start | if index == end { stop } else { 0 }).await?;
                }
            }
            Operation::Read(bytes) => {
                let Some(end) = bytes.len().checked_sub(1) else { return Ok(()) };
                Block::I2c0.write(ADDRESS, u32::from(address) << 1 | 1);
                for (index, byte) in bytes.iter_mut().enumerate() {
                    let start = if index == 0 { START } else { 0 };
                    let more = if index == end { stop } else { ACKNOWLEDGE };
                    self.step(RUN | start | more).await?;
                    *byte = Block::I2c0.read(DATA) as u8;
                }
            }
        }
        Ok(())
    }
}

#[interrupt]
fn I2C0() {
    Block::I2c0.write(INTERRUPT_MASK, 0);
    Block::I2c0.write(INTERRUPT_CLEAR, 1);
    WAKER.wake();
}

impl ErrorType for I2cBus {
    type Error = ErrorKind;
}

impl I2c for I2cBus {
    /// Every operation begins with a start condition, also after one of its own kind: the parts on
    /// this board need no joined writes. Operations without bytes do nothing.
    async fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), ErrorKind> {
        let mut rest = operations.iter_mut();
        while let Some(operation) = rest.next() {
            self.run(address, operation, rest.len() == 0).await?;
        }
        Ok(())
    }
}
