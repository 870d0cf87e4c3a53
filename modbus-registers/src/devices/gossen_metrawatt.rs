//! Gossen Metrawatt ENERGYMID U228x and U238x (EM228X, EM238X).
//!
//! Mantissas with decimal exponents a few registers on, which must be read together; 0x8000 is "not available".
//! Four TCP clients from firmware 1.18. The single-phase types U2281 and U2381 lack L2 and L3.

use crate::map::{Framing, Map, Readable};
use crate::quantity::Quantity::*;
use crate::row::{Absent, Row, Scale, Template};

const R: Template = Template::input().absent(Absent::SunSpec);

/// Exponent of the voltages.
const VOLTS: Scale = Scale::ExponentLowByte { address: 12 };

/// Exponent of the currents.
const AMPERES: Scale = Scale::ExponentLowByte { address: 108 };

/// Exponent of the powers.
const WATTS: Scale = Scale::ExponentLowByte { address: 212 };

/// Primary factor of the total counters; one reader takes the one of the tariff block, equal on direct meters.
const ENERGY_FACTOR: Scale = Scale::Factor { address: 308 };

/// Primary factor of the tariff counters.
const TARIFF_FACTOR: Scale = Scale::Factor { address: 408 };

/// Mantissas and exponents are read as blocks.
const BLOCKS: &[Readable] = &[
    Readable { first: 0, last: 12 },
    Readable { first: 100, last: 108 },
    Readable { first: 200, last: 212 },
    Readable { first: 300, last: 309 },
    Readable { first: 400, last: 412 },
];

const EM228X_ROWS: &[Row] = &[
    R.i16(0, VoltageL12).scaled_by(VOLTS),
    R.i16(1, VoltageL23).scaled_by(VOLTS),
    R.i16(2, VoltageL31).scaled_by(VOLTS),
    R.i16(3, VoltageLlAvg).scaled_by(VOLTS).medium(),
    R.i16(4, VoltageL1N).scaled_by(VOLTS),
    R.i16(5, VoltageL2N).scaled_by(VOLTS),
    R.i16(6, VoltageL3N).scaled_by(VOLTS),
    R.i16(7, VoltageLnAvg).scaled_by(VOLTS),
    R.u16(11, Frequency).e(-2),
    R.i16(12, ScaleVoltage),
    R.i16(100, CurrentL1).scaled_by(AMPERES),
    R.i16(101, CurrentL2).scaled_by(AMPERES),
    R.i16(102, CurrentL3).scaled_by(AMPERES),
    R.i16(103, CurrentAvg).scaled_by(AMPERES),
    R.i16(104, CurrentN).scaled_by(AMPERES).medium(),
    R.i16(108, ScaleCurrent),
    R.i16(200, PowerActiveL1).scaled_by(WATTS),
    R.i16(201, PowerActiveL2).scaled_by(WATTS),
    R.i16(202, PowerActiveL3).scaled_by(WATTS),
    R.i16(203, PowerActiveTotal).scaled_by(WATTS),
    R.i16(204, PowerReactiveL1).scaled_by(WATTS),
    R.i16(205, PowerReactiveL2).scaled_by(WATTS),
    R.i16(206, PowerReactiveL3).scaled_by(WATTS),
    R.i16(207, PowerReactiveTotal).scaled_by(WATTS),
    R.i16(208, PowerFactorL1).e(-3),
    R.i16(209, PowerFactorL2).e(-3),
    R.i16(210, PowerFactorL3).e(-3),
    R.i16(211, PowerFactorTotal).e(-3),
    R.i16(212, ScalePowerActive),
    R.u32(300, EnergyActiveImportTotal).scaled_by(ENERGY_FACTOR),
    R.u32(302, EnergyActiveExportTotal).scaled_by(ENERGY_FACTOR),
    R.u32(304, EnergyReactiveImportTotal).scaled_by(ENERGY_FACTOR),
    R.u32(306, EnergyReactiveExportTotal).scaled_by(ENERGY_FACTOR),
    R.u32(308, EnergyFactor).medium(),
    R.u32(400, EnergyActiveImportT1).scaled_by(TARIFF_FACTOR).medium(),
    R.u32(402, EnergyActiveImportT2).scaled_by(TARIFF_FACTOR).medium(),
    R.u32(408, EnergyFactorTariff).medium(),
    R.u16(412, ActiveTariff).medium(),
    R.u32(500, OperatingTime).low(),
    // 23 bytes: feature code in 0 to 10 (byte 0: 0 U2281, 2 U2289, 3 U2381, 4 U2387, 5 U2389), serial number in
    // 11 to 18, calibration date in 19 to 22.
    R.text(3000, 12, ModelId).medium(),
    R.u16(3012, FirmwareVersion).medium(),
];

/// ENERGYMID EM228X.
///
/// Sources: volkszaehler/mbmd, cFos charging manager meter definitions,
/// hasenradball/Gossen-Metrawatt-ENERGYMID-EM22xx-Modbus.
/// Confidence: 31 rows high, 9 rows medium, 1 row low.
pub const EM228X: Map<'static> = Map::new("Gossen Metrawatt", "EM228X (U2281, U2289)", EM228X_ROWS)
    .readable(BLOCKS)
    .tcp(0, 502)
    .rtu(1, 9_600, Framing::E81)
    .checked();

/// ENERGYMID EM238X, the map of the EM228X.
///
/// Sources: volkszaehler/mbmd, cFos charging manager meter definitions,
/// hasenradball/Gossen-Metrawatt-ENERGYMID-EM22xx-Modbus.
/// Confidence: 31 rows high, 9 rows medium, 1 row low.
pub const EM238X: Map<'static> = EM228X.renamed("Gossen Metrawatt", "EM238X (U2381, U2387, U2389)").checked();
