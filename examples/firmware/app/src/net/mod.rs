//! The way to the central system: WebSocket (RFC 6455) over TCP.

pub(crate) mod handshake;
pub(crate) mod websocket;
