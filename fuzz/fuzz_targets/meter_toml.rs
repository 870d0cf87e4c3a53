//! Descriptions of meters: whatever the file says, there is a map that keeps its promises or an error with a place.
#![no_main]

use evkit_modbus_registers::config::OwnedMap;
use evkit_modbus_registers::{Bank, Quantity};
use libfuzzer_sys::fuzz_target;

/// What a byte above 127 stands for, so that descriptions that make sense come up at all.
const WORDS: &[&str] = &[
    "manufacturer = \"M\"\nmodel = \"N\"\n",
    "[[row]]\nquantity = \"voltage_l1n\"\naddress = ",
    "[[row]]\nquantity = \"current_l1\"\naddress = ",
    "[[row]]\nquantity = \"power_active_total\"\naddress = ",
    "[[row]]\nquantity = \"energy_active_import_total\"\naddress = ",
    "[[row]]\nquantity = \"scale_voltage\"\naddress = ",
    "\ntype = \"u16\"\n",
    "\ntype = \"i32\"\n",
    "\ntype = \"u64\"\n",
    "\ntype = \"f32\"\n",
    "\ntype = \"f64\"\n",
    "\ntype = \"text\"\n",
    "words = ",
    "scale = -",
    "exponent-at = ",
    "absent = \"extreme\"\n",
    "absent = \"carlo-gavazzi\"\n",
    "absent = ",
    "alternate = true\n",
    "alone = true\n",
    "negated = true\n",
    "function = 4\n",
    "word-order = \"low-first\"\n",
    "numbering = \"from-one\"\n",
    "max-words = ",
    "readable = [[0, 79]]\n",
    "unit = 1\nport = 502\n",
    "0x",
    "0",
    "1",
    "2",
    "65535",
];

fuzz_target!(|data: &[u8]| {
    let mut text = String::new();
    for &byte in data {
        match byte.checked_sub(128) {
            Some(word) => text.push_str(WORDS[usize::from(word) % WORDS.len()]),
            None => text.push(char::from(byte)),
        }
    }
    match OwnedMap::from_toml(&text) {
        Ok(owned) => keeps_its_promises(&owned),
        Err(error) => {
            let line = text.split('\n').nth(error.line - 1).expect("a line of the file");
            assert!((1..=line.chars().count() + 1).contains(&error.column), "{error}");
        }
    }
});

/// A plan brings every quantity once, in reads the device allows, and the simulated device answers them.
fn keeps_its_promises(owned: &OwnedMap) {
    let map = owned.map();
    assert_eq!(map.check(), Ok(()));
    let mut storage = vec![0; map.total_words()];
    let bank = Bank::new(&map, &mut storage).expect("room for every row");
    let mut brought = Vec::new();
    for read in map.plan(Quantity::ALL) {
        let mut words = [0; 125];
        let words = bank.read(read.function(), read.address(), read.words(), &mut words);
        let words = words.expect("the device answers what is planned");
        let readings = read.decode(words).expect("as many registers as asked for");
        brought.extend(readings.map(|reading| reading.expect("absent or a number").quantity));
    }
    let mut expected: Vec<_> = Quantity::ALL.iter().copied().filter(|&quantity| map.has(quantity)).collect();
    brought.sort_unstable();
    expected.sort_unstable();
    assert_eq!(brought, expected);
}
