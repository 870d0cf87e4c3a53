//! The station towards people and the central system: OCPP session, sessions at the sockets, journal, settings.
//!
//! One task owns all of it. It wakes up for a frame, for something new at the sockets or the console, and for the
//! session's deadlines, and never waits for anything else: while it connects or is cut off, sessions go on. It cannot
//! move a contactor, only permit to.

mod access;
pub(crate) mod connection;
mod list;
mod requests;
mod rules;
mod seat;
#[cfg(test)]
mod tests;

use core::convert::Infallible;
use core::pin::{Pin, pin};
use core::time::Duration;

use embassy_futures::select::{Either, select};
use embassy_net::Stack;
use embassy_time::{Timer, with_timeout};
use embedded_storage_async::nor_flash::MultiwriteNorFlash;
use evkit_hal::units::Milliamps;
use evkit_ocpp::rpc::{Backoff, Responder};
use evkit_ocpp::text::CiStr;
use evkit_ocpp::time::Instant;
use evkit_ocpp::v16::charge_point::{ChargePoint, Config, Entry, LimitSource};
use evkit_ocpp::v16::keys::Key;
use evkit_ocpp::v16::{
    BootNotificationRequest, ChangeConfigurationRequest, ChargePointStatus, IdTag, IdTagInfo, Reason,
};
use evkit_rfid::{Cache, Status};

use crate::board::SOCKETS;
use crate::clock;
use crate::log::log;
use crate::power::lamps::Sign;
use crate::shared::{Orders, Request, Shared, Task};
use crate::store::Store;
use crate::store::list::ENTRIES;
use crate::store::settings::{Setting, Settings};

use seat::Seat;

/// The session of this firmware.
pub(crate) type Session = ChargePoint<'static, SOCKETS>;

/// How long a soft reset waits until everything is delivered, and a hard one until the journal has the ends.
const SOFT_RESET: Duration = Duration::from_secs(30);
const HARD_RESET: Duration = Duration::from_secs(2);
/// The task looks at everything at least this often.
const BEAT: embassy_time::Duration = embassy_time::Duration::from_millis(500);
/// It rests at least this long: what is due may have to wait for a connection.
const REST: embassy_time::Duration = embassy_time::Duration::from_millis(5);
/// How long an address of the network is waited for at the start.
const ADDRESS: embassy_time::Duration = embassy_time::Duration::from_secs(10);
/// Entries of the local list in one update: the longest have 160 bytes with spaces, and a frame 3,072.
const UPDATE: u16 = 18;
/// First pause before connecting again, random part of every pause, and how often it doubles.
const PAUSES: (Duration, Duration, u32) = (Duration::from_secs(1), Duration::from_secs(1), 5);

/// What the station task owns.
pub(crate) struct Station<'a, F> {
    shared: &'a Shared,
    session: &'a mut Session,
    store: Store<F>,
    settings: &'a Settings,
    seats: [Seat; SOCKETS],
    /// Identifiers the central system has accepted.
    cache: Cache<'a>,
    /// A setting to be changed, and one that has been, whose change is still to be answered.
    wish: Option<Wish>,
    done: Option<Done>,
    /// Restart when everything is delivered, at the latest then.
    restart_by: Option<Instant>,
    was_online: bool,
    /// Source of masks and nonces.
    random: Random,
}

/// A setting that somebody wants changed.
#[derive(Debug)]
struct Wish {
    request: Request,
    /// The central system's call; `None`: a person at the console.
    asked: Option<Asked>,
}

/// What became of the central system's.
#[derive(Debug)]
struct Done {
    asked: Asked,
    kept: bool,
}

type Asked = Responder<ChangeConfigurationRequest<'static>>;

/// The configuration of a session.
pub(crate) fn session_config(settings: &Settings, nonce: u64) -> Config<'static> {
    let identity = BootNotificationRequest {
        charge_point_vendor: CiStr::cut("evkit"),
        charge_point_model: CiStr::cut("reference board"),
        charge_point_serial_number: None,
        charge_box_serial_number: None,
        firmware_version: Some(CiStr::cut(env!("CARGO_PKG_VERSION"))),
        iccid: None,
        imsi: None,
        meter_type: None,
        meter_serial_number: None,
    };
    let mut config = Config::new(identity, nonce);
    config.connector_limit = evkit_ocpp::units::Milliamps(settings.number(Setting::MaxCurrent) * 1_000);
    config.local_list_entries = ENTRIES;
    config.local_list_update = UPDATE;
    config.feature_profiles = "Core,SmartCharging,Reservation,RemoteTrigger,LocalAuthListManagement";
    config.resume_transactions = settings.is_on(Setting::ResumeTransactions);
    config
}

/// What is measured besides energy, unless the central system says otherwise.
const SAMPLED: &str = "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Current.Offered";

impl<'a, F: MultiwriteNorFlash> Station<'a, F> {
    /// Not inlined, as everything of the start: its temporary variables would stay on the stack below all tasks.
    #[inline(never)]
    pub(crate) fn new(
        shared: &'a Shared,
        session: &'a mut Session,
        store: Store<F>,
        settings: &'a Settings,
        cache: Cache<'a>,
        seed: u64,
    ) -> Self {
        // Defaults: what was kept in the journal goes before. Each text fits its key.
        let _ = session.set_setting(clock::ocpp(), Key::MeterValuesSampledData, SAMPLED);
        let _ = session.set_setting(clock::ocpp(), Key::MeterValueSampleInterval, "60");
        let _ = session.set_setting(clock::ocpp(), Key::AuthorizationCacheEnabled, "true");
        Self {
            shared,
            session,
            store,
            settings,
            seats: [Seat::EMPTY; SOCKETS],
            cache,
            wish: None,
            done: None,
            restart_by: None,
            was_online: false,
            random: Random(seed),
        }
    }

    /// Runs for good: connects, and connects again.
    pub(crate) async fn run(&mut self, stack: Stack<'_>, buffers: &mut connection::Buffers) -> Infallible {
        let mut backoff = Backoff::new(PAUSES.0, PAUSES.1, PAUSES.2, self.random.next());
        // Without an address the first attempt would fail, and the second one wait.
        let address = async { _ = with_timeout(ADDRESS, stack.wait_config_up()).await };
        self.meanwhile(pin!(address)).await;
        loop {
            self.turn().await;
            let error = self.connect_once(stack, buffers, &mut backoff).await;
            log!(self.shared, "central system: {error}");
            self.meanwhile(pin!(Timer::after(millis(backoff.next_pause())))).await;
        }
    }

    /// Sessions go on while something is waited for.
    async fn meanwhile(&mut self, mut waiting: Pin<&mut dyn Future<Output = ()>>) {
        while let Either::Second(()) = select(waiting.as_mut(), self.idle()).await {
            self.turn().await;
        }
    }

    /// Waits until there is something to do. It may be given up at any time.
    async fn idle(&self) {
        let due = self.session.poll_timeout();
        let wait = due.map_or(BEAT, |due| millis(due.since(clock::ocpp())).clamp(REST, BEAT));
        let _ = with_timeout(wait, self.shared.changed.wait()).await;
    }

    /// Looks at everything once: sockets, deadlines, journal, events; then gives orders.
    async fn turn(&mut self) {
        self.shared.alive(Task::Station);
        let person = || self.shared.take_request().map(|request| Wish { request, asked: None });
        if let Some(Wish { request, asked }) = self.wish.take().or_else(person) {
            let kept = self.set(request.setting, &request.value).await;
            self.done = asked.map(|asked| Done { asked, kept });
        }
        for seat in 0..SOCKETS {
            self.look(seat);
        }
        if self.shared.restart.get() {
            self.restart_by.get_or_insert(clock::ocpp() + SOFT_RESET);
        }
        self.session.handle_timeout(clock::ocpp());
        self.drain().await;
        for seat in 0..SOCKETS {
            self.order(seat);
        }
        self.restart_if_done();
    }

    /// What is new at a socket.
    fn look(&mut self, seat: usize) {
        let (Some(socket), Some(place)) = (self.shared.sockets.get(seat), self.seats.get_mut(seat)) else {
            return;
        };
        let (before, view) = (place.view, socket.view.get());
        place.view = view;
        place.measured = socket.measured.get();
        let present = place.present;
        place.present = view.plugged || (present && !view.empty);
        // A transaction that goes on after a power cut may find its vehicle gone.
        let was_there = present || place.permitted();
        if was_there && (view.empty || (present && view.visits != before.visits)) {
            self.unplugged(seat);
        }
        if view.visits != before.visits {
            self.plugged(seat);
        }
        if let (Some(uid), true) = (&view.card, view.cards != before.cards) {
            self.card(seat, uid);
        }
        if view.stops != before.stops {
            self.stop(seat, Reason::Other, None);
        }
        self.report(seat);
        self.begin(seat);
        let over = self
            .seats
            .get(seat)
            .is_some_and(|place| place.stop_at.is_some_and(|register| place.register() >= register));
        if over {
            self.stop(seat, Reason::DeAuthorized, None);
        }
        self.finish(seat);
    }

    /// Tells the session the facts, once the meter has been read or should have been.
    fn report(&mut self, seat: usize) {
        let metered = self.is_metered();
        let Some(place) = self.seats.get(seat) else { return };
        if metered && place.measured.at.is_none() && clock::millis() < 5_000 {
            return;
        }
        let facts = place.facts(metered);
        // The connector exists.
        let _ = self.session.report(clock::ocpp(), connector(seat), &facts);
    }

    /// Storage and events, until nothing is left to do.
    async fn drain(&mut self) {
        let online = self.session.is_online();
        if online && !self.was_online {
            self.back_online();
        }
        self.was_online = online;
        loop {
            self.judge_claims().await;
            self.store.drive(clock::ocpp(), self.session).await;
            let erased = self.store.take_erased();
            if erased.values {
                log!(self.shared, "settings could not be read and were erased; defaults hold");
            }
            if erased.records {
                log!(self.shared, "the journal could not be read and was erased");
            }
            // Events without a frame own everything they carry.
            let Some(event) = self.session.poll_event() else { break };
            self.event(event, &mut []);
        }
    }

    /// Judges what is claimed at the sockets, by what the memory says about the identifiers.
    async fn judge_claims(&mut self) {
        for seat in 0..SOCKETS {
            let pending = self.seats.get_mut(seat).and_then(|place| place.claim.take());
            let Some((claim, back_end)) = pending else { continue };
            let listed = match claim.token {
                Some(token) if self.uses_list() => {
                    self.store.look(Some(&token)).await.ok().and_then(|look| look.entry())
                }
                _ => None,
            };
            self.judge(seat, claim, back_end, listed);
        }
    }

    /// Whether the local list counts: one that is empty, or was left half changed, has version 0.
    fn uses_list(&self) -> bool {
        self.session.setting(Key::LocalAuthListEnabled) != 0 && self.session.local_list_version() > 0
    }

    /// Tells a socket what it may do.
    fn order(&mut self, seat: usize) {
        let (number, now) = (connector(seat), clock::ocpp());
        let (Some(socket), Some(place)) = (self.shared.sockets.get(seat), self.seats.get_mut(seat)) else {
            return;
        };
        let limit = self.session.limit_now(number, now);
        let profile = limit.filter(|limit| limit.source != LimitSource::Hardware);
        let profile = profile.map_or(u32::MAX, |limit| limit.current.0);
        let managed = socket.managed.get().map_or(u32::MAX, |limit| limit.0);
        let offer = (self.settings.number(Setting::MaxCurrent) * 1_000).min(profile).min(managed);
        let available = self.session.status(number) != Some(ChargePointStatus::Unavailable);
        let permission = place.permitted();
        let online = self.session.is_online();
        let sign = match () {
            () if !available => Sign::OutOfService,
            () if permission => Sign::Authorized,
            () if place.view.plugged => Sign::WaitsForAuthorization,
            () if online => Sign::Online,
            () => Sign::NoBackEnd,
        };
        // Only with the contactor open, which the session's end has asked for.
        let unlock = core::mem::take(&mut place.unlock);
        place.unlock = unlock && place.view.closed;
        let unlocks = u8::from(unlock && !place.view.closed);
        socket.wants.set(permission && place.view.plugged);
        socket.orders.update(|orders| {
            *orders = Orders {
                permission,
                offer: Milliamps(offer),
                available,
                sign,
                unlocks: orders.unlocks.wrapping_add(unlocks),
                ..*orders
            };
        });
    }

    fn orders(&self, seat: usize, change: impl FnOnce(&mut Orders)) {
        if let Some(socket) = self.shared.sockets.get(seat) {
            socket.orders.update(change);
        }
    }

    /// Checks and keeps a setting; it holds from the next start on.
    async fn set(&mut self, setting: Setting, text: &str) -> bool {
        let name = setting.row().name;
        let value = match setting.check(text) {
            Ok(value) => value,
            Err(refused) => {
                log!(self.shared, "{name} {refused}");
                return false;
            }
        };
        let kept = self.store.keep(setting, &value).await.is_ok();
        match kept {
            true => log!(self.shared, "{name} is kept and holds from the next start on"),
            false => log!(self.shared, "{name} cannot be kept"),
        }
        kept
    }

    /// Whether sockets have meters.
    fn is_metered(&self) -> bool {
        self.settings.number(Setting::MeterUnit) != 0
    }

    /// What is known about an identifier: the local list goes before the cache.
    fn known(&self, token: &IdTag, listed: Option<Entry>) -> Option<Status> {
        let utc = self.session.utc(clock::ocpp());
        if let Some(entry) = listed {
            // Without the time of day nothing has expired.
            let expired = entry.expiry.zip(utc).is_some_and(|(expiry, now)| expiry <= now);
            let status = access::word(entry.status);
            return Some(if expired && status == Status::Accepted { Status::Expired } else { status });
        }
        let utc = utc.filter(|_| self.session.setting(Key::AuthorizationCacheEnabled) != 0)?;
        self.cache.status(utc, &evkit_rfid::IdTag::new(token.as_str()).ok()?)
    }

    /// Takes an answer of the central system into the cache.
    fn remember(&mut self, token: &IdTag, info: &IdTagInfo<'_>) {
        let token = evkit_rfid::IdTag::new(token.as_str());
        if let (Some(utc), Ok(token)) = (self.session.utc(clock::ocpp()), token) {
            let entry = Entry::from(info);
            self.cache.record(utc, token, access::word(entry.status), entry.expiry);
        }
    }

    fn restart_if_done(&mut self) {
        let Some(by) = self.restart_by else { return };
        let ended = self.seats.iter().all(|place| place.running().is_none());
        if (ended && self.session.is_settled()) || clock::ocpp() >= by {
            self.shared.restart_now.signal(());
        }
    }
}

/// Number of a seat for OCPP, from 1.
fn connector(seat: usize) -> u8 {
    u8::try_from(seat + 1).unwrap_or(u8::MAX)
}

/// The seat of a connector; one that does not exist for connector 0.
fn seat_of(connector: u8) -> usize {
    usize::from(connector).wrapping_sub(1)
}

fn millis(span: Duration) -> embassy_time::Duration {
    // Without the 128 bit arithmetic of `as_millis`; no deadline is years away.
    embassy_time::Duration::from_secs(span.as_secs())
        + embassy_time::Duration::from_millis(span.subsec_millis().into())
}

/// Numbers a peer cannot guess as long as it cannot guess the seed (SplitMix64).
#[derive(Clone, Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ bits >> 31
    }
}
