//! A station in this process: the connectors and protections of `evkit-hal` at the board's end of the line.
//!
//! It is to the plant what the firmware is, without a processor, a network and a back end: the plant, the referee and
//! the stories are tested against it on a virtual clock. Whoever holds a card to a reader may charge until the plug is
//! pulled.

use evkit_hal::Evse;
use evkit_hal::contactor::Feedback;
use evkit_hal::evse::{Config, Event, Inputs};
use evkit_hal::lock::{self, Lock, Position, Sensed, View};
use evkit_hal::mains::{self, Mains};
use evkit_hal::pilot::{self, Signal, WakeUp};
use evkit_hal::rcm::{self, Lines, Procedure, Rcm};
use evkit_hal::safety::Protection;
use evkit_hal::temperature::{Derating, OPENEVSE};
use evkit_hal::units::{DeciCelsius, Instant, Milliamps, Millivolts, Ohms};
use evkit_plant_link::{
    self as link, Bolt, Decoder, Drive, Lamp, OUTPUTS_PERIOD_MS, Outputs, Relays, Sample, ToBoard, encode,
};

use crate::world::SOCKETS;

const FITTED: [Protection; 4] =
    [Protection::ResidualCurrent, Protection::Lock, Protection::Temperature, Protection::Mains];

/// Settings that the double's machines refuse; tests exclude them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;

/// The double: bytes and the time in, bytes out.
#[derive(Debug)]
pub struct Double {
    decoder: Decoder<ToBoard>,
    acknowledged: u32,
    sockets: [Socket; SOCKETS],
}

#[derive(Debug)]
struct Socket {
    connector: u8,
    evse: Evse,
    rcm: Rcm,
    lock: Lock,
    derating: Derating<3>,
    mains: Mains,
    permission: bool,
    cable: bool,
    told: Option<Outputs>,
    due: bool,
}

impl Double {
    /// A station that starts now and offers `offer` per phase.
    ///
    /// # Errors
    /// Settings that are not possible.
    pub fn new(now_ms: u64, offer: Milliamps) -> Result<Self, Refused> {
        let now = Instant::from_millis(now_ms);
        let sockets = [Socket::new(now, 1, offer)?, Socket::new(now, 2, offer)?];
        Ok(Self { decoder: Decoder::new(), acknowledged: 0, sockets })
    }

    /// Takes the permission to charge back at every connector.
    pub fn withdraw(&mut self, now_ms: u64) {
        for socket in &mut self.sockets {
            socket.permission = false;
            socket.evse.set_permission(Instant::from_millis(now_ms), false);
        }
    }

    /// One tick: what the plant sent since the last one goes in, what it is answered comes out.
    pub fn tick(&mut self, now_ms: u64, received: &[u8]) -> Vec<u8> {
        let now = Instant::from_millis(now_ms);
        for byte in received {
            match self.decoder.push(*byte) {
                Some(Ok(ToBoard::Sample(sample))) => {
                    self.acknowledged = self.acknowledged.max(sample.number);
                    if let Some(socket) = self.sockets.get_mut(usize::from(sample.connector) - 1) {
                        socket.measure(now, &sample);
                    }
                }
                Some(Ok(ToBoard::Card(card))) => {
                    self.acknowledged = self.acknowledged.max(card.number);
                    if let Some(socket) = self.sockets.get_mut(usize::from(card.reader) - 1) {
                        socket.permission = true;
                    }
                }
                Some(Err(_)) | None => {}
            }
        }
        let acknowledged = self.acknowledged;
        self.sockets.iter_mut().flat_map(|socket| socket.answer(now, acknowledged)).collect()
    }
}

impl Socket {
    fn new(now: Instant, connector: u8, offer: Milliamps) -> Result<Self, Refused> {
        let pilot = pilot::Config { wake_up: WakeUp::EVEREST, ..pilot::Config::DEFAULT };
        let config = Config { pilot, fitted: &FITTED, ..Config::DEFAULT };
        let mut evse = Evse::new(now, &config).map_err(|_| Refused)?;
        evse.set_offer(now, Some(offer));
        Ok(Self {
            connector,
            evse,
            rcm: Rcm::new(now, rcm::Config { procedure: Procedure::Pulse, ..rcm::Config::DEFAULT }),
            lock: Lock::new(lock::Config::DEFAULT).map_err(|_| Refused)?,
            derating: Derating::new(OPENEVSE),
            mains: Mains::new(mains::Config::UNITED_KINGDOM, 0),
            permission: false,
            cable: false,
            told: None,
            due: false,
        })
    }

    fn measure(&mut self, now: Instant, sample: &Sample) {
        self.due = true;
        self.cable = sample.proximity_ohm.is_some();
        self.rcm.handle_lines(now, Lines { dc: sample.trip_dc, ac: sample.trip_ac });
        match sample.bolt {
            Bolt::Locked => self.lock.handle_sensed(now, Sensed::At(Position::Locked)),
            Bolt::Unlocked => self.lock.handle_sensed(now, Sensed::At(Position::Unlocked)),
            Bolt::Between => {}
        }
        self.derating.handle_temperature(DeciCelsius(sample.temperature));
        self.mains.handle_voltages(now, &[Millivolts(i32::from(sample.mains_v) * 1_000)]);
        let words = [self.rcm.status(), self.lock.status(), self.derating.status(), self.mains.status()];
        for (protection, word) in FITTED.into_iter().zip(words) {
            self.evse.handle_protection(now, protection, word);
        }
        let millivolts = |mv: i16| Millivolts(mv.into());
        let pilot = pilot::Sample { high: millivolts(sample.high_mv), low: millivolts(sample.low_mv) };
        let inputs = Inputs {
            pilot: Some(pilot),
            proximity: Some(sample.proximity_ohm.map_or(Ohms(u32::MAX), Ohms)),
            feedback: Some(if sample.feedback.any() { Feedback::Closed } else { Feedback::Open }),
        };
        self.evse.handle_inputs(now, inputs);
    }

    fn answer(&mut self, now: Instant, acknowledged: u32) -> Vec<u8> {
        self.follow(now);
        let evse = self.evse.outputs();
        let signal = match evse.signal {
            Signal::Constant => link::Signal::Constant,
            Signal::Pwm(duty) => link::Signal::Pwm(duty.basis_points()),
            Signal::Negative => link::Signal::Negative,
            Signal::Open => link::Signal::Open,
        };
        let lock = match self.lock.drive() {
            lock::Drive::Off => Drive::Rest,
            lock::Drive::Lock => Drive::Lock,
            lock::Drive::Unlock => Drive::Unlock,
        };
        let outputs = Outputs {
            at_ms: now.as_millis(),
            acknowledged,
            connector: self.connector,
            signal,
            relays: if evse.contactor { Relays::THREE } else { Relays::OPEN },
            lock,
            residual_test: self.rcm.test_output(),
            lamp: Lamp::default(),
            tone_hz: 0,
        };
        let same = self.told.is_some_and(|told| {
            let young = outputs.at_ms - told.at_ms < u64::from(OUTPUTS_PERIOD_MS);
            young && outputs == Outputs { at_ms: outputs.at_ms, acknowledged, ..told }
        });
        if same && !std::mem::take(&mut self.due) {
            return Vec::new();
        }
        self.due = false;
        self.told = Some(outputs);
        encode(&outputs).as_bytes().to_vec()
    }

    /// Timeouts, and what follows from the connector's state.
    fn follow(&mut self, now: Instant) {
        self.rcm.handle_timeout(now);
        self.lock.handle_timeout(now);
        self.mains.handle_timeout(now);
        if self.evse.poll_timeout().is_some_and(|due| due <= now) {
            self.evse.handle_timeout(now);
        }
        while let Some(event) = self.evse.poll_event() {
            match event {
                Event::Unplugged => {
                    self.permission = false;
                    self.mains.handle_unplugged(now);
                }
                Event::Closed | Event::Opened(_) => self.rcm.handle_contactor_switched(now),
                _ => {}
            }
        }
        self.evse.set_permission(now, self.permission);
        let (vehicle, live) = (self.evse.connected() != Some(false), self.evse.is_closed());
        self.rcm.set_connected(now, vehicle, self.cable);
        self.rcm.set_idle(now, !live && !vehicle);
        let in_f = self.evse.unavailable_since().map(|since| now.since(since));
        let authorized = self.permission;
        let view = View { state: self.evse.state(), in_f, authorized, cable: self.cable, live };
        if let Some(target) = lock::wanted(lock::Policy::Connected, &view) {
            self.lock.set_target(now, target);
        }
    }
}
