//! What the machines keep in RAM, and a connector through sessions and faults, sample by sample, for
//! counting the instructions of one step:
//!
//! ```sh
//! cargo build --release -p evkit-hal --example steps
//! valgrind --tool=callgrind --toggle-collect='*counted_step*' target/release/examples/steps
//! ```
//!
//! What it collects, divided by the number of samples, is the mean. `steps N` counts sample N only; the
//! largest of those is the worst case.

use core::hint::black_box;

use evkit_hal::Evse;
use evkit_hal::contactor::{Contactor, Feedback};
use evkit_hal::evse::{Config, Inputs};
use evkit_hal::lock::Lock;
use evkit_hal::mains::Mains;
use evkit_hal::metering::CtMeter;
use evkit_hal::overcurrent::OverCurrent;
use evkit_hal::phases::PhaseSwitch;
use evkit_hal::pilot::{Pilot, Sample, Signal};
use evkit_hal::proximity::{Proximity, R_32A};
use evkit_hal::rcm::Rcm;
use evkit_hal::safety::{Protection, Protections, Status};
use evkit_hal::supply::Supply;
use evkit_hal::temperature::Derating;
use evkit_hal::units::{Instant, Milliamps, Millivolts};

const PERIOD: u64 = 20;

/// Everything that is measured goes in, everything that happened comes out.
#[inline(always)]
fn step(evse: &mut Evse, now: Instant, inputs: Inputs) {
    evse.handle_inputs(now, inputs);
    while let Some(event) = evse.poll_event() {
        black_box(event);
    }
    black_box(evse.outputs());
}

#[inline(never)]
fn counted_step(evse: &mut Evse, now: Instant, inputs: Inputs) {
    step(evse, now, inputs);
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

fn sizes() {
    println!("pilot {}, protections {}", size_of::<Pilot>(), size_of::<Protections>());
    println!("proximity {}, contactor {}", size_of::<Proximity>(), size_of::<Contactor>());
    println!("connector with its events {}", size_of::<Evse>());
    println!("residual current {}, lock {}", size_of::<Rcm>(), size_of::<Lock>());
    println!("over-current, EVlink's bands {}", size_of::<OverCurrent<4>>());
    println!("temperature, three steps {}", size_of::<Derating<3>>());
    println!("mains {}, supply {}", size_of::<Mains>(), size_of::<Supply>());
    println!("phase switch {}, meter {}", size_of::<PhaseSwitch>(), size_of::<CtMeter>());
}

fn main() {
    let only: Option<u32> = std::env::args().nth(1).and_then(|argument| argument.parse().ok());
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
        let count = if only.is_none_or(|only| only == steps) { counted_step } else { step };
        count(black_box(&mut evse), now, inputs);
        closed += u32::from(evse.is_closed());
    }
    sizes();
    println!("{steps} samples, {closed} of them with the contactor closed");
}
