//! `day`: a day of a car park with 12, 100 and 1,000 EVSEs, beside a load manager that knows everything.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use evkit_examples::day::{Record, draw, run, swing};

/// Lives through a day of 12, 100 and 1,000 EVSEs, prints a table and writes day-12.svg, day-100.svg and
/// day-1000.svg. Exit status: 0 all fine, 1 a limit was passed or a figure was missed, 2 it could not run.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Another day: arrivals, cars and the building vary with it
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only sites of up to so many EVSEs
    #[arg(long, default_value_t = 1_000)]
    most: usize,
    /// Folder for the plots
    #[arg(long, default_value = "out")]
    out: PathBuf,
}

fn main() -> ExitCode {
    match days(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

type Day = fn(u64) -> anyhow::Result<Record>;
type Swing = fn(u64) -> anyhow::Result<u32>;

fn days(arguments: &Arguments) -> anyhow::Result<bool> {
    let sites: [(usize, Day, Swing); 3] = [
        (12, run::<9, 12, 21>, swing::<9, 12, 21>),
        (100, run::<61, 100, 161>, swing::<61, 100, 161>),
        (1_000, run::<601, 1_000, 1_601>, swing::<601, 1_000, 1_601>),
    ];
    std::fs::create_dir_all(&arguments.out)?;
    println!(
        "{:>6}{:>6}{:>11}{:>11}{:>8}{:>9}{:>8}{:>8}{:>10}{:>10}{:>9}{:>10}",
        "EVSEs",
        "cars",
        "kWh",
        "rival kWh",
        "share",
        "proven",
        "passed",
        "queue",
        "wait min",
        "overdue s",
        "swing A",
        "slowest"
    );
    let mut fine = true;
    for (_, day, swing) in sites.into_iter().filter(|site| site.0 <= arguments.most) {
        let (record, swing) = (day(arguments.seed)?, swing(arguments.seed)?);
        fine &= print(&record, swing);
        draw(&record, &arguments.out.join(format!("day-{}.svg", record.evses)))?;
    }
    Ok(fine)
}

/// Prints a row; says whether every figure is as it should be.
fn print(record: &Record, swing: u32) -> bool {
    let share = record.delivered / record.by_rival;
    println!(
        "{:>6}{:>6}{:>11.1}{:>11.1}{:>7.1}%{:>8.1}%{:>8}{:>8}{:>10.1}{:>10}{:>9.1}{:>7} µs",
        record.evses,
        record.sessions,
        record.delivered,
        record.by_rival,
        share * 100.0,
        record.proven * 100.0,
        record.passed,
        record.longest_queue,
        f64::from(record.longest_wait) / 60.0,
        record.overdue,
        f64::from(swing) / 1_000.0,
        record.slowest.as_micros(),
    );
    share >= 0.98 && record.passed == 0 && record.overdue == 0 && swing <= 500
}
