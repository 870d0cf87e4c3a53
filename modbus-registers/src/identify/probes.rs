//! The questions and what the answers mean, one row per family.

use super::{Answer, Candidates, Evidence, Strength};
use crate::devices::{
    abb, bender, carlo_gavazzi, chint, finder, gossen_metrawatt, herholdt, inepro, iskra, keba, schneider,
    smart_home, socomec, switchboard, tq,
};
use crate::map::Map;
use crate::pdu::{DeviceId, Response};
use crate::quantity::Quantity;
use crate::row::Function::{self, ReadHolding, ReadInput};
use crate::row::WordOrder;
use crate::value::{Decimal, Text};

/// A question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// Function, first register, number of registers.
    Read(Function, u16, u16),
    /// Function 17.
    ServerId,
    /// Function 43, type 14.
    DeviceId,
}

/// A question and the judge of its answer.
pub(super) struct Probe {
    pub(super) ask: Ask,
    pub(super) judge: fn(&Answer<'_>, &mut Candidates<'_>),
}

const fn probe(ask: Ask, judge: fn(&Answer<'_>, &mut Candidates<'_>)) -> Probe {
    Probe { ask, judge }
}

/// Surest first. The codes at the end are small numbers that other devices could hold by chance.
pub(super) const PROBES: &[Probe] = &[
    probe(Ask::DeviceId, schneider_device_id),
    probe(Ask::ServerId, abb_m2m),
    probe(Ask::Read(ReadHolding, 0x8960, 6), abb_type),
    probe(Ask::Read(ReadHolding, 49, 20), schneider_model),
    probe(Ask::Read(ReadHolding, 0xC350, 4), socomec_vendor),
    probe(Ask::Read(ReadHolding, 0xC38A, 8), socomec_name),
    probe(Ask::Read(ReadInput, 1, 8), iskra_model),
    probe(Ask::Read(ReadHolding, 0x1000, 16), hager_vendor),
    probe(Ask::Read(ReadInput, 6, 10), shelly_model),
    probe(Ask::Read(ReadHolding, 141, 1), bender_device),
    probe(Ask::Read(ReadHolding, 1016, 2), keba_product),
    probe(Ask::Read(ReadHolding, 8228, 16), tq_serial),
    probe(Ask::Read(ReadInput, 3000, 12), gossen_features),
    probe(Ask::Read(ReadHolding, 2001, 1), huawei_marker),
    probe(Ask::Read(ReadHolding, 0x4007, 2), inepro_firmware),
    probe(Ask::Read(ReadHolding, 0x0505, 1), algodue_model),
    probe(Ask::Read(ReadInput, 0x000B, 1), carlo_gavazzi_code),
    probe(Ask::Read(ReadHolding, 4099, 1), ecsem_type),
];

/// Basic device identification with the vendor's name and the product code.
fn schneider_device_id(answer: &Answer<'_>, candidates: &mut Candidates<'_>) {
    let Response::DeviceId(id) = answer.response else { return };
    let text = |object| id.object(object).unwrap_or_default();
    if !contains(text(DeviceId::VENDOR_NAME), "Schneider") {
        return;
    }
    if let Some(map) = schneider_map(text(DeviceId::PRODUCT_CODE)) {
        candidates.add(map, Strength::Certain, Evidence::DeviceId);
    }
}

fn schneider_model(answer: &Answer<'_>, candidates: &mut Candidates<'_>) {
    let Some(text) = answer.text() else { return };
    if let Some(map) = with_bytes(text, schneider_map) {
        candidates.add(map, Strength::Certain, answer.text_evidence());
    }
}

/// By the model text, such as iEM3255; order codes begin with A9MEM or METSE.
fn schneider_map(model: &[u8]) -> Option<Map<'static>> {
    const MODELS: &[(&[&str], Map<'static>)] = &[
        (&["iEM3155", "iEM3255", "iEM3355", "iEM3455", "iEM3555"], schneider::IEM3X55),
        (&["MEM3155", "MEM3255", "MEM3355", "MEM3455", "MEM3555"], schneider::IEM3X55),
        (&["iEM3150", "iEM3250", "iEM3350", "MEM3150", "MEM3250", "MEM3350"], schneider::IEM3X50),
        (&["iEM2155", "MEM2155"], schneider::IEM2155),
        (&["PM5110", "PM5111", "PM5310", "PM5330", "PM5560"], schneider::PM5000),
    ];
    let named = |names: &[&str]| names.iter().any(|name| contains(model, name));
    MODELS.iter().find(|(names, _)| named(names)).map(|&(_, map)| map)
}

/// Report server identifier: 57, 58, 59 are the variants of the M2M, 80 the DMTME.
fn abb_m2m(answer: &Answer<'_>, candidates: &mut Candidates<'_>) {
    let Response::ServerId(&[id, ..]) = answer.response else { return };
    if matches!(id, 57..=59 | 80) {
        candidates.add(abb::M2M, Strength::Certain, Evidence::ServerId(id));
    }
}

/// Type designation of EQ meters and of the M4M, which keeps it at the same place.
fn abb_type(answer: &Answer<'_>, candidates: &mut Candidates<'_>) {
    const TYPES: &[(&str, Map<'static>)] = &[
        ("B21", abb::B21),
        ("B23", abb::B23),
        ("B24", abb::B24),
        ("A43", abb::A43),
        ("A44", abb::A44),
        ("M4M20", abb::M4M_20),
        ("M4M 20", abb::M4M_20),
        ("M4M30", abb::M4M_30),
        ("M4M 30", abb::M4M_30),
    ];
    add_by_text(answer, candidates, |text| {
        TYPES.iter().find(|(name, _)| text.starts_with(name.as_bytes())).map(|&(_, map)| map)
    });
}

fn socomec_vendor(answer: &Answer<'_>, candidates: &mut Candidates<'_>) {
    let Some(registers) = answer.registers() else { return };
    if Text::new(registers, true) == "SOCO" {
        let maps = [socomec::COUNTIS_E33, socomec::COUNTIS_E23, socomec::COUNTIS_E50, socomec::COUNTIS_E13];
        maps.into_iter().for_each(|map| candidates.add(map, Strength::Likely, answer.text_evidence()));
    }
}

/// Product name; only asked for the type behind the series name.
fn socomec_name(answer: &Answer<'_>, candidates: &mut Candidates<'_>) {
    const NAMES: &[(&[&str], Map<'static>)] = &[
        (&["E33", "E34", "E43", "E44"], socomec::COUNTIS_E33),
        (&["E23", "E24"], socomec::COUNTIS_E23),
        (&["E13", "E14"], socomec::COUNTIS_E13),
        (&["E50", "E53"], socomec::COUNTIS_E50),
        (&["A10"], socomec::DIRIS_A10),
        (&["B30"], socomec::DIRIS_B30),
    ];
    let series =
        |text: &[u8]| ["COUNTIS", "Countis", "DIRIS", "Diris"].iter().any(|name| contains(text, name));
    add_by_text(answer, candidates, |text| {
        let named = NAMES.iter().find(|(names, _)| names.iter().any(|name| contains(text, name)));
        named.filter(|_| series(text)).map(|&(_, map)| map)
    });
}

/// Iskra meters and the Finder 7M, which is one.
fn iskra_model(answer: &Answer<'_>, candidates: &mut Candidates<'_>) {
    const MODELS: &[(&str, Map<'static>)] =
        &[("7M.24", finder::FINDER_7M24), ("7M.38", finder::FINDER_7M38), ("WM3M4", iskra::WM3M4)];
    add_by_text(answer, candidates, |text| {
        MODELS.iter().find(|(name, _)| contains(text, name)).map(|&(_, map)| map)
    });
}

fn hager_vendor(answer: &Answer<'_>, candidates: &mut Candidates<'_>) {
    add_by_text(answer, candidates, |text| {
        (contains(text, "Hager") || contains(text, "HAGER")).then_some(switchboard::HAGER_ECR)
    });
}

/// Model texts as on the type plates (inferred): SPEM-003, S3EM-003 three phases, SPEM-002 two channels.
fn shelly_model(answer: &Answer<'_>, candidates: &mut Candidates<'_>) {
    add_by_text(answer, candidates, |text| {
        if contains(text, "SPEM-003") || contains(text, "S3EM-003") {
            Some(smart_home::SHELLY_PRO_3EM)
        } else {
            contains(text, "SPEM-002").then_some(smart_home::SHELLY_PRO_EM)
        }
    });
}

/// The device identifier reads like the name of the first maker, eBee.
fn bender_device(answer: &Answer<'_>, candidates: &mut Candidates<'_>) {
    if answer.code() == Some(0xEBEE) {
        candidates.add(bender::CC61X, Strength::Certain, answer.code_evidence());
    }
}

/// Product digits: six with a leading 3 are a P30, seven with a leading 4 a P40.
fn keba_product(answer: &Answer<'_>, candidates: &mut Candidates<'_>) {
    let map = match answer.code() {
        Some(300_000..=399_999) => keba::P30,
        Some(4_000_000..=4_999_999) => keba::P40,
        _ => return,
    };
    candidates.add(map, Strength::Certain, answer.code_evidence());
}

/// A serial number where the TQ platform has it; the brand is not told.
fn tq_serial(answer: &Answer<'_>, candidates: &mut Candidates<'_>) {
    let Some(text) = answer.text() else { return };
    if text.len() >= 6 && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        [tq::KSEM, tq::EM300_LR]
            .into_iter()
            .for_each(|map| candidates.add(map, Strength::Likely, answer.text_evidence()));
    }
}

/// First byte of the feature code: 0 U2281, 2 U2289, 3 U2381, 4 U2387, 5 U2389. A serial number must follow,
/// since an unused register is 0 too.
fn gossen_features(answer: &Answer<'_>, candidates: &mut Candidates<'_>) {
    let Some(text) = answer.text() else { return };
    let Some(feature) = text.raw_bytes().next() else { return };
    let has_serial = text.raw_bytes().skip(11).take(8).any(|byte| byte != 0);
    let map = match feature {
        0 | 2 => gossen_metrawatt::EM228X,
        3..=5 => gossen_metrawatt::EM238X,
        _ => return,
    };
    if has_serial {
        let evidence = Evidence::Code { address: answer.address(), code: feature.into() };
        candidates.add(map, Strength::Likely, evidence);
    }
}

fn huawei_marker(answer: &Answer<'_>, candidates: &mut Candidates<'_>) {
    if matches!(answer.code(), Some(0x3F80 | 0x3B11)) {
        candidates.add(chint::DTSU666_H, Strength::Certain, answer.code_evidence());
    }
}

/// A firmware version as a float; WAGO, KDK and Klefr meters answer alike.
fn inepro_firmware(answer: &Answer<'_>, candidates: &mut Candidates<'_>) {
    let version = answer.number(&inepro::PRO380, Quantity::FirmwareVersion);
    let in_range =
        |version| Decimal::new(1, -1).is_some_and(|low| low <= version) && version < Decimal::from_int(100);
    if version.is_some_and(in_range) {
        [inepro::PRO380, inepro::PRO1, inepro::WAGO_879]
            .into_iter()
            .for_each(|map| candidates.add(map, Strength::Likely, answer.code_evidence()));
    }
}

fn algodue_model(answer: &Answer<'_>, candidates: &mut Candidates<'_>) {
    if matches!(answer.code(), Some(0x03 | 0x08 | 0x0C | 0x10 | 0x12)) {
        candidates.add(switchboard::ALGODUE_UEM, Strength::Possible, answer.code_evidence());
    }
}

/// Identification code, read alone. 330 and 340 are engineering samples with the high word first.
fn carlo_gavazzi_code(answer: &Answer<'_>, candidates: &mut Candidates<'_>) {
    let map = match answer.code() {
        Some(45..=48) => carlo_gavazzi::EM24,
        Some(1_648..=1_653) => carlo_gavazzi::EM24_E1,
        Some(100 | 110) => carlo_gavazzi::EM110,
        Some(101 | 103 | 114) => carlo_gavazzi::EM111,
        Some(102 | 104) => carlo_gavazzi::EM112,
        Some(120 | 121) => carlo_gavazzi::ET112,
        Some(331 | 332) => carlo_gavazzi::EM330,
        Some(330) => carlo_gavazzi::EM330.word_order(WordOrder::HighFirst),
        Some(335 | 336) => carlo_gavazzi::ET330,
        Some(341 | 346) => carlo_gavazzi::EM340,
        Some(340) => carlo_gavazzi::EM340.word_order(WordOrder::HighFirst),
        Some(345) => carlo_gavazzi::ET340,
        _ => return,
    };
    candidates.add(map, Strength::Likely, answer.code_evidence());
}

/// 1 and 2 three phases, 3 and 4 one phase; any device may hold such a number.
fn ecsem_type(answer: &Answer<'_>, candidates: &mut Candidates<'_>) {
    if matches!(answer.code(), Some(1..=4)) {
        candidates.add(herholdt::ECSEM113, Strength::Possible, answer.code_evidence());
    }
}

fn add_by_text(
    answer: &Answer<'_>,
    candidates: &mut Candidates<'_>,
    map: impl Fn(&[u8]) -> Option<Map<'static>>,
) {
    if let Some(map) = answer.text().and_then(|text| with_bytes(text, map)) {
        candidates.add(map, Strength::Certain, answer.text_evidence());
    }
}

/// Calls `judge` with the characters of `text`, which has 20 registers at most.
fn with_bytes<T>(text: Text<'_>, judge: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
    let mut bytes = [0; 40];
    bytes.iter_mut().zip(text.bytes()).for_each(|(to, byte)| *to = byte);
    judge(bytes.get(..text.len())?)
}

fn contains(text: &[u8], part: &str) -> bool {
    text.windows(part.len()).any(|window| window == part.as_bytes())
}
