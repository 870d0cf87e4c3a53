//! What is wrong in a card list, and where.

use core::fmt;

use crate::csv::{Field, Malformed};
use crate::store::Refusal;
use crate::uid::UidError;

/// What is wrong in a card list and where. Lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct ImportError {
    /// Line of the file.
    pub line: u32,
    /// Character in the line.
    pub column: u32,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong in a card list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The bytes are not UTF-8.
    #[error("this byte is not UTF-8")]
    NotUtf8,
    /// A quote is not closed.
    #[error("the quote that opens here is never closed")]
    UnclosedQuote,
    /// Text follows a closing quote.
    #[error("a separator or the end of the line must follow a closing quote")]
    AfterQuote,
    /// The header names no column of this meaning.
    #[error("the header has no column `{0}`")]
    NoColumn(&'static str),
    /// The header names a meaning twice.
    #[error("the header has a column `{0}` already")]
    ColumnTwice(&'static str),
    /// A value is not of its column's kind.
    #[error("{column}: {expected} belongs here")]
    Value {
        /// Name of the column.
        column: &'static str,
        /// What belongs there.
        expected: &'static str,
    },
    /// A value is not a UID.
    #[error("no UID: {0}")]
    Uid(UidError),
    /// A card breaks a rule of the list.
    #[error("{refusal}{}", Elsewhere(*.first_line))]
    Refused {
        /// The rule.
        refusal: Refusal,
        /// Line of the card it collides with.
        first_line: Option<u32>,
    },
}

struct Elsewhere(Option<u32>);

impl fmt::Display for Elsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |line| write!(f, " (line {line})"))
    }
}

impl ImportError {
    pub(crate) fn at(field: &Field<'_>, problem: Problem) -> Self {
        Self { line: field.line, column: field.column, problem }
    }
}

impl From<Malformed> for ImportError {
    fn from(malformed: Malformed) -> Self {
        let problem = if malformed.unclosed { Problem::UnclosedQuote } else { Problem::AfterQuote };
        Self { line: malformed.line, column: malformed.column, problem }
    }
}
