//! The three UARTs (PL011): interrupts move bytes between the FIFOs and pipes, tasks await the pipes.

use core::convert::Infallible;

use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::pipe::Pipe;
use embassy_time::Timer;
use embedded_hal::digital::OutputPin;
use embedded_io_async::{ErrorType, Read, ReadReady, Write, WriteReady};
use lm3s6965::interrupt;
use portable_atomic::{AtomicU32, Ordering};

use crate::chip::{Block, CYCLES_PER_MICRO};
use crate::gpio::Output;

const DATA: usize = 0x00;
const FLAGS: usize = 0x18;
const INTEGER_DIVISOR: usize = 0x24;
const FRACTIONAL_DIVISOR: usize = 0x28;
const LINE_CONTROL: usize = 0x2C;
const CONTROL: usize = 0x30;
const INTERRUPT_LEVELS: usize = 0x34;
const INTERRUPT_MASK: usize = 0x38;
const INTERRUPT_CLEAR: usize = 0x44;

const RECEIVE_EMPTY: u32 = 1 << 4;
const TRANSMIT_FULL: u32 = 1 << 5;
const BUSY: u32 = 1 << 3;

const RECEIVED: u32 = 1 << 4;
const TRANSMIT_SPACE: u32 = 1 << 5;
const RECEIVE_TIMEOUT: u32 = 1 << 6;
const LINE_ERRORS: u32 = 0xF << 7;

const DAMAGED: u32 = 0b0111 << 8;
const OVERRUN: u32 = 1 << 11;

/// Bytes received and not fetched yet: 22 ms at 115200 baud.
const RECEIVED_ROOM: usize = 256;
/// Bytes to send; a task that has more waits.
const SEND_ROOM: usize = 128;

/// Speed of a line and whether it carries even parity; 8 data bits and one stop bit always.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line {
    /// Of the clock, with six fractional bits.
    divisor: u32,
    even_parity: bool,
}

impl Line {
    /// A line of `baud` bits per second, rounded to the nearest the clock allows. To be evaluated by the compiler, which
    /// refuses 0.
    pub(crate) const fn new(baud: u32, even_parity: bool) -> Self {
        Self { divisor: (8 * CYCLES_PER_MICRO * 1_000_000 / baud).div_ceil(2), even_parity }
    }
}

/// What the interrupt and the tasks share. Apart from [`Port`], so that it is all zero and takes no
/// flash.
struct Pipes {
    received: Pipe<CriticalSectionRawMutex, RECEIVED_ROOM>,
    to_send: Pipe<CriticalSectionRawMutex, SEND_ROOM>,
    lost: AtomicU32,
}

impl Pipes {
    const fn new() -> Self {
        Self { received: Pipe::new(), to_send: Pipe::new(), lost: AtomicU32::new(0) }
    }
}

#[derive(Clone, Copy)]
struct Port {
    block: Block,
    pipes: &'static Pipes,
}

static PIPES: [Pipes; 3] = [const { Pipes::new() }; 3];
static PORTS: [Port; 3] = [
    Port { block: Block::Uart0, pipes: &PIPES[0] },
    Port { block: Block::Uart1, pipes: &PIPES[1] },
    Port { block: Block::Uart2, pipes: &PIPES[2] },
];

impl Port {
    fn start(&self, line: Line) {
        let parity = if line.even_parity { 0b110 } else { 0 };
        self.block.write(CONTROL, 0);
        self.block.write(INTEGER_DIVISOR, line.divisor >> 6);
        self.block.write(FRACTIONAL_DIVISOR, line.divisor & 0x3F);
        self.block.write(LINE_CONTROL, 3 << 5 | 1 << 4 | parity);
        // Interrupts at half full and half empty FIFOs.
        self.block.write(INTERRUPT_LEVELS, 2 << 3 | 2);
        self.block.write(INTERRUPT_MASK, RECEIVED | RECEIVE_TIMEOUT);
        self.block.write(CONTROL, 1 << 9 | 1 << 8 | 1);
    }

    /// The interrupt's work. Bytes nobody fetched in time are lost and counted.
    fn serve(&self) {
        self.block.write(INTERRUPT_CLEAR, RECEIVED | TRANSMIT_SPACE | RECEIVE_TIMEOUT | LINE_ERRORS);
        while self.block.read(FLAGS) & RECEIVE_EMPTY == 0 {
            let data = self.block.read(DATA);
            let kept = data & DAMAGED == 0 && self.pipes.received.try_write(&[data as u8]).is_ok();
            if !kept || data & OVERRUN != 0 {
                self.pipes.lost.fetch_add(1, Ordering::Relaxed);
            }
        }
        self.fill();
    }

    /// Moves bytes from the pipe to the FIFO until one is full or the other empty.
    fn fill(&self) {
        critical_section::with(|_| {
            while self.block.read(FLAGS) & TRANSMIT_FULL == 0 {
                let mut byte = [0];
                if self.pipes.to_send.try_read(&mut byte).is_err() {
                    self.block.change(INTERRUPT_MASK, TRANSMIT_SPACE, 0);
                    return;
                }
                self.block.write(DATA, u32::from(byte[0]));
            }
            self.block.change(INTERRUPT_MASK, 0, TRANSMIT_SPACE);
        });
    }
}

#[interrupt]
fn UART0() {
    PORTS[0].serve();
}

#[interrupt]
fn UART1() {
    PORTS[1].serve();
}

#[interrupt]
fn UART2() {
    PORTS[2].serve();
}

/// What a UART receives.
pub struct UartRx(Port);

/// What goes out over a UART.
pub struct UartTx {
    port: Port,
    /// The RS-485 driver, on while there is something to send.
    driver: Option<Output>,
}

/// Starts the UARTs. Only to be called once, or two tasks would share a receiver's bytes.
pub(crate) fn start(lines: [Line; 3], rs485_driver: Output) -> [(UartRx, UartTx); 3] {
    for (port, line) in PORTS.iter().zip(lines) {
        port.start(line);
    }
    let [console, plant, bus] = PORTS;
    [
        (UartRx(console), UartTx { port: console, driver: None }),
        (UartRx(plant), UartTx { port: plant, driver: None }),
        (UartRx(bus), UartTx { port: bus, driver: Some(rs485_driver) }),
    ]
}

impl UartRx {
    /// Bytes lost since the start, by an overrun or a damaged character.
    #[must_use]
    pub fn lost(&self) -> u32 {
        self.0.pipes.lost.load(Ordering::Relaxed)
    }
}

impl ErrorType for UartRx {
    type Error = Infallible;
}

impl Read for UartRx {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        Ok(self.0.pipes.received.read(buffer).await)
    }
}

impl ReadReady for UartRx {
    fn read_ready(&mut self) -> Result<bool, Infallible> {
        Ok(!self.0.pipes.received.is_empty())
    }
}

impl ErrorType for UartTx {
    type Error = Infallible;
}

impl Write for UartTx {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        if let Some(driver) = &mut self.driver {
            driver.set_high()?;
        }
        let taken = self.port.pipes.to_send.write(bytes).await;
        self.port.fill();
        Ok(taken)
    }

    /// Waits until the last stop bit is out; on RS-485 the line is free at most 0.5 ms later.
    async fn flush(&mut self) -> Result<(), Infallible> {
        // The block has no interrupt for the end of a transmission.
        while !self.port.pipes.to_send.is_empty() || self.port.block.read(FLAGS) & BUSY != 0 {
            Timer::after_micros(500).await;
        }
        if let Some(driver) = &mut self.driver {
            driver.set_low()?;
        }
        Ok(())
    }
}

impl WriteReady for UartTx {
    fn write_ready(&mut self) -> Result<bool, Infallible> {
        Ok(!self.port.pipes.to_send.is_full())
    }
}
