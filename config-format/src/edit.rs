//! Changes to a file: what to replace, and the new bytes.
//!
//! A change is a span and its replacement. Changes are computed against the file as it was read and applied
//! in one pass; every byte outside their spans is copied as it is. Setting a value touches the value's bytes
//! only, so padding, quotes elsewhere and line ends stay; inserting and deleting touch only their own line.

use core::fmt;

use crate::document::{Document, Entry};
use crate::lex::{Dialect, Line, LineKind, UTF8_BOM};
use crate::text::{Span, is_blank};

/// Replaces the bytes of `span` by the joined `parts`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Change<'t> {
    /// What goes.
    pub span: Span,
    /// What comes, in order.
    pub parts: [&'t [u8]; 5],
}

impl<'t> Change<'t> {
    /// Replaces `span` by `text`.
    #[must_use]
    pub const fn replace(span: Span, text: &'t [u8]) -> Self {
        Self { span, parts: [text, b"", b"", b"", b""] }
    }
}

/// Shows where and how much: the new text may be a secret.
impl fmt::Debug for Change<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let new: usize = self.parts.iter().map(|part| part.len()).sum();
        f.debug_struct("Change").field("span", &self.span).field("new_bytes", &new).finish_non_exhaustive()
    }
}

/// Why a change cannot be made. No variant carries the text: it may be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// The text would not be read back as one value.
    #[error("a value is one line without blanks at its ends; byte {at} of the new value breaks that")]
    BadValue {
        /// Offset in the new value.
        at: usize,
    },
    /// The text would not be read back as a key.
    #[error(
        "a key is not empty, has no line end, no `=`, no blanks at its ends and starts with none of `[#;`"
    )]
    BadKey,
    /// There is no such section to insert into.
    #[error("the file has no such section; insert the section heading first")]
    NoSection,
    /// Two changes touch the same bytes, or they are not in file order.
    #[error(
        "the change at byte {at} overlaps the one before it; give changes in file order and one per place"
    )]
    Overlap {
        /// Start of the later change.
        at: usize,
    },
    /// The output buffer is too short.
    #[error("the output needs {needed} bytes but the buffer holds {lent}")]
    OutputTooShort {
        /// Bytes of the changed file.
        needed: usize,
        /// Length of the buffer.
        lent: usize,
    },
}

impl<'a> Document<'a> {
    /// Sets the value of `entry` to `value`, whatever it means. For values checked against a profile see
    /// [`File::set`](crate::File::set).
    ///
    /// # Errors
    /// [`EditError::BadValue`] if the text would not be read back as it is.
    pub fn set<'t>(&self, entry: &Entry<'_>, value: &'t [u8]) -> Result<Change<'t>, EditError> {
        check_value(value)?;
        Ok(Change::replace(entry.value_span, value))
    }

    /// Deletes line `number` (from 1) with its end; `None` if the file has fewer lines.
    #[must_use]
    pub fn delete_line(&self, number: usize) -> Option<Change<'a>> {
        let line = number.checked_sub(1).and_then(|index| self.lines().nth(index))?;
        Some(Change::replace(line.span, b""))
    }

    /// Deletes the line of `entry` with its end.
    #[must_use]
    pub const fn delete(&self, entry: &Entry<'_>) -> Change<'a> {
        Change::replace(entry.line_span, b"")
    }

    /// Inserts an entry behind the last one of the first section of this name (`None`: before the first
    /// heading). The line takes sign, padding and line end from the entry above it.
    ///
    /// # Errors
    /// [`EditError::NoSection`] if there is no such section; `BadKey` and `BadValue` if the line would not be
    /// read back as it is.
    pub fn insert(
        &self,
        section: Option<&str>,
        key: &'a [u8],
        value: &'a [u8],
    ) -> Result<Change<'a>, EditError> {
        check_key(key, self.dialect())?;
        check_value(value)?;
        let above = self.last_entry_of(section)?;
        let sign =
            above.filter(|line| line.kind == LineKind::Entry).or_else(|| self.first_entry()).map_or_else(
                || &self.dialect().sign()[..],
                |line| Span::new(line.name.end, line.value.start).of(self.as_bytes()),
            );
        let newline = self.newline();
        Ok(match above {
            None => {
                Change { span: Span::empty(self.first_line_start()), parts: [key, sign, value, newline, b""] }
            }
            Some(line) if line.ending().is_empty() => {
                Change { span: Span::empty(line.span.end), parts: [newline, key, sign, value, b""] }
            }
            Some(line) => {
                let ending = line.ending().of(self.as_bytes());
                Change { span: Span::empty(line.span.end), parts: [key, sign, value, ending, b""] }
            }
        })
    }

    /// The line to insert behind: the section's last entry, else its heading; none for the start of the file.
    fn last_entry_of(&self, section: Option<&str>) -> Result<Option<Line>, EditError> {
        let mut above = None;
        let mut inside = section.is_none();
        for line in self.lines() {
            match line.kind {
                LineKind::Section if inside => break,
                LineKind::Section if section.is_some_and(|name| self.text(line.name) == name) => {
                    inside = true;
                    above = Some(line);
                }
                LineKind::Entry if inside => above = Some(line),
                _ => {}
            }
        }
        if inside { Ok(above) } else { Err(EditError::NoSection) }
    }

    fn first_entry(&self) -> Option<Line> {
        self.lines().find(|line| line.kind == LineKind::Entry)
    }

    /// The file's own line end: that of its first line, else LF.
    fn newline(&self) -> &'a [u8] {
        match self.lines().next().map(|line| line.ending().of(self.as_bytes())) {
            Some(ending) if !ending.is_empty() => ending,
            _ => b"\n",
        }
    }

    fn first_line_start(&self) -> usize {
        self.lines().next().map_or(self.as_bytes().len(), |line| line.span.start)
    }
}

pub(crate) fn check_value(value: &[u8]) -> Result<(), EditError> {
    let is_end = |b: u8| matches!(b, b'\r' | b'\n');
    let inner = value.iter().position(|&b| is_end(b));
    let lead = value.first().filter(|&&b| is_blank(b)).map(|_| 0);
    let trail = value.last().filter(|&&b| is_blank(b)).map(|_| value.len() - 1);
    inner.or(lead).or(trail).map_or(Ok(()), |at| Err(EditError::BadValue { at }))
}

fn check_key(key: &[u8], dialect: Dialect) -> Result<(), EditError> {
    let misread = key.starts_with(UTF8_BOM) || matches!(key.first(), None | Some(b'[' | b'#' | b';'));
    let has_sign = key.windows(1).any(|byte| byte == dialect.sign());
    if misread || has_sign || check_value(key).is_err() { Err(EditError::BadKey) } else { Ok(()) }
}

/// A file with changes applied: the pieces of the new file, nothing copied until asked for.
#[derive(Clone, Copy)]
pub struct Edited<'c> {
    old: &'c [u8],
    changes: &'c [Change<'c>],
}

/// Shows sizes: the file may hold secrets.
impl fmt::Debug for Edited<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Edited").field("old_bytes", &self.old.len()).field("changes", &self.changes).finish()
    }
}

impl<'c> Edited<'c> {
    /// Takes changes in file order. Several inserts at one place are made in the given order.
    ///
    /// # Errors
    /// [`EditError::Overlap`] if they overlap, are out of order, or lie outside the file.
    pub fn new(old: &'c [u8], changes: &'c [Change<'c>]) -> Result<Self, EditError> {
        let mut from = 0;
        for Change { span, .. } in changes {
            if span.start < from || span.end < span.start || span.end > old.len() {
                return Err(EditError::Overlap { at: span.start });
            }
            from = span.end;
        }
        Ok(Self { old, changes })
    }

    /// The new file piece by piece; joined they are the file.
    pub fn pieces(&self) -> impl Iterator<Item = &'c [u8]> + use<'c> {
        let (old, changes) = (self.old, self.changes);
        let starts = core::iter::once(0).chain(changes.iter().map(|change| change.span.end));
        let ends = changes.iter().map(|change| change.span.start).chain([old.len()]);
        let kept = starts.zip(ends).map(move |(start, end)| Span::new(start, end).of(old));
        let new = changes.iter().map(|change| change.parts).chain([[&b""[..]; 5]]);
        kept.zip(new)
            .flat_map(|(kept, new)| core::iter::once(kept).chain(new))
            .filter(|piece| !piece.is_empty())
    }

    /// Writes the new file to the start of `out` and returns it.
    ///
    /// # Errors
    /// [`EditError::OutputTooShort`] says how long `out` must be.
    pub fn write_to<'o>(&self, out: &'o mut [u8]) -> Result<&'o [u8], EditError> {
        let needed = self.pieces().map(<[u8]>::len).sum();
        let lent = out.len();
        let target = out.get_mut(..needed).ok_or(EditError::OutputTooShort { needed, lent })?;
        let mut rest = &mut *target;
        for piece in self.pieces() {
            let Some((head, tail)) = rest.split_at_mut_checked(piece.len()) else { break };
            head.copy_from_slice(piece);
            rest = tail;
        }
        Ok(target)
    }

    /// The new file.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn to_vec(&self) -> alloc::vec::Vec<u8> {
        // Room for all of it at once: a vector that grows leaves copies behind, and the file may hold secrets.
        let mut new = alloc::vec::Vec::with_capacity(self.pieces().map(<[u8]>::len).sum());
        self.pieces().for_each(|piece| new.extend_from_slice(piece));
        new
    }
}

/// The file with changes that were made line by line in file order, so that none overlaps another.
#[cfg(feature = "alloc")]
pub(crate) fn apply(bytes: &[u8], changes: &[Change<'_>]) -> zeroize::Zeroizing<alloc::vec::Vec<u8>> {
    Edited::new(bytes, changes).map_or_else(|_| bytes.to_vec(), |edited| edited.to_vec()).into()
}

#[cfg(test)]
mod tests {
    extern crate alloc;
    use alloc::{format, vec::Vec};

    use super::*;
    use crate::lex::Boundary;

    fn edited(text: &[u8], edit: impl for<'a> Fn(&Document<'a>) -> Change<'a>) -> Vec<u8> {
        let mut tape = [Boundary::default(); 32];
        let document = Document::parse_in(text, Dialect::Ini, &mut tape).unwrap();
        let change = [edit(&document)];
        Edited::new(text, &change).unwrap().pieces().flatten().copied().collect()
    }

    #[test]
    fn setting_touches_the_value_only() {
        let set = |text: &[u8], value: &'static [u8]| {
            edited(text, |d| d.set(&d.entries().last().unwrap(), value).unwrap())
        };
        assert_eq!(set(b"[A]\r\nk =   old\t\r\n", b"newer"), b"[A]\r\nk =   newer\t\r\n");
        assert_eq!(set(b"k=  ", b"v"), b"k=  v");
        assert_eq!(set(b"k=v", b""), b"k=");
    }

    #[test]
    fn inserting_copies_sign_and_line_end_of_the_line_above() {
        let insert = |text: &[u8], section: Option<&'static str>| {
            edited(text, |d| d.insert(section, b"new", b"1").unwrap())
        };
        assert_eq!(
            insert(b"[A]\r\nk = v\r\n\r\n[B]\r\n", Some("A")),
            b"[A]\r\nk = v\r\nnew = 1\r\n\r\n[B]\r\n"
        );
        assert_eq!(insert(b"[A]\nk=v", Some("A")), b"[A]\nk=v\nnew=1", "the missing line end stays missing");
        assert_eq!(insert(b"[A]\n", Some("A")), b"[A]\nnew=1\n");
        assert_eq!(insert(b"\xef\xbb\xbf[A]\n", None), b"\xef\xbb\xbfnew=1\n[A]\n");
        assert_eq!(insert(b"", None), b"new=1\n");
    }

    #[test]
    fn deleting_takes_the_line_and_its_end() {
        let delete = |text: &[u8], number| edited(text, |d| d.delete_line(number).unwrap());
        assert_eq!(delete(b"\xef\xbb\xbfa=1\nb=2\n", 1), b"\xef\xbb\xbfb=2\n");
        assert_eq!(delete(b"a=1\nb=2", 2), b"a=1\n");
    }

    #[test]
    fn refuses_text_that_would_be_read_differently() {
        let mut tape = [Boundary::default(); 7];
        let document = Document::parse_in(b"[A]\nk=v", Dialect::Ini, &mut tape).unwrap();
        let entry = document.entries().next().unwrap();
        assert_eq!(document.set(&entry, b"a\nb=1"), Err(EditError::BadValue { at: 1 }));
        assert_eq!(document.set(&entry, b" a"), Err(EditError::BadValue { at: 0 }));
        assert_eq!(document.set(&entry, b"a\t"), Err(EditError::BadValue { at: 1 }));
        for key in [&b""[..], b"a=b", b"[a", b"#a", b" a", b"a\r"] {
            assert_eq!(document.insert(Some("A"), key, b"1"), Err(EditError::BadKey), "{key:?}");
        }
        assert_eq!(document.insert(Some("B"), b"k", b"1"), Err(EditError::NoSection));
        assert_eq!(document.delete_line(3), None);
    }

    #[test]
    fn changes_must_be_apart_and_in_order() {
        let late = Change::replace(Span::new(2, 3), b"x");
        let early = Change::replace(Span::new(0, 1), b"y");
        assert_eq!(Edited::new(b"abc", &[late, early]).unwrap_err(), EditError::Overlap { at: 0 });
        let beyond = [Change::replace(Span::new(2, 4), b"")];
        assert_eq!(Edited::new(b"abc", &beyond).unwrap_err(), EditError::Overlap { at: 2 });
        let changes = [early, late];
        let edited = Edited::new(b"abc", &changes).unwrap();
        let mut out = [0; 8];
        assert_eq!(edited.write_to(&mut out).unwrap(), b"ybx");
        assert_eq!(
            edited.write_to(&mut out[..2]).unwrap_err(),
            EditError::OutputTooShort { needed: 3, lent: 2 }
        );
    }

    #[test]
    fn debug_of_a_change_hides_its_text() {
        let change = Change::replace(Span::new(0, 1), b"4711");
        assert!(!format!("{change:?}").contains("4711"));
    }
}
