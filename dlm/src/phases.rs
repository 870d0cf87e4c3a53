//! Conductors: the grid's phases, an EVSE's terminals, and the rotation that joins them.
//!
//! Neighbouring stations are wired with rotated conductors so that single-phase cars spread over the
//! grid (Bender 7.6). A car's first conductor is always the station's terminal 1; which grid phase
//! that loads is the rotation's answer. The two sides have types of their own, because mixing them up
//! is the classic wiring fault of load management.

use crate::units::{Milliamps, PhaseCurrents};
use core::fmt;

/// A phase of the grid, as seen at the main connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// First phase, also R.
    L1,
    /// Second phase, also S.
    L2,
    /// Third phase, also T.
    L3,
}

impl Phase {
    /// All three in order; position and [`Phase::index`] agree.
    pub const ALL: [Self; 3] = [Self::L1, Self::L2, Self::L3];

    /// 0, 1 or 2: the place in a [`PhaseCurrents`] array.
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(["L1", "L2", "L3"][self.index()])
    }
}

/// A set of grid phases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PhaseSet(u8);

impl PhaseSet {
    /// No phase.
    pub const EMPTY: Self = Self(0);
    /// L1, L2 and L3.
    pub const ALL: Self = Self(0b111);

    /// The set of one phase.
    pub const fn of(phase: Phase) -> Self {
        Self(1 << phase.index())
    }

    /// This set and `phase`.
    #[must_use]
    pub const fn with(self, phase: Phase) -> Self {
        Self(self.0 | Self::of(phase).0)
    }

    /// Whether `phase` is in the set.
    pub const fn contains(self, phase: Phase) -> bool {
        self.0 & Self::of(phase).0 != 0
    }

    /// Number of phases, 0 to 3.
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether the set has no phase.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Bits 0 to 2 for L1 to L3.
    pub(crate) const fn bits(self) -> u8 {
        self.0
    }

    /// The phases in the order L1, L2, L3.
    pub fn iter(self) -> impl Iterator<Item = Phase> {
        Phase::ALL.into_iter().filter(move |&phase| self.contains(phase))
    }
}

/// A set of an EVSE's terminals 1, 2 and 3: the conductors of its cable, numbered as the car sees them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Terminals(u8);

impl Terminals {
    /// No terminal.
    pub const NONE: Self = Self(0);
    /// Terminal 1: a single-phase car or station.
    pub const ONE: Self = Self(0b001);
    /// Terminals 1 and 2: a two-phase car.
    pub const TWO: Self = Self(0b011);
    /// Terminals 1, 2 and 3.
    pub const THREE: Self = Self(0b111);

    /// The set of the terminals whose place in the array is `true`.
    pub const fn from_flags(flags: [bool; 3]) -> Self {
        Self(flags[0] as u8 | (flags[1] as u8) << 1 | (flags[2] as u8) << 2)
    }

    /// Whether the terminal with this place (0 for terminal 1) is in the set.
    pub const fn contains(self, place: usize) -> bool {
        place < 3 && self.0 & (1 << place) != 0
    }

    /// Bits 0 to 2 for terminals 1 to 3.
    pub(crate) const fn bits(self) -> u8 {
        self.0
    }

    /// The set with these bits, `None` if others are set.
    pub(crate) const fn from_bits(bits: u8) -> Option<Self> {
        if bits <= 0b111 { Some(Self(bits)) } else { None }
    }

    /// Number of terminals, 0 to 3.
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether the set has no terminal.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Terminals of either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Terminals of both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Places (0 for terminal 1) in rising order.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..3).filter(move |&place| self.contains(place))
    }
}

/// Which grid phase each terminal of an EVSE is wired to.
///
/// The names list the grid phases R, S, T on terminals 1, 2, 3: with [`Rotation::Str`] terminal 1 is
/// on L2, terminal 2 on L3, terminal 3 on L1 (Bender 7.6 has the same table). A single-phase station
/// is the rotation that starts with its phase and [`Terminals::ONE`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Rotation {
    /// L1, L2, L3: the standard.
    #[default]
    Rst,
    /// L2, L3, L1.
    Str,
    /// L3, L1, L2.
    Trs,
    /// L1, L3, L2.
    Rts,
    /// L2, L1, L3.
    Srt,
    /// L3, L2, L1.
    Tsr,
    /// Not known: whatever the car draws is counted on all three phases.
    Unknown,
}

impl Rotation {
    /// The six known rotations.
    pub const KNOWN: [Self; 6] = [Self::Rst, Self::Str, Self::Trs, Self::Rts, Self::Srt, Self::Tsr];

    /// Grid phase of terminals 1, 2 and 3, `None` if the rotation is unknown.
    pub const fn wiring(self) -> Option<[Phase; 3]> {
        use Phase::{L1, L2, L3};
        match self {
            Self::Rst => Some([L1, L2, L3]),
            Self::Str => Some([L2, L3, L1]),
            Self::Trs => Some([L3, L1, L2]),
            Self::Rts => Some([L1, L3, L2]),
            Self::Srt => Some([L2, L1, L3]),
            Self::Tsr => Some([L3, L2, L1]),
            Self::Unknown => None,
        }
    }

    /// The rotation with this wiring, `None` if a phase occurs twice.
    pub fn from_wiring(wiring: [Phase; 3]) -> Option<Self> {
        Self::KNOWN.into_iter().find(|rotation| rotation.wiring() == Some(wiring))
    }

    /// Grid phases that must be counted for a car on these terminals.
    pub fn phases(self, terminals: Terminals) -> PhaseSet {
        match self.wiring() {
            None if terminals.is_empty() => PhaseSet::EMPTY,
            None => PhaseSet::ALL,
            Some(wiring) => {
                terminals.iter().fold(PhaseSet::EMPTY, |set, place| set.with(wiring[place.min(2)]))
            }
        }
    }

    /// The most that currents by terminal can be by grid phase: moved to their phases, or the largest on
    /// all three if the rotation is unknown.
    pub fn at_most(self, by_terminal: [Milliamps; 3]) -> PhaseCurrents {
        self.to_grid(by_terminal, Milliamps::max)
    }

    /// The least that currents by terminal can be by grid phase: moved to their phases, or the smallest
    /// on all three if the rotation is unknown.
    pub fn at_least(self, by_terminal: [Milliamps; 3]) -> PhaseCurrents {
        self.to_grid(by_terminal, Milliamps::min)
    }

    fn to_grid(
        self,
        by_terminal: [Milliamps; 3],
        either: fn(Milliamps, Milliamps) -> Milliamps,
    ) -> PhaseCurrents {
        let [first, second, third] = by_terminal;
        let Some(wiring) = self.wiring() else {
            return [either(either(first, second), third); 3];
        };
        let mut by_phase = [Milliamps::ZERO; 3];
        for (phase, current) in wiring.into_iter().zip(by_terminal) {
            by_phase[phase.index()] = current;
        }
        by_phase
    }
}

impl fmt::Display for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rst => "RST",
            Self::Str => "STR",
            Self::Trs => "TRS",
            Self::Rts => "RTS",
            Self::Srt => "SRT",
            Self::Tsr => "TSR",
            Self::Unknown => "unknown",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_phase_cars_of_three_rotated_neighbours_load_three_phases() {
        let phases = [Rotation::Rst, Rotation::Str, Rotation::Trs].map(|r| r.phases(Terminals::ONE));
        assert_eq!(phases, [PhaseSet::of(Phase::L1), PhaseSet::of(Phase::L2), PhaseSet::of(Phase::L3)]);
    }

    #[test]
    fn unknown_rotation_counts_everywhere() {
        assert_eq!(Rotation::Unknown.phases(Terminals::ONE), PhaseSet::ALL);
        assert_eq!(Rotation::Unknown.phases(Terminals::NONE), PhaseSet::EMPTY);
        let drawn = [Milliamps(7), Milliamps(3), Milliamps::ZERO];
        assert_eq!(Rotation::Unknown.at_most(drawn), [Milliamps(7); 3]);
        assert_eq!(Rotation::Unknown.at_least(drawn), [Milliamps::ZERO; 3]);
    }

    #[test]
    fn currents_follow_the_wiring() {
        let drawn = [Milliamps(1), Milliamps(2), Milliamps(3)];
        assert_eq!(Rotation::Str.at_most(drawn), [Milliamps(3), Milliamps(1), Milliamps(2)]);
        assert_eq!(Rotation::Tsr.at_least(drawn), [Milliamps(3), Milliamps(2), Milliamps(1)]);
    }

    #[test]
    fn wirings_and_rotations_are_one_to_one() {
        for rotation in Rotation::KNOWN {
            assert_eq!(rotation.wiring().and_then(Rotation::from_wiring), Some(rotation));
        }
        assert_eq!(Rotation::from_wiring([Phase::L1, Phase::L1, Phase::L2]), None);
    }
}
