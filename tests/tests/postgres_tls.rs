//! Connections that are encrypted: with whom, and that nothing is sent to anybody else.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::fs::Permissions;
use std::net::{IpAddr, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use registry_core::{Error, Result};
use registry_postgres::{ConnectOptions, PostgresStore, migrate};
use registry_tests::certificates::{Authority, encrypt, listening_server};
use registry_tests::faults::{in_time, register, rich};
use registry_tests::proxy::Proxy;
use registry_tests::{PostgresRegistry, dump};
use sqlx::{Connection, Executor, PgConnection, Row};
use tempfile::TempDir;
use throwaway_postgres::Server;

/// A server with a certificate for `localhost`, and the authority that signed it.
struct Encrypted {
    server: Server,
    port: u16,
    authority: Authority,
    files: TempDir,
    root: PathBuf,
}

impl Encrypted {
    async fn start(hosts: &[&str], rules: &str) -> Self {
        let files = tempfile::tempdir().unwrap();
        let authority = Authority::new("Team");
        let root = authority.file(files.path());
        let (server, port) = listening_server();
        encrypt(&server, port, &authority.sign("server", hosts), &root, rules).await;
        Self {
            server,
            port,
            authority,
            files,
            root,
        }
    }

    async fn open(&self, host: &str, parameters: &[(&str, &str)]) -> Result<PostgresStore> {
        let mut url = url::Url::parse(&format!("postgres://registry@{host}:{}/postgres", self.port)).unwrap();
        url.query_pairs_mut().extend_pairs(parameters);
        in_time(PostgresStore::open_or_create(&ConnectOptions::parse(
            url.as_str(),
        )?))
        .await
    }

    async fn refusal(&self, host: &str, parameters: &[(&str, &str)]) -> Error {
        self.open(host, parameters).await.unwrap_err()
    }

    fn root(&self) -> &str {
        self.root.to_str().unwrap()
    }

    async fn assert_encrypted(&self) {
        let (encrypted, plain) = self.sessions().await;
        assert!(encrypted > 0 && plain == 0, "{encrypted}, {plain}");
    }

    /// How many sessions of the registry there are that are encrypted, and that are not.
    async fn sessions(&self) -> (i64, i64) {
        const SESSIONS: &str = "SELECT count(*) FILTER (WHERE ssl), count(*) FILTER (WHERE NOT ssl)
            FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'model-registry'";
        let url = format!("{}&port={}", self.server.url("postgres"), self.port);
        let mut connection = PgConnection::connect(&url).await.unwrap();
        let row = connection.fetch_one(SESSIONS).await.unwrap();
        (row.get(0), row.get(1))
    }
}

fn assert_untrusted(error: &Error, problem: &str) {
    assert_eq!(error.code(), "untrusted", "{error}");
    assert!(error.to_string().contains(problem), "{error}");
    assert!(error.hint().contains("sslrootcert=FILE"), "{}", error.hint());
}

#[tokio::test]
async fn a_server_is_trusted_for_its_name_and_its_authority() {
    let server = Encrypted::start(&["localhost"], "hostssl all all all trust").await;
    let root = server.root().to_owned();
    for parameters in [
        &[("sslrootcert", root.as_str())][..],
        &[("sslrootcert", &root), ("sslmode", "verify-full")],
        &[("sslrootcert", &root), ("sslmode", "verify-ca")],
        &[("sslmode", "require")],
        // On this machine, where nothing is said.
        &[],
    ] {
        let store = server.open("localhost", parameters).await.unwrap();
        dump(&store).await.unwrap();
        server.assert_encrypted().await;
        store.close().await;
    }
    let by_address = [("sslrootcert", root.as_str()), ("sslmode", "verify-ca")];
    server.open("127.0.0.1", &by_address).await.unwrap();

    let other_name = server.refusal("127.0.0.1", &[("sslrootcert", &root)]).await;
    assert_untrusted(&other_name, "for another host");
    assert!(other_name.to_string().contains("localhost"), "{other_name}");
    let other = Authority::new("Others").file(server.files.path());
    for mode in ["require", "verify-ca", "verify-full"] {
        let parameters = [("sslrootcert", other.to_str().unwrap()), ("sslmode", mode)];
        let error = server.refusal("localhost", &parameters).await;
        assert_untrusted(&error, "nobody trusted here has signed");
    }
    let system = [("sslrootcert", "system")];
    assert_untrusted(&server.refusal("localhost", &system).await, "nobody trusted here");
    // Not encrypted, it does not let anybody in.
    let plain = server.refusal("localhost", &[("sslmode", "disable")]).await;
    assert_eq!(plain.code(), "access_denied", "{plain}");
}

#[tokio::test]
async fn from_another_machine_it_must_be_trusted_by_default() {
    let Some(address) = own_address() else {
        println!("NOT TESTED: this machine has no address but that of its loopback");
        return;
    };
    let host = match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    };
    let server = Encrypted::start(&[&address.to_string()], "host all all all trust").await;
    assert_untrusted(
        &server.refusal(&host, &[]).await,
        "nobody trusted here has signed",
    );
    assert_eq!(server.sessions().await, (0, 0));
    let root = [("sslrootcert", server.root())];
    let store = server.open(&host, &root).await.unwrap();
    dump(&store).await.unwrap();
    server.assert_encrypted().await;
}

/// Of an interface that leads elsewhere. Nothing is sent.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

#[tokio::test]
async fn to_a_server_that_does_not_encrypt_nothing_is_sent() {
    let registry = PostgresRegistry::new().await;
    let (proxy, options) = Proxy::before(&registry).await;
    let plain = options.location();
    for mode in ["require", "verify-ca", "verify-full"] {
        let address = format!("{plain}?sslmode={mode}");
        let options = ConnectOptions::parse(&address).unwrap();
        for error in [
            in_time(PostgresStore::open(&options)).await.unwrap_err(),
            in_time(migrate::migrate(&options)).await.unwrap_err(),
        ] {
            assert_untrusted(&error, "does not encrypt");
        }
    }
    assert_eq!(proxy.trips(), 0);
    let preferred = ConnectOptions::parse(&format!("{plain}?sslmode=prefer")).unwrap();
    PostgresStore::open(&preferred).await.unwrap();
}

#[tokio::test]
async fn a_user_can_be_known_by_a_certificate() {
    let server = Encrypted::start(&["localhost"], "hostssl all all all cert").await;
    let (certificate, key) = server.authority.sign_files(server.files.path(), "registry");
    let with = |certificate: &Path, key: &Path| {
        let path = |path: &Path| path.to_str().unwrap().to_owned();
        [
            ("sslrootcert", server.root().to_owned()),
            ("sslcert", path(certificate)),
            ("sslkey", path(key)),
        ]
    };
    let open = async |said: [(&str, String); 3]| {
        let said: Vec<_> = said.iter().map(|(name, value)| (*name, value.as_str())).collect();
        server.open("localhost", &said).await
    };
    let store = open(with(&certificate, &key)).await.unwrap();
    register(&store, rich("gpt", "1.0.0")).await.unwrap();
    assert_eq!(dump(&store).await.unwrap().models.len(), 1);

    let without = server
        .refusal("localhost", &[("sslrootcert", server.root())])
        .await;
    assert_eq!(without.code(), "access_denied", "{without}");
    // A certificate and the key of another.
    let (_, another) = server.authority.sign_files(server.files.path(), "another");
    let error = open(with(&certificate, &another)).await.unwrap_err();
    assert_eq!(error.code(), "invalid_address", "{error}");
    assert!(error.to_string().contains("do not belong together"), "{error}");
    // One for somebody else, and one that an unknown authority gave.
    let (bob, bobs) = server.authority.sign_files(server.files.path(), "bob");
    assert_eq!(open(with(&bob, &bobs)).await.unwrap_err().code(), "access_denied");
    let (forged, its) = Authority::new("Others").sign_files(server.files.path(), "forged");
    let error = open(with(&forged, &its)).await.unwrap_err();
    assert!(matches!(error.code(), "access_denied" | "unreachable"), "{error}");

    std::fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
    let error = open(with(&certificate, &key)).await.unwrap_err();
    assert_eq!(error.code(), "invalid_address");
    assert!(error.to_string().contains("can be read by others"), "{error}");
    let error = open(with(&certificate, Path::new("/nowhere/registry.key")))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "invalid_address");
    assert!(error.to_string().contains("/nowhere/registry.key"), "{error}");
    // A file that holds no key is not shown.
    let secret = server.files.path().join("password");
    std::fs::write(&secret, "s3cr3t").unwrap();
    std::fs::set_permissions(&secret, Permissions::from_mode(0o600)).unwrap();
    let error = open(with(&certificate, &secret)).await.unwrap_err();
    assert_eq!(error.code(), "invalid_address", "{error:?}");
    assert!(!format!("{error} {error:?}").contains("s3cr3t"), "{error:?}");
}
