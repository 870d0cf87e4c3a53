//! The checks that need nothing but the text and a profile. Those that compare settings with each other are
//! in [`station`](crate::station).

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::defaults;
use crate::document::{Document, Entry};
use crate::file::File;
use crate::finding::{Check, Finding};
use crate::lex::LineKind;
use crate::profile::{Known, Profile, Rule};
use crate::station::StationModel;
use crate::text::{Span, Text};

/// Names are suggested for so many unknown keys of a file: comparing with every known name is the one costly
/// step of a check.
const SUGGESTIONS: usize = 20;
/// Values longer than this are not repeated in messages.
const SHOWN_CHARS: usize = 60;

/// Everything wrong with a file, in file order: line by line, key by key, the settings against each other,
/// and what else its vendor knows.
pub(crate) fn file(file: &File<'_>, station: &StationModel, vendor: Vec<Finding>) -> Vec<Finding> {
    let bytes = file.document().as_bytes();
    if let Some(finding) = foreign(bytes) {
        return Vec::from([finding]);
    }
    let mut findings = lines(file.document());
    findings.extend(entries(&file.profile(), file.entries()));
    findings.extend(missing(file));
    findings.extend(station.findings());
    findings.extend(defaults::passwords(file.entries(), station));
    findings.extend(vendor);
    findings.sort_by_key(|finding| (finding.line, finding.column));
    findings
}

/// What is wrong with the bytes of a small file that is one value: its first line is checked.
pub(crate) fn value_file(entry: &Entry<'_>, bytes: &[u8]) -> Option<Finding> {
    let file = entry.file.map(String::from);
    if let Some(finding) = foreign(bytes) {
        return Some(Finding { file, key: entry.key.decode(), ..finding });
    }
    let (check, span, message) = characters(entry.line_text, entry.line_span.start)?;
    Some(Finding::at(check, entry, span, message))
}

/// Beginnings of files that are no text in a readable encoding, and what to do with them.
const FOREIGN: [(&[u8], Check, &str); 4] = [
    (b"\xff\xfe", Check::Utf16, "UTF-16 (little endian, byte order mark FF FE); save it as UTF-8"),
    (b"\xfe\xff", Check::Utf16, "UTF-16 (big endian, byte order mark FE FF); save it as UTF-8"),
    (b"\x1f\x8b", Check::Archive, "compressed with gzip; unpack it first"),
    (b"PK\x03\x04", Check::Archive, "a ZIP archive; unpack it first"),
];

/// Whether a file is something else than text: then its lines are not worth a word.
fn foreign(bytes: &[u8]) -> Option<Finding> {
    let (start, check, what) = FOREIGN.into_iter().find(|(start, ..)| bytes.starts_with(start))?;
    let message = format!("the file is {what}");
    Some(Finding { span: Span::new(0, start.len()), ..about_line(check, 1, message) })
}

/// A finding without a key, at the start of a line.
fn about_line(check: Check, line: usize, message: String) -> Finding {
    Finding {
        check,
        severity: check.severity(),
        file: None,
        line,
        column: 1,
        span: Span::empty(0),
        key: String::new(),
        message,
    }
}

fn lines(document: &Document<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut sections = BTreeMap::new();
    for (index, line) in document.lines().enumerate() {
        let number = index + 1;
        let mut push = |check, span: Span, message| {
            let column = crate::text::column(
                line.body.of(document.as_bytes()),
                span.start.saturating_sub(line.span.start),
            );
            findings.push(Finding { column, span, ..about_line(check, number, message) });
        };
        if let Some((check, span, message)) = characters(line.body.of(document.as_bytes()), line.body.start) {
            push(check, span, message);
        }
        match line.kind {
            LineKind::Stray => push(Check::StrayLine, line.name, stray(document.text(line.name))),
            LineKind::Section => {
                let name = document.text(line.name);
                let first = *sections.entry(name).or_insert(number);
                if first != number {
                    let message =
                        format!("section [{name}] stands in line {first} already; move its keys there");
                    push(Check::DuplicateSection, line.name, message);
                }
            }
            LineKind::Blank | LineKind::Comment | LineKind::Entry => {}
        }
    }
    findings
}

/// What is wrong with a line's characters; the first offence counts. The text itself is not repeated: it may
/// be a secret.
fn characters(line: &[u8], start: usize) -> Option<(Check, Span, String)> {
    let at = |offset: usize| Span::new(start + offset, start + offset + 1);
    if let Err(error) = core::str::from_utf8(line) {
        let offset = error.valid_up_to();
        let byte = line.get(offset).copied().unwrap_or_default();
        let message = format!(
            "byte 0x{byte:02X} is not UTF-8, so the line was read as Latin-1; save the file as UTF-8"
        );
        return Some((Check::Latin1, at(offset), message));
    }
    let offset = line.iter().position(|&b| b.is_ascii_control() && b != b'\t')?;
    let byte = line.get(offset).copied().unwrap_or_default();
    Some((Check::ControlCharacter, at(offset), format!("control character 0x{byte:02X}; delete it")))
}

fn stray(text: Text<'_>) -> String {
    let hint = match text.as_bytes() {
        [b'[', ..] => "a section heading is `[NAME]` and nothing else",
        [b'=', ..] => "a key is missing in front of `=`",
        _ => "a line is `[SECTION]`, `key=value` or a comment",
    };
    format!("this line means nothing to a station; {hint}")
}

/// Checks entries against the profile: names, places, values, repetitions.
pub(crate) fn entries<'a, 'p>(
    profile: &Profile<'_>,
    entries: impl Iterator<Item = (Entry<'a>, Option<Known<'p>>)>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen = BTreeMap::new();
    let mut suggestions = SUGGESTIONS;
    for (entry, known) in entries {
        let name = known.map_or(entry.key, |known| known.key.name.into());
        let number = known.and_then(|known| known.number);
        if let Some(first) = seen.insert((entry.section, name, number), entry.line) {
            let key = entry.key;
            let message = format!(
                "`{key}` stands in line {first} already; which of the two counts is not documented, keep one"
            );
            findings.push(Finding::at(Check::DuplicateKey, &entry, entry.key_span, message));
        }
        match known {
            Some(known) => findings.extend(known_entry(&entry, &known)),
            None => {
                let nearest = if suggestions > 0 { profile.nearest(entry.key) } else { None };
                suggestions = suggestions.saturating_sub(1);
                findings.push(unknown_entry(&entry, nearest));
            }
        }
    }
    findings
}

fn unknown_entry(entry: &Entry<'_>, nearest: Option<&str>) -> Finding {
    let message = match nearest {
        Some(nearest) => format!("unknown key `{}`; did you mean `{nearest}`?", entry.key),
        None => format!("unknown key `{}`; it is kept as it is", entry.key),
    };
    Finding::at(Check::UnknownKey, entry, entry.key_span, message)
}

fn known_entry(entry: &Entry<'_>, known: &Known<'_>) -> impl Iterator<Item = Finding> + use<> {
    let key = known.key;
    let spelling = (known.rule != Rule::Exact).then(|| {
        let number = known.number.map(|number| number.to_string()).unwrap_or_default();
        let message = format!("`{}` is written `{}{number}` in a station's file", entry.key, key.name);
        Finding::at(Check::Spelling, entry, entry.key_span, message)
    });
    let place = key.section.filter(|_| known.misplaced).map(|own| {
        let found =
            entry.section.map_or_else(|| "before the first section".into(), |name| format!("in [{name}]"));
        let check = if entry.section.is_some() { Check::WrongSection } else { Check::NoSection };
        Finding::at(
            check,
            entry,
            entry.key_span,
            format!("`{}` belongs in [{own}] but stands {found}", key.name),
        )
    });
    let value = key.read(entry.value).is_none().then(|| {
        let is = if key.secret || entry.value.chars().count() > SHOWN_CHARS {
            "has a wrong value".into()
        } else if entry.value.is_empty() {
            "is empty".into()
        } else {
            format!("is `{}`", entry.value)
        };
        let message = format!("`{}` {is}; it takes {}", entry.key, key.expected());
        Finding::at(Check::BadValue, entry, entry.value_span, message)
    });
    spelling.into_iter().chain(place).chain(value)
}

/// Required keys the file does not have, reported at their section's heading.
fn missing(file: &File<'_>) -> Vec<Finding> {
    let required = file.profile().keys.iter().filter(|key| key.required);
    let absent =
        required.filter(|key| !file.entries().any(|(_, known)| known.is_some_and(|known| known.key == *key)));
    absent
        .map(|key| {
            let heading =
                key.section.and_then(|own| file.document().sections().find(|(name, _)| *name == own));
            let section = key.section.map(|name| format!("[{name}] ")).unwrap_or_default();
            let message = format!("`{section}{}` is missing; it takes {}", key.name, key.expected());
            Finding {
                key: key.name.into(),
                ..about_line(Check::MissingKey, heading.map_or(1, |(_, line)| line), message)
            }
        })
        .collect()
}
