//! Fuzz targets of the evkit crates.
