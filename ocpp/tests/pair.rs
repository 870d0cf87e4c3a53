//! Both roles on a virtual clock: whatever is lost, late, cut or restarted, the central system has each transaction
//! exactly once with the right energy.

extern crate alloc;

mod world;

use evkit_ocpp::v16::Reason;
use proptest::prelude::*;
use world::history::{self, Op};
use world::{Accident, World};

/// A morning at two connectors, online and offline.
fn morning(world: &mut World) {
    world.connect();
    world.wait(5_000);
    world.start(1);
    world.wait(61_000);
    world.charge(1, 500);
    world.start(2);
    world.wait(61_000);
    world.disconnect();
    world.charge(2, 300);
    world.stop(1, Reason::Local);
    world.wait(120_000);
    world.start(1);
    world.charge(1, 40);
    world.wait(10_000);
    world.connect();
    world.wait(30_000);
    world.stop(2, Reason::EvDisconnected);
    world.wait(30_000);
}

#[test]
fn an_undisturbed_morning() {
    let mut world = World::new();
    morning(&mut world);
    world.heal();
    world.check_books();
    assert_eq!(world.server.books.len(), 3);
    assert_eq!(world.server.boots, 1, "a lost connection is no restart");
    assert_eq!(world.server.starts, 3);
    assert!(world.server.samples.len() >= 4, "{:?}", world.server.samples);
}

#[test]
fn a_power_cut_at_every_change_of_storage() {
    let mut world = World::new();
    morning(&mut world);
    world.heal();
    let changes = world.station.flash.changes;
    assert!(changes > 20);
    for resume in [false, true] {
        for made in [false, true] {
            for cut_at in 1..=changes {
                let mut world = World::with(resume);
                world.station.flash.cut_at = Some(cut_at + world.station.flash.changes);
                world.station.flash.made = made;
                morning(&mut world);
                world.heal();
                world.check_books();
            }
        }
    }
}

/// Every 13th byte, or what `EVKIT_CUT_STEP` says.
fn stride() -> usize {
    std::env::var("EVKIT_CUT_STEP").ok().and_then(|text| text.parse().ok()).unwrap_or(13)
}

/// No record of this station is longer.
const LONGEST: usize = 70;

/// What is torn is refused by its seal, so it has not happened: the transaction it began is not charged for, the one it
/// ended ends with the next start of the program.
#[test]
fn a_power_cut_in_the_middle_of_a_record() {
    let mut world = World::new();
    morning(&mut world);
    world.heal();
    for resume in [false, true] {
        for cut_at in 1..=world.station.flash.changes {
            for torn in (0..LONGEST).step_by(stride()) {
                let mut world = World::with(resume);
                let flash = &mut world.station.flash;
                (flash.cut_at, flash.made, flash.torn) = (Some(cut_at + flash.changes), true, Some(torn));
                morning(&mut world);
                world.heal();
                world.check_books();
            }
        }
    }
}

#[test]
fn an_accident_at_every_frame() {
    let mut world = World::new();
    morning(&mut world);
    world.heal();
    let frames = world.frames;
    assert!(frames >= 40, "{frames}");
    for resume in [false, true] {
        for accident in [Accident::Reconnect, Accident::Restart] {
            for at in 1..=frames {
                let mut world = World::with(resume);
                // A notification may be lost on the way.
                world.server.strict_status = false;
                world.accident = Some((at, accident));
                morning(&mut world);
                world.heal();
                world.check_books();
            }
        }
    }
}

fn op() -> impl Strategy<Value = Op> {
    let connector = 1u8..=2;
    prop_oneof![
        3 => connector.clone().prop_map(Op::Start),
        3 => connector.clone().prop_map(Op::Stop),
        4 => (connector, 1u64..5000).prop_map(|(connector, energy)| Op::Charge(connector, energy)),
        6 => (1u64..200_000).prop_map(Op::Wait),
        3 => Just(Op::Connect),
        2 => Just(Op::Disconnect),
        1 => Just(Op::RestartStation),
        1 => Just(Op::RestartServer),
        2 => (0u32..8, any::<bool>()).prop_map(|(after, made)| Op::CutPower(after, made)),
        1 => (0u64..40_000).prop_map(Op::Latency),
        1 => prop_oneof![Just(0), 2u64..9].prop_map(Op::Loss),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_ends_with_right_books(
        resume in any::<bool>(),
        ops in prop::collection::vec(op(), 1..60),
    ) {
        history::play(resume, ops);
    }
}
