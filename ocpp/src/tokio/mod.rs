//! Sessions on the network: drivers, and a WebSocket client and server with TLS, over `tokio` (feature `tokio`).
//!
//! The sessions stay what they are; this module only moves frames and time.
//!
//! - [`drive`] turns the handle of an [`Endpoint`] (a session and its application) over any [`Socket`] of text frames
//!   until one side ends the connection: it sends, receives, pings, passes commands and calls at deadlines. While a
//!   frame cannot be written nothing is read, so a slow peer slows down, and one that does not read at all is dropped.
//! - [`Client`] connects a station: `ws://` or `wss://`, subprotocol, HTTP Basic, client certificate.
//! - [`Acceptor`] is the other side: TLS, the HTTP request, who it is, and the answer; requests that are no WebSocket
//!   are handed out, so that a status page can live on the same port.
//!
//! The security profiles of the white paper for 1.6 are combinations of these: 0 nothing, 1 Basic, 2 TLS and Basic,
//! 3 TLS with a client certificate.

mod client;
mod driver;
mod server;
mod tls;
mod websocket;

pub use client::{Client, ConnectError};
pub use driver::{End, Endpoint, drive};
pub use server::{AcceptError, Acceptor, HttpRequest, Incoming, StationRequest};
pub use tls::{ClientTls, ServerTls, TlsError};
pub use websocket::{Closed, Frames, Received, Socket, WebSocket};
