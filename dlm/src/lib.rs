//! Phase-aware load management for EV charging sites.
#![no_std]
#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_arithmetic)
)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod allocate;
pub mod check;
pub mod controller;
pub mod delay;
pub mod detect;
pub mod ledger;
pub mod limits;
pub mod meter;
pub mod phases;
pub mod queue;
pub mod restart;
pub mod rounding;
pub mod schedule;
pub mod surplus;
pub mod switching;
pub mod units;

pub use controller::Controller;
