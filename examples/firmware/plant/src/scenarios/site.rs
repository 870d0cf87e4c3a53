//! A board in QEMU with everything around it, for one scenario.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use anyhow::{Context as _, ensure};

use super::Scenario;
use crate::back_end::BackEnd;
use crate::bench::{Bench, Image, Machine};
use crate::referee::Condition;
use crate::relay::Relay;
use crate::script::{State, Step};
use crate::world::Kind;

/// The identity the firmware has by default.
const IDENTITY: &str = "EVKIT-1";
/// A card that both central systems let charge.
pub(super) const CARD: &str = "04A224B25C6480";
/// For what should happen at once, on a machine that does much else.
pub(super) const SOON: Duration = Duration::from_secs(20);
/// For what takes a session's time.
pub(super) const LATER: Duration = Duration::from_secs(60);
/// Where the image of a board's EEPROM lies, if there is such a folder: the emulated processor stands still while it is
/// written, and a busy disk takes its time.
const MEMORY: &str = "/dev/shm";
/// How often, and how long after one another, the load of the processor is looked at; the firmware counts over 200 ms.
const LOOKS: (u32, Duration) = (10, Duration::from_millis(250));
/// From the start until an empty socket is ready: "no vehicle" is believed, the monitor is tested.
const READY_MS: u64 = 7_500;

/// Which central system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// Ours, the program `csms`.
    Csms,
    /// The Python package `ocpp`.
    Python,
}

/// Programs and files of a run.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Program that runs an image in QEMU.
    pub runner: PathBuf,
    /// The firmware.
    pub elf: PathBuf,
    /// This program, for the network.
    pub plant: PathBuf,
    /// Command of our central system.
    pub csms: Vec<String>,
    /// Command of the Python one.
    pub python: Vec<String>,
    /// Program that is a master of load management.
    pub dlm_node: PathBuf,
    /// Where every scenario has its folder.
    pub out: PathBuf,
    /// Counts how often a plant was too slow for its station.
    pub late: Arc<AtomicU32>,
}

/// A board, its plant and its central system.
#[derive(Debug)]
pub struct Site {
    /// What is around the board.
    pub bench: Bench,
    /// Its central system.
    pub back_end: BackEnd,
    /// The way to it.
    pub relay: Relay,
    machine: Option<Machine>,
    image: Image,
    log: PathBuf,
}

impl Site {
    /// A board with these settings, started, with a central system that it will find.
    ///
    /// # Errors
    /// Something does not start, or a setting is not taken.
    pub fn start(setup: &Setup, scenario: &Scenario, settings: &[(&str, &str)]) -> anyhow::Result<Self> {
        Self::start_in(setup, scenario.name, scenario.peer, settings, "user,restrict=on")
    }

    /// As [`start`](Self::start), in a folder of this name and with this network.
    ///
    /// # Errors
    /// Something does not start, or a setting is not taken.
    pub fn start_in(
        setup: &Setup,
        name: &str,
        peer: Peer,
        settings: &[(&str, &str)],
        network: &str,
    ) -> anyhow::Result<Self> {
        let folder = setup.out.join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        let command = if peer == Peer::Csms { &setup.csms } else { &setup.python };
        let back_end = BackEnd::start(command, IDENTITY, &folder.join("frames.jsonl"))?;
        let relay = Relay::start(back_end.port())?;
        // A new process for every connection, so that connecting again works; commas divide QEMU's arguments.
        let pipe = format!("{} pipe {}", setup.plant.display(), relay.port()).replace(',', ",,");
        let network = format!("{network},guestfwd=tcp:10.0.2.100:9000-cmd:{pipe}");
        let eeprom = eeprom(&folder, name);
        let image = Image { runner: setup.runner.clone(), elf: setup.elf.clone(), eeprom, network };
        let log = folder.join("console");
        let mut site =
            Self { bench: Bench::new(Arc::clone(&setup.late)), back_end, relay, machine: None, image, log };
        if !settings.is_empty() {
            site.relay.set_up(false);
            site.power_on()?;
            for (setting, value) in settings {
                site.set(setting, value)?;
            }
            site.cut()?;
            site.relay.set_up(true);
        }
        site.power_on()?;
        Ok(site)
    }

    /// Gives the board power.
    ///
    /// # Errors
    /// It does not start.
    pub fn power_on(&mut self) -> anyhow::Result<()> {
        let (machine, wires) = Machine::start(&self.image, &self.log)?;
        self.bench.connect(Some(wires));
        self.machine = Some(machine);
        Ok(())
    }

    /// Takes the board's power away, whatever it does.
    ///
    /// # Errors
    /// It has none.
    pub fn cut(&mut self) -> anyhow::Result<()> {
        self.machine.take().context("the board has no power")?.cut()?;
        self.bench.connect(None);
        Ok(())
    }

    /// The running board.
    ///
    /// # Errors
    /// It has no power.
    pub fn machine(&mut self) -> anyhow::Result<&mut Machine> {
        self.machine.as_mut().context("the board has no power")
    }

    /// The board's EEPROM, while it has no power.
    pub fn eeprom(&self) -> &Path {
        &self.image.eeprom
    }

    /// Sets a setting on the console.
    ///
    /// # Errors
    /// It is not taken.
    pub fn set(&mut self, setting: &str, value: &str) -> anyhow::Result<()> {
        let machine = self.machine()?;
        let before = machine.console().len();
        machine.hear("start after", SOON)?;
        machine.type_in(format!("set {setting} {value}\n").as_bytes())?;
        machine.hear_after(before, &format!("{setting} is kept"), SOON)?;
        Ok(())
    }

    /// Waits until the station is accepted, and returns the milliseconds from its start by its own clock.
    ///
    /// # Errors
    /// It is not in time.
    pub fn accepted(&mut self) -> anyhow::Result<u64> {
        let line = self.machine()?.hear("registration Accepted", LATER)?;
        let stamp = line.trim_start_matches('[').split(']').next().unwrap_or_default().trim();
        stamp.parse().with_context(|| format!("no time in `{line}`"))
    }

    /// Waits until the central system knows the station and an empty socket can charge.
    ///
    /// # Errors
    /// It does not come to that.
    pub fn ready(&mut self) -> anyhow::Result<()> {
        self.accepted()?;
        self.lives(READY_MS)
    }

    /// Waits until the station has run for so long.
    ///
    /// # Errors
    /// It has not.
    pub fn lives(&self, ms: u64) -> anyhow::Result<()> {
        self.bench.wait(&format!("{ms} ms of life"), LATER, |plant| plant.station_ms >= ms)
    }

    /// Share of the time that the board's processor is busy, in thousandths: the least of several looks, because an
    /// emulated processor that waits for one of the host's counts as busy.
    ///
    /// # Errors
    /// The console does not say it.
    pub fn load(&mut self) -> anyhow::Result<u32> {
        let mut least = u32::MAX;
        for _ in 0..LOOKS.0 {
            std::thread::sleep(LOOKS.1);
            let machine = self.machine()?;
            let before = machine.console().len();
            machine.type_in(b"status\n")?;
            let line = machine.hear_after(before, "started by", SOON)?;
            let load = line.split("load ").nth(1).and_then(|rest| rest.split_once(" %"));
            let load = load.and_then(|(load, _)| load.replace('.', "").parse().ok());
            least = least.min(load.with_context(|| format!("no load in `{line}`"))?);
        }
        Ok(least)
    }

    /// Charges a car at a connector with a card, until the central system knows and energy has flown.
    ///
    /// # Errors
    /// It does not come to that.
    pub fn charge(&mut self, connector: u8) -> anyhow::Result<()> {
        let starts = self.back_end.heard("StartTransaction")?.len();
        self.bench.play(connector, charging(3_000))?;
        self.back_end.hear("StartTransaction", starts, SOON, |start| start["connectorId"] == connector)?;
        Ok(())
    }

    /// The car has enough, its driver ends the session by the card and leaves.
    ///
    /// # Errors
    /// The plug is not let go.
    pub fn leave(&mut self, connector: u8) -> anyhow::Result<()> {
        let pause = Step::Wait { ms: 500 };
        let unplug = Step::Unplug { force: true };
        self.bench.play(connector, [Step::Finish, until(State::Open), pause.clone(), card(), pause, unplug])
    }

    /// The end of a scenario: the referee found nothing, and the station started anew so often.
    ///
    /// # Errors
    /// What the referee found.
    pub fn finish(self, restarts: u32) -> anyhow::Result<()> {
        self.bench.check()?;
        let seen = self.bench.plant().referee.restarts();
        ensure!(seen == restarts, "the station started {seen} times more, not {restarts}");
        Ok(())
    }

    /// How fast the station reacted to a condition: "NoWish 41 ms (host 44 ms)".
    pub fn reaction(&self, condition: Condition) -> String {
        let met = self.bench.plant().referee.reaction(condition);
        format!("{condition:?} {} ms (host {} ms)", met.station_ms, met.plant_ms)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if self.image.eeprom.starts_with(MEMORY) {
            // It stays in the run's folder; a board that never started has none.
            let _ = std::fs::copy(&self.image.eeprom, self.log.with_file_name("eeprom"));
            let _ = std::fs::remove_file(&self.image.eeprom);
        }
    }
}

/// The image of a new EEPROM.
fn eeprom(folder: &Path, name: &str) -> PathBuf {
    if Path::new(MEMORY).is_dir() {
        Path::new(MEMORY).join(format!("evkit-plant-{}-{name}", std::process::id()))
    } else {
        folder.join("eeprom")
    }
}

/// A car of a kind that draws 16 A at most, on a cable for 32 A.
pub(super) fn plug(car: Kind) -> Step {
    Step::Plug { car, cable: 32, draws: 16 }
}

/// The card of all scenarios.
pub(super) fn card() -> Step {
    Step::Card { uid: CARD.to_owned() }
}

/// Waits for a state.
pub(super) fn until(is: State) -> Step {
    Step::Until { is, within: 40_000, must: true }
}

/// A normal car comes, its driver holds the card to the reader, and it charges for so long.
pub(super) fn charging(ms: u64) -> [Step; 5] {
    [plug(Kind::Normal), Step::Wait { ms: 700 }, card(), until(State::Closed), Step::Wait { ms }]
}
