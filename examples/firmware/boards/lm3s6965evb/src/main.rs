//! The reference charger on the LM3S6965 evaluation kit.
//!
//! Pilots, sensors and commands of both sockets go over UART1 to a plant; contactors and lamps are on pins as well,
//! for a person to see.

#![no_std]
#![no_main]

use core::convert::Infallible;

use embassy_executor::Spawner;
use embassy_net::Runner;
use embassy_time::Duration;
use embedded_hal::digital::{OutputPin, PinState};
use evkit_firmware::board::{Board, Driven, Duplex, FrontEnd, Health, Peripherals, SOCKETS, Sensed, System};
use evkit_firmware::log::Log;
use evkit_firmware::plant_link::PlantLink;
use evkit_firmware::{Memory, Shared, power};
use evkit_hal::driver::rgb;
use evkit_hal::safety::Protection;
use evkit_hal::units::Instant;
use lm3s6965evb::reset::{self, Cause};
use lm3s6965evb::{Eeprom, Ethernet, I2cBus, Output, Pins, UartRx, UartTx, Watchdog, executor, stack};

/// The application feeds five times a second.
const WATCHDOG: Duration = Duration::from_secs(2);

static LOG: Log = Log::new();
static SHARED: Shared = Shared::new(&LOG);
static MEMORY: Memory = Memory::new();

#[cortex_m_rt::entry]
fn main() -> ! {
    if let Some(board) = lm3s6965evb::init() {
        executor::run(|spawner| start(spawner, board));
    }
    // Not reached: both succeed the first time.
    reset::restart()
}

/// Hands the peripherals to the futures of the firmware.
fn start(spawner: Spawner, board: lm3s6965evb::Peripherals) {
    let station = Peripherals {
        console: Duplex(board.console.0, board.console.1),
        bus: Duplex(board.bus.0, board.bus.1),
        store: board.eeprom,
        network: board.ethernet,
        system: Chip { watchdog: Watchdog::start(WATCHDOG), cause: board.cause },
        // The chip has no randomness; boards at least differ, and the application counts starts.
        seed: board.serial.iter().fold(0, |seed, byte| seed << 8 | u64::from(*byte)),
    };
    // Were a task missing, the watchdog would not be fed.
    if let (Some(urgent), Ok(task)) = (executor::start_urgent(), sockets(board.plant, board.pins)) {
        urgent.spawn(task);
    }
    if let Ok(task) = charger(station, spawner) {
        spawner.spawn(task);
    }
}

/// Interrupts [`charger`] every millisecond.
#[embassy_executor::task]
async fn sockets(plant: (UartRx, UartTx), pins: Pins) {
    let mut front_end = Mirrored { plant: PlantLink::new(plant.0, plant.1), pins };
    // It ends only with an error, which it has logged; the watchdog finds it silent then.
    let _ = power::run(&mut front_end, &SHARED, &MEMORY).await;
}

#[embassy_executor::task]
async fn charger(peripherals: Peripherals<Kit>, spawner: Spawner) {
    let start_network = |runner| {
        // Spawned once.
        if let Ok(task) = network(runner) {
            spawner.spawn(task);
        }
    };
    // As above.
    let _ = evkit_firmware::run(peripherals, &SHARED, &MEMORY, start_network).await;
}

#[embassy_executor::task]
async fn network(mut runner: Runner<'static, Ethernet>) {
    runner.run().await;
}

/// The kit's peripherals.
struct Kit;

impl Board for Kit {
    type Console = Duplex<UartRx, UartTx>;
    type Bus = Duplex<UartRx, UartTx>;
    type Store = Eeprom<I2cBus>;
    type Network = Ethernet;
    type System = Chip;
}

struct Chip {
    watchdog: Watchdog,
    cause: Cause,
}

impl System for Chip {
    fn feed(&mut self) {
        self.watchdog.feed();
    }

    fn restart(&mut self) -> ! {
        reset::restart()
    }

    fn health(&mut self) -> Health {
        Health {
            stack_used: stack::used() as u32,
            stack_size: stack::size() as u32,
            load_permille: executor::load_permille(),
            cause: self.cause.name(),
        }
    }
}

/// The plant, with contactors and lamps shown on pins.
struct Mirrored {
    plant: PlantLink<UartRx, UartTx>,
    pins: Pins,
}

impl FrontEnd for Mirrored {
    const FITTED: &'static [Protection] = <PlantLink<UartRx, UartTx> as FrontEnd>::FITTED;

    fn sense(&mut self, now: Instant) -> impl Future<Output = [Sensed; SOCKETS]> {
        self.plant.sense(now)
    }

    async fn drive(&mut self, now: Instant, outputs: &[Driven; SOCKETS]) {
        for ((relays, lamps), output) in self.pins.relays.iter_mut().zip(&mut self.pins.lamps).zip(outputs) {
            for relay in relays {
                set(relay, output.contactor);
            }
            for (lamp, shade) in lamps.iter_mut().zip(rgb(output.light.segment(0))) {
                set(lamp, shade > 0);
            }
        }
        let lit = outputs.iter().any(|output| output.contactor);
        set(&mut self.pins.status, lit);
        self.plant.drive(now, outputs).await;
    }
}

fn set(pin: &mut Output, on: bool) {
    let Ok::<_, Infallible>(()) = pin.set_state(PinState::from(on));
}
