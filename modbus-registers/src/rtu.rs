//! Serial frames: address, protocol unit, checksum, and the times around them.
//!
//! From the Modbus over Serial Line specification 1.02, section 2.5.

use core::num::NonZeroU32;

use thiserror::Error;

use crate::map::Framing;

/// Longest frame.
pub const MAX_FRAME: usize = 256;

/// Why bytes are no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FrameError {
    /// A frame has 4 to 256 bytes.
    #[error("{0} bytes are no frame; it has 4 to 256")]
    Length(usize),
    /// The checksum does not fit: noise, or two frames collided.
    #[error("checksum {got:#06x} where the bytes give {want:#06x}")]
    Crc {
        /// Of the bytes.
        want: u16,
        /// In the frame.
        got: u16,
    },
    /// The buffer is too small.
    #[error("the buffer needs {0} bytes")]
    NoRoom(usize),
}

/// A frame without its checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Address of the device, 0 to all.
    pub unit: u8,
    /// The protocol unit.
    pub pdu: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Reads a whole frame, from silence to silence.
    ///
    /// # Errors
    ///
    /// If length or checksum are wrong.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, FrameError> {
        let length = FrameError::Length(bytes.len());
        if bytes.len() > MAX_FRAME {
            return Err(length);
        }
        let (content, checksum) = bytes.split_last_chunk::<2>().ok_or(length)?;
        let (want, got) = (crc(content), u16::from_le_bytes(*checksum));
        match content.split_first() {
            Some((&unit, pdu)) if !pdu.is_empty() => {
                if want == got {
                    Ok(Self { unit, pdu })
                } else {
                    Err(FrameError::Crc { want, got })
                }
            }
            _ => Err(length),
        }
    }

    /// Writes the frame and returns it.
    ///
    /// # Errors
    ///
    /// If the unit is empty or too long, or the buffer too small.
    pub fn encode<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b [u8], FrameError> {
        let length = self.pdu.len() + 3;
        if self.pdu.is_empty() || length > MAX_FRAME {
            return Err(FrameError::Length(length));
        }
        let frame = buffer.get_mut(..length).ok_or(FrameError::NoRoom(length))?;
        if let Some((content, checksum)) = frame.split_last_chunk_mut::<2>() {
            if let Some((unit, pdu)) = content.split_first_mut() {
                *unit = self.unit;
                pdu.copy_from_slice(self.pdu);
            }
            *checksum = crc(content).to_le_bytes();
        }
        Ok(frame)
    }
}

/// Length of the response frame that begins with `bytes`, for receivers that cannot measure silence. `None` as
/// long as more bytes are needed to know, or for a function this crate does not know.
pub fn response_length(bytes: &[u8]) -> Option<usize> {
    let (_, pdu) = bytes.split_first()?;
    let pdu_length = match *pdu.first()? {
        0x81.. => 2,
        3 | 4 | 0x11 => 2 + usize::from(*pdu.get(1)?),
        6 | 16 => 5,
        0x2B => {
            let objects = *pdu.get(6)?;
            (0..objects).try_fold(7, |at: usize, _| Some(at + 2 + usize::from(*pdu.get(at + 1)?)))?
        }
        _ => return None,
    };
    Some(pdu_length + 3)
}

/// The checksum of `bytes`: polynomial 0xA001 reflected, started with all ones; the low byte is sent first.
pub fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, &byte| {
        (0..8).fold(crc ^ u16::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xA001 } else { crc >> 1 })
    })
}

/// Times on a serial line, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    baud: NonZeroU32,
    bits: u32,
}

impl Timing {
    /// For a line with `baud` bits per second, at least 1.
    pub const fn new(baud: u32, framing: Framing) -> Self {
        // Start bit, eight data bits, parity and stop bits.
        let bits = match framing {
            Framing::N81 => 10,
            Framing::N82 | Framing::E81 | Framing::O81 => 11,
        };
        let baud = match NonZeroU32::new(baud) {
            Some(baud) => baud,
            None => NonZeroU32::MIN,
        };
        Self { baud, bits }
    }

    /// Time for `bytes` characters.
    pub const fn transfer_us(self, bytes: u32) -> u64 {
        (bytes as u64 * self.bits as u64 * 1_000_000).div_ceil(self.baud.get() as u64)
    }

    /// Longest silence inside a frame: 1.5 characters, 750 µs above 19200 bit/s.
    pub const fn inter_character_us(self) -> u64 {
        if self.baud.get() > 19_200 { 750 } else { self.transfer_us(3).div_ceil(2) }
    }

    /// Shortest silence between frames: 3.5 characters, 1750 µs above 19200 bit/s.
    pub const fn inter_frame_us(self) -> u64 {
        if self.baud.get() > 19_200 { 1_750 } else { self.transfer_us(7).div_ceil(2) }
    }

    /// Time of a read of `words` registers by a device that needs `delay_us` to answer: 8 bytes there, 5 and
    /// two per register back, and a silence after each.
    pub const fn exchange_us(self, words: u16, delay_us: u64) -> u64 {
        self.transfer_us(8 + 5 + 2 * words as u32) + 2 * self.inter_frame_us() + delay_us
    }

    /// How many unused registers to read along rather than to send another request, for
    /// [`Plan::max_hole`](crate::Plan::max_hole).
    pub const fn worthwhile_hole(self, delay_us: u64) -> u8 {
        let register_us = self.transfer_us(2);
        let words = (self.exchange_us(0, delay_us) + register_us / 2) / register_us;
        if words > 125 { 125 } else { words as u8 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksum_of_published_frames() {
        // Modbus over Serial Line 1.02, section 6.2.2: the bytes 02 07 give 0x1241, sent as 41 12.
        assert_eq!(crc(&[0x02, 0x07]), 0x1241);
        // The catalogue check value of CRC-16/MODBUS.
        assert_eq!(crc(b"123456789"), 0x4B37);
        assert_eq!(crc(&[]), 0xFFFF);
    }

    #[test]
    fn frames_come_back() {
        let mut buffer = [0; MAX_FRAME];
        let frame = Frame { unit: 1, pdu: &[3, 0, 0, 0, 10] };
        let bytes = frame.encode(&mut buffer).unwrap();
        assert_eq!(bytes, [1, 3, 0, 0, 0, 10, 0xC5, 0xCD]);
        assert_eq!(Frame::decode(bytes), Ok(frame));
    }

    #[test]
    fn damaged_frames_are_refused() {
        assert_eq!(
            Frame::decode(&[1, 3, 0, 0, 0, 10, 0xC5, 0xCC]),
            Err(FrameError::Crc { want: 0xCDC5, got: 0xCCC5 })
        );
        assert_eq!(Frame::decode(&[1, 0xFF, 0xFF]), Err(FrameError::Length(3)));
        assert_eq!(Frame::decode(&[]), Err(FrameError::Length(0)));
        assert_eq!(Frame::decode(&[0; 257]), Err(FrameError::Length(257)));
        assert_eq!(Frame { unit: 1, pdu: &[] }.encode(&mut [0; 9]), Err(FrameError::Length(3)));
        assert_eq!(Frame { unit: 1, pdu: &[3; 5] }.encode(&mut [0; 7]), Err(FrameError::NoRoom(8)));
    }

    #[test]
    fn the_length_of_a_response_shows_early() {
        assert_eq!(response_length(&[1, 4, 4]), Some(9));
        assert_eq!(response_length(&[1, 0x84]), Some(5));
        assert_eq!(response_length(&[1, 16]), Some(8));
        assert_eq!(response_length(&[1, 0x2B, 14, 1, 1, 0, 0, 2, 0, 2, 65, 66, 1]), None);
        assert_eq!(response_length(&[1, 0x2B, 14, 1, 1, 0, 0, 2, 0, 2, 65, 66, 1, 0]), Some(16));
        assert_eq!(response_length(&[1]), None);
        assert_eq!(response_length(&[1, 99]), None);
    }

    #[test]
    fn silences() {
        let slow = Timing::new(9_600, Framing::N81);
        assert_eq!((slow.inter_character_us(), slow.inter_frame_us()), (1_563, 3_646));
        let fast = Timing::new(115_200, Framing::E81);
        assert_eq!((fast.inter_character_us(), fast.inter_frame_us()), (750, 1_750));
    }

    #[test]
    fn holes_worth_reading_at_9600_baud() {
        // The fixed part of an exchange is 21 ms, a register costs 2.1 ms: about 10 registers for an instant
        // meter, 20 at 20 ms delay, 58 at 100 ms.
        let timing = Timing::new(9_600, Framing::N81);
        assert_eq!(timing.worthwhile_hole(0), 10);
        assert_eq!(timing.worthwhile_hole(20_000), 20);
        assert_eq!(timing.worthwhile_hole(100_000), 58);
        assert_eq!(Timing::new(0, Framing::N81).worthwhile_hole(u64::MAX / 2), 125);
    }
}
