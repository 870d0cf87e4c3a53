//! Registers of known meters and chargers, one module per manufacturer.
//!
//! Every map names its sources and how well it is known; every row has its own
//! [`Confidence`](crate::Confidence). A program links only the maps it names.

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
