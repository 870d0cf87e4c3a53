//! Janitza power analysers and the maps other vendors share with them.
//!
//! The block at 19000 is common to nearly all models: floats, high word first. Energies are Wh in a float, so
//! above 16.7 MWh the steps are 2 Wh and more. NaN and infinity mean "not available". Several UMG models serve
//! a copy with the low word first 32768 registers further on.

use crate::devices::family::{Entry, column};
use crate::map::{Framing, Map, Readable};
use crate::quantity::Quantity::*;
use crate::row::{Row, Template};

const R: Template = Template::holding();

/// The vendor's own integration reads the block as a whole, 122 registers.
const BLOCK: &[Readable] = &[Readable { first: 19_000, last: 19_121 }];

/// The block at 19000 in one table.
///
/// Columns: UMG 96RM and 604, UMG 605, UMG 806, UMG 801, UMG 103, UMG 104, B21, B23, B24, PQ Plus UMD 97,
/// Weidmüller EM525, EVlink example.
const BLOCK_19000: &[Entry] = &[
    // Length not verified.
    ("...M......", R.text(4100, 32, DeviceName)),
    // Length not verified.
    ("...L......", R.text(4132, 16, FirmwareVersion)),
    // Slot n at 4178 + 80 (n - 1), state at +68 (2 is good), type at +69.
    ("...M......", R.u16(4178, ModuleSlot1Info)),
    ("HHHHHHHHMH", R.f32(19000, VoltageL1N)),
    ("HHHHHHHHMH", R.f32(19002, VoltageL2N)),
    ("HHHHHHHHMH", R.f32(19004, VoltageL3N)),
    ("HHHHHHHM.H", R.f32(19006, VoltageL12)),
    ("HHHHHHHM.H", R.f32(19008, VoltageL23)),
    ("HHHHHHHM.H", R.f32(19010, VoltageL31)),
    ("HHHHHHHHMH", R.f32(19012, CurrentL1)),
    ("HHHHHHHHMH", R.f32(19014, CurrentL2)),
    ("HHHHHHHHMH", R.f32(19016, CurrentL3)),
    ("HHHHHHMH..", R.f32(19018, CurrentN)),
    ("HHHHHHHHMH", R.f32(19020, PowerActiveL1)),
    ("HHHHHHHHMH", R.f32(19022, PowerActiveL2)),
    ("HHHHHHHHMH", R.f32(19024, PowerActiveL3)),
    ("HHHHHHHHMH", R.f32(19026, PowerActiveTotal)),
    ("HHHHHHHM..", R.f32(19028, PowerApparentL1)),
    ("HHHHHHHM..", R.f32(19030, PowerApparentL2)),
    ("HHHHHHHM..", R.f32(19032, PowerApparentL3)),
    ("HHHHHHHM..", R.f32(19034, PowerApparentTotal)),
    ("HHHHHHHH..", R.f32(19036, PowerReactiveL1)),
    ("HHHHHHHH..", R.f32(19038, PowerReactiveL2)),
    ("HHHHHHHH..", R.f32(19040, PowerReactiveL3)),
    ("HHHHHHHH..", R.f32(19042, PowerReactiveTotal)),
    // Fundamental cos phi on the UMG, power factor on the B series.
    ("HHHHHHHM..", R.f32(19044, PowerFactorL1)),
    ("HHHHHHHM..", R.f32(19046, PowerFactorL2)),
    ("HHHHHHHM..", R.f32(19048, PowerFactorL3)),
    ("HHHHHHHHM.", R.f32(19050, Frequency)),
    // 1 right, 0 none, -1 left.
    ("HHMMMM.M..", R.f32(19052, PhaseRotation)),
    ("HHMM.MMM.H", R.f32(19054, EnergyActiveSumL1)),
    ("HHMM.MMM.H", R.f32(19056, EnergyActiveSumL2)),
    ("HHMM.MMM.H", R.f32(19058, EnergyActiveSumL3)),
    ("HHMMMMMM.H", R.f32(19060, EnergyActiveSumTotal)),
    ("HHHHHHHM..", R.f32(19062, EnergyActiveImportL1)),
    ("HHHHHHHM..", R.f32(19064, EnergyActiveImportL2)),
    ("HHHHHHHM..", R.f32(19066, EnergyActiveImportL3)),
    // OpenEMS takes 19062 for the total on the UMG 801 and 806; that is L1.
    ("HHHHHHHMM.", R.f32(19068, EnergyActiveImportTotal)),
    ("HHHHHHHM..", R.f32(19070, EnergyActiveExportL1)),
    ("HHHHHHHM..", R.f32(19072, EnergyActiveExportL2)),
    ("HHHHHHHM..", R.f32(19074, EnergyActiveExportL3)),
    // Likewise 19070 is L1.
    ("HHHHHHHMM.", R.f32(19076, EnergyActiveExportTotal)),
    ("HHHHHHHM..", R.f32(19078, EnergyApparentL1)),
    ("HHHHHHHM..", R.f32(19080, EnergyApparentL2)),
    ("HHHHHHHM..", R.f32(19082, EnergyApparentL3)),
    ("HHHHHHHM..", R.f32(19084, EnergyApparentTotal)),
    ("HHHHMHHM..", R.f32(19086, EnergyReactiveSumL1)),
    ("HHHHMHHM..", R.f32(19088, EnergyReactiveSumL2)),
    ("HHHHMHHM..", R.f32(19090, EnergyReactiveSumL3)),
    ("HHHHHHHM..", R.f32(19092, EnergyReactiveSumTotal)),
    ("HHHHHHHM..", R.f32(19094, EnergyReactiveInductiveL1)),
    ("HHHHHHHM..", R.f32(19096, EnergyReactiveInductiveL2)),
    ("HHHHHHHM..", R.f32(19098, EnergyReactiveInductiveL3)),
    ("HHHHHMHM..", R.f32(19100, EnergyReactiveInductiveTotal)),
    ("HHHHHMHM..", R.f32(19102, EnergyReactiveCapacitiveL1)),
    ("HHHHHMMM..", R.f32(19104, EnergyReactiveCapacitiveL2)),
    ("HHHHHMMM..", R.f32(19106, EnergyReactiveCapacitiveL3)),
    ("HHHHHMMM..", R.f32(19108, EnergyReactiveCapacitiveTotal)),
    ("HMMMM.....", R.f32(19110, ThdVoltageL1)),
    ("HMMM......", R.f32(19112, ThdVoltageL2)),
    ("HMMM......", R.f32(19114, ThdVoltageL3)),
    // Per cent, like the distortion of the voltages.
    ("HMMM......", R.f32(19116, ThdCurrentL1)),
    ("HMMM......", R.f32(19118, ThdCurrentL2)),
    ("HMMM......", R.f32(19120, ThdCurrentL3)),
];

/// UMG 96RM, 96-PA and 96RM-E.
///
/// Sources: Janitza UMG 96RM address list, JanitzaElectronics/ha-janitza-modbus, Tinkerforge/esp32-firmware,
/// jibrilsharafi/modbus-database, volkszaehler/mbmd, OpenEMS/openems, openWB/core.
/// Confidence: high.
pub const UMG_96RM: Map<'static> = Map::new("Janitza", "UMG 96RM, 96-PA, 96RM-E", column!(BLOCK_19000, 0))
    .max_words(122)
    .readable(BLOCK)
    .tcp(1, 502)
    .checked();

/// UMG 604, block at 19000; see also [`UMG_604_NATIVE`].
///
/// Sources: JanitzaElectronics/ha-janitza-modbus, Janitza UMG 604 address list, Tinkerforge/esp32-firmware,
/// jibrilsharafi/modbus-database, volkszaehler/mbmd, stekker/OpenModbusSpecs.
/// Confidence: high.
pub const UMG_604: Map<'static> = UMG_96RM.renamed("Janitza", "UMG 604").checked();

/// UMG 605.
///
/// Sources: JanitzaElectronics/ha-janitza-modbus, Tinkerforge/esp32-firmware, jibrilsharafi/modbus-database,
/// volkszaehler/mbmd, stekker/OpenModbusSpecs.
/// Confidence: 55 rows high, 6 rows medium.
pub const UMG_605: Map<'static> = Map::new("Janitza", "UMG 605", column!(BLOCK_19000, 1))
    .max_words(122)
    .readable(BLOCK)
    .tcp(1, 502)
    .checked();

/// UMG 806.
///
/// Sources: JanitzaElectronics/ha-janitza-modbus, Tinkerforge/esp32-firmware, volkszaehler/mbmd,
/// OpenEMS/openems.
/// Confidence: 50 rows high, 11 rows medium.
pub const UMG_806: Map<'static> = Map::new("Janitza", "UMG 806", column!(BLOCK_19000, 2))
    .max_words(122)
    .readable(BLOCK)
    .tcp(1, 502)
    .checked();

/// UMG 801, often unit 2. Modules have groups of their own: at 19200 + 100 (n - 2) by OpenEMS, at 19400 + 100 n
/// by the vendor integration for current modules.
///
/// Sources: JanitzaElectronics/ha-janitza-modbus, Tinkerforge/esp32-firmware, volkszaehler/mbmd,
/// OpenEMS/openems, nobrega8/mbmap-library.
/// Confidence: 50 rows high, 13 rows medium, 1 row low.
pub const UMG_801: Map<'static> = Map::new("Janitza", "UMG 801", column!(BLOCK_19000, 3))
    .max_words(122)
    .readable(BLOCK)
    .tcp(2, 502)
    .checked();

/// UMG 103.
///
/// Sources: Tinkerforge/esp32-firmware, jibrilsharafi/modbus-database, volkszaehler/mbmd.
/// Confidence: 47 rows high, 6 rows medium.
pub const UMG_103: Map<'static> =
    Map::new("Janitza", "UMG 103", column!(BLOCK_19000, 4)).max_words(122).tcp(1, 502).checked();

/// UMG 104, block at 19000; see also [`UMG_104_NATIVE`].
///
/// Sources: Tinkerforge/esp32-firmware, jibrilsharafi/modbus-database, volkszaehler/mbmd.
/// Confidence: 45 rows high, 10 rows medium.
pub const UMG_104: Map<'static> =
    Map::new("Janitza", "UMG 104", column!(BLOCK_19000, 5)).max_words(122).tcp(1, 502).checked();

/// B23 312-10J: the hardware of the ABB B23 with Janitza firmware, not the ABB map. The factory address is
/// printed on the meter.
///
/// Sources: Tinkerforge/esp32-firmware, jibrilsharafi/modbus-database, volkszaehler/mbmd.
/// Confidence: 46 rows high, 8 rows medium.
pub const B23: Map<'static> =
    Map::new("Janitza", "B23 312-10J", column!(BLOCK_19000, 6)).max_words(122).rtu_address(1).checked();

/// B21 and B24 with Janitza firmware, the map of the B23.
///
/// Sources: Tinkerforge/esp32-firmware, jibrilsharafi/modbus-database, volkszaehler/mbmd.
/// Confidence: 46 rows high, 8 rows medium.
pub const B21_B24: Map<'static> = B23.renamed("Janitza", "B21, B24").checked();

/// PQ Plus UMD 97.
///
/// Sources: PQ Plus Modbus document, OpenEMS/openems.
/// Confidence: 16 rows high, 39 rows medium.
pub const UMD_97: Map<'static> =
    Map::new("PQ Plus", "UMD 97", column!(BLOCK_19000, 7)).max_words(122).tcp(1, 502).checked();

/// Weidmüller EM525. The OpenEMS driver applies no milli scaling to voltages and currents; the map is taken to
/// be plain.
///
/// Sources: OpenEMS/openems.
/// Confidence: medium.
pub const EM525: Map<'static> =
    Map::new("Weidmüller", "EM525", column!(BLOCK_19000, 8)).max_words(122).tcp(1, 502).checked();

/// The example meter of the EVlink generic meter settings, which is this block. The guide prints addresses from
/// 1 on, and 19036, 19066, 19067 for 19025, 19055, 19057. Its power is labelled kW; the block sends W.
///
/// Sources: Janitza UMG 96RM address list, EVlink commissioning guide, generic meter.
/// Confidence: high.
pub const EVLINK_EXAMPLE: Map<'static> =
    Map::new("Schneider Electric", "EVlink generic meter (example)", column!(BLOCK_19000, 9))
        .rtu(2, 19_200, Framing::N81)
        .checked();

/// The older native block.
///
/// Columns: UMG 604, UMG 104.
const NATIVE: &[Entry] = &[
    ("HM", R.f32(1317, VoltageL1N)),
    ("HM", R.f32(1319, VoltageL2N)),
    ("HM", R.f32(1321, VoltageL3N)),
    ("HM", R.f32(1325, CurrentL1)),
    ("HM", R.f32(1327, CurrentL2)),
    ("HM", R.f32(1329, CurrentL3)),
    ("HM", R.f32(1333, PowerActiveL1)),
    ("HM", R.f32(1335, PowerActiveL2)),
    ("HM", R.f32(1337, PowerActiveL3)),
    ("HM", R.f32(1341, PowerReactiveL1)),
    ("HM", R.f32(1343, PowerReactiveL2)),
    ("HM", R.f32(1345, PowerReactiveL3)),
    ("HM", R.f32(1369, PowerActiveTotal)),
    ("HM", R.f32(1371, PowerReactiveTotal)),
    ("HM", R.f32(1439, Frequency)),
    ("HM", R.f32(9851, EnergyActiveImportTotal)),
    ("HM", R.f32(9863, EnergyActiveExportTotal)),
    ("M.", R.text(10072, 32, DeviceName)),
    ("M.", R.u32(10176, SerialNumber)),
    ("M.", R.text(13437, 16, FirmwareVersion)),
];

/// UMG 604, older native map.
///
/// Sources: Janitza UMG 604 address list, OpenEMS/openems.
/// Confidence: 17 rows high, 3 rows medium.
pub const UMG_604_NATIVE: Map<'static> =
    Map::new("Janitza", "UMG 604 (native map)", column!(NATIVE, 0)).tcp(1, 502).checked();

/// UMG 104, older native map.
///
/// Sources: OpenEMS/openems.
/// Confidence: medium.
pub const UMG_104_NATIVE: Map<'static> =
    Map::new("Janitza", "UMG 104 (native map)", column!(NATIVE, 1)).tcp(1, 502).checked();

const UMG_511_ROWS: &[Row] = &[
    R.f32(3845, VoltageL1N),
    R.f32(3847, VoltageL2N),
    R.f32(3849, VoltageL3N),
    R.f32(3853, CurrentL1),
    R.f32(3855, CurrentL2),
    R.f32(3857, CurrentL3),
    R.f32(3861, PowerActiveL1),
    R.f32(3863, PowerActiveL2),
    R.f32(3865, PowerActiveL3),
    R.f32(3869, PowerReactiveL1),
    R.f32(3871, PowerReactiveL2),
    R.f32(3873, PowerReactiveL3),
    R.f32(3925, PowerActiveTotal),
    R.f32(3927, PowerReactiveTotal),
    R.f32(3995, Frequency),
    R.f32(19068, EnergyActiveImportTotal),
    R.f32(19076, EnergyActiveExportTotal),
];

/// UMG 511.
///
/// Sources: Janitza UMG 511 address list, OpenEMS/openems.
/// Confidence: high.
pub const UMG_511: Map<'static> = Map::new("Janitza", "UMG 511", UMG_511_ROWS).tcp(1, 502).checked();

const PRODATA_2_ROWS: &[Row] = &[R.u32(100, SerialNumber).medium(), R.u16(157, FirmwareVersion).low()];

/// Data logger and gateway. Its own registers are 15 pulse inputs; meters behind it are reached with their own
/// unit identifier. A copy with the low word first lies at +32768.
///
/// Sources: Janitza ProData 2 address list.
/// Confidence: 1 row medium, 1 row low.
pub const PRODATA_2: Map<'static> = Map::new("Janitza", "ProData 2", PRODATA_2_ROWS).tcp(1, 502).checked();
