//! Card lists as files: reading with positions, writing without touching what did not change.
//!
//! None of the vendors publishes the column names of its file, so columns are found by the words of the header, with
//! aliases, or as the caller says. Unknown columns, the order of columns, the separator, line ends and the spelling of
//! values that stay the same survive a change of the list.

mod error;
mod write;

pub use error::{ImportError, Problem};
pub use write::write_new_sheet;

use core::{fmt, marker::PhantomData};

use crate::csv::{Behind, Cursor, Field, Label, before};
use crate::store::Card;

/// Most columns a vendor's list has a meaning for.
pub const MAX_COLUMNS: usize = 6;

const BOM: char = '\u{FEFF}';

/// A card that can be read from and written to a line of its vendor's file.
pub trait SheetCard<'t>: Card {
    /// What a file does not say about itself; `()` where there is nothing.
    type Settings: Copy + fmt::Debug;

    /// The meanings of columns, at most [`MAX_COLUMNS`].
    const COLUMNS: &'static [Column];

    /// The separator of a new file.
    const SEPARATOR: char;

    /// Reads a line.
    ///
    /// # Errors
    ///
    /// [`ImportError`] with the place of the value that is wrong.
    fn read(line: &Line<'t>, settings: Self::Settings) -> Result<Self, ImportError>;

    /// Writes the value of a column, as the vendor spells it.
    ///
    /// # Errors
    ///
    /// Only those of `out`.
    fn write(&self, column: usize, settings: Self::Settings, out: &mut dyn fmt::Write) -> fmt::Result;

    /// Whether `other` has the same value in a column.
    fn same(&self, other: &Self, column: usize) -> bool;

    /// Whether a file without the column says the same.
    fn is_absent(&self, column: usize) -> bool;
}

/// A column a vendor's list has a meaning for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Word in the header of a new file.
    pub name: &'static str,
    /// Other words it may have. Letter case, blanks, `_`, `-` and `.` do not count.
    pub aliases: &'static [&'static str],
    /// Whether a file without it is refused.
    pub required: bool,
}

impl Column {
    fn is_called(&self, word: &Label<'_>) -> bool {
        let letters = |character: &char| !matches!(character, ' ' | '_' | '-' | '.');
        let folded = || word.chars().filter(letters).map(|character| character.to_ascii_lowercase());
        let same =
            |name: &str| folded().eq(name.chars().filter(letters).map(|letter| letter.to_ascii_lowercase()));
        same(self.name) || self.aliases.iter().any(|alias| same(alias))
    }
}

/// Which column of a file means what, where the header does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// What stands between two values.
    pub separator: char,
    /// Whether the first line is a header.
    pub header: bool,
    /// For each meaning, in the order of [`SheetCard::COLUMNS`], its position in a line, from 0.
    pub columns: [Option<usize>; MAX_COLUMNS],
}

/// A card list as text, its header understood. Nothing is parsed before [`Sheet::rows`] is gone through.
///
/// ```
/// use evkit_rfid::{Badge, Sheet, Store, Uid};
///
/// let text = "number;id;type;comment\n1;E2EB1C02;VIP;Visitors\n";
/// let sheet = Sheet::<Badge<'_>>::open(text, ())?;
/// let (mut cards, mut index) = ([None; 10], [None; 10]);
/// let mut badges = Store::new(&mut cards, &mut index);
/// assert_eq!(badges.replace_all(sheet.rows())?, 1);
///
/// let mut out = String::new();
/// assert_eq!(sheet.write(&badges, &mut out), Ok(0));
/// assert_eq!(out, text);
/// # Ok::<(), evkit_rfid::ImportError>(())
/// ```
#[derive(Debug)]
pub struct Sheet<'t, C: SheetCard<'t>> {
    /// Byte order mark and header line with its line end.
    head: &'t str,
    body: Cursor<'t>,
    layout: Layout,
    line_end: &'static str,
    settings: C::Settings,
    card: PhantomData<fn() -> C>,
}

/// A card and the line it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<C> {
    /// Line of the file, from 1.
    pub line: u32,
    /// The card.
    pub card: C,
}

impl<'t, C: SheetCard<'t>> Sheet<'t, C> {
    /// Understands the header of a file. The separator is the vendor's usual one or, if the header then lacks a required
    /// column, the first of `;`, `,` and tab with which it has them all.
    ///
    /// # Errors
    ///
    /// [`Problem::NoColumn`], [`Problem::ColumnTwice`] or a quote that is not closed, judged with the usual separator.
    pub fn open(text: &'t str, settings: C::Settings) -> Result<Self, ImportError> {
        let open = |separator| Self::open_as(text, settings, read_header(text, separator, C::COLUMNS)?);
        open(C::SEPARATOR)
            .or_else(|error| [';', ',', '\t'].into_iter().find_map(|other| open(other).ok()).ok_or(error))
    }

    /// Reads a file as the caller says.
    ///
    /// # Errors
    ///
    /// [`Problem::NoColumn`] if a required meaning has no position; what is wrong with the quotes of the header line.
    pub fn open_as(text: &'t str, settings: C::Settings, layout: Layout) -> Result<Self, ImportError> {
        let mut body = start(text);
        while layout.header && body.field(layout.separator)?.1 == Behind::Separator {}
        let missing =
            C::COLUMNS.iter().zip(layout.columns).find(|(column, place)| column.required && place.is_none());
        if let Some((column, _)) = missing {
            return Err(ImportError { line: 1, column: 1, problem: Problem::NoColumn(column.name) });
        }
        let head = before(text, body.rest);
        let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        Ok(Self { head, body, layout, line_end, settings, card: PhantomData })
    }

    /// The cards in the order of the file, or what is wrong with them. Empty lines are passed over.
    pub fn rows(&self) -> impl Iterator<Item = Result<Row<C>, ImportError>> + Clone + use<'t, C> {
        let settings = self.settings;
        self.lines().filter_map(move |read| match read.line {
            Ok(Some(line)) => Some(C::read(&line, settings).map(|card| Row { line: line.number, card })),
            Ok(None) => None,
            Err(error) => Some(Err(error)),
        })
    }

    fn lines(&self) -> Lines<'t> {
        Lines { place: self.body, layout: self.layout, names: C::COLUMNS }
    }
}

/// The beginning of a text, behind a byte order mark.
fn start(text: &str) -> Cursor<'_> {
    Cursor::new(text.strip_prefix(BOM).unwrap_or(text))
}

fn read_header(text: &str, separator: char, names: &'static [Column]) -> Result<Layout, ImportError> {
    let mut place = start(text);
    let mut columns = [None; MAX_COLUMNS];
    for position in 0.. {
        let (field, behind) = place.field(separator)?;
        match names.iter().zip(&mut columns).find(|(column, _)| column.is_called(&field.label)) {
            Some((_, found @ None)) => *found = Some(position),
            Some((column, Some(_))) => {
                return Err(ImportError::at(&field, Problem::ColumnTwice(column.name)));
            }
            None => {}
        }
        if behind == Behind::End {
            break;
        }
    }
    Ok(Layout { separator, header: true, columns })
}

/// Reads a file's bytes as text.
///
/// # Errors
///
/// [`Problem::NotUtf8`] with the place of the first byte that does not fit.
pub fn decode(bytes: &[u8]) -> Result<&str, ImportError> {
    core::str::from_utf8(bytes).map_err(|error| {
        let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let mut place = Cursor::new(core::str::from_utf8(valid).unwrap_or_default());
        place.skip_all();
        ImportError { line: place.line, column: place.column, problem: Problem::NotUtf8 }
    })
}

/// The lines of a file.
#[derive(Clone, Debug)]
struct Lines<'t> {
    place: Cursor<'t>,
    layout: Layout,
    names: &'static [Column],
}

struct ReadLine<'t> {
    /// The line as it stands, with its line end.
    raw: &'t str,
    /// Its values, `None` if it is empty.
    line: Result<Option<Line<'t>>, ImportError>,
}

/// The values of one line by the meaning of their column.
#[derive(Clone, Copy, Debug)]
pub struct Line<'t> {
    number: u32,
    /// Column behind the last field.
    end: u32,
    names: &'static [Column],
    fields: [Option<Field<'t>>; MAX_COLUMNS],
}

impl<'t> Iterator for Lines<'t> {
    type Item = ReadLine<'t>;

    fn next(&mut self) -> Option<ReadLine<'t>> {
        let begin = self.place;
        if begin.rest.is_empty() {
            return None;
        }
        let line = self.read();
        if line.is_err() {
            // Nothing behind a broken quote can be told apart.
            self.place.skip_all();
        }
        let raw = before(begin.rest, self.place.rest);
        Some(ReadLine { raw, line })
    }
}

impl<'t> Lines<'t> {
    fn read(&mut self) -> Result<Option<Line<'t>>, ImportError> {
        let number = self.place.line;
        let (mut fields, mut end) = ([None; MAX_COLUMNS], 1);
        for position in 0.. {
            let (field, behind) = self.place.field(self.layout.separator)?;
            end = field.column.saturating_add(u32::try_from(field.raw.chars().count()).unwrap_or(u32::MAX));
            if position == 0 && behind == Behind::End && field.raw.is_empty() {
                return Ok(None);
            }
            for (slot, _) in
                fields.iter_mut().zip(self.layout.columns).filter(|(_, at)| *at == Some(position))
            {
                *slot = Some(field);
            }
            if behind == Behind::End {
                break;
            }
        }
        Ok(Some(Line { number, end, names: self.names, fields }))
    }
}

impl<'t> Line<'t> {
    /// The value of a column; empty if the file or the line has none.
    pub fn get(&self, column: usize) -> Label<'t> {
        self.fields.get(column).copied().flatten().map_or(Label::EMPTY, |field| field.label)
    }

    /// An error at the value of a column, or behind the last value if the line has none.
    pub fn error(&self, column: usize, expected: &'static str) -> ImportError {
        let name = self.names.get(column).map_or("", |column| column.name);
        self.problem(column, Problem::Value { column: name, expected })
    }

    /// As [`Line::error`], with any problem.
    pub fn problem(&self, column: usize, problem: Problem) -> ImportError {
        match self.fields.get(column).copied().flatten() {
            Some(field) => ImportError::at(&field, problem),
            None => ImportError { line: self.number, column: self.end, problem },
        }
    }

    /// The value of a column as one slice of the text.
    ///
    /// # Errors
    ///
    /// [`Problem::Value`] with `expected` if quote signs inside make that impossible.
    pub fn plain(&self, column: usize, expected: &'static str) -> Result<&'t str, ImportError> {
        self.get(column).as_str().ok_or_else(|| self.error(column, expected))
    }

    /// The value of a column as one of `words`, in any letter case.
    ///
    /// # Errors
    ///
    /// [`Problem::Value`] with `expected`.
    pub fn word<T: Copy>(
        &self,
        column: usize,
        words: &[(&str, T)],
        expected: &'static str,
    ) -> Result<T, ImportError> {
        let text = self.plain(column, expected)?;
        let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text));
        found.map(|(_, value)| *value).ok_or_else(|| self.error(column, expected))
    }
}
