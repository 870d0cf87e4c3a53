//! Reading settings the way vendors spell them.

/// A key was known and its value was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: one of {expected} belongs there")]
#[non_exhaustive]
pub struct SettingError {
    /// The key as the vendor spells it.
    pub key: &'static str,
    /// The values it may have.
    pub expected: &'static str,
}

/// Spellings of a setting's values.
pub(super) type Words<T> = [(&'static str, T)];

/// Finds `value` among `words`, ignoring letter case and blanks: manuals print some mode names with a blank inside.
pub(super) fn word<T: Copy>(
    words: &Words<T>,
    key: &'static str,
    expected: &'static str,
    value: &str,
) -> Result<T, SettingError> {
    let same = |known: &str| {
        let letters = |text: &str| text.chars().filter(|letter| *letter != ' ').count();
        letters(known) == letters(value)
            && known
                .chars()
                .filter(|letter| *letter != ' ')
                .zip(value.chars().filter(|letter| *letter != ' '))
                .all(|(a, b)| a.eq_ignore_ascii_case(&b))
    };
    words.iter().find(|(known, _)| same(known)).map(|(_, value)| *value).ok_or(SettingError { key, expected })
}

/// Spellings of a switch in the three families.
pub(super) const SWITCH: &Words<bool> =
    &[("true", true), ("false", false), ("on", true), ("off", false), ("1", true), ("0", false)];

/// Reads a switch.
pub(super) fn switch(key: &'static str, value: &str) -> Result<bool, SettingError> {
    word(SWITCH, key, "true, false, on, off, 1, 0", value)
}

/// Reads a number of at most `max`.
pub(super) fn number(
    key: &'static str,
    expected: &'static str,
    max: u16,
    value: &str,
) -> Result<u16, SettingError> {
    value.parse().ok().filter(|number| *number <= max).ok_or(SettingError { key, expected })
}
