//! The reports: named fields with their units. A field a firmware does not send is none.

use super::message::{Pairs, Scalar};
use crate::text::Text;
use crate::units::Milliamps;

/// Declares a report over pairs: one line per field with its unit, the name it is sent under, and its type.
macro_rules! report {
    (
        $(#[$doc:meta])* $name:ident { $( $(#[$field_doc:meta])* $field:ident: $type:ident = $key:literal, )* }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct $name<'a>(pub(super) Pairs<'a>);

        impl<'a> $name<'a> {
            /// All pairs as sent.
            #[must_use]
            pub const fn pairs(&self) -> Pairs<'a> {
                self.0
            }

            $(
                $(#[$field_doc])*
                #[must_use]
                pub fn $field(&self) -> Option<report!(@type $type)> {
                    report!(@read $type, self.0, $key)
                }
            )*
        }
    };
    (@type text) => { Text<'a> };
    (@type flag) => { bool };
    (@type current) => { Milliamps };
    (@type $number:ident) => { $number };
    (@read text, $pairs:expr, $key:literal) => { $pairs.text($key) };
    (@read flag, $pairs:expr, $key:literal) => { $pairs.number::<u8>($key).map(|flag| flag != 0) };
    (@read current, $pairs:expr, $key:literal) => { $pairs.number($key).map(Milliamps) };
    (@read $number:ident, $pairs:expr, $key:literal) => { $pairs.number::<$number>($key) };
}

report! {
    /// Report 1: who the station is.
    Identity {
        /// Product code.
        product: text = "Product",
        /// Serial number.
        serial: text = "Serial",
        /// Firmware.
        firmware: text = "Firmware",
        /// Whether a communication module is there.
        com_module: flag = "COM-module",
        /// Whether a back end answers.
        back_end: flag = "Backend",
        /// Quality of the clock: 0 never set to 3 synchronised.
        time_quality: u8 = "timeQ",
        /// DIP switches 1, as hex text.
        dip_1: text = "DIP-Sw1",
        /// DIP switches 2, as hex text.
        dip_2: text = "DIP-Sw2",
        /// Seconds since the start; passes 32 bit.
        seconds: u64 = "Sec",
    }
}

report! {
    /// Report 2: what the station is doing.
    Status {
        /// 0 starting, 1 not ready, 2 ready, 3 charging, 4 error, 5 authorization rejected or charging
        /// interrupted.
        state: u8 = "State",
        /// Error code; only with state 4.
        error_1: u16 = "Error1",
        /// Second error code.
        error_2: u16 = "Error2",
        /// 0 nothing; bit 0 cable in the station, bit 1 locked, bit 2 cable in the car.
        plug: u8 = "Plug",
        /// Whether cards are needed.
        authorization_on: flag = "AuthON",
        /// Whether a card is being waited for.
        authorization_required: flag = "Authreq",
        /// Whether charging is enabled by all sources.
        enabled: flag = "Enable sys",
        /// Whether charging is enabled by the user.
        enabled_by_user: flag = "Enable user",
        /// Current signalled to the car.
        max_current: current = "Max curr",
        /// Duty cycle of the pilot in 0.1 %.
        duty_cycle_permille: u16 = "Max curr %",
        /// Limit by DIP switches, cable and maker.
        hardware_current: current = "Curr HW",
        /// Limit set by command.
        user_current: current = "Curr user",
        /// Limit while the controller is silent.
        failsafe_current: current = "Curr FS",
        /// Time after which it is taken for silent, s.
        failsafe_timeout_s: u32 = "Tmo FS",
        /// Limit waiting for its time.
        timed_current: current = "Curr timer",
        /// Time until it holds, s.
        timed_in_s: u32 = "Tmo CT",
        /// Energy limit of the session in 0.1 Wh; 0 none.
        energy_limit_dwh: u32 = "Setenergy",
        /// State of relay X2.
        output: u16 = "Output",
        /// State of input X1.
        input: flag = "Input",
        /// Who may switch phases: 0 nobody, 1 OCPP, 2 REST, 3 Modbus, 4 UDP.
        phase_switch_source: u8 = "X2 phaseSwitch source",
        /// 0 one phase, 1 three.
        three_phases: flag = "X2 phaseSwitch",
        /// Serial number.
        serial: text = "Serial",
        /// Seconds since the start.
        seconds: u64 = "Sec",
    }
}

report! {
    /// Report 3: what the meter shows.
    Measurement {
        /// Voltage L1 to neutral, V.
        voltage_1: u16 = "U1",
        /// Voltage L2 to neutral, V.
        voltage_2: u16 = "U2",
        /// Voltage L3 to neutral, V.
        voltage_3: u16 = "U3",
        /// Current L1.
        current_1: current = "I1",
        /// Current L2.
        current_2: current = "I2",
        /// Current L3.
        current_3: current = "I3",
        /// Power, mW.
        power_mw: u32 = "P",
        /// Power factor in 0.1 %.
        power_factor_permille: u16 = "PF",
        /// Energy of the session in 0.1 Wh.
        session_energy_dwh: u64 = "E pres",
        /// Energy of all sessions before this one in 0.1 Wh.
        total_energy_dwh: u64 = "E total",
        /// Serial number.
        serial: text = "Serial",
        /// Seconds since the start.
        seconds: u64 = "Sec",
    }
}

report! {
    /// Reports 100 (the running or latest session) to 130.
    SessionReport {
        /// Number of the session.
        session: u32 = "Session ID",
        /// Limit by DIP switches, cable and maker.
        hardware_current: current = "Curr HW",
        /// Meter at the start in 0.1 Wh.
        start_energy_dwh: u64 = "E start",
        /// Energy of the session in 0.1 Wh.
        energy_dwh: u64 = "E pres",
        /// Start: Unix time in s, or seconds since the station's start where its clock is not set.
        started_s: u64 = "started[s]",
        /// End, likewise; 0 while it runs.
        ended_s: u64 = "ended[s]",
        /// Start as text.
        started: text = "started",
        /// End as text.
        ended: text = "ended",
        /// Why it ended: 0 it runs, 1 unplugged, 10 card.
        reason: u8 = "reason",
        /// Quality of the clock.
        time_quality: u8 = "timeQ",
        /// The card: 16 hex digits, padded with zeros at the end.
        tag: text = "RFID tag",
        /// Class of the card: 20 hex digits.
        class: text = "RFID class",
        /// Serial number.
        serial: text = "Serial",
        /// Seconds since the start.
        seconds: u64 = "Sec",
    }
}

/// One value sent when it changed: `State`, `Plug`, `Input`, `Enable sys`, `Max curr`, and `E pres` every 10
/// Wh.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Broadcast<'a>(pub(super) Pairs<'a>);

impl<'a> Broadcast<'a> {
    /// Its name and value.
    #[must_use]
    pub fn pair(&self) -> Option<(Text<'a>, Scalar<'a>)> {
        self.0.iter().next()
    }
}
