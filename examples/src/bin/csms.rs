//! `csms`: a small real central system for development.

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;
use evkit_examples::back_end::hub::Hub;
use evkit_examples::back_end::{Server, Setup};
use evkit_examples::net::clock::Clock;
use tokio::sync::mpsc;

/// A central system that accepts every station and every identifier, checks every frame, and shows what it knows at
/// `/` (for people) and `/api/stations` (JSON). Stations connect to ws://HOST:PORT/ANY/PATH/IDENTITY.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Address to listen at
    #[arg(long, default_value = "127.0.0.1:9000")]
    listen: SocketAddr,
    /// Heartbeat interval for stations in seconds
    #[arg(long, default_value_t = 300)]
    heartbeat: u32,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let (remarks, mut heard) = mpsc::unbounded_channel();
    let setup = Setup { hub: Hub::open(), clock: Clock::real(), heartbeat_s: arguments.heartbeat, remarks };
    let mut server = match Server::start(arguments.listen, setup).await {
        Ok(server) => server,
        Err(error) => {
            eprintln!("{}: {error}; choose another address with --listen", arguments.listen);
            return ExitCode::from(2);
        }
    };
    println!("listening at ws://{0}/, status page http://{0}/", server.address());
    loop {
        tokio::select! {
            Some((station, remark)) = heard.recv() => eprintln!("{station}: {remark}"),
            () = server.run() => return ExitCode::from(1),
            _ = tokio::signal::ctrl_c() => {
                server.vanish().await;
                return ExitCode::SUCCESS;
            }
        }
    }
}
