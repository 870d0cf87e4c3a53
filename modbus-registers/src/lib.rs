//! Modbus registers of energy meters and chargers as constant tables, with decoding and read planning.
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
