//! KEBA's port for energy management systems (P30 x-series, 5.7): whoever manages the building's energy writes the
//! current that is available to the site, in amperes, and reads it back in milliamperes.

use std::future;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use evkit_modbus_registers::devices::keba::EMS;
use evkit_modbus_registers::pdu::Request as Pdu;
use evkit_modbus_registers::{Bank, Decimal, ExceptionCode, Function, Quantity, Registers};
use tokio::net::TcpListener;
use tokio_modbus::client::{Reader as _, Writer as _, tcp};
use tokio_modbus::server::Service;
use tokio_modbus::server::tcp::{Server, accept_tcp_connection};
use tokio_modbus::{ExceptionCode as Refusal, Request, Response, Slave};

/// Nothing is limited: the highest value the register takes, in milliamperes.
const UNLIMITED_MA: u32 = 6_400_000;

/// Longest wait for an answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// The load manager's side: the registers at a Modbus TCP port.
#[derive(Debug, Clone)]
pub struct SetPoint {
    available_ma: Arc<AtomicU32>,
    address: SocketAddr,
}

impl SetPoint {
    /// Starts listening at a free port of the loopback interface; nothing is limited at first.
    ///
    /// # Errors
    /// No port to be had.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let set_point = Self { available_ma: Arc::new(AtomicU32::new(UNLIMITED_MA)), address };
        let service = set_point.clone();
        tokio::spawn(async move {
            let connected = |stream, peer| {
                let service = service.clone();
                future::ready(accept_tcp_connection(stream, peer, move |_| Ok(Some(service.clone()))))
            };
            Server::new(listener).serve(&connected, |_| {}).await
        });
        Ok(set_point)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The current available to the site in milliamperes, `None` while nothing is limited.
    pub fn available_ma(&self) -> Option<u32> {
        Some(self.available_ma.load(Ordering::Acquire)).filter(|ma| *ma < UNLIMITED_MA)
    }

    fn answer(&self, request: &Request<'static>) -> Result<Response, ExceptionCode> {
        let failure = ExceptionCode::ServerDeviceFailure;
        let mut storage = vec![0; EMS.total_words()];
        let mut bank = Bank::new(&EMS, &mut storage).map_err(|_| failure)?;
        let available = Decimal::from_milli(i64::from(self.available_ma.load(Ordering::Acquire)));
        bank.set(Quantity::CurrentAvailableMax, available).map_err(|_| failure)?;
        match request {
            Request::ReadHoldingRegisters(address, count) => {
                let mut words = vec![0; usize::from(*count)];
                bank.read(Function::ReadHolding, *address, *count, &mut words)?;
                Ok(Response::ReadHoldingRegisters(words))
            }
            Request::WriteMultipleRegisters(address, words) => {
                bank.write(Function::WriteMultiple, *address, Registers::from(&words[..]))?;
                let shown = bank.number(Quantity::CurrentAvailableMax).and_then(Decimal::milli);
                let shown = shown.and_then(|ma| u32::try_from(ma).ok()).ok_or(failure)?;
                self.available_ma.store(shown, Ordering::Release);
                let count = u16::try_from(words.len()).map_err(|_| failure)?;
                Ok(Response::WriteMultipleRegisters(*address, count))
            }
            _ => Err(ExceptionCode::IllegalFunction),
        }
    }
}

impl Service for SetPoint {
    type Request = Request<'static>;
    type Response = Response;
    type Exception = Refusal;
    type Future = future::Ready<Result<Response, Refusal>>;

    fn call(&self, request: Self::Request) -> Self::Future {
        future::ready(self.answer(&request).map_err(|code| match code {
            ExceptionCode::IllegalFunction => Refusal::IllegalFunction,
            ExceptionCode::IllegalDataAddress => Refusal::IllegalDataAddress,
            ExceptionCode::IllegalDataValue => Refusal::IllegalDataValue,
            _ => Refusal::ServerDeviceFailure,
        }))
    }
}

/// Why a set-point could not be given, or is not shown as given.
#[derive(Debug, thiserror::Error)]
#[error("energy management port: {0}")]
pub struct NotGiven(String);

/// The energy manager's side: gives `available_ma` (`None`: no limit; the register counts whole amperes, rounded down)
/// to a load manager and sees that it is shown.
///
/// # Errors
/// No connection, a refusal, or another value in the register that shows it.
pub async fn give(address: SocketAddr, available_ma: Option<u32>) -> Result<(), NotGiven> {
    let given = available_ma.unwrap_or(UNLIMITED_MA) / 1000 * 1000;
    let shown = tokio::time::timeout(ANSWER_TIMEOUT, write_and_read(address, given));
    match shown.await {
        Ok(Ok(shown)) if shown == Some(i64::from(given)) => Ok(()),
        Ok(Ok(shown)) => Err(NotGiven(format!("{given} mA were written, {shown:?} are shown"))),
        Ok(Err(problem)) => Err(NotGiven(problem)),
        Err(_) => Err(NotGiven("no answer within 2 s".to_owned())),
    }
}

async fn write_and_read(address: SocketAddr, given_ma: u32) -> Result<Option<i64>, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let mut words = [0; 2];
    let value = Decimal::from_milli(i64::from(given_ma));
    let request =
        EMS.write(Quantity::SetCurrentAvailableMax, value, &mut words).map_err(|error| text(&error))?;
    let Pdu::WriteMultiple { address: register, values } = request else {
        return Err("the set-point has more than one register".to_owned());
    };
    let values: Vec<u16> = values.iter().collect();
    let unit = Slave(EMS.endpoint().map_or(1, |endpoint| endpoint.unit));
    let mut connection = tcp::connect_slave(address, unit).await.map_err(|error| text(&error))?;
    let written = connection.write_multiple_registers(register, &values).await;
    written.map_err(|error| text(&error))?.map_err(|refusal| text(&refusal))?;
    let shown = EMS.plan(&[Quantity::CurrentAvailableMax]).next().ok_or("nothing shows the set-point")?;
    let answer = connection.read_holding_registers(shown.address(), shown.words()).await;
    let words = answer.map_err(|error| text(&error))?.map_err(|refusal| text(&refusal))?;
    let mut readings = shown.decode(&words[..]).map_err(|error| text(&error))?;
    let reading = readings.next().ok_or("nothing shows the set-point")?;
    let number = reading.and_then(|reading| reading.number()).map_err(|error| text(&error))?;
    Ok(number.milli())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn amperes_are_written_and_milliamperes_shown() {
        let set_point = SetPoint::start().await.unwrap();
        assert_eq!(set_point.available_ma(), None);
        give(set_point.address(), Some(63_900)).await.unwrap();
        assert_eq!(set_point.available_ma(), Some(63_000), "whole amperes");
        give(set_point.address(), None).await.unwrap();
        assert_eq!(set_point.available_ma(), None);
    }

    #[tokio::test]
    async fn what_the_register_does_not_take_is_refused() {
        let set_point = SetPoint::start().await.unwrap();
        let mut connection = tcp::connect_slave(set_point.address(), Slave(255)).await.unwrap();
        let too_much = connection.write_multiple_registers(5004, &[0, 6_401]).await.unwrap();
        assert_eq!(too_much, Err(Refusal::IllegalDataValue));
        let half = connection.write_multiple_registers(5004, &[0]).await.unwrap();
        assert_eq!(half, Err(Refusal::IllegalDataAddress));
        assert_eq!(set_point.available_ma(), None);
    }
}
