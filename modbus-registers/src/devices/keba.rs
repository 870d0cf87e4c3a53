//! KEBA KeContact chargers: the Modbus server of the P30 and P40 (port 502), and the one of the P30 x-series
//! for energy managers (port 1502). The KeContact E10 meter is in [`crate::devices::tq`].
//!
//! One value per request, reads 0.5 s and writes 5 s apart (programmer's guides). A write can fail silently:
//! read the value back.

use crate::command::Command;
use crate::devices::family::{Entry, column};
use crate::map::Map;
use crate::quantity::Quantity::*;
use crate::row::{Row, Template};

const R: Template = Template::holding();
const W: Template = Template::write_single();

/// The P30 and P40 in one table.
///
/// Columns: P30, P40, P40 before software 1.2.1.
const SERVER_502: &[Entry] = &[
    // 0 starting, 1 not ready, 2 ready, 3 charging, 4 error, 5 suspended.
    ("HHH", R.u32(1000, ChargingState)),
    // 0 no cable, 1 cable in station, 3 locked there, 5 and plugged into the vehicle, 7 both locked. A fixed
    // cable knows only 3 and 7.
    ("HHH", R.u32(1004, CableState)),
    ("HHH", R.u32(1006, ErrorCode)),
    ("HHH", R.u32(1008, CurrentL1).e(-3)),
    ("HHH", R.u32(1010, CurrentL2).e(-3)),
    ("HHH", R.u32(1012, CurrentL3).e(-3)),
    // Firmware 1.11 of the P20 and P30 moved it here from 1013.
    ("HHH", R.u32(1014, SerialNumber)),
    // Digits: 3xxxxx is a P30, 4xxxxxx a P40, with connector, phases, meter and card reader behind.
    ("HHH", R.u32(1016, ProductCode)),
    ("HHH", R.u32(1018, FirmwareVersion)),
    ("HHH", R.u32(1020, PowerActiveTotal).e(-3)),
    // 0.1 Wh. The P30 guide V1.02 says Wh, evcc and OpenEMS read 0.1 Wh; a P40 before 1.2.1 (10201) does send
    // Wh.
    ("MM.", R.u32(1036, EnergyActiveImportTotal).e(-1)),
    ("..M", R.u32(1036, EnergyActiveImportTotal)),
    ("HHH", R.u32(1040, VoltageL1N)),
    ("HHH", R.u32(1042, VoltageL2N)),
    ("HHH", R.u32(1044, VoltageL3N)),
    ("HHH", R.u32(1046, PowerFactorTotal).e(-3)),
    ("HHH", R.u32(1100, CurrentLimit).e(-3)),
    ("HHH", R.u32(1110, CurrentLimitHardware).e(-3)),
    (".MM", R.u32(1200, FastCharging)),
    // First four bytes of the card's identifier as one number.
    ("HHH", R.u32(1500, RfidTag)),
    // The caveat of 1036 holds here too.
    ("MM.", R.u32(1502, EnergySession).e(-1)),
    ("..M", R.u32(1502, EnergySession)),
    ("HHH", R.u32(1550, PhaseSwitchSource)),
    // 1 or 3 on a P40, 0 or 1 on a P30.
    ("HHH", R.u32(1552, PhaseSwitchState)),
    ("HHH", R.u32(1600, FailsafeCurrent).e(-3)),
    ("HHH", R.u32(1602, FailsafeTimeout)),
    (".MM", R.u32(1700, HardwareVersion)),
    (".MM", R.u32(1702, HardwareVersion2)),
    ("HHH", W.u16(5004, SetCurrentLimit).e(-3)),
    ("HHH", W.u16(5010, SetEnergyLimit).e(1)),
    ("HHH", W.u16(5012, SetUnlockPlug)),
    ("HHH", W.u16(5014, SetEnable)),
    ("MMM", W.u16(5016, SetFailsafeCurrent).e(-3)),
    ("HHH", W.u16(5018, SetFailsafeTimeout)),
    // Of the P30 only, by the guides; a public list has it for the P40 too.
    ("MLL", W.u16(5020, SetPersistFailsafe)),
    // 3 is Modbus.
    ("HHH", W.u16(5050, SetPhaseSwitchSource)),
    ("HHH", W.u16(5052, SetPhaseSwitch)),
    (".MM", W.u16(5200, SetFastCharging)),
];

const P30_COMMANDS: &[Command] = &[
    Command::new(SetCurrentLimit, 6_000, 63_000).or_zero().shown_by(CurrentLimit),
    Command::new(SetUnlockPlug, 0, 0),
    Command::new(SetEnable, 0, 1),
    Command::new(SetFailsafeCurrent, 6_000, 63_000).or_zero().shown_by(FailsafeCurrent),
    Command::new(SetFailsafeTimeout, 10, 600).or_zero().shown_by(FailsafeTimeout),
    Command::new(SetPersistFailsafe, 0, 1),
    Command::new(SetPhaseSwitchSource, 0, 4).shown_by(PhaseSwitchSource),
    Command::new(SetPhaseSwitch, 0, 1),
];

const P40_COMMANDS: &[Command] = &[
    Command::new(SetCurrentLimit, 6_000, 32_000).or_zero().shown_by(CurrentLimit),
    Command::new(SetUnlockPlug, 0, 0),
    Command::new(SetEnable, 0, 1),
    Command::new(SetFailsafeCurrent, 6_000, 32_000).or_zero().shown_by(FailsafeCurrent),
    Command::new(SetFailsafeTimeout, 5, 600).or_zero().shown_by(FailsafeTimeout),
    Command::new(SetPhaseSwitchSource, 0, 4).shown_by(PhaseSwitchSource),
    Command::new(SetPhaseSwitch, 0, 1),
    Command::new(SetFastCharging, 1, 1),
];

/// KeContact P30 c- and x-series, unit 255.
///
/// Sources: KEBA P30 Modbus TCP programmer's guide, OpenEMS, evcc.
/// Confidence: high but for the energies (unit) and two commands.
pub const P30: Map<'static> = Map::new("KEBA", "KeContact P30", column!(SERVER_502, 0))
    .commands(P30_COMMANDS)
    .max_words(2)
    .pacing(500, 5_000)
    .tcp(255, 502)
    .checked();

/// KeContact P40, unit 255.
///
/// Sources: KEBA P40 Modbus TCP programmer's guide, OpenEMS, evcc.
/// Confidence: high but for the energies (unit) and what the P30 lacks.
pub const P40: Map<'static> = Map::new("KEBA", "KeContact P40", column!(SERVER_502, 1))
    .commands(P40_COMMANDS)
    .max_words(2)
    .pacing(500, 5_000)
    .tcp(255, 502)
    .checked();

/// KeContact P40 with software before 1.2.1 (10201 in the firmware register), which sends its energies in Wh.
///
/// Sources and confidence as for the [`P40`].
pub const P40_BEFORE_1_2_1: Map<'static> =
    Map::new("KEBA", "KeContact P40 before 1.2.1", column!(SERVER_502, 2))
        .commands(P40_COMMANDS)
        .max_words(2)
        .pacing(500, 5_000)
        .tcp(255, 502)
        .checked();

const EMS_ROWS: &[Row] = &[
    // The manual types it INT32 and speaks of eight characters; eight digits fit the number.
    R.i32(0, SerialNumber).low(),
    R.i32(1100, CurrentAvailableMax).e(-3).medium(),
    // In amperes, 0 to 6400, although 1100 shows milliamperes.
    Template::write_multiple().i32(5004, SetCurrentAvailableMax).low(),
];

/// Server of the P30 x-series for energy managers: the current available at the point of connection. The unit
/// identifier is not stated; here it is that of port 502.
///
/// Source: KEBA P30 x-series configuration manual 5.7 (from software 1.19 on).
/// Confidence: 1 row medium, 2 rows low: one source, and its units differ between reading and writing.
pub const EMS: Map<'static> = Map::new("KEBA", "KeContact P30 x-series (energy manager server)", EMS_ROWS)
    .commands(&[Command::new(SetCurrentAvailableMax, 0, 6_400).shown_by(CurrentAvailableMax)])
    .max_words(2)
    .tcp(255, 1502)
    .checked();
