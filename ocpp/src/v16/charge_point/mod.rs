//! The charge point's side of OCPP 1.6J.
//!
//! [`ChargePoint`] decides what the protocol decides: registration, heartbeats, status notifications, the order and
//! the safety of transaction messages, configuration keys, availability, reservations, charging profiles. What needs
//! hardware or policy reaches the application as an [`Event`]. The application reports physical facts and decides who
//! may charge.
//!
//! # Driving it
//!
//! No call blocks and none reads a clock. There is one rule: after *any* call that takes `&mut self`, drain the three
//! outlets; then sleep until `poll_timeout` or until something happens. Calling `handle_timeout` early, late or twice
//! is harmless.
//!
//! ```
//! use evkit_ocpp::journal::{Journal, drive_blocking};
//! use evkit_ocpp::message::EncodeError;
//! use evkit_ocpp::time::Instant;
//! use evkit_ocpp::v16::ChargePoint;
//!
//! /// What follows every call: storage first, since nothing is sent before it is durable.
//! fn drain<const N: usize>(
//!     now: Instant,
//!     session: &mut ChargePoint<'_, N>,
//!     journal: &mut impl Journal,
//!     mut send: impl FnMut(&str),
//! ) -> Result<(), EncodeError> {
//!     let mut buffer = [0; 4096];
//!     loop {
//!         drive_blocking(now, session, journal);
//!         if let Some(event) = session.poll_event() {
//!             // React as to the events of `handle_frame`.
//!             println!("{event:?}");
//!         } else if let Some(text) = session.poll_transmit(now, &mut buffer)? {
//!             send(text);
//!         } else {
//!             return Ok(());
//!         }
//!     }
//! }
//! ```
//!
//! One buffer does for frames of both directions: what a call is answered with while its event borrows from the frame is
//! written behind the frame, everything else over it.
//!
//! What happens comes in through `handle_open` and `handle_close` (the WebSocket), `handle_frame` (its text frames),
//! [`report`](ChargePoint::report) (the hardware), the other actions (cards, buttons) and `handle_timeout` (the
//! clock). Here is a charge point that introduces itself to a central system in the same program:
//!
//! ```
//! # use evkit_ocpp::journal::{MemJournal, drive_blocking};
//! # use evkit_ocpp::text::CiStr;
//! # use evkit_ocpp::time::{Instant, parse_utc};
//! # use evkit_ocpp::v16::{BootNotificationRequest, BootNotificationResponse, ChargePoint, Csms, RegistrationStatus};
//! # use evkit_ocpp::v16::{charge_point, csms};
//! # let identity = BootNotificationRequest {
//! #     charge_point_vendor: CiStr::cut("Vendor"),
//! #     charge_point_model: CiStr::cut("Model"),
//! #     charge_point_serial_number: None,
//! #     charge_box_serial_number: None,
//! #     firmware_version: None,
//! #     iccid: None,
//! #     imsi: None,
//! #     meter_type: None,
//! #     meter_serial_number: None,
//! # };
//! let now = Instant::ZERO;
//! let mut journal = MemJournal::<8192>::new();
//! let mut station = ChargePoint::<2>::new(charge_point::Config::new(identity, 1));
//! let mut server = Csms::new(csms::Config::new(1));
//! drive_blocking(now, &mut station, &mut journal);
//! station.handle_open(now);
//! server.handle_open(now);
//!
//! let (mut up, mut down) = ([0; 1024], [0; 1024]);
//! let call = station.poll_transmit(now, &mut up)?.expect("a charge point introduces itself");
//! let Some(csms::Event::BootNotification(_, responder)) = server.handle_frame(now, call).unwrap() else {
//!     panic!("that was a BootNotification");
//! };
//! let response = BootNotificationResponse {
//!     status: RegistrationStatus::Accepted,
//!     current_time: parse_utc("2026-01-01T00:00:00Z").expect("a time stamp"),
//!     interval: 300,
//! };
//! let answer = server.answer(responder, &response, &mut down)?;
//! assert!(matches!(
//!     station.handle_frame(now, answer).unwrap(),
//!     Some(charge_point::Event::Registered { status: RegistrationStatus::Accepted, .. })
//! ));
//! assert!(station.is_online());
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

//!
//! # Compliance cases
//!
//! The public ids of the compliance tool's cases for charge points, each a function of that name in
//! `tests/compliance` on a virtual clock. What a case asks for is inferred from public code. Cases 086 and 087, TLS with
//! server and client certificates, are played over real sockets by the tests of the `tokio` feature.
//!
#![doc = include_str!("compliance.md")]

mod authorize;
mod availability;
mod boot;
mod certificates;
mod clock;
mod config;
mod connector;
mod event;
mod firmware;
mod limits;
mod local_list;
mod metering;
mod outbox;
mod permission;
mod record;
mod remote;
mod reservation;
mod security;
mod session;
mod smart_charging;
mod status;
mod stop_data;
mod storage;
mod transaction;

pub use certificates::{CertificateId, CertificateIdError, Certificates};
pub use connector::{Facts, Fault, Occupied};
pub use event::{ActionError, Event};
pub use metering::Meter;
pub use permission::{Entry, InvalidId, Permission};
pub use reservation::Reservation;
pub use security::{SecurityEvent, TECH_INFO_MAX};
pub use smart_charging::{Limit, LimitSource, MAX_PERIODS, MAX_STACK_LEVEL, STACK_DEPTH, Supply};
pub use status::{is_legal, next_step};
pub use transaction::Running;

use authorize::Question;
use boot::Boot;
use clock::Clock;
use config::Settings;
use connector::{Connector, Reporter, Usage};
use event::Notice;
use firmware::Progress;
use local_list::LocalList;
use metering::Loose;
use outbox::Outbox;
use reservation::Held;
use smart_charging::Profiles;
use storage::Storage;
use transaction::Slot;

use crate::rpc::link::Link;
use crate::rpc::timer::Deadline;
use crate::rpc::{Patience, Policy};
use crate::schema::{Leniency, Tolerance, Version, Violation};
use crate::time::Instant;
use crate::units::Milliamps;
use crate::v16::{Action, BootNotificationRequest, Response};

/// Most connectors of a charge point: what the numbering of stored values has room for.
pub const MAX_CONNECTORS: usize = 80;

/// What a charge point is and how it behaves where the specification leaves a choice.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config<'c> {
    /// How it introduces itself.
    pub identity: BootNotificationRequest<'c>,
    /// Must differ from one start of the program to the next: message ids are made of it. A random number or a boot
    /// counter.
    pub nonce: u64,
    /// Maker's name beside vendor error codes, reversed domain name; at most 255 characters, empty: none.
    pub vendor_id: &'c str,
    /// Mains voltage and phases, to turn watts into amperes. Default: 230 V, 3 phases.
    pub supply: Supply,
    /// What the hardware of each connector can carry, per phase. Default: 32 A.
    pub connector_limit: Milliamps,
    /// What the supply of the station as a whole can carry, per phase. Default: no limit of its own.
    pub station_limit: Milliamps,
    /// Continue a transaction after an interruption of the program instead of ending it with `PowerLoss`.
    pub resume_transactions: bool,
    /// Report `Preparing` until the vehicle has asked for energy, although the transaction has begun.
    pub prepare_until_request: bool,
    /// From when on a connector is occupied. Default: as §4.9 has it.
    pub occupied: Occupied,
    /// Whether RemoteStopTransaction ends a transaction; otherwise it is answered `Rejected`. Default: yes.
    ///
    /// No for Bender's *stop transaction mode* "only unplug" (CC612/613 manual 5.1; that the answer is `Rejected` is
    /// inferred). The other three modes differ in what the application does about cards, cables, ventilation and
    /// residual current: `evkit-rfid` has them as `StopMode`.
    pub remote_stop: bool,
    /// Most entries of the local authorization list the application keeps; 0: it keeps none.
    pub local_list_entries: u16,
    /// Most entries of one SendLocalList that fit into a frame the application takes in. Default: as many as the list has.
    pub local_list_update: u16,
    /// Feature profiles the station serves (`SupportedFeatureProfiles`). Default: those the session serves by itself,
    /// which are Core, SmartCharging, Reservation and RemoteTrigger; add LocalAuthListManagement and
    /// FirmwareManagement if the application does its part.
    pub feature_profiles: &'c str,
    /// How long to wait for answers.
    pub patience: Patience,
    /// What is forgiven in received messages. Default: nothing.
    pub leniency: Leniency,
    /// Which error code answers which broken rule.
    pub policy: Policy,
    security: Option<&'static dyn security::Extension>,
}

impl<'c> Config<'c> {
    /// The defaults.
    #[must_use]
    pub fn new(identity: BootNotificationRequest<'c>, nonce: u64) -> Self {
        Self {
            identity,
            nonce,
            vendor_id: "",
            supply: Supply { volts: 230, phases: 3 },
            connector_limit: Milliamps(32_000),
            station_limit: Milliamps(u32::MAX),
            resume_transactions: false,
            prepare_until_request: false,
            occupied: Occupied::OnAuthorizedOrPlugged,
            remote_stop: true,
            local_list_entries: 0,
            local_list_update: u16::MAX,
            feature_profiles: "Core,SmartCharging,Reservation,RemoteTrigger",
            patience: Patience::default(),
            leniency: Leniency::STRICT,
            policy: Policy::STANDARD,
            security: None,
        }
    }
}

/// Reads the answer to a call. A function, so that a program without calls of its own has no code that reads any
/// answer there is.
type ReadAnswer = for<'f> fn(Action, &'f str, &mut Tolerance) -> Result<Response<'f>, Violation>;

/// Who made a call.
#[derive(Debug, Clone, Copy)]
enum Origin {
    Boot,
    Heartbeat,
    Record,
    Status(usize),
    Authorize(usize),
    Loose(usize),
    Progress(Progress),
    Application(Action, ReadAnswer),
}

/// A charge point with `N` connectors. See the [module](self) for how to drive it.
#[derive(Debug)]
pub struct ChargePoint<'c, const N: usize> {
    config: Config<'c>,
    link: Link<Origin, remote::Answer>,
    leniency_used: Leniency,
    clock: Clock,
    boot: Boot,
    settings: Settings,
    station: Station,
    connectors: [Outlet; N],
    aligned: Deadline,
    outbox: Outbox<N>,
    storage: Storage,
    profiles: Profiles<N>,
    progress: firmware::Statuses,
    local_list: LocalList,
    notice: Option<Notice>,
    unanswered: bool,
}

/// Connector 0.
#[derive(Debug)]
struct Station {
    operative: bool,
    /// Whether `operative` differs from what is stored.
    dirty: bool,
    fault: Option<Fault>,
    held: Held,
    reporter: Reporter,
}

/// Everything that belongs to one connector, each part private to its block.
#[derive(Debug, Clone, Copy)]
struct Outlet {
    connector: Connector,
    transaction: Slot,
    question: Question,
    held: Held,
    loose: Option<Loose>,
    availability: availability::Flags,
}

impl<'c, const N: usize> ChargePoint<'c, N> {
    /// A charge point that has just been switched on. Its journal is read first; then it connects.
    ///
    /// Neither this nor the making of its large parts is inlined: so it is built where it is to lie, also in a future, and
    /// not on the stack first.
    #[must_use]
    #[inline(never)]
    pub fn new(config: Config<'c>) -> Self {
        const { assert!(N >= 1 && N <= MAX_CONNECTORS, "a charge point has 1 to 80 connectors") }
        let outlet = Outlet {
            connector: Connector::new(),
            transaction: Slot::NONE,
            question: Question::None,
            held: Held::NONE,
            loose: None,
            availability: availability::Flags::NONE,
        };
        Self {
            settings: Settings::new(N, &config),
            link: Link::new(Version::V16, config.nonce, config.patience),
            config,
            leniency_used: Leniency::STRICT,
            clock: Clock::default(),
            boot: Boot::new(),
            station: Station {
                operative: true,
                dirty: false,
                fault: None,
                held: Held::NONE,
                reporter: Reporter::new(),
            },
            connectors: [outlet; N],
            aligned: Deadline::NEVER,
            outbox: Outbox::new(),
            storage: Storage::new(),
            profiles: Profiles::new(),
            progress: firmware::Statuses::new(),
            local_list: LocalList::new(),
            notice: None,
            unanswered: false,
        }
    }

    /// The index of a connector from 1 on.
    fn index(&self, connector: u8) -> Result<usize, ActionError> {
        usize::from(connector)
            .checked_sub(1)
            .filter(|index| *index < N)
            .ok_or(ActionError::NoConnector(connector))
    }

    /// Recomputes the status of a connector after something it depends on has changed.
    fn refresh(&mut self, now: Instant, index: usize) {
        let any_reserved = self.station.held.is_set();
        let (occupied, prepare_until_request) = (self.config.occupied, self.config.prepare_until_request);
        let reserves_any = any_reserved && N == 1;
        if let Some(outlet) = self.connectors.get_mut(index) {
            let usage = Usage {
                transaction: outlet.transaction.is_running(),
                reserved: outlet.held.is_set() || reserves_any,
                occupied,
                prepare_until_request,
            };
            outlet.connector.refresh(now, usage);
        }
    }
}
