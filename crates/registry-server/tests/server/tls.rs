//! TLS, with certificates of the moment.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair};
use registry_core::{Checkpoint, ConfigHash, Registration, Timestamp, Version, WriteContext};
use registry_server::{Tls, TlsError};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsConnector;

use crate::running::Running;

pub(crate) struct Files {
    folder: tempfile::TempDir,
    certificate: PathBuf,
    key: PathBuf,
}

impl Files {
    /// A certificate for `localhost` that is its own authority, and its key.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = Self {
            certificate: folder.path().join("server.pem"),
            key: folder.path().join("server.key"),
            folder,
        };
        files.renew();
        files
    }

    fn renew(&self) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        fs::write(&self.certificate, params.self_signed(&key).unwrap().pem()).unwrap();
        self.write_key(&key.serialize_pem(), 0o600);
    }

    fn write_key(&self, text: &str, mode: u32) {
        fs::write(&self.key, text).unwrap();
        fs::set_permissions(&self.key, fs::Permissions::from_mode(mode)).unwrap();
    }

    pub(crate) fn certificate(&self) -> &Path {
        &self.certificate
    }

    pub(crate) fn read(&self) -> Result<Tls, TlsError> {
        Tls::read(&self.certificate, &self.key)
    }

    /// What a client that trusts this certificate, and no other, is answered.
    pub(crate) async fn ask(&self, running: &Running, trusted: &Path) -> std::io::Result<String> {
        self.send(running, trusted, "GET /healthz", "").await
    }

    /// The same to another request: its first words, and what comes behind the first two headers.
    async fn send(
        &self,
        running: &Running,
        trusted: &Path,
        what: &str,
        rest: &str,
    ) -> std::io::Result<String> {
        use rustls::pki_types::CertificateDer;
        use rustls::pki_types::pem::PemObject as _;
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_file(trusted).unwrap())
            .unwrap();
        let config = ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = tokio::net::TcpStream::connect(running.address).await?;
        let name = ServerName::try_from("localhost").unwrap();
        let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
        let rest = if rest.is_empty() { "\r\n" } else { rest };
        let request = format!("{what} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{rest}");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer)
    }
}

#[tokio::test]
async fn a_server_speaks_tls_and_nothing_else() {
    let files = Files::new();
    let tls = Arc::new(files.read().unwrap());
    let mut running = Running::with_tls(Arc::clone(&tls)).await;
    let answer = files.ask(&running, &files.certificate).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age="), "{answer}");
    assert!(running.request("GET", "/healthz").send().await.is_err());

    // A new certificate counts from the next connection on.
    let old = files.folder.path().join("old.pem");
    fs::copy(&files.certificate, &old).unwrap();
    files.renew();
    files.ask(&running, &files.certificate).await.unwrap_err();
    tls.reload().unwrap();
    files.ask(&running, &files.certificate).await.unwrap();
    files.ask(&running, &old).await.unwrap_err();

    // One that cannot be read changes nothing.
    let good = fs::read(&files.certificate).unwrap();
    fs::write(&files.certificate, "garbage").unwrap();
    assert!(matches!(tls.reload(), Err(TlsError::NoCertificate { .. })));
    fs::write(&files.certificate, good).unwrap();
    files.ask(&running, &files.certificate).await.unwrap();
    running.stop().await;
}

/// A session over TLS goes over nothing else, and the page of a model says how to reach it so.
#[tokio::test]
async fn pages_know_that_they_are_looked_at_by_tls() {
    let files = Files::new();
    let running = Running::with_tls(Arc::new(files.read().unwrap())).await;
    let registration = Registration::new(
        "gpt".parse().unwrap(),
        Version::new(1, 0, 0),
        Checkpoint::elsewhere("s3://models/gpt.pt").unwrap(),
        "language_modeling".parse().unwrap(),
        ConfigHash::of_json("{}").unwrap(),
    );
    let context = WriteContext::new("alice".parse().unwrap(), Timestamp::EPOCH);
    running.store.register(&context, registration).await.unwrap();

    let form = format!("token={}", running.admin);
    let login = format!(
        "Origin: https://localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    let entered = files.send(&running, &files.certificate, "POST /login", &login);
    let entered = entered.await.unwrap();
    let cookie = entered.lines().find_map(|line| line.strip_prefix("set-cookie: "));
    let cookie = cookie.unwrap_or_else(|| panic!("{entered}"));
    assert!(cookie.contains("; Secure"), "{cookie}");

    let session = format!("Cookie: {}\r\n\r\n", cookie.split(';').next().unwrap());
    let page = files.send(&running, &files.certificate, "GET /models/1", &session);
    let page = page.await.unwrap();
    for command in [
        "registry-cli get --db https://localhost gpt@1.0.0",
        "https://localhost/api/v1/names/gpt/versions/1.0.0",
    ] {
        assert!(page.contains(command), "{command}\n{page}");
    }
}

#[test]
fn files_that_do_not_go_together_are_named() {
    let files = Files::new();
    let key = fs::read_to_string(&files.key).unwrap();
    for (mode, good) in [
        (0o600, true),
        (0o400, true),
        (0o640, true),
        (0o644, false),
        (0o660, false),
        (0o604, false),
    ] {
        files.write_key(&key, 0o600);
        files.write_key(&key, mode);
        let read = files.read();
        match read {
            Ok(_) => assert!(good, "{mode:o}"),
            Err(TlsError::KeyTooOpen { path }) => assert!(!good && path == files.key, "{mode:o}"),
            Err(other) => panic!("{other}"),
        }
        fs::set_permissions(&files.key, fs::Permissions::from_mode(0o600)).unwrap();
    }
    files.write_key(&KeyPair::generate().unwrap().serialize_pem(), 0o600);
    let error = files.read().unwrap_err();
    assert!(
        matches!(&error, TlsError::OtherKey { path } if *path == files.key),
        "{error}"
    );
    files.write_key("garbage", 0o600);
    assert!(matches!(files.read(), Err(TlsError::NoKey { .. })));
    fs::remove_file(&files.key).unwrap();
    assert!(matches!(files.read(), Err(TlsError::File { path, .. }) if path == files.key));
    fs::write(&files.certificate, &key).unwrap();
    assert!(matches!(files.read(), Err(TlsError::NoCertificate { .. })));
    fs::remove_file(&files.certificate).unwrap();
    assert!(matches!(files.read(), Err(TlsError::File { path, .. }) if path == files.certificate));
}
