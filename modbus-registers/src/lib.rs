//! Modbus register maps of energy meters and chargers as const tables, with decoding and read planning
#![no_std]
#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;
