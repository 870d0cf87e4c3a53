//! The security extension (security white paper for 1.6): its messages, and security events.
//!
//! An event goes through the journal like a transaction message: it is kept over restarts and delivered in order. The
//! white paper asks for this for critical events; the others belong in the station's own log.

use core::fmt;

use super::outbox::Place;
use super::record::Body;
use super::remote::{Answer, Trigger};
use super::{ActionError, ChargePoint, Config, Event, Origin};
use crate::inline::Inline;
use crate::message::{EncodeError, Message};
use crate::rpc::Responder;
use crate::rpc::link::{Link, Ticket};
use crate::schema::{Members, Object};
use crate::text::Str;
use crate::time::{DateTime, Instant, Utc};
use crate::v16::{
    Action, CertificateSignedRequest, DeleteCertificateRequest, ExtendedTriggerMessageRequest,
    GetInstalledCertificateIdsRequest, GetLogRequest, InstallCertificateRequest,
    LogStatusNotificationRequest, SecurityEventNotificationRequest, SignedFirmwareStatus,
    SignedFirmwareStatusNotificationRequest, SignedUpdateFirmwareRequest, UploadLogStatus,
};

/// What a session with the extension understands and says beyond plain 1.6.
///
/// A table of functions, so that a program that does without the extension has none of its messages.
pub(super) trait Extension: fmt::Debug + Sync {
    /// The schema of a call the extension adds.
    fn request_schema(&self, action: Action) -> Option<&'static Object>;

    /// Reads the one call of them that the session answers by itself.
    fn trigger(&self, members: &mut Members<'_, '_>) -> (Trigger, Option<i64>);

    /// Reads any other.
    fn event<'f>(&self, action: Action, members: &mut Members<'f, '_>, ticket: Ticket) -> Option<Event<'f>>;

    /// Writes a call of the session's own.
    fn notify<'b>(
        &self,
        link: &Link<Origin, Answer>,
        notification: Notification<'_>,
        buffer: &'b mut [u8],
    ) -> Result<&'b str, EncodeError>;
}

/// The calls with which the extension tells something.
#[derive(Debug, Clone, Copy)]
pub(super) enum Notification<'n> {
    SignedFirmware(SignedFirmwareStatus, Option<i64>),
    Log(UploadLogStatus, Option<i64>),
    Event { event: SecurityEvent, timestamp: DateTime<Utc>, tech_info: &'n str },
}

#[derive(Debug)]
struct Served;

impl Extension for Served {
    fn request_schema(&self, action: Action) -> Option<&'static Object> {
        Some(match action {
            Action::CertificateSigned => CertificateSignedRequest::SCHEMA,
            Action::DeleteCertificate => DeleteCertificateRequest::SCHEMA,
            Action::ExtendedTriggerMessage => ExtendedTriggerMessageRequest::SCHEMA,
            Action::GetInstalledCertificateIds => GetInstalledCertificateIdsRequest::SCHEMA,
            Action::GetLog => GetLogRequest::SCHEMA,
            Action::InstallCertificate => InstallCertificateRequest::SCHEMA,
            Action::SignedUpdateFirmware => SignedUpdateFirmwareRequest::SCHEMA,
            _ => return None,
        })
    }

    fn trigger(&self, members: &mut Members<'_, '_>) -> (Trigger, Option<i64>) {
        let request: ExtendedTriggerMessageRequest = Message::from_members(members);
        (request.requested_message.into(), request.connector_id)
    }

    fn event<'f>(&self, action: Action, members: &mut Members<'f, '_>, ticket: Ticket) -> Option<Event<'f>> {
        Some(match action {
            Action::CertificateSigned => {
                Event::CertificateSigned(Message::from_members(members), Responder::new(ticket))
            }
            Action::DeleteCertificate => {
                Event::DeleteCertificate(Message::from_members(members), Responder::new(ticket))
            }
            Action::GetInstalledCertificateIds => {
                Event::GetInstalledCertificateIds(Message::from_members(members), Responder::new(ticket))
            }
            Action::GetLog => Event::GetLog(Message::from_members(members), Responder::new(ticket)),
            Action::InstallCertificate => {
                Event::InstallCertificate(Message::from_members(members), Responder::new(ticket))
            }
            Action::SignedUpdateFirmware => {
                Event::SignedUpdateFirmware(Message::from_members(members), Responder::new(ticket))
            }
            _ => return None,
        })
    }

    fn notify<'b>(
        &self,
        link: &Link<Origin, Answer>,
        notification: Notification<'_>,
        buffer: &'b mut [u8],
    ) -> Result<&'b str, EncodeError> {
        match notification {
            Notification::SignedFirmware(status, request_id) => {
                let request = SignedFirmwareStatusNotificationRequest { status, request_id };
                link.write_call(&request, buffer)
            }
            Notification::Log(status, request_id) => {
                let request = LogStatusNotificationRequest { status, request_id };
                link.write_call(&request, buffer)
            }
            Notification::Event { event, timestamp, tech_info } => {
                let request = SecurityEventNotificationRequest {
                    kind: Str::cut(event.as_str()),
                    timestamp,
                    tech_info: (!tech_info.is_empty()).then(|| Str::cut(tech_info)),
                };
                link.write_call(&request, buffer)
            }
        }
    }
}

impl Config<'_> {
    /// Serves the security extension, too: certificates, logs, signed firmware, ExtendedTriggerMessage, security events
    /// (security white paper). For an application that does its part of it.
    ///
    /// Otherwise such calls are answered `NotSupported`, and a program that never calls this has nothing of the
    /// extension in it.
    #[must_use]
    pub fn with_security(mut self) -> Self {
        self.security = Some(&Served);
        self
    }
}

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
    /// [`ActionError::NoSecurity`] without [`Config::with_security`]. [`ActionError::JournalBusy`] before the journal has
    /// been read, or while it has not yet taken the last events.
    pub fn security_event(
        &mut self,
        now: Instant,
        event: SecurityEvent,
        tech_info: &str,
    ) -> Result<(), ActionError> {
        if self.config.security.is_none() {
            return Err(ActionError::NoSecurity);
        }
        if !self.storage.is_ready() {
            return Err(ActionError::JournalBusy);
        }
        let body = Body::Security { event, tech_info: Inline::cut(tech_info) };
        let seq = self.outbox.push(0, Place::Security, self.clock.stamp(now), None, body);
        seq.map(|_| ()).ok_or(ActionError::JournalBusy)
    }
}
