//! Any allocation problem: no panic, and no limit passed by a milliampere.
#![no_main]

use evkit_dlm::allocate::{Demand, HeapMemory, Node, PoolSet, Problem, Share, allocate};
use evkit_dlm::phases::{Phase, PhaseSet};
use evkit_dlm::units::Milliamps;
use libfuzzer_sys::fuzz_target;

/// Numbers out of the input; zeros when it is used up.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    /// Mostly what EVSEs use, sometimes beyond any fuse.
    fn current(&mut self) -> Milliamps {
        let (size, value) = (self.byte(), u32::from(self.byte()));
        Milliamps(match size {
            0..=199 => value * 250,
            200..=239 => value * 250 + u32::from(self.byte()),
            240..=247 => u32::MAX - value,
            _ => value << 24,
        })
    }

    fn currents(&mut self) -> [Milliamps; 3] {
        [self.current(), self.current(), self.current()]
    }
}

fn node(bytes: &mut Bytes<'_>, at: usize) -> Node {
    let flags = bytes.byte();
    Node {
        parent: at.checked_sub(1).map(|last| u16::from(bytes.byte()) % (last as u16 + 1)),
        limit: bytes.currents(),
        base: if flags & 1 != 0 { bytes.currents() } else { [Milliamps::ZERO; 3] },
        imbalance: (flags & 6 == 6).then(|| bytes.current()),
    }
}

fn demand(bytes: &mut Bytes<'_>, nodes: usize) -> Demand {
    let kind = bytes.byte();
    let (min, more) = (bytes.current(), bytes.current());
    let phases = Phase::ALL.into_iter().filter(|phase| kind >> phase.index() & 1 != 0);
    let who = bytes.byte();
    Demand {
        node: u16::from(bytes.byte()) % nodes as u16,
        phases: phases.fold(PhaseSet::EMPTY, PhaseSet::with),
        conductors: kind >> 3 & 3,
        min,
        max: min.saturating_add(more),
        priority: (who & 3).into(),
        tier: (who >> 2 & 1).into(),
        weight: (who >> 3).into(),
        pools: if kind & 32 != 0 { PoolSet::NONE.with(kind >> 6) } else { PoolSet::NONE },
    }
}

fn below(nodes: &[Node], from: u16, node: usize) -> bool {
    let mut next = Some(from);
    while let Some(at) = next.filter(|&at| usize::from(at) != node) {
        next = nodes[usize::from(at)].parent;
    }
    next.is_some()
}

fn assert_kept(problem: &Problem<'_>, shares: &[Share]) {
    let Problem { nodes, demands, pools } = *problem;
    let both = || demands.iter().zip(shares);
    for (demand, share) in both() {
        assert!(!share.is_served() || (demand.min..=demand.max).contains(&share.current));
    }
    for (at, node) in nodes.iter().enumerate() {
        let sums = Phase::ALL.map(|phase| {
            let loads = both().filter(|(d, _)| d.phases.contains(phase) && below(nodes, d.node, at));
            let sum: u64 = loads.map(|(_, share)| u64::from(share.current.0)).sum();
            let under = (0..nodes.len()).filter(|&under| below(nodes, under as u16, at));
            let base: u64 = under.map(|under| u64::from(nodes[under].base[phase.index()].0)).sum();
            assert!(sum <= u64::from(node.limit[phase.index()].0).saturating_sub(base));
            sum
        });
        if let Some(most) = node.imbalance {
            let spread = sums.iter().max().unwrap_or(&0) - sums.iter().min().unwrap_or(&0);
            assert!(spread <= most.0.into());
        }
    }
    for (pool, limit) in (0..).zip(pools) {
        let members = both().filter(|(demand, _)| demand.pools.contains(pool));
        let sum: u64 = members.map(|(d, share)| u64::from(d.conductors) * u64::from(share.current.0)).sum();
        assert!(sum <= limit.0.into());
    }
}

fuzz_target!(|data: &[u8]| {
    let mut bytes = Bytes(data);
    let sizes = bytes.byte();
    let nodes: Vec<Node> = (0..1 + usize::from(sizes & 7)).map(|at| node(&mut bytes, at)).collect();
    let pools: Vec<Milliamps> = (0..sizes >> 6).map(|_| bytes.current()).collect();
    let count = usize::from(bytes.byte() & 31);
    let demands: Vec<Demand> = (0..count).map(|_| demand(&mut bytes, nodes.len())).collect();
    let problem = Problem { nodes: &nodes, demands: &demands, pools: &pools };
    let mut memory = HeapMemory::new(nodes.len(), demands.len());
    let mut shares = vec![Share::NONE; demands.len()];
    if allocate(&problem, memory.scratch(), &mut shares).is_ok() {
        assert_kept(&problem, &shares);
    }
});
