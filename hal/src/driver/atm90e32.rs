//! Microchip ATM90E32: a three-phase energy meter over SPI (mode 3), through the crate atm90e32-async.
//!
//! That crate knows the chip's registers and its start-up sequence and waits on the bus; this module
//! gives its raw values units and stands behind [`AsyncMeter`]. The chip
//! reports at most 65.5 A per phase. Its own energy registers are not read: integrate the power.

use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::spi::SpiDevice;
use thiserror::Error;

use super::meter::{AsyncMeter, Reading};
use crate::units::{Milliamps, Millihertz, Millivolts};

/// Nominal frequency of the mains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MainsFrequency {
    /// 50 Hz.
    #[default]
    Hz50,
    /// 60 Hz.
    Hz60,
}

/// Amplification of the current channels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Gain {
    /// None.
    #[default]
    X1,
    /// Twofold.
    X2,
    /// Fourfold.
    X4,
}

/// Calibration of a board; anything else stays at the values atm90e32-async starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Gain registers of the voltages, by phase.
    pub voltage_gain: [u16; 3],
    /// Gain registers of the currents, by phase.
    pub current_gain: [u16; 3],
    /// Amplification of the current channels.
    pub gain: Gain,
    /// Frequency of the mains.
    pub mains: MainsFrequency,
}

impl Config {
    const fn for_chip(&self) -> atm90e32_async::Config {
        let mains = match self.mains {
            MainsFrequency::Hz50 => atm90e32_async::LineFreq::Hz50,
            MainsFrequency::Hz60 => atm90e32_async::LineFreq::Hz60,
        };
        let gain = match self.gain {
            Gain::X1 => atm90e32_async::PgaGain::X1,
            Gain::X2 => atm90e32_async::PgaGain::X2,
            Gain::X4 => atm90e32_async::PgaGain::X4,
        };
        atm90e32_async::Config::new()
            .with_voltage_gain(self.voltage_gain)
            .with_current_gain(self.current_gain)
            .with_pga_gain(gain)
            .with_line_freq(mains)
    }
}

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Error<E> {
    /// The bus failed.
    #[error("bus failed")]
    Bus(E),
    /// The bus failed while the chip was set up, which has to be done again from the beginning.
    #[error("bus failed while the chip was set up")]
    Start,
    /// Nothing answers on the bus.
    #[error("no chip answers; is it powered, and the bus in mode 3?")]
    Absent,
}

impl<E> From<atm90e32_async::Error<E>> for Error<E> {
    fn from(error: atm90e32_async::Error<E>) -> Self {
        match error {
            atm90e32_async::Error::Spi(error) => Self::Bus(error),
            atm90e32_async::Error::InitFailed(_) => Self::Start,
            // Its list of errors is open; whatever comes to it, the chip does not answer as it should.
            _ => Self::Absent,
        }
    }
}

/// The chip.
pub struct Atm90e32<B, D> {
    chip: atm90e32_async::Atm90e32<B, D>,
}

impl<B: SpiDevice, D: DelayNs> Atm90e32<B, D> {
    /// A chip that was not set up yet.
    pub fn new(bus: B, delay: D) -> Self {
        Self { chip: atm90e32_async::Atm90e32::new(bus, delay) }
    }

    /// Resets the chip, calibrates it and starts metering.
    ///
    /// # Errors
    ///
    /// The bus failed, or nothing answers.
    pub async fn start(&mut self, config: &Config) -> Result<(), Error<B::Error>> {
        self.chip.init(&config.for_chip()).await?;
        self.chip.probe().await?;
        Ok(())
    }

    /// Gives the bus and the delay back.
    pub fn release(self) -> (B, D) {
        self.chip.release()
    }
}

impl<B: SpiDevice, D: DelayNs> AsyncMeter for Atm90e32<B, D> {
    type Error = Error<B::Error>;

    async fn read(&mut self) -> Result<Reading, Self::Error> {
        let raw = self.chip.read_all_phases().await?;
        // A bus nobody drives reads all ones, or all zeros, and no mains have such a frequency.
        if matches!(raw.frequency, 0 | u16::MAX) {
            return Err(Error::Absent);
        }
        let power: i64 = raw.power.into_iter().map(i64::from).sum();
        Ok(Reading {
            voltages: raw.voltage.map(|centivolts| Some(Millivolts(i32::from(centivolts) * 10))),
            currents: raw.current.map(|milliamps| Some(Milliamps(milliamps.into()))),
            // 0.32 mW a count.
            power: Some(power * 32 / 100),
            frequency: Some(Millihertz(u32::from(raw.frequency) * 10)),
            energy: None,
        })
    }
}

#[cfg(test)]
mod tests {
    extern crate alloc;

    use alloc::vec;
    use alloc::vec::Vec;
    use core::pin::pin;
    use core::task::{Context, Poll, Waker};

    use embedded_hal_mock::eh1::delay::NoopDelay;
    use embedded_hal_mock::eh1::spi::{Mock, Transaction};

    use super::*;

    /// Registers of one reading in the order they are asked for, from the data sheet: voltages and
    /// currents; active and reactive power, high and low word by phase; power factors, frequency, angles.
    const REGISTERS: [u8; 25] = [
        0xD9, 0xDA, 0xDB, 0xDD, 0xDE, 0xDF, 0xB1, 0xC1, 0xB2, 0xC2, 0xB3, 0xC3, 0xB5, 0xC5, 0xB6, 0xC6, 0xB7,
        0xC7, 0xBD, 0xBE, 0xBF, 0xF8, 0xF9, 0xFA, 0xFB,
    ];

    fn answers(value: impl Fn(u8) -> u16) -> Vec<Transaction<u8>> {
        let read = |register: u8| {
            let [high, low] = value(register).to_be_bytes();
            [
                Transaction::transaction_start(),
                Transaction::transfer(vec![0x80, register, 0, 0], vec![0, 0, high, low]),
                Transaction::transaction_end(),
            ]
        };
        REGISTERS.into_iter().flat_map(read).collect()
    }

    fn read(value: impl Fn(u8) -> u16) -> Result<Reading, Error<embedded_hal::spi::ErrorKind>> {
        let mut bus = Mock::new(&answers(value));
        let mut chip = Atm90e32::new(bus.clone(), NoopDelay::new());
        let Poll::Ready(reading) = pin!(chip.read()).poll(&mut Context::from_waker(Waker::noop())) else {
            panic!("the mock never waits")
        };
        bus.done();
        reading
    }

    #[test]
    fn a_reading_has_units() {
        let reading = read(|register| match register {
            0xD9..=0xDB => 23_012,
            0xDD => 16_000,
            0xDE => 1,
            // 3,680 W on L1 are 11,500,000 counts; L2 gives 320 mW back.
            0xB1 => 175,
            0xC1 => 31_200,
            0xB2 => 0xFFFF,
            0xC2 => 0xFC18,
            0xF8 => 5_001,
            _ => 0,
        })
        .unwrap();
        assert_eq!(reading.voltages, [Some(Millivolts(230_120)); 3]);
        assert_eq!(reading.currents, [16_000, 1, 0].map(|ma| Some(Milliamps(ma))));
        assert_eq!(reading.power, Some(3_680_000 - 320));
        assert_eq!(reading.frequency, Some(Millihertz(50_010)));
        assert_eq!(reading.energy, None);
    }

    #[test]
    fn a_bus_nobody_drives_is_no_reading() {
        assert_eq!(read(|_| 0), Err(Error::Absent));
        assert_eq!(read(|_| 0xFFFF), Err(Error::Absent));
    }

    /// A bus whose every transaction fails.
    #[derive(Debug)]
    struct Broken;

    impl embedded_hal::spi::ErrorType for Broken {
        type Error = embedded_hal::spi::ErrorKind;
    }

    impl SpiDevice for Broken {
        async fn transaction(
            &mut self,
            _: &mut [embedded_hal::spi::Operation<'_, u8>],
        ) -> Result<(), Self::Error> {
            Err(embedded_hal::spi::ErrorKind::Overrun)
        }
    }

    const CONFIG: Config = Config {
        voltage_gain: [39_470; 3],
        current_gain: [65_327; 3],
        gain: Gain::X2,
        mains: MainsFrequency::Hz60,
    };

    #[test]
    fn a_bus_that_fails_while_starting_is_told_apart() {
        let mut context = Context::from_waker(Waker::noop());
        let mut chip = Atm90e32::new(Broken, NoopDelay::new());
        assert_eq!(pin!(chip.start(&CONFIG)).poll(&mut context), Poll::Ready(Err(Error::Start)));
        let error = Error::Bus(embedded_hal::spi::ErrorKind::Overrun);
        assert_eq!(pin!(chip.read()).poll(&mut context), Poll::Ready(Err(error)));
    }

    #[test]
    fn the_calibration_reaches_the_chip() {
        let chip = CONFIG.for_chip();
        assert_eq!((chip.voltage_gain, chip.current_gain), ([39_470; 3], [65_327; 3]));
        assert_eq!(chip.pga_gain, atm90e32_async::PgaGain::X2);
        assert_eq!(chip.line_freq_hz, atm90e32_async::LineFreq::Hz60);
    }
}
