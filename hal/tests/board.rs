//! The connector on a board: everything goes through the drivers, down to pins and raw readings.

mod support;

use core::cell::Cell;

use evkit_hal::Evse;
use evkit_hal::driver::{Calibration, ContactorPins, Input, Output, PilotOutput, PilotWindow, Polarity};
use evkit_hal::evse::{Config, Inputs};
use evkit_hal::mock::{Channel, Line, Log, Pin, Value};
use evkit_hal::pilot::Signal;
use evkit_hal::proximity::R_32A;
use evkit_hal::units::Millivolts;
use support::{Car, Load, amps, ms};

/// Raw reading of a 12 bit converter behind a stage that maps -15 V to +15 V.
fn raw(level: Millivolts) -> u16 {
    u16::try_from((level.0 + 15_000) * 4_095 / 30_000).expect("within the converter's range")
}

#[test]
fn a_session_on_pins() {
    let log = Log::<16>::new();
    let closed = Cell::new(false);
    let calibration =
        Calibration::new((0, Millivolts(-15_000)), (4_095, Millivolts(15_000))).expect("two points");
    let window = PilotWindow::new(calibration, 25);
    let mut pilot: PilotOutput<_, Pin<'_, 16>> = PilotOutput::new(Channel::new(&log, "pilot"), None);
    let coil = Output::new(Pin::new(&log, "coil"), Polarity::ActiveHigh);
    let feedback = Input::new(Line(&closed), Polarity::ActiveHigh);
    let mut contactor = ContactorPins::new(coil, Some(feedback)).expect("infallible");

    let mut evse = Evse::new(ms(0), &Config::DEFAULT).expect("valid settings");
    evse.set_permission(ms(0), true);
    evse.set_offer(ms(0), amps(16));
    let mut left_c = 0;
    for now in (20..10_000).step_by(20) {
        log.set_now(ms(now));
        let load = match now {
            0..2_000 => Load::B,
            2_000..6_000 => Load::C,
            _ => Load::B,
        };
        if now == 6_000 {
            left_c = now;
        }
        let wave = Car::with(load).sample(evse.outputs().signal);
        let mut readings = (0..25).map(|i| raw(if i % 5 == 0 { wave.high } else { wave.low }));
        let inputs = Inputs {
            pilot: window.fill(|| readings.next().ok_or(())).ok(),
            proximity: Some(R_32A),
            feedback: contactor.feedback().expect("infallible"),
        };
        evse.handle_inputs(ms(now), inputs);
        let outputs = evse.outputs();
        pilot.apply(outputs.signal).expect("infallible");
        contactor.apply(outputs.contactor).expect("infallible");
        closed.set(outputs.contactor);
    }

    let levels = |output: &str| -> Vec<(u64, Value)> {
        let entries = log.entries().into_iter().flatten().filter(|entry| entry.output == output);
        entries.map(|entry| (entry.at.as_millis(), entry.value)).collect()
    };
    assert_eq!(levels("pilot"), [(20, Value::Duty(10_000)), (40, Value::Duty(2_666))]);
    let [(_, Value::Level(false)), (on, Value::Level(true)), (off, Value::Level(false))] = levels("coil")[..]
    else {
        panic!("{:?}", levels("coil"));
    };
    assert_eq!(on, 2_500);
    assert!(off - left_c <= 100);
    assert!(matches!(evse.outputs().signal, Signal::Pwm(_)));
}
