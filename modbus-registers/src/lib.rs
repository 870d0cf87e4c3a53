//! Modbus registers of energy meters and chargers as constant tables, with decoding and read planning.
//!
//! The crate knows *what* to read and what the answer means; sending and receiving is the application's. It
//! needs no allocator, no clock and no floating point.
//!
//! # From a wish to a value
//!
//! 1. Choose a [`Map`]: one of [`devices`], one found by [`identify`] or [`sunspec`], or one a user described
//!    ([`generic`], and with the feature `toml` the module `config`).
//! 2. [`Map::plan`] turns the quantities one wants into the fewest reads the device allows. A [`Poll`] does the
//!    same for devices that refuse some of their registers, and remembers which.
//! 3. [`pdu`] makes the bytes of each request and checks the answer against it; [`rtu`] and [`mbap`] put them
//!    into frames; [`exchange`] drops answers that come too late.
//! 4. [`Read::decode`] gives one [`Reading`] per quantity: a [`Decimal`], a text, or why there is no value.
//!
//! ```
//! use evkit_modbus_registers::pdu::{Request, Response};
//! use evkit_modbus_registers::{Quantity::*, devices::siemens::PAC2200};
//!
//! # fn exchange(request: &[u8]) -> Vec<u8> { [&[4, 4][..], &[0x41, 0x7F, 0xAE, 0x14]].concat() }
//! for read in PAC2200.plan(&[CurrentL1]) {
//!     let request = Request::read(read.function(), read.address(), read.words()).expect("a plan reads");
//!     let mut buffer = [0; 253];
//!     let answer = exchange(request.encode(&mut buffer)?);
//!     let Response::Registers { registers, .. } = request.response(&answer)? else { continue };
//!     for reading in read.decode(registers)? {
//!         assert_eq!(reading?.number()?.milli(), Some(15_980)); // mA
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Conventions
//!
//! - A [`Quantity`] has one [`Unit`]: volts, amperes, watts, watt-hours. Maps scale to it, never to kW or kWh.
//! - Import is from the grid to the load and positive; maps of devices that count the other way turn the sign
//!   round.
//! - Integers are exact. Floats are rounded half to even to [`FLOAT_DECIMALS`] decimals of the unit.
//! - What a device marks as missing is [`Value::Absent`], never a number. Impossible numbers are errors with
//!   the register.
//! - Addresses are those on the wire, counted from 0.
//!
//! # How well a map is known
//!
//! Every row has a [`Confidence`], every map names its sources. *High* means that independent sources agree,
//! *low* that the row is inferred or disputed: verify it on the device. No map of this crate was checked on
//! hardware by its authors.
//!
//! # The other side
//!
//! A [`Bank`] is a simulated device: set quantities, answer reads and commands as strictly as real devices do.
//!
//! # Features
//!
//! - `alloc`: conversions from `Vec`. `std`: implies `alloc`.
//! - `toml`: maps from TOML descriptions; needs atomic compare-and-swap, so not for `thumbv6m` or `riscv32imc`.

#![no_std]
#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod bank;
pub mod command;
#[cfg(feature = "toml")]
pub mod config;
pub mod decode;
pub mod devices;
pub mod encode;
pub mod exchange;
mod float;
pub mod generic;
pub mod identify;
pub mod learn;
pub mod map;
pub mod mbap;
pub mod pdu;
pub mod plan;
pub mod quantity;
mod registers;
pub mod row;
pub mod rtu;
pub mod sunspec;
pub mod unit;
pub mod value;

pub use bank::Bank;
pub use command::{Command, CommandError};
pub use decode::{Block, DecodeError, Reading};
pub use encode::{EncodeError, ScaleContent};
pub use float::FLOAT_DECIMALS;
pub use learn::{Learned, Poll};
pub use map::{Derived, Map, MapError, Readable};
pub use pdu::{ExceptionCode, PduError};
pub use plan::{Plan, Read};
pub use quantity::Quantity;
pub use registers::Registers;
pub use row::{Absent, Confidence, Function, Kind, Row, Scale, Template, WordOrder};
pub use unit::Unit;
pub use value::{Absence, Decimal, Text, Value};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
