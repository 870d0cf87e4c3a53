//! What happens before the first frame: subprotocol, identity and password, as pure functions.
//!
//! OCPP-J 1.6 chapter 3 and §6.2, OCPP 2.0.1 part 4 chapter 3, security white paper for 1.6 (profile 1: HTTP Basic).

use thiserror::Error;

use crate::schema::Version;

/// The name of a version's WebSocket subprotocol.
#[must_use]
pub const fn subprotocol(version: Version) -> &'static str {
    match version {
        Version::V16 => "ocpp1.6",
        Version::V201 => "ocpp2.0.1",
        Version::V21 => "ocpp2.1",
    }
}

/// Chooses a version from the value of `Sec-WebSocket-Protocol`: the first one the client offers, in its order of
/// preference, that is supported. `None`: go on without a subprotocol and close the connection at once (OCPP-J 1.6
/// §3.2).
#[must_use]
pub fn select_subprotocol(offered: &str, supported: &[Version]) -> Option<Version> {
    offered
        .split(',')
        .find_map(|name| supported.iter().copied().find(|version| subprotocol(*version) == name.trim_ascii()))
}

/// Why a path holds no identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// The last segment is empty.
    #[error("the path ends without an identity")]
    Empty,
    /// A percent sign without two hexadecimal digits behind it.
    #[error("wrong percent encoding at byte {0} of the identity")]
    Encoding(usize),
    /// Not UTF-8, or a control character.
    #[error("the identity is not readable text")]
    Text,
    /// Longer than the buffer.
    #[error("the identity is longer than {0} bytes")]
    Long(usize),
}

/// The identity of a station: the last segment of the URL's path, percent-decoded (OCPP-J 1.6 §3.1.1).
///
/// A query is not part of the path. The length of `buffer` is the longest identity taken; 1.6 has no limit of its
/// own, 2.x 48.
///
/// # Errors
///
/// See [`IdentityError`].
pub fn identity<'b>(path: &str, buffer: &'b mut [u8]) -> Result<&'b str, IdentityError> {
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let segment = path.rsplit_once('/').map_or(path, |(_, segment)| segment);
    if segment.is_empty() {
        return Err(IdentityError::Empty);
    }
    let (mut len, size) = (0, buffer.len());
    let mut bytes = segment.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        let byte = if byte == b'%' {
            let mut digit = || bytes.next().and_then(|(_, digit)| hex_digit(digit));
            digit().zip(digit()).map(|(high, low)| high << 4 | low).ok_or(IdentityError::Encoding(at))?
        } else {
            byte
        };
        *buffer.get_mut(len).ok_or(IdentityError::Long(size))? = byte;
        len += 1;
    }
    let text =
        core::str::from_utf8(buffer.get(..len).unwrap_or_default()).map_err(|_| IdentityError::Text)?;
    if text.chars().any(char::is_control) { Err(IdentityError::Text) } else { Ok(text) }
}

/// The value of an `Authorization` header cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// Another scheme than `Basic`.
    #[error("not HTTP Basic authentication")]
    Scheme,
    /// Not Base64.
    #[error("credentials are not Base64")]
    Base64,
    /// No colon between user and password.
    #[error("credentials have no colon")]
    Colon,
    /// Longer than the buffer.
    #[error("credentials are longer than {0} bytes")]
    Long(usize),
}

/// User and password of HTTP Basic authentication. `Debug` does not show the password.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Credentials<'b> {
    /// The station's identity.
    pub user: &'b [u8],
    password: &'b [u8],
}

impl core::fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

impl<'b> Credentials<'b> {
    /// Reads the value of an `Authorization` header, decoded into `buffer`.
    ///
    /// # Errors
    ///
    /// See [`CredentialsError`].
    pub fn parse(header: &str, buffer: &'b mut [u8]) -> Result<Self, CredentialsError> {
        let (scheme, encoded) = header.trim_ascii().split_once(' ').ok_or(CredentialsError::Scheme)?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return Err(CredentialsError::Scheme);
        }
        let decoded = decode_base64(encoded.trim_ascii(), buffer)?;
        let colon = decoded.iter().position(|byte| *byte == b':').ok_or(CredentialsError::Colon)?;
        let (user, rest) = decoded.split_at_checked(colon).ok_or(CredentialsError::Colon)?;
        Ok(Self { user, password: rest.get(1..).unwrap_or_default() })
    }

    /// Whether these are the identity and the password expected. The comparison takes the same time for every wrong
    /// password of the right length.
    ///
    /// In 1.6 the password is the 20 bytes that the configuration key `AuthorizationKey` writes as 40 hexadecimal
    /// digits ([`authorization_key`]); some stations send the digits themselves.
    #[must_use]
    pub fn matches(&self, identity: &str, password: &[u8]) -> bool {
        let differences = self.password.iter().zip(password).fold(0, |all, (one, other)| all | (one ^ other));
        self.user == identity.as_bytes() && self.password.len() == password.len() && differences == 0
    }
}

/// The value of the `Authorization` header a station sends: HTTP Basic with its identity and password. `None`: the
/// buffer is too small; 6 bytes and 4 for every 3 of identity, colon and password are enough.
#[must_use]
pub fn basic_credentials<'b>(identity: &str, password: &[u8], buffer: &'b mut [u8]) -> Option<&'b str> {
    const SCHEME: &[u8] = b"Basic ";
    let len = identity.len() + 1 + password.len();
    let text = buffer.get_mut(..SCHEME.len() + base64_len(len))?;
    let (scheme, digits) = text.split_at_mut_checked(SCHEME.len())?;
    scheme.copy_from_slice(SCHEME);
    encode_base64(&mut identity.bytes().chain([b':']).chain(password.iter().copied()), digits);
    core::str::from_utf8(text).ok()
}

/// Bytes in Base64 (RFC 4648 §4), as `Sec-WebSocket-Key` and `Sec-WebSocket-Accept` hold them (RFC 6455 §4). `None`: the
/// buffer is too small; 4 bytes for every 3 are enough.
#[must_use]
pub fn base64<'b>(bytes: &[u8], buffer: &'b mut [u8]) -> Option<&'b str> {
    let digits = buffer.get_mut(..base64_len(bytes.len()))?;
    encode_base64(&mut bytes.iter().copied(), digits);
    core::str::from_utf8(digits).ok()
}

const fn base64_len(bytes: usize) -> usize {
    bytes.div_ceil(3) * 4
}

/// Writes bytes as digits, for which there is exactly the room.
fn encode_base64(bytes: &mut dyn Iterator<Item = u8>, digits: &mut [u8]) {
    for group in digits.chunks_mut(4) {
        let bytes: [Option<u8>; 3] = core::array::from_fn(|_| bytes.next());
        let bits = bytes.iter().fold(0, |bits: u32, byte| bits << 8 | u32::from(byte.unwrap_or(0)));
        let used = bytes.iter().flatten().count();
        for (at, digit) in group.iter_mut().enumerate() {
            *digit = if at <= used { base64_digit(bits >> (18 - 6 * at) & 63) } else { b'=' };
        }
    }
}

/// The digit of a value below 64.
fn base64_digit(value: u32) -> u8 {
    let value = value as u8;
    match value {
        0..26 => b'A' + value,
        26..52 => b'a' + (value - 26),
        52..62 => b'0' + (value - 52),
        62 => b'+',
        _ => b'/',
    }
}

/// The bytes of an `AuthorizationKey`: up to 20, two hexadecimal digits each. `None`: not a key.
#[must_use]
pub fn authorization_key<'b>(digits: &str, buffer: &'b mut [u8; 20]) -> Option<&'b [u8]> {
    let pairs = digits.as_bytes().chunks(2);
    let len = pairs.len();
    let key = buffer.get_mut(..len)?;
    for (byte, pair) in key.iter_mut().zip(pairs) {
        let [high, low] = pair else { return None };
        *byte = hex_digit(*high)? << 4 | hex_digit(*low)?;
    }
    Some(key)
}

fn hex_digit(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

fn decode_base64<'b>(text: &str, buffer: &'b mut [u8]) -> Result<&'b [u8], CredentialsError> {
    let data = text.trim_end_matches('=');
    if text.len() - data.len() > 2 || data.len() % 4 == 1 {
        return Err(CredentialsError::Base64);
    }
    let (mut bits, mut count, mut len, size) = (0u32, 0, 0, buffer.len());
    for symbol in data.bytes() {
        let value = match symbol {
            b'A'..=b'Z' => symbol - b'A',
            b'a'..=b'z' => symbol - b'a' + 26,
            b'0'..=b'9' => symbol - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return Err(CredentialsError::Base64),
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            *buffer.get_mut(len).ok_or(CredentialsError::Long(size))? = (bits >> count) as u8;
            len += 1;
        }
    }
    Ok(buffer.get(..len).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7617 §2, and one of every length of the last group.
    #[test]
    fn credentials_are_written_as_they_are_read() {
        let mut buffer = [0; 64];
        assert_eq!(
            basic_credentials("Aladdin", b"open sesame", &mut buffer),
            Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
        );
        for password in [&b""[..], b"\xFF", b"\xFF\x00", b"\xFB\xEF\xBE"] {
            let mut read = [0; 64];
            let header = basic_credentials("CP", password, &mut buffer).unwrap();
            assert!(Credentials::parse(header, &mut read).unwrap().matches("CP", password));
        }
        assert_eq!(basic_credentials("CP", b"password", &mut [0; 8]), None);
    }

    /// The examples of RFC 4648 §10, and the key of RFC 6455 §1.3.
    #[test]
    fn base64_is_padded() {
        let mut buffer = [0; 24];
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(base64(bytes.as_bytes(), &mut buffer), Some(text));
        }
        assert_eq!(base64(b"the sample nonce", &mut buffer), Some("dGhlIHNhbXBsZSBub25jZQ=="));
        assert_eq!(base64(b"the sample nonce", &mut [0; 23]), None);
    }

    #[test]
    fn the_clients_first_supported_choice() {
        let both = [Version::V16, Version::V201];
        assert_eq!(select_subprotocol("ocpp2.0.1, ocpp1.6", &both), Some(Version::V201));
        assert_eq!(select_subprotocol("ocpp1.6,ocpp2.0.1", &both), Some(Version::V16));
        assert_eq!(select_subprotocol("ocpp2.0.1 , ocpp1.6", &[Version::V16]), Some(Version::V16));
        for none in ["", "ocpp1.5", "OCPP1.6", "ocpp1.60"] {
            assert_eq!(select_subprotocol(none, &both), None, "{none}");
        }
    }

    #[test]
    fn identity_is_the_last_segment_decoded() {
        let mut buffer = [0; 20];
        for (path, wanted) in [
            ("/ocpp/CP-1", Ok("CP-1")),
            ("/CP%201", Ok("CP 1")),
            ("/a/b/RDAM%7c123?token=x/y", Ok("RDAM|123")),
            ("CP", Ok("CP")),
            ("/%C3%BC", Ok("\u{fc}")),
            ("/ocpp/", Err(IdentityError::Empty)),
            ("", Err(IdentityError::Empty)),
            ("/a%2", Err(IdentityError::Encoding(1))),
            ("/a%+1", Err(IdentityError::Encoding(1))),
            ("/%FF", Err(IdentityError::Text)),
            ("/a%00", Err(IdentityError::Text)),
            ("/123456789012345678901", Err(IdentityError::Long(20))),
        ] {
            assert_eq!(identity(path, &mut buffer), wanted, "{path}");
        }
    }

    #[test]
    fn basic_credentials_are_read() {
        let mut buffer = [0; 32];
        // CP1:secret
        let credentials = Credentials::parse("Basic Q1AxOnNlY3JldA==", &mut buffer).unwrap();
        assert!(credentials.matches("CP1", b"secret"));
        for (identity, password) in
            [("CP2", &b"secret"[..]), ("CP1", b"secreT"), ("CP1", b"secre"), ("CP1", b"")]
        {
            assert!(!credentials.matches(identity, password));
        }
        assert_eq!(alloc::format!("{credentials:?}"), "Credentials { .. }");
    }

    #[test]
    fn a_password_may_hold_colons_and_any_byte() {
        let mut buffer = [0; 32];
        // a:b:\xff
        let credentials = Credentials::parse("basic  YTpiOv8=", &mut buffer).unwrap();
        assert!(credentials.matches("a", b"b:\xff"));
    }

    #[test]
    fn headers_that_are_not_basic() {
        for (header, wanted) in [
            ("", CredentialsError::Scheme),
            ("Bearer abc", CredentialsError::Scheme),
            ("Basic a", CredentialsError::Base64),
            ("Basic Q1A*", CredentialsError::Base64),
            ("Basic Q1A=====", CredentialsError::Base64),
            ("Basic Q1Ax", CredentialsError::Colon),
            ("Basic Q1AxOnNlY3JldA==", CredentialsError::Long(8)),
        ] {
            assert_eq!(Credentials::parse(header, &mut [0; 8]), Err(wanted), "{header}");
        }
    }

    #[test]
    fn keys_are_pairs_of_digits() {
        let mut buffer = [0; 20];
        assert_eq!(authorization_key("00fF10", &mut buffer), Some(&[0, 0xFF, 0x10][..]));
        assert_eq!(authorization_key("123", &mut buffer), None);
        assert_eq!(authorization_key("0x", &mut buffer), None);
        assert_eq!(authorization_key(&"00".repeat(21), &mut buffer), None);
    }
}
