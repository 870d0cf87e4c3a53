//! A new file from known keys and values: sections in the order of the profile, LF as line end.

use alloc::string::String;

use crate::evlink;
use crate::profile::{Key, Profile, Vendor};

/// A line to be: row of the profile, name with number, value.
pub(crate) type NewLine<'a> = (&'a Key<'a>, &'a str, &'a str);

/// The text of a KEBA or EVlink file with these lines, in the given order within each section.
pub(crate) fn text<'a>(profile: &Profile<'a>, lines: impl Iterator<Item = NewLine<'a>> + Clone) -> String {
    let mut text = String::new();
    let mut block = None;
    for (index, section) in profile.keys.iter().map(section).enumerate() {
        let seen = profile.keys.iter().take(index).any(|earlier| self::section(earlier) == section);
        let mut lines = lines.clone().filter(|(key, ..)| self::section(key) == section).peekable();
        if seen || lines.peek().is_none() {
            continue;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        let heading = if profile.vendor == Vendor::Evlink { evlink::block(section) } else { None };
        if heading != block {
            block = heading;
            text.extend(heading.into_iter().flat_map(|heading| ["# ", heading, "\n"]));
        }
        text.extend(["[", section, "]\n"]);
        lines.for_each(|(_, name, value)| text.extend([name, "=", value, "\n"]));
    }
    text
}

/// The section to write a key in; where KEBA's is not known, the first one.
fn section<'k>(key: &Key<'k>) -> &'k str {
    key.section.unwrap_or("CONFIGURATION")
}
