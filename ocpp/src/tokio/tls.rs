//! TLS of both sides by `rustls`, made from PEM (security white paper for 1.6, profiles 2 and 3).

use alloc::string::String;
use alloc::string::ToString as _;
use alloc::sync::Arc;
use alloc::vec::Vec;

use thiserror::Error;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// Why certificates and keys cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TlsError {
    /// There is no certificate in the PEM text.
    #[error("no certificate in the PEM text for the {0}")]
    NoCertificate(&'static str),
    /// The PEM text cannot be read.
    #[error("PEM text for the {part}: {reason}")]
    Pem {
        /// Which one.
        part: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// Certificate, key or roots do not fit together.
    #[error("{0}")]
    Unusable(String),
}

/// How a station verifies the central system, and shows who it is.
#[derive(Debug, Clone)]
pub struct ClientTls {
    config: Arc<ClientConfig>,
}

/// How a central system shows who it is, and verifies stations.
#[derive(Debug, Clone)]
pub struct ServerTls {
    config: Arc<ServerConfig>,
}

impl ClientTls {
    /// Trusts these root certificates (PEM). `identity`: the station's own certificate chain and key, for profile 3.
    ///
    /// # Errors
    ///
    /// See [`TlsError`].
    pub fn from_pem(roots: &[u8], identity: Option<(&[u8], &[u8])>) -> Result<Self, TlsError> {
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(store(roots)?), provider());
        let builder = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .with_webpki_verifier(verifier.build().map_err(unusable)?);
        let config = match identity {
            None => builder.with_no_client_auth(),
            Some((chain, key)) => {
                let (chain, key) = (certificates(chain, "station")?, private_key(key)?);
                builder.with_client_auth_cert(chain, key).map_err(unusable)?
            }
        };
        Ok(Self { config: Arc::new(config) })
    }

    pub(super) fn connector(&self) -> TlsConnector {
        TlsConnector::from(Arc::clone(&self.config))
    }
}

impl ServerTls {
    /// Shows this certificate chain, with its key. `station_roots`: stations need a certificate these roots vouch for
    /// (profile 3).
    ///
    /// # Errors
    ///
    /// See [`TlsError`].
    pub fn from_pem(chain: &[u8], key: &[u8], station_roots: Option<&[u8]>) -> Result<Self, TlsError> {
        let builder = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(unusable)?;
        let builder = match station_roots {
            None => builder.with_no_client_auth(),
            Some(roots) => {
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(store(roots)?), provider());
                builder.with_client_cert_verifier(verifier.build().map_err(unusable)?)
            }
        };
        let config = builder
            .with_single_cert(certificates(chain, "central system")?, private_key(key)?)
            .map_err(unusable)?;
        Ok(Self { config: Arc::new(config) })
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config))
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn store(pem: &[u8]) -> Result<RootCertStore, TlsError> {
    let mut store = RootCertStore::empty();
    for certificate in certificates(pem, "roots")? {
        store.add(certificate).map_err(unusable)?;
    }
    Ok(store)
}

fn certificates(pem: &[u8], part: &'static str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|error| TlsError::Pem { part, reason: error.to_string() })?;
    if found.is_empty() { Err(TlsError::NoCertificate(part)) } else { Ok(found) }
}

fn private_key(pem: &[u8]) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_slice(pem)
        .map_err(|error| TlsError::Pem { part: "private key", reason: error.to_string() })
}

fn unusable(error: impl core::fmt::Display) -> TlsError {
    TlsError::Unusable(error.to_string())
}
