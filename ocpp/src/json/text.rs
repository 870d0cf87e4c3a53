//! [`JsonText`]: a JSON value nobody looks into, kept as its text.

#[cfg(feature = "alloc")]
use alloc::boxed::Box;
use core::fmt;

use super::{Json, Lexer, Quoted, SyntaxError};

#[derive(Clone)]
enum Storage<'a> {
    Borrowed(&'a str),
    #[cfg(feature = "alloc")]
    Owned(Box<str>),
}

/// Any JSON value, as text: for members whose content only the two parties know.
///
/// Two of them are equal if their texts are.
#[derive(Clone)]
pub struct JsonText<'a>(Storage<'a>);

impl<'a> JsonText<'a> {
    /// Takes `text` if it is exactly one JSON value; white space around it is dropped.
    ///
    /// # Errors
    /// If it is not.
    pub fn new(text: &'a str) -> Result<Self, SyntaxError> {
        let mut lexer = Lexer::new(text);
        let value = lexer.skip().and_then(|value| lexer.end().map(|()| value));
        value.map(Self::checked).map_err(|reason| lexer.error(reason))
    }

    pub(crate) const fn checked(text: &'a str) -> Self {
        Self(Storage::Borrowed(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Storage::Borrowed(text) => text,
            #[cfg(feature = "alloc")]
            Storage::Owned(text) => text,
        }
    }

    /// The kind of value.
    #[must_use]
    pub fn kind(&self) -> Json {
        Lexer::new(self.as_str()).kind().unwrap_or(Json::Null)
    }

    /// The value as a string, if it is one.
    #[must_use]
    pub fn as_string(&self) -> Option<Quoted<'_>> {
        Lexer::new(self.as_str()).string().ok()
    }

    /// The value of the member called `name`, if the value is an object and has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<JsonText<'_>> {
        self.member(name).map(JsonText::checked)
    }

    /// The text of the member called `name`.
    pub(crate) fn member(&self, name: &str) -> Option<&str> {
        let mut lexer = Lexer::new(self.as_str());
        let mut more = lexer.take(b'{') && !lexer.take(b'}');
        while more {
            let key = lexer.key().ok()?;
            let value = lexer.skip().ok()?;
            if key.is(name) {
                return Some(value);
            }
            more = lexer.more(b'}').ok()?;
        }
        None
    }

    /// The same text, owned.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn into_owned(self) -> JsonText<'static> {
        JsonText(Storage::Owned(match self.0 {
            Storage::Borrowed(text) => text.into(),
            Storage::Owned(text) => text,
        }))
    }
}

impl fmt::Display for JsonText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for JsonText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl PartialEq for JsonText<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for JsonText<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_by_name() {
        let json = JsonText::new(r#" {"a":{"b":[1,2]}, "\u0063":"x\ny", "n":null} "#).unwrap();
        assert_eq!(json.kind(), Json::Object);
        assert_eq!(json.get("a").unwrap().get("b").unwrap().as_str(), "[1,2]");
        assert!(json.get("c").unwrap().as_string().unwrap().is("x\ny"));
        assert_eq!(json.get("n").unwrap().kind(), Json::Null);
        assert_eq!(json.get("b"), None);
        assert_eq!(JsonText::new("[1]").unwrap().get("a"), None);
        assert_eq!(JsonText::new("{}").unwrap().get("a"), None);
        assert!(JsonText::new("{} 1").is_err());
    }
}
