//! TCP frames: the MBAP header before each protocol unit.
//!
//! From the Modbus Messaging on TCP/IP Implementation Guide 1.0b, section 3.1.3.

use thiserror::Error;

use crate::pdu::MAX_PDU;

/// Bytes before the protocol unit.
pub const HEADER: usize = 7;

/// Longest frame.
pub const MAX_FRAME: usize = HEADER + MAX_PDU;

/// Why a stream is not Modbus. There is no way to find the next frame: close the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StreamError {
    /// The protocol identifier is not 0.
    #[error("protocol identifier {0}, not 0 for Modbus")]
    Protocol(u16),
    /// The length field is impossible.
    #[error("a length field of {0}; it is 2 to 254")]
    Length(u16),
    /// The buffer is too small.
    #[error("the buffer needs {0} bytes")]
    NoRoom(usize),
}

/// A frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Chosen by the client; the server repeats it.
    pub transaction: u16,
    /// The device behind a gateway, or what the vendor demands: 255, 71, 1, 0.
    pub unit: u8,
    /// The protocol unit.
    pub pdu: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Reads the first frame of a stream and returns it with the number of bytes it took; `None` if more bytes
    /// are needed.
    ///
    /// # Errors
    ///
    /// If these bytes cannot begin a frame.
    pub fn decode(bytes: &'a [u8]) -> Result<Option<(Self, usize)>, StreamError> {
        let Some((&[t0, t1, p0, p1, l0, l1], rest)) = bytes.split_first_chunk::<6>() else { return Ok(None) };
        let protocol = u16::from_be_bytes([p0, p1]);
        if protocol != 0 {
            return Err(StreamError::Protocol(protocol));
        }
        let length = u16::from_be_bytes([l0, l1]);
        if !(2..=MAX_PDU + 1).contains(&usize::from(length)) {
            return Err(StreamError::Length(length));
        }
        let content = rest.get(..usize::from(length)).and_then(<[u8]>::split_first);
        let transaction = u16::from_be_bytes([t0, t1]);
        Ok(content.map(|(&unit, pdu)| (Self { transaction, unit, pdu }, HEADER + pdu.len())))
    }

    /// Writes the frame and returns it.
    ///
    /// # Errors
    ///
    /// If the unit is empty or too long, or the buffer too small.
    pub fn encode<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b [u8], StreamError> {
        let length = u16::try_from(self.pdu.len() + 1).unwrap_or(u16::MAX);
        if !(2..=MAX_PDU + 1).contains(&usize::from(length)) {
            return Err(StreamError::Length(length));
        }
        let whole = HEADER + self.pdu.len();
        let frame = buffer.get_mut(..whole).ok_or(StreamError::NoRoom(whole))?;
        if let Some((header, pdu)) = frame.split_first_chunk_mut::<HEADER>() {
            let ([t0, t1], [l0, l1]) = (self.transaction.to_be_bytes(), length.to_be_bytes());
            *header = [t0, t1, 0, 0, l0, l1, self.unit];
            pdu.copy_from_slice(self.pdu);
        }
        Ok(frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back_from_a_stream() {
        let frame = Frame { transaction: 0x1501, unit: 255, pdu: &[4, 0, 13, 0, 2] };
        let mut buffer = [0; MAX_FRAME];
        let bytes = frame.encode(&mut buffer).unwrap();
        assert_eq!(bytes, [0x15, 0x01, 0, 0, 0, 6, 255, 4, 0, 13, 0, 2]);
        for cut in 0..bytes.len() {
            assert_eq!(Frame::decode(&bytes[..cut]), Ok(None), "{cut} bytes");
        }
        assert_eq!(Frame::decode(bytes), Ok(Some((frame, 12))));
        let two = [bytes, bytes].concat();
        assert_eq!(Frame::decode(&two), Ok(Some((frame, 12))));
    }

    #[test]
    fn a_stream_that_is_not_modbus_is_named() {
        assert_eq!(Frame::decode(b"GET / HTTP"), Err(StreamError::Protocol(0x5420)));
        assert_eq!(Frame::decode(&[0, 1, 0, 0, 0, 1, 1]), Err(StreamError::Length(1)));
        assert_eq!(Frame::decode(&[0, 1, 0, 0, 0, 255, 1]), Err(StreamError::Length(255)));
        assert_eq!(
            Frame { transaction: 0, unit: 1, pdu: &[] }.encode(&mut [0; 9]),
            Err(StreamError::Length(1))
        );
        assert_eq!(
            Frame { transaction: 0, unit: 1, pdu: &[3] }.encode(&mut [0; 7]),
            Err(StreamError::NoRoom(8))
        );
    }
}
