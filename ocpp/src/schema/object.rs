//! Objects: tables of members, packed, since a table is flash.

use super::{Form, Kind, Number, Texts, Version};
use crate::json::{Lexer, Reason};

/// An object: its members, in the order they are sent.
#[derive(Debug)]
pub struct Object {
    /// At most 63.
    pub(crate) rows: &'static [Row],
    /// The names of all rows, one behind the other.
    pub(crate) names: &'static str,
    pub(crate) others: Others,
}

/// What an object may have beside the rows of its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Others {
    Nothing,
    /// Custom data, as every class of 2.x.
    CustomData,
    /// Anything, as custom data.
    Anything,
}

/// The index of a member that no row is about.
pub(crate) const UNKNOWN: u8 = u8::MAX;

/// A row of a table. Twelve bytes on a 32-bit target.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) kind: Kind,
    /// Where its name stands among those of its object.
    start: u16,
    length: u8,
    marks: Marks,
}

/// The versions that have a member, and those that demand it: one bit each, and as many behind them.
#[derive(Clone, Copy, Debug)]
struct Marks(u8);

/// A member of an object.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name on the wire.
    pub name: &'static str,
    /// What its value may be.
    pub kind: &'static Kind,
    marks: Marks,
}

/// The member every class of 2.x may have: an object of members a vendor has defined, one of which names the vendor
/// (OCPP 2.0.1 part 2 §2.1.4).
const CUSTOM_DATA: &Row =
    &Row::all([Entry::new(CUSTOM_DATA_NAME, Kind::Object(CUSTOM_DATA_OBJECT), false)])[0];
const CUSTOM_DATA_NAME: &str = "customData";
pub(crate) const CUSTOM_DATA_OBJECT: &Object = &Object {
    rows: &Row::all([Entry::new("vendorId", Kind::text(255), true)]),
    names: "vendorId",
    others: Others::Anything,
};

impl Object {
    /// The members, in the order they are sent.
    pub fn fields(&self) -> impl Iterator<Item = Field> {
        (0..UNKNOWN).map_while(|at| self.field(at))
    }

    /// The member at an index.
    pub(crate) fn field(&self, at: u8) -> Option<Field> {
        let row = self.row(at)?;
        Some(Field { name: self.name(at), kind: &row.kind, marks: row.marks })
    }

    /// Whether members that are not listed are allowed, as in the custom data of 2.x.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.others == Others::Anything
    }

    /// The row at an index.
    pub(crate) fn row(&self, at: u8) -> Option<&'static Row> {
        let at = usize::from(at);
        match self.rows.get(at) {
            None if at == self.rows.len() && self.others == Others::CustomData => Some(CUSTOM_DATA),
            row => row,
        }
    }

    /// The name of the row at an index.
    fn name(&self, at: u8) -> &'static str {
        core::str::from_utf8(self.name_bytes(at)).unwrap_or_default()
    }

    /// The name of the row at an index.
    pub(crate) fn name_bytes(&self, at: u8) -> &'static [u8] {
        match self.rows.get(usize::from(at)) {
            Some(row) => self.names.as_bytes().get(row.name()).unwrap_or_default(),
            None => CUSTOM_DATA_NAME.as_bytes(),
        }
    }

    /// Takes the name of a member and the colon behind it, and says which field that is; [`UNKNOWN`] if none. Members mostly
    /// come in order, some of them left out, so the search begins with the field at `hint`.
    // Inline, a check takes 2 to 3 % fewer instructions, and no more flash where it is built for size.
    #[inline]
    pub(crate) fn member(&self, lexer: &mut Lexer<'_>, hint: u8) -> Result<u8, Reason> {
        let rows = self.rows.get(usize::from(hint)..).unwrap_or_default();
        if let Some(text) = lexer.inside_quote() {
            let ahead = rows.iter().position(|row| {
                let length = usize::from(row.length);
                text.get(length) == Some(&b'"') && text.get(..length) == self.names.as_bytes().get(row.name())
            });
            if let Some(ahead) = ahead {
                let length = rows.get(ahead).map_or(0, |row| row.length.into());
                if lexer.pass_key(length) {
                    return Ok(hint + ahead as u8);
                }
            }
        }
        let name = lexer.key()?;
        Ok(self.fields().position(|field| name.is(field.name)).map_or(UNKNOWN, |at| at as u8))
    }

    /// The rows, with another kind of value for the one called `name`; at compile time.
    pub(crate) const fn with_kind<const N: usize>(&self, name: &str, kind: Kind) -> [Row; N] {
        let mut rows = [Row { kind, start: 0, length: 0, marks: Marks(0) }; N];
        let mut at = 0;
        let mut found = false;
        while at < N {
            rows[at] = self.rows[at];
            let (_, behind) = self.names.as_bytes().split_at(rows[at].start as usize);
            if same(behind.split_at(rows[at].length as usize).0, name.as_bytes()) {
                rows[at].kind = kind;
                found = true;
            }
            at += 1;
        }
        assert!(found && N == self.rows.len(), "the object has such a field, and N fields");
        rows
    }
}

/// The most members one of `objects` has, at compile time.
pub(crate) const fn most_members(mut objects: &[&Object]) -> usize {
    let mut most = 0;
    while let Some((object, rest)) = objects.split_first() {
        let members = object.rows.len() + matches!(object.others, Others::CustomData) as usize;
        most = if members > most { members } else { most };
        objects = rest;
    }
    most
}

/// Equality in constants.
const fn same(mut a: &[u8], mut b: &[u8]) -> bool {
    while let (Some((x, a_rest)), Some((y, b_rest))) = (a.split_first(), b.split_first()) {
        if *x != *y {
            return false;
        }
        (a, b) = (a_rest, b_rest);
    }
    a.is_empty() && b.is_empty()
}

impl Row {
    /// A whole table, at compile time. Its names stand one behind the other.
    pub(crate) const fn all<const N: usize>(entries: [Entry; N]) -> [Self; N] {
        let mut rows = [Self { kind: Kind::Boolean, start: 0, length: 0, marks: Marks(0) }; N];
        let mut start = 0;
        let mut at = 0;
        while at < N {
            let Entry { name, kind, required, present } = entries[at];
            assert!(start < u16::MAX as usize && name.len() <= u8::MAX as usize, "names are short");
            let marks = Marks(present & ALL_VERSIONS | (required & ALL_VERSIONS) << REQUIRED_SHIFT);
            rows[at] = Self { kind, start: start as u16, length: name.len() as u8, marks };
            start += name.len();
            at += 1;
        }
        rows
    }

    const fn name(&self) -> core::ops::Range<usize> {
        self.start as usize..self.start as usize + self.length as usize
    }

    /// Whether the member may occur in `version`.
    pub(crate) const fn is_in(&self, version: Version) -> bool {
        self.marks.is_in(version)
    }

    /// Whether the member must occur in `version`.
    pub(crate) const fn is_required(&self, version: Version) -> bool {
        self.marks.is_required(version)
    }

    /// Whether `null` cannot be its value.
    pub(crate) const fn is_never_null(&self) -> bool {
        !matches!(self.kind, Kind::Any)
    }
}

const ALL_VERSIONS: u8 = Version::V16.bit() | Version::V201.bit() | Version::V21.bit();
const REQUIRED_SHIFT: u32 = 4;

impl Marks {
    const fn is_in(self, version: Version) -> bool {
        self.0 & version.bit() != 0
    }

    const fn is_required(self, version: Version) -> bool {
        self.0 >> REQUIRED_SHIFT & version.bit() != 0
    }
}

impl Field {
    /// Whether the member may occur in `version`.
    #[must_use]
    pub const fn is_in(&self, version: Version) -> bool {
        self.marks.is_in(version)
    }

    /// Whether the member must occur in `version`.
    #[must_use]
    pub const fn is_required(&self, version: Version) -> bool {
        self.marks.is_required(version)
    }
}

/// A row as it is written down. Exists at compile time only.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    name: &'static str,
    kind: Kind,
    /// The versions that demand it, one bit each.
    required: u8,
    /// The versions that have it, one bit each.
    present: u8,
}

/// The marks of an entry, each a constant function.
impl Entry {
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
    pub(crate) const fn opened(mut self, values: &'static Texts) -> Self {
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
}
