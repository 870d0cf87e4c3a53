//! OCPP messages, validation and sans-IO sessions for charging stations and central systems.
#![no_std]

#[cfg(any(feature = "alloc", test))]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[macro_use]
mod macros;

mod inline;
pub mod journal;
pub mod json;
pub mod list;
pub mod message;
pub mod nested;
pub mod num;
pub mod rpc;
pub mod schema;
pub mod text;
pub mod time;
pub mod units;
pub mod v16;
pub mod v2;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
