//! IEC 61851-1 charging stations, from the plug to the contactor.
//!
//! Measurements and the time go in; the pilot's signal, the contactor's coil and events come out.
//! Nothing here reads a clock, touches a pin (outside `driver`) or allocates.
//!
//! # Layers
//!
//! | layer | modules |
//! |---|---|
//! | one connector | [`evse`] puts the next three and [`safety`] together |
//! | its parts | [`pilot`], [`proximity`], [`contactor`] |
//! | the decision | [`safety`]: a pure function of everything known |
//! | protections | [`rcm`], [`overcurrent`], [`temperature`], [`mains`], [`supply`], [`lock`], [`inputs`] |
//! | besides | [`phases`] (switching them), [`metering`] (current transformers) |
//! | for people and back ends | [`indicator`] (lights, tones), [`fault`] (one vocabulary for all vendors) |
//! | hardware | `driver` (feature `embedded-hal`), `mock` (feature `mock`) |
//!
//! The arrows point one way: a protection is told what it needs, gives a [`safety::Status`], and the
//! station program hands that to [`Evse::handle_protection`]. Only [`safety::decide`] knows them all.
//!
//! # Driving a machine
//!
//! All machines follow one rule: `handle_*` takes something in, `poll_*` hands something out, anything
//! else is an action of the program. After every call that changes the machine, drain its `poll_*`
//! methods, apply its outputs, and come back at `poll_timeout` at the latest. Calling early, late or
//! twice is harmless. Time never runs backwards.
//!
//! # Invariants
//!
//! * The contactor is never closed in A, B, E or F, nor without fresh samples, nor without a vehicle's
//!   diode proven on the present wave, nor with any fitted protection tripped, silent or missing, nor
//!   while the vehicle is told more than the cable carries.
//! * A permission or an offer from above never closes it; it only no longer forbids to.
//! * It opens within 100 ms of the vehicle leaving C or D, within 6 s of the end of an offer, and in
//!   the same call in which a protection trips, as long as the program calls as the contract of
//!   [`Evse`] says.
//!
//! # What the numbers rest on
//!
//! The standard is not public. Numbers are from controllers and manuals that name its tables, and the
//! documentation of each says which. *Inferred* marks what none of them states.
//!
//! # Features
//!
//! Features only add. `embedded-hal` brings the drivers, `embedded-hal-async` the asynchronous form of
//! those that wait on a bus, `atm90e32` and `smart-leds` drivers that stand on other crates, `mock`
//! recording pins for tests; `alloc` and `std` add nothing today.
#![no_std]
#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod contactor;
#[cfg(feature = "embedded-hal")]
pub mod driver;
pub mod evse;
pub mod fault;
pub mod indicator;
pub mod inputs;
pub mod lock;
pub mod mains;
pub mod metering;
#[cfg(feature = "mock")]
pub mod mock;
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

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
