//! Every row of a list of registers is in the maps and equal, apart from those that differ on purpose.
//!
//! `EVKIT_METERS_CSV` names the list: comma-separated values with at least the columns of [`Listed`]. Without it
//! nothing is compared: such lists are gathered from many projects and are no part of this crate.

use std::collections::{HashMap, HashSet};
use std::env;

use evkit_modbus_registers::devices::ALL;
use evkit_modbus_registers::{Decimal, Kind, Map, Row, Scale, WordOrder};

/// A row of the list. The scale is a factor, or empty for texts; factors in registers are not compared.
#[derive(serde::Deserialize)]
struct Listed {
    manufacturer: String,
    model: String,
    function_code: u8,
    address_dec: u16,
    count_words: u16,
    encoding: String,
    scale: String,
    unit: String,
    quantity: String,
    confidence: String,
}

/// Quantities that have another name here: the list's, ours.
const RENAMED: [(&str, &str); 14] = [
    ("modbus_map_version", "map_version"),
    ("scale_exponent_voltage", "scale_voltage"),
    ("scale_exponent_current", "scale_current"),
    ("scale_exponent_power", "scale_power_active"),
    ("scale_exponent_energy_import", "scale_energy_import"),
    ("scale_exponent_energy_export", "scale_energy_export"),
    ("energy_primary_factor", "energy_factor"),
    ("energy_primary_factor_tariff", "energy_factor_tariff"),
    ("evccid", "evcc_id"),
    // Charging stations: the model is a code of digits, and what is written is a command.
    ("model_id", "product_code"),
    ("unlock_plug", "set_unlock_plug"),
    ("enable", "set_enable"),
    ("trigger_phase_switch", "set_phase_switch"),
    ("persist_failsafe", "set_persist_failsafe"),
];

/// Second registers of a quantity have names of their own in the list; here they are alternates of one row.
const SECOND: [&str; 6] = ["_f32", "_64", "_2", "_10wh", "_iec", "_deci"];

/// Rows that differ on purpose, with the reason in the documentation of `devices`: device and addresses.
const DISPUTED: [(&str, &[u16]); 4] = [
    ("ALE3", &[37, 38, 42, 43, 47, 48, 50, 51]),
    ("EVlink Pro AC", &[2999, 3001, 3003, 3027, 3029, 3031, 3059, 3203, 4007, 4009]),
    ("CC612", &[705, 709]),
    ("KeContact EMS", &[0]),
];

impl Listed {
    fn read(path: &str) -> Vec<Self> {
        let mut reader = csv::Reader::from_path(path).unwrap_or_else(|error| panic!("{path}: {error}"));
        reader.deserialize().map(|row| row.unwrap_or_else(|error| panic!("{path}: {error}"))).collect()
    }

    fn is(&self, row: &Row, base: u16) -> bool {
        let same_place =
            row.function().code() == self.function_code && row.address() + base == self.address_dec;
        let (here, there) = (row.quantity().name(), self.quantity.as_str());
        let second = SECOND.iter().any(|ending| there.strip_suffix(ending) == Some(here));
        same_place && (here == there || second || RENAMED.contains(&(there, here)))
    }

    fn is_disputed(&self) -> bool {
        DISPUTED
            .iter()
            .any(|(model, addresses)| self.model.starts_with(model) && addresses.contains(&self.address_dec))
    }

    /// What of the row differs.
    fn differences(&self, row: &Row) -> Vec<String> {
        let pairs = [
            ("words", row.words().to_string(), self.count_words.to_string()),
            ("encoding", encoding(row, &self.encoding), self.encoding.clone()),
            ("scale", scale(row, &self.scale), self.scale.clone()),
            ("unit", unit(row, &self.unit), self.unit.clone()),
        ];
        let different = pairs.into_iter().filter(|(_, here, listed)| here != listed);
        different.map(|(what, here, listed)| format!("{what} {here} here, {listed} there")).collect()
    }
}

/// Bytes are a text here.
fn encoding(row: &Row, listed: &str) -> String {
    let bits = 16 * row.words();
    let kind = match row.kind() {
        Kind::Unsigned => format!("u{bits}"),
        Kind::Signed => format!("i{bits}"),
        Kind::Float | Kind::QuadrantPf => format!("f{bits}"),
        Kind::Ascii | Kind::WideAscii if listed == "bytes" => return listed.to_owned(),
        Kind::Ascii | Kind::WideAscii => return "ascii".to_owned(),
        Kind::IskraT5 => return "iskra-t5".to_owned(),
        Kind::IskraT6 => return "iskra-t6".to_owned(),
        other => return format!("{other:?}"),
    };
    match row.word_order() {
        _ if row.words() == 1 => kind,
        WordOrder::HighFirst => kind + " be",
        WordOrder::LowFirst => kind + " le-word-swap",
    }
}

fn scale(row: &Row, listed: &str) -> String {
    match row.scale() {
        _ if matches!(row.kind(), Kind::Ascii | Kind::WideAscii) => String::new(),
        Scale::Pow10(pow10) => Decimal::new(1, pow10.into()).expect("a factor").to_string(),
        _ => listed.to_owned(),
    }
}

/// The list has no signs beyond ASCII, leaves out some units (`1`), and gives the distortion of a current amperes.
fn unit(row: &Row, listed: &str) -> String {
    match row.quantity().unit().symbol() {
        "" => "1".to_owned(),
        "°" => "deg".to_owned(),
        "°C" => "degC".to_owned(),
        "%" | "s" if listed == "1" => listed.to_owned(),
        "%" if listed == "A" => listed.to_owned(),
        symbol => symbol.to_owned(),
    }
}

/// The words of a name, without what separates them.
fn words(name: &str) -> HashSet<String> {
    let name = name.to_lowercase();
    name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The map with the most in common with a device of the list: its registers, then its name.
fn map_of(device: (&str, &str), rows: &[Listed]) -> &'static Map<'static> {
    let wanted = words(&format!("{} {}", device.0, device.1));
    let alike = |map: &&&Map<'_>| {
        let found = |listed: &&Listed| map.rows().iter().any(|row| listed.is(row, map.base()));
        let name = words(&format!("{} {}", map.manufacturer(), map.model()));
        let common = 100 * name.intersection(&wanted).count() / name.union(&wanted).count();
        2 * common + 100 * rows.iter().filter(found).count() / rows.len()
    };
    ALL.iter().max_by_key(alike).expect("there are maps")
}

#[test]
fn every_row_of_the_list_is_here_and_equal() {
    let Ok(path) = env::var("EVKIT_METERS_CSV") else { return };
    let mut devices: HashMap<_, Vec<Listed>> = HashMap::new();
    for row in Listed::read(&path) {
        devices.entry((row.manufacturer.clone(), row.model.clone())).or_default().push(row);
    }
    let (mut sure, mut less_sure, mut disputed, mut wrong) = (0, 0, 0, Vec::new());
    let mut maps = HashSet::new();
    for ((manufacturer, model), rows) in &devices {
        let map = map_of((manufacturer, model), rows);
        assert!(maps.insert((map.manufacturer(), map.model())), "{} stands for two devices", map.model());
        for listed in rows {
            let found = map.rows().iter().find(|row| listed.is(row, map.base()));
            let differences = found.map_or_else(|| vec!["missing".to_owned()], |row| listed.differences(row));
            let is_sure = listed.confidence == "high";
            *(if is_sure { &mut sure } else { &mut less_sure }) += 1;
            if !is_sure && listed.is_disputed() {
                assert!(!differences.is_empty(), "{model} {}: no dispute any more", listed.address_dec);
                disputed += 1;
                continue;
            }
            let place = (listed.function_code, listed.address_dec, &listed.quantity);
            wrong.extend(differences.iter().map(|what| format!("{manufacturer} {model} {place:?}: {what}")));
        }
    }
    println!("{} devices, {} maps; {sure} sure rows, {less_sure} others", devices.len(), maps.len());
    println!("{disputed} of the others differ on purpose; {} rows are wrong", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
