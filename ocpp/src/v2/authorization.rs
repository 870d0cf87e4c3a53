//! Block C, *Authorization*: identifiers and the authorization cache.

use super::tariff::Tariff;
use super::types::{EnergyTransferMode, IdToken, IdTokenInfo, OcspRequestData, StatusInfo};
use crate::list::List;
use crate::nested::Nested;
use crate::text::Str;

messages! {
    /// Asks whether an identifier may charge (C01 to C07).
    class AuthorizeRequest<'a> {
        /// The identifier.
        "idToken" id_token: IdToken<'a>,
        /// Contract certificate and those between it and the root, PEM, leaf first: for Plug & Charge where
        /// the CSMS is to verify it.
        "certificate" certificate: Option<Str<'a, 10000>> [before_v21(5500)],
        /// The certificates the CSMS is to ask the OCSP responder about, one to four.
        "iso15118CertificateHashData" iso15118_certificate_hash_data: Option<List<'a, OcspRequestData<'a>>>
            [min_items(1), max_items(4)],
    }

    /// Says whether an identifier may charge (C01 to C07).
    class AuthorizeResponse<'a> {
        /// Status of the identifier.
        "idTokenInfo" id_token_info: IdTokenInfo<'a>,
        /// Status of the contract certificates.
        "certificateStatus" certificate_status: Option<AuthorizeCertificateStatus>,
        /// Modes of energy transfer the vehicle may choose from; absent means charging only.
        ///
        /// Since 2.1.
        "allowedEnergyTransfer" allowed_energy_transfer: Option<List<'a, EnergyTransferMode>>
            [min_items(1), since_v21()],
        /// The driver's tariff.
        ///
        /// Since 2.1.
        "tariff" tariff: Option<Nested<'a, Tariff<'a>>> [since_v21()],
    }

    /// Status of contract certificates.
    enum AuthorizeCertificateStatus {
        "Accepted" => Accepted,
        "SignatureError" => SignatureError,
        "CertificateExpired" => CertificateExpired,
        "CertificateRevoked" => CertificateRevoked,
        "NoCertificateAvailable" => NoCertificateAvailable,
        "CertChainError" => CertChainError,
        "ContractCancelled" => ContractCancelled,
    }

    /// Empties the authorization cache (C11).
    class ClearCacheRequest<'a> {
    }

    /// Answers ClearCacheRequest.
    class ClearCacheResponse<'a> {
        /// What comes of it.
        "status" status: ClearCacheStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Whether the cache was emptied.
    enum ClearCacheStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
    }
}
