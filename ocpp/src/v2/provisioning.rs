//! Block B, *Provisioning*: boot, the device model's variables and reports, reset, network profiles.

use super::types::{Component, ComponentVariable, GenericDeviceModelStatus, StatusInfo, Variable};
use crate::list::List;
use crate::num::Decimal;
use crate::schema::Version;
use crate::text::Str;
use crate::time::{DateTime, Utc};

messages! {
    /// The station has started and introduces itself (B01 to B03).
    class BootNotificationRequest<'a> {
        /// Who it is.
        "chargingStation" charging_station: ChargingStation<'a>,
        /// Why it started.
        "reason" reason: BootReason,
    }

    /// The station as it introduces itself.
    class ChargingStation<'a> {
        /// Its serial number.
        "serialNumber" serial_number: Option<Str<'a, 25>>,
        /// Its model.
        "model" model: Str<'a, 20>,
        /// Its mobile modem.
        "modem" modem: Option<Modem<'a>>,
        /// Who made it.
        "vendorName" vendor_name: Str<'a, 50>,
        /// Version of its firmware.
        "firmwareVersion" firmware_version: Option<Str<'a, 50>>,
    }

    /// A mobile modem.
    class Modem<'a> {
        /// ICCID of the SIM card.
        "iccid" iccid: Option<Str<'a, 20>>,
        /// IMSI of the SIM card.
        "imsi" imsi: Option<Str<'a, 20>>,
    }

    /// Why a station started.
    enum BootReason {
        /// Its software wanted to.
        "ApplicationReset" => ApplicationReset,
        /// New firmware was installed.
        "FirmwareUpdate" => FirmwareUpdate,
        /// Somebody restarted it on site.
        "LocalReset" => LocalReset,
        /// The power came back.
        "PowerUp" => PowerUp,
        /// A ResetRequest.
        "RemoteReset" => RemoteReset,
        /// A ResetRequest that waited for its moment.
        "ScheduledReset" => ScheduledReset,
        /// It did not start; a TriggerMessageRequest asked for the message.
        "Triggered" => Triggered,
        "Unknown" => Unknown,
        /// The watchdog.
        "Watchdog" => Watchdog,
    }

    /// Lets the station in, or tells it to wait (B01 to B03).
    class BootNotificationResponse<'a> {
        /// The CSMS's clock.
        "currentTime" current_time: DateTime<Utc>,
        /// Seconds between heartbeats if accepted, otherwise before the next BootNotificationRequest; 0
        /// leaves the choice to the station.
        "interval" interval: i64,
        /// Whether it is let in.
        "status" status: RegistrationStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Whether a station is let in.
    enum RegistrationStatus {
        /// It is.
        "Accepted" => Accepted,
        /// Not yet: the CSMS may configure it first.
        "Pending" => Pending,
        /// It is not.
        "Rejected" => Rejected,
    }

    /// Asks for one of the predefined reports of the device model (B07).
    class GetBaseReportRequest<'a> {
        /// Id of the request, repeated in the messages it leads to.
        "requestId" request_id: i64,
        /// Which report.
        "reportBase" report_base: ReportBase,
    }

    /// A predefined report of the device model.
    enum ReportBase {
        /// All that can be set.
        "ConfigurationInventory" => ConfigurationInventory,
        /// All there is.
        "FullInventory" => FullInventory,
        /// What concerns availability and problems at the moment.
        "SummaryInventory" => SummaryInventory,
    }

    /// Answers GetBaseReportRequest.
    class GetBaseReportResponse<'a> {
        /// What comes of it.
        "status" status: GenericDeviceModelStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Asks for a report of chosen components and variables (B08).
    class GetReportRequest<'a> {
        /// The components and variables of interest; absent means all.
        "componentVariable" component_variable: Option<List<'a, ComponentVariable<'a>>> [min_items(1)],
        /// Id of the request, repeated in the messages it leads to.
        "requestId" request_id: i64,
        /// Components that meet one of these; absent means all.
        "componentCriteria" component_criteria: Option<List<'a, ComponentCriterion>>
            [min_items(1), max_items(4)],
    }

    /// Which components to report, by the standard variable of the same name.
    enum ComponentCriterion {
        /// Those that are active.
        "Active" => Active,
        /// Those that are installed.
        "Available" => Available,
        /// Those that are enabled.
        "Enabled" => Enabled,
        /// Those that have a problem.
        "Problem" => Problem,
    }

    /// Answers GetReportRequest.
    class GetReportResponse<'a> {
        /// What comes of it.
        "status" status: GenericDeviceModelStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// A part of a report (B07, B08).
    class NotifyReportRequest<'a> {
        /// That of the request for the report.
        "requestId" request_id: i64,
        /// When the message was made.
        "generatedAt" generated_at: DateTime<Utc>,
        /// The variables.
        "reportData" report_data: Option<List<'a, ReportData<'a>>> [min_items(1)],
        /// Whether another part follows; absent means no.
        "tbc" tbc: Option<bool>,
        /// Number of this part, from 0 on.
        "seqNo" seq_no: i64 [at_least(0), bounds_since_v21()],
    }

    /// A variable in a report.
    class ReportData<'a> {
        /// The component.
        "component" component: Component<'a>,
        /// The variable.
        "variable" variable: Variable<'a>,
        /// Its attributes, one to four.
        "variableAttribute" variable_attribute: List<'a, VariableAttribute<'a>> [min_items(1), max_items(4)],
        /// What its values may be.
        "variableCharacteristics" variable_characteristics: Option<VariableCharacteristics<'a>>,
    }

    /// An attribute of a variable.
    class VariableAttribute<'a> {
        /// Which one; absent means `Actual`.
        "type" kind: Option<Attribute>,
        /// Its value, as text; absent only if it cannot be read. How long it may be is given by the variable
        /// `ReportingValueSize`.
        "value" value: Option<Str<'a, 2500>>,
        /// Whether it can be read and written; absent means both.
        "mutability" mutability: Option<Mutability>,
        /// Whether it survives a restart; absent means no.
        "persistent" persistent: Option<bool>,
        /// Whether the station never changes it while running; absent means it may.
        "constant" constant: Option<bool>,
    }

    /// An attribute of a variable.
    enum Attribute {
        /// Its value.
        "Actual" => Actual,
        /// The value it should have.
        "Target" => Target,
        /// The least value it may be set to.
        "MinSet" => MinSet,
        /// The greatest value it may be set to.
        "MaxSet" => MaxSet,
    }

    /// Whether an attribute can be read and written.
    enum Mutability {
        "ReadOnly" => ReadOnly,
        "WriteOnly" => WriteOnly,
        "ReadWrite" => ReadWrite,
    }

    /// What the values of a variable may be.
    class VariableCharacteristics<'a> {
        /// Their unit.
        "unit" unit: Option<Str<'a, 16>>,
        /// Their type.
        "dataType" data_type: Data,
        /// The least one, for numbers.
        "minLimit" min_limit: Option<Decimal>,
        /// The greatest one, for numbers; most characters, for texts and lists.
        "maxLimit" max_limit: Option<Decimal>,
        /// Most elements of a list.
        ///
        /// Since 2.1.
        "maxElements" max_elements: Option<i64> [at_least(1), since_v21()],
        /// The values allowed, separated by commas, for lists.
        "valuesList" values_list: Option<Str<'a, 1000>>,
        /// Whether monitors can be set on it.
        "supportsMonitoring" supports_monitoring: bool,
    }

    /// Type of a variable's values.
    enum Data {
        "string" => String,
        "decimal" => Decimal,
        "integer" => Integer,
        "dateTime" => DateTime,
        "boolean" => Boolean,
        /// One of a list.
        "OptionList" => OptionList,
        /// Some of a list, in an order.
        "SequenceList" => SequenceList,
        /// Some of a list, in any order.
        "MemberList" => MemberList,
    }

    /// Answers NotifyReportRequest.
    class NotifyReportResponse<'a> {
    }

    /// Asks for values of variables (B06).
    class GetVariablesRequest<'a> {
        /// Which ones.
        "getVariableData" get_variable_data: List<'a, GetVariableData<'a>> [min_items(1)],
    }

    /// A variable to be read.
    class GetVariableData<'a> {
        /// Which attribute of the variable; absent means `Actual`.
        "attributeType" attribute_type: Option<Attribute>,
        /// The component.
        "component" component: Component<'a>,
        /// The variable.
        "variable" variable: Variable<'a>,
    }

    /// Answers GetVariablesRequest.
    class GetVariablesResponse<'a> {
        /// The results, one for each asked for.
        "getVariableResult" get_variable_result: List<'a, GetVariableResult<'a>> [min_items(1)],
    }

    /// What reading a variable gave.
    class GetVariableResult<'a> {
        /// Whether it could be read.
        "attributeStatus" attribute_status: GetVariableStatus,
        /// More about the status.
        "attributeStatusInfo" attribute_status_info: Option<StatusInfo<'a>>,
        /// Which attribute of the variable; absent means `Actual`.
        "attributeType" attribute_type: Option<Attribute>,
        /// The value, as text; only if the status is `Accepted`.
        "attributeValue" attribute_value: Option<Str<'a, 2500>>,
        /// The component.
        "component" component: Component<'a>,
        /// The variable.
        "variable" variable: Variable<'a>,
    }

    /// Whether a variable could be read.
    enum GetVariableStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
        "UnknownComponent" => UnknownComponent,
        "UnknownVariable" => UnknownVariable,
        "NotSupportedAttributeType" => NotSupportedAttributeType,
    }

    /// Sets variables (B05).
    class SetVariablesRequest<'a> {
        /// Which ones, and to what.
        "setVariableData" set_variable_data: List<'a, SetVariableData<'a>> [min_items(1)],
    }

    /// A variable to be set.
    class SetVariableData<'a> {
        /// Which attribute of the variable; absent means `Actual`.
        "attributeType" attribute_type: Option<Attribute>,
        /// The new value, as text, possibly empty.
        "attributeValue" attribute_value: Str<'a, 2500> [before_v21(1000)],
        /// The component.
        "component" component: Component<'a>,
        /// The variable.
        "variable" variable: Variable<'a>,
    }

    /// Answers SetVariablesRequest.
    class SetVariablesResponse<'a> {
        /// The results, one for each to be set.
        "setVariableResult" set_variable_result: List<'a, SetVariableResult<'a>> [min_items(1)],
    }

    /// What setting a variable came to.
    class SetVariableResult<'a> {
        /// Which attribute of the variable; absent means `Actual`.
        "attributeType" attribute_type: Option<Attribute>,
        /// Whether it is set.
        "attributeStatus" attribute_status: SetVariableStatus,
        /// More about the status.
        "attributeStatusInfo" attribute_status_info: Option<StatusInfo<'a>>,
        /// The component.
        "component" component: Component<'a>,
        /// The variable.
        "variable" variable: Variable<'a>,
    }

    /// Whether a variable is set.
    enum SetVariableStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
        "UnknownComponent" => UnknownComponent,
        "UnknownVariable" => UnknownVariable,
        "NotSupportedAttributeType" => NotSupportedAttributeType,
        /// It will be after a restart.
        "RebootRequired" => RebootRequired,
    }

    /// Restarts the station or an EVSE (B11, B12).
    class ResetRequest<'a> {
        /// When.
        "type" kind: Reset,
        /// The EVSE to restart; absent means the whole station.
        "evseId" evse_id: Option<i64> [at_least(0), bounds_since_v21()],
    }

    /// When to restart.
    ///
    /// Since 2.1: `ImmediateAndResume`.
    enum Reset(2) {
        /// At once; transactions are ended.
        "Immediate" => Immediate,
        /// Once no transaction is running.
        "OnIdle" => OnIdle,
        /// At once; transactions go on afterwards.
        "ImmediateAndResume" => ImmediateAndResume,
    }

    /// Answers ResetRequest.
    class ResetResponse<'a> {
        /// What comes of it.
        "status" status: ResetStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Whether a reset is followed.
    enum ResetStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
        /// It will be once transactions have ended.
        "Scheduled" => Scheduled,
    }

    /// Stores how to reach a CSMS (B09).
    class SetNetworkProfileRequest<'a> {
        /// Where to store it, one of the slots the station has.
        "configurationSlot" configuration_slot: i64,
        /// How.
        "connectionData" connection_data: NetworkConnectionProfile<'a>,
    }

    /// How to reach a CSMS.
    class NetworkConnectionProfile<'a> {
        /// Access by mobile network.
        "apn" apn: Option<Apn<'a>>,
        /// Version of the protocol; ignored since 2.1, where the WebSocket handshake decides.
        ///
        /// Required in 2.0.1.
        "ocppVersion" ocpp_version: Option<OcppVersion> [required_in(Version::V201)],
        /// By which interface.
        "ocppInterface" ocpp_interface: OcppInterface,
        /// By which transport.
        "ocppTransport" ocpp_transport: OcppTransport,
        /// Seconds to wait for an answer.
        "messageTimeout" message_timeout: i64,
        /// URL of the CSMS without the station's identity.
        "ocppCsmsUrl" ocpp_csms_url: Str<'a, 2000> [before_v21(512)],
        /// Security profile, 0 to 3.
        "securityProfile" security_profile: i64 [at_least(0), bounds_since_v21()],
        /// User name for basic authentication.
        ///
        /// Since 2.1.
        "identity" identity: Option<Str<'a, 48>> [since_v21()],
        /// Password for basic authentication, for security profiles 1 and 2.
        ///
        /// Since 2.1.
        "basicAuthPassword" basic_auth_password: Option<Str<'a, 64>> [since_v21()],
        /// VPN to go through.
        "vpn" vpn: Option<Vpn<'a>>,
    }

    /// Access by mobile network.
    class Apn<'a> {
        /// The access point name.
        "apn" apn: Str<'a, 2000> [before_v21(512)],
        /// User name for it.
        "apnUserName" apn_user_name: Option<Str<'a, 50>> [before_v21(20)],
        /// Password for it.
        "apnPassword" apn_password: Option<Str<'a, 64>> [before_v21(20)],
        /// PIN of the SIM card.
        "simPin" sim_pin: Option<i64>,
        /// The network to prefer: its country and network codes (MCC, MNC), one after the other.
        "preferredNetwork" preferred_network: Option<Str<'a, 6>>,
        /// Whether to use no other; absent means others may be used.
        "useOnlyPreferredNetwork" use_only_preferred_network: Option<bool>,
        /// How to authenticate.
        "apnAuthentication" apn_authentication: ApnAuthentication,
    }

    /// How to authenticate at an access point.
    enum ApnAuthentication {
        "CHAP" => Chap,
        "NONE" => None,
        "PAP" => Pap,
        "AUTO" => Auto,
    }

    /// A version of the protocol.
    ///
    /// Since 2.1: `OCPP201`, `OCPP21`.
    enum OcppVersion(4) {
        "OCPP12" => Ocpp12,
        "OCPP15" => Ocpp15,
        "OCPP16" => Ocpp16,
        "OCPP20" => Ocpp20,
        "OCPP201" => Ocpp201,
        "OCPP21" => Ocpp21,
    }

    /// A network interface.
    ///
    /// Since 2.1: `Any`.
    enum OcppInterface(8) {
        "Wired0" => Wired0,
        "Wired1" => Wired1,
        "Wired2" => Wired2,
        "Wired3" => Wired3,
        "Wireless0" => Wireless0,
        "Wireless1" => Wireless1,
        "Wireless2" => Wireless2,
        "Wireless3" => Wireless3,
        "Any" => Any,
    }

    /// A transport.
    enum OcppTransport {
        "JSON" => Json,
        "SOAP" => Soap,
    }

    /// A virtual private network.
    class Vpn<'a> {
        /// Address of its server.
        "server" server: Str<'a, 2000> [before_v21(512)],
        /// User name.
        "user" user: Str<'a, 50> [before_v21(20)],
        /// Group.
        "group" group: Option<Str<'a, 50>> [before_v21(20)],
        /// Password.
        "password" password: Str<'a, 64> [before_v21(20)],
        /// Shared secret.
        "key" key: Str<'a, 255>,
        /// Its protocol.
        "type" kind: VpnProtocol,
    }

    /// Protocol of a virtual private network.
    enum VpnProtocol {
        "IKEv2" => IKEv2,
        "IPSec" => IPSec,
        "L2TP" => L2tp,
        "PPTP" => Pptp,
    }

    /// Answers SetNetworkProfileRequest.
    class SetNetworkProfileResponse<'a> {
        /// What comes of it.
        "status" status: SetNetworkProfileStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Whether a network profile is stored.
    enum SetNetworkProfileStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
        "Failed" => Failed,
    }
}
