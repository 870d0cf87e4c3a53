//! `dlm-node`: a master or a station of the load management protocol over UDP, one process each.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::{Args, Parser, Subcommand};
use evkit_dlm::controller::{Controller, EvseConfig, NodeConfig, Settings};
use evkit_dlm::limits::{Limit, LimitSet, Role};
use evkit_dlm::phases::Terminals;
use evkit_dlm::protocol::{Car, Master, MasterConfig, Mastership, Seal, Slave, SlaveConfig, Timing};
use evkit_dlm::units::Milliamps;
use evkit_examples::net::load_management::{EpochFile, MEMBERS, run_master, run_slave};
use tokio::net::UdpSocket;

/// Load management across processes: one master, any number of stations up to 16
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    role: Part,
    #[command(flatten)]
    network: Network,
}

#[derive(Args)]
struct Network {
    /// Number of the network; devices of others on the same LAN are not heard
    #[arg(long, global = true, default_value_t = 1)]
    network: u32,
    /// Key that all devices share, 64 hexadecimal digits; without one anybody on the LAN can speak
    #[arg(long, global = true, value_parser = key)]
    key: Option<[u8; 32]>,
    /// Durations a tenth of the usual ones
    #[arg(long, global = true)]
    fast: bool,
    /// What a station falls to when it hears nobody, in A
    #[arg(long, global = true, default_value_t = 0)]
    disconnected: u32,
}

#[derive(Subcommand)]
enum Part {
    /// Share a main connection among stations numbered from 1
    Master {
        /// Address to listen at
        #[arg(long, default_value = "0.0.0.0:7300")]
        listen: SocketAddr,
        /// Number of stations
        #[arg(long)]
        stations: usize,
        /// What the main connection may carry, in A
        #[arg(long)]
        limit: u32,
        /// File that keeps the epoch
        #[arg(long, default_value = "dlm-epoch")]
        store: PathBuf,
    },
    /// Be a station with a car that takes what it gets
    Slave {
        /// Number of the station, from 1
        #[arg(long)]
        member: u32,
        /// The master's address; without it reports are broadcast to port 7300 until one answers
        #[arg(long)]
        master: Option<SocketAddr>,
    },
}

fn key(text: &str) -> Result<[u8; 32], String> {
    let wrong = || "a key has 64 hexadecimal digits".to_owned();
    let mut key = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return Err(wrong());
    }
    for (at, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_| wrong())?;
    }
    Ok(key)
}

impl Network {
    fn seal(&self) -> Seal {
        self.key.map_or(Seal::open(self.network), |key| Seal::keyed(self.network, key))
    }

    fn timing(&self) -> Timing {
        let usual = Timing::default();
        if !self.fast {
            return usual;
        }
        let Timing { period, lease, alone, reaction, drift_ppm } = usual;
        Timing {
            period: period / 10,
            lease: lease / 10,
            alone: alone / 10,
            reaction: reaction / 10,
            drift_ppm,
        }
    }

    fn evse(&self) -> anyhow::Result<EvseConfig> {
        let limits = LimitSet::try_from([Limit::new(Role::Hardware, Milliamps::from_amps(32))])?;
        let disconnected = Milliamps::from_amps(self.disconnected);
        Ok(EvseConfig { limits, disconnected, ..EvseConfig::on(0) })
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

async fn run(Arguments { role, network }: Arguments) -> anyhow::Result<()> {
    match role {
        Part::Master { listen, stations, limit, store } => {
            master(&network, listen, stations, limit, store).await
        }
        Part::Slave { member, master } => slave(&network, member, master).await,
    }
}

async fn master(
    network: &Network,
    listen: SocketAddr,
    stations: usize,
    limit: u32,
    store: PathBuf,
) -> anyhow::Result<()> {
    anyhow::ensure!((1..=MEMBERS).contains(&stations), "--stations: 1 to {MEMBERS}, not {stations}");
    let limits = LimitSet::try_from([Limit::new(Role::Installation, Milliamps::from_amps(limit))])?;
    let nodes = [NodeConfig { limits, ..NodeConfig::default() }];
    let mut evses = [network.evse()?; MEMBERS];
    // Places that nobody takes need nothing kept free.
    evses[stations..].iter_mut().for_each(|evse| evse.disconnected = Milliamps::ZERO);
    let ids: Vec<u32> = (1..=stations as u32).collect();
    let store = EpochFile(store);
    let timing = network.timing();
    let config = MasterConfig { id: fastrand::u32(1..), mastership: Mastership::Sole, timing };
    let master = Master::new(&config, network.seal(), store.read()?, &nodes, &ids, &evses[..stations])?;
    let settings = Settings {
        reaction: timing.reaction,
        raise_interval: timing.period,
        evse_max_age: timing.lease,
        lease: Some(timing.alone),
        ..Settings::default()
    };
    let manager = Controller::new(&nodes, &evses, settings)?;
    let socket = UdpSocket::bind(listen).await.map_err(|error| anyhow::anyhow!("{listen}: {error}"))?;
    println!("listening at {}", socket.local_addr()?);
    run_master(socket, master, manager, &store).await
}

async fn slave(network: &Network, member: u32, master: Option<SocketAddr>) -> anyhow::Result<()> {
    let evse = network.evse()?;
    let config = SlaveConfig {
        member,
        wired: evse.wired,
        disconnected: evse.disconnected,
        minimum: Milliamps::from_amps(6),
        timing: network.timing(),
    };
    let local = if master.is_some_and(|master| master.ip().is_loopback()) {
        Ipv4Addr::LOCALHOST
    } else {
        Ipv4Addr::UNSPECIFIED
    };
    let socket = UdpSocket::bind((local, 0)).await?;
    let everybody = master.unwrap_or_else(|| (Ipv4Addr::BROADCAST, 7300).into());
    let seal = network.seal();
    let make = |now| Ok(Slave::new(now, config, seal, fastrand::u32(1..), master)?);
    run_slave(socket, everybody, make, |limit, standing| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        println!("{} member {member} may use {limit} ({standing:?})", since.as_millis());
        Car { plugged: true, wants: true, terminals: Some(Terminals::THREE), measured: [limit; 3] }
    })
    .await
}
