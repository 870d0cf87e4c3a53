//! The other crate: its name, its types under one set of names, and how it reads and checks a payload.

#[cfg(not(any(feature = "kit", feature = "rs", feature = "rust")))]
compile_error!("choose a crate: --features kit, rs or rust");

#[cfg(feature = "kit")]
mod chosen {
    use ocpp_kit::decode::{DecodeOptions, decode_payload};
    pub(crate) use ocpp_kit::v1_6::{
        AuthorizeResponse, BootNotificationRequest as BootNotification, GetConfigurationResponse,
        MeterValuesRequest as MeterValues, SetChargingProfileRequest as SetChargingProfile,
        StartTransactionRequest as StartTransaction, StatusNotificationRequest as StatusNotification,
    };
    pub(crate) use ocpp_kit::v2_0_1::{
        NotifyReportRequest as NotifyReport, SetVariablesRequest as SetVariables,
        TransactionEventRequest as TransactionEvent,
    };
    use ocpp_kit::validate::Validate;
    use serde::Serialize;
    use serde::de::DeserializeOwned;

    pub(crate) const NAME: &str = "ocpp-kit 0.3.0";

    /// Strict, as it is by default.
    pub(crate) fn decode<T: DeserializeOwned + Serialize + Validate>(text: &str) -> Option<T> {
        decode_payload(serde_json::from_str(text).ok()?, &DecodeOptions::strict()).ok()
    }
}

#[cfg(feature = "rs")]
mod chosen {
    pub(crate) use ocpp_rs::v16::call::{
        BootNotification, MeterValues, SetChargingProfile, StartTransaction, StatusNotification,
    };
    pub(crate) use ocpp_rs::v16::call_result::{
        Authorize as AuthorizeResponse, GetConfiguration as GetConfigurationResponse,
    };
    pub(crate) use ocpp_rs::v21::messages::notify_report::NotifyReportRequest as NotifyReport;
    pub(crate) use ocpp_rs::v21::messages::set_variables::SetVariablesRequest as SetVariables;
    pub(crate) use ocpp_rs::v21::messages::transaction_event::TransactionEventRequest as TransactionEvent;

    pub(crate) use super::only_read as decode;

    /// Read only: its check of bounds is for whole frames, and writes a second tree of values.
    pub(crate) const NAME: &str = "ocpp_rs 0.4.2";
}

#[cfg(feature = "rust")]
mod chosen {
    pub(crate) use rust_ocpp::v1_6::messages::authorize::AuthorizeResponse;
    pub(crate) use rust_ocpp::v1_6::messages::boot_notification::BootNotificationRequest as BootNotification;
    pub(crate) use rust_ocpp::v1_6::messages::get_configuration::GetConfigurationResponse;
    pub(crate) use rust_ocpp::v1_6::messages::meter_values::MeterValuesRequest as MeterValues;
    pub(crate) use rust_ocpp::v1_6::messages::set_charging_profile::SetChargingProfileRequest as SetChargingProfile;
    pub(crate) use rust_ocpp::v1_6::messages::start_transaction::StartTransactionRequest as StartTransaction;
    pub(crate) use rust_ocpp::v1_6::messages::status_notification::StatusNotificationRequest as StatusNotification;
    pub(crate) use rust_ocpp::v2_0_1::messages::notify_report::NotifyReportRequest as NotifyReport;
    pub(crate) use rust_ocpp::v2_0_1::messages::set_variables::SetVariablesRequest as SetVariables;
    pub(crate) use rust_ocpp::v2_0_1::messages::transaction_event::TransactionEventRequest as TransactionEvent;

    pub(crate) use super::only_read as decode;

    /// Read only: six of these ten types have no check of bounds.
    pub(crate) const NAME: &str = "rust-ocpp 3.0.4";
}

pub(crate) use chosen::*;

/// How a crate without a check of its own decodes.
#[cfg(any(feature = "rs", feature = "rust"))]
pub(crate) fn only_read<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}
