//! Commands: checked, written and read.

use core::fmt;

use crate::number::integer;
use crate::text::Text;
use crate::units::Milliamps;

/// A command to a station. `Display` writes it as it is sent: without line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command<'a> {
    /// `i`: asks for the firmware.
    Firmware,
    /// `report n`: 1 to 3, or 100 to 130.
    Report(u8),
    /// `ena 0|1`: lets the car charge or not.
    Enable(bool),
    /// `curr n`: most current. 0 stops; the guide allows 6 A to 63 A.
    Current(Milliamps),
    /// `currtime n t`: most current after a delay of up to 860 400 s. `0 0` cancels a waiting one, `0 1`
    /// stops now.
    CurrentAfter(Milliamps, u32),
    /// `setenergy e`: energy limit of the session in 0.1 Wh; 0 deletes it.
    Energy(u32),
    /// `output n`: relay X2 off (0), on (1), or 10 to 150 pulses per kWh, which is stored.
    Output(u8),
    /// `start tag class`: as if the card was shown. Hex of 8 and 10 bytes; both may be left out, the class
    /// alone not.
    Start(Option<&'a str>, Option<&'a str>),
    /// `stop tag`: ends the session; the tag must be the one that started it.
    Stop(&'a str),
    /// `unlock`: opens the lock; send `ena 0` before.
    Unlock,
    /// `display a min max 0 text`: text of up to 23 characters for `min` to `max` s; `$` is a blank, `~` a
    /// sum sign, `,` a comma.
    Display {
        /// First field, 0 or 1.
        first: u8,
        /// Shortest time, s.
        min_s: u16,
        /// Longest time, s.
        max_s: u16,
        /// The text.
        text: &'a str,
    },
    /// `failsafe t c s`: current if no command comes for `t` s (0 off, 10 to 600); stored if `s`.
    Failsafe {
        /// Time without a command, s.
        timeout_s: u16,
        /// Current then; 0 stops.
        current: Milliamps,
        /// Keep it over a restart.
        store: bool,
    },
    /// `x2src n`: who may switch phases: 0 nobody, 1 OCPP, 2 REST, 3 Modbus, 4 UDP.
    PhaseSwitchSource(u8),
    /// `x2 n`: one phase (false) or three.
    ThreePhases(bool),
}

/// Why a command is none a station takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// The first word is no command.
    #[error(
        "no such command; there are i, report, ena, curr, currtime, setenergy, output, start, stop, display, unlock, failsafe, x2src, x2"
    )]
    Unknown,
    /// An argument is missing, too much, or of the wrong form.
    #[error("`{command}` takes {expected}")]
    Arguments {
        /// The command.
        command: &'static str,
        /// Its arguments.
        expected: &'static str,
    },
}

/// Word and arguments of every command.
const FORMS: [(&str, &str); 14] = [
    ("i", "no argument"),
    ("report", "1 to 3, or 100 to 130"),
    ("ena", "0 or 1"),
    ("curr", "0, or 6000 to 63000 mA"),
    ("currtime", "0 or 6000 to 63000 mA, and 0 to 860400 s"),
    ("setenergy", "0 to 999999999 in 0.1 Wh"),
    ("output", "0, 1, or 10 to 150"),
    ("start", "nothing, 16 hex digits, or 16 and 20 hex digits"),
    ("stop", "16 hex digits"),
    ("unlock", "no argument"),
    ("display", "0 or 1, two times of 0 to 65535 s, 0, and a text of at most 23 characters without blanks"),
    ("failsafe", "0 or 10 to 600 s, 0 or 6000 to 63000 mA, and 0 or 1"),
    ("x2src", "0 to 4"),
    ("x2", "0 or 1"),
];

impl<'a> Command<'a> {
    /// Reads a command as sent and checks its ranges.
    ///
    /// # Errors
    /// [`CommandError`] says what the command takes.
    pub fn parse(text: &'a str) -> Result<Self, CommandError> {
        let mut words = text.split_ascii_whitespace();
        let word = words.next().unwrap_or_default();
        let (command, expected) =
            FORMS.into_iter().find(|(form, _)| *form == word).ok_or(CommandError::Unknown)?;
        let parsed = Self::from_words(command, &mut words).filter(Self::in_range);
        parsed.filter(|_| words.next().is_none()).ok_or(CommandError::Arguments { command, expected })
    }

    fn from_words(command: &str, words: &mut impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut number = || integer(words.next()?.as_bytes());
        Some(match command {
            "i" => Self::Firmware,
            "report" => Self::Report(u8::try_from(number()?).ok()?),
            "ena" => Self::Enable(switch(number()?)?),
            "curr" => Self::Current(Milliamps::from_milliamps(number()?)?),
            "currtime" => {
                Self::CurrentAfter(Milliamps::from_milliamps(number()?)?, u32::try_from(number()?).ok()?)
            }
            "setenergy" => Self::Energy(u32::try_from(number()?).ok()?),
            "output" => Self::Output(u8::try_from(number()?).ok()?),
            "start" => Self::Start(words.next(), words.next()),
            "stop" => Self::Stop(words.next()?),
            "unlock" => Self::Unlock,
            "failsafe" => Self::Failsafe {
                timeout_s: u16::try_from(number()?).ok()?,
                current: Milliamps::from_milliamps(number()?)?,
                store: switch(number()?)?,
            },
            "x2src" => Self::PhaseSwitchSource(u8::try_from(number()?).ok()?),
            "x2" => Self::ThreePhases(switch(number()?)?),
            "display" => {
                let first = u8::try_from(number()?).ok()?;
                let (min_s, max_s) = (u16::try_from(number()?).ok()?, u16::try_from(number()?).ok()?);
                let _token = number().filter(|&token| token == 0)?;
                Self::Display { first, min_s, max_s, text: words.next()? }
            }
            _ => return None,
        })
    }

    /// Whether a station takes the values. Out of range it would fall back to 6 A, or keep silent.
    #[must_use]
    pub fn in_range(&self) -> bool {
        let amps = |current: Milliamps| current.0 == 0 || (6_000..=63_000).contains(&current.0);
        let hex = |tag: &str, digits| tag.len() == digits && tag.bytes().all(|b| b.is_ascii_hexdigit());
        match *self {
            Self::Report(number) => matches!(number, 1..=3 | 100..=130),
            Self::Current(current) => amps(current),
            Self::CurrentAfter(current, delay) => amps(current) && delay <= 860_400,
            Self::Energy(energy) => energy <= 999_999_999,
            Self::Output(output) => matches!(output, 0 | 1 | 10..=150),
            Self::Start(tag, class) => match (tag, class) {
                (None, None) => true,
                (Some(tag), class) => hex(tag, 16) && class.is_none_or(|class| hex(class, 20)),
                (None, Some(_)) => false,
            },
            Self::Stop(tag) => hex(tag, 16),
            Self::Failsafe { timeout_s, current, .. } => matches!(timeout_s, 0 | 10..=600) && amps(current),
            Self::PhaseSwitchSource(source) => source <= 4,
            Self::Display { first, text, .. } => {
                let plain = Text::from(text).chars().all(|c| !c.is_control() && c != ' ');
                first <= 1 && !text.is_empty() && text.chars().count() <= 23 && plain
            }
            Self::Firmware | Self::Enable(_) | Self::Unlock | Self::ThreePhases(_) => true,
        }
    }
}

fn switch(number: i64) -> Option<bool> {
    match number {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}

impl fmt::Display for Command<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Firmware => f.write_str("i"),
            Self::Report(number) => write!(f, "report {number}"),
            Self::Enable(on) => write!(f, "ena {}", u8::from(on)),
            Self::Current(current) => write!(f, "curr {}", current.0),
            Self::CurrentAfter(current, delay) => write!(f, "currtime {} {delay}", current.0),
            Self::Energy(energy) => write!(f, "setenergy {energy}"),
            Self::Output(output) => write!(f, "output {output}"),
            Self::Start(tag, class) => {
                f.write_str("start")?;
                [tag, class].into_iter().flatten().try_for_each(|word| write!(f, " {word}"))
            }
            Self::Stop(tag) => write!(f, "stop {tag}"),
            Self::Unlock => f.write_str("unlock"),
            Self::Display { first, min_s, max_s, text } => {
                write!(f, "display {first} {min_s} {max_s} 0 {text}")
            }
            Self::Failsafe { timeout_s, current, store } => {
                write!(f, "failsafe {timeout_s} {} {}", current.0, u8::from(store))
            }
            Self::PhaseSwitchSource(source) => write!(f, "x2src {source}"),
            Self::ThreePhases(three) => write!(f, "x2 {}", u8::from(three)),
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate alloc;
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn out_of_range_is_refused_with_the_range() {
        let error = |text| Command::parse(text).unwrap_err().to_string();
        assert_eq!(error("curr 5999"), "`curr` takes 0, or 6000 to 63000 mA");
        assert_eq!(error("curr"), "`curr` takes 0, or 6000 to 63000 mA");
        assert_eq!(error("ena 2"), "`ena` takes 0 or 1");
        assert_eq!(error("report 4"), "`report` takes 1 to 3, or 100 to 130");
        assert_eq!(error("report 131"), "`report` takes 1 to 3, or 100 to 130");
        assert_eq!(error("output 5"), "`output` takes 0, 1, or 10 to 150");
        assert_eq!(
            error("failsafe 5 6000 1"),
            "`failsafe` takes 0 or 10 to 600 s, 0 or 6000 to 63000 mA, and 0 or 1"
        );
        assert_eq!(error("stop e3f7"), "`stop` takes 16 hex digits");
        assert_eq!(error("i now"), "`i` takes no argument");
        assert!(error("reboot").starts_with("no such command"));
    }

    #[test]
    fn zero_stops() {
        assert_eq!(Command::parse("curr 0"), Ok(Command::Current(Milliamps(0))));
        assert_eq!(Command::parse("currtime 0 1"), Ok(Command::CurrentAfter(Milliamps(0), 1)));
    }
}
