//! The buffers of the firmware in one place, so that their sizes are seen at a glance.

use core::fmt;

use embassy_net::StackResources;
use embassy_sync::blocking_mutex::Mutex;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use evkit_ocpp::v16::charge_point::Config;
use evkit_rfid::{CacheEntry, IdTag, Slot};
use static_cell::{ConstStaticCell, StaticCell};

use crate::board;
use crate::load;
use crate::power::Socket;
use crate::station::{Session, connection};

/// The longest frame sent: the answer to GetConfiguration with all keys.
const SENT: usize = 5_632;
/// Identifiers remembered from one answer of the central system to the next visit; forgotten at a restart.
const CACHE: usize = 16;
/// Sockets of the network: DHCP, the central system, load management, one to spare.
const SOCKETS: usize = 4;

/// The firmware's memory. A board declares one as a static; it is handed over once.
pub struct Memory {
    session: StaticCell<Session>,
    /// For the power loop.
    pub(crate) sockets: [StaticCell<Socket>; board::SOCKETS],
    resources: ConstStaticCell<StackResources<SOCKETS>>,
    connection: ConstStaticCell<connection::Buffers>,
    sent: ConstStaticCell<[u8; SENT]>,
    // These are not all zeros at first, and memory that is not lies in flash a second time.
    datagrams: StaticCell<load::Buffers>,
    cache: StaticCell<[Option<CacheEntry>; CACHE]>,
    index: StaticCell<[Option<Slot<IdTag>>; CACHE]>,
}

/// What the tasks get of it.
pub(crate) struct Parts {
    pub(crate) resources: &'static mut StackResources<SOCKETS>,
    pub(crate) connection: &'static mut connection::Buffers,
    pub(crate) datagrams: &'static mut load::Buffers,
    pub(crate) sent: &'static mut [u8; SENT],
    pub(crate) cache: &'static mut [Option<CacheEntry>; CACHE],
    pub(crate) index: &'static mut [Option<Slot<IdTag>>; CACHE],
}

impl Memory {
    /// Memory nobody uses yet.
    pub const fn new() -> Self {
        Self {
            session: StaticCell::new(),
            sockets: [const { StaticCell::new() }; board::SOCKETS],
            resources: ConstStaticCell::new(StackResources::new()),
            connection: ConstStaticCell::new(connection::Buffers::new()),
            datagrams: StaticCell::new(),
            sent: ConstStaticCell::new([0; SENT]),
            cache: StaticCell::new(),
            index: StaticCell::new(),
        }
    }

    /// Builds the session in its memory, once. On the way it takes 15 KB of stack, so interrupts, whose tasks take theirs
    /// from the same stack, wait for the fraction of a millisecond until it is given back; nothing is switched on yet.
    pub(crate) fn session(&'static self, config: &Config<'static>) -> Option<&'static mut Session> {
        Mutex::<CriticalSectionRawMutex, ()>::new(()).lock(|()| self.build(config))
    }

    #[inline(never)]
    fn build(&'static self, config: &Config<'static>) -> Option<&'static mut Session> {
        Some(self.session.try_uninit()?.write(Session::new(config.clone())))
    }

    /// Hands everything but the session over, once.
    pub(crate) fn take(&'static self) -> Option<Parts> {
        Some(Parts {
            resources: self.resources.try_take()?,
            connection: self.connection.try_take()?,
            datagrams: self.datagrams.try_init_with(load::Buffers::new)?,
            sent: self.sent.try_take()?,
            cache: self.cache.try_init_with(|| [const { None }; CACHE])?,
            index: self.index.try_init_with(|| [const { None }; CACHE])?,
        })
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}
