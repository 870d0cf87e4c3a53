//! Bounded strings: [`Str`] and its case-insensitive twin [`CiStr`].
//!
//! Lengths are in characters (Unicode scalar values), as JSON Schema counts them, never in bytes. A value borrows from
//! the received frame, from the caller, or (feature `alloc`) owns its text; nobody can tell which, and all compare equal
//! when their characters do.

#[cfg(feature = "alloc")]
use alloc::{borrow::Cow, boxed::Box, string::String};
use core::fmt::{self, Write as _};
use core::hash::{Hash, Hasher};

use crate::json::{Chars, Quoted, Writer};

/// The text has more characters than its field allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{length} characters where at most {max} are allowed")]
pub struct TooLong {
    /// Length of the text in characters.
    pub length: usize,
    /// The bound of the field in characters.
    pub max: usize,
}

/// Where the characters of a bounded string are, whatever its bound.
#[derive(Clone, Debug)]
pub(crate) enum Storage<'a> {
    /// The characters themselves.
    Plain(&'a str),
    /// The inside of a JSON string with at least one escape, already checked by the lexer.
    Escaped(&'a str),
    #[cfg(feature = "alloc")]
    Owned(Box<str>),
}

impl Default for Storage<'_> {
    fn default() -> Self {
        Self::Plain("")
    }
}

impl<'a> Storage<'a> {
    pub(crate) const fn received(quoted: Quoted<'a>) -> Self {
        if quoted.escaped { Self::Escaped(quoted.raw) } else { Self::Plain(quoted.raw) }
    }

    /// Whether there are more than `max` characters; `u16::MAX` stands for no bound.
    pub(crate) fn is_longer_than(&self, max: u16) -> bool {
        let text = match self {
            Self::Plain(text) | Self::Escaped(text) => text,
            #[cfg(feature = "alloc")]
            Self::Owned(text) => &**text,
        };
        // A character is at least one byte, so short texts need no counting.
        max != u16::MAX && text.len() > max.into() && self.chars().count() > max.into()
    }

    pub(crate) fn is(&self, text: &str) -> bool {
        match self.as_str() {
            Some(own) => own == text,
            None => self.chars().eq(text.chars()),
        }
    }

    fn is_ignoring_case(&self, text: &str) -> bool {
        match self.as_str() {
            Some(own) => own.eq_ignore_ascii_case(text),
            None => self.chars().map(fold).eq(text.chars().map(fold)),
        }
    }

    fn same(&self, other: &Storage<'_>) -> bool {
        match other.as_str() {
            Some(text) => self.is(text),
            None => self.chars().eq(other.chars()),
        }
    }

    fn same_ignoring_case(&self, other: &Storage<'_>) -> bool {
        match other.as_str() {
            Some(text) => self.is_ignoring_case(text),
            None => self.chars().map(fold).eq(other.chars().map(fold)),
        }
    }

    fn as_str(&self) -> Option<&str> {
        match self {
            Self::Plain(text) => Some(text),
            Self::Escaped(_) => None,
            #[cfg(feature = "alloc")]
            Self::Owned(text) => Some(text),
        }
    }

    fn chars(&self) -> Chars<'_> {
        match self {
            Self::Plain(text) => Chars::plain(text),
            Self::Escaped(raw) => Quoted { raw, escaped: true }.chars(),
            #[cfg(feature = "alloc")]
            Self::Owned(text) => Chars::plain(text),
        }
    }

    pub(crate) fn write(&self, w: &mut Writer<'_>) {
        match self {
            Self::Plain(text) => w.string(text),
            Self::Escaped(raw) => w.escaped(raw),
            #[cfg(feature = "alloc")]
            Self::Owned(text) => w.string(text),
        }
    }

    #[cfg(feature = "alloc")]
    fn into_cow(self) -> Cow<'a, str> {
        match self {
            Self::Plain(text) => Cow::Borrowed(text),
            Self::Escaped(raw) => Cow::Owned(Quoted { raw, escaped: true }.chars().collect()),
            Self::Owned(text) => Cow::Owned(text.into()),
        }
    }
}

/// One form for both cases of an ASCII letter.
const fn fold(c: char) -> char {
    c.to_ascii_lowercase()
}

/// The first `max` characters. One function for all bounds there are.
#[inline(never)]
fn cut(text: &str, max: usize) -> &str {
    let end = text.char_indices().nth(max).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or_default()
}

/// The characters in a buffer, if they fit. One function for all bounds, too.
#[inline(never)]
fn copy<'b>(chars: Chars<'_>, buffer: &'b mut [u8]) -> Option<&'b str> {
    let mut len = 0;
    for c in chars {
        let room = buffer.get_mut(len..).and_then(|rest| rest.get_mut(..c.len_utf8()))?;
        len += c.encode_utf8(room).len();
    }
    buffer.get(..len).and_then(|text| core::str::from_utf8(text).ok())
}

const fn fits(text: &str, max: usize) -> Result<(), TooLong> {
    let length = count_chars(text);
    if length > max { Err(TooLong { length, max }) } else { Ok(()) }
}

const fn count_chars(text: &str) -> usize {
    let mut rest = text.as_bytes();
    let mut count = 0;
    while let Some((byte, tail)) = rest.split_first() {
        // Every byte but a continuation byte begins a character.
        if *byte & 0xc0 != 0x80 {
            count += 1;
        }
        rest = tail;
    }
    count
}

macro_rules! bounded_text {
    ($(#[$doc:meta])* $Name:ident, $is:ident, $same:ident, $fold:expr) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $Name<'a, const MAX: usize = { usize::MAX }>(Storage<'a>);

        impl<'a, const MAX: usize> $Name<'a, MAX> {
            /// Largest number of characters.
            pub const MAX: usize = MAX;

            /// Borrows `text`.
            ///
            /// # Errors
            /// If `text` has more than `MAX` characters.
            pub const fn new(text: &'a str) -> Result<Self, TooLong> {
                match fits(text, MAX) {
                    Ok(()) => Ok(Self(Storage::Plain(text))),
                    Err(error) => Err(error),
                }
            }

            /// Borrows the first `MAX` characters of `text`, for texts that only inform.
            #[must_use]
            pub fn cut(text: &'a str) -> Self {
                Self(Storage::Plain(cut(text, MAX)))
            }

            pub(crate) const fn received(storage: Storage<'a>) -> Self {
                Self(storage)
            }

            pub(crate) const fn storage(&self) -> &Storage<'a> {
                &self.0
            }

            /// The text as one slice, or `None` if it was received with escapes in it: then use
            /// [`chars`](Self::chars), `Display`, [`copy_to`](Self::copy_to) or (feature `alloc`) `to_cow`.
            #[must_use]
            pub fn as_str(&self) -> Option<&str> {
                self.0.as_str()
            }

            /// The characters, escapes resolved.
            #[must_use]
            pub fn chars(&self) -> Chars<'_> {
                self.0.chars()
            }

            /// Length in characters.
            #[must_use]
            pub fn len(&self) -> usize {
                match self.0.as_str() {
                    Some(text) => count_chars(text),
                    None => self.chars().count(),
                }
            }

            /// Whether there are no characters.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.chars().next().is_none()
            }

            /// Copies the text into `buffer`, escapes resolved; `None` if it does not fit. `4 × MAX` bytes always
            /// suffice.
            #[must_use]
            pub fn copy_to<'b>(&self, buffer: &'b mut [u8]) -> Option<&'b str> {
                copy(self.chars(), buffer)
            }

            pub(crate) fn write(&self, w: &mut Writer<'_>) {
                self.0.write(w);
            }

            /// The text, allocated only if it was received with escapes in it.
            #[cfg(feature = "alloc")]
            #[must_use]
            pub fn to_cow(&self) -> Cow<'_, str> {
                match self.0.as_str() {
                    Some(text) => Cow::Borrowed(text),
                    None => Cow::Owned(self.chars().collect()),
                }
            }

            /// The same text, owned.
            #[cfg(feature = "alloc")]
            #[must_use]
            pub fn into_owned(self) -> $Name<'static, MAX> {
                $Name(Storage::Owned(self.0.into_cow().into()))
            }

            /// Takes ownership of `text`.
            ///
            /// # Errors
            /// If `text` has more than `MAX` characters.
            #[cfg(feature = "alloc")]
            pub fn from_string(text: String) -> Result<Self, TooLong> {
                fits(&text, MAX)?;
                Ok(Self(Storage::Owned(text.into())))
            }
        }

        impl<'a, const MAX: usize> TryFrom<&'a str> for $Name<'a, MAX> {
            type Error = TooLong;

            fn try_from(text: &'a str) -> Result<Self, TooLong> {
                Self::new(text)
            }
        }

        impl<const MAX: usize> PartialEq<str> for $Name<'_, MAX> {
            fn eq(&self, other: &str) -> bool {
                self.0.$is(other)
            }
        }

        impl<const MAX: usize> PartialEq<&str> for $Name<'_, MAX> {
            fn eq(&self, other: &&str) -> bool {
                *self == **other
            }
        }

        impl<const MAX: usize, const OTHER: usize> PartialEq<$Name<'_, OTHER>> for $Name<'_, MAX> {
            fn eq(&self, other: &$Name<'_, OTHER>) -> bool {
                self.0.$same(&other.0)
            }
        }

        impl<const MAX: usize> Eq for $Name<'_, MAX> {}

        impl<const MAX: usize> Hash for $Name<'_, MAX> {
            fn hash<H: Hasher>(&self, state: &mut H) {
                for c in self.chars() {
                    $fold(c).hash(state);
                }
            }
        }

        impl<const MAX: usize> fmt::Display for $Name<'_, MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.0.as_str() {
                    Some(text) => f.pad(text),
                    None => self.chars().try_for_each(|c| f.write_char(c)),
                }
            }
        }

        impl<const MAX: usize> fmt::Debug for $Name<'_, MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_char('"')?;
                self.chars().flat_map(char::escape_debug).try_for_each(|c| f.write_char(c))?;
                f.write_char('"')
            }
        }
    };
}

bounded_text!(
    /// A string of at most `MAX` characters, compared exactly.
    Str,
    is,
    same,
    |c: char| c
);

bounded_text!(
    /// A string of at most `MAX` characters that compares without regard to the case of ASCII letters and keeps the
    /// case it came in (`CiString`, OCPP 1.6 §7.16 ff.; `identifierString` comparisons of 2.0.1).
    CiStr,
    is_ignoring_case,
    same_ignoring_case,
    fold
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Lexer;
    use alloc::format;
    use alloc::string::ToString;

    fn received(json: &str) -> Str<'_, 20> {
        Str::received(Storage::received(Lexer::new(json).string().unwrap()))
    }

    #[test]
    fn length_is_in_characters() {
        assert!(Str::<4>::new("caf\u{e9}").is_ok());
        assert_eq!(Str::<3>::new("caf\u{e9}"), Err(TooLong { length: 4, max: 3 }));
        assert_eq!(received(r#""\ud83d\ude00""#).len(), 1);
        assert_eq!(Str::<3>::cut("caf\u{e9}s"), "caf");
        assert_eq!(Str::<4>::cut("caf\u{e9}s"), "caf\u{e9}");
        const CHECKED_AT_COMPILE_TIME: Result<Str<'static, 3>, TooLong> = Str::new("abc");
        assert!(CHECKED_AT_COMPILE_TIME.is_ok());
    }

    #[test]
    fn comparisons_see_characters() {
        let escaped = received(r#""a\u0062\/C""#);
        assert_eq!(escaped.as_str(), None);
        assert_eq!(escaped, "ab/C");
        assert_ne!(escaped, "ab/c");
        assert_eq!(escaped, Str::<4>::new("ab/C").unwrap());
        assert_eq!(Str::<4>::new("ab/C").unwrap(), escaped);
        assert_eq!(escaped.to_string(), "ab/C");
        assert_eq!(format!("{escaped:?}"), "\"ab/C\"");
        let folded =
            CiStr::<20>::received(Storage::received(Lexer::new(r#""a\u0062\/C""#).string().unwrap()));
        assert_eq!(folded, "AB/c");
        assert_eq!(CiStr::<4>::new("AB/c").unwrap(), folded);
        // Only ASCII letters are folded.
        assert_ne!(CiStr::<1>::new("\u{e9}").unwrap(), "\u{c9}");
    }

    #[test]
    fn copies_resolved() {
        assert_eq!(received(r#""a\n\u00e9""#).copy_to(&mut [0; 4]), Some("a\n\u{e9}"));
        assert_eq!(received(r#""a\n\u00e9""#).copy_to(&mut [0; 3]), None);
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn owned_is_equal() {
        let escaped = received(r#""a\u0062""#);
        let owned = escaped.clone().into_owned();
        assert_eq!(owned, escaped);
        assert_eq!(owned.as_str(), Some("ab"));
        assert_eq!(Str::<1>::from_string("ab".to_string()), Err(TooLong { length: 2, max: 1 }));
    }
}
