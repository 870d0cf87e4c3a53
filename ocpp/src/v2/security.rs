//! Block A, *Security*: the station's certificates and security events.

use super::types::{CertificateHashData, GenericStatus, StatusInfo};
use crate::text::Str;
use crate::time::{DateTime, Utc};

messages! {
    /// Hands over the certificate a SignCertificateRequest asked for (A02, A03).
    class CertificateSignedRequest<'a> {
        /// The certificate and those between it and the root, PEM, leaf first.
        "certificateChain" certificate_chain: Str<'a, 10000>,
        /// What it is for; absent means all connections the station makes.
        "certificateType" certificate_type: Option<CertificateSigningUse>,
        /// That of the SignCertificateRequest.
        ///
        /// Since 2.1.
        "requestId" request_id: Option<i64> [since_v21()],
    }

    /// What a certificate of the station is for.
    ///
    /// Since 2.1: `V2G20Certificate`.
    enum CertificateSigningUse(2) {
        /// To show to the CSMS.
        "ChargingStationCertificate" => ChargingStationCertificate,
        /// To show to vehicles, ISO 15118-2.
        "V2GCertificate" => V2gCertificate,
        /// To show to vehicles, ISO 15118-20.
        "V2G20Certificate" => V2g20Certificate,
    }

    /// Answers CertificateSignedRequest.
    class CertificateSignedResponse<'a> {
        /// What comes of it.
        "status" status: CertificateSignedStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Whether a signed certificate was taken.
    enum CertificateSignedStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
    }

    /// Asks to have a certificate signed (A02, A03).
    class SignCertificateRequest<'a> {
        /// The certificate signing request (RFC 2986), PEM.
        "csr" csr: Str<'a, 5500>,
        /// What it is for; absent means all connections the station makes.
        "certificateType" certificate_type: Option<CertificateSigningUse>,
        /// The root certificate that should be at the top of the chain.
        ///
        /// Since 2.1.
        "hashRootCertificate" hash_root_certificate: Option<CertificateHashData<'a>> [since_v21()],
        /// Id of the request, repeated in the CertificateSignedRequest.
        ///
        /// Since 2.1.
        "requestId" request_id: Option<i64> [since_v21()],
    }

    /// Answers SignCertificateRequest.
    class SignCertificateResponse<'a> {
        /// What comes of it.
        "status" status: GenericStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// Something happened that matters for security (A04).
    class SecurityEventNotificationRequest<'a> {
        /// What, from the specification's list of security events.
        "type" kind: Str<'a, 50>,
        /// When.
        "timestamp" timestamp: DateTime<Utc>,
        /// More about it, free text.
        "techInfo" tech_info: Option<Str<'a, 255>>,
    }

    /// Answers SecurityEventNotificationRequest.
    class SecurityEventNotificationResponse<'a> {
    }
}
