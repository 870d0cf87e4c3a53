//! The peers that cannot be built beside the rest: each gets a table of its own, with evkit-ocpp measured anew in it.
//!
//! ocpp_rs turns on `arbitrary_precision` of `serde_json` for every crate of its build, rust-ocpp brings some seventy
//! packages, and ocpp-kit alone takes minutes to compile; so `benches/ocpp_peers` is a workspace of its own.

use anyhow::ensure;
use evkit_benches::Apart;

/// The program's features, one for each peer.
const PEERS: [&str; 3] = ["rust", "rs", "kit"];

/// Builds and runs the program once for each peer.
pub(crate) fn print(batches: u32) -> anyhow::Result<()> {
    let program = Apart::new("ocpp_peers");
    for peer in PEERS {
        println!();
        let status = program.cargo("run", peer).args(["--", &batches.to_string()]).status()?;
        ensure!(status.success(), "the table with {peer} does not build or run");
    }
    Ok(())
}
