//! Written forms of UIDs: nothing panics, and whatever is read is written back digit by digit.
#![no_main]

use evkit_rfid::{ByteOrder, Candidates, FacilityCard, KebaTag, Uid, UidFormat, Wiegand26, Wiegand34};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some(number) = data.first_chunk::<8>().map(|bytes| u64::from_le_bytes(*bytes)) {
        for order in [ByteOrder::Canonical, ByteOrder::Reversed] {
            if let Ok(uid) = Wiegand34(number).uid(order) {
                assert_eq!(Wiegand34::from_uid(&uid, order), Ok(Wiegand34(number)));
            }
        }
        if let Ok(card) = Wiegand26(number as u32).card() {
            assert_eq!(Wiegand26::from(card), Wiegand26(number as u32));
        }
        assert!(Candidates::from_keba_register(number as u32).is_empty() == (number as u32 == 0));
    }
    if let Ok(uid) = Uid::from_bytes(data) {
        for form in UidFormat::BENDER_MODES {
            assert_eq!(Uid::parse_in(&uid.text(form), form.order), Ok(uid));
        }
        assert_eq!(uid.reversed().reversed(), uid);
        assert!(Candidates::exact_or_reversed(uid).why(&uid).is_some());
        if let Ok(levels) = uid.cascade() {
            let levels: Vec<_> = levels.into_iter().flatten().collect();
            assert!(Uid::from_cascade(&levels).map_or(true, |read| read == uid));
        }
    }
    let Ok(text) = core::str::from_utf8(data) else { return };
    if let Ok(uid) = Uid::parse(text) {
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
        let digits: String = digits.chars().filter(char::is_ascii_hexdigit).collect();
        assert_eq!(uid.text(UidFormat::UPPER).as_str(), digits.to_uppercase());
    }
    for order in [ByteOrder::Canonical, ByteOrder::Reversed] {
        if let Ok(uid) = Uid::from_decimal10(text, order) {
            assert_eq!(uid.decimal10(order).expect("four bytes").as_str(), text);
        }
    }
    if let Ok(form) = Candidates::from_keba(text) {
        assert!(form.whole().all(|uid| form.why(&uid).is_some()));
        assert!(form.iter().count() <= 4);
    }
    if let Ok(card) = FacilityCard::parse(text) {
        assert!(card.candidates().whole().next().is_none());
    }
    let tag = KebaTag::split(text, &["10000001"]);
    assert_eq!(tag.token.len() + tag.serial.map_or(0, |serial| serial.len() + 1), text.len());
});
