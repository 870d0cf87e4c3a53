//! Schneider Electric EVlink chargers: their own registers. Meters by Schneider are in
//! [`crate::devices::schneider`], the meter an EVlink reads by user settings in [`crate::generic`].

use crate::command::Command;
use crate::map::Map;
use crate::quantity::Quantity::*;
use crate::row::{Row, Template};

const R: Template = Template::holding().medium();
const W: Template = Template::write_single().medium();

const CITY_ROWS: &[Row] = &[
    // 0 not available, 1 available, 2 plugged, 4 and 5 vehicle connected, 6 with ventilation, 7 charger ready,
    // 8 vehicle ready, 9 charging, 10 and 11 with ventilation, 12 stop, 13 alarm, 14 short circuit, 15 digital
    // communication.
    R.u16(6, ChargingState),
    R.u16(9, LastStopCause),
    R.u16(20, CommandStatus),
    // Error bits; the register at 23 holds the upper half.
    R.u32(23, ErrorCode),
    R.u32(30, ChargingTime),
    R.u16(301, CurrentLimit),
    R.u16(310, CurrentLimitCluster),
    // One driver reads 35 here, a slip.
    R.f32(350, CurrentL1),
    R.f32(352, CurrentL2),
    R.f32(354, CurrentL3),
    R.u32(356, EnergyActiveImportTotal),
    R.f32(358, PowerActiveTotal).e(3),
    R.f32(360, VoltageL12),
    R.f32(362, VoltageL23),
    R.f32(364, VoltageL31),
    R.f32(366, VoltageL1N),
    R.f32(368, VoltageL2N),
    R.f32(370, VoltageL3N),
    R.u16(932, LifeBit),
    // 2 is active.
    R.u16(933, DegradedMode),
    R.u32(2004, SessionTime),
    // 0 acknowledge, 3 force stop, 4 suspend, 5 restart, 6 make unavailable, 34 make available.
    W.u16(150, SetCommand),
    W.u16(301, SetCurrentLimit),
    W.u16(932, SetLifeBit),
];

/// EVlink Smart Wallbox, Parking and City.
///
/// Sources: nymea plug-in, an OpenEMS driver.
/// Confidence: medium.
pub const CITY: Map<'static> =
    Map::new("Schneider Electric", "EVlink Smart Wallbox, Parking, City", CITY_ROWS)
        .commands(&[
            Command::new(SetCurrentLimit, 6, 32).or_zero().shown_by(CurrentLimit),
            Command::new(SetLifeBit, 0, 1).shown_by(LifeBit),
        ])
        .tcp(255, 502)
        .checked();

/// Values of several registers in the Pro AC start with the low word.
const P: Template = R.low_word_first();

const PRO_AC_ROWS: &[Row] = &[
    // 0, 1, 2, 6 no vehicle; 3, 4, 5, 7 connected; 8, 9 charging.
    P.u16(1, ChargingState),
    P.u16(150, OcppStatus),
    P.u16(1150, EvPresence),
    P.f32(2999, CurrentL1),
    P.f32(3001, CurrentL2),
    P.f32(3003, CurrentL3),
    P.f32(3027, VoltageL1N),
    P.f32(3029, VoltageL2N),
    P.f32(3031, VoltageL3N),
    P.f32(3059, PowerActiveTotal).e(3),
    P.u64(3203, EnergyActiveImportTotal),
    // 2 switches its supervision off; otherwise the energy manager writes 1 every few seconds.
    P.u16(4000, LifeBit),
    P.u16(4002, CommandStatus),
    P.u16(4004, CurrentLimit),
    P.u16(4005, FailsafeCurrent).low(),
    P.u16(4006, FailsafeTimeout).low(),
    P.u32(4007, ChargingTime),
    P.u32(4009, SessionTime),
    P.u16(4011, LastStopCause),
    W.u16(4000, SetLifeBit),
    // 3, 7, 8, 9, 40 and 41 are known.
    W.u16(4001, SetCommand),
    W.u16(4004, SetCurrentLimit),
];

/// EVlink Pro AC: floats and 64-bit energy with the low word first.
///
/// Source: evcc. A derived table has the high word first, against it.
/// Confidence: medium.
pub const PRO_AC: Map<'static> = Map::new("Schneider Electric", "EVlink Pro AC", PRO_AC_ROWS)
    .commands(&[
        Command::new(SetLifeBit, 0, 2).shown_by(LifeBit),
        Command::new(SetCurrentLimit, 6, 32).or_zero().shown_by(CurrentLimit),
    ])
    .tcp(255, 502)
    .checked();
