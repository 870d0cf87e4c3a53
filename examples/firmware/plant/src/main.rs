//! `plant`: plays what is around a charging station, and judges the station.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::{Args, Parser, Subcommand};
use evkit_plant::bench::{Bench, Wire, Wires};
use evkit_plant::relay;
use evkit_plant::scenarios::{self, ALL, Peer, Setup, Site};
use evkit_plant::script::{Script, State};

/// Cars, cables, contactors, meters and cards around a charging station under test, and a referee of its power
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the scenarios against the firmware in QEMU
    Scenarios {
        #[command(flatten)]
        files: Files,
        /// Only scenarios whose name contains this
        #[arg(long, default_value = "")]
        only: String,
        /// How many at a time
        #[arg(long, default_value_t = 3)]
        jobs: usize,
    },
    /// Tell random stories to boards in QEMU
    Histories {
        #[command(flatten)]
        files: Files,
        /// How many stories
        #[arg(long, default_value_t = 200)]
        count: u64,
        /// Seed of the first one
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many boards at a time, of two sockets each
        #[arg(long, default_value_t = 3)]
        boards: usize,
    },
    /// Run the firmware in QEMU with a central system, and show a session
    Show {
        #[command(flatten)]
        files: Files,
        /// What happens at the sockets (TOML)
        script: PathBuf,
    },
    /// Play a script at a real board, and judge it
    Bench {
        /// Serial port of the plant's line
        port: String,
        /// Serial port of the meters' bus
        #[arg(long)]
        bus: Option<String>,
        /// What happens at the sockets (TOML)
        script: PathBuf,
    },
    /// Pass standard input and output on to a port of this machine; QEMU starts this for every connection
    #[command(hide = true)]
    Pipe {
        /// The port
        port: u16,
    },
}

#[derive(Args)]
struct Files {
    /// Program that runs an image in QEMU: `RUNNER ELF MORE...`
    #[arg(long, default_value = "boards/lm3s6965evb/qemu")]
    runner: PathBuf,
    /// The firmware
    #[arg(long, default_value = "target/thumbv7m-none-eabi/release/charger")]
    elf: PathBuf,
    /// Folder with the programs `csms` and `dlm-node`
    #[arg(long, default_value = "../../target/release")]
    programs: PathBuf,
    /// Command of the Python central system; without it its scenarios are left out
    #[arg(long, num_args = 2, value_names = ["PYTHON", "SCRIPT"])]
    python: Option<Vec<String>>,
    /// Where files of the runs go
    #[arg(long, default_value = "target/plant")]
    out: PathBuf,
}

impl Files {
    fn setup(&self) -> anyhow::Result<Setup> {
        let absolute = |path: &PathBuf| path.canonicalize().with_context(|| path.display().to_string());
        let programs = absolute(&self.programs)?;
        std::fs::create_dir_all(&self.out).with_context(|| self.out.display().to_string())?;
        Ok(Setup {
            runner: absolute(&self.runner)?,
            elf: absolute(&self.elf)?,
            plant: std::env::current_exe()?,
            csms: vec![programs.join("csms").display().to_string()],
            python: self.python.clone().unwrap_or_default(),
            dlm_node: programs.join("dlm-node"),
            out: absolute(&self.out)?,
            late: Arc::default(),
        })
    }
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Scenarios { files, only, jobs } => scenarios(&files.setup()?, &only, jobs),
        Command::Histories { files, count, seed, boards } => histories(&files.setup()?, seed, count, boards),
        Command::Show { files, script } => show(&files.setup()?, &read(&script)?),
        Command::Bench { port, bus, script } => bench(&port, bus.as_deref(), &read(&script)?),
        Command::Pipe { port } => relay::pipe(port),
    }
}

fn read(script: &PathBuf) -> anyhow::Result<Script> {
    let name = || script.display().to_string();
    Script::parse(&std::fs::read_to_string(script).with_context(name)?).with_context(name)
}

fn scenarios(setup: &Setup, only: &str, jobs: usize) -> anyhow::Result<()> {
    let possible = |peer| peer == Peer::Csms || !setup.python.is_empty();
    let wanted = ALL.iter().filter(|scenario| scenario.name.contains(only) && possible(scenario.peer));
    let wanted: Vec<_> = wanted.copied().collect();
    ensure!(!wanted.is_empty(), "no scenario is named like `{only}`; there are {ALL:?}");
    let outcomes = scenarios::run(setup, &wanted, jobs);
    let failed: Vec<_> =
        outcomes.iter().filter(|outcome| outcome.result.is_err()).map(|outcome| outcome.name).collect();
    ensure!(failed.is_empty(), "{} of {} scenarios failed: {failed:?}", failed.len(), wanted.len());
    println!("{} scenarios, all as they should be", wanted.len());
    Ok(())
}

fn histories(setup: &Setup, seed: u64, count: u64, boards: usize) -> anyhow::Result<()> {
    let found = scenarios::histories(setup, seed, count, boards)?;
    for (condition, (limit, met)) in &found.reactions {
        println!(
            "{condition:?}: {} openings, slowest {} ms of {limit} ms in the station's time, {} ms in the plant's",
            met.count, met.station_ms, met.plant_ms
        );
    }
    println!(
        "{} stories from seed {seed} on, {} closings, nothing breached; the plant was too slow {} times",
        found.stories, found.closings, found.late
    );
    Ok(())
}

fn show(setup: &Setup, script: &Script) -> anyhow::Result<()> {
    let mut site = Site::start_in(setup, "show", Peer::Csms, &[], "user,restrict=on")?;
    site.bench.plant().show = true;
    site.ready()?;
    site.bench.play_all((1..).zip(script.0.clone()))?;
    for connector in [1, 2] {
        site.bench.until(connector, State::Open, Duration::from_secs(20))?;
    }
    std::thread::sleep(Duration::from_secs(1));
    println!("\n== console of the station\n{}\n== OCPP", site.machine()?.console());
    for call in site.back_end.calls()? {
        let (from, to) = if call.by_station { ("station", "csms") } else { ("csms", "station") };
        let answer = call.answer.as_ref().map(ToString::to_string).unwrap_or_default();
        println!("{from} -> {to}  {} {}\n           {answer}", call.action, call.request);
    }
    judge(&site.bench)
}

fn bench(port: &str, bus: Option<&str>, script: &Script) -> anyhow::Result<()> {
    let bench = Bench::new(Arc::default());
    bench.plant().show = true;
    let bus = bus.map(Wire::port).transpose()?;
    bench.connect(Some(Wires { link: Wire::port(port)?, bus }));
    bench.play_all((1..).zip(script.0.clone()))?;
    judge(&bench)
}

fn judge(bench: &Bench) -> anyhow::Result<()> {
    println!("\n== referee");
    for (condition, limit, met) in bench.plant().referee.reactions() {
        println!("{condition:?}: {} openings, slowest {} ms of {limit} ms", met.count, met.station_ms);
    }
    bench.check()?;
    println!("nothing breached");
    Ok(())
}
