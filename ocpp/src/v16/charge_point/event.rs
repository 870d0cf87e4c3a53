//! What a charge point tells its application.

use thiserror::Error;

use crate::rpc::{Failure, Responder};
use crate::schema::Violation;
use crate::v16::keys::Key;
use crate::v16::{
    Action, CertificateSignedRequest, ChangeConfigurationRequest, ChargingProfile, ClearCacheRequest,
    DataTransferRequest, DeleteCertificateRequest, GetConfigurationRequest, GetDiagnosticsRequest,
    GetInstalledCertificateIdsRequest, GetLogRequest, IdTag, IdTagInfo, InstallCertificateRequest,
    RegistrationStatus, RemoteStartTransactionRequest, ResetRequest, Response, SendLocalListRequest,
    SignedUpdateFirmwareRequest, UnlockConnectorRequest, UpdateFirmwareRequest,
};

/// Something the application has to know or to decide.
///
/// Events with a [`Responder`] are calls of the central system: answer with
/// [`answer`](super::ChargePoint::answer) or [`reject`](super::ChargePoint::reject). Everything else the session has
/// dealt with already.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'f> {
    /// The central system answered a BootNotification (§4.2).
    Registered {
        /// Whether the charge point is let in.
        status: RegistrationStatus,
        /// Seconds between heartbeats, or before the next attempt.
        interval: i64,
    },
    /// The answer to [`authorize`](super::ChargePoint::authorize).
    Authorized {
        /// The connector it was asked for.
        connector: u8,
        /// The identifier it was asked for.
        id_tag: IdTag,
        /// What the central system says, or why it says nothing.
        result: Result<IdTagInfo<'f>, Failure>,
    },
    /// The central system knows a transaction (StartTransaction.conf). A status other than `Accepted` leaves it to
    /// the application to stop the transaction (`StopTransactionOnInvalidId`) or to limit it
    /// (`MaxEnergyOnInvalidId`).
    TransactionAccepted {
        /// Its connector.
        connector: u8,
        /// Its number.
        transaction: i64,
        /// Whether the transaction is still running.
        running: bool,
        /// What the central system says about the identifier.
        id_tag_info: IdTagInfo<'f>,
    },
    /// The central system knows the end of a transaction (StopTransaction.conf).
    TransactionEnded {
        /// Its connector.
        connector: u8,
        /// What the central system says about the identifier it was stopped with.
        id_tag_info: Option<IdTagInfo<'f>>,
    },
    /// A transaction message was given up: it was refused as often as `TransactionMessageAttempts` says.
    GivenUp {
        /// Its connector; 0 for a security event.
        connector: u8,
        /// StartTransaction, MeterValues, StopTransaction or SecurityEventNotification.
        action: Action,
        /// The last failure.
        failure: Failure,
    },
    /// Records were damaged in storage, or samples came faster than storage took them.
    RecordsLost(u16),
    /// A storage operation failed. It is tried again in a while; samples it was too late for are lost.
    StorageFailed,
    /// The program was interrupted during a transaction. It goes on if so configured; otherwise the next
    /// [`report`](super::ChargePoint::report) for the connector whose register is not below the transaction's start
    /// ends it with reason `PowerLoss`.
    Interrupted {
        /// The connector.
        connector: u8,
        /// Whether the transaction goes on.
        resumed: bool,
    },
    /// No vehicle came within `ConnectionTimeOut` after [`await_vehicle`](super::ChargePoint::await_vehicle).
    ConnectionTimedOut {
        /// The connector.
        connector: u8,
    },
    /// Availability was changed by the central system, perhaps after the end of a transaction it waited for.
    AvailabilityChanged {
        /// The connector; 0: the charge point.
        connector: u8,
        /// Whether it is in service.
        operative: bool,
    },
    /// The central system changed a configuration key. Its value: [`setting`](super::ChargePoint::setting).
    ConfigurationChanged(Key),
    /// Charging profiles were set or cleared; ask [`limit_now`](super::ChargePoint::limit_now) again.
    ProfilesChanged,
    /// A connector was reserved, or its reservation ended; see [`reservation`](super::ChargePoint::reservation).
    ReservationChanged {
        /// The connector; 0: any.
        connector: u8,
    },
    /// The answer to the application's own [`call`](super::ChargePoint::call).
    Answered {
        /// What was called.
        action: Action,
        /// The answer, or why there is none.
        result: Result<Response<'f>, Failure>,
    },
    /// A call of the central system broke its schema and was refused.
    CallRefused {
        /// The action.
        action: Action,
        /// What was wrong.
        violation: Violation,
    },
    /// A [`Responder`] was not used in time; the central system was answered `InternalError`.
    Unanswered,
    /// Stop the transaction of this connector with reason `Remote`; the central system was answered `Accepted`
    /// (§5.12).
    RemoteStop {
        /// The connector.
        connector: u8,
    },
    /// Start a transaction (§5.11). Whether the identifier is authorized first is up to `AuthorizeRemoteTxRequests`.
    RemoteStart {
        /// The connector; `None`: any.
        connector: Option<u8>,
        /// The identifier to start with.
        id_tag: IdTag,
        /// Limits for the transaction: give them to
        /// [`set_transaction_profile`](super::ChargePoint::set_transaction_profile).
        profile: Option<ChargingProfile<'f>>,
        /// Answer whether it will be tried.
        responder: Responder<RemoteStartTransactionRequest<'static>>,
    },
    /// Restart (§5.14): answer, stop the transactions with `SoftReset` or `HardReset`, wait for
    /// [`is_settled`](super::ChargePoint::is_settled) in the soft case, and restart.
    Reset(ResetRequest, Responder<ResetRequest>),
    /// Unlock the cable, stopping a transaction with `UnlockCommand` first (§5.18).
    UnlockConnector {
        /// The connector.
        connector: u8,
        /// Answer what came of it.
        responder: Responder<UnlockConnectorRequest>,
    },
    /// Empty the authorization cache (§5.4).
    ClearCache(Responder<ClearCacheRequest>),
    /// Something OCPP does not define (§5.6).
    DataTransfer(DataTransferRequest<'f>, Responder<DataTransferRequest<'static>>),
    /// Which configuration there is (§5.8): answer with
    /// [`answer_configuration`](super::ChargePoint::answer_configuration).
    GetConfiguration(GetConfigurationRequest<'f>, Responder<GetConfigurationRequest<'static>>),
    /// Set a key the session does not hold: a text or a maker's own key (§5.3).
    ChangeConfiguration(ChangeConfigurationRequest<'f>, Responder<ChangeConfigurationRequest<'static>>),
    /// Update the local authorization list (§5.15): answer with
    /// [`answer_local_list`](super::ChargePoint::answer_local_list).
    SendLocalList(SendLocalListRequest<'f>, Responder<SendLocalListRequest<'static>>),
    /// Upload diagnostics (§5.9) and report progress with
    /// [`set_diagnostics_status`](super::ChargePoint::set_diagnostics_status).
    GetDiagnostics(GetDiagnosticsRequest<'f>, Responder<GetDiagnosticsRequest<'static>>),
    /// Fetch and install firmware (§5.19) and report progress with
    /// [`set_firmware_status`](super::ChargePoint::set_firmware_status).
    UpdateFirmware(UpdateFirmwareRequest<'f>, Responder<UpdateFirmwareRequest<'static>>),
    /// Fetch, verify and install signed firmware (security white paper).
    SignedUpdateFirmware(SignedUpdateFirmwareRequest<'f>, Responder<SignedUpdateFirmwareRequest<'static>>),
    /// Upload a log (security white paper).
    GetLog(GetLogRequest<'f>, Responder<GetLogRequest<'static>>),
    /// A signed certificate for the charge point (security white paper).
    CertificateSigned(CertificateSignedRequest<'f>, Responder<CertificateSignedRequest<'static>>),
    /// Delete a certificate (security white paper).
    DeleteCertificate(DeleteCertificateRequest<'f>, Responder<DeleteCertificateRequest<'static>>),
    /// List certificates (security white paper).
    GetInstalledCertificateIds(
        GetInstalledCertificateIdsRequest,
        Responder<GetInstalledCertificateIdsRequest>,
    ),
    /// Install a root certificate (security white paper).
    InstallCertificate(InstallCertificateRequest<'f>, Responder<InstallCertificateRequest<'static>>),
    /// Send a certificate signing request (SignCertificate), asked for by a trigger; the central system was answered
    /// `Accepted`.
    SignCertificateWanted,
}

/// Why an action of the application is not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ActionError {
    /// There is no such connector.
    #[error("there is no connector {0}")]
    NoConnector(u8),
    /// The journal has not been read yet, or has not taken the records of the last transaction yet.
    #[error("the journal is not ready for this connector")]
    JournalBusy,
    /// A transaction is running on this connector.
    #[error("a transaction is running on this connector")]
    TransactionRunning,
    /// No transaction is running on this connector.
    #[error("no transaction is running on this connector")]
    NoTransaction,
    /// There is no connection, or the central system has not accepted the charge point.
    #[error("the central system cannot be asked now")]
    Offline,
    /// The last question for this connector has not been answered.
    #[error("the last question for this connector has not been answered")]
    Busy,
    /// The profile breaks a rule of smart charging or does not fit.
    #[error("the charging profile cannot be used")]
    Profile,
    /// The session does not serve the security extension.
    #[error("the security extension is not served")]
    NoSecurity,
    /// The value does not fit the key.
    #[error("the value does not fit the configuration key")]
    Value,
}

/// A failure as an event without a frame, waiting for `poll_event`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Notice {
    pub(super) subject: Subject,
    pub(super) failure: Failure,
}

/// What has failed, where the application is to know.
#[derive(Debug, Clone, Copy)]
pub(super) enum Subject {
    NotAuthorized { connector: u8, id_tag: IdTag },
    NotAnswered { action: Action },
    GivenUp { connector: u8, action: Action },
}

impl From<Notice> for Event<'_> {
    // Not inlined: a failure is large, and so is the code that moves it.
    #[inline(never)]
    fn from(Notice { subject, failure }: Notice) -> Self {
        match subject {
            Subject::NotAuthorized { connector, id_tag } => {
                Self::Authorized { connector, id_tag, result: Err(failure) }
            }
            Subject::NotAnswered { action } => Self::Answered { action, result: Err(failure) },
            Subject::GivenUp { connector, action } => Self::GivenUp { connector, action, failure },
        }
    }
}
