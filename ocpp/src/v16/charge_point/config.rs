//! Configuration keys: their values, and the two messages about them (OCPP 1.6 §5.3, §5.8, chapter 9).
//!
//! The session holds the values of the standard keys it can judge, see [`keys`](crate::v16::keys). Texts and makers'
//! own keys are the application's: it is asked to change them and lends them when all are listed.

use super::{ActionError, ChargePoint, Config, Event};
use crate::inline::Inline;
use crate::message::Message;
use crate::rpc::link::Ticket;
use crate::rpc::{AnswerError, Responder};
use crate::schema::{self, Output, Version};
use crate::time::Instant;
use crate::v16::keys::{Access, KEYS, Key, Kind, Row};
use crate::v16::{
    ChangeConfigurationRequest, ConfigurationStatus, GetConfigurationRequest, GetConfigurationResponse,
    KeyValue,
};

/// Longest text of a value the session holds: a list of all measurands.
const VALUE_MAX: usize = 320;

/// The values of all keys of kinds [`Kind::Bool`], [`Kind::Int`] and [`Kind::Measurands`].
#[derive(Debug)]
pub(super) struct Settings {
    values: [i32; Key::COUNT],
    /// Keys that differ from what is stored, one bit each.
    dirty: u64,
    /// Highest security profile the station holds credentials for.
    highest_profile: u8,
}

// One bit per key.
const _: () = assert!(Key::COUNT <= 64);

impl Settings {
    pub(super) fn new(connectors: usize, config: &Config<'_>) -> Self {
        let mut settings =
            Self { values: KEYS.each_ref().map(|row| row.default), dirty: 0, highest_profile: 0 };
        let list = i32::from(config.local_list_entries);
        for (key, value) in [
            (Key::NumberOfConnectors, connectors as i32),
            (Key::LocalAuthListMaxLength, list),
            (Key::SendLocalListMaxLength, list.min(config.local_list_update.into())),
            (Key::MaxChargingProfilesInstalled, ((2 + 2 * connectors) * super::STACK_DEPTH) as i32),
        ] {
            settings.override_value(key, value);
        }
        settings
    }

    pub(super) fn get(&self, key: Key) -> i32 {
        self.values.get(key as usize).copied().unwrap_or_default()
    }

    /// Sets a value for this run only.
    pub(super) fn override_value(&mut self, key: Key, value: i32) {
        if let Some(slot) = self.values.get_mut(key as usize) {
            *slot = value;
        }
    }

    fn set(&mut self, key: Key, value: i32) {
        let changed = self.get(key) != value;
        self.override_value(key, value);
        if changed && key.row().access != Access::Read {
            self.dirty |= 1 << key as u32;
        }
    }

    pub(super) fn restore(&mut self, number: u8, value: i32) {
        if let Some(row) = KEYS.get(usize::from(number)).filter(|row| row.access != Access::Read) {
            self.override_value(row.key, value);
        }
    }

    /// A key that differs from what is stored; from here on it counts as stored.
    pub(super) fn take_dirty(&mut self) -> Option<u8> {
        let number = self.dirty.trailing_zeros();
        self.dirty &= self.dirty.wrapping_sub(1);
        u8::try_from(number).ok().filter(|number| *number < 64)
    }

    pub(super) fn mark_dirty(&mut self, number: u8) {
        self.dirty |= 1 << u32::from(number);
    }

    pub(super) fn value(&self, number: u8) -> i32 {
        self.values.get(usize::from(number)).copied().unwrap_or_default()
    }
}

impl<const N: usize> ChargePoint<'_, N> {
    /// The value of a key the session holds: the number, 0 or 1, or for lists of measurands something opaque. Keys of
    /// other kinds are 0.
    #[must_use]
    pub fn setting(&self, key: Key) -> i32 {
        self.settings.get(key)
    }

    /// Sets a key from the station's own side. The value is kept over a restart, except for keys the central system
    /// can only read. Called before the journal has been read, it sets a default: a kept value overrides it, and it is
    /// not kept itself, so that the next start may have another.
    ///
    /// # Errors
    ///
    /// [`ActionError::Value`] if the text does not fit the key.
    pub fn set_setting(&mut self, now: Instant, key: Key, value: &str) -> Result<(), ActionError> {
        let value = key.row().parse(value).map_err(|_| ActionError::Value)?;
        if self.storage.is_read() {
            self.settings.set(key, value);
        } else {
            self.settings.override_value(key, value);
        }
        self.apply(now, key);
        Ok(())
    }

    /// Says up to which security profile the station holds what is needed: a password for 1, a root certificate of the
    /// central system as well for 2, a certificate of its own for 3. A change of `SecurityProfile` beyond is answered
    /// `Rejected`. At first 0.
    pub fn set_highest_security_profile(&mut self, profile: u8) {
        self.settings.highest_profile = profile;
    }

    /// Lets a changed value work.
    fn apply(&mut self, now: Instant, key: Key) {
        match key {
            Key::HeartbeatInterval => self.postpone_heartbeat(now),
            Key::MeterValueSampleInterval => self.restart_samples(now),
            Key::ClockAlignedDataInterval => self.align(now),
            _ => {}
        }
    }

    pub(super) fn change_configuration<'f>(
        &mut self,
        now: Instant,
        ticket: Ticket,
        request: ChangeConfigurationRequest<'f>,
    ) -> Option<Event<'f>> {
        let row = KEYS.iter().find(|row| request.key == row.name);
        let is_held = |row: &&Row| row.access == Access::Read || !matches!(row.kind, Kind::Text(_));
        let Some(row) = row.filter(is_held) else {
            return Some(Event::ChangeConfiguration(request, Responder::new(ticket)));
        };
        let mut buffer = [0; VALUE_MAX];
        let value = request.value.copy_to(&mut buffer).and_then(|text| row.parse(text).ok());
        let value = value.filter(|value| self.may_change(row, *value));
        let status = match (value, row.access) {
            (None, _) => ConfigurationStatus::Rejected,
            (Some(_), Access::Reboot) => ConfigurationStatus::RebootRequired,
            (Some(_), _) => ConfigurationStatus::Accepted,
        };
        self.link.reply(ticket, super::remote::Answer::ChangeConfiguration(status));
        let value = value?;
        self.settings.set(row.key, value);
        self.apply(now, row.key);
        Some(Event::ConfigurationChanged(row.key))
    }

    fn may_change(&self, row: &Row, value: i32) -> bool {
        // Security white paper, SecurityProfile: over OCPP it can be raised, never lowered, and only as far as the
        // station holds what the profile needs.
        let profiles = self.settings.get(Key::SecurityProfile)..=i32::from(self.settings.highest_profile);
        row.access != Access::Read && (row.key != Key::SecurityProfile || profiles.contains(&value))
    }

    /// Answers GetConfiguration: the session's keys, and those of the application, which also gives the values of the
    /// standard keys that are texts. Writes the frame into `buffer`; send it.
    ///
    /// # Errors
    ///
    /// If the call is no longer open or the buffer is too small; 5000 bytes hold all standard keys.
    pub fn answer_configuration<'b>(
        &mut self,
        responder: Responder<GetConfigurationRequest<'static>>,
        request: &GetConfigurationRequest<'_>,
        own: &[KeyValue<'_>],
        buffer: &'b mut [u8],
    ) -> Result<&'b str, AnswerError> {
        let (settings, profiles) = (&self.settings, self.config.feature_profiles);
        self.link.write(responder.into_ticket(), |id| {
            let mut out = Output::new(buffer, Version::V16);
            let w = out.json();
            w.begin_array();
            w.integer(3);
            w.string(id.to_buf().as_str());
            let start = w.len() + 1;
            Listing { settings, profiles, request, own }.write(&mut out);
            out.json().end_array();
            let text = out.finish(GetConfigurationResponse::SCHEMA)?;
            let payload = text.get(start..text.len() - 1).unwrap_or_default();
            schema::check(payload, GetConfigurationResponse::SCHEMA, Version::V16)?;
            Ok(text)
        })
    }
}

/// The answer to one GetConfiguration, written as it is read: nothing is collected first.
struct Listing<'a, 'r> {
    settings: &'a Settings,
    profiles: &'a str,
    request: &'a GetConfigurationRequest<'r>,
    own: &'a [KeyValue<'a>],
}

impl Listing<'_, '_> {
    fn write(&self, out: &mut Output<'_>) {
        let wanted = self.request.key.as_ref().filter(|keys| !keys.is_empty());
        let w = out.json();
        w.begin_object();
        w.key("configurationKey");
        w.begin_array();
        for row in &KEYS {
            if wanted.is_none_or(|keys| keys.iter().any(|key| key == *row.name)) {
                self.write_row(row, out);
            }
        }
        for entry in self.own.iter().filter(|entry| !is_standard(entry)) {
            if wanted.is_none_or(|keys| keys.iter().any(|key| key == entry.key)) {
                out.value(entry);
            }
        }
        let w = out.json();
        w.end_array();
        w.key("unknownKey");
        w.begin_array();
        for key in wanted.into_iter().flat_map(|keys| keys.iter()) {
            let known =
                KEYS.iter().any(|row| key == *row.name) || self.own.iter().any(|entry| entry.key == key);
            if !known {
                key.write(w);
            }
        }
        w.end_array();
        w.end_object();
    }

    fn write_row(&self, row: &Row, out: &mut Output<'_>) {
        let w = out.json();
        w.begin_object();
        w.key("key");
        w.string(row.name);
        w.key("readonly");
        w.boolean(row.access == Access::Read);
        match row.kind {
            _ if row.access == Access::Secret => {}
            _ if row.key == Key::SupportedFeatureProfiles => {
                w.key("value");
                w.string(self.profiles);
            }
            Kind::Text(_) => {
                let own = self.own.iter().find(|entry| entry.key == *row.name);
                if let Some(value) = own.and_then(|entry| entry.value.as_ref()) {
                    w.key("value");
                    value.write(w);
                }
            }
            _ => {
                let mut text = Inline::<VALUE_MAX>::EMPTY;
                // The longest value of the table fits, see the test.
                let _ = row.write(self.settings.get(row.key), &mut text);
                w.key("value");
                w.string(text.as_str());
            }
        }
        w.end_object();
    }
}

fn is_standard(entry: &KeyValue<'_>) -> bool {
    KEYS.iter().any(|row| entry.key == *row.name)
}
