//! The certificates of a station: roots it trusts, and its own (OCPP 1.6 security white paper §4.4 to §4.8).
//!
//! Which names they have and which must stay is decided in `evkit-ocpp`; here they are read (`x509-parser`), checked,
//! signed for (`rcgen`) and kept as PEM files in a folder, if there is one.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use evkit_ocpp::text::Str;
use evkit_ocpp::v16::charge_point::{CertificateId, Certificates};
use evkit_ocpp::v16::{
    CertificateHashData, CertificateUse, DeleteCertificateStatus, HashAlgorithm, InstallCertificateStatus,
};
use rcgen::{CertificateParams, DnType, KeyPair};
use ring::digest::{SHA256, digest};
use ring::signature::{ECDSA_P256_SHA256_ASN1, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use x509_parser::certificate::X509Certificate;
use x509_parser::pem::Pem;
use x509_parser::public_key::PublicKey;

/// Most roots (`CertificateStoreMaxLength`).
const ROOTS: usize = 8;

/// Files of the station's own certificate chain and key.
const CHAIN: &str = "station.crt";
const KEY: &str = "station.key";

/// The certificates of a station.
#[derive(Debug)]
pub struct CertificateStore {
    folder: Option<PathBuf>,
    names: Certificates<ROOTS>,
    roots: Vec<Root>,
    /// The key of the request for a certificate that was sent last.
    requested: Option<KeyPair>,
    /// The folder has a certificate of the station's own.
    identity: bool,
}

#[derive(Debug)]
struct Root {
    usage: CertificateUse,
    id: CertificateId,
    pem: String,
}

impl CertificateStore {
    /// Without a folder, for as long as the program runs.
    pub fn memory() -> Self {
        Self { folder: None, names: Certificates::new(), roots: Vec::new(), requested: None, identity: false }
    }

    /// What is in a folder, which is made if it does not exist.
    ///
    /// # Errors
    /// The folder cannot be made or read. Files that are no root certificates are passed over.
    pub fn open(folder: &Path) -> std::io::Result<Self> {
        fs::create_dir_all(folder)?;
        let identity = own_identity(folder).is_some();
        let mut store = Self { folder: Some(folder.to_owned()), identity, ..Self::memory() };
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let usage = USES.iter().find(|(_, prefix)| name.starts_with(prefix));
            if let Some((usage, _)) = usage {
                store.add(*usage, &fs::read_to_string(&path)?);
            }
        }
        Ok(store)
    }

    /// PEM of all roots of a use.
    pub fn roots(&self, usage: CertificateUse) -> String {
        self.roots.iter().filter(|root| root.usage == usage).map(|root| root.pem.as_str()).collect()
    }

    /// Names of the roots of a use.
    pub(super) fn of(&self, usage: CertificateUse) -> Vec<CertificateHashData<'_>> {
        self.names.of(usage).map(CertificateId::to_hash_data).collect()
    }

    /// Installs a root that is signed by itself and valid now.
    pub(super) fn install(&mut self, usage: CertificateUse, pem: &str) -> InstallCertificateStatus {
        let status = self.add(usage, pem);
        let (Some(folder), InstallCertificateStatus::Accepted) = (&self.folder, status) else {
            return status;
        };
        match fs::write(folder.join(file_name(usage, pem)), pem) {
            Ok(()) => status,
            Err(_) => InstallCertificateStatus::Failed,
        }
    }

    fn add(&mut self, usage: CertificateUse, pem: &str) -> InstallCertificateStatus {
        let Some(id) = with_certificate(pem, |root| {
            let trusted = root.verify_signature(None).is_ok() && root.validity().is_valid();
            trusted.then(|| id_of(root)).flatten()
        }) else {
            return InstallCertificateStatus::Rejected;
        };
        let status = self.names.install(usage, id);
        let known = self.roots.iter().any(|root| root.usage == usage && root.id == id);
        if status == InstallCertificateStatus::Accepted && !known {
            self.roots.push(Root { usage, id, pem: pem.to_owned() });
        }
        status
    }

    pub(super) fn delete(
        &mut self,
        data: &CertificateHashData<'_>,
        security_profile: i32,
    ) -> DeleteCertificateStatus {
        let Ok(id) = CertificateId::try_from(data) else { return DeleteCertificateStatus::NotFound };
        let status = self.names.delete(&id, security_profile);
        if status != DeleteCertificateStatus::Accepted {
            return status;
        }
        let kept = |root: &Root| self.names.of(root.usage).any(|name| *name == root.id);
        for root in self.roots.extract_if(.., |root| !kept(root)) {
            let file = self.folder.as_ref().map(|folder| folder.join(file_name(root.usage, &root.pem)));
            if file.is_some_and(|file| fs::remove_file(file).is_err()) {
                return DeleteCertificateStatus::Failed;
            }
        }
        status
    }

    /// A request for a certificate (PEM) with a fresh key, which replaces the one of an earlier request.
    pub(super) fn request(&mut self, identity: &str) -> Result<String, rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, identity);
        let request = parameters.serialize_request(&key)?.pem()?;
        self.requested = Some(key);
        Ok(request)
    }

    /// Takes the certificate that was asked for: its key is ours, it is valid now, and if roots of the central system
    /// are installed one of them vouches for the last certificate of the chain.
    pub(super) fn take_signed(&mut self, chain: &str) -> bool {
        let Some(key) = &self.requested else { return false };
        let ours = with_certificate(chain, |leaf| {
            let key_fits = leaf.public_key().subject_public_key.data.as_ref() == key.public_key_raw();
            (key_fits && leaf.validity().is_valid()).then_some(())
        });
        let last = Pem::iter_from_buffer(chain.as_bytes()).filter_map(Result::ok).last();
        let usage = CertificateUse::CentralSystemRootCertificate;
        let vouched = last.is_some_and(|last| {
            self.names.of(usage).next().is_none()
                || last.parse_x509().is_ok_and(|last| self.vouches(usage, &last))
        });
        if ours.is_none() || !vouched {
            return false;
        }
        let kept = self.folder.as_ref().is_none_or(|folder| {
            fs::write(folder.join(KEY), key.serialize_pem()).is_ok()
                && fs::write(folder.join(CHAIN), chain).is_ok()
        });
        if kept {
            self.requested = None;
            self.identity = self.folder.is_some();
        }
        kept
    }

    /// Whether a certificate was signed for the station and kept.
    pub(super) fn has_identity(&self) -> bool {
        self.identity
    }

    /// Whether a root of the use has signed the certificate.
    fn vouches(&self, usage: CertificateUse, certificate: &X509Certificate<'_>) -> bool {
        self.roots.iter().filter(|root| root.usage == usage).any(|root| {
            with_certificate(&root.pem, |root| certificate.verify_signature(Some(root.public_key())).ok())
                .is_some()
        })
    }

    /// Whether firmware may be signed with this certificate: valid now, and signed by a root of the maker.
    pub(super) fn is_of_maker(&self, pem: &str) -> bool {
        let usage = CertificateUse::ManufacturerRootCertificate;
        let valid = |leaf: &X509Certificate<'_>| {
            (leaf.validity().is_valid() && self.vouches(usage, leaf)).then_some(())
        };
        with_certificate(pem, valid).is_some()
    }

    /// Whether `signature` (base64; SHA-256 with RSA or with ECDSA on P-256) is that of `content` by the certificate.
    pub(super) fn is_signed_by(&self, content: &[u8], certificate: &str, signature: &str) -> bool {
        let Ok(signature) = STANDARD.decode(signature.trim()) else { return false };
        with_certificate(certificate, |signer| {
            let key = signer.public_key();
            let algorithm: &'static dyn ring::signature::VerificationAlgorithm = match key.parsed().ok()? {
                PublicKey::RSA(_) => &RSA_PKCS1_2048_8192_SHA256,
                PublicKey::EC(_) => &ECDSA_P256_SHA256_ASN1,
                _ => return None,
            };
            UnparsedPublicKey::new(algorithm, &key.subject_public_key.data).verify(content, &signature).ok()
        })
        .is_some()
    }
}

/// The station's own chain and key in the folder of a store, PEM.
pub fn own_identity(folder: &Path) -> Option<(Vec<u8>, Vec<u8>)> {
    Some((fs::read(folder.join(CHAIN)).ok()?, fs::read(folder.join(KEY)).ok()?))
}

/// How the files of roots begin.
const USES: [(CertificateUse, &str); 2] = [
    (CertificateUse::CentralSystemRootCertificate, "central-"),
    (CertificateUse::ManufacturerRootCertificate, "maker-"),
];

fn file_name(usage: CertificateUse, pem: &str) -> String {
    let prefix = USES.iter().find(|(known, _)| *known == usage).map_or("", |(_, prefix)| prefix);
    format!("{prefix}{}.pem", &hex(digest(&SHA256, pem.as_bytes()).as_ref())[..16])
}

/// Calls `with` with the first certificate of a PEM text.
fn with_certificate<T>(pem: &str, with: impl FnOnce(&X509Certificate<'_>) -> Option<T>) -> Option<T> {
    let (_, pem) = x509_parser::pem::parse_x509_pem(pem.as_bytes()).ok()?;
    with(&pem.parse_x509().ok()?)
}

/// The name of a root, its own issuer, as OCSP has it (RFC 6960 §4.1.1), in hexadecimal digits.
fn id_of(root: &X509Certificate<'_>) -> Option<CertificateId> {
    let issuer_name = hex(digest(&SHA256, root.issuer().as_raw()).as_ref());
    let issuer_key = hex(digest(&SHA256, &root.public_key().subject_public_key.data).as_ref());
    let serial = format!("{:x}", root.serial);
    let data = CertificateHashData {
        hash_algorithm: HashAlgorithm::Sha256,
        issuer_name_hash: Str::new(&issuer_name).ok()?,
        issuer_key_hash: Str::new(&issuer_key).ok()?,
        serial_number: Str::new(&serial).ok()?,
    };
    CertificateId::try_from(&data).ok()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{BasicConstraints, CertificateSigningRequestParams, IsCa, Issuer};
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};

    const ROOT: CertificateUse = CertificateUse::CentralSystemRootCertificate;
    const MAKER: CertificateUse = CertificateUse::ManufacturerRootCertificate;

    fn authority() -> (String, Issuer<'static, KeyPair>) {
        let key = KeyPair::generate().unwrap();
        let mut parameters = CertificateParams::default();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = parameters.self_signed(&key).unwrap().pem();
        (pem, Issuer::new(parameters, key))
    }

    #[test]
    fn roots_are_kept_listed_and_deleted_by_their_hashes() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = CertificateStore::open(folder.path()).unwrap();
        let (pem, issuer) = authority();
        let leaf =
            CertificateParams::default().signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap().pem();
        assert_eq!(store.install(ROOT, &leaf), InstallCertificateStatus::Rejected, "not signed by itself");
        assert_eq!(store.install(ROOT, "no certificate"), InstallCertificateStatus::Rejected);
        assert_eq!(store.install(ROOT, &pem), InstallCertificateStatus::Accepted);
        assert_eq!((store.of(ROOT).len(), store.of(MAKER).len()), (1, 0));
        let mut store = CertificateStore::open(folder.path()).unwrap();
        assert_eq!(store.roots(ROOT), pem);
        let id = *store.names.of(ROOT).next().unwrap();
        assert_eq!(store.delete(&id.to_hash_data(), 2), DeleteCertificateStatus::Failed, "the last one");
        assert_eq!(store.delete(&id.to_hash_data(), 1), DeleteCertificateStatus::Accepted);
        assert_eq!(store.delete(&id.to_hash_data(), 1), DeleteCertificateStatus::NotFound);
        assert!(CertificateStore::open(folder.path()).unwrap().of(ROOT).is_empty());
    }

    #[test]
    fn a_signed_certificate_is_taken_if_it_was_asked_for_and_vouched_for() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = CertificateStore::open(folder.path()).unwrap();
        let ((root, issuer), (_, stranger)) = (authority(), authority());
        store.install(ROOT, &root);
        let sign = |request: &str, issuer: &Issuer<'_, KeyPair>| {
            let request = CertificateSigningRequestParams::from_pem(request).unwrap();
            request.signed_by(issuer).unwrap().pem()
        };
        let request = store.request("S1").unwrap();
        assert!(!store.take_signed(&sign(&request, &stranger)));
        assert!(own_identity(folder.path()).is_none() && !store.has_identity());
        let certificate = sign(&request, &issuer);
        assert!(store.take_signed(&certificate) && store.has_identity());
        assert!(CertificateStore::open(folder.path()).unwrap().has_identity());
        assert_eq!(own_identity(folder.path()).unwrap().0, certificate.as_bytes());
        assert!(!store.take_signed(&certificate), "nobody asked for it");
    }

    #[test]
    fn firmware_is_genuine_with_the_makers_certificate_and_its_signature() {
        let mut store = CertificateStore::memory();
        let ((root, issuer), (_, stranger)) = (authority(), authority());
        store.install(MAKER, &root);
        let key = KeyPair::generate().unwrap();
        let certificate = |issuer| CertificateParams::default().signed_by(&key, issuer).unwrap().pem();
        let pem = certificate(&issuer);
        assert!(store.is_of_maker(&pem) && !store.is_of_maker(&certificate(&stranger)));
        let random = SystemRandom::new();
        let signer =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.serialized_der(), &random).unwrap();
        let signature = STANDARD.encode(signer.sign(&random, b"firmware").unwrap());
        assert!(store.is_signed_by(b"firmware", &pem, &signature));
        assert!(!store.is_signed_by(b"firmwarE", &pem, &signature));
        assert!(!store.is_signed_by(b"firmware", &certificate(&stranger), "?"));
    }
}
