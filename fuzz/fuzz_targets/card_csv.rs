//! Card lists: nothing panics, errors have a position in the text, and what is imported is exported byte for byte.
#![no_main]

use evkit_rfid::{
    Badge, BenderList, ImportError, JoinedList, KebaCard, Sheet, SheetCard, Store, WhitelistEntry, decode,
};
use libfuzzer_sys::fuzz_target;

fn check<'t, C: SheetCard<'t>>(text: &'t str, settings: C::Settings) {
    let (mut cards, mut index) = (vec![None; 64], vec![None; 64]);
    let mut store = Store::<C>::new(&mut cards, &mut index);
    let imported = Sheet::<C>::open(text, settings).and_then(|sheet| {
        store.replace_all(sheet.rows())?;
        Ok(sheet)
    });
    match imported {
        Ok(sheet) => {
            let mut out = String::new();
            assert_eq!(sheet.write(&store, &mut out), Ok(0));
            assert_eq!(out, text);
            assert!(store.iter().all(|card| store.get(&card.key()).is_some()));
        }
        Err(error) => {
            assert!(store.is_empty());
            has_position(text, error);
        }
    }
}

fn has_position(text: &str, error: ImportError) {
    assert!(error.line >= 1 && error.column >= 1, "{error}");
    let lines = text.split(['\n', '\r']).count();
    assert!(error.line as usize <= lines, "{error} in {lines} lines");
}

fuzz_target!(|data: &[u8]| {
    let text = match decode(data) {
        Ok(text) => text,
        Err(error) => return assert!(error.line >= 1 && error.column >= 1),
    };
    check::<KebaCard<'_>>(text, ());
    check::<Badge<'_>>(text, ());
    check::<WhitelistEntry>(text, BenderList::default());
    for row in JoinedList::new(text, BenderList::default()).rows() {
        if let Err(error) = row {
            has_position(text, error);
        }
    }
});
