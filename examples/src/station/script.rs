//! What a person does at a simulated station, as a text file: `SECONDS COMMAND [ARGUMENTS]` per line.
//!
//! ```text
//! # a whole session
//! 2    plug 1
//! 2.5  card 1 04A224B25C6480
//! 60   unplug 1
//! 65   quit
//! ```

use std::path::{Path, PathBuf};

/// A line of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Milliseconds after the start of the program.
    pub at_ms: u64,
    /// What happens.
    pub action: Action,
}

/// What a person can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Plugs a car in that takes what it is offered.
    Plug(u32),
    /// Pulls the plug.
    Unplug(u32),
    /// Holds a card to the reader of a connector.
    Card(u32, String),
    /// Ends the program once everything is delivered.
    Quit,
}

/// Why a script cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line makes no sense.
    #[error("{path}:{line}: {text:?}: {expected}")]
    Line {
        /// The file.
        path: PathBuf,
        /// Line from 1.
        line: usize,
        /// The line.
        text: String,
        /// What would be right.
        expected: &'static str,
    },
}

/// Reads a script; steps come in order of time.
///
/// # Errors
/// Unreadable file, or the first line that is not a step.
pub fn load(path: &Path) -> Result<Vec<Step>, ScriptError> {
    let text =
        std::fs::read_to_string(path).map_err(|source| ScriptError::Read { path: path.into(), source })?;
    let mut steps = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        steps.push(step(line).map_err(|expected| ScriptError::Line {
            path: path.into(),
            line: index + 1,
            text: line.to_owned(),
            expected,
        })?);
    }
    steps.sort_by_key(|s| s.at_ms);
    Ok(steps)
}

fn step(line: &str) -> Result<Step, &'static str> {
    let mut words = line.split_whitespace();
    let at_ms = words.next().and_then(milliseconds).ok_or("seconds come first, such as 2.5")?;
    let command = words.next().ok_or("a command follows: plug, unplug, card or quit")?;
    let mut connector =
        || words.next().and_then(|w| w.parse().ok()).ok_or("a connector number follows, from 1");
    let action = match command {
        "plug" => Action::Plug(connector()?),
        "unplug" => Action::Unplug(connector()?),
        "card" => {
            let connector = connector()?;
            Action::Card(connector, words.next().ok_or("a card follows, such as 04A224B25C6480")?.to_owned())
        }
        "quit" => Action::Quit,
        _ => return Err("the command is plug, unplug, card or quit"),
    };
    match words.next() {
        None => Ok(Step { at_ms, action }),
        Some(_) => Err("nothing more belongs on this line"),
    }
}

/// `12` or `12.5` seconds, exactly.
fn milliseconds(text: &str) -> Option<u64> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let millis: u64 = format!("{fraction:0<3}").parse().ok()?;
    seconds.parse::<u64>().ok()?.checked_mul(1000)?.checked_add(millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_read_exactly() {
        assert_eq!(
            step("2.5 card 1 04A2"),
            Ok(Step { at_ms: 2_500, action: Action::Card(1, "04A2".into()) })
        );
        assert_eq!(step("0 plug 2"), Ok(Step { at_ms: 0, action: Action::Plug(2) }));
        assert_eq!(step("65.125 quit"), Ok(Step { at_ms: 65_125, action: Action::Quit }));
    }

    #[test]
    fn a_wrong_line_says_what_would_be_right() {
        assert_eq!(step("soon plug 1"), Err("seconds come first, such as 2.5"));
        assert_eq!(step("1 plug"), Err("a connector number follows, from 1"));
        assert_eq!(step("1 plug 1 2"), Err("nothing more belongs on this line"));
        assert_eq!(step("1 jump"), Err("the command is plug, unplug, card or quit"));
        assert_eq!(step("1.0001 quit"), Err("seconds come first, such as 2.5"));
    }
}
