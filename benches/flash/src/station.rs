//! Every block of the 1.6 station behind opaque inputs, so that nothing is optimised away. It is linked and weighed,
//! never run; `measure` beside it prints the figures.
#![no_std]
#![no_main]

use core::hint::black_box;
use core::mem::size_of;
use core::ops::ControlFlow;
use core::panic::PanicInfo;
use core::sync::atomic::AtomicU8;

use evkit_ocpp::journal::{BLOB_MAX, Journal, StoreKey, drive_blocking};
use evkit_ocpp::message::Call;
use evkit_ocpp::rpc::{ErrorCode, Responder};
use evkit_ocpp::text::CiStr;
use evkit_ocpp::time::Instant;
use evkit_ocpp::units::WattHours;
use evkit_ocpp::v16::charge_point::{
    CertificateId, Certificates, ChargePoint, Config, Entry, Event, Facts, SecurityEvent,
};
use evkit_ocpp::v16::keys::Key;
use evkit_ocpp::v16::{
    BootNotificationRequest, CertificateSignedResponse, ClearCacheResponse, DataTransferRequest,
    DataTransferResponse, DeleteCertificateResponse, GetDiagnosticsResponse,
    GetInstalledCertificateIdsResponse, GetLogResponse, IdTag, InstallCertificateResponse, Reason,
    RemoteStartTransactionResponse, ResetResponse, SignCertificateRequest, SignedUpdateFirmwareResponse,
    UnlockConnectorResponse, UpdateFirmwareResponse,
};

const CONNECTORS: usize = 2;
type Session = ChargePoint<'static, CONNECTORS>;
/// Two roots of each kind.
type Roots = Certificates<4>;

/// One buffer for frames of both directions: an answer is written behind the call it answers, everything else over it.
/// The longest frames are a certificate to be installed, 5,700 bytes, and all configuration keys, less than 5,000 behind
/// a call of 70. A charging profile of 24 periods takes 1,600 bytes, MeterValues 1,500.
const FRAME: usize = 5_760;

/// What a station keeps for good, in `.bss`, so that `measure` finds the sizes among the symbols.
macro_rules! ram {
    ($($NAME:ident: $bytes:expr;)*) => {
        $(#[used] static $NAME: [AtomicU8; $bytes] = [const { AtomicU8::new(0) }; $bytes];)*
    };
}

ram! {
    RAM_SESSION: size_of::<Session>();
    RAM_ROOTS: size_of::<Roots>();
    RAM_FRAME: FRAME;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}

/// Something the optimiser knows nothing about.
fn any<T: Copy>(like: T) -> T {
    black_box(like)
}

#[unsafe(no_mangle)]
extern "C" fn _start() -> ! {
    let identity = BootNotificationRequest {
        charge_point_vendor: CiStr::cut("Vendor"),
        charge_point_model: CiStr::cut("Model"),
        charge_point_serial_number: None,
        charge_box_serial_number: None,
        firmware_version: None,
        iccid: None,
        imsi: None,
        meter_type: None,
        meter_serial_number: None,
    };
    let mut config = Config::new(identity, any(1)).with_security();
    config.local_list_entries = 100;
    let mut station =
        Station { session: Session::new(config), certificates: Roots::default(), frame: [0; FRAME] };
    loop {
        station.turn(Instant::from_millis(any(1)));
    }
}

/// The flash driver is not part of the station: anything may be stored.
struct Flash;

impl Journal for Flash {
    type Error = ();

    fn visit(
        &mut self,
        visitor: &mut dyn FnMut(evkit_ocpp::journal::Entry<'_>) -> ControlFlow<()>,
    ) -> Result<(), ()> {
        let bytes = any([0; BLOB_MAX]);
        let _ = visitor(evkit_ocpp::journal::Entry::Value(StoreKey(any(1)), &bytes));
        let _ = visitor(evkit_ocpp::journal::Entry::Record(any(1), &bytes));
        any(Ok(()))
    }

    fn append(&mut self, seq: u64, bytes: &[u8]) -> Result<(), ()> {
        black_box((seq, bytes));
        any(Ok(()))
    }

    fn remove(&mut self, up_to: u64) -> Result<(), ()> {
        black_box(up_to);
        any(Ok(()))
    }

    fn put(&mut self, key: StoreKey, bytes: &[u8]) -> Result<(), ()> {
        black_box((key, bytes));
        any(Ok(()))
    }
}

struct Station {
    session: Session,
    certificates: Roots,
    frame: [u8; FRAME],
}

impl Station {
    fn turn(&mut self, now: Instant) {
        black_box(&mut self.frame);
        if let Some((received, room)) = self.frame.split_at_mut_checked(any(0)) {
            if let Ok(Ok(Some(event))) =
                str::from_utf8(received).map(|frame| self.session.handle_frame(now, frame))
            {
                answer(&mut self.session, &mut self.certificates, event, room);
            }
        }
        self.act(now);
        drive_blocking(now, &mut self.session, &mut Flash);
        if let Some(event) = self.session.poll_event() {
            answer(&mut self.session, &mut self.certificates, event, &mut self.frame);
        }
        send(self.session.poll_transmit(now, &mut self.frame));
        black_box(self.session.poll_timeout());
    }

    /// Everything a station may do of its own accord.
    fn act(&mut self, now: Instant) {
        let (session, connector) = (&mut self.session, any(1));
        let card = any(IdTag::new("CARD").ok());
        match any(0) {
            0 => session.handle_open(now),
            1 => session.handle_close(now),
            2 => session.handle_timeout(now),
            3 => _ = session.report(now, connector, &any(Facts::default())),
            4 => session.report_station(now, any(Facts::default()).fault),
            5 => _ = session.await_vehicle(now, connector),
            6 => _ = card.map(|card| session.authorize(now, connector, card)),
            7 => {
                _ = card
                    .map(|card| session.start_transaction(now, connector, card, WattHours(any(1)), any(None)))
            }
            8 => _ = session.stop_transaction(now, connector, any(Reason::Local), WattHours(any(1)), card),
            9 => session.set_diagnostics_status(any(evkit_ocpp::v16::DiagnosticsStatus::Idle)),
            10 => session.set_firmware_status(any(evkit_ocpp::v16::FirmwareStatus::Idle)),
            11 => session
                .set_signed_firmware_status(any(evkit_ocpp::v16::SignedFirmwareStatus::Idle), any(None)),
            12 => session.set_log_status(any(evkit_ocpp::v16::UploadLogStatus::Idle), any(None)),
            13 => _ = session.security_event(now, any(SecurityEvent::MemoryExhaustion), any("")),
            14 => _ = session.set_setting(now, any(Key::HeartbeatInterval), any("1")),
            15 => session.set_highest_security_profile(any(1)),
            16 => _ = black_box(session.permission(now, any(None::<Entry>), any(None))),
            17 => _ = black_box(session.on_invalid_id(connector)),
            18 => {
                _ = black_box((
                    session.limit_now(connector, now),
                    session.status(connector),
                    session.is_settled(),
                ))
            }
            19 => {
                let csr = SignCertificateRequest { csr: evkit_ocpp::text::Str::cut(any("")) };
                send(session.call(now, &csr, &mut self.frame).map(Some));
            }
            _ => {
                let request =
                    DataTransferRequest { vendor_id: CiStr::cut(any("v")), message_id: None, data: None };
                send(session.call(now, &request, &mut self.frame).map(Some));
            }
        }
    }
}

fn send<E>(frame: Result<Option<&str>, E>) {
    if let Ok(Some(frame)) = frame {
        black_box(frame.as_bytes());
    }
}

/// Answers every call of the central system, one way or the other.
fn answer(session: &mut Session, certificates: &mut Roots, event: Event<'_>, buffer: &mut [u8]) {
    fn with<C: Call>(
        session: &mut Session,
        responder: Responder<C>,
        response: &C::Response<'_>,
        buffer: &mut [u8],
    ) {
        if any(true) {
            send(session.answer(responder, response, buffer).map(Some));
        } else {
            session.reject(responder, any(ErrorCode::InternalError));
        }
    }
    macro_rules! status {
        ($Response:ident, $responder:ident, $status:ident) => {
            with(session, $responder, &$Response { status: any(evkit_ocpp::v16::$status::Accepted) }, buffer)
        };
    }
    match event {
        Event::RemoteStart { connector, profile, responder, .. } => {
            if let Some(profile) = profile {
                let _ = session.set_transaction_profile(connector.unwrap_or(1), &profile);
            }
            status!(RemoteStartTransactionResponse, responder, RemoteStartStopStatus);
        }
        Event::Reset(_, responder) => status!(ResetResponse, responder, ResetStatus),
        Event::UnlockConnector { responder, .. } => {
            let status = any(evkit_ocpp::v16::UnlockStatus::Unlocked);
            with(session, responder, &UnlockConnectorResponse { status }, buffer);
        }
        Event::ClearCache(responder) => status!(ClearCacheResponse, responder, ClearCacheStatus),
        Event::DataTransfer(_, responder) => {
            let status = any(evkit_ocpp::v16::DataTransferStatus::Accepted);
            with(session, responder, &DataTransferResponse { status, data: None }, buffer);
        }
        Event::GetConfiguration(request, responder) => {
            send(session.answer_configuration(responder, &request, &[], buffer).map(Some));
        }
        Event::ChangeConfiguration(_, responder) => session.reject(responder, any(ErrorCode::NotSupported)),
        Event::SendLocalList(request, responder) => {
            for entry in request.local_authorization_list.iter().flat_map(|list| list.iter()) {
                black_box(entry.id_tag.as_str());
            }
            let status = any(evkit_ocpp::v16::UpdateStatus::Accepted);
            send(session.answer_local_list(responder, status, any(true), buffer).map(Some));
        }
        Event::GetDiagnostics(_, responder) => {
            with(session, responder, &GetDiagnosticsResponse { file_name: None }, buffer);
        }
        Event::UpdateFirmware(_, responder) => with(session, responder, &UpdateFirmwareResponse {}, buffer),
        Event::SignedUpdateFirmware(_, responder) => {
            status!(SignedUpdateFirmwareResponse, responder, UpdateFirmwareStatus);
        }
        Event::GetLog(_, responder) => {
            let status = any(evkit_ocpp::v16::LogStatus::Accepted);
            with(session, responder, &GetLogResponse { status, filename: None }, buffer);
        }
        Event::CertificateSigned(_, responder) => {
            status!(CertificateSignedResponse, responder, CertificateSignedStatus);
        }
        Event::DeleteCertificate(request, responder) => {
            if let Ok(id) = CertificateId::try_from(&request.certificate_hash_data) {
                let status = certificates.delete(&id, any(2));
                with(session, responder, &DeleteCertificateResponse { status }, buffer);
            }
        }
        Event::GetInstalledCertificateIds(request, responder) => {
            let mut found = certificates.of(request.certificate_type).map(CertificateId::to_hash_data);
            let data = found.next();
            let status = any(evkit_ocpp::v16::GetInstalledCertificateStatus::Accepted);
            let certificate_hash_data = Some(evkit_ocpp::list::List::new(data.as_slice()));
            let response = GetInstalledCertificateIdsResponse { status, certificate_hash_data };
            with(session, responder, &response, buffer);
        }
        Event::InstallCertificate(request, responder) => {
            black_box(request.certificate.as_str());
            status!(InstallCertificateResponse, responder, InstallCertificateStatus);
        }
        event => _ = black_box(&event),
    }
}
