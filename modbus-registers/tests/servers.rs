//! The registers chargers serve, from both sides: a charger as a bank, an energy manager writing to it.

use evkit_modbus_registers::Quantity::*;
use evkit_modbus_registers::devices::{ALL, bender, evlink, keba};
use evkit_modbus_registers::pdu::{ExceptionCode, PduError, Request};
use evkit_modbus_registers::{Bank, CommandError, Decimal, EncodeError, Function, Map, Quantity, Registers};

fn amperes(milli: i64) -> Decimal {
    Decimal::from_milli(milli)
}

/// Sends a command over protocol units; returns the outcome as the energy manager sees it.
fn send(bank: &mut Bank<'_>, map: &Map<'_>, quantity: Quantity, value: Decimal) -> Result<(), PduError> {
    let mut words = [0; 32];
    let request = map.write(quantity, value, &mut words).unwrap();
    let (mut out, mut back) = ([0; 253], [0; 253]);
    let bytes = request.encode(&mut out)?;
    let answer = bank.answer(bytes, &mut back)?;
    request.response(answer).map(|_| ())
}

#[test]
fn keba_energy_manager_writes_amperes_and_reads_milliamperes() {
    // Manual 5.7: 5004 takes 0 to 6400 A, 1100 answers in mA.
    let mut storage = [0; keba::EMS.total_words()];
    let mut bank = Bank::new(&keba::EMS, &mut storage).unwrap();
    let mut words = [0; 2];
    let request = keba::EMS.write(SetCurrentAvailableMax, amperes(63_000), &mut words).unwrap();
    assert_eq!(request, Request::WriteMultiple { address: 5_004, values: Registers::from(&[0, 63]) });
    assert_eq!(send(&mut bank, &keba::EMS, SetCurrentAvailableMax, amperes(63_000)), Ok(()));

    let mut words = [0; 2];
    let words = bank.read(Function::ReadHolding, 1_100, 2, &mut words).unwrap();
    assert_eq!(words, [0, 63_000]);
    let read = keba::EMS.plan(&[CurrentAvailableMax]).next().unwrap();
    let shown = read.decode(words).unwrap().next().unwrap().unwrap();
    assert_eq!(shown.number(), Ok(amperes(63_000)));
}

#[test]
fn keba_energy_manager_is_held_to_6400_amperes() {
    let mut words = [0; 2];
    assert!(keba::EMS.write(SetCurrentAvailableMax, amperes(6_400_000), &mut words).is_ok());
    let error = keba::EMS.write(SetCurrentAvailableMax, amperes(6_401_000), &mut words).unwrap_err();
    assert_eq!(
        error.to_string(),
        "register 5004: set_current_available_max takes 0 to 6400, not 6401 (in units of the register)"
    );
    assert!(keba::EMS.write(SetCurrentAvailableMax, amperes(-1_000), &mut words).is_err());

    let mut storage = [0; keba::EMS.total_words()];
    let mut bank = Bank::new(&keba::EMS, &mut storage).unwrap();
    let over = bank.write(Function::WriteMultiple, 5_004, Registers::from(&[0, 6_401]));
    assert_eq!(over, Err(ExceptionCode::IllegalDataValue));
    let single = bank.write(Function::WriteSingle, 5_004, Registers::from(&[16]));
    assert_eq!(single, Err(ExceptionCode::IllegalDataAddress));
}

#[test]
fn keba_current_is_zero_or_at_least_six_amperes() {
    for (map, highest) in [(&keba::P30, 63_000), (&keba::P40, 32_000)] {
        let mut words = [0; 1];
        for (milli, allowed) in
            [(0, true), (5_999, false), (6_000, true), (highest, true), (highest + 1, false)]
        {
            let written = map.write(SetCurrentLimit, amperes(milli), &mut words);
            assert_eq!(written.is_ok(), allowed, "{} {milli} mA", map.model());
        }
    }
}

#[test]
fn keba_serves_one_value_per_read() {
    let mut storage = vec![0; keba::P30.total_words()];
    let mut bank = Bank::new(&keba::P30, &mut storage).unwrap();
    let mut words = [0; 125];
    let two_values = bank.read(Function::ReadHolding, 1_008, 4, &mut words);
    assert_eq!(two_values, Err(ExceptionCode::IllegalDataValue));
    assert!(bank.read(Function::ReadHolding, 1_008, 2, &mut words).is_ok());
    let wanted = [CurrentL1, CurrentL2, CurrentL3];
    assert_eq!(keba::P30.plan(&wanted).count(), 3);
    assert_eq!((keba::P30.pace().read_ms, keba::P30.pace().write_ms), (500, 5_000));

    assert_eq!(send(&mut bank, &keba::P30, SetCurrentLimit, amperes(16_000)), Ok(()));
    assert_eq!(bank.number(SetCurrentLimit), Some(amperes(16_000)));
    assert_eq!(bank.number(CurrentLimit), Some(amperes(16_000)));
}

#[test]
fn a_command_needs_its_own_function() {
    let mut storage = vec![0; keba::P30.total_words()];
    let mut bank = Bank::new(&keba::P30, &mut storage).unwrap();
    let values = Registers::from(&[16_000]);
    assert_eq!(bank.write(Function::WriteMultiple, 5_004, values), Err(ExceptionCode::IllegalFunction));
    assert_eq!(bank.write(Function::WriteSingle, 5_005, values), Err(ExceptionCode::IllegalDataAddress));
    assert_eq!(bank.write(Function::WriteSingle, 5_004, values), Ok(SetCurrentLimit));
    let mut words = [0; 2];
    assert_eq!(
        bank.read(Function::ReadHolding, 5_004, 1, &mut words),
        Err(ExceptionCode::IllegalDataAddress),
        "write only"
    );
}

#[test]
fn bender_takes_whole_amperes_with_function_16() {
    let mut storage = vec![0; bender::CC61X.total_words()];
    let mut bank = Bank::new(&bender::CC61X, &mut storage).unwrap();
    assert_eq!(send(&mut bank, &bender::CC61X, SetHemsCurrentLimit, amperes(16_000)), Ok(()));
    assert_eq!(bank.number(HemsCurrentLimit), Some(amperes(16_000)));
    let mut words = [0; 10];
    let user = bender::CC61X.write_text(SetUserId, "04A1B2C3D4E5F6", &mut words).unwrap();
    assert!(matches!(user, Request::WriteMultiple { address: 1_110, values } if values.len() == 10));
    let long = bender::CC61X.write_text(SetUserId, "123456789012345678901", &mut words);
    assert!(matches!(long, Err(CommandError::Encode(EncodeError::Kind { .. }))));
}

#[test]
fn evlink_life_bit_and_set_point_show_where_they_are_read() {
    for map in [&evlink::CITY, &evlink::PRO_AC] {
        let mut storage = vec![0; map.total_words()];
        let mut bank = Bank::new(map, &mut storage).unwrap();
        assert_eq!(send(&mut bank, map, SetLifeBit, Decimal::from_int(1)), Ok(()));
        assert_eq!(bank.number(LifeBit), Some(Decimal::from_int(1)));
        assert_eq!(send(&mut bank, map, SetCurrentLimit, amperes(10_000)), Ok(()));
        assert_eq!(bank.number(CurrentLimit), Some(amperes(10_000)));
    }
}

#[test]
fn evlink_pro_sends_the_low_word_first() {
    let read = evlink::PRO_AC.plan(&[CurrentL1]).next().unwrap();
    // 16.0 is 0x41800000.
    let reading = read.decode(&[0x0000, 0x4180]).unwrap().next().unwrap().unwrap();
    assert_eq!(reading.number(), Ok(amperes(16_000)));
}

#[test]
fn a_meter_takes_no_commands() {
    let mut words = [0; 4];
    for map in ALL.iter().filter(|map| map.rows().iter().all(|row| row.function().is_read())) {
        let written = map.write(SetCurrentLimit, amperes(6_000), &mut words);
        let no_row = EncodeError::NoRow { quantity: SetCurrentLimit };
        assert_eq!(written, Err(CommandError::Encode(no_row)), "{}", map.model());
    }
}
