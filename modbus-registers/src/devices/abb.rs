//! ABB energy meters: EQ series (A and B), M4M, M2M.
//!
//! Numbers in the documents are wire addresses already. 64-bit energies count 0.01 k-units. Currents have no
//! sign; the powers have.

use crate::devices::family::{Entry, column};
use crate::map::{Map, Readable};
use crate::quantity::Quantity::*;
use crate::row::{Absent, Row, Template};

/// An integer without a value is all ones, or the largest positive number if it is signed.
const R: Template = Template::holding().absent(Absent::Extreme);
/// The M2M marks only power factors.
const P: Template = Template::holding();

/// The mapped area of the EQ series answers everywhere; outside it a read fails with exception 2.
const EQ_AREA: &[Readable] = &[Readable { first: 0x1000, last: 0x8EFF }];

/// The EQ series in one table. Tariffs and apparent energies depend on the variant and read as "not available".
///
/// Columns: B23, B24, B21, A43 and A44.
const EQ: &[Entry] = &[
    ("HHHH", R.u64(0x5000, EnergyActiveImportTotal).e(1)),
    ("HHHH", R.u64(0x5004, EnergyActiveExportTotal).e(1)),
    ("HHMM", R.i64(0x5008, EnergyActiveNetTotal).e(1)),
    ("MMMM", R.u64(0x500C, EnergyReactiveImportTotal).e(1)),
    ("HHMM", R.u64(0x5010, EnergyReactiveExportTotal).e(1)),
    ("HHMM", R.i64(0x5014, EnergyReactiveNetTotal).e(1)),
    ("HHMM", R.u64(0x5018, EnergyApparentImportTotal).e(1)),
    ("HHMM", R.u64(0x501C, EnergyApparentExportTotal).e(1)),
    ("HHMM", R.i64(0x5020, EnergyApparentNetTotal).e(1)),
    // The bronze and steel variants have no tariffs.
    ("MM.M", R.u64(0x5170, EnergyActiveImportT1).e(1)),
    ("MM.M", R.u64(0x5174, EnergyActiveImportT2).e(1)),
    ("MM.M", R.u64(0x5178, EnergyActiveImportT3).e(1)),
    ("MM.M", R.u64(0x517C, EnergyActiveImportT4).e(1)),
    ("MM.M", R.u64(0x5190, EnergyActiveExportT1).e(1)),
    ("MM.M", R.u64(0x5194, EnergyActiveExportT2).e(1)),
    ("MM.M", R.u64(0x5198, EnergyActiveExportT3).e(1)),
    ("MM.M", R.u64(0x519C, EnergyActiveExportT4).e(1)),
    ("HH.H", R.u64(0x5460, EnergyActiveImportL1).e(1)),
    ("HH.H", R.u64(0x5464, EnergyActiveImportL2).e(1)),
    ("HH.H", R.u64(0x5468, EnergyActiveImportL3).e(1)),
    ("HH.H", R.u64(0x546C, EnergyActiveExportL1).e(1)),
    ("HH.H", R.u64(0x5470, EnergyActiveExportL2).e(1)),
    ("HH.H", R.u64(0x5474, EnergyActiveExportL3).e(1)),
    ("HH.M", R.i64(0x5478, EnergyActiveNetL1).e(1)),
    ("HH.M", R.i64(0x547C, EnergyActiveNetL2).e(1)),
    ("HH.M", R.i64(0x5480, EnergyActiveNetL3).e(1)),
    ("HH.M", R.u64(0x5484, EnergyReactiveImportL1).e(1)),
    ("HH.M", R.u64(0x5488, EnergyReactiveImportL2).e(1)),
    ("HH.M", R.u64(0x548C, EnergyReactiveImportL3).e(1)),
    ("HH.M", R.u64(0x5490, EnergyReactiveExportL1).e(1)),
    ("HH.M", R.u64(0x5494, EnergyReactiveExportL2).e(1)),
    ("HH.M", R.u64(0x5498, EnergyReactiveExportL3).e(1)),
    // One public profile types voltages and currents as 16 bits; six readers agree on 32.
    ("HHHM", R.u32(0x5B00, VoltageL1N).e(-1)),
    ("HH.M", R.u32(0x5B02, VoltageL2N).e(-1)),
    ("HH.M", R.u32(0x5B04, VoltageL3N).e(-1)),
    ("HHHM", R.u32(0x5B0C, CurrentL1).e(-2)),
    ("HH.M", R.u32(0x5B0E, CurrentL2).e(-2)),
    ("HH.M", R.u32(0x5B10, CurrentL3).e(-2)),
    // One public list types the powers unsigned; they are signed.
    ("HHHM", R.i32(0x5B14, PowerActiveTotal).e(-2)),
    ("HH.M", R.i32(0x5B16, PowerActiveL1).e(-2)),
    ("HH.M", R.i32(0x5B18, PowerActiveL2).e(-2)),
    ("HH.M", R.i32(0x5B1A, PowerActiveL3).e(-2)),
    ("MMM.", R.i32(0x5B1C, PowerReactiveTotal).e(-2)),
    ("MM..", R.i32(0x5B1E, PowerReactiveL1).e(-2)),
    ("MM..", R.i32(0x5B20, PowerReactiveL2).e(-2)),
    ("MM..", R.i32(0x5B22, PowerReactiveL3).e(-2)),
    ("MMM.", R.i32(0x5B24, PowerApparentTotal).e(-2)),
    ("MM..", R.i32(0x5B26, PowerApparentL1).e(-2)),
    ("MM..", R.i32(0x5B28, PowerApparentL2).e(-2)),
    ("MM..", R.i32(0x5B2A, PowerApparentL3).e(-2)),
    ("HHHM", R.u16(0x5B2C, Frequency).e(-2)),
    ("MMM.", R.i16(0x5B2D, PhaseAngleTotal).e(-1)),
    ("HHHM", R.i16(0x5B3A, PowerFactorTotal).e(-3)),
    ("HH.M", R.i16(0x5B3B, PowerFactorL1).e(-3)),
    ("HH.M", R.i16(0x5B3C, PowerFactorL2).e(-3)),
    ("HH.M", R.i16(0x5B3D, PowerFactorL3).e(-3)),
    ("HHH.", R.u32(0x8900, SerialNumber)),
    ("HMM.", R.text(0x8908, 8, FirmwareVersion)),
    ("HMM.", R.u16(0x8910, MapVersion)),
    // Type designation; its first four characters tell the family: B21, B23, B24.
    ("MMM.", R.text(0x8960, 6, ModelId)),
    ("MMM.", R.u16(0x8A07, ActiveTariff)),
    // For transformer-connected meters; readings are primary once it is set.
    (".M..", R.u32(0x8C04, CtRatioPrimary)),
    (".M..", R.u32(0x8C08, CtRatioSecondary)),
];

/// EQ meter B23.
///
/// Sources: ModDefOrg/devices, jibrilsharafi/modbus-database, victronenergy/dbus-modbus-client,
/// volkszaehler/mbmd, openWB/core, dingo35/SmartEVSE-3.5.
/// Confidence: 41 rows high, 20 rows medium.
pub const B23: Map<'static> =
    Map::new("ABB", "B23 312-100", column!(EQ, 0)).readable(EQ_AREA).rtu_address(1).checked();

/// EQ meter B24.
///
/// Sources: ModDefOrg/devices, jibrilsharafi/modbus-database, victronenergy/dbus-modbus-client,
/// volkszaehler/mbmd.
/// Confidence: 39 rows high, 24 rows medium.
pub const B24: Map<'static> =
    Map::new("ABB", "B24", column!(EQ, 1)).readable(EQ_AREA).rtu_address(1).checked();

/// EQ meter B21. Single phase.
///
/// Sources: ModDefOrg/devices, victronenergy/dbus-modbus-client, volkszaehler/mbmd.
/// Confidence: 8 rows high, 14 rows medium.
pub const B21: Map<'static> =
    Map::new("ABB", "B21", column!(EQ, 2)).readable(EQ_AREA).rtu_address(1).checked();

/// EQ meter A43.
///
/// Sources: jibrilsharafi/modbus-database, volkszaehler/mbmd.
/// Confidence: 8 rows high, 39 rows medium.
pub const A43: Map<'static> =
    Map::new("ABB", "A43", column!(EQ, 3)).readable(EQ_AREA).rtu_address(1).checked();

/// EQ meter A44, the map of the A43.
///
/// Sources: jibrilsharafi/modbus-database, volkszaehler/mbmd.
/// Confidence: 8 rows high, 39 rows medium.
pub const A44: Map<'static> = A43.renamed("ABB", "A44").checked();

/// Network analysers M4M, vendor map v1.3N.
///
/// Columns: M4M 20, M4M 30.
const M4M: &[Entry] = &[
    ("HH", R.u64(0x5000, EnergyActiveImportTotal).e(1)),
    ("HH", R.u64(0x5004, EnergyActiveExportTotal).e(1)),
    ("HH", R.i64(0x5008, EnergyActiveNetTotal).e(1)),
    ("HH", R.u64(0x500C, EnergyReactiveImportTotal).e(1)),
    ("HH", R.u64(0x5010, EnergyReactiveExportTotal).e(1)),
    ("HH", R.i64(0x5014, EnergyReactiveNetTotal).e(1)),
    ("HH", R.u64(0x5018, EnergyApparentImportTotal).e(1)),
    ("HH", R.u64(0x501C, EnergyApparentExportTotal).e(1)),
    ("HH", R.i64(0x5020, EnergyApparentNetTotal).e(1)),
    // Tariffs only on the M4M 30.
    (".H", R.u64(0x5170, EnergyActiveImportT1).e(1)),
    (".H", R.u64(0x5174, EnergyActiveImportT2).e(1)),
    (".H", R.u64(0x5178, EnergyActiveImportT3).e(1)),
    (".H", R.u64(0x517C, EnergyActiveImportT4).e(1)),
    ("HH", R.u64(0x5460, EnergyActiveImportL1).e(1)),
    ("HH", R.u64(0x5464, EnergyActiveImportL2).e(1)),
    ("HH", R.u64(0x5468, EnergyActiveImportL3).e(1)),
    ("HH", R.u64(0x546C, EnergyActiveExportL1).e(1)),
    ("HH", R.u64(0x5470, EnergyActiveExportL2).e(1)),
    ("HH", R.u64(0x5474, EnergyActiveExportL3).e(1)),
    ("HH", R.i64(0x5478, EnergyActiveNetL1).e(1)),
    ("HH", R.i64(0x547C, EnergyActiveNetL2).e(1)),
    ("HH", R.i64(0x5480, EnergyActiveNetL3).e(1)),
    ("HH", R.u64(0x5484, EnergyReactiveImportL1).e(1)),
    ("HH", R.u64(0x5488, EnergyReactiveImportL2).e(1)),
    ("HH", R.u64(0x548C, EnergyReactiveImportL3).e(1)),
    ("HH", R.u64(0x5490, EnergyReactiveExportL1).e(1)),
    ("HH", R.u64(0x5494, EnergyReactiveExportL2).e(1)),
    ("HH", R.u64(0x5498, EnergyReactiveExportL3).e(1)),
    ("MM", R.i64(0x549C, EnergyReactiveNetL1).e(1)),
    ("MM", R.i64(0x54A0, EnergyReactiveNetL2).e(1)),
    ("MM", R.i64(0x54A4, EnergyReactiveNetL3).e(1)),
    // Shifted by one value against the EQ series, which has the voltage of L1 here.
    ("MM", R.u32(0x5B00, VoltageSystem).e(-1)),
    ("MM", R.u32(0x5B02, VoltageL1N).e(-1)),
    ("MM", R.u32(0x5B04, VoltageL2N).e(-1)),
    ("MM", R.u32(0x5B06, VoltageL3N).e(-1)),
    ("MM", R.u32(0x5B08, VoltageL12).e(-1)),
    // In the order L1-L2, L3-L2, L1-L3.
    ("MM", R.u32(0x5B0A, VoltageL23).e(-1)),
    ("MM", R.u32(0x5B0C, VoltageL31).e(-1)),
    ("MM", R.u32(0x5B0E, CurrentSystem).e(-2)),
    ("MM", R.u32(0x5B10, CurrentL1).e(-2)),
    ("MM", R.u32(0x5B12, CurrentL2).e(-2)),
    ("MM", R.u32(0x5B14, CurrentL3).e(-2)),
    ("MM", R.u32(0x5B16, CurrentN).e(-2)),
    ("MM", R.i32(0x5B1A, PowerActiveTotal).e(-2)),
    ("MM", R.i32(0x5B1C, PowerActiveL1).e(-2)),
    ("MM", R.i32(0x5B1E, PowerActiveL2).e(-2)),
    ("MM", R.i32(0x5B20, PowerActiveL3).e(-2)),
    ("MM", R.i32(0x5B22, PowerReactiveTotal).e(-2)),
    ("MM", R.i32(0x5B24, PowerReactiveL1).e(-2)),
    ("MM", R.i32(0x5B26, PowerReactiveL2).e(-2)),
    ("MM", R.i32(0x5B28, PowerReactiveL3).e(-2)),
    ("MM", R.i32(0x5B2A, PowerApparentTotal).e(-2)),
    ("MM", R.i32(0x5B2C, PowerApparentL1).e(-2)),
    ("MM", R.i32(0x5B2E, PowerApparentL2).e(-2)),
    ("MM", R.i32(0x5B30, PowerApparentL3).e(-2)),
    ("MM", R.u16(0x5B32, Frequency).e(-2)),
    ("MM", R.i16(0x5B40, PowerFactorTotal).e(-3)),
    ("MM", R.i16(0x5B41, PowerFactorL1).e(-3)),
    ("MM", R.i16(0x5B42, PowerFactorL2).e(-3)),
    ("MM", R.i16(0x5B43, PowerFactorL3).e(-3)),
    ("MM", R.i16(0x5B48, CosPhiTotal).e(-3)),
    ("MM", R.i16(0x5B49, CosPhiL1).e(-3)),
    ("MM", R.i16(0x5B4A, CosPhiL2).e(-3)),
    ("MM", R.i16(0x5B4B, CosPhiL3).e(-3)),
    // Text here; a 32-bit number on EQ meters. Read 0x8960 first to know which.
    ("MM", R.text(0x8900, 5, SerialNumber)),
    ("MM", R.text(0x8908, 8, FirmwareVersion)),
    // The version of the map on EQ meters.
    ("MM", R.u16(0x8910, ProductTypeId)),
    ("MM", R.text(0x8919, 5, DeviceTag)),
    ("MM", R.text(0x8960, 6, ModelId)),
    ("MM", R.text(0x8966, 8, ProductName)),
];

/// Network analyser M4M 20. The unit identifier over TCP is set on the device.
///
/// Sources: ABB documents, jibrilsharafi/modbus-database.
/// Confidence: 24 rows high, 42 rows medium.
pub const M4M_20: Map<'static> = Map::new("ABB", "M4M 20", column!(M4M, 0)).tcp(1, 502).checked();

/// Network analyser M4M 30. The unit identifier over TCP is set on the device.
///
/// Sources: ABB documents, jibrilsharafi/modbus-database.
/// Confidence: 28 rows high, 42 rows medium.
pub const M4M_30: Map<'static> = Map::new("ABB", "M4M 30", column!(M4M, 1)).tcp(1, 502).checked();

const M2M_ROWS: &[Row] = &[
    // Whole volts.
    P.u32(0x1000, VoltageSystem),
    P.u32(0x1002, VoltageL1N),
    P.u32(0x1004, VoltageL2N),
    P.u32(0x1006, VoltageL3N),
    P.u32(0x1008, VoltageL12),
    P.u32(0x100A, VoltageL23),
    P.u32(0x100C, VoltageL31),
    P.u32(0x100E, CurrentSystem).e(-3),
    P.u32(0x1010, CurrentL1).e(-3),
    P.u32(0x1012, CurrentL2).e(-3),
    P.u32(0x1014, CurrentL3).e(-3),
    // 2.000 is "not available".
    P.i32(0x1016, PowerFactorTotal).e(-3).absent(Absent::Raw(2000)),
    P.i32(0x1018, PowerFactorL1).e(-3).absent(Absent::Raw(2000)),
    P.i32(0x101A, PowerFactorL2).e(-3).absent(Absent::Raw(2000)),
    P.i32(0x101C, PowerFactorL3).e(-3).absent(Absent::Raw(2000)),
    P.i32(0x101E, CosPhiTotal).e(-3),
    P.i32(0x1020, CosPhiL1).e(-3),
    P.i32(0x1022, CosPhiL2).e(-3),
    P.i32(0x1024, CosPhiL3).e(-3),
    P.u32(0x1026, PowerApparentTotal),
    P.u32(0x1028, PowerApparentL1),
    P.u32(0x102A, PowerApparentL2),
    P.u32(0x102C, PowerApparentL3).medium(),
    // The DMTME sends powers without sign.
    P.i32(0x102E, PowerActiveTotal),
    P.i32(0x1030, PowerActiveL1),
    P.i32(0x1032, PowerActiveL2),
    P.i32(0x1034, PowerActiveL3),
    P.i32(0x1036, PowerReactiveTotal),
    P.i32(0x1038, PowerReactiveL1),
    P.i32(0x103A, PowerReactiveL2),
    P.i32(0x103C, PowerReactiveL3),
    P.u32(0x103E, EnergyActiveImportTotal).e(2),
    P.u32(0x1040, EnergyReactiveImportTotal).e(2),
    P.u32(0x1046, Frequency).e(-3),
    P.u32(0x1074, EnergyActiveImportL1).e(2),
    P.u32(0x1076, EnergyActiveImportL2).e(2),
    P.u32(0x1078, EnergyActiveImportL3).e(2),
    // Generated energy.
    P.u32(0x10AE, EnergyActiveExportTotal).e(2).medium(),
    P.u32(0x10B0, EnergyActiveExportL1).e(2).medium(),
    P.u32(0x10B2, EnergyActiveExportL2).e(2).medium(),
    P.u32(0x10B4, EnergyActiveExportL3).e(2).medium(),
];

/// Network analysers M2M and DMTME. No register tells the type, only function 17 (57, 58, 59: M2M; 80: DMTME).
/// The M4M mirrors this map from firmware P1.3.10.0. On a DMTME, registers only the M2M has read 0.
///
/// Sources: ABB documents, jibrilsharafi/modbus-database.
/// Confidence: 36 rows high, 5 rows medium.
pub const M2M: Map<'static> =
    Map::new("ABB", "M2M, DMTME-I-485", M2M_ROWS).max_words(48).tcp(1, 502).checked();
