//! Writing card lists: over the file they came from, or anew.

use core::fmt;

use super::{BOM, Sheet, SheetCard};
use crate::csv::{Behind, Cursor, before, write_field};
use crate::store::Store;

impl<'t, C: SheetCard<'t>> Sheet<'t, C> {
    /// Writes `store` as a file, taking over from this one whatever did not change: the line of a card that stays as it
    /// is keeps every byte, the line of a changed card every other value; the line of a removed card vanishes, and
    /// new cards follow at the end. An unchanged list gives the same bytes again.
    ///
    /// Returns how many values were lost because the file has no column for them.
    ///
    /// # Errors
    ///
    /// Those of `out`. A line that cannot be read is kept as it stands.
    pub fn write<W: fmt::Write>(&self, store: &Store<'_, C>, out: &mut W) -> Result<usize, fmt::Error> {
        let mut out = Tail { out, last: '\n' };
        out.write(self.head)?;
        // Cards of the store met in the file, and whether they came in the order of the store.
        let (mut met, mut in_order) = (0, true);
        for read in self.lines() {
            let old = read.line.ok().flatten().and_then(|line| C::read(&line, self.settings).ok());
            let Some(old) = old else {
                out.write(read.raw)?;
                continue;
            };
            if let Some(new) = store.get(&old.key()) {
                in_order &= store.position(&old.key()) == Some(met);
                met += 1;
                self.write_line(read.raw, &old, new, &mut out)?;
            }
        }
        // In the usual case all others are new. Otherwise the file is searched, which takes the square of its length.
        let in_file = |card: &C| self.rows().flatten().any(|row| row.card.key() == card.key());
        for card in
            store.iter().skip(if in_order { met } else { 0 }).filter(|card| in_order || !in_file(card))
        {
            if !matches!(out.last, '\r' | '\n') {
                out.write(self.line_end)?;
            }
            self.write_new(card, &mut out)?;
        }
        let homeless = (0..C::COLUMNS.len()).filter(|column| self.place(*column).is_none());
        Ok(homeless.map(|column| store.iter().filter(|card| !card.is_absent(column)).count()).sum())
    }

    /// A line with the values of `new` where they differ from those of `old`.
    fn write_line<W: fmt::Write>(
        &self,
        raw: &'t str,
        old: &C,
        new: &C,
        out: &mut Tail<'_, W>,
    ) -> fmt::Result {
        let changed = |column: &usize| !new.same(old, *column);
        let mut place = Cursor::new(raw);
        for position in 0.. {
            let begin = place.rest;
            let Ok((field, behind)) = place.field(self.layout.separator) else { break };
            match self.meaning(position).filter(changed) {
                Some(column) => self.write_value(new, column, out)?,
                None => out.write(field.raw)?,
            }
            if behind == Behind::End {
                // The line may be too short for what it is to say now.
                let last =
                    (0..C::COLUMNS.len()).filter(changed).filter_map(|column| self.place(column)).max();
                for position in position + 1..=last.unwrap_or(0) {
                    fmt::Write::write_char(out, self.layout.separator)?;
                    if let Some(column) = self.meaning(position).filter(changed) {
                        self.write_value(new, column, out)?;
                    }
                }
            }
            // Separator or line end.
            out.write(before(begin, place.rest).get(field.raw.len()..).unwrap_or_default())?;
            if behind == Behind::End {
                break;
            }
        }
        Ok(())
    }

    /// A line for a card the file does not have; columns without meaning stay empty.
    fn write_new<W: fmt::Write>(&self, card: &C, out: &mut Tail<'_, W>) -> fmt::Result {
        let mut header = Cursor::new(self.head.strip_prefix(BOM).unwrap_or(self.head));
        let mut last = self.layout.columns.iter().flatten().max().copied().unwrap_or_default();
        let mut position = 0;
        while let Ok((_, Behind::Separator)) = header.field(self.layout.separator) {
            position += 1;
            last = last.max(position);
        }
        for position in 0..=last {
            if position > 0 {
                fmt::Write::write_char(out, self.layout.separator)?;
            }
            if let Some(column) = self.meaning(position) {
                self.write_value(card, column, out)?;
            }
        }
        out.write(self.line_end)
    }

    fn write_value<W: fmt::Write>(&self, card: &C, column: usize, out: &mut Tail<'_, W>) -> fmt::Result {
        write_field(self.layout.separator, out, |out| card.write(column, self.settings, out))
    }

    /// Where in a line the values of a column stand.
    fn place(&self, column: usize) -> Option<usize> {
        self.layout.columns.get(column).copied().flatten()
    }

    /// The column whose values stand at a position in a line.
    fn meaning(&self, position: usize) -> Option<usize> {
        self.layout.columns.iter().position(|column| *column == Some(position))
    }
}

/// Writes a list as a new file, with the vendor's usual header, separator and spellings.
///
/// # Errors
///
/// Those of `out`.
pub fn write_new_sheet<'t, C, W>(store: &Store<'_, C>, settings: C::Settings, out: &mut W) -> fmt::Result
where
    C: SheetCard<'t>,
    W: fmt::Write,
{
    for (position, column) in C::COLUMNS.iter().enumerate() {
        if position > 0 {
            out.write_char(C::SEPARATOR)?;
        }
        out.write_str(column.name)?;
    }
    out.write_char('\n')?;
    for card in store.iter() {
        for column in 0..C::COLUMNS.len() {
            if column > 0 {
                out.write_char(C::SEPARATOR)?;
            }
            write_field(C::SEPARATOR, out, |out| card.write(column, settings, out))?;
        }
        out.write_char('\n')?;
    }
    Ok(())
}

/// Remembers the last character, to know whether a line is complete.
struct Tail<'w, W> {
    out: &'w mut W,
    last: char,
}

impl<W: fmt::Write> Tail<'_, W> {
    fn write(&mut self, text: &str) -> fmt::Result {
        fmt::Write::write_str(self, text)
    }
}

impl<W: fmt::Write> fmt::Write for Tail<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.last = text.chars().next_back().unwrap_or(self.last);
        self.out.write_str(text)
    }
}
