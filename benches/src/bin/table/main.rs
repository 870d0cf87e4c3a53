//! `table ocpp`: what evkit does beside what other people's crates do with the same input, as Markdown tables.
//!
//! Everything in a table is measured in one run: contenders take turns in short batches, and the best batch of each
//! counts, so that a busy machine slows all of them alike.

mod measure;
mod ocpp;
mod others;
mod payloads;

use clap::{Parser, Subcommand};

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    subject: Subject,
}

#[derive(Subcommand)]
enum Subject {
    /// Messages of OCPP: decoding, encoding, validation.
    Ocpp {
        /// Batches of each contender; more of them on a busy machine.
        #[arg(long, default_value_t = 60)]
        batches: u32,
        /// Also beside rust-ocpp, ocpp_rs and ocpp-kit, which are built first, for some five minutes.
        #[arg(long)]
        others: bool,
    },
}

fn main() -> anyhow::Result<()> {
    let Subject::Ocpp { batches, others } = Arguments::parse().subject;
    ocpp::print(batches);
    if others { others::print(batches) } else { Ok(()) }
}
