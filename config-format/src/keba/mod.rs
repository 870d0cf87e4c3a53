//! KEBA KeContact P30 and P40: the `.conf` file of the USB stick, card lists.
//!
//! The file is INI text with `[CONFIGURATION]`, `[LOADMANAGEMENT]`, `[NETWORK]` and perhaps more sections;
//! currents are in mA, booleans have any letter case (KEBA P30 x-series configuration manual V4.11 and
//! V4.20). A station ignores wrong values without a word, so a writer must check first. Encoding, line ends
//! and comment sign are not documented.

#[cfg(feature = "alloc")]
mod config;
mod keys;
#[cfg(feature = "alloc")]
mod station;
pub mod udp;

pub use keys::PROFILE;

#[cfg(feature = "alloc")]
pub use config::{Config, Keba, name_without_serial};
#[cfg(feature = "alloc")]
pub(crate) use station::MAP;
