//! The server: WebSocket connections of stations and the status page, on one port.

use std::collections::HashMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use evkit_ocpp::time::Instant;
use evkit_ocpp::tokio::{Acceptor, Endpoint, HttpRequest, Incoming, StationRequest, drive};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};

use super::Command;
use super::connection::Connection;
use super::hub::Hub;
use super::page;
use crate::net::clock::Clock;
use crate::net::traffic::Traffic;
use crate::password::Password;

/// Commands that may wait for one station.
const COMMANDS: usize = 16;

/// Pause after the system has refused a connection, for want of file handles as a rule.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What a central system needs to start.
#[derive(Debug)]
pub struct Setup {
    /// What it remembers.
    pub hub: Hub,
    /// Its clock.
    pub clock: Clock,
    /// Heartbeat interval for stations in seconds.
    pub heartbeat_s: u32,
    /// How connections are accepted: with TLS or without.
    pub acceptor: Acceptor,
    /// Password that stations have to show (security profiles 1 and 2) until they are given one of their own.
    pub password: Option<Password>,
    /// Takes a line of JSON for every frame.
    pub log: Option<std::fs::File>,
    /// Takes remarks about stations: identity and what happened.
    pub remarks: mpsc::UnboundedSender<(String, String)>,
}

impl Setup {
    /// A central system without security that keeps no log.
    pub fn new(hub: Hub, clock: Clock, remarks: mpsc::UnboundedSender<(String, String)>) -> Self {
        let acceptor = Acceptor::default();
        Self { hub, clock, heartbeat_s: 300, acceptor, password: None, log: None, remarks }
    }
}

/// How connections end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    No,
    /// With a goodbye.
    Goodbye,
    /// In the middle of whatever they do.
    Break,
}

#[derive(Debug)]
struct Shared {
    hub: Mutex<Hub>,
    clock: Clock,
    heartbeat_s: u32,
    acceptor: Acceptor,
    password: Option<Password>,
    log: Option<Mutex<std::fs::File>>,
    remarks: mpsc::UnboundedSender<(String, String)>,
    links: Mutex<HashMap<String, Link>>,
    stop: watch::Sender<Stop>,
}

/// The way to a connected station.
#[derive(Debug)]
struct Link {
    traffic: Arc<Traffic>,
    commands: mpsc::Sender<Command>,
    /// Connections so far; makes message ids of different connections differ.
    generation: u64,
}

/// A central system that can go away and come back with its memory.
#[derive(Debug)]
pub struct Server {
    shared: Arc<Shared>,
    address: SocketAddr,
    serving: Option<tokio::task::JoinHandle<()>>,
}

impl Server {
    /// Starts listening.
    ///
    /// # Errors
    /// The port is in use, or may not be used.
    pub async fn start(listen: SocketAddr, setup: Setup) -> std::io::Result<Self> {
        let (stop, _) = watch::channel(Stop::No);
        let shared = Shared {
            hub: Mutex::new(setup.hub),
            clock: setup.clock,
            heartbeat_s: setup.heartbeat_s,
            acceptor: setup.acceptor,
            password: setup.password,
            log: setup.log.map(Mutex::new),
            remarks: setup.remarks,
            links: Mutex::default(),
            stop,
        };
        let mut server = Self { shared: Arc::new(shared), address: listen, serving: None };
        server.resume().await?;
        Ok(server)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its memory.
    pub fn hub(&self) -> MutexGuard<'_, Hub> {
        lock(&self.shared.hub)
    }

    /// Goes away: connections break in the middle of whatever they do, new ones are refused.
    pub async fn vanish(&mut self) {
        self.leave(Stop::Break).await;
    }

    /// Says goodbye to every station and waits until all connections have ended.
    pub async fn shut_down(&mut self) {
        self.leave(Stop::Goodbye).await;
        self.shared.stop.closed().await;
    }

    async fn leave(&mut self, how: Stop) {
        self.shared.stop.send_replace(how);
        if let Some(serving) = self.serving.take() {
            serving.abort();
            let _ = serving.await;
        }
    }

    /// Comes back at the same address.
    ///
    /// # Errors
    /// Somebody else took the port.
    pub async fn resume(&mut self) -> std::io::Result<()> {
        if self.serving.is_some() {
            return Ok(());
        }
        let listener = TcpListener::bind(self.address).await?;
        self.address = listener.local_addr()?;
        self.shared.stop.send_replace(Stop::No);
        let shared = Arc::clone(&self.shared);
        self.serving = Some(tokio::spawn(async move {
            loop {
                match listener.accept().await {
                    Ok((tcp, _)) => _ = tokio::spawn(welcome(Arc::clone(&shared), tcp)),
                    Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
                }
            }
        }));
        Ok(())
    }

    /// Waits until it is told to stop, for programs that do nothing else.
    pub async fn run(&mut self) {
        if let Some(serving) = &mut self.serving {
            let _ = serving.await;
        }
    }

    /// Fresh counters for the connection that a station is about to make, for whoever runs in lockstep with it.
    pub fn expect(&self, identity: &str) -> Arc<Traffic> {
        self.shared.link(identity, |link| link.traffic = Arc::default())
    }

    /// Gives a command to a connected station; says whether there is a connection that takes it.
    pub fn command(&self, identity: &str, command: Command) -> bool {
        let mut given = false;
        self.shared.link(identity, |link| {
            if let Ok(place) = link.commands.try_reserve() {
                link.traffic.client_gives();
                place.send(command);
                given = true;
            }
        });
        given
    }
}

impl Shared {
    fn now(&self) -> Instant {
        Instant::from_millis(self.clock.now_ms())
    }

    fn remark(&self, identity: &str, text: impl Into<String>) {
        // Nobody listens any more when the program ends.
        let _ = self.remarks.send((identity.to_owned(), text.into()));
    }

    /// Writes a frame to the log, in the form `evkit ocpp check` reads.
    fn write_log(&self, identity: &str, from: &str, frame: &str) {
        let Some(log) = &self.log else { return };
        let frame = serde_json::from_str(frame).unwrap_or_else(|_| json!(frame));
        let time = self.clock.utc().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        let line = json!({ "time": time, "station": identity, "from": from, "frame": frame });
        if let Err(error) = writeln!(lock(log), "{line}") {
            self.remark(identity, format!("the log of frames cannot be written: {error}"));
        }
    }

    fn link(&self, identity: &str, with: impl FnOnce(&mut Link)) -> Arc<Traffic> {
        let mut links = lock(&self.links);
        let link = links.entry(identity.to_owned()).or_insert_with(|| {
            let (commands, _) = mpsc::channel(1);
            Link { traffic: Arc::default(), commands, generation: 0 }
        });
        with(link);
        Arc::clone(&link.traffic)
    }

    /// Whether a station has shown the password it needs.
    fn admits(&self, request: &StationRequest) -> bool {
        self.password.as_ref().is_none_or(|common| {
            lock(&self.hub).admits(request.identity(), &common.0, |password| request.has_password(password))
        })
    }

    /// A station connects: a new way to it replaces the old one.
    fn connect(&self, identity: &str) -> (Arc<Traffic>, mpsc::Receiver<Command>, u64) {
        let (commands, receiver) = mpsc::channel(COMMANDS);
        let mut generation = 0;
        let traffic = self.link(identity, |link| {
            link.commands = commands;
            link.generation += 1;
            generation = link.generation;
        });
        (traffic, receiver, generation)
    }
}

/// Finds out who has connected.
async fn welcome(shared: Arc<Shared>, tcp: TcpStream) {
    match shared.acceptor.accept(tcp).await {
        Ok(Incoming::Station(request)) => station(shared, request).await,
        // The peer may have lost interest.
        Ok(Incoming::Http(request)) => _ = answer_http(&shared, request).await,
        Ok(_) => {}
        Err(error) => shared.remark("-", format!("refused: {error}")),
    }
}

async fn answer_http(shared: &Shared, request: HttpRequest) -> std::io::Result<()> {
    let (status, content_type, body) = match request.path.as_str() {
        "/" => ("200 OK", "text/html", page::status(&lock(&shared.hub))),
        "/api/stations" => ("200 OK", "application/json", page::api(&lock(&shared.hub)).to_string()),
        _ => {
            let text = "stations connect here by WebSocket; people go to /".to_owned();
            ("404 Not Found", "text/plain", text)
        }
    };
    request.answer(status, content_type, &body).await
}

/// Lets a station in, if it may, and serves it until either side ends the connection.
async fn station(shared: Arc<Shared>, request: StationRequest) {
    let identity = request.identity().to_owned();
    if !shared.admits(&request) {
        shared.remark(&identity, "refused: wrong or missing password");
        // It learns so, or has gone already.
        let _ = request.refuse().await;
        return;
    }
    let (traffic, mut commands, generation) = shared.connect(&identity);
    let mut stop = shared.stop.subscribe();
    let mut broken = shared.stop.subscribe();
    let Ok(mut socket) = request.accept().await else { return };
    let connection = Connection::new(identity.clone(), generation, shared.heartbeat_s);
    let mut guest = Guest { shared: Arc::clone(&shared), identity, connection, traffic, unfinished: 0 };
    let now = || shared.now();
    // The server outlives its connections.
    let goodbye = async { _ = stop.wait_for(|stop| *stop == Stop::Goodbye).await };
    tokio::select! {
        _ = drive(&mut guest, &mut socket, &mut commands, now, goodbye) => {}
        _ = broken.wait_for(|stop| *stop == Stop::Break) => {}
    }
    lock(&shared.hub).station(&guest.identity).online = false;
}

/// A connected station: its connection, and everything that watches it.
struct Guest {
    shared: Arc<Shared>,
    identity: String,
    connection: Connection,
    traffic: Arc<Traffic>,
    /// Frames and commands dealt with whose answers have not all been sent.
    unfinished: u32,
}

impl Endpoint for Guest {
    type Command = Command;

    fn handle_open(&mut self, now: Instant) {
        self.connection.open(now);
        lock(&self.shared.hub).station(&self.identity).online = true;
    }

    fn handle_close(&mut self, _: Instant) {}

    fn handle_frame(&mut self, now: Instant, text: &str) {
        self.unfinished += 1;
        self.shared.write_log(&self.identity, "station", text);
        let remark = {
            let mut hub = lock(&self.shared.hub);
            hub.station(&self.identity).frames.0 += 1;
            self.connection.frame(now, self.shared.clock.utc(), &mut hub, text)
        };
        if let Some(remark) = remark {
            self.shared.remark(&self.identity, remark);
        }
    }

    fn handle_command(&mut self, now: Instant, command: Command) {
        self.unfinished += 1;
        self.connection.command(now, self.shared.clock.utc(), &lock(&self.shared.hub), command);
    }

    fn handle_timeout(&mut self, now: Instant) {
        let remark = self.connection.timeout(now, self.shared.clock.utc(), &mut lock(&self.shared.hub));
        if let Some(remark) = remark {
            self.shared.remark(&self.identity, remark);
        }
    }

    fn poll_transmit(&mut self, now: Instant) -> Option<String> {
        let Some(frame) = self.connection.transmit(now) else {
            for _ in 0..std::mem::take(&mut self.unfinished) {
                self.traffic.server_finished();
            }
            return None;
        };
        self.traffic.server_sends();
        lock(&self.shared.hub).station(&self.identity).frames.1 += 1;
        self.shared.write_log(&self.identity, "csms", &frame);
        Some(frame)
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.connection.deadline()
    }
}

/// A poisoned lock is taken all the same: the hub's data is valid after every statement.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
