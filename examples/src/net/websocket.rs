//! A charge point's WebSocket: text frames over the subprotocol `ocpp1.6` (OCPP-J 1.6 §3).

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::{HeaderValue, header};
use tokio_tungstenite::tungstenite::{self, Message};

/// Longest wait for a TCP connection and the WebSocket handshake.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address is not of the form `ws://HOST:PORT/PATH`.
    #[error("{url}: not a ws:// address ({reason})")]
    Url {
        /// The address.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No TCP connection.
    #[error("{host}: {source}")]
    Tcp {
        /// Host and port.
        host: String,
        /// Why.
        source: std::io::Error,
    },
    /// The server does not speak WebSocket here, or refuses this station.
    #[error("{url}: {source}")]
    Handshake {
        /// The address.
        url: String,
        /// Why.
        source: Box<tungstenite::Error>,
    },
    /// The server did not choose our subprotocol.
    #[error("{url}: the server chose the subprotocol {chosen:?} instead of {wanted}")]
    Subprotocol {
        /// The address.
        url: String,
        /// What the server answered.
        chosen: Option<String>,
        /// What was offered.
        wanted: &'static str,
    },
    /// Nothing happened for ten seconds.
    #[error("{url}: no answer within 10 s")]
    TimedOut {
        /// The address.
        url: String,
    },
}

impl ConnectError {
    /// Is it useless to try again? Only a wrong address is; everything else may heal.
    pub fn is_lasting(&self) -> bool {
        matches!(self, Self::Url { .. })
    }
}

/// The connection is gone; the reason is for people.
#[derive(Debug, thiserror::Error)]
#[error("connection closed: {0}")]
pub struct Closed(pub String);

/// An open connection to a central system.
#[derive(Debug)]
pub struct Socket {
    stream: WebSocketStream<TcpStream>,
}

impl Socket {
    /// Connects to `url` (the station identity is its last path segment) and negotiates `subprotocol`.
    ///
    /// # Errors
    /// Wrong address, no connection, refused handshake, other subprotocol, time-out.
    pub async fn connect(url: &str, subprotocol: &'static str) -> Result<Self, ConnectError> {
        tokio::time::timeout(CONNECT_TIMEOUT, Self::open(url, subprotocol))
            .await
            .unwrap_or_else(|_| Err(ConnectError::TimedOut { url: url.to_owned() }))
    }

    async fn open(url: &str, subprotocol: &'static str) -> Result<Self, ConnectError> {
        let wrong = |reason: &str| ConnectError::Url { url: url.to_owned(), reason: reason.to_owned() };
        let mut request = url.into_client_request().map_err(|e| wrong(&e.to_string()))?;
        if request.uri().scheme_str() != Some("ws") {
            return Err(wrong("this program speaks plain ws:// only"));
        }
        let host = request.uri().host().ok_or_else(|| wrong("no host"))?;
        let host = format!("{host}:{}", request.uri().port_u16().unwrap_or(80));
        request.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(subprotocol));
        let tcp = TcpStream::connect(&host).await.map_err(|source| ConnectError::Tcp { host, source })?;
        // A frame is a whole message; waiting for more bytes only delays it.
        let _ = tcp.set_nodelay(true);
        match tokio_tungstenite::client_async(request, tcp).await {
            Ok((stream, response)) => {
                let chosen = response.headers().get(header::SEC_WEBSOCKET_PROTOCOL);
                match chosen.and_then(|v| v.to_str().ok()) {
                    Some(chosen) if chosen == subprotocol => Ok(Self { stream }),
                    other => Err(ConnectError::Subprotocol {
                        url: url.to_owned(),
                        chosen: other.map(str::to_owned),
                        wanted: subprotocol,
                    }),
                }
            }
            Err(tungstenite::Error::Protocol(
                tungstenite::error::ProtocolError::SecWebSocketSubProtocolError(_),
            )) => Err(ConnectError::Subprotocol { url: url.to_owned(), chosen: None, wanted: subprotocol }),
            Err(source) => Err(ConnectError::Handshake { url: url.to_owned(), source: Box::new(source) }),
        }
    }

    /// Sends one OCPP-J frame.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn send(&mut self, frame: &str) -> Result<(), Closed> {
        self.stream.send(Message::text(frame)).await.map_err(|e| Closed(e.to_string()))
    }

    /// The next OCPP-J frame; pings are answered on the way.
    ///
    /// # Errors
    /// The connection is gone, or the peer sent binary frames, which OCPP-J does not know.
    pub async fn receive(&mut self) -> Result<String, Closed> {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => return Ok(text.as_str().to_owned()),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Binary(_))) => {
                    return Err(Closed("the peer sent a binary frame".to_owned()));
                }
                Some(Ok(Message::Close(close))) => {
                    return Err(Closed(close.map_or_else(String::new, |c| c.reason.to_string())));
                }
                Some(Err(e)) => return Err(Closed(e.to_string())),
                None => return Err(Closed("end of stream".to_owned())),
            }
        }
    }

    /// Says goodbye; errors no longer matter.
    pub async fn close(mut self) {
        let _ = self.stream.close(None).await;
    }
}
