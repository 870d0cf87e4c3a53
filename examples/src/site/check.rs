//! The referee: adds up what really flows and compares it with the fuses.
//!
//! It shares nothing with the load manager: it has its own idea of the tree, gets currents from the
//! simulated plant and not from set-points, and knows no demand, no queue and no reason.

/// A supply node as the electrician sees it.
#[derive(Debug, Clone)]
pub struct Fuse {
    /// Name, for messages.
    pub name: String,
    /// Index of the node that feeds it, lower than its own; none for the root.
    pub parent: Option<usize>,
    /// Limit per grid phase in milliamperes.
    pub limit_ma: [u32; 3],
}

/// A limit that was passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// Virtual time in milliseconds.
    pub at_ms: u64,
    /// Name of the node.
    pub node: String,
    /// Grid phase, 1 to 3.
    pub phase: usize,
    /// What flowed, in milliamperes.
    pub load_ma: u32,
    /// What was allowed, in milliamperes.
    pub limit_ma: u32,
}

/// Keeps the largest load of every node and phase and every breach.
#[derive(Debug)]
pub struct Referee {
    fuses: Vec<Fuse>,
    /// Largest load seen per node and phase.
    peak_ma: Vec<[u32; 3]>,
    breaches: Vec<Breach>,
    load_ma: Vec<[u32; 3]>,
}

impl Referee {
    /// Breaches kept one by one; more are only counted by the peaks.
    const MAX_BREACHES: usize = 100;

    /// A referee for a tree in which parents stand before children.
    pub fn new(fuses: Vec<Fuse>) -> Self {
        let n = fuses.len();
        Self { fuses, peak_ma: vec![[0; 3]; n], breaches: Vec::new(), load_ma: vec![[0; 3]; n] }
    }

    /// Takes one instant: loads attached to nodes, per grid phase in milliamperes.
    pub fn observe(&mut self, at_ms: u64, loads: impl Iterator<Item = (usize, [u32; 3])>) {
        self.load_ma.iter_mut().for_each(|l| *l = [0; 3]);
        for (node, load) in loads {
            add(&mut self.load_ma[node], load);
        }
        for node in (0..self.fuses.len()).rev() {
            let load = self.load_ma[node];
            if let Some(parent) = self.fuses[node].parent {
                add(&mut self.load_ma[parent], load);
            }
            self.judge(at_ms, node, load);
        }
    }

    fn judge(&mut self, at_ms: u64, node: usize, load: [u32; 3]) {
        let fuse = &self.fuses[node];
        for (index, (load_ma, limit_ma)) in load.into_iter().zip(fuse.limit_ma).enumerate() {
            let peak = &mut self.peak_ma[node][index];
            *peak = load_ma.max(*peak);
            if load_ma > limit_ma && self.breaches.len() < Self::MAX_BREACHES {
                let (node, phase) = (fuse.name.clone(), index + 1);
                self.breaches.push(Breach { at_ms, node, phase, load_ma, limit_ma });
            }
        }
    }

    /// The tree.
    pub fn fuses(&self) -> &[Fuse] {
        &self.fuses
    }

    /// Load of every node and phase at the last instant, in milliamperes.
    pub fn load_ma(&self) -> &[[u32; 3]] {
        &self.load_ma
    }

    /// Largest load of every node and phase so far, in milliamperes.
    pub fn peak_ma(&self) -> &[[u32; 3]] {
        &self.peak_ma
    }

    /// Every limit that was passed (the first hundred).
    pub fn breaches(&self) -> &[Breach] {
        &self.breaches
    }
}

fn add(sum: &mut [u32; 3], load: [u32; 3]) {
    sum.iter_mut().zip(load).for_each(|(sum, load)| *sum += load);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Referee {
        let fuse =
            |name: &str, parent, amps: u32| Fuse { name: name.into(), parent, limit_ma: [amps * 1000; 3] };
        Referee::new(vec![fuse("main", None, 20), fuse("feed", Some(0), 16)])
    }

    #[test]
    fn a_load_counts_at_its_node_and_above() {
        let mut referee = site();
        referee.observe(0, [(1, [10_000, 0, 0]), (0, [5_000, 1_000, 0])].into_iter());
        assert_eq!(referee.load_ma(), [[15_000, 1_000, 0], [10_000, 0, 0]]);
        assert!(referee.breaches().is_empty());
    }

    #[test]
    fn one_milliampere_above_a_limit_is_a_breach() {
        let mut referee = site();
        referee.observe(0, [(1, [0, 16_000, 0])].into_iter());
        assert!(referee.breaches().is_empty(), "the limit itself is allowed");
        referee.observe(100, [(1, [0, 16_001, 0])].into_iter());
        assert_eq!(
            referee.breaches(),
            [Breach { at_ms: 100, node: "feed".into(), phase: 2, load_ma: 16_001, limit_ma: 16_000 }]
        );
    }

    #[test]
    fn a_parent_breaks_by_the_sum_of_children_that_each_fit() {
        let mut referee = Referee::new(vec![
            Fuse { name: "main".into(), parent: None, limit_ma: [20_000; 3] },
            Fuse { name: "a".into(), parent: Some(0), limit_ma: [16_000; 3] },
            Fuse { name: "b".into(), parent: Some(0), limit_ma: [16_000; 3] },
        ]);
        referee.observe(0, [(1, [12_000, 0, 0]), (2, [12_000, 0, 0])].into_iter());
        assert_eq!(referee.breaches().len(), 1);
        assert_eq!(referee.breaches()[0].node, "main");
    }
}
