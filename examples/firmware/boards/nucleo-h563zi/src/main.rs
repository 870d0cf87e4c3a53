//! The reference charger on ST's NUCLEO-H563ZI: the application of the emulated kit with real pilots.
//!
//! It is built, not run, in CI: no emulator has this chip. Wiring and flashing: `README.md`.

#![no_std]
#![no_main]

mod executors;
mod front_end;

use at24c256::Eeprom;
use cortex_m::peripheral::SCB;
use embassy_executor::Spawner;
use embassy_net::Runner;
use embassy_stm32::eth::{Ethernet, GenericPhy, PacketQueue, Sma};
use embassy_stm32::i2c::{I2c, Master};
use embassy_stm32::interrupt::{self, InterruptExt as _, Priority};
use embassy_stm32::mode::Async;
use embassy_stm32::peripherals::{
    ETH, ETH_SMA, GPDMA1_CH0, GPDMA1_CH1, GPDMA1_CH2, I2C1, IWDG, RNG, USART2, USART3,
};
use embassy_stm32::rcc::{Hse, HseMode, Pll, PllDiv, PllMul, PllPreDiv, PllSource, Sysclk, VoltageScale};
use embassy_stm32::rng::Rng;
use embassy_stm32::time::{khz, mhz};
use embassy_stm32::usart::{BufferedUart, Config as Line};
use embassy_stm32::wdg::IndependentWatchdog;
use embassy_stm32::{Config, bind_interrupts, dma, eth, i2c, rng, usart};
use evkit_firmware::board::{Board, Health, Peripherals, System};
use evkit_firmware::log::Log;
use evkit_firmware::{BAUD, Memory, Shared, power};
use static_cell::{ConstStaticCell, StaticCell};

use executors::{CONVERTER, SOCKETS};
use front_end::{Converter, PILOT, Pilots, Pins, Sockets, input, output};

bind_interrupts!(struct Irqs {
    ETH => eth::InterruptHandler;
    GPDMA1_CHANNEL0 => dma::InterruptHandler<GPDMA1_CH0>;
    GPDMA1_CHANNEL1 => dma::InterruptHandler<GPDMA1_CH1>;
    GPDMA1_CHANNEL2 => dma::InterruptHandler<GPDMA1_CH2>;
    I2C1_EV => i2c::EventInterruptHandler<I2C1>;
    I2C1_ER => i2c::ErrorInterruptHandler<I2C1>;
    RNG => rng::InterruptHandler<RNG>;
    USART2 => usart::BufferedInterruptHandler<USART2>;
    USART3 => usart::BufferedInterruptHandler<USART3>;
});

/// The application feeds five times a second.
const WATCHDOG_MICROS: u32 = 2_000_000;

static LOG: Log = Log::new();
static SHARED: Shared = Shared::new(&LOG);
static MEMORY: Memory = Memory::new();
static PACKETS: StaticCell<PacketQueue<4, 4>> = StaticCell::new();
static LINES: ConstStaticCell<[[u8; 256]; 4]> = ConstStaticCell::new([[0; 256]; 4]);

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    if let Some((converter, sockets, station)) = start() {
        interrupt::UART5.set_priority(Priority::P5);
        interrupt::UART4.set_priority(Priority::P6);
        if let (Ok(convert), Ok(run)) = (convert(converter), run_sockets(sockets)) {
            CONVERTER.start(interrupt::UART5).spawn(convert);
            SOCKETS.start(interrupt::UART4).spawn(run);
        }
        if let Ok(task) = charger(station, spawner) {
            spawner.spawn(task);
        }
    }
}

/// Starts the clocks (250 MHz out of the 8 MHz of the ST-LINK) and the peripherals; `None` at a second call.
fn start() -> Option<(Converter, Sockets, Peripherals<Nucleo>)> {
    let mut config = Config::default();
    config.rcc.hsi48 = Some(Default::default());
    config.rcc.hse = Some(Hse { freq: mhz(8), mode: HseMode::BypassDigital });
    config.rcc.pll1 = Some(Pll {
        source: PllSource::HSE,
        prediv: PllPreDiv::DIV2,
        mul: PllMul::MUL125,
        divp: Some(PllDiv::DIV2),
        divq: Some(PllDiv::DIV2),
        divr: None,
    });
    config.rcc.sys = Sysclk::PLL1_P;
    config.rcc.voltage_scale = VoltageScale::Scale0;
    let p = embassy_stm32::init(config);

    let pins = Pins {
        coil: [output(p.PG14), output(p.PG12)],
        feedback: [input(p.PF3), input(p.PG9)],
        test: [output(p.PD15), output(p.PD14)],
        trip: [input(p.PE13), input(p.PE14)],
        lock: [output(p.PE7), output(p.PE10)],
        unlock: [output(p.PE8), output(p.PE12)],
        locked: [input(p.PE15), input(p.PB10)],
        lamp: [output(p.PB0), output(p.PF4)],
    };
    let pilots = Pilots { timer: p.TIM1, first: p.PE9, second: p.PE11 };
    let converter =
        Converter { adc: p.ADC1, dma: p.GPDMA1_CH0, pilots: (p.PA6, p.PC0), proximities: (p.PC3, p.PB1) };
    let sockets = Sockets::new(pins, pilots)?;

    let [console_out, console_in, bus_out, bus_in] = LINES.try_take()?;
    let console =
        BufferedUart::new(p.USART3, p.PD9, p.PD8, console_out, console_in, Irqs, Line::default()).ok()?;
    let mut line = Line::default();
    line.baudrate = BAUD;
    // The block turns the transceiver around by itself.
    let bus = BufferedUart::new_with_de(p.USART2, p.PD6, p.PD5, p.PD4, Irqs, bus_out, bus_in, line).ok()?;

    let mut fast = i2c::Config::default();
    fast.frequency = khz(400);
    let bus_of_store = I2c::new(p.I2C1, p.PB8, p.PB9, p.GPDMA1_CH1, p.GPDMA1_CH2, Irqs, fast);

    let mut rng = Rng::new(p.RNG, Irqs);
    let packets = PACKETS.try_init_with(PacketQueue::new)?;
    let network = Ethernet::new(
        packets,
        p.ETH,
        Irqs,
        p.PA1,
        p.PA7,
        p.PC4,
        p.PC5,
        p.PG13,
        p.PB15,
        p.PG11,
        address(&embassy_stm32::uid::uid()),
        p.ETH_SMA,
        p.PA2,
        p.PC1,
    );

    let mut watchdog = IndependentWatchdog::new(p.IWDG, WATCHDOG_MICROS);
    watchdog.unleash();
    let station = Peripherals {
        console,
        bus,
        store: Eeprom::new(bus_of_store),
        network,
        system: Chip { watchdog },
        seed: rng.next_u64(),
    };
    Some((converter, sockets, station))
}

/// A locally administered address out of the chip's number, which is its wafer, place and lot.
fn address(number: &[u8; 12]) -> [u8; 6] {
    let mut address = [0x02_u8, 0, 0, 0, 0, 0];
    for (index, byte) in number.iter().enumerate() {
        if let Some(place) = address.get_mut(1 + index % 5) {
            *place = place.rotate_left(3) ^ byte;
        }
    }
    address
}

/// Interrupts [`run_sockets`] after every reading.
#[embassy_executor::task]
async fn convert(converter: Converter) {
    // Without a calibration no pilot is measured and nothing is switched on.
    if let Some(pilot) = PILOT {
        converter.run(pilot).await;
    }
}

/// Interrupts [`charger`] every millisecond.
#[embassy_executor::task]
async fn run_sockets(mut sockets: Sockets) {
    // It ends only with an error, which it has logged; the watchdog finds it silent then.
    let _ = power::run(&mut sockets, &SHARED, &MEMORY).await;
}

#[embassy_executor::task]
async fn charger(peripherals: Peripherals<Nucleo>, spawner: Spawner) {
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
async fn network(mut runner: Runner<'static, <Nucleo as Board>::Network>) {
    runner.run().await;
}

/// The board's peripherals.
struct Nucleo;

impl Board for Nucleo {
    type Console = BufferedUart<'static>;
    type Bus = BufferedUart<'static>;
    type Store = Eeprom<I2c<'static, Async, Master>>;
    type Network = Ethernet<'static, ETH, GenericPhy<Sma<'static, ETH_SMA>>>;
    type System = Chip;
}

struct Chip {
    watchdog: IndependentWatchdog<'static, IWDG>,
}

impl System for Chip {
    fn feed(&mut self) {
        self.watchdog.pet();
    }

    fn restart(&mut self) -> ! {
        SCB::sys_reset()
    }

    /// Not measured on this board.
    fn health(&mut self) -> Health {
        Health { cause: "unknown", ..Health::default() }
    }
}

/// All outputs fall to their reset state at once, which is off.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    SCB::sys_reset()
}
