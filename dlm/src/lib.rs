//! Phase-aware load management for EV charging sites: exact allocation, queue, limits with sources
#![no_std]
#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;
