//! SunSpec models: common block, inverters, meters; and devices that serve one at a known place.
//!
//! Addresses count from the register with the model identifier; [`Map::at`] moves a map to where
//! [`crate::sunspec`] found the model. Integer models have decimal exponents in registers of their own, which
//! are always read along. Models say "not implemented" by 0x8000, 0xFFFF, a NaN, or 0 in an accumulator; a
//! power factor is in per cent and comes out as a number from -1 to 1.
//!
//! Source: the model definitions of the SunSpec Alliance (sunspec/models).

use crate::map::{Map, Readable};
use crate::quantity::Quantity::*;
use crate::row::{Absent, Confidence, Row, Scale, Template};

const R: Template = Template::holding().absent(Absent::SunSpec);

/// A decimal exponent at `address`; `pow10` is -2 for values in per cent.
const fn sf(address: u16, pow10: i8) -> Scale {
    Scale::Exponent { address, pow10 }
}

const COMMON_ROWS: &[Row] = &[
    R.u16(0, SunspecModelId),
    R.u16(1, SunspecModelLength),
    R.text(2, 16, VendorName),
    R.text(18, 16, ModelId),
    R.text(34, 8, Options),
    R.text(42, 8, FirmwareVersion),
    R.text(50, 16, SerialNumber),
    R.u16(66, ModbusUnitId),
];

const COMMON_AREA: &[Readable] = &[Readable { first: 0, last: 67 }];

/// Model 1: manufacturer, model, version, serial number.
pub const COMMON: Map<'static> = Map::new("SunSpec", "model 1", COMMON_ROWS).readable(COMMON_AREA).checked();

const INVERTER_101_ROWS: &[Row] = &[
    R.u16(0, SunspecModelId),
    R.u16(1, SunspecModelLength),
    R.u16(2, CurrentSum).scaled_by(sf(6, 0)),
    R.u16(3, CurrentL1).scaled_by(sf(6, 0)),
    R.u16(4, CurrentL2).scaled_by(sf(6, 0)),
    R.u16(5, CurrentL3).scaled_by(sf(6, 0)),
    R.i16(6, ScaleCurrent),
    R.u16(7, VoltageL12).scaled_by(sf(13, 0)),
    R.u16(8, VoltageL23).scaled_by(sf(13, 0)),
    R.u16(9, VoltageL31).scaled_by(sf(13, 0)),
    R.u16(10, VoltageL1N).scaled_by(sf(13, 0)),
    R.u16(11, VoltageL2N).scaled_by(sf(13, 0)),
    R.u16(12, VoltageL3N).scaled_by(sf(13, 0)),
    R.i16(13, ScaleVoltage),
    R.i16(14, PowerActiveTotal).scaled_by(sf(15, 0)),
    R.i16(15, ScalePowerActive),
    R.u16(16, Frequency).scaled_by(sf(17, 0)),
    R.i16(17, ScaleFrequency),
    R.i16(18, PowerApparentTotal).scaled_by(sf(19, 0)),
    R.i16(19, ScalePowerApparent),
    R.i16(20, PowerReactiveTotal).scaled_by(sf(21, 0)),
    R.i16(21, ScalePowerReactive),
    R.i16(22, PowerFactorTotal).scaled_by(sf(23, -2)),
    R.i16(23, ScalePowerFactor),
    R.u32(24, EnergyActiveExportTotal).scaled_by(sf(26, 0)).absent(Absent::Zero),
    R.i16(26, ScaleEnergyActive),
    R.u16(27, CurrentDc).scaled_by(sf(28, 0)),
    R.i16(28, ScaleCurrentDc),
    R.u16(29, VoltageDc).scaled_by(sf(30, 0)),
    R.i16(30, ScaleVoltageDc),
    R.i16(31, PowerActiveDc).scaled_by(sf(32, 0)),
    R.i16(32, ScalePowerDc),
    R.i16(33, TemperatureCabinet).scaled_by(sf(37, 0)),
    R.i16(37, ScaleTemperature),
    R.u16(38, Status),
];

const INVERTER_101_AREA: &[Readable] = &[Readable { first: 0, last: 51 }];

/// Model 101: single-phase inverter, integers.
pub const INVERTER_101: Map<'static> =
    Map::new("SunSpec", "model 101", INVERTER_101_ROWS).readable(INVERTER_101_AREA).checked();

/// Model 102: split-phase inverter, integers.
pub const INVERTER_102: Map<'static> = INVERTER_101.renamed("SunSpec", "model 102").checked();

/// Model 103: three-phase inverter, integers.
pub const INVERTER_103: Map<'static> = INVERTER_101.renamed("SunSpec", "model 103").checked();

const INVERTER_111_ROWS: &[Row] = &[
    R.u16(0, SunspecModelId),
    R.u16(1, SunspecModelLength),
    R.f32(2, CurrentSum),
    R.f32(4, CurrentL1),
    R.f32(6, CurrentL2),
    R.f32(8, CurrentL3),
    R.f32(10, VoltageL12),
    R.f32(12, VoltageL23),
    R.f32(14, VoltageL31),
    R.f32(16, VoltageL1N),
    R.f32(18, VoltageL2N),
    R.f32(20, VoltageL3N),
    R.f32(22, PowerActiveTotal),
    R.f32(24, Frequency),
    R.f32(26, PowerApparentTotal),
    R.f32(28, PowerReactiveTotal),
    R.f32(30, PowerFactorTotal).e(-2),
    R.f32(32, EnergyActiveExportTotal),
    R.f32(34, CurrentDc),
    R.f32(36, VoltageDc),
    R.f32(38, PowerActiveDc),
    R.f32(40, TemperatureCabinet),
    R.u16(48, Status),
];

const INVERTER_111_AREA: &[Readable] = &[Readable { first: 0, last: 61 }];

/// Model 111: single-phase inverter, floats.
pub const INVERTER_111: Map<'static> =
    Map::new("SunSpec", "model 111", INVERTER_111_ROWS).readable(INVERTER_111_AREA).checked();

/// Model 112: split-phase inverter, floats.
pub const INVERTER_112: Map<'static> = INVERTER_111.renamed("SunSpec", "model 112").checked();

/// Model 113: three-phase inverter, floats.
pub const INVERTER_113: Map<'static> = INVERTER_111.renamed("SunSpec", "model 113").checked();

const METER_203_ROWS: &[Row] = &[
    R.u16(0, SunspecModelId),
    R.u16(1, SunspecModelLength),
    R.i16(2, CurrentSum).scaled_by(sf(6, 0)),
    R.i16(3, CurrentL1).scaled_by(sf(6, 0)),
    R.i16(4, CurrentL2).scaled_by(sf(6, 0)),
    R.i16(5, CurrentL3).scaled_by(sf(6, 0)),
    R.i16(6, ScaleCurrent),
    R.i16(7, VoltageLnAvg).scaled_by(sf(15, 0)),
    R.i16(8, VoltageL1N).scaled_by(sf(15, 0)),
    R.i16(9, VoltageL2N).scaled_by(sf(15, 0)),
    R.i16(10, VoltageL3N).scaled_by(sf(15, 0)),
    R.i16(11, VoltageLlAvg).scaled_by(sf(15, 0)),
    R.i16(12, VoltageL12).scaled_by(sf(15, 0)),
    R.i16(13, VoltageL23).scaled_by(sf(15, 0)),
    R.i16(14, VoltageL31).scaled_by(sf(15, 0)),
    R.i16(15, ScaleVoltage),
    R.i16(16, Frequency).scaled_by(sf(17, 0)),
    R.i16(17, ScaleFrequency),
    R.i16(18, PowerActiveTotal).scaled_by(sf(22, 0)),
    R.i16(19, PowerActiveL1).scaled_by(sf(22, 0)),
    R.i16(20, PowerActiveL2).scaled_by(sf(22, 0)),
    R.i16(21, PowerActiveL3).scaled_by(sf(22, 0)),
    R.i16(22, ScalePowerActive),
    R.i16(23, PowerApparentTotal).scaled_by(sf(27, 0)),
    R.i16(24, PowerApparentL1).scaled_by(sf(27, 0)),
    R.i16(25, PowerApparentL2).scaled_by(sf(27, 0)),
    R.i16(26, PowerApparentL3).scaled_by(sf(27, 0)),
    R.i16(27, ScalePowerApparent),
    R.i16(28, PowerReactiveTotal).scaled_by(sf(32, 0)),
    R.i16(29, PowerReactiveL1).scaled_by(sf(32, 0)),
    R.i16(30, PowerReactiveL2).scaled_by(sf(32, 0)),
    R.i16(31, PowerReactiveL3).scaled_by(sf(32, 0)),
    R.i16(32, ScalePowerReactive),
    R.i16(33, PowerFactorTotal).scaled_by(sf(37, -2)),
    R.i16(34, PowerFactorL1).scaled_by(sf(37, -2)),
    R.i16(35, PowerFactorL2).scaled_by(sf(37, -2)),
    R.i16(36, PowerFactorL3).scaled_by(sf(37, -2)),
    R.i16(37, ScalePowerFactor),
    R.u32(38, EnergyActiveExportTotal).scaled_by(sf(54, 0)).absent(Absent::Zero),
    R.u32(40, EnergyActiveExportL1).scaled_by(sf(54, 0)).absent(Absent::Zero),
    R.u32(42, EnergyActiveExportL2).scaled_by(sf(54, 0)).absent(Absent::Zero),
    R.u32(44, EnergyActiveExportL3).scaled_by(sf(54, 0)).absent(Absent::Zero),
    R.u32(46, EnergyActiveImportTotal).scaled_by(sf(54, 0)).absent(Absent::Zero),
    R.u32(48, EnergyActiveImportL1).scaled_by(sf(54, 0)).absent(Absent::Zero),
    R.u32(50, EnergyActiveImportL2).scaled_by(sf(54, 0)).absent(Absent::Zero),
    R.u32(52, EnergyActiveImportL3).scaled_by(sf(54, 0)).absent(Absent::Zero),
    R.i16(54, ScaleEnergyActive),
    R.u32(55, EnergyApparentExportTotal).scaled_by(sf(71, 0)).absent(Absent::Zero),
    R.u32(63, EnergyApparentImportTotal).scaled_by(sf(71, 0)).absent(Absent::Zero),
    R.i16(71, ScaleEnergyApparent),
];

const METER_203_AREA: &[Readable] = &[Readable { first: 0, last: 106 }];

/// Model 203: three-phase meter with neutral, integers.
pub const METER_203: Map<'static> =
    Map::new("SunSpec", "model 203", METER_203_ROWS).readable(METER_203_AREA).checked();

/// Model 201: single-phase meter, integers.
pub const METER_201: Map<'static> = METER_203.renamed("SunSpec", "model 201").checked();

/// Model 202: split-phase meter, integers.
pub const METER_202: Map<'static> = METER_203.renamed("SunSpec", "model 202").checked();

const METER_204_ROWS: &[Row] = &[
    R.u16(0, SunspecModelId),
    R.u16(1, SunspecModelLength),
    R.i16(2, CurrentSum).scaled_by(sf(6, 0)),
    R.i16(3, CurrentL1).scaled_by(sf(6, 0)),
    R.i16(4, CurrentL2).scaled_by(sf(6, 0)),
    R.i16(5, CurrentL3).scaled_by(sf(6, 0)),
    R.i16(6, ScaleCurrent),
    R.i16(7, VoltageLnAvg).scaled_by(sf(15, 0)),
    R.i16(8, VoltageL1N).scaled_by(sf(15, 0)),
    R.i16(9, VoltageL2N).scaled_by(sf(15, 0)),
    R.i16(10, VoltageL3N).scaled_by(sf(15, 0)),
    R.i16(11, VoltageLlAvg).scaled_by(sf(15, 0)),
    R.i16(12, VoltageL12).scaled_by(sf(15, 0)),
    R.i16(13, VoltageL23).scaled_by(sf(15, 0)),
    R.i16(14, VoltageL31).scaled_by(sf(15, 0)),
    R.i16(15, ScaleVoltage),
    R.i16(16, Frequency).scaled_by(sf(17, 0)),
    R.i16(17, ScaleFrequency),
    R.i16(18, PowerActiveTotal).scaled_by(sf(22, 0)),
    R.i16(19, PowerActiveL1).scaled_by(sf(22, 0)),
    R.i16(20, PowerActiveL2).scaled_by(sf(22, 0)),
    R.i16(21, PowerActiveL3).scaled_by(sf(22, 0)),
    R.i16(22, ScalePowerActive),
    R.i16(23, PowerApparentTotal).scaled_by(sf(27, 0)),
    R.i16(24, PowerApparentL1).scaled_by(sf(27, 0)),
    R.i16(25, PowerApparentL2).scaled_by(sf(27, 0)),
    R.i16(26, PowerApparentL3).scaled_by(sf(27, 0)),
    R.i16(27, ScalePowerApparent),
    R.i16(28, PowerReactiveTotal).scaled_by(sf(32, 0)),
    R.i16(29, PowerReactiveL1).scaled_by(sf(32, 0)),
    R.i16(30, PowerReactiveL2).scaled_by(sf(32, 0)),
    R.i16(31, PowerReactiveL3).scaled_by(sf(32, 0)),
    R.i16(32, ScalePowerReactive),
    R.i16(33, PowerFactorTotal).scaled_by(sf(37, 0)),
    R.i16(34, PowerFactorL1).scaled_by(sf(37, 0)),
    R.i16(35, PowerFactorL2).scaled_by(sf(37, 0)),
    R.i16(36, PowerFactorL3).scaled_by(sf(37, 0)),
    R.i16(37, ScalePowerFactor),
    R.u32(38, EnergyActiveExportTotal).scaled_by(sf(54, 0)).absent(Absent::Zero),
    R.u32(40, EnergyActiveExportL1).scaled_by(sf(54, 0)).absent(Absent::Zero),
    R.u32(42, EnergyActiveExportL2).scaled_by(sf(54, 0)).absent(Absent::Zero),
    R.u32(44, EnergyActiveExportL3).scaled_by(sf(54, 0)).absent(Absent::Zero),
    R.u32(46, EnergyActiveImportTotal).scaled_by(sf(54, 0)).absent(Absent::Zero),
    R.u32(48, EnergyActiveImportL1).scaled_by(sf(54, 0)).absent(Absent::Zero),
    R.u32(50, EnergyActiveImportL2).scaled_by(sf(54, 0)).absent(Absent::Zero),
    R.u32(52, EnergyActiveImportL3).scaled_by(sf(54, 0)).absent(Absent::Zero),
    R.i16(54, ScaleEnergyActive),
    R.u32(55, EnergyApparentExportTotal).scaled_by(sf(71, 0)).absent(Absent::Zero),
    R.u32(63, EnergyApparentImportTotal).scaled_by(sf(71, 0)).absent(Absent::Zero),
    R.i16(71, ScaleEnergyApparent),
];

const METER_204_AREA: &[Readable] = &[Readable { first: 0, last: 106 }];

/// Model 204: three-phase meter without neutral, integers.
pub const METER_204: Map<'static> =
    Map::new("SunSpec", "model 204", METER_204_ROWS).readable(METER_204_AREA).checked();

const METER_213_ROWS: &[Row] = &[
    R.u16(0, SunspecModelId),
    R.u16(1, SunspecModelLength),
    R.f32(2, CurrentSum),
    R.f32(4, CurrentL1),
    R.f32(6, CurrentL2),
    R.f32(8, CurrentL3),
    R.f32(10, VoltageLnAvg),
    R.f32(12, VoltageL1N),
    R.f32(14, VoltageL2N),
    R.f32(16, VoltageL3N),
    R.f32(18, VoltageLlAvg),
    R.f32(20, VoltageL12),
    R.f32(22, VoltageL23),
    R.f32(24, VoltageL31),
    R.f32(26, Frequency),
    R.f32(28, PowerActiveTotal),
    R.f32(30, PowerActiveL1),
    R.f32(32, PowerActiveL2),
    R.f32(34, PowerActiveL3),
    R.f32(36, PowerApparentTotal),
    R.f32(38, PowerApparentL1),
    R.f32(40, PowerApparentL2),
    R.f32(42, PowerApparentL3),
    R.f32(44, PowerReactiveTotal),
    R.f32(46, PowerReactiveL1),
    R.f32(48, PowerReactiveL2),
    R.f32(50, PowerReactiveL3),
    R.f32(52, PowerFactorTotal),
    R.f32(54, PowerFactorL1),
    R.f32(56, PowerFactorL2),
    R.f32(58, PowerFactorL3),
    R.f32(60, EnergyActiveExportTotal),
    R.f32(62, EnergyActiveExportL1),
    R.f32(64, EnergyActiveExportL2),
    R.f32(66, EnergyActiveExportL3),
    R.f32(68, EnergyActiveImportTotal),
    R.f32(70, EnergyActiveImportL1),
    R.f32(72, EnergyActiveImportL2),
    R.f32(74, EnergyActiveImportL3),
    R.f32(76, EnergyApparentExportTotal),
    R.f32(84, EnergyApparentImportTotal),
];

const METER_213_AREA: &[Readable] = &[Readable { first: 0, last: 125 }];

/// Model 213: three-phase meter with neutral, floats.
pub const METER_213: Map<'static> =
    Map::new("SunSpec", "model 213", METER_213_ROWS).readable(METER_213_AREA).checked();

/// Model 211: single-phase meter, floats.
pub const METER_211: Map<'static> = METER_213.renamed("SunSpec", "model 211").checked();

/// Model 212: split-phase meter, floats.
pub const METER_212: Map<'static> = METER_213.renamed("SunSpec", "model 212").checked();

/// Model 214: three-phase meter without neutral, floats.
pub const METER_214: Map<'static> = METER_213.renamed("SunSpec", "model 214").checked();

const FRONIUS_COMMON_ROWS: &[Row] = &[
    // 0x53756E53, "SunS".
    R.u32(40000, SunspecMarker),
    R.text(40004, 16, VendorName),
    R.text(40020, 16, ModelId),
    R.text(40044, 8, FirmwareVersion),
    R.text(40052, 16, SerialNumber),
];

/// Identity of a Fronius Smart Meter behind a GEN24 inverter. The inverter menu chooses model 203 or 213; probe
/// the identifier at 40069. Further meters have the next unit identifiers. Assumes a common model of 65
/// registers.
///
/// Sources: KEBA P30 x-series configuration manual 5.5.1, evcc-io/evcc, jibrilsharafi/modbus-database.
/// Confidence: high.
pub const FRONIUS_TS65A: Map<'static> =
    Map::new("Fronius", "Smart Meter TS 65A-3 via Symo GEN24 (identity)", FRONIUS_COMMON_ROWS)
        .tcp(200, 502)
        .checked();

/// The same meter, with the inverter set to integers and scale factors.
///
/// Sources: sunspec/models, evcc-io/evcc.
/// Confidence: high.
pub const FRONIUS_TS65A_203: Map<'static> = METER_203
    .at(40_069)
    .renamed("Fronius", "Smart Meter TS 65A-3 via Symo GEN24 (model 203)")
    .tcp(200, 502)
    .checked();

/// The same meter, with the inverter set to floats.
///
/// Sources: sunspec/models, evcc-io/evcc, jibrilsharafi/modbus-database.
/// Confidence: high.
pub const FRONIUS_TS65A_213: Map<'static> = METER_213
    .at(40_069)
    .renamed("Fronius", "Smart Meter TS 65A-3 via Symo GEN24 (model 213)")
    .tcp(200, 502)
    .checked();

/// Identity of a Fronius Smart Meter behind a DataManager.
///
/// Sources: KEBA P30 x-series configuration manual 5.5.1, evcc-io/evcc, jibrilsharafi/modbus-database.
/// Confidence: high.
pub const FRONIUS_DATAMANAGER: Map<'static> =
    FRONIUS_TS65A.renamed("Fronius", "Smart Meter via DataManager 2.0 (identity)").tcp(240, 502).checked();

/// A meter behind a DataManager, integers and scale factors.
///
/// Sources: sunspec/models, evcc-io/evcc.
/// Confidence: high.
pub const FRONIUS_DATAMANAGER_203: Map<'static> = FRONIUS_TS65A_203
    .renamed("Fronius", "Smart Meter via DataManager 2.0 (model 203)")
    .tcp(240, 502)
    .checked();

/// A meter behind a DataManager, floats.
///
/// Sources: sunspec/models, evcc-io/evcc, jibrilsharafi/modbus-database.
/// Confidence: high.
pub const FRONIUS_DATAMANAGER_213: Map<'static> = FRONIUS_TS65A_213
    .renamed("Fronius", "Smart Meter via DataManager 2.0 (model 213)")
    .tcp(240, 502)
    .checked();

/// SunSpec block of the KOSTAL Smart Energy Meter, unit 1 (evcc uses 71). The length of 178 registers puts the
/// header at 40069 and the data at 40071; one derived table is two registers too low.
///
/// Sources: ioBroker/AdapterRequests issue 672, sunspec/models, mbmap notes on the KSEM.
/// Confidence: medium.
pub const KSEM_203: Map<'static> = METER_203
    .at(40_069)
    .renamed("KOSTAL", "Smart Energy Meter (SunSpec block)")
    .at_most(Confidence::Medium)
    .tcp(1, 502)
    .checked();

const SOLAREDGE_METER_1_ROWS: &[Row] = &[
    // Exponents are signed registers as in model 203.
    R.i16(40190, CurrentSum).scaled_by(sf(40194, 0)).medium(),
    R.i16(40191, CurrentL1).scaled_by(sf(40194, 0)),
    R.i16(40192, CurrentL2).scaled_by(sf(40194, 0)),
    R.i16(40193, CurrentL3).scaled_by(sf(40194, 0)),
    R.i16(40194, ScaleCurrent),
    R.i16(40196, VoltageL1N).scaled_by(sf(40203, 0)),
    R.i16(40197, VoltageL2N).scaled_by(sf(40203, 0)),
    R.i16(40198, VoltageL3N).scaled_by(sf(40203, 0)),
    R.i16(40203, ScaleVoltage),
    R.i16(40206, PowerActiveTotal).scaled_by(sf(40210, 0)).negated(),
    R.i16(40207, PowerActiveL1).scaled_by(sf(40210, 0)).negated().medium(),
    R.i16(40208, PowerActiveL2).scaled_by(sf(40210, 0)).negated().medium(),
    R.i16(40209, PowerActiveL3).scaled_by(sf(40210, 0)).negated().medium(),
    R.i16(40210, ScalePowerActive),
    R.u32(40226, EnergyActiveExportTotal).scaled_by(sf(40242, 0)),
    R.u32(40234, EnergyActiveImportTotal).scaled_by(sf(40242, 0)),
    R.i16(40242, ScaleEnergyActive),
];

/// The model is contiguous.
const SOLAREDGE_AREA: &[Readable] = &[Readable { first: 40_188, last: 40_294 }];

/// First meter behind a SolarEdge inverter, like model 203 at 40188. SolarEdge counts export positive; here
/// import is.
///
/// Sources: nmakel/solaredge_modbus, dingo35/SmartEVSE-3.5.
/// Confidence: 9 rows high, 4 rows medium.
pub const SOLAREDGE_METER_1: Map<'static> =
    Map::new("SolarEdge", "meter 1 behind inverter", SOLAREDGE_METER_1_ROWS)
        .readable(SOLAREDGE_AREA)
        .tcp(1, 1502)
        .checked();
