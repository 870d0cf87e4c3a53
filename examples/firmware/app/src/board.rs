//! What the firmware needs from a board: peripherals behind traits, and nothing about their registers.
//!
//! A board runs three futures. [`power::run`](crate::power::run) owns the [`FrontEnd`] and belongs on an executor of
//! higher priority, one that interrupts the other: it is the only code that moves a contactor, and waits for nobody.
//! [`run`](crate::run) owns everything else, apart from the network, which it hands to a task of its own.

use embassy_net_driver::Driver;
use embedded_io::ErrorType;
use embedded_io_async::{Read, Write};
use embedded_storage_async::nor_flash::MultiwriteNorFlash;
use evkit_hal::contactor::Feedback;
use evkit_hal::indicator::Light;
use evkit_hal::lock;
use evkit_hal::pilot::{Sample, Signal};
use evkit_hal::rcm::Lines;
use evkit_hal::safety::Protection;
use evkit_hal::units::{DeciCelsius, Instant, Millivolts, Ohms};
use evkit_rfid::Uid;

/// Sockets of a station.
pub const SOCKETS: usize = 2;

/// A kind of board, by the types of its peripherals.
pub trait Board {
    /// Console: lines of text for people.
    type Console: Read + Write;
    /// RS-485 with the meters. The board turns the transceiver around.
    type Bus: Read + Write;
    /// Memory that survives a power cut, 32 KiB or more, in pages of 512 bytes or more.
    type Store: MultiwriteNorFlash;
    /// Ethernet.
    type Network: Driver + 'static;
    /// Watchdog, restart and figures.
    type System: System;
}

/// The peripherals of a board, handed over once.
#[derive(Debug)]
pub struct Peripherals<B: Board> {
    /// Console.
    pub console: B::Console,
    /// RS-485.
    pub bus: B::Bus,
    /// Memory for settings and journal.
    pub store: B::Store,
    /// Ethernet.
    pub network: B::Network,
    /// Watchdog, restart and figures.
    pub system: B::System,
    /// Different at every start if the board has a source of randomness; the firmware mixes in a count of starts.
    pub seed: u64,
}

/// The two halves of a serial port as one. What it returns are the halves' own futures.
#[derive(Debug)]
pub struct Duplex<R, W>(
    /// Receives.
    pub R,
    /// Sends.
    pub W,
);

impl<R: ErrorType, W: ErrorType<Error = R::Error>> ErrorType for Duplex<R, W> {
    type Error = R::Error;
}

impl<R: Read, W: ErrorType<Error = R::Error>> Read for Duplex<R, W> {
    fn read(&mut self, buffer: &mut [u8]) -> impl Future<Output = Result<usize, Self::Error>> {
        self.0.read(buffer)
    }
}

impl<R: ErrorType, W: Write<Error = R::Error>> Write for Duplex<R, W> {
    fn write(&mut self, bytes: &[u8]) -> impl Future<Output = Result<usize, Self::Error>> {
        self.1.write(bytes)
    }

    fn flush(&mut self) -> impl Future<Output = Result<(), Self::Error>> {
        self.1.flush()
    }
}

/// What a board knows about itself.
pub trait System {
    /// Feeds the watchdog. A board's watchdog restarts it after one second or more without.
    fn feed(&mut self);

    /// Restarts the board.
    fn restart(&mut self) -> !;

    /// How it is doing.
    fn health(&mut self) -> Health;
}

/// Figures of a running board; zero where it has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Most bytes of stack ever used.
    pub stack_used: u32,
    /// Bytes of stack there are.
    pub stack_size: u32,
    /// Share of time the processor was busy, in thousandths.
    pub load_permille: u16,
    /// Why the board started last.
    pub cause: &'static str,
}

/// The electronics of the sockets.
#[allow(async_fn_in_trait, reason = "the board's own future is checked for Send where it is spawned")]
pub trait FrontEnd {
    /// The protections whose sensors it reads; nothing is switched on before each has reported.
    const FITTED: &'static [Protection];

    /// What was measured since the last call. Called every millisecond; must not take longer than a fraction of one.
    async fn sense(&mut self, now: Instant) -> [Sensed; SOCKETS];

    /// Puts the outputs on the pins, after every [`sense`](Self::sense).
    async fn drive(&mut self, now: Instant, outputs: &[Driven; SOCKETS]);
}

/// Measurements of a socket; `None` is not measured this time, never "as before".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sensed {
    /// Control pilot.
    pub pilot: Option<Sample>,
    /// Resistance of the proximity contact.
    pub proximity: Option<Ohms>,
    /// Feedback of the contactor.
    pub feedback: Option<Feedback>,
    /// Feedback of the lock, and whether its supply can still unlock without mains.
    pub bolt: Option<(lock::Sensed, bool)>,
    /// Trip lines of the residual current monitor.
    pub residual: Option<Lines>,
    /// Temperature.
    pub temperature: Option<DeciCelsius>,
    /// Mains between phase and neutral.
    pub mains: Option<Millivolts>,
    /// A card that was just held to the reader.
    pub card: Option<Uid>,
}

/// Outputs of a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Driven {
    /// Pilot generator.
    pub signal: Signal,
    /// Contactor, all phases; `true` is closed.
    pub contactor: bool,
    /// Lock actuator.
    pub lock: lock::Drive,
    /// Test input of the residual current monitor.
    pub residual_test: bool,
    /// Lamps.
    pub light: Light,
    /// Buzzer in hertz; 0 is silent.
    pub tone_hz: u16,
}

impl Driven {
    /// Everything off: no vehicle is offered anything.
    pub const REST: Self = Self {
        signal: Signal::Constant,
        contactor: false,
        lock: lock::Drive::Off,
        residual_test: false,
        light: Light::OFF,
        tone_hz: 0,
    };
}
