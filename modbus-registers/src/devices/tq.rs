//! The TQ platform: TQ EM300-LR and EM420, B-control EM300, KOSTAL Smart Energy Meter, KEBA KeContact E10.
//!
//! Unsigned pairs for import and export instead of signed powers, energies in 0.1 Wh. A read that covers a
//! register that does not exist fails as a whole with exception 2. With TLS the meters listen on port 802 and
//! close 502. A SunSpec block at 40000 answers on unit 1.

use crate::devices::family::{Entry, column};
use crate::map::{Derived, Map};
use crate::quantity::Quantity::*;
use crate::row::{Confidence, Template};

const R: Template = Template::holding();

/// The platform in one table.
///
/// Columns: KSEM, TQ EM300-LR, B-control EM300.
const TQ: &[Entry] = &[
    // One of the pair is 0.
    ("HM", R.u32(0, PowerActiveImportTotal).e(-1)),
    ("HM", R.u32(2, PowerActiveExportTotal).e(-1)),
    ("MM", R.u32(4, PowerReactiveImportTotal).e(-1)),
    ("MM", R.u32(6, PowerReactiveExportTotal).e(-1)),
    ("MM", R.u32(16, PowerApparentImportTotal).e(-1)),
    ("MM", R.u32(18, PowerApparentExportTotal).e(-1)),
    ("MM", R.i32(24, PowerFactorTotal).e(-3)),
    ("HH", R.u32(26, Frequency).e(-3)),
    ("HM", R.u32(40, PowerActiveImportL1).e(-1)),
    ("HM", R.u32(42, PowerActiveExportL1).e(-1)),
    ("MM", R.u32(44, PowerReactiveImportL1).e(-1)),
    ("MM", R.u32(46, PowerReactiveExportL1).e(-1)),
    ("MM", R.u32(56, PowerApparentImportL1).e(-1)),
    ("MM", R.u32(58, PowerApparentExportL1).e(-1)),
    // mA, without sign.
    ("HH", R.u32(60, CurrentL1).e(-3)),
    ("HH", R.u32(62, VoltageL1N).e(-3)),
    ("HM", R.i32(64, PowerFactorL1).e(-3)),
    ("HM", R.u32(80, PowerActiveImportL2).e(-1)),
    ("HM", R.u32(82, PowerActiveExportL2).e(-1)),
    ("MM", R.u32(84, PowerReactiveImportL2).e(-1)),
    ("MM", R.u32(86, PowerReactiveExportL2).e(-1)),
    ("MM", R.u32(96, PowerApparentImportL2).e(-1)),
    ("MM", R.u32(98, PowerApparentExportL2).e(-1)),
    ("HH", R.u32(100, CurrentL2).e(-3)),
    ("HH", R.u32(102, VoltageL2N).e(-3)),
    ("HM", R.i32(104, PowerFactorL2).e(-3)),
    ("HM", R.u32(120, PowerActiveImportL3).e(-1)),
    ("HM", R.u32(122, PowerActiveExportL3).e(-1)),
    ("MM", R.u32(124, PowerReactiveImportL3).e(-1)),
    ("MM", R.u32(126, PowerReactiveExportL3).e(-1)),
    ("MM", R.u32(136, PowerApparentImportL3).e(-1)),
    ("MM", R.u32(138, PowerApparentExportL3).e(-1)),
    ("HH", R.u32(140, CurrentL3).e(-3)),
    ("HH", R.u32(142, VoltageL3N).e(-3)),
    ("HM", R.i32(144, PowerFactorL3).e(-3)),
    // 0.1 Wh.
    ("HH", R.u64(512, EnergyActiveImportTotal).e(-1)),
    ("HH", R.u64(516, EnergyActiveExportTotal).e(-1)),
    ("MM", R.u64(520, EnergyReactiveImportTotal).e(-1)),
    ("MM", R.u64(524, EnergyReactiveExportTotal).e(-1)),
    ("MM", R.u64(544, EnergyApparentImportTotal).e(-1)),
    ("MM", R.u64(548, EnergyApparentExportTotal).e(-1)),
    ("HH", R.u64(592, EnergyActiveImportL1).e(-1)),
    ("HH", R.u64(596, EnergyActiveExportL1).e(-1)),
    ("MM", R.u64(600, EnergyReactiveImportL1).e(-1)),
    ("MM", R.u64(604, EnergyReactiveExportL1).e(-1)),
    ("MM", R.u64(624, EnergyApparentImportL1).e(-1)),
    ("MM", R.u64(628, EnergyApparentExportL1).e(-1)),
    ("HH", R.u64(672, EnergyActiveImportL2).e(-1)),
    ("HH", R.u64(676, EnergyActiveExportL2).e(-1)),
    ("MM", R.u64(680, EnergyReactiveImportL2).e(-1)),
    ("MM", R.u64(684, EnergyReactiveExportL2).e(-1)),
    ("MM", R.u64(704, EnergyApparentImportL2).e(-1)),
    ("MM", R.u64(708, EnergyApparentExportL2).e(-1)),
    ("HH", R.u64(752, EnergyActiveImportL3).e(-1)),
    ("HH", R.u64(756, EnergyActiveExportL3).e(-1)),
    ("MM", R.u64(760, EnergyReactiveImportL3).e(-1)),
    ("MM", R.u64(764, EnergyReactiveExportL3).e(-1)),
    ("MM", R.u64(784, EnergyApparentImportL3).e(-1)),
    ("MM", R.u64(788, EnergyApparentExportL3).e(-1)),
    ("MM", R.u16(8192, ManufacturerId)),
    ("MM", R.u16(8193, ProductId)),
    ("MM", R.u16(8194, ProductVersion)),
    ("MM", R.u16(8195, FirmwareVersion)),
    ("MM", R.text(8196, 16, VendorName)),
    ("MM", R.text(8212, 16, ProductName)),
    ("MM", R.text(8228, 16, SerialNumber)),
];

/// Signed powers: import less export.
const NET: &[Derived] = &[
    Derived::new(PowerActiveTotal, &[PowerActiveImportTotal], &[PowerActiveExportTotal]),
    Derived::new(PowerActiveL1, &[PowerActiveImportL1], &[PowerActiveExportL1]),
    Derived::new(PowerActiveL2, &[PowerActiveImportL2], &[PowerActiveExportL2]),
    Derived::new(PowerActiveL3, &[PowerActiveImportL3], &[PowerActiveExportL3]),
    Derived::new(PowerReactiveTotal, &[PowerReactiveImportTotal], &[PowerReactiveExportTotal]),
    Derived::new(PowerReactiveL1, &[PowerReactiveImportL1], &[PowerReactiveExportL1]),
    Derived::new(PowerReactiveL2, &[PowerReactiveImportL2], &[PowerReactiveExportL2]),
    Derived::new(PowerReactiveL3, &[PowerReactiveImportL3], &[PowerReactiveExportL3]),
];

/// KOSTAL Smart Energy Meter, unit 71.
///
/// Sources: kilianknoll/kostal-ksem, openWB/core, OpenEMS/openems, KOSTAL KSEM interface description.
/// Confidence: 26 rows high, 40 rows medium.
pub const KSEM: Map<'static> =
    Map::new("KOSTAL", "Smart Energy Meter (KSEM)", column!(TQ, 0)).derived(NET).tcp(71, 502).checked();

/// TQ EM300-LR and LRW.
///
/// Sources: kilianknoll/kostal-ksem, OpenEMS/openems, KOSTAL KSEM interface description.
/// Confidence: 15 rows high, 51 rows medium.
pub const EM300_LR: Map<'static> =
    Map::new("TQ Systems", "EM300-LR, EM300-LRW", column!(TQ, 1)).derived(NET).tcp(1, 502).checked();

/// B-control EM300, the map of the TQ EM300-LR.
///
/// Sources: kilianknoll/kostal-ksem, OpenEMS/openems, KOSTAL KSEM interface description.
/// Confidence: 15 rows high, 51 rows medium.
pub const B_CONTROL_EM300: Map<'static> = EM300_LR.renamed("B-control", "EM300 (EM300-LR)").checked();

/// TQ EM420. Inferred from "EM420 compatible" in the KEBA manual; others read it over HTTP only. Verify on the
/// device.
///
/// Sources: KEBA P30 x-series configuration manual 5.5.1, KOSTAL KSEM interface description.
/// Confidence: low.
pub const EM420: Map<'static> =
    KSEM.renamed("TQ Systems", "EM420").at_most(Confidence::Low).tcp(1, 502).checked();

/// KEBA KeContact E10. evcc treats it as a KSEM with unit 1, through its SunSpec block; these registers are
/// inferred. Verify on the device.
///
/// Sources: evcc-io/evcc, KOSTAL KSEM interface description.
/// Confidence: low.
pub const KECONTACT_E10: Map<'static> =
    KSEM.renamed("KEBA", "KeContact E10").at_most(Confidence::Low).tcp(1, 502).checked();
