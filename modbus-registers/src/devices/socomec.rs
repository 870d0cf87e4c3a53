//! Socomec Countis and Diris meters.
//!
//! 32-bit integers high word first; all ones, or the largest positive number, is "not available". The sign of
//! the power factor means leading or lagging, not the direction. Address and speed are set on the display.

use crate::devices::family::{Entry, column};
use crate::map::Map;
use crate::quantity::Quantity::*;
use crate::row::{Absent, Kind, Row, Template};

const R: Template = Template::holding().absent(Absent::Extreme);
const M: Template = R.medium();

/// The Countis series in one table.
///
/// Columns: E33, E34, E43, E44, E23, E24, E13, E14, E50, E53.
const COUNTIS: &[Entry] = &[
    // SOCO, one character per register.
    ("HHHH", R.row(Kind::WideAscii, 50000, 4, VendorSignature)),
    // 100 Countis, 200 protection, 300 ATyS, 400 Diris.
    ("MMMM", R.u16(50004, ProductFamily)),
    ("MMMM", R.u16(50005, ModelId)),
    ("HHHH", R.text(50058, 8, ProductName)),
    ("HM.M", R.u32(50514, VoltageL12).e(-2)),
    ("HM.M", R.u32(50516, VoltageL23).e(-2)),
    ("HM.M", R.u32(50518, VoltageL31).e(-2)),
    ("HHMM", R.u32(50520, VoltageL1N).e(-2)),
    ("HH.M", R.u32(50522, VoltageL2N).e(-2)),
    ("HH.M", R.u32(50524, VoltageL3N).e(-2)),
    // 0.001 on the E23 and 0.01 on the others, by one driver; check once.
    ("H...", R.u32(50526, Frequency).e(-2)),
    (".M..", R.u32(50526, Frequency).e(-3)),
    ("HHMM", R.u32(50528, CurrentL1).e(-3)),
    ("HH.M", R.u32(50530, CurrentL2).e(-3)),
    ("HH.M", R.u32(50532, CurrentL3).e(-3)),
    ("MM..", R.u32(50534, CurrentN).e(-3)),
    // Raw 0.01 kW.
    ("HHMM", R.i32(50536, PowerActiveTotal).e(1)),
    ("HHMM", R.i32(50538, PowerReactiveTotal).e(1)),
    ("HMMM", R.u32(50540, PowerApparentTotal).e(1)),
    // Negative is leading.
    ("HMMM", R.i32(50542, PowerFactorTotal).e(-3)),
    ("HH.M", R.i32(50544, PowerActiveL1).e(1)),
    ("HH.M", R.i32(50546, PowerActiveL2).e(1)),
    ("HH.M", R.i32(50548, PowerActiveL3).e(1)),
    ("HH.M", R.i32(50550, PowerReactiveL1).e(1)),
    ("HH.M", R.i32(50552, PowerReactiveL2).e(1)),
    ("HH.M", R.i32(50554, PowerReactiveL3).e(1)),
    ("HM.M", R.u32(50556, PowerApparentL1).e(1)),
    ("HM.M", R.u32(50558, PowerApparentL2).e(1)),
    ("HM.M", R.u32(50560, PowerApparentL3).e(1)),
    ("HM.M", R.i32(50562, PowerFactorL1).e(-3)),
    ("HM.M", R.i32(50564, PowerFactorL2).e(-3)),
    ("HM.M", R.i32(50566, PowerFactorL3).e(-3)),
    // Whole kWh; the block at 50946 has steps of 10 Wh.
    ("HMMM", R.u32(50770, EnergyActiveImportTotal).e(3)),
    ("HMMM", R.u32(50772, EnergyReactiveImportTotal).e(3)),
    ("HMMM", R.u32(50776, EnergyActiveExportTotal).e(3)),
    ("MMM.", R.u32(50780, EnergyActiveImportPartial).e(3)),
    ("..M.", R.u32(50946, EnergyActiveImportTotal).e(1).alternate()),
    ("..M.", R.u32(50948, EnergyReactiveImportTotal).e(1).alternate()),
    ("..M.", R.u32(50952, EnergyActiveExportTotal).e(1).alternate()),
];

/// Countis E33, E34, E43, E44.
///
/// Sources: jibrilsharafi/modbus-database, volkszaehler/mbmd, OpenEMS/openems.
/// Confidence: 31 rows high, 4 rows medium.
pub const COUNTIS_E33: Map<'static> =
    Map::new("Socomec", "Countis E33, E34, E43, E44", column!(COUNTIS, 0)).rtu_address(1).checked();

/// Countis E23, E24.
///
/// Sources: jibrilsharafi/modbus-database, OpenEMS/openems.
/// Confidence: 16 rows high, 19 rows medium.
pub const COUNTIS_E23: Map<'static> =
    Map::new("Socomec", "Countis E23, E24", column!(COUNTIS, 1)).rtu_address(1).checked();

/// Countis E13, E14.
///
/// Sources: jibrilsharafi/modbus-database, OpenEMS/openems.
/// Confidence: 2 rows high, 15 rows medium.
pub const COUNTIS_E13: Map<'static> =
    Map::new("Socomec", "Countis E13, E14", column!(COUNTIS, 2)).rtu_address(1).checked();

/// Countis E50, E53.
///
/// Sources: jibrilsharafi/modbus-database, OpenEMS/openems.
/// Confidence: 2 rows high, 30 rows medium.
pub const COUNTIS_E50: Map<'static> =
    Map::new("Socomec", "Countis E50, E53", column!(COUNTIS, 3)).rtu_address(1).checked();

const DIRIS_A10_ROWS: &[Row] = &[
    M.u32(50520, VoltageL1N).e(-2),
    M.u32(50522, VoltageL2N).e(-2),
    M.u32(50524, VoltageL3N).e(-2),
    M.u32(50526, Frequency).e(-2),
    M.u32(50528, CurrentL1).e(-3),
    M.u32(50530, CurrentL2).e(-3),
    M.u32(50532, CurrentL3).e(-3),
    M.i32(50536, PowerActiveTotal).e(1),
    M.u32(50780, EnergyActiveImportTotal).e(3),
    M.u32(50786, EnergyActiveExportTotal).e(3),
];

/// Diris A10.
///
/// Sources: OpenEMS/openems.
/// Confidence: medium.
pub const DIRIS_A10: Map<'static> = Map::new("Socomec", "Diris A10", DIRIS_A10_ROWS).rtu_address(1).checked();

const DIRIS_B30_ROWS: &[Row] = &[
    M.u32(18444, VoltageL1N).e(-2),
    M.u32(18446, VoltageL2N).e(-2),
    M.u32(18448, VoltageL3N).e(-2),
    M.u32(18458, CurrentL1).e(-3),
    M.u32(18460, CurrentL2).e(-3),
    M.u32(18462, CurrentL3).e(-3),
    M.i32(18476, PowerActiveTotal),
    M.u32(19843, EnergyActiveImportTotal).e(3),
    M.u32(19846, EnergyActiveExportTotal).e(3),
];

/// Diris B30.
///
/// Sources: OpenEMS/openems.
/// Confidence: medium.
pub const DIRIS_B30: Map<'static> = Map::new("Socomec", "Diris B30", DIRIS_B30_ROWS).tcp(1, 502).checked();
