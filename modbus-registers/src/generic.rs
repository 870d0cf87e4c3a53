//! Meters described by a user: the "generic meter" of EVlink chargers, and any list of fields.
//!
//! EVlink web interface, "Meter generic mono" and "Meter generic tri": for each value a register address as the
//! meter's document prints it, from 1 on, and for each kind of value a size in registers; 0 means that there is
//! none.

use thiserror::Error;

use crate::quantity::Quantity;
use crate::row::{Kind, Row, Template};

/// How the addresses in a document count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Numbering {
    /// As on the wire.
    FromZero,
    /// One more than on the wire; 0 means that there is no register.
    FromOne,
}

/// One value of a user's description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// What it is.
    pub quantity: Quantity,
    /// Address as printed.
    pub printed: u16,
    /// Number of registers.
    pub words: u8,
    /// How its bits are to be read.
    pub kind: Kind,
    /// Power of ten that makes it the unit of the quantity: 3 for kW or kWh.
    pub pow10: i8,
}

/// Why fields make no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GenericError {
    /// The caller's buffer is full.
    #[error("no room for {quantity} at {printed}: the buffer holds {room} rows")]
    NoRoom {
        /// The field without room.
        quantity: Quantity,
        /// Its address as printed.
        printed: u16,
        /// Rows in the buffer.
        room: usize,
    },
}

/// Makes rows of `fields`, in the order a [`Map`](crate::Map) wants them, in the front part of `buffer`. Fields
/// without a register are left out.
///
/// `template` gives function code and word order. What the user typed may still overlap: check with
/// [`Map::check`](crate::Map::check).
///
/// # Errors
///
/// If the buffer is too small.
pub fn rows(
    fields: impl IntoIterator<Item = Field>,
    numbering: Numbering,
    template: Template,
    buffer: &mut [Row],
) -> Result<&[Row], GenericError> {
    let room = buffer.len();
    let mut count = 0;
    for Field { quantity, printed, words, kind, pow10 } in fields {
        let address = match numbering {
            Numbering::FromZero => printed,
            Numbering::FromOne => match printed.checked_sub(1) {
                Some(address) => address,
                None => continue,
            },
        };
        let free = buffer.get_mut(count).ok_or(GenericError::NoRoom { quantity, printed, room })?;
        *free = template.row(kind, address, words, quantity).e(pow10);
        count += 1;
    }
    let rows = buffer.get_mut(..count).unwrap_or_default();
    rows.sort_unstable_by_key(|row| (row.function(), row.address()));
    Ok(rows)
}

/// A row to fill buffers with.
pub const NO_ROW: Row = Template::holding().u16(0, Quantity::Status);

/// Most fields of an EVlink generic meter.
pub const EVLINK_FIELDS: usize = 17;

/// Settings of an EVlink generic meter. Addresses are printed ones, 0 for none.
///
/// The pages do not say how the bits are to be read: values of 2 or 4 registers are taken for floats, as in the
/// example of the guide, values of one register for integers (inferred). Power is labelled kW there, but the
/// example meter sends W: see [`EvlinkMeter::power_pow10`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EvlinkMeter {
    /// Currents of L1 to L3, A.
    pub current: [u16; 3],
    /// Registers per current.
    pub current_words: u8,
    /// Energies of L1 to L3, Wh.
    pub energy: [u16; 3],
    /// Energy of all phases, Wh.
    pub energy_total: u16,
    /// Registers per energy.
    pub energy_words: u8,
    /// Voltages L1-L2, L2-L3, L3-L1, V.
    pub voltage_between: [u16; 3],
    /// Voltages of L1 to L3 to neutral, V.
    pub voltage_neutral: [u16; 3],
    /// Registers per voltage.
    pub voltage_words: u8,
    /// Powers of L1 to L3.
    pub power: [u16; 3],
    /// Power of all phases.
    pub power_total: u16,
    /// Registers per power.
    pub power_words: u8,
    /// 3 if the meter sends kW as the page says, 0 if it sends W.
    pub power_pow10: i8,
}

impl EvlinkMeter {
    /// The fields, for [`rows`] with [`Numbering::FromOne`].
    pub fn fields(&self) -> impl Iterator<Item = Field> + use<> {
        use Quantity::{
            CurrentL1, CurrentL2, CurrentL3, EnergyActiveImportL1, EnergyActiveImportL2,
            EnergyActiveImportL3, EnergyActiveImportTotal, PowerActiveL1, PowerActiveL2, PowerActiveL3,
            PowerActiveTotal, VoltageL1N, VoltageL2N, VoltageL3N, VoltageL12, VoltageL23, VoltageL31,
        };
        let phases = |quantities: [Quantity; 3], printed: [u16; 3], words: u8, pow10: i8| {
            quantities
                .into_iter()
                .zip(printed)
                .map(move |(quantity, printed)| (quantity, printed, words, pow10))
        };
        let energy_total = (EnergyActiveImportTotal, self.energy_total, self.energy_words, 0);
        let power_total = (PowerActiveTotal, self.power_total, self.power_words, self.power_pow10);
        phases([CurrentL1, CurrentL2, CurrentL3], self.current, self.current_words, 0)
            .chain(phases(
                [EnergyActiveImportL1, EnergyActiveImportL2, EnergyActiveImportL3],
                self.energy,
                self.energy_words,
                0,
            ))
            .chain(phases([VoltageL12, VoltageL23, VoltageL31], self.voltage_between, self.voltage_words, 0))
            .chain(phases([VoltageL1N, VoltageL2N, VoltageL3N], self.voltage_neutral, self.voltage_words, 0))
            .chain(phases(
                [PowerActiveL1, PowerActiveL2, PowerActiveL3],
                self.power,
                self.power_words,
                self.power_pow10,
            ))
            .chain([energy_total, power_total])
            .map(|(quantity, printed, words, pow10)| {
                let kind = if matches!(words, 2 | 4) { Kind::Float } else { Kind::Unsigned };
                Field { quantity, printed, words, kind, pow10 }
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::devices::janitza;
    use crate::map::{Map, MapError};

    /// The three-phase example of the guide with its three misprints (19036, 19066, 19067) put right.
    const EXAMPLE: EvlinkMeter = EvlinkMeter {
        current: [19_013, 19_015, 19_017],
        current_words: 2,
        energy: [19_055, 19_057, 19_059],
        energy_total: 19_061,
        energy_words: 2,
        voltage_between: [19_007, 19_009, 19_011],
        voltage_neutral: [19_001, 19_003, 19_005],
        voltage_words: 2,
        power: [19_021, 19_023, 19_025],
        power_total: 19_027,
        power_words: 2,
        power_pow10: 0,
    };

    fn rows_of(meter: EvlinkMeter, buffer: &mut [Row]) -> &[Row] {
        rows(meter.fields(), Numbering::FromOne, Template::holding(), buffer).unwrap()
    }

    #[test]
    fn the_example_of_the_guide_is_the_janitza_block() {
        let mut buffer = [NO_ROW; EVLINK_FIELDS];
        let rows = rows_of(EXAMPLE, &mut buffer);
        assert_eq!(Map::new("user", "meter", rows).check(), Ok(()));
        let known = janitza::EVLINK_EXAMPLE.rows();
        assert_eq!(rows.len(), known.len());
        for (row, known) in rows.iter().zip(known) {
            assert_eq!(row.address(), known.address());
            // What the page calls energy is import and export together, or their difference, in that block.
            let energy = row.quantity().name().starts_with("energy");
            assert!(energy || row.quantity() == known.quantity());
        }
    }

    #[test]
    fn the_misprints_of_the_guide_overlap_and_are_refused() {
        let mut buffer = [NO_ROW; EVLINK_FIELDS];
        let printed = EvlinkMeter { energy: [19_066, 19_067, 19_059], ..EXAMPLE };
        let rows = rows_of(printed, &mut buffer);
        assert!(matches!(Map::new("user", "meter", rows).check(), Err(MapError::Order(_))));
    }

    #[test]
    fn an_address_of_zero_is_no_register() {
        let mut buffer = [NO_ROW; EVLINK_FIELDS];
        let single = EvlinkMeter {
            current: [0; 3],
            voltage_neutral: [19_001, 0, 0],
            voltage_words: 2,
            ..EvlinkMeter::default()
        };
        let rows = rows_of(single, &mut buffer);
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].address(), 19_000);
    }

    #[test]
    fn a_full_buffer_names_the_field() {
        let mut buffer = [NO_ROW; 1];
        let error = rows(EXAMPLE.fields(), Numbering::FromOne, Template::holding(), &mut buffer);
        assert_eq!(
            error,
            Err(GenericError::NoRoom { quantity: Quantity::CurrentL2, printed: 19_015, room: 1 })
        );
    }
}
