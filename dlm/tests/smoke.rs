//! The site of the built-in scenario, driven once a second.

use core::time::Duration;
use evkit_dlm::Controller;
use evkit_dlm::controller::{EvseConfig, EvseFacts, NodeConfig, Settings};
use evkit_dlm::limits::{Limit, LimitSet, Role};
use evkit_dlm::meter::MeterConfig;
use evkit_dlm::phases::{Rotation, Terminals};
use evkit_dlm::queue::Priority;
use evkit_dlm::units::{Instant, Milliamps, three};

fn node(parent: Option<u16>, role: Role, amps: u32) -> NodeConfig {
    let limits = LimitSet::try_from([Limit::new(role, Milliamps::from_amps(amps))]).unwrap();
    NodeConfig { parent, limits, ..NodeConfig::default() }
}

#[test]
fn twelve_evses_under_a_measured_building() {
    let meter = MeterConfig {
        headroom: three(Milliamps::from_amps(3)),
        max_age: Duration::from_secs(10),
        fallback: three(Milliamps::from_amps(70)),
        ..MeterConfig::default()
    };
    let nodes = [
        NodeConfig { meter: Some(meter), ..node(None, Role::Installation, 100) },
        node(Some(0), Role::Installation, 63),
        node(Some(1), Role::FeedCable, 32),
        node(Some(0), Role::Operator, 64),
    ];
    let rotations = [Rotation::Rst, Rotation::Str, Rotation::Trs];
    let evses: [EvseConfig; 12] = core::array::from_fn(|i| EvseConfig {
        rotation: rotations[i % 3],
        limits: LimitSet::try_from([Limit::new(Role::Hardware, Milliamps::from_amps(32))]).unwrap(),
        ..EvseConfig::on([1, 1, 1, 1, 1, 2, 2, 3, 3, 0, 0, 0][i])
    });
    let mut controller = Controller::<4, 12>::new(&nodes, &evses, Settings::default()).unwrap();
    let mut drawn = [[Milliamps::ZERO; 3]; 12];
    for second in 0..7200u64 {
        let now = Instant::from_millis(second * 1000);
        if !(3000..3180).contains(&second) {
            controller.handle_meter(0, now, three(Milliamps(20_000 + (second % 7) as u32 * 300))).unwrap();
        }
        for (evse, drawn) in (0u16..).zip(&drawn) {
            let mut facts = EvseFacts::charging(*drawn);
            if evse == 4 {
                facts.priority = Priority::Vip;
            }
            controller.handle_evse(evse, now, facts).unwrap();
        }
        controller.tick(now);
        for (evse, drawn) in controller.evses().zip(&mut drawn) {
            let phases = [Terminals::ONE, Terminals::TWO, Terminals::THREE][usize::from(evse.evse) % 3];
            for (place, current) in drawn.iter_mut().enumerate() {
                *current = if phases.contains(place) { evse.offer.current } else { Milliamps::ZERO };
            }
        }
        for node in controller.nodes() {
            for phase in 0..3 {
                assert!(node.reserved[phase] <= node.limit[phase]);
            }
        }
    }
}
