//! How long sharing takes as a site grows: from 10 to 10,000 EVSEs in three levels.
//!
//! The curves are in `target/criterion/allocate/report/lines.svg`.

use std::hint::black_box;
use std::time::Duration;

use criterion::{
    AxisScale, BenchmarkId, Criterion, PlotConfiguration, Throughput, criterion_group, criterion_main,
};
use evkit_dlm::allocate::{Demand, HeapMemory, Node, PoolSet, Problem, Share, allocate};
use evkit_dlm::phases::{Rotation, Terminals};
use evkit_dlm::units::{Milliamps, PhaseCurrents};

/// EVSEs on one sub-distribution; two share a feed.
const PER_SUB: u32 = 10;

/// What a site has.
#[derive(Clone, Copy)]
struct Kind {
    name: &'static str,
    /// Limits as a multiple of those at which not all minima fit.
    room: u32,
    imbalance: bool,
}

const KINDS: [Kind; 4] = [
    Kind { name: "all minima fit", room: 4, imbalance: false },
    Kind { name: "not all fit", room: 1, imbalance: false },
    Kind { name: "all fit, imbalance limits", room: 4, imbalance: true },
    Kind { name: "not all fit, imbalance limits", room: 1, imbalance: true },
];

/// SplitMix64: the same sites on every machine.
struct Random(u64);

impl Random {
    fn within(&mut self, from: u32, to: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        from + ((mixed ^ mixed >> 31) % u64::from(to - from + 1)) as u32
    }

    fn limit(&mut self, from: u32, to: u32) -> PhaseCurrents {
        std::array::from_fn(|_| Milliamps(self.within(from, to)))
    }
}

fn nodes(evses: u32, kind: Kind, random: &mut Random) -> Vec<Node> {
    let (subs, feeds) = (evses.div_ceil(PER_SUB), evses.div_ceil(2));
    let balanced = |amps: u32| kind.imbalance.then(|| Milliamps::from_amps(amps));
    let main = random.limit(evses * 3_000 * kind.room, evses * 4_000 * kind.room);
    let mut nodes = vec![Node { imbalance: balanced(20), ..Node::root(main) }];
    for sub in 0..subs {
        let limit = random.limit(PER_SUB * 2_500 * kind.room, PER_SUB * 6_000 * kind.room);
        let imbalance = if sub % 2 == 0 { balanced(16) } else { None };
        nodes.push(Node { imbalance, ..Node::below(0, limit) });
    }
    for feed in 0..feeds {
        let limit = random.limit(6_000 * kind.room.min(3), 32_000);
        nodes.push(Node::below((1 + feed * 2 / PER_SUB) as u16, limit));
    }
    nodes
}

/// Half of the cars on one phase, a tenth on two, the others on three.
fn demand(evses: u32, evse: u32, random: &mut Random) -> Demand {
    let terminals = match random.within(0, 9) {
        0..5 => Terminals::ONE,
        5 => Terminals::TWO,
        _ => Terminals::THREE,
    };
    let rotation = [Rotation::Rst, Rotation::Str, Rotation::Trs][random.within(0, 2) as usize];
    Demand {
        node: (1 + evses.div_ceil(PER_SUB) + evse / 2) as u16,
        phases: rotation.phases(terminals),
        conductors: terminals.len() as u8,
        min: Milliamps([6_000, 6_000, 7_000, 8_000][random.within(0, 3) as usize]),
        max: Milliamps([16_000, 20_000, 32_000][random.within(0, 2) as usize]),
        priority: 0,
        tier: 0,
        weight: 1,
        pools: PoolSet::NONE,
    }
}

fn growth(c: &mut Criterion) {
    let mut group = c.benchmark_group("allocate");
    group.plot_config(PlotConfiguration::default().summary_scale(AxisScale::Logarithmic));
    group.sample_size(10).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
    for kind in KINDS {
        for evses in [10, 32, 64, 200, 1_000, 3_000, 10_000] {
            let mut random = Random(evses.into());
            let nodes = nodes(evses, kind, &mut random);
            let demands: Vec<Demand> = (0..evses).map(|evse| demand(evses, evse, &mut random)).collect();
            let problem = Problem { nodes: &nodes, demands: &demands, pools: &[] };
            let mut memory = HeapMemory::new(nodes.len(), demands.len());
            let mut shares = vec![Share::NONE; demands.len()];
            group.throughput(Throughput::Elements(evses.into()));
            group.bench_function(BenchmarkId::new(kind.name, evses), |b| {
                b.iter(|| allocate(black_box(&problem), memory.scratch(), &mut shares));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, growth);
criterion_main!(benches);
