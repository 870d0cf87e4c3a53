//! Benches of the evkit crates; this library is what their programs share.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A package of this folder that is a workspace of its own, so that its dependencies and features are for nobody else.
pub struct Apart {
    name: &'static str,
}

impl Apart {
    /// The package in the folder `name`.
    pub const fn new(name: &'static str) -> Self {
        Self { name }
    }

    /// Its manifest.
    pub fn manifest(&self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(self.name).join("Cargo.toml")
    }

    /// Where it is built: beside this workspace's own builds.
    pub fn target(&self) -> PathBuf {
        let beside = std::env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), PathBuf::from);
        beside.join(self.name)
    }

    /// `cargo` with `subcommand`, an optimised build with the versions of the package's own lock file.
    pub fn cargo(&self, subcommand: &str, features: &str) -> Command {
        let mut command = Command::new("cargo");
        command.args([subcommand, "--quiet", "--release", "--locked", "--features", features]);
        command.arg("--manifest-path").arg(self.manifest()).arg("--target-dir").arg(self.target());
        command
    }
}
