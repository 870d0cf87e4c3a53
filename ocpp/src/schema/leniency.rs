//! What a receiver may forgive, and the report of what it has forgiven.
//!
//! Validation is exact unless a switch says otherwise; each switch names one deviation that is known from the field.
//! Nothing is ever forgiven on the way out.

use core::fmt;
use core::ops::BitOr;

/// A set of deviations.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Leniency(u16);

const NAMES: [&str; 8] = [
    "unknown member",
    "time stamp without zone",
    "space in a time stamp",
    "offset without minutes or colon",
    "over-long name of a device",
    "null for an absent member",
    "value of a maker in an enumeration",
    "value another schema lists",
];

impl Leniency {
    /// Nothing: exactly the schemas.
    pub const STRICT: Self = Self(0);
    /// Members the schema does not know are skipped. The first 1.6 schemas left nested objects open (OCPP-J 1.6 errata
    /// 3.2), and stations extend messages.
    pub const UNKNOWN_MEMBERS: Self = Self(1);
    /// A time stamp without zone is UTC.
    pub const MISSING_ZONE: Self = Self(1 << 1);
    /// A time stamp with a space instead of `T`.
    pub const SPACE_IN_DATE_TIME: Self = Self(1 << 2);
    /// A time stamp with an offset such as `+0200` or `+02`.
    pub const SHORT_OFFSET: Self = Self(1 << 3);
    /// Names of devices (vendor, model, serial and firmware numbers) of up to 255 characters: many products do not fit
    /// the 20 or 25 of BootNotification.
    pub const LONG_IDENTITY: Self = Self(1 << 4);
    /// `null` where an optional member is meant to be absent, or for a payload without members.
    pub const NULL_FOR_ABSENT: Self = Self(1 << 5);
    /// A value outside an enumeration that makers are known to extend (measurands, units, error codes …). The field reads
    /// as that enumeration's `Vendor`; the note's offset says where the text is.
    pub const VENDOR_ENUM: Self = Self(1 << 6);
    /// A value that the schema at this place misses although another message has it: `Hertz` in StopTransaction.req
    /// (OCPP 1.6 errata v4.0, 3.84).
    pub const LISTED_ELSEWHERE: Self = Self(1 << 7);
    /// Everything above.
    pub const ALL: Self = Self(0xff);

    /// Whether all of `other` is in the set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The members of either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The members of the set that are not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl BitOr for Leniency {
    type Output = Self;

    fn bitor(self, rhs: Self) -> Self {
        self.union(rhs)
    }
}

/// The deviations by name, separated by commas.
impl fmt::Display for Leniency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names =
            NAMES.iter().enumerate().filter(|(bit, _)| self.0 >> bit & 1 == 1).map(|(_, name)| name);
        f.write_str(names.next().unwrap_or(&"none"))?;
        names.try_for_each(|name| write!(f, ", {name}"))
    }
}

impl fmt::Debug for Leniency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Leniency({self})")
    }
}

/// One forgiven deviation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Note {
    /// Which one.
    pub leniency: Leniency,
    /// Byte offset of the value (of the name, for an unknown member) in the payload.
    pub offset: u32,
}

/// What may be forgiven while one payload is received, and what was.
#[derive(Clone, Debug, Default)]
pub struct Tolerance {
    allowed: Leniency,
    notes: [Note; Self::NOTES],
    count: u16,
}

impl Tolerance {
    /// Number of notes kept; further ones are only counted.
    pub const NOTES: usize = 8;

    /// May forgive what is in `allowed`; has forgiven nothing yet.
    // Not inlined: many places make one, and each would have its zeros.
    #[must_use]
    #[inline(never)]
    pub fn new(allowed: Leniency) -> Self {
        Self { allowed, ..Self::default() }
    }

    /// What may be forgiven.
    #[must_use]
    pub const fn allowed(&self) -> Leniency {
        self.allowed
    }

    /// What was forgiven, in the order of the text.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        self.notes.get(..self.count.into()).unwrap_or(&self.notes)
    }

    /// How many deviations were forgiven, including those beyond the notes kept.
    #[must_use]
    pub const fn count(&self) -> u16 {
        self.count
    }

    /// All deviations forgiven, as a set.
    #[must_use]
    pub fn forgiven(&self) -> Leniency {
        self.notes().iter().fold(Leniency::STRICT, |set, note| set | note.leniency)
    }

    /// Whether `leniency` may be forgiven; if so it is noted.
    pub(super) fn forgive(&mut self, leniency: Leniency, offset: u32) -> bool {
        let allowed = !leniency.is_empty() && self.allowed.contains(leniency);
        if allowed {
            if let Some(note) = self.notes.get_mut(usize::from(self.count)) {
                *note = Note { leniency, offset };
            }
            self.count = self.count.saturating_add(1);
        }
        allowed
    }
}
