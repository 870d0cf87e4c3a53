//! Text of a file that has left the file: not shown by accident, and not left behind in memory.
//!
//! Most of this crate lends from the caller's bytes. Where text has to be owned, because it was decoded or
//! unescaped, it may be a secret, and the memory it had goes back to the allocator some day.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;
use core::ops::Deref;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// Text that `Debug` does not show and that is wiped when dropped, where it is owned.
///
/// What made the text, such as a JSON or HTML reader, may have copies of its own in its buffers.
#[derive(Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Wiped<'a>(#[cfg_attr(feature = "serde", serde(borrow))] Cow<'a, str>);

impl Deref for Wiped<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Zeroize for Wiped<'_> {
    fn zeroize(&mut self) {
        match &mut self.0 {
            Cow::Owned(text) => text.zeroize(),
            // Not ours to change.
            Cow::Borrowed(text) => *text = "",
        }
    }
}

impl Drop for Wiped<'_> {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl ZeroizeOnDrop for Wiped<'_> {}

impl From<String> for Wiped<'_> {
    fn from(text: String) -> Self {
        Self(Cow::Owned(text))
    }
}

impl<'a> From<&'a str> for Wiped<'a> {
    fn from(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl PartialEq<&str> for Wiped<'_> {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

/// Shows how long it is, never what it says.
impl fmt::Debug for Wiped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} bytes>", self.len())
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn wiping_leaves_nothing() {
        let mut owned = Wiped::from(String::from("4711"));
        let mut lent = Wiped::from("4711");
        assert_eq!(format!("{owned:?} {lent:?}"), "<4 bytes> <4 bytes>");
        owned.zeroize();
        lent.zeroize();
        assert_eq!((owned, lent), (Wiped::default(), Wiped::default()));
    }
}
