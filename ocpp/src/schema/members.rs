//! Reading text that has been checked: where the members of an object stand, and what they hold.
//!
//! Nothing here can fail any more, so nothing here costs much: one function for each sort of value, which the tables call
//! once for each member.

use super::check::check_into;
use super::{Field, Object, Tolerance, Version, Violation};
use crate::json::{Json, Lexer, Quoted};
use crate::message::whole;
use crate::num::Decimal;
use crate::text::Storage;
use crate::time::{DateTime, Stamp, Utc};

/// Where the value of a field stands in a payload; empty if the member is absent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Slot {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) escaped: bool,
}

/// The text of a value that has been checked; empty for an absent member. Only this crate can make one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Raw<'a> {
    /// The whole payload, so that offsets in it stay what they were.
    payload: &'a str,
    slot: Slot,
}

/// What the validator leaves to the reader.
#[derive(Clone, Copy, Debug)]
pub struct Readable {
    /// Whether all that was checked could also be read. It always can; if it ever could not, a placeholder takes the place
    /// of the value and the message is refused in the end, which is smaller than refusing at every member.
    pub(super) all: bool,
    /// Where the longest array is: that of periods or samples, which nobody has to walk through once more.
    pub(super) longest: Span,
}

/// From one offset to another.
pub(super) type Span = (u32, u32);

/// The members of a checked object, in the order of its table.
#[derive(Debug)]
pub struct Members<'a, 's> {
    text: &'a str,
    slots: core::slice::Iter<'s, Slot>,
    readable: Readable,
}

impl Slot {
    pub(crate) const EMPTY: Self = Self { start: 0, end: 0, escaped: false };
}

impl<'a> Raw<'a> {
    /// Takes the next value from text that has been checked.
    pub(crate) fn next(lexer: &mut Lexer<'a>, readable: &mut Readable) -> Self {
        let start = lexer.next_offset();
        let escaped = readable.or(lexer.skip_checked(readable.longest), false);
        Raw { payload: lexer.text(), slot: Slot { start, end: lexer.offset(), escaped } }
    }

    /// Its text.
    pub(crate) fn text(self) -> &'a str {
        self.payload.get(self.slot.start as usize..self.slot.end as usize).unwrap_or_default()
    }

    /// In front of it.
    pub(crate) fn lexer(self) -> Lexer<'a> {
        Lexer::starting_at(self.payload, self.slot.start)
    }

    /// The value as a string.
    fn quoted(self) -> Quoted<'a> {
        Lexer::new(self.payload).quoted(self.slot.start, self.slot.end, self.slot.escaped)
    }

    pub(crate) fn string(self) -> Storage<'a> {
        Storage::received(self.quoted())
    }

    pub(crate) fn integer(self) -> Option<i64> {
        whole(self.text())
    }

    pub(crate) fn decimal(self) -> Option<Decimal> {
        Decimal::from_json(self.text())
    }

    pub(crate) fn boolean(self) -> Option<bool> {
        Some(self.text() == "true")
    }

    pub(crate) fn date_time(self) -> Option<DateTime<Utc>> {
        Stamp::parse_quoted(self.quoted())?.0.to_utc()
    }

    /// Which of `texts` it is; their number if it is none.
    pub(crate) fn choice(self, texts: &[&str]) -> u8 {
        self.quoted().position(texts.iter().copied()).unwrap_or(texts.len()) as u8
    }
}

impl Readable {
    pub(crate) const YES: Self = Self { all: true, longest: (u32::MAX, u32::MAX) };

    pub(crate) fn or<T>(&mut self, value: Option<T>, placeholder: T) -> T {
        value.unwrap_or_else(|| {
            self.all = false;
            placeholder
        })
    }

    pub(crate) fn then<T>(self, value: T) -> Option<T> {
        self.all.then_some(value)
    }
}

impl<'a, 's> Members<'a, 's> {
    fn new(text: &'a str, slots: &'s [Slot], readable: Readable) -> Self {
        Self { text, slots: slots.iter(), readable }
    }

    /// Takes an object from text that has been checked; `slots` has one entry per field.
    #[inline(never)]
    pub(crate) fn next(
        lexer: &mut Lexer<'a>,
        object: &'static Object,
        slots: &'s mut [Slot],
        readable: &mut Readable,
    ) -> Self {
        readable.or(index(lexer, object, slots, readable.longest), ());
        Self::new(lexer.text(), slots, *readable)
    }

    /// The text of the next member, if it is there.
    pub(crate) fn raw(&mut self) -> Option<Raw<'a>> {
        let slot = self.slots.next().copied().unwrap_or(Slot::EMPTY);
        (slot.start != slot.end).then_some(Raw { payload: self.text, slot })
    }

    /// Whether all values so far could be read.
    pub(crate) fn readable(&mut self) -> &mut Readable {
        &mut self.readable
    }
}

/// A payload that has been checked. One that was refused has no members, and is read all the same: a single question in
/// the end is smaller than one before reading and one after it.
#[derive(Debug)]
pub(crate) struct Opened<'a, 's> {
    members: Members<'a, 's>,
    refusal: Option<Violation>,
}

impl<'a, 's> Opened<'a, 's> {
    pub(crate) const fn members(&mut self) -> &mut Members<'a, 's> {
        &mut self.members
    }

    /// What was wrong, once all members have been read.
    #[inline(never)]
    pub(crate) fn refusal(self, schema: &'static Object, version: Version) -> Option<Violation> {
        let unreadable = || (!self.members.readable.all).then(|| Violation::unreadable(schema, version));
        self.refusal.or_else(unreadable)
    }
}

/// Checks a payload, exactly or with some tolerance, and opens it for reading; `slots` has one entry per field.
#[inline(never)]
pub(crate) fn open<'a, 's>(
    text: &'a str,
    schema: &'static Object,
    version: Version,
    tolerance: Option<&mut Tolerance>,
    slots: &'s mut [Slot],
) -> Opened<'a, 's> {
    let mut none = Tolerance::default();
    let tolerance = tolerance.unwrap_or(&mut none);
    match check_into(text, schema, version, tolerance, slots) {
        Ok(readable) => Opened { members: Members::new(text, slots, readable), refusal: None },
        Err(violation) => {
            Opened { members: Members::new(text, &[], Readable::YES), refusal: Some(violation) }
        }
    }
}

/// The values of members. One that is not there, or not to be read, is `None`.
impl<'a> Members<'a, '_> {
    #[inline(never)]
    pub(crate) fn string(&mut self) -> Option<Storage<'a>> {
        Some(self.raw()?.string())
    }

    #[inline(never)]
    pub(crate) fn integer(&mut self) -> Option<i64> {
        let value = self.raw()?.integer();
        self.checked(value)
    }

    #[inline(never)]
    pub(crate) fn decimal(&mut self) -> Option<Decimal> {
        let value = self.raw()?.decimal();
        self.checked(value)
    }

    #[inline(never)]
    pub(crate) fn boolean(&mut self) -> Option<bool> {
        self.raw()?.boolean()
    }

    #[inline(never)]
    pub(crate) fn date_time(&mut self) -> Option<DateTime<Utc>> {
        let value = self.raw()?.date_time();
        self.checked(value)
    }

    /// As [`Raw::choice`]; a text that is none of `texts` is a maker's own where the enumeration is open.
    #[inline(never)]
    pub(crate) fn choice(&mut self, texts: &[&str], open: bool) -> Option<u8> {
        let at = self.raw()?.choice(texts);
        self.readable.all &= open || usize::from(at) < texts.len();
        Some(at)
    }

    /// The text as it was received.
    #[inline(never)]
    pub(crate) fn text(&mut self) -> Option<&'a str> {
        Some(self.raw()?.text())
    }

    fn checked<T>(&mut self, value: Option<T>) -> Option<T> {
        self.readable.all &= value.is_some();
        value
    }
}

/// Takes an object from text that has been checked and notes where its members are.
///
/// Members that are `null` were forgiven and count as absent.
fn index(lexer: &mut Lexer<'_>, object: &'static Object, slots: &mut [Slot], known: Span) -> Option<()> {
    lexer.expect(b'{').ok()?;
    let mut next = 0;
    let mut more = !lexer.take(b'}');
    while more {
        let member = object.member(lexer, next).ok()?;
        let field = member.and_then(|at| object.fields.get(at));
        let is_absent = lexer.kind().ok()? == Json::Null && field.is_some_and(Field::is_never_null);
        let start = lexer.offset();
        let escaped = lexer.skip_checked(known)?;
        if let Some(at) = member {
            next = at + 1;
            if let Some(slot) = slots.get_mut(at).filter(|_| !is_absent) {
                *slot = Slot { start, end: lexer.offset(), escaped };
            }
        }
        more = lexer.more(b'}').ok()?;
    }
    Some(())
}
