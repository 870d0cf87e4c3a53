//! The control pilot of IEC 61851-1 annex A, from the station's side, as a machine without I/O.
//!
//! Samples of the line and the time go in; the signal for the line, what the vehicle may be given,
//! and events come out. The rules are split by what they decide:
//!
//! | module | decides |
//! |---|---|
//! | [`level`] | what a voltage means (table A.4) |
//! | [`duty`] | duty and current, both ways (tables A.7, A.8) |
//! | [`timing`] | every time limit (table A.6) |
//! | `filter` | when a changed level is believed |
//! | `check` | whether the vehicle has a diode and the generator obeys |
//! | `generator` | when the signal may change |
//! | `machine` | the states of the line and what they demand of the contactor |
//!
//! # Signals
//!
//! | state | signal | contactor |
//! |---|---|---|
//! | A1, A2, B1, B2 | constant, or the offer's duty in B | open |
//! | C2, D2 (with ventilation) | the offer's duty | may close, once ready for 500 ms and the diode is proven |
//! | C1, D1 | constant | may stay closed until 6 s after the PWM ended, may not close |
//! | D1, D2 without ventilation | constant | open |
//! | E, F, invalid, no samples | -12 V for at least 300 ms after a fault, then constant | open |
//!
#![doc = include_str!("../../docs/states.md")]

mod check;
mod config;
pub mod duty;
mod filter;
mod generator;
pub mod level;
mod machine;
mod state;
pub mod timing;

pub use check::{CONSTANT_RIPPLE, DIODE_ASYMMETRY, DIODE_DRIFT, DIODE_LOW};
pub use config::{Config, Digital, Interruption, Pulse, SIMPLIFIED_LIMIT, Ventilation, WakeUp};
pub use duty::{Duty, DutyReading};
pub use generator::Signal;
pub use level::{Level, Sample};
pub use machine::Pilot;
pub use state::{Demand, Event, FaultSet, PilotFault, State};
pub use timing::{Timing, TimingError};
