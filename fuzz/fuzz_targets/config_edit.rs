//! A changed value is read back, and nothing outside it has changed.
#![no_main]

use evkit_config_format::document::Document;
use evkit_config_format::edit::Edited;
use evkit_config_format::lex::Dialect;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (usize, &[u8], &[u8])| {
    let (pick, value, bytes) = input;
    let document = Document::parse(bytes, Dialect::Ini);
    let entries: Vec<_> = document.entries().collect();
    let Some(entry) = entries.get(pick % entries.len().max(1)) else { return };
    let Ok(change) = document.set(entry, value) else { return };
    let changed = Edited::new(bytes, &[change]).expect("one change overlaps nothing").to_vec();
    let (start, end) = (entry.value_span.start, entry.value_span.end);
    assert_eq!(changed[..start], bytes[..start]);
    assert_eq!(changed[start + value.len()..], bytes[end..]);
    let again = Document::parse(&changed, Dialect::Ini);
    let read: Vec<_> = again.entries().map(|entry| (entry.key, entry.value, entry.line)).collect();
    assert_eq!(read.len(), entries.len());
    for (new, old) in read.iter().zip(&entries) {
        let meant = if old.line == entry.line { value } else { old.value.as_bytes() };
        assert_eq!((new.0, new.1.as_bytes(), new.2), (old.key, meant, old.line));
    }
});
