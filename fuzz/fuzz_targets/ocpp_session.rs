//! A charge point under any history: see the driver, which the property test of `evkit-ocpp` shares.
#![no_main]

extern crate alloc;

#[path = "../../ocpp/tests/any_input/driver.rs"]
mod driver;

libfuzzer_sys::fuzz_target!(|data: &[u8]| driver::run(data));
