//! Iskra WM3M4 and WM3M4C, for chargers, with signed records.
//!
//! Measurements are decimal: eight bits of exponent and 24 bits of mantissa in one 32-bit value. Neither an
//! integer nor an IEEE float.

use crate::map::{Map, Readable};
use crate::quantity::Quantity::*;
use crate::row::{Kind, Row, Scale, Template};

const M: Template = Template::input().medium();

/// Counters and their exponents form one block.
const COUNTERS: &[Readable] = &[Readable { first: 414, last: 421 }];

const WM3M4_ROWS: &[Row] = &[
    M.text(1, 8, ModelId),
    M.text(9, 4, SerialNumber),
    M.u16(13, FirmwareVersion),
    M.row(Kind::IskraT5, 105, 2, Frequency),
    M.row(Kind::IskraT5, 107, 2, VoltageL1N),
    M.row(Kind::IskraT5, 109, 2, VoltageL2N),
    M.row(Kind::IskraT5, 111, 2, VoltageL3N),
    M.row(Kind::IskraT5, 118, 2, VoltageL12),
    M.row(Kind::IskraT5, 120, 2, VoltageL23),
    M.row(Kind::IskraT5, 122, 2, VoltageL31),
    M.row(Kind::IskraT5, 126, 2, CurrentL1),
    M.row(Kind::IskraT5, 128, 2, CurrentL2),
    M.row(Kind::IskraT5, 130, 2, CurrentL3),
    M.row(Kind::IskraT6, 140, 2, PowerActiveTotal),
    M.row(Kind::IskraT6, 142, 2, PowerActiveL1),
    M.row(Kind::IskraT6, 144, 2, PowerActiveL2),
    M.row(Kind::IskraT6, 146, 2, PowerActiveL3),
    M.row(Kind::IskraT6, 148, 2, PowerReactiveTotal),
    M.row(Kind::IskraT5, 156, 2, PowerApparentTotal),
    // Magnitude; the signs are in the register before it (import or export, inductive or capacitive).
    M.u16(165, PowerFactorTotal).e(-4),
    M.i16(414, ScaleEnergyImport),
    M.i16(415, ScaleEnergyExport),
    // Exponents at 414 and 415.
    M.i32(418, EnergyActiveImportTotal).scaled_by(Scale::Exponent { address: 414, pow10: 0 }),
    M.i32(420, EnergyActiveExportTotal).scaled_by(Scale::Exponent { address: 415, pow10: 0 }),
];

/// WM3M4 and WM3M4C.
///
/// Sources: ModDefOrg/devices.
/// Confidence: medium.
pub const WM3M4: Map<'static> = Map::new("Iskra", "WM3M4, WM3M4C", WM3M4_ROWS).readable(COUNTERS).checked();
