//! How much a central system carries: memory of each station that is connected, a reconnect storm of all of them, and
//! messages answered in a second.
//!
//! `load COMMAND…` starts a server, which says on its first line at which `127.0.0.1:PORT` it listens, connects stations to
//! it and prints a line of a table. Linux only: memory is read from `/proc`.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use clap::Parser;
use evkit_ocpp::tokio::{Client, Received, Socket as _, WebSocket};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Connection attempts under way at a time; a server's queue of connections is not what is measured.
const AT_ONCE: usize = 256;

/// Connects many stations to a central system.
#[derive(Parser)]
struct Arguments {
    /// Stations that are connected at a time
    #[arg(long, default_value_t = 5_000)]
    stations: usize,
    /// Of these, how many send meter values as fast as they are answered
    #[arg(long, default_value_t = 100)]
    busy: usize,
    /// For how many seconds they do
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// The server and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    server: Vec<String>,
}

const BOOT: &str = r#"{"chargePointVendor":"evkit","chargePointModel":"load"}"#;
const METER_VALUES: &str = r#"{"connectorId":1,"meterValue":[{"timestamp":"2026-11-21T12:00:00Z","sampledValue":[{"value":"1234567","context":"Sample.Periodic","measurand":"Energy.Active.Import.Register","unit":"Wh"},{"value":"16.0","context":"Sample.Periodic","measurand":"Current.Import","phase":"L1","unit":"A"}]}]}"#;

/// A server process; it ends with this program.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(command: &[String]) -> anyhow::Result<Self> {
        let (program, arguments) = command.split_first().context("no server given")?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| program.clone())?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line)?;
        let port = line.split("127.0.0.1:").nth(1).context("the server does not say where it listens")?;
        let port: String = port.chars().take_while(char::is_ascii_digit).collect();
        Ok(Self { child, address: format!("ws://127.0.0.1:{port}/ocpp") })
    }

    /// Resident memory in bytes.
    fn memory(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(resident.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a call and waits for its answer.
async fn call(socket: &mut WebSocket, id: u64, action: &str, payload: &str) -> anyhow::Result<()> {
    socket.send(format!(r#"[2,"{id}","{action}",{payload}]"#)).await?;
    loop {
        if let Received::Text(answer) = socket.receive().await? {
            if !answer.replace(' ', "").starts_with(&format!("[3,\"{id}\"")) {
                bail!("{action} was answered with {answer}");
            }
            return Ok(());
        }
    }
}

/// Connects all stations and registers them.
async fn connect(address: &str, stations: usize) -> anyhow::Result<Vec<WebSocket>> {
    let at_once = Arc::new(Semaphore::new(AT_ONCE));
    let mut tasks = JoinSet::new();
    for number in 0..stations {
        let mut client = Client::new(address, &format!("LOAD-{number}"));
        client.patience = Duration::from_secs(120);
        let at_once = Arc::clone(&at_once);
        tasks.spawn(async move {
            let _place = at_once.acquire().await?;
            let (mut socket, _) = client.connect().await?;
            call(&mut socket, 0, "BootNotification", BOOT).await?;
            anyhow::Ok(socket)
        });
    }
    tasks.join_all().await.into_iter().collect()
}

/// Messages answered in a second by `busy` stations that always have one on its way.
async fn throughput(sockets: &mut Vec<WebSocket>, busy: usize, seconds: u64) -> anyhow::Result<u64> {
    let (over, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let mut tasks = JoinSet::new();
    for mut socket in sockets.drain(..busy.min(sockets.len())) {
        let (over, answered) = (Arc::clone(&over), Arc::clone(&answered));
        tasks.spawn(async move {
            for id in 1.. {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                call(&mut socket, id, "MeterValues", METER_VALUES).await?;
                answered.fetch_add(1, Ordering::Relaxed);
            }
            anyhow::Ok(())
        });
    }
    let start = Instant::now();
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let count = answered.load(Ordering::Relaxed);
    let elapsed = start.elapsed();
    over.store(true, Ordering::Relaxed);
    tasks.join_all().await.into_iter().collect::<anyhow::Result<Vec<()>>>()?;
    Ok((count as f64 / elapsed.as_secs_f64()) as u64)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let server = Server::start(&arguments.server)?;
    drop(connect(&server.address, 10).await?);
    let before = server.memory()?;
    let start = Instant::now();
    let sockets = connect(&server.address, arguments.stations).await?;
    let connected = start.elapsed();
    let each = server.memory()?.saturating_sub(before) / arguments.stations as u64;
    // The storm: all connections break at once, and all come back at once.
    drop(sockets);
    let start = Instant::now();
    let mut sockets = connect(&server.address, arguments.stations).await?;
    let storm = start.elapsed();
    let rate = throughput(&mut sockets, arguments.busy, arguments.seconds).await?;
    println!("| server | stations | memory each | all connected | all back | answers in a second |");
    println!("|---|---|---|---|---|---|");
    println!(
        "| {} | {} | {:.1} KB | {:.1} s | {:.1} s | {rate} |",
        arguments.server[0],
        arguments.stations,
        each as f64 / 1e3,
        connected.as_secs_f64(),
        storm.as_secs_f64()
    );
    Ok(())
}
