//! Programs built from the evkit crates.

pub mod back_end;
pub mod day;
pub mod net;
pub mod password;
pub mod plant;
pub mod site;
pub mod station;
pub mod tool;
