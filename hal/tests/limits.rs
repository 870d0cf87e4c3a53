//! Every time limit of the pilot and the connector, one millisecond before, at, and after it.
//!
//! The numbers are written out here, not taken from the crate's constants.

mod support;

use core::time::Duration;

use evkit_hal::contactor::Feedback;
use evkit_hal::evse::{Config, Event, Evse, Inputs};
use evkit_hal::pilot::{
    self, Demand, Digital, Duty, Interruption, Pilot, PilotFault, Pulse, Sample, Signal, State, Timing,
    WakeUp,
};
use evkit_hal::proximity::R_32A;
use evkit_hal::units::{Instant, Millis, Millivolts};
use support::{Car, Load, amps, ms, pwm};

/// `probe(t)` tells whether the effect is there `t` ms after its cause.
fn edge(name: &str, limit: u64, probe: impl Fn(u64) -> bool) {
    assert!(!probe(limit - 1), "{name}: too early");
    assert!(probe(limit), "{name}: late");
    assert!(probe(limit + 1), "{name}: late or gone");
}

/// A pilot sampled every millisecond.
struct Bench {
    pilot: Pilot,
    now: Instant,
    car: Car,
}

impl Bench {
    fn new(config: pilot::Config) -> Self {
        Self { pilot: Pilot::new(ms(0), config).expect("valid settings"), now: ms(0), car: Car::ABSENT }
    }

    fn run(&mut self, millis: u64) {
        for _ in 0..millis {
            self.now = ms(self.now.as_millis() + 1);
            self.pilot.handle_sample(self.now, self.car.sample(self.pilot.signal()));
        }
    }

    fn in_b2(config: pilot::Config) -> Self {
        let mut bench = Self::new(config);
        bench.run(5_100);
        bench.car = Car::with(Load::B);
        bench.run(100);
        bench.pilot.set_offer(bench.now, amps(16));
        bench.run(200);
        assert_eq!(bench.pilot.state(), Some(State::B2));
        bench
    }

    fn in_c2(config: pilot::Config) -> Self {
        let mut bench = Self::in_b2(config);
        bench.car.load = Load::C;
        bench.run(1_000);
        assert_eq!(bench.demand(), Demand::Close);
        bench
    }

    fn demand(&self) -> Demand {
        self.pilot.demand(self.now)
    }
}

const STANDARD: pilot::Config = pilot::Config::DEFAULT;

#[test]
fn c_is_believed_ready_after_500_ms() {
    edge("ready debounce", 500, |t| {
        let mut bench = Bench::in_b2(STANDARD);
        bench.car.load = Load::C;
        // The first sample of C is one millisecond old at t = 1.
        bench.run(1 + t);
        bench.demand() == Demand::Close
    });
}

#[test]
fn a_change_needs_two_samples_and_no_more() {
    edge("confirmation", 2, |t| {
        let mut bench = Bench::in_c2(STANDARD);
        bench.car.load = Load::B;
        bench.run(t);
        bench.demand() == Demand::Open
    });
}

#[test]
fn while_settling_the_decision_to_open_takes_75_ms() {
    edge("open decision", 75, |t| {
        let mut bench = Bench::in_c2(STANDARD);
        bench.pilot.handle_contactor_switched(bench.now);
        bench.car.load = Load::B;
        bench.run(t);
        bench.demand() == Demand::Open
    });
}

#[test]
fn the_contactor_settles_for_200_ms() {
    edge("contactor settle", 200, |t| {
        let mut bench = Bench::in_c2(STANDARD);
        bench.pilot.handle_contactor_switched(bench.now);
        bench.run(t);
        bench.demand() == Demand::Close
    });
}

#[test]
fn a_new_duty_settles_for_550_ms() {
    edge("duty settle", 550, |t| {
        let mut bench = Bench::in_c2(STANDARD);
        bench.run(5_000);
        bench.pilot.set_offer(bench.now, amps(10));
        bench.run(t);
        bench.demand() == Demand::Close
    });
}

#[test]
fn a_tolerated_glitch_lasts_as_long_as_configured() {
    let timing = Timing { duty_glitch: Millis(300), ..Timing::DEFAULT };
    edge("duty glitch", 300, |t| {
        let mut bench = Bench::in_c2(pilot::Config { timing, ..STANDARD });
        bench.run(5_000);
        bench.pilot.set_offer(bench.now, amps(10));
        bench.car.load = Load::B;
        bench.run(t);
        bench.demand() == Demand::Open
    });
}

#[test]
fn a_vehicle_that_stays_in_c1_is_cut_off_after_6_s() {
    edge("forced open", 6_000, |t| {
        let mut bench = Bench::in_c2(STANDARD);
        bench.pilot.set_offer(bench.now, None);
        bench.run(t);
        bench.demand() == Demand::Open
    });
    edge("forced open, without samples in between", 240, |t| {
        let mut bench = Bench::in_c2(STANDARD);
        bench.pilot.set_offer(bench.now, None);
        bench.run(5_760);
        bench.pilot.handle_timeout(ms(bench.now.as_millis() + t));
        bench.pilot.demand(ms(bench.now.as_millis() + t)) == Demand::Open
    });
}

#[test]
fn the_wave_pauses_for_3_s() {
    edge("pause", 3_000, |t| {
        let mut bench = Bench::in_b2(STANDARD);
        bench.pilot.set_offer(bench.now, None);
        bench.pilot.set_offer(bench.now, amps(16));
        bench.run(t);
        bench.pilot.signal() == pwm(16)
    });
}

#[test]
fn the_duty_changes_every_5_s_at_most() {
    edge("duty spacing", 5_000, |t| {
        let mut bench = Bench::in_b2(STANDARD);
        bench.run(5_000);
        bench.pilot.set_offer(bench.now, amps(10));
        assert_eq!(bench.pilot.signal(), pwm(10));
        bench.pilot.set_offer(bench.now, amps(20));
        bench.run(t);
        bench.pilot.signal() == pwm(20)
    });
}

#[test]
fn f_lasts_300_ms_after_a_fault() {
    edge("fault hold", 300, |t| {
        let mut bench = Bench::in_b2(STANDARD);
        bench.pilot.signal_fault(bench.now);
        assert_eq!(bench.pilot.signal(), Signal::Negative);
        bench.run(t);
        bench.pilot.signal() == Signal::Constant
    });
}

#[test]
fn samples_are_missed_after_250_ms() {
    edge("sample timeout", 250, |t| {
        let mut bench = Bench::in_c2(STANDARD);
        let at = ms(bench.now.as_millis() + t);
        bench.pilot.handle_timeout(at);
        bench.pilot.state().is_none() && bench.pilot.demand(at) == Demand::Open
    });
    edge("sample timeout, nobody called", 250, |t| {
        let bench = Bench::in_c2(STANDARD);
        bench.pilot.demand(ms(bench.now.as_millis() + t)) == Demand::Open
    });
}

#[test]
fn the_line_settles_for_50_ms_before_it_is_checked() {
    // A square wave that never comes: the generator is blamed at the second sample after settling.
    edge("signal settle", 51, |t| {
        let mut bench = Bench::new(STANDARD);
        bench.car = Car::with(Load::B);
        bench.run(100);
        bench.pilot.set_offer(bench.now, amps(16));
        for _ in 0..t {
            bench.now = ms(bench.now.as_millis() + 1);
            bench.pilot.handle_sample(bench.now, Sample::constant(Millivolts(9_000)));
        }
        bench.pilot.faults().contains(PilotFault::Generator)
    });
}

#[test]
fn a_missing_diode_is_a_fault_at_once_in_b_and_after_250_ms_in_c() {
    edge("diode in B", 2, |t| {
        let mut bench = Bench::in_b2(STANDARD);
        bench.car.diode = false;
        bench.run(t);
        bench.pilot.faults().contains(PilotFault::Diode)
    });
    edge("diode in C", 250, |t| {
        let mut bench = Bench::in_c2(STANDARD);
        bench.car.diode = false;
        // Dated from the first failing sample, one millisecond after the diode broke.
        bench.run(1 + t);
        bench.pilot.faults().contains(PilotFault::Diode)
    });
}

#[test]
fn no_vehicle_is_believed_5_s_after_a_start() {
    edge("boot", 5_000, |t| {
        let mut bench = Bench::new(STANDARD);
        bench.run(t);
        bench.pilot.connected() == Some(false)
    });
}

const OPEN_ONCE: WakeUp = WakeUp(&[Pulse {
    after: Duration::from_secs(30),
    idle: None,
    interruption: Interruption::Open,
    length: Duration::from_secs(4),
    gap: Duration::from_millis(750),
}]);

#[test]
fn waking_up_keeps_its_times_with_either_interruption() {
    for (wake_up, signal) in [(WakeUp::EVEREST, Signal::Negative), (OPEN_ONCE, Signal::Open)] {
        let config = pilot::Config { wake_up, ..STANDARD };
        let asleep = |t: u64| {
            let mut bench = Bench::in_b2(config);
            // B2 is 200 ms old here.
            bench.run(29_800 - 1_000 + t);
            bench
        };
        edge("asleep", 1_000, |t| asleep(t).pilot.signal() == signal);
        edge("pulse", 4_000, |t| {
            let mut bench = asleep(1_000);
            bench.run(t);
            bench.pilot.signal() == Signal::Constant
        });
        edge("gap", 4_750, |t| {
            let mut bench = asleep(1_000);
            bench.run(t);
            assert_eq!(bench.pilot.connected(), Some(true));
            bench.pilot.signal() == pwm(16)
        });
    }
}

/// The times at which the signal changed during `millis`, with a sample every 50 ms and at every
/// deadline.
fn signals(bench: &mut Bench, millis: u64) -> Vec<(u64, Signal)> {
    let start = bench.now.as_millis();
    let mut changes = Vec::new();
    while bench.now.as_millis() < start + millis {
        let before = bench.pilot.signal();
        let due = bench.pilot.poll_timeout().map_or(u64::MAX, Instant::as_millis);
        let now = bench.now.as_millis();
        bench.now = ms(due.clamp(now + 1, now + 50));
        bench.pilot.handle_sample(bench.now, bench.car.sample(before));
        if bench.pilot.signal() != before {
            changes.push((bench.now.as_millis() - start, bench.pilot.signal()));
        }
    }
    changes
}

#[test]
fn tinkerforge_opens_the_line_for_4_s_and_30_s() {
    let config = pilot::Config { wake_up: WakeUp::TINKERFORGE, ..STANDARD };
    let mut bench = Bench::in_b2(config);
    let expected = [
        (89_800, Signal::Open),
        (93_800, Signal::Constant),
        (94_550, pwm(16)),
        (124_550, Signal::Open),
        (154_550, Signal::Constant),
        (155_300, pwm(16)),
    ];
    // A vehicle that was never ready is not sent to F.
    assert_eq!(signals(&mut bench, 4_000_000), expected);
}

#[test]
fn tinkerforge_goes_to_f_an_hour_after_the_last_wish() {
    let config = pilot::Config { wake_up: WakeUp::TINKERFORGE, ..STANDARD };
    let mut bench = Bench::in_c2(config);
    // At one sample in 50 ms, the first one of B is believed.
    bench.car.load = Load::B;
    let changes = signals(&mut bench, 4_000_000);
    let in_f: Vec<_> = changes.into_iter().skip(6).collect();
    let expected = [
        (3_600_000, Signal::Negative),
        (3_604_000, Signal::Constant),
        (3_604_750, pwm(16)),
        (3_634_750, Signal::Negative),
        (3_664_750, Signal::Constant),
        (3_665_500, pwm(16)),
    ];
    assert_eq!(in_f, expected);
}

#[test]
fn a_gap_is_never_shorter_than_the_line_takes_to_settle() {
    const ABRUPT: WakeUp = WakeUp(&[Pulse { gap: Duration::ZERO, ..OPEN_ONCE.0[0] }]);
    edge("shortest gap", 50, |t| {
        let mut bench = Bench::in_b2(pilot::Config { wake_up: ABRUPT, ..STANDARD });
        bench.run(29_800 + 4_000 + t);
        bench.pilot.signal() == pwm(16)
    });
}

#[test]
fn encouragement_lasts_2_s() {
    let config = pilot::Config { digital: Digital::Encouragement, ..STANDARD };
    edge("encouragement", 2_000, |t| {
        let mut bench = Bench::in_b2(config);
        assert_eq!(bench.pilot.signal(), Signal::Pwm(Duty::DIGITAL));
        // The wave is 200 ms old here.
        bench.run(t - 200);
        bench.pilot.signal() == pwm(16)
    });
}

#[test]
fn a_contactor_that_stays_open_is_reported_after_3_s() {
    edge("close limit", 3_000, |t| {
        let mut evse = Evse::new(ms(0), &Config::DEFAULT).expect("valid settings");
        let mut now = 0;
        let mut reported = false;
        let mut ready_at = None;
        let mut feed = |evse: &mut Evse, load: Load, until: u64| {
            while now < until {
                now += 1;
                let sample = Car::with(load).sample(evse.outputs().signal);
                let inputs = Inputs {
                    pilot: Some(sample),
                    proximity: Some(R_32A),
                    // Steadily closed: the safety layer refuses to close.
                    feedback: Some(if now % 5 == 0 { Feedback::Closed } else { Feedback::Open }),
                };
                evse.handle_inputs(ms(now), inputs);
                while let Some(event) = evse.poll_event() {
                    reported |= matches!(event, Event::NotClosed(_));
                    if event == Event::State(Some(State::C2)) {
                        ready_at = Some(now);
                    }
                }
            }
            (reported, ready_at)
        };
        feed(&mut evse, Load::B, 100);
        evse.set_permission(ms(100), true);
        evse.set_offer(ms(100), amps(16));
        feed(&mut evse, Load::B, 1_000);
        let (_, ready_at) = feed(&mut evse, Load::C, 1_100);
        let (reported, _) = feed(&mut evse, Load::C, ready_at.expect("the car became ready") + t);
        reported
    });
}
