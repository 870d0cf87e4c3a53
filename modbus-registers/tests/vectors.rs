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

#[test]
fn every_row_means_what_its_vector_says() {
    let mut map = ALL[0];
    let mut checked = 0;
    let mut wrong = Vec::new();
    for line in VECTORS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(device) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            let (manufacturer, model) = device.split_once(" | ").unwrap();
            let named = |map: &&&Map<'_>| map.manufacturer() == manufacturer && map.model() == model;
            map = ALL.iter().find(named).unwrap_or_else(|| panic!("no map for {device}"));
            continue;
        }
        let vector = Vector::parse(line).unwrap_or_else(|| panic!("not a vector: {line}"));
        let Some(row) = vector.row(map) else {
            wrong.push(format!("{}: no row for {line}", map.model()));
            continue;
        };
        let (start, words) = vector.block();
        let value = map.value(row, &Block::new(row.function(), start, &words[..]));
        let got = value.map_or_else(|error| error.to_string(), shown);
        if got != vector.value {
            wrong.push(format!("{}: {line}, but got {got}", map.model()));
        }
        checked += 1;
    }
    assert!(wrong.is_empty(), "{} of {checked}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(checked > 3_500, "only {checked} vectors");
}

#[test]
fn every_row_has_a_vector() {
    // Maps written by hand from manuals have rows beyond the collected facts.
    let handmade = ["KeContact", "CC612", "EVlink"];
    for map in ALL.iter().filter(|map| !handmade.iter().any(|name| map.model().starts_with(name))) {
        let header = format!("[{} | {}]", map.manufacturer(), map.model());
        let Some(start) = VECTORS.find(&header) else { continue };
        let lines = VECTORS[start..].lines().skip(1).take_while(|line| !line.starts_with('['));
        let vectors: Vec<_> = lines.filter_map(Vector::parse).collect();
        for row in map.rows().iter().filter(|row| !row.quantity().name().starts_with("scale_")) {
            let found = vectors.iter().any(|vector| vector.address == row.address() + map.base());
            assert!(found, "{header} {} at {}", row.quantity(), row.address());
        }
    }
}
