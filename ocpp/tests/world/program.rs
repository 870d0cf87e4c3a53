//! The program of the station in the [`World`](super::World): what an application does with the session's events.
//!
//! It keeps a local list, a cache and the names of certificates, knows who waits for a cable, and otherwise says yes.

use alloc::collections::BTreeMap;

use evkit_ocpp::message::{Call, Message};
use evkit_ocpp::rpc::{Responder, Trial};
use evkit_ocpp::text::{CiStr, Str};
use evkit_ocpp::units::WattHours;
use evkit_ocpp::v16::charge_point::{
    CertificateId, Certificates, Entry, Event, Facts, InvalidId, Meter, Permission,
};
use evkit_ocpp::v16::keys::Key;
use evkit_ocpp::v16::{
    Action, AuthorizationStatus, CertificateHashData, CertificateSignedResponse, CertificateSignedStatus,
    ChangeConfigurationResponse, ClearCacheResponse, ClearCacheStatus, ConfigurationStatus,
    DataTransferResponse, DataTransferStatus, DeleteCertificateResponse, GetDiagnosticsResponse,
    GetInstalledCertificateIdsResponse, GetInstalledCertificateStatus, GetLogResponse, HashAlgorithm, IdTag,
    InstallCertificateResponse, InstallCertificateStatus, KeyValue, LogStatus, Reason, RemoteStartStopStatus,
    RemoteStartTransactionResponse, ResetResponse, ResetStatus, ResetType, SendLocalListRequest,
    SignCertificateRequest, SignedUpdateFirmwareResponse, UnlockConnectorResponse, UnlockStatus,
    UpdateFirmwareResponse, UpdateFirmwareStatus, UpdateStatus, UpdateType,
};

use super::{CONNECTORS, World};

/// What the program remembers.
pub(crate) struct Program {
    /// Leaves calls unanswered.
    pub(crate) mute: bool,
    pub(crate) list: BTreeMap<String, Entry>,
    pub(crate) cache: BTreeMap<String, Entry>,
    pub(crate) certificates: Certificates<3>,
    pub(crate) password: Trial<String>,
    /// What the unlock mechanism does.
    pub(crate) unlock: UnlockStatus,
    /// Who may charge as soon as a vehicle is there.
    waiting: [Option<IdTag>; CONNECTORS],
    pub(crate) plugged: [bool; CONNECTORS],
    /// Register at which a transaction with an invalid identifier ends.
    stop_at: [Option<WattHours>; CONNECTORS],
    /// A restart that was asked for.
    pub(crate) reset: Option<ResetType>,
}

impl Program {
    pub(super) fn new() -> Self {
        Self {
            mute: false,
            list: BTreeMap::new(),
            cache: BTreeMap::new(),
            certificates: Certificates::new(),
            password: Trial::new("0123456789ABCDEF".to_owned()),
            unlock: UnlockStatus::Unlocked,
            waiting: [None; CONNECTORS],
            plugged: [false; CONNECTORS],
            stop_at: [None; CONNECTORS],
            reset: None,
        }
    }

    fn update_list(&mut self, request: &SendLocalListRequest<'_>) {
        if request.update_type == UpdateType::Full {
            self.list.clear();
        }
        for data in request.local_authorization_list.iter().flat_map(|list| list.iter()) {
            let id_tag = key(&IdTag::try_from(&data.id_tag).unwrap());
            match &data.id_tag_info {
                Some(info) => _ = self.list.insert(id_tag, info.into()),
                None => _ = self.list.remove(&id_tag),
            }
        }
    }
}

fn key(id_tag: &IdTag) -> String {
    id_tag.as_str().to_ascii_uppercase()
}

/// The name of a certificate whose PEM is `CERT` and a serial number, as these tests have them.
fn name_of(pem: &str) -> Option<CertificateId> {
    let serial = pem.strip_prefix("CERT")?;
    let data = CertificateHashData {
        hash_algorithm: HashAlgorithm::Sha256,
        issuer_name_hash: Str::cut("aa"),
        issuer_key_hash: Str::cut("bb"),
        serial_number: Str::cut(serial),
    };
    CertificateId::try_from(&data).ok()
}

// ---- what people do ----

impl World {
    /// Somebody holds a card to the reader.
    pub(crate) fn card(&mut self, connector: u8, id_tag: &str) {
        let id_tag = IdTag::new(id_tag).unwrap();
        if let Some(running) = self.station.session.transaction(connector) {
            if running.id_tag == id_tag || self.server.parent.is_some() {
                self.end(connector, Reason::Local, Some(id_tag));
            }
            return;
        }
        let program = &self.station.program;
        let (listed, cached) = (program.list.get(&key(&id_tag)), program.cache.get(&key(&id_tag)));
        let now = self.station_now();
        match self.station.session.permission(now, listed.copied(), cached.copied()) {
            Permission::Granted => self.grant(connector, id_tag),
            Permission::Ask => {
                self.station.session.authorize(now, connector, id_tag).unwrap();
                self.settle();
            }
            _ => {}
        }
    }

    pub(crate) fn plug(&mut self, connector: u8) {
        let index = usize::from(connector) - 1;
        self.station.program.plugged[index] = true;
        self.show(connector);
        if let Some(id_tag) = self.station.program.waiting[index].take() {
            self.begin_for(connector, id_tag);
        }
        self.settle();
    }

    /// The cable is pulled at the vehicle.
    pub(crate) fn unplug(&mut self, connector: u8) {
        self.station.program.plugged[usize::from(connector) - 1] = false;
        let stops = self.station.session.setting(Key::StopTransactionOnEVSideDisconnect) != 0;
        if stops && self.station.session.transaction(connector).is_some() {
            self.end(connector, Reason::EvDisconnected, None);
        }
        self.show(connector);
        self.settle();
    }

    /// Energy flows; ends at the limit of an invalid identifier.
    pub(crate) fn draw(&mut self, connector: u8, energy: u64) {
        let index = usize::from(connector) - 1;
        self.charge(connector, energy);
        let register = WattHours(self.station.registers[index]);
        if self.station.program.stop_at[index].is_some_and(|end| end <= register) {
            self.station.program.stop_at[index] = None;
            self.end(connector, Reason::DeAuthorized, None);
        }
    }

    /// Reports what the hardware sees.
    fn show(&mut self, connector: u8) {
        let index = usize::from(connector) - 1;
        let plugged = self.station.program.plugged[index];
        let offering = plugged && self.station.session.transaction(connector).is_some();
        let meter = Meter { energy: WattHours(self.station.registers[index]), ..Meter::default() };
        let facts = Facts { plugged, requesting: plugged, offering, fault: None, meter };
        let now = self.station_now();
        self.station.session.report(now, connector, &facts).unwrap();
    }

    fn grant(&mut self, connector: u8, id_tag: IdTag) {
        let index = usize::from(connector) - 1;
        if self.station.program.plugged[index] {
            self.begin_for(connector, id_tag);
        } else {
            let now = self.station_now();
            self.station.program.waiting[index] = Some(id_tag);
            self.station.session.await_vehicle(now, connector).unwrap();
            self.settle();
        }
    }

    /// Starts a transaction, with the reservation if it is for this identifier or its group.
    fn begin_for(&mut self, connector: u8, id_tag: IdTag) {
        let session = &self.station.session;
        let held = session.reservation(connector).or_else(|| session.reservation(0));
        let parent = self.server.parent.and_then(|parent| IdTag::new(parent).ok());
        let own =
            held.filter(|held| held.id_tag == id_tag || (parent.is_some() && held.parent_id_tag == parent));
        if session.reservation(connector).is_some() && own.is_none() {
            return;
        }
        self.begin(connector, id_tag, own.map(|held| held.id));
    }

    /// What follows a Reset: the soft one waits until everything is said.
    pub(crate) fn finish_reset(&mut self) {
        let kind = self.station.program.reset.take().expect("a reset was asked for");
        if kind == ResetType::Soft {
            self.wait(10_000);
            assert!(self.station.session.is_settled());
        }
        self.restart_station();
        self.connect();
        self.wait(5_000);
    }

    // ---- what the session tells ----

    /// Reacts to an event.
    pub(super) fn react(&mut self, event: Event<'_>) {
        if self.station.program.mute {
            return;
        }
        match event {
            Event::Authorized { connector, id_tag, result } => {
                let Ok(info) = result else { return };
                self.station.program.cache.insert(key(&id_tag), (&info).into());
                if info.status == AuthorizationStatus::Accepted {
                    self.grant(connector, id_tag);
                }
            }
            Event::TransactionAccepted { connector, running: true, id_tag_info, .. }
                if id_tag_info.status != AuthorizationStatus::Accepted =>
            {
                match self.station.session.on_invalid_id(connector) {
                    Some(InvalidId::Stop) => self.end(connector, Reason::DeAuthorized, None),
                    Some(InvalidId::StopAt(register)) => {
                        self.station.program.stop_at[usize::from(connector) - 1] = Some(register);
                    }
                    _ => {}
                }
            }
            Event::RemoteStop { connector } => self.end(connector, Reason::Remote, None),
            Event::SignCertificateWanted => {
                let mut buffer = [0; 512];
                let now = self.station_now();
                let request = SignCertificateRequest { csr: Str::cut("CSR") };
                let frame = self.station.session.call(now, &request, &mut buffer).unwrap().to_owned();
                self.send(frame, true);
            }
            other => self.react_to_call(other),
        }
    }

    /// Reacts to calls of the central system.
    fn react_to_call(&mut self, event: Event<'_>) {
        match event {
            Event::RemoteStart { connector, id_tag, profile, responder } => {
                let free = |connector: &u8| self.station.session.transaction(*connector).is_none();
                let connector = connector.or_else(|| (1..=CONNECTORS as u8).find(free)).filter(free);
                let Some(connector) = connector else {
                    let status = RemoteStartStopStatus::Rejected;
                    return self.answer(responder, &RemoteStartTransactionResponse { status });
                };
                if let Some(profile) = profile {
                    self.station.session.set_transaction_profile(connector, &profile).unwrap();
                }
                let status = RemoteStartStopStatus::Accepted;
                self.answer(responder, &RemoteStartTransactionResponse { status });
                if self.station.session.setting(Key::AuthorizeRemoteTxRequests) != 0 {
                    self.card(connector, id_tag.as_str());
                } else {
                    self.grant(connector, id_tag);
                }
            }
            Event::Reset(request, responder) => {
                self.answer(responder, &ResetResponse { status: ResetStatus::Accepted });
                let reason = match request.kind {
                    ResetType::Soft => Reason::SoftReset,
                    ResetType::Hard => Reason::HardReset,
                };
                for connector in 1..=CONNECTORS as u8 {
                    self.end(connector, reason, None);
                }
                self.station.program.reset = Some(request.kind);
            }
            Event::UnlockConnector { connector, responder } => {
                self.end(connector, Reason::UnlockCommand, None);
                let status = self.station.program.unlock;
                self.answer(responder, &UnlockConnectorResponse { status });
            }
            Event::ClearCache(responder) => {
                let enabled = self.station.session.setting(Key::AuthorizationCacheEnabled) != 0;
                self.station.program.cache.clear();
                let status = if enabled { ClearCacheStatus::Accepted } else { ClearCacheStatus::Rejected };
                self.answer(responder, &ClearCacheResponse { status });
            }
            Event::ChangeConfiguration(request, responder) => {
                let status = if request.key == "AuthorizationKey" {
                    match request.value.to_string() {
                        value if value.len() >= 16 => {
                            self.station.program.password.propose(value);
                            ConfigurationStatus::Accepted
                        }
                        _ => ConfigurationStatus::Rejected,
                    }
                } else {
                    ConfigurationStatus::NotSupported
                };
                self.answer(responder, &ChangeConfigurationResponse { status });
            }
            Event::GetConfiguration(request, responder) => {
                let own = [
                    KeyValue {
                        key: CiStr::cut("ConnectorPhaseRotation"),
                        readonly: false,
                        value: Some(CiStr::cut("1.RST,2.RST")),
                    },
                    KeyValue { key: CiStr::cut("OwnKey"), readonly: true, value: Some(CiStr::cut("\"7\"")) },
                ];
                let mut buffer = [0; 8192];
                let session = &mut self.station.session;
                let frame = session.answer_configuration(responder, &request, &own, &mut buffer).unwrap();
                let frame = frame.to_owned();
                self.send(frame, true);
            }
            Event::SendLocalList(request, responder) => {
                self.station.program.update_list(&request);
                let (empty, mut buffer) = (false, [0; 128]);
                let session = &mut self.station.session;
                let frame =
                    session.answer_local_list(responder, UpdateStatus::Accepted, empty, &mut buffer).unwrap();
                let frame = frame.to_owned();
                self.send(frame, true);
            }
            Event::DataTransfer(_, responder) => {
                let status = DataTransferStatus::UnknownVendorId;
                self.answer(responder, &DataTransferResponse { status, data: None });
            }
            other => self.react_to_files_and_certificates(other),
        }
    }

    fn react_to_files_and_certificates(&mut self, event: Event<'_>) {
        match event {
            Event::GetDiagnostics(_, responder) => {
                self.answer(responder, &GetDiagnosticsResponse { file_name: Some(CiStr::cut("log.txt")) });
            }
            Event::UpdateFirmware(_, responder) => self.answer(responder, &UpdateFirmwareResponse {}),
            Event::GetLog(_, responder) => {
                let response =
                    GetLogResponse { status: LogStatus::Accepted, filename: Some(CiStr::cut("log.txt")) };
                self.answer(responder, &response);
            }
            Event::SignedUpdateFirmware(request, responder) => {
                let status = match name_of(&request.firmware.signing_certificate.to_string()) {
                    Some(_) => UpdateFirmwareStatus::Accepted,
                    None => UpdateFirmwareStatus::InvalidCertificate,
                };
                self.answer(responder, &SignedUpdateFirmwareResponse { status });
            }
            Event::CertificateSigned(request, responder) => {
                let status = match name_of(&request.certificate_chain.to_string()) {
                    Some(_) => CertificateSignedStatus::Accepted,
                    None => CertificateSignedStatus::Rejected,
                };
                self.answer(responder, &CertificateSignedResponse { status });
            }
            Event::InstallCertificate(request, responder) => {
                let certificates = &mut self.station.program.certificates;
                let status = match name_of(&request.certificate.to_string()) {
                    Some(id) => certificates.install(request.certificate_type, id),
                    None => InstallCertificateStatus::Rejected,
                };
                self.answer(responder, &InstallCertificateResponse { status });
            }
            Event::DeleteCertificate(request, responder) => {
                let id = CertificateId::try_from(&request.certificate_hash_data).unwrap();
                let profile = self.station.session.setting(Key::SecurityProfile);
                let status = self.station.program.certificates.delete(&id, profile);
                self.answer(responder, &DeleteCertificateResponse { status });
            }
            Event::GetInstalledCertificateIds(request, responder) => {
                let certificates = self.station.program.certificates.clone();
                let found: Vec<_> =
                    certificates.of(request.certificate_type).map(CertificateId::to_hash_data).collect();
                let status = match found.is_empty() {
                    true => GetInstalledCertificateStatus::NotFound,
                    false => GetInstalledCertificateStatus::Accepted,
                };
                let certificate_hash_data =
                    (!found.is_empty()).then(|| evkit_ocpp::list::List::new(&found[..]));
                let response = GetInstalledCertificateIdsResponse { certificate_hash_data, status };
                self.answer(responder, &response);
            }
            _ => {}
        }
    }

    fn answer<C: Call>(&mut self, responder: Responder<C>, response: &C::Response<'_>) {
        let mut buffer = [0; 8192];
        let frame = self.station.session.answer(responder, response, &mut buffer).unwrap().to_owned();
        self.send(frame, true);
    }

    /// The station's application makes a call.
    pub(crate) fn station_call<'m, C: Call<Action = Action> + Message<'m>>(&mut self, request: &C) {
        let mut buffer = [0; 1024];
        let now = self.station_now();
        let frame = self.station.session.call(now, request, &mut buffer).unwrap().to_owned();
        self.send(frame, true);
        self.wait(3 * self.latency);
    }
}
