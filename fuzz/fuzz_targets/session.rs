//! A charge point and a central system under any history of losses, restarts and power cuts: afterwards each
//! transaction is in the books exactly once, with its energy. The world is that of the tests of `evkit-ocpp`.
#![no_main]

extern crate alloc;

#[path = "../../ocpp/tests/world/mod.rs"]
mod world;

use world::history::{history, play};

// A history of some hours ends with a connection that works, so every one ends.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let [first, rest @ ..] = data {
        play(first & 1 == 0, history(rest).take(200));
    }
});
