//! Switchboard meters of makers with one map each: Algodue, Camille Bauer, Hager, Lovato, PQ Plus, Saia
//! Burgess.

use crate::map::Map;
use crate::quantity::Quantity::*;
use crate::row::{Absent, Row, Template};

const H: Template = Template::holding();
const HM: Template = H.medium();
const I: Template = Template::input();
const L: Template = H.low_word_first();
const X: Template = H.absent(Absent::Extreme);

const ALGODUE_UEM_ROWS: &[Row] = &[
    H.text(1280, 5, SerialNumber).medium(),
    H.u16(1285, ModelId).medium(),
    // Variants such as 0x03, 0x08, 0x0C, 0x10, 0x12.
    H.u16(1286, TypeId).medium(),
    I.f32(4096, VoltageL1N),
    I.f32(4098, VoltageL2N),
    I.f32(4100, VoltageL3N),
    I.f32(4102, VoltageL12).medium(),
    I.f32(4104, VoltageL23).medium(),
    I.f32(4106, VoltageL31).medium(),
    I.f32(4108, VoltageSystem).medium(),
    I.f32(4110, CurrentL1),
    I.f32(4112, CurrentL2),
    I.f32(4114, CurrentL3),
    I.f32(4116, CurrentN).medium(),
    I.f32(4118, CurrentSystem).medium(),
    I.f32(4120, PowerFactorL1),
    I.f32(4122, PowerFactorL2),
    I.f32(4124, PowerFactorL3),
    I.f32(4126, PowerFactorTotal).medium(),
    I.f32(4128, PowerActiveL1),
    I.f32(4130, PowerActiveL2),
    I.f32(4132, PowerActiveL3),
    I.f32(4134, PowerActiveTotal).medium(),
    I.f32(4136, PowerApparentL1).medium(),
    I.f32(4138, PowerApparentL2).medium(),
    I.f32(4140, PowerApparentL3).medium(),
    I.f32(4142, PowerApparentTotal).medium(),
    I.f32(4144, PowerReactiveL1).medium(),
    I.f32(4146, PowerReactiveL2).medium(),
    I.f32(4148, PowerReactiveL3).medium(),
    I.f32(4150, PowerReactiveTotal).medium(),
    I.f32(4152, Frequency),
    I.f32(4366, EnergyActiveExportTotal).medium(),
];

/// Algodue UEM and UPM309, like the Finder 7E.
///
/// Sources: jibrilsharafi/modbus-database, openWB/core.
/// Confidence: 13 rows high, 20 rows medium.
pub const ALGODUE_UEM: Map<'static> =
    Map::new("Algodue", "UEM, UPM309 (float block)", ALGODUE_UEM_ROWS).rtu_address(1).checked();

const APLUS_ROWS: &[Row] = &[
    L.f32(99, VoltageLnAvg),
    L.f32(101, VoltageL1N),
    L.f32(103, VoltageL2N),
    L.f32(105, VoltageL3N),
    L.f32(115, CurrentSum),
    L.f32(117, CurrentL1),
    L.f32(119, CurrentL2),
    L.f32(121, CurrentL3),
    L.f32(133, PowerActiveTotal),
    L.f32(135, PowerActiveL1),
    L.f32(137, PowerActiveL2),
    L.f32(139, PowerActiveL3),
    L.f32(141, PowerReactiveTotal),
    L.f32(143, PowerReactiveL1),
    L.f32(145, PowerReactiveL2),
    L.f32(147, PowerReactiveL3),
    L.f32(157, Frequency),
];

/// Camille Bauer APLUS, low word first.
///
/// Sources: OpenEMS/openems, Camille Bauer APLUS Modbus/TCP interface.
/// Confidence: high.
pub const APLUS: Map<'static> = Map::new("Camille Bauer", "APLUS", APLUS_ROWS).tcp(1, 502).checked();

const HAGER_ECR_ROWS: &[Row] = &[
    X.text(4096, 16, VendorName).medium(),
    X.text(4112, 16, ProductCode).medium(),
    X.text(4128, 2, FirmwareVersion).medium(),
    X.text(4162, 16, ModelId).medium(),
    X.text(4196, 16, SerialNumber).medium(),
    X.u16(45056, VoltageL1N).e(-2),
    X.u16(45057, VoltageL2N).e(-2),
    X.u16(45058, VoltageL3N).e(-2),
    X.u16(45059, VoltageL12).e(-2),
    X.u16(45060, VoltageL23).e(-2),
    X.u16(45061, VoltageL31).e(-2),
    X.u16(45062, Frequency).e(-2),
    X.u32(45065, CurrentL1).e(-3),
    X.u32(45067, CurrentL2).e(-3),
    X.u32(45069, CurrentL3).e(-3),
    X.u32(45071, CurrentN).e(-3),
    X.i32(45073, PowerActiveTotal).e(1),
    X.i32(45075, PowerReactiveTotal).e(1),
    X.u32(45077, PowerApparentTotal).e(1),
    X.i16(45079, PowerFactorTotal).e(-3),
    X.i32(45081, PowerActiveL1).e(1),
    X.i32(45083, PowerActiveL2).e(1),
    X.i32(45085, PowerActiveL3).e(1),
    X.i32(45087, PowerReactiveL1).e(1),
    X.i32(45089, PowerReactiveL2).e(1),
    X.i32(45091, PowerReactiveL3).e(1),
    X.u32(45093, PowerApparentL1).e(1),
    X.u32(45095, PowerApparentL2).e(1),
    X.u32(45097, PowerApparentL3).e(1),
    X.i16(45099, PowerFactorL1).e(-3),
    X.i16(45100, PowerFactorL2).e(-3),
    X.i16(45101, PowerFactorL3).e(-3),
    X.u32(45152, EnergyActiveImportTotal).e(3),
    X.u32(45154, EnergyReactiveImportTotal).e(3),
    X.u32(45156, EnergyActiveExportTotal).e(3),
    X.u32(45158, EnergyReactiveExportTotal).e(3),
    X.u32(45440, EnergyActiveImportL1).e(3).medium(),
    X.u32(45442, EnergyActiveImportL2).e(3).medium(),
    X.u32(45444, EnergyActiveImportL3).e(3).medium(),
    X.u32(45446, EnergyActiveExportL1).e(3).medium(),
    X.u32(45448, EnergyActiveExportL2).e(3).medium(),
    X.u32(45450, EnergyActiveExportL3).e(3).medium(),
];

/// Hager ECR and ECA series, built by Herholdt (newer than the ECSEM).
///
/// Sources: OpenEMS/openems, jibrilsharafi/modbus-database.
/// Confidence: 31 rows high, 11 rows medium.
pub const HAGER_ECR: Map<'static> =
    Map::new("Hager", "ECR380D, ECR3xx, ECA3xx", HAGER_ECR_ROWS).rtu_address(1).checked();

const LOVATO_DMG_ROWS: &[Row] = &[
    I.u32(1, VoltageL1N).e(-2),
    I.u32(3, VoltageL2N).e(-2),
    I.u32(5, VoltageL3N).e(-2),
    I.u32(7, CurrentL1).e(-4),
    I.u32(9, CurrentL2).e(-4),
    I.u32(11, CurrentL3).e(-4),
    I.u32(13, VoltageL12).e(-2).medium(),
    I.u32(15, VoltageL23).e(-2).medium(),
    I.u32(17, VoltageL31).e(-2).medium(),
    I.i32(19, PowerActiveL1).e(-2),
    I.i32(21, PowerActiveL2).e(-2),
    I.i32(23, PowerActiveL3).e(-2),
    I.i32(25, PowerReactiveL1).e(-2),
    I.i32(27, PowerReactiveL2).e(-2),
    I.i32(29, PowerReactiveL3).e(-2),
    I.u32(31, PowerApparentL1).e(-2),
    I.u32(33, PowerApparentL2).e(-2),
    I.u32(35, PowerApparentL3).e(-2),
    I.i32(37, PowerFactorL1).e(-4),
    I.i32(39, PowerFactorL2).e(-4),
    I.i32(41, PowerFactorL3).e(-4),
    // mbmd reads it in mHz, openWB in 0.01 Hz with a correction above 100 Hz: depends on the firmware. Expect
    // 45 to 65 Hz.
    I.u32(49, Frequency).e(-3).medium(),
    I.i32(57, PowerActiveTotal).e(-2),
    I.i32(59, PowerReactiveTotal).e(-2),
    I.u32(61, PowerApparentTotal).e(-2),
    I.i32(63, PowerFactorTotal).e(-4).medium(),
    I.u32(71, CurrentN).e(-4).medium(),
    I.u32(83, ThdVoltageL1).e(-2),
    I.u32(85, ThdVoltageL2).e(-2),
    I.u32(87, ThdVoltageL3).e(-2),
    I.u64(6943, EnergyActiveImportTotal).e(1).medium(),
    I.u64(6947, EnergyActiveExportTotal).e(1).medium(),
    I.u64(6951, EnergyReactiveImportTotal).e(1).medium(),
    I.u64(6955, EnergyReactiveExportTotal).e(1).medium(),
    I.u64(7711, EnergyActiveImportL1).e(1).medium(),
    I.u64(7715, EnergyActiveExportL1).e(1).medium(),
    I.u64(7751, EnergyActiveImportL2).e(1).medium(),
    I.u64(7755, EnergyActiveExportL2).e(1).medium(),
    I.u64(7791, EnergyActiveImportL3).e(1).medium(),
    I.u64(7795, EnergyActiveExportL3).e(1).medium(),
];

/// Lovato DMG610 and the DMG series. Printed numbers count from 1.
///
/// Sources: volkszaehler/mbmd, jibrilsharafi/modbus-database, openWB/core.
/// Confidence: 24 rows high, 16 rows medium.
pub const LOVATO_DMG: Map<'static> =
    Map::new("Lovato", "DMG610 (DMG series)", LOVATO_DMG_ROWS).rtu_address(1).checked();

const UMD_96_ROWS: &[Row] = &[
    H.f32(4100, Frequency),
    H.f32(4352, VoltageL1N),
    H.f32(4354, VoltageL2N),
    H.f32(4356, VoltageL3N),
    H.f32(4608, CurrentL1),
    H.f32(4610, CurrentL2),
    H.f32(4612, CurrentL3),
    H.f32(4884, PowerActiveTotal),
    H.f32(4886, PowerReactiveTotal),
    H.f32(4896, PowerActiveL1),
    H.f32(4898, PowerActiveL2),
    H.f32(4900, PowerActiveL3),
    H.f32(4904, PowerReactiveL1),
    H.f32(4906, PowerReactiveL2),
    H.f32(4908, PowerReactiveL3),
];

/// PQ Plus UMD 96. The UMD 97 has the block of Janitza: [`crate::devices::janitza::UMD_97`].
///
/// Sources: PQ Plus Modbus document, OpenEMS/openems.
/// Confidence: high.
pub const UMD_96: Map<'static> = Map::new("PQ Plus", "UMD 96", UMD_96_ROWS).tcp(1, 502).checked();

const SAIA_ALE3_ROWS: &[Row] = &[
    HM.text(6, 8, ModelId).low(),
    HM.u32(15, SerialNumber).low(),
    // 0.01 kWh; the AWD3 counts 0.1 kWh.
    HM.u32(27, EnergyActiveImportTotal).e(1),
    HM.u32(29, EnergyActiveImportPartial).e(1).low(),
    HM.u32(31, EnergyActiveExportTotal).e(1),
    HM.u16(35, VoltageL1N),
    HM.u16(36, CurrentL1).e(-1),
    HM.u16(37, PowerActiveL1).e(1),
    HM.u16(38, PowerReactiveL1).e(1),
    HM.u16(39, PowerFactorL1).e(-2),
    HM.u16(40, VoltageL2N),
    HM.u16(41, CurrentL2).e(-1),
    HM.u16(42, PowerActiveL2).e(1),
    HM.u16(43, PowerReactiveL2).e(1),
    HM.u16(44, PowerFactorL2).e(-2),
    HM.u16(45, VoltageL3N),
    HM.u16(46, CurrentL3).e(-1),
    HM.u16(47, PowerActiveL3).e(1),
    HM.u16(48, PowerReactiveL3).e(1),
    HM.u16(49, PowerFactorL3).e(-2),
    HM.u16(50, PowerActiveTotal).e(1),
    HM.u16(51, PowerReactiveTotal).e(1),
];

/// Saia Burgess ALE3, 16-bit values: V, 0.1 A, 0.01 kW. Printed numbers count from 1. Newer variants sign the
/// powers.
///
/// Sources: volkszaehler/mbmd, Saia Burgess AWD3/ALE3 register pages.
/// Confidence: 19 rows medium, 3 rows low.
pub const SAIA_ALE3: Map<'static> = Map::new("Saia Burgess", "ALE3", SAIA_ALE3_ROWS).rtu_address(1).checked();

const SAIA_ALD1_ROWS: &[Row] = &[
    H.u32(27, EnergyActiveImportTotal).e(1).low(),
    H.u16(35, VoltageL1N).low(),
    H.u16(36, CurrentL1).e(-1).low(),
    H.i16(37, PowerActiveL1).e(1).low(),
];

/// Saia Burgess ALD1, from one source on a sibling; verify.
///
/// Sources: Finder 7E.23 register page (same platform).
/// Confidence: low.
pub const SAIA_ALD1: Map<'static> = Map::new("Saia Burgess", "ALD1", SAIA_ALD1_ROWS).rtu_address(1).checked();
