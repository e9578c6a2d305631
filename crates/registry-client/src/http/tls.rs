//! TLS: which servers are trusted. Nothing is set for the whole program, which may have its own.

use std::error::Error as _;
use std::io;
use std::sync::Arc;

use registry_core::{Error, Result};
use rustls::crypto::ring::default_provider;
use rustls::{CertificateError, ClientConfig, InvalidMessage, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;

use crate::options::ConnectOptions;

/// Trusts whom the system trusts; `SSL_CERT_FILE` names others in their place where the system has files of them. Without
/// TLS in the address nobody is trusted, and no certificate is read.
pub(super) fn config(options: &ConnectOptions) -> Result<ClientConfig> {
    let failed = |source: rustls::Error| Error::Storage {
        action: format!("prepare TLS for `{}`", options.location()),
        source: source.into(),
    };
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    Ok(if options.is_secure() {
        let verified = config.with_platform_verifier();
        verified.map_err(|source| Error::Untrusted {
            location: options.location(),
            problem: format!("whom this machine trusts cannot be read: {source}"),
        })?
    } else {
        config.with_root_certificates(RootCertStore::empty())
    }
    .with_no_client_auth())
}

/// Why the server is not trusted, if it is that.
pub(super) fn distrust(error: &reqwest::Error, location: &str) -> Option<Error> {
    let location = || location.to_owned();
    let mut cause = error.source();
    while let Some(error) = cause {
        match error.downcast_ref() {
            Some(rustls::Error::InvalidCertificate(problem)) => {
                return Some(Error::Untrusted {
                    location: location(),
                    problem: of_certificate(problem),
                });
            }
            // What plain HTTP begins with is the type of no message of TLS.
            Some(rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType)) => {
                return Some(Error::NotEncrypted { location: location() });
            }
            _ => {}
        }
        // An error of the system has another within, which its source passes over.
        let within = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        cause = match within {
            Some(within) => Some(within),
            None => error.source(),
        };
    }
    None
}

fn of_certificate(problem: &CertificateError) -> String {
    match problem {
        CertificateError::UnknownIssuer => "nobody trusted here has signed its certificate".into(),
        CertificateError::NotValidForName => "its certificate is for another host".into(),
        CertificateError::NotValidForNameContext { presented, .. } => {
            format!("its certificate is for another host: {}", presented.join(", "))
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "its certificate has expired".into()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate does not count yet".into()
        }
        problem => format!("its certificate is refused: {problem}"),
    }
}
