//! OCPP messages, validation and sans-IO sessions for charging stations and central systems.
//!
//! - [`rpc`]: the frames around messages, their ids and error codes.
//! - [`v16`]: OCPP 1.6 with the security extension, messages and sessions. [`v2`]: OCPP 2.0.1 and 2.1, messages.
//! - [`schema`]: what the official schemas demand, as constant tables, and the validator that walks a text along them.
//! - [`message`]: what all messages can do: be decoded, encoded, owned.
//! - [`text`], [`list`], [`nested`], [`num`], [`time`], [`units`]: what they are made of.
//! - [`journal`]: small records on flash, the offline queue. [`json`]: the lexer and the writer below everything.
//!
//! Features, none of them on by default:
//!
//! - `alloc`: owned messages, all violations of a payload at once. Changes no public type.
//! - `serde`: messages as parts of a server's own types, through `serde_json` (`with_serde`).
//! - `proptest`: strategies for every message (`strategies`).
//! - `std`: `alloc`, for programs that link the standard library.
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
#[cfg(feature = "proptest")]
pub mod strategies;
pub mod text;
pub mod time;
#[cfg(feature = "tokio")]
pub mod tokio;
pub mod units;
pub mod v16;
pub mod v2;
#[cfg(feature = "serde")]
pub mod with_serde;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
