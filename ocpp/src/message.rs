//! What every message and every value in it can do: be read from checked text, be written, be owned.

#[cfg(feature = "alloc")]
use alloc::string::String;
use core::fmt;

use chrono::{DateTime, Utc};

use crate::json::{JsonText, Lexer, Writer};
use crate::num::Decimal;
use crate::schema::{self, Field, Kind, Members, Object, Raw, Readable, Tolerance, Version, Violation};
use crate::text::{CiStr, Str};

pub(crate) mod sealed {
    /// Keeps [`Value`](super::Value) to the types of this crate.
    pub trait Sealed {}
}

/// A value of a message.
///
/// Implemented by the types in message tables; the functions are for the tables' macro.
pub trait Value<'a>: sealed::Sealed + Sized {
    /// What the schema says about the value.
    #[doc(hidden)]
    const KIND: Kind;

    /// Whether a member of this type must be there.
    #[doc(hidden)]
    const REQUIRED: bool = true;

    /// Reads text that has been checked.
    #[doc(hidden)]
    fn read(raw: Raw<'a>, readable: &mut Readable) -> Self;

    /// Takes the value from text that has been checked.
    #[doc(hidden)]
    fn read_next(lexer: &mut Lexer<'a>, readable: &mut Readable) -> Self {
        let raw = Raw::next(lexer, readable);
        Self::read(raw, readable)
    }

    /// Reads the next member.
    #[doc(hidden)]
    fn read_member(members: &mut Members<'a, '_>) -> Self {
        let raw = members.raw();
        Self::read(raw, members.readable())
    }

    /// Writes the value.
    #[doc(hidden)]
    fn write(&self, w: &mut Writer<'_>);

    /// Writes the member, or nothing if it is absent.
    #[doc(hidden)]
    fn write_member(&self, members: &mut MemberWriter<'_, '_>) {
        members.present();
        self.write(members.w);
    }
}

/// Writes the members of an object in the order of its table, which also has their names.
#[derive(Debug)]
pub struct MemberWriter<'w, 'b> {
    w: &'w mut Writer<'b>,
    fields: core::slice::Iter<'static, Field>,
}

impl<'w, 'b> MemberWriter<'w, 'b> {
    pub(crate) fn begin(w: &'w mut Writer<'b>, schema: &'static Object) -> Self {
        w.begin_object();
        Self { w, fields: schema.fields.iter() }
    }

    fn present(&mut self) {
        self.w.key(self.fields.next().map_or("", |field| field.name));
    }

    fn absent(&mut self) {
        self.fields.next();
    }

    pub(crate) fn end(self) {
        self.w.end_object();
    }
}

/// Most bytes a message may take by value: 512 where a pointer has 32 bits.
#[allow(dead_code, reason = "Rust 1.87 does not count its use in an assertion")]
pub(crate) const MAX_SIZE: usize = 128 * size_of::<usize>();

/// The payload of a message.
pub trait Message<'a>: Value<'a> {
    /// Its schema.
    const SCHEMA: &'static Object;

    /// The newest version that has it.
    const NEWEST: Version;

    /// Reads the members in the order of the table.
    #[doc(hidden)]
    fn from_members(members: &mut Members<'a, '_>) -> Self;

    /// Checks `text` and reads it, forgiving what `tolerance` allows.
    ///
    /// # Errors
    /// The first rule broken and not forgiven.
    fn decode_with(text: &'a str, version: Version, tolerance: &mut Tolerance) -> Result<Self, Violation>;

    /// Checks `text` exactly and reads it.
    ///
    /// # Errors
    /// The first rule broken.
    fn decode(text: &'a str, version: Version) -> Result<Self, Violation> {
        Self::decode_with(text, version, &mut Tolerance::default())
    }

    /// Writes the payload and checks it: whatever leaves satisfies the schema exactly.
    ///
    /// # Errors
    /// If the buffer is too small or a value breaks the schema.
    fn encode<'b>(&self, version: Version, buffer: &'b mut [u8]) -> Result<&'b str, EncodeError> {
        let mut w = Writer::new(buffer);
        self.write(&mut w);
        finish(w, Self::SCHEMA, version)
    }

    /// As [`encode`](Self::encode), into a text of its own.
    ///
    /// # Errors
    /// If a value breaks the schema.
    #[cfg(feature = "alloc")]
    fn to_json(&self, version: Version) -> Result<String, EncodeError> {
        let mut counter = Writer::new(&mut []);
        self.write(&mut counter);
        let mut buffer = alloc::vec![0; counter.len()];
        self.encode(version, &mut buffer).map(String::from)
    }
}

/// A message that can be read from text it does not borrow.
#[cfg(feature = "alloc")]
pub trait DecodeOwned: Message<'static> {
    /// Checks `text` exactly and copies it into a message.
    ///
    /// # Errors
    /// The first rule broken.
    fn decode_owned(text: &str, version: Version) -> Result<Self, Violation>;
}

/// The payload written, checked.
pub(crate) fn finish<'b>(
    w: Writer<'b>,
    schema: &'static Object,
    version: Version,
) -> Result<&'b str, EncodeError> {
    let text = w.finish().map_err(|needed| EncodeError::BufferTooSmall { needed })?;
    schema::check(text, schema, version)?;
    Ok(text)
}

/// A request, and what answers it.
pub trait Call: sealed::Sealed {
    /// The actions of its version.
    type Action: Copy + Eq + fmt::Debug;
    /// The answer.
    type Response<'r>: Message<'r>;
    /// Its action.
    const ACTION: Self::Action;
    /// Its action on the wire.
    const NAME: &'static str;
}

/// A message cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The text does not fit the buffer.
    #[error("the message needs {needed} bytes")]
    BufferTooSmall {
        /// Bytes the whole text needs.
        needed: usize,
    },
    /// A value breaks the schema: a text received too long, an empty list where items are due, a limit finer than 0.1, a
    /// `Vendor` value, a year beyond 9999.
    #[error("the message breaks its own schema at {0}")]
    Invalid(#[from] Violation),
}

/// A value that can outlive the text it was read from.
#[cfg(feature = "alloc")]
pub trait IntoOwned {
    /// The same type, borrowing nothing.
    type Owned: 'static;

    /// Copies what is borrowed.
    fn into_owned(self) -> Self::Owned;
}

impl<T: sealed::Sealed> sealed::Sealed for Option<T> {}

impl<'a, T: Value<'a>> Value<'a> for Option<T> {
    const KIND: Kind = T::KIND;
    const REQUIRED: bool = false;

    fn read(raw: Raw<'a>, readable: &mut Readable) -> Self {
        if raw.is_absent() { None } else { Some(T::read(raw, readable)) }
    }

    fn write(&self, w: &mut Writer<'_>) {
        if let Some(value) = self {
            value.write(w);
        }
    }

    fn write_member(&self, members: &mut MemberWriter<'_, '_>) {
        match self {
            Some(value) => value.write_member(members),
            None => members.absent(),
        }
    }
}

#[cfg(feature = "alloc")]
impl<T: IntoOwned> IntoOwned for Option<T> {
    type Owned = Option<T::Owned>;

    fn into_owned(self) -> Self::Owned {
        self.map(T::into_owned)
    }
}

macro_rules! scalar {
    ($Type:ty, $kind:expr, $placeholder:expr, |$raw:ident| $read:expr, |$w:ident, $value:ident| $write:expr) => {
        impl sealed::Sealed for $Type {}

        impl<'a> Value<'a> for $Type {
            const KIND: Kind = $kind;

            fn read(raw: Raw<'a>, readable: &mut Readable) -> Self {
                let value = |$raw: Raw<'a>| -> Option<Self> { $read };
                readable.or(value(raw), $placeholder)
            }

            fn write(&self, $w: &mut Writer<'_>) {
                let $value = *self;
                $write;
            }
        }

        #[cfg(feature = "alloc")]
        impl IntoOwned for $Type {
            type Owned = Self;

            fn into_owned(self) -> Self {
                self
            }
        }
    };
}

scalar!(bool, Kind::Boolean, false, |raw| Some(raw.text() == "true"), |w, value| w.boolean(value));
scalar!(i64, Kind::INTEGER, 0, |raw| whole(raw.text()), |w, value| w.integer(value));
scalar!(Decimal, Kind::DECIMAL, Self::ZERO, |raw| Decimal::from_json(raw.text()), |w, value| w
    .decimal(value));
scalar!(
    DateTime<Utc>,
    Kind::DateTime,
    Self::UNIX_EPOCH,
    |raw| schema::stamp(raw.quoted())?.0.to_utc(),
    |w, value| w.date_time(value)
);

/// An integer; `1.0` and `1e2` are integers where the schema says so.
fn whole(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| Decimal::from_json(text)?.exact(0))
}

macro_rules! text {
    ($($Name:ident)*) => {$(
        impl<const MAX: usize> sealed::Sealed for $Name<'_, MAX> {}

            impl<'a, const MAX: usize> Value<'a> for $Name<'a, MAX> {
            const KIND: Kind = Kind::text(MAX);

            fn read(raw: Raw<'a>, _: &mut Readable) -> Self {
                Self::received(raw.quoted())
            }

            fn write(&self, w: &mut Writer<'_>) {
                self.write(w);
            }
        }

        #[cfg(feature = "alloc")]
        impl<'a, const MAX: usize> IntoOwned for $Name<'a, MAX> {
            type Owned = $Name<'static, MAX>;

            fn into_owned(self) -> Self::Owned {
                self.into_owned()
            }
        }
    )*};
}

text!(Str CiStr);

impl sealed::Sealed for JsonText<'_> {}

impl<'a> Value<'a> for JsonText<'a> {
    const KIND: Kind = Kind::Any;

    fn read(raw: Raw<'a>, _: &mut Readable) -> Self {
        Self::checked(raw.text())
    }

    fn write(&self, w: &mut Writer<'_>) {
        w.raw(self.as_str());
    }
}

#[cfg(feature = "alloc")]
impl IntoOwned for JsonText<'_> {
    type Owned = JsonText<'static>;

    fn into_owned(self) -> Self::Owned {
        self.into_owned()
    }
}

/// Which of `texts` a checked string is.
pub(crate) fn choice_index(raw: Raw<'_>, texts: &[&str]) -> Option<usize> {
    raw.quoted().position(texts.iter().copied())
}
