//! The states of the line, and what they demand of the contactor.

use super::check::Check;
use super::config::{Config, Digital, Pulse, SIMPLIFIED_LIMIT, Ventilation};
use super::duty::Duty;
use super::filter::{Filter, Rules};
use super::generator::{Generator, Signal};
use super::level::{Level, Sample, classify};
use super::state::{Demand, Event, FaultSet, PilotFault, State};
use super::timing::{ENCOURAGEMENT, TimingError};
use crate::queue::Queue;
use crate::units::{Instant, Milliamps, Millis, earliest};

/// How far the waking of a vehicle got.
#[derive(Clone, Copy)]
#[cfg_attr(test, derive(Hash))]
struct Waking {
    /// Pulses that began.
    begun: u8,
    /// The present one ends then.
    pulse_until: Option<Instant>,
    /// When the vehicle was last ready since it was plugged in.
    last_ready: Option<Instant>,
}

impl Waking {
    const NEVER: Self = Self { begun: 0, pulse_until: None, last_ready: None };
}

/// The control pilot of one connector. See the [module](super) for the states.
///
/// # Contract
///
/// After any call that takes `&mut self`: drain [`poll_event`](Self::poll_event), put
/// [`signal`](Self::signal) on the line, and call [`handle_timeout`](Self::handle_timeout) at
/// [`poll_timeout`](Self::poll_timeout). Calling it early, late or twice is harmless. Time must not
/// run backwards; a call with an earlier time is treated as if no time had passed.
#[cfg_attr(test, derive(Clone, Hash))]
pub struct Pilot {
    config: Config,
    filter: Filter,
    check: Check,
    generator: Generator,
    /// Where the generator is heading; spacing rules may hold it back.
    target: Signal,
    offer: Option<Milliamps>,
    /// Not available since; the line is in F then.
    unavailable: Option<Instant>,
    interrupted: bool,
    /// `None` until the first level is believed.
    connected: Option<bool>,
    boot_until: Instant,
    /// The vehicle went from A to C without B.
    simplified: bool,
    /// Begin of the wave, whatever its duty.
    pwm_since: Option<Instant>,
    /// The wave ended at this time with the vehicle in C or D.
    stopping_since: Option<Instant>,
    stop_ignored: bool,
    /// Begin of the first wave since the vehicle was plugged in.
    first_wave: Option<Instant>,
    waking: Waking,
    contactor_moved: Option<Instant>,
    duty_changed: Option<Instant>,
    fault_until: Option<Instant>,
    faults: FaultSet,
    reported: Option<State>,
    events: Queue<Event, 16>,
}

impl Pilot {
    /// A pilot that starts now, sending the constant level.
    ///
    /// # Errors
    ///
    /// A time limit out of its bounds.
    pub fn new(now: Instant, config: Config) -> Result<Self, TimingError> {
        config.timing.check()?;
        Ok(Self {
            config,
            filter: Filter::new(now),
            check: Check::new(),
            generator: Generator::new(now),
            target: Signal::Constant,
            offer: None,
            unavailable: None,
            interrupted: false,
            connected: None,
            boot_until: now + config.timing.boot,
            simplified: false,
            pwm_since: None,
            stopping_since: None,
            stop_ignored: false,
            first_wave: None,
            waking: Waking::NEVER,
            contactor_moved: None,
            duty_changed: None,
            fault_until: None,
            faults: FaultSet::EMPTY,
            reported: None,
            events: Queue::new(),
        })
    }

    /// Takes one measurement of the line in.
    pub fn handle_sample(&mut self, now: Instant, sample: Sample) {
        self.expire_samples(now);
        let settled = now.has_passed_ms(self.generator.since(), self.config.timing.signal_settle);
        let signal = self.generator.signal();
        if signal == Signal::Open || (!settled && self.generator.moved_the_top()) {
            // The voltage is not the vehicle's doing. Power is off in all these cases.
            self.filter.skip(now);
        } else {
            let level = self.read(sample);
            self.filter.handle(now, level, self.rules(now));
            if settled {
                self.check.handle(now, sample, level, signal);
            }
        }
        self.step(now);
    }

    /// Does what became due. Also notices that samples are missing.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.expire_samples(now);
        self.filter.handle_timeout(now, self.rules(now));
        self.step(now);
    }

    /// Notes that the contactor was switched, which disturbs the line.
    pub fn handle_contactor_switched(&mut self, now: Instant) {
        self.contactor_moved = Some(now);
    }

    /// Offers the vehicle a current per phase; `None`, or less than 6 A, offers nothing.
    ///
    /// A lower or higher offer reaches the line when the spacing of duty changes allows, no offer
    /// at once: the vehicle then has 3 s to stop, and after 6 s is cut off under load.
    pub fn set_offer(&mut self, now: Instant, offer: Option<Milliamps>) {
        self.offer = offer;
        self.step(now);
    }

    /// Makes the station available, or not (state F).
    pub fn set_available(&mut self, now: Instant, available: bool) {
        self.unavailable = (!available).then(|| self.unavailable.unwrap_or(now));
        self.step(now);
    }

    /// Interrupts the line as [`Config::interruption`] says, or ends that. Power must be off: the
    /// demand is [`Demand::Open`] for as long as it lasts.
    pub fn set_interrupted(&mut self, now: Instant, interrupted: bool) {
        self.interrupted = interrupted;
        self.step(now);
    }

    /// Shows the vehicle a fault that is not the pilot's: F for [`Timing::fault_hold`](super::Timing::fault_hold).
    pub fn signal_fault(&mut self, now: Instant) {
        self.fault_until = Some(now + self.config.timing.fault_hold);
        self.step(now);
    }

    /// The next event, oldest first.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop()
    }

    /// When [`handle_timeout`](Self::handle_timeout) has something to do.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let timing = &self.config.timing;
        let level = self.filter.confirmed();
        let diode_at_stake =
            level.is_some_and(Level::wants_power) && !self.faults.contains(PilotFault::Diode);
        let encouraged = self.first_wave.filter(|_| self.generator.signal() == Signal::Pwm(Duty::DIGITAL));
        let encouraged = encouraged.filter(|_| self.config.digital == Digital::Encouragement);
        [
            level.map(|_| self.filter.last_sample() + timing.sample_timeout),
            self.filter.poll_timeout(),
            self.generator.next_change(self.target, timing),
            self.fault_until,
            encouraged.map(|at| at + ENCOURAGEMENT),
            (self.connected.is_none() && level == Some(Level::A)).then_some(self.boot_until),
            self.stopping_since.filter(|_| !self.stop_ignored).map(|since| since + timing.forced_open),
            self.check.failing_since().map(|since| since + timing.diode_tolerance).filter(|_| diode_at_stake),
            self.next_pulse().map(|(at, _)| at),
            self.waking.pulse_until,
        ]
        .into_iter()
        .fold(None, earliest)
    }

    /// What has to be on the line now.
    pub const fn signal(&self) -> Signal {
        self.generator.signal()
    }

    /// The state, or `None` while it is not known: after a start, without samples, with a voltage
    /// that is no state.
    pub fn state(&self) -> Option<State> {
        self.filter.confirmed().and_then(|level| State::of(level, self.generator.signal()))
    }

    /// Whether a vehicle is connected; `None` until that is known. E and F leave it as it was.
    pub const fn connected(&self) -> Option<bool> {
        self.connected
    }

    /// Since when the station has not been available. Unlike the state F, this leaves out what is only
    /// an interruption or lasts no longer than [`Timing::fault_hold`](super::Timing::fault_hold).
    pub const fn unavailable_since(&self) -> Option<Instant> {
        self.unavailable
    }

    /// Whether the vehicle showed the simplified pilot (A to C without B) since it was plugged in.
    pub const fn is_simplified(&self) -> bool {
        self.simplified
    }

    /// The current the line tells the vehicle now; zero without a nominal duty.
    pub const fn advertised(&self) -> Milliamps {
        match self.generator.signal() {
            Signal::Pwm(duty) => duty.reading().current(),
            Signal::Constant | Signal::Negative | Signal::Open => Milliamps(0),
        }
    }

    /// The faults that stand.
    pub const fn faults(&self) -> FaultSet {
        self.faults
    }

    /// When the newest sample arrived; the safety layer wants it fresh.
    pub const fn last_sample(&self) -> Instant {
        self.filter.last_sample()
    }

    /// What the vehicle demands of the contactor now.
    pub fn demand(&self, now: Instant) -> Demand {
        let timing = &self.config.timing;
        if !self.is_supplied()
            || !self.faults.is_empty()
            || (self.simplified && !self.config.allow_simplified)
            || now.has_passed_ms(self.filter.last_sample(), timing.sample_timeout)
        {
            return Demand::Open;
        }
        match (self.generator.signal(), self.pwm_since, self.stopping_since) {
            (Signal::Pwm(_), Some(start), _) => self.demand_of_wave(now, start),
            (Signal::Constant, _, Some(since)) if !now.has_passed_ms(since, timing.forced_open) => {
                Demand::Hold
            }
            _ => Demand::Open,
        }
    }

    /// Whether the vehicle asks for power on a level this station serves.
    fn is_supplied(&self) -> bool {
        match self.filter.confirmed() {
            Some(Level::C) => true,
            Some(Level::D) => self.config.ventilation == Ventilation::Available,
            _ => false,
        }
    }

    fn demand_of_wave(&self, now: Instant, start: Instant) -> Demand {
        let timing = &self.config.timing;
        let proven = self.check.passed();
        let ready = now.has_passed_ms(self.filter.since(), timing.ready_debounce) && self.filter.is_calm();
        if ready && proven == Some(self.filter.last_sample()) && !self.settling(now) {
            return Demand::Close;
        }
        let proven = proven.unwrap_or(start).max(start + timing.signal_settle);
        if now <= proven + timing.diode_tolerance { Demand::Hold } else { Demand::Open }
    }

    /// Level of a sample; -12 V the station does not send is a short through a diode.
    fn read(&self, sample: Sample) -> Level {
        match classify(sample, self.filter.confirmed()) {
            Level::F if self.generator.signal() != Signal::Negative => Level::E,
            level => level,
        }
    }

    fn rules(&self, now: Instant) -> Rules {
        let glitching =
            self.duty_changed.is_some_and(|at| !now.has_passed_ms(at, self.config.timing.duty_glitch));
        Rules { settling: self.settling(now), ignore: glitching.then_some(Level::B) }
    }

    fn settling(&self, now: Instant) -> bool {
        let timing = &self.config.timing;
        self.contactor_moved.is_some_and(|at| !now.has_passed_ms(at, timing.contactor_settle))
            || self.duty_changed.is_some_and(|at| !now.has_passed_ms(at, timing.duty_settle))
    }

    fn expire_samples(&mut self, now: Instant) {
        if now.has_passed_ms(self.filter.last_sample(), self.config.timing.sample_timeout) {
            self.filter.clear();
        }
    }

    /// Brings everything derived from the level and the time up to date.
    fn step(&mut self, now: Instant) {
        self.follow_level(now);
        self.follow_faults(now);
        self.follow_wake_up(now);
        if self.fault_until.is_some_and(|until| now >= until) {
            self.fault_until = None;
        }
        self.drive(now);
        self.follow_stop(now);
        let state = self.state();
        if state != self.reported {
            self.reported = state;
            self.events.push(Event::State(state));
        }
    }

    /// Plugging, unplugging, and what is forgotten then.
    fn follow_level(&mut self, now: Instant) {
        let Some(level) = self.filter.confirmed() else { return };
        let Some(connected) = level.connected() else { return };
        if !connected {
            self.check.forget_diode();
            self.generator.forget_pause(now);
            if self.connected.is_none() && now < self.boot_until {
                return;
            }
        }
        if self.connected != Some(connected) {
            self.simplified = level.wants_power() && self.connected == Some(false);
            self.first_wave = None;
            self.waking = Waking::NEVER;
            self.connected = Some(connected);
            self.events.push(if connected { Event::Plugged } else { Event::Unplugged });
        }
        match level {
            Level::B => self.simplified = false,
            Level::C | Level::D => self.waking = Waking { last_ready: Some(now), ..Waking::NEVER },
            _ => {}
        }
    }

    fn follow_faults(&mut self, now: Instant) {
        let level = self.filter.confirmed();
        for fault in PilotFault::ALL {
            let was = self.faults.contains(fault);
            let is = match fault {
                PilotFault::Short => level.map_or(was, |l| l == Level::E),
                PilotFault::OutOfRange => level.map_or(was, |l| l == Level::Invalid),
                PilotFault::Diode => (was || self.diode_failed(now, level)) && level != Some(Level::A),
                PilotFault::Generator => (was && !self.check.is_matched()) || self.check.is_mismatched(),
                PilotFault::Ventilation => level
                    .map_or(was, |l| l == Level::D && self.config.ventilation == Ventilation::Unavailable),
            };
            // In F the station sees only itself, so nothing that stood can be seen to be gone.
            if is == was || (was && level == Some(Level::F)) {
                continue;
            }
            self.faults = self.faults.with(fault, is);
            self.events.push(if is { Event::Fault(fault) } else { Event::Cleared(fault) });
            if is && fault != PilotFault::Ventilation {
                self.fault_until = Some(now + self.config.timing.fault_hold);
            }
        }
    }

    fn diode_failed(&self, now: Instant, level: Option<Level>) -> bool {
        let tolerance = match level {
            Some(Level::B) => Millis(0),
            _ => self.config.timing.diode_tolerance,
        };
        self.check.failing_since().is_some_and(|since| now.has_passed_ms(since, tolerance))
    }

    /// The pulse that waking goes on with, and when it is due: the vehicle sleeps on in B2.
    fn next_pulse(&self) -> Option<(Instant, &'static Pulse)> {
        let pulse = self.config.wake_up.0.get(usize::from(self.waking.begun))?;
        let offered = self.pwm_since.filter(|_| self.filter.confirmed() == Some(Level::B))?;
        let asleep = offered.max(self.filter.since()) + pulse.after;
        match pulse.idle {
            Some(idle) => self.waking.last_ready.map(|at| (asleep.max(at + idle), pulse)),
            None => Some((asleep, pulse)),
        }
    }

    /// The pulse that is on the line.
    fn present_pulse(&self) -> Option<&'static Pulse> {
        self.waking.pulse_until?;
        self.config.wake_up.0.get(usize::from(self.waking.begun.checked_sub(1)?))
    }

    fn follow_wake_up(&mut self, now: Instant) {
        let ended = self.waking.pulse_until.is_some_and(|until| now >= until);
        if let Some(pulse) = self.present_pulse().filter(|_| ended) {
            self.waking.pulse_until = None;
            self.drive_to(now, Signal::Constant);
            self.generator.start_from((now + pulse.gap).max(now + self.config.timing.signal_settle));
        }
        if let Some((_, pulse)) = self.next_pulse().filter(|(at, _)| now >= *at) {
            self.waking.begun = self.waking.begun.saturating_add(1);
            self.waking.pulse_until = Some(now + pulse.length);
            self.events.push(Event::WakeUp);
        }
    }

    /// The vehicle has to leave C within the limit after the wave ended.
    fn follow_stop(&mut self, now: Instant) {
        if !self.is_supplied() || self.generator.signal().is_pwm() {
            self.stopping_since = None;
            self.stop_ignored = false;
        }
        let overdue =
            self.stopping_since.is_some_and(|since| now.has_passed_ms(since, self.config.timing.forced_open));
        if overdue && !self.stop_ignored {
            self.stop_ignored = true;
            self.events.push(Event::VehicleIgnoresStop);
        }
    }

    /// The signal the line should have, if no spacing rule stood against it.
    fn wanted(&self, now: Instant) -> Signal {
        if self.unavailable.is_some() || self.fault_until.is_some() {
            return Signal::Negative;
        }
        if self.interrupted {
            return self.config.interruption.signal();
        }
        if let Some(pulse) = self.present_pulse() {
            return pulse.interruption.signal();
        }
        let present = matches!(self.filter.confirmed(), Some(Level::B | Level::C | Level::D));
        let limit = if self.simplified { SIMPLIFIED_LIMIT } else { Milliamps(u32::MAX) };
        match self.offer.and_then(|offer| Duty::for_current(offer.min(limit))) {
            Some(_) if !present || !self.faults.is_empty() => Signal::Constant,
            Some(_) if self.shows_digital(now) => Signal::Pwm(Duty::DIGITAL),
            Some(duty) => Signal::Pwm(duty),
            None => Signal::Constant,
        }
    }

    fn shows_digital(&self, now: Instant) -> bool {
        match self.config.digital {
            Digital::Disabled | Digital::Offer | Digital::Ed2 => false,
            Digital::Encouragement => self.first_wave.is_none_or(|at| !now.has_passed_ms(at, ENCOURAGEMENT)),
            Digital::Force => true,
        }
    }

    fn drive(&mut self, now: Instant) {
        self.drive_to(now, self.wanted(now));
    }

    fn drive_to(&mut self, now: Instant, target: Signal) {
        self.target = target;
        let before = self.generator.signal();
        let spaced = before != Signal::Pwm(Duty::DIGITAL);
        if !self.generator.drive(now, target, spaced, &self.config.timing) {
            return;
        }
        let after = self.generator.signal();
        match (before.is_pwm(), after.is_pwm()) {
            (false, true) => {
                self.pwm_since = Some(now);
                self.first_wave.get_or_insert(now);
            }
            (true, false) => {
                self.pwm_since = None;
                self.check.forget_diode();
                self.stopping_since = (self.is_supplied() && after == Signal::Constant).then_some(now);
            }
            _ => {}
        }
        if before.is_pwm() && after.is_pwm() {
            self.duty_changed = Some(now);
        }
    }
}

#[cfg(test)]
impl Pilot {
    /// Takes the age from everything that is older than the limit it is compared with, so that two
    /// states that behave alike are alike. For settings without waking and digital communication, and
    /// with one duty only where `one_duty`.
    pub(crate) fn forget_ages(&mut self, now: Instant, one_duty: bool) {
        let timing = &self.config.timing;
        self.filter.forget_ages(now, timing);
        self.check.forget_ages(now, timing.diode_tolerance);
        let spacing = if one_duty { timing.signal_settle } else { timing.duty_spacing };
        self.generator.forget_ages(now, spacing);
        let proof = Millis(timing.signal_settle.0 + timing.diode_tolerance.0 + 1);
        self.pwm_since = self.pwm_since.map(|at| at.no_older_than(proof, now));
        self.stopping_since = self.stopping_since.map(|at| at.no_older_than(timing.forced_open, now));
        self.contactor_moved =
            self.contactor_moved.filter(|at| !now.has_passed_ms(*at, timing.contactor_settle));
        self.duty_changed = self.duty_changed.filter(|at| !now.has_passed_ms(*at, timing.duty_settle));
        self.boot_until = self.boot_until.max(now);
        self.unavailable = self.unavailable.map(|_| now);
        self.first_wave = None;
        self.waking = Waking::NEVER;
    }
}
