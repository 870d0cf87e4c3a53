//! Questions over a TCP connection of `tokio-modbus`.

use std::borrow::Cow;
use std::time::Duration;

use evkit_modbus_registers::pdu::Request;
use tokio_modbus::client::{Client as _, Context, tcp};
use tokio_modbus::prelude::ReadCode;
use tokio_modbus::{Error, Response, Slave};

use super::{Fault, Link};

/// One device behind a socket.
pub(super) struct Client {
    address: String,
    unit: u8,
    pub(super) patience: Duration,
    connection: Option<Context>,
}

impl Client {
    pub(super) fn new(address: String, unit: u8) -> Self {
        Self { address, unit, patience: Link::PATIENCE, connection: None }
    }

    /// Returns the protocol unit of the answer, an exception included. After any fault the connection is given up:
    /// on a new one no late answer can come.
    pub(super) async fn exchange(&mut self, request: &Request<'_>) -> Result<Vec<u8>, Fault> {
        let patience = self.patience;
        let answer = tokio::time::timeout(patience, self.call(request)).await;
        let answer = answer.unwrap_or(Err(Fault::Silence { patience, noise: None }));
        if answer.is_err() {
            self.connection = None;
        }
        answer
    }

    async fn call(&mut self, request: &Request<'_>) -> Result<Vec<u8>, Fault> {
        let question =
            question(request).ok_or_else(|| Fault::Protocol("no such request over TCP".to_owned()))?;
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => {
                let stream = tokio::net::TcpStream::connect(&self.address).await?;
                stream.set_nodelay(true)?;
                tcp::attach_slave(stream, Slave(self.unit))
            }
        };
        // `call` rather than the typed reads, which assert the length of an answer in debug builds.
        match self.connection.insert(connection).call(question).await {
            Ok(Ok(response)) => {
                pdu(response).ok_or_else(|| Fault::Protocol("an answer to another function".to_owned()))
            }
            Ok(Err(exception)) => Ok(vec![request.function_code() | 0x80, exception.into()]),
            Err(Error::Transport(error)) => Err(Fault::Io(error)),
            Err(Error::Protocol(error)) => Err(Fault::Protocol(error.to_string())),
        }
    }
}

fn question<'r>(request: &Request<'_>) -> Option<tokio_modbus::Request<'r>> {
    Some(match *request {
        Request::ReadHolding { address, words } => {
            tokio_modbus::Request::ReadHoldingRegisters(address, words)
        }
        Request::ReadInput { address, words } => tokio_modbus::Request::ReadInputRegisters(address, words),
        Request::WriteSingle { address, value } => tokio_modbus::Request::WriteSingleRegister(address, value),
        Request::WriteMultiple { address, values } => {
            tokio_modbus::Request::WriteMultipleRegisters(address, Cow::Owned(values.iter().collect()))
        }
        Request::ReportServerId => tokio_modbus::Request::ReportServerId,
        Request::ReadDeviceId { level, object } => {
            tokio_modbus::Request::ReadDeviceIdentification(ReadCode::try_from_value(level)?, object)
        }
        _ => return None,
    })
}

/// The protocol unit that was received, from its parts.
fn pdu(response: Response) -> Option<Vec<u8>> {
    let registers = |function: u8, words: &[u16]| {
        let bytes = words.iter().flat_map(|word| word.to_be_bytes());
        let count = u8::try_from(2 * words.len()).ok()?;
        Some([function, count].into_iter().chain(bytes).collect())
    };
    let two = |function: u8, [a, b]: [u16; 2]| {
        let words = [a.to_be_bytes(), b.to_be_bytes()].concat();
        Some([&[function][..], &words].concat())
    };
    match response {
        Response::ReadHoldingRegisters(words) => registers(3, &words),
        Response::ReadInputRegisters(words) => registers(4, &words),
        Response::WriteSingleRegister(address, value) => two(6, [address, value]),
        Response::WriteMultipleRegisters(address, count) => two(16, [address, count]),
        Response::ReportServerId(id, running, data) => {
            let count = u8::try_from(data.len() + 2).ok()?;
            Some([&[0x11, count, id, if running { 0xFF } else { 0 }][..], &data].concat())
        }
        Response::ReadDeviceIdentification(answer) => {
            let more = if answer.more_follows { 0xFF } else { 0 };
            let count = u8::try_from(answer.device_id_objects.len()).ok()?;
            let (level, conformity) = (answer.read_code.value(), answer.conformity_level.value());
            let mut pdu = vec![0x2B, 0x0E, level, conformity, more, answer.next_object_id, count];
            for object in &answer.device_id_objects {
                pdu.extend([object.id, u8::try_from(object.value.len()).ok()?]);
                pdu.extend_from_slice(&object.value);
            }
            Some(pdu)
        }
        _ => None,
    }
}
