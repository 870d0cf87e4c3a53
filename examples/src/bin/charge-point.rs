//! `charge-point`: a simulated station on the real session code, in real time.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use evkit_examples::net::clock::Clock;
use evkit_examples::net::websocket::Socket;
use evkit_examples::plant::{Car, CarModel};
use evkit_examples::station::config::StationConfig;
use evkit_examples::station::script::{Action, Step, load};
use evkit_examples::station::store::Store;
use evkit_examples::station::{Start, Station, start};
use evkit_ocpp::rpc::handshake::subprotocol;
use evkit_ocpp::schema::Version;
use evkit_rfid::Uid;

/// Step of the electronics.
const STEP: Duration = Duration::from_millis(50);
/// First and longest pause before connecting again.
const PAUSE_MS: (u64, u64) = (1_000, 60_000);
/// How long a station that was told to quit waits for its last messages to be answered.
const LAST_WORDS_MS: u64 = 30_000;

/// A charging station with simulated cars. Without a script it only registers and sends heartbeats.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Address of the central system; the identity is appended
    url: String,
    /// Identity of the station
    #[arg(long)]
    id: String,
    /// Number of connectors
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=8))]
    connectors: u16,
    /// Folder for what must survive a restart [default: none is kept]
    #[arg(long)]
    store: Option<PathBuf>,
    /// What people do at the station: lines of `SECONDS plug|unplug|card|quit …`
    #[arg(long)]
    script: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

/// Runs the station; says whether everything was delivered in the end.
async fn run(arguments: Arguments) -> anyhow::Result<bool> {
    let clock = Clock::real();
    let steps = arguments.script.as_deref().map(load).transpose()?.unwrap_or_default();
    let store = arguments.store.as_deref().map(Store::open).transpose()?.unwrap_or_else(Store::memory);
    let config = StationConfig::plain(&arguments.id, arguments.connectors);
    let nonce = u64::try_from(clock.utc().timestamp_micros()).unwrap_or(0);
    let station = start(clock.now_ms(), Start { config, volts: 230, nonce, store })?;
    let url = format!("{}/{}", arguments.url.trim_end_matches('/'), arguments.id);
    let mut driver = Driver {
        clock,
        station,
        url,
        socket: None,
        retry_at_ms: 0,
        pause_ms: PAUSE_MS.0,
        steps: steps.into(),
        quit_at: None,
    };
    driver.run().await
}

struct Driver {
    clock: Clock,
    station: Box<dyn Station>,
    url: String,
    socket: Option<Socket>,
    retry_at_ms: u64,
    pause_ms: u64,
    steps: std::collections::VecDeque<Step>,
    /// Told to quit at this time.
    quit_at: Option<u64>,
}

impl Driver {
    async fn run(&mut self) -> anyhow::Result<bool> {
        let mut tick = tokio::time::interval(STEP);
        let mut last_ms = self.clock.now_ms();
        loop {
            self.send().await;
            let received = async {
                match &mut self.socket {
                    Some(socket) => socket.receive().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                received = received => match received {
                    Ok(frame) => self.station.handle_frame(self.clock.now_ms(), &frame),
                    Err(closed) => self.lost(&closed.0),
                },
                _ = tick.tick() => {
                    let now_ms = self.clock.now_ms();
                    self.act(now_ms)?;
                    self.pass(&mut last_ms, now_ms);
                    self.connect(now_ms).await?;
                }
            }
            while let Some(note) = self.station.poll_note() {
                let connector = note.connector.map_or_else(String::new, |c| format!("#{c}"));
                println!("{}{connector}: {}", self.station.identity(), note.text);
            }
            if let Some(since) = self.quit_at {
                let late = self.clock.now_ms() > since + LAST_WORDS_MS;
                if late || self.station.is_settled() {
                    if let Some(socket) = self.socket.take() {
                        socket.close().await;
                    }
                    return Ok(self.station.is_settled());
                }
            }
        }
    }

    /// Plays the script.
    fn act(&mut self, now_ms: u64) -> anyhow::Result<()> {
        while let Some(step) = self.steps.pop_front_if(|step| step.at_ms <= now_ms) {
            match step.action {
                Action::Plug(connector) => self.station.plug(connector, Car::new(CAR)),
                Action::Unplug(connector) => {
                    let _ = self.station.unplug(connector);
                }
                Action::Card(connector, card) => {
                    let uid = Uid::parse(&card).map_err(|e| anyhow::anyhow!("card {card}: {e}"))?;
                    self.station.present_card(now_ms, connector, uid);
                }
                Action::Quit => self.quit_at = Some(now_ms),
            }
        }
        Ok(())
    }

    /// Lets real time pass for the electronics, in steps they can follow, and offers what the profiles allow.
    fn pass(&mut self, last_ms: &mut u64, now_ms: u64) {
        while *last_ms < now_ms {
            let dt = (now_ms - *last_ms).min(100);
            *last_ms += dt;
            self.station.step(*last_ms, dt);
        }
        for connector in 1.. {
            let Some(spot) = self.station.spot(connector) else { break };
            let own = spot.rating_ma();
            let limit = self.station.profile_limit_ma(now_ms, connector).map_or(own, |limit| limit.min(own));
            self.station.set_offer(now_ms, connector, limit);
        }
        self.station.handle_timeout(now_ms);
    }

    async fn connect(&mut self, now_ms: u64) -> anyhow::Result<()> {
        if self.socket.is_some() || now_ms < self.retry_at_ms {
            return Ok(());
        }
        match Socket::connect(&self.url, subprotocol(Version::V16)).await {
            Ok(socket) => {
                println!("{}: connected to {}", self.station.identity(), self.url);
                self.socket = Some(socket);
                self.pause_ms = PAUSE_MS.0;
                self.station.handle_open(self.clock.now_ms());
                Ok(())
            }
            Err(error) if error.is_lasting() => Err(error.into()),
            Err(error) => {
                eprintln!("{}: {error}; next attempt in {} s", self.station.identity(), self.pause_ms / 1000);
                self.retry_at_ms = self.clock.now_ms() + self.pause_ms;
                self.pause_ms = (self.pause_ms * 2).min(PAUSE_MS.1);
                Ok(())
            }
        }
    }

    async fn send(&mut self) {
        while let Some(socket) = &mut self.socket {
            let Some(frame) = self.station.poll_transmit(self.clock.now_ms()) else { return };
            if let Err(closed) = socket.send(&frame).await {
                self.lost(&closed.0);
            }
        }
    }

    fn lost(&mut self, why: &str) {
        eprintln!("{}: connection lost: {why}", self.station.identity());
        self.socket = None;
        self.retry_at_ms = self.clock.now_ms() + self.pause_ms;
        self.station.handle_close(self.clock.now_ms());
    }
}

/// The car that every plug brings: three phases, hungry, quick.
const CAR: CarModel =
    CarModel { phases: 3, max_ma: 32_000, needs_mwh: 40_000_000, reaction_ms: 500, ramp_ma_per_s: 16_000 };
