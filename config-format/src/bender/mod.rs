//! Bender CC612, CC613 and ICC controllers: a folder with one small file per parameter, white lists.
//!
//! A parameter's file is called `<Parameter>_<module>`; its first line is the value, its second names the
//! software that wrote it and means nothing to anyone else (firmware documentation, parameter persistence;
//! stick function `sw_config`). A folder may hold any subset.

mod keys;
mod state;
#[cfg(feature = "alloc")]
mod station;

#[cfg(feature = "alloc")]
pub use folder::{Folder, Parameter};
pub use keys::{OCPP_PROFILE, PROFILE};
pub use state::{STATE_KEYS, State};
#[cfg(feature = "alloc")]
pub(crate) use station::MAP;

#[cfg(feature = "alloc")]
mod folder;
