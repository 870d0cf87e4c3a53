//! The payloads of the tables: what stations and central systems send most, and the long ones.

pub(crate) const BOOT: &str = r#"{"chargePointVendor":"VendorX","chargePointModel":"SingleSocketCharger","chargePointSerialNumber":"gp.001.13.1","chargeBoxSerialNumber":"gp.001.13.1.01","firmwareVersion":"0.9.87","iccid":"89310410106543789301","imsi":"310410123456789","meterType":"DBT NQC-ACDC","meterSerialNumber":"gp.001.13.1.01"}"#;
pub(crate) const START: &str =
    r#"{"connectorId":1,"idTag":"04A224B25C6480","meterStart":12345,"timestamp":"2026-03-02T06:30:00Z"}"#;
pub(crate) const STATUS: &str = r#"{"connectorId":1,"errorCode":"NoError","info":"cable connected","status":"Preparing","timestamp":"2026-03-02T06:30:00Z","vendorId":"VendorX"}"#;
pub(crate) const AUTHORIZED: &str =
    r#"{"idTagInfo":{"expiryDate":"2027-03-02T06:30:00Z","parentIdTag":"FLEET0001","status":"Accepted"}}"#;

const SAMPLES: [(&str, &str, Option<&str>, &str); 6] = [
    ("12345.6", "Energy.Active.Import.Register", None, "Wh"),
    ("11040", "Power.Active.Import", None, "W"),
    ("16.0", "Current.Import", Some("L1"), "A"),
    ("16.0", "Current.Import", Some("L2"), "A"),
    ("16.0", "Current.Import", Some("L3"), "A"),
    ("16", "Current.Offered", None, "A"),
];

fn array(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

fn phase(phase: Option<&str>) -> String {
    phase.map(|phase| format!(r#","phase":"{phase}""#)).unwrap_or_default()
}

/// MeterValues of 1.6 with six samples.
pub(crate) fn meter_values() -> String {
    let samples = array(SAMPLES.iter().map(|(value, measurand, on, unit)| {
        format!(
            r#"{{"value":"{value}","context":"Sample.Periodic","format":"Raw","measurand":"{measurand}"{},"location":"Outlet","unit":"{unit}"}}"#,
            phase(*on)
        )
    }));
    format!(
        r#"{{"connectorId":1,"transactionId":42,"meterValue":[{{"timestamp":"2026-03-02T06:30:00Z","sampledValue":{samples}}}]}}"#
    )
}

/// SetChargingProfile of 1.6 with a limit for every hour of a day.
pub(crate) fn charging_profile() -> String {
    let periods = array((0..24).map(|hour| {
        format!(r#"{{"startPeriod":{},"limit":{}.5,"numberPhases":3}}"#, hour * 3600, 6 + hour % 10)
    }));
    format!(
        r#"{{"connectorId":1,"csChargingProfiles":{{"chargingProfileId":7,"stackLevel":0,"chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Recurring","recurrencyKind":"Daily","chargingSchedule":{{"duration":86400,"startSchedule":"2026-03-02T00:00:00Z","chargingRateUnit":"A","chargingSchedulePeriod":{periods}}}}}}}"#
    )
}

/// The answer to GetConfiguration with forty keys.
pub(crate) fn configuration() -> String {
    let keys = array((0..40).map(|at| {
        format!(r#"{{"key":"ConfigurationKeyNumber{at}","readonly":{},"value":"value {at}"}}"#, at % 3 == 0)
    }));
    format!(r#"{{"configurationKey":{keys},"unknownKey":["Maker.One","Maker.Two"]}}"#)
}

/// TransactionEvent of 2.0.1 with six samples.
pub(crate) fn transaction_event() -> String {
    let samples = array(SAMPLES.iter().map(|(value, measurand, on, unit)| {
        format!(
            r#"{{"value":{value},"context":"Sample.Periodic","measurand":"{measurand}"{},"location":"Outlet","unitOfMeasure":{{"unit":"{unit}","multiplier":0}}}}"#,
            phase(*on)
        )
    }));
    format!(
        r#"{{"eventType":"Updated","timestamp":"2026-03-02T06:30:00Z","triggerReason":"MeterValuePeriodic","seqNo":3,"transactionInfo":{{"transactionId":"8c3b0f7e-2a6d-4a1e-9d57-1b0c9a7f4e21","chargingState":"Charging","timeSpentCharging":900}},"evse":{{"id":1,"connectorId":1}},"idToken":{{"idToken":"04A224B25C6480","type":"ISO14443"}},"meterValue":[{{"timestamp":"2026-03-02T06:30:00Z","sampledValue":{samples}}}]}}"#
    )
}

/// NotifyReport of 2.0.1 with twenty variables.
pub(crate) fn report() -> String {
    let variables = array((0..20).map(|at| {
        format!(
            r#"{{"component":{{"name":"Component{at}","instance":"main","evse":{{"id":1,"connectorId":1}}}},"variable":{{"name":"Variable{at}","instance":"1"}},"variableAttribute":[{{"type":"Actual","value":"{at}","mutability":"ReadWrite","persistent":true,"constant":false}}],"variableCharacteristics":{{"dataType":"integer","supportsMonitoring":true,"unit":"A","minLimit":0,"maxLimit":63}}}}"#
        )
    }));
    format!(
        r#"{{"requestId":12,"generatedAt":"2026-03-02T06:30:00Z","seqNo":0,"tbc":false,"reportData":{variables}}}"#
    )
}

/// SetVariables of 2.0.1 for eight variables.
pub(crate) fn variables() -> String {
    let data = array((0..8).map(|at| {
        format!(
            r#"{{"attributeType":"Target","attributeValue":"{at}","component":{{"name":"Component{at}","evse":{{"id":1}}}},"variable":{{"name":"Variable{at}"}}}}"#
        )
    }));
    format!(r#"{{"setVariableData":{data}}}"#)
}
