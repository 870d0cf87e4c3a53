//! The meter of the main connection: a reader over Modbus TCP, and a simulated Siemens 7KM2200 to read from.
//!
//! Both sides know the meter only through its register map.

use std::future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use evkit_modbus_registers::devices::siemens::PAC2200;
use evkit_modbus_registers::pdu::{Request, Response};
use evkit_modbus_registers::{Bank, Decimal, DecodeError, Function, Map, Quantity};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_modbus::server::Service;
use tokio_modbus::server::tcp::{Server, accept_tcp_connection};

use super::modbus::server::exception;
use super::modbus::{Link, LinkError};

/// What the load manager wants to know.
const WANTED: &[Quantity] = &[Quantity::CurrentL1, Quantity::CurrentL2, Quantity::CurrentL3];

/// Why there is no reading.
#[derive(Debug, thiserror::Error)]
pub enum MeterError {
    /// No connection, no answer, or a refusal.
    #[error("meter {address}: {source}")]
    Link {
        /// Where the meter should be.
        address: SocketAddr,
        /// Which registers, and why there is no answer.
        source: LinkError,
    },
    /// The registers hold no usable number.
    #[error("meter {address}: {source}")]
    Decode {
        /// Where the meter is.
        address: SocketAddr,
        /// Which register, and what is wrong.
        source: DecodeError,
    },
    /// The register map has no current for some phase, or the answer is none of registers.
    #[error("meter {address}: no currents")]
    NoCurrents {
        /// Where the meter is.
        address: SocketAddr,
    },
    /// A current no main connection carries.
    #[error("meter {address}: {quantity} reads {value} A, which cannot be")]
    Implausible {
        /// Where the meter is.
        address: SocketAddr,
        /// Which current.
        quantity: Quantity,
        /// What it reads.
        value: Decimal,
    },
}

/// Reads the three phase currents of a meter, reconnecting when needed.
pub struct MeterReader {
    address: SocketAddr,
    map: &'static Map<'static>,
    link: Link,
}

impl MeterReader {
    /// A reader for the Siemens 7KM2200 at `address`; it connects with the first reading.
    pub fn new(address: SocketAddr) -> Self {
        let map = &PAC2200;
        let unit = map.endpoint().map_or(1, |endpoint| endpoint.unit);
        Self { address, map, link: Link::tcp(address.to_string(), unit) }
    }

    /// Reads the currents in milliamperes per phase.
    ///
    /// # Errors
    /// No connection, a refusal, or registers without a plausible number. Never a guessed current.
    pub async fn currents_ma(&mut self) -> Result<[u32; 3], MeterError> {
        let address = self.address;
        let decode = |source| MeterError::Decode { address, source };
        let mut currents = [None; 3];
        for read in self.map.plan(WANTED) {
            let request = Request::read(read.function(), read.address(), read.words());
            let request = request.ok_or(MeterError::NoCurrents { address })?;
            let answer = self.link.exchange(&request).await;
            let answer = answer.map_err(|source| MeterError::Link { address, source })?;
            let Response::Registers { registers, .. } = answer else {
                return Err(MeterError::NoCurrents { address });
            };
            for reading in read.decode(registers).map_err(decode)? {
                let reading = reading.map_err(decode)?;
                let value = reading.number().map_err(decode)?;
                let Some(phase) = WANTED.iter().position(|q| *q == reading.quantity) else { continue };
                currents[phase] = Some(plausible(address, reading.quantity, value)?);
            }
        }
        match currents {
            [Some(l1), Some(l2), Some(l3)] => Ok([l1, l2, l3]),
            _ => Err(MeterError::NoCurrents { address }),
        }
    }
}

/// A building connection carries between nothing and 6,400 A (the range KEBA's EMS register allows).
fn plausible(address: SocketAddr, quantity: Quantity, value: Decimal) -> Result<u32, MeterError> {
    let ma = value.milli().and_then(|ma| u32::try_from(ma).ok()).filter(|ma| *ma <= 6_400_000);
    ma.ok_or(MeterError::Implausible { address, quantity, value })
}

/// How the simulated meter behaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Behaviour {
    /// Answers what it measures.
    #[default]
    Good,
    /// Answers exceptions, not-a-number and infinity in turn.
    Garbage,
}

/// What the simulated meter measures.
#[derive(Debug, Default)]
struct Measured {
    currents_ma: [u32; 3],
    behaviour: Behaviour,
    requests: u32,
}

/// A simulated Siemens 7KM2200 at a real Modbus TCP port.
#[derive(Debug)]
pub struct SimulatedMeter {
    measured: Arc<Mutex<Measured>>,
    address: SocketAddr,
    stop: Option<watch::Sender<()>>,
}

impl SimulatedMeter {
    /// Starts listening at a free port of the loopback interface.
    ///
    /// # Errors
    /// No port to be had.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let mut meter = Self { measured: Arc::default(), address, stop: None };
        meter.serve(listener);
        Ok(meter)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sets what it measures, in milliamperes per phase.
    pub fn measure(&self, currents_ma: [u32; 3]) {
        self.lock().currents_ma = currents_ma;
    }

    /// Lets it answer garbage, or good values again.
    pub fn behave(&self, behaviour: Behaviour) {
        self.lock().behaviour = behaviour;
    }

    /// Unplugs it from the network: connections break, new ones are refused.
    pub fn unplug(&mut self) {
        self.stop = None;
    }

    /// Plugs it in again, at the same port.
    ///
    /// # Errors
    /// Somebody else took the port.
    pub async fn plug_in(&mut self) -> std::io::Result<()> {
        if self.stop.is_none() {
            let listener = TcpListener::bind(self.address).await?;
            self.serve(listener);
        }
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Measured> {
        self.measured.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&mut self, listener: TcpListener) {
        let (stop, mut stopped) = watch::channel(());
        self.stop = Some(stop);
        let measured = Arc::clone(&self.measured);
        tokio::spawn(async move {
            let connected = |stream, peer| {
                let registers = Registers { measured: Arc::clone(&measured) };
                future::ready(accept_tcp_connection(stream, peer, move |_| Ok(Some(registers.clone()))))
            };
            let server = Server::new(listener);
            // Dropping the server ends its connections as well.
            tokio::select! {
                _ = server.serve(&connected, |_| {}) => {}
                _ = stopped.changed() => {}
            }
        });
    }
}

/// The meter's registers as `tokio-modbus` asks for them.
#[derive(Debug, Clone)]
struct Registers {
    measured: Arc<Mutex<Measured>>,
}

impl Registers {
    fn answer(
        &self,
        function: Function,
        address: u16,
        count: u16,
    ) -> Result<Vec<u16>, tokio_modbus::ExceptionCode> {
        let mut measured = self.measured.lock().unwrap_or_else(PoisonError::into_inner);
        measured.requests += 1;
        let mut words = vec![0; usize::from(count)];
        if measured.behaviour == Behaviour::Garbage {
            let pattern: [u16; 2] = match measured.requests % 3 {
                0 => return Err(tokio_modbus::ExceptionCode::ServerDeviceFailure),
                1 => [0x7FC0, 0x0000],
                _ => [0x7F80, 0x0000],
            };
            words.iter_mut().zip(pattern.iter().cycle()).for_each(|(word, garbage)| *word = *garbage);
            return Ok(words);
        }
        let mut storage = vec![0; PAC2200.total_words()];
        let mut bank = Bank::new(&PAC2200, &mut storage)
            .map_err(|_| tokio_modbus::ExceptionCode::ServerDeviceFailure)?;
        for (quantity, ma) in WANTED.iter().zip(measured.currents_ma) {
            let value = Decimal::from_milli(i64::from(ma));
            bank.set(*quantity, value).map_err(|_| tokio_modbus::ExceptionCode::ServerDeviceFailure)?;
        }
        bank.read(function, address, count, &mut words).map_err(exception)?;
        Ok(words)
    }
}

impl Service for Registers {
    type Request = tokio_modbus::Request<'static>;
    type Response = tokio_modbus::Response;
    type Exception = tokio_modbus::ExceptionCode;
    type Future = future::Ready<Result<tokio_modbus::Response, tokio_modbus::ExceptionCode>>;

    fn call(&self, request: Self::Request) -> Self::Future {
        future::ready(match request {
            tokio_modbus::Request::ReadInputRegisters(address, count) => self
                .answer(Function::ReadInput, address, count)
                .map(tokio_modbus::Response::ReadInputRegisters),
            tokio_modbus::Request::ReadHoldingRegisters(address, count) => self
                .answer(Function::ReadHolding, address, count)
                .map(tokio_modbus::Response::ReadHoldingRegisters),
            _ => Err(tokio_modbus::ExceptionCode::IllegalFunction),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn currents_cross_a_real_socket_to_the_milliampere() {
        let meter = SimulatedMeter::start().await.unwrap();
        meter.measure([12_345, 0, 99_999]);
        let mut reader = MeterReader::new(meter.address());
        assert_eq!(reader.currents_ma().await.unwrap(), [12_345, 0, 99_999]);
    }

    #[tokio::test]
    async fn garbage_is_never_a_current() {
        let meter = SimulatedMeter::start().await.unwrap();
        meter.behave(Behaviour::Garbage);
        let mut reader = MeterReader::new(meter.address());
        for _ in 0..9 {
            let error = reader.currents_ma().await.unwrap_err();
            assert!(matches!(error, MeterError::Decode { .. } | MeterError::Link { .. }), "{error}");
        }
        meter.behave(Behaviour::Good);
        assert_eq!(reader.currents_ma().await.unwrap(), [0, 0, 0]);
    }

    #[tokio::test]
    async fn an_unplugged_meter_is_an_error_and_comes_back() {
        let mut meter = SimulatedMeter::start().await.unwrap();
        let mut reader = MeterReader::new(meter.address());
        assert!(reader.currents_ma().await.is_ok());
        meter.unplug();
        while reader.currents_ma().await.is_ok() {
            tokio::task::yield_now().await;
        }
        let error = reader.currents_ma().await.unwrap_err();
        assert!(matches!(error, MeterError::Link { .. }), "{error}");
        meter.plug_in().await.unwrap();
        assert!(reader.currents_ma().await.is_ok());
    }
}
