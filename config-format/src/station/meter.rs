//! Meters a station reads.

use alloc::string::String;

use super::Setting;

/// The meters of a station, by what they measure.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Meters {
    /// The building's connection. Inferred for EVlink, whose keys call it head meter.
    pub building: Meter,
    /// The station, or its first socket.
    pub station: Meter,
    /// The other socket or load.
    pub alternative: Meter,
}

/// A meter the station reads; all fields are none where the station has no such meter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Meter {
    /// Whether it is used, where a key says so.
    pub enabled: Option<Setting<bool>>,
    /// Name of the model.
    pub model: Option<Setting<String>>,
    /// EVlink's code of the model; 5 is taken as the internal current transformers.
    pub code: Option<Setting<u8>>,
    /// Network address.
    pub host: Option<Setting<String>>,
    /// TCP port.
    pub port: Option<Setting<u16>>,
    /// Modbus unit or RTU address.
    pub unit: Option<Setting<u8>>,
}
