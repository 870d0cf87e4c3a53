//! Laws that hold for any input, and for every sample file.
#![cfg(feature = "alloc")]

use evkit_config_format::cards::{self, Cards};
use evkit_config_format::convert::convert;
use evkit_config_format::diff::diff;
use evkit_config_format::document::{Document, Entry};
use evkit_config_format::edit::Edited;
use evkit_config_format::keba::udp::{Command, Message};
use evkit_config_format::lex::{self, Boundary, Dialect, LineKind};
use evkit_config_format::profile::{Profile, Vendor};
use evkit_config_format::text::Text;
use evkit_config_format::{bender, csv, evlink, keba, sessions};
use proptest::prelude::*;

mod fixtures;

/// The grammar's own signs.
const SIGNS: &[&str] = &["[", "]", "=", ":", "#", ";", " ", "\t", "\n", "\r\n", "\r", "\"", ",", "\u{feff}"];
/// Words the profiles know.
const WORDS: &[&str] =
    &["MaxAvailableCurrent", "LOADMANAGEMENT", "maxIntensitySocket", "ENERGY", "32000", "true"];

/// Bytes that hit the grammar's own signs often.
fn file() -> impl Strategy<Value = Vec<u8>> {
    let text = |words| proptest::sample::select(words).prop_map(|word: &str| word.as_bytes().to_vec());
    let piece = prop_oneof![
        4 => text(SIGNS),
        2 => text(WORDS),
        2 => "[a-zA-Z_0-9]{1,8}".prop_map(String::into_bytes),
        1 => proptest::collection::vec(any::<u8>(), 0..6),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn dialect() -> impl Strategy<Value = Dialect> {
    prop_oneof![Just(Dialect::Ini), Just(Dialect::Colon)]
}

/// The tokens joined are the input.
fn assert_lossless(bytes: &[u8], dialect: Dialect) {
    let document = Document::parse(bytes, dialect);
    let mut printed = Vec::new();
    let mut end = 0;
    for token in document.tokens() {
        assert_eq!(token.span.start, end, "tokens touch");
        assert!(!token.span.is_empty(), "no token is empty");
        end = token.span.end;
        printed.extend_from_slice(token.span.of(bytes));
    }
    assert_eq!(printed, bytes);
}

#[test]
fn every_sample_prints_as_it_was() {
    for (name, bytes) in fixtures::all() {
        assert_lossless(&bytes, Dialect::Ini);
        assert_lossless(&bytes, Dialect::Colon);
        let document = Document::parse(&bytes, Dialect::Ini);
        assert_eq!(document.as_bytes(), bytes, "{name}");
        assert_eq!(Edited::new(&bytes, &[]).unwrap().to_vec(), bytes, "{name}");
    }
}

proptest! {
    #[test]
    fn any_bytes_print_as_they_were(bytes in file(), dialect in dialect()) {
        assert_lossless(&bytes, dialect);
    }

    #[test]
    fn setting_a_value_changes_nothing_else(bytes in file(), value in "[ -~äß]{0,12}", pick in any::<proptest::sample::Index>()) {
        let document = Document::parse(&bytes, Dialect::Ini);
        let entries: Vec<_> = document.entries().collect();
        if entries.is_empty() {
            return Ok(());
        }
        let entry = entries[pick.index(entries.len())];
        let Ok(change) = document.set(&entry, value.as_bytes()) else {
            prop_assert_ne!(value.trim_matches([' ', '\t']), value.as_str(), "only blanks at the ends are refused here");
            return Ok(());
        };
        let changed = Edited::new(&bytes, &[change]).unwrap().to_vec();
        let (start, end) = (entry.value_span.start, entry.value_span.end);
        prop_assert_eq!(&changed[..start], &bytes[..start]);
        prop_assert_eq!(&changed[start..start + value.len()], value.as_bytes());
        prop_assert_eq!(&changed[start + value.len()..], &bytes[end..]);

        let again = Document::parse(&changed, Dialect::Ini);
        let read: Vec<_> = again.entries().map(|e| (e.section, e.key, e.value, e.line)).collect();
        let meant: Vec<_> = entries
            .iter()
            .map(|e| (e.section, e.key, if e.line == entry.line { value.as_str().into() } else { e.value }, e.line))
            .collect();
        prop_assert_eq!(read, meant, "parse, print, parse agree");
    }

    #[test]
    fn inserting_adds_one_line(bytes in file(), key in "[a-z=#\\[ ]{0,6}", pick in any::<proptest::sample::Index>()) {
        let document = Document::parse(&bytes, Dialect::Ini);
        let mut sections: Vec<_> = document.sections().filter_map(|(name, _)| name.to_str()).map(Some).collect();
        sections.push(None);
        let section = sections[pick.index(sections.len())];
        let Ok(change) = document.insert(section, key.as_bytes(), b"new") else {
            let misread = key.is_empty() || key.contains('=') || key.starts_with(['[', '#']) || key.trim() != key;
            prop_assert!(misread, "{key:?} was refused");
            return Ok(());
        };
        let changed = Edited::new(&bytes, &[change]).unwrap().to_vec();
        let mut removed = changed.clone();
        let added: usize = change.parts.iter().map(|part| part.len()).sum();
        removed.drain(change.span.start..change.span.start + added);
        prop_assert_eq!(&removed, &bytes);

        let again = Document::parse(&changed, Dialect::Ini);
        let old: Vec<_> = document.entries().map(|e| (e.section, e.key, e.value)).collect();
        let mut new: Vec<_> = again.entries().map(|e| (e.section, e.key, e.value)).collect();
        let wanted = (section.map(Into::into), key.as_str().into(), "new".into());
        let place = new.iter().rposition(|entry| *entry == wanted);
        prop_assert!(place.is_some(), "the new entry is read back");
        new.remove(place.unwrap());
        prop_assert_eq!(new, old);
    }

    #[test]
    fn deleting_removes_one_line(bytes in file(), pick in any::<proptest::sample::Index>()) {
        let document = Document::parse(&bytes, Dialect::Ini);
        let lines: Vec<_> = document.lines().collect();
        if lines.is_empty() {
            return Ok(());
        }
        let index = pick.index(lines.len());
        let change = document.delete_line(index + 1).unwrap();
        let changed = Edited::new(&bytes, &[change]).unwrap().to_vec();
        prop_assert_eq!(changed.len() + lines[index].span.len(), bytes.len());
    }

    #[test]
    fn a_tape_gives_back_the_lines(bytes in file(), dialect in dialect()) {
        let document = Document::parse(&bytes, dialect);
        let cut: Vec<_> = lex::lines(&bytes, dialect).collect();
        prop_assert_eq!(document.lines().collect::<Vec<_>>(), cut);
        prop_assert!(document.tape().len() <= bytes.len(), "no token is empty");
        let mut tape = vec![Boundary::default(); document.tape().len()];
        let lent = Document::parse_in(&bytes, dialect, &mut tape).unwrap();
        prop_assert_eq!(lent.tape(), document.tape());
    }

    #[test]
    fn an_index_finds_what_a_walk_finds(
        profile in proptest::sample::select(&[keba::PROFILE, evlink::PROFILE, bender::PROFILE, bender::OCPP_PROFILE][..]),
        pick in any::<proptest::sample::Index>(),
        respell in 0..6_u8,
        number in "|0|1|16|99|100|01",
    ) {
        let row = &profile.keys[pick.index(profile.keys.len())];
        let name = match respell {
            0 => row.name.to_uppercase(),
            1 => row.name.replace('_', " "),
            2 => row.alias.unwrap_or(row.name).to_lowercase(),
            3 => row.name.replacen('e', "", 1),
            _ => row.name.to_owned(),
        } + &number;
        let walked = Profile::new(profile.vendor, profile.keys);
        for section in [None, row.section.map(Text::from), Some("ENERGY".into())] {
            prop_assert_eq!(profile.find(section, name.as_str().into()), walked.find(section, name.as_str().into()));
        }
    }

    #[test]
    fn an_index_of_a_file_finds_what_a_walk_finds(bytes in file(), key in proptest::sample::select(WORDS), number in "|1|2") {
        let config = evlink::Config::parse(&bytes);
        let (file, index) = (config.file(), config.file().index());
        let key = format!("{key}{number}");
        for section in [None, Some("ENERGY"), Some("")] {
            let place = |entry: Option<(Entry<'_>, _)>| entry.map(|(entry, known)| (entry.line, known));
            prop_assert_eq!(place(index.entry(section, &key)), place(file.entry(section, &key)));
        }
        for (entry, _) in file.entries() {
            let (section, key) = (entry.section.and_then(Text::to_str), entry.key.to_str());
            let Some(key) = key.filter(|_| entry.section.is_some() == section.is_some()) else { continue };
            let (found, _) = index.entry(section, key).unwrap();
            prop_assert!(found.line >= entry.line, "the last one counts");
        }
    }

    #[test]
    fn spans_lie_in_their_lines(bytes in file(), dialect in dialect()) {
        let document = Document::parse(&bytes, dialect);
        for line in document.lines() {
            let inside = [line.name, line.value, line.body];
            prop_assert!(inside.iter().all(|part| line.span.start <= part.start && part.end <= line.span.end));
            prop_assert!(line.name.end <= line.value.start);
            prop_assert_eq!(line.kind == LineKind::Blank, line.body.of(&bytes).iter().all(|b| b" \t".contains(b)));
        }
    }

    #[test]
    fn everything_reads_anything(bytes in file()) {
        let keba = keba::Config::parse(&bytes);
        let evlink = evlink::Config::parse(&bytes);
        let folder = bender::Folder::parse([("OperatorCurrentLimit_vehicleif", &bytes[..]), ("odd", &bytes)]);
        for finding in keba.findings().into_iter().chain(evlink.findings()).chain(folder.findings()) {
            prop_assert!(finding.span.end <= bytes.len() && finding.line >= 1 && finding.column >= 1, "{finding}");
        }
        let _ = (keba.station(), evlink.station(), folder.station());
        for layout in [cards::KEBA, cards::EVLINK, cards::BENDER] {
            prop_assert!(Cards::parse(&bytes, &layout).rows().all(|card| card.line() > 1));
        }
        for id in cards::colon_list(&bytes) {
            prop_assert!(!id.id.is_empty() && id.span.end <= bytes.len());
        }
    }

    #[test]
    fn records_keep_every_byte(bytes in file()) {
        let separator = csv::guess_separator(&bytes);
        for record in csv::records(&bytes, separator) {
            let mut joined = Vec::new();
            for (index, field) in record.fields().enumerate() {
                if index > 0 {
                    joined.push(separator);
                }
                joined.extend_from_slice(field.span.of(&bytes));
            }
            prop_assert_eq!(joined.as_slice(), record.text().as_bytes());
            prop_assert_eq!(record.span().of(&bytes), record.text().as_bytes());
        }
    }

    #[test]
    fn sessions_and_datagrams_take_anything(bytes in file()) {
        for session in sessions::keba(&bytes).chain(sessions::evlink(&bytes)) {
            if let Err(error) = session {
                prop_assert!(error.span.end <= bytes.len() && error.line > 1);
            }
        }
        if let Ok(Message::Status(status)) = Message::parse(&bytes) {
            prop_assert!(status.pairs().get("State").is_some());
        }
        let state = bender::State::new(Document::parse(&bytes, Dialect::Colon));
        for entry in state.document().entries().filter_map(|entry| entry.key.to_str()) {
            prop_assert!(state.text(entry).is_some() && state.list(entry).count() > 0);
        }
    }

    #[test]
    fn commands_are_written_as_they_are_read(text in "(curr|currtime|failsafe|start|stop|output|display|ena|x2) [0-9a-f ]{0,24}") {
        if let Ok(command) = Command::parse(&text) {
            let written = command.to_string();
            prop_assert_eq!(Command::parse(&written), Ok(command));
        }
    }

    #[test]
    fn a_repaired_file_needs_no_second_repair(bytes in file()) {
        let once = evlink::repair(&bytes);
        prop_assert_eq!(once.bytes.len(), bytes.len(), "a sign takes the place of a sign");
        prop_assert_eq!(&evlink::repair(&once.bytes).bytes, &once.bytes);
    }

    #[test]
    fn a_file_does_not_differ_from_itself(bytes in file()) {
        let config = evlink::Config::parse(&bytes);
        prop_assert!(diff(config.file().entries(), config.file().entries()).is_empty());
    }

    #[test]
    fn what_was_converted_can_be_read(bytes in file()) {
        let config = evlink::Config::parse(&bytes);
        let conversion = convert(config.file().entries(), &config.station(), Vendor::Keba);
        let text = &conversion.files()[0].1;
        let written: Vec<_> = conversion.lines.iter().map(|line| (line.name.as_str(), line.value.as_str())).collect();
        let read = keba::Config::parse(text.as_bytes());
        let read: Vec<_> = read.file().entries().map(|(entry, known)| {
            prop_assert!(known.is_some());
            Ok((entry.key.decode(), entry.value.decode()))
        }).collect::<Result<_, TestCaseError>>()?;
        prop_assert_eq!(read.len(), written.len());
        for (key, value) in &read {
            prop_assert!(written.contains(&(key.as_str(), value.as_str())));
        }
    }
}
