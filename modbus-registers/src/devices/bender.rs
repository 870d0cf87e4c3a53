//! Bender CC612, CC613 and ICC charge controllers, and the many chargers built on them (eBee, Mennekes Amtron,
//! Webasto Live, Juice, Garo, Ensto, Spelsberg).
//!
//! Any unit identifier from 1 to 255; a second connector listens on the next port. All ones is "no value", and
//! some chargers send that now and then where a value is expected.

use crate::command::Command;
use crate::map::Map;
use crate::quantity::Quantity::*;
use crate::row::{Absent, Row, Template};

const R: Template = Template::holding().absent(Absent::Extreme);
const M: Template = R.medium();
const W: Template = Template::write_multiple().medium();

const CC61X_ROWS: &[Row] = &[
    M.text(100, 2, FirmwareVersion),
    // 0 available, 1 occupied, 2 reserved, 3 unavailable, 4 faulted, 5 preparing, 6 charging, 7 suspended by
    // the charger, 8 by the vehicle, 9 finishing.
    R.u16(104, OcppStatus),
    // Error bits 0 to 31 of eight words, the lowest last.
    M.u32(111, ErrorCode),
    M.text(120, 2, ProtocolVersion),
    // 1 to 5 are the states A to E.
    R.u16(122, ChargingState),
    // 0 operative, 1 inoperative.
    M.u16(124, Availability),
    M.u16(131, FailsafeCurrent),
    M.u16(132, FailsafeTimeout),
    M.u16(133, CurrentLimitHardware),
    M.u16(134, CurrentLimitOperator),
    // 0 off, 1 three phases, 5 one phase.
    M.u16(140, RelayState),
    // 0xEBEE.
    M.u16(141, ManufacturerId),
    M.text(142, 10, ModelId),
    M.u16(152, PlugLock),
    // Per phase; one driver takes this one for the total.
    R.u32(200, EnergyActiveImportL1),
    M.u32(202, EnergyActiveImportL2),
    M.u32(204, EnergyActiveImportL3),
    M.u32(206, PowerActiveL1),
    M.u32(208, PowerActiveL2),
    M.u32(210, PowerActiveL3),
    R.u32(212, CurrentL1).e(-3),
    R.u32(214, CurrentL2).e(-3),
    R.u32(216, CurrentL3).e(-3),
    M.u32(218, EnergyActiveImportTotal),
    M.u32(220, PowerActiveTotal),
    R.u32(222, VoltageL1N),
    R.u32(224, VoltageL2N),
    R.u32(226, VoltageL3N),
    // Older protocol; one register, since 706 is another value. The newer one is at 716.
    M.u16(705, EnergySession).alternate(),
    M.u16(706, CurrentSignalled),
    // Older protocol; one register, as evcc read it. The newer one is at 718.
    M.u16(709, ChargingTime).alternate(),
    M.u16(712, CurrentMin),
    M.u32(713, EvEnergyRequired),
    M.u16(715, EvCurrentMax),
    M.u32(716, EnergySession),
    M.u32(718, ChargingTime),
    M.text(720, 10, UserId),
    M.u16(730, EvSoc),
    M.u16(740, SmartEvDetected),
    M.text(741, 6, EvccId),
    M.u16(1000, HemsCurrentLimit),
    // Tenths of an ampere and watts: Mennekes 4You and 4Business.
    M.u16(1001, HemsCurrentLimit).e(-1).alternate(),
    M.u16(1002, HemsPowerLimit),
    W.u16(1000, SetHemsCurrentLimit),
    W.u16(1001, SetHemsCurrentLimit).e(-1).alternate(),
    W.u16(1002, SetHemsPowerLimit),
    W.text(1110, 10, SetUserId),
];

/// CC612, CC613 and ICC, register set "Ebee" or "Bender".
///
/// Sources: Bender Modbus register documentation v0.14, evcc, OpenEMS.
/// Confidence: 9 rows high, the others medium.
pub const CC61X: Map<'static> = Map::new("Bender", "CC612, CC613, ICC", CC61X_ROWS)
    .commands(&[
        Command::new(SetHemsCurrentLimit, 6, 80).or_zero().shown_by(HemsCurrentLimit),
        Command::new(SetHemsPowerLimit, 0, u16::MAX).shown_by(HemsPowerLimit),
    ])
    .tcp(255, 502)
    .checked();
