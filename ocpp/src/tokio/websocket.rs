//! A connection as a driver sees it, and the WebSocket that is one.

use alloc::boxed::Box;
use alloc::string::{String, ToString as _};
use core::future::Future;

use futures_util::{Sink, SinkExt as _, Stream, StreamExt as _};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

/// Bytes read from the network at once: a usual frame. The library's default of 128 KiB is for few connections.
const READ_BUFFER: usize = 4 * 1024;

/// Why a connection has ended, for people.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("connection closed: {0}")]
pub struct Closed(pub String);

/// What has arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Received {
    /// A text frame.
    Text(String),
    /// A ping or pong: the peer is there.
    Alive,
}

/// A connection that carries text frames.
///
/// # Contract
///
/// `receive` may be dropped before it is ready and called again without losing anything. After an error nothing more is
/// called.
pub trait Socket: Send {
    /// Sends a text frame; ready when it has been handed to the network.
    fn send(&mut self, text: String) -> impl Future<Output = Result<(), Closed>> + Send;

    /// Sends a ping, if the connection has such a thing.
    fn ping(&mut self) -> impl Future<Output = Result<(), Closed>> + Send;

    /// The next thing that arrives.
    fn receive(&mut self) -> impl Future<Output = Result<Received, Closed>> + Send;

    /// Says goodbye and waits for the peer's.
    fn close(&mut self) -> impl Future<Output = ()> + Send;
}

/// A [`Socket`] made of any stream and sink of texts. It has no pings.
#[derive(Debug)]
pub struct Frames<S>(pub S);

impl<S, E> Socket for Frames<S>
where
    S: Stream<Item = Result<String, E>> + Sink<String, Error = E> + Unpin + Send,
    E: core::fmt::Display + Send,
{
    async fn send(&mut self, text: String) -> Result<(), Closed> {
        self.0.send(text).await.map_err(|error| Closed(error.to_string()))
    }

    async fn ping(&mut self) -> Result<(), Closed> {
        Ok(())
    }

    async fn receive(&mut self) -> Result<Received, Closed> {
        match self.0.next().await {
            Some(Ok(text)) => Ok(Received::Text(text)),
            Some(Err(error)) => Err(Closed(error.to_string())),
            None => Err(Closed("end of stream".to_string())),
        }
    }

    async fn close(&mut self) {
        // Whoever says goodbye does not care whether it was heard.
        let _ = self.0.close().await;
    }
}

/// What a WebSocket runs over: TCP, or TLS over TCP.
pub(super) trait Transport: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Transport for T {}

/// An open WebSocket with an OCPP subprotocol.
pub struct WebSocket {
    stream: WebSocketStream<Box<dyn Transport>>,
}

impl core::fmt::Debug for WebSocket {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("WebSocket").finish_non_exhaustive()
    }
}

impl WebSocket {
    pub(super) fn new(stream: WebSocketStream<Box<dyn Transport>>) -> Self {
        Self { stream }
    }

    /// Takes over a transport on which the handshake has been made.
    pub(super) async fn server(transport: Box<dyn Transport>, max_frame: usize) -> Self {
        let config = Some(config(max_frame));
        Self::new(WebSocketStream::from_raw_socket(transport, Role::Server, config).await)
    }
}

/// Settings for connections that are many and small. Frames over `max_frame` bytes end the connection.
pub(super) fn config(max_frame: usize) -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_message_size(Some(max_frame))
        .max_frame_size(Some(max_frame))
}

impl Socket for WebSocket {
    async fn send(&mut self, text: String) -> Result<(), Closed> {
        self.stream.send(Message::text(text)).await.map_err(|error| Closed(error.to_string()))
    }

    async fn ping(&mut self) -> Result<(), Closed> {
        let ping = Message::Ping(Default::default());
        self.stream.send(ping).await.map_err(|error| Closed(error.to_string()))
    }

    /// Pings of the peer are answered on the way. Binary frames, which OCPP-J does not know, end the connection.
    async fn receive(&mut self) -> Result<Received, Closed> {
        match self.stream.next().await {
            Some(Ok(Message::Text(text))) => Ok(Received::Text(text.as_str().to_string())),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Ok(Received::Alive),
            Some(Ok(Message::Binary(_))) => Err(Closed("the peer sent a binary frame".to_string())),
            Some(Ok(Message::Close(close))) => {
                // Answered by the library when the stream is polled once more.
                let _ = self.stream.flush().await;
                Err(Closed(close.map_or_else(String::new, |close| close.reason.to_string())))
            }
            Some(Err(error)) => Err(Closed(error.to_string())),
            None => Err(Closed("end of stream".to_string())),
        }
    }

    async fn close(&mut self) {
        if self.stream.close(None).await.is_ok() {
            // Until the peer has said goodbye, too.
            while let Some(Ok(_)) = self.stream.next().await {}
        }
    }
}
