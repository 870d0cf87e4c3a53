//! From an entry of a file to a setting of the model.

use alloc::string::String;

use super::{Origin, Setting};
use crate::document::Entry;
use crate::profile::{Known, Unit, Value};
use crate::units::Milliamps;

/// An entry whose value is right for its key. Wrong values are the business of the checks; the model leaves
/// them out.
pub(crate) struct Read<'e, 'a> {
    entry: &'e Entry<'a>,
    /// The row it was recognised as.
    pub(crate) known: &'e Known<'a>,
    value: Value<'a>,
}

impl<'e, 'a> Read<'e, 'a> {
    pub(crate) fn new(entry: &'e Entry<'a>, known: &'e Known<'a>) -> Option<Self> {
        let value = known.key.read(entry.value)?;
        (value != Value::Unset).then_some(Self { entry, known, value })
    }

    pub(crate) fn setting<T>(&self, value: T) -> Setting<T> {
        Setting { value, origin: Origin::of(self.entry) }
    }

    pub(crate) fn flag(&self) -> Option<Setting<bool>> {
        match self.value {
            Value::Bool(flag) => Some(self.setting(flag)),
            _ => None,
        }
    }

    pub(crate) fn integer(&self) -> Option<i64> {
        match self.value {
            Value::Integer(number) => Some(number),
            Value::Word(word) => word.parse().ok(),
            _ => None,
        }
    }

    pub(crate) fn number<T: TryFrom<i64>>(&self) -> Option<Setting<T>> {
        Some(self.setting(T::try_from(self.integer()?).ok()?))
    }

    /// A current in the unit of the key.
    pub(crate) fn current(&self) -> Option<Setting<Milliamps>> {
        let number = self.integer()?;
        let current = match self.known.key.unit {
            Unit::Ampere => Milliamps::from_amps(number),
            Unit::Milliampere => Milliamps::from_milliamps(number),
            _ => None,
        };
        current.map(|current| self.setting(current))
    }

    /// Text, unless empty.
    pub(crate) fn text(&self) -> Option<Setting<String>> {
        match self.value {
            Value::Text(text) if !text.is_empty() => Some(self.setting(text.decode())),
            Value::Word(word) => Some(self.setting(word.into())),
            _ => None,
        }
    }

    /// A word that `meaning` knows.
    pub(crate) fn word<T>(&self, meaning: impl Fn(&str) -> Option<T>) -> Option<Setting<T>> {
        let value = match self.value {
            Value::Word(word) => meaning(word),
            Value::Text(text) => text.to_str().and_then(meaning),
            _ => None,
        };
        value.map(|value| self.setting(value))
    }

    /// A code that `meaning` knows.
    pub(crate) fn code<T>(&self, meaning: impl Fn(i64) -> Option<T>) -> Option<Setting<T>> {
        self.integer().and_then(meaning).map(|value| self.setting(value))
    }
}
