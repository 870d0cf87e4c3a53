//! Message schemas as constant tables, and the one validator that walks a text along them.
//!
//! A schema says what the official JSON schemas of the Open Charge Alliance say, nothing more and nothing less; the
//! tables are compared with those files in `tests/schemas.rs`. Objects are closed: a member that is not listed is refused.

mod check;
mod leniency;
mod members;
mod object;
mod output;
mod path;
mod texts;
mod violation;

#[cfg(feature = "alloc")]
pub use check::check_all;
pub use check::{check, check_with};
pub use leniency::{Leniency, Note, Tolerance};
#[doc(hidden)]
pub use members::{Longest, Members, Slot};
pub(crate) use object::{CUSTOM_DATA_OBJECT, Entry, Others, Row, most_members};
pub use object::{Field, Object};
pub(crate) use output::encode;
#[doc(hidden)]
pub use output::{MemberWriter, Output};
pub use path::Path;
pub use texts::Texts;
pub(crate) use texts::texts;
pub use violation::{Rule, Violation};

/// A version of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// OCPP 1.6J, schemas of 2019-12 and, for the security extension, 2020-03.
    V16,
    /// OCPP 2.0.1.
    V201,
    /// OCPP 2.1.
    V21,
}

impl Version {
    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// What a value may be. Eight bytes on a 32-bit target: a table is flash.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number(Number),
    /// A string.
    Text {
        /// Most characters; `u16::MAX` stands for no bound.
        max: u16,
        /// Most characters before 2.1.
        before_v21: u16,
    },
    /// A string of at most so many characters, a name that devices are known to send too long ([`Leniency::LONG_IDENTITY`]).
    Identity(u16),
    /// A time stamp, RFC 3339.
    DateTime,
    /// One of some texts.
    Choice {
        /// The texts, followed by those that only another schema lists: that of another message or of a later version.
        values: &'static Texts,
        /// How many of `values` the schema lists here; 2.1 lists all.
        listed: u8,
        /// Whether makers are known to add values of their own ([`Leniency::VENDOR_ENUM`]).
        open: bool,
    },
    /// One of some texts before 2.1, any text since then.
    Opened {
        /// The texts.
        values: &'static Texts,
        /// Most characters since 2.1.
        max: u8,
    },
    /// An object.
    Object(&'static Object),
    /// An array.
    List {
        /// What every item may be.
        item: &'static Self,
        /// Fewest items.
        min: u8,
        /// Most items; `u16::MAX` stands for no bound.
        max: u16,
    },
    /// Any JSON value.
    Any,
}

/// What a number may be.
#[derive(Clone, Copy, Debug)]
pub struct Number {
    /// Which numbers.
    pub form: Form,
    /// The least one.
    pub min: Option<i8>,
    /// The greatest one.
    pub max: Option<i8>,
    /// Whether the bounds hold since 2.1 only.
    pub bounds_since_v21: bool,
}

impl Number {
    /// Which numbers `version` allows, and between which bounds.
    #[must_use]
    pub fn in_version(self, version: Version) -> (Form, Option<i8>, Option<i8>) {
        let form = match self.form {
            Form::DecimalSinceV21 if version < Version::V21 => Form::Draft6Integer,
            Form::DecimalSinceV21 => Form::Decimal,
            form => form,
        };
        if self.bounds_since_v21 && version < Version::V21 {
            (form, None, None)
        } else {
            (form, self.min, self.max)
        }
    }
}

/// Which numbers are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Those without fraction and exponent.
    Integer,
    /// Whole ones, however written: where the schema is JSON Schema draft 6, `1.0` and `1e2` are integers too.
    Draft6Integer,
    /// Any.
    Decimal,
    /// Whole ones before 2.1, any since then.
    DecimalSinceV21,
    /// Multiples of 0.1.
    Tenths,
}

impl Kind {
    pub(crate) const INTEGER: Self = Self::number(Form::Integer);
    pub(crate) const DECIMAL: Self = Self::number(Form::Decimal);
    /// An integer of JSON Schema draft 6.
    pub(crate) const DRAFT6_INTEGER: Self = Self::number(Form::Draft6Integer);
    /// One that is not negative.
    pub(crate) const NATURAL: Self =
        Self::Number(Number { form: Form::Draft6Integer, min: Some(0), max: None, bounds_since_v21: false });
    /// One that 2.1 does not allow to be negative.
    pub(crate) const NATURAL_SINCE_V21: Self =
        Self::Number(Number { form: Form::Draft6Integer, min: Some(0), max: None, bounds_since_v21: true });

    const fn number(form: Form) -> Self {
        Self::Number(Number { form, min: None, max: None, bounds_since_v21: false })
    }

    /// A string of at most `max` characters.
    pub(crate) const fn text(max: usize) -> Self {
        let max = if max < u16::MAX as usize { max as u16 } else { u16::MAX };
        Self::Text { max, before_v21: max }
    }
}
