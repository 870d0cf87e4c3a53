//! `csms`: a small real central system for development.

use std::fs::{File, OpenOptions, read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use clap::Parser;
use evkit_examples::back_end::hub::Hub;
use evkit_examples::back_end::{Server, Setup};
use evkit_examples::net::clock::Clock;
use evkit_examples::password::Password;
use evkit_ocpp::tokio::ServerTls;
use tokio::sync::mpsc;

/// A central system that accepts every station and every identifier, checks every frame, and shows what it knows at
/// `/` (for people) and `/api/stations` (JSON). Stations connect to ws://HOST:PORT/ANY/PATH/IDENTITY, or to wss://.
///
/// Lines of standard input are commands: IDENTITY `start CONNECTOR ID_TAG`, `stop CONNECTOR`,
/// `limit CONNECTOR AMPERES SECONDS`, `diagnostics URL`, `set KEY VALUE` (a configuration key) or `reset soft|hard`.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Address to listen at
    #[arg(long, default_value = "127.0.0.1:9000")]
    listen: SocketAddr,
    /// Certificate chain and private key (PEM files) for TLS
    #[arg(long, num_args = 2, value_names = ["CERT", "KEY"])]
    tls: Option<Vec<PathBuf>>,
    /// 0: none, 1: password, 2: TLS and password, 3: TLS and certificates of the stations
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=3))]
    security_profile: u8,
    /// Password of all stations (profiles 1 and 2)
    #[arg(long)]
    password: Option<String>,
    /// Root certificate of the stations (profile 3; PEM) [default: CERT itself]
    #[arg(long)]
    station_roots: Option<PathBuf>,
    /// Appends every frame as a line of JSON, as it was: passwords that are set stand in it too
    #[arg(long)]
    log: Option<PathBuf>,
    /// Heartbeat interval for stations in seconds
    #[arg(long, default_value_t = 300)]
    heartbeat: u32,
}

impl Arguments {
    fn log_file(&self) -> anyhow::Result<Option<File>> {
        let open = |path: &PathBuf| {
            let file = OpenOptions::new().create(true).append(true).open(path);
            file.with_context(|| path.display().to_string())
        };
        self.log.as_ref().map(open).transpose()
    }

    fn apply(&self, setup: &mut Setup) -> anyhow::Result<()> {
        let profile = self.security_profile;
        setup.heartbeat_s = self.heartbeat;
        setup.log = self.log_file()?;
        if matches!(profile, 1 | 2) {
            let password = self.password.as_ref();
            let password = password.with_context(|| format!("profile {profile} needs --password"))?;
            setup.password = Some(Password(password.clone().into_bytes()));
        }
        ensure!(profile < 2 || self.tls.is_some(), "profile {profile} needs --tls CERT KEY");
        if let Some([certificate, key]) = self.tls.as_deref() {
            let chain = pem(certificate)?;
            let roots = match &self.station_roots {
                _ if profile < 3 => None,
                Some(roots) => Some(pem(roots)?),
                None => Some(chain.clone()),
            };
            setup.acceptor.tls = Some(ServerTls::from_pem(&chain, &pem(key)?, roots.as_deref())?);
        }
        Ok(())
    }
}

fn pem(path: &Path) -> anyhow::Result<Vec<u8>> {
    read(path).with_context(|| path.display().to_string())
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let (remarks, mut heard) = mpsc::unbounded_channel();
    let mut setup = Setup::new(Hub::open(), Clock::real(), remarks);
    if let Err(error) = arguments.apply(&mut setup) {
        eprintln!("{error:#}");
        return ExitCode::from(2);
    }
    let mut server = match Server::start(arguments.listen, setup).await {
        Ok(server) => server,
        Err(error) => {
            eprintln!("{}: {error}; choose another address with --listen", arguments.listen);
            return ExitCode::from(2);
        }
    };
    let s = if arguments.tls.is_some() { "s" } else { "" };
    println!("listening at ws{s}://{0}/, status page http{s}://{0}/", server.address());
    let mut lines = lines_of_standard_input();
    loop {
        tokio::select! {
            Some((station, remark)) = heard.recv() => eprintln!("{station}: {remark}"),
            Some(line) = lines.recv() => {
                if let Err(problem) = command(&server, &line) {
                    eprintln!("{line}: {problem}");
                }
            }
            () = server.run() => return ExitCode::from(1),
            _ = tokio::signal::ctrl_c() => {
                server.shut_down().await;
                return ExitCode::SUCCESS;
            }
        }
    }
}

/// A thread reads them: nothing else can wait for a terminal.
fn lines_of_standard_input() -> mpsc::UnboundedReceiver<String> {
    let (send, lines) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

fn command(server: &Server, line: &str) -> anyhow::Result<()> {
    let (identity, command) = line.trim().split_once(' ').context("expected IDENTITY COMMAND")?;
    ensure!(server.command(identity, command.parse()?), "{identity} is not connected");
    Ok(())
}
