//! Units of measured values, always the plain SI or grid unit: energy is in Wh, never in kWh.

use core::fmt;

/// Unit of a [`Quantity`](crate::Quantity).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unit {
    /// A pure number, a code or a text.
    One,
    /// Volt, V.
    Volt,
    /// Ampere, A.
    Ampere,
    /// Watt, W.
    Watt,
    /// Volt-ampere reactive, var.
    Var,
    /// Volt-ampere, VA.
    VoltAmpere,
    /// Watt-hour, Wh.
    WattHour,
    /// Volt-ampere reactive hour, varh.
    VarHour,
    /// Volt-ampere hour, VAh.
    VoltAmpereHour,
    /// Hertz, Hz.
    Hertz,
    /// Per cent, %.
    Percent,
    /// Degree of angle, °.
    Degree,
    /// Second, s.
    Second,
    /// Degree Celsius, °C.
    Celsius,
}

impl Unit {
    /// The symbol, empty for [`Unit::One`].
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::One => "",
            Self::Volt => "V",
            Self::Ampere => "A",
            Self::Watt => "W",
            Self::Var => "var",
            Self::VoltAmpere => "VA",
            Self::WattHour => "Wh",
            Self::VarHour => "varh",
            Self::VoltAmpereHour => "VAh",
            Self::Hertz => "Hz",
            Self::Percent => "%",
            Self::Degree => "°",
            Self::Second => "s",
            Self::Celsius => "°C",
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}
