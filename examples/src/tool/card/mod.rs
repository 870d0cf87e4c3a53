//! `evkit card`.

mod convert;
mod show;

use clap::{Subcommand, ValueEnum};
use evkit_rfid::UidFormat;

use super::Outcome;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Show what an identifier may stand for: canonical form, technology, candidates with reasons
    ///
    /// Nothing is guessed: what reads as hexadecimal is the canonical form, and whatever else a station, reader or list
    /// may have meant by it is a candidate.
    Show(show::Arguments),
    /// Convert a card list from one vendor's format to another's
    ///
    /// The new list goes to standard output, what it cannot say to standard error. A card that could then charge where
    /// it could not before is left out. With --json, every card is an object with what became of it.
    Convert(convert::Arguments),
}

/// The four forms of "RFID tag letter case" on a Bender controller, in which UIDs are written.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    Lower,
    Upper,
    LowerReversed,
    UpperReversed,
}

impl From<Form> for UidFormat {
    fn from(form: Form) -> Self {
        match form {
            Form::Lower => Self::LOWER,
            Form::Upper => Self::UPPER,
            Form::LowerReversed => Self::LOWER_REVERSED,
            Form::UpperReversed => Self::UPPER_REVERSED,
        }
    }
}

pub(super) fn run(command: &Command, json: bool) -> anyhow::Result<Outcome> {
    match command {
        Command::Show(arguments) => show::run(arguments, json),
        Command::Convert(arguments) => convert::run(arguments, json),
    }
}
