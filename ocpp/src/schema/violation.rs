//! What a payload did wrong, and where.

use core::fmt;

use super::path::Target;
use super::{Form, Kind, Number, Object, Path, Version};
use crate::json::Reason;

/// The rule that was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// The version does not have the action.
    Action,
    /// The payload is not JSON.
    Json(Reason),
    /// The payload is not an object.
    NotAnObject,
    /// A member the schema does not have.
    Unknown,
    /// A member that was there before.
    Duplicate,
    /// A required member is absent.
    Missing,
    /// `null`, which no schema takes.
    Null,
    /// A value of another JSON type.
    Type,
    /// A text with too many characters.
    Length,
    /// A text outside the enumeration.
    Choice,
    /// A number that is no multiple of 0.1.
    Step,
    /// A number below the least one.
    TooSmall,
    /// A number above the greatest one.
    TooLarge,
    /// A number that 64 bits and 255 decimal places do not hold.
    Size,
    /// An array with too few items.
    TooFew,
    /// An array with too many items.
    TooMany,
    /// A text that is no RFC 3339 time stamp.
    DateTime,
}

/// A payload breaks its schema: which rule, and where.
///
/// Prints as the path of the culprit and what would be right there:
/// `$.meterValue[0].sampledValue[2].unit: not one of Wh, kWh, …`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation {
    pub(super) rule: Rule,
    pub(super) offset: u32,
    pub(super) path: Path,
    pub(super) version: Version,
}

/// The broken rule without the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) rule: Rule,
    /// Index of the member, for rules about members.
    pub(super) member: u8,
    pub(super) offset: u32,
}

impl From<Reason> for Rule {
    fn from(reason: Reason) -> Self {
        Self::Json(reason)
    }
}

impl Violation {
    /// The rule that was broken.
    #[must_use]
    pub const fn rule(&self) -> Rule {
        self.rule
    }

    /// Byte offset of the culprit in the payload: of the value, of the name of an unknown or duplicate member, of the object
    /// that misses a member.
    #[must_use]
    pub const fn offset(&self) -> u32 {
        self.offset
    }

    /// Where the culprit stands. Ends with the member that is missing, or at the object that has an unknown one.
    #[must_use]
    pub const fn path(&self) -> &Path {
        &self.path
    }

    /// Finds the place of a broken rule in the text.
    #[cold]
    #[inline(never)]
    pub(super) fn locate(text: &str, schema: &'static Object, version: Version, fault: Fault) -> Self {
        let mut path = Path::locate(text, schema, fault.offset);
        if let Rule::Missing | Rule::Duplicate = fault.rule {
            path.push(fault.member.into());
        }
        Self { rule: fault.rule, offset: fault.offset, path, version }
    }

    pub(crate) const fn of_root(rule: Rule, schema: &'static Object, version: Version) -> Self {
        Self { rule, offset: 0, path: Path::root(schema), version }
    }

    /// The version whose schema was broken.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }
}

impl core::error::Error for Violation {}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path)?;
        let kind = match self.path.target() {
            Target::Root(_) => None,
            Target::Kind(kind) => Some(kind),
        };
        match (self.rule, kind) {
            (Rule::Action, _) => f.write_str("no message of this version"),
            (Rule::Json(reason), _) => write!(f, "{reason}"),
            (Rule::NotAnObject, _) => f.write_str("not an object"),
            (Rule::Unknown, _) => f.write_str("unknown member"),
            (Rule::Duplicate, _) => f.write_str("member occurs twice"),
            (Rule::Missing, _) => f.write_str("required but missing"),
            (Rule::Null, _) => f.write_str("null where a value or nothing is due"),
            (Rule::Type, Some(kind)) => write!(f, "not {}", type_name(kind, self.version)),
            (Rule::Type, None) => f.write_str("of the wrong type"),
            (Rule::Length, Some(Kind::Text { max, .. })) if self.version == Version::V21 => {
                write!(f, "more than {max} characters")
            }
            (Rule::Length, Some(Kind::Text { before_v21: max, .. } | Kind::Identity(max))) => {
                write!(f, "more than {max} characters")
            }
            (Rule::Length, Some(Kind::Opened { max, .. })) => write!(f, "more than {max} characters"),
            (Rule::Length, _) => f.write_str("too many characters"),
            (Rule::Choice, Some(Kind::Choice { values, listed, .. })) if self.version < Version::V21 => {
                not_one_of(f, values.iter().take(listed.into()))
            }
            (Rule::Choice, Some(Kind::Choice { values, .. } | Kind::Opened { values, .. })) => {
                not_one_of(f, values.iter())
            }
            (Rule::Choice, _) => f.write_str("not in the enumeration"),
            (Rule::TooSmall, Some(Kind::Number(Number { min: Some(min), .. }))) => {
                write!(f, "less than {min}")
            }
            (Rule::TooSmall, _) => f.write_str("too small"),
            (Rule::TooLarge, Some(Kind::Number(Number { max: Some(max), .. }))) => {
                write!(f, "more than {max}")
            }
            (Rule::TooLarge, _) => f.write_str("too large"),
            (Rule::Step, _) => f.write_str("not a multiple of 0.1"),
            (Rule::Size, _) => f.write_str("more digits than 64 bits hold"),
            (Rule::TooFew, Some(Kind::List { min, .. })) => write!(f, "fewer than {min} items"),
            (Rule::TooFew, _) => f.write_str("too few items"),
            (Rule::TooMany, Some(Kind::List { max, .. })) => write!(f, "more than {max} items"),
            (Rule::TooMany, _) => f.write_str("too many items"),
            (Rule::DateTime, _) => f.write_str("not an RFC 3339 time stamp"),
        }?;
        write!(f, " (byte {})", self.offset)
    }
}

fn type_name(kind: Kind, version: Version) -> &'static str {
    match kind {
        Kind::Boolean => "true or false",
        Kind::Number(number) => match number.in_version(version).0 {
            Form::Integer | Form::Draft6Integer => "an integer",
            _ => "a number",
        },
        Kind::Text { .. } | Kind::Identity(_) | Kind::Choice { .. } | Kind::Opened { .. } => "a string",
        Kind::DateTime => "a string with a time stamp",
        Kind::Object(_) => "an object",
        Kind::List { .. } => "an array",
        Kind::Any => "a value",
    }
}

fn not_one_of(f: &mut fmt::Formatter<'_>, values: impl Iterator<Item = &'static str>) -> fmt::Result {
    for (at, value) in values.enumerate() {
        write!(f, "{}{value}", if at == 0 { "not one of " } else { ", " })?;
    }
    Ok(())
}
