//! What a test person does at one socket, step by step: written by hand in TOML, or thrown by a seed.

use std::collections::VecDeque;

use anyhow::{Context as _, ensure};
use evkit_plant_link::Uid;
use serde::Deserialize;

use crate::world::{Car, Kind, Leak, SOCKETS, Wear, World, cable};

/// One step. Times are in milliseconds, of whoever drives the world.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// Plug a car in.
    Plug {
        /// How it behaves.
        #[serde(default)]
        car: Kind,
        /// Rating of its cable in amperes: 13, 20, 32 or 63.
        #[serde(default = "usual_amps")]
        cable: u32,
        /// The most it draws per phase, in amperes.
        #[serde(default = "usual_amps")]
        draws: u32,
    },
    /// Pull the plug; a locked one only by force.
    Unplug {
        /// By force.
        #[serde(default)]
        force: bool,
    },
    /// Hold a card to the reader.
    Card {
        /// Its identifier, hexadecimal.
        uid: String,
    },
    /// The car has enough.
    Finish,
    /// The car's diode fails, or works again.
    Diode {
        /// Whether it works.
        works: bool,
    },
    /// Pilot and earth touch, or do not any more.
    Short {
        /// Whether they touch.
        on: bool,
    },
    /// One measurement of the pilot is wrong.
    Glitch {
        /// What it shows, in millivolts.
        mv: i16,
    },
    /// A residual current flows, or (without a kind) does not any more.
    Leak {
        /// Which.
        kind: Option<Leak>,
    },
    /// The contactor wears, or is replaced.
    Contactor {
        /// How.
        wear: Wear,
    },
    /// The bolt jams, or moves again.
    Bolt {
        /// Whether it jams.
        jams: bool,
    },
    /// The cable's coding changes by itself, or (without a rating) is lost.
    Coding {
        /// Rating in amperes.
        amps: Option<u32>,
    },
    /// Temperature of the station.
    Temperature {
        /// Degrees Celsius.
        celsius: i16,
    },
    /// Mains.
    Mains {
        /// Volts.
        volts: u16,
    },
    /// No measurement reaches the station.
    Silence {
        /// For so long.
        ms: u64,
    },
    /// Everything is repaired and the car gone.
    Repair,
    /// Time passes.
    Wait {
        /// So much.
        ms: u64,
    },
    /// Wait for something.
    Until {
        /// What.
        is: State,
        /// How long at most.
        #[serde(default = "usual_ms")]
        within: u64,
        /// Whether it is a failure when it does not come.
        #[serde(default = "yes")]
        must: bool,
    },
}

/// What a script waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The contactor is commanded closed.
    Closed,
    /// The contactor is commanded open.
    Open,
    /// A current is offered.
    Offered,
    /// The plug is locked.
    Locked,
    /// The plug is free.
    Free,
}

const fn usual_amps() -> u32 {
    32
}

const fn usual_ms() -> u64 {
    20_000
}

const fn yes() -> bool {
    true
}

/// Steps at every socket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script(pub [Vec<Step>; SOCKETS]);

impl Script {
    /// Reads a script: `[[step]]` tables in the order they happen, each with its `connector`.
    ///
    /// # Errors
    /// What is wrong in it, and where.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        #[derive(Deserialize)]
        struct Row {
            connector: usize,
            #[serde(flatten)]
            step: Step,
        }
        #[derive(Deserialize)]
        struct File {
            step: Vec<Row>,
        }
        let mut script = Self::default();
        for (number, Row { connector, step }) in (1..).zip(toml::from_str::<File>(text)?.step) {
            let steps = connector.checked_sub(1).and_then(|index| script.0.get_mut(index));
            let steps = steps
                .with_context(|| format!("step {number}: connector {connector}, there are {SOCKETS}"))?;
            step.check().with_context(|| format!("step {number}"))?;
            steps.push(step);
        }
        Ok(script)
    }
}

impl Step {
    fn check(&self) -> anyhow::Result<()> {
        match self {
            Self::Plug { cable: amps, .. } | Self::Coding { amps: Some(amps) } => {
                ensure!(cable(*amps).is_some(), "no cable is for {amps} A; there are 13, 20, 32 and 63");
            }
            Self::Card { uid } => {
                ensure!(card(uid).is_some(), "`{uid}` is no card: 1 to 10 bytes in hexadecimal");
            }
            _ => {}
        }
        Ok(())
    }
}

/// A card by its identifier in hexadecimal digits.
pub fn card(uid: &str) -> Option<Uid> {
    let digits: Option<Vec<u32>> = uid.chars().map(|digit| digit.to_digit(16)).collect();
    let bytes: Vec<u8> =
        digits?.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | *digit as u8)).collect();
    Uid::new(&bytes).filter(|_| uid.len().is_multiple_of(2))
}

/// Does the steps at one socket.
#[derive(Clone, Debug)]
pub struct Player {
    connector: u8,
    steps: VecDeque<Step>,
    /// When the present waiting began.
    since: Option<u64>,
    missed: Vec<Step>,
}

impl Player {
    /// A player at a connector, from 1.
    pub fn new(connector: u8, steps: impl IntoIterator<Item = Step>) -> Self {
        Self { connector, steps: steps.into_iter().collect(), since: None, missed: Vec::new() }
    }

    /// Whether all is done.
    pub fn is_done(&self) -> bool {
        self.steps.is_empty()
    }

    /// What was waited for and did not come.
    pub fn missed(&self) -> &[Step] {
        &self.missed
    }

    /// Does what is to be done now.
    pub fn step(&mut self, now_ms: u64, world: &mut World) {
        while let Some(step) = self.steps.front() {
            let since = *self.since.get_or_insert(now_ms);
            let passed = now_ms.saturating_sub(since);
            match step {
                Step::Wait { ms } if passed < *ms => return,
                Step::Until { is, within, must } if !is.holds(world, self.connector) => {
                    if passed < *within {
                        return;
                    }
                    if *must {
                        self.missed.push(step.clone());
                    }
                }
                step => apply(step, now_ms, self.connector, world),
            }
            self.since = None;
            self.steps.pop_front();
        }
    }
}

impl State {
    /// Whether it is so.
    pub fn holds(self, world: &mut World, connector: u8) -> bool {
        let socket = world.socket(connector);
        match self {
            Self::Closed => socket.is_closed(),
            Self::Open => !socket.is_closed(),
            Self::Offered => socket.offered_ma() > 0,
            Self::Locked => socket.is_locked(),
            Self::Free => !socket.is_locked(),
        }
    }
}

fn apply(step: &Step, now_ms: u64, connector: u8, world: &mut World) {
    let socket = world.socket(connector);
    match step {
        Step::Plug { car, cable: amps, draws } => {
            if let Some(cable) = cable(*amps) {
                socket.plug(Car::new(*car, draws * 1_000), cable);
            }
        }
        Step::Unplug { force } => _ = socket.unplug(*force),
        Step::Card { uid } => {
            if let Some(uid) = card(uid) {
                world.present(connector, uid);
            }
        }
        Step::Finish => {
            if let Some(car) = socket.car() {
                car.finished = true;
            }
        }
        Step::Diode { works } => {
            if let Some(car) = socket.car() {
                car.diode = *works;
            }
        }
        Step::Short { on } => socket.shorted = *on,
        Step::Glitch { mv } => socket.glitch(*mv),
        Step::Leak { kind } => socket.leak = *kind,
        Step::Contactor { wear } => socket.contactor.wear = *wear,
        Step::Bolt { jams } => socket.jammed = *jams,
        Step::Coding { amps } => socket.recode(amps.and_then(cable)),
        Step::Temperature { celsius } => socket.temperature = celsius.saturating_mul(10),
        Step::Mains { volts } => socket.mains_v = *volts,
        Step::Silence { ms } => socket.silence(now_ms + ms),
        Step::Repair => socket.reset(),
        Step::Wait { .. } | Step::Until { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_read_by_connector() {
        let text = r#"
            step = [
                { connector = 1, do = "plug", car = "no-diode", cable = 20 },
                { connector = 2, do = "card", uid = "04A224B2" },
                { connector = 1, do = "until", is = "closed", within = 5000 },
                { connector = 1, do = "leak", kind = "dc" },
                { connector = 1, do = "leak" },
            ]
        "#;
        let script = Script::parse(text).unwrap();
        let plug = Step::Plug { car: Kind::NoDiode, cable: 20, draws: 32 };
        let until = Step::Until { is: State::Closed, within: 5_000, must: true };
        let leaks = [Step::Leak { kind: Some(Leak::Dc) }, Step::Leak { kind: None }];
        assert_eq!(script.0[0], [&[plug, until], &leaks[..]].concat());
        assert_eq!(script.0[1], [Step::Card { uid: "04A224B2".to_owned() }]);
    }

    #[test]
    fn each_mistake_is_named() {
        let rows = [
            (r#"{ connector = 3, do = "finish" }"#, "step 1: connector 3, there are 2"),
            (r#"{ connector = 1, do = "plug", cable = 16 }"#, "no cable is for 16 A"),
            (r#"{ connector = 1, do = "card", uid = "04A" }"#, "`04A` is no card"),
            (r#"{ connector = 1, do = "dance" }"#, "dance"),
            (r#"{ connector = 1, do = "wait" }"#, "ms"),
        ];
        for (row, expected) in rows {
            let error = format!("{:#}", Script::parse(&format!("step = [{row}]")).unwrap_err());
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn a_player_waits_for_time_and_for_states() {
        let mut world = World::new();
        let until = |must| Step::Until { is: State::Closed, within: 50, must };
        let steps = [Step::Wait { ms: 100 }, Step::Mains { volts: 200 }, until(false), until(true)];
        let mut player = Player::new(1, steps);
        player.step(0, &mut world);
        player.step(99, &mut world);
        assert_eq!(world.socket(1).mains_v, 230);
        player.step(100, &mut world);
        assert_eq!(world.socket(1).mains_v, 200);
        player.step(150, &mut world);
        assert!(!player.is_done());
        player.step(200, &mut world);
        assert!(player.is_done());
        assert_eq!(player.missed(), [until(true)]);
    }
}
