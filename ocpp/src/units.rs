//! Quantities a session takes and gives: integers with the unit in the type.
//!
//! The messages carry decimals in the unit the peer chose; a session computes in these.

macro_rules! units {
    ($($(#[$doc:meta])* $name:ident($int:ty) $symbol:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub $int);

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, concat!("{} ", $symbol), self.0)
            }
        }
    )*};
}

units! {
    /// Thousandths of an ampere, RMS, of one phase.
    Milliamps(u32) "mA";
    /// Thousandths of a volt, RMS, phase to neutral.
    Millivolts(u32) "mV";
    /// Watts of active power; positive into the vehicle.
    Watts(i32) "W";
    /// Watt hours: the register of a meter, which never runs backwards.
    WattHours(u64) "Wh";
}
