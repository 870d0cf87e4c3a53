//! The validator: one pass over the text along a schema, no allocation, no recursion beyond the schema's depth.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use super::violation::Fault;
use super::{Field, Form, Kind, Leniency, Number, Object, Path, Rule, Tolerance, Version, Violation};
use crate::json::{Json, Lexer, Quoted};
use crate::num::Decimal;
use crate::time::{Dialect, Stamp};

/// Checks a payload against the schema of its message, exactly.
///
/// # Errors
/// The first rule the payload breaks.
pub fn check(text: &str, schema: &'static Object, version: Version) -> Result<(), Violation> {
    check_with(text, schema, version, &mut Tolerance::default())
}

/// Checks a payload and forgives what `tolerance` allows; what was forgiven is noted there.
///
/// # Errors
/// The first rule the payload breaks that is not forgiven.
pub fn check_with(
    text: &str,
    schema: &'static Object,
    version: Version,
    tolerance: &mut Tolerance,
) -> Result<(), Violation> {
    check_into(text, schema, version, tolerance, &mut []).map(drop)
}

/// Checks a payload and goes on after a violation as long as the text is JSON.
///
/// The list is empty if the payload is right. Nothing is forgiven.
#[cfg(feature = "alloc")]
#[must_use]
pub fn check_all(text: &str, schema: &'static Object, version: Version) -> Vec<Violation> {
    let mut tolerance = Tolerance::default();
    let mut found = Vec::new();
    let mut checker = Checker {
        lexer: Lexer::new(text),
        version,
        tolerance: &mut tolerance,
        longest: Readable::YES.longest,
        found: Some(&mut found),
    };
    let end = checker.root(schema, &mut []);
    found.extend(end.err());
    found.iter().map(|fault| violation(text, schema, version, *fault)).collect()
}

/// Where the value of a field stands in a payload; empty if the member is absent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Slot {
    start: u32,
    end: u32,
    escaped: bool,
}

/// The text of a value that has been checked; empty for an absent member. Only this crate can make one.
#[derive(Clone, Copy, Debug)]
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
    all: bool,
    /// Where the longest array is: that of periods or samples, which nobody has to walk through once more.
    longest: Span,
}

/// From one offset to another.
type Span = (u32, u32);

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

    /// Whether there is no value.
    pub(crate) fn is_absent(self) -> bool {
        self.slot.start == self.slot.end
    }

    /// In front of it.
    pub(crate) fn lexer(self) -> Lexer<'a> {
        Lexer::starting_at(self.payload, self.slot.start)
    }

    /// The value as a string.
    pub(crate) fn quoted(self) -> Quoted<'a> {
        let inside = self.slot.start as usize + 1..(self.slot.end as usize).saturating_sub(1);
        Quoted { raw: self.payload.get(inside).unwrap_or_default(), escaped: self.slot.escaped }
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
    pub(crate) fn new(text: &'a str, slots: &'s [Slot], readable: Readable) -> Self {
        Self { text, slots: slots.iter(), readable }
    }

    /// Takes an object from text that has been checked; `slots` has one entry per field.
    pub(crate) fn next(
        lexer: &mut Lexer<'a>,
        object: &'static Object,
        slots: &'s mut [Slot],
        readable: &mut Readable,
    ) -> Self {
        readable.or(index(lexer, object, slots, readable.longest), ());
        Self::new(lexer.text(), slots, *readable)
    }

    /// The value of the next member.
    pub(crate) fn raw(&mut self) -> Raw<'a> {
        Raw { payload: self.text, slot: self.slots.next().copied().unwrap_or(Slot::EMPTY) }
    }

    /// Whether all values so far could be read.
    pub(crate) fn readable(&mut self) -> &mut Readable {
        &mut self.readable
    }

    /// The message read from the members.
    pub(crate) fn finish<T>(
        self,
        message: T,
        schema: &'static Object,
        version: Version,
    ) -> Result<T, Violation> {
        self.readable.then(message).ok_or_else(|| Violation::unreadable(schema, version))
    }
}

/// Checks a payload and notes where the members of its root are; `slots` has one entry per field, or none at all.
pub(crate) fn check_into(
    text: &str,
    schema: &'static Object,
    version: Version,
    tolerance: &mut Tolerance,
    slots: &mut [Slot],
) -> Result<Readable, Violation> {
    let mut checker = Checker {
        lexer: Lexer::new(text),
        version,
        tolerance,
        longest: Readable::YES.longest,
        #[cfg(feature = "alloc")]
        found: None,
    };
    match checker.root(schema, slots) {
        Ok(()) => Ok(Readable { all: true, longest: checker.longest }),
        Err(fault) => Err(violation(text, schema, version, fault)),
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

#[cold]
fn violation(text: &str, schema: &'static Object, version: Version, fault: Fault) -> Violation {
    let mut path = Path::locate(text, schema, fault.offset);
    if let Rule::Missing | Rule::Duplicate = fault.rule {
        path.push(fault.member.into());
    }
    Violation { rule: fault.rule, offset: fault.offset, path, version }
}

/// Most characters forgiven under [`Leniency::LONG_IDENTITY`].
const LONG_IDENTITY_MAX: u16 = 255;

/// Digits that always fit 64 bits.
const SAFE_DIGITS: usize = 18;

struct Checker<'a, 't> {
    lexer: Lexer<'a>,
    version: Version,
    tolerance: &'t mut Tolerance,
    longest: Span,
    /// Collects violations instead of stopping at the first.
    #[cfg(feature = "alloc")]
    found: Option<&'t mut Vec<Fault>>,
}

impl<'a> Checker<'a, '_> {
    fn root(&mut self, schema: &'static Object, slots: &mut [Slot]) -> Result<(), Fault> {
        let kind = self.lexer.kind()?;
        let start = self.lexer.offset();
        match kind {
            Json::Object => self.object(schema, slots)?,
            Json::Null if schema.fields.iter().all(|field| !field.is_required(self.version)) => {
                self.broken_unless(Leniency::NULL_FOR_ABSENT, Rule::NotAnObject, start)?;
                self.lexer.word("null")?;
            }
            _ => {
                self.broken(Rule::NotAnObject, start)?;
                self.lexer.skip()?;
            }
        }
        Ok(self.lexer.end()?)
    }

    fn object(&mut self, object: &'static Object, slots: &mut [Slot]) -> Result<(), Fault> {
        self.lexer.expect(b'{')?;
        let start = self.lexer.offset() - 1;
        let mut seen: u64 = 0;
        let mut next = 0;
        let mut more = !self.lexer.take(b'}');
        while more {
            let name_start = self.lexer.next_offset();
            let found = object.member(&mut self.lexer, next)?;
            let field = found.and_then(|at| object.fields.get(at));
            if field.is_none_or(|field| !field.is_in(self.version)) && !object.open {
                self.broken_unless(Leniency::UNKNOWN_MEMBERS, Rule::Unknown, name_start)?;
            }
            match (found, field) {
                // One of another version is checked all the same, since it may be read.
                (Some(at), Some(field)) => {
                    next = at + 1;
                    let bit = 1 << (at & 63);
                    if seen & bit != 0 {
                        self.broken_member(Rule::Duplicate, name_start, at)?;
                    }
                    seen |= bit;
                    let slot = self.member(field)?;
                    if let Some(room) = slots.get_mut(at) {
                        *room = slot;
                    }
                }
                _ => drop(self.lexer.skip()?),
            }
            more = self.lexer.more(b'}')?;
        }
        for (at, field) in object.fields.iter().enumerate() {
            if field.is_required(self.version) && seen >> (at & 63) & 1 == 0 {
                self.broken_member(Rule::Missing, start, at)?;
            }
        }
        Ok(())
    }

    /// Checks the value of a member and says where it is; nowhere if it is `null` and that was forgiven.
    fn member(&mut self, field: &'static Field) -> Result<Slot, Fault> {
        let kind = self.lexer.kind()?;
        let start = self.lexer.offset();
        if kind == Json::Null && field.is_never_null() {
            let forgivable =
                if field.is_required(self.version) { Leniency::STRICT } else { Leniency::NULL_FOR_ABSENT };
            self.broken_unless(forgivable, Rule::Null, start)?;
            self.lexer.word("null")?;
            return Ok(Slot::default());
        }
        let escaped = self.value(kind, &field.kind, start)?;
        Ok(Slot { start, end: self.lexer.offset(), escaped })
    }

    /// Checks a value and says whether it is a string with escapes.
    fn value(&mut self, json: Json, kind: &'static Kind, start: u32) -> Result<bool, Fault> {
        match (kind, json) {
            (
                Kind::Text { .. }
                | Kind::Identity(_)
                | Kind::Choice { .. }
                | Kind::Opened { .. }
                | Kind::DateTime,
                Json::String,
            ) => {
                let text = self.lexer.string()?;
                self.text(text, kind, start)?;
                return Ok(text.escaped);
            }
            (Kind::Number(number), Json::Number) => self.number(*number, start)?,
            (Kind::Boolean, Json::Boolean) => drop(self.lexer.boolean()?),
            (Kind::Object(object), Json::Object) => self.object(object, &mut [])?,
            (Kind::List { item, min, max }, Json::Array) => self.list(item, *min, *max, start)?,
            (Kind::Any, _) => drop(self.lexer.skip()?),
            (_, Json::Null) => {
                self.broken(Rule::Null, start)?;
                self.lexer.word("null")?;
            }
            _ => {
                self.broken(Rule::Type, start)?;
                self.lexer.skip()?;
            }
        }
        Ok(false)
    }

    fn list(&mut self, item: &'static Kind, min: u8, max: u16, start: u32) -> Result<(), Fault> {
        self.lexer.expect(b'[')?;
        let mut count: u16 = 0;
        let mut more = !self.lexer.take(b']');
        while more {
            let kind = self.lexer.kind()?;
            let item_start = self.lexer.offset();
            self.value(kind, item, item_start)?;
            count = count.saturating_add(1);
            more = self.lexer.more(b']')?;
        }
        let end = self.lexer.offset();
        if end - start > self.longest.1 - self.longest.0 {
            self.longest = (start, end);
        }
        if count < min.into() {
            self.broken(Rule::TooFew, start)?;
        }
        if count > max {
            self.broken(Rule::TooMany, start)?;
        }
        Ok(())
    }

    fn text(&mut self, text: Quoted<'_>, kind: &'static Kind, start: u32) -> Result<(), Fault> {
        let is_v21 = self.version == Version::V21;
        match kind {
            Kind::Text { max, before_v21 } => {
                self.length(text, if is_v21 { *max } else { *before_v21 }, Leniency::STRICT, start)
            }
            Kind::Identity(max) => self.length(text, *max, Leniency::LONG_IDENTITY, start),
            Kind::Opened { max, .. } if is_v21 => self.length(text, (*max).into(), Leniency::STRICT, start),
            Kind::Opened { values, .. } => self.choice(text, values, values.len(), false, start),
            Kind::Choice { values, listed, open } => {
                let listed = if is_v21 { values.len() } else { (*listed).into() };
                self.choice(text, values, listed, *open, start)
            }
            _ => self.date_time(text, start),
        }
    }

    fn length(&mut self, text: Quoted<'_>, max: u16, forgivable: Leniency, start: u32) -> Result<(), Fault> {
        // A character is at least one byte, so short texts need no counting.
        if max == u16::MAX || text.raw.len() <= max.into() {
            return Ok(());
        }
        let length = text.chars().count();
        if length <= max.into() {
            return Ok(());
        }
        let forgivable = if length <= LONG_IDENTITY_MAX.into() { forgivable } else { Leniency::STRICT };
        self.broken_unless(forgivable, Rule::Length, start)
    }

    fn choice(
        &mut self,
        text: Quoted<'_>,
        values: &'static [&'static str],
        listed: usize,
        open: bool,
        start: u32,
    ) -> Result<(), Fault> {
        match text.position(values.iter().copied()) {
            Some(at) if at < listed => Ok(()),
            Some(_) => self.broken_unless(Leniency::LISTED_ELSEWHERE, Rule::Choice, start),
            None if open => self.broken_unless(Leniency::VENDOR_ENUM, Rule::Choice, start),
            None => self.broken(Rule::Choice, start),
        }
    }

    fn date_time(&mut self, text: Quoted<'_>, start: u32) -> Result<(), Fault> {
        let Some((_, dialect)) = stamp(text) else { return self.broken(Rule::DateTime, start) };
        if dialect == Dialect::STRICT {
            return Ok(());
        }
        for (deviates, leniency) in [
            (dialect.missing_zone, Leniency::MISSING_ZONE),
            (dialect.space, Leniency::SPACE_IN_DATE_TIME),
            (dialect.short_offset, Leniency::SHORT_OFFSET),
        ] {
            if deviates {
                self.broken_unless(leniency, Rule::DateTime, start)?;
            }
        }
        Ok(())
    }

    fn number(&mut self, rules: Number, start: u32) -> Result<(), Fault> {
        let number = self.lexer.number()?;
        let (form, min, max) = rules.in_version(self.version);
        // Most numbers need no arithmetic.
        if number.plain && number.text.len() <= SAFE_DIGITS && (min, max) == (None, None) {
            match form {
                _ if number.whole => return Ok(()),
                Form::Decimal => return Ok(()),
                Form::Tenths if number.has_one_decimal() => return Ok(()),
                _ => {}
            }
        }
        if form == Form::Integer && !number.whole {
            return self.broken(Rule::Type, start);
        }
        let Some(value) = Decimal::from_json(number.text) else { return self.broken(Rule::Size, start) };
        match form {
            Form::Draft6Integer if value.shortest().scale() > 0 => return self.broken(Rule::Type, start),
            Form::Tenths if value.shortest().scale() > 1 => return self.broken(Rule::Step, start),
            _ => {}
        }
        if min.is_some_and(|min| value < Decimal::from(i64::from(min))) {
            return self.broken(Rule::TooSmall, start);
        }
        if max.is_some_and(|max| value > Decimal::from(i64::from(max))) {
            return self.broken(Rule::TooLarge, start);
        }
        Ok(())
    }

    fn broken_unless(&mut self, forgivable: Leniency, rule: Rule, offset: u32) -> Result<(), Fault> {
        if self.tolerance.forgive(forgivable, offset) { Ok(()) } else { self.broken(rule, offset) }
    }

    fn broken(&mut self, rule: Rule, offset: u32) -> Result<(), Fault> {
        self.broken_member(rule, offset, 0)
    }

    /// Every rule that is broken comes through here: the walk stops, or goes on if violations are collected.
    #[cold]
    fn broken_member(&mut self, rule: Rule, offset: u32, member: usize) -> Result<(), Fault> {
        let fault = Fault { rule, member: member as u8, offset };
        #[cfg(feature = "alloc")]
        if let Some(found) = &mut self.found {
            found.push(fault);
            return Ok(());
        }
        Err(fault)
    }
}

/// Reads a time stamp, escapes resolved.
pub(crate) fn stamp(text: Quoted<'_>) -> Option<(Stamp, Dialect)> {
    if !text.escaped {
        return Stamp::parse(text.raw);
    }
    // Time stamps are ASCII; one written with escapes and longer than this is not worth a larger buffer.
    let mut buffer = [0; 64];
    let mut len = 0;
    for c in text.chars() {
        *buffer.get_mut(len)? = u8::try_from(c).ok()?;
        len += 1;
    }
    Stamp::parse(core::str::from_utf8(buffer.get(..len)?).ok()?)
}
