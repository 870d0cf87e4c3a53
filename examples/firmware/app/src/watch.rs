//! The watchdog: fed only while every task is alive; and the restart, once everything is said.

use core::convert::Infallible;

use embassy_futures::select::{Either, select};
use embassy_time::{Duration, Timer};

use crate::board::{Health, System};
use crate::log::log;
use crate::shared::{Level, Shared};

/// How often the watchdog is fed.
const PERIOD: Duration = Duration::from_millis(200);
/// The console may still print before a restart.
const LAST_WORDS: Duration = Duration::from_millis(50);

/// Feeds the watchdog for good, or restarts.
pub(crate) async fn run<S: System>(mut system: S, shared: &Shared, health: &Level<Health>) -> Infallible {
    let mut silent = None;
    loop {
        health.set(system.health());
        let before = core::mem::replace(&mut silent, shared.silent());
        match silent {
            None => system.feed(),
            Some(task) if silent != before => {
                log!(shared, "{task:?} does not answer; the watchdog is not fed");
            }
            Some(_) => {}
        }
        if let Either::First(()) = select(shared.restart_now.wait(), Timer::after(PERIOD)).await {
            log!(shared, "restart");
            Timer::after(LAST_WORDS).await;
            system.restart();
        }
    }
}
