//! Whatever a charge point is fed, it does not panic, sends valid frames only and comes to rest.

extern crate alloc;

#[path = "any_input/driver.rs"]
mod driver;

use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history(data in prop::collection::vec(any::<u8>(), 0..1500)) {
        driver::run(&data);
    }
}
