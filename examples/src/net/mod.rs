//! Sockets: everything the sans-IO crates leave to the program.

pub mod clock;
pub mod energy_manager;
pub mod load_management;
pub mod meter;
pub mod modbus;
pub mod traffic;
pub mod transfer;
