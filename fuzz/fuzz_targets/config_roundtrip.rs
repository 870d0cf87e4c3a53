//! Any bytes print as they were, and every reader takes them.
#![no_main]

use evkit_config_format::document::Document;
use evkit_config_format::lex::{self, Boundary, Dialect};
use evkit_config_format::{bender, evlink, keba};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for dialect in [Dialect::Ini, Dialect::Colon] {
        let document = Document::parse(bytes, dialect);
        let printed: Vec<u8> = document.tokens().flat_map(|token| token.span.of(bytes)).copied().collect();
        assert_eq!(printed, bytes);
        let mut tape = vec![Boundary::default(); document.tape().len()];
        let lent = Document::parse_in(bytes, dialect, &mut tape).expect("the tape is as long as the file");
        assert_eq!(lent.tape(), document.tape());
        assert!(document.lines().eq(lex::lines(bytes, dialect)));
    }
    let keba = keba::Config::parse(bytes);
    let evlink = evlink::Config::parse(bytes);
    let folder = bender::Folder::parse([("OperatorCurrentLimit_vehicleif", bytes), ("Unknown_web", bytes)]);
    let findings = [keba.findings(), evlink.findings(), folder.findings()];
    assert!(findings.iter().flatten().all(|finding| finding.span.end <= bytes.len() && finding.line > 0));
    let (again, _) = (evlink::repair(&evlink::repair(bytes).bytes), keba.transfer(2));
    assert_eq!(again.bytes, evlink::repair(bytes).bytes, "a repaired file needs no second repair");
});
