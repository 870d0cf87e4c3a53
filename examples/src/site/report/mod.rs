//! `report.html`: one self-contained page that a person reads in a minute.
//!
//! First the verdict, then the site and how far each fuse was used, the currents over time, the cars and
//! their waiting, the outages and what happened in them, transactions, and every OCPP error. No script.

mod page;
mod plot;

pub use page::render;
