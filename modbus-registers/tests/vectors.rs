//! Every row of the maps against golden registers (`vectors/registers.txt`).

use evkit_modbus_registers::devices::ALL;
use evkit_modbus_registers::{Absence, Block, Map, Row, Value};

const VECTORS: &str = include_str!("vectors/registers.txt");

/// One line of the file.
struct Vector<'a> {
    function: u8,
    address: u16,
    quantity: &'a str,
    /// Registers and where they are: the value, then its scale.
    parts: Vec<(u16, Vec<u16>)>,
    value: &'a str,
}

impl<'a> Vector<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (left, value) = line.split_once(" = ")?;
        let mut head = left.splitn(4, ' ');
        let function = head.next()?.parse().ok()?;
        let address: u16 = head.next()?.parse().ok()?;
        let quantity = head.next()?;
        let mut parts = Vec::new();
        for (index, part) in head.next()?.split(" & ").enumerate() {
            let (at, words) = match index {
                0 => (address, part),
                _ => part.split_once(' ').map(|(at, words)| (at.parse().unwrap(), words))?,
            };
            let words = words.split(' ').map(|word| u16::from_str_radix(word, 16).unwrap());
            parts.push((at, words.collect()));
        }
        Some(Self { function, address, quantity, parts, value })
    }

    fn row<'m>(&self, map: &'m Map<'_>) -> Option<&'m Row> {
        map.rows().iter().find(|row| {
            row.function().code() == self.function
                && row.address() + map.base() == self.address
                && row.quantity().name() == self.quantity
        })
    }

    /// What the map makes of the registers.
    fn meaning(&self, map: &Map<'_>) -> String {
        let Some(row) = self.row(map) else { return "no row".to_owned() };
        let (start, words) = self.block();
        let value = map.value(row, &Block::new(row.function(), start, &words[..]));
        value.map_or_else(|error| error.to_string(), shown)
    }

    /// First register and contents of a block that holds value and scale.
    fn block(&self) -> (u16, Vec<u16>) {
        let start = self.parts.iter().map(|part| part.0).min().unwrap();
        let end = self.parts.iter().map(|(at, words)| usize::from(*at) + words.len()).max().unwrap();
        let mut block = vec![0; end - usize::from(start)];
        for (at, words) in &self.parts {
            let offset = usize::from(at - start);
            block[offset..offset + words.len()].copy_from_slice(words);
        }
        (start, block)
    }
}

fn shown(value: Value<'_>) -> String {
    match value {
        Value::Text(text) => format!("\"{text}\""),
        Value::Absent(Absence::NotANumber) => "not-a-number".into(),
        Value::Absent(Absence::NotAvailable) => "not-available".into(),
        Value::Absent(Absence::Overflow) => "overflow".into(),
        Value::Absent(Absence::NoSensor) => "no-sensor".into(),
        Value::Absent(Absence::NotInSystem) => "not-in-system".into(),
        other => other.to_string(),
    }
}

/// The vectors of one device.
struct Section<'a> {
    manufacturer: &'a str,
    model: &'a str,
    vectors: Vec<Vector<'a>>,
}

impl Section<'_> {
    fn is_of(&self, map: &Map<'_>) -> bool {
        self.manufacturer == map.manufacturer() && self.model == map.model()
    }

    /// What `map` makes something else of.
    fn wrong(&self, map: &Map<'_>) -> Vec<String> {
        let differs = |vector: &Vector<'_>| {
            let got = vector.meaning(map);
            let place = (vector.function, vector.address, vector.quantity);
            (got != vector.value)
                .then(|| format!("{} {place:?}: {}, but got {got}", self.model, vector.value))
        };
        self.vectors.iter().filter_map(differs).collect()
    }

    fn has(&self, map: &Map<'_>, row: &Row) -> bool {
        self.vectors.iter().any(|vector| vector.row(map) == Some(row))
    }
}

fn sections() -> Vec<Section<'static>> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    for line in VECTORS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(device) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            let (manufacturer, model) = device.split_once(" | ").unwrap();
            sections.push(Section { manufacturer, model, vectors: Vec::new() });
        } else {
            let vector = Vector::parse(line).unwrap_or_else(|| panic!("not a vector: {line}"));
            sections.last_mut().expect("a device comes first").vectors.push(vector);
        }
    }
    sections
}

#[test]
fn every_vector_means_what_it_says() {
    let mut wrong = Vec::new();
    for section in sections() {
        let map = ALL.iter().find(|map| section.is_of(map));
        let map = map.unwrap_or_else(|| panic!("no map for {} {}", section.manufacturer, section.model));
        wrong.extend(section.wrong(map));
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

/// A map that is another one under a new name has the vectors of that one.
#[test]
fn every_row_of_every_map_has_a_vector() {
    let sections = sections();
    for map in ALL {
        let own = sections.iter().find(|section| section.is_of(map));
        let other = || {
            let agrees = |section: &&Section<'_>| section.wrong(map).is_empty();
            let covers = |section: &&Section<'_>| map.rows().iter().all(|row| section.has(map, row));
            sections.iter().find(|section| covers(section) && agrees(section))
        };
        let section = own.or_else(other);
        let section =
            section.unwrap_or_else(|| panic!("no vectors for {} {}", map.manufacturer(), map.model()));
        let missing = map.rows().iter().find(|row| !section.has(map, row));
        assert!(missing.is_none(), "{}: no vector for {missing:?}", map.model());
    }
}
