//! One walk over every map: tables, plans, and the way of each value from the simulator through a read and
//! back.

use evkit_modbus_registers::devices::{ALL, CATALOGUE};
use evkit_modbus_registers::{
    Absence, Bank, Block, Confidence, EncodeError, Map, Quantity, Row, Scale, ScaleContent, Value,
};
use proptest::prelude::*;

fn name(map: &Map<'_>) -> String {
    format!("{} {}", map.manufacturer(), map.model())
}

/// The rows a plan can use.
fn primary_rows<'m>(map: &'m Map<'_>) -> impl Iterator<Item = &'m Row> {
    map.rows().iter().filter(|row| row.function().is_read() && !row.is_alternate())
}

#[test]
fn every_table_is_right() {
    for map in ALL {
        assert_eq!(map.check(), Ok(()), "{}", name(map));
        assert!(!map.rows().is_empty(), "{}", name(map));
    }
}

#[test]
fn every_name_is_unique() {
    let mut names: Vec<_> = ALL.iter().map(|map| name(map)).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), ALL.len());
}

/// The doc comment in front of `pub const NAME: Map`, in one line.
fn docs(module: &str, name: &str) -> String {
    let path = format!("{}/src/devices/{module}.rs", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let (before, _) = text.split_once(&format!("pub const {name}: Map")).unwrap();
    let lines: Vec<_> = before.lines().rev().map_while(|line| line.strip_prefix("///")).collect();
    lines.into_iter().rev().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_catalogue_and_the_docs_name_the_same_sources() {
    let catalogue = include_str!("../src/devices/catalogue.rs");
    let entries: Vec<_> =
        catalogue.split("Device::new(").skip(1).filter_map(|entry| entry.split('&').nth(1)).collect();
    assert_eq!(entries.len(), CATALOGUE.len());
    let mut compared = 0;
    for (entry, device) in entries.into_iter().zip(CATALOGUE) {
        let (module, name) = entry.split(',').next().unwrap().trim().split_once("::").unwrap();
        let docs = docs(module, name).replace("Source: ", "Sources: ");
        if docs.contains("Sources: ") {
            let sources = format!("Sources: {}.", device.sources);
            assert!(docs.contains(&sources), "{module}::{name}: {sources}");
            compared += 1;
        }
    }
    // SunSpec names its source for all of the module; one map of KEBA has those of another.
    assert!(compared + 16 >= CATALOGUE.len(), "{compared}");
}

#[test]
fn a_plan_for_everything_brings_everything_once() {
    for map in ALL {
        let mut delivered: Vec<Quantity> = Vec::new();
        let mut storage = vec![0; map.total_words()];
        let bank = Bank::new(map, &mut storage).unwrap();
        for read in map.plan(Quantity::ALL) {
            assert!(read.words() <= u16::from(map.read_limit()), "{}: {read:?}", name(map));
            let mut words = [0; 125];
            let words =
                bank.read(read.function(), read.address(), read.words(), &mut words).unwrap_or_else(|code| {
                    panic!("{}: {code} at {}+{}", name(map), read.address(), read.words())
                });
            delivered.extend(read.decode(words).unwrap().map(|reading| reading.unwrap().quantity));
        }
        let mut expected: Vec<_> = primary_rows(map).map(Row::quantity).collect();
        expected.extend(map.derived_quantities().iter().map(|derived| derived.quantity()));
        expected.sort_unstable();
        delivered.sort_unstable();
        assert_eq!(delivered, expected, "{}", name(map));
    }
}

#[test]
fn every_single_quantity_has_one_read() {
    for map in ALL {
        for row in primary_rows(map) {
            let wanted = [row.quantity()];
            let reads: Vec<_> = map.plan(&wanted).collect();
            assert_eq!(reads.len(), 1, "{} {}", name(map), row.quantity());
        }
    }
}

#[test]
fn an_untouched_simulator_never_sends_a_number_where_absence_can_be_said() {
    for map in ALL {
        let mut storage = vec![0; map.total_words()];
        let bank = Bank::new(map, &mut storage).unwrap();
        for row in primary_rows(map) {
            let mut buffer = [0; 32];
            let absent = Value::Absent(Absence::NotAvailable);
            match map.encode(row, absent, ScaleContent::Exponent(0), &mut buffer) {
                Ok(_) => assert_eq!(bank.number(row.quantity()), None, "{} {}", name(map), row.quantity()),
                Err(EncodeError::NeverAbsent { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }
}

#[test]
fn maps_without_two_sources_say_so() {
    let confidence = |model: &str| {
        let map = ALL.iter().find(|map| map.model() == model).unwrap();
        map.rows().iter().map(|row| map.confidence(row)).max().unwrap()
    };
    for model in ["EM420", "KeContact E10", "7KT1260 (7KT PAC1200)", "iEM2155"] {
        assert_eq!(confidence(model), Confidence::Low, "{model}");
    }
    for model in ["ECSEM113", "ECSEM114MID"] {
        let map = ALL.iter().find(|map| map.model() == model).unwrap();
        let row = map.row(Quantity::PowerActiveTotal).unwrap();
        assert_eq!(map.confidence(row), Confidence::Low, "{model}");
    }
}

/// Decodes `words` as the value of `row`, with a scale register that says ten to the power 0 or a factor of 1.
fn decode<'r>(map: &Map<'_>, row: &Row, words: &[u16], block: &'r mut Vec<u16>) -> Option<Value<'r>> {
    let start = row.scale().registers().map_or(row.address(), |(address, _)| address.min(row.address()));
    let place = usize::from(row.address() - start);
    block.clear();
    block.resize(200, 0);
    block[place..place + words.len()].copy_from_slice(words);
    if let (Scale::Factor { address }, Some(_)) = (row.scale(), row.scale().registers()) {
        block[usize::from(address - start) + 1] = 1;
    }
    map.value(row, &Block::new(row.function(), start + map.base(), &block[..])).ok()
}

fn any_row() -> impl Strategy<Value = (&'static Map<'static>, &'static Row)> {
    (0..ALL.len(), any::<prop::sample::Index>()).prop_map(|(map, row)| {
        let rows = ALL[map].rows();
        (ALL[map], &rows[row.index(rows.len())])
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    /// Whatever the registers hold, a number that is read is the number that is sent back.
    #[test]
    fn what_is_decoded_encodes_to_the_same_value(
        (map, row) in any_row(),
        words in prop::collection::vec(prop_oneof![any::<u16>(), Just(0), Just(0xFFFF), 0u16..3_000], 32),
    ) {
        let words = &words[..usize::from(row.words())];
        let (mut first, mut second) = (Vec::new(), Vec::new());
        let Some(value @ Value::Number(_)) = decode(map, row, words, &mut first) else { return Ok(()) };
        let scale = match row.scale() {
            Scale::Factor { .. } => ScaleContent::Factor(1),
            _ => ScaleContent::Exponent(0),
        };
        let mut buffer = [0; 32];
        // A folded power factor has two encodings; one of them is chosen.
        let encoded = map.encode(row, value, scale, &mut buffer).unwrap().to_vec();
        prop_assert_eq!(decode(map, row, &encoded, &mut second), Some(value));
    }

    /// The simulator's side of the same: what is set is what a plan reads.
    #[test]
    fn what_the_simulator_is_given_is_what_a_client_reads((map, row) in any_row(), raw in 0i64..200) {
        prop_assume!(row.function().is_read() && !row.is_alternate());
        let mut storage = vec![0; map.total_words()];
        let mut bank = Bank::new(map, &mut storage).unwrap();
        let pow10 = match row.scale() {
            Scale::Pow10(pow10) => i32::from(pow10),
            Scale::Exponent { address, .. } | Scale::ExponentLowByte { address } => {
                let register = map.rows().iter().find(|other| other.address() == address).unwrap();
                bank.set(register.quantity(), evkit_modbus_registers::Decimal::ZERO).unwrap();
                0
            }
            _ => 0,
        };
        if let Scale::Factor { address } = row.scale() {
            let register = map.rows().iter().find(|other| other.address() == address).unwrap();
            bank.set(register.quantity(), evkit_modbus_registers::Decimal::from_int(1)).unwrap();
        }
        let number = evkit_modbus_registers::Decimal::new(raw, pow10).unwrap();
        if bank.set(row.quantity(), number).is_err() {
            return Ok(());
        }
        let wanted = [row.quantity()];
        let read = map.plan(&wanted).next().unwrap();
        let mut words = [0; 125];
        let words = bank.read(read.function(), read.address(), read.words(), &mut words).unwrap();
        let reading = read.decode(words).unwrap().next().unwrap().unwrap();
        prop_assert_eq!(reading.value, Value::Number(number));
    }
}

#[test]
fn the_readme_counts_right() {
    let mut makers: Vec<_> = ALL.iter().map(|map| map.manufacturer()).collect();
    makers.sort_unstable();
    makers.dedup();
    let counted = format!("{} maps of {} makers", ALL.len(), makers.len());
    assert!(include_str!("../README.md").contains(&counted), "{counted}");
}
