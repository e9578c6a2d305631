//! TLS: the certificate and key of a server, and reading them anew.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// Why a server cannot speak TLS with these files.
#[derive(Debug)]
pub enum TlsError {
    /// The file system refused.
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Others than its owner and its group may use the key.
    KeyTooOpen {
        /// The file.
        path: PathBuf,
    },
    /// It holds no certificate.
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
    /// It holds no private key.
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// The key is that of another certificate.
    OtherKey {
        /// The file of the key.
        path: PathBuf,
    },
    /// The two cannot be used.
    Unusable {
        /// The file of the certificate.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
}

impl std::fmt::Display for TlsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File { path, source } => write!(f, "could not read `{}`: {source}", path.display()),
            Self::KeyTooOpen { path } => write!(
                f,
                "the key `{}` can be used by others than its owner; it needs mode 0600 or 0640",
                path.display()
            ),
            Self::NoCertificate { path } => {
                write!(f, "`{}` holds no certificate in PEM form", path.display())
            }
            Self::NoKey { path } => write!(f, "`{}` holds no private key in PEM form", path.display()),
            Self::OtherKey { path } => {
                write!(
                    f,
                    "the key `{}` is not the one of the certificate",
                    path.display()
                )
            }
            Self::Unusable { path, problem } => {
                write!(
                    f,
                    "the certificate `{}` cannot be used: {problem}",
                    path.display()
                )
            }
        }
    }
}

impl std::error::Error for TlsError {}

/// The certificate and key of a server, read from files.
#[derive(Debug)]
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    config: Mutex<Arc<ServerConfig>>,
}

impl Tls {
    /// Reads a chain of certificates, the server's own first, and its key, both PEM.
    ///
    /// # Errors
    /// When the files cannot be read, or do not go together.
    pub fn read(certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Result<Self, TlsError> {
        let (certificate, key) = (certificate.into(), key.into());
        let config = Mutex::new(config(&certificate, &key)?);
        Ok(Self {
            certificate,
            key,
            config,
        })
    }

    /// Reads the files anew, for the connections to come.
    ///
    /// # Errors
    /// As for [`read`](Self::read); then what was read before goes on.
    pub fn reload(&self) -> Result<(), TlsError> {
        let config = config(&self.certificate, &self.key)?;
        *self.config.lock().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let config = self.config.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&config).into()
    }
}

fn config(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| failed(certificate, error, |path| TlsError::NoCertificate { path }))?;
    if chain.is_empty() {
        let path = certificate.to_owned();
        return Err(TlsError::NoCertificate { path });
    }
    check_mode(key)?;
    let private = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| failed(key, error, |path| TlsError::NoKey { path }))?;
    let unusable = |error: &rustls::Error| TlsError::Unusable {
        path: certificate.to_owned(),
        problem: error.to_string(),
    };
    let mut config = ServerConfig::builder_with_provider(default_provider().into())
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error))?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => TlsError::OtherKey { path: key.to_owned() },
            error => unusable(&error),
        })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn failed(path: &Path, error: pem::Error, other: impl FnOnce(PathBuf) -> TlsError) -> TlsError {
    let path = path.to_owned();
    match error {
        pem::Error::Io(source) => TlsError::File { path, source },
        _ => other(path),
    }
}

/// The key is its owner's; a group may read it, as some systems have one for this.
#[cfg(unix)]
fn check_mode(key: &Path) -> Result<(), TlsError> {
    use std::os::unix::fs::PermissionsExt as _;
    let path = key.to_owned();
    match std::fs::metadata(key) {
        Ok(metadata) if metadata.permissions().mode() & 0o037 != 0 => Err(TlsError::KeyTooOpen { path }),
        Ok(_) => Ok(()),
        Err(source) => Err(TlsError::File { path, source }),
    }
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "there are no modes here")]
fn check_mode(_: &Path) -> Result<(), TlsError> {
    Ok(())
}
