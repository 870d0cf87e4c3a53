//! Any bytes read as a maintenance report, and its configuration text as a file.
#![no_main]

use evkit_config_format::evlink::{self, report::Report};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let report = Report::parse(bytes);
    // A byte that is no UTF-8 becomes a replacement character of three.
    let cells = report.blocks.iter().flat_map(|block| block.rows.iter().flatten());
    let texts = report.blocks.iter().map(|block| block.text.len());
    let shown: usize = cells.map(|cell| cell.len()).chain(texts).sum();
    assert!(shown <= bytes.len() * 3, "nothing is there twice");
    for block in &report.blocks {
        assert!(report.block(&block.title).is_some());
        let named = block.rows.iter().filter_map(|row| row.first());
        named.for_each(|name| assert!(block.row(name).is_some()));
    }
    if let Some(text) = report.configuration() {
        let config = evlink::Config::parse(text.as_bytes());
        assert!(config.findings().iter().all(|finding| finding.span.end <= text.len()));
    }
});
