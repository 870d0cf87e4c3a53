//! The lexer against any text: it stays inside, agrees with its own fast paths, and what it takes can be written again.
#![no_main]

use evkit_ocpp::json::{Json, Lexer, Writer};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut lexer = Lexer::new(text);
    let Ok(value) = lexer.skip() else { return };
    assert!(lexer.offset() as usize <= text.len());
    assert_eq!(value.trim(), value);

    // The value alone is a value.
    let mut again = Lexer::new(value);
    assert_eq!(again.skip(), Ok(value));
    assert_eq!(again.end(), Ok(()));

    let mut lexer = Lexer::new(value);
    if lexer.kind() == Ok(Json::String) {
        let content: String = lexer.string().expect("it was one").chars().collect();
        let mut buffer = vec![0; 6 * content.len() + 2];
        let mut w = Writer::new(&mut buffer);
        w.string(&content);
        let written = w.finish().expect("six bytes for each");
        assert!(Lexer::new(written).string().expect("what is written is read").is(&content));
    }
});
