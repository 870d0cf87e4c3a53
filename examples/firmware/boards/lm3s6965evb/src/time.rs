//! Time for embassy: microseconds from the `SysTick` counter, alarms from timer 0.
//!
//! The counter runs freely and its interrupt only counts wraps, three times a second. A counter
//! that has to be interrupted every millisecond loses time when an emulator's processor thread is
//! not scheduled for a while; this one bears a pause of 335 ms. The period is a whole number of
//! microseconds, so nothing accumulates.

use core::cell::{Cell, RefCell};
use core::task::Waker;

use cortex_m::peripheral::{SCB, SYST, syst::SystClkSource};
use cortex_m_rt::exception;
use critical_section::{CriticalSection, Mutex};
use embassy_time_driver::Driver;
use embassy_time_queue_utils::Queue;
use lm3s6965::interrupt;

use crate::chip::{Block, CYCLES_PER_MICRO};

/// Length of a period of the counter; the largest multiple of 50 cycles that 24 bits hold.
const PERIOD_MICROS: u32 = 335_544;
const PERIOD: u32 = PERIOD_MICROS * CYCLES_PER_MICRO;
const _: () = assert!(PERIOD <= 1 << 24);

/// An alarm further away than this is set in steps; the timer's 32 bits reach 85 s.
const LONGEST_ALARM_MICROS: u64 = 60_000_000;

const TIMER_CONFIGURATION: usize = 0x00;
const TIMER_A_MODE: usize = 0x04;
const TIMER_CONTROL: usize = 0x0C;
const TIMER_INTERRUPT_MASK: usize = 0x18;
const TIMER_INTERRUPT_CLEAR: usize = 0x24;
const TIMER_A_LOAD: usize = 0x28;
const ENABLE: u32 = 1;
const ONE_SHOT: u32 = 1;
const TIMED_OUT: u32 = 1;

struct Clock {
    /// Microseconds at the start of the counter's current period.
    period_start: Mutex<Cell<u64>>,
    alarms: Mutex<RefCell<Queue>>,
}

embassy_time_driver::time_driver_impl!(static CLOCK: Clock = Clock {
    period_start: Mutex::new(Cell::new(0)),
    alarms: Mutex::new(RefCell::new(Queue::new())),
});

impl Clock {
    /// The start of the counter's period in microseconds and the cycles since.
    ///
    /// A period begins when the counter reaches 0, which is also when its interrupt is flagged. A
    /// flag that is still up belongs to a wrap the handler has not counted; a counter at 0
    /// without the flag is about to raise it.
    fn sample(&self, cs: CriticalSection<'_>) -> (u64, u32) {
        let start = self.period_start.borrow(cs).get();
        let count = SYST::get_current();
        if SCB::is_pendst_pending() {
            let count = SYST::get_current();
            let since = if count == 0 { 0 } else { PERIOD - count };
            return (start + u64::from(PERIOD_MICROS), since);
        }
        (start, PERIOD - count)
    }

    /// Wakes what is due and sets the timer for what comes next.
    fn serve(&self, cs: CriticalSection<'_>, queue: &mut Queue) {
        loop {
            let next = queue.next_expiration(self.at(cs));
            if next == u64::MAX || self.set_alarm(cs, next) {
                return;
            }
        }
    }

    /// Lets the timer fire at `at`; false when that has passed.
    fn set_alarm(&self, cs: CriticalSection<'_>, at: u64) -> bool {
        let Some(wait) = at.checked_sub(self.at(cs)).filter(|wait| *wait > 0) else {
            return false;
        };
        let wait = wait.min(LONGEST_ALARM_MICROS) as u32;
        Block::Timer0.write(TIMER_CONTROL, 0);
        Block::Timer0.write(TIMER_A_LOAD, wait * CYCLES_PER_MICRO);
        Block::Timer0.write(TIMER_CONTROL, ENABLE);
        true
    }

    fn at(&self, cs: CriticalSection<'_>) -> u64 {
        let (start, cycles) = self.sample(cs);
        start + u64::from(cycles / CYCLES_PER_MICRO)
    }
}

impl Driver for Clock {
    fn now(&self) -> u64 {
        critical_section::with(|cs| self.at(cs))
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        critical_section::with(|cs| {
            // Never borrowed twice: wakers only mark tasks, they do not come back here.
            let Ok(mut queue) = self.alarms.borrow(cs).try_borrow_mut() else { return };
            if queue.schedule_wake(at, waker) {
                self.serve(cs, &mut queue);
            }
        });
    }
}

/// Starts the counter and the timer's block.
pub(crate) fn start(counter: &mut SYST) {
    counter.set_clock_source(SystClkSource::Core);
    counter.set_reload(PERIOD - 1);
    counter.clear_current();
    counter.enable_counter();
    // At 0 the counter would be taken for one that ends its period.
    while SYST::get_current() == 0 {}
    counter.enable_interrupt();

    Block::Timer0.write(TIMER_CONTROL, 0);
    Block::Timer0.write(TIMER_CONFIGURATION, 0);
    Block::Timer0.write(TIMER_A_MODE, ONE_SHOT);
    Block::Timer0.write(TIMER_INTERRUPT_MASK, TIMED_OUT);
}

/// Cycles of the core clock since the start.
pub(crate) fn cycles(cs: CriticalSection<'_>) -> u64 {
    let (start, cycles) = CLOCK.sample(cs);
    start * u64::from(CYCLES_PER_MICRO) + u64::from(cycles)
}

/// One more period has begun. Runs at the highest priority of this image, so that nobody can look
/// between the flag's fall and the count.
#[exception]
fn SysTick() {
    critical_section::with(|cs| {
        let start = CLOCK.period_start.borrow(cs);
        start.set(start.get() + u64::from(PERIOD_MICROS));
        // An emulator may show 0 for a moment after the wrap, see `Clock::sample`.
        while SYST::get_current() == 0 {}
    });
}

#[interrupt]
fn TIMER_0A() {
    Block::Timer0.write(TIMER_INTERRUPT_CLEAR, TIMED_OUT);
    critical_section::with(|cs| {
        if let Ok(mut queue) = CLOCK.alarms.borrow(cs).try_borrow_mut() {
            CLOCK.serve(cs, &mut queue);
        }
    });
}
