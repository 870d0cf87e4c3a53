//! Who may charge by what the station itself knows: local list, authorization cache and the keys about them (OCPP 1.6
//! §3.5, §4.8, chapter 9).
//!
//! The entries are the application's; the rules are here, so that no two applications read the keys differently.

use super::ChargePoint;
use crate::time::{DateTime, Instant, Utc};
use crate::units::WattHours;
use crate::v16::keys::Key;
use crate::v16::{AuthorizationStatus, IdTagInfo};

/// An entry of the local list or of the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// What the central system said.
    pub status: AuthorizationStatus,
    /// Until when it said so; `None`: for good.
    pub expiry: Option<DateTime<Utc>>,
}

impl From<&IdTagInfo<'_>> for Entry {
    fn from(info: &IdTagInfo<'_>) -> Self {
        Self { status: info.status, expiry: info.expiry_date }
    }
}

impl Entry {
    /// Whether it lets somebody charge. Without the time of day nothing has expired.
    fn is_valid(&self, utc: Option<DateTime<Utc>>) -> bool {
        let expired = self.expiry.zip(utc).is_some_and(|(expiry, now)| expiry <= now);
        self.status == AuthorizationStatus::Accepted && !expired
    }
}

/// What is to be done with an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Permission {
    /// It may charge at once. Online, what the central system thinks of it comes with the transaction's answer.
    Granted,
    /// The central system decides: [`authorize`](ChargePoint::authorize).
    Ask,
    /// It may not charge, and nobody can be asked.
    Denied,
}

/// What happens to a transaction whose identifier turned out to be invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidId {
    /// Stop it with reason `DeAuthorized`.
    Stop,
    /// Let it go on until the register reaches this value; at once, if it has passed it.
    StopAt(WattHours),
}

impl<const N: usize> ChargePoint<'_, N> {
    /// Judges an identifier by its entries in the local list and in the cache. The list goes before the cache, and
    /// each counts only while its key enables it.
    #[must_use]
    pub fn permission(&self, now: Instant, listed: Option<Entry>, cached: Option<Entry>) -> Permission {
        let is_set = |key| self.setting(key) != 0;
        let listed = listed.filter(|_| is_set(Key::LocalAuthListEnabled));
        let cached = cached.filter(|_| is_set(Key::AuthorizationCacheEnabled));
        let known = listed.or(cached);
        let valid = known.is_some_and(|entry| entry.is_valid(self.utc(now)));
        if self.is_online() {
            return if valid && is_set(Key::LocalPreAuthorize) {
                Permission::Granted
            } else {
                Permission::Ask
            };
        }
        let granted = match known {
            Some(_) => valid && is_set(Key::LocalAuthorizeOffline),
            // §3.5.4: unknown means in neither; who is known and barred stays out.
            None => is_set(Key::AllowOfflineTxForUnknownId),
        };
        if granted { Permission::Granted } else { Permission::Denied }
    }

    /// What is to be done about a running transaction that was answered with another status than `Accepted`
    /// (`StopTransactionOnInvalidId`, `MaxEnergyOnInvalidId`). `None`: nothing, or no transaction is running.
    #[must_use]
    pub fn on_invalid_id(&self, connector: u8) -> Option<InvalidId> {
        let running = self.transaction(connector)?;
        if self.setting(Key::StopTransactionOnInvalidId) != 0 {
            return Some(InvalidId::Stop);
        }
        let most = u64::try_from(self.setting(Key::MaxEnergyOnInvalidId)).ok().filter(|most| *most > 0)?;
        Some(InvalidId::StopAt(WattHours(running.meter_start.0.saturating_add(most))))
    }
}
