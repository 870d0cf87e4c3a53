//! What any electricity meter tells, and the trait programs read one through.

use crate::units::{Milliamps, Millihertz, Millivolts};

/// One reading. What a meter does not measure is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Phase-neutral voltages.
    pub voltages: [Option<Millivolts>; 3],
    /// Phase currents.
    pub currents: [Option<Milliamps>; 3],
    /// Active power over all phases in mW, drawn positive.
    pub power: Option<i64>,
    /// Frequency.
    pub frequency: Option<Millihertz>,
    /// Active energy drawn in mWh since the meter was made, or since its register began.
    pub energy: Option<u64>,
}

/// A meter on a bus.
///
/// # For implementers
///
/// A call takes one set of values that belong together. It does not retry; a bus error is the
/// caller's to judge, who reports a silent meter after a few.
pub trait Meter {
    /// The bus's error, or the meter's own.
    type Error;

    /// Reads the meter.
    ///
    /// # Errors
    ///
    /// The bus failed, or the meter answered something impossible.
    fn read(&mut self) -> Result<Reading, Self::Error>;
}

/// As [`Meter`], for asynchronous buses.
#[cfg(feature = "embedded-hal-async")]
#[allow(async_fn_in_trait, reason = "drivers run on single-threaded executors, as in embedded-hal-async")]
pub trait AsyncMeter {
    /// The bus's error, or the meter's own.
    type Error;

    /// Reads the meter.
    ///
    /// # Errors
    ///
    /// As [`Meter::read`].
    async fn read(&mut self) -> Result<Reading, Self::Error>;
}
