//! Feature `proptest`: valid messages at random, for tests of programs that receive or send them.
//!
//! One generator walks the same tables as the validator, so there is a strategy for every message of every version and none
//! of them was written by hand. Optional members come and go; texts are short, with everything JSON has to escape.
//!
//! ```
//! use evkit_ocpp::schema::Version;
//! use evkit_ocpp::strategies::message;
//! use evkit_ocpp::v16::StatusNotificationRequest;
//! use proptest::prelude::*;
//!
//! proptest!(|(status in message::<StatusNotificationRequest<'static>>(Version::V16))| {
//!     prop_assert!(status.to_json(Version::V16).is_ok());
//! });
//! # use evkit_ocpp::message::Message as _;
//! ```

use alloc::string::{String, ToString as _};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt::Debug;

use ::proptest::collection::vec as some_of;
use ::proptest::option;
use ::proptest::prelude::*;
use ::proptest::sample::select;

use crate::json::Writer;
use crate::message::DecodeOwned;
use crate::num::Decimal;
use crate::schema::{Form, Kind, Number, Object, Version};
use crate::time::DateTime;

/// Most characters of a text, unless its field allows fewer.
const LONGEST_TEXT: usize = 40;

/// Most items of an array beyond the fewest its field demands.
const MORE_ITEMS: usize = 3;

/// Messages of one type that are valid in `version`.
pub fn message<M: DecodeOwned + Debug + 'static>(version: Version) -> impl Strategy<Value = M> {
    payload(M::SCHEMA, version)
        .prop_filter_map("the validator takes what was made of its own tables", move |text| {
            M::decode_owned(&text, version).ok()
        })
}

/// Payloads that are valid in `version`, as JSON.
pub fn payload(schema: &'static Object, version: Version) -> BoxedStrategy<String> {
    let fields = schema.fields().filter(|field| field.is_in(version));
    let members: Vec<_> = fields
        .map(|field| {
            let member =
                value(field.kind, version).prop_map(move |text| alloc::format!("\"{}\":{text}", field.name));
            if field.is_required(version) {
                member.prop_map(Some).boxed()
            } else {
                option::of(member).boxed()
            }
        })
        .collect();
    let object = |members: Vec<Option<String>>| {
        alloc::format!("{{{}}}", members.into_iter().flatten().collect::<Vec<_>>().join(","))
    };
    members.prop_map(object).boxed()
}

fn value(kind: &'static Kind, version: Version) -> BoxedStrategy<String> {
    let is_v21 = version == Version::V21;
    match *kind {
        Kind::Boolean => any::<bool>().prop_map(|value| value.to_string()).boxed(),
        Kind::Number(number) => decimal(number, version),
        Kind::Text { max, .. } if is_v21 => text(max),
        Kind::Text { before_v21: max, .. } | Kind::Identity(max) => text(max),
        Kind::DateTime => (-62_167_219_200_000_i64..253_402_300_800_000)
            .prop_map(|millis| DateTime::from_timestamp_millis(millis).unwrap_or_default())
            .prop_map(|time| {
                written(|w| {
                    w.date_time(time);
                })
            })
            .boxed(),
        Kind::Choice { values, listed, .. } => {
            let listed = if is_v21 { values.len() } else { listed.into() };
            select(values.iter().take(listed).collect::<Vec<_>>()).prop_map(quoted).boxed()
        }
        Kind::Opened { max, .. } if is_v21 => text(max.into()),
        Kind::Opened { values, .. } => select(values.iter().collect::<Vec<_>>()).prop_map(quoted).boxed(),
        Kind::Object(object) => payload(object, version),
        Kind::List { item, min, max } => {
            let fewest = usize::from(min);
            let items = some_of(value(item, version), fewest..=(fewest + MORE_ITEMS).min(max.into()));
            items.prop_map(|items| alloc::format!("[{}]", items.join(","))).boxed()
        }
        Kind::Any => select(vec!["null", "true", "-1.50", "\"\\u00e9\"", "[]", "{\"a\":[{}]}"])
            .prop_map(String::from)
            .boxed(),
    }
}

fn text(max: u16) -> BoxedStrategy<String> {
    let character = prop_oneof![8 => any::<char>(), 1 => select(vec!['"', '\\', '\n', '\0', '/', ' '])];
    some_of(character, 0..=LONGEST_TEXT.min(max.into()))
        .prop_map(|characters| characters.into_iter().collect::<String>())
        .prop_map(|text| quoted(&text))
        .boxed()
}

fn decimal(number: Number, version: Version) -> BoxedStrategy<String> {
    let (form, min, max) = number.in_version(version);
    let scale = match form {
        Form::Integer | Form::Draft6Integer => 0,
        Form::Tenths => 1,
        Form::Decimal | Form::DecimalSinceV21 => 3,
    };
    let unit = 10_i64.pow(scale);
    let least = min.map_or(i64::from(i32::MIN), |min| i64::from(min) * unit);
    let most = max.map_or(i64::from(i32::MAX), |max| i64::from(max) * unit);
    (least..=most).prop_map(move |mantissa| Decimal::new(mantissa, scale as u8).to_string()).boxed()
}

fn quoted(text: &str) -> String {
    written(|w| w.string(text))
}

/// One JSON value; the longest is a text of [`LONGEST_TEXT`] characters, of which none takes more than six bytes.
fn written(write: impl FnOnce(&mut Writer<'_>)) -> String {
    let mut buffer = [0; 6 * LONGEST_TEXT + 2];
    let mut w = Writer::new(&mut buffer);
    write(&mut w);
    w.finish().map(String::from).unwrap_or_default()
}
