//! Modbus in both roles: one question and its answer over TCP or a serial line, and a simulated device that answers.
//!
//! The register maps, the protocol units and the rules that tell a late answer from the right one come from
//! `evkit-modbus-registers`; sockets come from `tokio-modbus`, serial ports from `serial2-tokio`.

mod rtu;
pub mod server;
mod tcp;

use std::fmt;
use std::time::Duration;

use evkit_modbus_registers::ExceptionCode;
use evkit_modbus_registers::map::Framing;
use evkit_modbus_registers::pdu::{PduError, Request, Response};
use serial2_tokio::SerialPort;

pub use rtu::Noise;

/// What a request asked for, as errors name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Function code.
    pub function: u8,
    /// First register, 0 for functions without registers.
    pub address: u16,
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "function {:#04x} at register {}", self.function, self.address)
    }
}

/// Why there is no usable answer, and to what.
#[derive(Debug, thiserror::Error)]
#[error("{asked}: {fault}")]
pub struct LinkError {
    /// The question.
    pub asked: Asked,
    /// What went wrong.
    pub fault: Fault,
}

/// What went wrong with an exchange.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// No connection or port, or it broke.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// No answer came in time; perhaps something else did.
    #[error("no answer within {patience:?}{}", after(.noise.as_ref()))]
    Silence {
        /// How long it was waited for.
        patience: Duration,
        /// The last thing heard that was no answer.
        noise: Option<Noise>,
    },
    /// An answer came that is not Modbus or not to this question.
    #[error("{0}")]
    Protocol(String),
    /// The device refused.
    #[error("{0}")]
    Refused(ExceptionCode),
    /// The answer does not fit the question.
    #[error(transparent)]
    Answer(PduError),
}

fn after(noise: Option<&Noise>) -> String {
    noise.map_or_else(String::new, |noise| format!(", only {noise}"))
}

/// A line to one device. It connects with the first exchange, and again after a fault.
pub struct Link {
    client: Client,
    /// The last answer.
    pdu: Vec<u8>,
}

enum Client {
    Tcp(tcp::Client),
    Rtu(Box<rtu::Client>),
}

impl Link {
    /// Longest wait for an answer, unless [`Link::patience`] says otherwise.
    pub const PATIENCE: Duration = Duration::from_secs(2);

    /// A device at `address`, a host and port.
    pub fn tcp(address: impl Into<String>, unit: u8) -> Self {
        Self { client: Client::Tcp(tcp::Client::new(address.into(), unit)), pdu: Vec::new() }
    }

    /// A device on the serial line behind `path`.
    ///
    /// # Errors
    /// The port does not exist or belongs to somebody else.
    pub fn rtu(path: &str, baud: u32, framing: Framing, unit: u8) -> std::io::Result<Self> {
        Ok(Self::on_port(rtu::open(path, baud, framing)?, baud, framing, unit))
    }

    /// A device on a serial line that is open already.
    pub fn on_port(port: SerialPort, baud: u32, framing: Framing, unit: u8) -> Self {
        let client = rtu::Client::new(port, baud, framing, unit);
        Self { client: Client::Rtu(Box::new(client)), pdu: Vec::new() }
    }

    /// Waits this long for an answer.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        match &mut self.client {
            Client::Tcp(client) => client.patience = patience,
            Client::Rtu(client) => client.patience = patience,
        }
        self
    }

    /// Sends `request` and returns its answer.
    ///
    /// # Errors
    /// Everything that is not an answer to this very request, a refusal included.
    pub async fn exchange(&mut self, request: &Request<'_>) -> Result<Response<'_>, LinkError> {
        let fail = |fault| LinkError {
            asked: Asked { function: request.function_code(), address: request.address() },
            fault,
        };
        let pdu = match &mut self.client {
            Client::Tcp(client) => client.exchange(request).await,
            Client::Rtu(client) => client.exchange(request).await,
        };
        self.pdu = pdu.map_err(fail)?;
        request.response(&self.pdu).map_err(|error| {
            fail(match error {
                PduError::Exception { code, .. } => Fault::Refused(code),
                other => Fault::Answer(other),
            })
        })
    }
}
