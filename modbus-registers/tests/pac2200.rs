//! A Siemens PAC2200 as a program meets it: plan, read, decode, over the simulated register bank.

use evkit_modbus_registers::Quantity::*;
use evkit_modbus_registers::devices::siemens::PAC2200;
use evkit_modbus_registers::pdu::{ExceptionCode, PduError, Request, Response};
use evkit_modbus_registers::{Absence, Bank, Decimal, DecodeError, Function, Quantity, Value};

const WANTED: &[Quantity] =
    &[VoltageL1N, CurrentL1, CurrentL2, CurrentL3, PowerActiveTotal, Frequency, EnergyActiveImportTotal];

fn bank(storage: &mut [u16]) -> Bank<'_> {
    let mut bank = Bank::new(&PAC2200, storage).unwrap();
    for (quantity, milli) in [
        (VoltageL1N, 230_100),
        (CurrentL1, 16_000),
        (CurrentL2, 15_500),
        (CurrentL3, 250),
        (PowerActiveTotal, -4_200_500),
        (Frequency, 49_990),
        (EnergyActiveImportT1, 12_345_678_901),
        (EnergyActiveImportT2, 99),
    ] {
        bank.set(quantity, Decimal::from_milli(milli)).unwrap();
    }
    bank
}

#[test]
fn plan_read_decode() {
    let mut storage = [0; PAC2200.total_words()];
    let bank = bank(&mut storage);
    let mut reads = Vec::new();
    let mut seen = Vec::new();
    for read in PAC2200.plan(WANTED) {
        let mut words = [0; 125];
        let words = bank.read(read.function(), read.address(), read.words(), &mut words).unwrap();
        reads.push((read.function(), read.address(), read.words()));
        for reading in read.decode(words).unwrap() {
            let reading = reading.unwrap();
            seen.push((reading.quantity, reading.number().unwrap().milli().unwrap()));
        }
    }
    // Registers 43 to 54 are not known to answer, so the frequency at 55 begins a second read.
    let input = Function::ReadInput;
    assert_eq!(reads, [(input, 1, 18), (input, 55, 12), (input, 801, 8)]);
    assert_eq!(
        seen,
        [
            (VoltageL1N, 230_100),
            (CurrentL1, 16_000),
            (CurrentL2, 15_500),
            (CurrentL3, 250),
            (Frequency, 49_990),
            (PowerActiveTotal, -4_200_500),
            (EnergyActiveImportTotal, 12_345_679_000),
        ]
    );
}

#[test]
fn over_protocol_units() {
    let mut storage = [0; PAC2200.total_words()];
    let mut bank = bank(&mut storage);
    let (mut request_buffer, mut response_buffer) = ([0; 253], [0; 253]);
    let read = PAC2200.plan(&[CurrentL1]).next().unwrap();
    let request = Request::read(read.function(), read.address(), read.words()).unwrap();
    assert_eq!(request.encode(&mut request_buffer), Ok(&[4, 0, 13, 0, 2][..]));
    let pdu = bank.answer(&[4, 0, 13, 0, 2], &mut response_buffer).unwrap();
    // 16.0 is 0x41800000.
    assert_eq!(pdu, [4, 4, 0x41, 0x80, 0, 0]);
    let Ok(Response::Registers { registers, .. }) = request.response(pdu) else { panic!("not an answer") };
    let reading = read.decode(registers).unwrap().next().unwrap().unwrap();
    assert_eq!(reading.value, Value::Number(Decimal::from_int(16)));
}

#[test]
fn a_read_that_cuts_a_value_is_refused() {
    let mut storage = [0; PAC2200.total_words()];
    let bank = bank(&mut storage);
    let mut words = [0; 125];
    for (address, count, expected) in [
        (1, 1, ExceptionCode::IllegalDataAddress),
        (2, 2, ExceptionCode::IllegalDataAddress),
        (802, 3, ExceptionCode::IllegalDataAddress),
        (41, 4, ExceptionCode::IllegalDataAddress),
        (0, 4, ExceptionCode::IllegalDataAddress),
        (1, 126, ExceptionCode::IllegalDataValue),
        (1, 0, ExceptionCode::IllegalDataValue),
    ] {
        assert_eq!(
            bank.read(Function::ReadInput, address, count, &mut words),
            Err(expected),
            "{address}+{count}"
        );
    }
    assert_eq!(bank.read(Function::WriteSingle, 1, 2, &mut words), Err(ExceptionCode::IllegalFunction));
    // FC3 and FC4 are identical.
    assert!(bank.read(Function::ReadHolding, 1, 4, &mut words).is_ok());
}

#[test]
fn garbage_is_never_a_number() {
    let read = PAC2200.plan(&[CurrentL1]).next().unwrap();
    let decode = |words: &'static [u16; 2]| read.decode(words).unwrap().next().unwrap();
    assert_eq!(decode(&[0x7FC0, 0]).unwrap().value, Value::Absent(Absence::NotANumber));
    assert_eq!(decode(&[0xFF80, 0]).unwrap().value, Value::Absent(Absence::Infinite));
    assert_eq!(
        decode(&[0xFFFF, 0xFFFF]).unwrap().number(),
        Err(DecodeError::Absent { address: 13, quantity: CurrentL1, absence: Absence::NotANumber })
    );
    assert_eq!(decode(&[0x7F7F, 0xFFFF]), Err(DecodeError::OutOfRange { address: 13, quantity: CurrentL1 }));
    let short = read.decode(&[0u16; 1]).map(|_| ());
    assert_eq!(short, Err(DecodeError::Length { address: 13, asked: 2, got: 1 }));
    let request = Request::read(read.function(), read.address(), read.words()).unwrap();
    assert_eq!(
        request.response(&[0x84, 2]),
        Err(PduError::Exception { function: 4, address: 13, code: ExceptionCode::IllegalDataAddress })
    );
}

#[test]
fn an_unset_meter_has_no_values() {
    let mut storage = [0; PAC2200.total_words()];
    let bank = Bank::new(&PAC2200, &mut storage).unwrap();
    let read = PAC2200.plan(&[VoltageL2N]).next().unwrap();
    let mut words = [0; 2];
    let words = bank.read(read.function(), read.address(), 2, &mut words).unwrap();
    let value = read.decode(words).unwrap().next().unwrap().unwrap().value;
    assert_eq!(value, Value::Absent(Absence::NotANumber));
}

#[test]
fn what_the_meter_lacks_is_named() {
    assert_eq!(PAC2200.missing(&[CurrentL1, ThdVoltageL1]).collect::<Vec<_>>(), [ThdVoltageL1]);
    assert_eq!(PAC2200.plan(&[ThdVoltageL1]).count(), 0);
}
