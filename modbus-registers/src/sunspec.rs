//! Finding the SunSpec models of a device: a marker, then a chain of models until an end mark.
//!
//! From the SunSpec Information Model Specification 1.9, section 6.2: the marker `SunS` stands at 40000, 50000
//! or 0; each model begins with its identifier and its length in registers; identifier 0xFFFF ends the chain.
//!
//! ```
//! use evkit_modbus_registers::sunspec::Discovery;
//!
//! # fn read(address: u16, words: u16) -> Option<[u16; 2]> {
//! #     match address { 40000 => Some([0x5375, 0x6E53]), 40002 => Some([203, 105]), 40109 => Some([0xFFFF, 0]), _ => None }
//! # }
//! let mut discovery = Discovery::new();
//! let mut models = Vec::new();
//! while let Some((address, words)) = discovery.poll_read() {
//!     match read(address, words) {
//!         Some(registers) => models.extend(discovery.handle_registers((&registers).into())),
//!         None => discovery.handle_failure(),
//!     }
//! }
//! assert_eq!(models[0].address, 40002);
//! let meter = models[0].map().unwrap(); // plan and decode with it like with any other map
//! ```

use crate::devices::sunspec as maps;
use crate::map::Map;
use crate::registers::Registers;

/// Where the marker may stand, in the order to try.
pub const BASES: [u16; 3] = [40_000, 50_000, 0];

/// The marker, `SunS`.
pub const MARKER: [u16; 2] = [0x5375, 0x6E53];

/// Ends the chain.
const END: u16 = 0xFFFF;

/// A model of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Model {
    /// Identifier, such as 203 for a three-phase meter.
    pub id: u16,
    /// Register with the identifier.
    pub address: u16,
    /// Registers behind identifier and length.
    pub length: u16,
}

impl Model {
    /// Whether it is a meter: 201 to 204 in integers, 211 to 214 in floats.
    pub const fn is_meter(&self) -> bool {
        matches!(self.id, 201..=204 | 211..=214)
    }

    /// The map of the model at its place; `None` for a model this crate has no map of, or if the device has
    /// fewer registers than the model needs.
    pub fn map(&self) -> Option<Map<'static>> {
        let map = match self.id {
            1 => maps::COMMON,
            101 => maps::INVERTER_101,
            102 => maps::INVERTER_102,
            103 => maps::INVERTER_103,
            111 => maps::INVERTER_111,
            112 => maps::INVERTER_112,
            113 => maps::INVERTER_113,
            201 => maps::METER_201,
            202 => maps::METER_202,
            203 => maps::METER_203,
            204 => maps::METER_204,
            211 => maps::METER_211,
            212 => maps::METER_212,
            213 => maps::METER_213,
            214 => maps::METER_214,
            _ => return None,
        };
        let needed = map.rows().iter().map(|row| u32::from(row.address()) + u32::from(row.words())).max()?;
        let map = map.at(self.address);
        (needed <= u32::from(self.length) + 2 && map.check().is_ok()).then_some(map)
    }
}

/// A search for models. All reads are of holding registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Discovery {
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Looking for the marker at this one of [`BASES`].
    Marker(usize),
    /// Reading identifier and length here.
    Header(u16),
    Done,
}

impl Discovery {
    /// A search from the first base on.
    pub const fn new() -> Self {
        Self { state: State::Marker(0) }
    }

    /// A search at one place only, for devices that do not follow the rule.
    pub const fn from_first_model(address: u16) -> Self {
        Self { state: State::Header(address) }
    }

    /// Address and number of the registers to read next; `None` when the search is over.
    #[must_use]
    pub fn poll_read(&self) -> Option<(u16, u16)> {
        match self.state {
            State::Marker(base) => Some((*BASES.get(base)?, 2)),
            State::Header(address) => Some((address, 2)),
            State::Done => None,
        }
    }

    /// Takes the registers of [`Discovery::poll_read`]; returns the model they begin, if they do.
    pub fn handle_registers(&mut self, registers: Registers<'_>) -> Option<Model> {
        let (Some(first), Some(second)) = (registers.get(0), registers.get(1)) else {
            self.handle_failure();
            return None;
        };
        match self.state {
            State::Marker(base) if [first, second] == MARKER => {
                let address = BASES.get(base).map_or(0, |base| base + 2);
                self.state = State::Header(address);
                None
            }
            State::Marker(_) => {
                self.handle_failure();
                None
            }
            State::Header(address) if first != END => {
                // A chain that runs past the last register has no end mark.
                let next = address.checked_add(2).and_then(|data| data.checked_add(second));
                self.state = next.map_or(State::Done, State::Header);
                Some(Model { id: first, address, length: second })
            }
            State::Header(_) | State::Done => {
                self.state = State::Done;
                None
            }
        }
    }

    /// The read failed: go on at the next base, or end the chain.
    pub fn handle_failure(&mut self) {
        self.state = match self.state {
            State::Marker(base) if base + 1 < BASES.len() => State::Marker(base + 1),
            _ => State::Done,
        };
    }
}

impl Default for Discovery {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    extern crate alloc;
    use alloc::vec::Vec;

    use super::*;
    use crate::quantity::Quantity;

    /// Runs a search over a device with `words` from `base` on.
    fn search(base: u16, words: &[u16]) -> Vec<Model> {
        let mut discovery = Discovery::new();
        let mut models = Vec::new();
        while let Some((address, count)) = discovery.poll_read() {
            let start = usize::from(address).checked_sub(usize::from(base));
            match start.and_then(|start| words.get(start..start + usize::from(count))) {
                Some(registers) => models.extend(discovery.handle_registers(registers.into())),
                None => discovery.handle_failure(),
            }
        }
        models
    }

    /// A device with a common model of `common` registers and a three-phase meter.
    fn device(common: u16) -> Vec<u16> {
        let mut words = Vec::from(MARKER);
        words.extend([1, common]);
        words.extend((0..common).map(|_| 0));
        words.extend([203, 105]);
        words.extend((0..105).map(|_| 0));
        words.extend([0xFFFF, 0]);
        words
    }

    #[test]
    fn finds_the_chain_at_every_base() {
        for base in BASES {
            let models = search(base, &device(66));
            assert_eq!(models.len(), 2);
            assert_eq!(models[1], Model { id: 203, address: base + 70, length: 105 });
            assert!(models[1].is_meter());
        }
    }

    #[test]
    fn a_common_model_of_65_registers_moves_the_meter_to_40069() {
        // As on Fronius and KOSTAL devices.
        let models = search(40_000, &device(65));
        assert_eq!(models[1].address, 40_069);
        let map = models[1].map().unwrap();
        let read = map.plan(&[Quantity::CurrentL1]).next().unwrap();
        assert_eq!((read.address(), read.words()), (40_072, 4));
    }

    #[test]
    fn a_device_without_the_marker_has_no_models() {
        assert_eq!(search(40_000, &[0x5375, 0x6E54, 1, 66]), []);
        assert_eq!(search(30_000, &device(66)), []);
    }

    #[test]
    fn a_short_or_unknown_model_has_no_map() {
        assert_eq!(Model { id: 203, address: 40_069, length: 50 }.map(), None);
        assert_eq!(Model { id: 160, address: 40_069, length: 105 }.map(), None);
        assert_eq!(Model { id: 203, address: 65_500, length: 105 }.map(), None);
    }

    #[test]
    fn a_chain_without_end_stops_at_the_last_register() {
        let mut discovery = Discovery::from_first_model(60_000);
        assert!(discovery.handle_registers((&[64_000, 6_000]).into()).is_some());
        assert_eq!(discovery.poll_read(), None);
        let mut discovery = Discovery::from_first_model(0);
        for _ in 0..0x8000 {
            assert!(discovery.handle_registers((&[7, 0]).into()).is_some());
        }
        assert_eq!(discovery.poll_read(), None);
    }
}
