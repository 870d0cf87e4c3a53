//! Contract and EVSE ids: nothing panics, and every form of an id that was read is read as the same id.
#![no_main]

use evkit_rfid::{ContractError, ContractId, EvseId, IdTag, Token};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = core::str::from_utf8(data) else { return };
    match ContractId::parse(text) {
        Ok(id) => {
            assert_eq!(ContractId::parse_checked(&id.to_string()), Ok(id));
            assert_eq!(ContractId::parse_checked(&id.compact()), Ok(id));
            for wide in [id.to_emi3(), id.to_iso_legacy()].into_iter().flatten() {
                assert_eq!(wide.to_din(), Some(id));
            }
            assert_eq!(id.id_tag().as_str(), id.compact().as_str());
        }
        Err(ContractError::Character { at, .. }) => assert!(at < text.chars().count()),
        Err(_) => {}
    }
    if let Ok(id) = EvseId::parse(text) {
        assert_eq!(EvseId::parse(&id.to_string()), Ok(id));
    }
    if let Ok(tag) = IdTag::new(text) {
        assert_eq!(tag.as_str(), text);
        assert_eq!(Token::<36>::new(text).map(|token| token.as_str() == text), Ok(true));
    }
});
