//! The rows of one node: three for its phases, six for the ordered pairs of an imbalance limit.
//!
//! `I[p] - I[q] <= D` says that those who load p and not q have no more than D and what those who load q
//! and not p take. Whoever loads both cancels out. So each ordered pair is a row like any other, loaded by
//! the former, with a capacity that follows the latter.

use crate::phases::{Phase, PhaseSet};

/// The ordered pairs (p, q) in the order of their lanes; the reverse of lane `i` is lane `6 - i` of them.
const PAIRS: [(Phase, Phase); 6] = [
    (Phase::L1, Phase::L2),
    (Phase::L1, Phase::L3),
    (Phase::L2, Phase::L3),
    (Phase::L3, Phase::L2),
    (Phase::L3, Phase::L1),
    (Phase::L2, Phase::L1),
];

/// A set of rows of a node by number: 0 to 2 for the phases, 3 to 8 for the pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lanes(u16);

/// What a lane is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    Phase(Phase),
    Pair(Phase, Phase),
}

impl Lanes {
    /// Number of the lanes of phases, which come first.
    pub(super) const PHASES: usize = Phase::ALL.len();
    /// Number of those of the pairs.
    pub(super) const PAIRS: usize = PAIRS.len();

    /// The lanes that a demand on these phases loads.
    pub(super) fn of(phases: PhaseSet) -> Self {
        // One entry for each of the eight sets, so that walking a tree costs no more than with three rows.
        const TABLE: [u16; 8] = table();
        Self(TABLE[usize::from(phases.bits())])
    }

    pub(super) const fn contains(self, lane: usize) -> bool {
        self.0 >> lane & 1 != 0
    }

    /// The places of the pairs and of their reverses among the pairs.
    pub(super) fn pairs() -> impl Iterator<Item = (usize, usize)> {
        (0..Self::PAIRS).map(|place| (place, Self::PAIRS - 1 - place))
    }

    /// The lane of the pair at this place among the pairs.
    pub(super) const fn of_pair(place: usize) -> usize {
        Self::PHASES + place
    }

    /// The lane of a pair with high and low exchanged.
    pub(super) const fn reverse(lane: usize) -> usize {
        11_usize.saturating_sub(lane)
    }

    pub(super) fn meaning(lane: usize) -> Lane {
        match Phase::ALL.get(lane) {
            Some(&phase) => Lane::Phase(phase),
            None => {
                let (high, low) = PAIRS[lane.saturating_sub(3).min(5)];
                Lane::Pair(high, low)
            }
        }
    }
}

const fn table() -> [u16; 8] {
    let mut table = [0; 8];
    let mut set = 0;
    while set < 8 {
        let mut lanes = set as u16;
        let mut pair = 0;
        while pair < PAIRS.len() {
            let (high, low) = PAIRS[pair];
            if set >> high.index() & 1 != 0 && set >> low.index() & 1 == 0 {
                lanes |= 1 << (3 + pair);
            }
            pair += 1;
        }
        table[set] = lanes;
        set += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_and_their_reverses_belong_together() {
        for (place, reverse) in Lanes::pairs() {
            let (lane, other) = (Lanes::of_pair(place), Lanes::of_pair(reverse));
            assert_eq!(Lanes::reverse(lane), other);
            let (Lane::Pair(p, q), Lane::Pair(r, s)) = (Lanes::meaning(lane), Lanes::meaning(other)) else {
                panic!("{lane} or {other} is no pair");
            };
            assert_eq!((p, q), (s, r));
        }
    }

    #[test]
    fn a_demand_loads_its_phases_and_what_it_lifts_above_another() {
        let lanes = |set: PhaseSet| {
            let loaded = (0..9).filter(|&lane| Lanes::of(set).contains(lane));
            loaded.map(Lanes::meaning).fold([None; 9], |mut all, lane| {
                if let Some(free) = all.iter_mut().find(|slot| slot.is_none()) {
                    *free = Some(lane);
                }
                all
            })
        };
        let one = lanes(PhaseSet::of(Phase::L1));
        let expected =
            [Lane::Phase(Phase::L1), Lane::Pair(Phase::L1, Phase::L2), Lane::Pair(Phase::L1, Phase::L3)];
        assert_eq!(one[..4], [Some(expected[0]), Some(expected[1]), Some(expected[2]), None]);
        let all = lanes(PhaseSet::ALL);
        assert_eq!(all[2..4], [Some(Lane::Phase(Phase::L3)), None]);
    }
}
