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

use embassy_futures::join::{join, join4};
use embassy_net::Runner;
use evkit_rfid::{Cache, CacheRule};

use board::{Board, Health, Peripherals, System as _};
use log::log;
pub use memory::Memory;
pub use meter::BAUD;
pub use shared::Shared;
use shared::{Level, Task};
use station::{Random, Station};
use store::Store;

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
    let parts = memory.take().ok_or(StartError::Memory)?;
    Task::ALL.into_iter().for_each(|task| shared.alive(task));
    log!(shared, "start after {}", system.health().cause);
    let mut store = Store::new(store).map_err(|_| StartError::Store)?;
    if store.prepare(|| system.feed()).await.is_err() {
        log!(shared, "the store's memory fails; nothing will be kept");
    }
    let mut random = Random(seed);
    let starts = store.count_start().await;
    // Differs from one start to the next even where the board has no randomness.
    random.0 ^= u64::from(starts) << 32;
    let settings = store.settings().await;
    let config = station::session_config(&settings, random.next());
    let session = memory.session(&config).ok_or(StartError::Memory)?;

    let dhcp = embassy_net::Config::dhcpv4(Default::default());
    let (stack, network) = embassy_net::new(network, dhcp, parts.resources, random.next());
    start_network(network);

    let membership = load::Membership::new(&settings, random.next() as u32);
    let first_meter = settings.number(store::settings::Setting::MeterUnit);
    let health = Level::new(Health::default());
    let cache = Cache::new(parts.cache, parts.index, CacheRule::EVLINK);
    let station = Station::new(shared, session, store, &settings, cache, parts.sent, random.next());

    let meter = meter::run(bus, shared, first_meter);
    let load = load::run(stack, shared, membership, parts.datagrams);
    let console = console::run(console, shared, &settings, &health);
    let watch = watch::run(system, shared, &health);
    let station = station.run(stack, parts.connection);
    join(station, join4(meter, load, console, watch)).await.0
}
