//! [`List`]: an array that is borrowed from the received text, from a slice, or owned.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::fmt;

use crate::json::Lexer;
use crate::message::{Value, WriteItems, sealed};
use crate::schema::{Kind, Longest, MemberWriter, Members, Output};

#[derive(Clone)]
enum Storage<'a, T> {
    /// The text of an array that has been checked; items are read when asked for.
    Json(&'a str),
    Slice(&'a [T]),
    #[cfg(feature = "alloc")]
    Owned(Vec<T>),
}

/// A list of values.
///
/// A received list is the checked but unparsed part of the frame: it costs two words whatever its length, and
/// [`iter`](Self::iter) reads one item at a time. A list to be sent borrows a slice, or (feature `alloc`) owns a vector.
#[derive(Clone)]
pub struct List<'a, T>(Storage<'a, T>);

impl<'a, T> List<'a, T> {
    /// Borrows the items. The bounds on their number are checked when the message is encoded.
    #[must_use]
    pub const fn new(items: &'a [T]) -> Self {
        Self(Storage::Slice(items))
    }

    /// Takes the items.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub const fn from_vec(items: Vec<T>) -> Self {
        Self(Storage::Owned(items))
    }

    /// The items as a slice, unless the list was received and still is text.
    #[must_use]
    pub fn as_slice(&self) -> Option<&[T]> {
        match &self.0 {
            Storage::Json(_) => None,
            Storage::Slice(items) => Some(items),
            #[cfg(feature = "alloc")]
            Storage::Owned(items) => Some(items),
        }
    }

    /// Whether there are no items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match &self.0 {
            Storage::Json(text) => first_item(text).is_none(),
            Storage::Slice(items) => items.is_empty(),
            #[cfg(feature = "alloc")]
            Storage::Owned(items) => items.is_empty(),
        }
    }
}

impl<'a, T: Value<'a> + Clone> List<'a, T> {
    /// The items, by value: read from the text, or cloned.
    #[must_use]
    pub fn iter(&self) -> Iter<'_, 'a, T> {
        Iter(match &self.0 {
            Storage::Json(text) => Source::Json(first_item(text)),
            Storage::Slice(items) => Source::Items(items.iter()),
            #[cfg(feature = "alloc")]
            Storage::Owned(items) => Source::Items(items.iter()),
        })
    }

    /// Number of items; a received list is walked to count them.
    #[must_use]
    pub fn len(&self) -> usize {
        match self.as_slice() {
            Some(items) => items.len(),
            None => self.iter().count(),
        }
    }
}

/// In front of the first item of an array, if it has one.
fn first_item(text: &str) -> Option<Lexer<'_>> {
    let mut lexer = Lexer::new(text);
    (lexer.take(b'[') && !lexer.take(b']')).then_some(lexer)
}

/// Iterator over the items of a [`List`].
#[derive(Clone, Debug)]
pub struct Iter<'l, 'a, T>(Source<'l, 'a, T>);

#[derive(Clone, Debug)]
enum Source<'l, 'a, T> {
    /// In front of the next item, or `None` behind the last.
    Json(Option<Lexer<'a>>),
    Items(core::slice::Iter<'l, T>),
}

impl<'a, T: Value<'a> + Clone> Iterator for Iter<'_, 'a, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        match &mut self.0 {
            Source::Items(items) => items.next().cloned(),
            Source::Json(position) => {
                let mut lexer = position.take()?;
                let item = T::read_next(&mut lexer, Longest::NONE);
                if lexer.more(b']') == Ok(true) {
                    *position = Some(lexer);
                }
                Some(item)
            }
        }
    }
}

impl<'l, 'a, T: Value<'a> + Clone> IntoIterator for &'l List<'a, T> {
    type Item = T;
    type IntoIter = Iter<'l, 'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T> Default for List<'_, T> {
    fn default() -> Self {
        Self::new(&[])
    }
}

impl<'a, T> From<&'a [T]> for List<'a, T> {
    fn from(items: &'a [T]) -> Self {
        Self::new(items)
    }
}

impl<'a, T, const N: usize> From<&'a [T; N]> for List<'a, T> {
    fn from(items: &'a [T; N]) -> Self {
        Self::new(items)
    }
}

#[cfg(feature = "alloc")]
impl<T> From<Vec<T>> for List<'_, T> {
    fn from(items: Vec<T>) -> Self {
        Self::from_vec(items)
    }
}

/// Equal if the items are, wherever they are stored.
impl<'a, T: Value<'a> + Clone + PartialEq> PartialEq for List<'a, T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<'a, T: Value<'a> + Clone + Eq> Eq for List<'a, T> {}

impl<'a, T: Value<'a> + Clone + fmt::Debug> fmt::Debug for List<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<T> sealed::Sealed for List<'_, T> {}

impl<'a, T: Value<'a> + Clone> Value<'a> for List<'a, T> {
    const KIND: Kind = Kind::List { item: &T::KIND, min: 0, max: u16::MAX };

    fn read(members: &mut Members<'a, '_>) -> Self {
        Self(Storage::Json(members.text().unwrap_or_default()))
    }

    fn read_optional(members: &mut Members<'a, '_>) -> Option<Self> {
        members.text().map(|text| Self(Storage::Json(text)))
    }

    fn write(&self, out: &mut Output<'_>, kind: &'static Kind) {
        out.list(self, kind);
    }

    fn write_member(value: Option<&Self>, members: &mut MemberWriter<'_, '_>) {
        members.list(value.map(|list| list as _));
    }
}

impl<'a, T: Value<'a> + Clone> WriteItems for List<'a, T> {
    fn received(&self) -> Option<&str> {
        match self.0 {
            Storage::Json(text) => Some(text),
            _ => None,
        }
    }

    fn write_items(&self, out: &mut Output<'_>, kind: &'static Kind) -> usize {
        let items = self.as_slice().unwrap_or_default();
        items.iter().for_each(|item| item.write(out, kind));
        items.len()
    }
}

#[cfg(feature = "alloc")]
impl<'a, T: Value<'a> + Clone + crate::message::IntoOwned> crate::message::IntoOwned for List<'a, T> {
    type Owned = List<'static, T::Owned>;

    fn into_owned(self) -> Self::Owned {
        match self.0 {
            Storage::Owned(items) => items.into_iter().map(T::into_owned).collect::<Vec<_>>().into(),
            _ => self.iter().map(T::into_owned).collect::<Vec<_>>().into(),
        }
    }
}
