//! The state dump of the legacy interface: `/rest/full_state`, lines of `key:value`.
//!
//! 38 keys in a fixed order; the first colon counts, lists are separated by commas, some have a blank behind
//! the colon. Switches are `on` and `off` or `enable` and `disable`.

use crate::document::{Document, Entry};
use crate::number::{Decimal, integer};
use crate::profile::Unit;
use crate::text::{Text, trim};
use crate::units::Milliamps;

/// The keys in the order of the dump, with the unit of numbers. That of the temperature is inferred.
pub const STATE_KEYS: [(&str, Unit); 38] = [
    ("conn_state", Unit::None),
    ("auth_state", Unit::None),
    ("auth_uid", Unit::None),
    ("time_since_charging_start", Unit::Second),
    ("meter_wh", Unit::WattHour),
    ("power_w", Unit::Watt),
    ("transaction_wh", Unit::WattHour),
    ("cp_id", Unit::None),
    ("ocpp_state", Unit::None),
    ("type2_state", Unit::None),
    ("type2_proximity", Unit::None),
    ("sig_current", Unit::Ampere),
    ("schuko_state", Unit::None),
    ("backend_conn_state", Unit::None),
    ("free_charging", Unit::None),
    ("slave_state", Unit::None),
    ("ocpp_meter_cfg", Unit::None),
    ("ocpp_meter_serial", Unit::None),
    ("current_a", Unit::Ampere),
    ("energy_man_current", Unit::Ampere),
    ("ambient_temp", Unit::DegreeCelsius),
    ("firmware_ver", Unit::None),
    ("cc_serial_n", Unit::None),
    ("con_cycles_schuko", Unit::None),
    ("con_cycles_type2", Unit::None),
    ("max_current", Unit::Ampere),
    ("rcmb_state", Unit::None),
    ("rcmb_max_values", Unit::Unknown),
    ("rcmb_current_values", Unit::Unknown),
    ("cable_attached", Unit::None),
    ("schuko_cfg", Unit::None),
    ("rcd_state", Unit::None),
    ("mcb_type2_state", Unit::None),
    ("mcb_schuko_state", Unit::None),
    ("cp_vendor", Unit::None),
    ("errors", Unit::None),
    ("cp_model", Unit::None),
    ("display_text", Unit::None),
];

/// A state dump over a document read with [`Dialect::Colon`](crate::lex::Dialect::Colon).
#[derive(Debug, Clone)]
pub struct State<'a> {
    document: Document<'a>,
}

impl<'a> State<'a> {
    /// Reads the values of a document.
    #[must_use]
    pub const fn new(document: Document<'a>) -> Self {
        Self { document }
    }

    /// The lossless side.
    #[must_use]
    pub const fn document(&self) -> &Document<'a> {
        &self.document
    }

    /// The entry of a key.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<Entry<'a>> {
        self.document.find(None, key).next()
    }

    /// The text of a key.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<Text<'a>> {
        self.entry(key).map(|entry| entry.value)
    }

    /// The whole number of a key, in the unit of [`STATE_KEYS`].
    #[must_use]
    pub fn integer(&self, key: &str) -> Option<i64> {
        integer(self.text(key)?.as_bytes())
    }

    /// The switch of a key: `on`, `enable` or `off`, `disable`.
    #[must_use]
    pub fn switch(&self, key: &str) -> Option<bool> {
        let text = self.text(key)?;
        let is = |words: [&str; 2]| words.iter().any(|word| text.eq_ignore_case(word));
        if is(["on", "enable"]) { Some(true) } else { is(["off", "disable"]).then_some(false) }
    }

    /// The items of a list, without blanks around them.
    pub fn list(&self, key: &str) -> impl Iterator<Item = Text<'a>> + use<'a> {
        let text = self.text(key).unwrap_or_default();
        text.as_bytes().split(|&b| b == b',').map(|item| Text::new(trim(item)))
    }

    /// The currents of the three phases, where the dump has them (`current_a`).
    #[must_use]
    pub fn currents(&self) -> Option<[Milliamps; 3]> {
        let mut items = self.list("current_a").map(|item| {
            let amps = Decimal::parse(item.as_bytes(), '.')?;
            Milliamps::from_milliamps(amps.scaled(3)?)
        });
        Some([items.next()??, items.next()??, items.next()??])
    }
}
