//! IEC 61851 control pilot, proximity, contactor and safety state machines with embedded-hal drivers
#![no_std]
#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;
