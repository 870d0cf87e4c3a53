//! What goes wrong with meters in the field, one test per pitfall, and the disputes between public lists,
//! decided.

use evkit_modbus_registers::Quantity::*;
use evkit_modbus_registers::devices::{
    ALL, abb, bender, carlo_gavazzi, chint, eastron, finder, gossen_metrawatt, inepro, iskra, janitza, keba,
    oem, phoenix_contact, schneider, siemens, smart_home, socomec, sunspec, switchboard, tq, ytl,
};
use evkit_modbus_registers::{
    Absence, Block, Confidence, Decimal, DecodeError, Function, Kind, Map, Quantity, Scale, Value, WordOrder,
};

/// The value of `quantity` in registers read from the start of its row.
fn value(map: &Map<'_>, quantity: Quantity, words: &[u16]) -> Result<Value<'static>, DecodeError> {
    let row = map.row(quantity).unwrap();
    let words: &'static [u16] = words.to_vec().leak();
    map.value(row, &Block::new(row.function(), row.address() + map.base(), words))
}

fn number(map: &Map<'_>, quantity: Quantity, words: &[u16]) -> Decimal {
    value(map, quantity, words).unwrap().number().unwrap()
}

fn absence(map: &Map<'_>, quantity: Quantity, words: &[u16]) -> Absence {
    match value(map, quantity, words).unwrap() {
        Value::Absent(absence) => absence,
        other => panic!("{quantity} is {other}"),
    }
}

fn address(map: &Map<'_>, quantity: Quantity) -> u16 {
    map.row(quantity).unwrap().address() + map.base()
}

fn decimal(mantissa: i64, exponent: i32) -> Decimal {
    Decimal::new(mantissa, exponent).unwrap()
}

// 1. Word order.

#[test]
fn low_word_first_where_the_vendor_sends_it_so() {
    for map in [
        &carlo_gavazzi::EM340,
        &carlo_gavazzi::EM24,
        &phoenix_contact::EEM_MA371,
        &smart_home::SHELLY_PRO_3EM,
        &smart_home::SE_MTR_3Y,
        &switchboard::APLUS,
        &smart_home::SMAPPEE,
    ] {
        assert_eq!(map.row(VoltageL1N).unwrap().word_order(), WordOrder::LowFirst, "{}", map.model());
    }
    assert_eq!(number(&carlo_gavazzi::EM340, CurrentL1, &[0x86A0, 0x0001]), decimal(100, 0));
}

#[test]
fn a_switched_word_order_is_the_same_map_in_another_order() {
    // Two engineering samples of Carlo Gavazzi and some Eastron firmware.
    let sample = carlo_gavazzi::EM340.word_order(WordOrder::HighFirst);
    assert_eq!(number(&sample, CurrentL1, &[0x0001, 0x86A0]), decimal(100, 0));
    let switched = eastron::SDM630.word_order(WordOrder::LowFirst);
    assert_eq!(number(&switched, VoltageL1N, &[0, 0x4366]), decimal(230, 0));
}

// 2. Off by one.

#[test]
fn addresses_are_those_on_the_wire() {
    // Printed 3028, 30001, 1001 (31000 on Shelly's pages means 1000) and 4097.
    assert_eq!(address(&schneider::IEM3X55, VoltageL1N), 3_027);
    assert_eq!(address(&eastron::SDM630, VoltageL1N), 0);
    assert_eq!(address(&switchboard::LOVATO_DMG, VoltageL1N), 1);
    assert_eq!(address(&smart_home::SHELLY_PRO_3EM, VoltageL1N), 1_020);
    assert_eq!(address(&abb::B23, EnergyActiveImportTotal), 0x5000);
}

// 3. Function codes.

#[test]
fn reads_never_mix_function_codes() {
    for map in ALL {
        for read in map.plan(Quantity::ALL) {
            let registers = vec![0; usize::from(read.words())];
            for reading in read.decode(&registers[..]).unwrap().flatten() {
                let same = map
                    .rows()
                    .iter()
                    .any(|row| row.quantity() == reading.quantity && row.function() == read.function());
                let derived =
                    map.derived_quantities().iter().any(|derived| derived.quantity() == reading.quantity);
                assert!(same || derived, "{}: {}", map.model(), reading.quantity);
            }
        }
    }
    let both = siemens::PAC2200.answers_either_function() && carlo_gavazzi::EM340.answers_either_function();
    assert!(
        both && !eastron::SDM630.answers_either_function() && !schneider::IEM3X55.answers_either_function()
    );
}

// 4. Sentinels.

#[test]
fn reserved_patterns_are_never_values() {
    assert_eq!(absence(&abb::B23, EnergyActiveImportTotal, &[0xFFFF; 4]), Absence::NotAvailable);
    assert_eq!(absence(&abb::B23, PowerActiveTotal, &[0x7FFF, 0xFFFF]), Absence::NotAvailable);
    assert_eq!(number(&abb::B23, PowerActiveTotal, &[0xFFFF, 0xFFFF]), decimal(-1, -2));
    assert_eq!(absence(&socomec::COUNTIS_E33, VoltageL1N, &[0xFFFF; 2]), Absence::NotAvailable);
    assert_eq!(absence(&switchboard::HAGER_ECR, VoltageL1N, &[0xFFFF]), Absence::NotAvailable);
    assert_eq!(absence(&carlo_gavazzi::EM340, VoltageL1N, &[0xFFFF, 0x7FFF]), Absence::Overflow);
    assert_eq!(absence(&carlo_gavazzi::EM270, VoltageL1N, &[0xFFFF, 0x7FFE]), Absence::NoSensor);
    assert_eq!(absence(&carlo_gavazzi::EM270, VoltageL1N, &[0xFFFF, 0x7FFD]), Absence::NotInSystem);
    // 3276.7 V in 32 bits is a number, not the 16-bit overflow.
    assert_eq!(number(&carlo_gavazzi::EM340, VoltageL1N, &[0x7FFF, 0]), decimal(32_767, -1));
    assert_eq!(absence(&smart_home::SMA_SHM2, PowerActiveImportTotal, &[0x8000, 0]), Absence::NotAvailable);
    assert_eq!(absence(&abb::M2M, PowerFactorTotal, &[0, 2_000]), Absence::NotAvailable);
    assert_eq!(number(&abb::M2M, VoltageL1N, &[0, 2_000]), decimal(2_000, 0));
    assert_eq!(absence(&janitza::UMG_96RM, VoltageL1N, &[0xFFC0, 0]), Absence::NotANumber);
    assert_eq!(absence(&siemens::PAC2200, VoltageL1N, &[0x7F80, 0]), Absence::Infinite);
    assert_eq!(absence(&bender::CC61X, PowerActiveTotal, &[0xFFFF; 2]), Absence::NotAvailable);
    let missing = [0x8000, 0, 0, 0];
    assert_eq!(absence(&schneider::IEM3X55, EnergyActiveImportTotal, &missing), Absence::NotAvailable);
}

/// Value and scale register of a SunSpec meter in one block.
fn sunspec_current(raw: u16, exponent: u16) -> Result<Value<'static>, DecodeError> {
    // L1 is at 3, the exponent at 6.
    let row = sunspec::METER_203.row(CurrentL1).unwrap();
    let words: &'static [u16] = vec![raw, 0, 0, exponent].leak();
    sunspec::METER_203.value(row, &Block::new(Function::ReadHolding, 3, words))
}

#[test]
fn a_sunspec_scale_that_is_not_implemented_gives_no_value() {
    // nmakel/solaredge_modbus issue 1: 10 to the power of -32768.
    assert_eq!(sunspec_current(1_234, 0x8000), Ok(Value::Absent(Absence::NoScale)));
    assert_eq!(sunspec_current(0x8000, 0xFFFE), Ok(Value::Absent(Absence::NotAvailable)));
    assert_eq!(sunspec_current(1_234, 0xFFFE), Ok(Value::Number(decimal(1_234, -2))));
    assert_eq!(
        sunspec_current(1_234, 11),
        Err(DecodeError::Exponent { address: 3, quantity: CurrentL1, exponent: 11 })
    );
}

#[test]
fn a_sunspec_counter_at_zero_is_not_implemented() {
    let row = sunspec::METER_203.row(EnergyActiveImportTotal).unwrap();
    let block = [0u16; 9];
    let value = sunspec::METER_203.value(row, &Block::new(Function::ReadHolding, 46, &block));
    assert_eq!(value, Ok(Value::Absent(Absence::NotAvailable)));
}

// 5. Scales that live elsewhere.

#[test]
fn value_and_scale_come_in_one_response() {
    for map in [&sunspec::METER_203, &gossen_metrawatt::EM228X, &iskra::WM3M4, &sunspec::SOLAREDGE_METER_1] {
        for row in map.rows() {
            let Some((scale, words)) = row.scale().registers() else { continue };
            let wanted = [row.quantity()];
            let reads: Vec<_> = map.plan(&wanted).collect();
            let [read] = reads[..] else { panic!("{} reads for {}", reads.len(), row.quantity()) };
            let registers = u32::from(read.address())..u32::from(read.address() + read.words());
            let scale = u32::from(scale + map.base());
            assert!(registers.contains(&scale) && registers.contains(&(scale + u32::from(words) - 1)));
        }
    }
}

#[test]
fn gossen_exponents_are_the_signed_low_byte() {
    let row = gossen_metrawatt::EM228X.row(VoltageL1N).unwrap();
    let mut block = [0u16; 9];
    block[0] = 2_301;
    block[8] = 0x12FF;
    let value = gossen_metrawatt::EM228X.value(row, &Block::new(Function::ReadInput, 4, &block));
    assert_eq!(value, Ok(Value::Number(decimal(2_301, -1))));
}

#[test]
fn gossen_energy_takes_the_primary_factor_of_its_own_block() {
    // mbmd takes 308, another reader 408; 308 belongs to the total counters.
    let row = gossen_metrawatt::EM228X.row(EnergyActiveImportTotal).unwrap();
    let block = [0, 5_000, 0, 0, 0, 0, 0, 0, 0, 20];
    let value = gossen_metrawatt::EM228X.value(row, &Block::new(Function::ReadInput, 300, &block));
    assert_eq!(value, Ok(Value::Number(decimal(100_000, 0))));
    let unset = [0u16, 5_000, 0, 0, 0, 0, 0, 0, 0, 0];
    let value = gossen_metrawatt::EM228X.value(row, &Block::new(Function::ReadInput, 300, &unset));
    assert_eq!(value, Ok(Value::Absent(Absence::NoScale)));
}

#[test]
fn iskra_numbers_are_decimal_not_ieee() {
    // 2301 * 10^-1, and -5 * 10^2 in the signed kind.
    assert_eq!(number(&iskra::WM3M4, VoltageL1N, &[0xFF00, 2_301]), decimal(2_301, -1));
    assert_eq!(number(&iskra::WM3M4, PowerActiveTotal, &[0x02FF, 0xFFFB]), decimal(-500, 0));
}

// 6. Units of energy.

#[test]
fn one_kilowatt_hour_is_a_thousand_watt_hours_on_every_meter() {
    let kwh = decimal(1_000, 0);
    let float = |value: f32| [(value.to_bits() >> 16) as u16, value.to_bits() as u16];
    for (map, words) in [
        (&eastron::SDM630, &float(1.0)[..]),
        (&eastron::SDM230, &float(1.0)),
        (&inepro::PRO380, &float(1.0)),
        (&abb::B23, &[0, 0, 0, 100]),
        (&carlo_gavazzi::EM340, &[10, 0]),
        (&tq::KSEM, &[0, 0, 0, 10_000]),
        (&keba::P40, &[0, 10_000]),
        (&janitza::UMG_96RM, &float(1_000.0)),
        (&socomec::COUNTIS_E33, &[0, 1]),
        (&schneider::IEM3X55, &[0, 0, 0, 1_000]),
    ] {
        assert_eq!(number(map, EnergyActiveImportTotal, words), kwh, "{}", map.model());
    }
    // 64-bit float of the PAC, per tariff.
    let bits = 1_000.0f64.to_bits();
    let words = [48, 32, 16, 0].map(|shift| (bits >> shift) as u16);
    assert_eq!(number(&siemens::PAC2200, EnergyActiveImportT1, &words), kwh);
}

#[test]
fn a_single_float_of_watt_hours_keeps_every_bit_it_has() {
    // Above 16.7 MWh a float steps by 2 Wh: the next one is 16777218, and nothing in between is made up.
    let energy = |low: u16| number(&janitza::UMG_96RM, EnergyActiveImportTotal, &[0x4B80, low]);
    assert_eq!(energy(0), decimal(16_777_216, 0));
    assert_eq!(energy(1), decimal(16_777_218, 0));
}

#[test]
fn energies_of_disputed_unit_are_marked() {
    let energy = |map: &Map<'_>| map.confidence(map.row(EnergyActiveImportTotal).unwrap());
    assert_eq!(energy(&keba::P30), Confidence::Medium);
    assert_eq!(energy(&keba::P40), Confidence::Medium);
    // Before 1.2.1 the P40 sent Wh instead of 0.1 Wh.
    assert_eq!(number(&keba::P40, EnergyActiveImportTotal, &[0, 10_000]), decimal(1_000, 0));
    assert_eq!(number(&keba::P40_BEFORE_1_2_1, EnergyActiveImportTotal, &[0, 1_000]), decimal(1_000, 0));
    assert_eq!(energy(&schneider::IEM2155), Confidence::Low);
}

// 7. Direction.

#[test]
fn a_pair_of_unsigned_powers_becomes_one_signed_power() {
    let read = tq::KSEM.plan(&[PowerActiveTotal]).next().unwrap();
    assert_eq!((read.address(), read.words()), (0, 4));
    let power = |words: &[u16]| read.decode(words).unwrap().next().unwrap().unwrap().number().unwrap();
    assert_eq!(power(&[0, 25_000, 0, 0]), decimal(2_500, 0));
    assert_eq!(power(&[0, 0, 0, 25_000]), decimal(-2_500, 0));
}

#[test]
fn solaredge_counts_export_positive_and_is_turned_round() {
    let row = sunspec::SOLAREDGE_METER_1.row(PowerActiveTotal).unwrap();
    let block = [1_500u16, 0, 0, 0, 0];
    let value = sunspec::SOLAREDGE_METER_1.value(row, &Block::new(Function::ReadHolding, 40_206, &block));
    assert_eq!(value, Ok(Value::Number(decimal(-1_500, 0))));
}

#[test]
fn a_schneider_power_factor_above_one_is_leading() {
    let four_quadrants = schneider::PM5000.row(PowerFactorTotal).unwrap();
    assert_eq!(four_quadrants.kind(), Kind::QuadrantPf);
    let float = |value: f32| [(value.to_bits() >> 16) as u16, value.to_bits() as u16];
    let power_factor = |value: f32| super_value(&schneider::PM5000, &float(value));
    assert_eq!(power_factor(0.5), Ok(decimal(5, -1)));
    assert_eq!(power_factor(1.5), Ok(decimal(5, -1)));
    assert_eq!(power_factor(-1.75), Ok(decimal(-25, -2)));
    assert!(power_factor(2.5).is_err());
    // Where the plain one exists it is the one to use.
    assert_eq!(address(&schneider::IEM3X55, PowerFactorTotal), 3_191);
}

fn super_value(map: &Map<'_>, words: &[u16]) -> Result<Decimal, DecodeError> {
    value(map, PowerFactorTotal, words).map(|value| value.number().unwrap())
}

#[test]
fn import_only_meters_claim_no_export() {
    assert!(!schneider::IEM3X50.has(EnergyActiveExportTotal));
    assert!(schneider::IEM3X55.has(EnergyActiveExportTotal));
}

// 8. Tariffs.

#[test]
fn the_total_of_a_pac_is_the_sum_of_its_tariffs() {
    let read = siemens::PAC2200.plan(&[EnergyActiveImportTotal]).next().unwrap();
    assert_eq!((read.address(), read.words()), (801, 8));
    let mut words = [0u16; 8];
    for (tariff, energy) in [(0, 1_500.0f64), (4, 500.0)] {
        let bits = energy.to_bits();
        words[tariff..tariff + 4].copy_from_slice(&[48, 32, 16, 0].map(|shift| (bits >> shift) as u16));
    }
    let total = read.decode(&words).unwrap().next().unwrap().unwrap();
    assert_eq!(total.number(), Ok(decimal(2_000, 0)));
    words[0] = 0x7FF8;
    let total = read.decode(&words).unwrap().next().unwrap().unwrap();
    assert_eq!(total.value, Value::Absent(Absence::NotANumber));
}

// 9. Same name, different map.

#[test]
fn namesakes_are_different_maps() {
    for (one, other) in [
        (&chint::DTSU666, &chint::DTSU666_H),
        (&inepro::PRO380, &inepro::PRO380_V1),
        (&carlo_gavazzi::EM24, &carlo_gavazzi::EM24_E1),
        (&abb::B23, &janitza::B23),
        (&phoenix_contact::EEM_MA371, &phoenix_contact::EEM_EM3XX),
    ] {
        let same = address(one, EnergyActiveImportTotal) == address(other, EnergyActiveImportTotal);
        assert!(!same, "{} {}", one.model(), other.model());
    }
    assert!(!eastron::SDM72_V1.has(VoltageL1N) && eastron::SDM72_V2.has(VoltageL1N));
}

// 10. Gaps.

#[test]
fn unknown_registers_are_not_read_along() {
    // KSEM, PAC1600 and SDM72 v1 fail a whole block for one missing register.
    for map in [&tq::KSEM, &siemens::PAC1600, &eastron::SDM72_V1] {
        for read in map.plan(Quantity::ALL) {
            let listed: u16 = map
                .rows()
                .iter()
                .filter(|row| row.function() == read.function())
                .filter(|row| (read.address()..read.address() + read.words()).contains(&row.address()))
                .map(|row| row.words())
                .sum();
            assert_eq!(listed, read.words(), "{} at {}", map.model(), read.address());
        }
    }
}

#[test]
fn the_code_over_a_voltage_is_read_alone() {
    // Carlo Gavazzi's identification overlays the second register of V L3-L1.
    let wanted = [VoltageL31, ModelId];
    let reads: Vec<_> =
        carlo_gavazzi::EM340.plan(&wanted).map(|read| (read.address(), read.words())).collect();
    assert_eq!(reads, [(10, 2), (11, 1)]);
}

// 12. Units and ports.

#[test]
fn every_unit_identifier_of_the_manuals_is_there() {
    let endpoint = |map: &Map<'_>| map.endpoint().map(|endpoint| (endpoint.port, endpoint.unit));
    assert_eq!(endpoint(&tq::KECONTACT_E10), Some((502, 1)));
    assert_eq!(endpoint(&sunspec::FRONIUS_TS65A_203), Some((502, 200)));
    assert_eq!(endpoint(&sunspec::FRONIUS_DATAMANAGER_213), Some((502, 240)));
    assert_eq!(endpoint(&phoenix_contact::EEM_MA371), Some((502, 255)));
    assert_eq!(endpoint(&tq::KSEM), Some((502, 71)));
    assert_eq!(endpoint(&gossen_metrawatt::EM228X), Some((502, 0)));
    assert_eq!(endpoint(&keba::EMS), Some((1502, 255)));
    assert_eq!(siemens::PAC2200.line().map(|line| line.unit), Some(126));
}

// 13. Numbers.

#[test]
fn sixty_four_bit_counters_are_not_cut() {
    let words = [0x0001, 0, 0, 0];
    assert_eq!(number(&abb::B23, EnergyActiveImportTotal, &words), decimal(1 << 48, 1));
    let beyond = value(&abb::B23, EnergyActiveImportTotal, &[0xFFFF, 0xFFFF, 0xFFFF, 0xFFFE]);
    let error = DecodeError::OutOfRange { address: 0x5000, quantity: EnergyActiveImportTotal };
    assert_eq!(beyond, Err(error));
}

// Disputes between public lists.

#[test]
fn disputed_registers_are_decided() {
    for (what, got, decided) in [
        ("PAC2200 frequency: mbmd 46", address(&siemens::PAC2200, Frequency), 55),
        ("EM24 import: mbmd 0x42", address(&carlo_gavazzi::EM24, EnergyActiveImportTotal), 0x3E),
        ("UMG 801 import: OpenEMS 19062", address(&janitza::UMG_801, EnergyActiveImportTotal), 19_068),
        ("UMG 801 export: OpenEMS 19070", address(&janitza::UMG_801, EnergyActiveExportTotal), 19_076),
        ("Shelly frequency: ModDef 31033", address(&smart_home::SHELLY_PRO_3EM, Frequency), 1_033),
        ("OR-WE-514 power: openWB 0x141", address(&ytl::OR_WE_514, PowerActiveL1), 0x140),
        ("OR-WE-514 energy: openWB 0xA001", address(&ytl::OR_WE_514, EnergyActiveSumTotal), 0xA000),
        ("DTSU666-H power factor: mbmd 2144", address(&chint::DTSU666_H, PowerFactorTotal), 2_150),
        ("DTSU666-H export: mbmd 2180", address(&chint::DTSU666_H, EnergyActiveExportTotal), 2_174),
        ("DTSU666 energy: openWB 0x401E", address(&chint::DTSU666, EnergyActiveImportTotal), 0x101E),
        ("KSEM SunSpec data: aggsoft 40069", address(&sunspec::KSEM_203, CurrentSum), 40_071),
        ("PAC1600 energy: OpenEMS export", address(&siemens::PAC1600, EnergyActiveImportTotal), 6_687),
        ("Bender 200: OpenEMS total", address(&bender::CC61X, EnergyActiveImportL1), 200),
        ("Bender total", address(&bender::CC61X, EnergyActiveImportTotal), 218),
        ("Finder 7M import: SmartEVSE 2638", address(&finder::FINDER_7M38, EnergyActiveImportTotal), 2_752),
    ] {
        assert_eq!(got, decided, "{what}");
    }
    // ModDef types the voltages of the B23 as 16 bits, a web list its powers unsigned.
    assert_eq!(abb::B23.row(VoltageL1N).map(|row| row.words()), Some(2));
    assert_eq!(abb::B23.row(PowerActiveTotal).map(|row| row.kind()), Some(Kind::Signed));
    // The block at 45099 of the iEM is kWh, though an older manual says Wh.
    let mut copies = schneider::IEM3X55.rows().iter().filter(|row| row.address() == 45_099);
    assert_eq!(copies.next().map(|row| row.scale()), Some(Scale::Pow10(3)));
    // Not resolved, so marked.
    let export = ytl::DS100.row(EnergyActiveExportTotal).unwrap();
    assert_eq!((export.address(), ytl::DS100.confidence(export)), (0x118A, Confidence::Low));
}

#[test]
fn misprints_and_slips_of_others_are_not_repeated() {
    let has = |map: &Map<'_>, register| map.rows().iter().any(|row| row.address() == register);
    // EVlink's list of a generic meter prints 19036, 19066 and 19067, from one on, for these.
    for (quantity, printed) in
        [(PowerActiveL3, 19_025), (EnergyActiveSumL1, 19_055), (EnergyActiveSumL2, 19_057)]
    {
        assert_eq!(address(&janitza::EVLINK_EXAMPLE, quantity), printed - 1, "{quantity}");
    }
    assert!(!has(&janitza::EVLINK_EXAMPLE, 19_035) && !has(&janitza::EVLINK_EXAMPLE, 19_065));
    // mbmd puts cos phi of the SE-MTR-3Y on the apparent energy of L3, and a reactive energy on 0x0468.
    assert!(!has(&smart_home::SE_MTR_3Y, 0x0472) && !has(&smart_home::SE_MTR_3Y, 0x0468));
    // OpenEMS takes the volts, amperes and hertz of the EM525 for thousandths of what it publishes.
    assert_eq!(oem::WEIDMUELLER_EM525.row(VoltageL1N).unwrap().scale(), Scale::Pow10(0));
    // EVerest scales the energy of the SDM230 by a thousandth; it is kWh.
    assert_eq!(eastron::SDM230.row(EnergyActiveImportTotal).unwrap().scale(), Scale::Pow10(3));
    // One manual of KEBA gives both milliamperes and amperes for the energy manager; what is written is marked.
    let written = keba::EMS.command_row(SetCurrentAvailableMax).unwrap();
    assert_eq!(keba::EMS.confidence(written), Confidence::Low);
}

// 11. Late answers.

#[test]
fn an_answer_to_a_longer_or_shorter_read_is_never_decoded() {
    // SmartEVSE issue 11; on the line such an answer is dropped before (`exchange`), here it is refused.
    let wanted = [CurrentL1];
    let read = eastron::SDM630.plan(&wanted).next().unwrap();
    for length in [0, 1, 3, 125] {
        let late = vec![0x4366; length];
        let refused = DecodeError::Length { address: 6, asked: 2, got: length };
        assert_eq!(read.decode(&late[..]).err(), Some(refused));
    }
}
