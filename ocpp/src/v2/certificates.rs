//! Block M, *ISO 15118 certificate management*: certificates of vehicles and roots, revocation.

use super::types::{CertificateHashData, OcspRequestData, StatusInfo};
use crate::list::List;
use crate::text::Str;
use crate::time::{DateTime, Utc};

messages! {
    /// A vehicle asks for a contract certificate (M01, M02).
    class Get15118EVCertificateRequest<'a> {
        /// Version of the schema the vehicle speaks, needed to read the request.
        "iso15118SchemaVersion" iso15118_schema_version: Str<'a, 50>,
        /// Install or update.
        "action" action: CertificateAction,
        /// The vehicle's request as it came, base64 of EXI.
        "exiRequest" exi_request: Str<'a, 11000> [before_v21(5600)],
        /// Most contracts the vehicle takes, for ISO 15118-20.
        ///
        /// Since 2.1.
        "maximumContractCertificateChains" maximum_contract_certificate_chains: Option<i64>
            [at_least(0), since_v21()],
        /// Contracts it wants first, at most eight, for ISO 15118-20.
        ///
        /// Since 2.1.
        "prioritizedEMAIDs" prioritized_emaids: Option<List<'a, Str<'a, 255>>>
            [min_items(1), max_items(8), since_v21()],
    }

    /// Install or update.
    enum CertificateAction {
        "Install" => Install,
        "Update" => Update,
    }

    /// Answers Get15118EVCertificateRequest.
    class Get15118EVCertificateResponse<'a> {
        /// What comes of it.
        "status" status: Iso15118EvCertificateStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
        /// The answer for the vehicle, base64 of EXI. Its limit was 5600 characters in the first edition of
        /// 2.0.1, 7500 in the schemas compared here.
        "exiResponse" exi_response: Str<'a, 17000> [before_v21(7500)],
        /// Number of contracts that further requests would get.
        ///
        /// Since 2.1.
        "remainingContracts" remaining_contracts: Option<i64> [at_least(0), since_v21()],
    }

    /// Whether there is an answer for the vehicle.
    enum Iso15118EvCertificateStatus {
        "Accepted" => Accepted,
        "Failed" => Failed,
    }

    /// Asks the CSMS to have a certificate checked by OCSP (M06).
    class GetCertificateStatusRequest<'a> {
        /// The certificate.
        "ocspRequestData" ocsp_request_data: OcspRequestData<'a>,
    }

    /// Answers GetCertificateStatusRequest.
    class GetCertificateStatusResponse<'a> {
        /// What comes of it.
        "status" status: GetCertificateStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
        /// The responder's answer (RFC 6960), base64 of DER.
        "ocspResult" ocsp_result: Option<Str<'a, 18000>> [before_v21(5500)],
    }

    /// Whether there is an answer of the responder.
    enum GetCertificateStatus {
        "Accepted" => Accepted,
        "Failed" => Failed,
    }

    /// Asks the CSMS to have certificates checked by OCSP or revocation list.
    ///
    /// Since 2.1.
    class GetCertificateChainStatusRequest<'a> {
        /// The certificates, at most four.
        "certificateStatusRequests" certificate_status_requests: List<'a, CertificateStatusRequestInfo<'a>>
            [min_items(1), max_items(4)],
    }

    /// A certificate, and where to look it up.
    ///
    /// Since 2.1.
    class CertificateStatusRequestInfo<'a> {
        /// Which certificate.
        "certificateHashData" certificate_hash_data: CertificateHashData<'a>,
        /// How it is looked up.
        "source" source: CertificateStatusSource,
        /// Where, at most five.
        "urls" urls: List<'a, Str<'a, 2000>> [min_items(1), max_items(5)],
    }

    /// How the status of a certificate is looked up.
    ///
    /// Since 2.1.
    enum CertificateStatusSource {
        "CRL" => Crl,
        "OCSP" => Ocsp,
    }

    /// Answers GetCertificateChainStatusRequest.
    ///
    /// Since 2.1.
    class GetCertificateChainStatusResponse<'a> {
        /// Their status.
        "certificateStatus" certificate_status: List<'a, CertificateStatus<'a>> [min_items(1), max_items(4)],
    }

    /// Status of a certificate.
    ///
    /// Since 2.1.
    class CertificateStatus<'a> {
        /// Which certificate.
        "certificateHashData" certificate_hash_data: CertificateHashData<'a>,
        /// How it is looked up.
        "source" source: CertificateStatusSource,
        /// Whether it is revoked.
        "status" status: CertificateStatusValue,
        /// When it has to be looked up again.
        "nextUpdate" next_update: DateTime<Utc>,
    }

    /// Whether a certificate is revoked.
    ///
    /// Since 2.1.
    enum CertificateStatusValue {
        "Good" => Good,
        "Revoked" => Revoked,
        "Unknown" => Unknown,
        "Failed" => Failed,
    }

    /// Removes a root certificate (M04).
    class DeleteCertificateRequest<'a> {
        /// Which certificate.
        "certificateHashData" certificate_hash_data: CertificateHashData<'a>,
    }

    /// Answers DeleteCertificateRequest.
    class DeleteCertificateResponse<'a> {
        /// What comes of it.
        "status" status: DeleteCertificateStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// What comes of removing a certificate.
    enum DeleteCertificateStatus {
        "Accepted" => Accepted,
        "Failed" => Failed,
        "NotFound" => NotFound,
    }

    /// Asks which certificates are installed (M03).
    class GetInstalledCertificateIdsRequest<'a> {
        /// Of which uses; absent means all.
        "certificateType" certificate_type: Option<List<'a, GetCertificateIdUse>> [min_items(1)],
    }

    /// What an installed certificate is used for.
    ///
    /// Since 2.1: `OEMRootCertificate`.
    enum GetCertificateIdUse(5) {
        "V2GRootCertificate" => V2gRootCertificate,
        "MORootCertificate" => MoRootCertificate,
        "CSMSRootCertificate" => CsmsRootCertificate,
        "V2GCertificateChain" => V2gCertificateChain,
        "ManufacturerRootCertificate" => ManufacturerRootCertificate,
        "OEMRootCertificate" => OemRootCertificate,
    }

    /// Answers GetInstalledCertificateIdsRequest.
    class GetInstalledCertificateIdsResponse<'a> {
        /// What comes of it.
        "status" status: GetInstalledCertificateStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
        /// The certificates.
        "certificateHashDataChain" certificate_hash_data_chain: Option<List<'a, CertificateHashDataChain<'a>>>
            [min_items(1)],
    }

    /// Whether there are such certificates.
    enum GetInstalledCertificateStatus {
        "Accepted" => Accepted,
        "NotFound" => NotFound,
    }

    /// A certificate and those below it.
    class CertificateHashDataChain<'a> {
        /// The certificate.
        "certificateHashData" certificate_hash_data: CertificateHashData<'a>,
        /// What it is used for.
        "certificateType" certificate_type: GetCertificateIdUse,
        /// Those below it, at most four.
        "childCertificateHashData" child_certificate_hash_data: Option<List<'a, CertificateHashData<'a>>>
            [min_items(1), max_items(4)],
    }

    /// Installs a root certificate (M05).
    class InstallCertificateRequest<'a> {
        /// What it is used for.
        "certificateType" certificate_type: InstallCertificateUse,
        /// The certificate, PEM.
        "certificate" certificate: Str<'a, 10000> [before_v21(5500)],
    }

    /// What a root certificate is used for.
    ///
    /// Since 2.1: `OEMRootCertificate`.
    enum InstallCertificateUse(4) {
        "V2GRootCertificate" => V2gRootCertificate,
        "MORootCertificate" => MoRootCertificate,
        "CSMSRootCertificate" => CsmsRootCertificate,
        "ManufacturerRootCertificate" => ManufacturerRootCertificate,
        "OEMRootCertificate" => OemRootCertificate,
    }

    /// Answers InstallCertificateRequest.
    class InstallCertificateResponse<'a> {
        /// What comes of it.
        "status" status: InstallCertificateStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// What comes of installing a certificate.
    enum InstallCertificateStatus {
        "Accepted" => Accepted,
        "Rejected" => Rejected,
        "Failed" => Failed,
    }
}
