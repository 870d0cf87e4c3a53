//! One connection to the central system, from the first packet to its end.

use core::fmt;
use core::pin::pin;

use edge_ws::FrameType;
use embassy_futures::select::{Either, select};
use embassy_net::Stack;
use embassy_net::tcp::{ConnectError, TcpSocket};
use embassy_time::{Duration, with_timeout};
use embedded_storage_async::nor_flash::MultiwriteNorFlash;
use evkit_ocpp::message::EncodeError;
use evkit_ocpp::rpc::{Backoff, Keepalive, Pulse};
use evkit_ocpp::v16::charge_point::Event;
use evkit_ocpp::v16::keys::Key;

use super::Station;
use crate::clock;
use crate::log::log;
use crate::net::handshake::{OpenError, Opening, open};
use crate::net::websocket::{FrameError, HEADER, Received, Receiver, send};
use crate::store::settings::{Setting, Url};

/// How long connecting, and how long sending a frame may take.
const CONNECT: Duration = Duration::from_secs(10);
const SEND: Duration = Duration::from_secs(10);

/// Bytes received and not yet read, and sent and not yet acknowledged.
const TCP: usize = 1_536;
/// The longest frame taken in: a charging profile of 24 periods has 1,700 bytes, GetConfiguration with 40 keys 2,200.
/// A longer one is refused, whatever is in it.
const RECEIVED: usize = 3_072;
/// Frames of both directions: one that is received lies at the beginning, one that is sent behind it. The longest one
/// sent, the answer to GetConfiguration with all keys, has 5,600 bytes, its call 60 and its header 8.
const FRAMES: usize = 6_144;

/// Memory of a connection.
#[derive(Debug)]
pub(crate) struct Buffers {
    rx: [u8; TCP],
    tx: [u8; TCP],
    frames: [u8; FRAMES],
}

impl Buffers {
    pub(crate) const fn new() -> Self {
        Self { rx: [0; TCP], tx: [0; TCP], frames: [0; FRAMES] }
    }
}

/// Why a connection did not come about, or is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// No address yet, or no answer.
    Connect(ConnectError),
    /// No WebSocket.
    Open(OpenError),
    /// It took too long.
    Late,
    /// It broke.
    Frame(FrameError),
    /// The peer does not answer pings.
    Dead,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(error) => write!(f, "not reachable, {error:?}"),
            Self::Open(error) => write!(f, "no WebSocket, {error}"),
            Self::Late => f.write_str("too slow"),
            Self::Frame(error) => error.fmt(f),
            Self::Dead => f.write_str("does not answer pings"),
        }
    }
}

impl<F: MultiwriteNorFlash> Station<'_, F> {
    /// Connects, and talks until the connection is over.
    pub(super) async fn connect_once(
        &mut self,
        stack: Stack<'_>,
        buffers: &mut Buffers,
        backoff: &mut Backoff,
    ) -> End {
        let Buffers { rx, tx, frames } = buffers;
        let mut socket = TcpSocket::new(stack, rx, tx);
        if let Err(end) = self.connect(&mut socket, frames).await {
            socket.abort();
            return end;
        }
        backoff.reset();
        self.session.handle_open(clock::ocpp());
        let end = self.talk(&mut socket, frames).await;
        self.session.handle_close(clock::ocpp());
        socket.abort();
        end
    }

    /// Up to an open WebSocket; sessions go on meanwhile.
    async fn connect(&mut self, socket: &mut TcpSocket<'_>, buffer: &mut [u8]) -> Result<(), End> {
        let settings = self.settings;
        let url = settings.central_system().ok_or(End::Connect(ConnectError::NoRoute))?;
        let Url { address, host, path } = url;
        let mut nonce = [0; 16];
        let (low, high) = nonce.split_at_mut(8);
        low.copy_from_slice(&self.random.next().to_le_bytes());
        high.copy_from_slice(&self.random.next().to_le_bytes());
        let identity = settings.get(Setting::Identity);
        let opening =
            Opening { host, path, identity, password: settings.get(Setting::AuthorizationKey), nonce };
        let connecting = async {
            socket.connect(address).await.map_err(End::Connect)?;
            socket.set_timeout(Some(Duration::from_secs(60)));
            open(socket, &opening, buffer).await.map_err(End::Open)
        };
        let mut result = Ok(());
        self.meanwhile(pin!(async {
            result = with_timeout(CONNECT, connecting).await.unwrap_or(Err(End::Late));
        }))
        .await;
        result?;
        log!(self.shared, "connected to {host}");
        Ok(())
    }

    async fn talk(&mut self, socket: &mut TcpSocket<'_>, buffer: &mut [u8]) -> End {
        let mut receiver = Receiver::new(RECEIVED);
        let mut keepalive = Keepalive::new(clock::ocpp(), self.ping_interval());
        loop {
            self.turn().await;
            let (_, room) = receiver.split(buffer);
            let result = match self.transmit(socket, room).await {
                Ok(()) => self.ping(socket, &mut keepalive).await,
                error => error,
            };
            if let Err(end) = result {
                return end;
            }
            let read = select(socket.read(receiver.space(buffer)), self.idle()).await;
            let result = match read {
                Either::Second(()) => Ok(()),
                Either::First(Ok(0) | Err(_)) => Err(End::Frame(FrameError::Broken)),
                Either::First(Ok(count)) => {
                    keepalive.handle_received();
                    self.receive(socket, &mut receiver, buffer, count).await
                }
            };
            if let Err(end) = result {
                return end;
            }
        }
    }

    fn ping_interval(&self) -> core::time::Duration {
        let seconds = self.session.setting(Key::WebSocketPingInterval);
        core::time::Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
    }

    async fn ping(&mut self, socket: &mut TcpSocket<'_>, keepalive: &mut Keepalive) -> Result<(), End> {
        let now = clock::ocpp();
        keepalive.set_interval(now, self.ping_interval());
        match keepalive.poll(now) {
            Pulse::Ping => self.deliver(socket, FrameType::Ping, &mut [0; HEADER]).await,
            Pulse::Dead => Err(End::Dead),
            _ => Ok(()),
        }
    }

    async fn receive(
        &mut self,
        socket: &mut TcpSocket<'_>,
        receiver: &mut Receiver,
        buffer: &mut [u8],
        count: usize,
    ) -> Result<(), End> {
        let (text, room) = match receiver.handle_bytes(buffer, count).map_err(End::Frame)? {
            Received::Part | Received::Pong => return Ok(()),
            Received::Ping(pong) => return self.deliver(socket, FrameType::Pong, pong).await,
            Received::Text(text, room) => (text, room),
            Received::Cut(text, room) => {
                log!(self.shared, "a frame of more than {RECEIVED} bytes is refused");
                (text, room)
            }
        };
        let answer = match self.session.handle_frame(clock::ocpp(), text) {
            // The only one that needs the memory before it is answered.
            Ok(Some(Event::SendLocalList(request, responder))) => {
                self.update_list(&request, responder, behind_header(room)).await
            }
            Ok(Some(event)) => self.event(event, behind_header(room)),
            Ok(None) => None,
            Err(_) => {
                log!(self.shared, "{} bytes that are no frame of OCPP", text.len());
                None
            }
        };
        match answer {
            Some(length) => self.deliver(socket, FrameType::Text(false), frame(room, length)).await,
            None => Ok(()),
        }
    }

    /// Sends everything there is to say, each frame written into `room`.
    async fn transmit(&mut self, socket: &mut TcpSocket<'_>, room: &mut [u8]) -> Result<(), End> {
        loop {
            let answer = self.done.take().and_then(|done| self.answer_change(done, behind_header(room)));
            let length = match answer {
                Some(length) => length,
                None => match self.session.poll_transmit(clock::ocpp(), behind_header(room)) {
                    Ok(Some(text)) => text.len(),
                    Ok(None) => return Ok(()),
                    Err(EncodeError::BufferTooSmall { needed }) => {
                        log!(self.shared, "a frame of {needed} bytes cannot be written");
                        return Ok(());
                    }
                    // It counts as refused and does not come back.
                    Err(_) => {
                        log!(self.shared, "a frame that breaks its schema is not sent");
                        continue;
                    }
                },
            };
            self.deliver(socket, FrameType::Text(false), frame(room, length)).await?;
            self.drain().await;
        }
    }

    /// Sends a frame: its payload behind the header's room.
    async fn deliver(
        &mut self,
        socket: &mut TcpSocket<'_>,
        kind: FrameType,
        frame: &mut [u8],
    ) -> Result<(), End> {
        let sending = send(socket, kind, frame, self.random.next() as u32);
        with_timeout(SEND, sending).await.unwrap_or(Err(FrameError::Broken)).map_err(End::Frame)
    }
}

/// The frame whose text of this length was written [`behind_header`].
fn frame(room: &mut [u8], length: usize) -> &mut [u8] {
    room.get_mut(..HEADER + length).unwrap_or_default()
}

/// Where the text of a frame is written.
fn behind_header(room: &mut [u8]) -> &mut [u8] {
    room.get_mut(HEADER..).unwrap_or_default()
}
