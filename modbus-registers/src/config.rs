//! Maps of devices described in a TOML file, for meters this crate does not know.
//!
//! ```toml
//! manufacturer = "Acme"
//! model = "M1"
//! unit = 1                      # with port: over TCP; alone: address on a serial line
//! port = 502
//! function = 4                  # 3 (the default) or 4, for rows that do not say
//! word-order = "low-first"      # or "high-first", the default
//! numbering = "from-one"        # as the document prints addresses; "from-zero" is the default
//! max-words = 50
//! readable = [[1, 80]]          # ranges that answer although not listed, in the same numbering
//!
//! [[row]]
//! quantity = "voltage_l1n"      # names as in `Quantity::name`
//! address = 0x10
//! type = "i32"                  # u16 i16 u32 i32 u64 i64 f32 f64 text
//! scale = -1                    # power of ten that makes volts of it
//! absent = "extreme"            # extreme, sunspec, carlo-gavazzi, zero or one number of 16 bits with sign
//! ```
//!
//! Further keys of a row: `words` (of a text), `function`, `word-order`, `exponent-at` (address of a decimal
//! exponent), `alternate`, `alone`, `negated`. All rows are [`Confidence::Medium`](crate::Confidence::Medium).

use alloc::string::String;
use alloc::vec::Vec;

use thiserror::Error;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::generic::Numbering;
use crate::map::{Map, MapError, Readable};
use crate::quantity::Quantity;
use crate::row::{Absent, Function, Kind, Row, Scale, Template, WordOrder};

/// Why a description is refused, and where in the file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {kind}")]
pub struct ConfigError {
    /// Line, from 1 on.
    pub line: usize,
    /// Column in characters, from 1 on.
    pub column: usize,
    /// What is wrong.
    pub kind: ConfigErrorKind,
}

/// What is wrong with a description.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConfigErrorKind {
    /// The file is not TOML.
    #[error("{0}")]
    Syntax(String),
    /// No such key.
    #[error("unknown key `{0}`")]
    UnknownKey(String),
    /// A key that must be there is not.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A value of the wrong type or outside what is allowed.
    #[error("expected {0}")]
    Expected(&'static str),
    /// The rows make no map.
    #[error(transparent)]
    Map(#[from] MapError),
}

/// A map that owns what it is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedMap {
    manufacturer: String,
    model: String,
    rows: Vec<Row>,
    readable: Vec<Readable>,
    max_words: u8,
    unit: Option<u8>,
    port: Option<u16>,
}

impl OwnedMap {
    /// Reads a description.
    ///
    /// # Errors
    ///
    /// The first fault, with its place.
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        read(text).map_err(|Fault { at, kind }| {
            let (line, column) = place(text, at);
            ConfigError { line, column, kind }
        })
    }

    /// The map, to plan and decode with.
    pub fn map(&self) -> Map<'_> {
        let map = Map::new(&self.manufacturer, &self.model, &self.rows)
            .readable(&self.readable)
            .max_words(self.max_words);
        match (self.unit, self.port) {
            (unit, Some(port)) => map.tcp(unit.unwrap_or(1), port),
            (Some(unit), None) => map.rtu_address(unit),
            (None, None) => map,
        }
    }
}

/// A fault at a byte of the text.
struct Fault {
    at: usize,
    kind: ConfigErrorKind,
}

impl Fault {
    fn expected<T>(at: usize, what: &'static str) -> Result<T, Self> {
        Err(Self { at, kind: ConfigErrorKind::Expected(what) })
    }
}

/// Line and column of the byte `at`.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before.get(line_start..).map_or(0, |line| line.chars().count());
    (before.matches('\n').count() + 1, column + 1)
}

type Value<'t> = Spanned<DeValue<'t>>;

/// What the head of the file says about all rows.
#[derive(Default)]
struct Head {
    manufacturer: Option<String>,
    model: Option<String>,
    unit: Option<u8>,
    port: Option<u16>,
    max_words: Option<u8>,
    function: Option<Function>,
    order: Option<WordOrder>,
    numbering: Option<Numbering>,
}

fn read(text: &str) -> Result<OwnedMap, Fault> {
    let parsed = DeTable::parse(text).map_err(|error| Fault {
        at: error.span().map_or(0, |span| span.start),
        kind: ConfigErrorKind::Syntax(error.message().into()),
    })?;
    let table = parsed.get_ref();
    let mut head = Head::default();
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "manufacturer" => head.manufacturer = Some(string(value)?.into()),
            "model" => head.model = Some(string(value)?.into()),
            "unit" => head.unit = Some(integer(value, "a unit identifier from 0 to 255")?),
            "port" => head.port = Some(integer(value, "a TCP port")?),
            "max-words" => head.max_words = Some(integer(value, "1 to 125 registers")?),
            "function" => head.function = Some(function(value)?),
            "word-order" => head.order = Some(word_order(value)?),
            "numbering" => head.numbering = Some(numbering(value)?),
            "readable" | "row" => {}
            other => return unknown(key.span().start, other),
        }
    }
    let missing = |what| Fault { at: 0, kind: ConfigErrorKind::Missing(what) };
    let mut map = OwnedMap {
        rows: Vec::new(),
        readable: Vec::new(),
        max_words: head.max_words.unwrap_or(crate::map::MAX_READ_WORDS),
        unit: head.unit,
        port: head.port,
        manufacturer: head.manufacturer.take().ok_or_else(|| missing("manufacturer"))?,
        model: head.model.take().ok_or_else(|| missing("model"))?,
    };
    for range in array(table.get("readable"), "pairs of addresses such as [[0, 79]]")? {
        let pair = array(Some(range), "a pair of addresses")?;
        let [first, last] = pair else { return Fault::expected(range.span().start, "a pair of addresses") };
        map.readable.push(Readable { first: address(first, &head)?, last: address(last, &head)? });
    }
    let mut places = Vec::new();
    for value in array(table.get("row"), "rows as [[row]]")? {
        map.rows.push(row(value, &head)?);
        places.push(value.span().start);
    }
    // Sorted together, so that an error of the map finds its place in the file.
    let mut rows: Vec<_> = map.rows.iter().copied().zip(places).collect();
    rows.sort_by_key(|(row, _)| (row.function(), row.address()));
    map.rows = rows.iter().map(|(row, _)| *row).collect();
    match map.map().check() {
        Ok(()) => Ok(map),
        Err(error) => {
            let at = error.row().and_then(|index| rows.get(index)).map_or(0, |(_, at)| *at);
            Err(Fault { at, kind: error.into() })
        }
    }
}

fn row(value: &Value<'_>, head: &Head) -> Result<Row, Fault> {
    let at = value.span().start;
    let DeValue::Table(table) = value.get_ref() else { return Fault::expected(at, "a row as [[row]]") };
    let missing = |what| Fault { at, kind: ConfigErrorKind::Missing(what) };
    let field = |name: &'static str| table.get(name).ok_or_else(|| missing(name));

    let address_of = field("address").and_then(|value| address(value, head))?;
    let quantity_at = field("quantity")?;
    let Some(quantity) = Quantity::from_name(string(quantity_at)?) else {
        return Fault::expected(quantity_at.span().start, "a quantity such as \"voltage_l1n\"");
    };
    let (kind, mut words) = kind(field("type")?)?;
    let mut template = match table.get("function").map(function).transpose()?.or(head.function) {
        Some(Function::ReadInput) => Template::input().medium(),
        _ => Template::holding().medium(),
    };
    let order = table.get("word-order").map(word_order).transpose()?.or(head.order);
    if order == Some(WordOrder::LowFirst) {
        template = template.low_word_first();
    }
    let (mut pow10, mut exponent) = (0, None);
    let (mut alternate, mut alone, mut negated) = (false, false, false);
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "quantity" | "address" | "type" | "function" | "word-order" => {}
            "alternate" => alternate = boolean(value)?,
            "alone" => alone = boolean(value)?,
            "negated" => negated = boolean(value)?,
            "words" => words = integer(value, "1 to 32 registers")?,
            "scale" => pow10 = integer(value, "a power of ten from -6 to 12")?,
            "exponent-at" => exponent = Some(address(value, head)?),
            "absent" => template = template.absent(absent(value)?),
            other => return unknown(key.span().start, other),
        }
    }
    let scale = match exponent {
        Some(address) => Scale::Exponent { address, pow10 },
        None => Scale::Pow10(pow10),
    };
    let mut row = template.row(kind, address_of, words, quantity).scaled_by(scale);
    if alternate {
        row = row.alternate();
    }
    if alone {
        row = row.alone();
    }
    if negated {
        row = row.negated();
    }
    Ok(row)
}

fn unknown<T>(at: usize, key: &str) -> Result<T, Fault> {
    Err(Fault { at, kind: ConfigErrorKind::UnknownKey(key.into()) })
}

fn string<'v>(value: &'v Value<'_>) -> Result<&'v str, Fault> {
    match value.get_ref() {
        DeValue::String(text) => Ok(text),
        _ => Fault::expected(value.span().start, "a text in quotes"),
    }
}

fn boolean(value: &Value<'_>) -> Result<bool, Fault> {
    match value.get_ref() {
        DeValue::Boolean(boolean) => Ok(*boolean),
        _ => Fault::expected(value.span().start, "true or false"),
    }
}

fn integer<T: TryFrom<i64>>(value: &Value<'_>, what: &'static str) -> Result<T, Fault> {
    let number = match value.get_ref() {
        DeValue::Integer(digits) => i64::from_str_radix(digits.as_str(), digits.radix()).ok(),
        _ => None,
    };
    let number = number.and_then(|number| T::try_from(number).ok());
    number.map_or_else(|| Fault::expected(value.span().start, what), Ok)
}

fn array<'v, 't>(value: Option<&'v Value<'t>>, what: &'static str) -> Result<&'v [Value<'t>], Fault> {
    let Some(value) = value else { return Ok(&[]) };
    match value.get_ref() {
        DeValue::Array(items) => Ok(items),
        _ => Fault::expected(value.span().start, what),
    }
}

/// An address as it goes over the wire.
fn address(value: &Value<'_>, head: &Head) -> Result<u16, Fault> {
    match head.numbering {
        Some(Numbering::FromOne) => {
            let printed: u16 = integer(value, "an address from 1 to 65535")?;
            let address = printed.checked_sub(1);
            address.map_or_else(|| Fault::expected(value.span().start, "an address from 1 to 65535"), Ok)
        }
        _ => integer(value, "an address from 0 to 65535"),
    }
}

fn function(value: &Value<'_>) -> Result<Function, Fault> {
    match integer(value, "function 3 or 4")? {
        3u8 => Ok(Function::ReadHolding),
        4 => Ok(Function::ReadInput),
        _ => Fault::expected(value.span().start, "function 3 or 4"),
    }
}

fn word_order(value: &Value<'_>) -> Result<WordOrder, Fault> {
    match string(value)? {
        "high-first" => Ok(WordOrder::HighFirst),
        "low-first" => Ok(WordOrder::LowFirst),
        _ => Fault::expected(value.span().start, "\"high-first\" or \"low-first\""),
    }
}

fn numbering(value: &Value<'_>) -> Result<Numbering, Fault> {
    match string(value)? {
        "from-zero" => Ok(Numbering::FromZero),
        "from-one" => Ok(Numbering::FromOne),
        _ => Fault::expected(value.span().start, "\"from-zero\" or \"from-one\""),
    }
}

fn kind(value: &Value<'_>) -> Result<(Kind, u8), Fault> {
    Ok(match string(value)? {
        "u16" => (Kind::Unsigned, 1),
        "i16" => (Kind::Signed, 1),
        "u32" => (Kind::Unsigned, 2),
        "i32" => (Kind::Signed, 2),
        "u64" => (Kind::Unsigned, 4),
        "i64" => (Kind::Signed, 4),
        "f32" => (Kind::Float, 2),
        "f64" => (Kind::Float, 4),
        // Longer with `words`.
        "text" => (Kind::Ascii, 1),
        _ => return Fault::expected(value.span().start, "u16, i16, u32, i32, u64, i64, f32, f64 or text"),
    })
}

fn absent(value: &Value<'_>) -> Result<Absent, Fault> {
    const WHAT: &str =
        "\"extreme\", \"sunspec\", \"carlo-gavazzi\", \"zero\" or a number from -32768 to 32767";
    match value.get_ref() {
        DeValue::String(name) => match name.as_ref() {
            "extreme" => Ok(Absent::Extreme),
            "sunspec" => Ok(Absent::SunSpec),
            "carlo-gavazzi" => Ok(Absent::CarloGavazzi),
            "zero" => Ok(Absent::Zero),
            _ => Fault::expected(value.span().start, WHAT),
        },
        _ => integer(value, WHAT).map(Absent::Raw),
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;
    use crate::value::Decimal;

    const HEAD: &str = "manufacturer = \"Acme\"\nmodel = \"M1\"\n";

    fn error(text: &str) -> String {
        let text = String::from(HEAD) + text;
        OwnedMap::from_toml(&text).unwrap_err().to_string()
    }

    #[test]
    fn a_description_reads_like_a_map() {
        let text = r#"
            manufacturer = "Acme"
            model = "M1"
            unit = 7
            port = 1502
            function = 4
            word-order = "low-first"
            numbering = "from-one"
            max-words = 50
            readable = [[1, 80]]

            [[row]]
            quantity = "power_active_total"
            address = 0x15
            type = "i32"
            scale = -1
            absent = "extreme"
            negated = true

            [[row]]
            quantity = "serial_number"
            address = 1
            type = "text"
            words = 8
            function = 3
        "#;
        let owned = OwnedMap::from_toml(text).unwrap();
        let map = owned.map();
        let template = Template::input().low_word_first().absent(Absent::Extreme).medium();
        let expected = [
            Template::holding().low_word_first().medium().text(0, 8, Quantity::SerialNumber),
            template.i32(20, Quantity::PowerActiveTotal).e(-1).negated(),
        ];
        assert_eq!(map.rows(), expected);
        assert_eq!((map.manufacturer(), map.model(), map.read_limit()), ("Acme", "M1", 50));
        assert_eq!(map.endpoint().map(|endpoint| (endpoint.unit, endpoint.port)), Some((7, 1502)));
        let read = map.plan(&[Quantity::PowerActiveTotal]).next().unwrap();
        let reading = read.decode(&[0xFFF6u16, 0xFFFF]).unwrap().next().unwrap().unwrap();
        assert_eq!(reading.number(), Ok(Decimal::from_int(1)));
    }

    #[test]
    fn faults_are_named_with_their_place() {
        assert_eq!(error("unti = 1"), "line 3, column 1: unknown key `unti`");
        assert_eq!(error("unit = 256"), "line 3, column 8: expected a unit identifier from 0 to 255");
        assert_eq!(error("function = 6"), "line 3, column 12: expected function 3 or 4");
        let row = "[[row]]\nquantity = \"voltage_l1n\"\naddress = 0\n";
        assert_eq!(error(row), "line 3, column 1: `type` is missing");
        assert_eq!(
            error(&(String::from(row) + "type = \"u8\"")),
            "line 6, column 8: expected u16, i16, u32, i32, u64, i64, f32, f64 or text"
        );
        assert_eq!(
            error("[[row]]\nquantity = \"volts\"\naddress = 0\ntype = \"u16\""),
            "line 4, column 12: expected a quantity such as \"voltage_l1n\""
        );
        assert_eq!(
            error("numbering = \"from-one\"\nreadable = [[0, 1]]"),
            "line 4, column 14: expected an address from 1 to 65535"
        );
        assert!(error("unit = ").starts_with("line 3, column "));
        assert_eq!(
            OwnedMap::from_toml("model = \"M1\"").unwrap_err().kind,
            ConfigErrorKind::Missing("manufacturer")
        );
    }

    #[test]
    fn rows_that_make_no_map_are_refused_at_their_place() {
        let text = "[[row]]\nquantity = \"voltage_l2n\"\naddress = 1\ntype = \"u32\"\n\
                    [[row]]\nquantity = \"voltage_l1n\"\naddress = 0\ntype = \"u32\"\n";
        // The row at 1 comes second in the map but stands first in the file.
        assert!(error(text).starts_with("line 3, column 1: row 1 begins before"));
    }
}
