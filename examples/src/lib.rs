//! Programs built from the evkit crates.
