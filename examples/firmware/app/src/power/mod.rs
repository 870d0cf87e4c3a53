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
use evkit_hal::safety::Protection;
use evkit_hal::units::Instant;

use crate::board::{Driven, FrontEnd, SOCKETS};
use crate::clock;
use crate::log::log;
use crate::shared::{Shared, Task};

use socket::Socket;
pub use socket::SocketError;

/// How often sensors are read and outputs set.
const TICK: Duration = Duration::from_millis(1);

/// Runs the sockets for good, on an executor that interrupts all others.
///
/// # Errors
///
/// Settings of the machines that are not possible, which tests exclude; nothing is ever switched on then.
pub async fn run<F: FrontEnd>(mut front_end: F, shared: &Shared) -> Result<Infallible, SocketError> {
    let mut sockets = sockets(clock::hal(), F::FITTED).inspect_err(|error| log!(shared, "power: {error}"))?;
    let mut ticker = Ticker::every(TICK);
    loop {
        ticker.next().await;
        let now = clock::hal();
        let mut outputs = [Driven::REST; SOCKETS];
        let sensed = front_end.sense(now).await;
        for (((number, socket), sensed), output) in (1..).zip(&mut sockets).zip(&sensed).zip(&mut outputs) {
            *output = socket.tick(now, sensed, number, shared);
        }
        front_end.drive(now, &outputs).await;
        shared.alive(Task::Power);
    }
}

fn sockets(now: Instant, fitted: &[Protection]) -> Result<[Socket; SOCKETS], SocketError> {
    Ok([Socket::new(now, fitted)?, Socket::new(now, fitted)?])
}
