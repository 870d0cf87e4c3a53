//! A simulated device behind `tokio-modbus`: its registers are a [`Bank`], so it is as strict as the real one.

use std::future::{Ready, ready};
use std::sync::{Arc, Mutex, PoisonError};

use evkit_modbus_registers::{Bank, ExceptionCode, Function, Registers};
use tokio::net::TcpListener;
use tokio_modbus::server::Service;
use tokio_modbus::server::tcp::{Server, accept_tcp_connection};
use tokio_modbus::{Request, Response};

/// A device that connections share.
#[derive(Clone, Debug)]
struct Device(Arc<Mutex<Bank<'static>>>);

/// Answers every connection of `listener` from `bank` until the listener fails.
///
/// # Errors
/// Why the listener failed.
pub async fn serve(listener: TcpListener, bank: Bank<'static>) -> std::io::Result<()> {
    let device = Device(Arc::new(Mutex::new(bank)));
    let connected = |stream, peer| {
        let device = device.clone();
        ready(accept_tcp_connection(stream, peer, move |_| Ok(Some(device.clone()))))
    };
    Server::new(listener).serve(&connected, |error| eprintln!("{error}")).await
}

impl Service for Device {
    type Request = Request<'static>;
    type Response = Response;
    type Exception = tokio_modbus::ExceptionCode;
    type Future = Ready<Result<Response, tokio_modbus::ExceptionCode>>;

    fn call(&self, request: Self::Request) -> Self::Future {
        let mut bank = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ready(answer(&mut bank, request).map_err(exception))
    }
}

fn answer(bank: &mut Bank<'_>, request: Request<'_>) -> Result<Response, ExceptionCode> {
    let mut buffer = [0; 125];
    Ok(match request {
        Request::ReadHoldingRegisters(address, count) => {
            let words = bank.read(Function::ReadHolding, address, count, &mut buffer)?;
            Response::ReadHoldingRegisters(words.to_vec())
        }
        Request::ReadInputRegisters(address, count) => {
            let words = bank.read(Function::ReadInput, address, count, &mut buffer)?;
            Response::ReadInputRegisters(words.to_vec())
        }
        Request::WriteSingleRegister(address, value) => {
            bank.write(Function::WriteSingle, address, Registers::from(&[value]))?;
            Response::WriteSingleRegister(address, value)
        }
        Request::WriteMultipleRegisters(address, values) => {
            bank.write(Function::WriteMultiple, address, Registers::from(&values[..]))?;
            let count = u16::try_from(values.len()).map_err(|_| ExceptionCode::IllegalDataValue)?;
            Response::WriteMultipleRegisters(address, count)
        }
        _ => return Err(ExceptionCode::IllegalFunction),
    })
}

/// The same exception in the other crate's words.
pub(crate) fn exception(code: ExceptionCode) -> tokio_modbus::ExceptionCode {
    tokio_modbus::ExceptionCode::new(code.code())
}
