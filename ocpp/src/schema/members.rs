//! Reading text that has been checked: where the members of an object stand, and what they hold.
//!
//! Nothing here can fail any more, so nothing here costs much: one function for each sort of value, which the tables call
//! once for each member.

use core::ops::Range;

use super::check::check_into;
use super::{Object, Row, Texts, Tolerance, Version, Violation};
use crate::json::{Json, Lexer, Quoted};
use crate::message::whole;
use crate::num::Decimal;
use crate::text::Storage;
use crate::time::{DateTime, Stamp, Utc};

/// Where the value of a field stands in a payload; nothing but zeros if the member is absent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Slot {
    start: u32,
    end: u32,
    /// Not zero if it is a string with escapes.
    escaped: u32,
}

/// Where the longest array is, that of periods or samples: nobody has to walk through it once more. Nowhere, if it ends
/// where it begins.
#[derive(Clone, Copy, Debug)]
pub struct Longest {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// The members of a checked object, in the order of its table.
#[derive(Debug)]
pub struct Members<'a, 's> {
    text: &'a str,
    slots: &'s mut [Slot],
    /// Index of the next member.
    at: u8,
    longest: Longest,
}

/// The text of a value that has been checked.
#[derive(Clone, Copy)]
struct Raw<'a> {
    payload: &'a str,
    slot: Slot,
}

impl Slot {
    pub(crate) const EMPTY: Self = Self { start: 0, end: 0, escaped: 0 };

    pub(super) fn new(start: u32, end: u32, escaped: bool) -> Self {
        Self { start, end, escaped: escaped.into() }
    }
}

impl Longest {
    pub(crate) const NONE: Self = Self { start: 0, end: 0 };

    fn range(self) -> Range<u32> {
        self.start..self.end
    }
}

impl<'a> Raw<'a> {
    /// Its text.
    fn text(self) -> &'a str {
        self.payload.get(self.slot.start as usize..self.slot.end as usize).unwrap_or_default()
    }

    /// The value as a string.
    fn quoted(self) -> Quoted<'a> {
        Lexer::new(self.payload).quoted(self.slot.start, self.slot.end, self.slot.escaped != 0)
    }
}

impl<'a, 's> Members<'a, 's> {
    /// Takes an object from text that has been checked; `slots` has one entry per field.
    #[inline(never)]
    pub(crate) fn next(
        lexer: &mut Lexer<'a>,
        object: &'static Object,
        slots: &'s mut [Slot],
        longest: Longest,
    ) -> Self {
        checked(index(lexer, object, slots, longest));
        Self { text: lexer.text(), slots, at: 0, longest }
    }

    /// Takes a value of any kind from text that has been checked, as the only member.
    #[inline(never)]
    pub(crate) fn only(lexer: &mut Lexer<'a>, slot: &'s mut [Slot; 1], longest: Longest) -> Self {
        let start = lexer.next_offset();
        let escaped = checked(lexer.skip_checked(longest.range())).unwrap_or_default();
        *slot = [Slot::new(start, lexer.offset(), escaped)];
        Self { text: lexer.text(), slots: slot, at: 0, longest }
    }

    /// The members of a payload, before it has been checked; `slots` has one entry per field.
    pub(crate) fn of(text: &'a str, slots: &'s mut [Slot]) -> Self {
        Self { text, slots, at: 0, longest: Longest::NONE }
    }

    /// Checks the payload, exactly or with some tolerance, and finds its members.
    #[inline(never)]
    pub(crate) fn check(
        &mut self,
        schema: &'static Object,
        version: Version,
        tolerance: Option<&mut Tolerance>,
    ) -> Result<(), Violation> {
        let mut none = Tolerance::default();
        self.longest = check_into(self.text, schema, version, tolerance.unwrap_or(&mut none), self.slots)?;
        Ok(())
    }

    fn slot(&mut self) -> Slot {
        let slot = self.slots.get(usize::from(self.at)).copied().unwrap_or_default();
        self.at += 1;
        slot
    }

    fn raw(&mut self) -> Option<Raw<'a>> {
        let slot = self.slot();
        (slot.start != slot.end).then_some(Raw { payload: self.text, slot })
    }

    /// Whether the next member is there; if it is not, passes over it.
    #[inline(never)]
    pub(crate) fn has_next(&mut self) -> bool {
        let is_there = self.slots.get(usize::from(self.at)).is_some_and(|slot| slot.start != slot.end);
        self.at += u8::from(!is_there);
        is_there
    }

    /// In front of the next member, which is there.
    #[inline(never)]
    pub(crate) fn lexer(&mut self) -> Lexer<'a> {
        Lexer::starting_at(self.text, self.slot().start)
    }

    pub(crate) const fn longest(&self) -> Longest {
        self.longest
    }
}

/// The values of members. One that is not there is `None`.
impl<'a> Members<'a, '_> {
    #[inline(never)]
    pub(crate) fn string(&mut self) -> Option<Storage<'a>> {
        Some(Storage::received(self.raw()?.quoted()))
    }

    #[inline(never)]
    pub(crate) fn integer(&mut self) -> Option<i64> {
        checked(whole(self.raw()?.text()))
    }

    #[inline(never)]
    pub(crate) fn decimal(&mut self) -> Option<Decimal> {
        checked(Decimal::from_json(self.raw()?.text()))
    }

    #[inline(never)]
    pub(crate) fn boolean(&mut self) -> Option<bool> {
        Some(self.raw()?.text() == "true")
    }

    #[inline(never)]
    pub(crate) fn date_time(&mut self) -> Option<DateTime<Utc>> {
        checked(Stamp::parse_quoted(self.raw()?.quoted()).and_then(|(stamp, _)| stamp.to_utc()))
    }

    /// Which of `texts` it is: their number if it is none, as it may be where the enumeration is `open`; more if it is not
    /// there.
    #[inline(never)]
    pub(crate) fn choice(&mut self, texts: &Texts, open: bool) -> u8 {
        let Some(raw) = self.raw() else { return u8::MAX };
        let at = texts.position_of(raw.quoted());
        if !open {
            checked(at);
        }
        at.unwrap_or(texts.len()) as u8
    }

    /// The text as it was received.
    #[inline(never)]
    pub(crate) fn text(&mut self) -> Option<&'a str> {
        Some(self.raw()?.text())
    }
}

/// What was read from text that has been checked. Whatever the validator accepts can be read.
fn checked<T>(value: Option<T>) -> Option<T> {
    debug_assert!(value.is_some(), "the validator has accepted what cannot be read");
    value
}

/// Takes an object from text that has been checked and notes where its members are.
///
/// Members that are `null` were forgiven and count as absent.
fn index(lexer: &mut Lexer<'_>, object: &'static Object, slots: &mut [Slot], longest: Longest) -> Option<()> {
    lexer.expect(b'{').ok()?;
    let mut next = 0;
    let mut more = !lexer.take(b'}');
    while more {
        let member = object.member(lexer, next).ok()?;
        let row = object.row(member);
        let is_absent = lexer.kind().ok()? == Json::Null && row.is_some_and(Row::is_never_null);
        let start = lexer.offset();
        let escaped = lexer.skip_checked(longest.range())?;
        if let Some(slot) = slots.get_mut(usize::from(member)) {
            next = member + 1;
            if !is_absent {
                *slot = Slot::new(start, lexer.offset(), escaped);
            }
        }
        more = lexer.more(b'}').ok()?;
    }
    Some(())
}
