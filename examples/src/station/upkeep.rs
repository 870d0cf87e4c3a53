//! Calls that are about the station itself: restart, logs, firmware, certificates, password and security profile (OCPP 1.6
//! §5.9, §5.14, §5.19, security white paper), and the restart because nobody can be reached.

use chrono::{DateTime, Utc};
use evkit_ocpp::list::List;
use evkit_ocpp::rpc::Watchdog;
use evkit_ocpp::text::{CiStr, Str};
use evkit_ocpp::v16::charge_point::{Event, SecurityEvent};
use evkit_ocpp::v16::keys::Key;
use evkit_ocpp::v16::{
    CertificateSignedResponse, CertificateSignedStatus, CertificateUse, ChangeConfigurationResponse,
    ConfigurationStatus, DeleteCertificateResponse, GetDiagnosticsResponse,
    GetInstalledCertificateIdsResponse, GetInstalledCertificateStatus, GetLogResponse,
    InstallCertificateResponse, InstallCertificateStatus, LogStatus, Reason, ResetResponse, ResetStatus,
    ResetType, SignCertificateRequest, SignedUpdateFirmwareResponse, UpdateFirmwareResponse,
    UpdateFirmwareStatus,
};

use super::credentials::GivenUp;
use super::program::Program;
use crate::password::Password;

/// A soft restart waits so long for the central system to take the last messages.
const SOFT_MS: u64 = 60_000;
/// A hard one waits so long for currents to end.
const HARD_MS: u64 = 10_000;

/// A restart the central system has asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Restart {
    kind: ResetType,
    /// At this time at the latest.
    by_ms: u64,
}

impl<const N: usize> Program<N> {
    /// A call about the station itself.
    pub(super) fn upkeep(&mut self, now_ms: u64, event: Event<'_>) {
        match event {
            Event::Reset(request, responder) => {
                self.answer(responder, &ResetResponse { status: ResetStatus::Accepted });
                self.prepare_restart(now_ms, request.kind);
            }
            Event::ChangeConfiguration(request, responder) => {
                let status = if request.key == Key::AuthorizationKey.row().name {
                    self.change_password(now_ms, &request.value.to_string())
                } else {
                    ConfigurationStatus::NotSupported
                };
                self.answer(responder, &ChangeConfigurationResponse { status });
            }
            Event::GetDiagnostics(request, responder) => {
                let name = self.get_diagnostics(now_ms, &request);
                let file_name = CiStr::new(name.as_str()).ok();
                self.answer(responder, &GetDiagnosticsResponse { file_name });
            }
            Event::GetLog(request, responder) => {
                let (replaced, name) = self.get_log(now_ms, &request);
                let status = if replaced { LogStatus::AcceptedCanceled } else { LogStatus::Accepted };
                self.answer(responder, &GetLogResponse { status, filename: CiStr::new(name.as_str()).ok() });
            }
            Event::UpdateFirmware(request, responder) => {
                self.answer(responder, &UpdateFirmwareResponse {});
                self.update_firmware(now_ms, &request);
            }
            Event::SignedUpdateFirmware(request, responder) => {
                let status =
                    if self.certificates.is_of_maker(&request.firmware.signing_certificate.to_string()) {
                        match self.update_signed_firmware(now_ms, &request) {
                            true => UpdateFirmwareStatus::AcceptedCanceled,
                            false => UpdateFirmwareStatus::Accepted,
                        }
                    } else {
                        self.security_event(now_ms, SecurityEvent::InvalidFirmwareSigningCertificate, "");
                        UpdateFirmwareStatus::InvalidCertificate
                    };
                self.answer(responder, &SignedUpdateFirmwareResponse { status });
            }
            other => self.certificates(now_ms, other),
        }
    }

    fn certificates(&mut self, now_ms: u64, event: Event<'_>) {
        match event {
            Event::SignCertificateWanted => match self.certificates.request(&self.config.identity) {
                Ok(request) => self.signing_request = Some(request),
                Err(error) => self.note_station(format!("no request for a certificate: {error}")),
            },
            Event::CertificateSigned(request, responder) => {
                let status = if self.certificates.take_signed(&request.certificate_chain.to_string()) {
                    self.note_station("new certificate, used from the next connection on".to_owned());
                    CertificateSignedStatus::Accepted
                } else {
                    self.security_event(now_ms, SecurityEvent::InvalidChargePointCertificate, "");
                    CertificateSignedStatus::Rejected
                };
                self.answer(responder, &CertificateSignedResponse { status });
            }
            Event::InstallCertificate(request, responder) => {
                let status =
                    self.certificates.install(request.certificate_type, &request.certificate.to_string());
                if status == InstallCertificateStatus::Rejected {
                    self.security_event(now_ms, SecurityEvent::InvalidCentralSystemCertificate, "");
                }
                self.answer(responder, &InstallCertificateResponse { status });
            }
            Event::DeleteCertificate(request, responder) => {
                let profile = self.session.setting(Key::SecurityProfile);
                let status = self.certificates.delete(&request.certificate_hash_data, profile);
                self.answer(responder, &DeleteCertificateResponse { status });
            }
            Event::GetInstalledCertificateIds(request, responder) => {
                let found = self.certificates.of(request.certificate_type);
                let status = match found.is_empty() {
                    true => GetInstalledCertificateStatus::NotFound,
                    false => GetInstalledCertificateStatus::Accepted,
                };
                let certificate_hash_data = (!found.is_empty()).then(|| List::new(&found[..]));
                let response = GetInstalledCertificateIdsResponse { certificate_hash_data, status };
                let mut buffer = [0; 4096];
                if let Ok(frame) = self.session.answer(responder, &response, &mut buffer) {
                    self.outgoing.push_back(frame.to_owned());
                }
            }
            _ => {}
        }
    }

    /// Sends the request for a certificate once nothing else waits for an answer.
    pub(super) fn send_signing_request(&mut self, now_ms: u64) {
        let Some(csr) = self.signing_request.take_if(|_| self.session.is_idle()) else { return };
        let mut buffer = vec![0; 8192];
        let Ok(csr) = Str::new(csr.as_str()) else { return };
        let request = SignCertificateRequest { csr };
        if let Ok(frame) = self.session.call(Self::at(now_ms), &request, &mut buffer) {
            self.outgoing.push_back(frame.to_owned());
        }
    }

    // ---- password and security profile ----

    /// The central system gives the station another password.
    fn change_password(&mut self, now_ms: u64, key: &str) -> ConfigurationStatus {
        let Some(password) = Password::of_key(key) else { return ConfigurationStatus::Rejected };
        self.reconnect = self.credentials.set_password(password);
        self.keep_credentials();
        self.security_event(now_ms, SecurityEvent::ReconfigurationOfSecurityParameters, "AuthorizationKey");
        self.note_station("the password was changed".to_owned());
        ConfigurationStatus::Accepted
    }

    /// After a start a profile that was raised before it is tried; what the command line raises is told.
    pub(super) fn adopt_profile(&mut self, now_ms: u64) {
        match u8::try_from(self.session.setting(Key::SecurityProfile)) {
            Ok(wanted) if wanted > self.credentials.profile() => self.credentials.set_profile(wanted),
            _ => self.tell_profile(now_ms),
        }
    }

    fn tell_profile(&mut self, now_ms: u64) {
        let profile = self.credentials.profile().to_string();
        // It is one of 0 to 3.
        let _ = self.session.set_setting(Self::at(now_ms), Key::SecurityProfile, &profile);
    }

    /// What is there decides which profiles the central system may ask for.
    pub(super) fn limit_profile(&mut self) {
        let root = !self.certificates.of(CertificateUse::CentralSystemRootCertificate).is_empty();
        let highest = self.credentials.highest_profile(root, self.certificates.has_identity());
        self.session.set_highest_security_profile(highest);
    }

    /// There is a connection: what was tried has proven itself.
    pub(super) fn credentials_work(&mut self) {
        if self.credentials.succeeded() {
            self.keep_credentials();
            self.note_station(format!("security profile {} and password work", self.credentials.profile()));
        }
    }

    /// There was none.
    pub(super) fn credentials_fail(&mut self, now_ms: u64) {
        let text = match self.credentials.failed() {
            None => return,
            Some(GivenUp::Password) => {
                "the new password does not work; the one before is used again".to_owned()
            }
            Some(GivenUp::Profile(before)) => {
                self.tell_profile(now_ms);
                format!("the new security profile does not work; profile {before} is used again")
            }
        };
        self.keep_credentials();
        self.security_event(now_ms, SecurityEvent::FailedToAuthenticateAtCentralSystem, "");
        self.note_station(text);
    }

    fn keep_credentials(&mut self) {
        if let Err(error) = self.store.keep_credentials(&self.credentials.to_kept()) {
            self.note_station(error.to_string());
        }
    }

    // ---- time and security ----

    pub(super) fn utc(&self, now_ms: u64) -> Option<DateTime<Utc>> {
        self.session.utc(Self::at(now_ms))
    }

    /// Writes an event into the security log and tells the central system if it is a critical one.
    pub(super) fn security_event(&mut self, now_ms: u64, event: SecurityEvent, info: &str) {
        self.logs
            .write_security(self.utc(now_ms), format!("{} {info}", event.as_str()).trim_end().to_owned());
        if event.is_critical() && self.session.security_event(Self::at(now_ms), event, info).is_err() {
            self.note_station(format!("{} could not be stored", event.as_str()));
        }
    }

    // ---- restart ----

    fn prepare_restart(&mut self, now_ms: u64, kind: ResetType) {
        let (reason, patience_ms) = match kind {
            ResetType::Soft => (Reason::SoftReset, SOFT_MS),
            ResetType::Hard => (Reason::HardReset, HARD_MS),
        };
        for seat in 0..N {
            self.stop(now_ms, seat, reason, None);
        }
        self.restart = Some(Restart { kind, by_ms: now_ms + patience_ms });
    }

    /// Whether everything has been done that is done before a restart. A hard one leaves messages to the time after it.
    pub(super) fn is_ready_to_restart(&self, now_ms: u64) -> bool {
        let Some(restart) = self.restart else { return self.watchdog.is_due(Self::at(now_ms)) };
        let idle = self.seats.iter().all(|seat| seat.access.is_none());
        let delivered = restart.kind == ResetType::Hard || self.session.is_settled();
        self.outgoing.is_empty() && (idle && delivered || restart.by_ms <= now_ms)
    }

    /// What a station is after it was switched off and on: its store, its meters and the cars at it.
    pub(super) fn start_again(&mut self, now_ms: u64) {
        let why = match self.restart.take().map(|restart| restart.kind) {
            Some(ResetType::Soft) => "soft reset",
            Some(ResetType::Hard) => "hard reset",
            None => "no connection for too long",
        };
        self.note_station(format!("restart: {why}"));
        self.nonce = self.nonce.wrapping_add(1);
        self.session = self.new_session();
        for seat in &mut self.seats {
            seat.spot.set_permission(now_ms, false);
            (seat.access, seat.question, seat.done, seat.idle_since) = (None, None, false, None);
        }
        self.cache.clear();
        self.outgoing.clear();
        self.statuses.clear();
        (self.upload, self.update, self.signing_request) = (None, None, None);
        self.watchdog = Watchdog::new(Self::at(now_ms), self.watchdog_limit);
        self.was_online = false;
        self.configure(now_ms);
        self.security_event(now_ms, SecurityEvent::ResetOrReboot, why);
        self.drain(now_ms);
    }
}
