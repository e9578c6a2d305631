//! Authorities and certificates of a moment, and a server that has one.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use throwaway_postgres::{Binaries, Server};

/// One who signs.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: Certificate,
}

impl Authority {
    /// A new one of this name.
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self {
            issuer: Issuer::new(params, key),
            certificate,
        }
    }

    /// Its own certificate, in a file.
    pub fn file(&self, folder: &Path) -> PathBuf {
        let name = format!("authority-{:p}.pem", std::ptr::from_ref(self));
        write(&folder.join(name), &self.certificate.pem())
    }

    /// A certificate for a host, or for a user without one, and its key.
    pub fn sign(&self, name: &str, hosts: &[&str]) -> (String, String) {
        let hosts: Vec<String> = hosts.iter().map(ToString::to_string).collect();
        let mut params = CertificateParams::new(hosts).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    /// The same in files.
    pub fn sign_files(&self, folder: &Path, name: &str) -> (PathBuf, PathBuf) {
        let (certificate, key) = self.sign(name, &[]);
        (
            write(&folder.join(format!("{name}.pem")), &certificate),
            write(&folder.join(format!("{name}.key")), &key),
        )
    }
}

/// Writes a file that its owner alone can read.
fn write(path: &Path, text: &str) -> PathBuf {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    path.to_owned()
}

/// A server that is reached through a port, at every address of the machine.
pub fn listening_server() -> (Server, u16) {
    let binaries = Binaries::find().unwrap();
    for _ in 0..20 {
        // Nobody keeps it free; then another will do.
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let settings = [("listen_addresses", "*"), ("port", &port.to_string())];
        if let Ok(server) = Server::start(&binaries, &settings) {
            return (server, port);
        }
    }
    panic!("no port is free");
}

/// Has a server encrypt with this certificate and let in by these rules, and take users' certificates of the
/// authority in the file.
pub async fn encrypt(server: &Server, port: u16, identity: &(String, String), users: &Path, rules: &str) {
    let data = server.folder().join("data");
    let owner = fs::metadata(&data).unwrap();
    for (name, text) in [
        ("server.crt", &identity.0),
        ("server.key", &identity.1),
        ("users.crt", &fs::read_to_string(users).unwrap()),
        ("pg_hba.conf", &format!("local all all trust\n{rules}")),
    ] {
        let file = write(&data.join(name), text);
        chown(file, Some(owner.uid()), Some(owner.gid())).unwrap();
    }
    let mut connection = PgConnection::connect(&format!("{}&port={port}", server.url("postgres")))
        .await
        .unwrap();
    for statement in [
        "ALTER SYSTEM SET ssl_ca_file = 'users.crt'",
        "ALTER SYSTEM SET ssl = on",
        "SELECT pg_reload_conf()",
    ] {
        connection.execute(AssertSqlSafe(statement)).await.unwrap();
    }
}
