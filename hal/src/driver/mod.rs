//! Thin drivers over the traits of `embedded-hal` 1.0: what connects the machines of this crate to
//! pins and buses.
//!
//! Each driver takes its pins or its bus by value, shares nothing, and gives everything back with
//! `release()`. Pins, PWM and ADC are the same in blocking and asynchronous programs; the drivers that
//! wait on a bus ([`ade7953`], [`rs485`], `strip`) exist in the modules `blocking` and, with the feature
//! `embedded-hal-async`, `asynchronous`, from one source. `atm90e32` is asynchronous only, because the crate it stands on is.

pub mod ade7953;
#[cfg(feature = "atm90e32")]
pub mod atm90e32;
mod buzzer;
mod contactor;
mod lamps;
mod lock;
pub mod meter;
mod pilot;
mod pins;
mod rcm;
pub mod rs485;
#[cfg(feature = "smart-leds")]
pub mod strip;

pub use buzzer::Buzzer;
pub use contactor::ContactorPins;
pub use lamps::{Lamp, Lamps, rgb};
pub use lock::{EndSwitches, LockPins, Motor};
pub use pilot::{Calibration, PilotError, PilotOutput, PilotWindow};
pub use pins::{Input, Output, PinError, Polarity, Role};
pub use rcm::RcmPins;
