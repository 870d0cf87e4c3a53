//! `site`: a whole charging site on this machine, from vendor configuration files to the central system.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use evkit_examples::site::record::Record;
use evkit_examples::site::{Options, run};
use indicatif::{ProgressBar, ProgressStyle};

/// Runs a charging site in virtual time over real sockets and writes report.html, ocpp.jsonl, dlm.jsonl and
/// sessions.csv. Exit status: 0 all fine, 1 something in the run was wrong, 2 the site could not start.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Scenario file [default: the built-in depot with twelve EVSEs]
    scenario: Option<PathBuf>,
    /// Length in virtual minutes, at least 5 [default: the scenario's]
    #[arg(long)]
    minutes: Option<u32>,
    /// Another seed: times, wishes and cars vary with it [default: the scenario as written]
    #[arg(long)]
    seed: Option<u64>,
    /// Virtual seconds per real second [default: as fast as it goes]
    #[arg(long)]
    speed: Option<f64>,
    /// Folder for the results
    #[arg(long, default_value = "out")]
    out: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("site/scenario.toml");
    let options = Options {
        scenario: arguments.scenario.unwrap_or(built_in),
        minutes: arguments.minutes,
        seed: arguments.seed,
        speed: arguments.speed,
        out: arguments.out,
    };
    let bar = progress_bar();
    let result = run(&options, |world| {
        bar.set_length(world.length_ms());
        bar.set_position(world.now_ms());
        bar.set_message(world.status());
    })
    .await;
    bar.finish_and_clear();
    match result {
        Ok(record) => {
            // A reader that has gone away is no reason to fail.
            let _ = print(&record, &options.out);
            if record.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn progress_bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style =
        ProgressStyle::with_template("{bar:30} {msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(1).with_style(style)
}

fn print(record: &Record, out: &Path) -> std::io::Result<()> {
    let mut to = std::io::stdout().lock();
    writeln!(to, "{}, {} to {}", record.site, record.clock(0), record.clock(record.length_ms))?;
    writeln!(to, "\n{:<22}{:>9}{:>10}{:>10}{:>10}", "node", "limit A", "max L1", "max L2", "max L3")?;
    let amps = |ma: u32| format!("{:.1}", f64::from(ma) / 1000.0);
    for node in &record.nodes {
        let [l1, l2, l3] = node.peak_ma.map(amps);
        writeln!(to, "{:<22}{:>9}{l1:>10}{l2:>10}{l3:>10}", node.name, amps(node.limit_ma[0]))?;
    }
    writeln!(to, "\n{:<18}{:<22}{:>12}{:>9}  note", "car", "EVSE", "energy kWh", "of kWh")?;
    for car in &record.cars {
        let kwh = |wh: u64| format!("{:.2}", wh as f64 / 1000.0);
        let evse = &record.evses[car.evse].id;
        writeln!(
            to,
            "{:<18}{evse:<22}{:>12}{:>9}  {}",
            car.name,
            kwh(car.got_wh),
            kwh(car.wanted_wh),
            car.note.trim()
        )?;
    }
    let closed = record.transactions.iter().filter(|t| t.end.is_some()).count();
    let frames = record.frames.from_stations + record.frames.from_back_end;
    writeln!(
        to,
        "\n{closed} of {} transactions closed, {frames} frames, {} invalid",
        record.transactions.len(),
        record.frames.invalid
    )?;
    for failure in &record.failures {
        writeln!(to, "FAILED: {failure}")?;
    }
    writeln!(to, "report: {}", out.join("report.html").display())
}
