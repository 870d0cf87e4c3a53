//! What may stand on the display of a KEBA station (web interface: 20 plain characters; UDP command
//! `display`: 23; neither shows a unit of energy, so that nobody mistakes it for the meter).

use thiserror::Error;

/// Where a text comes from; decides its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// The web interface or the configuration file.
    Configuration,
    /// The UDP command `display`, in which `$` stands for a blank.
    Udp,
}

impl Source {
    /// The most characters a text may have.
    pub const fn longest(self) -> usize {
        match self {
            Self::Configuration => 20,
            Self::Udp => 23,
        }
    }
}

/// A text the station would not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TextError {
    /// Too many characters.
    #[error("text has {length} characters, {longest} fit")]
    TooLong {
        /// Characters of the text.
        length: usize,
        /// Characters that fit.
        longest: usize,
    },
    /// A character that is not plain.
    #[error("character {character:?} at {position} cannot be shown, plain ASCII can")]
    Character {
        /// The character.
        character: char,
        /// Its position, counted in characters from 0.
        position: usize,
    },
    /// A unit of energy. Taken for one wherever the letters stand, also inside a word (inferred).
    #[error("`Wh` and `kWh` are not shown, found at {position}")]
    EnergyUnit {
        /// Position of the unit in bytes.
        position: usize,
    },
}

/// Checks a text.
///
/// # Errors
///
/// The first rule it breaks.
pub fn check(text: &str, source: Source) -> Result<(), TextError> {
    let (length, longest) = (text.chars().count(), source.longest());
    if length > longest {
        return Err(TextError::TooLong { length, longest });
    }
    let plain = |c: &char| c.is_ascii_graphic() || *c == ' ';
    if let Some((position, character)) = text.chars().enumerate().find(|(_, c)| !plain(c)) {
        return Err(TextError::Character { character, position });
    }
    match text.find("Wh") {
        Some(position) => Err(TextError::EnergyUnit { position }),
        None => Ok(()),
    }
}

/// The characters a text of the UDP command shows: `$` is a blank.
pub fn udp_shown(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().map(|c| if c == '$' { ' ' } else { c })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_depends_on_the_source() {
        let text = "12345678901234567890123";
        assert_eq!(check(text, Source::Udp), Ok(()));
        let error = TextError::TooLong { length: 23, longest: 20 };
        assert_eq!(check(text, Source::Configuration), Err(error));
    }

    #[test]
    fn umlauts_and_units_are_named_with_their_position() {
        let error = TextError::Character { character: 'ü', position: 1 };
        assert_eq!(check("gültig", Source::Udp), Err(error));
        assert_eq!(check("7 kWh", Source::Udp), Err(TextError::EnergyUnit { position: 3 }));
        assert_eq!(check("Who is charging?", Source::Udp), Err(TextError::EnergyUnit { position: 0 }));
        assert_eq!(check("", Source::Udp), Ok(()));
    }

    #[test]
    fn a_dollar_is_a_blank() {
        assert!(udp_shown("a$b").eq("a b".chars()));
    }
}
