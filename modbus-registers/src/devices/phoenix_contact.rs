//! Phoenix Contact EEM meters.
//!
//! The EEM-MA37x and MB37x send floats low word first; function 3 and 4 alike. The EEM-EM3xx float block is
//! high word first, as on the Finder 7E and Algodue meters.

use crate::devices::carlo_gavazzi;
use crate::devices::family::{Entry, column};
use crate::map::Map;
use crate::quantity::Quantity::*;
use crate::row::Template;

const R: Template = Template::holding().low_word_first();
const E: Template = Template::input();

/// EEM-MA37x and EEM-MB37x.
///
/// Columns: EEM-MA371, EEM-MB371.
const EEM_MA: &[Entry] = &[
    ("LL", R.text(316, 12, DeviceName)),
    ("LL", R.u32(342, SerialNumber).high_word_first()),
    ("HM", R.f32(32768, VoltageL12)),
    ("HM", R.f32(32770, VoltageL23)),
    ("HM", R.f32(32772, VoltageL31)),
    ("HM", R.f32(32774, VoltageL1N)),
    ("HM", R.f32(32776, VoltageL2N)),
    ("HM", R.f32(32778, VoltageL3N)),
    ("HM", R.f32(32780, Frequency)),
    ("HM", R.f32(32782, CurrentL1)),
    ("HM", R.f32(32784, CurrentL2)),
    ("HM", R.f32(32786, CurrentL3)),
    ("MM", R.f32(32788, CurrentN)),
    ("HM", R.f32(32790, PowerActiveTotal)),
    ("HM", R.f32(32792, PowerReactiveTotal)),
    ("HM", R.f32(32794, PowerApparentTotal)),
    ("HM", R.f32(32798, PowerActiveL1)),
    ("HM", R.f32(32800, PowerActiveL2)),
    ("HM", R.f32(32802, PowerActiveL3)),
    ("HM", R.f32(32804, PowerReactiveL1)),
    ("HM", R.f32(32806, PowerReactiveL2)),
    ("HM", R.f32(32808, PowerReactiveL3)),
    ("MM", R.f32(32810, PowerApparentL1)),
    ("MM", R.f32(32812, PowerApparentL2)),
    ("MM", R.f32(32814, PowerApparentL3)),
    ("MM", R.f32(32816, PowerFactorL1)),
    ("MM", R.f32(32818, PowerFactorL2)),
    ("MM", R.f32(32820, PowerFactorL3)),
    // Wh in a float: coarse above 16.7 MWh.
    ("HM", R.f32(33024, EnergyActiveImportTotal)),
    ("HM", R.f32(33030, EnergyActiveExportTotal)),
];

/// EEM-MA371 with Ethernet, unit 255.
///
/// Sources: cFos charging manager meter definitions, a P1 dongle that emulates an EEM-MB371,
/// GGGss/en.phoenix-EEM-MA370, OpenEMS/openems.
/// Confidence: 21 rows high, 7 rows medium, 2 rows low.
pub const EEM_MA371: Map<'static> = Map::new("Phoenix Contact", "EEM-MA371 (EEM-MA370)", column!(EEM_MA, 0))
    .tcp(255, 502)
    .either_function()
    .checked();

/// EEM-MB371 with RS485.
///
/// Sources: cFos charging manager meter definitions, a P1 dongle that emulates an EEM-MB371,
/// GGGss/en.phoenix-EEM-MA370, OpenEMS/openems.
/// Confidence: 28 rows medium, 2 rows low.
pub const EEM_MB371: Map<'static> = Map::new("Phoenix Contact", "EEM-MB371 (EEM-MB370)", column!(EEM_MA, 1))
    .either_function()
    .rtu_address(1)
    .checked();

/// The float block at 0x1000; an integer copy in mV, mA and mW lies at 0.
///
/// Columns: EEM-EM3xx, Finder 7E.
const FLOAT_4096: &[Entry] = &[
    ("HH", E.f32(4096, VoltageL1N)),
    ("HH", E.f32(4098, VoltageL2N)),
    ("HH", E.f32(4100, VoltageL3N)),
    ("HM", E.f32(4102, VoltageL12)),
    ("HM", E.f32(4104, VoltageL23)),
    ("HM", E.f32(4106, VoltageL31)),
    ("MM", E.f32(4108, VoltageSystem)),
    ("HH", E.f32(4110, CurrentL1)),
    ("HH", E.f32(4112, CurrentL2)),
    ("HH", E.f32(4114, CurrentL3)),
    ("HM", E.f32(4116, CurrentN)),
    ("MM", E.f32(4118, CurrentSystem)),
    ("HM", E.f32(4120, PowerFactorL1)),
    ("HM", E.f32(4122, PowerFactorL2)),
    ("HM", E.f32(4124, PowerFactorL3)),
    ("HM", E.f32(4126, PowerFactorTotal)),
    ("HM", E.f32(4128, PowerActiveL1)),
    ("HM", E.f32(4130, PowerActiveL2)),
    ("HM", E.f32(4132, PowerActiveL3)),
    ("HH", E.f32(4134, PowerActiveTotal)),
    ("HM", E.f32(4136, PowerApparentL1)),
    ("HM", E.f32(4138, PowerApparentL2)),
    ("HM", E.f32(4140, PowerApparentL3)),
    ("HM", E.f32(4142, PowerApparentTotal)),
    ("HM", E.f32(4144, PowerReactiveL1)),
    ("HM", E.f32(4146, PowerReactiveL2)),
    ("HM", E.f32(4148, PowerReactiveL3)),
    ("HM", E.f32(4150, PowerReactiveTotal)),
    ("HM", E.f32(4152, Frequency)),
    ("HM", E.f32(4352, EnergyActiveImportL1)),
    ("HM", E.f32(4354, EnergyActiveImportL2)),
    ("HM", E.f32(4356, EnergyActiveImportL3)),
    ("HH", E.f32(4358, EnergyActiveImportTotal)),
    ("HM", E.f32(4360, EnergyActiveExportL1)),
    ("HM", E.f32(4362, EnergyActiveExportL2)),
    ("HM", E.f32(4364, EnergyActiveExportL3)),
    ("HH", E.f32(4366, EnergyActiveExportTotal)),
];

/// EEM-EM325 to EM377.
///
/// Sources: jibrilsharafi/modbus-database, ModDefOrg/devices.
/// Confidence: 35 rows high, 2 rows medium.
pub const EEM_EM3XX: Map<'static> =
    Map::new("Phoenix Contact", "EEM-EM325, 355, 375, 327, 357, 377 (float block)", column!(FLOAT_4096, 0))
        .rtu_address(1)
        .checked();

/// Finder 7E series; SmartEVSE reads the 7E.78 in long blocks.
///
/// Sources: jibrilsharafi/modbus-database, dingo35/SmartEVSE-3.5.
/// Confidence: 9 rows high, 28 rows medium.
pub const FINDER_7E: Map<'static> =
    Map::new("Finder", "7E.64, 7E.68, 7E.78, 7E.86 (float block)", column!(FLOAT_4096, 1))
        .rtu_address(1)
        .checked();

/// EEM-350-D-MCB, a clone of the Carlo Gavazzi EM24.
///
/// Sources: dingo35/SmartEVSE-3.5.
/// Confidence: medium.
pub const EEM_350: Map<'static> =
    carlo_gavazzi::EEM_350.renamed("Phoenix Contact", "EEM-350-D-MCB").checked();
