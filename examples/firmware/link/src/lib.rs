//! The line between the reference firmware and the plant around it.
//!
//! No emulated board has the analog side of a charging station, so its measurements come in, and its outputs go out,
//! over a serial port: one ASCII line per message, each closed by a checksum, so that garbage never becomes a
//! measurement. The same line serves a real board on a bench.
//!
//! # Rules of the line
//!
//! * The plant sends a [`Sample`] of every connector whenever something about it changes, and at least every
//!   [`SAMPLE_PERIOD_MS`]. After [`SAMPLE_TIMEOUT_MS`] without one, the sensors of that connector are broken: the
//!   firmware opens its contactor and reports a fault of the pilot. It never goes on with old values.
//! * Every message of the plant has a number, one higher than the last. The board answers every sample within its
//!   next tick by the [`Outputs`] of that connector, and sends them again whenever they change.
//! * `Outputs` carry the board's monotonic milliseconds and the newest number it has taken in. The time from the
//!   first line that acknowledges a sample to the line that shows its effect is the reaction in the board's own time,
//!   which is what counts on an emulated board: its clock is not the host's.
//!
//! # A line
//!
//! Fields in a fixed order, divided by single spaces; `*`, the CRC-16 of all before it as four upper case hexadecimal
//! digits, and a line feed. `S 17 1 9000 -12000 220 ... LS .. 250 230*16D0`
#![no_std]
#![forbid(unsafe_code)]

mod decode;
mod encode;
mod message;

pub use decode::{Decoder, LineError};
pub use encode::{Line, encode};
pub use message::{Bolt, Card, Drive, Lamp, Message, Outputs, Relays, Sample, Signal, ToBoard, Uid};

/// The plant sends a sample of every connector at least this often, in milliseconds.
pub const SAMPLE_PERIOD_MS: u32 = 100;
/// The board takes its sensors for broken after this long without a sample, in milliseconds.
pub const SAMPLE_TIMEOUT_MS: u32 = 300;
/// The board sends the outputs of every connector at least this often, in milliseconds.
pub const OUTPUTS_PERIOD_MS: u32 = 500;
/// The longest line with its line feed, in bytes.
pub const MAX_LINE: usize = 96;

/// CRC-16/IBM-3740: polynomial 0x1021, starting with all ones, most significant bit first.
fn checksum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(u16::MAX, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        })
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_checksum_is_the_published_one() {
        assert_eq!(super::checksum(b"123456789"), 0x29B1);
    }
}
