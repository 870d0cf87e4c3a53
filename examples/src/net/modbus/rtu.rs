//! Questions over a serial line.
//!
//! Frames end where their content says, or where the line falls silent. What is not an answer to the question is
//! dropped: another device's frames, late answers, noise. After a timeout the line must stay silent for as long as
//! the device may still be answering, because nothing in a late answer tells which registers it holds.

use std::fmt;
use std::time::Duration;

use evkit_modbus_registers::exchange::{Exchange, Instant, Quiet};
use evkit_modbus_registers::map::Framing;
use evkit_modbus_registers::pdu::{MAX_PDU, Request};
use evkit_modbus_registers::rtu::{Frame, FrameError, MAX_FRAME, Timing, response_length};
use serial2_tokio::{CharSize, Parity, SerialPort, Settings, StopBits};
use tokio::io::AsyncReadExt as _;
use tokio::time::{Instant as Clock, timeout_at};

use super::{Fault, Link};

/// Silence that ends a frame whose content does not: adapters and schedulers hold bytes back for longer than the 3.5
/// characters of the standard.
const FRAME_GAP: Duration = Duration::from_millis(30);

/// Something heard on the line that was no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noise {
    /// Bytes that make no frame.
    Damaged(FrameError),
    /// A frame of another device, or a late answer to another question.
    Foreign {
        /// Who sent it.
        unit: u8,
        /// Its function code.
        function: u8,
    },
}

impl fmt::Display for Noise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged(error) => write!(f, "a damaged frame ({error})"),
            Self::Foreign { unit, function } => {
                write!(f, "a frame of unit {unit} with function {function:#04x}")
            }
        }
    }
}

/// Opens a serial port.
pub(super) fn open(path: &str, baud: u32, framing: Framing) -> std::io::Result<SerialPort> {
    let parity = match framing {
        Framing::N81 | Framing::N82 => Parity::None,
        Framing::E81 => Parity::Even,
        Framing::O81 => Parity::Odd,
    };
    let stop_bits = if framing == Framing::N82 { StopBits::Two } else { StopBits::One };
    SerialPort::open(path, |mut settings: Settings| {
        settings.set_raw();
        settings.set_baud_rate(baud)?;
        settings.set_char_size(CharSize::Bits8);
        settings.set_parity(parity);
        settings.set_stop_bits(stop_bits);
        Ok(settings)
    })
}

/// One device on a serial line.
#[derive(Debug)]
pub(super) struct Client {
    port: SerialPort,
    unit: u8,
    pub(super) patience: Duration,
    opened: Clock,
    quiet: Quiet,
    received: Vec<u8>,
}

impl Client {
    pub(super) fn new(port: SerialPort, baud: u32, framing: Framing, unit: u8) -> Self {
        let quiet = Quiet::new(Timing::new(baud, framing));
        Self { port, unit, patience: Link::PATIENCE, opened: Clock::now(), quiet, received: Vec::new() }
    }

    fn now(&self) -> Instant {
        // Half a million years of microseconds.
        Instant::from_micros(self.opened.elapsed().as_micros() as u64)
    }

    /// Returns the protocol unit of the answer, an exception included.
    pub(super) async fn exchange(&mut self, request: &Request<'_>) -> Result<Vec<u8>, Fault> {
        self.wait_for_silence().await?;
        let (mut pdu, mut frame) = ([0; MAX_PDU], [0; MAX_FRAME]);
        let pdu = request.encode(&mut pdu).map_err(Fault::Answer)?;
        let frame = Frame { unit: self.unit, pdu }.encode(&mut frame);
        let frame = frame.map_err(|error| Fault::Protocol(error.to_string()))?;
        self.port.write_all(frame).await?;
        self.quiet.handle_activity(self.now());
        let answer = self.receive(&Exchange::rtu(self.unit, *request)).await;
        match answer {
            Ok(_) => self.quiet.handle_answer(self.now()),
            Err(_) => self.quiet.handle_timeout(self.now(), self.patience.as_micros() as u64),
        }
        answer
    }

    /// Drops what comes until the line is free.
    async fn wait_for_silence(&mut self) -> Result<(), Fault> {
        loop {
            let free_at = Duration::from_micros(self.quiet.poll_free_at().as_micros());
            if self.now().as_micros() >= self.quiet.poll_free_at().as_micros() {
                self.received.clear();
                return Ok(());
            }
            if let Ok(heard) = timeout_at(self.opened + free_at, self.port.read_buf(&mut self.received)).await
            {
                heard?;
                self.quiet.handle_activity(self.now());
                self.received.clear();
            }
        }
    }

    async fn receive(&mut self, exchange: &Exchange<'_>) -> Result<Vec<u8>, Fault> {
        let deadline = Clock::now() + self.patience;
        let mut noise = None;
        loop {
            while let Some(length) = self.frame_length() {
                if let Some(pdu) = self.judge(exchange, length, &mut noise) {
                    return Ok(pdu);
                }
            }
            let gap = if self.received.is_empty() { self.patience } else { FRAME_GAP };
            let until = deadline.min(Clock::now() + gap);
            match timeout_at(until, self.port.read_buf(&mut self.received)).await {
                Ok(Ok(0)) => return Err(Fault::Io(std::io::ErrorKind::UnexpectedEof.into())),
                Ok(heard) => {
                    heard?;
                }
                // The line is silent, so all that came is one frame or none.
                Err(_) if !self.received.is_empty() => {
                    if let Some(pdu) = self.judge(exchange, self.received.len(), &mut noise) {
                        return Ok(pdu);
                    }
                }
                Err(_) => {}
            }
            if Clock::now() >= deadline && self.received.is_empty() {
                return Err(Fault::Silence { patience: self.patience, noise });
            }
        }
    }

    /// Length of the frame at the head of what was received, if all of it is there and undamaged.
    fn frame_length(&self) -> Option<usize> {
        let length = response_length(&self.received)?;
        Frame::decode(self.received.get(..length)?).is_ok().then_some(length)
    }

    /// Takes `length` bytes off: the answer, or `None` and a note of what it was instead.
    fn judge(
        &mut self,
        exchange: &Exchange<'_>,
        length: usize,
        noise: &mut Option<Noise>,
    ) -> Option<Vec<u8>> {
        let bytes: Vec<u8> = self.received.drain(..length).collect();
        match Frame::decode(&bytes) {
            Ok(frame) if exchange.handle_rtu(&frame).is_some() => return Some(frame.pdu.to_vec()),
            Ok(frame) => {
                let function = frame.pdu.first().copied().unwrap_or_default();
                *noise = Some(Noise::Foreign { unit: frame.unit, function });
            }
            Err(error) => *noise = Some(Noise::Damaged(error)),
        }
        None
    }
}
