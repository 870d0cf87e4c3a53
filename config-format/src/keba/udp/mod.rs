//! The UDP interface of KeContact stations (port 7090): commands, reports, broadcasts (UDP Programmers Guide
//! V2.00 and V2.01).
//!
//! Datagrams in, typed values out, and the other way for commands; sockets are the caller's. Leave 100 ms
//! between two commands. Answers are at most 512 bytes and almost JSON: a comma may stand before the closing
//! brace, names may be padded inside their quotes, quotes may be typographic, numbers pass 32 bit, and a
//! printed session report carries a wrong `ID`. What a datagram is follows from its fields, therefore, never
//! from the `ID`.

mod command;
mod message;
mod report;

pub use command::{Command, CommandError};
pub use message::{Message, Pairs, Scalar, UdpError};
pub use report::{Broadcast, Identity, Measurement, SessionReport, Status};
