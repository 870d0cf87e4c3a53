//! Where a device is: behind a TCP connection or on a serial line.

use anyhow::Context as _;
use clap::{ArgGroup, Args, ValueEnum};
use evkit_modbus_registers::map::{Framing, Line};

use crate::net::modbus::Link;

/// Speed and framing of a line nobody says anything about.
const USUAL_SPEED: (u32, Framing) = (9_600, Framing::N81);

/// Unit identifier of a device nobody says anything about.
const USUAL_UNIT: u8 = 1;

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("place").required(true).args(["tcp", "rtu"])))]
pub(super) struct Place {
    /// The device listens here
    #[arg(long, value_name = "HOST:PORT")]
    tcp: Option<String>,
    /// The device is on the line behind this serial port
    #[arg(long, value_name = "DEV")]
    rtu: Option<String>,
    /// Bits per second; those of the map, else 9600
    #[arg(long, value_name = "N", requires = "rtu")]
    baud: Option<u32>,
    /// Parity and stop bits; those of the map, else 8n1
    #[arg(long, requires = "rtu")]
    framing: Option<FramingName>,
    /// Unit identifier; that of the map, else 1
    #[arg(long, value_name = "N")]
    unit: Option<u8>,
}

/// A framing as it is printed on devices.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum FramingName {
    #[value(name = "8n1")]
    N81,
    #[value(name = "8n2")]
    N82,
    #[value(name = "8e1")]
    E81,
    #[value(name = "8o1")]
    O81,
}

impl From<FramingName> for Framing {
    fn from(name: FramingName) -> Self {
        match name {
            FramingName::N81 => Self::N81,
            FramingName::N82 => Self::N82,
            FramingName::E81 => Self::E81,
            FramingName::O81 => Self::O81,
        }
    }
}

impl Place {
    /// A link to the device, with the factory settings where the user names none.
    pub(super) fn link(&self, line: Option<Line>, tcp_unit: Option<u8>) -> anyhow::Result<Link> {
        match (&self.tcp, &self.rtu) {
            (Some(address), _) => Ok(Link::tcp(address, self.unit.or(tcp_unit).unwrap_or(USUAL_UNIT))),
            (None, Some(path)) => {
                let (baud, framing) = line.and_then(|line| line.speed).unwrap_or(USUAL_SPEED);
                let unit = self.unit.or(line.map(|line| line.unit)).unwrap_or(USUAL_UNIT);
                let framing = self.framing.map_or(framing, Framing::from);
                Link::rtu(path, self.baud.unwrap_or(baud), framing, unit).with_context(|| path.clone())
            }
            (None, None) => anyhow::bail!("neither --tcp nor --rtu"),
        }
    }
}
