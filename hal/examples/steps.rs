//! A connector through sessions and faults, sample by sample, for counting the instructions of one step:
//!
//! ```sh
//! cargo build --release -p evkit-hal --example steps
//! valgrind --tool=callgrind --toggle-collect='*one_step*' target/release/examples/steps
//! ```
//!
//! All calls together, divided by the number it prints, are the mean. `--dump-after='*one_step*'` writes
//! one file per call; the largest total in them is the worst case.

use core::hint::black_box;

use evkit_hal::Evse;
use evkit_hal::contactor::Feedback;
use evkit_hal::evse::{Config, Inputs};
use evkit_hal::pilot::{Sample, Signal};
use evkit_hal::proximity::R_32A;
use evkit_hal::safety::{Protection, Status};
use evkit_hal::units::{Instant, Milliamps, Millivolts};

const PERIOD: u64 = 20;

/// Everything that is measured goes in, everything that happened comes out.
#[inline(never)]
fn one_step(evse: &mut Evse, now: Instant, inputs: Inputs) {
    evse.handle_inputs(now, inputs);
    while let Some(event) = evse.poll_event() {
        black_box(event);
    }
    black_box(evse.outputs());
}

/// High side of the line in mV, and for how many samples.
const SCRIPT: [(i32, u32); 14] = [
    (12_000, 260),
    (9_000, 60),
    (6_000, 60),
    (9_000, 1),
    (6_000, 20),
    (9_000, 60),
    (6_000, 60),
    (0, 10),
    (9_000, 40),
    (14_000, 10),
    (7_500, 20),
    (3_000, 40),
    (6_000, 60),
    (12_000, 20),
];

fn main() {
    let config = Config { fitted: &Protection::ALL, ..Config::DEFAULT };
    let mut evse = Evse::new(Instant::ZERO, &config).expect("the default settings");
    evse.set_permission(Instant::ZERO, true);
    evse.set_offer(Instant::ZERO, Some(Milliamps::from_amps(16)));
    let (mut steps, mut closed) = (0_u32, 0_u32);
    for high in SCRIPT.into_iter().flat_map(|(high, samples)| (0..samples).map(move |_| high)) {
        steps += 1;
        let now = Instant::from_millis(u64::from(steps) * PERIOD);
        for protection in Protection::ALL {
            let status = if steps == 700 { Status::Tripped } else { Status::Clear };
            evse.handle_protection(now, protection, status);
        }
        let out = evse.outputs();
        let (high, low) = match out.signal {
            Signal::Pwm(_) => (high, -12_000),
            Signal::Negative => (-12_000, -12_000),
            Signal::Constant | Signal::Open => (high, high),
        };
        let inputs = Inputs {
            pilot: Some(Sample { high: Millivolts(high), low: Millivolts(low) }),
            proximity: Some(R_32A),
            feedback: Some(if out.contactor { Feedback::Closed } else { Feedback::Open }),
        };
        one_step(black_box(&mut evse), now, inputs);
        closed += u32::from(evse.is_closed());
    }
    println!("{steps} samples, {closed} of them with the contactor closed");
}
