//! Lossless configuration files of KEBA, EVlink and Bender charging stations with typed profiles
#![no_std]
#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;
