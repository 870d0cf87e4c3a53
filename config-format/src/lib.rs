//! Lossless configuration files of KEBA, EVlink and Bender charging stations with typed profiles
#![no_std]
#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod bender;
pub mod cards;
#[cfg(feature = "alloc")]
mod check;
#[cfg(feature = "alloc")]
pub mod convert;
pub mod csv;
#[cfg(feature = "alloc")]
pub mod diff;
pub mod document;
pub mod edit;
pub mod evlink;
mod file;
#[cfg(feature = "alloc")]
pub mod finding;
pub mod keba;
pub mod lex;
pub mod number;
pub mod profile;
#[cfg(feature = "alloc")]
pub mod station;
pub mod text;
#[cfg(feature = "alloc")]
pub mod transfer;
pub mod units;

pub use file::{File, SetError};
