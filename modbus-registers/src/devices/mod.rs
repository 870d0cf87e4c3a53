//! Registers of known meters and chargers, one module per manufacturer.
//!
//! A program links only the maps it names.

pub mod siemens;

use crate::map::Map;

/// Every map of this module, for tools and tests.
pub const ALL: &[&Map<'static>] = &[&siemens::PAC2200];
