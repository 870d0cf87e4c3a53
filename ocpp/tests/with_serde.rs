//! Feature `serde`: the same verdicts, the same values and the same text as the codec, on generated payloads and their mutants.

#![cfg(feature = "serde")]
#![allow(elided_lifetimes_in_paths, reason = "a list of messages reads better without")]

#[path = "corpus/mod.rs"]
mod generator;

use evkit_ocpp::message::{DecodeOwned, Message};
use evkit_ocpp::schema::Version;
use evkit_ocpp::with_serde::{Owned, V201};
use evkit_ocpp::{v2, v16};
use generator::{Mutator, Rng, valid_object};
use serde_json::Value;

/// Reads and writes `$Type` both ways from the same texts.
macro_rules! same_as_codec {
    ($version:ident, $rounds:literal: $($Type:ty,)*) => {$({
        let schema = <$Type as Message<'_>>::SCHEMA;
        let name = stringify!($Type);
        let mut rng = Rng::new(5);
        for _ in 0..$rounds {
            let node = valid_object(schema, Version::$version, &mut rng);
            let mutants = Mutator { rng: &mut rng, version: Version::$version }.root(schema, &node);
            for (mutant, _) in mutants.into_iter().chain([(node, Ok(()))]) {
                let text = mutant.text(rng.below(4) == 0);
                let codec = <$Type>::decode(&text, Version::$version);
                let serde = serde_json::from_str::<$Type>(&text);
                assert_eq!(serde.as_ref().ok(), codec.as_ref().ok(), "{name}: {text}");
                let owned: Result<Owned<$Type>, _> = serde_json::from_reader(text.as_bytes());
                assert_eq!(owned.is_ok(), codec.is_ok(), "{name}: {text}");
                let Ok(message) = codec else { continue };
                let written = serde_json::to_string(&message).expect("what was received can be sent");
                assert_eq!(Ok(written), message.to_json(Version::$version), "{name}: {text}");
                assert_eq!(owned.expect("as valid").0, message, "{name}: {text}");
            }
        }
    })*};
}

#[test]
fn messages_of_1_6_as_the_codec() {
    same_as_codec!(V16, 2:
        v16::AuthorizeResponse, v16::BootNotificationRequest, v16::BootNotificationResponse,
        v16::ChangeConfigurationRequest, v16::DataTransferRequest, v16::GetConfigurationResponse,
        v16::HeartbeatResponse, v16::MeterValuesRequest, v16::RemoteStartTransactionRequest,
        v16::SendLocalListRequest, v16::SetChargingProfileRequest, v16::SignedUpdateFirmwareRequest,
        v16::StartTransactionRequest, v16::StatusNotificationRequest, v16::StopTransactionRequest,
    );
}

#[test]
fn messages_of_2_1_as_the_codec() {
    same_as_codec!(V21, 1:
        v2::AuthorizeRequest, v2::BootNotificationRequest, v2::HeartbeatResponse, v2::GetVariablesRequest,
        v2::NotifyReportRequest, v2::SetDefaultTariffRequest, v2::StatusNotificationRequest,
        v2::NotifyPeriodicEventStream,
    );
}

/// What only 2.1 has is refused in 2.0.1, both ways.
#[test]
fn the_older_version_can_be_asked_for() {
    let text = r#"{"iccid":"1"}"#;
    let modem: V201<v2::Modem<'static>> = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&modem).unwrap(), text);
    assert_eq!(modem.0, v2::Modem::decode_owned(text, Version::V201).unwrap());

    let text = r#"{"eventType":"Started","timestamp":"2026-11-21T10:00:00Z","triggerReason":"Authorized","seqNo":0,
        "evseSleep":true,"transactionInfo":{"transactionId":"1"}}"#;
    let event: v2::TransactionEventRequest<'_> = serde_json::from_str(text).unwrap();
    assert!(serde_json::from_str::<V201<v2::TransactionEventRequest<'static>>>(text).is_err());
    assert!(serde_json::to_string(&V201(event)).is_err());
}

/// Numbers keep their digits and texts are borrowed.
#[test]
fn nothing_is_lost_or_copied() {
    let text = r#"{"startPeriod":0,"limit":16.10}"#;
    let period: v16::ChargingSchedulePeriod = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&period).unwrap(), text);

    let text = r#"{"idTag":"04A224B25C6480"}"#;
    let request: v16::AuthorizeRequest<'_> = serde_json::from_str(text).unwrap();
    assert!(text.as_bytes().as_ptr_range().contains(&request.id_tag.as_str().unwrap().as_ptr()));
    let value: Value = serde_json::from_str(text).unwrap();
    assert_eq!(
        serde_json::from_value::<Owned<v16::AuthorizeRequest<'static>>>(value.clone()).unwrap().0,
        request
    );
    assert_eq!(serde_json::to_value(&request).unwrap(), value);
}

#[test]
fn enumerations_are_texts() {
    assert_eq!(serde_json::to_string(&v16::ChargePointStatus::SuspendedEv).unwrap(), "\"SuspendedEV\"");
    assert_eq!(
        serde_json::from_str::<v16::ChargePointStatus>("\"SuspendedEV\"").unwrap(),
        v16::ChargePointStatus::SuspendedEv
    );
    assert!(serde_json::from_str::<v16::ChargePointStatus>("\"suspendedEV\"").is_err());
    assert!(serde_json::to_string(&v16::Measurand::Vendor).is_err());
}
