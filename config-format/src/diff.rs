//! What differs between two files in meaning, secrets masked.
//!
//! The profile decides what is equal: `true` and `TRUE` are, `0x0060` and `0x60` are where the key is a mask,
//! and what a station writes by itself is left out. Of a key that stands twice the last value counts. Values
//! of secret keys are never shown, nor those of unknown keys, which might be secrets.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::document::Entry;
use crate::profile::Known;
use crate::text::Text;
use crate::wiped::Wiped;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The section, as the profile spells it where it knows the key.
    pub section: Option<String>,
    /// The key, as the profile spells it where it knows it, with its number.
    pub key: String,
    /// The old side; none if the key was added.
    pub old: Option<Shown>,
    /// The new side; none if the key was removed.
    pub new: Option<Shown>,
}

/// A value as it may be shown, and the line it stands in. `Display` shows it, `Debug` does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Line from 1.
    pub line: usize,
    /// The value as written; none if it is or may be a secret, unless it was asked for.
    pub value: Option<Wiped<'static>>,
}

/// `+`, `-` or `~`, the key, and the values that may be shown.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match (&self.old, &self.new) {
            (None, _) => '+',
            (_, None) => '-',
            _ => '~',
        };
        write!(f, "{sign} ")?;
        if let Some(section) = &self.section {
            write!(f, "[{section}] ")?;
        }
        write!(f, "{}: ", self.key)?;
        match (&self.old, &self.new) {
            (Some(old), Some(new)) => write!(f, "{old} -> {new}"),
            (Some(side), None) | (None, Some(side)) => side.fmt(f),
            (None, None) => Ok(()),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => Text::from(&**value).fmt(f),
            None => f.write_str("(not shown)"),
        }
    }
}

/// What an entry is compared by.
type Subject<'a> = (Option<Text<'a>>, Text<'a>, Option<u16>);

/// Compares two sets of entries, such as [`File::entries`](crate::File::entries) of two files. The result is
/// in the order of the old file; what was added comes last, in the order of the new one.
pub fn diff<'a>(old: impl Iterator<Item = Side<'a>>, new: impl Iterator<Item = Side<'a>>) -> Vec<Difference> {
    compare(old, new, Secrets::Masked)
}

/// As [`diff`], with the values of secret and of unknown keys in clear, which are wiped with the result. Do not print
/// it where others read.
pub fn diff_in_clear<'a>(
    old: impl Iterator<Item = Side<'a>>,
    new: impl Iterator<Item = Side<'a>>,
) -> Vec<Difference> {
    compare(old, new, Secrets::InClear)
}

/// Whether values that are or may be secrets are in a difference.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Secrets {
    Masked,
    InClear,
}

fn compare<'a>(
    old: impl Iterator<Item = Side<'a>>,
    new: impl Iterator<Item = Side<'a>>,
    secrets: Secrets,
) -> Vec<Difference> {
    let (old, mut new) = (collect(old), collect(new));
    let mut differences = Vec::new();
    for (subject, before) in &old {
        let after = new.remove(subject);
        if after.as_ref().is_none_or(|after| !equal(before, after)) {
            differences.push((0, before.0.line, difference(subject, Some(before), after.as_ref(), secrets)));
        }
    }
    differences.extend(
        new.iter().map(|(subject, after)| (1, after.0.line, difference(subject, None, Some(after), secrets))),
    );
    differences.sort_by_key(|(added, line, _)| (*added, *line));
    differences.into_iter().map(|(_, _, difference)| difference).collect()
}

/// An entry with what the profile knows about it.
pub type Side<'a> = (Entry<'a>, Option<Known<'a>>);

fn collect<'a>(entries: impl Iterator<Item = Side<'a>>) -> BTreeMap<Subject<'a>, Side<'a>> {
    let settings = entries.filter(|(_, known)| !known.is_some_and(|known| known.key.state));
    settings
        .map(|(entry, known)| {
            let subject = match known {
                // A misplaced key is the same setting; whether a station reads it is a finding, not a
                // difference.
                Some(known) => (known.key.section.map(Text::from), known.key.name.into(), known.number),
                None => (entry.section, entry.key, None),
            };
            (subject, (entry, known))
        })
        .collect()
}

fn equal((old, known): &Side<'_>, (new, _): &Side<'_>) -> bool {
    let meant = |text| known.and_then(|known| known.key.read(text));
    old.value == new.value || meant(old.value).is_some_and(|old| meant(new.value) == Some(old))
}

fn difference(
    subject: &Subject<'_>,
    old: Option<&Side<'_>>,
    new: Option<&Side<'_>>,
    secrets: Secrets,
) -> Difference {
    let shown = |side| shown(side, secrets);
    let (section, key, number) = subject;
    let mut name = key.decode();
    if let Some(number) = number {
        name.extend(alloc::format!("{number}").chars());
    }
    Difference { section: section.map(Text::decode), key: name, old: old.map(shown), new: new.map(shown) }
}

fn shown((entry, known): &Side<'_>, secrets: Secrets) -> Shown {
    let open = secrets == Secrets::InClear || known.is_some_and(|known| !known.key.secret);
    Shown { line: entry.line, value: open.then(|| entry.value.decode().into()) }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;
    use crate::keba::Config;

    fn differences(old: &str, new: &str) -> Vec<String> {
        let (old, new) = (Config::parse(old.as_bytes()), Config::parse(new.as_bytes()));
        diff(old.file().entries(), new.file().entries()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn spelling_is_no_difference() {
        let old = "[NETWORK]\nLocalDHCPSEnabled=TRUE\nHOTSPOT SSID=x\n";
        let new = "[NETWORK]\r\nHOTSPOT_SSID = x\r\nLocalDHCPSEnabled = true\r\n";
        assert_eq!(differences(old, new), [""; 0]);
    }

    #[test]
    fn changes_come_in_file_order() {
        let old = "[LOADMANAGEMENT]\nNominalVoltage=230\nMaxAvailableCurrent=63000\n[CONFIGURATION]\nAmountConnectors=2\n";
        let new = "[LOADMANAGEMENT]\nMaxAvailableCurrent=32000\n[CONFIGURATION]\nAmountConnectors=2\nLogLevelDebug=true\n";
        assert_eq!(
            differences(old, new),
            [
                "- [LOADMANAGEMENT] NominalVoltage: 230",
                "~ [LOADMANAGEMENT] MaxAvailableCurrent: 63000 -> 32000",
                "+ [CONFIGURATION] LogLevelDebug: true",
            ]
        );
    }

    #[test]
    fn secrets_and_unknown_values_are_not_shown() {
        let old = "[NETWORK]\nHOTSPOT_KEY=first\nNewPassword=one\n";
        let new = "[NETWORK]\nHOTSPOT_KEY=second\nNewPassword=two\n";
        assert_eq!(
            differences(old, new),
            [
                "~ HOTSPOT_KEY: (not shown) -> (not shown)",
                "~ [NETWORK] NewPassword: (not shown) -> (not shown)"
            ]
        );
        let (old, new) = (Config::parse(old.as_bytes()), Config::parse(new.as_bytes()));
        let clear = diff_in_clear(old.file().entries(), new.file().entries());
        assert_eq!(clear[0].to_string(), "~ HOTSPOT_KEY: first -> second");
        assert!(!alloc::format!("{clear:?}").contains("first"), "only where it is asked for");
    }

    #[test]
    fn the_last_of_duplicates_counts() {
        let old = "[LOADMANAGEMENT]\nMaxAvailableCurrent=1\nMaxAvailableCurrent=2\n";
        let new = "[LOADMANAGEMENT]\nMaxAvailableCurrent=2\n";
        assert_eq!(differences(old, new), [""; 0]);
    }
}
