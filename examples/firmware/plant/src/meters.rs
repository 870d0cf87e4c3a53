//! The meters of the sockets on RS-485: two Eastron SDM630 at the units 1 and 2.
//!
//! The line has no silence to divide frames by when it is a socket, so requests are found by their checksum: all
//! requests a station sends to these meters are reads, and those have eight bytes.

use evkit_modbus_registers::devices::eastron::SDM630;
use evkit_modbus_registers::rtu::Frame;
use evkit_modbus_registers::{Bank, Decimal, EncodeError, Quantity};

use crate::world::SOCKETS;

/// Length of a request to read, with unit and checksum.
const REQUEST: usize = 8;
/// Longest answer, with unit and checksum.
const ANSWER: usize = 256;

/// What a meter shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Currents in milliamperes.
    pub currents_ma: [u32; 3],
    /// Voltage of every phase to neutral in volts.
    pub volts: u16,
    /// Imported energy in watt hours.
    pub register_wh: u64,
}

/// The bus with its meters.
#[derive(Debug, Default)]
pub struct Meters {
    received: Vec<u8>,
    /// Units do not answer while this is set.
    pub silent: bool,
    requests: u32,
}

impl Meters {
    /// Takes bytes from the bus, and returns what the meters answer.
    pub fn handle(&mut self, bytes: &[u8], readings: &[Reading; SOCKETS]) -> Vec<u8> {
        let mut answers = Vec::new();
        for byte in bytes {
            self.received.push(*byte);
            if self.received.len() > REQUEST {
                self.received.remove(0);
            }
            let Ok(Frame { unit, pdu }) = Frame::decode(&self.received) else { continue };
            if self.received.len() < REQUEST {
                continue;
            }
            let reading = usize::from(unit).checked_sub(1).and_then(|unit| readings.get(unit));
            if let (Some(reading), false) = (reading, self.silent) {
                answers.extend(answer(unit, pdu, reading));
            }
            self.requests += 1;
            self.received.clear();
        }
        answers
    }

    /// Requests that were understood so far.
    pub const fn requests(&self) -> u32 {
        self.requests
    }
}

fn answer(unit: u8, pdu: &[u8], reading: &Reading) -> Vec<u8> {
    let mut storage = vec![0; SDM630.total_words()];
    let mut buffer = [0; ANSWER];
    // The map and the quantities are constants, and the tests read all of them.
    let Ok(mut bank) = Bank::new(&SDM630, &mut storage) else { return Vec::new() };
    if fill(&mut bank, reading).is_err() {
        return Vec::new();
    }
    let Ok(pdu) = bank.answer(pdu, &mut buffer) else { return Vec::new() };
    let mut frame = [0; ANSWER];
    Frame { unit, pdu }.encode(&mut frame).map(<[u8]>::to_vec).unwrap_or_default()
}

fn fill(bank: &mut Bank<'_>, reading: &Reading) -> Result<(), EncodeError> {
    use Quantity::{
        CurrentL1, CurrentL2, CurrentL3, EnergyActiveImportTotal, Frequency, PowerActiveL1, PowerActiveL2,
        PowerActiveL3, PowerActiveTotal, VoltageL1N, VoltageL2N, VoltageL3N,
    };
    let phases = [
        (CurrentL1, VoltageL1N, PowerActiveL1),
        (CurrentL2, VoltageL2N, PowerActiveL2),
        (CurrentL3, VoltageL3N, PowerActiveL3),
    ];
    let mut total = 0;
    for ((current, voltage, power), ma) in phases.into_iter().zip(reading.currents_ma) {
        let mw = i64::from(ma) * i64::from(reading.volts);
        bank.set(current, Decimal::from_milli(ma.into()))?;
        bank.set(voltage, Decimal::from_int(reading.volts.into()))?;
        bank.set(power, Decimal::from_milli(mw))?;
        total += mw;
    }
    bank.set(PowerActiveTotal, Decimal::from_milli(total))?;
    bank.set(Frequency, Decimal::from_int(50))?;
    bank.set(EnergyActiveImportTotal, Decimal::from_int(reading.register_wh as i64))
}

#[cfg(test)]
mod tests {
    use evkit_modbus_registers::pdu::{Request, Response};

    use super::*;

    const READINGS: [Reading; SOCKETS] = [
        Reading { currents_ma: [16_000, 15_500, 0], volts: 230, register_wh: 12_345 },
        Reading { currents_ma: [0; 3], volts: 231, register_wh: 7 },
    ];

    /// What a reader that knows the map makes of the meter's answers.
    fn read(meters: &mut Meters, unit: u8, quantity: Quantity, garbage: &[u8]) -> Option<Decimal> {
        let wanted = [quantity];
        let read = SDM630.plan(&wanted).next().unwrap();
        let request = Request::read(read.function(), read.address(), read.words()).unwrap();
        let (mut pdu, mut frame) = ([0; 8], [0; 16]);
        let pdu = request.encode(&mut pdu).unwrap();
        let frame = Frame { unit, pdu }.encode(&mut frame).unwrap();
        let answer = meters.handle(&[garbage, frame].concat(), &READINGS);
        let Frame { unit: answered, pdu } = Frame::decode(&answer).ok()?;
        assert_eq!(answered, unit);
        let Response::Registers { registers, .. } = request.response(pdu).unwrap() else { panic!() };
        let mut decoded = read.decode(registers).unwrap();
        Some(decoded.next().unwrap().unwrap().number().unwrap())
    }

    #[test]
    fn each_unit_answers_for_its_socket() {
        let mut meters = Meters::default();
        let rows = [
            (1, Quantity::CurrentL1, 16_000),
            (1, Quantity::CurrentL2, 15_500),
            (1, Quantity::PowerActiveTotal, 7_245_000),
            (1, Quantity::EnergyActiveImportTotal, 12_345_000),
            (2, Quantity::VoltageL1N, 231_000),
            (2, Quantity::EnergyActiveImportTotal, 7_000),
        ];
        for (unit, quantity, milli) in rows {
            let value = read(&mut meters, unit, quantity, &[]).unwrap();
            assert_eq!(value.milli(), Some(milli), "{quantity:?}");
        }
        assert_eq!(read(&mut meters, 3, Quantity::CurrentL1, &[]), None, "there is no third");
        assert_eq!(meters.requests(), 7);
    }

    #[test]
    fn a_request_is_found_behind_garbage_and_nobody_answers_while_silent() {
        let mut meters = Meters::default();
        let garbage = [0xFF, 1, 4, 0, 6, 0, 2, 0, 0, 1];
        assert!(read(&mut meters, 1, Quantity::CurrentL1, &garbage).is_some());
        meters.silent = true;
        assert_eq!(read(&mut meters, 1, Quantity::CurrentL1, &[]), None);
    }
}
