//! Records keep every byte; card lists, sessions and datagrams take anything.
#![no_main]

use evkit_config_format::cards::{self, Cards};
use evkit_config_format::keba::udp::Message;
use evkit_config_format::{csv, sessions};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let separator = csv::guess_separator(bytes);
    for record in csv::records(bytes, separator) {
        let fields: Vec<_> = record.fields().map(|field| field.span.of(bytes)).collect();
        assert_eq!(fields.join(&separator), record.text().as_bytes());
        record.fields().for_each(|field| assert!(field.decode().chars().count() <= field.span.len()));
    }
    for layout in [cards::KEBA, cards::EVLINK, cards::BENDER] {
        let cards = Cards::parse(bytes, &layout);
        assert!(cards.rows().all(|card| card.line() > 1));
        let _ = cards.findings();
    }
    for session in sessions::keba(bytes).chain(sessions::evlink(bytes)) {
        match session {
            Ok(session) => assert!(session.clock_shift_s().is_none() || session.end.is_some()),
            Err(error) => assert!(error.span.end <= bytes.len()),
        }
    }
    let _ = (cards::colon_list(bytes).count(), Message::parse(bytes));
});
