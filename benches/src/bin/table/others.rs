//! The peers that cannot be built beside the rest: each gets a table of its own, with evkit-ocpp measured anew in it.
//!
//! ocpp_rs turns on `arbitrary_precision` of `serde_json` for every crate of its build, rust-ocpp brings some seventy
//! packages, and ocpp-kit alone takes minutes to compile; so `benches/ocpp_peers` is a workspace of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::ensure;

/// The program's features, one for each peer.
const PEERS: [&str; 3] = ["rust", "rs", "kit"];

/// Builds and runs the program once for each peer.
pub(crate) fn print(batches: u32) -> anyhow::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| folder.join("../target"), PathBuf::from);
    for peer in PEERS {
        println!();
        let status = Command::new("cargo")
            .args(["run", "--quiet", "--release", "--locked", "--features", peer])
            .arg("--manifest-path")
            .arg(folder.join("ocpp_peers/Cargo.toml"))
            .arg("--target-dir")
            .arg(target.join("ocpp_peers"))
            .args(["--", &batches.to_string()])
            .status()?;
        ensure!(status.success(), "the table with {peer} does not build or run");
    }
    Ok(())
}
