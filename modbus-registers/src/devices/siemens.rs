//! Siemens SENTRON power meters.
//!
//! Sources: node-red-contrib-siemens-sentron, ha-siemens-sentron, Tinkerforge esp32-firmware, modbus-database,
//! volkszaehler/mbmd, OpenEMS, openWB. A value that is not available is a NaN. Currents have no sign, powers are positive
//! for import. Energies are 64-bit floats per tariff; most tools show tariff 1 as the total, here it is the sum.

use crate::map::{Derived, Framing, Map};
use crate::quantity::Quantity::*;
use crate::row::{Row, Template};

const R: Template = Template::input();

/// The energy totals as sums of the two tariffs.
const TARIFF_SUMS: &[Derived] = &[
    Derived::new(EnergyActiveImportTotal, &[EnergyActiveImportT1, EnergyActiveImportT2], &[]),
    Derived::new(EnergyActiveExportTotal, &[EnergyActiveExportT1, EnergyActiveExportT2], &[]),
    Derived::new(EnergyReactiveImportTotal, &[EnergyReactiveImportT1, EnergyReactiveImportT2], &[]),
    Derived::new(EnergyReactiveExportTotal, &[EnergyReactiveExportT1, EnergyReactiveExportT2], &[]),
    Derived::new(EnergyApparentTotal, &[EnergyApparentT1, EnergyApparentT2], &[]),
];

const PAC2200_ROWS: &[Row] = &[
    R.f32(1, VoltageL1N),
    R.f32(3, VoltageL2N),
    R.f32(5, VoltageL3N),
    R.f32(7, VoltageL12),
    R.f32(9, VoltageL23),
    R.f32(11, VoltageL31),
    R.f32(13, CurrentL1),
    R.f32(15, CurrentL2),
    R.f32(17, CurrentL3),
    R.f32(19, PowerApparentL1),
    R.f32(21, PowerApparentL2),
    R.f32(23, PowerApparentL3),
    R.f32(25, PowerActiveL1),
    R.f32(27, PowerActiveL2),
    R.f32(29, PowerActiveL3),
    R.f32(31, PowerReactiveL1),
    R.f32(33, PowerReactiveL2),
    R.f32(35, PowerReactiveL3),
    R.f32(37, PowerFactorL1),
    R.f32(39, PowerFactorL2),
    R.f32(41, PowerFactorL3),
    // mbmd reads it at 46; seven other sources agree on 55.
    R.f32(55, Frequency),
    R.f32(57, VoltageLnAvg),
    R.f32(59, VoltageLlAvg),
    R.f32(61, CurrentAvg),
    R.f32(63, PowerApparentTotal),
    R.f32(65, PowerActiveTotal),
    R.f32(67, PowerReactiveTotal),
    R.f32(69, PowerFactorTotal),
    R.f32(71, CurrentN),
    R.u32(211, ActiveTariff).medium(),
    R.f64(801, EnergyActiveImportT1),
    R.f64(805, EnergyActiveImportT2),
    R.f64(809, EnergyActiveExportT1),
    R.f64(813, EnergyActiveExportT2),
    R.f64(817, EnergyReactiveImportT1),
    R.f64(821, EnergyReactiveImportT2),
    R.f64(825, EnergyReactiveExportT1),
    R.f64(829, EnergyReactiveExportT2),
    R.f64(833, EnergyApparentT1),
    R.f64(837, EnergyApparentT2),
];

/// SENTRON PAC2200, order numbers 7KM2200. Modbus TCP, or RTU with factory address 126.
///
/// Confidence: high (up to seven independent sources per row).
pub const PAC2200: Map<'static> = Map::new("Siemens", "PAC2200 (7KM2200)", PAC2200_ROWS)
    .derived(TARIFF_SUMS)
    .tcp(1, 502)
    .rtu(126, 19_200, Framing::N82)
    .either_function()
    .checked();
