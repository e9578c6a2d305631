//! TLS: which servers are trusted. Nothing is set for the whole program, which may have its own.

use std::sync::Arc;

use registry_core::{Error, Result};
use rustls::crypto::ring::default_provider;
use rustls::{ClientConfig, RootCertStore};
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
        config.with_platform_verifier().map_err(failed)?
    } else {
        config.with_root_certificates(RootCertStore::empty())
    }
    .with_no_client_auth())
}
