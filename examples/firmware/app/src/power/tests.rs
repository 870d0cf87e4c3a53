//! A socket in a world of one vehicle, tick by tick.

use evkit_hal::contactor::Feedback;
use evkit_hal::fault::{ErrorCode, Fault};
use evkit_hal::lock::{self, Drive, Position};
use evkit_hal::pilot::level::{NOMINAL_A, NOMINAL_B, NOMINAL_C, NOMINAL_LOW};
use evkit_hal::pilot::{Duty, Sample, Signal, State};
use evkit_hal::proximity::R_20A;
use evkit_hal::rcm::Lines;
use evkit_hal::units::{DeciCelsius, Instant, Milliamps, Millivolts, Ohms};

use static_cell::StaticCell;

use super::socket::Socket;
use crate::board::{Driven, FrontEnd, Sensed};
use crate::plant_link::PlantLink;
use crate::shared::{Measured, Orders, Shared, View};

/// Sensors are read this often; every tick in between measures nothing.
const SAMPLE_MS: u64 = 20;

#[derive(Clone, Copy, PartialEq)]
enum Vehicle {
    Away,
    Waits,
    Charges,
}

/// A socket and what is around it. A good vehicle: it charges while it is offered current.
struct World {
    socket: &'static mut Socket,
    shared: &'static Shared,
    now_ms: u64,
    driven: Driven,
    vehicle: Vehicle,
    bolt: Position,
    diode: bool,
    leak: bool,
    welded: bool,
    silent: bool,
    draws: Milliamps,
}

impl World {
    fn new() -> Self {
        let fitted = <PlantLink<&[u8], &mut [u8]> as FrontEnd>::FITTED;
        let memory = Box::leak(Box::new(StaticCell::new()));
        Self {
            socket: Socket::start(memory, Instant::ZERO, fitted).expect("settings are constants"),
            shared: Shared::leaked(),
            now_ms: 0,
            driven: Driven::REST,
            vehicle: Vehicle::Away,
            bolt: Position::Unlocked,
            diode: true,
            leak: false,
            welded: false,
            silent: false,
            draws: Milliamps(0),
        }
    }

    fn view(&self) -> View {
        self.shared.sockets[0].view.get()
    }

    fn order(&self, change: impl FnOnce(&mut Orders)) {
        self.shared.sockets[0].orders.update(change);
    }

    fn run(&mut self, millis: u64) {
        for _ in 0..millis {
            self.now_ms += 1;
            let now = Instant::from_millis(self.now_ms);
            let sensed = if self.now_ms.is_multiple_of(SAMPLE_MS) && !self.silent {
                self.sense()
            } else {
                Sensed::default()
            };
            if self.now_ms.is_multiple_of(500) {
                let currents = [if self.driven.contactor { self.draws } else { Milliamps(0) }; 3];
                self.shared.sockets[0].measured.set(Measured { at: Some(now), currents, ..Measured::NEVER });
            }
            self.driven = self.socket.tick(now, &sensed, 1, self.shared);
            match self.driven.lock {
                Drive::Lock => self.bolt = Position::Locked,
                Drive::Unlock => self.bolt = Position::Unlocked,
                Drive::Off => {}
            }
        }
    }

    /// How long until the contactor is open.
    fn opens_after(&mut self) -> u64 {
        let from = self.now_ms;
        while self.driven.contactor && self.now_ms < from + 20_000 {
            self.run(1);
        }
        self.now_ms - from
    }

    fn sense(&self) -> Sensed {
        let top = match self.vehicle {
            Vehicle::Away => NOMINAL_A,
            Vehicle::Waits => NOMINAL_B,
            Vehicle::Charges => NOMINAL_C,
        };
        let pilot = match self.driven.signal {
            Signal::Constant => Sample::constant(top),
            Signal::Pwm(_) if self.diode || self.vehicle == Vehicle::Away => {
                Sample { high: top, low: NOMINAL_LOW }
            }
            Signal::Pwm(_) => Sample { high: top, low: Millivolts(-top.0) },
            Signal::Negative => Sample::constant(NOMINAL_LOW),
            Signal::Open => Sample::constant(Millivolts(0)),
        };
        let live = self.driven.contactor || self.welded;
        Sensed {
            pilot: Some(pilot),
            proximity: Some(if self.vehicle == Vehicle::Away { Ohms(u32::MAX) } else { R_20A }),
            feedback: Some(if live { Feedback::Closed } else { Feedback::Open }),
            bolt: Some((lock::Sensed::At(self.bolt), true)),
            residual: Some(Lines { dc: self.leak || self.driven.residual_test, ac: false }),
            temperature: Some(DeciCelsius(250)),
            mains: Some(Millivolts(230_000)),
            card: None,
        }
    }

    /// Up to a vehicle that charges.
    fn charging() -> Self {
        let mut world = Self::new();
        world.run(7_000);
        world.vehicle = Vehicle::Waits;
        world.order(|orders| (orders.permission, orders.offer) = (true, Milliamps(16_000)));
        world.run(4_000);
        world.vehicle = Vehicle::Charges;
        world.draws = Milliamps(10_000);
        world.run(2_000);
        assert!(world.driven.contactor, "{:?}", world.view());
        world
    }
}

#[test]
fn a_vehicle_charges_with_permission_and_is_told_the_least_of_offer_and_cable() {
    let mut world = World::charging();
    assert_eq!(world.bolt, Position::Locked);
    assert_eq!(world.view().advertised, Milliamps(15_996), "16 A in steps of the duty");
    world.order(|orders| orders.offer = Milliamps(32_000));
    world.run(6_000);
    assert_eq!(
        world.driven.signal,
        Signal::Pwm(Duty::for_current(Milliamps(20_000)).unwrap()),
        "a cable for 20 A"
    );
    assert_eq!(world.view().fault, None);
}

#[test]
fn orders_close_nothing_by_themselves() {
    let mut world = World::new();
    world.order(|orders| (orders.permission, orders.offer) = (true, Milliamps(32_000)));
    world.run(20_000);
    world.vehicle = Vehicle::Waits;
    world.run(10_000);
    assert!(!world.driven.contactor);
    world.order(|orders| orders.permission = false);
    world.vehicle = Vehicle::Charges;
    world.run(10_000);
    assert!(!world.driven.contactor);
}

#[test]
fn a_pulled_plug_opens_within_100_ms() {
    let mut world = World::charging();
    world.vehicle = Vehicle::Away;
    let after = world.opens_after();
    assert!(after <= 100, "{after} ms");
}

#[test]
fn a_leak_opens_with_the_next_sample_and_is_told() {
    let mut world = World::charging();
    let stops = world.view().stops;
    world.leak = true;
    let after = world.opens_after();
    assert!(after <= SAMPLE_MS, "{after} ms");
    world.run(1);
    assert_eq!(world.view().fault.map(|fault| fault.entry().error_code), Some(ErrorCode::GroundFailure));
    assert_eq!(world.view().stops, stops + 1);
}

#[test]
fn sensors_that_fall_silent_open_within_300_ms() {
    let mut world = World::charging();
    world.silent = true;
    let after = world.opens_after();
    assert!(after <= 300, "{after} ms");
    world.run(10);
    assert!(world.view().fault.is_some());
}

#[test]
fn a_vehicle_without_a_diode_gets_no_power() {
    let mut world = World::new();
    world.diode = false;
    world.run(7_000);
    world.vehicle = Vehicle::Waits;
    world.order(|orders| (orders.permission, orders.offer) = (true, Milliamps(16_000)));
    world.run(3_000);
    world.vehicle = Vehicle::Charges;
    world.run(5_000);
    assert!(!world.driven.contactor);
    assert_eq!(world.view().fault, Some(Fault::Diode));
}

#[test]
fn a_permission_taken_back_lets_a_vehicle_stop_and_cuts_off_one_that_does_not() {
    let mut world = World::charging();
    world.order(|orders| orders.permission = false);
    let after = world.opens_after();
    assert!((5_900..=6_100).contains(&after), "{after} ms");
}

#[test]
fn a_welded_contactor_is_told_keeps_the_plug_and_is_forgotten_only_by_a_person() {
    let mut world = World::charging();
    world.welded = true;
    world.vehicle = Vehicle::Waits;
    world.run(2_000);
    assert_eq!(world.view().fault, Some(Fault::ContactorWelded));
    world.order(|orders| orders.unlocks += 1);
    world.run(2_000);
    assert_eq!(world.bolt, Position::Locked);
    world.welded = false;
    world.run(20_000);
    assert_eq!(world.view().fault, Some(Fault::ContactorWelded));
    world.order(|orders| orders.clears += 1);
    world.run(1_000);
    assert_eq!(world.view().fault, None);
}

#[test]
fn a_vehicle_that_draws_too_much_is_cut_off_and_a_silent_meter_stops_nobody() {
    let mut world = World::charging();
    world.draws = Milliamps(21_000);
    let after = world.opens_after();
    assert!((5_000..6_500).contains(&after), "{after} ms");
    assert_eq!(world.view().fault, Some(Fault::OverCurrent));
}

#[test]
fn every_vehicle_counts_as_a_visit() {
    let mut world = World::charging();
    assert_eq!(world.view().visits, 1);
    world.vehicle = Vehicle::Away;
    world.run(3_000);
    assert!(!world.view().plugged);
    world.vehicle = Vehicle::Waits;
    world.run(3_000);
    assert_eq!((world.view().visits, world.view().plugged), (2, true));
    assert_eq!(world.view().state.map(|state| state == State::B2), Some(true));
}

#[test]
fn a_socket_out_of_service_is_in_f() {
    let mut world = World::charging();
    world.order(|orders| orders.available = false);
    world.run(50);
    assert_eq!((world.driven.contactor, world.driven.signal), (false, Signal::Negative));
}
