//! Herholdt ECSEM113 and Janitza ECSEM114MID, one hardware.
//!
//! The addresses agree in two independent lists, types and scales do not: one has integers in kW and kWh, the
//! other floats in k-units at the same addresses. The rows are integers with low confidence; verify them on the
//! device before use.

use crate::map::Map;
use crate::quantity::Quantity::*;
use crate::row::{Row, Template};

const R: Template = Template::holding();

const ECSEM113_ROWS: &[Row] = &[
    // 1 and 2 three-phase, 3 and 4 single-phase.
    R.u16(0x1003, ModelId).medium(),
    R.u16(0x1004, FirmwareVersion).medium(),
    // Alarm bits of ranges.
    R.u16(0x1005, Status).medium(),
    R.u16(0x1006, ActiveTariff).medium(),
    R.text(0x1008, 7, ProductId).medium(),
    R.i64(0x1017, EnergyActiveImportL1).e(3).low(),
    R.i64(0x101B, EnergyActiveImportL2).e(3).low(),
    R.i64(0x101F, EnergyActiveImportL3).e(3).low(),
    R.i64(0x1023, EnergyActiveImportT1).e(3).low(),
    R.i64(0x1033, EnergyActiveImportT2).e(3).low(),
    R.i32(0x1037, PowerActiveL1).e(3).low(),
    R.i32(0x1039, PowerActiveL2).e(3).low(),
    R.i32(0x103B, PowerActiveL3).e(3).low(),
    R.i64(0x103D, PowerActiveTotal).e(3).low(),
    R.i64(0x1041, EnergyActiveExportL1).e(3).low(),
    R.i64(0x1045, EnergyActiveExportL2).e(3).low(),
    R.i64(0x1049, EnergyActiveExportL3).e(3).low(),
    R.i64(0x104D, EnergyActiveExportT1).e(3).low(),
    R.i64(0x105D, EnergyActiveExportT2).e(3).low(),
    R.i64(0x106D, EnergyReactiveImportT1).e(3).low(),
    R.i64(0x108D, EnergyReactiveExportT1).e(3).low(),
    R.i32(0x10A1, PowerReactiveL1).e(3).low(),
    R.i32(0x10A3, PowerReactiveL2).e(3).low(),
    R.i32(0x10A5, PowerReactiveL3).e(3).low(),
    R.i64(0x10A7, PowerReactiveTotal).e(3).low(),
    R.i32(0x10AB, VoltageL1N).low(),
    R.i32(0x10AD, VoltageL2N).low(),
    R.i32(0x10AF, VoltageL3N).low(),
    R.i32(0x10B1, VoltageL12).low(),
    R.i32(0x10B3, VoltageL23).low(),
    R.i32(0x10B5, VoltageL31).low(),
    R.i32(0x10B7, CurrentL1).low(),
    R.i32(0x10B9, CurrentL2).low(),
    R.i32(0x10BB, CurrentL3).low(),
    R.i32(0x10BD, PowerApparentL1).e(3).low(),
    R.i32(0x10BF, PowerApparentL2).e(3).low(),
    R.i32(0x10C1, PowerApparentL3).e(3).low(),
    R.i64(0x10C3, PowerApparentTotal).e(3).low(),
    R.i32(0x10C7, PowerFactorL1).low(),
    R.i32(0x10C9, PowerFactorL2).low(),
    R.i32(0x10CB, PowerFactorL3).low(),
    R.i32(0x10CD, PowerFactorTotal).low(),
    R.i32(0x10CF, Frequency).low(),
];

/// Herholdt ECSEM113.
///
/// Sources: Network UPS Tools draft for Eaton EMECMODB, jibrilsharafi/modbus-database.
/// Confidence: 5 rows medium, 38 rows low.
pub const ECSEM113: Map<'static> = Map::new("Herholdt", "ECSEM113", ECSEM113_ROWS).rtu_address(1).checked();

/// Janitza ECSEM114MID, the map of the ECSEM113.
///
/// Sources: Network UPS Tools draft for Eaton EMECMODB, jibrilsharafi/modbus-database.
/// Confidence: 5 rows medium, 38 rows low.
pub const ECSEM114MID: Map<'static> = ECSEM113.renamed("Janitza", "ECSEM114MID").checked();
