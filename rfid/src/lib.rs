//! Card UIDs, card lists, teach-in, contract ids and authorization policies for EV charging stations.
//!
//! Everything here is a value or a machine without IO: bytes, text, readings and time come in as arguments, decisions and
//! events go out. Nothing allocates; lists live in memory the caller lends.
//!
//! # What is where
//!
//! | step | types | rules from |
//! |---|---|---|
//! | a card is found | [`Selection`], [`FoundCard`], [`CardPresence`], [`CardAnswer`]; drivers behind features | ISO 14443-3 |
//! | it has an identifier | [`Uid`], [`UidFormat`], [`Candidates`], [`FacilityCard`], [`Wiegand34`] | ISO 14443-3, ISO 15693-3 |
//! | a car has one too | [`ContractId`], [`EvseId`], [`MacAddress`] | ISO 15118-1, DIN SPEC 91286 |
//! | it is looked up | [`Store`], [`KebaCard`], [`Badge`], [`WhitelistEntry`], [`Cache`], [`LocalList`] | the vendors' manuals, OCPP 1.6 §3.5 |
//! | lists come and go as files | [`Sheet`], [`JoinedList`], [`convert_list`] | the vendors' manuals |
//! | somebody decides | [`Policy`], [`Situation`], [`Verdict`] | the vendors' manuals, OCPP 1.6 §3.5 |
//! | the back end is asked | [`IdTag`], [`IdToken`] | OCPP 1.6 §7.28, 2.0.1 part 2 §2.24 |
//! | new cards are learnt | [`KebaTeachIn`], [`EvlinkTeachIn`], [`BenderTeachIn`] | the vendors' manuals |
//! | it is written down | [`LogSecret`], [`LogKey`] | personal data does not belong in logs |
//!
//! # Rules
//!
//! - One canonical value, any written form in and out. Nothing is stripped, padded, reversed or cut silently: a form that
//!   lost something is read as [`Candidates`] with reasons, and a list says whether one card fits, several or none.
//! - `Eq`, `Ord` and `Hash` of every identifier agree.
//! - `Debug` of every identifier shows its ends at most.
//! - A UID drawn at random (first byte `08`) comes into no list.
//! - An import takes over the whole file or nothing, and an error names line and column.
//! - Machines are driven alike: `handle_…` takes something in, `poll_…` hands something out; calling late, early or twice
//!   is harmless.
//!
//! # Features
//!
//! `mfrc522` and `pn532` add a driver for the reader of that name over embedded-hal 1.0, in `blocking`;
//! `embedded-hal-async` adds the same drivers for asynchronous buses, in `asynchronous`. `alloc` and `std` are reserved
//! and add nothing today.
//!
#![doc = include_str!("../docs/written-forms.md")]
#![no_std]
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

#[cfg(any(feature = "alloc", test))]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;

mod contract;
mod convert;
mod csv;
mod family;
mod iso14443;
mod log_key;
mod mac;
mod password;
mod policy;
mod presence;
#[cfg(any(feature = "mfrc522", feature = "pn532"))]
mod reader;
mod sheet;
mod store;
mod teach;
mod text;
mod time;
mod token;
mod uid;

pub use contract::{ContractError, ContractId, ContractKind, EvseError, EvseId};
pub use convert::{AnyCard, Converted, Exchange, Loss, Losses, convert_list};
pub use csv::Label;
pub use family::{CardAnswer, CardFamily, FamilySet};
pub use iso14443::{
    Atqa, CASCADE_TAG, CascadeError, FoundCard, Sak, SelectAnswer, SelectError, SelectFrame, Selection,
    block_check,
};
pub use log_key::{LogKey, LogSecret};
pub use mac::MacAddress;
pub use password::{PasswordFault, PasswordRule};
pub use policy::*;
pub use presence::{CardPresence, PresenceEvent};
#[cfg(any(feature = "mfrc522", feature = "pn532"))]
pub use reader::*;
pub use sheet::*;
pub use store::*;
pub use teach::*;
pub use text::Text;
pub use time::Instant;
pub use token::{IdTag, IdToken, Token, TokenError, TokenKind};
pub use uid::*;
