//! Random stories of one socket: a car comes, charges or not, something happens, and it leaves.
//!
//! A seed always gives the same story. Each lasts some seconds and ends with the socket empty and repaired, so that many
//! can follow one another on a running station.

use fastrand::Rng;

use crate::script::{State, Step};
use crate::world::{Kind, Leak, Wear};

/// Cars by weight: the normal one is the one that gets charging.
const CARS: [Kind; 12] = [
    Kind::Normal,
    Kind::Normal,
    Kind::Normal,
    Kind::Normal,
    Kind::Normal,
    Kind::Normal,
    Kind::NoDiode,
    Kind::Ventilated,
    Kind::IgnoresDuty,
    Kind::IgnoresStop,
    Kind::Toggling,
    Kind::Sleeping,
];

/// Things that happen to a socket.
const EVENTS: u32 = 14;

/// The story of a seed, at a station that lets `card` charge.
pub fn story(seed: u64, card: &str) -> Vec<Step> {
    let mut rng = Rng::with_seed(seed);
    let mut steps = vec![Step::Wait { ms: rng.u64(0..1_500) }];
    if rng.u8(0..8) == 0 {
        event(&mut rng, &mut steps);
    }
    steps.push(Step::Plug {
        car: CARS[rng.usize(..CARS.len())],
        cable: [13, 20, 32, 63][rng.usize(..4)],
        draws: rng.u32(6..=32),
    });
    steps.push(Step::Wait { ms: rng.u64(0..1_000) });
    steps.push(Step::Card { uid: card.to_owned() });
    let within = if rng.u8(0..4) == 0 { rng.u64(0..3_000) } else { 14_000 };
    steps.push(Step::Until { is: State::Closed, within, must: false });
    for _ in 0..rng.u8(1..=3) {
        steps.push(Step::Wait { ms: rng.u64(0..600) });
        event(&mut rng, &mut steps);
    }
    steps.push(Step::Wait { ms: rng.u64(0..1_000) });
    let leaves = if rng.bool() { Step::Unplug { force: true } } else { Step::Finish };
    steps.extend([leaves, Step::Wait { ms: rng.u64(200..600) }, Step::Repair, Step::Wait { ms: 1_500 }]);
    steps
}

fn event(rng: &mut Rng, steps: &mut Vec<Step>) {
    let pause = Step::Wait { ms: rng.u64(20..1_500) };
    match rng.u32(0..EVENTS) {
        0 => steps.push(Step::Unplug { force: true }),
        1 => steps.push(Step::Finish),
        2 => steps.extend([Step::Diode { works: false }, pause, Step::Diode { works: true }]),
        3 => steps.extend([Step::Short { on: true }, pause, Step::Short { on: false }]),
        4 => steps.push(Step::Glitch { mv: rng.i16(-13_000..13_000) }),
        5 => {
            let kind = Some(if rng.bool() { Leak::Dc } else { Leak::Ac });
            steps.extend([Step::Leak { kind }, pause, Step::Leak { kind: None }]);
        }
        6 => steps.push(Step::Contactor { wear: if rng.bool() { Wear::Welded } else { Wear::Stuck } }),
        7 => steps.extend([Step::Bolt { jams: true }, pause, Step::Bolt { jams: false }]),
        8 => steps.push(Step::Coding { amps: [None, Some(13), Some(20), Some(63)][rng.usize(..4)] }),
        9 => steps.extend([
            Step::Temperature { celsius: rng.i16(60..80) },
            pause,
            Step::Temperature { celsius: 25 },
        ]),
        10 => {
            let volts = [190, 230, 260][rng.usize(..3)];
            steps.extend([Step::Mains { volts }, Step::Wait { ms: 5_200 }, Step::Mains { volts: 230 }]);
        }
        11 => steps.push(Step::Silence { ms: rng.u64(50..700) }),
        12 => (0..rng.u8(2..9)).for_each(|_| {
            steps.extend([Step::Glitch { mv: rng.i16(-1_000..12_000) }, Step::Wait { ms: rng.u64(10..60) }]);
        }),
        _ => steps.push(pause),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_gives_the_same_story_and_another_seed_another() {
        assert_eq!(story(7, "01"), story(7, "01"));
        let differ = (0..100).filter(|seed| story(*seed, "01") != story(seed + 1, "01")).count();
        assert_eq!(differ, 100);
    }

    #[test]
    fn every_story_ends_with_an_empty_and_repaired_socket() {
        for seed in 0..200 {
            let story = story(seed, "01");
            assert_eq!(story[story.len() - 2], Step::Repair, "{seed}");
        }
    }
}
