//! Two executors for embassy tasks: one in thread mode that sleeps and counts how long, and one
//! in the handler of a spare interrupt, which preempts it.
//!
//! `embassy-executor` ships both for Cortex-M, but sleeps by `WFE`: that cannot be measured with
//! interrupts off, and QEMU 7.2 takes it for an idle loop that eats a core of the host.

#![expect(unsafe_code, reason = "executors and interrupt handlers meet here")]

use core::cell::Cell;
use core::sync::atomic::{AtomicBool, Ordering};

use cortex_m::asm;
use cortex_m::peripheral::NVIC;
use critical_section::Mutex;
use embassy_executor::{SendSpawner, Spawner, raw};
use lm3s6965::{Interrupt, interrupt};
use static_cell::StaticCell;

use crate::time;

/// The interrupt of a block this board does not use; nothing but [`__pender`] raises it.
pub(crate) const URGENT: Interrupt = Interrupt::QEI0;

/// What an executor passes to [`__pender`]: which of the two has work.
const THREAD_WORK: usize = 0;
const URGENT_WORK: usize = 1;

static THREAD: StaticCell<raw::Executor> = StaticCell::new();
static URGENT_EXECUTOR: StaticCell<raw::Executor> = StaticCell::new();
static URGENT_READY: Mutex<Cell<Option<Urgent>>> = Mutex::new(Cell::new(None));
static WORK: AtomicBool = AtomicBool::new(true);
static LOAD: Mutex<Cell<Load>> = Mutex::new(Cell::new(Load { idle: 0, read_at: 0 }));

/// The urgent executor on its way from the thread to the handler.
#[derive(Clone, Copy)]
struct Urgent(&'static raw::Executor);

// SAFETY: after it was handed over only the handler polls it; spawning from elsewhere goes through
// a `SendSpawner`, which is made for it.
unsafe impl Send for Urgent {}

/// Cycles slept since the load was last read, and when that was.
#[derive(Clone, Copy)]
struct Load {
    idle: u64,
    read_at: u64,
}

/// Called by embassy when a task of an executor becomes ready.
// SAFETY: this is the symbol `embassy-executor` asks a platform for, with the signature it asks
// for; no platform feature is on, so there is no second one.
#[unsafe(export_name = "__pender")]
fn __pender(context: *mut ()) {
    if context.addr() == THREAD_WORK {
        WORK.store(true, Ordering::Relaxed);
    } else {
        NVIC::pend(URGENT);
    }
}

/// Runs tasks in thread mode for ever; `start` spawns the first ones.
///
/// # Contract
///
/// To be called once. A second call returns at once instead of running anything.
pub fn run(start: impl FnOnce(Spawner)) {
    let Some(executor) =
        THREAD.try_init_with(|| raw::Executor::new(core::ptr::without_provenance_mut(THREAD_WORK)))
    else {
        return;
    };
    let executor: &'static raw::Executor = executor;
    start(executor.spawner());
    loop {
        // SAFETY: only this loop polls this executor, and it does not do so from within a poll.
        unsafe { executor.poll() };
        sleep();
    }
}

/// Sleeps until an interrupt asks for service, unless a task of the thread became ready already.
fn sleep() {
    critical_section::with(|cs| {
        if WORK.swap(false, Ordering::Relaxed) {
            return;
        }
        // With interrupts masked `WFI` still ends at a pending one, whose handler runs (and counts
        // as work) when this section ends.
        let before = time::cycles(cs);
        asm::wfi();
        let slept = time::cycles(cs) - before;
        let load = LOAD.borrow(cs);
        load.set(Load { idle: load.get().idle + slept, ..load.get() });
    });
}

/// Starts the urgent executor, whose tasks preempt those of [`run`] and are preempted by drivers.
/// `None` at a second call.
pub fn start_urgent() -> Option<SendSpawner> {
    let executor = URGENT_EXECUTOR
        .try_init_with(|| raw::Executor::new(core::ptr::without_provenance_mut(URGENT_WORK)))?;
    let executor: &'static raw::Executor = executor;
    critical_section::with(|cs| URGENT_READY.borrow(cs).set(Some(Urgent(executor))));
    // SAFETY: the handler below needs no critical section of ours to be kept: it takes its own.
    unsafe { NVIC::unmask(URGENT) };
    Some(executor.spawner().make_send())
}

#[interrupt]
fn QEI0() {
    if let Some(Urgent(executor)) = critical_section::with(|cs| URGENT_READY.borrow(cs).get()) {
        // SAFETY: only this handler polls this executor, and a handler does not preempt itself.
        unsafe { executor.poll() };
    }
}

/// Thousandths of the time since the last call that the processor was not asleep.
pub fn load_permille() -> u16 {
    critical_section::with(|cs| {
        let now = time::cycles(cs);
        let load = LOAD.borrow(cs).replace(Load { idle: 0, read_at: now });
        let whole = now - load.read_at;
        match (whole.saturating_sub(load.idle) * 1000).checked_div(whole) {
            Some(busy) => u16::try_from(busy).unwrap_or(1000),
            None => 0,
        }
    })
}
