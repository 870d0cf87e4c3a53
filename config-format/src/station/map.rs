//! Which key of a vendor is which field of the model: one table per vendor, read in both directions.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::read::Read;
use super::{Current, Origin, PerConnector, Role, Scope, Setting, StationModel, put};
use crate::document::Entry;
use crate::profile::{Key, Kind, Known, Unit, Vendor};
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
    /// A current, in the key's unit.
    Current(Role, Scope),
    /// A current of the connector with the key's number.
    NumberedCurrent(Role),
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

/// The model of a station whose entries are these, read by its vendor's table. Of duplicates the last one
/// counts; wrong values are left out.
pub(crate) fn model<'a, 'p>(
    vendor: Vendor,
    table: &[Row],
    entries: impl Iterator<Item = (Entry<'a>, Option<Known<'p>>)>,
) -> StationModel {
    let mut model = StationModel::new(vendor);
    for (entry, known) in entries {
        let Some(known) = known else { continue };
        let slot = table.iter().find(|(key, _)| *key == known.key.name).map(|(_, slot)| slot);
        if let Some((slot, read)) = slot.zip(Read::new(&entry, &known)) {
            slot.read(&mut model, &read);
        }
    }
    model
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
            Self::Current(..) | Self::NumberedCurrent(_) | Self::PhaseCurrent(..) | Self::LineCurrent(..) => {
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

    /// What a current of this slot is about: role, scope, phases, line.
    fn subject(&self, number: Option<u16>) -> Option<(Role, Scope, Option<u8>, Option<u8>)> {
        match *self {
            Self::Current(role, scope) => Some((role, scope, None, None)),
            Self::NumberedCurrent(role) => Some((role, Scope::Connector(number?), None, None)),
            Self::PhaseCurrent(role, scope, phases) => Some((role, scope, Some(phases), None)),
            Self::LineCurrent(role, scope, line) => Some((role, scope, None, Some(line))),
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
            Self::NumberedCurrent(role) => return numbered_currents(role, key, model),
            Self::Current(..) | Self::PhaseCurrent(..) | Self::LineCurrent(..) => {
                self.write_current(key, model)
            }
        };
        one.into_iter().collect()
    }

    /// The current of this slot: the model's own, or what follows from those of the connectors.
    fn write_current(&self, key: &Key<'_>, model: &StationModel) -> Option<Written> {
        let (role, scope, phases, line) = self.subject(None)?;
        let about =
            |current: &&Current| current.role == role && current.phases == phases && current.line == line;
        let at = |scope| model.currents.iter().filter(about).find(move |current| current.scope == scope);
        let own = at(scope).map(|current| in_unit(current, key.unit));
        own.or_else(|| match scope {
            Scope::EachConnector => common_current(model.currents.iter().filter(about), key.unit),
            Scope::Connector(number) if number <= connectors(model) => {
                at(Scope::EachConnector).map(|current| in_unit(current, key.unit))
            }
            _ => None,
        })
    }
}

/// The current all connectors have, if it is one.
fn common_current<'m>(currents: impl Iterator<Item = &'m Current>, unit: Unit) -> Option<Written> {
    let numbered: Vec<_> = currents.filter(|current| matches!(current.scope, Scope::Connector(_))).collect();
    let first = numbered.first()?;
    let alike = numbered.iter().all(|current| current.setting.value == first.setting.value);
    let origins = numbered.iter().map(|current| current.setting.origin.clone()).collect();
    alike.then(|| Written { origins, ..in_unit(first, unit) })
}

/// The currents of a role, connector by connector.
fn numbered_currents(role: Role, key: &Key<'_>, model: &StationModel) -> Vec<Written> {
    let written = |number, current| Written { number: Some(number), ..in_unit(current, key.unit) };
    let whole = model.currents_of(role).filter(|current| current.phases.is_none() && current.line.is_none());
    let numbers = |scope| match scope {
        Scope::Connector(number) => Some(number..=number),
        Scope::EachConnector => Some(1..=connectors(model)),
        _ => None,
    };
    let numbered = whole.filter_map(|current| Some((current, numbers(current.scope)?)));
    numbered.flat_map(|(current, numbers)| numbers.map(move |number| written(number, current))).collect()
}

/// Where nothing states the number of connectors, one is sure.
fn connectors(model: &StationModel) -> u16 {
    model.connectors.as_ref().map_or(1, |connectors| connectors.value)
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
