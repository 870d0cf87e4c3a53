//! Identification against simulated devices, over protocol units.

use evkit_modbus_registers::Quantity::*;
use evkit_modbus_registers::devices::{
    ALL, abb, bender, carlo_gavazzi, chint, eastron, finder, gossen_metrawatt, inepro, janitza, keba,
    schneider, siemens, smart_home, socomec, sunspec, switchboard, tq,
};
use evkit_modbus_registers::identify::{Evidence, Identify, Strength};
use evkit_modbus_registers::pdu::Request;
use evkit_modbus_registers::{Bank, Decimal, Map, WordOrder};

/// Runs a search; `device` answers request units, or not at all.
fn search<'a>(
    plausible: &'a [&'a Map<'a>],
    mut device: impl FnMut(&[u8]) -> Option<Vec<u8>>,
) -> Identify<'a> {
    let mut identify = Identify::new(plausible);
    let mut requests = 0;
    while let Some(request) = identify.poll_request() {
        requests += 1;
        assert!(requests < 200, "an endless search");
        let mut buffer = [0; 253];
        let answer = device(request.encode(&mut buffer).unwrap());
        match answer.as_deref().map(|pdu| request.response(pdu)) {
            Some(Ok(response)) => identify.handle_response(&response),
            Some(Err(_)) | None => identify.handle_failure(),
        }
    }
    identify
}

/// Runs a search on a simulated device.
fn search_bank<'a>(
    plausible: &'a [&'a Map<'a>],
    map: &Map<'_>,
    fill: impl Fn(&mut Bank<'_>),
) -> Identify<'a> {
    let mut storage = vec![0; map.total_words()];
    let mut bank = Bank::new(map, &mut storage).unwrap();
    fill(&mut bank);
    search(plausible, |request| {
        let mut buffer = [0; 253];
        bank.answer(request, &mut buffer).ok().map(<[u8]>::to_vec)
    })
}

#[test]
fn texts_name_the_device() {
    for (map, quantity, text) in [
        (&abb::B23, ModelId, "B23 312-100"),
        (&abb::B21, ModelId, "B21 111-100"),
        (&abb::M4M_30, ModelId, "M4M30"),
        (&schneider::IEM3X55, ModelId, "iEM3255"),
        (&schneider::IEM3X50, ModelId, "iEM3250"),
        (&schneider::PM5000, ModelId, "PM5110"),
        (&socomec::COUNTIS_E13, ProductName, "COUNTIS E13"),
        (&finder::FINDER_7M38, ModelId, "7M.38.8.400"),
        (&switchboard::HAGER_ECR, VendorName, "Hager"),
        (&smart_home::SHELLY_PRO_3EM, ModelId, "SPEM-003CEBEU"),
    ] {
        let identify = search_bank(&[], map, |bank| bank.set_text(quantity, text).unwrap());
        let best = identify.best().unwrap_or_else(|| panic!("{text} is not found"));
        assert_eq!((best.map.model(), best.strength), (map.model(), Strength::Certain), "{text}");
        assert!(matches!(best.evidence, Evidence::Text { .. }));
    }
}

#[test]
fn codes_name_the_device() {
    for (map, quantity, code) in [
        (&keba::P30, ProductCode, 325_210),
        (&keba::P40, ProductCode, 4_123_110),
        (&bender::CC61X, ManufacturerId, 0xEBEE),
        (&chint::DTSU666_H, PresenceMarker, 0x3F80),
        (&carlo_gavazzi::EM340, ModelId, 341),
        (&carlo_gavazzi::EM24_E1, ModelId, 1_650),
        (&carlo_gavazzi::ET112, ModelId, 120),
        (&inepro::PRO380, FirmwareVersion, 2),
    ] {
        let identify = search_bank(&[], map, |bank| bank.set(quantity, Decimal::from_int(code)).unwrap());
        let best = identify.best().unwrap_or_else(|| panic!("{code} is not found"));
        assert_eq!(best.map.model(), map.model(), "{code}");
    }
}

#[test]
fn an_engineering_sample_brings_its_word_order() {
    let map = carlo_gavazzi::EM330.word_order(WordOrder::HighFirst);
    let identify = search_bank(&[], &map, |bank| bank.set(ModelId, Decimal::from_int(330)).unwrap());
    assert_eq!(identify.best().unwrap().map, map);
}

#[test]
fn a_family_without_names_gives_all_its_members() {
    let identify = search_bank(&[], &tq::KSEM, |bank| bank.set_text(SerialNumber, "72401234").unwrap());
    let models: Vec<_> = identify.candidates().map(|candidate| candidate.map.model()).collect();
    assert_eq!(models, [tq::KSEM.model(), tq::EM300_LR.model()]);
    assert!(identify.candidates().all(|candidate| candidate.strength == Strength::Likely));

    let identify = search_bank(&[], &gossen_metrawatt::EM238X, |bank| {
        // Feature code 5 is a U2389; the serial number follows in bytes 11 to 18.
        bank.set_text(ModelId, "\u{5}\0\0\0\0\0\0\0\0\0\x0012345678").unwrap();
    });
    assert_eq!(identify.best().unwrap().map.model(), gossen_metrawatt::EM238X.model());
}

#[test]
fn identification_functions_name_the_device() {
    let identify = search(&[], |request| match *request {
        [0x11] => Some(vec![0x11, 2, 80, 0xFF]),
        _ => Some(vec![request[0] | 0x80, 1]),
    });
    let best = identify.best().unwrap();
    assert_eq!((best.map.model(), best.evidence), (abb::M2M.model(), Evidence::ServerId(80)));

    let identify = search(&[], |request| match *request {
        [0x2B, ..] => {
            let mut answer = vec![0x2B, 0x0E, 1, 1, 0, 0, 2, 0, 18];
            answer.extend(b"Schneider Electric");
            answer.extend([1, 9]);
            answer.extend(b"A9MEM3255");
            Some(answer)
        }
        _ => Some(vec![request[0] | 0x80, 1]),
    });
    let best = identify.best().unwrap();
    assert_eq!((best.map.model(), best.evidence), (schneider::IEM3X55.model(), Evidence::DeviceId));
}

#[test]
fn sunspec_models_are_found_where_they_are() {
    let mut words = vec![0x5375, 0x6E53, 1, 65];
    words.extend([0; 65]);
    words.extend([203, 105]);
    words.extend([0; 105]);
    words.extend([0xFFFF, 0]);
    let identify = search(&[], |request| {
        let Ok(Request::ReadHolding { address, words: count }) = Request::parse(request) else {
            return Some(vec![request[0] | 0x80, 1]);
        };
        let start = usize::from(address).checked_sub(40_000)?;
        let registers = words.get(start..start + usize::from(count))?;
        let mut answer = vec![3, 2 * u8::try_from(count).unwrap()];
        answer.extend(registers.iter().flat_map(|word: &u16| word.to_be_bytes()));
        Some(answer)
    });
    let best = identify.best().unwrap();
    assert_eq!(best.map, sunspec::METER_203.at(40_069));
    assert!(matches!(best.evidence, Evidence::SunSpec(model) if model.id == 203));
}

#[test]
fn a_plausible_voltage_alone_is_only_a_possibility() {
    // mbmd tests the voltage of L1 only, which cannot tell an SDM from an X96 or from its own clones.
    let plausible =
        [&siemens::PAC2200, &eastron::SDM630, &eastron::X96, &janitza::UMG_96RM, &janitza::PRODATA_2];
    let identify = search_bank(&plausible, &eastron::SDM630, |bank| {
        bank.set(VoltageL1N, Decimal::from_int(231)).unwrap();
        bank.set(Frequency, Decimal::from_int(50)).unwrap();
    });
    let models: Vec<_> = identify.candidates().map(|candidate| candidate.map.model()).collect();
    assert_eq!(models, [eastron::SDM630.model(), eastron::X96.model()]);
    assert!(identify.candidates().all(|candidate| candidate.strength == Strength::Possible));

    let dead = search_bank(&plausible, &eastron::SDM630, |bank| {
        bank.set(VoltageL1N, Decimal::from_int(231)).unwrap();
        bank.set(Frequency, Decimal::from_int(500)).unwrap();
    });
    assert_eq!(dead.candidates().count(), 0);
}

#[test]
fn a_device_that_says_nothing_is_never_certain() {
    for map in ALL {
        let identify = search_bank(&[], map, |_| {});
        let best = identify.best();
        assert!(best.is_none_or(|best| best.strength < Strength::Certain), "{}: {best:?}", map.model());
    }
    let silent = search(&[&siemens::PAC2200], |_| None);
    assert!(silent.best().is_none());
}

#[test]
fn numbers_everywhere_never_make_a_text_device_certain() {
    // A device that answers every read with the same small number.
    for word in [0u16, 1, 3, 50, 255, 2_300, 0x4233, 0xFFFF] {
        let identify = search(&[], |request| {
            let (Ok(Request::ReadHolding { words, .. }) | Ok(Request::ReadInput { words, .. })) =
                Request::parse(request)
            else {
                return None;
            };
            let mut answer = vec![request[0], 2 * u8::try_from(words).unwrap()];
            answer.extend((0..words).flat_map(|_| word.to_be_bytes()));
            Some(answer)
        });
        let strength = identify.best().map(|best| best.strength);
        assert!(strength < Some(Strength::Certain), "{word:#06x}: {:?}", identify.best());
    }
}
