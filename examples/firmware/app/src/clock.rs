//! One clock, seen by the crates each in its own type. It counts milliseconds since the start.

use embassy_time::Instant;

/// Milliseconds since the start.
pub(crate) fn millis() -> u64 {
    Instant::now().as_millis()
}

/// Now, for `evkit-hal`.
pub(crate) fn hal() -> evkit_hal::units::Instant {
    evkit_hal::units::Instant::from_millis(millis())
}

/// Now, for `evkit-ocpp`.
pub(crate) fn ocpp() -> evkit_ocpp::time::Instant {
    evkit_ocpp::time::Instant::from_millis(millis())
}

/// Now, for `evkit-dlm`.
pub(crate) fn dlm() -> evkit_dlm::units::Instant {
    evkit_dlm::units::Instant::from_millis(millis())
}
