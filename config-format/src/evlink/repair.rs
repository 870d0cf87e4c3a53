//! Repair of a configuration text that went through a document reader.
//!
//! The manual's annex, extracted as text, shows `-` for `=` in most lines. A line is mended only where the
//! sign directly follows the name of a known key: `SM3StopDelay-` is safe, an unknown `a-b` is not and stays.
//! Every decision is reported.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use super::Config;
use crate::edit::{self, Change};
use crate::lex::LineKind;
use crate::profile::Profile;
use crate::text::{Span, Text, trim};

/// The mended text and how it came about.
#[derive(Clone, PartialEq, Eq)]
pub struct Repair {
    /// The mended text, wiped when dropped.
    pub bytes: Zeroizing<Vec<u8>>,
    /// One decision for each line that needed one, in file order.
    pub decisions: Vec<Decision>,
}

/// Shows the size of the file, which may hold secrets.
impl fmt::Debug for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Repair")
            .field("bytes", &self.bytes.len())
            .field("decisions", &self.decisions)
            .finish()
    }
}

/// What was decided for a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Line from 1.
    pub line: usize,
    /// Why.
    pub verdict: Verdict,
}

/// Why a line was mended or left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The sign follows this key of the line's section.
    Mended(String),
    /// The sign follows this key, but of another section.
    MendedElsewhere(String),
    /// No known key in front of the sign.
    Left,
}

/// `12: - after SM3StopDelay became =`.
impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.line)?;
        match &self.verdict {
            Verdict::Mended(key) => write!(f, "`-` after `{key}` became `=`"),
            Verdict::MendedElsewhere(key) => {
                write!(f, "`-` after `{key}` became `=`, though the key is of another section")
            }
            Verdict::Left => f.write_str("left as it is: no known key in front of a `-`"),
        }
    }
}

/// Puts `=` where a known key is followed by `-`.
#[must_use]
pub fn repair(bytes: &[u8]) -> Repair {
    let config = Config::parse(bytes);
    let (document, profile) = (config.file().document(), config.file().profile());
    let mut section = None;
    let mut changes = Vec::new();
    let mut decisions = Vec::new();
    for (index, line) in document.lines().enumerate() {
        let text = document.text(line.name);
        let readable = match line.kind {
            LineKind::Section => {
                section = Some(text);
                true
            }
            LineKind::Blank | LineKind::Comment => true,
            // A value may hold the `=` that a line seems to have: look behind the key only if that is known.
            LineKind::Entry => profile.find(section, text).is_some(),
            LineKind::Stray => false,
        };
        if readable {
            continue;
        }
        let verdict = match key_before_sign(&profile, section, trim(line.body.of(bytes))) {
            Some((key, own)) => {
                let at = line.name.start + key.len();
                changes.push(Change::replace(Span::new(at, at + 1), b"="));
                if own { Verdict::Mended(key.into()) } else { Verdict::MendedElsewhere(key.into()) }
            }
            None => Verdict::Left,
        };
        decisions.push(Decision { line: index + 1, verdict });
    }
    Repair { bytes: edit::apply(bytes, &changes), decisions }
}

/// The known key that `text` starts with and that a `-` follows, and whether it is a key of this section.
fn key_before_sign<'p>(
    profile: &Profile<'p>,
    section: Option<Text<'_>>,
    text: &[u8],
) -> Option<(&'p str, bool)> {
    let (name, _) = text.split_at_checked(text.iter().position(|&b| b == b'-')?)?;
    let known = profile.find(section, Text::new(name)).filter(|known| known.key.name.len() == name.len())?;
    Some((known.key.name, !known.misplaced))
}
