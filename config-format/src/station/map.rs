//! Which key of a vendor is which field of the model: one table per vendor, read in both directions.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::read::Read;
use super::{Current, Origin, PerConnector, Role, Scope, Setting, StationModel, put};
use crate::profile::{Key, Kind, Unit};
use crate::units::{Conductors, Milliamps, SupplyVoltage};

/// One key and its field. Keys are named without number; all names of a table are unique in the vendor's
/// profile.
pub(crate) type Row = (&'static str, Slot);

type Field<T> = fn(&mut StationModel) -> &mut Option<Setting<T>>;

/// A field of the model, and how a value gets in and out.
#[derive(Clone, Copy)]
pub(crate) enum Slot {
    /// Text.
    Text(Field<String>),
    /// A switch of any spelling.
    Flag(Field<bool>),
    /// A number as it is.
    Number(Field<u32>),
    /// A count or port as it is.
    Short(Field<u16>),
    /// A Modbus unit, a profile number.
    Small(Field<u8>),
    /// A current, in the key's unit. `Scope::Connector(0)` stands for the number behind the key.
    Current(Role, Scope),
    /// A current for cars or supplies of so many phases.
    PhaseCurrent(Role, Scope, u8),
    /// A current of one supply line.
    LineCurrent(Role, Scope, u8),
    /// Supply voltage in V.
    Voltage(Conductors),
    /// Serial number of the station with the key's number.
    Serial,
    /// Whatever needs a rule of its own.
    Rule { read: fn(&mut StationModel, &Read<'_, '_>), write: fn(&StationModel) -> Option<Written> },
}

/// The slot of a field whose values are words of a table.
macro_rules! words {
    ($words:ident, $($field:ident).+) => {
        $crate::station::map::Slot::Rule {
            read: |model, read| {
                model.$($field).+ = read.word(|word| $crate::station::map::meaning($words, word));
            },
            write: |model| $crate::station::map::word($words, model.$($field).+.as_ref()),
        }
    };
}
pub(crate) use words;

/// A value on its way into another vendor's file.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    /// The number behind a numbered key.
    pub(crate) number: Option<u16>,
    pub(crate) value: String,
    /// Where it comes from.
    pub(crate) origins: Vec<Origin>,
    /// It is not exactly what the source says.
    pub(crate) rounded: bool,
}

impl Written {
    /// A value that is exactly what one key of the source says.
    pub(crate) fn of<T>(setting: &Setting<T>, value: impl Into<String>) -> Self {
        Self {
            number: None,
            value: value.into(),
            origins: Vec::from([setting.origin.clone()]),
            rounded: false,
        }
    }
}

/// Reads an entry into the field its key has in `table`, if any.
pub(crate) fn read(table: &[Row], model: &mut StationModel, read: &Read<'_, '_>) {
    if let Some((_, slot)) = table.iter().find(|(key, _)| *key == read.known.key.name) {
        slot.read(model, read);
    }
}

impl Slot {
    fn read(&self, model: &mut StationModel, read: &Read<'_, '_>) {
        match *self {
            Self::Text(field) => *field(model) = read.text(),
            Self::Flag(field) => *field(model) = read.flag(),
            Self::Number(field) => *field(model) = read.number(),
            Self::Short(field) => *field(model) = read.number(),
            Self::Small(field) => *field(model) = read.number(),
            Self::Voltage(between) => {
                model.voltage =
                    read.number().map(|volts| volts.map(|volts| SupplyVoltage { volts, between }));
            }
            Self::Serial => put(&mut model.serials, read.known.number, read.text()),
            Self::Rule { read: rule, .. } => rule(model, read),
            Self::Current(..) | Self::PhaseCurrent(..) | Self::LineCurrent(..) => {
                let current = self.subject(read.known.number).zip(read.current());
                let current = current.map(|((role, scope, phases, line), setting)| Current {
                    role,
                    scope,
                    phases,
                    line,
                    setting,
                });
                // 0 switches the asymmetry limit off; as a limit it would mean the opposite.
                let off = |current: &Current| {
                    current.role == Role::Asymmetry && current.setting.value == Milliamps(0)
                };
                model.put_current(current.filter(|current| !off(current)));
            }
        }
    }

    /// What a current of this slot is about.
    fn subject(&self, number: Option<u16>) -> Option<(Role, Scope, Option<u8>, Option<u8>)> {
        let scope = |scope| match (scope, number) {
            (Scope::Connector(0), Some(number)) => Scope::Connector(number),
            (scope, _) => scope,
        };
        match *self {
            Self::Current(role, of) => Some((role, scope(of), None, None)),
            Self::PhaseCurrent(role, of, phases) => Some((role, scope(of), Some(phases), None)),
            Self::LineCurrent(role, of, line) => Some((role, scope(of), None, Some(line))),
            _ => None,
        }
    }

    /// The values this slot has for `key`, none if the model does not say.
    pub(crate) fn write(&self, key: &Key<'_>, model: &mut StationModel) -> Vec<Written> {
        let one: Option<Written> = match *self {
            Self::Text(field) => field(model).as_ref().map(|text| Written::of(text, text.value.as_str())),
            Self::Flag(field) => {
                field(model).as_ref().map(|flag| Written::of(flag, spell(flag.value, key.kind)))
            }
            Self::Number(field) => {
                field(model).as_ref().map(|number| Written::of(number, number.value.to_string()))
            }
            Self::Short(field) => {
                field(model).as_ref().map(|number| Written::of(number, number.value.to_string()))
            }
            Self::Small(field) => {
                field(model).as_ref().map(|number| Written::of(number, number.value.to_string()))
            }
            Self::Voltage(between) => model.voltage.as_ref().map(|voltage| voltage_as(voltage, between)),
            Self::Rule { write, .. } => write(model),
            Self::Serial => {
                let written = |serial: &PerConnector<String>| {
                    let written = Written::of(&serial.setting, serial.setting.value.as_str());
                    Written { number: serial.connector, ..written }
                };
                return model.serials.iter().map(written).collect();
            }
            Self::Current(..) | Self::PhaseCurrent(..) | Self::LineCurrent(..) => {
                return self.write_currents(key, model);
            }
        };
        one.into_iter().collect()
    }

    fn write_currents(&self, key: &Key<'_>, model: &StationModel) -> Vec<Written> {
        let Some((role, scope, phases, line)) = self.subject(None) else { return Vec::new() };
        let about =
            |current: &&Current| current.role == role && current.phases == phases && current.line == line;
        let of = |wanted: Scope| {
            model.currents.iter().filter(about).filter(move |current| current.scope == wanted)
        };
        let numbered = || {
            let own = |current: &&Current| matches!(current.scope, Scope::Connector(_));
            model.currents.iter().filter(about).filter(own)
        };
        // Where nothing states the number of connectors, one is sure.
        let count = model.connectors.as_ref().map_or(1, |connectors| connectors.value);
        match scope {
            Scope::Connector(0) => {
                let each = of(Scope::EachConnector)
                    .flat_map(|current| (1..=count).map(move |number| (number, current)));
                let own = numbered().filter_map(|current| match current.scope {
                    Scope::Connector(number) => Some((number, current)),
                    _ => None,
                });
                own.chain(each)
                    .map(|(number, current)| Written { number: Some(number), ..in_unit(current, key.unit) })
                    .collect()
            }
            Scope::EachConnector => {
                let alike =
                    |first: &Current| numbered().all(|current| current.setting.value == first.setting.value);
                let shared = numbered().next().filter(|first| alike(first));
                let shared = shared.map(|first| Written {
                    origins: numbered().map(|current| current.setting.origin.clone()).collect(),
                    ..in_unit(first, key.unit)
                });
                of(scope).next().map(|current| in_unit(current, key.unit)).or(shared).into_iter().collect()
            }
            Scope::Connector(number) => {
                let each = of(Scope::EachConnector).filter(|_| number <= count);
                of(scope).chain(each).take(1).map(|current| in_unit(current, key.unit)).collect()
            }
            _ => of(scope).map(|current| in_unit(current, key.unit)).collect(),
        }
    }
}

/// The current in the unit of a key; amperes are rounded down, never up.
fn in_unit(current: &Current, unit: Unit) -> Written {
    let Milliamps(milliamps) = current.setting.value;
    let (number, rounded) =
        if unit == Unit::Ampere { (milliamps / 1000, milliamps % 1000 != 0) } else { (milliamps, false) };
    Written { rounded, ..Written::of(&current.setting, number.to_string()) }
}

fn voltage_as(voltage: &Setting<SupplyVoltage>, between: Conductors) -> Written {
    let volts = match (voltage.value.between, between) {
        (from, to) if from == to => voltage.value.volts,
        (_, Conductors::LineNeutral) => voltage.value.line_to_neutral(),
        (_, Conductors::LineLine) => voltage.value.line_to_line(),
    };
    Written::of(voltage, volts.to_string())
}

/// A switch in the spelling of a key.
fn spell(flag: bool, kind: Kind<'_>) -> &'static str {
    match (kind, flag) {
        (Kind::Bit, true) => "1",
        (Kind::Bit, false) => "0",
        (Kind::Switch, true) => "on",
        (Kind::Switch, false) => "off",
        (_, true) => "true",
        (_, false) => "false",
    }
}

/// The meaning of a word in a table of a vendor's words.
pub(crate) fn meaning<T: Copy>(words: &[(&str, T)], word: &str) -> Option<T> {
    words.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, meaning)| *meaning)
}

/// The word a setting has in a table of a vendor's words.
pub(crate) fn word<T: PartialEq>(words: &[(&str, T)], setting: Option<&Setting<T>>) -> Option<Written> {
    let setting = setting?;
    let (word, _) = words.iter().find(|(_, meaning)| *meaning == setting.value)?;
    Some(Written::of(setting, *word))
}
