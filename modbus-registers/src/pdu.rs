//! Protocol data units: function code and data, the same on a serial line and over TCP.
//!
//! Rules from the Modbus Application Protocol Specification 1.1b3. A response is only read together with its
//! request: it carries no address of its own, so function, byte count and echoes are all there is to match it
//! by.

mod bytes;

use thiserror::Error;

use crate::registers::Registers;
use crate::row::Function;

use bytes::{In, Out};

/// Longest protocol data unit.
pub const MAX_PDU: usize = 253;

/// Most registers one request can read.
pub const MAX_READ: u16 = 125;

/// Most registers one request can write.
pub const MAX_WRITE: u16 = 123;

const REPORT_SERVER_ID: u8 = 0x11;
const ENCAPSULATED: u8 = 0x2B;
const MEI_DEVICE_ID: u8 = 0x0E;
/// Set in the function code of an exception response.
const EXCEPTION: u8 = 0x80;

/// Why a device refuses (section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum ExceptionCode {
    /// 1: the device does not know the function.
    #[error("illegal function")]
    IllegalFunction,
    /// 2: a register of the request does not exist, or the read cuts a value.
    #[error("illegal data address")]
    IllegalDataAddress,
    /// 3: the number of registers or the value is not allowed.
    #[error("illegal data value")]
    IllegalDataValue,
    /// 4: the device failed while doing it.
    #[error("server device failure")]
    ServerDeviceFailure,
    /// 5: accepted, but it takes long.
    #[error("acknowledge")]
    Acknowledge,
    /// 6: ask again later.
    #[error("server device busy")]
    ServerDeviceBusy,
    /// 8: its memory is damaged.
    #[error("memory parity error")]
    MemoryParityError,
    /// 10: the gateway has no path.
    #[error("gateway path unavailable")]
    GatewayPathUnavailable,
    /// 11: the device behind the gateway does not answer.
    #[error("gateway target failed to respond")]
    GatewayTargetFailed,
    /// Any other code.
    #[error("exception {0}")]
    Other(u8),
}

impl ExceptionCode {
    /// From the number on the wire.
    pub const fn from_code(code: u8) -> Self {
        match code {
            1 => Self::IllegalFunction,
            2 => Self::IllegalDataAddress,
            3 => Self::IllegalDataValue,
            4 => Self::ServerDeviceFailure,
            5 => Self::Acknowledge,
            6 => Self::ServerDeviceBusy,
            8 => Self::MemoryParityError,
            10 => Self::GatewayPathUnavailable,
            11 => Self::GatewayTargetFailed,
            other => Self::Other(other),
        }
    }

    /// The number on the wire.
    pub const fn code(self) -> u8 {
        match self {
            Self::IllegalFunction => 1,
            Self::IllegalDataAddress => 2,
            Self::IllegalDataValue => 3,
            Self::ServerDeviceFailure => 4,
            Self::Acknowledge => 5,
            Self::ServerDeviceBusy => 6,
            Self::MemoryParityError => 8,
            Self::GatewayPathUnavailable => 10,
            Self::GatewayTargetFailed => 11,
            Self::Other(code) => code,
        }
    }
}

/// Why bytes are no request, or no answer to the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PduError {
    /// The device refused.
    #[error("function {function:#04x} at register {address}: {code}")]
    Exception {
        /// Function code of the request.
        function: u8,
        /// First register of the request, 0 for functions without registers.
        address: u16,
        /// The reason.
        code: ExceptionCode,
    },
    /// Fewer or more bytes than the unit needs.
    #[error("{got} bytes where {want} make the unit")]
    Length {
        /// Bytes it must have.
        want: usize,
        /// Bytes it has.
        got: usize,
    },
    /// The answer is one to another function, so a late one.
    #[error("function {got:#04x} answers a request with function {want:#04x}")]
    Function {
        /// Function code of the request.
        want: u8,
        /// Function code of the answer.
        got: u8,
    },
    /// The answer has another number of registers than asked for, so it is a late one.
    #[error("register {address}: {got} data bytes where {want} were asked for")]
    ByteCount {
        /// First register of the request.
        address: u16,
        /// Bytes asked for.
        want: usize,
        /// Bytes announced.
        got: usize,
    },
    /// A write was confirmed with another address or value.
    #[error("register {address}: a write came back changed")]
    Echo {
        /// First register of the request.
        address: u16,
    },
    /// The function code is not one of this crate.
    #[error("function {0:#04x} is not known")]
    UnknownFunction(u8),
    /// The number of registers is 0 or above the limit.
    #[error("register {address}: {words} registers in one request")]
    Words {
        /// First register.
        address: u16,
        /// Number of registers.
        words: usize,
    },
    /// The buffer for the unit is too small.
    #[error("the buffer needs {0} bytes")]
    NoRoom(usize),
}

/// A request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Request<'a> {
    /// Function 3, read holding registers.
    ReadHolding {
        /// First register.
        address: u16,
        /// Number of registers, 1 to 125.
        words: u16,
    },
    /// Function 4, read input registers.
    ReadInput {
        /// First register.
        address: u16,
        /// Number of registers, 1 to 125.
        words: u16,
    },
    /// Function 6, write one holding register.
    WriteSingle {
        /// The register.
        address: u16,
        /// New content.
        value: u16,
    },
    /// Function 16, write several holding registers.
    WriteMultiple {
        /// First register.
        address: u16,
        /// New contents, 1 to 123 registers.
        values: Registers<'a>,
    },
    /// Function 17, report server identifier.
    ReportServerId,
    /// Function 43 with type 14, read device identification.
    ReadDeviceId {
        /// 1 basic, 2 regular, 3 extended, 4 one object.
        level: u8,
        /// First object, 0 from the start.
        object: u8,
    },
}

/// An answer that is no exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Response<'a> {
    /// To functions 3 and 4.
    Registers {
        /// [`Function::ReadHolding`] or [`Function::ReadInput`].
        function: Function,
        /// The registers.
        registers: Registers<'a>,
    },
    /// To function 6.
    WroteSingle {
        /// The register.
        address: u16,
        /// Its new content.
        value: u16,
    },
    /// To function 16.
    WroteMultiple {
        /// First register.
        address: u16,
        /// Number of registers.
        words: u16,
    },
    /// To function 17: the identifier and the bytes behind it, as the vendor defines them.
    ServerId(&'a [u8]),
    /// To function 43, type 14.
    DeviceId(DeviceId<'a>),
}

impl<'a> Request<'a> {
    /// A read of registers; `None` for functions that write.
    pub const fn read(function: Function, address: u16, words: u16) -> Option<Self> {
        match function {
            Function::ReadHolding => Some(Self::ReadHolding { address, words }),
            Function::ReadInput => Some(Self::ReadInput { address, words }),
            Function::WriteSingle | Function::WriteMultiple => None,
        }
    }

    /// The function code.
    pub const fn function_code(&self) -> u8 {
        match self {
            Self::ReadHolding { .. } => Function::ReadHolding.code(),
            Self::ReadInput { .. } => Function::ReadInput.code(),
            Self::WriteSingle { .. } => Function::WriteSingle.code(),
            Self::WriteMultiple { .. } => Function::WriteMultiple.code(),
            Self::ReportServerId => REPORT_SERVER_ID,
            Self::ReadDeviceId { .. } => ENCAPSULATED,
        }
    }

    /// First register, 0 for functions without registers.
    pub const fn address(&self) -> u16 {
        match *self {
            Self::ReadHolding { address, .. }
            | Self::ReadInput { address, .. }
            | Self::WriteSingle { address, .. }
            | Self::WriteMultiple { address, .. } => address,
            Self::ReportServerId | Self::ReadDeviceId { .. } => 0,
        }
    }

    /// Writes the unit and returns it.
    ///
    /// # Errors
    ///
    /// [`PduError::Words`] for a number of registers the protocol does not allow, [`PduError::NoRoom`].
    pub fn encode<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b [u8], PduError> {
        self.check()?;
        let mut out = Out::new(buffer);
        out.u8(self.function_code());
        match *self {
            Self::ReadHolding { address, words } | Self::ReadInput { address, words } => {
                out.u16(address).u16(words);
            }
            Self::WriteSingle { address, value } => {
                out.u16(address).u16(value);
            }
            Self::WriteMultiple { address, values } => {
                // At most 123 registers, as checked.
                out.u16(address).u16(values.len() as u16).u8((2 * values.len()) as u8).registers(values);
            }
            Self::ReportServerId => {}
            Self::ReadDeviceId { level, object } => {
                out.u8(MEI_DEVICE_ID).u8(level).u8(object);
            }
        }
        out.finish()
    }

    fn check(&self) -> Result<(), PduError> {
        let (address, words, most) = match *self {
            Self::ReadHolding { address, words } | Self::ReadInput { address, words } => {
                (address, usize::from(words), MAX_READ)
            }
            Self::WriteMultiple { address, values } => (address, values.len(), MAX_WRITE),
            Self::WriteSingle { .. } | Self::ReportServerId | Self::ReadDeviceId { .. } => return Ok(()),
        };
        match words {
            0 => Err(PduError::Words { address, words }),
            _ if words > usize::from(most) => Err(PduError::Words { address, words }),
            _ => Ok(()),
        }
    }

    /// Reads a request, for servers.
    ///
    /// # Errors
    ///
    /// If the function is not known, the length is wrong or the number of registers is not allowed.
    pub fn parse(pdu: &'a [u8]) -> Result<Self, PduError> {
        let mut unit = In::new(pdu);
        let function = unit.u8()?;
        let request = match function {
            3 => Self::ReadHolding { address: unit.u16()?, words: unit.u16()? },
            4 => Self::ReadInput { address: unit.u16()?, words: unit.u16()? },
            6 => Self::WriteSingle { address: unit.u16()?, value: unit.u16()? },
            16 => {
                let (address, words) = (unit.u16()?, unit.u16()?);
                let (want, got) = (2 * usize::from(words), usize::from(unit.u8()?));
                if want != got {
                    return Err(PduError::ByteCount { address, want, got });
                }
                Self::WriteMultiple { address, values: Registers::from_be_bytes(unit.bytes(want)?) }
            }
            REPORT_SERVER_ID => Self::ReportServerId,
            ENCAPSULATED => match unit.u8()? {
                MEI_DEVICE_ID => Self::ReadDeviceId { level: unit.u8()?, object: unit.u8()? },
                _ => return Err(PduError::UnknownFunction(function)),
            },
            _ => return Err(PduError::UnknownFunction(function)),
        };
        unit.end()?;
        request.check()?;
        Ok(request)
    }

    /// Reads the answer to this request.
    ///
    /// # Errors
    ///
    /// [`PduError::Exception`] if the device refuses; otherwise whatever shows that this is no answer to this
    /// request.
    pub fn response<'r>(&self, pdu: &'r [u8]) -> Result<Response<'r>, PduError> {
        let mut unit = In::new(pdu);
        let (want, got) = (self.function_code(), unit.u8()?);
        let address = self.address();
        if got == want | EXCEPTION {
            let code = ExceptionCode::from_code(unit.u8()?);
            unit.end()?;
            return Err(PduError::Exception { function: want, address, code });
        }
        if got != want {
            return Err(PduError::Function { want, got });
        }
        let response = match *self {
            Self::ReadHolding { words, .. } => {
                let registers = unit.register_bytes(address, words)?;
                Response::Registers { function: Function::ReadHolding, registers }
            }
            Self::ReadInput { words, .. } => {
                let registers = unit.register_bytes(address, words)?;
                Response::Registers { function: Function::ReadInput, registers }
            }
            Self::WriteSingle { value, .. } => {
                if (unit.u16()?, unit.u16()?) != (address, value) {
                    return Err(PduError::Echo { address });
                }
                Response::WroteSingle { address, value }
            }
            Self::WriteMultiple { values, .. } => {
                let (first, words) = (unit.u16()?, unit.u16()?);
                if first != address || usize::from(words) != values.len() {
                    return Err(PduError::Echo { address });
                }
                Response::WroteMultiple { address, words }
            }
            Self::ReportServerId => {
                let count = usize::from(unit.u8()?);
                Response::ServerId(unit.bytes(count)?)
            }
            Self::ReadDeviceId { .. } => Response::DeviceId(DeviceId::parse(&mut unit)?),
        };
        unit.end()?;
        Ok(response)
    }
}

impl<'a> Response<'a> {
    /// Writes the unit and returns it.
    ///
    /// # Errors
    ///
    /// [`PduError::NoRoom`], or [`PduError::Words`] for more than 125 registers.
    pub fn encode<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b [u8], PduError> {
        let mut out = Out::new(buffer);
        match *self {
            Self::Registers { function, registers } => {
                if registers.len() > usize::from(MAX_READ) {
                    return Err(PduError::Words { address: 0, words: registers.len() });
                }
                out.u8(function.code()).u8((2 * registers.len()) as u8).registers(registers);
            }
            Self::WroteSingle { address, value } => {
                out.u8(Function::WriteSingle.code()).u16(address).u16(value);
            }
            Self::WroteMultiple { address, words } => {
                out.u8(Function::WriteMultiple.code()).u16(address).u16(words);
            }
            Self::ServerId(data) => {
                let count = u8::try_from(data.len()).map_err(|_| PduError::NoRoom(data.len()))?;
                out.u8(REPORT_SERVER_ID).u8(count).bytes(data);
            }
            Self::DeviceId(id) => {
                out.u8(ENCAPSULATED).u8(MEI_DEVICE_ID).u8(id.level).u8(id.conformity);
                out.u8(if id.more_follows { 0xFF } else { 0 })
                    .u8(id.next_object)
                    .u8(id.count)
                    .bytes(id.objects);
            }
        }
        out.finish()
    }
}

/// Writes an exception response to a request with `function_code` and returns it.
///
/// # Errors
///
/// [`PduError::NoRoom`].
pub fn encode_exception(
    function_code: u8,
    code: ExceptionCode,
    buffer: &mut [u8],
) -> Result<&[u8], PduError> {
    let mut out = Out::new(buffer);
    out.u8(function_code | EXCEPTION).u8(code.code());
    out.finish()
}

/// Answer to read device identification: texts by object number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceId<'a> {
    /// Level asked for.
    pub level: u8,
    /// What the device supports.
    pub conformity: u8,
    /// Whether another request from [`DeviceId::next_object`] on is needed.
    pub more_follows: bool,
    /// First object of the next request.
    pub next_object: u8,
    count: u8,
    objects: &'a [u8],
}

impl<'a> DeviceId<'a> {
    /// Object 0: name of the vendor.
    pub const VENDOR_NAME: u8 = 0;
    /// Object 1: product code.
    pub const PRODUCT_CODE: u8 = 1;
    /// Object 2: revision.
    pub const REVISION: u8 = 2;

    fn parse(unit: &mut In<'a>) -> Result<Self, PduError> {
        let mei = unit.u8()?;
        if mei != MEI_DEVICE_ID {
            return Err(PduError::Function { want: MEI_DEVICE_ID, got: mei });
        }
        let (level, conformity, more) = (unit.u8()?, unit.u8()?, unit.u8()?);
        let (next_object, count) = (unit.u8()?, unit.u8()?);
        let objects = unit.rest;
        for _ in 0..count {
            unit.u8()?;
            let length = usize::from(unit.u8()?);
            unit.bytes(length)?;
        }
        Ok(Self { level, conformity, more_follows: more == 0xFF, next_object, count, objects })
    }

    /// Number and content of each object.
    pub fn objects(&self) -> impl Iterator<Item = (u8, &'a [u8])> + use<'a> {
        let mut rest = In::new(self.objects);
        (0..self.count).map_while(move |_| {
            let number = rest.u8().ok()?;
            let length = usize::from(rest.u8().ok()?);
            Some((number, rest.bytes(length).ok()?))
        })
    }

    /// Content of object `number`.
    pub fn object(&self, number: u8) -> Option<&'a [u8]> {
        self.objects().find(|&(found, _)| found == number).map(|(_, content)| content)
    }
}
