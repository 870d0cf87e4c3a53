//! [`Nested`]: a large object inside a message, borrowed from the received text, from a value, or owned.

#[cfg(feature = "alloc")]
use alloc::boxed::Box;
use core::fmt;

use crate::json::Lexer;
#[cfg(feature = "alloc")]
use crate::message::IntoOwned;
use crate::message::{Value, sealed};
use crate::schema::{Kind, Longest, Members, Output};

#[derive(Clone)]
enum Storage<'a, T> {
    /// The text of an object that has been checked.
    Json(&'a str),
    Borrowed(&'a T),
    #[cfg(feature = "alloc")]
    Owned(Box<T>),
}

/// An object of type `T`, kept out of line: a message stays a few hundred bytes, however large the objects in it get.
///
/// A received one is the checked but unparsed part of the frame, read by [`get`](Self::get). One to be sent borrows
/// its value, or (feature `alloc`) owns it.
#[derive(Clone)]
pub struct Nested<'a, T>(Storage<'a, T>);

impl<'a, T> Nested<'a, T> {
    /// Borrows the value.
    #[must_use]
    pub const fn new(value: &'a T) -> Self {
        Self(Storage::Borrowed(value))
    }

    /// Takes the value.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn from_value(value: T) -> Self {
        Self(Storage::Owned(Box::new(value)))
    }

    /// The value, unless it was received and still is text.
    #[must_use]
    pub fn as_value(&self) -> Option<&T> {
        match &self.0 {
            Storage::Json(_) => None,
            Storage::Borrowed(value) => Some(value),
            #[cfg(feature = "alloc")]
            Storage::Owned(value) => Some(value),
        }
    }
}

impl<'a, T: Value<'a> + Clone> Nested<'a, T> {
    /// The value: read from the text, or cloned.
    #[must_use]
    pub fn get(&self) -> T {
        match &self.0 {
            Storage::Json(text) => T::read_next(&mut Lexer::new(text), Longest::NONE),
            Storage::Borrowed(value) => T::clone(value),
            #[cfg(feature = "alloc")]
            Storage::Owned(value) => T::clone(value),
        }
    }
}

impl<'a, T> From<&'a T> for Nested<'a, T> {
    fn from(value: &'a T) -> Self {
        Self::new(value)
    }
}

/// Equal if the values are, wherever they are stored.
impl<'a, T: Value<'a> + Clone + PartialEq> PartialEq for Nested<'a, T> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<'a, T: Value<'a> + Clone + Eq> Eq for Nested<'a, T> {}

impl<'a, T: Value<'a> + Clone + fmt::Debug> fmt::Debug for Nested<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

impl<T> sealed::Sealed for Nested<'_, T> {}

impl<'a, T: Value<'a> + Clone> Value<'a> for Nested<'a, T> {
    const KIND: Kind = T::KIND;

    fn read(members: &mut Members<'a, '_>) -> Self {
        Self(Storage::Json(members.text().unwrap_or_default()))
    }

    fn read_optional(members: &mut Members<'a, '_>) -> Option<Self> {
        members.text().map(|text| Self(Storage::Json(text)))
    }

    fn write(&self, out: &mut Output<'_>, kind: &'static Kind) {
        match &self.0 {
            Storage::Json(text) => out.received(text, kind),
            Storage::Borrowed(value) => value.write(out, kind),
            #[cfg(feature = "alloc")]
            Storage::Owned(value) => value.write(out, kind),
        }
    }
}

#[cfg(feature = "alloc")]
impl<'a, T: Value<'a> + Clone + IntoOwned> IntoOwned for Nested<'a, T> {
    type Owned = Nested<'static, T::Owned>;

    fn into_owned(self) -> Self::Owned {
        match self.0 {
            Storage::Owned(value) => Nested::from_value(value.into_owned()),
            _ => Nested::from_value(self.get().into_owned()),
        }
    }
}
