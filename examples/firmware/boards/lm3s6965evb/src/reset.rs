//! Why the chip started, and how to start it again.
//!
//! The chip's register knows power, pin and watchdog. A note in memory the start-up code leaves alone
//! adds what the register cannot know, and stands in for it in QEMU, where it reads 0.

#![expect(unsafe_code, reason = "a variable that outlives a reset, and a fault handler")]

use core::panic::PanicInfo;

use cortex_m::peripheral::SCB;
use cortex_m_rt::{ExceptionFrame, exception};
use portable_atomic::{AtomicU32, Ordering};

use crate::chip::Block;

const RESET_CAUSE: usize = 0x05C;
const EXTERNAL: u32 = 1 << 0;
const POWER_ON: u32 = 1 << 1;
const BROWN_OUT: u32 = 1 << 2;
const WATCHDOG: u32 = 1 << 3;

/// Why the chip started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Power came, or nothing is known.
    Power,
    /// The supply dipped.
    BrownOut,
    /// The reset button.
    Pin,
    /// The watchdog was not fed.
    Watchdog,
    /// The firmware asked for it.
    Requested,
    /// The firmware found itself in a state it cannot continue from.
    Panic,
    /// The processor could not execute an instruction.
    Fault,
}

impl Cause {
    /// A word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Power => "power",
            Self::BrownOut => "brown-out",
            Self::Pin => "reset button",
            Self::Watchdog => "watchdog",
            Self::Requested => "request",
            Self::Panic => "panic",
            Self::Fault => "fault",
        }
    }
}

/// Notes; random after power came, so they are far apart.
const RUNNING: u32 = 0x5275_6E21;
const REQUESTED: u32 = 0xA95C_1B07;
const PANICKED: u32 = 0x3E8B_D46C;
const FAULTED: u32 = 0xC417_62F9;

/// What the firmware did last.
// SAFETY: the section is not initialised, so it may hold anything, and an integer may be anything.
// The image is linked as a whole, and nothing in it but `leave` and `cause` looks at the variable.
#[unsafe(link_section = ".uninit.LAST_ACT")]
static LAST_ACT: AtomicU32 = AtomicU32::new(0);

/// Reads why the chip started, and forgets it. Only the first call knows.
pub(crate) fn cause() -> Cause {
    let register = Block::System.read(RESET_CAUSE);
    Block::System.write(RESET_CAUSE, 0);
    let note = LAST_ACT.swap(RUNNING, Ordering::Relaxed);
    if register & (POWER_ON | BROWN_OUT | EXTERNAL) != 0 {
        return match register {
            _ if register & POWER_ON != 0 => Cause::Power,
            _ if register & BROWN_OUT != 0 => Cause::BrownOut,
            _ => Cause::Pin,
        };
    }
    match note {
        REQUESTED => Cause::Requested,
        PANICKED => Cause::Panic,
        FAULTED => Cause::Fault,
        // It ran and nobody stopped it.
        RUNNING => Cause::Watchdog,
        _ if register & WATCHDOG != 0 => Cause::Watchdog,
        _ => Cause::Power,
    }
}

/// Starts the chip again because the firmware wants it.
pub fn restart() -> ! {
    leave(REQUESTED)
}

fn leave(note: u32) -> ! {
    LAST_ACT.store(note, Ordering::Relaxed);
    SCB::sys_reset()
}

/// All outputs fall to their reset state at once, which is off.
#[panic_handler]
fn panic(_info: &PanicInfo<'_>) -> ! {
    // Whoever looks at place and cause keeps the compiler from making one call, or one function, of many.
    #[cfg(feature = "panic-places")]
    if let Some(place) = _info.location() {
        let cause = _info.message().as_str().map_or(0, str::len);
        leave(place.line() ^ cause as u32);
    }
    leave(PANICKED)
}

// SAFETY: the handler touches nothing an interrupted computation could have left half done: one
// atomic variable and the reset request.
#[exception]
unsafe fn HardFault(_: &ExceptionFrame) -> ! {
    leave(FAULTED)
}
