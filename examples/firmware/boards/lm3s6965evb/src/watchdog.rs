//! The watchdog timer: resets the chip when it is not fed.

use embassy_time::Duration;

use crate::chip::{Block, CYCLES_PER_MICRO};

const LOAD: usize = 0x000;
const CONTROL: usize = 0x008;
const INTERRUPT_CLEAR: usize = 0x00C;
const LOCK: usize = 0xC00;
const KEY: u32 = 0x1ACC_E551;
const INTERRUPT_ON: u32 = 1 << 0;
const RESET_ON: u32 = 1 << 1;

/// The running watchdog.
pub struct Watchdog {
    load: u32,
}

impl Watchdog {
    /// Starts it; from now on [`Watchdog::feed`] has to be called at least every `timeout`
    /// (at most 2 minutes). Cannot be stopped.
    ///
    /// The counter runs down twice before it resets, the first time raising an interrupt this
    /// board does not take; so the load is half of the time.
    pub fn start(timeout: Duration) -> Self {
        let half = u32::try_from(timeout.as_micros() / 2).unwrap_or(u32::MAX);
        let mut watchdog = Self { load: half.saturating_mul(CYCLES_PER_MICRO) };
        watchdog.feed();
        watchdog
    }

    /// Starts the time over.
    pub fn feed(&mut self) {
        Block::Watchdog.write(LOCK, KEY);
        Block::Watchdog.write(LOAD, self.load);
        Block::Watchdog.write(INTERRUPT_CLEAR, 0);
        Block::Watchdog.write(CONTROL, INTERRUPT_ON | RESET_ON);
        // Locked again: stray writes cannot stop it.
        Block::Watchdog.write(LOCK, 0);
    }
}
