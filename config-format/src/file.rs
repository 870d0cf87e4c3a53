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

/// Why a value cannot be set. The value itself is not carried along: it may be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetError<'a> {
    /// The file has no such key.
    #[error("the file has no key `{key}` here; insert it first")]
    Absent {
        /// What was asked for.
        key: &'a str,
    },
    /// The profile has no such key, so nothing can be checked.
    #[error("`{key}` is not a known key; change it through the document if you mean it")]
    Unknown {
        /// What was asked for.
        key: &'a str,
    },
    /// The text is no value of the key.
    #[error("`{}` takes {}", key.name, key.expected())]
    Wrong {
        /// The row that refuses it.
        key: &'a Key<'a>,
    },
    /// The text does not fit on one line.
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

    /// The entry a key has, by any spelling the profile knows; `None` as section means any. Of duplicates the last one: which one a
    /// station obeys is not documented, and most readers keep the last.
    #[must_use]
    pub fn entry(&self, section: Option<&str>, key: &str) -> Option<(Entry<'a>, Option<Known<'a>>)> {
        let wanted = self.profile.find(section.map(Text::from), key.into());
        let same_section =
            |entry: &Entry<'_>| section.is_none_or(|name| entry.section.is_some_and(|s| s == name));
        self.entries()
            .filter(|(entry, known)| {
                same_section(entry)
                    && match (wanted, known) {
                        (Some(wanted), Some(known)) => {
                            wanted.key.name == known.key.name && wanted.number == known.number
                        }
                        _ => entry.key == key,
                    }
            })
            .last()
    }

    /// The typed value of a key: `None` where the file has no such key or the profile does not know it, `Some(None)` where the value is
    /// wrong.
    #[must_use]
    pub fn value(&self, section: Option<&str>, key: &str) -> Option<Option<Value<'a>>> {
        let (entry, known) = self.entry(section, key)?;
        Some(known?.key.read(entry.value))
    }

    /// The change that gives a key this value, refused if the profile says the station would not take it. (KEBA stations drop wrong
    /// values without a word.)
    ///
    /// # Errors
    /// See [`SetError`].
    pub fn set<'t>(
        &self,
        section: Option<&str>,
        key: &'t str,
        value: &'t str,
    ) -> Result<Change<'t>, SetError<'t>>
    where
        'a: 't,
    {
        let (entry, known) = self.entry(section, key).ok_or(SetError::Absent { key })?;
        let known = known.ok_or(SetError::Unknown { key })?;
        if known.key.read(value.into()).is_none() {
            return Err(SetError::Wrong { key: known.key });
        }
        Ok(self.document.set(&entry, value.as_bytes())?)
    }
}
