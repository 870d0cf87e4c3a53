//! The texts of an enumeration.

use crate::json::Quoted;

/// Some texts, kept as one: a table is flash, and a pointer for each takes more of it than most texts do.
#[derive(Clone, Copy, Debug)]
pub struct Texts {
    /// All of them, one behind the other.
    joined: &'static str,
    /// How long each is, in bytes.
    lengths: &'static [u8],
}

impl Texts {
    pub(crate) const fn new(joined: &'static str, lengths: &'static [u8]) -> Self {
        Self { joined, lengths }
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.lengths.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }

    /// The text at an index.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<&'static str> {
        let length = usize::from(*self.lengths.get(at)?);
        let start = self.lengths.iter().take(at).map(|length| usize::from(*length)).sum::<usize>();
        self.joined.get(start..start + length)
    }

    /// All texts, in the order of the specification.
    pub fn iter(&self) -> impl Iterator<Item = &'static str> + use<> {
        let mut rest = self.joined;
        self.lengths.iter().map_while(move |length| {
            let (text, behind) = rest.split_at_checked(usize::from(*length))?;
            rest = behind;
            Some(text)
        })
    }

    /// The index of a text.
    #[must_use]
    pub fn position(&self, text: &str) -> Option<usize> {
        let (joined, text) = (self.joined.as_bytes(), text.as_bytes());
        let mut end = 0;
        self.lengths.iter().position(|length| {
            let start = end;
            end += usize::from(*length);
            // Most of them differ in length or in the first byte; only the rest is worth the call of a comparison.
            text.len() == usize::from(*length)
                && joined.get(start..end).is_some_and(|known| known.first() == text.first() && known == text)
        })
    }

    /// The index of the text a string stands for.
    pub(crate) fn position_of(&self, text: Quoted<'_>) -> Option<usize> {
        if text.escaped { self.iter().position(|known| text.is(known)) } else { self.position(text.raw) }
    }
}

/// Makes [`Texts`] of literals.
macro_rules! texts {
    ($($text:literal),* $(,)?) => {
        $crate::schema::Texts::new(concat!($($text),*), &[$($text.len() as u8),*])
    };
}
pub(crate) use texts;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Lexer;

    const SHORT: Texts = texts!["A", "B", "AB", "", "\u{e9}A"];

    #[test]
    fn texts_are_told_apart() {
        let all: alloc::vec::Vec<_> = SHORT.iter().collect();
        assert_eq!(all, ["A", "B", "AB", "", "\u{e9}A"]);
        for (at, text) in all.iter().enumerate() {
            assert_eq!((SHORT.get(at), SHORT.position(text)), (Some(*text), Some(at)));
        }
        assert_eq!((SHORT.get(5), SHORT.position("BA"), SHORT.position("a")), (None, None, None));
        let escaped = Lexer::new(r#""\u0041B""#).string().unwrap();
        assert_eq!(SHORT.position_of(escaped), Some(2));
    }
}
