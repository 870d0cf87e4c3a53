//! A document read with a profile: typed values in, checked changes out.

use crate::document::{Document, Entry};
use crate::edit::{Change, EditError};
use crate::profile::{Key, Known, Profile, Value};
use crate::text::Text;

/// A file and what is known about its keys.
#[derive(Debug, Clone)]
pub struct File<'a> {
    document: Document<'a>,
    profile: Profile<'a>,
}

/// Why a value cannot be read or set. The value itself is not carried along: it may be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError<'a> {
    /// The file has no such key.
    #[error("the file has no key `{key}` here; insert it first")]
    Absent {
        /// What was asked for.
        key: &'a str,
    },
    /// The profile has no such key, so nothing can be checked.
    #[error("`{key}` is not a known key; use the document if you mean it")]
    Unknown {
        /// What was asked for.
        key: &'a str,
    },
    /// The value in the file, or the one to be set there, is none of the key's.
    #[error("{line}:{column}: error: `{}` takes {}", key.name, key.expected())]
    Wrong {
        /// Line of the value in the file, from 1.
        line: usize,
        /// Its column from 1, in characters.
        column: usize,
        /// The row that refuses it.
        key: &'a Key<'a>,
    },
    /// The text would not be read back as it is.
    #[error(transparent)]
    Edit(#[from] EditError),
}

impl<'a> File<'a> {
    /// Reads `document` with `profile`.
    #[must_use]
    pub const fn new(document: Document<'a>, profile: Profile<'a>) -> Self {
        Self { document, profile }
    }

    /// The lossless side.
    #[must_use]
    pub const fn document(&self) -> &Document<'a> {
        &self.document
    }

    /// The meaning side.
    #[must_use]
    pub const fn profile(&self) -> Profile<'a> {
        self.profile
    }

    /// Every entry with what the profile knows about it.
    pub fn entries(&self) -> impl Iterator<Item = (Entry<'a>, Option<Known<'a>>)> + '_ {
        self.document.entries().map(|entry| (entry, self.profile.find(entry.section, entry.key)))
    }

    /// The entry a key has, by any spelling the profile knows; `None` as section means any. Of duplicates the
    /// last one: which one a station obeys is not documented, and most readers keep the last.
    ///
    /// Walks the file; whoever asks for many keys takes an [`Index`](File::index).
    #[must_use]
    pub fn entry(&self, section: Option<&str>, key: &str) -> Option<(Entry<'a>, Option<Known<'a>>)> {
        let wanted = subject(key.into(), self.profile.find(section.map(Text::from), key.into()));
        let same_section =
            |entry: &Entry<'_>| section.is_none_or(|name| entry.section.is_some_and(|s| s == name));
        self.entries()
            .filter(|(entry, known)| same_section(entry) && subject(entry.key, *known) == wanted)
            .last()
    }

    /// The entries by key, for many lookups: counted out in one walk over the file.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn index(&self) -> Index<'_, 'a> {
        Index::new(self)
    }

    /// The typed value of a key, by any spelling the profile knows.
    ///
    /// # Errors
    /// `Absent`, `Unknown`, or `Wrong` with the place in the file and what would be right.
    pub fn get<'k>(&self, section: Option<&str>, key: &'k str) -> Result<Value<'a>, KeyError<'k>>
    where
        'a: 'k,
    {
        let (entry, known) = known(self.entry(section, key), key)?;
        known.key.read(entry.value).ok_or_else(|| wrong(&entry, known))
    }

    /// The change that gives a key this value, refused if the profile says the station would not take it.
    /// (KEBA stations drop wrong values without a word.)
    ///
    /// # Errors
    /// As [`File::get`], with `Wrong` about the new value; `Edit` if the text does not fit on one line.
    pub fn set<'t>(
        &self,
        section: Option<&str>,
        key: &'t str,
        value: &'t str,
    ) -> Result<Change<'t>, KeyError<'t>>
    where
        'a: 't,
    {
        let (entry, known) = known(self.entry(section, key), key)?;
        if known.key.read(value.into()).is_none() {
            return Err(wrong(&entry, known));
        }
        Ok(self.document.set(&entry, value.as_bytes())?)
    }
}

/// What an entry is about: the profile's name of its key, else the key as written, and the number behind it.
fn subject<'a>(key: Text<'a>, known: Option<Known<'a>>) -> (Text<'a>, Option<u16>) {
    known.map_or((key, None), |known| (known.key.name.into(), known.number))
}

type Found<'a> = Option<(Entry<'a>, Option<Known<'a>>)>;

fn known<'a, 'k>(found: Found<'a>, key: &'k str) -> Result<(Entry<'a>, Known<'a>), KeyError<'k>> {
    let (entry, known) = found.ok_or(KeyError::Absent { key })?;
    Ok((entry, known.ok_or(KeyError::Unknown { key })?))
}

pub(crate) fn wrong<'a>(entry: &Entry<'_>, known: Known<'a>) -> KeyError<'a> {
    KeyError::Wrong { line: entry.line, column: entry.column(entry.value_span.start), key: known.key }
}

/// The entries of a file by key; see [`File::index`].
#[cfg(feature = "alloc")]
#[derive(Debug, Clone)]
pub struct Index<'f, 'a> {
    profile: Profile<'a>,
    /// The last entry of each subject in each section, and (`None`) in any.
    entries: alloc::collections::BTreeMap<Place<'f>, (Entry<'a>, Option<Known<'a>>)>,
}

#[cfg(feature = "alloc")]
type Place<'f> = (Text<'f>, Option<u16>, Option<Text<'f>>);

#[cfg(feature = "alloc")]
impl<'f, 'a> Index<'f, 'a> {
    fn new(file: &'f File<'a>) -> Self {
        let mut entries = alloc::collections::BTreeMap::new();
        for (entry, known) in file.entries() {
            let (name, number) = subject(entry.key, known);
            entries.insert((name, number, None), (entry, known));
            if entry.section.is_some() {
                entries.insert((name, number, entry.section), (entry, known));
            }
        }
        Self { profile: file.profile, entries }
    }

    /// As [`File::entry`].
    #[must_use]
    pub fn entry(&self, section: Option<&str>, key: &str) -> Option<(Entry<'a>, Option<Known<'a>>)> {
        let section = section.map(Text::from);
        let (name, number) = subject(key.into(), self.profile.find(section, key.into()));
        self.entries.get(&(name, number, section)).copied()
    }

    /// As [`File::get`].
    ///
    /// # Errors
    /// As [`File::get`].
    pub fn get<'k>(&self, section: Option<&str>, key: &'k str) -> Result<Value<'a>, KeyError<'k>>
    where
        'a: 'k,
    {
        let (entry, known) = known(self.entry(section, key), key)?;
        known.key.read(entry.value).ok_or_else(|| wrong(&entry, known))
    }
}

#[cfg(test)]
mod tests {
    extern crate alloc;
    use alloc::string::ToString;

    use super::*;
    use crate::edit::Edited;
    use crate::keba;
    use crate::lex::{Boundary, Dialect};

    const TEXT: &[u8] = b"[CONFIGURATION]\nAuthorizationEnabled=TRUE\nNew=1\n[NETWORK]\nHOTSPOT SSID=x\n[LOADMANAGEMENT]\nNominalVoltage = 230V\n";

    #[test]
    fn typed_values_need_no_allocator() {
        let mut tape = [Boundary::default(); 32];
        let file = File::new(Document::parse_in(TEXT, Dialect::Ini, &mut tape).unwrap(), keba::PROFILE);
        assert_eq!(file.get(None, "AuthorizationEnabled"), Ok(Value::Bool(true)));
        assert_eq!(
            file.get(Some("NETWORK"), "HOTSPOT_SSID"),
            Ok(Value::Text("x".into())),
            "by its right name"
        );
        assert_eq!(
            file.get(Some("CONFIGURATION"), "HOTSPOT_SSID"),
            Err(KeyError::Absent { key: "HOTSPOT_SSID" })
        );
        assert_eq!(file.get(None, "New"), Err(KeyError::Unknown { key: "New" }));
        assert_eq!(
            file.get(None, "NominalVoltage").unwrap_err().to_string(),
            "7:18: error: `NominalVoltage` takes a whole number from 0 to 2147483647 (V)"
        );
        let change = [file.set(None, "NominalVoltage", "230").unwrap()];
        let mut out = [0; 200];
        let changed = Edited::new(TEXT, &change).unwrap().write_to(&mut out).unwrap();
        assert!(changed.ends_with(b"NominalVoltage = 230\n"));
    }
}
