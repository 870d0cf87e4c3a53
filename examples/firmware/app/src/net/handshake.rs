//! Opening a WebSocket as a client (RFC 6455 section 4, OCPP-J 1.6 section 3).

use core::fmt;

use embedded_io_async::{Read, Write};
use evkit_ocpp::rpc::handshake::{base64, basic_credentials, subprotocol};
use evkit_ocpp::schema::Version;
use hmac_sha1_compact::Hash;

/// What RFC 6455 section 1.3 has a server append to the key.
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Who connects where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opening<'a> {
    /// Value of `Host`: address and port.
    pub(crate) host: &'a str,
    /// Path, the identity is appended.
    pub(crate) path: &'a str,
    /// Identity of the station.
    pub(crate) identity: &'a str,
    /// Password; empty: none.
    pub(crate) password: &'a str,
    /// Differs from one connection to the next.
    pub(crate) nonce: [u8; 16],
}

/// Why there is no WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenError {
    /// The connection broke.
    Broken,
    /// The request, or the answer's head, is longer than there is room for.
    TooLong,
    /// No answer of HTTP/1.1.
    NotHttp,
    /// Another status than 101.
    Status(u16),
    /// The server has not understood what was asked of it.
    Accept,
    /// The server does not speak OCPP 1.6.
    Subprotocol,
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken => f.write_str("the connection broke"),
            Self::TooLong => f.write_str("the head of the answer is too long"),
            Self::NotHttp => f.write_str("the answer is not HTTP"),
            Self::Status(status) => {
                write!(f, "answered with HTTP status {} instead of 101", u32::from(*status))
            }
            Self::Accept => f.write_str("Sec-WebSocket-Accept does not fit"),
            Self::Subprotocol => f.write_str("the subprotocol ocpp1.6 was not chosen"),
        }
    }
}

/// Sends the request and reads the answer, each of which has to fit into `buffer`; 512 bytes are enough for any
/// request. Not a byte behind the answer's head is read: it belongs to the first frame.
///
/// # Errors
///
/// See [`OpenError`].
pub(crate) async fn open<S: Read + Write>(
    socket: &mut S,
    opening: &Opening<'_>,
    buffer: &mut [u8],
) -> Result<(), OpenError> {
    let mut key = [0; 24];
    let key = base64(&opening.nonce, &mut key).ok_or(OpenError::TooLong)?;
    let request = request(opening, key, buffer)?;
    socket.write_all(request).await.map_err(|_| OpenError::Broken)?;
    socket.flush().await.map_err(|_| OpenError::Broken)?;
    let mut length = 0;
    loop {
        let next = buffer.get_mut(length..length + 1).ok_or(OpenError::TooLong)?;
        match socket.read(next).await {
            Ok(0) | Err(_) => return Err(OpenError::Broken),
            Ok(read) => length += read,
        }
        let head = buffer.get(..length).unwrap_or_default();
        // A line ends; other answers are noticed early as well.
        if head.ends_with(b"\n") && check(head, key)? {
            return Ok(());
        }
    }
}

fn request<'b>(opening: &Opening<'_>, key: &str, buffer: &'b mut [u8]) -> Result<&'b [u8], OpenError> {
    let Opening { host, path, identity, password, .. } = *opening;
    let slash = if path.ends_with('/') { "" } else { "/" };
    let mut credentials = [0; 160];
    let (authorization, credentials) = if password.is_empty() {
        ("", "")
    } else {
        let credentials = basic_credentials(identity, password.as_bytes(), &mut credentials);
        ("\r\nAuthorization: ", credentials.ok_or(OpenError::TooLong)?)
    };
    let parts = [
        "GET ",
        path,
        slash,
        identity,
        " HTTP/1.1\r\nHost: ",
        host,
        "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ",
        key,
        "\r\nSec-WebSocket-Protocol: ",
        subprotocol(Version::V16),
        authorization,
        credentials,
        "\r\n\r\n",
    ];
    let mut written = 0;
    for part in parts {
        let room = buffer.get_mut(written..written + part.len()).ok_or(OpenError::TooLong)?;
        room.copy_from_slice(part.as_bytes());
        written += part.len();
    }
    buffer.get(..written).ok_or(OpenError::TooLong)
}

/// Judges the answer so far: whether it is whole, and right then. The status line is judged as soon as it is there.
///
/// Only the status and two fields matter (RFC 6455 section 4.1); what the others say is left open.
fn check(answer: &[u8], key: &str) -> Result<bool, OpenError> {
    let mut lines = answer.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let first = lines.next().unwrap_or_default();
    // It has no end yet.
    if !answer.contains(&b'\n') {
        return Ok(false);
    }
    match status(first) {
        Some(101) => {}
        Some(other) => return Err(OpenError::Status(other)),
        None => return Err(OpenError::NotHttp),
    }
    if !answer.ends_with(b"\r\n\r\n") && !answer.ends_with(b"\n\n") {
        return Ok(false);
    }
    let value = |name: &str| {
        lines.clone().find_map(|line| {
            let (found, rest) = line.split_at_checked(name.len())?;
            let value = rest.strip_prefix(b":")?;
            found.eq_ignore_ascii_case(name.as_bytes()).then(|| value.trim_ascii())
        })
    };
    let mut digest = Hash::new();
    digest.update(key.as_bytes());
    digest.update(GUID.as_bytes());
    let mut expected = [0; 28];
    let expected = base64(&digest.finalize(), &mut expected).ok_or(OpenError::Accept)?;
    if value("Sec-WebSocket-Accept") != Some(expected.as_bytes()) {
        return Err(OpenError::Accept);
    }
    if value("Sec-WebSocket-Protocol") != Some(subprotocol(Version::V16).as_bytes()) {
        return Err(OpenError::Subprotocol);
    }
    Ok(true)
}

/// The status code of a status line (RFC 9112 section 4).
fn status(line: &[u8]) -> Option<u16> {
    let code = line.strip_prefix(b"HTTP/1.")?.get(1..)?.strip_prefix(b" ")?.first_chunk::<3>()?;
    let digits = code.iter().all(u8::is_ascii_digit);
    digits.then(|| code.iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 6455 section 1.3.
    const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
    const ANSWER: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: ocpp1.6\r\n\r\n";

    #[test]
    fn the_standards_own_answer_is_taken_byte_by_byte() {
        for length in 1..ANSWER.len() {
            assert_eq!(check(&ANSWER.as_bytes()[..length], KEY), Ok(false), "{length}");
        }
        assert_eq!(check(ANSWER.as_bytes(), KEY), Ok(true));
    }

    #[test]
    fn wrong_answers_are_named() {
        let rows = [
            (ANSWER.replace("s3pP", "s3pQ"), OpenError::Accept),
            (ANSWER.replace("ocpp1.6", "ocpp2.0.1"), OpenError::Subprotocol),
            (ANSWER.replace("101", "404"), OpenError::Status(404)),
            ("SSH-2.0-OpenSSH\r\n".to_owned(), OpenError::NotHttp),
            ("HTTP/1.1 99\r\n".to_owned(), OpenError::NotHttp),
        ];
        for (answer, error) in rows {
            assert_eq!(check(answer.as_bytes(), KEY), Err(error), "{answer}");
        }
    }

    #[test]
    fn other_fields_may_be_many_and_say_anything() {
        let others = "A: b\r\nSec-WebSocket-Accept-Not: c\r\nno field\r\n".repeat(20);
        let answer = ANSWER.replacen("\r\n", &format!("\r\n{others}"), 1);
        assert_eq!(check(answer.as_bytes(), KEY), Ok(true));
    }

    /// A peer that answers with what it holds, and takes everything.
    struct Peer<'a>(&'a [u8]);

    impl embedded_io::ErrorType for Peer<'_> {
        type Error = core::convert::Infallible;
    }

    impl Read for Peer<'_> {
        async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Self::Error> {
            self.0.read(buffer).await
        }
    }

    impl Write for Peer<'_> {
        async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
            Ok(bytes.len())
        }

        async fn flush(&mut self) -> Result<(), Self::Error> {
            Ok(())
        }
    }

    #[test]
    fn an_answer_is_read_up_to_its_end_and_not_beyond_the_buffer() {
        let nonce = *b"the sample nonce";
        let opening = Opening { host: "h", path: "/p", identity: "i", password: "", nonce };
        let open =
            |peer: &mut Peer<'_>, size| futures_executor::block_on(open(peer, &opening, &mut vec![0; size]));
        let answer = format!("{ANSWER}frame");
        let mut peer = Peer(answer.as_bytes());
        assert_eq!(open(&mut peer, 512), Ok(()));
        assert_eq!(peer.0, b"frame");
        let endless = ANSWER.replace("\r\n\r\n", &"\r\nA: b".repeat(200));
        assert_eq!(open(&mut Peer(endless.as_bytes()), 512), Err(OpenError::TooLong));
        assert_eq!(open(&mut Peer(b"HTTP/1.1 101 "), 512), Err(OpenError::Broken));
    }

    #[test]
    fn the_longest_request_fits() {
        let longest = "x".repeat(48);
        let opening = Opening {
            host: "255.255.255.255:65535",
            path: &longest[..27],
            identity: &longest,
            password: &longest,
            nonce: [0; 16],
        };
        let mut buffer = [0; 512];
        let text = str::from_utf8(request(&opening, KEY, &mut buffer).unwrap()).unwrap();
        assert!(
            text.starts_with(&format!("GET {}/{longest} HTTP/1.1\r\nHost: 255.", &longest[..27])),
            "{text}"
        );
        assert!(text.contains("Authorization: Basic "), "{text}");
        assert!(text.ends_with("\r\n\r\n"));
    }
}
