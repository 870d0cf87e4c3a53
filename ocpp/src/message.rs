//! What every message and every value in it can do: be read from checked text, be written, be owned.

#[cfg(feature = "alloc")]
use alloc::string::String;
use core::fmt;

use chrono::{DateTime, Utc};

use crate::json::{JsonText, Lexer};
use crate::num::Decimal;
use crate::schema::{
    self, Kind, Longest, MemberWriter, Members, Object, Output, Slot, Tolerance, Version, Violation,
};
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

    /// Reads the next member, which is there, from text that has been checked.
    #[doc(hidden)]
    fn read(members: &mut Members<'a, '_>) -> Self;

    /// Reads the next member, if it is there.
    #[doc(hidden)]
    fn read_optional(members: &mut Members<'a, '_>) -> Option<Self> {
        members.has_next().then(|| Self::read(members))
    }

    /// Takes the value from text that has been checked.
    #[doc(hidden)]
    fn read_next(lexer: &mut Lexer<'a>, longest: Longest) -> Self {
        Self::read(&mut Members::only(lexer, &mut [Slot::EMPTY], longest))
    }

    /// Writes the value and checks it against `kind`, which the row of its table has made of [`KIND`](Self::KIND).
    #[doc(hidden)]
    fn write(&self, out: &mut Output<'_>, kind: &'static Kind);

    /// Writes the next member, or nothing if it is absent.
    #[doc(hidden)]
    fn write_member(value: Option<&Self>, members: &mut MemberWriter<'_, '_>) {
        match value {
            Some(value) => {
                if let Some((out, kind)) = members.present() {
                    value.write(out, kind);
                }
            }
            None => members.absent(),
        }
    }
}

/// Most bytes a message may take by value: 512 where a pointer has 32 bits.
#[allow(dead_code, reason = "Rust 1.87 does not count its use in an assertion")]
pub(crate) const MAX_SIZE: usize = 128 * size_of::<usize>();

/// An object that writes its members in the order of its table.
pub trait WriteMembers {
    #[doc(hidden)]
    fn write_members(&self, members: &mut MemberWriter<'_, '_>);
}

/// A list that writes its items.
pub trait WriteItems {
    /// The text of the array, if it was received and still is text.
    #[doc(hidden)]
    fn received(&self) -> Option<&str>;

    /// Writes the items and says how many there were.
    #[doc(hidden)]
    fn write_items(&self, out: &mut Output<'_>, kind: &'static Kind) -> usize;
}

/// The payload of a message.
pub trait Message<'a>: Value<'a> + WriteMembers {
    /// Its schema.
    const SCHEMA: &'static Object;

    /// The newest version that has it.
    const NEWEST: Version;

    /// Reads the members in the order of the table.
    #[doc(hidden)]
    fn from_members(members: &mut Members<'a, '_>) -> Self;

    /// Checks `text`, exactly or with some tolerance, and reads it.
    #[doc(hidden)]
    fn check_and_read(
        text: &'a str,
        version: Version,
        tolerance: Option<&mut Tolerance>,
    ) -> Result<Self, Violation>;

    /// Checks `text` and reads it, forgiving what `tolerance` allows.
    ///
    /// # Errors
    /// The first rule broken and not forgiven.
    fn decode_with(text: &'a str, version: Version, tolerance: &mut Tolerance) -> Result<Self, Violation> {
        Self::check_and_read(text, version, Some(tolerance))
    }

    /// Checks `text` exactly and reads it.
    ///
    /// # Errors
    /// The first rule broken.
    fn decode(text: &'a str, version: Version) -> Result<Self, Violation> {
        Self::check_and_read(text, version, None)
    }

    /// Writes the payload and checks it: whatever leaves satisfies the schema exactly.
    ///
    /// # Errors
    /// If the buffer is too small or a value breaks the schema.
    fn encode<'b>(&self, version: Version, buffer: &'b mut [u8]) -> Result<&'b str, EncodeError> {
        schema::encode(self, Self::SCHEMA, version, buffer)
    }

    /// As [`encode`](Self::encode), into a text of its own.
    ///
    /// # Errors
    /// If a value breaks the schema.
    #[cfg(feature = "alloc")]
    fn to_json(&self, version: Version) -> Result<String, EncodeError> {
        let needed = match self.encode(version, &mut []) {
            Err(EncodeError::BufferTooSmall { needed }) => needed,
            other => return other.map(String::from),
        };
        self.encode(version, &mut alloc::vec![0; needed]).map(String::from)
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

    fn read(members: &mut Members<'a, '_>) -> Self {
        T::read_optional(members)
    }

    fn write(&self, out: &mut Output<'_>, kind: &'static Kind) {
        if let Some(value) = self {
            value.write(out, kind);
        }
    }

    fn write_member(value: Option<&Self>, members: &mut MemberWriter<'_, '_>) {
        T::write_member(value.and_then(Self::as_ref), members);
    }
}

#[cfg(feature = "alloc")]
impl<T: IntoOwned> IntoOwned for Option<T> {
    type Owned = Option<T::Owned>;

    fn into_owned(self) -> Self::Owned {
        self.map(T::into_owned)
    }
}

/// A type whose values are members by one call: `$read` and `$write` are functions of members as well as of values.
macro_rules! scalar {
    ($Type:ty, $kind:expr, $absent:expr, $read:ident, $write:ident, |$out:ident, $value:ident, $kind_of:ident| $writing:expr) => {
        impl sealed::Sealed for $Type {}

        impl<'a> Value<'a> for $Type {
            const KIND: Kind = $kind;

            fn read(members: &mut Members<'a, '_>) -> Self {
                members.$read().unwrap_or($absent)
            }

            fn read_optional(members: &mut Members<'a, '_>) -> Option<Self> {
                members.$read()
            }

            fn write(&self, $out: &mut Output<'_>, $kind_of: &'static Kind) {
                let $value = *self;
                $writing;
            }

            fn write_member(value: Option<&Self>, members: &mut MemberWriter<'_, '_>) {
                members.$write(value);
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

scalar!(bool, Kind::Boolean, false, boolean, boolean, |out, value, _kind| out.boolean(value));
scalar!(i64, Kind::INTEGER, 0, integer, integer, |out, value, kind| out.number(value.into(), kind));
scalar!(Decimal, Kind::DECIMAL, Self::ZERO, decimal, decimal, |out, value, kind| out.number(value, kind));
scalar!(DateTime<Utc>, Kind::DateTime, Self::UNIX_EPOCH, date_time, date_time, |out, value, _kind| out
    .date_time(value));

/// An integer; `1.0` and `1e2` are integers where the schema says so.
pub(crate) fn whole(text: &str) -> Option<i64> {
    Decimal::from_json(text)?.exact(0)
}

macro_rules! text {
    ($($Name:ident)*) => {$(
        impl<const MAX: usize> sealed::Sealed for $Name<'_, MAX> {}

        impl<'a, const MAX: usize> Value<'a> for $Name<'a, MAX> {
            const KIND: Kind = Kind::text(MAX);

            fn read(members: &mut Members<'a, '_>) -> Self {
                Self::received(members.string().unwrap_or_default())
            }

            fn read_optional(members: &mut Members<'a, '_>) -> Option<Self> {
                members.string().map(Self::received)
            }

            fn write(&self, out: &mut Output<'_>, kind: &'static Kind) {
                out.text(self.storage(), kind);
            }

            fn write_member(value: Option<&Self>, members: &mut MemberWriter<'_, '_>) {
                members.text(value.map(Self::storage));
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

    fn read(members: &mut Members<'a, '_>) -> Self {
        Self::checked(members.text().unwrap_or_default())
    }

    fn read_optional(members: &mut Members<'a, '_>) -> Option<Self> {
        members.text().map(Self::checked)
    }

    fn write(&self, out: &mut Output<'_>, kind: &'static Kind) {
        out.received(self.as_str(), kind);
    }

    fn write_member(value: Option<&Self>, members: &mut MemberWriter<'_, '_>) {
        members.received(value.map(Self::as_str));
    }
}

#[cfg(feature = "alloc")]
impl IntoOwned for JsonText<'_> {
    type Owned = JsonText<'static>;

    fn into_owned(self) -> Self::Owned {
        self.into_owned()
    }
}
