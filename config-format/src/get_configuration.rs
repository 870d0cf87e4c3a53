//! GetConfiguration answers (OCPP 1.6 §5.8): what a station says its keys are, read with the same profiles as
//! its files.
//!
//! The names of a KEBA dump are those of the file; EVlink writes the file's keys in lower case and misspells
//! some, in the order of the file. A dump therefore compares ([`diff`](crate::diff)), converts
//! ([`convert`](crate::convert)) and turns into changes like a file does.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::document::Entry;
use crate::edit::Change;
use crate::file::{File, KeyError, wrong};
use crate::profile::{Access, Known, Profile, Vendor};
use crate::render;
use crate::text::Span;
use crate::wiped::Wiped;

/// What an answer looks like, for messages.
const FORM: &str = r#"{"configurationKey": [{"key": "..", "readonly": false, "value": ".."}]}"#;

/// The text is no GetConfiguration answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: error: not a GetConfiguration answer; it is {FORM}")]
pub struct DumpError {
    /// Line from 1.
    pub line: usize,
    /// Column from 1.
    pub column: usize,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dump<'a> {
    /// The keys in the order sent.
    #[serde(rename = "configurationKey", borrow, default)]
    pub keys: Vec<DumpedKey<'a>>,
    /// Keys that were asked for and do not exist.
    #[serde(rename = "unknownKey", borrow, default)]
    pub unknown: Vec<Cow<'a, str>>,
}

/// One key of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DumpedKey<'a> {
    /// Its name.
    #[serde(borrow)]
    pub key: Cow<'a, str>,
    /// Whether the back end may not change it.
    pub readonly: bool,
    /// Its value; none for keys that are only written.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Wiped<'a>>,
}

impl<'a> Dump<'a> {
    /// Reads the payload of an answer.
    ///
    /// # Errors
    /// [`DumpError`] with the place. The text itself is not repeated: it may hold secrets.
    pub fn parse(json: &'a [u8]) -> Result<Self, DumpError> {
        serde_json::from_slice(json).map_err(|error| DumpError { line: error.line(), column: error.column() })
    }

    /// The keys a file would answer with: those its profile offers to a back end, in the order of the file.
    /// Secrets are left out.
    #[must_use]
    pub fn from_file(file: &'a File<'a>) -> Self {
        let vendor = file.profile().vendor;
        let offered = file.entries().filter_map(|(entry, known)| {
            let known = known.filter(|known| known.key.access != Access::Hidden && !known.key.secret)?;
            let name = match (vendor, known.key.alias, known.number) {
                (Vendor::Evlink, Some(alias), _) => alias.into(),
                (Vendor::Evlink, None, _) => known.key.name.to_ascii_lowercase(),
                (_, _, Some(number)) => alloc::format!("{}{number}", known.key.name),
                (_, _, None) => String::from(known.key.name),
            };
            let readonly = known.key.access == Access::ReadOnly;
            Some(DumpedKey { key: name.into(), readonly, value: Some(entry.value.decode().into()) })
        });
        Self { keys: offered.collect(), unknown: Vec::new() }
    }

    /// The payload.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Writing text and booleans to memory has no way to fail.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// The keys as entries, to compare, convert or check them like those of a file. Line numbers count the
    /// keys from 1.
    pub fn entries<'d>(
        &'d self,
        profile: Profile<'d>,
    ) -> impl Iterator<Item = (Entry<'d>, Option<Known<'d>>)> {
        self.keys.iter().enumerate().map(move |(index, dumped)| {
            let value = dumped.value.as_deref().unwrap_or_default();
            let known = profile.find(None, dumped.key.as_ref().into());
            // GetConfiguration has no sections, so no key of it is misplaced.
            let known = known.map(|known| Known { misplaced: false, ..known });
            let entry = Entry {
                file: None,
                section: None,
                key: dumped.key.as_ref().into(),
                value: value.into(),
                line: index + 1,
                key_span: Span::empty(0),
                value_span: Span::empty(0),
                line_span: Span::empty(0),
                line_text: b"",
            };
            (entry, known)
        })
    }

    /// A new KEBA or EVlink file with the keys of the answer that the profile knows; what it does not know is
    /// left out. An EVlink dump misses keys that the station needs in a file: see
    /// [`changes_for`](Self::changes_for).
    #[must_use]
    pub fn to_text(&self, profile: Profile<'_>) -> String {
        let known = self.entries(profile).filter_map(|(entry, known)| Some((known?, entry.value.to_str()?)));
        let lines = known.map(|(known, value)| {
            let number = known.number.map(|number| alloc::format!("{number}")).unwrap_or_default();
            (known.key, alloc::format!("{}{number}", known.key.name), value)
        });
        let lines: Vec<_> = lines.collect();
        render::text(&profile, lines.iter().map(|(key, name, value)| (*key, name.as_str(), *value)))
    }

    /// The changes that bring a file to the values of the answer, in file order; only keys the file has are
    /// changed. Values the file's profile refuses come back as errors.
    #[must_use]
    pub fn changes_for<'d>(&'d self, file: &'d File<'d>) -> (Vec<Change<'d>>, Vec<KeyError<'d>>) {
        let subject = |known: &Known<'d>| (known.key.section, known.key.name, known.number);
        let answered =
            self.entries(file.profile()).filter_map(|(entry, known)| Some((subject(&known?), entry.value)));
        let answered: BTreeMap<_, _> = answered.collect();
        let (mut changes, mut errors) = (Vec::new(), Vec::new());
        for (entry, known) in file.entries() {
            let Some(known) = known else { continue };
            let Some(value) = answered.get(&subject(&known)).filter(|value| **value != entry.value) else {
                continue;
            };
            if known.key.read(*value).is_none() {
                errors.push(wrong(&entry, known));
                continue;
            }
            match file.document().set(&entry, value.as_bytes()) {
                Ok(change) => changes.push(change),
                Err(error) => errors.push(error.into()),
            }
        }
        (changes, errors)
    }
}
