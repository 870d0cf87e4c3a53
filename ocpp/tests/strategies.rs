//! The generator of feature `proptest`: what it makes of every table is valid, is read, written, and read back.
#![cfg(feature = "proptest")]

use evkit_ocpp::schema::{Version, check};
use evkit_ocpp::strategies::{message, payload};
use evkit_ocpp::{v2, v16};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Cases for each message; there are 440 of them.
const CASES: u32 = 8;

macro_rules! read_back {
    ($runner:ident, $Type:ty, $action:ident, $schema:expr, $version:expr $(, $argument:expr)?) => {{
        let strategy = payload($schema, $version);
        let result = $runner.run(&strategy, |text| {
            prop_assert_eq!(check(&text, $schema, $version), Ok(()));
            let message = <$Type>::decode($action, &text $(, $argument)?).unwrap();
            let mut buffer = vec![0; 64 * 1024];
            let sent = message.clone().into_owned().encode(&mut buffer $(, $argument)?).unwrap().to_string();
            prop_assert_eq!(<$Type>::decode($action, &sent $(, $argument)?).unwrap(), message);
            Ok(())
        });
        result.unwrap_or_else(|error| panic!("{}: {error}", $action));
    }};
}

#[test]
fn every_message_of_1_6_is_read_back() {
    let mut runner = TestRunner::new(Config::with_cases(CASES));
    for action in v16::Action::ALL.iter().copied() {
        read_back!(runner, v16::Request<'_>, action, action.request_schema(), Version::V16);
        read_back!(runner, v16::Response<'_>, action, action.response_schema(), Version::V16);
    }
}

#[test]
fn every_message_of_2_0_1_and_2_1_is_read_back() {
    let mut runner = TestRunner::new(Config::with_cases(CASES));
    for version in [Version::V201, Version::V21] {
        for action in v2::Action::ALL.iter().copied().filter(|action| action.is_in(version)) {
            read_back!(runner, v2::Request<'_>, action, action.request_schema(), version, version);
            read_back!(runner, v2::Response<'_>, action, action.response_schema(), version, version);
        }
    }
}

proptest! {
    #[test]
    fn a_typed_message_is_valid(
        message in message::<v2::NotifyPeriodicEventStream<'static>>(Version::V21),
    ) {
        use evkit_ocpp::message::Message as _;
        prop_assert!(message.to_json(Version::V21).is_ok());
    }
}
