//! The path of a value inside a payload, found again from its offset.
//!
//! Validation keeps no path. Once something is wrong, a second, forgiving walk leads from the root to the offset of the
//! culprit; it costs time only then.

use core::fmt;

use super::object::UNKNOWN;
use super::{Kind, Object};
use crate::json::Lexer;

/// Deepest path kept; no message nests deeper.
const DEPTH: usize = 16;

/// Where a value stands, printed like `$.meterValue[0].sampledValue[2].unit`.
#[derive(Clone, Copy)]
pub struct Path {
    root: &'static Object,
    /// Index of a member in its object or of an item in its array.
    steps: [u16; DEPTH],
    len: u8,
}

/// What the schema has at the end of a path.
pub(super) enum Target {
    Root(&'static Object),
    Kind(Kind),
}

impl Target {
    /// The schema one step further, and how to print the step.
    fn enter(&self, step: u16) -> Option<(Segment, Self)> {
        let object = match self {
            Self::Root(object) | Self::Kind(Kind::Object(object)) => object,
            Self::Kind(Kind::List { item, .. }) => return Some((Segment::Item(step), Self::Kind(**item))),
            Self::Kind(_) => return None,
        };
        let field = u8::try_from(step).ok().and_then(|at| object.field(at))?;
        Some((Segment::Member(field.name), Self::Kind(*field.kind)))
    }
}

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment {
    /// The member of that name.
    Member(&'static str),
    /// The item at that index.
    Item(u16),
}

impl Path {
    pub(super) const fn root(root: &'static Object) -> Self {
        Self { root, steps: [0; DEPTH], len: 0 }
    }

    /// The path of the innermost value of `text` that begins at or contains `offset`.
    pub(super) fn locate(text: &str, root: &'static Object, offset: u32) -> Self {
        let mut path = Self::root(root);
        let mut lexer = Lexer::new(text);
        let mut target = Target::Root(root);
        while let Some(step) = step_towards(&mut lexer, &target, offset) {
            path.push(step);
            match target.enter(step) {
                Some((_, next)) => target = next,
                None => break,
            }
        }
        path
    }

    pub(super) fn push(&mut self, step: u16) {
        if let Some(slot) = self.steps.get_mut(usize::from(self.len)) {
            *slot = step;
            self.len += 1;
        }
    }

    /// The steps from the root.
    pub fn segments(&self) -> impl Iterator<Item = Segment> + '_ {
        self.walk().map(|(segment, _)| segment)
    }

    pub(super) fn target(&self) -> Target {
        self.walk().last().map_or(Target::Root(self.root), |(_, kind)| Target::Kind(kind))
    }

    fn walk(&self) -> impl Iterator<Item = (Segment, Kind)> + '_ {
        let mut target = Target::Root(self.root);
        self.steps.iter().take(self.len.into()).map_while(move |step| {
            let (segment, next) = target.enter(*step)?;
            target = next;
            match target {
                Target::Kind(kind) => Some((segment, kind)),
                Target::Root(_) => None,
            }
        })
    }
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        self.segments().eq(other.segments())
    }
}

impl Eq for Path {}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        self.segments().try_for_each(|segment| match segment {
            Segment::Member(name) => write!(f, ".{name}"),
            Segment::Item(index) => write!(f, "[{index}]"),
        })
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

/// The member or item of the value at the lexer that contains `offset`, with the lexer moved to it; `None` if the value
/// itself begins there, or the text is too broken to tell.
fn step_towards(lexer: &mut Lexer<'_>, target: &Target, offset: u32) -> Option<u16> {
    let object = match target {
        Target::Root(object) | Target::Kind(Kind::Object(object)) => Some(*object),
        Target::Kind(Kind::List { .. }) => None,
        Target::Kind(_) => return None,
    };
    let close = if object.is_some() { b'}' } else { b']' };
    if !lexer.take(if object.is_some() { b'{' } else { b'[' }) || lexer.offset() > offset || lexer.take(close)
    {
        return None;
    }
    let mut index: u16 = 0;
    loop {
        let step = match object {
            Some(object) => {
                let member = object.member(lexer, u8::try_from(index).unwrap_or(UNKNOWN)).ok()?;
                if lexer.offset() > offset {
                    return None;
                }
                (member != UNKNOWN).then_some(member.into())
            }
            None => Some(index),
        };
        let mut beyond = lexer.clone();
        if beyond.skip().is_err() || beyond.offset() > offset {
            return step;
        }
        *lexer = beyond;
        if !lexer.more(close).ok()? {
            return None;
        }
        index = index.saturating_add(1);
    }
}
