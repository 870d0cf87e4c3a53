//! Board support for the TI LM3S6965 evaluation kit (`-M lm3s6965evb` of QEMU 7.2).
//!
//! [`init`] hands out the peripherals, each behind a trait of the embedded ecosystem; [`executor`]
//! runs tasks. All unsafe code of the firmware is in this crate, each block with its reason.
//!
//! What QEMU does not model (PWM, ADC, a PHY) is not used: the analog side of a charger comes over
//! the second UART.

#![no_std]

mod chip;
mod ethernet;
pub mod executor;
mod gpio;
mod i2c;
mod mem;
pub mod reset;
pub mod stack;
mod time;
mod uart;
mod watchdog;

use cortex_m::peripheral::NVIC;
use lm3s6965::Interrupt;

pub use at24c256::{CAPACITY as EEPROM_CAPACITY, Eeprom};
pub use ethernet::Ethernet;
pub use gpio::{Output, Pins};
pub use i2c::I2cBus;
pub use uart::{UartRx, UartTx};
pub use watchdog::Watchdog;

/// Everything the board has, once.
pub struct Peripherals {
    /// UART0, 115200 baud: a person or a test.
    pub console: (UartRx, UartTx),
    /// UART1, 115200 baud: the plant.
    pub plant: (UartRx, UartTx),
    /// UART2, 9600 baud 8N1 over an RS-485 driver: meters. Sending ends with a `flush`, which
    /// frees the line.
    pub bus: (UartRx, UartTx),
    /// The network.
    pub ethernet: Ethernet,
    /// Configuration and journal.
    pub eeprom: Eeprom<I2cBus>,
    /// Relays and lamps.
    pub pins: Pins,
    /// Why the chip started.
    pub cause: reset::Cause,
    /// Differs from board to board, not from start to start: the chip has no source of randomness.
    pub serial: [u8; 6],
}

/// Starts clock, time and peripherals; `None` at a second call.
pub fn init() -> Option<Peripherals> {
    let mut core = cortex_m::Peripherals::take()?;
    let cause = reset::cause();
    chip::start_clock();
    time::start(&mut core.SYST);
    let (pins, rs485_driver) = gpio::start();
    const SLOW: uart::Line = uart::Line::new(9_600, false);
    const FAST: uart::Line = uart::Line::new(115_200, false);
    let [console, plant, bus] = uart::start([FAST, FAST, SLOW], rs485_driver);
    let ethernet = Ethernet::start()?;
    let eeprom = Eeprom::new(I2cBus::start());
    start_interrupts(&mut core.NVIC);
    Some(Peripherals { console, plant, bus, ethernet, eeprom, pins, cause, serial: chip::mac_address() })
}

/// Drivers preempt the urgent executor and never each other.
#[expect(unsafe_code, reason = "opening interrupts can break critical sections built on masking them")]
fn start_interrupts(nvic: &mut NVIC) {
    /// Of 8 levels in the upper three bits, 0 being the most urgent.
    const BELOW_DRIVERS: u8 = 4 << 5;
    let drivers = [
        Interrupt::TIMER_0A,
        Interrupt::UART0,
        Interrupt::UART1,
        Interrupt::UART2,
        Interrupt::I2C0,
        Interrupt::ETHERNET,
    ];
    // SAFETY: no critical section is built on priorities; those of this image mask everything.
    unsafe { nvic.set_priority(executor::URGENT, BELOW_DRIVERS) };
    for interrupt in drivers {
        // SAFETY: every handler of a driver is ready to run: its statics are constants at the
        // start, and `init` is past setting up its block.
        unsafe { NVIC::unmask(interrupt) };
    }
}

/// Leaves QEMU with a status. For tests.
#[cfg(feature = "semihosting")]
pub fn exit(success: bool) -> ! {
    use cortex_m_semihosting::debug::{EXIT_FAILURE, EXIT_SUCCESS, exit};
    loop {
        exit(if success { EXIT_SUCCESS } else { EXIT_FAILURE });
    }
}
