//! The decision about power over every combination of its inputs, against the rules as the
//! requirements state them.

use evkit_hal::contactor::ContactorFault;
use evkit_hal::pilot::{Demand, FaultSet, PilotFault};
use evkit_hal::safety::{
    Conditions, ContactorView, Hazard, Protection, Protections, Refusal, Status, decide, hazards,
};
use evkit_hal::units::Milliamps;

use super::{at, edge};

/// What one protection did: not fitted, awaited, missing, its word, or a word that grew old.
const WORDS: [&str; 7] = ["unfitted", "awaited", "missing", "clear", "not ready", "tripped", "stale"];

/// How old a report may be, in ms.
const FRESHNESS: [u64; 9] = [250, 250, 500, 2_000, 10_000, 2_000, 500, 1_000, 500];

const NOW: u64 = 1_000_000;

fn protections(protection: Protection, word: &str) -> Protections {
    let limit = FRESHNESS[protection as usize];
    let (now, old) = (at(NOW), at(NOW - limit));
    let mut protections = match word {
        "unfitted" => Protections::new(at(0), &[]),
        "awaited" => Protections::new(now, &[protection]),
        _ => Protections::new(at(0), &[protection]),
    };
    match word {
        "clear" => protections.report(now, protection, Status::Clear),
        "not ready" => protections.report(now, protection, Status::NotReady),
        "tripped" => protections.report(now, protection, Status::Tripped),
        "stale" => protections.report(old, protection, Status::Clear),
        _ => {}
    }
    protections
}

/// Everything but the protections is in favour.
fn good(protections: Protections) -> Conditions {
    Conditions {
        permission: true,
        demand: Demand::Close,
        pilot_faults: FaultSet::EMPTY,
        advertised: Milliamps(16_000),
        cable: Some(Milliamps(16_000)),
        contactor: ContactorView { closed: false, fault: None, fresh: true, can_close: true },
        protections,
    }
}

#[test]
fn every_combination_of_every_condition() {
    let mut combinations = 0_u32;
    for protection in Protection::ALL {
        for word in WORDS {
            for bits in 0..1_u32 << 8 {
                let bit = |at: u32| bits & 1 << at != 0;
                for demand in [Demand::Open, Demand::Hold, Demand::Close] {
                    for fault in [None, Some(ContactorFault::Welded), Some(ContactorFault::NotClosing)] {
                        let cable = bit(3).then_some(Milliamps(if bit(4) { 32_000 } else { 13_000 }));
                        let conditions = Conditions {
                            permission: bit(0),
                            demand,
                            pilot_faults: FaultSet::EMPTY.with(PilotFault::Diode, bit(1)),
                            advertised: Milliamps(if bit(2) { 16_000 } else { 0 }),
                            cable,
                            contactor: ContactorView {
                                closed: bit(5),
                                fault,
                                fresh: bit(6),
                                can_close: bit(7),
                            },
                            protections: protections(protection, word),
                        };
                        let silent = matches!(word, "missing" | "stale");
                        let hazard = bit(1) || fault.is_some() || !bit(6) || silent || word == "tripped";
                        let overloaded = bit(2) && !bit(4);
                        let stays = !hazard && bit(3) && !overloaded && demand != Demand::Open;
                        let waits = matches!(word, "awaited" | "not ready");
                        let closes = stays && bit(0) && demand == Demand::Close && bit(7) && !waits;
                        let may = if bit(5) { stays } else { closes };
                        assert_eq!(decide(at(NOW), &conditions).is_ok(), may, "{conditions:?}");
                        assert_eq!(!hazards(at(NOW), &conditions).is_empty(), hazard, "{conditions:?}");
                        assert_eq!(conditions.protections.not_ready(at(NOW)), waits.then_some(protection));
                        combinations += 1;
                    }
                }
            }
        }
    }
    assert_eq!(combinations, 9 * 7 * 256 * 3 * 3);
}

/// Two protections at once: the worse word counts, whichever of them says it.
#[test]
fn every_pair_of_protections() {
    for first in Protection::ALL {
        for second in Protection::ALL.into_iter().filter(|second| *second != first) {
            for (a, b) in WORDS.into_iter().flat_map(|a| WORDS.map(|b| (a, b))) {
                let mut both = protections(first, a);
                for (word, status) in
                    [("clear", Status::Clear), ("not ready", Status::NotReady), ("tripped", Status::Tripped)]
                {
                    if b == word {
                        both.report(at(NOW), second, status);
                    }
                }
                let conditions = good(both);
                let quiet = ["unfitted", "clear"];
                let may = quiet.contains(&a) && !["not ready", "tripped"].contains(&b);
                assert_eq!(decide(at(NOW), &conditions).is_ok(), may, "{first:?} {a}, {second:?} {b}");
            }
        }
    }
}

#[test]
fn reports_grow_old_at_their_limits() {
    for (protection, limit) in Protection::ALL.into_iter().zip(FRESHNESS) {
        let mut reported = Protections::new(at(0), &[]);
        reported.report(at(NOW), protection, Status::Clear);
        edge("a report", limit, |t| reported.check(at(NOW + t), protection).is_err());
        edge("the deadline", limit, |t| reported.next_stale(at(NOW + t)).is_none());
        assert_eq!(reported.next_stale(at(NOW)), Some(at(NOW + limit)));
        let awaited = Protections::new(at(NOW), &[protection]);
        edge("a start", limit, |t| awaited.check(at(NOW + t), protection).is_err());
    }
}

/// The order in which reasons are named: what endangers most comes first.
#[test]
fn the_first_reason_is_named() {
    let mut conditions = good(Protections::new(at(NOW), &[]));
    let mut reasons = Vec::new();
    let mut worsen = |change: fn(&mut Conditions)| {
        change(&mut conditions);
        reasons.push(decide(at(NOW), &conditions).expect_err("not any more").to_string());
    };
    worsen(|c| c.contactor.can_close = false);
    worsen(|c| c.demand = Demand::Hold);
    worsen(|c| c.permission = false);
    worsen(|c| c.protections.report(at(NOW), Protection::Lock, Status::NotReady));
    worsen(|c| c.advertised = Milliamps(16_001));
    worsen(|c| c.cable = None);
    worsen(|c| c.pilot_faults = FaultSet::EMPTY.with(PilotFault::Short, true));
    worsen(|c| c.protections.report(at(NOW), Protection::EnableInput, Status::Tripped));
    worsen(|c| c.contactor.fresh = false);
    worsen(|c| c.contactor.fault = Some(ContactorFault::Welded));
    let expected = [
        "the contactor has to rest",
        "the vehicle does not ask for power",
        "not permitted",
        "Lock is not ready",
        "16.001 A offered through a cable for 16.000 A",
        "no valid cable rating",
        "control pilot fault: Short",
        "EnableInput tripped",
        "no feedback from the contactor",
        "contactor fault: Welded",
    ];
    assert_eq!(reasons, expected);
    assert_eq!(decide(at(NOW), &conditions), Err(Refusal::Hazard(Hazard::Contactor(ContactorFault::Welded))));
}
