//! The station's side of a connection.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;
use std::io;

use thiserror::Error;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::http::{HeaderValue, header};

use super::tls::ClientTls;
use super::websocket::{Transport, WebSocket, config};
use crate::rpc::handshake;
use crate::schema::Version;

/// Longest frame taken.
const MAX_FRAME: usize = 1024 * 1024;

/// How a station connects.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Client {
    /// The central system's address, `ws://` or `wss://`; the identity is appended as the last segment.
    pub url: String,
    /// The station's identity.
    pub identity: String,
    /// Versions offered, the preferred one first.
    pub versions: Vec<Version>,
    /// Password of HTTP Basic authentication (profiles 1 and 2).
    pub password: Option<Vec<u8>>,
    /// Needed for `wss://`.
    pub tls: Option<ClientTls>,
    /// Longest wait for the whole of it. Default: 10 s.
    pub patience: Duration,
}

/// Why there is no connection.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The address is not of the form `ws://HOST:PORT/PATH` or `wss://…`.
    #[error("{url}: not a ws:// or wss:// address ({reason})")]
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
        source: io::Error,
    },
    /// The TLS handshake failed: one side does not trust the other.
    #[error("{host}: TLS: {source}")]
    Tls {
        /// Host and port.
        host: String,
        /// Why.
        source: io::Error,
    },
    /// The server refused this station with an HTTP status.
    #[error("{url}: refused with HTTP status {status}")]
    Refused {
        /// The address.
        url: String,
        /// 401: wrong credentials; 404: unknown station.
        status: u16,
    },
    /// The server does not speak WebSocket here.
    #[error("{url}: {reason}")]
    Handshake {
        /// The address.
        url: String,
        /// Why.
        reason: String,
    },
    /// The server did not choose one of the subprotocols offered.
    #[error("{url}: the server chose the subprotocol {chosen:?}, offered was {offered}")]
    Subprotocol {
        /// The address.
        url: String,
        /// What the server answered.
        chosen: Option<String>,
        /// What was offered.
        offered: String,
    },
    /// It took too long.
    #[error("{url}: no answer in time")]
    TimedOut {
        /// The address.
        url: String,
    },
}

impl ConnectError {
    /// Whether it is useless to try again. Only a wrong address is; everything else may heal.
    #[must_use]
    pub fn is_lasting(&self) -> bool {
        matches!(self, Self::Url { .. })
    }
}

impl Client {
    /// A connection for OCPP 1.6 without security.
    #[must_use]
    pub fn new(url: &str, identity: &str) -> Self {
        Self {
            url: url.to_owned(),
            identity: identity.to_owned(),
            versions: vec![Version::V16],
            password: None,
            tls: None,
            patience: Duration::from_secs(10),
        }
    }

    /// Connects; gives the version the server chose.
    ///
    /// # Errors
    ///
    /// See [`ConnectError`].
    pub async fn connect(&self) -> Result<(WebSocket, Version), ConnectError> {
        let url = self.full_url();
        let timed_out = |_| Err(ConnectError::TimedOut { url: url.clone() });
        timeout(self.patience, self.open(&url)).await.unwrap_or_else(timed_out)
    }

    /// The address with the identity, whose characters outside RFC 3986's unreserved ones are escaped.
    fn full_url(&self) -> String {
        let mut url = format!("{}/", self.url.trim_end_matches('/'));
        for byte in self.identity.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    url.push(char::from(byte));
                }
                _ => url.push_str(&format!("%{byte:02X}")),
            }
        }
        url
    }

    async fn open(&self, url: &str) -> Result<(WebSocket, Version), ConnectError> {
        let wrong = |reason: &str| ConnectError::Url { url: url.to_owned(), reason: reason.to_owned() };
        let request = self.request(url)?;
        let secure = match (request.uri().scheme_str(), &self.tls) {
            (Some("ws"), _) => None,
            (Some("wss"), Some(tls)) => Some(tls),
            (Some("wss"), None) => {
                return Err(wrong("wss:// needs the root certificate of the central system"));
            }
            _ => return Err(wrong("unknown scheme")),
        };
        let name = request.uri().host().ok_or_else(|| wrong("no host"))?;
        let name = name.trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = request.uri().port_u16().unwrap_or(if secure.is_some() { 443 } else { 80 });
        let host = format!("{name}:{port}");
        let tcp = TcpStream::connect((name.as_str(), port))
            .await
            .map_err(|source| ConnectError::Tcp { host: host.clone(), source })?;
        // A frame is a whole message; waiting for more bytes only delays it.
        let _ = tcp.set_nodelay(true);
        let transport: Box<dyn Transport> = match secure {
            None => Box::new(tcp),
            Some(tls) => {
                let name = ServerName::try_from(name).map_err(|error| wrong(&error.to_string()))?;
                let stream = tls.connector().connect(name, tcp).await;
                Box::new(stream.map_err(|source| ConnectError::Tls { host, source })?)
            }
        };
        let offered = self.offered();
        let unsuitable = |chosen: Option<&str>| ConnectError::Subprotocol {
            url: url.to_owned(),
            chosen: chosen.map(str::to_owned),
            offered: offered.clone(),
        };
        match client_async_with_config(request, transport, Some(config(MAX_FRAME))).await {
            Ok((stream, response)) => {
                let chosen = response.headers().get(header::SEC_WEBSOCKET_PROTOCOL);
                let chosen = chosen.and_then(|value| value.to_str().ok());
                let version = chosen.and_then(|chosen| handshake::select_subprotocol(chosen, &self.versions));
                let version = version.ok_or_else(|| unsuitable(chosen))?;
                Ok((WebSocket::new(stream), version))
            }
            Err(Error::Protocol(ProtocolError::SecWebSocketSubProtocolError(_))) => Err(unsuitable(None)),
            Err(Error::Http(response)) => {
                Err(ConnectError::Refused { url: url.to_owned(), status: response.status().as_u16() })
            }
            // TLS 1.3 tells a client that its certificate is not trusted only after its own handshake is done.
            Err(error) => Err(ConnectError::Handshake { url: url.to_owned(), reason: error.to_string() }),
        }
    }

    fn offered(&self) -> String {
        let names: Vec<_> = self.versions.iter().map(|version| handshake::subprotocol(*version)).collect();
        names.join(", ")
    }

    fn request(&self, url: &str) -> Result<Request, ConnectError> {
        let wrong = |reason: String| ConnectError::Url { url: url.to_owned(), reason };
        let mut request = url.into_client_request().map_err(|error| wrong(error.to_string()))?;
        let headers = request.headers_mut();
        let offered = HeaderValue::try_from(self.offered()).map_err(|error| wrong(error.to_string()))?;
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, offered);
        if let Some(password) = &self.password {
            let mut buffer = vec![0; 10 + (self.identity.len() + 1 + password.len()).div_ceil(3) * 4];
            let value =
                handshake::basic_credentials(&self.identity, password, &mut buffer).unwrap_or_default();
            let mut value = HeaderValue::try_from(value).map_err(|error| wrong(error.to_string()))?;
            value.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, value);
        }
        Ok(request)
    }
}
