//! Message schemas as constant tables, and the one validator that walks a text along them.
//!
//! A schema says what the official JSON schemas of the Open Charge Alliance say, nothing more and nothing less; the
//! tables are compared with those files in `tests/schemas.rs`. Objects are closed: a member that is not listed is refused.

mod check;
mod leniency;
mod members;
mod output;
mod path;
mod violation;

#[cfg(feature = "alloc")]
pub use check::check_all;
pub use check::{check, check_with};
pub use leniency::{Leniency, Note, Tolerance};
pub(crate) use members::open;
#[doc(hidden)]
pub use members::{Members, Raw, Readable, Slot};
pub(crate) use output::encode;
#[doc(hidden)]
pub use output::{MemberWriter, Output};
pub use path::Path;
pub use violation::{Rule, Violation};

use crate::json::{Lexer, Reason};

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

/// An object: its members, in the order they are sent.
#[derive(Debug)]
pub struct Object {
    /// At most 64.
    pub fields: &'static [Field],
    /// Whether members that are not listed are allowed, as in the custom data of 2.x.
    pub open: bool,
}

impl Object {
    /// Takes the name of a member and the colon behind it, and says which field that is, if any. Members mostly come in
    /// order, some of them left out, so the search begins with the field at `hint`.
    pub(crate) fn member(&self, lexer: &mut Lexer<'_>, hint: usize) -> Result<Option<usize>, Reason> {
        let names = self.fields.iter().map(|field| field.name);
        if let Some(at) = lexer.take_key(names.clone().skip(hint)) {
            return Ok(Some(hint + at));
        }
        let name = lexer.key()?;
        Ok(name.position(names))
    }
}

/// Variations of a table, at compile time.
impl Object {
    /// The fields, with another kind of value for the one called `name`.
    pub(crate) const fn with_kind<const N: usize>(&self, name: &str, kind: Kind) -> [Field; N] {
        let mut fields = [Field::new("", Kind::Boolean, false); N];
        let mut at = 0;
        let mut found = false;
        while at < N {
            fields[at] = self.fields[at];
            if same(fields[at].name, name) {
                fields[at] = fields[at].kind(kind);
                found = true;
            }
            at += 1;
        }
        assert!(found && N == self.fields.len(), "the object has such a field, and N fields");
        fields
    }
}

/// The most members one of `objects` has.
pub(crate) const fn most_members(mut objects: &[&Object]) -> usize {
    let mut most = 0;
    while let Some((object, rest)) = objects.split_first() {
        most = if object.fields.len() > most { object.fields.len() } else { most };
        objects = rest;
    }
    most
}

/// String equality in constants.
const fn same(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    while let (Some((x, a_rest)), Some((y, b_rest))) = (a.split_first(), b.split_first()) {
        if *x != *y {
            return false;
        }
        (a, b) = (a_rest, b_rest);
    }
    a.is_empty() && b.is_empty()
}

/// A member of an object.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name on the wire.
    pub name: &'static str,
    /// What its value may be.
    pub kind: Kind,
    /// The versions that demand it, one bit each.
    required: u8,
    /// The versions that have it, one bit each.
    present: u8,
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
        values: &'static &'static [&'static str],
        /// How many of `values` the schema lists here; 2.1 lists all.
        listed: u8,
        /// Whether makers are known to add values of their own ([`Leniency::VENDOR_ENUM`]).
        open: bool,
    },
    /// One of some texts before 2.1, any text since then.
    Opened {
        /// The texts.
        values: &'static &'static [&'static str],
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

/// The marks of a table row, each a constant function.
impl Field {
    /// A member every version has.
    pub(crate) const fn new(name: &'static str, kind: Kind, required: bool) -> Self {
        Self { name, kind, required: if required { u8::MAX } else { 0 }, present: u8::MAX }
    }

    /// As [`new`](Self::new), for 2.x, whose schemas are of JSON Schema draft 6.
    pub(crate) const fn of_v2(name: &'static str, kind: Kind, required: bool) -> Self {
        let field = Self::new(name, kind, required);
        match kind {
            Kind::Number(Number { form: Form::Integer, .. }) => field.draft6(),
            _ => field,
        }
    }

    /// At least `fewest` items.
    pub(crate) const fn min_items(mut self, fewest: u8) -> Self {
        match &mut self.kind {
            Kind::List { min, .. } => *min = fewest,
            _ => panic!("min_items marks a list"),
        }
        self
    }

    /// At most `most` items.
    pub(crate) const fn max_items(mut self, most: u16) -> Self {
        match &mut self.kind {
            Kind::List { max, .. } => *max = most,
            _ => panic!("max_items marks a list"),
        }
        self
    }

    /// Other items than the Rust type alone says.
    pub(crate) const fn items(mut self, kind: &'static Kind) -> Self {
        match &mut self.kind {
            Kind::List { item, .. } => *item = kind,
            _ => panic!("items marks a list"),
        }
        self
    }

    /// A multiple of 0.1.
    pub(crate) const fn tenths(mut self) -> Self {
        self.number().form = Form::Tenths;
        self
    }

    /// An integer of JSON Schema draft 6.
    pub(crate) const fn draft6(mut self) -> Self {
        self.number().form = Form::Draft6Integer;
        self
    }

    /// A whole number before 2.1.
    pub(crate) const fn decimal_since_v21(mut self) -> Self {
        self.number().form = Form::DecimalSinceV21;
        self
    }

    /// At least `min`.
    pub(crate) const fn at_least(mut self, min: i8) -> Self {
        self.number().min = Some(min);
        self
    }

    /// At most `max`.
    pub(crate) const fn at_most(mut self, max: i8) -> Self {
        self.number().max = Some(max);
        self
    }

    /// The bounds hold since 2.1 only.
    pub(crate) const fn bounds_since_v21(mut self) -> Self {
        self.number().bounds_since_v21 = true;
        self
    }

    const fn number(&mut self) -> &mut Number {
        match &mut self.kind {
            Kind::Number(number) => number,
            _ => panic!("the mark is for numbers"),
        }
    }

    /// Shorter before 2.1: at most `most` characters.
    pub(crate) const fn before_v21(mut self, most: u16) -> Self {
        match &mut self.kind {
            Kind::Text { before_v21, .. } => *before_v21 = most,
            _ => panic!("before_v21 marks a text"),
        }
        self
    }

    /// Before 2.1 one of `values`.
    pub(crate) const fn opened(mut self, values: &'static &'static [&'static str]) -> Self {
        match self.kind {
            Kind::Text { max, .. } => self.kind = Kind::Opened { values, max: max as u8 },
            _ => panic!("opened marks a text"),
        }
        self
    }

    /// New in 2.1.
    pub(crate) const fn since_v21(mut self) -> Self {
        self.present = Version::V21.bit();
        self.required &= Version::V21.bit();
        self
    }

    /// Required in `version` only.
    pub(crate) const fn required_in(mut self, version: Version) -> Self {
        self.required = version.bit();
        self
    }

    /// A name that devices are known to send too long.
    pub(crate) const fn identity(mut self) -> Self {
        match self.kind {
            Kind::Text { max, .. } => self.kind = Kind::Identity(max),
            _ => panic!("identity marks a text"),
        }
        self
    }

    /// Another kind of value than the Rust type alone says.
    pub(crate) const fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// Whether the member may occur in `version`.
    #[must_use]
    pub const fn is_in(&self, version: Version) -> bool {
        self.present & version.bit() != 0
    }

    /// Whether `null` cannot be its value.
    pub(crate) const fn is_never_null(&self) -> bool {
        !matches!(self.kind, Kind::Any)
    }

    /// Whether the member must occur in `version`.
    #[must_use]
    pub const fn is_required(&self, version: Version) -> bool {
        self.required & version.bit() != 0
    }
}
