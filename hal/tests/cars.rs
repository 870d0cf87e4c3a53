//! Cars of all kinds on a simulated line: what the connector does with them, and how fast.

mod support;

use evkit_hal::evse::{Config, Event, Opening};
use evkit_hal::pilot::{Signal, State};
use evkit_hal::proximity::CableRating;
use evkit_hal::safety::Refusal;
use evkit_hal::units::Milliamps;
use support::{Load, Plant, amps, pwm};

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
