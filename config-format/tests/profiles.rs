//! Every key of the tables is there, reachable in a file of its vendor, and typed.

use evkit_config_format::document::Document;
use evkit_config_format::lex::{Boundary, Dialect};
use evkit_config_format::profile::{Key, Kind, Profile, Value};
use evkit_config_format::text::Text;
use evkit_config_format::{File, bender, evlink, keba};

/// How many keys each table has: 198 of KEBA's GetConfiguration and 3 of its file, EVlink's annex A, Bender's
/// parameters, and the keys Bender offers to a back end beside those of OCPP.
const TABLES: [(Profile<'static>, usize); 4] =
    [(keba::PROFILE, 201), (evlink::PROFILE, 190), (bender::PROFILE, 143), (bender::OCPP_PROFILE, 12)];

/// A right value of each kind, and a wrong one where there is any.
fn examples(kind: &Kind<'static>) -> (String, Option<String>) {
    let right_and_wrong = |right: &str, wrong: &str| (right.into(), Some(wrong.into()));
    match *kind {
        Kind::Bool => right_and_wrong("TRUE", "1"),
        Kind::Bit => right_and_wrong("1", "true"),
        Kind::Switch => right_and_wrong("On", "1"),
        Kind::Integer { min, max } => (max.to_string(), Some((min - 1).to_string())),
        Kind::Decimal => right_and_wrong("0.25", "0,25"),
        Kind::Mask { .. } => right_and_wrong("0x1f", "1f"),
        Kind::Choice(words) => (words[0].into(), Some("no such word".into())),
        Kind::OpenChoice(words) => (words[0].into(), None),
        Kind::Text { min, max } => {
            ("x".repeat(usize::from(min).max(1)), (max > 0).then(|| "x".repeat(usize::from(max) + 1)))
        }
        Kind::Url(schemes) => (format!("{}://h/", schemes[0]), Some("gopher://h/".into())),
        Kind::Ipv4 => right_and_wrong("10.0.0.1", "10.0.0.256"),
        Kind::Digits(count) => ("1".repeat(count.into()), Some("x".repeat(count.into()))),
        Kind::Cipher => ("0A".repeat(16), Some("0A".repeat(15))),
        Kind::StationName => right_and_wrong("DEPOT 1+", "Depot"),
        Kind::DisplayText => right_and_wrong("'en','Hello',0,5,5", "'en','9 kWh',0,5,5"),
        Kind::PerConnector(words) => (format!("1.{}", words[0]), Some(words[0].into())),
        other => panic!("{other:?} has no examples"),
    }
}

fn has_the_type_of(key: &Key<'_>, value: Value<'_>) -> bool {
    if key.secret {
        return matches!(value, Value::Secret(_));
    }
    match key.kind {
        Kind::Bool | Kind::Bit | Kind::Switch => matches!(value, Value::Bool(true)),
        Kind::Integer { max, .. } => value == Value::Integer(max),
        Kind::Decimal => matches!(value, Value::Decimal(number) if (number.digits, number.scale) == (25, 2)),
        Kind::Mask { .. } => value == Value::Mask(0x1f),
        Kind::Choice(words) | Kind::OpenChoice(words) => value == Value::Word(words[0]),
        _ => matches!(value, Value::Text(_)),
    }
}

#[test]
fn every_key_is_reachable_and_typed() {
    for (profile, keys) in TABLES {
        assert_eq!(profile.keys.len(), keys, "{}", profile.vendor);
        for key in profile.keys {
            let name = format!("{}{}", key.name, if key.numbered { "1" } else { "" });
            let section = key.section.unwrap_or("ANY");
            let (right, wrong) = examples(&key.kind);
            let text = format!("[{section}]\n{name}={right}\n");
            let mut tape = [Boundary::default(); 8];
            let file =
                File::new(Document::parse_in(text.as_bytes(), Dialect::Ini, &mut tape).unwrap(), profile);
            let value = file.get(Some(section), &name).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(has_the_type_of(key, value), "{name}: {value:?}");
            if let Some(wrong) = wrong {
                assert!(file.set(Some(section), &name, &wrong).is_err(), "{name} takes {wrong}");
                assert_eq!(key.read(Text::from(wrong.as_str())), None, "{name}: {wrong}");
            }
        }
    }
}
