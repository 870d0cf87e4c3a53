//! The validator: one pass over the text along a schema, no allocation, no recursion beyond the schema's depth.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use super::members::{Longest, Slot};
use super::violation::Fault;
use super::{Form, Kind, Leniency, Number, Object, Row, Rule, Texts, Tolerance, Version, Violation};
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
    let mut checker = Checker::new(text, version, &mut tolerance);
    checker.found = Some(&mut found);
    let end = checker.root(schema, &mut []).map_err(|rule| checker.fault(rule));
    found.extend(end.err());
    found.iter().map(|fault| Violation::locate(text, schema, version, *fault)).collect()
}

/// Checks a payload and notes where the members of its root are; `slots` has one entry per field, or none at all.
pub(super) fn check_into(
    text: &str,
    schema: &'static Object,
    version: Version,
    tolerance: &mut Tolerance,
    slots: &mut [Slot],
) -> Result<Longest, Violation> {
    let mut checker = Checker::new(text, version, tolerance);
    match checker.root(schema, slots) {
        Ok(()) => Ok(checker.longest),
        Err(rule) => Err(Violation::locate(text, schema, version, checker.fault(rule))),
    }
}

/// Checks one value, exactly; what comes behind it does not matter.
pub(super) fn check_value(text: &str, kind: &'static Kind, version: Version) -> Result<(), Fault> {
    let mut tolerance = Tolerance::default();
    let mut checker = Checker::new(text, version, &mut tolerance);
    let json = checker.lexer.kind();
    let verdict = json.map_err(Rule::from).and_then(|json| checker.value(json, kind, 0));
    verdict.map(drop).map_err(|rule| checker.fault(rule))
}

/// The rule a number breaks; `whole` says that it is written without fraction and exponent.
pub(super) fn number_rule(
    value: Decimal,
    whole: bool,
    (form, min, max): (Form, Option<i8>, Option<i8>),
) -> Option<Rule> {
    match form {
        Form::Integer if !whole => Some(Rule::Type),
        Form::Draft6Integer if !whole && value.shortest().scale() > 0 => Some(Rule::Type),
        Form::Tenths if value.scale() > 1 && value.shortest().scale() > 1 => Some(Rule::Step),
        _ if min.is_some_and(|min| value.cmp_whole(min).is_lt()) => Some(Rule::TooSmall),
        _ if max.is_some_and(|max| value.cmp_whole(max).is_gt()) => Some(Rule::TooLarge),
        _ => None,
    }
}

/// Most characters forgiven under [`Leniency::LONG_IDENTITY`].
const LONG_IDENTITY_MAX: u16 = 255;

/// Digits that always fit 64 bits.
const SAFE_DIGITS: usize = 18;

struct Checker<'a, 't> {
    lexer: Lexer<'a>,
    version: Version,
    tolerance: &'t mut Tolerance,
    longest: Longest,
    /// Where the rule is broken, unless it is one of JSON: the lexer knows that.
    offset: u32,
    member: u8,
    /// Collects violations instead of stopping at the first.
    #[cfg(feature = "alloc")]
    found: Option<&'t mut Vec<Fault>>,
}

impl<'a, 't> Checker<'a, 't> {
    fn new(text: &'a str, version: Version, tolerance: &'t mut Tolerance) -> Self {
        Self {
            lexer: Lexer::new(text),
            version,
            tolerance,
            longest: Longest::NONE,
            offset: 0,
            member: 0,
            #[cfg(feature = "alloc")]
            found: None,
        }
    }

    /// The broken rule with its place.
    #[cold]
    fn fault(&self, rule: Rule) -> Fault {
        let offset = if let Rule::Json(_) = rule { self.lexer.offset() } else { self.offset };
        Fault { rule, member: self.member, offset }
    }

    fn root(&mut self, schema: &'static Object, slots: &mut [Slot]) -> Result<(), Rule> {
        let kind = self.lexer.kind()?;
        let start = self.lexer.offset();
        match kind {
            Json::Object => self.object(schema, slots)?,
            Json::Null if schema.rows.iter().all(|row| !row.is_required(self.version)) => {
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

    fn object(&mut self, object: &'static Object, slots: &mut [Slot]) -> Result<(), Rule> {
        self.lexer.expect(b'{')?;
        let start = self.lexer.offset() - 1;
        let mut seen: u64 = 0;
        let mut next = 0;
        let mut more = !self.lexer.take(b'}');
        while more {
            let name_start = self.lexer.next_offset();
            let at = object.member(&mut self.lexer, next)?;
            let row = object.row(at);
            if row.is_none_or(|row| !row.is_in(self.version)) && !object.is_open() {
                self.broken_unless(Leniency::UNKNOWN_MEMBERS, Rule::Unknown, name_start)?;
            }
            match row {
                // One of another version is checked all the same, since it may be read.
                Some(row) => {
                    next = at + 1;
                    let bit = 1_u64 << (at & 63);
                    if seen & bit != 0 {
                        self.broken_member(Rule::Duplicate, name_start, at)?;
                    }
                    seen |= bit;
                    let slot = self.member(row)?;
                    if let Some(room) = slots.get_mut(usize::from(at)) {
                        *room = slot;
                    }
                }
                None => drop(self.lexer.skip()?),
            }
            more = self.lexer.more(b'}')?;
        }
        for (at, row) in object.rows.iter().enumerate() {
            if row.is_required(self.version) && seen >> (at & 63) & 1 == 0 {
                self.broken_member(Rule::Missing, start, at as u8)?;
            }
        }
        Ok(())
    }

    /// Checks the value of a member and says where it is; nowhere if it is `null` and that was forgiven.
    fn member(&mut self, row: &'static Row) -> Result<Slot, Rule> {
        let kind = self.lexer.kind()?;
        let start = self.lexer.offset();
        if kind == Json::Null && row.is_never_null() {
            let forgivable =
                if row.is_required(self.version) { Leniency::STRICT } else { Leniency::NULL_FOR_ABSENT };
            self.broken_unless(forgivable, Rule::Null, start)?;
            self.lexer.word("null")?;
            return Ok(Slot::default());
        }
        let escaped = self.value(kind, &row.kind, start)?;
        Ok(Slot::new(start, self.lexer.offset(), escaped))
    }

    /// Checks a value and says whether it is a string with escapes.
    fn value(&mut self, json: Json, kind: &'static Kind, start: u32) -> Result<bool, Rule> {
        match (kind, json) {
            (
                Kind::Text { .. }
                | Kind::Identity(_)
                | Kind::Choice { .. }
                | Kind::Opened { .. }
                | Kind::DateTime,
                Json::String,
            ) => {
                let escaped = self.lexer.pass_string()?;
                self.text(kind, start, escaped)?;
                return Ok(escaped);
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

    fn list(&mut self, item: &'static Kind, min: u8, max: u16, start: u32) -> Result<(), Rule> {
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
        if end - start > self.longest.end - self.longest.start {
            self.longest = Longest { start, end };
        }
        if count < min.into() {
            self.broken(Rule::TooFew, start)?;
        }
        if count > max {
            self.broken(Rule::TooMany, start)?;
        }
        Ok(())
    }

    /// The string that begins at `start` and has just been passed.
    fn text(&mut self, kind: &'static Kind, start: u32, escaped: bool) -> Result<(), Rule> {
        let is_v21 = self.version == Version::V21;
        let text = || self.lexer.quoted(start, self.lexer.offset(), escaped);
        match kind {
            Kind::Text { max, before_v21 } => {
                self.length(if is_v21 { *max } else { *before_v21 }, Leniency::STRICT, start, escaped)
            }
            Kind::Identity(max) => self.length(*max, Leniency::LONG_IDENTITY, start, escaped),
            Kind::Opened { max, .. } if is_v21 => {
                self.length((*max).into(), Leniency::STRICT, start, escaped)
            }
            Kind::Opened { values, .. } => self.choice(text(), values, values.len(), false, start),
            Kind::Choice { values, listed, open } => {
                let listed = if is_v21 { values.len() } else { (*listed).into() };
                self.choice(text(), values, listed, *open, start)
            }
            _ => self.date_time(text(), start),
        }
    }

    #[inline]
    fn length(&mut self, max: u16, forgivable: Leniency, start: u32, escaped: bool) -> Result<(), Rule> {
        // A character is at least one byte, so short texts need no counting.
        let end = self.lexer.offset();
        if max == u16::MAX || end - start <= u32::from(max) + 2 {
            return Ok(());
        }
        self.exact_length(max, forgivable, start, self.lexer.quoted(start, end, escaped))
    }

    fn exact_length(
        &mut self,
        max: u16,
        forgivable: Leniency,
        start: u32,
        text: Quoted<'_>,
    ) -> Result<(), Rule> {
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
        values: &'static Texts,
        listed: usize,
        open: bool,
        start: u32,
    ) -> Result<(), Rule> {
        match values.position_of(text) {
            Some(at) if at < listed => Ok(()),
            Some(_) => self.broken_unless(Leniency::LISTED_ELSEWHERE, Rule::Choice, start),
            None if open => self.broken_unless(Leniency::VENDOR_ENUM, Rule::Choice, start),
            None => self.broken(Rule::Choice, start),
        }
    }

    fn date_time(&mut self, text: Quoted<'_>, start: u32) -> Result<(), Rule> {
        let Some((_, dialect)) = Stamp::parse_quoted(text) else { return self.broken(Rule::DateTime, start) };
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

    fn number(&mut self, rules: Number, start: u32) -> Result<(), Rule> {
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
        match number_rule(value, number.whole, (form, min, max)) {
            Some(rule) => self.broken(rule, start),
            None => Ok(()),
        }
    }

    fn broken_unless(&mut self, forgivable: Leniency, rule: Rule, offset: u32) -> Result<(), Rule> {
        if self.tolerance.forgive(forgivable, offset) { Ok(()) } else { self.broken(rule, offset) }
    }

    fn broken(&mut self, rule: Rule, offset: u32) -> Result<(), Rule> {
        self.broken_member(rule, offset, 0)
    }

    /// Every rule that is broken comes through here: the walk stops, or goes on if violations are collected.
    #[cold]
    fn broken_member(&mut self, rule: Rule, offset: u32, member: u8) -> Result<(), Rule> {
        (self.offset, self.member) = (offset, member);
        #[cfg(feature = "alloc")]
        if let Some(found) = &mut self.found {
            found.push(Fault { rule, offset, member: self.member });
            return Ok(());
        }
        Err(rule)
    }
}
