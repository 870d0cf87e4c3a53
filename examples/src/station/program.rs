//! The program of a station with `N` connectors.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use evkit_ocpp::journal::drive_blocking;
use evkit_ocpp::rpc::Watchdog;
use evkit_ocpp::text::CiStr;
use evkit_ocpp::time::Instant;
use evkit_ocpp::units::WattHours;
use evkit_ocpp::v16::BootNotificationRequest;
use evkit_ocpp::v16::charge_point::{ChargePoint, Config, LimitSource, Supply};
use evkit_ocpp::v16::keys::Key;
use evkit_rfid::{Status, StopEvent, Uid};

use super::certificates::CertificateStore;
use super::config::StationConfig;
use super::credentials::{Access, Credentials};
use super::files::{self, Errand, Logs, Outcome, Update, Upload};
use super::seat::{Finished, Phase, Seat};
use super::store::{Store, StoreError};
use super::upkeep::Restart;
use super::{Note, Start, StartError, Station};
use crate::plant::{Car, Spot};

/// Most connectors of one identity in these programs.
pub const MAX_CONNECTORS: usize = 8;

/// Room for one frame; GetConfiguration with every key is the longest.
const FRAME: usize = 16 * 1024;

pub(super) struct Program<const N: usize> {
    pub(super) config: StationConfig,
    pub(super) session: ChargePoint<'static, N>,
    pub(super) seats: [Seat; N],
    /// What the central system said about identifiers, in capitals.
    pub(super) cache: HashMap<String, Status>,
    pub(super) finished: VecDeque<Finished>,
    /// Frames that answers of the application have produced.
    pub(super) outgoing: VecDeque<String>,
    pub(super) certificates: CertificateStore,
    /// A request for a certificate that waits to be sent.
    pub(super) signing_request: Option<String>,
    pub(super) logs: Logs,
    pub(super) upload: Option<Upload>,
    pub(super) update: Option<Update>,
    pub(super) statuses: VecDeque<files::Status>,
    pub(super) restart: Option<Restart>,
    pub(super) watchdog: Watchdog,
    pub(super) watchdog_limit: Duration,
    pub(super) nonce: u64,
    pub(super) was_online: bool,
    pub(super) credentials: Credentials,
    /// A new password waits for a new connection.
    pub(super) reconnect: bool,
    pub(super) store: Store,
    volts: u32,
    notes: VecDeque<Note>,
    /// When the station was last called.
    now_ms: u64,
}

pub(super) fn start(now_ms: u64, start: Start) -> Result<Box<dyn Station>, StartError> {
    let connectors = start.config.connectors.len();
    macro_rules! with_connectors {
        ($($n:literal)*) => {
            match connectors {
                $($n => Ok(Box::new(Program::<$n>::new(now_ms, start)?)),)*
                _ => Err(StartError::TooMany { identity: start.config.identity, connectors }),
            }
        };
    }
    with_connectors!(1 2 3 4 5 6 7 8)
}

impl<const N: usize> Program<N> {
    fn new(now_ms: u64, start: Start) -> Result<Self, StartError> {
        let Start { config, volts, nonce, store, certificates, mut credentials, watchdog } = start;
        let unreadable = |source| StartError::Store { identity: config.identity.clone(), source };
        if let Some(kept) = store.credentials().map_err(unreadable)? {
            let damaged = |error| unreadable(StoreError::damaged("credentials", error));
            credentials.restore(&kept).map_err(damaged)?;
        }
        let electronics = |source| StartError::Electronics { identity: config.identity.clone(), source };
        let seats = (1..).zip(&config.connectors).map(|(number, connector)| {
            let kept = store.meter_mwh(number).map_err(unreadable)?;
            let spot = Spot::new(now_ms, connector.limit.ma, volts, kept).map_err(electronics)?;
            Ok(Seat::new(spot, connector.cards.clone(), kept))
        });
        let seats: Vec<Seat> = seats.collect::<Result<_, StartError>>()?;
        let seats = <[Seat; N]>::try_from(seats).map_err(|seats| StartError::TooMany {
            identity: config.identity.clone(),
            connectors: seats.len(),
        })?;
        let mut program = Self {
            session: ChargePoint::new(session_config(&config, volts, nonce)),
            certificates,
            signing_request: None,
            logs: Logs::default(),
            upload: None,
            update: None,
            statuses: VecDeque::new(),
            restart: None,
            watchdog: Watchdog::new(Self::at(now_ms), watchdog),
            watchdog_limit: watchdog,
            nonce,
            credentials,
            reconnect: false,
            now_ms,
            config,
            seats,
            cache: HashMap::new(),
            finished: VecDeque::new(),
            outgoing: VecDeque::new(),
            store,
            volts,
            notes: VecDeque::new(),
            was_online: false,
        };
        program.configure(now_ms);
        Ok(program)
    }

    pub(super) fn new_session(&self) -> ChargePoint<'static, N> {
        ChargePoint::new(session_config(&self.config, self.volts, self.nonce))
    }

    /// Gives a new session its defaults, settings of the vendor's file that are standard configuration keys, and then
    /// its journal, whose values go before them.
    pub(super) fn configure(&mut self, now_ms: u64) {
        let mut set = |key: Key, value: &str| {
            // A value that the standard's key does not take is left at its default.
            let _ = self.session.set_setting(Self::at(now_ms), key, value);
        };
        if let Some(seconds) = self.config.meter_interval_s {
            set(Key::MeterValueSampleInterval, &seconds.to_string());
        }
        set(
            Key::MeterValuesSampledData,
            "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Current.Offered",
        );
        if let Some(timeout) = self.config.policy.connection_timeout {
            set(Key::ConnectionTimeOut, &timeout.as_secs().to_string());
        }
        self.drain(now_ms);
        self.adopt_profile(now_ms);
        self.drain(now_ms);
    }

    pub(super) fn at(now_ms: u64) -> Instant {
        Instant::from_millis(now_ms)
    }

    /// Number of a seat for OCPP, from 1. There are at most [`MAX_CONNECTORS`].
    pub(super) fn connector(seat: usize) -> u8 {
        u8::try_from(seat + 1).unwrap_or(u8::MAX)
    }

    pub(super) fn register(wh: i64) -> WattHours {
        WattHours(u64::try_from(wh).unwrap_or(0))
    }

    pub(super) fn seat(connector: u32) -> Option<usize> {
        usize::try_from(connector).ok()?.checked_sub(1).filter(|seat| *seat < N)
    }

    pub(super) fn note(&mut self, seat: usize, text: String) {
        self.logs.write(self.utc(self.now_ms), format!("#{} {text}", seat + 1));
        self.notes.push_back(Note { connector: u32::try_from(seat + 1).ok(), text });
    }

    pub(super) fn note_station(&mut self, text: String) {
        self.logs.write(self.utc(self.now_ms), text.clone());
        self.notes.push_back(Note { connector: None, text });
    }

    /// Keeps a meter's register for the time after a power cut, in steps of a watt hour.
    fn keep_meter(&mut self, seat: usize) {
        let register = self.seats[seat].spot.register_mwh();
        if register >= self.seats[seat].kept_mwh + 1_000 {
            self.seats[seat].kept_mwh = register;
            if let Err(error) = self.store.keep_meter(Self::connector(seat).into(), register) {
                self.note(seat, error.to_string());
            }
        }
    }

    /// Storage and events, until nothing is left to do.
    pub(super) fn drain(&mut self, now_ms: u64) {
        self.now_ms = now_ms;
        self.tell_statuses();
        loop {
            drive_blocking(Self::at(now_ms), &mut self.session, &mut self.store);
            // Events without a frame own everything they carry.
            let Some(event) = self.session.poll_event() else { break };
            self.event(now_ms, event);
        }
        let online = self.session.is_online();
        if online && !self.was_online {
            self.back_online(now_ms);
        }
        self.was_online = online;
    }
}

fn session_config(config: &StationConfig, volts: u32, nonce: u64) -> Config<'static> {
    let name = |name: &'static str| CiStr::new(name).expect("a literal of at most 20 characters");
    let identity = BootNotificationRequest {
        charge_point_vendor: name(config.vendor.name()),
        charge_point_model: name("evkit example"),
        charge_point_serial_number: None,
        charge_box_serial_number: None,
        firmware_version: CiStr::new(env!("CARGO_PKG_VERSION")).ok(),
        iccid: None,
        imsi: None,
        meter_type: None,
        meter_serial_number: None,
    };
    let mut session = Config::new(identity, nonce).with_security();
    session.remote_stop = config.policy.stops_on(StopEvent::RemoteStop);
    session.feature_profiles = "Core,SmartCharging,Reservation,RemoteTrigger,FirmwareManagement";
    session.supply = Supply { volts: u16::try_from(volts).unwrap_or(230), phases: 3 };
    session
}

impl<const N: usize> Station for Program<N> {
    fn identity(&self) -> &str {
        &self.config.identity
    }

    fn handle_open(&mut self, now_ms: u64) {
        self.watchdog.handle_open();
        self.credentials_work();
        self.session.handle_open(Self::at(now_ms));
        self.drain(now_ms);
    }

    fn handle_close(&mut self, now_ms: u64) {
        self.outgoing.clear();
        self.reconnect = false;
        self.watchdog.handle_close(Self::at(now_ms));
        self.session.handle_close(Self::at(now_ms));
        self.drain(now_ms);
    }

    fn access(&self) -> Access {
        self.credentials.access()
    }

    fn handle_failure(&mut self, now_ms: u64) {
        self.credentials_fail(now_ms);
        self.drain(now_ms);
    }

    fn handle_frame(&mut self, now_ms: u64, frame: &str) {
        self.limit_profile();
        match self.session.handle_frame(Self::at(now_ms), frame) {
            Ok(Some(event)) => self.event(now_ms, event),
            Ok(None) => {}
            Err(error) => self.note_station(format!("the central system sent no OCPP frame: {error}")),
        }
        self.drain(now_ms);
    }

    fn handle_timeout(&mut self, now_ms: u64) {
        for seat in 0..N {
            self.seats[seat].watch(now_ms);
            let facts = self.seats[seat].facts(self.volts);
            // The connector exists.
            let _ = self.session.report(Self::at(now_ms), Self::connector(seat), &facts);
            self.keep_meter(seat);
            if self.seats[seat].plugged {
                self.begin(now_ms, seat);
            }
            self.finish(now_ms, seat);
        }
        self.continue_update(now_ms);
        self.send_signing_request(now_ms);
        self.session.handle_timeout(Self::at(now_ms));
        self.drain(now_ms);
    }

    fn poll_transmit(&mut self, now_ms: u64) -> Option<String> {
        if let Some(frame) = self.outgoing.pop_front() {
            return Some(frame);
        }
        let mut buffer = vec![0; FRAME];
        let frame = match self.session.poll_transmit(Self::at(now_ms), &mut buffer) {
            Ok(frame) => frame.map(str::to_owned),
            Err(error) => {
                self.note_station(format!("a frame that cannot be written: {error}"));
                None
            }
        };
        self.drain(now_ms);
        frame
    }

    fn poll_note(&mut self) -> Option<Note> {
        self.notes.pop_front()
    }

    fn poll_finished(&mut self) -> Option<Finished> {
        self.finished.pop_front()
    }

    fn step(&mut self, now_ms: u64, dt_ms: u64) {
        for seat in 0..N {
            self.seats[seat].spot.step(now_ms, dt_ms);
            while let Some(event) = self.seats[seat].spot.poll_event() {
                self.electronics(now_ms, seat, event);
            }
        }
    }

    fn plug(&mut self, connector: u32, car: Car) {
        if let Some(seat) = Self::seat(connector) {
            self.seats[seat].spot.plug(car);
        }
    }

    fn unplug(&mut self, connector: u32) -> Option<Car> {
        self.seats[Self::seat(connector)?].spot.unplug()
    }

    fn present_card(&mut self, now_ms: u64, connector: u32, uid: Uid) {
        if let Some(seat) = Self::seat(connector) {
            self.card(now_ms, seat, uid);
            self.drain(now_ms);
        }
    }

    fn set_offer(&mut self, now_ms: u64, connector: u32, offer_ma: u32) {
        if let Some(seat) = Self::seat(connector) {
            self.seats[seat].spot.set_offer(now_ms, offer_ma);
        }
    }

    fn spot(&self, connector: u32) -> Option<&Spot> {
        Some(&self.seats[Self::seat(connector)?].spot)
    }

    fn phase(&self, now_ms: u64, connector: u32) -> Phase {
        Self::seat(connector).map_or(Phase::default(), |seat| self.seats[seat].phase(now_ms))
    }

    fn profile_limit_ma(&self, now_ms: u64, connector: u32) -> Option<u32> {
        let limit = self.session.limit_now(u8::try_from(connector).ok()?, Self::at(now_ms))?;
        (limit.source != LimitSource::Hardware).then_some(limit.current.0)
    }

    fn poll_errand(&mut self, now_ms: u64) -> Option<Errand> {
        let errand = self.next_errand(now_ms);
        self.drain(now_ms);
        errand
    }

    fn handle_outcome(&mut self, now_ms: u64, outcome: Outcome) {
        self.errand_done(now_ms, outcome);
        self.drain(now_ms);
    }

    fn wants_reconnect(&self) -> bool {
        self.reconnect && self.outgoing.is_empty()
    }

    fn wants_restart(&self, now_ms: u64) -> bool {
        self.is_ready_to_restart(now_ms)
    }

    fn restart(&mut self, now_ms: u64) {
        self.start_again(now_ms);
    }

    fn ping_interval(&self) -> Duration {
        let seconds = self.session.setting(Key::WebSocketPingInterval);
        Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
    }

    fn is_settled(&self) -> bool {
        self.seats.iter().all(|seat| seat.access.is_none()) && self.session.is_settled()
    }

    fn is_online(&self) -> bool {
        self.session.is_online()
    }
}
