//! Meters sold under other names than their maker's.

use crate::devices::carlo_gavazzi;
use crate::devices::eastron;
use crate::devices::janitza;
use crate::map::Map;

/// Victron ET340 and EM540, by Carlo Gavazzi.
///
/// Sources: Tinkerforge/esp32-firmware, evcc-io/evcc, volkszaehler/mbmd, Carlo Gavazzi EM341 Modbus document.
/// Confidence: 29 rows high, 9 rows medium.
pub const VICTRON_ET340: Map<'static> = carlo_gavazzi::OEM_ET3X0.renamed("Victron", "ET340, EM540").checked();

/// KOSTAL KEM-C, by Carlo Gavazzi.
///
/// Sources: Tinkerforge/esp32-firmware, evcc-io/evcc, volkszaehler/mbmd, Carlo Gavazzi EM341 Modbus document.
/// Confidence: 29 rows high, 9 rows medium.
pub const KOSTAL_KEM_C: Map<'static> = carlo_gavazzi::OEM_ET3X0.renamed("KOSTAL", "KEM-C").checked();

/// KOSTAL KEM-P, by Eastron.
///
/// Sources: evcc-io/evcc, volkszaehler/mbmd.
/// Confidence: medium.
pub const KOSTAL_KEM_P: Map<'static> = eastron::OEM_SDM630.renamed("KOSTAL", "KEM-P").checked();

/// Weidmüller EM110 and EM111, by Eastron.
///
/// Sources: evcc-io/evcc, volkszaehler/mbmd.
/// Confidence: medium.
pub const WEIDMUELLER_EM110: Map<'static> =
    eastron::OEM_SDM230.renamed("Weidmüller", "EM110-RTU-2P, EM111-RTU-2P").checked();

/// Weidmüller EM120 and EM122, by Eastron.
///
/// Sources: evcc-io/evcc, volkszaehler/mbmd.
/// Confidence: medium.
pub const WEIDMUELLER_EM120: Map<'static> =
    eastron::OEM_SDM630.renamed("Weidmüller", "EM120-RTU-2P, EM122-RTU-2P").checked();

/// Weidmüller EM525, by Janitza.
///
/// Sources: OpenEMS/openems.
/// Confidence: medium.
pub const WEIDMUELLER_EM525: Map<'static> = janitza::EM525.renamed("Weidmüller", "EM525").checked();

/// PQ Plus UMD 97, the block of Janitza.
///
/// Sources: PQ Plus Modbus document, OpenEMS/openems.
/// Confidence: 16 rows high, 39 rows medium.
pub const PQ_PLUS_UMD_97: Map<'static> = janitza::UMD_97.renamed("PQ Plus", "UMD 97").checked();
