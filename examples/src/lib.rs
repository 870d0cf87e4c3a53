//! Programs built from the evkit crates.
pub mod site;
