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
    zeros: ConstStaticCell<Zeros>,
    // This is not all zeros at first, and memory that is not lies in flash a second time.
    others: StaticCell<Others>,
}

/// What is all zeros at first.
pub(crate) struct Zeros {
    pub(crate) resources: StackResources<SOCKETS>,
    pub(crate) connection: connection::Buffers,
}

/// What is not.
pub(crate) struct Others {
    pub(crate) datagrams: load::Buffers,
    pub(crate) cache: [Option<CacheEntry>; CACHE],
    pub(crate) index: [Option<Slot<IdTag>>; CACHE],
}

impl Memory {
    /// Memory nobody uses yet.
    pub const fn new() -> Self {
        let zeros = Zeros { resources: StackResources::new(), connection: connection::Buffers::new() };
        Self {
            sockets: [const { StaticCell::new() }; board::SOCKETS],
            zeros: ConstStaticCell::new(zeros),
            others: StaticCell::new(),
        }
    }

    /// Hands everything but the sockets over, once.
    pub(crate) fn take(&'static self) -> Option<(&'static mut Zeros, &'static mut Others)> {
        let others = || Others {
            datagrams: load::Buffers::new(),
            cache: [const { None }; CACHE],
            index: [const { None }; CACHE],
        };
        Some((self.zeros.try_take()?, self.others.try_init_with(others)?))
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
