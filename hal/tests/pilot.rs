//! Rules of the pilot that show only sample by sample or by its deadlines.

mod support;

use core::time::Duration;

use evkit_hal::pilot::{
    Config, Demand, Digital, Duty, Event, Interruption, Level, Pilot, PilotFault, Pulse, SIMPLIFIED_LIMIT,
    Sample, Signal, State, Timing, WakeUp,
};
use evkit_hal::units::{Milliamps, Millis, Millivolts};
use support::{Car, Load, amps, ms, pwm};

/// A pilot whose samples are given one by one.
struct Line {
    pilot: Pilot,
    now: u64,
}

impl Line {
    fn new(config: Config) -> Self {
        Self { pilot: Pilot::new(ms(0), config).expect("valid settings"), now: 0 }
    }

    fn sample(&mut self, after: u64, sample: Sample) {
        self.now += after;
        self.pilot.handle_sample(ms(self.now), sample);
    }

    /// Samples of a car, every 20 ms.
    fn run(&mut self, load: Load, millis: u64) {
        for _ in 0..millis / 20 {
            self.sample(20, Car::with(load).sample(self.pilot.signal()));
        }
    }

    /// Past the start, with a car in B that is offered 16 A.
    fn in_b2(config: Config) -> Self {
        let mut line = Self::new(config);
        line.run(Load::None, 6_000);
        line.run(Load::B, 200);
        line.pilot.set_offer(ms(line.now), amps(16));
        line.run(Load::B, 200);
        assert_eq!(line.pilot.state(), Some(State::B2));
        line
    }

    fn in_c2(config: Config) -> Self {
        let mut line = Self::in_b2(config);
        line.run(Load::C, 1_000);
        assert_eq!(line.demand(), Demand::Close);
        line
    }

    fn demand(&self) -> Demand {
        self.pilot.demand(ms(self.now))
    }

    fn events(&mut self) -> Vec<Event> {
        core::iter::from_fn(|| self.pilot.poll_event()).collect()
    }

    /// The next deadline, from the newest sample on.
    fn due(&self) -> Option<u64> {
        self.pilot.poll_timeout().map(|due| due.as_millis() - self.now)
    }
}

fn flat(level: i32) -> Sample {
    Sample::constant(Millivolts(level))
}

#[test]
fn one_sample_that_disagrees_takes_the_readiness_away_and_nothing_else() {
    let mut line = Line::in_c2(Config::DEFAULT);
    line.run(Load::B, 20);
    assert_eq!((line.pilot.state(), line.demand()), (Some(State::C2), Demand::Hold));
    line.run(Load::C, 20);
    assert_eq!(line.demand(), Demand::Close);
}

#[test]
fn a_generator_that_follows_again_is_believed_at_the_second_sample() {
    let mut line = Line::in_b2(Config::DEFAULT);
    // No low side any more.
    line.sample(20, flat(9_000));
    line.sample(20, flat(9_000));
    assert!(line.pilot.faults().contains(PilotFault::Generator));
    line.run(Load::B, 500);
    let faults: Vec<_> = line.pilot.faults().iter().collect();
    assert_eq!(faults, [PilotFault::Diode], "the constant level is followed; a diode is not seen again");
    // A wave nobody asked for, before and after F.
    let mut line = Line::new(Config::DEFAULT);
    line.run(Load::B, 100);
    let wave = Sample { high: Millivolts(9_000), low: Millivolts(-12_000) };
    line.sample(20, wave);
    line.sample(20, wave);
    for (after, sample, stands) in [(400, wave, true), (60, flat(9_000), true), (20, flat(9_000), false)] {
        line.sample(after, sample);
        assert_eq!(line.pilot.faults().contains(PilotFault::Generator), stands, "{after} ms, {sample:?}");
    }
}

#[test]
fn a_line_on_its_way_back_from_f_is_no_short() {
    let mut line = Line::in_b2(Config::DEFAULT);
    line.pilot.set_available(ms(line.now), false);
    line.run(Load::B, 1_000);
    line.pilot.set_available(ms(line.now), true);
    for after in [16, 16, 16] {
        line.sample(after, flat(-12_000));
        assert!(line.pilot.faults().is_empty());
    }
    line.sample(16, flat(9_000));
    line.sample(16, flat(9_000));
    assert_eq!(line.pilot.state(), Some(State::B1));
}

#[test]
fn a_line_on_its_way_to_f_is_no_wish() {
    let mut line = Line::in_b2(Config::DEFAULT);
    line.pilot.set_available(ms(line.now), false);
    line.events();
    for after in [16, 16, 16] {
        line.sample(after, flat(6_000));
    }
    line.run(Load::B, 100);
    assert_eq!(line.events(), [Event::State(Some(State::F))]);
}

#[test]
fn a_wave_that_begins_with_a_ready_vehicle_is_checked_as_soon_as_it_settled() {
    for (after, demand) in [(49, Demand::Open), (50, Demand::Close), (51, Demand::Close)] {
        let mut line = Line::new(Config::DEFAULT);
        line.run(Load::B, 100);
        line.run(Load::C, 1_000);
        line.pilot.set_offer(ms(line.now), amps(16));
        line.sample(after, Car::with(Load::C).sample(line.pilot.signal()));
        assert_eq!(line.demand() == Demand::Close, demand == Demand::Close, "{after} ms");
    }
}

#[test]
fn an_interruption_is_no_stop_that_a_vehicle_may_take_its_time_for() {
    let mut line = Line::in_c2(Config { interruption: Interruption::Open, ..Config::DEFAULT });
    line.pilot.set_interrupted(ms(line.now), true);
    line.run(Load::C, 1_000);
    line.pilot.set_interrupted(ms(line.now), false);
    line.run(Load::C, 200);
    assert_eq!((line.pilot.state(), line.demand()), (Some(State::C1), Demand::Open));
}

#[test]
fn a_vehicle_that_ignores_the_stop_is_reported_once_each_time() {
    let mut line = Line::in_c2(Config::DEFAULT);
    for _ in 0..2 {
        line.pilot.set_offer(ms(line.now), None);
        line.run(Load::C, 5_980);
        assert!(!line.events().contains(&Event::VehicleIgnoresStop));
        line.run(Load::C, 2_000);
        assert_eq!(line.events(), [Event::VehicleIgnoresStop]);
        line.pilot.set_offer(ms(line.now), amps(16));
        line.run(Load::C, 1_000);
        assert_eq!(line.demand(), Demand::Close);
        line.events();
    }
    // One that obeys is not.
    line.pilot.set_offer(ms(line.now), None);
    line.run(Load::C, 3_000);
    line.run(Load::B, 4_000);
    line.run(Load::C, 4_000);
    assert!(!line.events().contains(&Event::VehicleIgnoresStop));
}

#[test]
fn missing_ventilation_ends_the_wave_and_shows_no_f() {
    let mut line = Line::in_c2(Config::DEFAULT);
    for _ in 0..50 {
        line.run(Load::D, 20);
        assert_ne!(line.pilot.signal(), Signal::Negative);
    }
    assert_eq!(line.pilot.signal(), Signal::Constant);
    for _ in 0..200 {
        line.run(Load::C, 20);
        assert_ne!(line.pilot.signal(), Signal::Negative);
    }
    assert_eq!(line.pilot.signal(), pwm(16));
}

#[test]
fn a_simplified_vehicle_is_one_until_it_shows_b() {
    let mut line = Line::new(Config::DEFAULT);
    line.run(Load::None, 6_000);
    assert!(!line.pilot.is_simplified());
    line.run(Load::C, 200);
    line.pilot.set_offer(ms(line.now), amps(16));
    line.run(Load::C, 1_000);
    assert!(line.pilot.is_simplified());
    assert!(line.pilot.advertised() <= SIMPLIFIED_LIMIT);
    line.run(Load::B, 6_000);
    assert!(!line.pilot.is_simplified());
    assert!(line.pilot.advertised() > SIMPLIFIED_LIMIT);
}

/// Samples are missed at the latest 250 ms after the last one; what is due sooner is named sooner.
#[test]
fn every_deadline_is_named() {
    let missed = Some(250);
    let line = Line::new(Config::DEFAULT);
    assert_eq!(line.due(), None, "nothing is known yet");

    let mut line = Line::new(Config::DEFAULT);
    line.run(Load::None, 4_900);
    assert_eq!(line.due(), Some(100), "no vehicle, 5 s after a start");
    line.run(Load::None, 100);
    assert_eq!(line.due(), missed);
    let mut line = Line::new(Config::DEFAULT);
    line.run(Load::B, 4_900);
    assert_eq!(line.due(), missed, "a vehicle is known at once");

    let mut line = Line::in_c2(Config::DEFAULT);
    assert_eq!(line.due(), missed);
    line.run(Load::B, 20);
    assert_eq!(line.due(), Some(55), "75 ms after the last sample of C");

    let mut line = Line::in_b2(Config::DEFAULT);
    line.run(Load::B, 4_600);
    assert_eq!(line.due(), missed, "nothing waits for the spacing of duties");
    line.pilot.set_offer(ms(line.now), amps(10));
    assert_eq!(line.due(), Some(200), "5 s after the wave began");

    let mut line = Line::in_b2(Config::DEFAULT);
    line.pilot.set_offer(ms(line.now), None);
    line.pilot.set_offer(ms(line.now), amps(16));
    line.run(Load::B, 2_900);
    assert_eq!(line.due(), Some(100), "3 s of pause");

    let mut line = Line::in_b2(Config::DEFAULT);
    line.pilot.signal_fault(ms(line.now));
    line.run(Load::B, 200);
    assert_eq!(line.due(), Some(100), "300 ms of F");

    let mut line = Line::in_c2(Config::DEFAULT);
    line.pilot.set_offer(ms(line.now), None);
    line.run(Load::C, 5_900);
    assert_eq!(line.due(), Some(100), "6 s in C1");
    line.run(Load::C, 200);
    assert_eq!(line.due(), missed, "and not again");
}

#[test]
fn the_deadline_of_a_failing_diode_is_named_while_it_counts() {
    let mut line = Line::in_c2(Config::DEFAULT);
    let broken = |line: &Line| Car { diode: false, ..Car::with(Load::C) }.sample(line.pilot.signal());
    for _ in 0..5 {
        line.sample(20, broken(&line));
    }
    assert_eq!(line.due(), Some(170), "250 ms after the first sample that failed");
    for _ in 0..10 {
        line.sample(20, broken(&line));
    }
    assert!(line.pilot.faults().contains(PilotFault::Diode));
    line.run(Load::C, 400);
    assert_eq!(line.due(), Some(250), "the fault stands, nothing is due");
    let mut line = Line::in_b2(Config::DEFAULT);
    line.run(Load::B, 100);
    assert_eq!(line.due(), Some(250));
}

#[test]
fn the_deadline_of_encouragement_is_named_while_five_percent_are_shown_for_it() {
    let wave = |digital| {
        let mut line = Line::in_b2(Config { digital, ..Config::DEFAULT });
        assert_eq!(line.pilot.signal() == Signal::Pwm(Duty::DIGITAL), digital != Digital::Disabled);
        // The wave is 200 ms old here.
        line.run(Load::B, 1_700);
        line.due()
    };
    assert_eq!(wave(Digital::Encouragement), Some(100));
    assert_eq!(wave(Digital::Force), Some(250));
    assert_eq!(wave(Digital::Disabled), Some(250));
}

#[test]
fn the_deadlines_of_waking_are_named() {
    const SOON: WakeUp = WakeUp(&[Pulse {
        after: Duration::from_millis(300),
        idle: None,
        interruption: Interruption::Negative,
        length: Duration::from_millis(300),
        gap: Duration::from_millis(300),
    }]);
    let mut line = Line::in_b2(Config { wake_up: SOON, ..Config::DEFAULT });
    assert_eq!(line.due(), Some(100));
    line.run(Load::B, 100);
    assert_eq!(line.pilot.signal(), Signal::Negative);
    line.run(Load::B, 200);
    assert_eq!(line.due(), Some(100));
}

#[test]
fn names_are_shown() {
    assert_eq!(Duty::for_current(Milliamps(16_000)).expect("a code").to_string(), "26.66 %");
    let signals = [Signal::Constant, pwm(6), Signal::Negative, Signal::Open];
    assert_eq!(signals.map(|signal| signal.to_string()), ["+12 V", "PWM 10.00 %", "-12 V", "open"]);
    let levels = [Level::A, Level::B, Level::C, Level::D, Level::E, Level::F, Level::Invalid];
    assert_eq!(levels.map(|level| level.to_string()), ["A", "B", "C", "D", "E", "F", "invalid"]);
    let timing = Timing { pause: Millis(2_999), ..Timing::DEFAULT };
    let error = timing.check().expect_err("too short").to_string();
    assert_eq!(error, "pilot timing `pause` is 2999 ms, allowed is 3000 ms to 60000 ms");
}
