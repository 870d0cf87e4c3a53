//! OCPP messages, validation and sans-IO sessions for charging stations and central systems
#![no_std]
#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;
