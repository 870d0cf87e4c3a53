//! The nine connector states and the 53 changes OCPP 1.6 §4.9 allows, as data.
//!
//! What a connector *is* follows from facts in [`connector`](super::connector); this file only knows which changes
//! may be reported. A change that is not in the table is reported in two steps, so that what the central system sees
//! is always a walk through the table.

use crate::v16::ChargePointStatus as Status;

/// The states in the order of the specification: A or 1 is Available, I or 9 is Faulted.
const STATES: [Status; 9] = [
    Status::Available,
    Status::Preparing,
    Status::Charging,
    Status::SuspendedEv,
    Status::SuspendedEvse,
    Status::Finishing,
    Status::Reserved,
    Status::Unavailable,
    Status::Faulted,
];

/// Row: the state left, in the order of [`STATES`]. Text: the digits of the states that may follow.
const CHANGES: [&str; 9] = [
    "2345789",  // A Available
    "134569",   // B Preparing
    "145689",   // C Charging
    "135689",   // D SuspendedEV
    "134689",   // E SuspendedEVSE
    "1289",     // F Finishing
    "1289",     // G Reserved
    "123459",   // H Unavailable
    "12345678", // I Faulted: back to where it came from
];

/// Whether a connector may go from one state to another (OCPP 1.6 §4.9).
///
/// | from | to |
/// |---|---|
/// | Available | Preparing, Charging, SuspendedEV, SuspendedEVSE, Reserved, Unavailable, Faulted |
/// | Preparing | Available, Charging, SuspendedEV, SuspendedEVSE, Finishing, Faulted |
/// | Charging | Available, SuspendedEV, SuspendedEVSE, Finishing, Unavailable, Faulted |
/// | SuspendedEV | Available, Charging, SuspendedEVSE, Finishing, Unavailable, Faulted |
/// | SuspendedEVSE | Available, Charging, SuspendedEV, Finishing, Unavailable, Faulted |
/// | Finishing | Available, Preparing, Unavailable, Faulted |
/// | Reserved | Available, Preparing, Unavailable, Faulted |
/// | Unavailable | Available, Preparing, Charging, SuspendedEV, SuspendedEVSE, Faulted |
/// | Faulted | every other: back to where it came from |
///
/// Staying in a state is no change, so the answer for equal states is `false`.
#[must_use]
pub fn is_legal(from: Status, to: Status) -> bool {
    let number = |state| STATES.iter().position(|known| *known == state);
    let (Some(from), Some(to)) = (number(from), number(to)) else { return false };
    CHANGES.get(from).is_some_and(|row| row.bytes().any(|digit| usize::from(digit - b'1') == to))
}

/// The next state to report on the way from one state to another: the goal itself if that is legal.
///
/// Two stopovers suffice: `Preparing`, the door to charging, and `Available`, the door to everything else.
#[must_use]
pub fn next_step(from: Status, goal: Status) -> Status {
    if from == goal || is_legal(from, goal) {
        return goal;
    }
    let leads = |via: &Status| is_legal(from, *via) && is_legal(*via, goal);
    [Status::Preparing, Status::Available].into_iter().find(leads).unwrap_or(goal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_53_legal_changes() {
        let all = STATES.iter().flat_map(|from| STATES.iter().map(move |to| (*from, *to)));
        assert_eq!(all.filter(|(from, to)| is_legal(*from, *to)).count(), 53);
    }

    /// All 81 pairs as §4.9 draws them: rows are left, columns entered, both from Available to Faulted.
    #[test]
    fn every_pair_is_as_drawn() {
        let drawn = [
            ".xxxx.xxx",
            "x.xxxx..x",
            "x..xxx.xx",
            "x.x.xx.xx",
            "x.xx.x.xx",
            "xx.....xx",
            "xx.....xx",
            "xxxxx...x",
            "xxxxxxxx.",
        ];
        for (from, row) in STATES.into_iter().zip(drawn) {
            for (to, mark) in STATES.into_iter().zip(row.chars()) {
                assert_eq!(is_legal(from, to), mark == 'x', "{from:?} to {to:?}");
            }
        }
    }

    /// The rows of §4.9 read in words where they are not obvious.
    #[test]
    fn changes_that_are_easily_got_wrong() {
        for (from, to, legal) in [
            (Status::Available, Status::Finishing, false),
            (Status::Preparing, Status::Finishing, true),
            (Status::Preparing, Status::Unavailable, false),
            (Status::Preparing, Status::Reserved, false),
            (Status::Charging, Status::Preparing, false),
            (Status::Finishing, Status::Charging, false),
            (Status::Finishing, Status::Preparing, true),
            (Status::Reserved, Status::Charging, false),
            (Status::Reserved, Status::Preparing, true),
            (Status::Unavailable, Status::Charging, true),
            (Status::Faulted, Status::Unavailable, true),
            (Status::Faulted, Status::Faulted, false),
        ] {
            assert_eq!(is_legal(from, to), legal, "{from:?} to {to:?}");
        }
    }

    #[test]
    fn every_state_reaches_every_other_in_at_most_two_legal_steps() {
        for from in STATES {
            for goal in STATES.into_iter().filter(|goal| *goal != from) {
                let first = next_step(from, goal);
                assert!(is_legal(from, first), "{from:?} to {goal:?} begins with {first:?}");
                assert!(first == goal || is_legal(first, goal), "{from:?} to {goal:?} over {first:?}");
            }
        }
    }
}
