//! Analog Devices ADE7953: a single-phase energy meter with two current channels, over I²C.
//!
//! Registers, widths and the start-up sequence are those of the data sheet (rev. C). What a count of a
//! register is worth depends on the current sensor and the voltage divider in front of it, so the
//! scales come from the vendor.

use thiserror::Error;

use super::meter::Reading;
use crate::units::{Milliamps, Millihertz, Millivolts};

/// Address on the bus.
pub const ADDRESS: u8 = 0x38;

/// A register, by its address; the address tells its width (data sheet, register tables).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Register(pub u16);

impl Register {
    /// Unlocks [`Self::OPTIMUM`]; takes [`UNLOCK`].
    pub const UNLOCK: Self = Self(0x0FE);
    /// Has to be set to [`OPTIMUM`] after every reset.
    pub const OPTIMUM: Self = Self(0x120);
    /// Period of the mains, in steps of 1/223 750 s less one.
    pub const PERIOD: Self = Self(0x10E);
    /// Active power of channel A, signed.
    pub const ACTIVE_POWER_A: Self = Self(0x312);
    /// Current of channel A, root mean square.
    pub const CURRENT_A: Self = Self(0x31A);
    /// Current of channel B, root mean square.
    pub const CURRENT_B: Self = Self(0x31B);
    /// Voltage, root mean square.
    pub const VOLTAGE: Self = Self(0x31C);
    /// Active energy of channel A since it was last read, signed.
    pub const ACTIVE_ENERGY_A: Self = Self(0x31E);
    /// Version of the silicon.
    pub const VERSION: Self = Self(0x702);

    /// Bytes of the register.
    pub const fn width(self) -> usize {
        match self.0 >> 8 {
            1 => 2,
            2 => 3,
            3 => 4,
            _ => 1,
        }
    }
}

/// What [`Register::UNLOCK`] takes.
pub const UNLOCK: u32 = 0xAD;
/// What [`Register::OPTIMUM`] takes.
pub const OPTIMUM: u32 = 0x30;
/// Clock of [`Register::PERIOD`] in Hz.
const PERIOD_CLOCK: u64 = 223_750;

/// Bytes of a write: two of the address, then the value, highest byte first.
pub fn encode(register: Register, value: u32) -> ([u8; 6], usize) {
    let mut bytes = [0; 6];
    let [high, low] = register.0.to_be_bytes();
    let value = value.to_be_bytes();
    let content = value.iter().skip(4 - register.width());
    for (slot, byte) in bytes.iter_mut().zip([high, low].iter().chain(content)) {
        *slot = *byte;
    }
    (bytes, 2 + register.width())
}

/// The value in the bytes of an answer, highest byte first.
pub fn decode(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |value, byte| value << 8 | u32::from(*byte))
}

/// A count times `multiply` divided by `divide` is the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Numerator.
    pub multiply: u32,
    /// Denominator; zero makes every value zero.
    pub divide: u32,
}

impl Scale {
    const fn apply(self, count: i64) -> i64 {
        // At most 2^32 x 2^32 in magnitude, within i64 because counts are 32 bit.
        match (count as i128 * self.multiply as i128).checked_div(self.divide as i128) {
            Some(value) if value > i64::MAX as i128 => i64::MAX,
            Some(value) if value < i64::MIN as i128 => i64::MIN,
            Some(value) => value as i64,
            None => 0,
        }
    }
}

/// The scales of a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scales {
    /// To mV.
    pub voltage: Scale,
    /// To mA.
    pub current: Scale,
    /// To mW.
    pub power: Scale,
    /// To µWh, so that little energy between two readings is not lost to rounding.
    pub energy: Scale,
}

/// Raw counts of one reading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    voltage: u32,
    current: u32,
    power: u32,
    period: u32,
    energy: u32,
}

/// Turns counts into a reading, and sums the energy, whose register is cleared by reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Converter {
    scales: Scales,
    microwatt_hours: u64,
}

impl Converter {
    fn convert(&mut self, counts: Counts) -> Reading {
        let Scales { voltage, current, power, energy } = self.scales;
        // Energy registers are signed; what flows back is not taken off what was drawn.
        let drawn = energy.apply(i64::from(counts.energy.cast_signed())).max(0);
        self.microwatt_hours = self.microwatt_hours.saturating_add(drawn.unsigned_abs());
        let volts = i32::try_from(voltage.apply(i64::from(counts.voltage))).unwrap_or(i32::MAX);
        let amps = u32::try_from(current.apply(i64::from(counts.current))).unwrap_or(u32::MAX);
        let frequency = PERIOD_CLOCK * 1000 / (u64::from(counts.period) + 1);
        Reading {
            voltages: [Some(Millivolts(volts)), None, None],
            currents: [Some(Milliamps(amps)), None, None],
            power: Some(power.apply(i64::from(counts.power.cast_signed()))),
            frequency: u32::try_from(frequency).ok().map(Millihertz),
            energy: Some(self.microwatt_hours / 1000),
        }
    }
}

/// The bus failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Error<E> {
    /// While this register was written or read.
    #[error("bus failed at register {register:#05x}")]
    Bus {
        /// Address of the register.
        register: u16,
        /// The bus's error.
        error: E,
    },
}

/// The driver, once for each kind of waiting: bus trait, meter trait, `async`, `.await`.
macro_rules! driver {
    ($i2c:path, $meter:path, [$($asyncness:ident)?], [$($wait:tt)*]) => {
        use $i2c as I2c;
        use $meter as Meter;

        use super::{ADDRESS, Converter, Counts, Error, OPTIMUM, Register, Scales, UNLOCK, decode, encode};
        use crate::driver::meter::Reading;

        /// The chip.
        #[derive(Debug)]
        pub struct Ade7953<B> {
            bus: B,
            converter: Converter,
        }

        impl<B: I2c> Ade7953<B> {
            /// A chip that goes on counting from `energy` in mWh.
            pub const fn new(bus: B, scales: Scales, energy: u64) -> Self {
                Self { bus, converter: Converter { scales, microwatt_hours: energy.saturating_mul(1000) } }
            }

            /// Brings the chip into its specified condition; needed after every reset of it.
            ///
            /// # Errors
            ///
            /// The bus failed.
            pub $($asyncness)? fn start(&mut self) -> Result<(), Error<B::Error>> {
                self.write(Register::UNLOCK, UNLOCK)$($wait)*?;
                self.write(Register::OPTIMUM, OPTIMUM)$($wait)*
            }

            /// Writes a register.
            ///
            /// # Errors
            ///
            /// The bus failed.
            pub $($asyncness)? fn write(&mut self, register: Register, value: u32) -> Result<(), Error<B::Error>> {
                let (bytes, length) = encode(register, value);
                let frame = bytes.get(..length).unwrap_or(&bytes);
                let sent = self.bus.write(ADDRESS, frame)$($wait)*;
                sent.map_err(|error| Error::Bus { register: register.0, error })
            }

            /// Reads a register.
            ///
            /// # Errors
            ///
            /// The bus failed.
            pub $($asyncness)? fn read_register(&mut self, register: Register) -> Result<u32, Error<B::Error>> {
                let mut bytes = [0; 4];
                let answer = bytes.get_mut(..register.width()).unwrap_or_default();
                let read = self.bus.write_read(ADDRESS, &register.0.to_be_bytes(), answer)$($wait)*;
                read.map(|()| decode(answer)).map_err(|error| Error::Bus { register: register.0, error })
            }

            /// Gives the bus back.
            pub fn release(self) -> B {
                self.bus
            }
        }

        impl<B: I2c> Meter for Ade7953<B> {
            type Error = Error<B::Error>;

            $($asyncness)? fn read(&mut self) -> Result<Reading, Self::Error> {
                let counts = Counts {
                    voltage: self.read_register(Register::VOLTAGE)$($wait)*?,
                    current: self.read_register(Register::CURRENT_A)$($wait)*?,
                    power: self.read_register(Register::ACTIVE_POWER_A)$($wait)*?,
                    period: self.read_register(Register::PERIOD)$($wait)*?,
                    // Last, because reading clears it and nothing may fail afterwards.
                    energy: self.read_register(Register::ACTIVE_ENERGY_A)$($wait)*?,
                };
                Ok(self.converter.convert(counts))
            }
        }
    };
}

/// The driver for blocking buses.
pub mod blocking {
    driver!(embedded_hal::i2c::I2c, crate::driver::meter::Meter, [], []);
}

/// The driver for asynchronous buses.
#[cfg(feature = "embedded-hal-async")]
pub mod asynchronous {
    driver!(embedded_hal_async::i2c::I2c, crate::driver::meter::AsyncMeter, [async], [.await]);
}

#[cfg(test)]
mod tests {
    extern crate alloc;

    use embedded_hal_mock::eh1::i2c::{Mock, Transaction};

    use super::blocking::Ade7953;
    use super::*;
    use crate::driver::meter::Meter;

    const UNIT: Scale = Scale { multiply: 1, divide: 1 };
    const SCALES: Scales = Scales {
        voltage: Scale { multiply: 1, divide: 10 },
        current: Scale { multiply: 3, divide: 2 },
        power: UNIT,
        energy: UNIT,
    };

    fn answers(values: [(u16, &[u8]); 5]) -> alloc::vec::Vec<Transaction> {
        values
            .into_iter()
            .map(|(register, bytes)| {
                Transaction::write_read(ADDRESS, register.to_be_bytes().to_vec(), bytes.to_vec())
            })
            .collect()
    }

    #[test]
    fn widths_follow_the_address() {
        for (address, width) in [(0x0FE, 1), (0x10E, 2), (0x21C, 3), (0x31C, 4), (0x702, 1)] {
            assert_eq!(Register(address).width(), width, "{address:#x}");
        }
        assert_eq!(encode(Register::OPTIMUM, 0x30), ([0x01, 0x20, 0x00, 0x30, 0, 0], 4));
        assert_eq!(decode(&[0x12, 0x34, 0x56]), 0x12_3456);
    }

    #[test]
    fn the_start_is_that_of_the_data_sheet() {
        let mut bus = Mock::new(&[
            Transaction::write(ADDRESS, alloc::vec![0x00, 0xFE, 0xAD]),
            Transaction::write(ADDRESS, alloc::vec![0x01, 0x20, 0x00, 0x30]),
        ]);
        let mut chip = Ade7953::new(bus.clone(), SCALES, 0);
        chip.start().unwrap();
        bus.done();
    }

    #[test]
    fn a_reading_is_scaled_and_energy_is_summed() {
        let one = answers([
            (0x31C, &[0x00, 0x23, 0x18, 0x60]),
            (0x31A, &[0x00, 0x00, 0x27, 0x10]),
            (0x312, &[0xFF, 0xFF, 0xFF, 0xFE]),
            (0x10E, &[0x11, 0x7A]),
            (0x31E, &[0x00, 0x00, 0x06, 0x40]),
        ]);
        let mut bus = Mock::new(&[one.clone(), one].concat());
        let mut chip = Ade7953::new(bus.clone(), SCALES, 1_000);
        let first = chip.read().unwrap();
        assert_eq!(first.voltages[0], Some(Millivolts(230_000)));
        assert_eq!(first.currents[0], Some(Milliamps(15_000)));
        assert_eq!(first.power, Some(-2));
        assert_eq!(first.frequency, Some(Millihertz(50_000)));
        assert_eq!(first.energy, Some(1_001));
        assert_eq!(chip.read().unwrap().energy, Some(1_003), "1.6 mWh twice");
        bus.done();
    }

    #[test]
    fn a_bus_error_names_the_register() {
        let error =
            embedded_hal::i2c::ErrorKind::NoAcknowledge(embedded_hal::i2c::NoAcknowledgeSource::Address);
        let mut bus =
            Mock::new(&[Transaction::write_read(ADDRESS, alloc::vec![0x03, 0x1C], alloc::vec![0; 4])
                .with_error(error)]);
        let mut chip = Ade7953::new(bus.clone(), SCALES, 0);
        assert_eq!(chip.read(), Err(Error::Bus { register: 0x31C, error }));
        bus.done();
    }

    #[test]
    fn impossible_scales_and_counts_saturate() {
        let broken = Scale { multiply: 5, divide: 0 };
        assert_eq!(broken.apply(7), 0);
        let scales = Scales { voltage: Scale { multiply: u32::MAX, divide: 1 }, ..SCALES };
        let mut converter = Converter { scales, microwatt_hours: u64::MAX };
        let counts = Counts { voltage: u32::MAX, energy: 1, ..Counts::default() };
        let reading = converter.convert(counts);
        assert_eq!(reading.voltages[0], Some(Millivolts(i32::MAX)));
        assert_eq!(reading.energy, Some(u64::MAX / 1000));
        assert_eq!(reading.frequency, Some(Millihertz(223_750_000)));
    }

    #[cfg(feature = "embedded-hal-async")]
    #[test]
    fn the_asynchronous_driver_talks_the_same() {
        use core::future::Future;
        use core::pin::pin;
        use core::task::{Context, Poll, Waker};

        let mut bus = Mock::new(&[
            Transaction::write(ADDRESS, alloc::vec![0x00, 0xFE, 0xAD]),
            Transaction::write(ADDRESS, alloc::vec![0x01, 0x20, 0x00, 0x30]),
        ]);
        let mut chip = asynchronous::Ade7953::new(bus.clone(), SCALES, 0);
        let mut start = pin!(chip.start());
        let poll = start.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert_eq!(poll, Poll::Ready(Ok(())));
        bus.done();
    }
}
