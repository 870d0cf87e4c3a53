//! Every map with its sources: data for tools, which firmware that names its maps does not link.

use super::{
    abb, bender, carlo_gavazzi, chint, eastron, eltako, evlink, finder, gossen_metrawatt, herholdt, inepro,
    iskra, janitza, keba, oem, phoenix_contact, schneider, siemens, smart_home, socomec, sunspec,
    switchboard, tq, ytl,
};
use crate::map::Map;

/// A known device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its registers.
    pub map: &'static Map<'static>,
    /// The projects and documents the rows were gathered from, separated by commas.
    pub sources: &'static str,
}

impl Device {
    const fn new(map: &'static Map<'static>, sources: &'static str) -> Self {
        Self { map, sources }
    }
}

const SUNSPEC: &str = "model definitions of the SunSpec Alliance (sunspec/models)";

/// Every known device, by manufacturer.
pub const CATALOGUE: &[Device] = &[
    Device::new(
        &abb::B23,
        "ModDefOrg/devices, jibrilsharafi/modbus-database, victronenergy/dbus-modbus-client, volkszaehler/mbmd, openWB/core, dingo35/SmartEVSE-3.5",
    ),
    Device::new(
        &abb::B24,
        "ModDefOrg/devices, jibrilsharafi/modbus-database, victronenergy/dbus-modbus-client, volkszaehler/mbmd",
    ),
    Device::new(&abb::B21, "ModDefOrg/devices, victronenergy/dbus-modbus-client, volkszaehler/mbmd"),
    Device::new(&abb::A43, "jibrilsharafi/modbus-database, volkszaehler/mbmd"),
    Device::new(&abb::A44, "jibrilsharafi/modbus-database, volkszaehler/mbmd"),
    Device::new(&abb::M4M_20, "ABB documents, jibrilsharafi/modbus-database"),
    Device::new(&abb::M4M_30, "ABB documents, jibrilsharafi/modbus-database"),
    Device::new(&abb::M2M, "ABB documents, jibrilsharafi/modbus-database"),
    Device::new(&bender::CC61X, "Bender Modbus register documentation v0.14, evcc, OpenEMS"),
    Device::new(
        &carlo_gavazzi::EM340,
        "ModDefOrg/devices, jibrilsharafi/modbus-database, Tinkerforge/esp32-firmware, Carlo Gavazzi EM341 Modbus document, volkszaehler/mbmd, openWB/core, dingo35/SmartEVSE-3.5",
    ),
    Device::new(
        &carlo_gavazzi::EM330,
        "jibrilsharafi/modbus-database, Tinkerforge/esp32-firmware, Carlo Gavazzi EM341 Modbus document, volkszaehler/mbmd",
    ),
    Device::new(
        &carlo_gavazzi::ET340,
        "jibrilsharafi/modbus-database, Tinkerforge/esp32-firmware, Carlo Gavazzi EM341 Modbus document, volkszaehler/mbmd",
    ),
    Device::new(
        &carlo_gavazzi::ET330,
        "jibrilsharafi/modbus-database, Tinkerforge/esp32-firmware, Carlo Gavazzi EM341 Modbus document, volkszaehler/mbmd",
    ),
    Device::new(
        &carlo_gavazzi::EM530,
        "ModDefOrg/devices, Tinkerforge/esp32-firmware, Carlo Gavazzi EM341 Modbus document",
    ),
    Device::new(
        &carlo_gavazzi::EM540,
        "ModDefOrg/devices, Tinkerforge/esp32-firmware, Carlo Gavazzi EM341 Modbus document",
    ),
    Device::new(
        &carlo_gavazzi::EM580,
        "ModDefOrg/devices, Tinkerforge/esp32-firmware, Carlo Gavazzi EM341 Modbus document",
    ),
    Device::new(&carlo_gavazzi::EM210, "Tinkerforge/esp32-firmware, Carlo Gavazzi EM341 Modbus document"),
    Device::new(
        &carlo_gavazzi::EM24_E1,
        "Tinkerforge/esp32-firmware, victronenergy/dbus-modbus-client, volkszaehler/mbmd",
    ),
    Device::new(
        &carlo_gavazzi::EM24,
        "jibrilsharafi/modbus-database, Tinkerforge/esp32-firmware, volkszaehler/mbmd, ModDefOrg/devices, dingo35/SmartEVSE-3.5",
    ),
    Device::new(
        &carlo_gavazzi::EM110,
        "Carlo Gavazzi EM100/ET100 communication protocol, Tinkerforge/esp32-firmware, jibrilsharafi/modbus-database, evcc-io/evcc",
    ),
    Device::new(
        &carlo_gavazzi::EM111,
        "Carlo Gavazzi EM100/ET100 communication protocol, ModDefOrg/devices, Tinkerforge/esp32-firmware, jibrilsharafi/modbus-database, evcc-io/evcc",
    ),
    Device::new(
        &carlo_gavazzi::EM112,
        "Carlo Gavazzi EM100/ET100 communication protocol, Tinkerforge/esp32-firmware, jibrilsharafi/modbus-database, evcc-io/evcc",
    ),
    Device::new(
        &carlo_gavazzi::ET112,
        "Carlo Gavazzi EM100/ET100 communication protocol, Tinkerforge/esp32-firmware, jibrilsharafi/modbus-database, evcc-io/evcc",
    ),
    Device::new(&carlo_gavazzi::EM510, "Tinkerforge/esp32-firmware"),
    Device::new(&carlo_gavazzi::EM270, "Tinkerforge/esp32-firmware"),
    Device::new(
        &chint::DTSU666,
        "volkszaehler/mbmd, gerontec/dtsu666, arendst/Tasmota, openWB/core, dingo35/SmartEVSE-3.5",
    ),
    Device::new(&chint::DDSU666, "arendst/Tasmota, dingo35/SmartEVSE-3.5"),
    Device::new(
        &chint::DTSU666_H,
        "a decoder of the Huawei bus, salakrzy/DTSU666_CHINT_to_HUAWEI_translator, volkszaehler/mbmd, arendst/Tasmota",
    ),
    Device::new(&chint::DTS6619, "dingo35/SmartEVSE-3.5"),
    Device::new(&chint::ADW300, "evcc-io/evcc"),
    Device::new(
        &eastron::SDM630,
        "reaper7/SDM_Energy_Meter, ModDefOrg/devices, Eastron SDM630 register list, esphome/esphome, Tinkerforge/esp32-firmware, volkszaehler/mbmd, jibrilsharafi/modbus-database, EVerest/everest-core, openWB/core, dingo35/SmartEVSE-3.5",
    ),
    Device::new(
        &eastron::SDM72_V1,
        "reaper7/SDM_Energy_Meter, ModDefOrg/devices, volkszaehler/mbmd, EVerest/everest-core, openWB/core",
    ),
    Device::new(
        &eastron::SDM72_V2,
        "reaper7/SDM_Energy_Meter, volkszaehler/mbmd, openWB/core, EVerest/everest-core",
    ),
    Device::new(
        &eastron::SDM120,
        "ModDefOrg/devices, Eastron SDM120 Modbus protocol, esphome/esphome, reaper7/SDM_Energy_Meter, volkszaehler/mbmd, dingo35/SmartEVSE-3.5, openWB/core",
    ),
    Device::new(
        &eastron::SDM220,
        "reaper7/SDM_Energy_Meter, esphome/esphome, ModDefOrg/devices, volkszaehler/mbmd, openWB/core",
    ),
    Device::new(
        &eastron::SDM230,
        "ModDefOrg/devices, esphome/esphome, reaper7/SDM_Energy_Meter, volkszaehler/mbmd, EVerest/everest-core, openWB/core",
    ),
    Device::new(&eastron::SDM530, "volkszaehler/mbmd"),
    Device::new(&eastron::SDM54, "volkszaehler/mbmd"),
    Device::new(&eastron::X96, "volkszaehler/mbmd, jibrilsharafi/modbus-database"),
    Device::new(&eastron::DDM18SD, "reaper7/SDM_Energy_Meter, volkszaehler/mbmd"),
    Device::new(&eltako::DSZ15DZMOD, "volkszaehler/mbmd"),
    Device::new(&eltako::DSZ16DZE, "Tinkerforge/esp32-firmware, volkszaehler/mbmd"),
    Device::new(&eltako::DVH4013, "volkszaehler/mbmd"),
    Device::new(&eltako::MPM3PM, "volkszaehler/mbmd, openWB/core"),
    Device::new(&evlink::CITY, "nymea plug-in, an OpenEMS driver"),
    Device::new(&evlink::PRO_AC, "evcc. A derived table has the high word first, against it"),
    Device::new(
        &finder::FINDER_7M24,
        "volkszaehler/mbmd, ioBroker/modbus-templates, dingo35/SmartEVSE-3.5, ModDefOrg/devices",
    ),
    Device::new(
        &finder::FINDER_7M38,
        "volkszaehler/mbmd, ioBroker/modbus-templates, dingo35/SmartEVSE-3.5, ModDefOrg/devices",
    ),
    Device::new(&finder::FINDER_7E, "jibrilsharafi/modbus-database, dingo35/SmartEVSE-3.5"),
    Device::new(
        &gossen_metrawatt::EM228X,
        "volkszaehler/mbmd, cFos charging manager meter definitions, hasenradball/Gossen-Metrawatt-ENERGYMID-EM22xx-Modbus",
    ),
    Device::new(
        &gossen_metrawatt::EM238X,
        "volkszaehler/mbmd, cFos charging manager meter definitions, hasenradball/Gossen-Metrawatt-ENERGYMID-EM22xx-Modbus",
    ),
    Device::new(
        &herholdt::ECSEM113,
        "Network UPS Tools draft for Eaton EMECMODB, jibrilsharafi/modbus-database",
    ),
    Device::new(
        &herholdt::ECSEM114MID,
        "Network UPS Tools draft for Eaton EMECMODB, jibrilsharafi/modbus-database",
    ),
    Device::new(&inepro::PRO380, "volkszaehler/mbmd, jibrilsharafi/modbus-database, OpenEMS/openems"),
    Device::new(&inepro::PRO1, "volkszaehler/mbmd, jibrilsharafi/modbus-database"),
    Device::new(&inepro::WAGO_879, "volkszaehler/mbmd, dingo35/SmartEVSE-3.5"),
    Device::new(&inepro::KDK_PRO20, "OpenEMS/openems"),
    Device::new(&inepro::KLEFR_693X, "EVerest/everest-core"),
    Device::new(&inepro::PRO380_V1, "ModDefOrg/devices"),
    Device::new(&iskra::WM3M4, "ModDefOrg/devices"),
    Device::new(
        &janitza::EVLINK_EXAMPLE,
        "Janitza UMG 96RM address list, EVlink commissioning guide, generic meter",
    ),
    Device::new(
        &janitza::UMG_96RM,
        "Janitza UMG 96RM address list, JanitzaElectronics/ha-janitza-modbus, Tinkerforge/esp32-firmware, jibrilsharafi/modbus-database, volkszaehler/mbmd, OpenEMS/openems, openWB/core",
    ),
    Device::new(
        &janitza::UMG_604,
        "JanitzaElectronics/ha-janitza-modbus, Janitza UMG 604 address list, Tinkerforge/esp32-firmware, jibrilsharafi/modbus-database, volkszaehler/mbmd, stekker/OpenModbusSpecs",
    ),
    Device::new(
        &janitza::UMG_605,
        "JanitzaElectronics/ha-janitza-modbus, Tinkerforge/esp32-firmware, jibrilsharafi/modbus-database, volkszaehler/mbmd, stekker/OpenModbusSpecs",
    ),
    Device::new(
        &janitza::UMG_806,
        "JanitzaElectronics/ha-janitza-modbus, Tinkerforge/esp32-firmware, volkszaehler/mbmd, OpenEMS/openems",
    ),
    Device::new(
        &janitza::UMG_801,
        "JanitzaElectronics/ha-janitza-modbus, Tinkerforge/esp32-firmware, volkszaehler/mbmd, OpenEMS/openems, nobrega8/mbmap-library",
    ),
    Device::new(
        &janitza::UMG_103,
        "Tinkerforge/esp32-firmware, jibrilsharafi/modbus-database, volkszaehler/mbmd",
    ),
    Device::new(
        &janitza::UMG_104,
        "Tinkerforge/esp32-firmware, jibrilsharafi/modbus-database, volkszaehler/mbmd",
    ),
    Device::new(
        &janitza::B23,
        "Tinkerforge/esp32-firmware, jibrilsharafi/modbus-database, volkszaehler/mbmd",
    ),
    Device::new(
        &janitza::B21_B24,
        "Tinkerforge/esp32-firmware, jibrilsharafi/modbus-database, volkszaehler/mbmd",
    ),
    Device::new(&janitza::UMG_604_NATIVE, "Janitza UMG 604 address list, OpenEMS/openems"),
    Device::new(&janitza::UMG_104_NATIVE, "OpenEMS/openems"),
    Device::new(&janitza::UMG_511, "Janitza UMG 511 address list, OpenEMS/openems"),
    Device::new(&janitza::PRODATA_2, "Janitza ProData 2 address list"),
    Device::new(&keba::P30, "KEBA P30 Modbus TCP programmer's guide, OpenEMS, evcc"),
    Device::new(&keba::P40, "KEBA P40 Modbus TCP programmer's guide, OpenEMS, evcc"),
    Device::new(&keba::P40_BEFORE_1_2_1, "KEBA P40 Modbus TCP programmer's guide, OpenEMS, evcc"),
    Device::new(&keba::EMS, "KEBA P30 x-series configuration manual 5.7 (from software 1.19 on)"),
    Device::new(
        &oem::VICTRON_ET340,
        "Tinkerforge/esp32-firmware, evcc-io/evcc, volkszaehler/mbmd, Carlo Gavazzi EM341 Modbus document",
    ),
    Device::new(
        &oem::KOSTAL_KEM_C,
        "Tinkerforge/esp32-firmware, evcc-io/evcc, volkszaehler/mbmd, Carlo Gavazzi EM341 Modbus document",
    ),
    Device::new(&oem::KOSTAL_KEM_P, "evcc-io/evcc, volkszaehler/mbmd"),
    Device::new(&oem::WEIDMUELLER_EM110, "evcc-io/evcc, volkszaehler/mbmd"),
    Device::new(&oem::WEIDMUELLER_EM120, "evcc-io/evcc, volkszaehler/mbmd"),
    Device::new(&oem::WEIDMUELLER_EM525, "OpenEMS/openems"),
    Device::new(&oem::PQ_PLUS_UMD_97, "PQ Plus Modbus document, OpenEMS/openems"),
    Device::new(
        &phoenix_contact::EEM_MA371,
        "cFos charging manager meter definitions, a P1 dongle that emulates an EEM-MB371, GGGss/en.phoenix-EEM-MA370, OpenEMS/openems",
    ),
    Device::new(
        &phoenix_contact::EEM_MB371,
        "cFos charging manager meter definitions, a P1 dongle that emulates an EEM-MB371, GGGss/en.phoenix-EEM-MA370, OpenEMS/openems",
    ),
    Device::new(&phoenix_contact::EEM_EM3XX, "jibrilsharafi/modbus-database, ModDefOrg/devices"),
    Device::new(&phoenix_contact::EEM_350, "dingo35/SmartEVSE-3.5"),
    Device::new(
        &schneider::IEM3X55,
        "Gaudi111/iem3155_esphome, jibrilsharafi/modbus-database, volkszaehler/mbmd, dingo35/SmartEVSE-3.5, mbmap notes on iEM3000",
    ),
    Device::new(
        &schneider::IEM3X50,
        "Gaudi111/iem3155_esphome, jibrilsharafi/modbus-database, volkszaehler/mbmd, dingo35/SmartEVSE-3.5, mbmap notes on iEM3000",
    ),
    Device::new(&schneider::PM5000, "jibrilsharafi/modbus-database, volkszaehler/mbmd"),
    Device::new(&schneider::IEM2155, "a reader for A9MEM2155"),
    Device::new(
        &siemens::PAC2200,
        "powerassistant/ha-siemens-sentron, NicoloToscani/node-red-contrib-siemens-sentron, Tinkerforge/esp32-firmware, jibrilsharafi/modbus-database, volkszaehler/mbmd, openWB/core, OpenEMS/openems",
    ),
    Device::new(
        &siemens::PAC3120,
        "NicoloToscani/node-red-contrib-siemens-sentron, Tinkerforge/esp32-firmware",
    ),
    Device::new(
        &siemens::PAC3200,
        "NicoloToscani/node-red-contrib-siemens-sentron, Tinkerforge/esp32-firmware, jibrilsharafi/modbus-database",
    ),
    Device::new(
        &siemens::PAC3220,
        "NicoloToscani/node-red-contrib-siemens-sentron, Tinkerforge/esp32-firmware, stekker/OpenModbusSpecs",
    ),
    Device::new(
        &siemens::PAC4200,
        "Tinkerforge/esp32-firmware, NicoloToscani/node-red-contrib-siemens-sentron, jibrilsharafi/modbus-database",
    ),
    Device::new(&siemens::PAC4220, "Tinkerforge/esp32-firmware"),
    Device::new(
        &siemens::PAC1600,
        "OpenEMS/openems, evcc-io/evcc, NicoloToscani/node-red-contrib-siemens-sentron, Siemens PAC1600 manual",
    ),
    Device::new(
        &siemens::PAC1200,
        "kilianknoll/kostal-ksem, NicoloToscani/node-red-contrib-siemens-sentron, KOSTAL KSEM interface description",
    ),
    Device::new(
        &smart_home::SHELLY_PRO_3EM,
        "Shelly API documentation (EM, EMData), Tinkerforge/esp32-firmware, ModDefOrg/devices",
    ),
    Device::new(&smart_home::SHELLY_PRO_EM, "Tinkerforge/esp32-firmware"),
    Device::new(&smart_home::SMA_SHM2, "evcc-io/evcc, OpenEMS/openems"),
    Device::new(&smart_home::SMAPPEE, "victronenergy/dbus-modbus-client"),
    Device::new(&smart_home::SE_MTR_3Y, "nmakel/solaredge_meterproxy, volkszaehler/mbmd"),
    Device::new(&socomec::COUNTIS_E33, "jibrilsharafi/modbus-database, volkszaehler/mbmd, OpenEMS/openems"),
    Device::new(&socomec::COUNTIS_E23, "jibrilsharafi/modbus-database, OpenEMS/openems"),
    Device::new(&socomec::COUNTIS_E13, "jibrilsharafi/modbus-database, OpenEMS/openems"),
    Device::new(&socomec::COUNTIS_E50, "jibrilsharafi/modbus-database, OpenEMS/openems"),
    Device::new(&socomec::DIRIS_A10, "OpenEMS/openems"),
    Device::new(&socomec::DIRIS_B30, "OpenEMS/openems"),
    Device::new(&sunspec::COMMON, SUNSPEC),
    Device::new(&sunspec::INVERTER_101, SUNSPEC),
    Device::new(&sunspec::INVERTER_102, SUNSPEC),
    Device::new(&sunspec::INVERTER_103, SUNSPEC),
    Device::new(&sunspec::INVERTER_111, SUNSPEC),
    Device::new(&sunspec::INVERTER_112, SUNSPEC),
    Device::new(&sunspec::INVERTER_113, SUNSPEC),
    Device::new(&sunspec::METER_203, SUNSPEC),
    Device::new(&sunspec::METER_201, SUNSPEC),
    Device::new(&sunspec::METER_202, SUNSPEC),
    Device::new(&sunspec::METER_204, SUNSPEC),
    Device::new(&sunspec::METER_213, SUNSPEC),
    Device::new(&sunspec::METER_211, SUNSPEC),
    Device::new(&sunspec::METER_212, SUNSPEC),
    Device::new(&sunspec::METER_214, SUNSPEC),
    Device::new(
        &sunspec::FRONIUS_TS65A,
        "KEBA P30 x-series configuration manual 5.5.1, evcc-io/evcc, jibrilsharafi/modbus-database",
    ),
    Device::new(&sunspec::FRONIUS_TS65A_203, "sunspec/models, evcc-io/evcc"),
    Device::new(&sunspec::FRONIUS_TS65A_213, "sunspec/models, evcc-io/evcc, jibrilsharafi/modbus-database"),
    Device::new(
        &sunspec::FRONIUS_DATAMANAGER,
        "KEBA P30 x-series configuration manual 5.5.1, evcc-io/evcc, jibrilsharafi/modbus-database",
    ),
    Device::new(&sunspec::FRONIUS_DATAMANAGER_203, "sunspec/models, evcc-io/evcc"),
    Device::new(
        &sunspec::FRONIUS_DATAMANAGER_213,
        "sunspec/models, evcc-io/evcc, jibrilsharafi/modbus-database",
    ),
    Device::new(
        &sunspec::KSEM_203,
        "ioBroker/AdapterRequests issue 672, sunspec/models, mbmap notes on the KSEM",
    ),
    Device::new(&sunspec::SOLAREDGE_METER_1, "nmakel/solaredge_modbus, dingo35/SmartEVSE-3.5"),
    Device::new(&switchboard::ALGODUE_UEM, "jibrilsharafi/modbus-database, openWB/core"),
    Device::new(&switchboard::APLUS, "OpenEMS/openems, Camille Bauer APLUS Modbus/TCP interface"),
    Device::new(&switchboard::HAGER_ECR, "OpenEMS/openems, jibrilsharafi/modbus-database"),
    Device::new(&switchboard::LOVATO_DMG, "volkszaehler/mbmd, jibrilsharafi/modbus-database, openWB/core"),
    Device::new(&switchboard::UMD_96, "PQ Plus Modbus document, OpenEMS/openems"),
    Device::new(&switchboard::SAIA_ALE3, "volkszaehler/mbmd, Saia Burgess AWD3/ALE3 register pages"),
    Device::new(&switchboard::SAIA_ALD1, "Finder 7E.23 register page (same platform)"),
    Device::new(
        &tq::KSEM,
        "kilianknoll/kostal-ksem, openWB/core, OpenEMS/openems, KOSTAL KSEM interface description",
    ),
    Device::new(&tq::EM300_LR, "kilianknoll/kostal-ksem, OpenEMS/openems, KOSTAL KSEM interface description"),
    Device::new(
        &tq::B_CONTROL_EM300,
        "kilianknoll/kostal-ksem, OpenEMS/openems, KOSTAL KSEM interface description",
    ),
    Device::new(
        &tq::EM420,
        "KEBA P30 x-series configuration manual 5.5.1, KOSTAL KSEM interface description",
    ),
    Device::new(&tq::KECONTACT_E10, "evcc-io/evcc, KOSTAL KSEM interface description"),
    Device::new(&ytl::DTS353, "ModDefOrg/devices, jibrilsharafi/modbus-database, OpenEMS/openems"),
    Device::new(&ytl::DRT428D, "B+G e-tech DRT428M register list, ModDefOrg/devices, OpenEMS/openems"),
    Device::new(&ytl::OR_WE_516, "volkszaehler/mbmd, arendst/Tasmota"),
    Device::new(&ytl::DDS353H, "ModDefOrg/devices"),
    Device::new(
        &ytl::OR_WE_514,
        "ModDefOrg/devices, Orno OR-WE-514/515 register description, volkszaehler/mbmd",
    ),
    Device::new(&ytl::OR_WE_504, "volkszaehler/mbmd"),
    Device::new(&ytl::OR_WE_525, "volkszaehler/mbmd"),
    Device::new(&ytl::WS100, "volkszaehler/mbmd"),
    Device::new(&ytl::DS100, "volkszaehler/mbmd"),
];

/// Every map of this module, for tools and tests.
pub const ALL: &[&Map<'static>] = &{
    let mut maps = [CATALOGUE[0].map; CATALOGUE.len()];
    let mut index = 0;
    while index < maps.len() {
        maps[index] = CATALOGUE[index].map;
        index += 1;
    }
    maps
};
