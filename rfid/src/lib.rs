//! Card UIDs, card lists, contract ids and authorization policies for EV charging stations
#![no_std]
#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;
