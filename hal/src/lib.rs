//! IEC 61851-1 charging stations without hardware in the way: control pilot, proximity, contactor
//! and safety as state machines that do no I/O, and thin drivers over `embedded-hal` for the rest.
#![no_std]
#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod contactor;
pub mod evse;
pub mod fault;
pub mod indicator;
pub mod inputs;
pub mod lock;
pub mod mains;
pub mod metering;
pub mod overcurrent;
pub mod phases;
pub mod pilot;
pub mod proximity;
mod queue;
pub mod rcm;
pub mod safety;
pub mod supply;
pub mod temperature;
pub mod units;

pub use evse::Evse;
