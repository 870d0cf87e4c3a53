//! Finding a key in a profile: exactly, or by the spellings met in practice, and always saying which rule
//! matched.
//!
//! The rules are evidence, not kindness: one manual prints `HOTSPOT SSID` for `HOTSPOT_SSID`;
//! GetConfiguration of EVlink writes file keys in lower case and misspells some of them.

use super::index::{Rows, fold};
use super::{Key, Profile};
use crate::text::Text;

/// How a written name was recognised, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// Byte for byte.
    Exact,
    /// Upper and lower case taken as one.
    LetterCase,
    /// Blank, underscore and letter case taken as one.
    Separator,
    /// By its other name.
    Alias,
}

/// A key of the profile recognised in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known<'p> {
    /// The row.
    pub key: &'p Key<'p>,
    /// How its name was recognised.
    pub rule: Rule,
    /// Whether it stands in another section than its own.
    pub misplaced: bool,
    /// The number behind a numbered key.
    pub number: Option<u16>,
}

impl<'p> Profile<'p> {
    /// Looks `name` up in `section`; `None` for entries before the first heading. The best match wins: right
    /// section first, then the order of [`Rule`].
    #[must_use]
    pub fn find(&self, section: Option<Text<'_>>, name: Text<'_>) -> Option<Known<'p>> {
        let mut best: Option<Known<'p>> = None;
        let mut look = |stem: Text<'_>, number: Option<u16>| {
            let rows = Rows::new(self.index, self.keys, stem.as_bytes());
            for key in rows.filter(|key| key.numbered == number.is_some()) {
                let Some(rule) = matches(key, stem) else { continue };
                let here = |own| section.is_some_and(|section| same_but_separators(own, section));
                let known = Known { key, rule, misplaced: !key.section.is_none_or(here), number };
                if best.is_none_or(|best| (known.misplaced, rule) < (best.misplaced, best.rule)) {
                    best = Some(known);
                }
            }
        };
        look(name, None);
        if let Some((stem, number)) = split_number(name) {
            look(stem, Some(number));
        }
        best
    }

    /// The row of this exact name, in this section if the profile has the name more than once.
    #[must_use]
    pub fn key(&self, section: Option<&str>, name: &str) -> Option<&'p Key<'p>> {
        self.keys.iter().find(|key| key.name == name && (section.is_none() || key.section == section))
    }

    /// Cuts what people type into section and key: `LOADMANAGEMENT.MaxAvailableCurrent`. A text that is a
    /// known key as a whole, such as `enc.PortalEnrollmentToken`, has no section.
    #[must_use]
    pub fn address<'t>(&self, text: &'t str) -> (Option<&'t str>, &'t str) {
        match text.split_once('.') {
            Some((section, key)) if self.find(None, text.into()).is_none() => (Some(section), key),
            _ => (None, text),
        }
    }

    /// The known name most like `name`, if one is near: at most a third of its letters differ.
    #[must_use]
    pub fn nearest(&self, name: Text<'_>) -> Option<&'p str> {
        let length = name.as_bytes().len();
        let near = |distance: usize| distance * 3 <= length;
        let alike = self.keys.iter().filter(|key| near(key.name.len().abs_diff(length)));
        let measured =
            alike.filter_map(|key| Some((distance(key.name.as_bytes(), name.as_bytes())?, key.name)));
        let (distance, nearest) = measured.min_by_key(|(distance, _)| *distance)?;
        near(distance).then_some(nearest)
    }
}

/// Whether `stem`, a name without its number, is this key, and by which rule.
fn matches(key: &Key<'_>, stem: Text<'_>) -> Option<Rule> {
    let same_length = stem.as_bytes().len() == key.name.len();
    if same_length && stem == key.name {
        Some(Rule::Exact)
    } else if same_length && stem.eq_ignore_case(key.name) {
        Some(Rule::LetterCase)
    } else if same_length && same_but_separators(key.name, stem) {
        Some(Rule::Separator)
    } else {
        key.alias.is_some_and(|alias| stem.eq_ignore_case(alias)).then_some(Rule::Alias)
    }
}

/// The highest number of a numbered key. Networks have up to 16 stations; more is taken as an unknown key,
/// not as a station.
pub(crate) const MOST_NUMBERED: u16 = 99;

/// Cuts a decimal number from 1 without leading zeros off the end.
fn split_number(name: Text<'_>) -> Option<(Text<'_>, u16)> {
    let bytes = name.as_bytes();
    let digits = bytes.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let (stem, number) = bytes.split_at_checked(bytes.len().checked_sub(digits)?)?;
    if number.first() == Some(&b'0') {
        return None;
    }
    let number = core::str::from_utf8(number).ok()?.parse().ok()?;
    (number <= MOST_NUMBERED).then_some((Text::new(stem), number))
}

/// Compares with blank, underscore and letter case taken as one.
pub(crate) fn same_but_separators(known: &str, text: Text<'_>) -> bool {
    let folded = |text| <[u8]>::iter(text).copied().map(fold);
    text == known || folded(known.as_bytes()).eq(folded(text.as_bytes()))
}

/// Longest name [`distance`] measures; the longest known key has 47 bytes.
const LONGEST: usize = 64;

/// Number of letters to insert, delete or replace to get from `a` to `b`, letter case free; none if a name is
/// longer than [`LONGEST`].
fn distance(a: &[u8], b: &[u8]) -> Option<usize> {
    let mut row = [0; LONGEST + 1];
    let row = row.get_mut(..=b.len())?;
    if a.len() > LONGEST {
        return None;
    }
    row.iter_mut().enumerate().for_each(|(column, cost)| *cost = column);
    for (above, x) in a.iter().enumerate() {
        let mut diagonal = above;
        let mut left = above + 1;
        for (cost, y) in row.iter_mut().skip(1).zip(b) {
            let replace = diagonal + usize::from(!x.eq_ignore_ascii_case(y));
            diagonal = *cost;
            left = replace.min(diagonal + 1).min(left + 1);
            *cost = left;
        }
        if let Some(first) = row.first_mut() {
            *first = above + 1;
        }
    }
    row.last().copied()
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, Vendor};
    use super::*;

    const KEYS: [Key<'static>; 5] = [
        Key::new("HttpPort", Kind::Bit, "").within("REPORT HTTP"),
        Key::new("HttpPort", Kind::Bool, "").within("UPDATE HTTP"),
        Key::new("HOTSPOT_SSID", Kind::Bool, ""),
        Key::new("currentPH1", Kind::Bool, "").within("ENERGY").alias("currentpb1"),
        Key::new("MaxCurrentSerial", Kind::Bool, "").numbered(),
    ];
    const PROFILE: Profile<'static> = Profile::new(Vendor::Keba, &KEYS);

    fn find(section: &str, name: &str) -> Option<(&'static str, Kind<'static>, Rule, bool, Option<u16>)> {
        let known = PROFILE.find(Some(section.into()), name.into())?;
        Some((known.key.name, known.key.kind, known.rule, known.misplaced, known.number))
    }

    #[test]
    fn says_which_rule_matched() {
        use Rule::*;
        assert_eq!(find("X", "HOTSPOT_SSID"), Some(("HOTSPOT_SSID", Kind::Bool, Exact, false, None)));
        assert_eq!(find("X", "Hotspot_SSID"), Some(("HOTSPOT_SSID", Kind::Bool, LetterCase, false, None)));
        assert_eq!(find("X", "HOTSPOT SSID"), Some(("HOTSPOT_SSID", Kind::Bool, Separator, false, None)));
        assert_eq!(find("ENERGY", "currentpb1"), Some(("currentPH1", Kind::Bool, Alias, false, None)));
        assert_eq!(find("X", "HOTSPOTSSID"), None);
    }

    #[test]
    fn the_right_section_wins() {
        use Rule::*;
        assert_eq!(find("UPDATE HTTP", "HttpPort"), Some(("HttpPort", Kind::Bool, Exact, false, None)));
        assert_eq!(find("update_http", "httpport"), Some(("HttpPort", Kind::Bool, LetterCase, false, None)));
        assert_eq!(find("ENERGY", "HttpPort"), Some(("HttpPort", Kind::Bit, Exact, true, None)));
        assert!(PROFILE.find(None, "currentPH1".into()).is_some_and(|known| known.misplaced));
    }

    #[test]
    fn numbered_keys_take_numbers_from_one() {
        assert_eq!(find("X", "MaxCurrentSerial12").and_then(|known| known.4), Some(12));
        for name in ["MaxCurrentSerial", "MaxCurrentSerial0", "MaxCurrentSerial01", "MaxCurrentSerial100"] {
            assert_eq!(find("X", name), None, "{name}");
        }
    }

    #[test]
    fn addresses_are_section_and_key() {
        let address = |text| crate::keba::PROFILE.address(text);
        assert_eq!(address("NETWORK.HOTSPOT_SSID"), (Some("NETWORK"), "HOTSPOT_SSID"));
        assert_eq!(
            address("CONFIGURATION.enc.PortalEnrollmentToken"),
            (Some("CONFIGURATION"), "enc.PortalEnrollmentToken")
        );
        assert_eq!(address("enc.PortalEnrollmentToken"), (None, "enc.PortalEnrollmentToken"));
        assert_eq!(address("New"), (None, "New"));
    }

    #[test]
    fn suggests_what_is_near() {
        assert_eq!(PROFILE.nearest("HtpPort".into()), Some("HttpPort"));
        assert_eq!(PROFILE.nearest("MaxCurentSerial3".into()), Some("MaxCurrentSerial"));
        assert_eq!(PROFILE.nearest("Zebra".into()), None);
        assert_eq!(PROFILE.nearest(Text::new(&[b'a'; 65])), None);
    }

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance(b"kitten", b"sitting"), Some(3));
        assert_eq!(distance(b"", b"abc"), Some(3));
        assert_eq!(distance(b"abc", b""), Some(3));
        assert_eq!(distance(b"ABC", b"abc"), Some(0));
    }
}
