//! Frames of a WebSocket (RFC 6455 section 5), received in pieces that survive being cancelled.
//!
//! [`Receiver`] is a machine: the caller asks where the next bytes belong, reads them there from wherever they come,
//! and says how many there were. So a read may be given up at any time for something more urgent, and nothing is lost.
//! The buffer is lent to it: what lies behind the message it holds is free for whatever is sent meanwhile.

use core::fmt;

use edge_ws::{FrameHeader, FrameType};
use embedded_io_async::Write;

/// Longest payload of a control frame (RFC 6455 section 5.5).
const CONTROL: usize = 125;
/// Room in front of a payload for the header of what is sent: masked, and of less than 64 KiB.
pub(crate) const HEADER: usize = 8;

/// Why a connection cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FrameError {
    /// No frame of a WebSocket server.
    Malformed,
    /// A text that is not UTF-8.
    NotText,
    /// The peer closed the connection.
    Closed,
    /// The connection broke.
    Broken,
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "a malformed WebSocket frame",
            Self::NotText => "a text that is not UTF-8",
            Self::Closed => "closed by the peer",
            Self::Broken => "the connection broke",
        })
    }
}

/// What has been received.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Received<'a> {
    /// Not a whole message yet.
    Part,
    /// A text message, and what is free behind it.
    Text(&'a str, &'a mut [u8]),
    /// The beginning of a text message that is longer than is taken in, and what is free behind it.
    Cut(&'a str, &'a mut [u8]),
    /// A ping. This is the pong to [`send`]: its payload behind room for a header.
    Ping(&'a mut [u8]),
    /// A pong.
    Pong,
}

/// Where the machine is.
#[derive(Debug)]
enum At {
    /// In a header, of which this much is there.
    Header(usize),
    /// In a payload, of which this much is missing.
    Payload(FrameType, u64),
}

/// Receives messages to the beginning of a buffer, always the same one. See the [module](self).
#[derive(Debug)]
pub(crate) struct Receiver {
    at: At,
    header: [u8; FrameHeader::MAX_LEN],
    /// Bytes of a message that are taken in.
    limit: usize,
    /// Bytes of the message, beyond the limit too.
    length: usize,
    /// The message goes on in further frames.
    open: bool,
    /// The message was handed out.
    done: bool,
    /// The payload of a control frame, behind room for a header.
    control: [u8; HEADER + CONTROL],
    /// How far that is filled.
    control_length: usize,
    /// Where bytes go that nobody has room for.
    waste: [u8; 64],
}

impl Receiver {
    /// A receiver at the beginning of a connection, for messages of up to `limit` bytes.
    pub(crate) const fn new(limit: usize) -> Self {
        Self {
            at: At::Header(0),
            header: [0; FrameHeader::MAX_LEN],
            limit,
            length: 0,
            open: false,
            done: true,
            control: [0; HEADER + CONTROL],
            control_length: HEADER,
            waste: [0; 64],
        }
    }

    /// The message that is being received, and what is free behind it.
    pub(crate) fn split<'a>(&self, buffer: &'a mut [u8]) -> (&'a mut [u8], &'a mut [u8]) {
        let held = if self.done { 0 } else { self.length.min(self.limit) };
        buffer.split_at_mut_checked(held).unwrap_or_default()
    }

    /// Where the next bytes belong; never empty.
    pub(crate) fn space<'a>(&'a mut self, buffer: &'a mut [u8]) -> &'a mut [u8] {
        match self.at {
            At::Header(length) => {
                let wanted = match FrameHeader::deserialize(self.header.get(..length).unwrap_or_default()) {
                    Err(edge_ws::Error::Incomplete(more)) => more,
                    _ => 1,
                };
                let end = (length + wanted).min(FrameHeader::MAX_LEN);
                self.header.get_mut(length..end).unwrap_or(&mut self.waste)
            }
            At::Payload(kind, left) => {
                let left = usize::try_from(left).unwrap_or(usize::MAX);
                let room = if is_control(kind) {
                    self.control.get_mut(self.control_length..)
                } else {
                    buffer.get_mut(self.length..self.limit)
                };
                let room = room.filter(|room| !room.is_empty()).unwrap_or(&mut self.waste);
                let end = left.min(room.len());
                room.get_mut(..end).unwrap_or_default()
            }
        }
    }

    /// Takes note of `count` bytes in [`space`](Self::space).
    ///
    /// # Errors
    ///
    /// If they cannot be; the connection has to be closed.
    pub(crate) fn handle_bytes<'a>(
        &'a mut self,
        buffer: &'a mut [u8],
        count: usize,
    ) -> Result<Received<'a>, FrameError> {
        match &mut self.at {
            At::Header(length) => {
                *length += count;
                let end = *length;
                match FrameHeader::deserialize(self.header.get(..end).unwrap_or_default()) {
                    Ok((header, _)) => self.begin(&header)?,
                    Err(edge_ws::Error::Incomplete(_)) => return Ok(Received::Part),
                    Err(_) => return Err(FrameError::Malformed),
                }
            }
            At::Payload(kind, left) => {
                *left = left.saturating_sub(count as u64);
                if is_control(*kind) {
                    self.control_length = self.control_length.saturating_add(count);
                } else {
                    self.length = self.length.saturating_add(count);
                }
            }
        }
        match self.at {
            At::Payload(kind, 0) => {
                self.at = At::Header(0);
                self.end(kind, buffer)
            }
            _ => Ok(Received::Part),
        }
    }

    /// A header is whole.
    fn begin(&mut self, header: &FrameHeader) -> Result<(), FrameError> {
        let kind = header.frame_type;
        let fits = match kind {
            FrameType::Text(_) => !self.open,
            FrameType::Continue(_) => self.open,
            FrameType::Binary(_) => false,
            FrameType::Ping | FrameType::Pong | FrameType::Close => header.payload_len <= CONTROL as u64,
        };
        // A server does not mask (section 5.1).
        if !fits || header.mask_key.is_some() {
            return Err(FrameError::Malformed);
        }
        if is_control(kind) {
            self.control_length = HEADER;
        } else if core::mem::take(&mut self.done) {
            self.length = 0;
        }
        self.at = At::Payload(kind, header.payload_len);
        Ok(())
    }

    /// A frame is whole.
    fn end<'a>(&'a mut self, kind: FrameType, buffer: &'a mut [u8]) -> Result<Received<'a>, FrameError> {
        match kind {
            FrameType::Ping => {
                Ok(Received::Ping(self.control.get_mut(..self.control_length).unwrap_or_default()))
            }
            FrameType::Pong => Ok(Received::Pong),
            FrameType::Close => Err(FrameError::Closed),
            FrameType::Text(true) | FrameType::Continue(false) => {
                self.open = true;
                Ok(Received::Part)
            }
            FrameType::Text(false) | FrameType::Continue(true) | FrameType::Binary(_) => {
                let (message, room) = self.split(buffer);
                self.open = false;
                self.done = true;
                self.text(message, room)
            }
        }
    }

    fn text<'a>(&self, message: &'a [u8], room: &'a mut [u8]) -> Result<Received<'a>, FrameError> {
        match str::from_utf8(message) {
            Ok(text) if self.length <= self.limit => Ok(Received::Text(text, room)),
            Ok(text) => Ok(Received::Cut(text, room)),
            Err(_) if self.length <= self.limit => Err(FrameError::NotText),
            // A character may have been cut in two.
            Err(error) => {
                let valid = message.get(..error.valid_up_to()).unwrap_or_default();
                Ok(Received::Cut(str::from_utf8(valid).unwrap_or_default(), room))
            }
        }
    }
}

const fn is_control(kind: FrameType) -> bool {
    matches!(kind, FrameType::Ping | FrameType::Pong | FrameType::Close)
}

/// Sends a frame, masked with `mask` (section 5.3): its payload, which is left masked, behind [`HEADER`] bytes of room.
///
/// # Errors
///
/// [`FrameError::Broken`] if the connection is.
pub(crate) async fn send<W: Write>(
    writer: &mut W,
    frame_type: FrameType,
    frame: &mut [u8],
    mask: u32,
) -> Result<(), FrameError> {
    let frame = masked(frame_type, frame, mask).ok_or(FrameError::Malformed)?;
    writer.write_all(frame).await.map_err(|_| FrameError::Broken)?;
    writer.flush().await.map_err(|_| FrameError::Broken)
}

/// Masks the payload and writes the header right in front of it.
fn masked(frame_type: FrameType, frame: &mut [u8], mask: u32) -> Option<&[u8]> {
    let (room, payload) = frame.split_at_mut_checked(HEADER)?;
    let header = FrameHeader { frame_type, payload_len: payload.len() as u64, mask_key: Some(mask) };
    header.mask(payload, 0);
    let start = HEADER.checked_sub(header.serialized_len())?;
    header.serialize(room.get_mut(start..)?).ok()?;
    frame.get(start..)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of a server.
    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![first];
        match payload.len() {
            short @ 0..=125 => bytes.push(short as u8),
            long => {
                bytes.push(126);
                bytes.extend_from_slice(&(long as u16).to_be_bytes());
            }
        }
        bytes.extend_from_slice(payload);
        bytes
    }

    /// What is received when bytes come in pieces of `piece`.
    fn receive(bytes: &[u8], piece: usize, limit: usize) -> Result<Vec<String>, FrameError> {
        let mut buffer = vec![0; limit + 10];
        let mut receiver = Receiver::new(limit);
        let (mut at, mut heard) = (0, Vec::new());
        while at < bytes.len() {
            // Something is sent between any two reads.
            receiver.split(&mut buffer).1.fill(b'!');
            let space = receiver.space(&mut buffer);
            assert!(!space.is_empty());
            let count = space.len().min(piece).min(bytes.len() - at);
            space[..count].copy_from_slice(&bytes[at..at + count]);
            at += count;
            match receiver.handle_bytes(&mut buffer, count)? {
                Received::Part => {}
                Received::Text(text, room) => {
                    assert_eq!(text.len() + room.len(), limit + 10);
                    heard.push(format!("Text({text:?})"));
                }
                Received::Cut(text, _) => heard.push(format!("Cut({text:?})")),
                Received::Ping(pong) => heard.push(format!("Ping({:?})", &pong[HEADER..])),
                other => heard.push(format!("{other:?}")),
            }
        }
        Ok(heard)
    }

    #[test]
    fn messages_come_whole_however_they_are_cut() {
        let long = "x".repeat(300);
        let mut bytes = frame(0x81, b"one");
        bytes.extend(frame(0x01, b"tw"));
        bytes.extend(frame(0x89, b"ping"));
        bytes.extend(frame(0x80, b"o"));
        bytes.extend(frame(0x8A, b""));
        bytes.extend(frame(0x81, b""));
        bytes.extend(frame(0x81, long.as_bytes()));
        let ping = format!("Ping({:?})", b"ping");
        let expected = vec![
            "Text(\"one\")".into(),
            ping,
            "Text(\"two\")".into(),
            "Pong".into(),
            "Text(\"\")".into(),
            format!("Text({long:?})"),
        ];
        for piece in [1, 2, 3, 7, 1_000] {
            assert_eq!(receive(&bytes, piece, 400).unwrap(), expected, "{piece}");
        }
    }

    #[test]
    fn a_message_without_room_is_cut_at_a_character_and_the_next_one_is_whole() {
        let mut bytes = frame(0x81, "123456789ä…".repeat(20).as_bytes());
        bytes.extend(frame(0x81, b"next"));
        assert_eq!(receive(&bytes, 5, 10).unwrap(), vec!["Cut(\"123456789\")", "Text(\"next\")"]);
    }

    #[test]
    fn what_no_server_may_send_ends_the_connection() {
        let masked = [0x81, 0x81, 1, 2, 3, 4, 5];
        let rows: [(&[u8], FrameError); 8] = [
            (&masked, FrameError::Malformed),
            (&frame(0x82, b"binary"), FrameError::Malformed),
            (&frame(0xC1, b"reserved"), FrameError::Malformed),
            (&frame(0x83, b"opcode"), FrameError::Malformed),
            (&frame(0x80, b"continues nothing"), FrameError::Malformed),
            (&[frame(0x01, b"a"), frame(0x81, b"b")].concat(), FrameError::Malformed),
            (&frame(0x81, b"\xFF"), FrameError::NotText),
            (&frame(0x88, b"\x03\xE8"), FrameError::Closed),
        ];
        for (bytes, error) in rows {
            assert_eq!(receive(bytes, 3, 100), Err(error), "{bytes:?}");
        }
        assert_eq!(receive(&frame(0x89, &[0; 126]), 9, 100), Err(FrameError::Malformed));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic_or_stand_still(
            bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..600),
            piece in 1_usize..40,
        ) {
            let _ = receive(&bytes, piece, 64);
        }
    }

    #[test]
    fn a_sent_frame_is_masked() {
        let mut room = [0; 11];
        let (mut writer, mut payload) = (&mut room[..], *b"-header-Hello");
        // The example of RFC 6455 section 5.7.
        let done = send(&mut writer, FrameType::Text(false), &mut payload, 0x37FA_213D);
        futures_executor::block_on(done).unwrap();
        let sent = room;
        assert_eq!(sent, [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]);
    }
}
