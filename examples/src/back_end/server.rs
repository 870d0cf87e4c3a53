//! The server: WebSocket connections of stations and the status page, on one port.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{StatusCode, Uri};
use axum::response::{Html, IntoResponse, Json, Response};
use axum::routing::get;
use evkit_ocpp::rpc::handshake;
use evkit_ocpp::schema::Version;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use super::Command;
use super::connection::Connection;
use super::hub::Hub;
use super::page;
use crate::net::clock::Clock;
use crate::net::traffic::Traffic;

/// Longest identity taken.
const IDENTITY: usize = 255;
/// Longest frame taken; a station's longest answer is a few kilobytes.
const MAX_FRAME: usize = 256 * 1024;
/// How often a connection looks at its deadlines when nothing arrives.
const TICK: Duration = Duration::from_secs(1);

/// What a central system needs to start.
#[derive(Debug)]
pub struct Setup {
    /// What it remembers.
    pub hub: Hub,
    /// Its clock.
    pub clock: Clock,
    /// Heartbeat interval for stations in seconds.
    pub heartbeat_s: u32,
    /// Takes remarks about stations: identity and what happened.
    pub remarks: mpsc::UnboundedSender<(String, String)>,
}

#[derive(Debug)]
struct Shared {
    hub: Mutex<Hub>,
    clock: Clock,
    heartbeat_s: u32,
    remarks: mpsc::UnboundedSender<(String, String)>,
    links: Mutex<HashMap<String, Link>>,
    stop: watch::Sender<()>,
}

/// The way to a connected station.
#[derive(Debug)]
struct Link {
    traffic: Arc<Traffic>,
    commands: mpsc::UnboundedSender<Command>,
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
        let (stop, _) = watch::channel(());
        let shared = Shared {
            hub: Mutex::new(setup.hub),
            clock: setup.clock,
            heartbeat_s: setup.heartbeat_s,
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
        self.shared.stop.send_replace(());
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
        let routes = Router::new()
            .route("/", get(status_page))
            .route("/api/stations", get(api))
            .fallback(get(station))
            .with_state(Arc::clone(&self.shared));
        self.serving = Some(tokio::spawn(async move {
            // Ends only when it is aborted.
            let _ = axum::serve(listener, routes).await;
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

    /// Gives a command to a connected station; says whether there is a connection.
    pub fn command(&self, identity: &str, command: Command) -> bool {
        let mut given = false;
        self.shared.link(identity, |link| {
            if !link.commands.is_closed() {
                link.traffic.client_gives();
                given = link.commands.send(command).is_ok();
            }
        });
        given
    }
}

impl Shared {
    fn link(&self, identity: &str, with: impl FnOnce(&mut Link)) -> Arc<Traffic> {
        let mut links = lock(&self.links);
        let link = links.entry(identity.to_owned()).or_insert_with(|| {
            let (commands, _) = mpsc::unbounded_channel();
            Link { traffic: Arc::default(), commands, generation: 0 }
        });
        with(link);
        Arc::clone(&link.traffic)
    }

    /// A station connects: a new way to it replaces the old one.
    fn connect(&self, identity: &str) -> (Arc<Traffic>, mpsc::UnboundedReceiver<Command>, u64) {
        let (commands, receiver) = mpsc::unbounded_channel();
        let mut generation = 0;
        let traffic = self.link(identity, |link| {
            link.commands = commands;
            link.generation += 1;
            generation = link.generation;
        });
        (traffic, receiver, generation)
    }
}

async fn status_page(State(shared): State<Arc<Shared>>) -> Html<String> {
    Html(page::status(&lock(&shared.hub)))
}

async fn api(State(shared): State<Arc<Shared>>) -> Json<serde_json::Value> {
    Json(page::api(&lock(&shared.hub)))
}

/// A station's handshake (OCPP-J 1.6 §3): identity from the path, subprotocol `ocpp1.6`.
async fn station(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let Ok(upgrade) = upgrade else {
        return (StatusCode::NOT_FOUND, "stations connect here by WebSocket; people go to /").into_response();
    };
    let mut buffer = [0; IDENTITY];
    let identity = match handshake::identity(uri.path(), &mut buffer) {
        Ok(identity) => identity.to_owned(),
        Err(error) => return (StatusCode::NOT_FOUND, error.to_string()).into_response(),
    };
    let upgrade = upgrade.protocols([handshake::subprotocol(Version::V16)]).max_message_size(MAX_FRAME);
    if upgrade.selected_protocol().is_none() {
        let _ =
            shared.remarks.send((identity, "refused: it does not offer the subprotocol ocpp1.6".to_owned()));
        return (StatusCode::BAD_REQUEST, "this server speaks the subprotocol ocpp1.6").into_response();
    }
    let stop = shared.stop.subscribe();
    upgrade.on_upgrade(move |socket| serve(shared, identity, socket, stop))
}

/// Serves one connection until either side ends it.
async fn serve(shared: Arc<Shared>, identity: String, mut socket: WebSocket, mut stop: watch::Receiver<()>) {
    let (traffic, mut commands, generation) = shared.connect(&identity);
    let now_ms = shared.clock.now_ms();
    let mut connection = Connection::new(identity.clone(), generation, shared.heartbeat_s, now_ms);
    lock(&shared.hub).station(&identity).online = true;
    let mut tick = tokio::time::interval(TICK);
    loop {
        let (now_ms, utc) = (shared.clock.now_ms(), shared.clock.utc());
        let counted;
        let remark = tokio::select! {
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => {
                    counted = true;
                    let mut hub = lock(&shared.hub);
                    hub.station(&identity).frames.0 += 1;
                    connection.frame(shared.clock.now_ms(), shared.clock.utc(), &mut hub, &text)
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                Some(Ok(Message::Binary(_))) => break,
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
            },
            Some(command) = commands.recv() => {
                counted = true;
                connection.command(shared.clock.now_ms(), shared.clock.utc(), &lock(&shared.hub), command);
                None
            }
            _ = tick.tick() => {
                counted = false;
                match connection.deadline_ms() {
                    Some(deadline) if deadline <= now_ms => connection.timeout(now_ms, utc, &mut lock(&shared.hub)),
                    _ => continue,
                }
            }
            _ = stop.changed() => break,
        };
        if let Some(remark) = remark {
            let _ = shared.remarks.send((identity.clone(), remark));
        }
        let sent = send_all(&mut socket, &mut connection, &traffic, &shared, &identity).await;
        if counted {
            traffic.server_finished();
        }
        if !sent {
            break;
        }
    }
    lock(&shared.hub).station(&identity).online = false;
}

async fn send_all(
    socket: &mut WebSocket,
    connection: &mut Connection,
    traffic: &Traffic,
    shared: &Shared,
    identity: &str,
) -> bool {
    while let Some(frame) = connection.transmit(shared.clock.now_ms()) {
        traffic.server_sends();
        lock(&shared.hub).station(identity).frames.1 += 1;
        if socket.send(Message::text(frame)).await.is_err() {
            return false;
        }
    }
    true
}

/// A poisoned lock is taken all the same: the hub's data is valid after every statement.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
