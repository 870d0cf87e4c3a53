//! Cars of all kinds on a simulated line: what the connector does with them, and how fast.

mod support;

use evkit_hal::contactor::{ContactorFault, Feedback};
use evkit_hal::evse::{Config, Connection, Event, Opening};
use evkit_hal::pilot::{self, Digital, Duty, PilotFault, Signal, State, Ventilation, WakeUp};
use evkit_hal::proximity::CableRating;
use evkit_hal::safety::{Hazard, Protection, Refusal, Status};
use evkit_hal::units::{Milliamps, Millis, Ohms};
use support::{CABLE_13, CABLE_20, CABLE_32, Load, NO_CABLE, Plant, amps, pwm};

/// Every sampling period the driver may use.
const STEPS: [u64; 6] = [10, 20, 30, 50, 75, 100];

fn with_pilot(pilot: pilot::Config) -> Config<'static> {
    Config { pilot, ..Config::DEFAULT }
}

#[test]
fn a_whole_session() {
    let mut plant = Plant::new(&Config::DEFAULT);
    plant.run(6_000);
    assert_eq!(plant.events(), [Event::State(Some(State::A1)), Event::Unplugged]);

    plant.plug(Load::B);
    plant.run(1_000);
    assert_eq!(
        plant.events(),
        [Event::Cable(Some(CableRating::A32)), Event::Plugged, Event::State(Some(State::B1))]
    );
    assert_eq!(plant.evse.outputs().signal, Signal::Constant);

    plant.evse.set_offer(plant.now, amps(16));
    plant.evse.set_permission(plant.now, true);
    plant.run(100);
    assert_eq!(plant.evse.outputs().signal, pwm(16));
    assert_eq!(plant.evse.advertised(), Milliamps(15_996));
    assert_eq!(plant.events(), [Event::State(Some(State::B2))]);

    plant.car.load = Load::C;
    plant.run(1_000);
    assert_eq!(plant.events(), [Event::State(Some(State::C2)), Event::Requested, Event::Closed]);

    plant.car.load = Load::B;
    plant.run(100);
    let opened = Opening { reason: Refusal::Demand, under_load: false };
    assert_eq!(plant.events(), [Event::State(Some(State::B2)), Event::RequestEnded, Event::Opened(opened)]);

    plant.unplug();
    plant.run(200);
    assert_eq!(plant.events(), [Event::Cable(None), Event::Unplugged, Event::State(Some(State::A1))]);
    assert_eq!(plant.evse.outputs().signal, Signal::Constant);
}

#[test]
fn a_car_that_finishes_or_is_pulled_out_is_off_within_100_ms() {
    for step in STEPS {
        for load in [Load::None, Load::B, Load::Short] {
            let mut plant = Plant::charging(&Config::DEFAULT);
            plant.step = step;
            plant.run(1_000);
            plant.car.load = load;
            let took = plant.until(1_000, |evse| !evse.is_closed());
            assert!(took <= 100, "{load:?} sampled every {step} ms: {took} ms");
        }
    }
}

#[test]
fn a_cable_pulled_under_load_counts_as_under_load() {
    let mut plant = Plant::charging(&Config::DEFAULT);
    plant.events();
    plant.unplug();
    plant.run(200);
    let events = plant.events();
    assert!(events.iter().any(|event| matches!(event, Event::Opened(Opening { under_load: true, .. }))));
    assert!(events.contains(&Event::Unplugged));
    assert_eq!(plant.evse.state(), Some(State::A1));
}

#[test]
fn a_ready_car_waits_out_the_debounce_to_the_sample() {
    for step in STEPS {
        let mut plant = Plant::ready_to_charge(&Config::DEFAULT);
        plant.step = step;
        plant.car.load = Load::C;
        let took = plant.until(3_000, |evse| evse.is_closed());
        // Counted from the first sample that shows C.
        let first = step;
        assert!(took >= 500 + first && took < 500 + first + step, "sampled every {step} ms: {took} ms");
    }
}

#[test]
fn toggling_of_iso_15118_never_closes() {
    let mut plant = Plant::ready_to_charge(&Config::DEFAULT);
    for _ in 0..10 {
        for (load, time) in [(Load::C, 400), (Load::B, 200)] {
            plant.car.load = load;
            plant.run(time);
            assert!(!plant.evse.is_closed());
        }
    }
}

#[test]
fn an_oscillating_car_closes_at_most_once_per_rest() {
    let mut plant = Plant::ready_to_charge(&Config::DEFAULT);
    for _ in 0..30 {
        for load in [Load::C, Load::B] {
            plant.car.load = load;
            plant.run(1_000);
        }
    }
    let closings: Vec<u64> =
        plant.log.iter().filter(|(_, event)| *event == Event::Closed).map(|(at, _)| *at).collect();
    assert!(closings.len() >= 4);
    assert!(closings.windows(2).all(|pair| pair[1] - pair[0] >= 10_000), "{closings:?}");
}

#[test]
fn a_car_that_flickers_with_every_sample_is_cut_off() {
    let mut plant = Plant::charging(&Config::DEFAULT);
    let start = plant.now;
    while plant.evse.is_closed() {
        plant.car.load = if plant.car.load == Load::C { Load::B } else { Load::C };
        plant.tick();
        assert!(plant.now.since(start).as_millis() <= 100);
    }
}

#[test]
fn no_offer_gives_a_good_car_time_to_stop() {
    let mut plant = Plant::charging(&Config::DEFAULT);
    plant.evse.set_offer(plant.now, None);
    assert_eq!(plant.evse.outputs().signal, Signal::Constant);
    plant.run(2_000);
    assert!(plant.evse.is_closed(), "the car still has time");
    assert_eq!(plant.evse.state(), Some(State::C1));
    plant.car.load = Load::B;
    assert!(plant.until(1_000, |evse| !evse.is_closed()) <= 100);
}

#[test]
fn a_car_that_ignores_the_stop_is_cut_off_after_six_seconds() {
    for step in STEPS {
        for stop in [0, 1, 2] {
            let mut plant = Plant::charging(&Config::DEFAULT);
            plant.step = step;
            match stop {
                0 => plant.evse.set_offer(plant.now, None),
                1 => plant.evse.set_offer(plant.now, Some(Milliamps(5_999))),
                _ => plant.evse.set_permission(plant.now, false),
            }
            plant.events();
            let took = plant.until(10_000, |evse| !evse.is_closed());
            assert!((6_000..6_000 + step).contains(&took), "{took}");
            let opened = Opening { reason: Refusal::Demand, under_load: true };
            assert!(plant.events().contains(&Event::Opened(opened)));
            // It stays off while the car stays in C, even with an offer, until the pause is over.
            plant.run(1_000);
            assert!(!plant.evse.is_closed());
        }
    }
}

#[test]
fn an_offer_that_returns_in_time_keeps_the_contactor_closed() {
    let mut plant = Plant::charging(&Config::DEFAULT);
    plant.evse.set_offer(plant.now, None);
    plant.run(1_000);
    plant.evse.set_offer(plant.now, amps(10));
    plant.run(1_000);
    assert_eq!(plant.evse.outputs().signal, Signal::Constant, "the pause is 3 s");
    plant.run(1_100);
    assert_eq!(plant.evse.outputs().signal, pwm(10));
    plant.run(3_000);
    assert!(plant.evse.is_closed());
    assert!(!plant.log.iter().any(|(_, event)| matches!(event, Event::Opened(_))));
}

#[test]
fn a_changed_offer_waits_for_its_spacing() {
    let mut plant = Plant::charging(&Config::DEFAULT);
    plant.run(5_000);
    plant.evse.set_offer(plant.now, amps(10));
    assert_eq!(plant.evse.outputs().signal, pwm(10));
    plant.evse.set_offer(plant.now, amps(20));
    let took = plant.until(10_000, |evse| evse.outputs().signal == pwm(20));
    assert_eq!(took, 5_000);
}

#[test]
fn a_car_without_diode_never_gets_power() {
    let mut plant = Plant::ready_to_charge(&Config::DEFAULT);
    plant.unplug();
    plant.run(1_000);
    plant.events();
    plant.plug(Load::B);
    plant.car.diode = false;
    plant.run(1_000);
    let fault = Hazard::Pilot(PilotFault::Diode);
    assert!(plant.events().contains(&Event::Fault(fault)));
    plant.car.load = Load::C;
    plant.run(20_000);
    assert!(!plant.evse.is_closed());
    plant.unplug();
    plant.run(1_000);
    assert!(plant.events().contains(&Event::Cleared(fault)));
    plant.plug(Load::B);
    plant.run(1_000);
    plant.car.load = Load::C;
    plant.run(1_000);
    assert!(plant.evse.is_closed(), "the next car is not to blame");
}

#[test]
fn a_diode_that_fails_while_charging_opens_within_the_tolerance() {
    let mut plant = Plant::charging(&Config::DEFAULT);
    plant.run(1_000);
    plant.car.diode = false;
    let took = plant.until(1_000, |evse| !evse.is_closed());
    assert!(took <= 270, "{took}");
    plant.run(100);
    assert!(plant.events().contains(&Event::Fault(Hazard::Pilot(PilotFault::Diode))));
}

#[test]
fn a_shorted_line_is_a_fault_and_shows_f_for_300_ms() {
    let mut plant = Plant::charging(&Config::DEFAULT);
    plant.events();
    plant.car.load = Load::Short;
    plant.until(100, |evse| !evse.is_closed());
    assert_eq!(plant.evse.outputs().signal, Signal::Negative);
    assert_eq!(plant.until(1_000, |evse| evse.outputs().signal == Signal::Constant), 300);
    plant.run(5_000);
    assert_eq!(plant.evse.state(), Some(State::E));
    let events = plant.events();
    let short = Hazard::Pilot(PilotFault::Short);
    assert_eq!(events.iter().filter(|event| **event == Event::Fault(short)).count(), 1);
    plant.car.load = Load::B;
    plant.run(5_000);
    assert!(plant.events().contains(&Event::Cleared(short)));
    assert_eq!(plant.evse.state(), Some(State::B2));
}

#[test]
fn a_short_through_a_diode_is_reported_once() {
    // While the station sends -12 V, such a line looks healthy.
    let mut plant = Plant::charging(&Config::DEFAULT);
    plant.events();
    plant.car.load = Load::DiodeShort;
    assert!(plant.until(1_000, |evse| !evse.is_closed()) <= 100);
    plant.run(10_000);
    let changes = plant.events().into_iter().filter(|e| matches!(e, Event::Fault(_) | Event::Cleared(_)));
    assert!(changes.eq([Event::Fault(Hazard::Pilot(PilotFault::Short))]));
    assert_eq!(plant.evse.state(), Some(State::E));
}

#[test]
fn a_disturbance_by_the_closing_contactor_does_not_open_it() {
    let mut plant = Plant::ready_to_charge(&Config::DEFAULT);
    plant.car.load = Load::C;
    plant.until(1_000, |evse| evse.is_closed());
    plant.car.load = Load::B;
    plant.run(40);
    assert!(plant.evse.is_closed());
    plant.car.load = Load::C;
    plant.run(1_000);
    assert!(plant.evse.is_closed());
}

#[test]
fn nobody_is_shown_a_fault_when_nobody_is_there() {
    let mut plant = Plant::new(&Config::DEFAULT);
    plant.run(6_000);
    plant.evse.handle_protection(plant.now, Protection::Mains, Status::Tripped);
    plant.run(100);
    assert_eq!(plant.evse.outputs().signal, Signal::Constant);
    assert_eq!(plant.evse.state(), Some(State::A1));
}

#[test]
fn missing_samples_open() {
    let mut plant = Plant::charging(&Config::DEFAULT);
    plant.sampling = false;
    let took = plant.until(1_000, |evse| !evse.is_closed());
    assert!((240..=260).contains(&took), "{took}");
    assert_eq!(plant.evse.state(), None);
    plant.sampling = true;
    plant.run(20_000);
    assert!(plant.evse.is_closed(), "it recovers by itself");
}

#[test]
fn ventilation_is_a_setting() {
    let mut plant = Plant::ready_to_charge(&Config::DEFAULT);
    plant.events();
    plant.car.load = Load::D;
    plant.run(2_000);
    assert!(!plant.evse.is_closed());
    assert_eq!(plant.evse.outputs().signal, Signal::Constant);
    assert!(plant.events().contains(&Event::Fault(Hazard::Pilot(PilotFault::Ventilation))));

    let outdoors = pilot::Config { ventilation: Ventilation::Available, ..pilot::Config::DEFAULT };
    let mut plant = Plant::ready_to_charge(&with_pilot(outdoors));
    plant.car.load = Load::D;
    plant.run(1_000);
    assert!(plant.evse.is_closed());
    assert_eq!(plant.evse.state(), Some(State::D2));
}

#[test]
fn ventilation_asked_for_while_charging_indoors_opens_at_once() {
    let mut plant = Plant::charging(&Config::DEFAULT);
    plant.run(1_000);
    plant.car.load = Load::D;
    assert!(plant.until(1_000, |evse| !evse.is_closed()) <= 100);
}

#[test]
fn a_simplified_car_gets_ten_amperes_or_nothing() {
    for allow in [true, false] {
        let config = pilot::Config { allow_simplified: allow, ..pilot::Config::DEFAULT };
        let mut plant = Plant::new(&with_pilot(config));
        plant.evse.set_permission(plant.now, true);
        plant.evse.set_offer(plant.now, amps(16));
        plant.run(6_000);
        plant.plug(Load::C);
        plant.run(2_000);
        assert_eq!(plant.evse.is_closed(), allow);
        assert_eq!(plant.evse.outputs().signal, pwm(10));
    }
}

#[test]
fn a_car_at_boot_is_seen_at_once_and_no_car_after_five_seconds() {
    let mut plant = Plant::new(&Config::DEFAULT);
    plant.plug(Load::B);
    plant.run(100);
    assert_eq!(plant.evse.connected(), Some(true));
    let mut plant = Plant::new(&Config::DEFAULT);
    plant.step = 1;
    assert_eq!(plant.until(6_000, |evse| evse.connected() == Some(false)), 5_000);
}

#[test]
fn the_cable_limits_the_offer_and_a_weaker_one_opens() {
    let mut plant = Plant::ready_to_charge(&Config::DEFAULT);
    plant.unplug();
    plant.run(1_000);
    plant.plug(Load::B);
    plant.cable = CABLE_13;
    plant.run(1_000);
    assert_eq!(plant.evse.outputs().signal, pwm(13));

    let mut plant = Plant::charging(&Config::DEFAULT);
    plant.evse.set_offer(plant.now, amps(32));
    plant.run(6_000);
    assert_eq!(plant.evse.outputs().signal, pwm(32));
    plant.cable = CABLE_20;
    plant.tick();
    assert!(!plant.evse.is_closed(), "32 A is signalled through a 20 A cable");
}

#[test]
fn nothing_closes_on_a_reading_that_contradicts_the_others() {
    let mut plant = Plant::ready_to_charge(&Config::DEFAULT);
    plant.car.load = Load::C;
    // The samples of C are half a second old with the next one.
    plant.run(500);
    assert!(!plant.evse.is_closed());
    plant.cable = Ohms(0);
    plant.tick();
    assert!(!plant.evse.is_closed());
    assert_eq!(plant.evse.verdict(), Err(Refusal::Cable));
    assert!(plant.evse.outputs().signal.is_pwm(), "the offer stands");
    plant.cable = CABLE_32;
    plant.tick();
    assert!(!plant.evse.is_closed(), "one reading is not two");
    plant.tick();
    assert!(plant.evse.is_closed());
    // While power flows, one such reading is a glitch.
    plant.run(200);
    plant.cable = Ohms(0);
    plant.tick();
    assert!(plant.evse.is_closed());
    plant.tick();
    assert!(!plant.evse.is_closed());
}

#[test]
fn a_cable_that_vanishes_opens() {
    for cable in [NO_CABLE, Ohms(0)] {
        let mut plant = Plant::charging(&Config::DEFAULT);
        plant.cable = cable;
        assert!(plant.until(1_000, |evse| !evse.is_closed()) <= 100);
    }
}

#[test]
fn an_attached_cable_needs_no_proximity() {
    let attached = Config { connection: Connection::Attached(Milliamps(16_000)), ..Config::DEFAULT };
    let mut plant = Plant::ready_to_charge(&attached);
    plant.cable = NO_CABLE;
    plant.evse.set_offer(plant.now, amps(32));
    plant.car.load = Load::C;
    plant.run(6_000);
    assert!(plant.evse.is_closed());
    assert_eq!(plant.evse.outputs().signal, pwm(16));
}

#[test]
fn a_welded_contactor_blocks_the_next_session() {
    let mut plant = Plant::charging(&Config::DEFAULT);
    plant.stuck = Some(Feedback::Closed);
    plant.car.load = Load::B;
    plant.run(1_000);
    let welded = Hazard::Contactor(ContactorFault::Welded);
    assert!(plant.events().contains(&Event::Fault(welded)));
    plant.car.load = Load::C;
    plant.run(20_000);
    assert!(!plant.evse.is_closed());
    assert_eq!(plant.evse.outputs().signal, Signal::Constant);
    plant.stuck = None;
    plant.run(1_000);
    assert!(plant.evse.hazards().contains(welded), "only a person clears it");
    plant.evse.clear_contactor_fault(plant.now);
    plant.run(5_000);
    assert!(plant.evse.is_closed());
}

#[test]
fn a_contactor_that_does_not_close_is_given_up() {
    let mut plant = Plant::ready_to_charge(&Config::DEFAULT);
    plant.stuck = Some(Feedback::Open);
    plant.car.load = Load::C;
    plant.run(2_000);
    assert!(!plant.evse.is_closed());
    assert!(plant.events().contains(&Event::Fault(Hazard::Contactor(ContactorFault::NotClosing))));
}

#[test]
fn any_protection_opens_in_the_same_call() {
    for protection in Protection::ALL {
        let mut plant = Plant::charging(&Config::DEFAULT);
        plant.evse.handle_protection(plant.now, protection, Status::Tripped);
        assert!(!plant.evse.is_closed(), "{protection:?}");
        assert_eq!(plant.evse.outputs().signal, Signal::Negative);
    }
}

#[test]
fn a_protection_that_falls_silent_opens() {
    let mut plant = Plant::charging(&Config::DEFAULT);
    plant.evse.handle_protection(plant.now, Protection::ResidualCurrent, Status::Clear);
    assert!(plant.evse.is_closed());
    let took = plant.until(1_000, |evse| !evse.is_closed());
    assert!((250..270).contains(&took));
}

#[test]
fn unavailable_is_f_and_opens() {
    let mut plant = Plant::charging(&Config::DEFAULT);
    plant.evse.set_available(plant.now, false);
    assert!(!plant.evse.is_closed());
    plant.run(1_000);
    assert_eq!(plant.evse.state(), Some(State::F));
    assert_eq!(plant.evse.connected(), Some(true), "F does not show that the car left");
    plant.evse.set_available(plant.now, true);
    plant.run(1_000);
    assert_eq!(plant.evse.state(), Some(State::C1));
    assert!(!plant.log.iter().any(|(_, event)| matches!(event, Event::Fault(_))), "{:?}", plant.log);
}

#[test]
fn a_car_ready_too_early_is_reported_after_three_seconds() {
    let silent = Config { fitted: &[Protection::Temperature], ..Config::DEFAULT };
    let mut plant = Plant::new(&silent);
    plant.run(6_000);
    plant.evse.handle_protection(plant.now, Protection::Temperature, Status::Clear);
    plant.evse.set_permission(plant.now, true);
    plant.evse.set_offer(plant.now, amps(16));
    plant.plug(Load::B);
    plant.run(500);
    plant.car.load = Load::C;
    plant.run(600);
    assert!(plant.evse.is_closed());
    // Off and on again at once: the contactor rests for ten seconds, longer than the limit.
    plant.car.load = Load::B;
    plant.run(100);
    plant.car.load = Load::C;
    plant.events();
    plant.run(2_900);
    assert!(!plant.events().iter().any(|event| matches!(event, Event::NotClosed(_))));
    plant.run(500);
    assert_eq!(plant.events(), [Event::NotClosed(Refusal::Resting)]);
}

#[test]
fn a_sleeping_car_is_woken_once() {
    let config = pilot::Config { wake_up: WakeUp::EVEREST, ..pilot::Config::DEFAULT };
    let mut plant = Plant::ready_to_charge(&with_pilot(config));
    plant.events();
    plant.until(31_000, |evse| evse.outputs().signal == Signal::Negative);
    assert!(plant.events().contains(&Event::WakeUp));
    let pulse = plant.until(5_000, |evse| evse.outputs().signal == Signal::Constant);
    assert!((4_000..4_020).contains(&pulse), "{pulse}");
    let gap = plant.until(5_000, |evse| evse.outputs().signal == pwm(16));
    assert!((750..770).contains(&gap), "{gap}");
    plant.run(120_000);
    let events = plant.events();
    assert!(!events.contains(&Event::WakeUp), "once per plug-in");
    assert!(!events.iter().any(|event| matches!(event, Event::Fault(_) | Event::Unplugged)), "{events:?}");
    plant.car.load = Load::C;
    plant.run(1_000);
    assert!(plant.evse.is_closed());
}

#[test]
fn five_percent_by_mode() {
    let five = Signal::Pwm(Duty::DIGITAL);
    for (digital, first, later) in [
        (Digital::Disabled, pwm(16), pwm(16)),
        (Digital::Offer, pwm(16), pwm(16)),
        (Digital::Ed2, pwm(16), pwm(16)),
        (Digital::Encouragement, five, pwm(16)),
        (Digital::Force, five, five),
    ] {
        let config = pilot::Config { digital, ..pilot::Config::DEFAULT };
        let mut plant = Plant::new(&with_pilot(config));
        plant.evse.set_permission(plant.now, true);
        plant.evse.set_offer(plant.now, amps(16));
        plant.run(6_000);
        plant.plug(Load::B);
        plant.run(1_000);
        assert_eq!(plant.evse.outputs().signal, first, "{digital:?}");
        plant.run(1_200);
        assert_eq!(plant.evse.outputs().signal, later, "{digital:?}");
    }
}

#[test]
fn a_glitch_after_a_new_duty_is_tolerated_only_if_configured() {
    let mut timing = pilot::Timing::DEFAULT;
    timing.duty_glitch = Millis(550);
    let tolerant = with_pilot(pilot::Config { timing, ..pilot::Config::DEFAULT });
    for (config, stays) in [(Config::DEFAULT, false), (tolerant, true)] {
        let mut plant = Plant::charging(&config);
        plant.run(6_000);
        plant.evse.set_offer(plant.now, amps(10));
        plant.car.load = Load::B;
        plant.run(500);
        assert_eq!(plant.evse.is_closed(), stays);
        plant.run(200);
        assert!(!plant.evse.is_closed());
    }
}
