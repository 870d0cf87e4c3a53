//! The plant against the connectors of `evkit-hal` in this process, on a virtual clock: every kind of car, every damage,
//! and a referee who finds nothing, except where the station was broken on purpose.

use evkit_hal::units::Milliamps;
use evkit_plant::double::Double;
use evkit_plant::history::story;
use evkit_plant::referee::{Breach, Condition, Referee};
use evkit_plant::script::{Player, State, Step};
use evkit_plant::world::{Kind, Leak, Wear, World};
use evkit_plant_link::{Bolt, Decoder, Drive, Lamp, Outputs, Relays, Sample, Signal, ToBoard, encode};

const CARD: &str = "04A224B2";

/// A station, the plant around it and the referee.
struct Table {
    world: World,
    double: Double,
    referee: Referee,
    decoder: Decoder<Outputs>,
    now: u64,
    /// What happens to the station's answers on their way.
    tamper: fn(&mut Outputs),
}

impl Table {
    fn new() -> Self {
        let double = Double::new(0, Milliamps(16_000)).unwrap();
        let (world, referee) = (World::new(), Referee::new());
        Self { world, double, referee, decoder: Decoder::new(), now: 0, tamper: |_| {} }
    }

    fn tick(&mut self) {
        self.now += 1;
        let mut bytes = Vec::new();
        for message in self.world.step(self.now) {
            if let ToBoard::Sample(sample) = &message {
                let draw = self.world.socket(sample.connector).currents_ma()[0];
                self.referee.handle_sample(self.now, sample, draw);
            }
            bytes.extend(encode(&message).as_bytes());
        }
        for byte in self.double.tick(self.now, &bytes) {
            if let Some(outputs) = self.decoder.push(byte) {
                let mut outputs = outputs.unwrap();
                (self.tamper)(&mut outputs);
                self.referee.handle_outputs(self.now, &outputs);
                self.world.handle_outputs(self.now, &outputs);
            }
        }
    }

    fn play(&mut self, steps: impl IntoIterator<Item = Step>) {
        let mut player = Player::new(1, steps);
        while !player.is_done() {
            self.tick();
            player.step(self.now, &mut self.world);
        }
        assert_eq!(player.missed(), [], "at {} ms", self.now);
    }

    /// A car of a kind that charges now.
    fn charging(kind: Kind) -> Self {
        let mut table = Self::new();
        table.play([
            Step::Wait { ms: 6_000 },
            plug(kind),
            card(),
            until(State::Closed),
            Step::Wait { ms: 2_000 },
        ]);
        table
    }

    /// What the referee saw of this condition: openings and the slowest in milliseconds.
    fn reaction(&self, condition: Condition) -> u64 {
        assert_eq!(self.referee.verdicts(), []);
        let met = self.referee.reaction(condition);
        assert_eq!(met.count, 1, "{condition:?}");
        met.station_ms
    }
}

fn plug(car: Kind) -> Step {
    Step::Plug { car, cable: 32, draws: 32 }
}

fn card() -> Step {
    Step::Card { uid: CARD.to_owned() }
}

fn until(is: State) -> Step {
    Step::Until { is, within: 40_000, must: true }
}

#[test]
fn a_car_charges_what_it_was_offered_and_leaves() {
    let mut table = Table::charging(Kind::Normal);
    table.play([Step::Wait { ms: 10_000 }]);
    assert_eq!(table.world.socket(1).currents_ma(), [15_996; 3]);
    table.play([Step::Finish, until(State::Open), Step::Unplug { force: true }, until(State::Free)]);
    assert!(table.reaction(Condition::NoWish) <= 100);
    let wh = table.world.socket(1).register_wh();
    assert!((30..45).contains(&wh), "about 11 kW for 12 s: {wh} Wh");
}

#[test]
fn every_reaction_keeps_its_limit() {
    let rows: [(Condition, &[Step]); 9] = [
        (Condition::NoWish, &[Step::Unplug { force: true }]),
        (Condition::NoWish, &[Step::Short { on: true }]),
        (Condition::Residual, &[Step::Leak { kind: Some(Leak::Dc) }]),
        (Condition::Residual, &[Step::Leak { kind: Some(Leak::Ac) }]),
        (Condition::NoDiode, &[Step::Diode { works: false }]),
        (Condition::Silence, &[Step::Silence { ms: 2_000 }]),
        (Condition::Hot, &[Step::Temperature { celsius: 72 }]),
        (Condition::Mains, &[Step::Mains { volts: 200 }]),
        (Condition::NoCable, &[Step::Coding { amps: None }]),
    ];
    for (condition, steps) in rows {
        let mut table = Table::charging(Kind::Normal);
        table.play(steps.iter().cloned().chain([until(State::Open)]));
        let slowest = table.reaction(condition);
        println!("{condition:?}: {slowest} ms");
    }
}

#[test]
fn a_worn_contactor_is_not_closed_again() {
    let mut table = Table::charging(Kind::Normal);
    let welded = Step::Contactor { wear: Wear::Welded };
    table.play([welded, Step::Finish, until(State::Open), Step::Wait { ms: 1_000 }]);
    table.play([Step::Unplug { force: true }, Step::Wait { ms: 15_000 }, plug(Kind::Normal), card()]);
    table.play([Step::Wait { ms: 15_000 }]);
    assert_eq!(table.referee.verdicts(), []);
    assert_eq!(table.referee.closings(), 1);

    let mut table = Table::new();
    let stuck = Step::Contactor { wear: Wear::Stuck };
    table.play([
        Step::Wait { ms: 6_000 },
        stuck,
        plug(Kind::Normal),
        card(),
        until(State::Closed),
        until(State::Open),
    ]);
    assert!((200..=300).contains(&table.reaction(Condition::NotClosed)));
}

#[test]
fn cars_that_must_not_charge_do_not() {
    for kind in [Kind::NoDiode, Kind::Ventilated] {
        let mut table = Table::new();
        table.play([Step::Wait { ms: 6_000 }, plug(kind), card(), Step::Wait { ms: 30_000 }]);
        assert_eq!((table.referee.closings(), table.referee.verdicts()), (0, &[][..]), "{kind:?}");
    }
    let mut table = Table::new();
    table.play([Step::Wait { ms: 6_000 }, plug(Kind::Toggling), card(), Step::Wait { ms: 2_900 }]);
    assert_eq!(table.referee.closings(), 0, "a signal is no wish");
    table.play([until(State::Closed)]);
    let mut table = Table::new();
    table.play([Step::Wait { ms: 6_000 }, plug(Kind::Sleeping), card(), Step::Wait { ms: 20_000 }]);
    assert_eq!(table.referee.closings(), 0, "asleep");
    table.play([until(State::Closed)]);
}

#[test]
fn two_hundred_random_stories_breach_nothing() {
    let mut closings = 0;
    for seed in (0..200).step_by(2) {
        let mut table = Table::new();
        table.play([Step::Wait { ms: 6_000 }]);
        let mut players =
            [1, 2].map(|connector| Player::new(connector, story(seed + u64::from(connector), CARD)));
        while !players.iter().all(Player::is_done) {
            table.tick();
            players.iter_mut().for_each(|player| player.step(table.now, &mut table.world));
        }
        assert_eq!(table.referee.verdicts(), [], "seed {seed}");
        closings += table.referee.closings();
    }
    assert!(closings >= 100, "stories that never charge prove little: {closings}");
}

#[test]
fn a_car_that_ignores_the_end_of_the_offer_is_cut_off_after_six_seconds() {
    let mut table = Table::charging(Kind::IgnoresStop);
    table.double.withdraw(table.now);
    table.play([until(State::Open)]);
    assert!((5_900..=6_000).contains(&table.reaction(Condition::NoOffer)));
}

/// Breaks the station and says what the referee finds.
fn breached(tamper: fn(&mut Outputs), steps: &[Step]) -> Vec<Breach> {
    let mut table = Table::charging(Kind::Normal);
    table.tamper = tamper;
    table.play(steps.iter().cloned());
    table.referee.verdicts().iter().map(|verdict| verdict.breach).collect()
}

#[test]
fn a_referee_sees_a_contactor_that_stays_closed() {
    let stays = |outputs: &mut Outputs| {
        if outputs.connector == 1 {
            (outputs.relays, outputs.signal) = (Relays::THREE, Signal::Pwm(2_666));
        }
    };
    let unoffered = |outputs: &mut Outputs| {
        if outputs.connector == 1 {
            (outputs.relays, outputs.signal) = (Relays::THREE, Signal::Constant);
        }
    };
    let late = |breaches: &[Breach], condition| {
        breaches.iter().any(|breach| matches!(breach, Breach::Late(found, _) if *found == condition))
    };
    let breaches = breached(unoffered, &[Step::Wait { ms: 7_000 }]);
    assert!(late(&breaches, Condition::NoOffer), "{breaches:?}");
    let rows: [(Condition, &[Step]); 7] = [
        (Condition::NoWish, &[Step::Unplug { force: true }]),
        (Condition::Residual, &[Step::Leak { kind: Some(Leak::Dc) }]),
        (Condition::NoDiode, &[Step::Diode { works: false }]),
        (Condition::Silence, &[Step::Silence { ms: 2_000 }]),
        (Condition::Hot, &[Step::Temperature { celsius: 72 }]),
        (Condition::Mains, &[Step::Mains { volts: 200 }]),
        (Condition::NoCable, &[Step::Coding { amps: None }]),
    ];
    for (condition, steps) in rows {
        let breaches = breached(stays, &[steps, &[Step::Wait { ms: 8_000 }]].concat());
        assert!(late(&breaches, condition), "{condition:?}: {breaches:?}");
    }
}

#[test]
fn a_referee_sees_what_must_not_be_offered_or_freed() {
    let wait = [Step::Wait { ms: 1_000 }];
    let found = breached(|outputs| outputs.signal = Signal::Negative, &wait);
    assert!(found.contains(&Breach::ClosedInF), "{found:?}");
    let found = breached(|outputs| outputs.lock = Drive::Unlock, &wait);
    assert!(found.contains(&Breach::FreesLivePlug), "{found:?}");
    let found = breached(|outputs| outputs.signal = Signal::Pwm(9_600), &wait);
    assert!(found.contains(&Breach::Offer(80_000, 32_000)), "{found:?}");
}

#[test]
fn a_referee_sees_a_contactor_that_closes_at_the_wrong_time() {
    let mut table = Table::new();
    table.tamper = |outputs| outputs.relays = if outputs.at_ms > 200 { Relays::THREE } else { Relays::OPEN };
    table.play([Step::Wait { ms: 300 }]);
    let found: Vec<Breach> = table.referee.verdicts().iter().map(|verdict| verdict.breach).collect();
    for condition in [Condition::NoWish, Condition::NoCable, Condition::Unlocked, Condition::NoOffer] {
        assert!(found.contains(&Breach::Closing(condition)), "{condition:?}: {found:?}");
    }
    assert!(found.contains(&Breach::Untested), "{found:?}");
}

/// A station that closes at 140 ms, and was told of a short in the pilot at `short_ms`.
fn closes_after_a_short(short_ms: u64) -> Vec<Breach> {
    let sample = |number: u32, high_mv: i16, low_mv: i16| Sample {
        number,
        connector: 1,
        high_mv,
        low_mv,
        proximity_ohm: Some(220),
        feedback: Relays::OPEN,
        bolt: Bolt::Locked,
        lock_supply: true,
        trip_dc: number == 1,
        trip_ac: false,
        temperature: 250,
        mains_v: 230,
    };
    let outputs = |at_ms: u64, acknowledged: u32| Outputs {
        at_ms,
        acknowledged,
        connector: 1,
        signal: if at_ms > 20 { Signal::Pwm(2_666) } else { Signal::Constant },
        relays: if at_ms == 140 { Relays::THREE } else { Relays::OPEN },
        lock: Drive::Rest,
        residual_test: at_ms == 10,
        lamp: Lamp::default(),
        tone_hz: 0,
    };
    let mut referee = Referee::new();
    let mut number = 0;
    for at_ms in (10..=140).step_by(10) {
        if at_ms > 10 {
            let high_mv = if at_ms >= short_ms { 0 } else { 6_000 };
            number += 1;
            referee.handle_sample(at_ms, &sample(number, high_mv, if high_mv == 0 { 0 } else { -12_000 }), 0);
        }
        referee.handle_outputs(at_ms, &outputs(at_ms, number));
    }
    referee.verdicts().iter().map(|verdict| verdict.breach).collect()
}

#[test]
fn what_arrives_in_the_tick_of_the_closing_is_not_held_against_it() {
    assert_eq!(closes_after_a_short(140), []);
    let breaches = closes_after_a_short(130);
    assert!(breaches.contains(&Breach::Closing(Condition::NoDiode)), "{breaches:?}");
}
