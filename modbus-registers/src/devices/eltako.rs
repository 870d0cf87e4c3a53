//! Eltako, DZG and Bernecker DIN rail meters.

use crate::map::{Derived, Map};
use crate::quantity::Quantity::*;
use crate::row::{Row, Template};

const H: Template = Template::holding();
const HM: Template = H.medium();
const I: Template = Template::input();
const IM: Template = I.medium();

const DSZ15DZMOD_ROWS: &[Row] = &[
    IM.u32(0, VoltageL1N).e(-2),
    IM.u32(2, VoltageL2N).e(-2),
    IM.u32(4, VoltageL3N).e(-2),
    IM.u32(6, CurrentL1).e(-2),
    IM.u32(8, CurrentL2).e(-2),
    IM.u32(10, CurrentL3).e(-2),
    IM.i32(12, PowerActiveL1),
    IM.i32(14, PowerActiveL2),
    IM.i32(16, PowerActiveL3),
    IM.i32(30, PowerFactorL1).e(-3),
    IM.i32(32, PowerFactorL2).e(-3),
    IM.i32(34, PowerFactorL3).e(-3),
    IM.i32(52, PowerActiveTotal),
    IM.i32(62, PowerFactorTotal).e(-3),
    IM.u32(72, EnergyActiveImportTotal).e(1),
    IM.u32(74, EnergyActiveExportTotal).e(1),
];

/// Eltako DSZ15DZMOD.
///
/// Sources: volkszaehler/mbmd.
/// Confidence: medium.
pub const DSZ15DZMOD: Map<'static> =
    Map::new("Eltako", "DSZ15DZMOD", DSZ15DZMOD_ROWS).rtu_address(1).checked();

const DSZ16DZE_ROWS: &[Row] = &[
    I.i32(0, VoltageL1N).e(-2),
    I.i32(2, VoltageL2N).e(-2),
    I.i32(4, VoltageL3N).e(-2),
    I.i32(6, CurrentL1).e(-2),
    I.i32(8, CurrentL2).e(-2),
    I.i32(10, CurrentL3).e(-2),
    I.i32(12, PowerActiveL1),
    I.i32(14, PowerActiveL2),
    I.i32(16, PowerActiveL3),
    I.i32(18, PowerApparentL1).medium(),
    I.i32(20, PowerApparentL2).medium(),
    I.i32(22, PowerApparentL3).medium(),
    I.i32(24, PowerReactiveL1).medium(),
    I.i32(26, PowerReactiveL2).medium(),
    I.i32(28, PowerReactiveL3).medium(),
    I.i32(30, PowerFactorL1).e(-3),
    I.i32(32, PowerFactorL2).e(-3),
    I.i32(34, PowerFactorL3).e(-3),
    I.i32(52, PowerActiveTotal),
    I.i32(54, PowerApparentTotal).medium(),
    I.i32(56, PowerReactiveTotal).medium(),
    I.i32(62, PowerFactorTotal).e(-3),
    I.i32(70, Frequency).e(-2).medium(),
    I.i32(72, EnergyActiveImportTotal).e(1),
    I.i32(74, EnergyActiveExportTotal).e(1),
];

/// Eltako DSZ16DZE and DSZ16WDZE.
///
/// Sources: Tinkerforge/esp32-firmware, volkszaehler/mbmd.
/// Confidence: 16 rows high, 9 rows medium.
pub const DSZ16DZE: Map<'static> =
    Map::new("Eltako", "DSZ16DZE, DSZ16WDZE", DSZ16DZE_ROWS).rtu_address(1).checked();

/// The meter has no signed power.
const DVH4013_NET: &[Derived] =
    &[Derived::new(PowerActiveTotal, &[PowerActiveImportTotal], &[PowerActiveExportTotal])];

const DVH4013_ROWS: &[Row] = &[
    HM.u32(0, PowerActiveImportTotal).e(-1),
    HM.u32(2, PowerActiveExportTotal).e(-1),
    HM.u32(4, VoltageL1N).e(-2),
    HM.u32(6, VoltageL2N).e(-2),
    HM.u32(8, VoltageL3N).e(-2),
    HM.u32(10, CurrentL1).e(-3),
    HM.u32(12, CurrentL2).e(-3),
    HM.u32(14, CurrentL3).e(-3),
    HM.u32(16, PowerFactorTotal).e(-3),
    HM.u32(18, Frequency).e(-3),
    HM.u32(16384, EnergyActiveImportTotal),
    HM.u32(16416, EnergyActiveImportL1),
    HM.u32(16448, EnergyActiveImportL2),
    HM.u32(16480, EnergyActiveImportL3),
    HM.u32(16640, EnergyActiveExportTotal),
    HM.u32(16672, EnergyActiveExportL1),
    HM.u32(16704, EnergyActiveExportL2),
    HM.u32(16736, EnergyActiveExportL3),
];

/// DZG DVH4013 and DVH4014. The address comes from the serial number, 9600 8E1. Registers 0x14 and 0x16 give
/// exception 2; the block at 0x8000 is the highest demand, not the present power.
///
/// Sources: volkszaehler/mbmd.
/// Confidence: medium.
pub const DVH4013: Map<'static> =
    Map::new("DZG", "DVH4013, DVH4014", DVH4013_ROWS).derived(DVH4013_NET).checked();

const MPM3PM_ROWS: &[Row] = &[
    H.i32(0, EnergyActiveSumTotal).e(1).medium(),
    H.u32(2, EnergyActiveImportTotal).e(1),
    H.u32(4, EnergyActiveExportTotal).e(1),
    H.u32(6, EnergyReactiveSumTotal).e(1).medium(),
    H.u32(8, VoltageL1N).e(-1),
    H.u32(10, VoltageL2N).e(-1),
    H.u32(12, VoltageL3N).e(-1),
    H.u32(14, CurrentL1).e(-2),
    H.u32(16, CurrentL2).e(-2),
    H.u32(18, CurrentL3).e(-2),
    H.i32(20, PowerActiveL1).e(-2),
    H.i32(22, PowerActiveL2).e(-2),
    H.i32(24, PowerActiveL3).e(-2),
    H.i32(26, PowerReactiveL1).e(-2).medium(),
    H.i32(28, PowerReactiveL2).e(-2).medium(),
    H.i32(30, PowerReactiveL3).e(-2).medium(),
    H.u32(32, PowerFactorL1).e(-3),
    H.u32(34, PowerFactorL2).e(-3),
    H.u32(36, PowerFactorL3).e(-3),
    H.i32(38, PowerActiveTotal).e(-2),
    H.i32(40, PowerReactiveTotal).e(-2).medium(),
    H.u32(42, PowerFactorTotal).e(-3).medium(),
    H.u32(44, Frequency).e(-2),
    H.u32(51, SerialNumber).medium(),
];

/// Bernecker MPM3PM.
///
/// Sources: volkszaehler/mbmd, openWB/core.
/// Confidence: 16 rows high, 8 rows medium.
pub const MPM3PM: Map<'static> =
    Map::new("Bernecker", "MPM3PM", MPM3PM_ROWS).either_function().rtu_address(1).checked();
