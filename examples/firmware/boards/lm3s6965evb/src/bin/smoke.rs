//! Proves each block of the board in QEMU and leaves it with an exit status; `./smoke` runs it.
//!
//! The first start tests everything and then lets the watchdog bite; the second start checks that
//! it was the watchdog and that the EEPROM remembers the first. UART1 and UART2 are wired to each
//! other, and 10.0.2.100 port 7 echoes.

#![no_std]
#![no_main]

use core::fmt::Write as _;

use embassy_executor::Spawner;
use embassy_futures::select::{Either, select};
use embassy_net::tcp::TcpSocket;
use embassy_net::{Config, Ipv4Address, Runner, Stack, StackResources};
use embassy_time::{Duration, Instant, Ticker, Timer, with_timeout};
use embedded_hal::digital::{OutputPin, StatefulOutputPin};
use embedded_io_async::{Read, Write};
use embedded_storage_async::nor_flash::{NorFlash, ReadNorFlash};
use lm3s6965evb::reset::Cause;
use lm3s6965evb::{
    EEPROM_CAPACITY, Eeprom, Ethernet, I2cBus, Pins, UartRx, UartTx, Watchdog, executor, stack,
};
use portable_atomic::{AtomicU32, Ordering};
use static_cell::StaticCell;

/// A result, or what failed.
type Check = Result<(), &'static str>;

#[cortex_m_rt::entry]
fn main() -> ! {
    executor::run(|spawner| {
        if let Ok(task) = smoke(spawner) {
            spawner.spawn(task);
        }
    });
    lm3s6965evb::exit(false)
}

/// Ticks of the urgent executor, which has to keep its pace beside everything else.
static TICKS: AtomicU32 = AtomicU32::new(0);

#[embassy_executor::task]
async fn tick() {
    let mut ticker = Ticker::every(Duration::from_millis(1));
    loop {
        ticker.next().await;
        TICKS.fetch_add(1, Ordering::Relaxed);
    }
}

#[embassy_executor::task]
async fn smoke(spawner: Spawner) {
    let Some(mut board) = lm3s6965evb::init() else { lm3s6965evb::exit(false) };
    let mut console = Console(board.console.1);
    console.line(format_args!("smoke: started by {:?}", board.cause)).await;
    if let (Some(urgent), Ok(task)) = (executor::start_urgent(), tick()) {
        urgent.spawn(task);
    }
    let count = match eeprom_counter(&mut board.eeprom).await {
        Ok(count) => count,
        Err(error) => console.fail(error).await,
    };
    console.line(format_args!("smoke: eeprom counter {count}")).await;
    if board.cause == Cause::Watchdog {
        console.line(format_args!("smoke: passed")).await;
        lm3s6965evb::exit(true);
    }

    let result = eeprom(&mut board.eeprom).await;
    console.report("eeprom", result).await;
    let result = uarts(board.plant, board.bus).await;
    console.report("uarts", result).await;
    console.report("pins", pins(&mut board.pins)).await;
    let result = network(spawner, board.ethernet).await;
    console.report("network", result).await;
    let result = clock().await;
    console.report("clock", result).await;
    let (used, size) = (stack::used(), stack::size());
    console.line(format_args!("smoke: stack {used} of {size} bytes")).await;
    console.line(format_args!("smoke: load {} permille", executor::load_permille())).await;

    let mut watchdog = Watchdog::start(Duration::from_millis(100));
    for _ in 0..10 {
        Timer::after_millis(30).await;
        watchdog.feed();
    }
    console.line(format_args!("smoke: fed for 300 ms, now starving")).await;
    Timer::after_millis(500).await;
    console.fail("the watchdog did not reset").await;
}

struct Console(UartTx);

impl Console {
    async fn line(&mut self, line: core::fmt::Arguments<'_>) {
        let mut text = heapless::String::<96>::new();
        // A longer line is cut: it is for a person.
        let _ = writeln!(text, "{line}");
        let Ok(()) = self.0.write_all(text.as_bytes()).await;
        let Ok(()) = self.0.flush().await;
    }

    async fn report(&mut self, name: &str, result: Check) {
        match result {
            Ok(()) => self.line(format_args!("smoke: {name} works")).await,
            Err(error) => self.fail(error).await,
        }
    }

    async fn fail(&mut self, error: &str) -> ! {
        self.line(format_args!("smoke: FAILED: {error}")).await;
        lm3s6965evb::exit(false)
    }
}

/// Counts starts in the last page of the EEPROM.
async fn eeprom_counter(eeprom: &mut Eeprom<I2cBus>) -> Result<u32, &'static str> {
    const AT: u32 = (EEPROM_CAPACITY - 4) as u32;
    let mut bytes = [0; 4];
    eeprom.read(AT, &mut bytes).await.map_err(|_| "eeprom: counter not read")?;
    let count = match u32::from_le_bytes(bytes) {
        u32::MAX => 1,
        count => count.wrapping_add(1),
    };
    eeprom.write(AT, &count.to_le_bytes()).await.map_err(|_| "eeprom: counter not written")?;
    Ok(count)
}

/// Erases, writes across pages and reads back, also at odd addresses.
async fn eeprom(eeprom: &mut Eeprom<I2cBus>) -> Check {
    let pattern: [u8; 200] = core::array::from_fn(|index| (index * 7) as u8);
    eeprom.erase(1024, 2048).await.map_err(|_| "eeprom: not erased")?;
    eeprom.write(1024 + 52, &pattern).await.map_err(|_| "eeprom: not written")?;
    let mut read = [0; 202];
    eeprom.read(1024 + 51, &mut read).await.map_err(|_| "eeprom: not read")?;
    match read.split_first() {
        Some((0xFF, rest)) if rest.starts_with(&pattern) && rest.ends_with(&[0xFF]) => {}
        _ => return Err("eeprom: holds something else"),
    }
    if eeprom.write(1024 + 2, &[0; 4]).await.is_ok() || eeprom.erase(0, 33 * 1024).await.is_ok() {
        return Err("eeprom: took a wrong address");
    }
    Ok(())
}

/// Sends many times what a FIFO holds from one UART to the other, each way. Not more at once: QEMU
/// stops for ever when the socket between them is full, which takes some 270 bytes.
async fn uarts(mut plant: (UartRx, UartTx), mut bus: (UartRx, UartTx)) -> Check {
    cross(&mut plant.1, &mut bus.0).await?;
    cross(&mut bus.1, &mut plant.0).await
}

async fn cross(from: &mut UartTx, to: &mut UartRx) -> Check {
    let message: [u8; 200] = core::array::from_fn(|index| index as u8);
    let mut received = [0; 200];
    let send = async {
        let Ok(()) = from.write_all(&message).await;
        let Ok(()) = from.flush().await;
        core::future::pending::<()>().await;
    };
    match select(with_timeout(Duration::from_secs(5), to.read_exact(&mut received)), send).await {
        Either::First(Ok(Ok(()))) if received == message && to.lost() == 0 => Ok(()),
        _ => Err("uarts: bytes lost or wrong"),
    }
}

fn pins(pins: &mut Pins) -> Check {
    let [[one, other], _] = &mut pins.relays;
    let (Ok(()), Ok(on), Ok(off)) = (one.set_high(), one.is_set_high(), other.is_set_low());
    if !on || !off {
        return Err("pins: a write did not stay or touched its neighbour");
    }
    let (Ok(()), Ok(off)) = (one.set_low(), one.is_set_low());
    if off { Ok(()) } else { Err("pins: does not go low") }
}

#[embassy_executor::task]
async fn net(mut runner: Runner<'static, Ethernet>) {
    runner.run().await;
}

/// An address by DHCP and a kilobyte there and back over TCP.
async fn network(spawner: Spawner, ethernet: Ethernet) -> Check {
    static RESOURCES: StaticCell<StackResources<3>> = StaticCell::new();
    let resources = RESOURCES.try_init(StackResources::new()).ok_or("network: started twice")?;
    let (stack, runner): (Stack<'static>, _) =
        embassy_net::new(ethernet, Config::dhcpv4(Default::default()), resources, Instant::now().as_ticks());
    spawner.spawn(net(runner).map_err(|_| "network: no task")?);
    with_timeout(Duration::from_secs(10), stack.wait_config_up()).await.map_err(|_| "network: no address")?;

    let (mut receive, mut transmit) = ([0; 512], [0; 512]);
    let mut socket = TcpSocket::new(stack, &mut receive, &mut transmit);
    socket.set_timeout(Some(Duration::from_secs(5)));
    socket.connect((Ipv4Address::new(10, 0, 2, 100), 7)).await.map_err(|_| "network: not connected")?;
    let message: [u8; 128] = core::array::from_fn(|index| index as u8);
    for _ in 0..8 {
        socket.write_all(&message).await.map_err(|_| "network: not sent")?;
        let mut answer = [0; 128];
        socket.read_exact(&mut answer).await.map_err(|_| "network: not received")?;
        if answer != message {
            return Err("network: the echo differs");
        }
    }
    Ok(())
}

/// Over three wraps of the counter: time never steps back or leaps, alarms are not early, and
/// the urgent task ticked once a millisecond.
async fn clock() -> Check {
    let (start, ticks) = (Instant::now(), TICKS.load(Ordering::Relaxed));
    let mut last = start;
    while last < start + Duration::from_millis(700) {
        let now = Instant::now();
        if now < last || now > last + Duration::from_millis(300) {
            return Err("clock: stepped");
        }
        last = now;
    }
    let alarm = Instant::now() + Duration::from_millis(400);
    Timer::at(alarm).await;
    if Instant::now() < alarm {
        return Err("clock: early");
    }
    let (elapsed, ticked) = (start.elapsed().as_millis(), TICKS.load(Ordering::Relaxed) - ticks);
    if u64::from(ticked).abs_diff(elapsed) > 20 {
        Err("clock: the urgent task lost its pace")
    } else {
        Ok(())
    }
}
