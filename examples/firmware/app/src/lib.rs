//! A charging station's firmware without the board: two sockets, OCPP 1.6J, load management, meters, journal.
//!
//! The crates of evkit decide, this one joins them to peripherals behind the traits of [`board`]. Nothing allocates.
//!
//! # Tasks
//!
//! | task | module | owns |
//! |---|---|---|
//! | power, interrupts all others every millisecond | [`power`] | pilots, contactors, locks, protections, lamps |
//! | station | `station` | OCPP session, WebSocket, journal and settings |
//! | meter | `meter` | RS-485 |
//! | load management | `load` | UDP |
//! | console | `console` | console |
//! | network | `embassy-net` | Ethernet |
//! | watch | `watch` | watchdog, restart |
//!
//! The network is an embassy task of its own, as is power; the other five are joined in one, [`run`].
//!
//! They share [`Shared`]: newest values, copied in and out. No queue can overflow, nobody waits for anybody, and what
//! moves a contactor does not depend on any other task.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

pub mod board;
mod clock;
mod console;
mod load;
pub mod log;
mod memory;
mod meter;
mod net;
pub mod plant_link;
pub mod power;
mod shared;
mod station;
mod store;
#[cfg(test)]
mod tests;
mod watch;

use core::convert::Infallible;
use core::fmt;
use core::future::poll_fn;
use core::pin::{Pin, pin};
use core::task::Poll;

use embassy_net::{Runner, Stack, StackResources};
use embassy_net_driver::Driver;
use evkit_rfid::{Cache, CacheRule};

use board::{Board, Health, Peripherals, System as _};
use log::log;
pub use memory::Memory;
pub use meter::BAUD;
pub use shared::Shared;
use shared::{Level, Task};
use station::{Random, Session, Station};
use store::Store;
use store::settings::{Setting, Settings};

/// Why the firmware does not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartError {
    /// The [`Memory`] was handed over before.
    Memory,
    /// The store's memory has too few pages, or too small ones.
    Store,
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Memory => "the memory is in use",
            Self::Store => "the store needs four pages of 384 bytes",
        })
    }
}

impl core::error::Error for StartError {}

/// Runs everything but the sockets and the network for good; see [`power::run`] for the sockets.
///
/// # Contract
///
/// `start_network` gives the network to a task of its own, which awaits [`Runner::run`]. Within the task of this future
/// it would never rest: a network's user wakes the network each time it is polled, and so itself.
///
/// # Errors
///
/// See [`StartError`]. The watchdog is not fed then.
pub async fn run<B: Board>(
    peripherals: Peripherals<B>,
    shared: &'static Shared,
    memory: &'static Memory,
    start_network: impl FnOnce(Runner<'static, B::Network>),
) -> Result<Infallible, StartError> {
    let Peripherals { console, bus, store, network, mut system, seed } = peripherals;
    let (zeros, others) = memory.take().ok_or(StartError::Memory)?;
    Task::ALL.into_iter().for_each(|task| shared.alive(task));
    log!(shared, "start after {}", system.health().cause);
    let mut store = Store::new(store).map_err(|_| StartError::Store)?;
    let mut settings = Settings::new();
    let starts = store.start(&mut settings, || system.feed()).await;
    if starts.is_err() {
        log!(shared, "the store's memory fails; nothing will be kept");
    }
    // Differs from one start to the next even where the board has no randomness.
    let mut random = Random(seed ^ u64::from(starts.unwrap_or(0)) << 32);
    let mut session = Session::new(station::session_config(&settings, random.next()));
    let (stack, network) = join_network(network, &mut zeros.resources, random.next());
    start_network(network);

    let membership = load::Membership::new(&settings, random.next() as u32);
    let first_meter = settings.number(Setting::MeterUnit);
    let health = Level::new(Health::default());
    let cache = Cache::new(&mut others.cache, &mut others.index, CacheRule::EVLINK);
    let mut station = Station::new(shared, &mut session, store, &settings, cache, random.next());

    let tasks: [Pin<&mut dyn Future<Output = Infallible>>; 5] = [
        pin!(station.run(stack, &mut zeros.connection)),
        pin!(meter::run(bus, shared, first_meter)),
        pin!(load::run(stack, shared, membership, &mut others.datagrams)),
        pin!(console::run(console, shared, &settings, &health)),
        pin!(watch::run(system, shared, &health)),
    ];
    Ok(all(tasks).await)
}

/// Not inlined: its temporary variables would stay on the stack below all tasks.
#[inline(never)]
fn join_network<D: Driver, const SOCKETS: usize>(
    driver: D,
    resources: &'static mut StackResources<SOCKETS>,
    seed: u64,
) -> (Stack<'static>, Runner<'static, D>) {
    let dhcp = embassy_net::Config::dhcpv4(Default::default());
    embassy_net::new(driver, dhcp, resources, seed)
}

/// Polls all tasks. They are not known by type here, so that none is inlined into another: each takes the stack it needs
/// only while it is polled.
async fn all<const N: usize>(mut tasks: [Pin<&mut dyn Future<Output = Infallible>>; N]) -> Infallible {
    poll_fn(|context| {
        for task in &mut tasks {
            // None ever ends.
            let _ = task.as_mut().poll(context);
        }
        Poll::Pending
    })
    .await
}
