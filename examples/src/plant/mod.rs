//! The physical side that no crate of evkit provides: cars on their cables, connectors, the building's load.

mod building;
mod car;
mod spot;

pub use building::Building;
pub use car::{Car, CarModel};
pub use spot::Spot;
