//! A station and its WebSocket, run in lockstep with the central system.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use evkit_ocpp::tokio::{Client, Closed, Received, Socket as _, WebSocket};

use super::wire::{Seen, Side, Wire};
use crate::back_end::Server;
use crate::net::traffic::Traffic;
use crate::station::Station;

/// First and longest pause before a station tries to connect again, in milliseconds.
const PAUSE_MS: (u64, u64) = (5_000, 60_000);

/// Real time after which a line on which nothing moves counts as dead.
const STUCK: Duration = Duration::from_secs(10);

/// A station and its connection, if it has one.
pub struct Line {
    /// The station.
    pub station: Box<dyn Station>,
    client: Client,
    socket: Option<WebSocket>,
    traffic: Arc<Traffic>,
    /// Frames of the central system dealt with on this connection.
    finished: u64,
    retry_at_ms: u64,
    pause_ms: u64,
    /// Last reason for having no connection, said once.
    trouble: Option<String>,
}

/// What a line needs around it for one moment.
pub struct Surroundings<'a, W> {
    /// The central system.
    pub server: &'a Server,
    /// The log of frames.
    pub wire: &'a mut Wire<W>,
    /// Virtual time.
    pub now_ms: u64,
    /// The same in UTC.
    pub utc: DateTime<Utc>,
}

/// What happened on a line.
#[derive(Debug, PartialEq, Eq)]
pub enum Happened {
    /// A connection was made.
    Connected,
    /// There is no connection, and why.
    Disconnected(String),
    /// A CALLERROR crossed the line.
    Refusal {
        /// Who sent it.
        from: Side,
        /// Its code.
        code: &'static str,
        /// What it refuses.
        action: Option<String>,
    },
    /// A frame that must not be.
    Invalid(String),
}

impl Line {
    /// A line that has not been connected yet.
    pub fn new(station: Box<dyn Station>, server: &Server) -> Self {
        let client = Client::new(&format!("ws://{}/ocpp", server.address()), station.identity());
        Self {
            station,
            client,
            socket: None,
            traffic: Arc::default(),
            finished: 0,
            retry_at_ms: 0,
            pause_ms: PAUSE_MS.0,
            trouble: None,
        }
    }

    /// Lets both ends talk until neither has anything left to say at this moment.
    ///
    /// # Errors
    /// The log of frames cannot be written.
    pub async fn pump<W: Write>(
        &mut self,
        around: &mut Surroundings<'_, W>,
    ) -> std::io::Result<Vec<Happened>> {
        let mut happened = Vec::new();
        if self.socket.is_none() && around.now_ms >= self.retry_at_ms {
            self.connect(around, &mut happened).await;
        }
        while self.socket.is_some() {
            self.send(around, &mut happened).await?;
            if self.socket.is_none() || self.traffic.is_quiet(self.finished) {
                break;
            }
            self.receive(around, &mut happened).await?;
        }
        Ok(happened)
    }

    async fn connect<W>(&mut self, around: &Surroundings<'_, W>, happened: &mut Vec<Happened>) {
        self.traffic = around.server.expect(self.station.identity());
        self.finished = 0;
        match self.client.connect().await {
            Ok((socket, _)) => {
                self.socket = Some(socket);
                self.pause_ms = PAUSE_MS.0;
                self.trouble = None;
                self.station.handle_open(around.now_ms);
                happened.push(Happened::Connected);
            }
            Err(error) => self.disconnected(around.now_ms, error.to_string(), happened),
        }
    }

    async fn send<W: Write>(
        &mut self,
        around: &mut Surroundings<'_, W>,
        happened: &mut Vec<Happened>,
    ) -> std::io::Result<()> {
        while let Some(socket) = &mut self.socket {
            let Some(frame) = self.station.poll_transmit(around.now_ms) else { break };
            let seen = around.wire.frame(around.utc, self.station.identity(), Side::Station, &frame)?;
            happened.extend(noteworthy(Side::Station, seen));
            self.traffic.client_gives();
            if let Err(closed) = socket.send(frame).await {
                self.lost(around.now_ms, closed.0, happened);
            }
        }
        Ok(())
    }

    async fn receive<W: Write>(
        &mut self,
        around: &mut Surroundings<'_, W>,
        happened: &mut Vec<Happened>,
    ) -> std::io::Result<()> {
        let Some(socket) = &mut self.socket else { return Ok(()) };
        let received = tokio::select! {
            received = text(socket) => received,
            () = self.traffic.changed() => return Ok(()),
            () = tokio::time::sleep(STUCK) => Err(Closed("nothing moves any more".to_owned())),
        };
        match received {
            Ok(frame) => {
                let seen = around.wire.frame(around.utc, self.station.identity(), Side::Csms, &frame)?;
                happened.extend(noteworthy(Side::Csms, seen));
                self.station.handle_frame(around.now_ms, &frame);
                self.finished += 1;
            }
            Err(closed) => self.lost(around.now_ms, closed.0, happened),
        }
        Ok(())
    }

    /// Notices that the other end is gone although nothing was to be said.
    pub async fn look(&mut self, now_ms: u64) -> Vec<Happened> {
        let mut happened = Vec::new();
        if let Some(socket) = &mut self.socket
            && let Err(closed) = text(socket).await
        {
            self.lost(now_ms, closed.0, &mut happened);
        }
        happened
    }

    fn lost(&mut self, now_ms: u64, why: String, happened: &mut Vec<Happened>) {
        self.socket = None;
        self.station.handle_close(now_ms);
        self.disconnected(now_ms, why, happened);
    }

    fn disconnected(&mut self, now_ms: u64, why: String, happened: &mut Vec<Happened>) {
        self.retry_at_ms = now_ms + self.pause_ms;
        self.pause_ms = (self.pause_ms * 2).min(PAUSE_MS.1);
        if self.trouble.as_ref() != Some(&why) {
            happened.push(Happened::Disconnected(why.clone()));
            self.trouble = Some(why);
        }
    }
}

/// The next frame; pings are passed over.
async fn text(socket: &mut WebSocket) -> Result<String, Closed> {
    loop {
        if let Received::Text(text) = socket.receive().await? {
            return Ok(text);
        }
    }
}

fn noteworthy(from: Side, seen: Seen) -> Option<Happened> {
    match seen {
        Seen::Valid => None,
        Seen::Refusal { code, action } => Some(Happened::Refusal { from, code, action }),
        Seen::Invalid(what) => Some(Happened::Invalid(what)),
    }
}
