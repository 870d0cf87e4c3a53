//! Imports a million cards and looks them up, beside a plain `HashMap`.
//!
//! `cargo run --release -p evkit-rfid --example million_cards [cards]`

use core::hint::black_box;
use std::collections::HashMap;
use std::time::Instant;

use evkit_rfid::{BenderList, Sheet, Store, Uid, UidFormat, WhitelistEntry, WhitelistId};

/// The UIDs in the list.
fn uids(count: u64) -> impl Iterator<Item = Uid> {
    (0..count).map(uid)
}

/// As many that are not.
fn strangers(count: u64) -> impl Iterator<Item = Uid> {
    (count..2 * count).map(uid)
}

/// Seven-byte UIDs of one maker that look drawn at random, the same in every run (splitmix64).
fn uid(number: u64) -> Uid {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    let [a, b, c, d, e, f, ..] = (mixed ^ mixed >> 31).to_le_bytes();
    Uid::from([0x04, a, b, c, d, e, f])
}

fn timed<T>(what: &str, count: usize, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let out = black_box(work());
    let took = start.elapsed();
    println!(
        "{what:<34} {:>8.1} ms {:>7.0} ns each",
        took.as_secs_f64() * 1e3,
        took.as_secs_f64() * 1e9 / count as f64
    );
    out
}

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let count: u64 = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let cards = usize::try_from(count)?;
    let settings = BenderList { letter_case: UidFormat::UPPER, ..BenderList::default() };
    let mut text = String::from("Id,Type\n");
    for uid in uids(count) {
        text.push_str(&uid.text(UidFormat::UPPER));
        text.push_str(",RFID\n");
    }
    println!("{cards} cards, {} bytes of text", text.len());

    let (mut entries, mut index) = (vec![None; cards], vec![None; cards]);
    let memory = size_of_val(entries.as_slice()) + size_of_val(index.as_slice());
    let mut store = Store::new(&mut entries, &mut index);
    let sheet = Sheet::<WhitelistEntry>::open(&text, settings)?;
    timed("store: import", cards, || store.replace_all(sheet.rows()))?;
    let found = timed("store: look up each", cards, || {
        uids(count).filter(|uid| store.listed(WhitelistId::Card(*uid), 1).is_some()).count()
    });
    assert_eq!(found, cards);
    timed("store: look up as many strangers", cards, || {
        strangers(count).filter(|uid| store.get(&(WhitelistId::Card(*uid), None)).is_some()).count()
    });
    let mut written = String::with_capacity(text.len());
    timed("store: export", cards, || sheet.write(&store, &mut written))?;
    assert_eq!(written, text);
    println!("store: memory {} bytes, {} per card", memory, memory / cards);

    let mut map = HashMap::new();
    timed("map: import (same parser)", cards, || {
        sheet.rows().try_for_each(|row| row.map(|row| _ = map.insert(row.card.id, row.card)))
    })?;
    let found = timed("map: look up each", cards, || {
        uids(count).filter(|uid| map.contains_key(&WhitelistId::Card(*uid))).count()
    });
    assert_eq!(found, cards);
    timed("map: look up as many strangers", cards, || {
        strangers(count).filter(|uid| map.contains_key(&WhitelistId::Card(*uid))).count()
    });
    // The table has a control byte per place and 8/7 as many places as it admits entries, a power of two.
    let places = (map.capacity() * 8 / 7).next_power_of_two();
    let memory = places * (size_of::<(WhitelistId, WhitelistEntry)>() + 1);
    println!("map: memory {} bytes, {} per card (the order of the list is lost)", memory, memory / cards);
    Ok(())
}
