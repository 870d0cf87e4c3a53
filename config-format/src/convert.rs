//! From one vendor's files to another's, by way of the neutral model, with a list of everything that does not
//! carry over.
//!
//! Nothing is lost in silence: each entry of the source ends up in a line of the target or in
//! [`Conversion::lost`] with the reason. Secrets are never carried, because no vendor can read another's
//! encryption; they are listed by key only.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::document::Entry;
use crate::edit::check_value;
use crate::profile::{Key, Known, Profile, Vendor};
use crate::station::map::{Row, Written};
use crate::station::{Origin, StationModel};
use crate::{bender, evlink, keba, render};

/// The result of a conversion.
#[derive(Debug, Clone)]
pub struct Conversion {
    /// Whose files they are now.
    pub vendor: Vendor,
    /// The entries of the target, in the order of its files.
    pub lines: Vec<Converted>,
    /// The entries of the source that say more than the target does.
    pub lost: Vec<Lost>,
    /// Keys the target needs and the source does not fill.
    pub missing: Vec<&'static Key<'static>>,
}

/// An entry of the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    /// The row of the target's profile.
    pub key: &'static Key<'static>,
    /// The key's name with its number.
    pub name: String,
    /// The value.
    pub value: String,
    /// The entries of the source it comes from.
    pub origins: Vec<Origin>,
    /// The target counts in amperes and the source does not: the value was rounded down.
    pub rounded: bool,
}

/// An entry of the source that does not carry over. It holds no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// Where it stands in the source.
    pub origin: Origin,
    /// Why.
    pub reason: Reason,
}

/// Why an entry does not carry over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The source's profile does not know the key.
    Unknown,
    /// The value is wrong or unset in the source.
    NotSet,
    /// The neutral model has no field for it.
    OutsideModel,
    /// The model has it, but the target has no key that says the same.
    NoCounterpart,
    /// The target has the key, but not this value.
    Refused {
        /// The target's key.
        key: &'static Key<'static>,
    },
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.origin)?;
        match self.reason {
            Reason::Unknown => f.write_str("not a known key"),
            Reason::NotSet => f.write_str("has no value to carry"),
            Reason::OutsideModel => f.write_str("is peculiar to its vendor"),
            Reason::NoCounterpart => f.write_str("the other vendor has no key that says the same"),
            Reason::Refused { key } => write!(f, "`{}` takes {}", key.name, key.expected()),
        }
    }
}

/// Converts the entries of a source, whose model is `model`, into files of `target`.
#[must_use]
pub fn convert<'a, 'p>(
    entries: impl Iterator<Item = (Entry<'a>, Option<Known<'p>>)>,
    model: &StationModel,
    target: Vendor,
) -> Conversion {
    let (profile, table) = side(target);
    let mut model = model.clone();
    let mut lines = Vec::new();
    let mut refused = Vec::new();
    for (name, slot) in table {
        let Some(key) = profile.key(None, name).filter(|key| !key.state) else { continue };
        for written in slot.write(key, &mut model) {
            let fits = key.read(written.value.as_str().into()).is_some()
                && check_value(written.value.as_bytes()).is_ok();
            if fits {
                lines.push(converted(key, written));
            } else {
                let lost = written
                    .origins
                    .into_iter()
                    .map(|origin| Lost { origin, reason: Reason::Refused { key } });
                refused.extend(lost);
            }
        }
    }
    let source = side(model.vendor).1;
    let carried: BTreeSet<_> = lines.iter().flat_map(|line| &line.origins).map(place).collect();
    let lost = entries.filter_map(|(entry, known)| {
        let origin = Origin::of(&entry);
        let lost = !carried.contains(&place(&origin));
        lost.then(|| match refused.iter().find(|lost| lost.origin == origin) {
            Some(refused) => refused.clone(),
            None => Lost { reason: reason(&entry, known.as_ref(), source), origin },
        })
    });
    let lost = lost.collect();
    let missing = profile
        .keys
        .iter()
        .filter(|key| key.required && !lines.iter().any(|line| line.key == *key))
        .collect();
    Conversion { vendor: target, lines, lost, missing }
}

fn converted(key: &'static Key<'static>, written: Written) -> Converted {
    let number = written.number.map(|number| format!("{number}")).unwrap_or_default();
    let name = format!("{}{number}", key.name);
    Converted { key, name, value: written.value, origins: written.origins, rounded: written.rounded }
}

fn reason(entry: &Entry<'_>, known: Option<&Known<'_>>, source: &[Row]) -> Reason {
    let Some(known) = known else { return Reason::Unknown };
    if !source.iter().any(|(name, _)| *name == known.key.name) {
        return Reason::OutsideModel;
    }
    match known.key.read(entry.value) {
        None | Some(crate::profile::Value::Unset) => Reason::NotSet,
        Some(_) => Reason::NoCounterpart,
    }
}

/// What tells one entry of a source from another.
fn place(origin: &Origin) -> (Option<&str>, usize, &str) {
    (origin.file.as_deref(), origin.line, &origin.key)
}

fn side(vendor: Vendor) -> (Profile<'static>, &'static [Row]) {
    match vendor {
        Vendor::Keba => (keba::PROFILE, keba::MAP),
        Vendor::Evlink => (evlink::PROFILE, evlink::MAP),
        Vendor::Bender => (bender::PROFILE, bender::MAP),
    }
}

impl Conversion {
    /// The files: one without name for KEBA and EVlink; for Bender one for each parameter, with its name and
    /// without the second line, which would name the software.
    ///
    /// An EVlink station replaces its whole configuration by a file: set these lines in a full export instead
    /// of loading them alone.
    #[must_use]
    pub fn files(&self) -> Vec<(Option<&str>, String)> {
        if self.vendor == Vendor::Bender {
            return self
                .lines
                .iter()
                .map(|line| (Some(line.name.as_str()), format!("{}\n", line.value)))
                .collect();
        }
        let lines = self.lines.iter().map(|line| (line.key, line.name.as_str(), line.value.as_str()));
        Vec::from([(None, render::text(&side(self.vendor).0, lines))])
    }
}
