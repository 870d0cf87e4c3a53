//! Registers of known meters and chargers, one module per manufacturer.
//!
//! Every map names its sources and how well it is known; every row has its own
//! [`Confidence`](crate::Confidence). A program links only the maps it names.
//!
//! # Where tables go round that say otherwise
//!
//! Rows with one source only, or with sources that disagree, and why they are here as they are. Verify them on the
//! device. Errors of other projects in rows that are well known are in the documentation of the maps.
//!
//! | map | registers | here | elsewhere | reason |
//! |---|---|---|---|---|
//! | [`switchboard::SAIA_ALE3`] | 37, 38, 42, 43, 47, 48, 50, 51 | 10 W, 10 var | 0.01 | the register pages print kW with two decimals; without the kilo powers come out a thousandth of what they are |
//! | [`evlink::PRO_AC`] | 2999 to 3059, 3203, 4007, 4009 | low word first | high word first | evcc, which reads the charger, has the low word first, a table derived from others does not |
//! | [`bender::CC61X`] | 705, 709 | one register | two registers | evcc, which has charged with them, read one each, and 706 is a value of its own; the newer 716 and 718 have two |
//! | [`keba::EMS`] | 0 | number of two registers | eight characters | the manual says both; eight characters would need four registers |

mod catalogue;
mod family;

pub mod abb;
pub mod bender;
pub mod carlo_gavazzi;
pub mod chint;
pub mod eastron;
pub mod eltako;
pub mod evlink;
pub mod finder;
pub mod gossen_metrawatt;
pub mod herholdt;
pub mod inepro;
pub mod iskra;
pub mod janitza;
pub mod keba;
pub mod oem;
pub mod phoenix_contact;
pub mod schneider;
pub mod siemens;
pub mod smart_home;
pub mod socomec;
pub mod sunspec;
pub mod switchboard;
pub mod tq;
pub mod ytl;

pub use catalogue::{ALL, CATALOGUE, Device};
