//! `evkit meters read`: the values of a meter over Modbus TCP.

use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use evkit_modbus_registers::exchange::Exchange;
use evkit_modbus_registers::pdu::{PduError, Request, Response};
use evkit_modbus_registers::{DecodeError, Learned, Poll, Reading, mbap};
use serde::Serialize;

use super::Selection;
use crate::tool::Outcome;

/// Longest wait for a connection or an answer.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug, Args)]
pub(in crate::tool) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// Where the meter listens
    #[arg(long, value_name = "HOST:PORT")]
    tcp: String,
    /// Unit identifier; that of the map if not given
    #[arg(long)]
    unit: Option<u8>,
}

/// A value. There is a number or text, or else the reason why not.
#[derive(Serialize)]
struct Line {
    quantity: &'static str,
    value: Option<String>,
    unit: &'static str,
    address: u16,
    error: Option<String>,
}

impl Line {
    fn new(reading: &Reading<'_>) -> Self {
        let error = match reading.number() {
            Err(error @ DecodeError::Absent { .. }) => Some(error.to_string()),
            _ => None,
        };
        Self {
            quantity: reading.quantity.name(),
            value: error.is_none().then(|| reading.value.to_string()),
            unit: reading.quantity.unit().symbol(),
            address: reading.address,
            error,
        }
    }
}

pub(super) fn run(arguments: &Arguments, json: bool) -> anyhow::Result<Outcome> {
    let selection = &arguments.selection;
    let mut outcome = selection.report_missing();
    let unit = arguments.unit.or(selection.map.endpoint().map(|endpoint| endpoint.unit)).unwrap_or(1);
    let mut link = Link::connect(&arguments.tcp, unit)?;
    let mut learned = Learned::<16>::new();
    let mut poll = Poll::new(selection.map, selection.wanted(), &mut learned);
    let mut out = std::io::stdout().lock();
    while let Some(read) = poll.poll_read() {
        let request = Request::read(read.function(), read.address(), read.words()).context("a plan reads")?;
        let answer = link.exchange(request).with_context(|| format!("register {}", read.address()))?;
        let registers = match request.response(&answer) {
            Ok(Response::Registers { registers, .. }) => registers,
            Err(error @ PduError::Exception { code, .. }) => {
                eprintln!("{error}");
                outcome = Outcome::Findings;
                poll.handle_exception(code);
                continue;
            }
            Ok(_) => anyhow::bail!("register {}: the answer holds no registers", read.address()),
            Err(error) => return Err(error).with_context(|| format!("register {}", read.address())),
        };
        for reading in poll.handle_registers(registers)? {
            match reading.map(|reading| Line::new(&reading)) {
                Ok(line) if json => writeln!(out, "{}", serde_json::to_string(&line)?)?,
                Ok(Line { quantity, value: Some(value), unit, .. }) => {
                    writeln!(out, "{}", format!("{quantity:<40} {value:>14} {unit}").trim_end())?;
                }
                Ok(Line { quantity, error, .. }) => {
                    writeln!(out, "{quantity:<40} {:>14}  {}", "-", error.unwrap_or_default())?;
                }
                Err(error) => {
                    eprintln!("{error}");
                    outcome = Outcome::Findings;
                }
            }
        }
        std::thread::sleep(Duration::from_millis(selection.map.pace().read_ms.into()));
    }
    Ok(outcome)
}

/// A connection to one device.
struct Link {
    stream: TcpStream,
    unit: u8,
    transaction: u16,
    received: Vec<u8>,
}

impl Link {
    fn connect(address: &str, unit: u8) -> anyhow::Result<Self> {
        let connect = || {
            let endpoint = address.to_socket_addrs()?.next().ok_or(std::io::ErrorKind::NotFound)?;
            TcpStream::connect_timeout(&endpoint, PATIENCE)
        };
        let stream = connect().with_context(|| address.to_owned())?;
        Ok(Self { stream, unit, transaction: 0, received: Vec::new() })
    }

    /// Sends a request and returns the protocol unit of its answer; late answers to others are dropped.
    fn exchange(&mut self, request: Request<'_>) -> anyhow::Result<Vec<u8>> {
        self.transaction = self.transaction.wrapping_add(1);
        let exchange = Exchange::tcp(self.transaction, self.unit, request);
        let (mut unit, mut buffer) = ([0; 253], [0; mbap::MAX_FRAME]);
        let pdu = request.encode(&mut unit)?;
        let frame = mbap::Frame { transaction: self.transaction, unit: self.unit, pdu };
        self.stream.write_all(frame.encode(&mut buffer)?)?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            while let Some((frame, length)) = mbap::Frame::decode(&self.received)? {
                let answer = exchange.handle_tcp(&frame).is_some().then(|| frame.pdu.to_vec());
                self.received.drain(..length);
                if let Some(answer) = answer {
                    return Ok(answer);
                }
            }
            let left = deadline.saturating_duration_since(Instant::now());
            anyhow::ensure!(!left.is_zero(), "no answer within {PATIENCE:?}");
            self.stream.set_read_timeout(Some(left))?;
            let mut chunk = [0; mbap::MAX_FRAME];
            match self.stream.read(&mut chunk) {
                Ok(0) => anyhow::bail!("the device closed the connection"),
                Ok(count) => self.received.extend_from_slice(&chunk[..count]),
                Err(error)
                    if matches!(
                        error.kind(),
                        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                    ) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
