//! Chint, Huawei, Sinotimer and Acrel meters.
//!
//! Several makers sell different maps under the name DTSU666: Chint from 0x2000 on, Huawei from 2102 on,
//! Sungrow a third one that is not here.

use crate::map::{Derived, Framing, Map, Readable};
use crate::quantity::Quantity::*;
use crate::row::{Row, Template};

const H: Template = Template::holding();
const HM: Template = H.medium();
const IM: Template = Template::input().medium();

const DTSU666_ROWS: &[Row] = &[
    H.u16(6, CtRatio).medium(),
    H.u16(7, VtRatio).e(-1).medium(),
    H.f32(4126, EnergyActiveImportTotal).e(3),
    H.f32(4128, EnergyActiveImportL1).e(3).medium(),
    H.f32(4130, EnergyActiveImportL2).e(3).medium(),
    H.f32(4132, EnergyActiveImportL3).e(3).medium(),
    // The block at 16414 (openWB, Tasmota) is the same on directly connected meters.
    H.f32(4136, EnergyActiveExportTotal).e(3),
    H.f32(4138, EnergyActiveExportL1).e(3).medium(),
    H.f32(4140, EnergyActiveExportL2).e(3).medium(),
    H.f32(4142, EnergyActiveExportL3).e(3).medium(),
    H.f32(8192, VoltageL12).e(-1),
    H.f32(8194, VoltageL23).e(-1),
    H.f32(8196, VoltageL31).e(-1),
    H.f32(8198, VoltageL1N).e(-1),
    H.f32(8200, VoltageL2N).e(-1),
    H.f32(8202, VoltageL3N).e(-1),
    H.f32(8204, CurrentL1).e(-3),
    H.f32(8206, CurrentL2).e(-3),
    H.f32(8208, CurrentL3).e(-3),
    H.f32(8210, PowerActiveTotal).e(-1),
    H.f32(8212, PowerActiveL1).e(-1),
    H.f32(8214, PowerActiveL2).e(-1),
    H.f32(8216, PowerActiveL3).e(-1),
    H.f32(8218, PowerReactiveTotal).e(-1),
    H.f32(8220, PowerReactiveL1).e(-1),
    H.f32(8222, PowerReactiveL2).e(-1),
    H.f32(8224, PowerReactiveL3).e(-1),
    H.f32(8234, PowerFactorTotal).e(-3),
    H.f32(8236, PowerFactorL1).e(-3),
    H.f32(8238, PowerFactorL2).e(-3),
    H.f32(8240, PowerFactorL3).e(-3),
    H.f32(8260, Frequency).e(-2),
    H.f32(16414, EnergyActiveImportTotal).e(3).alternate(),
    H.f32(16424, EnergyActiveExportTotal).e(3).alternate(),
];

/// Chint DTSU666. The floats carry integers with implied decimals (V, W, var x10; A, power factor x1000; Hz
/// x100). With transformers, multiply volts by the voltage ratio, amperes by the current ratio and watts by
/// both.
///
/// Sources: volkszaehler/mbmd, gerontec/dtsu666, arendst/Tasmota, openWB/core, dingo35/SmartEVSE-3.5.
/// Confidence: 26 rows high, 8 rows medium.
pub const DTSU666: Map<'static> = Map::new("Chint", "DTSU666", DTSU666_ROWS).rtu_address(1).checked();

const DDSU666_ROWS: &[Row] = &[
    H.f32(8192, VoltageL1N).medium(),
    H.f32(8194, CurrentL1),
    H.f32(8196, PowerActiveL1).e(3),
    H.f32(8198, PowerReactiveL1).e(3).medium(),
    H.f32(8202, PowerFactorL1).medium(),
    H.f32(8206, Frequency).medium(),
    H.f32(16384, EnergyActiveImportTotal).e(3),
    H.f32(16394, EnergyActiveExportTotal).e(3),
];

/// Single-phase Chint DDSU666. SmartEVSE divides the voltage by 10: there is a variant.
///
/// Sources: arendst/Tasmota, dingo35/SmartEVSE-3.5.
/// Confidence: 4 rows high, 4 rows medium.
pub const DDSU666: Map<'static> =
    Map::new("Chint", "DDSU666", DDSU666_ROWS).either_function().rtu_address(1).checked();

/// What the inverters read in one go.
const DTSU666_H_BLOCK: &[Readable] = &[Readable { first: 2_102, last: 2_181 }];

const DTSU666_H_ROWS: &[Row] = &[
    // 0x3F80 or 0x3B11; the inverter looks for it.
    H.u16(2001, PresenceMarker).medium(),
    H.f32(2102, CurrentL1),
    H.f32(2104, CurrentL2),
    H.f32(2106, CurrentL3),
    // A bus sniffer places L1 to L3 at 2108 to 2112; others agree on these. Check with unequal phases.
    H.f32(2110, VoltageL1N).medium(),
    H.f32(2112, VoltageL2N).medium(),
    H.f32(2114, VoltageL3N).medium(),
    H.f32(2118, VoltageL12).medium(),
    H.f32(2120, VoltageL23).medium(),
    H.f32(2122, VoltageL31).medium(),
    H.f32(2124, Frequency),
    H.f32(2126, PowerActiveTotal),
    H.f32(2128, PowerActiveL1),
    H.f32(2130, PowerActiveL2),
    H.f32(2132, PowerActiveL3),
    H.f32(2134, PowerReactiveTotal),
    H.f32(2136, PowerReactiveL1),
    H.f32(2138, PowerReactiveL2),
    H.f32(2140, PowerReactiveL3),
    H.f32(2142, PowerApparentTotal),
    H.f32(2144, PowerApparentL1),
    H.f32(2146, PowerApparentL2),
    H.f32(2148, PowerApparentL3),
    // A branch of mbmd takes 2144, which is apparent power.
    H.f32(2150, PowerFactorTotal),
    H.f32(2152, PowerFactorL1),
    H.f32(2154, PowerFactorL2),
    H.f32(2156, PowerFactorL3),
    H.f32(2158, EnergyActiveNetTotal).e(3).medium(),
    H.f32(2166, EnergyActiveImportTotal).e(3),
    H.f32(2168, EnergyActiveImportL1).e(3).low(),
    H.f32(2170, EnergyActiveImportL2).e(3).low(),
    H.f32(2172, EnergyActiveImportL3).e(3).low(),
    // A branch of mbmd takes 2180.
    H.f32(2174, EnergyActiveExportTotal).e(3),
    H.f32(2176, EnergyActiveExportL1).e(3).low(),
    H.f32(2178, EnergyActiveExportL2).e(3).low(),
    H.f32(2180, EnergyActiveExportL3).e(3).low(),
];

/// Huawei DTSU666-H, the power sensor of SUN2000 inverters, which read it as one block of 80 registers. Powers
/// may be positive for export, as the inverter sees it.
///
/// Sources: a decoder of the Huawei bus, salakrzy/DTSU666_CHINT_to_HUAWEI_translator, volkszaehler/mbmd,
/// arendst/Tasmota.
/// Confidence: 22 rows high, 8 rows medium, 6 rows low.
pub const DTSU666_H: Map<'static> = Map::new("Huawei", "DTSU666-H", DTSU666_H_ROWS)
    .max_words(80)
    .readable(DTSU666_H_BLOCK)
    .rtu(11, 9_600, Framing::N81)
    .checked();

/// The meter has no total.
const DTS6619_TOTAL: &[Derived] =
    &[Derived::new(PowerActiveTotal, &[PowerActiveL1, PowerActiveL2, PowerActiveL3], &[])];

const DTS6619_ROWS: &[Row] = &[
    IM.i16(0, VoltageL1N).e(-1),
    IM.i16(1, VoltageL2N).e(-1),
    IM.i16(2, VoltageL3N).e(-1),
    IM.i16(3, CurrentL1).e(-2),
    IM.i16(4, CurrentL2).e(-2),
    IM.i16(5, CurrentL3).e(-2),
    IM.i16(8, PowerActiveL1),
    IM.i16(9, PowerActiveL2),
    IM.i16(10, PowerActiveL3),
    IM.i32(39, EnergyActiveImportTotal).e(1),
    IM.i32(49, EnergyActiveExportTotal).e(1),
];

/// Sinotimer DTS6619.
///
/// Sources: dingo35/SmartEVSE-3.5.
/// Confidence: medium.
pub const DTS6619: Map<'static> =
    Map::new("Sinotimer", "DTS6619", DTS6619_ROWS).derived(DTS6619_TOTAL).rtu_address(1).checked();

const ADW300_ROWS: &[Row] = &[
    HM.u16(20, VoltageL1N).e(-1),
    HM.u16(21, VoltageL2N).e(-1),
    HM.u16(22, VoltageL3N).e(-1),
    HM.u16(26, CurrentL1).e(-2),
    HM.u16(27, CurrentL2).e(-2),
    HM.u16(28, CurrentL3).e(-2),
    HM.i32(30, PowerActiveL1),
    HM.i32(32, PowerActiveL2),
    HM.i32(34, PowerActiveL3),
    HM.i32(36, PowerActiveTotal),
    HM.i32(62, EnergyActiveImportTotal).e(1),
    HM.i32(64, EnergyActiveExportTotal).e(1),
];

/// Acrel ADW300.
///
/// Sources: evcc-io/evcc.
/// Confidence: medium.
pub const ADW300: Map<'static> = Map::new("Acrel", "ADW300", ADW300_ROWS).rtu_address(1).checked();
