//! The drivers against simulated chips with simulated cards in their field, on blocking and on asynchronous buses.
#![cfg(all(feature = "mfrc522", feature = "pn532", feature = "embedded-hal-async"))]

mod mfrc522;
mod pn532;

use core::cell::RefCell;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use embedded_hal::delay::DelayNs;
use embedded_hal::{i2c, spi};
use evkit_rfid::*;

/// Counts the time that was waited.
#[derive(Default)]
struct Delay(u64);

impl DelayNs for Delay {
    fn delay_ns(&mut self, ns: u32) {
        self.0 += u64::from(ns);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct BusFault;

impl spi::Error for BusFault {
    fn kind(&self) -> spi::ErrorKind {
        spi::ErrorKind::Other
    }
}

impl i2c::Error for BusFault {
    fn kind(&self) -> i2c::ErrorKind {
        i2c::ErrorKind::Other
    }
}

fn uid(text: &str) -> Uid {
    Uid::parse(text).unwrap()
}

fn crc_a(bytes: &[u8]) -> [u8; 2] {
    let crc = bytes.iter().fold(0x6363_u16, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte), |crc, _| crc >> 1 ^ if crc & 1 == 1 { 0x8408 } else { 0 })
    });
    crc.to_le_bytes()
}

/// A bus or delay that never has to wait, for asynchronous drivers.
struct Ready<T>(T);

impl<T: spi::ErrorType> spi::ErrorType for Ready<T> {
    type Error = T::Error;
}

impl<T: spi::SpiDevice> embedded_hal_async::spi::SpiDevice for Ready<T> {
    async fn transaction(&mut self, operations: &mut [spi::Operation<'_, u8>]) -> Result<(), T::Error> {
        self.0.transaction(operations)
    }
}

impl<T: i2c::ErrorType> i2c::ErrorType for Ready<T> {
    type Error = T::Error;
}

impl<T: i2c::I2c> embedded_hal_async::i2c::I2c for Ready<T> {
    async fn transaction(
        &mut self,
        address: u8,
        operations: &mut [i2c::Operation<'_>],
    ) -> Result<(), T::Error> {
        self.0.transaction(address, operations)
    }
}

impl<T: DelayNs> embedded_hal_async::delay::DelayNs for Ready<T> {
    async fn delay_ns(&mut self, ns: u32) {
        self.0.delay_ns(ns);
    }
}

/// Runs what never has to wait.
fn run<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("waits although everything is ready"),
    }
}
