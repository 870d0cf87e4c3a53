//! Teach-in of the three vendors: every time at its bound, every way to end, and the same result whenever the machines
//! are called.

use evkit_rfid::*;
use proptest::prelude::*;

const MASTER: [u8; 4] = [0xA1, 0xB2, 0xC3, 0xD4];
const CARD: [u8; 4] = [0xE2, 0xEB, 0x1C, 0x02];
const OTHER: [u8; 4] = [0x0A, 0x0E, 0x9B, 0x83];
const RANDOM: [u8; 4] = [0x08, 1, 2, 3];

fn uid(bytes: [u8; 4]) -> Uid {
    Uid::from(bytes)
}

fn at(millis: u64) -> Instant {
    Instant::from_millis(millis)
}

/// One millisecond before a bound, at it and behind it, and whether the bound is reached.
fn bounds(bound: u64) -> [(u64, bool); 3] {
    [(bound - 1, false), (bound, true), (bound + 1, true)]
}

macro_rules! events {
    ($machine:expr) => {
        core::iter::from_fn(|| $machine.poll_event()).collect::<Vec<TeachEvent>>()
    };
}

mod keba {
    use super::*;

    /// A machine in the window for a card, opened at 0.
    fn with_card_window() -> KebaTeachIn {
        let mut teach = KebaTeachIn::new(Some(uid(MASTER)));
        teach.handle_card(at(0), uid(MASTER));
        assert_eq!(events!(teach), [TeachEvent::Opened(Awaited::Card)]);
        teach
    }

    #[test]
    fn the_button_erases_after_ten_seconds() {
        for (release, reached) in bounds(10_000) {
            let mut teach = KebaTeachIn::new(Some(uid(MASTER)));
            teach.handle_button(at(0), true);
            assert!(!teach.is_active());
            teach.handle_button(at(release), false);
            let erased = [TeachEvent::EraseAndRestart];
            assert_eq!(events!(teach), if reached { &erased[..] } else { &[] }, "released at {release}");
            assert_eq!(teach.is_active(), reached);
        }
    }

    #[test]
    fn the_master_window_opens_thirty_seconds_later() {
        for (shown, open) in bounds(30_000) {
            let mut teach = KebaTeachIn::after_erase(at(0));
            teach.handle_card(at(shown), uid(CARD));
            let learnt = [
                TeachEvent::Opened(Awaited::Master),
                TeachEvent::LearnMaster(uid(CARD)),
                TeachEvent::Ended(Ended::Done),
            ];
            assert_eq!(events!(teach), if open { &learnt[..] } else { &[] }, "shown at {shown}");
        }
    }

    #[test]
    fn the_master_window_is_open_for_thirty_seconds() {
        for (shown, closed) in bounds(60_000) {
            let mut teach = KebaTeachIn::after_erase(at(0));
            teach.handle_card(at(shown), uid(CARD));
            let last = if closed { Ended::TimedOut } else { Ended::Done };
            assert_eq!(events!(teach).last(), Some(&TeachEvent::Ended(last)), "shown at {shown}");
            assert_eq!(teach.poll_timeout(), None);
        }
    }

    #[test]
    fn button_restart_and_window_follow_each_other() {
        let mut teach = KebaTeachIn::new(None);
        teach.handle_button(at(0), true);
        let mut seen = Vec::new();
        while let Some(due) = teach.poll_timeout() {
            teach.handle_timeout(due);
            seen.push((due.as_millis(), events!(teach)));
        }
        let expected = [
            (10_000, vec![TeachEvent::EraseAndRestart]),
            (40_000, vec![TeachEvent::Opened(Awaited::Master)]),
            (70_000, vec![TeachEvent::Ended(Ended::TimedOut)]),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn the_new_master_card_teaches() {
        let mut teach = KebaTeachIn::after_erase(at(0));
        teach.handle_card(at(30_000), uid(CARD));
        teach.handle_card(at(31_000), uid(CARD));
        assert_eq!(events!(teach).last(), Some(&TeachEvent::Opened(Awaited::Card)));
    }

    #[test]
    fn a_card_has_ten_seconds() {
        for (shown, late) in bounds(10_000) {
            let mut teach = with_card_window();
            teach.handle_card(at(shown), uid(CARD));
            let read = [TeachEvent::Read(uid(CARD)), TeachEvent::Opened(Awaited::Confirmation)];
            let ended = [TeachEvent::Ended(Ended::TimedOut)];
            assert_eq!(events!(teach), if late { &ended[..] } else { &read[..] }, "shown at {shown}");
        }
    }

    #[test]
    fn the_master_card_has_five_seconds_to_confirm() {
        for (shown, late) in bounds(5_000) {
            let mut teach = with_card_window();
            teach.handle_card(at(9_000), uid(CARD));
            let _ = events!(teach);
            teach.handle_card(at(9_000 + shown), uid(MASTER));
            // Late, the master card opens a new window.
            let late_events = [TeachEvent::Ended(Ended::TimedOut), TeachEvent::Opened(Awaited::Card)];
            let learnt = [TeachEvent::Learn(uid(CARD)), TeachEvent::Ended(Ended::Done)];
            assert_eq!(events!(teach), if late { late_events } else { learnt }, "shown at {shown}");
        }
    }

    #[test]
    fn the_wrong_card_cannot_confirm() {
        let mut teach = with_card_window();
        teach.handle_card(at(1), uid(CARD));
        teach.handle_card(at(2), uid(CARD));
        let _ = events!(teach);
        assert!(teach.is_active(), "the card may still lie there");
        teach.handle_card(at(3), uid(OTHER));
        assert_eq!(events!(teach), [TeachEvent::Ended(Ended::WrongCard)]);
    }

    #[test]
    fn the_master_card_cancels() {
        let mut teach = with_card_window();
        teach.handle_card(at(1), uid(MASTER));
        assert_eq!(events!(teach), [TeachEvent::Ended(Ended::Cancelled)]);
    }

    #[test]
    fn random_uids_are_refused_and_the_window_stays() {
        let mut teach = with_card_window();
        teach.handle_card(at(1), uid(RANDOM));
        assert_eq!(events!(teach), [TeachEvent::Refused(uid(RANDOM), RefusedCard::RandomUid)]);
        assert_eq!(teach.poll_timeout(), Some(at(10_000)));
        let mut teach = KebaTeachIn::after_erase(at(0));
        teach.handle_card(at(30_000), uid(RANDOM));
        assert_eq!(events!(teach).last(), Some(&TeachEvent::Refused(uid(RANDOM), RefusedCard::RandomUid)));
        assert!(teach.is_active());
    }

    #[test]
    fn nothing_starts_while_busy() {
        let mut teach = KebaTeachIn::new(Some(uid(MASTER)));
        teach.handle_busy(at(0), true);
        teach.handle_card(at(1), uid(MASTER));
        teach.handle_button(at(2), true);
        assert_eq!(events!(teach), [TeachEvent::NotStarted(NotStarted::Busy); 2]);
        assert_eq!(teach.poll_timeout(), None);
        teach.handle_busy(at(3), false);
        teach.handle_card(at(4), uid(MASTER));
        assert_eq!(events!(teach), [TeachEvent::Opened(Awaited::Card)]);
    }

    #[test]
    fn a_plug_or_session_ends_it_at_every_step() {
        let confirming = || {
            let mut teach = with_card_window();
            teach.handle_card(at(1), uid(CARD));
            teach
        };
        let restarting = || KebaTeachIn::after_erase(at(0));
        for mut teach in [with_card_window(), confirming(), restarting()] {
            let _ = events!(teach);
            teach.handle_busy(at(2), true);
            assert_eq!(events!(teach), [TeachEvent::Ended(Ended::Busy)]);
            assert_eq!(teach.poll_timeout(), None);
        }
        let mut held = KebaTeachIn::new(None);
        held.handle_button(at(0), true);
        held.handle_busy(at(9_999), true);
        assert_eq!(events!(held), [TeachEvent::NotStarted(NotStarted::Busy)]);
        held.handle_timeout(at(20_000));
        assert_eq!(events!(held), [], "nothing is erased");
    }

    #[test]
    fn strangers_do_not_start_it() {
        let mut teach = KebaTeachIn::new(Some(uid(MASTER)));
        teach.handle_card(at(0), uid(CARD));
        let mut without = KebaTeachIn::new(None);
        without.handle_card(at(0), uid(CARD));
        assert_eq!((events!(teach), events!(without)), (vec![], vec![]));
    }

    #[test]
    fn tones_are_those_of_the_manual() {
        let tones = |event: TeachEvent| event.tones();
        assert_eq!(tones(TeachEvent::Opened(Awaited::Card)), Some(Tones::Rising), "master card accepted");
        assert_eq!(tones(TeachEvent::Read(uid(CARD))), Some(Tones::Single));
        assert_eq!(tones(TeachEvent::Learn(uid(CARD))), Some(Tones::Rising));
        assert_eq!(tones(TeachEvent::LearnMaster(uid(CARD))), Some(Tones::Rising));
        assert_eq!(tones(TeachEvent::Opened(Awaited::Confirmation)), None);
        assert_eq!(tones(TeachEvent::Ended(Ended::Done)), None);
        assert_eq!(tones(TeachEvent::Ended(Ended::TimedOut)), Some(Tones::Falling));
    }

    #[derive(Clone, Debug)]
    enum Step {
        Wait(u64),
        Card([u8; 4]),
        Button(bool),
        Busy(bool),
    }

    fn any_step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (0_u64..12_000).prop_map(Step::Wait),
            4 => prop::sample::select(vec![MASTER, CARD, OTHER, RANDOM]).prop_map(Step::Card),
            1 => any::<bool>().prop_map(Step::Button),
            1 => any::<bool>().prop_map(Step::Busy),
        ]
    }

    /// Plays steps; `tick` calls `handle_timeout` at every deadline and every so many milliseconds, otherwise never.
    fn play(steps: &[Step], tick: Option<u64>) -> (Vec<TeachEvent>, KebaTeachIn) {
        let mut teach = KebaTeachIn::new(Some(uid(MASTER)));
        let (mut now, mut out) = (0, Vec::new());
        for step in steps {
            match step {
                Step::Wait(millis) => {
                    let end = now + millis;
                    if let Some(tick) = tick {
                        while now < end {
                            let due = teach.poll_timeout().map_or(u64::MAX, |due| due.as_millis().max(now));
                            now = end.min(due).min(now + tick).max(now + 1).min(end);
                            teach.handle_timeout(at(now));
                            teach.handle_timeout(at(now));
                        }
                    }
                    now = end;
                }
                Step::Card(bytes) => teach.handle_card(at(now), uid(*bytes)),
                Step::Button(pressed) => teach.handle_button(at(now), *pressed),
                Step::Busy(busy) => teach.handle_busy(at(now), *busy),
            }
            out.extend(events!(teach));
        }
        teach.handle_timeout(at(now));
        out.extend(events!(teach));
        (out, teach)
    }

    proptest! {
        #[test]
        fn late_early_and_repeated_calls_change_nothing(steps in prop::collection::vec(any_step(), 0..25)) {
            let (late, _) = play(&steps, None);
            let (often, _) = play(&steps, Some(997));
            prop_assert_eq!(late, often);
        }

        #[test]
        fn a_card_is_learnt_only_if_read_and_confirmed(steps in prop::collection::vec(any_step(), 0..40)) {
            let (events, teach) = play(&steps, None);
            let mut read = None;
            for event in &events {
                match event {
                    TeachEvent::Read(card) => read = Some(*card),
                    TeachEvent::Learn(card) => prop_assert_eq!(read.take(), Some(*card)),
                    TeachEvent::Ended(_) => read = None,
                    _ => {}
                }
                let random = matches!(event, TeachEvent::Learn(card) | TeachEvent::LearnMaster(card) if card.is_random());
                prop_assert!(!random);
            }
            prop_assert!(!teach.is_active() || teach.poll_timeout().is_some(), "every window ends");
        }
    }
}

mod evlink {
    use super::*;

    fn running(mode: EvlinkMode) -> EvlinkTeachIn {
        let mut teach = EvlinkTeachIn::new();
        teach.start(at(0), mode);
        let _ = events!(teach);
        teach
    }

    #[test]
    fn badges_are_added_one_after_the_other() {
        let mut teach = running(EvlinkMode::Add);
        for (time, card) in [(1_000, CARD), (1_200, CARD), (2_000, OTHER), (3_000, CARD), (4_000, RANDOM)] {
            teach.handle_card(at(time), uid(card));
        }
        let expected = [
            TeachEvent::Learn(uid(CARD)),
            TeachEvent::Learn(uid(OTHER)),
            TeachEvent::Learn(uid(CARD)),
            TeachEvent::Refused(uid(RANDOM), RefusedCard::RandomUid),
        ];
        assert_eq!(events!(teach), expected);
        teach.stop(at(5_000));
        assert_eq!(events!(teach), [TeachEvent::Ended(Ended::Done)]);
        assert!(!teach.is_active());
    }

    #[test]
    fn the_mode_ends_thirty_seconds_after_the_last_badge() {
        for (shown, late) in bounds(30_000) {
            let mut teach = running(EvlinkMode::Remove);
            teach.handle_card(at(shown), uid(CARD));
            let (event, next) = match late {
                true => (TeachEvent::Ended(Ended::Done), None),
                false => (TeachEvent::Forget(uid(CARD)), Some(at(shown + 30_000))),
            };
            assert_eq!((events!(teach), teach.poll_timeout()), (vec![event], next), "shown at {shown}");
        }
    }

    #[test]
    fn it_does_not_start_while_busy_or_running() {
        let mut teach = EvlinkTeachIn::new();
        teach.handle_busy(at(0), true);
        teach.start(at(1), EvlinkMode::Add);
        assert_eq!(events!(teach), [TeachEvent::NotStarted(NotStarted::Busy)]);
        teach.handle_busy(at(2), false);
        teach.start(at(3), EvlinkMode::Add);
        teach.start(at(4), EvlinkMode::Remove);
        let expected = [TeachEvent::Opened(Awaited::CardsToAdd), TeachEvent::NotStarted(NotStarted::Running)];
        assert_eq!(events!(teach), expected);
        teach.handle_busy(at(5), true);
        assert_eq!(events!(teach), [TeachEvent::Ended(Ended::Busy)]);
        teach.handle_card(at(6), uid(CARD));
        teach.stop(at(7));
        assert_eq!(events!(teach), []);
    }

    #[test]
    fn a_tone_per_badge() {
        assert_eq!(TeachEvent::Learn(uid(CARD)).tones(), Some(Tones::Rising));
        assert_eq!(TeachEvent::Forget(uid(CARD)).tones(), Some(Tones::Single));
    }
}

mod bender {
    use super::*;

    #[test]
    fn a_card_lies_two_seconds_on_the_reader() {
        for (end, learnt) in bounds(2_000) {
            let mut teach = BenderTeachIn::new();
            teach.start(at(0));
            for time in (0..end).step_by(250).chain([end]) {
                teach.handle_reading(at(time), Some(uid(CARD)));
            }
            let expected = [TeachEvent::Opened(Awaited::CardsToAdd), TeachEvent::Learn(uid(CARD))];
            assert_eq!(events!(teach), if learnt { &expected[..] } else { &expected[..1] }, "{end}");
        }
    }

    #[test]
    fn cards_one_by_one_then_finish() {
        let mut teach = BenderTeachIn::new();
        teach.start(at(0));
        for time in (0..9_000).step_by(250) {
            let card = match time {
                0..3_000 => Some(uid(CARD)),
                3_000..5_000 => None,
                5_000..7_500 => Some(uid(OTHER)),
                _ => Some(uid(RANDOM)),
            };
            teach.handle_reading(at(time), card);
        }
        teach.finish(at(9_000));
        let expected = [
            TeachEvent::Opened(Awaited::CardsToAdd),
            TeachEvent::Learn(uid(CARD)),
            TeachEvent::Learn(uid(OTHER)),
            TeachEvent::Ended(Ended::Done),
        ];
        assert_eq!(events!(teach), expected);
        teach.handle_reading(at(9_500), Some(uid(RANDOM)));
        assert_eq!((events!(teach), teach.poll_timeout()), (vec![], None));
    }

    #[test]
    fn a_random_uid_is_refused() {
        let mut teach = BenderTeachIn::new();
        teach.start(at(0));
        for time in (0..=2_000).step_by(250) {
            teach.handle_reading(at(time), Some(uid(RANDOM)));
        }
        assert_eq!(events!(teach).last(), Some(&TeachEvent::Refused(uid(RANDOM), RefusedCard::RandomUid)));
        teach.cancel(at(3_000));
        assert_eq!(events!(teach), [TeachEvent::Ended(Ended::Cancelled)]);
    }

    #[test]
    fn a_car_is_taught_by_plugging_it_in() {
        let mac = MacAddress([0x00, 0xB0, 0x52, 1, 2, 3]);
        let mut teach = BenderTeachIn::new();
        teach.handle_plug(at(0), true, Some(mac));
        teach.start(at(1));
        assert_eq!(events!(teach), [TeachEvent::NotStarted(NotStarted::Busy)]);
        teach.handle_plug(at(2), false, None);
        teach.start(at(3));
        teach.start(at(4));
        teach.handle_plug(at(5), true, Some(mac));
        let expected = [
            TeachEvent::Opened(Awaited::CardsToAdd),
            TeachEvent::NotStarted(NotStarted::Running),
            TeachEvent::LearnMac(mac),
        ];
        assert_eq!(events!(teach), expected);
        teach.handle_session(at(6), true);
        assert_eq!(events!(teach), [TeachEvent::Ended(Ended::Busy)]);
        teach.handle_plug(at(7), false, None);
        teach.start(at(8));
        assert_eq!(events!(teach), [TeachEvent::NotStarted(NotStarted::Busy)], "a session is still active");
    }
}
