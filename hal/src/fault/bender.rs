//! The error table of Bender controllers (manual chapter 9) and their error bits.
//!
//! The manual at hand is a machine translation; two codes in it are distorted and read here as the
//! ones OCPP has. Bits are from a public register list.

use super::Fault;

/// A row of the error table: code as the controller sends it, fault.
///
/// `Mode3Error` is the name OCPP had before 1.6 called it `EVCommunicationError`.
pub const ROWS: [(&str, Fault); 15] = [
    ("GroundFailure", Fault::ResidualCurrent),
    ("Mode3Error", Fault::VehicleSignal),
    ("Mode3Error", Fault::Diode),
    ("OverCurrentFailure", Fault::BreakerTripped),
    ("OverCurrentFailure", Fault::DomesticBreakerTripped),
    ("GroundFailure", Fault::RcdTripped),
    ("OtherError", Fault::SurgeArrester),
    ("PowerSwitchFailure", Fault::ContactorWelded),
    ("OtherError", Fault::BackEndDisconnected),
    ("ConnectorLockFailure", Fault::LockFailed),
    ("ConnectorLockFailure", Fault::LockStuck),
    ("ConnectorLockFailure", Fault::LockAbsent),
    ("PowerMeterFailure", Fault::OcppMeterSilent),
    ("PowerMeterFailure", Fault::ExternalMeterSilent),
    ("ReaderFailure", Fault::ReaderSilent),
];

/// Fault by bit of the error words (holding registers 112, then 111). Bits that announce something
/// else than a fault, and those nobody explained, have none.
const BITS: [Option<Fault>; 22] = [
    Some(Fault::ResidualCurrent),
    Some(Fault::PilotShort),
    Some(Fault::Diode),
    Some(Fault::BreakerTripped),
    Some(Fault::DomesticBreakerTripped),
    Some(Fault::RcdTripped),
    Some(Fault::ContactorWelded),
    Some(Fault::BackEndDisconnected),
    Some(Fault::LockFailed),
    // Locked without a plug: the bolt is where it should not be.
    Some(Fault::LockStuck),
    Some(Fault::LockStuck),
    Some(Fault::LockAbsent),
    // A firmware update runs.
    None,
    Some(Fault::AntiIntrusion),
    Some(Fault::HardwareConfiguration),
    Some(Fault::OverCurrent),
    // Unlocked while charging.
    Some(Fault::LockFailed),
    Some(Fault::AntiIntrusion),
    Some(Fault::InternalCommunication),
    Some(Fault::InternalCommunication),
    Some(Fault::HardwareConfiguration),
    Some(Fault::Mains),
];

/// The faults in the error bits: register 112 in the lower half, 111 in the upper.
pub fn from_bits(bits: u32) -> impl Iterator<Item = Fault> {
    BITS.into_iter().enumerate().filter(move |(bit, _)| bits & (1 << bit) != 0).filter_map(|(_, fault)| fault)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::{Clearing, ErrorCode};
    use core::time::Duration;

    #[test]
    fn the_rows_end_the_transactions_the_manual_says() {
        let stops =
            [true, false, true, true, true, true, false, true, false, false, true, true, true, false, false];
        for ((code, fault), stops) in ROWS.into_iter().zip(stops) {
            assert_eq!(fault.entry().stops_transaction, stops, "{code} {fault:?}");
        }
    }

    #[test]
    fn codes_are_those_of_ocpp_1_6_but_for_the_old_name() {
        for (code, fault) in ROWS {
            let expected = match fault.entry().error_code {
                ErrorCode::EvCommunicationError => "Mode3Error",
                other => other.as_str(),
            };
            assert_eq!(code, expected, "{fault:?}");
        }
    }

    #[test]
    fn a_ground_failure_clears_at_unplugging_or_after_ten_seconds() {
        let clearing = Fault::ResidualCurrent.entry().clearing;
        assert_eq!(clearing, Clearing::UnpluggingOrAfter(Duration::from_secs(10)));
    }

    #[test]
    fn bits_name_their_faults() {
        assert!(from_bits(0).next().is_none());
        assert!(from_bits(1 << 12).next().is_none());
        assert!(from_bits(0b100_0100).eq([Fault::Diode, Fault::ContactorWelded]));
        assert!(from_bits(1 << 21 | 1).eq([Fault::ResidualCurrent, Fault::Mains]));
        assert_eq!(from_bits(u32::MAX).count(), 21);
    }
}
