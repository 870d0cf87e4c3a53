//! Benches of the evkit crates.
