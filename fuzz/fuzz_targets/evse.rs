//! A connector under arbitrary inputs: whatever is measured, reported, offered and asked of it, the
//! contactor is never closed against the rules, and the connector comes to rest when left alone.
#![no_main]

use evkit_hal::Evse;
use evkit_hal::contactor::Feedback;
use evkit_hal::evse::{Config, Inputs};
use evkit_hal::pilot::{self, Sample, Signal, Timing, WakeUp};
use evkit_hal::safety::{Protection, Status};
use evkit_hal::units::{Instant, Milliamps, Millivolts, Ohms, Phases};
use libfuzzer_sys::fuzz_target;

/// Three bytes of input are one operation.
fn apply(world: &mut World, [op, a, b]: [u8; 3]) {
    let now = Instant::from_millis(world.now);
    let wide = u32::from(a) << 8 | u32::from(b);
    match op % 16 {
        // A measurement near a level of the standard, or anywhere.
        0..=5 => {
            let nominal = [12_000, 9_000, 6_000, 6_000, 3_000, 0][usize::from(op % 16)];
            let low = if world.evse.outputs().signal.is_pwm() { -12_000 } else { nominal };
            world.measure(nominal + i32::from(a) * 4 - 512, low + i32::from(b) * 4 - 512);
        }
        6 => world.measure(i32::from(a) * 120 - 15_000, i32::from(b) * 120 - 15_000),
        7 => world.cable = Ohms(wide),
        8 => world.feedback = [None, Some(Feedback::Open), Some(Feedback::Closed)][usize::from(a % 3)],
        9 => world.evse.set_offer(now, (b != 0).then_some(Milliamps(wide))),
        10 => {
            world.permission = a % 4 != 0;
            world.evse.set_permission(now, world.permission);
        }
        11 => {
            world.available = a % 4 != 0;
            world.evse.set_available(now, world.available);
        }
        12 => world.evse.set_interrupted(now, a % 4 == 0),
        13 => {
            let status = [Status::Clear, Status::NotReady, Status::Tripped][usize::from(b % 3)];
            let protection = usize::from(a) % Protection::ALL.len();
            world.tripped[protection] = status == Status::Tripped;
            world.evse.handle_protection(now, Protection::ALL[protection], status);
        }
        14 => world.evse.clear_contactor_fault(now),
        _ => world.evse.set_phases(now, if a % 2 == 0 { Phases::One } else { Phases::Three }),
    }
    world.watch();
    world.sleep(u64::from(op >> 4) * 17);
}

struct World {
    evse: Evse,
    now: u64,
    cable: Ohms,
    feedback: Option<Feedback>,
    permission: bool,
    available: bool,
    tripped: [bool; Protection::ALL.len()],
    sampled: Option<u64>,
    was_closed: bool,
}

impl World {
    /// A car is plugged in and charges; anything else would be unlikely to lead there.
    fn begin_charging(&mut self) {
        self.permission = true;
        self.evse.set_permission(Instant::ZERO, true);
        self.evse.set_offer(Instant::ZERO, Some(Milliamps(16_000)));
        for level in [[9_000; 20], [6_000; 20], [6_000; 20]].concat() {
            self.sleep(20);
            let low = if self.evse.outputs().signal.is_pwm() { -12_000 } else { level };
            self.measure(level, low);
            self.watch();
        }
        assert!(self.evse.is_closed(), "the car charges");
    }

    fn measure(&mut self, high: i32, low: i32) {
        self.sampled = Some(self.now);
        let closed = self.evse.outputs().contactor;
        let follows = if closed { Feedback::Closed } else { Feedback::Open };
        let inputs = Inputs {
            pilot: Some(Sample { high: Millivolts(high), low: Millivolts(low) }),
            proximity: Some(self.cable),
            feedback: Some(self.feedback.unwrap_or(follows)),
        };
        self.evse.handle_inputs(Instant::from_millis(self.now), inputs);
    }

    fn sleep(&mut self, millis: u64) {
        let end = self.now + millis;
        while let Some(due) = self.evse.poll_timeout().filter(|due| due.as_millis() <= end) {
            assert!(due.as_millis() > self.now, "a deadline that is not in the future");
            self.now = due.as_millis();
            self.evse.handle_timeout(due);
            self.watch();
        }
        self.now = end;
    }

    fn watch(&mut self) {
        while self.evse.poll_event().is_some() {}
        let out = self.evse.outputs();
        if out.contactor {
            assert!(self.available && !self.tripped.contains(&true));
            assert!(self.sampled.is_some_and(|at| self.now - at < 250));
            assert!(!matches!(out.signal, Signal::Negative | Signal::Open));
            assert!(self.evse.cable_limit(Instant::from_millis(self.now)) >= Some(self.evse.advertised()));
            assert!(self.was_closed || self.permission && out.signal.is_pwm());
        }
        self.was_closed = out.contactor;
    }
}

fuzz_target!(|data: &[u8]| {
    let timing = Timing { duty_glitch: Timing::DEFAULT.duty_settle, ..Timing::DEFAULT };
    let pilot = pilot::Config { wake_up: WakeUp::EVEREST, timing, ..pilot::Config::DEFAULT };
    let Ok(evse) = Evse::new(Instant::ZERO, &Config { pilot, ..Config::DEFAULT }) else { return };
    let mut world = World {
        evse,
        now: 0,
        cable: Ohms(220),
        feedback: None,
        permission: false,
        available: true,
        tripped: [false; Protection::ALL.len()],
        sampled: None,
        was_closed: false,
    };
    world.begin_charging();
    for operation in data.chunks_exact(3) {
        apply(&mut world, [operation[0], operation[1], operation[2]]);
    }
    world.sleep(120_000);
    assert!(!world.evse.is_closed(), "closed without samples");
    assert_eq!(world.evse.poll_timeout(), None, "something is still waited for");
});
