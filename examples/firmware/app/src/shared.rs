//! What the power loop and the rest of the firmware tell each other.
//!
//! Everything here is a *level*, not an event: the newest value counts, nothing queues up and nothing is lost when a
//! task is busy. What must not be missed is counted, so that a reader sees that it happened. Access is a copy of some
//! bytes under a critical section.

use core::cell::Cell;
use core::fmt;
use core::sync::atomic::{AtomicU32, Ordering};

use embassy_sync::blocking_mutex::Mutex;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::signal::Signal;
use evkit_hal::fault::Fault;
use evkit_hal::pilot::State;
use evkit_hal::units::{Instant, Milliamps};
use evkit_rfid::Uid;

use crate::board::SOCKETS;
use crate::clock;
use crate::log::Log;
use crate::power::lamps::Sign;
use crate::store::settings::{Setting, Value};

/// A value that is copied in and out.
#[derive(Debug)]
pub(crate) struct Level<T: Copy>(Mutex<CriticalSectionRawMutex, Cell<T>>);

impl<T: Copy> Level<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(Mutex::new(Cell::new(value)))
    }

    /// Not inlined: a critical section and a copy are more than a call.
    #[inline(never)]
    pub(crate) fn get(&self) -> T {
        self.0.lock(Cell::get)
    }

    pub(crate) fn set(&self, value: T) {
        self.0.lock(|cell| cell.set(value));
    }

    pub(crate) fn update(&self, change: impl FnOnce(&mut T)) {
        self.0.lock(|cell| {
            let mut value = cell.get();
            change(&mut value);
            cell.set(value);
        });
    }
}

/// What the program wants of a socket. None of it closes a contactor: it only no longer forbids to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Orders {
    /// Somebody may charge.
    pub(crate) permission: bool,
    /// Current per phase that the station can spare; zero pauses.
    pub(crate) offer: Milliamps,
    /// In service.
    pub(crate) available: bool,
    /// What the lamps say while nothing is wrong.
    pub(crate) sign: Sign,
    /// Counts refused cards, for lamps and buzzer.
    pub(crate) refused: u8,
    /// Counts accepted cards.
    pub(crate) accepted: u8,
    /// Counts requests to free the plug.
    pub(crate) unlocks: u8,
    /// Counts requests of a person to forget a fault of the contactor.
    pub(crate) clears: u8,
}

impl Orders {
    const REST: Self = Self {
        permission: false,
        offer: Milliamps(0),
        available: true,
        sign: Sign::NoBackEnd,
        refused: 0,
        accepted: 0,
        unlocks: 0,
        clears: 0,
    };
}

/// What the power loop says about a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct View {
    /// The pilot's state, while it is known.
    pub(crate) state: Option<State>,
    /// A vehicle is connected.
    pub(crate) plugged: bool,
    /// Certainly none is; neither holds while it is not known.
    pub(crate) empty: bool,
    /// Counts the vehicles that were plugged in.
    pub(crate) visits: u16,
    /// The contactor is closed.
    pub(crate) closed: bool,
    /// The pilot carries a duty cycle.
    pub(crate) offering: bool,
    /// Current the vehicle is told.
    pub(crate) advertised: Milliamps,
    /// The worst fault that stands.
    pub(crate) fault: Option<Fault>,
    /// Counts the faults that end a transaction.
    pub(crate) stops: u16,
    /// The bolt holds the plug.
    pub(crate) locked: bool,
    /// Counts the cards held to the reader; the newest one.
    pub(crate) cards: u16,
    pub(crate) card: Option<Uid>,
}

impl View {
    /// Before the power loop has looked.
    pub(crate) const UNKNOWN: Self = Self {
        state: None,
        plugged: false,
        empty: false,
        visits: 0,
        closed: false,
        offering: false,
        advertised: Milliamps(0),
        fault: None,
        stops: 0,
        locked: false,
        cards: 0,
        card: None,
    };
}

/// What a meter measured last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Measured {
    /// When, if ever.
    pub(crate) at: Option<Instant>,
    /// Energy register in watt hours; it never runs backwards.
    pub(crate) energy_wh: u64,
    /// Power in watts.
    pub(crate) power_w: i32,
    /// Currents by phase.
    pub(crate) currents: [Milliamps; 3],
    /// Voltages between phase and neutral in millivolts.
    pub(crate) voltages_mv: [u32; 3],
}

impl Measured {
    pub(crate) const NEVER: Self =
        Self { at: None, energy_wh: 0, power_w: 0, currents: [Milliamps(0); 3], voltages_mv: [0; 3] };

    /// Whether the reading is not older than `limit_ms`.
    pub(crate) fn is_fresh(&self, now: Instant, limit_ms: u16) -> bool {
        self.at.is_some_and(|at| !now.has_passed_ms(at, evkit_hal::units::Millis(limit_ms)))
    }
}

/// One socket.
#[derive(Debug)]
pub(crate) struct SocketShared {
    /// From the program to the power loop.
    pub(crate) orders: Level<Orders>,
    /// From the power loop to the program.
    pub(crate) view: Level<View>,
    /// From the meter to everybody.
    pub(crate) measured: Level<Measured>,
    /// From load management to the program: the limit by socket, `None` without load management.
    pub(crate) managed: Level<Option<Milliamps>>,
    /// A session wants current, for load management.
    pub(crate) wants: Level<bool>,
}

impl SocketShared {
    const fn new() -> Self {
        Self {
            orders: Level::new(Orders::REST),
            view: Level::new(View::UNKNOWN),
            measured: Level::new(Measured::NEVER),
            managed: Level::new(None),
            wants: Level::new(false),
        }
    }
}

/// A setting that a person wants changed.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) setting: Setting,
    pub(crate) value: Value,
}

/// A task whose life is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Pilots and contactors.
    Power,
    /// OCPP.
    Station,
    /// Modbus.
    Meter,
    /// Load management.
    Load,
    /// Console.
    Console,
}

impl Task {
    pub(crate) const ALL: [Self; 5] = [Self::Power, Self::Station, Self::Meter, Self::Load, Self::Console];

    /// How long it may be silent before the watchdog is left to bite.
    const fn patience_ms(self) -> u32 {
        match self {
            Self::Power => 100,
            // It may wait for a peer that takes nothing for as long as a write is given.
            Self::Station => 30_000,
            Self::Meter | Self::Load | Self::Console => 10_000,
        }
    }
}

/// Everything the two halves of the firmware share. The board declares one as a static.
pub struct Shared {
    pub(crate) sockets: [SocketShared; SOCKETS],
    /// The log.
    pub log: &'static Log,
    /// Something that the program has to look at, in `sockets` or of what a person wants.
    pub(crate) changed: Signal<CriticalSectionRawMutex, ()>,
    /// A setting a person wants changed.
    request: Mutex<CriticalSectionRawMutex, Cell<Option<Request>>>,
    /// A person wants the station to restart.
    pub(crate) restart: Level<bool>,
    /// Everything is said and kept that has to be before a restart.
    pub(crate) restart_now: Signal<CriticalSectionRawMutex, ()>,
    /// When each task was last alive, in milliseconds modulo 2^32.
    alive: [AtomicU32; Task::ALL.len()],
}

impl Shared {
    /// A station that has just been switched on. The log is a static of its own: it is all zeros at first, and would
    /// lie in flash a second time beside what is not.
    pub const fn new(log: &'static Log) -> Self {
        Self {
            sockets: [const { SocketShared::new() }; SOCKETS],
            log,
            changed: Signal::new(),
            request: Mutex::new(Cell::new(None)),
            restart: Level::new(false),
            restart_now: Signal::new(),
            alive: [const { AtomicU32::new(0) }; Task::ALL.len()],
        }
    }

    /// One for a test, which lasts as long as a static.
    #[cfg(test)]
    pub(crate) fn leaked() -> &'static Self {
        Box::leak(Box::new(Self::new(Box::leak(Box::default()))))
    }

    /// A person wants a setting changed; false while the last one waits.
    pub(crate) fn ask(&self, request: Request) -> bool {
        let taken = self.request.lock(|slot| {
            let waiting = slot.take();
            let free = waiting.is_none();
            slot.set(waiting.or(Some(request)));
            free
        });
        self.changed.signal(());
        taken
    }

    /// The setting a person wants changed, once.
    pub(crate) fn take_request(&self) -> Option<Request> {
        self.request.lock(Cell::take)
    }

    /// A task says that it is alive.
    pub(crate) fn alive(&self, task: Task) {
        if let Some(seen) = self.alive.get(task as usize) {
            seen.store(clock::millis() as u32, Ordering::Relaxed);
        }
    }

    /// The first task that has not been heard of for too long.
    pub(crate) fn silent(&self) -> Option<Task> {
        let now = clock::millis() as u32;
        Task::ALL.into_iter().zip(&self.alive).find_map(|(task, seen)| {
            let silent = now.wrapping_sub(seen.load(Ordering::Relaxed));
            // A task that interrupts this one may just have been a millisecond ahead.
            (silent > task.patience_ms() && silent < u32::MAX / 2).then_some(task)
        })
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("sockets", &self.sockets).finish_non_exhaustive()
    }
}
