//! Security events (security white paper for 1.6, SecurityEventNotification and its list of events).
//!
//! An event goes through the journal like a transaction message: it is kept over restarts and delivered in order. The
//! white paper asks for this for critical events; the others belong in the station's own log.

use super::outbox::Place;
use super::record::Body;
use super::{ActionError, ChargePoint};
use crate::inline::Inline;
use crate::time::Instant;

/// Most bytes of technical information kept with an event.
pub const TECH_INFO_MAX: usize = 40;

macro_rules! security_events {
    ($($(#[$doc:meta])* $Event:ident $critical:literal,)*) => {
        /// The standard security events. The order is that of the white paper's list and of records in storage.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum SecurityEvent {
            $($(#[$doc])* $Event,)*
        }

        impl SecurityEvent {
            /// All events.
            pub const ALL: &'static [Self] = &[$(Self::$Event),*];

            /// The text on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$Event => stringify!($Event),)*
                }
            }

            /// Whether the central system must be told.
            #[must_use]
            pub const fn is_critical(self) -> bool {
                match self {
                    $(Self::$Event => $critical,)*
                }
            }
        }
    };
}

security_events! {
    /// New firmware is running.
    FirmwareUpdated true,
    /// The central system refused the station's credentials.
    FailedToAuthenticateAtCentralSystem false,
    /// The station refused the central system's credentials.
    CentralSystemFailedToAuthenticate false,
    /// The time of day was changed.
    SettingSystemTime true,
    /// The station has started.
    StartupOfTheDevice true,
    /// The station was reset or restarted.
    ResetOrReboot true,
    /// The security log was emptied.
    SecurityLogWasCleared true,
    /// Keys or the security profile were changed.
    ReconfigurationOfSecurityParameters false,
    /// Memory or storage is full.
    MemoryExhaustion true,
    /// Messages that are no OCPP were received.
    InvalidMessages false,
    /// A replay was noticed.
    AttemptedReplayAttacks false,
    /// A tamper contact opened.
    TamperDetectionActivated true,
    /// The signature of firmware is wrong.
    InvalidFirmwareSignature false,
    /// The certificate that signed firmware is wrong.
    InvalidFirmwareSigningCertificate false,
    /// The central system's certificate is wrong.
    InvalidCentralSystemCertificate false,
    /// A certificate offered to the station is wrong.
    InvalidChargePointCertificate false,
    /// The central system asked for an old version of TLS.
    InvalidTLSVersion false,
    /// The central system asked for weak cipher suites only.
    InvalidTLSCipherSuite false,
}

impl<const N: usize> ChargePoint<'_, N> {
    /// Tells the central system a security event, now or when it can be reached. `tech_info` is cut after
    /// [`TECH_INFO_MAX`] bytes; empty: none.
    ///
    /// # Errors
    ///
    /// [`ActionError::JournalBusy`] before the journal has been read, or while it has not yet taken the last events.
    pub fn security_event(
        &mut self,
        now: Instant,
        event: SecurityEvent,
        tech_info: &str,
    ) -> Result<(), ActionError> {
        if !self.storage.is_ready() {
            return Err(ActionError::JournalBusy);
        }
        let body = Body::Security { event, tech_info: Inline::cut(tech_info) };
        let seq = self.outbox.push(0, Place::Security, self.clock.stamp(now), None, body);
        seq.map(|_| ()).ok_or(ActionError::JournalBusy)
    }
}
