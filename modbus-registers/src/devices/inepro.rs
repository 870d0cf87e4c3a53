//! Inepro PRO meters and the meters built on them: WAGO, KDK, Klefr.
//!
//! Floats high word first, powers in kW, kvar and kVA, energies in kWh and kvarh, 9600 8E1.

use crate::devices::family::{Entry, column};
use crate::map::{Framing, Map};
use crate::quantity::Quantity::*;
use crate::row::{Row, Template};

const R: Template = Template::holding();
const M: Template = R.medium();

/// Protocol version 2 in one table.
///
/// Columns: PRO380, PRO1, PRO2, WAGO 879, KDK PRO20, Klefr 693x.
const PRO: &[Entry] = &[
    ("MM..", R.f32(0x4007, FirmwareVersion)),
    ("HHM.", R.f32(0x5000, VoltageLnAvg)),
    ("HHHM", R.f32(0x5002, VoltageL1N)),
    ("H.HM", R.f32(0x5004, VoltageL2N)),
    ("H.HM", R.f32(0x5006, VoltageL3N)),
    ("HHMM", R.f32(0x5008, Frequency)),
    ("HHM.", R.f32(0x500A, CurrentSum)),
    ("HHHM", R.f32(0x500C, CurrentL1)),
    ("H.HM", R.f32(0x500E, CurrentL2)),
    ("H.HM", R.f32(0x5010, CurrentL3)),
    ("HHHM", R.f32(0x5012, PowerActiveTotal).e(3)),
    ("HHMM", R.f32(0x5014, PowerActiveL1).e(3)),
    ("H.MM", R.f32(0x5016, PowerActiveL2).e(3)),
    ("H.MM", R.f32(0x5018, PowerActiveL3).e(3)),
    ("HHMM", R.f32(0x501A, PowerReactiveTotal).e(3)),
    ("HHMM", R.f32(0x501C, PowerReactiveL1).e(3)),
    ("H.MM", R.f32(0x501E, PowerReactiveL2).e(3)),
    ("H.MM", R.f32(0x5020, PowerReactiveL3).e(3)),
    ("HHM.", R.f32(0x5022, PowerApparentTotal).e(3)),
    ("HHM.", R.f32(0x5024, PowerApparentL1).e(3)),
    ("H.M.", R.f32(0x5026, PowerApparentL2).e(3)),
    ("H.M.", R.f32(0x5028, PowerApparentL3).e(3)),
    ("HHM.", R.f32(0x502A, PowerFactorTotal)),
    ("HHM.", R.f32(0x502C, PowerFactorL1)),
    ("H.M.", R.f32(0x502E, PowerFactorL2)),
    ("H.M.", R.f32(0x5030, PowerFactorL3)),
    ("HH..", R.f32(0x6000, EnergyActiveSumTotal).e(3)),
    ("HH..", R.f32(0x6002, EnergyActiveSumT1).e(3)),
    ("HH..", R.f32(0x6004, EnergyActiveSumT2).e(3)),
    ("H...", R.f32(0x6006, EnergyActiveSumL1).e(3)),
    ("H...", R.f32(0x6008, EnergyActiveSumL2).e(3)),
    ("H...", R.f32(0x600A, EnergyActiveSumL3).e(3)),
    ("HMHM", R.f32(0x600C, EnergyActiveImportTotal).e(3)),
    ("MM..", R.f32(0x600E, EnergyActiveImportT1).e(3)),
    ("MM..", R.f32(0x6010, EnergyActiveImportT2).e(3)),
    ("H.MM", R.f32(0x6012, EnergyActiveImportL1).e(3)),
    ("H.MM", R.f32(0x6014, EnergyActiveImportL2).e(3)),
    ("H.MM", R.f32(0x6016, EnergyActiveImportL3).e(3)),
    ("HMHM", R.f32(0x6018, EnergyActiveExportTotal).e(3)),
    ("MM..", R.f32(0x601A, EnergyActiveExportT1).e(3)),
    ("MM..", R.f32(0x601C, EnergyActiveExportT2).e(3)),
    ("H.MM", R.f32(0x601E, EnergyActiveExportL1).e(3)),
    ("H.MM", R.f32(0x6020, EnergyActiveExportL2).e(3)),
    ("H.MM", R.f32(0x6022, EnergyActiveExportL3).e(3)),
    ("MM..", R.f32(0x6024, EnergyReactiveSumTotal).e(3)),
    ("MM..", R.f32(0x6026, EnergyReactiveSumT1).e(3)),
    ("MM..", R.f32(0x6028, EnergyReactiveSumT2).e(3)),
    ("M...", R.f32(0x602A, EnergyReactiveSumL1).e(3)),
    ("M...", R.f32(0x602C, EnergyReactiveSumL2).e(3)),
    ("M...", R.f32(0x602E, EnergyReactiveSumL3).e(3)),
    ("MM..", R.f32(0x6030, EnergyReactiveImportTotal).e(3)),
    ("MM..", R.f32(0x6032, EnergyReactiveImportT1).e(3)),
    ("MM..", R.f32(0x6034, EnergyReactiveImportT2).e(3)),
    ("M...", R.f32(0x6036, EnergyReactiveImportL1).e(3)),
    ("M...", R.f32(0x6038, EnergyReactiveImportL2).e(3)),
    ("M...", R.f32(0x603A, EnergyReactiveImportL3).e(3)),
    ("MM..", R.f32(0x603C, EnergyReactiveExportTotal).e(3)),
    ("MM..", R.f32(0x603E, EnergyReactiveExportT1).e(3)),
    ("MM..", R.f32(0x6040, EnergyReactiveExportT2).e(3)),
    ("M...", R.f32(0x6042, EnergyReactiveExportL1).e(3)),
    ("M...", R.f32(0x6044, EnergyReactiveExportL2).e(3)),
    ("M...", R.f32(0x6046, EnergyReactiveExportL3).e(3)),
];

/// Three-phase PRO380. Firmware with protocol 1.18 (2016) has another map: [`PRO380_V1`].
///
/// Sources: volkszaehler/mbmd, jibrilsharafi/modbus-database, OpenEMS/openems.
/// Confidence: 39 rows high, 23 rows medium.
pub const PRO380: Map<'static> =
    Map::new("Inepro", "PRO380-Mod (protocol V2)", column!(PRO, 0)).rtu(1, 9_600, Framing::E81).checked();

/// Single-phase PRO1 and PRO2.
///
/// Sources: volkszaehler/mbmd, jibrilsharafi/modbus-database.
/// Confidence: 16 rows high, 16 rows medium.
pub const PRO1: Map<'static> =
    Map::new("Inepro", "PRO1-Mod, PRO2-Mod", column!(PRO, 1)).rtu(1, 9_600, Framing::E81).checked();

/// WAGO 879 series, an Inepro map.
///
/// Sources: volkszaehler/mbmd, dingo35/SmartEVSE-3.5.
/// Confidence: 9 rows high, 24 rows medium.
pub const WAGO_879: Map<'static> =
    Map::new("WAGO", "879-3000, 879-3020, 879-3040", column!(PRO, 2)).rtu(1, 9_600, Framing::E81).checked();

/// KDK PRO20, by Inepro.
///
/// Sources: OpenEMS/openems.
/// Confidence: medium.
pub const KDK_PRO20: Map<'static> =
    Map::new("KDK", "PRO20-U, PRO20-CT (2PUCT)", column!(PRO, 3)).rtu(1, 9_600, Framing::E81).checked();

/// Klefr 693x and 694x, by Inepro; the rows EVerest uses.
///
/// Sources: EVerest/everest-core.
/// Confidence: medium.
pub const KLEFR_693X: Map<'static> = KDK_PRO20.renamed("Klefr", "693x, 694x").checked();

const PRO380_V1_ROWS: &[Row] = &[
    M.u32(0x1000, SerialNumber),
    M.u16(0x1010, MeterCode),
    M.f32(0x1054, FirmwareVersion),
    M.f32(0x2008, VoltageL1N),
    M.f32(0x200C, VoltageL2N),
    M.f32(0x2010, VoltageL3N),
    M.f32(0x2020, Frequency),
    M.f32(0x2068, CurrentL1),
    M.f32(0x206C, CurrentL2),
    M.f32(0x2070, CurrentL3),
    M.f32(0x2080, PowerActiveTotal),
    M.f32(0x2088, PowerActiveL1),
    M.f32(0x208C, PowerActiveL2),
    M.f32(0x2090, PowerActiveL3),
    M.f32(0x20A0, PowerReactiveTotal),
    M.f32(0x20A8, PowerReactiveL1),
    M.f32(0x20AC, PowerReactiveL2),
    M.f32(0x20B0, PowerReactiveL3),
    M.f32(0x20C0, PowerApparentTotal),
    M.f32(0x20C8, PowerApparentL1),
    M.f32(0x20CC, PowerApparentL2),
    M.f32(0x20D0, PowerApparentL3),
    M.f32(0x20E0, PowerFactorTotal),
    M.f32(0x20E8, PowerFactorL1),
    M.f32(0x20EC, PowerFactorL2),
    M.f32(0x20F0, PowerFactorL3),
    M.f32(0x3000, EnergyActiveSumTotal).e(3),
    M.f32(0x3008, EnergyActiveSumL1).e(3),
    M.f32(0x300C, EnergyActiveSumL2).e(3),
    M.f32(0x3010, EnergyActiveSumL3).e(3),
    M.f32(0x3020, EnergyActiveImportTotal).e(3),
    M.f32(0x3028, EnergyActiveImportL1).e(3),
    M.f32(0x302C, EnergyActiveImportL2).e(3),
    M.f32(0x3030, EnergyActiveImportL3).e(3),
    M.f32(0x3040, EnergyActiveExportTotal).e(3),
    M.f32(0x3048, EnergyActiveExportL1).e(3),
    M.f32(0x304C, EnergyActiveExportL2).e(3),
    M.f32(0x3050, EnergyActiveExportL3).e(3),
    M.f32(0x3060, EnergyReactiveSumTotal).e(3),
    M.f32(0x3068, EnergyReactiveSumL1).e(3),
    M.f32(0x306C, EnergyReactiveSumL2).e(3),
    M.f32(0x3070, EnergyReactiveSumL3).e(3),
    M.f32(0x3080, EnergyReactiveImportTotal).e(3),
    M.f32(0x3088, EnergyReactiveImportL1).e(3),
    M.f32(0x308C, EnergyReactiveImportL2).e(3),
    M.f32(0x3090, EnergyReactiveImportL3).e(3),
    M.f32(0x30A0, EnergyReactiveExportTotal).e(3),
    M.f32(0x30A8, EnergyReactiveExportL1).e(3),
    M.f32(0x30AC, EnergyReactiveExportL2).e(3),
    M.f32(0x30B0, EnergyReactiveExportL3).e(3),
    M.f32(0x3100, EnergyActiveSumT1).e(3),
    M.f32(0x3120, EnergyActiveImportT1).e(3),
    M.f32(0x3140, EnergyActiveExportT1).e(3),
    M.f32(0x3160, EnergyReactiveSumT1).e(3),
    M.f32(0x3180, EnergyReactiveImportT1).e(3),
    M.f32(0x31A0, EnergyReactiveExportT1).e(3),
    M.f32(0x3200, EnergyActiveSumT2).e(3),
    M.f32(0x3220, EnergyActiveImportT2).e(3),
    M.f32(0x3240, EnergyActiveExportT2).e(3),
    M.f32(0x3260, EnergyReactiveSumT2).e(3),
    M.f32(0x3280, EnergyReactiveImportT2).e(3),
    M.f32(0x32A0, EnergyReactiveExportT2).e(3),
];

/// PRO380 with the protocol of 2016. Not to be mixed with [`PRO380`].
///
/// Sources: ModDefOrg/devices.
/// Confidence: medium.
pub const PRO380_V1: Map<'static> =
    Map::new("Inepro", "PRO380-Mod (protocol 1.18)", PRO380_V1_ROWS).rtu(1, 9_600, Framing::E81).checked();
