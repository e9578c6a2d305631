//! Whether a connection is encrypted and the server known for who it is: what an address asks for, what holds where it
//! asks for nothing, and what went wrong.
//!
//! Off this machine the default is `verify-full`: nothing is sent, no password either, before the certificate was found to
//! be that of the host. It never falls back to less than what was asked for.

use std::fs::{self, File};
use std::io;
use std::net::IpAddr;
use std::path::Path;

use registry_core::{Error, Result};
use rustls::{AlertDescription, CertificateError, Error as TlsError};
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use crate::options::refused;

/// What an address, or else the environment, says of it.
#[derive(Clone, Default)]
pub(crate) struct Tls {
    mode: Option<PgSslMode>,
    /// Parameters and the files that they name.
    files: Vec<(&'static str, String)>,
    /// The authorities of the system, and none besides.
    system: bool,
}

/// The parameters that name files, and the variables for them.
const FILES: [(&str, &str); 3] = [
    ("sslrootcert", "PGSSLROOTCERT"),
    ("sslcert", "PGSSLCERT"),
    ("sslkey", "PGSSLKEY"),
];

impl Tls {
    /// As the environment says, where the parameters of an address say nothing.
    pub(crate) fn read<'a>(parameter: impl Fn(&str) -> Option<&'a str>) -> Result<Self> {
        let said = |name: &str, variable: &str| {
            let parameter = parameter(name).map(str::to_owned);
            let said = parameter.or_else(|| std::env::var(variable).ok());
            said.filter(|value| !value.is_empty())
        };
        let mut tls = Self {
            mode: said("sslmode", "PGSSLMODE")
                .map(|mode| read_mode(&mode))
                .transpose()?,
            ..Self::default()
        };
        for (name, variable) in FILES {
            match said(name, variable) {
                Some(value) if name == "sslrootcert" && value == "system" => tls.system = true,
                Some(value) => tls.files.push((name, value)),
                None => {}
            }
        }
        if tls.names("sslcert") != tls.names("sslkey") {
            return Err(refused("of `sslcert` and `sslkey` it has one without the other"));
        }
        Ok(tls)
    }

    fn names(&self, parameter: &str) -> bool {
        self.files.iter().any(|(name, _)| *name == parameter)
    }

    /// Tells the driver.
    pub(crate) fn apply(&self, driver: PgConnectOptions) -> PgConnectOptions {
        let mode = self.mode_of(&driver);
        let mut driver = driver.ssl_mode(mode);
        for (name, value) in &self.files {
            driver = match *name {
                "sslrootcert" => driver.ssl_root_cert(value),
                "sslcert" => driver.ssl_client_cert(value),
                _ => driver.ssl_client_key(value),
            };
        }
        if self.system {
            // Also where a variable has told the driver of a file called so.
            driver = driver.ssl_root_cert_from_pem(Vec::new());
        }
        driver
    }

    fn mode_of(&self, driver: &PgConnectOptions) -> PgSslMode {
        if is_socket(driver) {
            // PostgreSQL does not encrypt there.
            return PgSslMode::Disable;
        }
        let wants_proof = self.system || self.names("sslrootcert");
        match self.mode {
            Some(PgSslMode::Require) if wants_proof => PgSslMode::VerifyCa,
            Some(mode) => mode,
            None if wants_proof || !is_loopback(driver.get_host()) => PgSslMode::VerifyFull,
            None => PgSslMode::Prefer,
        }
    }

    /// Refuses files that cannot be read, and a key that others can read.
    pub(crate) fn check_files(&self) -> Result<()> {
        for (name, value) in &self.files {
            // The driver takes the text of a certificate as well.
            if value.trim_start().starts_with("-----BEGIN") {
                continue;
            }
            let path = Path::new(value);
            if let Err(problem) = File::open(path) {
                return Err(refused(format!(
                    "the file of its `{name}`, {}, cannot be read: {problem}",
                    path.display()
                )));
            }
            if *name == "sslkey" && is_open_to_others(path) {
                return Err(refused(format!(
                    "the file of its `sslkey`, {}, can be read by others: `chmod 600` it",
                    path.display()
                )));
            }
        }
        Ok(())
    }
}

fn read_mode(mode: &str) -> Result<PgSslMode> {
    match mode {
        "disable" => Ok(PgSslMode::Disable),
        "prefer" => Ok(PgSslMode::Prefer),
        "require" => Ok(PgSslMode::Require),
        "verify-ca" => Ok(PgSslMode::VerifyCa),
        "verify-full" => Ok(PgSslMode::VerifyFull),
        // The driver takes `allow` for `disable`.
        _ => Err(refused(
            "its `sslmode` (or PGSSLMODE) is none of disable, prefer, require, verify-ca and verify-full",
        )),
    }
}

/// Whether a server of this machine is reached through a socket in a folder.
pub(crate) fn is_socket(driver: &PgConnectOptions) -> bool {
    driver.get_socket().is_some() || driver.get_host().starts_with('/')
}

/// Whether what is sent to this host stays on the machine.
fn is_loopback(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

/// As `psql` has it: the owner alone, but a group may read a key of root.
#[cfg(unix)]
fn is_open_to_others(key: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(key).is_ok_and(|file| {
        let forbidden = if file.uid() == 0 { 0o027 } else { 0o077 };
        file.is_file() && file.mode() & forbidden != 0
    })
}

#[cfg(not(unix))]
fn is_open_to_others(_key: &Path) -> bool {
    false
}

/// What is meant when a connection is not secured, if this is about that.
pub(crate) fn meaning(location: &str, error: &sqlx::Error) -> Option<Error> {
    let location = location.to_owned();
    let error = match error {
        sqlx::Error::Tls(error) => match error.downcast_ref::<TlsError>() {
            Some(error) => error,
            // Of what can go wrong before a handshake.
            None if error.to_string() == "server does not support TLS" => {
                return Some(Error::Untrusted {
                    location,
                    problem: "it does not encrypt connections".into(),
                });
            }
            None => {
                return Some(Error::Untrusted {
                    location,
                    problem: error.to_string(),
                });
            }
        },
        sqlx::Error::Io(error) => of_handshake(error)?,
        // Its words may repeat what is in the file.
        sqlx::Error::Configuration(_) => {
            return Some(refused(
                "a file of `sslcert`, `sslkey` or `sslrootcert` is not in the form of PEM",
            ));
        }
        _ => return None,
    };
    Some(match error {
        TlsError::AlertReceived(alert) => of_alert(location, *alert),
        TlsError::InvalidCertificate(problem) => Error::Untrusted {
            location,
            problem: of_certificate(problem),
        },
        TlsError::InconsistentKeys(_) => {
            refused("the certificate of its `sslcert` and the key of its `sslkey` do not belong together")
        }
        error => Error::Untrusted {
            location,
            problem: error.to_string(),
        },
    })
}

fn of_handshake(error: &io::Error) -> Option<&TlsError> {
    error.get_ref()?.downcast_ref()
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
            "its certificate is not valid yet".into()
        }
        CertificateError::Revoked => "its certificate was revoked".into(),
        problem => format!("its certificate is not good: {problem}"),
    }
}

/// What the server says of us.
fn of_alert(location: String, alert: AlertDescription) -> Error {
    match alert {
        AlertDescription::UnknownCA
        | AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateUnknown
        | AlertDescription::CertificateRequired
        | AlertDescription::DecryptError
        | AlertDescription::AccessDenied => Error::AccessDenied {
            location,
            problem: format!("it does not take the certificate of `sslcert` ({alert:?})"),
        },
        alert => Error::Unreachable {
            location,
            problem: format!("it broke off the handshake ({alert:?})"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(host: &str, parameters: &[(&str, &str)]) -> String {
        let find = |name: &str| {
            parameters
                .iter()
                .find(|(of, _)| *of == name)
                .map(|(_, value)| *value)
        };
        let tls = Tls::read(find).unwrap();
        let driver = PgConnectOptions::new_without_pgpass().host(host);
        format!("{:?}", tls.mode_of(&driver))
    }

    #[test]
    fn off_this_machine_the_server_proves_who_it_is() {
        for host in [
            "db.example.com",
            "10.0.0.1",
            "[fd00::1]",
            "localhost.example.com",
            "127.0.0.1.nip.io",
        ] {
            assert_eq!(mode(host, &[]), "VerifyFull", "{host}");
        }
        for host in [
            "localhost",
            "LOCALHOST.",
            "127.0.0.1",
            "127.8.8.8",
            "::1",
            "[::1]",
        ] {
            assert_eq!(mode(host, &[]), "Prefer", "{host}");
            assert_eq!(mode(host, &[("sslrootcert", "ca.pem")]), "VerifyFull", "{host}");
        }
        for said in [&[][..], &[("sslmode", "verify-full")]] {
            assert_eq!(mode("/run/postgresql", said), "Disable");
        }
    }

    #[test]
    fn what_is_asked_for_holds() {
        for (said, meant) in [
            ("disable", "Disable"),
            ("prefer", "Prefer"),
            ("require", "Require"),
            ("verify-ca", "VerifyCa"),
            ("verify-full", "VerifyFull"),
        ] {
            assert_eq!(mode("db", &[("sslmode", said)]), meant);
        }
        // As `psql`: whoever names an authority wants it asked.
        for root in ["ca.pem", "system"] {
            assert_eq!(
                mode("db", &[("sslmode", "require"), ("sslrootcert", root)]),
                "VerifyCa"
            );
        }
        for (name, value) in [("sslmode", "allow"), ("sslmode", "Require"), ("sslkey", "a.key")] {
            let find = |of: &str| (of == name).then_some(value);
            assert!(Tls::read(find).is_err(), "{value}");
        }
    }
}
