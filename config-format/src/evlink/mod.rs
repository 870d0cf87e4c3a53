//! Schneider EVlink Smart Wallbox, Parking and City: the configuration text, badge lists.
//!
//! The text has four blocks, each opened by a comment line such as `# Evse Conf`, with 24 sections and 190
//! keys (commissioning tool guide, annex A). Values may be padded into a column, unset values are empty, `0`
//! or `UNDEFINED`, booleans have two spellings in one file. That the `.cfg` export is this text is inferred.

#[cfg(feature = "alloc")]
mod config;
mod keys;
mod publication;
#[cfg(feature = "alloc")]
mod repair;
#[cfg(feature = "html-report")]
pub mod report;
#[cfg(feature = "alloc")]
mod station;

pub use keys::{PROFILE, block};
pub use publication::{Period, Protocol, Publication};

#[cfg(feature = "alloc")]
pub use config::{Config, Evlink};
#[cfg(feature = "alloc")]
pub use repair::{Decision, Repair, Verdict, repair};
#[cfg(feature = "alloc")]
pub(crate) use station::MAP;
