//! `charge-point`: a simulated station on the real session code, in real time.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use clap::{Parser, ValueEnum};
use evkit_examples::net::clock::Clock;
use evkit_examples::net::transfer;
use evkit_examples::password::Password;
use evkit_examples::plant::{Car, CarModel};
use evkit_examples::station::certificates::{CertificateStore, own_identity};
use evkit_examples::station::config::StationConfig;
use evkit_examples::station::credentials::{Access, Credentials, Equipment};
use evkit_examples::station::script::{Action, Step, load};
use evkit_examples::station::store::Store;
use evkit_examples::station::{Outcome, Start, Station, start};
use evkit_ocpp::rpc::{Backoff, Watchdog};
use evkit_ocpp::time::Instant;
use evkit_ocpp::tokio::{Client, ClientTls, End, Endpoint, WebSocket, drive};
use evkit_ocpp::v16::CertificateUse;
use evkit_rfid::Uid;
use tokio::sync::{Notify, mpsc};

/// Step of the electronics.
const STEP: Duration = Duration::from_millis(50);
/// First pause before connecting again, random part of every pause, and how often it doubles.
const PAUSES: (Duration, Duration, u32) = (Duration::from_secs(1), Duration::from_millis(500), 6);
/// How long a station that was told to quit waits for its last messages to be answered.
const LAST_WORDS_MS: u64 = 30_000;

/// A charging station with simulated cars. Without a script it only registers and sends heartbeats.
#[derive(Parser)]
#[command(disable_version_flag = true)]
struct Arguments {
    /// Address of the central system, ws:// or wss://; the identity is appended
    url: String,
    /// Address for security profiles 2 and 3 (wss://), if URL is one without TLS
    #[arg(long, value_name = "URL")]
    secure_url: Option<String>,
    /// Identity of the station
    #[arg(long)]
    id: String,
    /// Version of OCPP
    #[arg(long, default_value = "1.6")]
    version: Version,
    /// Number of connectors
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=8))]
    connectors: u16,
    /// Folder for what must survive a restart [default: none is kept]
    #[arg(long)]
    store: Option<PathBuf>,
    /// What people do at the station: lines of `SECONDS plug|unplug|card|quit …`
    #[arg(long)]
    script: Option<PathBuf>,
    /// Password for the central system (security profiles 1 and 2)
    #[arg(long)]
    password: Option<String>,
    /// Root certificate of the central system (PEM file; wss://)
    #[arg(long)]
    root: Option<PathBuf>,
    /// The station's own certificate chain and key (PEM files; security profile 3)
    #[arg(long, num_args = 2, value_names = ["CERT", "KEY"], requires = "root")]
    certificate: Option<Vec<PathBuf>>,
    /// Restarts after so many seconds without a connection; 0: never
    #[arg(long, default_value_t = Watchdog::DEFAULT_LIMIT.as_secs(), value_name = "SECONDS")]
    watchdog: u64,
}

/// The versions this program has a station for.
#[derive(Clone, Copy, ValueEnum)]
enum Version {
    #[value(name = "1.6")]
    V16,
}

impl Arguments {
    /// The folder of the certificates that the central system has installed or signed.
    fn certificates(&self) -> Option<PathBuf> {
        Some(self.store.as_ref()?.join("certificates"))
    }

    fn certificate_store(&self) -> anyhow::Result<CertificateStore> {
        let Some(folder) = self.certificates() else { return Ok(CertificateStore::memory()) };
        CertificateStore::open(&folder).with_context(|| folder.display().to_string())
    }

    /// The address for connections with TLS, or for those without.
    fn address(&self, tls: bool) -> Option<&str> {
        let mut addresses = [Some(self.url.as_str()), self.secure_url.as_deref()].into_iter().flatten();
        addresses.find(|address| address.starts_with("wss:") == tls)
    }

    fn credentials(&self) -> Credentials {
        let profile = match (self.address(false), &self.certificate, &self.password) {
            (Some(_), _, Some(_)) => 1,
            (Some(_), _, None) => 0,
            (None, Some(_), _) => 3,
            (None, None, _) => 2,
        };
        let equipment = Equipment {
            tls: self.address(true).is_some(),
            root: self.root.is_some(),
            certificate: self.certificate.is_some(),
        };
        let password = self.password.clone().map(|text| Password(text.into_bytes()));
        Credentials::new(Access { profile, password }, equipment)
    }

    /// How to connect with what is there now: an installed root counts beside that of the command line, a signed
    /// certificate instead of it.
    fn client(&self, access: Access) -> anyhow::Result<Client> {
        let tls = access.profile >= 2;
        let address = self.address(tls).with_context(|| {
            let scheme = if tls { "wss" } else { "ws" };
            format!("security profile {} needs a {scheme}:// address", access.profile)
        })?;
        let mut client = Client::new(address, &self.id);
        client.versions = match self.version {
            Version::V16 => vec![evkit_ocpp::schema::Version::V16],
        };
        client.password =
            access.password.filter(|_| matches!(access.profile, 1 | 2)).map(|password| password.0);
        if tls {
            client.tls = self.tls(access.profile == 3)?;
        }
        Ok(client)
    }

    /// Whom to trust, and with which certificate to show who this is; none without a root.
    fn tls(&self, shows_certificate: bool) -> anyhow::Result<Option<ClientTls>> {
        let read = |path: &PathBuf| std::fs::read(path).with_context(|| path.display().to_string());
        let mut roots = self.root.as_ref().map(read).transpose()?.unwrap_or_default();
        let installed = CertificateUse::CentralSystemRootCertificate;
        roots.extend(self.certificate_store()?.roots(installed).into_bytes());
        if roots.is_empty() {
            return Ok(None);
        }
        let files = self.certificate.iter().flatten().map(read).collect::<Result<Vec<_>, _>>()?;
        let given = <[_; 2]>::try_from(files).ok().map(|[chain, key]| (chain, key));
        let identity = self.certificates().and_then(|folder| own_identity(&folder)).or(given);
        let identity = identity.as_ref().filter(|_| shows_certificate);
        let identity = identity.map(|(chain, key)| (chain.as_slice(), key.as_slice()));
        Ok(Some(ClientTls::from_pem(&roots, identity)?))
    }
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
    let start_up = Start {
        config,
        volts: 230,
        nonce,
        store,
        certificates: arguments.certificate_store()?,
        credentials: arguments.credentials(),
        watchdog: Duration::from_secs(arguments.watchdog),
    };
    let station = start(clock.now_ms(), start_up)?;
    arguments.client(station.access())?;
    let last_ms = clock.now_ms();
    let done = Arc::new(Notify::new());
    let mut player = Player {
        clock,
        station,
        steps: steps.into(),
        last_ms,
        quit_at: None,
        error: None,
        errands: mpsc::unbounded_channel(),
        connected: false,
        done: done.clone(),
    };
    let mut backoff = Backoff::new(PAUSES.0, PAUSES.1, PAUSES.2, nonce);
    let mut beats = heartbeat_of_the_electronics();
    while !player.is_done() {
        let Some((mut socket, url)) = connect(&arguments, &mut player, &mut beats, &mut backoff).await?
        else {
            break;
        };
        println!("{}: connected to {url}", arguments.id);
        backoff.reset();
        let clock = player.clock.clone();
        let now = || Instant::from_millis(clock.now_ms());
        match drive(&mut player, &mut socket, &mut beats, now, done.notified()).await {
            End::Stopped => {}
            End::Closed(closed) => eprintln!("{}: connection lost: {}", arguments.id, closed.0),
            end => eprintln!("{}: connection lost: {end:?}", arguments.id),
        }
        player.restart_if_wanted();
    }
    player.error.map_or(Ok(player.station.is_settled()), Err)
}

/// A channel that ticks.
fn heartbeat_of_the_electronics() -> mpsc::Receiver<()> {
    let (beat, beats) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(STEP);
        while beat.send(()).await.is_ok() {
            tick.tick().await;
        }
    });
    beats
}

/// Connects, as often as it takes, while the electronics go on; gives the address too. `None`: the player is done.
async fn connect(
    arguments: &Arguments,
    player: &mut Player,
    beats: &mut mpsc::Receiver<()>,
    backoff: &mut Backoff,
) -> anyhow::Result<Option<(WebSocket, String)>> {
    loop {
        player.restart_if_wanted();
        let client = arguments.client(player.station.access())?;
        let Some(result) = player.play_until(beats, client.connect()).await else { return Ok(None) };
        let error = match result {
            Ok((socket, _)) => return Ok(Some((socket, client.url))),
            Err(error) if error.is_lasting() => return Err(error.into()),
            Err(error) => error,
        };
        player.station.handle_failure(player.clock.now_ms());
        let pause = backoff.next_pause();
        eprintln!("{}: {error}; next attempt in {:.1} s", client.identity, pause.as_secs_f32());
        if player.play_until(beats, tokio::time::sleep(pause)).await.is_none() {
            return Ok(None);
        }
    }
}

/// The station and what people do at it.
struct Player {
    clock: Clock,
    station: Box<dyn Station>,
    steps: VecDeque<Step>,
    /// The electronics have got so far.
    last_ms: u64,
    /// Told to quit at this time.
    quit_at: Option<u64>,
    error: Option<anyhow::Error>,
    /// Outcomes of errands, which threads of their own run.
    errands: (mpsc::UnboundedSender<Outcome>, mpsc::UnboundedReceiver<Outcome>),
    connected: bool,
    /// The connection is to end.
    done: Arc<Notify>,
}

impl Player {
    /// Plays until `future` is ready; `None`: the player was done before.
    async fn play_until<T>(
        &mut self,
        beats: &mut mpsc::Receiver<()>,
        future: impl Future<Output = T>,
    ) -> Option<T> {
        let mut future = std::pin::pin!(future);
        while !self.is_done() {
            tokio::select! {
                result = &mut future => return Some(result),
                _ = beats.recv() => self.beat(),
            }
        }
        None
    }

    fn is_done(&self) -> bool {
        let quit = self
            .quit_at
            .is_some_and(|since| self.station.is_settled() || self.clock.now_ms() > since + LAST_WORDS_MS);
        quit || self.error.is_some()
    }

    /// Plays the script, then lets time pass for the electronics.
    fn beat(&mut self) {
        let now_ms = self.clock.now_ms();
        if let Err(error) = self.act(now_ms) {
            self.error = Some(error);
        }
        self.pass(now_ms);
        while let Some(note) = self.station.poll_note() {
            let connector = note.connector.map_or_else(String::new, |c| format!("#{c}"));
            println!("{}{connector}: {}", self.station.identity(), note.text);
        }
        self.run_errands(now_ms);
        let leaves = self.is_done() || self.station.wants_reconnect() || self.station.wants_restart(now_ms);
        if self.connected && leaves {
            self.done.notify_one();
        }
    }

    fn run_errands(&mut self, now_ms: u64) {
        while let Some(errand) = self.station.poll_errand(now_ms) {
            let outcomes = self.errands.0.clone();
            // Nobody waits for the outcome any more when the program ends.
            std::thread::spawn(move || _ = outcomes.send(transfer::run(&errand)));
        }
        while let Ok(outcome) = self.errands.1.try_recv() {
            self.station.handle_outcome(now_ms, outcome);
        }
    }

    /// Switches the station off and on, if it is to be; there is no connection.
    fn restart_if_wanted(&mut self) {
        let now_ms = self.clock.now_ms();
        if self.station.wants_restart(now_ms) {
            self.station.restart(now_ms);
        }
    }

    fn act(&mut self, now_ms: u64) -> anyhow::Result<()> {
        while let Some(step) = self.steps.pop_front_if(|step| step.at_ms <= now_ms) {
            match step.action {
                Action::Plug(connector) => self.station.plug(connector, Car::new(CAR)),
                Action::Unplug(connector) => {
                    let _ = self.station.unplug(connector);
                }
                Action::Card(connector, card) => {
                    let uid = Uid::parse(&card).map_err(|e| anyhow!("card {card}: {e}"))?;
                    self.station.present_card(now_ms, connector, uid);
                }
                Action::Quit => self.quit_at = Some(now_ms),
            }
        }
        Ok(())
    }

    /// Lets real time pass for the electronics, in steps they can follow, and offers what the profiles allow.
    fn pass(&mut self, now_ms: u64) {
        while self.last_ms < now_ms {
            let dt = (now_ms - self.last_ms).min(100);
            self.last_ms += dt;
            self.station.step(self.last_ms, dt);
        }
        for connector in 1.. {
            let Some(spot) = self.station.spot(connector) else { break };
            let own = spot.rating_ma();
            let limit = self.station.profile_limit_ma(now_ms, connector).map_or(own, |limit| limit.min(own));
            self.station.set_offer(now_ms, connector, limit);
        }
        self.station.handle_timeout(now_ms);
    }
}

impl Endpoint for Player {
    /// A beat of the electronics.
    type Command = ();

    fn handle_open(&mut self, now: Instant) {
        self.connected = true;
        self.station.handle_open(now.as_millis());
    }

    fn handle_close(&mut self, now: Instant) {
        self.connected = false;
        self.station.handle_close(now.as_millis());
    }

    fn handle_frame(&mut self, now: Instant, text: &str) {
        self.station.handle_frame(now.as_millis(), text);
    }

    fn handle_command(&mut self, _: Instant, (): ()) {
        self.beat();
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.station.handle_timeout(now.as_millis());
    }

    fn poll_transmit(&mut self, now: Instant) -> Option<String> {
        self.station.poll_transmit(now.as_millis())
    }

    /// The electronics beat far more often than the session has deadlines.
    fn poll_timeout(&self) -> Option<Instant> {
        None
    }

    fn ping_interval(&self) -> Duration {
        self.station.ping_interval()
    }
}

/// The car that every plug brings: three phases, hungry, quick.
const CAR: CarModel = CarModel {
    phases: 3,
    max_ma: 32_000,
    needs_mwh: 40_000_000,
    reaction_ms: 500,
    ramp_ma_per_s: 16_000,
    needs_ventilation: false,
};
