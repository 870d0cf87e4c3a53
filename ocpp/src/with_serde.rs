//! Feature `serde`: messages as fields of a server's own types, through `serde_json`.
//!
//! Every message, every object in one and every enumeration implements `Serialize` and `Deserialize`. There is no second
//! set of rules: a message is taken out of the JSON text as a whole ([`serde_json::value::RawValue`]) and read by the same
//! decoder, and what is written has passed the same validator. So this works with `serde_json` only, and not inside
//! untagged or flattened types, which hold their parts as something else than text.
//!
//! ```
//! use evkit_ocpp::v16::BootNotificationRequest;
//!
//! let text = r#"[2,"1","BootNotification",{"chargePointVendor":"VendorX","chargePointModel":"Single"}]"#;
//! let (_, _, _, boot): (u8, &str, &str, BootNotificationRequest<'_>) = serde_json::from_str(text)?;
//! assert_eq!(boot.charge_point_model, "Single");
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! A message borrows from the text, so it is read by `from_str` and `from_slice`; from a reader or a
//! [`serde_json::Value`] comes an [`Owned`] one. Messages of 2.x are checked as 2.1; in [`V201`] they are checked as 2.0.1.

use alloc::borrow::Cow;
use alloc::boxed::Box;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::value::RawValue;

use crate::message::{DecodeOwned, Message};
use crate::schema::Version;

/// A message that borrows nothing and so can be read from anywhere, checked as the newest version that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owned<M>(pub M);

/// A message of 2.x, checked as 2.0.1 both ways. It borrows nothing when it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct V201<M>(pub M);

impl<'de, M: DecodeOwned> Deserialize<'de> for Owned<M> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        owned(deserializer, M::NEWEST).map(Self)
    }
}

impl<'a, M: Message<'a>> Serialize for Owned<M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(&self.0, M::NEWEST, serializer)
    }
}

impl<'de, M: DecodeOwned> Deserialize<'de> for V201<M> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        owned(deserializer, Version::V201).map(Self)
    }
}

impl<'a, M: Message<'a>> Serialize for V201<M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(&self.0, Version::V201, serializer)
    }
}

fn owned<'de, M: DecodeOwned, D: Deserializer<'de>>(
    deserializer: D,
    version: Version,
) -> Result<M, D::Error> {
    let text = Box::<RawValue>::deserialize(deserializer)?;
    M::decode_owned(text.get(), version).map_err(de::Error::custom)
}

/// Writes a message that satisfies its schema.
pub(crate) fn serialize<'a, M: Message<'a>, S: Serializer>(
    message: &M,
    version: Version,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let text = message.to_json(version).map_err(ser::Error::custom)?;
    RawValue::from_string(text).map_err(ser::Error::custom)?.serialize(serializer)
}

/// Reads a message that borrows from the text.
pub(crate) fn deserialize<'de, M: Message<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<M, D::Error> {
    let text = <&RawValue>::deserialize(deserializer)?;
    M::decode(text.get(), M::NEWEST).map_err(de::Error::custom)
}

/// Writes a value of an enumeration. The one that cannot be sent has no text.
pub(crate) fn serialize_choice<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    if text.is_empty() {
        return Err(ser::Error::custom("a value of a maker's own cannot be sent"));
    }
    serializer.serialize_str(text)
}

/// Reads a value of an enumeration.
pub(crate) fn deserialize_choice<'de, T: Copy, D: Deserializer<'de>>(
    deserializer: D,
    values: &[T],
    texts: &'static [&'static str],
) -> Result<T, D::Error> {
    let text = Cow::<'_, str>::deserialize(deserializer)?;
    let at = texts.iter().position(|known| *known == text);
    let value = at.and_then(|at| values.get(at)).copied();
    value.ok_or_else(|| de::Error::unknown_variant(&text, texts))
}
