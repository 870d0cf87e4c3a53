//! The power loop: pilots, contactors, locks and protections of all sockets, every millisecond.
//!
//! It is the only code that moves a contactor, and waits for nobody: the program's orders and its own views are copied
//! ([`Shared`](crate::Shared)), the front end answers at once. A network that stands still, a full journal or a
//! program that hangs leave it running; the watchdog notices when it does not.

pub(crate) mod lamps;
mod protections;
mod socket;
#[cfg(test)]
mod tests;

use core::convert::Infallible;

use embassy_time::{Duration, Ticker};

use crate::board::{Driven, FrontEnd, SOCKETS};
use crate::clock;
use crate::log::log;
use crate::memory::Memory;
use crate::shared::{Shared, Task};

pub(crate) use socket::Socket;
pub use socket::SocketError;

/// How often sensors are read and outputs set.
const TICK: Duration = Duration::from_millis(1);

/// Runs the sockets for good, on an executor that interrupts all others.
///
/// # Errors
///
/// Settings of the machines that are not possible, which tests exclude, or a [`Memory`] that is in use; nothing is ever
/// switched on then.
pub async fn run<F: FrontEnd>(
    front_end: &mut F,
    shared: &Shared,
    memory: &'static Memory,
) -> Result<Infallible, SocketError> {
    let cells = memory.sockets.each_ref();
    let mut sockets = [const { None }; SOCKETS];
    for (socket, cell) in sockets.iter_mut().zip(cells) {
        let started = Socket::start(cell, clock::hal(), F::FITTED);
        *socket = Some(started.inspect_err(|error| log!(shared, "power: {error}"))?);
    }
    let mut ticker = Ticker::every(TICK);
    loop {
        ticker.next().await;
        let now = clock::hal();
        let mut outputs = [Driven::REST; SOCKETS];
        let sensed = front_end.sense(now).await;
        let sockets = sockets.iter_mut().flatten();
        for (((number, socket), sensed), output) in (1..).zip(sockets).zip(&sensed).zip(&mut outputs) {
            *output = socket.tick(now, sensed, number, shared);
        }
        front_end.drive(now, &outputs).await;
        shared.alive(Task::Power);
    }
}
