//! Which root certificates a station holds, by the names the central system gives them (security white paper §4.4,
//! §4.6, §4.8).
//!
//! The certificates themselves, their hashes and their checking belong to the application's TLS library. Here is the
//! bookkeeping with its rules: how many there is room for, and that the last certificate the connection depends on
//! stays.

use crate::inline::Inline;
use crate::text::Str;
use crate::v16::{
    CertificateHashData, CertificateUse, DeleteCertificateStatus, HashAlgorithm, InstallCertificateStatus,
};

/// From this security profile on the station verifies the central system by a root certificate.
const TLS_PROFILE: i32 = 2;

/// A certificate's name: what `CertificateHashData` says, held inline.
#[derive(Debug, Clone, Copy)]
pub struct CertificateId {
    algorithm: HashAlgorithm,
    issuer_name: Inline<128>,
    issuer_key: Inline<128>,
    serial: Inline<40>,
}

/// The hash data of a message is longer than its schema allows, or not plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("member {0} of the certificate's hash data does not fit")]
pub struct CertificateIdError(pub &'static str);

impl TryFrom<&CertificateHashData<'_>> for CertificateId {
    type Error = CertificateIdError;

    fn try_from(data: &CertificateHashData<'_>) -> Result<Self, CertificateIdError> {
        Ok(Self {
            algorithm: data.hash_algorithm,
            issuer_name: inline(&data.issuer_name_hash).ok_or(CertificateIdError("issuerNameHash"))?,
            issuer_key: inline(&data.issuer_key_hash).ok_or(CertificateIdError("issuerKeyHash"))?,
            serial: inline(&data.serial_number).ok_or(CertificateIdError("serialNumber"))?,
        })
    }
}

fn inline<const MAX: usize>(text: &Str<'_, MAX>) -> Option<Inline<MAX>> {
    text.copy_to(&mut [0; MAX]).map(Inline::cut)
}

impl CertificateId {
    /// As a message has it.
    #[must_use]
    pub fn to_hash_data(&self) -> CertificateHashData<'_> {
        CertificateHashData {
            hash_algorithm: self.algorithm,
            issuer_name_hash: Str::cut(self.issuer_name.as_str()),
            issuer_key_hash: Str::cut(self.issuer_key.as_str()),
            serial_number: Str::cut(self.serial.as_str()),
        }
    }
}

/// Hexadecimal digits compare without case.
impl PartialEq for CertificateId {
    fn eq(&self, other: &Self) -> bool {
        self.algorithm == other.algorithm
            && self.issuer_name.as_str().eq_ignore_ascii_case(other.issuer_name.as_str())
            && self.issuer_key.as_str().eq_ignore_ascii_case(other.issuer_key.as_str())
            && self.serial.as_str().eq_ignore_ascii_case(other.serial.as_str())
    }
}

impl Eq for CertificateId {}

/// The names of up to `N` root certificates (`CertificateStoreMaxLength`).
#[derive(Debug, Clone)]
pub struct Certificates<const N: usize> {
    slots: [Option<(CertificateUse, CertificateId)>; N],
}

impl<const N: usize> Certificates<N> {
    /// None.
    #[must_use]
    pub const fn new() -> Self {
        Self { slots: [None; N] }
    }

    /// Enters a certificate the application has checked; keep it if the answer is `Accepted`. One that is there
    /// already is accepted again; without room the answer is `Rejected`.
    pub fn install(&mut self, usage: CertificateUse, id: CertificateId) -> InstallCertificateStatus {
        let same = |slot: &Option<_>| *slot == Some((usage, id));
        let at =
            self.slots.iter().position(same).or_else(|| self.slots.iter().position(|slot| slot.is_none()));
        match at.and_then(|at| self.slots.get_mut(at)) {
            Some(slot) => {
                *slot = Some((usage, id));
                InstallCertificateStatus::Accepted
            }
            None => InstallCertificateStatus::Rejected,
        }
    }

    /// Forgets a certificate; delete it if the answer is `Accepted`.
    ///
    /// `Failed`: it is the last root that can verify the central system while `security_profile` needs one; without it
    /// the station could never connect again.
    pub fn delete(&mut self, id: &CertificateId, security_profile: i32) -> DeleteCertificateStatus {
        let named = |(_, held): &(CertificateUse, CertificateId)| held == id;
        let Some(at) = self.slots.iter().position(|slot| slot.as_ref().is_some_and(named)) else {
            return DeleteCertificateStatus::NotFound;
        };
        let root = CertificateUse::CentralSystemRootCertificate;
        let is_root = self.slots.get(at).is_some_and(|slot| slot.is_some_and(|(usage, _)| usage == root));
        if is_root && security_profile >= TLS_PROFILE && self.of(root).count() == 1 {
            return DeleteCertificateStatus::Failed;
        }
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = None;
        }
        DeleteCertificateStatus::Accepted
    }

    /// The certificates of a use.
    pub fn of(&self, usage: CertificateUse) -> impl Iterator<Item = &CertificateId> {
        self.slots.iter().flatten().filter(move |(held, _)| *held == usage).map(|(_, id)| id)
    }
}

impl<const N: usize> Default for Certificates<N> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use CertificateUse::{CentralSystemRootCertificate as Root, ManufacturerRootCertificate as Maker};

    fn id(serial: &'static str) -> CertificateId {
        let data = CertificateHashData {
            hash_algorithm: HashAlgorithm::Sha256,
            issuer_name_hash: Str::cut("aa"),
            issuer_key_hash: Str::cut("bb"),
            serial_number: Str::cut(serial),
        };
        CertificateId::try_from(&data).unwrap()
    }

    #[test]
    fn there_is_room_for_as_many_as_there_are_slots() {
        let mut held = Certificates::<2>::new();
        assert_eq!(held.install(Root, id("01")), InstallCertificateStatus::Accepted);
        assert_eq!(held.install(Root, id("01")), InstallCertificateStatus::Accepted);
        assert_eq!(held.install(Maker, id("02")), InstallCertificateStatus::Accepted);
        assert_eq!(held.install(Maker, id("03")), InstallCertificateStatus::Rejected);
        assert_eq!((held.of(Root).count(), held.of(Maker).count()), (1, 1));
    }

    #[test]
    fn the_last_root_stays_while_the_connection_needs_it() {
        let mut held = Certificates::<3>::new();
        held.install(Root, id("0a"));
        held.install(Maker, id("02"));
        assert_eq!(held.delete(&id("0A"), 2), DeleteCertificateStatus::Failed);
        assert_eq!(held.delete(&id("02"), 2), DeleteCertificateStatus::Accepted);
        assert_eq!(held.delete(&id("02"), 2), DeleteCertificateStatus::NotFound);
        held.install(Root, id("0b"));
        assert_eq!(held.delete(&id("0A"), 2), DeleteCertificateStatus::Accepted);
        assert_eq!(held.delete(&id("0B"), 1), DeleteCertificateStatus::Accepted);
    }
}
