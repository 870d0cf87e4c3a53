//! Thin drivers over the traits of `embedded-hal` 1.0: what connects the machines of this crate to
//! pins and buses.
//!
//! Each driver takes its pins or its bus by value, shares nothing, and gives everything back with
//! `release()`. Pins, PWM and ADC are the same in blocking and asynchronous programs; the drivers that
//! wait on a bus ([`ade7953`], [`rs485`]) exist in the modules `blocking` and, with the feature
//! `embedded-hal-async`, `asynchronous`, from one source.

pub mod ade7953;
mod buzzer;
mod contactor;
mod lamps;
mod lock;
pub mod meter;
mod pilot;
mod pins;
mod rcm;
pub mod rs485;

pub use buzzer::Buzzer;
pub use contactor::ContactorPins;
pub use lamps::{Lamp, Lamps, rgb};
pub use lock::{EndSwitches, LockPins, Motor};
pub use pilot::{Calibration, PilotError, PilotOutput, PilotWindow};
pub use pins::{Input, Output, PinError, Polarity, Role};
pub use rcm::RcmPins;
