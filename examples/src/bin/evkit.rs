//! `evkit`: what the crates know, at the command line.

use std::process::ExitCode;

use clap::Parser as _;
use evkit_examples::tool::{Arguments, run};

fn main() -> ExitCode {
    run(&Arguments::parse())
}
