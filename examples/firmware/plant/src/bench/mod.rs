//! A station under test at its serial lines: the plant plays around it in real time, on a thread of its own.
//!
//! The lines may be sockets of an emulator or a port with a real board. Whoever tests looks at the state under a lock,
//! changes it, and waits for conditions.

mod qemu;
mod wire;

pub use qemu::{Image, Machine};
pub use wire::Wire;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use evkit_plant_link::{Decoder, Line, Outputs, SAMPLE_PERIOD_MS, ToBoard, encode};

use crate::meters::{Meters, Reading};
use crate::referee::Referee;
use crate::script::{Player, State, Step};
use crate::world::{SOCKETS, World};

/// The plant's own grain.
const TICK: Duration = Duration::from_millis(2);
/// How often a waiting test looks again.
const LOOK: Duration = Duration::from_millis(10);
/// A station compares the pilot with a new signal this long after it set it, in milliseconds (`evkit-hal`:
/// `signal_settle`). A plant that needs longer to follow plays a broken pilot.
const FOLLOW_MS: u64 = 50;

/// The serial lines of a station.
#[derive(Debug)]
pub struct Wires {
    /// The plant's line.
    pub link: Wire,
    /// The meters' bus, if it is connected.
    pub bus: Option<Wire>,
}

/// Everything around the station.
#[derive(Debug)]
pub struct Plant {
    /// The physics.
    pub world: World,
    /// Who watches.
    pub referee: Referee,
    /// The meters.
    pub meters: Meters,
    players: Vec<Player>,
    missed: Vec<Step>,
    decoder: Decoder<Outputs>,
    wires: Option<Wires>,
    /// The station's clock as of its last line, in milliseconds.
    pub station_ms: u64,
    /// How often the plant itself was too late, for want of processor time.
    late: Arc<AtomicU32>,
    /// Its last step.
    stepped_ms: u64,
    /// New signals the plant has not been seen to follow yet: the station's clock then, and the first sample under it.
    following: [Option<(u64, u32)>; SOCKETS],
    /// Prints what the station does to its outputs.
    pub show: bool,
    stop: bool,
}

/// A plant that runs.
#[derive(Debug)]
pub struct Bench {
    plant: Arc<Mutex<Plant>>,
    thread: Option<JoinHandle<()>>,
}

impl Bench {
    /// Starts the time. Nothing is connected yet. How often the plant itself is too slow is counted in `late`.
    pub fn new(late: Arc<AtomicU32>) -> Self {
        let plant = Plant {
            world: World::new(),
            referee: Referee::new(),
            meters: Meters::default(),
            players: Vec::new(),
            missed: Vec::new(),
            decoder: Decoder::new(),
            wires: None,
            station_ms: 0,
            late,
            stepped_ms: 0,
            following: [None; SOCKETS],
            show: false,
            stop: false,
        };
        let plant = Arc::new(Mutex::new(plant));
        let shared = Arc::clone(&plant);
        let began = Instant::now();
        let thread = std::thread::spawn(move || {
            loop {
                {
                    let mut plant = lock(&shared);
                    if plant.stop {
                        return;
                    }
                    plant.step(began.elapsed().as_millis() as u64);
                }
                std::thread::sleep(TICK);
            }
        });
        Self { plant, thread: Some(thread) }
    }

    /// The plant at this moment; it stands still meanwhile.
    pub fn plant(&self) -> MutexGuard<'_, Plant> {
        lock(&self.plant)
    }

    /// Connects a station that starts now, or (`None`) takes its power away. The car stays where it is.
    pub fn connect(&self, wires: Option<Wires>) {
        let mut plant = self.plant();
        plant.wires = wires;
        plant.handle_restart();
    }

    /// Lets steps happen at a connector, and waits until all are done.
    ///
    /// # Errors
    /// What the steps waited for and did not get.
    pub fn play(&self, connector: u8, steps: impl IntoIterator<Item = Step>) -> anyhow::Result<()> {
        self.play_all([(connector, steps.into_iter().collect())])
    }

    /// Lets steps happen at several connectors at the same time, and waits until all are done.
    ///
    /// # Errors
    /// What the steps waited for and did not get.
    pub fn play_all(&self, steps: impl IntoIterator<Item = (u8, Vec<Step>)>) -> anyhow::Result<()> {
        let players = steps.into_iter().map(|(connector, steps)| Player::new(connector, steps));
        self.plant().players.extend(players);
        loop {
            std::thread::sleep(LOOK);
            let mut plant = self.plant();
            if plant.players.is_empty() {
                let missed = std::mem::take(&mut plant.missed);
                ensure!(missed.is_empty(), "did not happen: {missed:?}");
                return Ok(());
            }
        }
    }

    /// Waits until something about the plant is so.
    ///
    /// # Errors
    /// It did not become so in time.
    pub fn wait(
        &self,
        what: &str,
        within: Duration,
        mut is: impl FnMut(&mut Plant) -> bool,
    ) -> anyhow::Result<()> {
        let began = Instant::now();
        while !is(&mut self.plant()) {
            ensure!(began.elapsed() < within, "{what}: not within {within:?}");
            std::thread::sleep(LOOK);
        }
        Ok(())
    }

    /// Waits for a state of a connector.
    ///
    /// # Errors
    /// It did not come in time.
    pub fn until(&self, connector: u8, state: State, within: Duration) -> anyhow::Result<()> {
        let what = format!("connector {connector} {state:?}");
        self.wait(&what, within, |plant| state.holds(&mut plant.world, connector))
    }

    /// Fails when the referee has found something.
    ///
    /// # Errors
    /// What it found.
    pub fn check(&self) -> anyhow::Result<()> {
        let plant = self.plant();
        let verdicts: Vec<String> = plant.referee.verdicts().iter().map(ToString::to_string).collect();
        ensure!(verdicts.is_empty(), "{}", verdicts.join("; "));
        Ok(())
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.plant().stop = true;
        // The thread does nothing that can fail.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl Plant {
    fn handle_restart(&mut self) {
        self.world.handle_restart();
        self.referee.handle_restart();
        self.decoder = Decoder::new();
        self.station_ms = 0;
        self.following = [None; SOCKETS];
    }

    /// Notes how long the plant takes to follow a new signal, in the station's time.
    fn follow(&mut self, outputs: &Outputs) {
        let signal = self.world.socket(outputs.connector).outputs().map(|before| before.signal);
        let next = self.world.next_number();
        let following = &mut self.following[usize::from(outputs.connector) - 1];
        if let Some((since, _)) = following.take_if(|(_, sample)| outputs.acknowledged >= *sample)
            && outputs.at_ms.saturating_sub(since) > FOLLOW_MS
        {
            self.late.fetch_add(1, Ordering::Relaxed);
        }
        if signal.is_some_and(|signal| signal != outputs.signal) {
            following.get_or_insert((outputs.at_ms, next));
        }
    }

    /// Sends bytes to the plant's line as they are.
    ///
    /// # Errors
    /// Nothing is connected.
    pub fn send_raw(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.wires.as_mut().context("no station is connected")?.link.send(bytes);
        Ok(())
    }

    /// Sends bytes to the meters' bus as they are.
    ///
    /// # Errors
    /// Nothing is connected.
    pub fn send_bus(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        let wires = self.wires.as_mut().context("no station is connected")?;
        wires.bus.as_mut().context("no bus is connected")?.send(bytes);
        Ok(())
    }

    fn step(&mut self, now_ms: u64) {
        let since = now_ms - std::mem::replace(&mut self.stepped_ms, now_ms);
        if self.wires.is_some() && since > u64::from(SAMPLE_PERIOD_MS) {
            self.late.fetch_add(1, Ordering::Relaxed);
        }
        let Some(mut wires) = self.wires.take() else {
            self.world.step(now_ms);
            return;
        };
        for byte in wires.link.take() {
            if let Some(Ok(outputs)) = self.decoder.push(byte) {
                self.handle_outputs(now_ms, &outputs);
            }
        }
        self.players.iter_mut().for_each(|player| player.step(now_ms, &mut self.world));
        let done = self.players.extract_if(.., |player| player.is_done());
        self.missed.extend(done.flat_map(|player| player.missed().to_vec()));
        let messages = self.world.step(now_ms);
        for message in messages {
            if let ToBoard::Sample(sample) = &message {
                let draw_ma = self.world.socket(sample.connector).currents_ma()[0];
                self.referee.handle_sample(now_ms, sample, draw_ma);
            }
            let line: Line = encode(&message);
            wires.link.send(line.as_bytes());
        }
        if let Some(bus) = &mut wires.bus {
            let readings = self.readings();
            let answers = self.meters.handle(&bus.take(), &readings);
            bus.send(&answers);
        }
        self.wires = Some(wires);
    }

    fn handle_outputs(&mut self, now_ms: u64, outputs: &Outputs) {
        if !(1..=SOCKETS as u8).contains(&outputs.connector) {
            return;
        }
        if outputs.at_ms < self.station_ms {
            self.world.handle_restart();
        }
        self.station_ms = outputs.at_ms;
        self.follow(outputs);
        self.referee.handle_outputs(now_ms, outputs);
        if self.show {
            self.show(outputs);
        }
        self.world.handle_outputs(now_ms, outputs);
    }

    /// Says what changed.
    fn show(&mut self, outputs: &Outputs) {
        let before = self.world.socket(outputs.connector).outputs().copied();
        let Outputs { at_ms, connector, .. } = *outputs;
        if before.map(|before| before.signal) != Some(outputs.signal) {
            println!("{at_ms:>8} ms  connector {connector}: pilot {:?}", outputs.signal);
        }
        if before.map(|before| before.relays) != Some(outputs.relays) {
            let closed = if outputs.relays.any() { "closed" } else { "open" };
            println!("{at_ms:>8} ms  connector {connector}: contactor {closed}");
        }
    }

    fn readings(&mut self) -> [Reading; SOCKETS] {
        std::array::from_fn(|index| {
            let socket = self.world.socket(index as u8 + 1);
            let (currents_ma, register_wh) = (socket.currents_ma(), socket.register_wh());
            Reading { currents_ma, volts: socket.mains_v, register_wh }
        })
    }
}

fn lock(plant: &Mutex<Plant>) -> MutexGuard<'_, Plant> {
    plant.lock().unwrap_or_else(PoisonError::into_inner)
}
