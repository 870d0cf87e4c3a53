//! The buffers of the firmware in one place, so that their sizes are seen at a glance.
//!
//! The largest variable is not among them: the OCPP session is a local variable of [`run`](crate::run). There it is built in
//! its place, in the memory of the future; a static would get it by way of 9 KB of stack.

use core::fmt;

use embassy_net::StackResources;
use evkit_rfid::{CacheEntry, IdTag, Slot};
use static_cell::{ConstStaticCell, StaticCell};

use crate::board;
use crate::load;
use crate::power::Socket;
use crate::station::connection;

/// Identifiers remembered from one answer of the central system to the next visit; forgotten at a restart.
const CACHE: usize = 16;
/// Sockets of the network: DHCP, the central system, load management.
const SOCKETS: usize = 3;

/// The firmware's memory. A board declares one as a static; it is handed over once.
pub struct Memory {
    /// For the power loop.
    pub(crate) sockets: [StaticCell<Socket>; board::SOCKETS],
    resources: ConstStaticCell<StackResources<SOCKETS>>,
    connection: ConstStaticCell<connection::Buffers>,
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
    pub(crate) cache: &'static mut [Option<CacheEntry>; CACHE],
    pub(crate) index: &'static mut [Option<Slot<IdTag>>; CACHE],
}

impl Memory {
    /// Memory nobody uses yet.
    pub const fn new() -> Self {
        Self {
            sockets: [const { StaticCell::new() }; board::SOCKETS],
            resources: ConstStaticCell::new(StackResources::new()),
            connection: ConstStaticCell::new(connection::Buffers::new()),
            datagrams: StaticCell::new(),
            cache: StaticCell::new(),
            index: StaticCell::new(),
        }
    }

    /// Hands everything but the sockets over, once.
    pub(crate) fn take(&'static self) -> Option<Parts> {
        Some(Parts {
            resources: self.resources.try_take()?,
            connection: self.connection.try_take()?,
            datagrams: self.datagrams.try_init_with(load::Buffers::new)?,
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
