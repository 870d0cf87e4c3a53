//! The central system's side of a connection: from a TCP stream to a station, or to an HTTP request that is none.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;
use std::io;

use httparse::Status;
use thiserror::Error;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response, create_response, write_response};
use tokio_tungstenite::tungstenite::http::{HeaderValue, header};

use super::tls::ServerTls;
use super::websocket::{Transport, WebSocket};
use crate::rpc::handshake::{self, Credentials};
use crate::schema::Version;

/// Longest request head taken.
const MAX_HEAD: usize = 8 * 1024;
/// Most headers of a request.
const MAX_HEADERS: usize = 64;
/// Longest identity taken.
const MAX_IDENTITY: usize = 255;

/// How connections are accepted.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Acceptor {
    /// TLS, for profiles 2 and 3.
    pub tls: Option<ServerTls>,
    /// Versions spoken.
    pub versions: Vec<Version>,
    /// Longest frame taken, in bytes. Default: 256 KiB.
    pub max_frame: usize,
    /// Longest time from the TCP connection to the end of the request. Default: 10 s.
    pub patience: Duration,
}

/// Why a connection was not accepted. The peer has been told, if there was a way.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AcceptError {
    /// TLS failed: one side does not trust the other.
    #[error("TLS: {0}")]
    Tls(io::Error),
    /// The connection broke.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// No HTTP request, or too long a one.
    #[error("not an HTTP request: {0}")]
    Http(&'static str),
    /// A WebSocket handshake with a mistake in it.
    #[error("WebSocket handshake: {0}")]
    Handshake(String),
    /// The path holds no identity.
    #[error("{path}: {source}")]
    Identity {
        /// The path.
        path: String,
        /// What is wrong.
        source: handshake::IdentityError,
    },
    /// No subprotocol in common.
    #[error("{identity}: offers the subprotocols {offered:?} only")]
    Subprotocol {
        /// The station.
        identity: String,
        /// What it offers.
        offered: String,
    },
    /// It took too long.
    #[error("no request in time")]
    TimedOut,
}

/// What has connected.
#[derive(Debug)]
#[non_exhaustive]
pub enum Incoming {
    /// A station that waits for [`accept`](StationRequest::accept) or [`refuse`](StationRequest::refuse).
    Station(StationRequest),
    /// A request that is no WebSocket, waiting for [`answer`](HttpRequest::answer).
    Http(HttpRequest),
}

/// A station at the door.
pub struct StationRequest {
    transport: Box<dyn Transport>,
    response: Response,
    identity: String,
    version: Version,
    authorization: Option<String>,
    max_frame: usize,
}

/// Somebody else at the door, such as a browser.
pub struct HttpRequest {
    transport: Box<dyn Transport>,
    /// The path asked for.
    pub path: String,
}

impl core::fmt::Debug for StationRequest {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("StationRequest").field("identity", &self.identity).finish_non_exhaustive()
    }
}

impl core::fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("HttpRequest").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Default for Acceptor {
    fn default() -> Self {
        Self {
            tls: None,
            versions: vec![Version::V16],
            max_frame: 256 * 1024,
            patience: Duration::from_secs(10),
        }
    }
}

impl Acceptor {
    /// Makes TLS, if configured, and reads the request. To be run in a task of its own: a peer may take its time.
    ///
    /// # Errors
    ///
    /// See [`AcceptError`].
    pub async fn accept(&self, tcp: TcpStream) -> Result<Incoming, AcceptError> {
        timeout(self.patience, self.handshake(tcp)).await.unwrap_or(Err(AcceptError::TimedOut))
    }

    async fn handshake(&self, tcp: TcpStream) -> Result<Incoming, AcceptError> {
        let _ = tcp.set_nodelay(true);
        let mut transport: Box<dyn Transport> = match &self.tls {
            None => Box::new(tcp),
            Some(tls) => Box::new(tls.acceptor().accept(tcp).await.map_err(AcceptError::Tls)?),
        };
        let request = read_request(&mut transport).await?;
        let header = |name| request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let path = request.uri().path().to_owned();
        if header(header::UPGRADE).is_none() {
            return Ok(Incoming::Http(HttpRequest { transport, path }));
        }
        let mut response = match create_response(&request) {
            Ok(response) => response,
            Err(error) => {
                let reason = error.to_string();
                write_plain(&mut transport, "400 Bad Request", "text/plain", &reason).await?;
                return Err(AcceptError::Handshake(reason));
            }
        };
        let mut buffer = [0; MAX_IDENTITY];
        let identity = match handshake::identity(&path, &mut buffer) {
            Ok(identity) => identity.to_owned(),
            Err(source) => {
                write_plain(&mut transport, "404 Not Found", "text/plain", &source.to_string()).await?;
                return Err(AcceptError::Identity { path, source });
            }
        };
        let offered = header(header::SEC_WEBSOCKET_PROTOCOL).unwrap_or_default();
        let Some(version) = handshake::select_subprotocol(offered, &self.versions) else {
            let offered = offered.to_owned();
            write_plain(&mut transport, "400 Bad Request", "text/plain", "no subprotocol in common").await?;
            return Err(AcceptError::Subprotocol { identity, offered });
        };
        let chosen = HeaderValue::from_static(handshake::subprotocol(version));
        response.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, chosen);
        let authorization = header(header::AUTHORIZATION).map(str::to_owned);
        let max_frame = self.max_frame;
        Ok(Incoming::Station(StationRequest {
            transport,
            response,
            identity,
            version,
            authorization,
            max_frame,
        }))
    }
}

impl StationRequest {
    /// Who it says it is.
    #[must_use]
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// The version both sides speak.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Whether it has proved its identity by HTTP Basic with this password (profiles 1 and 2).
    #[must_use]
    pub fn has_password(&self, password: &[u8]) -> bool {
        let Some(header) = &self.authorization else { return false };
        let mut buffer = vec![0; header.len()];
        Credentials::parse(header, &mut buffer)
            .is_ok_and(|credentials| credentials.matches(&self.identity, password))
    }

    /// Lets it in.
    ///
    /// # Errors
    ///
    /// When the connection broke.
    pub async fn accept(mut self) -> io::Result<WebSocket> {
        let mut head = Vec::new();
        // Writing to memory does not fail, and the response is well-formed.
        let _ = write_response(&mut head, &self.response);
        self.transport.write_all(&head).await?;
        self.transport.flush().await?;
        Ok(WebSocket::server(self.transport, self.max_frame).await)
    }

    /// Sends it away: wrong or missing credentials (HTTP 401).
    ///
    /// # Errors
    ///
    /// When the connection broke.
    pub async fn refuse(mut self) -> io::Result<()> {
        write_plain(&mut self.transport, "401 Unauthorized", "text/plain", "wrong credentials").await
    }
}

impl HttpRequest {
    /// Answers, and ends the connection. `status` such as `200 OK`.
    ///
    /// # Errors
    ///
    /// When the connection broke.
    pub async fn answer(mut self, status: &str, content_type: &str, body: &str) -> io::Result<()> {
        write_plain(&mut self.transport, status, content_type, body).await
    }
}

async fn write_plain(
    transport: &mut Box<dyn Transport>,
    status: &str,
    content_type: &str,
    body: &str,
) -> io::Result<()> {
    let challenge = if status.starts_with("401") { "WWW-Authenticate: Basic\r\n" } else { "" };
    let head = format!(
        "HTTP/1.1 {status}\r\n{challenge}Content-Type: {content_type}; charset=utf-8\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    transport.write_all(head.as_bytes()).await?;
    transport.write_all(body.as_bytes()).await?;
    transport.shutdown().await
}

/// Reads the head of a request. A client that speaks before it is answered breaks the protocol of WebSockets, so bytes
/// behind the head are refused.
async fn read_request(transport: &mut Box<dyn Transport>) -> Result<Request, AcceptError> {
    let mut head = Vec::with_capacity(1024);
    loop {
        if transport.read_buf(&mut head).await? == 0 {
            return Err(AcceptError::Http("the connection ended"));
        }
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut parsed = httparse::Request::new(&mut headers);
        match parsed.parse(&head) {
            Err(_) => return Err(AcceptError::Http("malformed")),
            Ok(Status::Partial) if head.len() < MAX_HEAD => {}
            Ok(Status::Partial) => return Err(AcceptError::Http("too long")),
            Ok(Status::Complete(len)) if len < head.len() => return Err(AcceptError::Http("a body")),
            Ok(Status::Complete(_)) => return build_request(&parsed),
        }
    }
}

fn build_request(parsed: &httparse::Request<'_, '_>) -> Result<Request, AcceptError> {
    let mut request = Request::new(());
    let malformed = || AcceptError::Http("malformed");
    *request.method_mut() = parsed.method.and_then(|method| method.parse().ok()).ok_or_else(malformed)?;
    *request.uri_mut() = parsed.path.and_then(|path| path.parse().ok()).ok_or_else(malformed)?;
    for found in parsed.headers.iter() {
        let name = header::HeaderName::try_from(found.name).map_err(|_| malformed())?;
        let value = HeaderValue::from_bytes(found.value).map_err(|_| malformed())?;
        request.headers_mut().append(name, value);
    }
    Ok(request)
}
