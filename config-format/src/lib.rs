//! Configuration files of KEBA, EVlink and Bender charging stations: lossless, typed, checked.
//!
//! # Layers
//!
//! From the bytes up, each using only what stands before it:
//!
//! 1. [`lex`] cuts any bytes into lines and their parts; [`document`] is the flat tape over a whole file;
//!    [`edit`] replaces spans. **Invariant:** the tokens joined are the input, and a change alters no byte
//!    outside its span.
//! 2. [`profile`] says what is known about keys, as tables: [`keba::PROFILE`], [`evlink::PROFILE`],
//!    [`bender::PROFILE`]. [`File`] is a document read with a profile. **Invariant:** a profile adds meaning
//!    and takes nothing away; unknown keys stay.
//! 3. [`finding`] says what is wrong, where, and what would be right. **Invariant:** no secret, and no value
//!    of an unknown key, is in any message, difference or `Debug` output; text that may be one and has to be
//!    owned is [`Wiped`].
//! 4. [`station`] is the vendor-neutral model; one table per vendor maps keys to its fields and is read in
//!    both directions. [`convert`] writes it as another vendor's file and lists what does not carry over.
//!
//! Beside these stand [`diff`], [`transfer`], [`cards`], [`sessions`] over [`csv`], [`keba::udp`],
//! [`evlink::repair`], the state dump [`bender::State`], GetConfiguration answers (`serde`) and the EVlink
//! maintenance report (`html-report`).
//!
//! # How sure
//!
//! The vendors publish little. Each row of a profile and each mapping says whether a manual or a real station
//! shows it ([`Confirmed`](profile::Confidence::Confirmed)) or whether it was concluded
//! ([`Inferred`](profile::Confidence::Inferred)). Profiles are data: a caller with better sources brings a
//! table of its own.
//!
//! # Features
//!
//! Without features everything works in lent memory: [`Document::parse_in`](document::Document::parse_in),
//! typed values, changes, card lists, sessions, UDP. `alloc` adds owned tapes, findings, the station model
//! and all that builds on it. `std` is `alloc` for programs that link the standard library. `serde` reads and
//! writes GetConfiguration answers, `html-report` reads EVlink's report with an HTML tokenizer. `dlm` and `rfid` make
//! configuration of the load manager and card rules of a station's settings. No feature
//! changes a public type.
#![no_std]
// The links above lead to modules that a smaller build does not have.
#![cfg_attr(not(all(feature = "serde", feature = "html-report")), allow(rustdoc::broken_intra_doc_links))]
#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod bender;
pub mod cards;
#[cfg(feature = "alloc")]
mod check;
#[cfg(feature = "alloc")]
pub mod config;
#[cfg(feature = "alloc")]
pub mod convert;
pub mod csv;
#[cfg(feature = "alloc")]
mod defaults;
#[cfg(feature = "alloc")]
pub mod diff;
pub mod document;
pub mod edit;
pub mod evlink;
mod file;
#[cfg(feature = "alloc")]
pub mod finding;
#[cfg(feature = "serde")]
pub mod get_configuration;
pub mod keba;
pub mod lex;
pub mod number;
pub mod profile;
#[cfg(feature = "alloc")]
mod render;
mod scan;
pub mod sessions;
#[cfg(feature = "alloc")]
pub mod station;
pub mod text;
#[cfg(feature = "dlm")]
mod to_dlm;
#[cfg(feature = "rfid")]
mod to_rfid;
#[cfg(feature = "alloc")]
pub mod transfer;
pub mod units;
#[cfg(feature = "alloc")]
mod wiped;

#[cfg(feature = "alloc")]
pub use file::Index;
pub use file::{File, KeyError};
#[cfg(feature = "alloc")]
pub use wiped::Wiped;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
