//! Where a registry is: a path or an address, understood once.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

#[cfg(feature = "http")]
use registry_client::{ConnectOptions as ServerOptions, HttpStore};
use registry_core::{Error, InvalidValue, Result, ValueKind};
#[cfg(feature = "postgres")]
use registry_postgres::{ConnectOptions, PostgresStore};
use registry_sqlite::SqliteStore;

use crate::registry::Registry;

/// Where a registry is. Shown, it never shows a password.
#[derive(Clone)]
pub struct Location {
    pub(crate) place: Place,
}

/// The backends.
#[derive(Clone)]
pub(crate) enum Place {
    /// A file.
    Sqlite(PathBuf),
    /// A schema of a database.
    #[cfg(feature = "postgres")]
    Postgres(Box<ConnectOptions>),
    /// A server.
    #[cfg(feature = "http")]
    Http(Box<ServerOptions>),
}

impl Location {
    /// Reads a path, a path behind `sqlite:`, or an address that begins with `postgres://`, `postgresql://`, `http://` or
    /// `https://`.
    ///
    /// # Errors
    /// [`Invalid`](Error::Invalid); [`BackendMissing`](Error::BackendMissing) for an address without the feature that
    /// it needs (`postgres`, `http`). Neither repeats the address, which may hold a password.
    pub fn parse(text: &OsStr) -> Result<Self> {
        // A path keeps its blanks; an address has none, and the end is trimmed where it is read.
        let place = match text.to_str().map(str::trim_start) {
            Some(address) if is_postgres(address) => postgres(address)?,
            // Rather a slip than a file's name, and a file would be made of it.
            Some(address) if address.starts_with("postgres:") || address.starts_with("postgresql:") => {
                return Err(refused("it does not begin with `postgres://`"));
            }
            Some(address) if address.starts_with("http://") || address.starts_with("https://") => {
                http(address)?
            }
            Some(address) if address.starts_with("http:") || address.starts_with("https:") => {
                return Err(refused("it does not begin with `http://` or `https://`"));
            }
            Some(path) if path.starts_with("sqlite:") => {
                let path = path.strip_prefix("sqlite:").unwrap_or(path);
                file(Path::new(path.strip_prefix("//").unwrap_or(path)))?
            }
            Some(address) if has_scheme(address) => {
                return Err(refused(
                    "it begins with neither `sqlite:`, `postgres://`, `http://` nor `https://`",
                ));
            }
            _ if holds_secret(&text.to_string_lossy()) && !Path::new(text).exists() => {
                return Err(refused(
                    "it looks like an address with a password, and begins with neither `postgres://`, `http://` nor \
                     `https://` (a file of such a name is written behind `sqlite:`)",
                ));
            }
            _ => file(Path::new(text))?,
        };
        Ok(Self { place })
    }

    /// A registry in this file.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self {
            place: Place::Sqlite(path.into()),
        }
    }

    /// The same place with a replica of its database, which answers reads that may be a moment behind
    /// ([`Registry::reading_store`]).
    ///
    /// # Errors
    /// [`Unsupported`](Error::Unsupported) where one of them is a file.
    pub fn with_replica(self, replica: Self) -> Result<Self> {
        match (self.place, replica.place) {
            #[cfg(feature = "postgres")]
            (Place::Postgres(primary), Place::Postgres(replica)) => Ok(Self {
                place: Place::Postgres(Box::new(primary.with_replica(*replica))),
            }),
            (place, _) => Err(Error::Unsupported {
                location: Self { place }.to_string(),
                operation: "a replica",
                instead: "a database on PostgreSQL can have one, which is another; leave it out (REGISTRY_REPLICA) for \
                          a file",
            }),
        }
    }

    /// The file, where it is one.
    pub fn as_file(&self) -> Option<&Path> {
        match &self.place {
            Place::Sqlite(path) => Some(path),
            #[cfg(feature = "postgres")]
            Place::Postgres(_) => None,
            #[cfg(feature = "http")]
            Place::Http(_) => None,
        }
    }

    /// Whether it is a server, which knows by a token who asks.
    pub fn is_server(&self) -> bool {
        match &self.place {
            Place::Sqlite(_) => false,
            #[cfg(feature = "postgres")]
            Place::Postgres(_) => false,
            #[cfg(feature = "http")]
            Place::Http(_) => true,
        }
    }

    /// Opens a registry that exists and is up to date. Never changes anything. A server is not asked before the first
    /// verb; the token for it is looked for in the environment and where `registry-cli login` keeps it.
    ///
    /// # Errors
    /// [`RegistryMissing`](Error::RegistryMissing), [`RegistryOutdated`](Error::RegistryOutdated),
    /// [`OriginalRegistry`](Error::OriginalRegistry), [`RegistryNewer`](Error::RegistryNewer),
    /// [`NotARegistry`](Error::NotARegistry), or a failure to read or connect.
    pub async fn open(&self) -> Result<Registry> {
        match &self.place {
            Place::Sqlite(path) => SqliteStore::open(path).await.map(Registry::of_sqlite),
            #[cfg(feature = "postgres")]
            Place::Postgres(options) => PostgresStore::open(options).await.map(Registry::of_postgres),
            #[cfg(feature = "http")]
            Place::Http(options) => http_store(options).map(Registry::of_http),
        }
    }

    /// Opens a registry as [`open`](Self::open) does; where there is none, or nothing yet in the database or schema,
    /// makes one first. A file's folder and a database must exist.
    ///
    /// # Errors
    /// As [`open`](Self::open), or a failure to make it.
    pub async fn open_or_create(&self) -> Result<Registry> {
        match &self.place {
            Place::Sqlite(path) => SqliteStore::open_or_create(path).await.map(Registry::of_sqlite),
            #[cfg(feature = "postgres")]
            Place::Postgres(options) => PostgresStore::open_or_create(options)
                .await
                .map(Registry::of_postgres),
            // The server has made it when it started.
            #[cfg(feature = "http")]
            Place::Http(options) => http_store(options).map(Registry::of_http),
        }
    }
}

impl FromStr for Location {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(OsStr::new(text))
    }
}

/// As it may be typed again, without its secrets.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Sqlite(path) => path.display().fmt(f),
            #[cfg(feature = "postgres")]
            Place::Postgres(options) => f.write_str(&options.location()),
            #[cfg(feature = "http")]
            Place::Http(options) => f.write_str(&options.location()),
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Location({self})")
    }
}

fn is_postgres(text: &str) -> bool {
    ["postgres://", "postgresql://"]
        .iter()
        .any(|scheme| text.starts_with(scheme))
}

/// Whether it looks like an address of something else. A path that does is written behind `sqlite:`.
fn has_scheme(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| {
        !scheme.is_empty()
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

/// Whether it looks like an address with a slip at its beginning, and may have a password: as a file's name it would be
/// shown.
fn holds_secret(text: &str) -> bool {
    let text = text.trim();
    let drive = cfg!(windows) && text.get(1..3).is_some_and(|start| matches!(start, ":\\" | ":/"));
    let text = if drive { &text[2..] } else { text };
    let user_info = text.split_once(':').is_some_and(|(_, rest)| rest.contains('@'));
    user_info || text.contains("password=") || has_scheme(text)
}

fn file(path: &Path) -> Result<Place> {
    if path.as_os_str().is_empty() {
        return Err(InvalidValue::new(ValueKind::Address, "sqlite:", "it names no file").into());
    }
    Ok(Place::Sqlite(path.to_owned()))
}

#[cfg(feature = "postgres")]
fn postgres(address: &str) -> Result<Place> {
    ConnectOptions::parse(address).map(|options| Place::Postgres(Box::new(options)))
}

#[cfg(not(feature = "postgres"))]
fn postgres(_address: &str) -> Result<Place> {
    Err(Error::BackendMissing {
        backend: "PostgreSQL",
        feature: "postgres",
    })
}

#[cfg(feature = "http")]
fn http(address: &str) -> Result<Place> {
    ServerOptions::parse(address).map(|options| Place::Http(Box::new(options)))
}

#[cfg(not(feature = "http"))]
fn http(_address: &str) -> Result<Place> {
    Err(Error::BackendMissing {
        backend: "the client of servers",
        feature: "http",
    })
}

#[cfg(feature = "http")]
fn http_store(options: &ServerOptions) -> Result<HttpStore> {
    HttpStore::new(options.clone().find_token()?)
}

fn refused(problem: &'static str) -> Error {
    InvalidValue::new(ValueKind::Address, "...://...", problem).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "s3cret";

    #[test]
    fn a_file_is_a_path_or_stands_behind_its_scheme() {
        for (text, path) in [
            ("a b.db", "a b.db"),
            ("sqlite:a.db", "a.db"),
            ("sqlite:///srv/a.db", "/srv/a.db"),
            ("sqlite:x://y.db", "x://y.db"),
            ("postgres.db", "postgres.db"),
            ("sqlite:postgres:x", "postgres:x"),
            ("./a://b", "./a://b"),
        ] {
            let location: Location = text.parse().unwrap();
            assert_eq!(location.as_file(), Some(Path::new(path)), "{text}");
        }
        for text in ["", "sqlite:", "sqlite://"] {
            assert_eq!(text.parse::<Location>().unwrap_err().code(), "invalid_address");
        }
    }

    #[test]
    fn other_addresses_are_refused_and_not_repeated() {
        for scheme in ["mysql", "postgre", "https+x", "sqlite+pool"] {
            let error = format!("{scheme}://alice:{SECRET}@db/models")
                .parse::<Location>()
                .unwrap_err();
            assert_eq!(error.code(), "invalid_address");
            assert!(!format!("{error} {error:?} {}", error.hint()).contains(SECRET));
        }
        for slip in [
            "postgres:models",
            "postgresql:/alice@db/models",
            "http:host",
            "https:/host",
        ] {
            assert_eq!(slip.parse::<Location>().unwrap_err().code(), "invalid_address");
        }
    }

    #[test]
    fn an_address_with_a_slip_is_no_file_and_not_repeated() {
        for slip in [
            format!("postgres//alice:{SECRET}@db/models"),
            format!("postgress:/alice:{SECRET}@db/models"),
            format!("alice:{SECRET}@db/models"),
            format!("//alice:{SECRET}@db/models"),
            format!(" my sql://alice:{SECRET}@db/models"),
            format!("postgres//alice@db/models?password={SECRET}"),
        ] {
            let error = slip.parse::<Location>().unwrap_err();
            assert_eq!(error.code(), "invalid_address", "{slip}");
            assert!(!format!("{error} {error:?} {}", error.hint()).contains(SECRET));
            // Said to be a file, it is one.
            assert!(
                format!("sqlite:{slip}")
                    .parse::<Location>()
                    .unwrap()
                    .as_file()
                    .is_some()
            );
        }
        for path in ["a:b.db", "runs@home/a.db", "a@b:c.db", " a.db"] {
            let location: Location = path.parse().unwrap();
            assert_eq!(location.as_file(), Some(Path::new(path)));
        }
        let folder = std::env::temp_dir().join(format!("12:30@{}.db", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        let location = Location::parse(folder.as_os_str());
        std::fs::remove_dir(&folder).unwrap();
        assert_eq!(location.unwrap().as_file(), Some(folder.as_path()));
    }

    #[cfg(unix)]
    #[test]
    fn an_address_that_is_no_text_is_not_repeated() {
        use std::os::unix::ffi::OsStrExt;
        let address = b"postgres://alice:s3cret\xff@db/models";
        let error = Location::parse(OsStr::from_bytes(address)).unwrap_err();
        assert_eq!(error.code(), "invalid_address");
        assert!(!format!("{error} {error:?}").contains(SECRET));
    }

    #[cfg(feature = "postgres")]
    #[test]
    fn a_password_is_shown_nowhere() {
        let location: Location = format!(" postgres://alice:{SECRET}@db/models\n").parse().unwrap();
        assert_eq!(location.to_string(), "postgres://alice@db:5432/models");
        for scheme in ["postgres", "postgresql"] {
            let location: Location = format!("{scheme}://alice:{SECRET}@db/models?schema=vision")
                .parse()
                .unwrap();
            assert_eq!(
                location.to_string(),
                "postgres://alice@db:5432/models?schema=vision"
            );
            assert!(!format!("{location:?}").contains(SECRET));
            assert_eq!(location.as_file(), None);
        }
        let error = format!("postgres://alice:{SECRET}@db/models?color=red")
            .parse::<Location>()
            .unwrap_err();
        assert_eq!(error.code(), "invalid_address");
        assert!(!format!("{error} {error:?} {}", error.hint()).contains(SECRET));
    }

    #[cfg(feature = "http")]
    #[test]
    fn a_server_is_named_by_its_address_and_never_with_a_password() {
        let location: Location = "https://models.example/team/".parse().unwrap();
        assert_eq!(location.to_string(), "https://models.example/team");
        assert!(location.is_server() && location.as_file().is_none());
        let error = format!("https://alice:{SECRET}@models.example")
            .parse::<Location>()
            .unwrap_err();
        assert_eq!(error.code(), "invalid_address");
        assert!(!format!("{error} {error:?} {}", error.hint()).contains(SECRET));
    }

    #[cfg(not(feature = "http"))]
    #[test]
    fn without_the_feature_a_server_says_how_to_get_it() {
        let error = "https://models.example".parse::<Location>().unwrap_err();
        assert_eq!(error.code(), "backend_missing");
        assert!(error.hint().contains("--features http"), "{}", error.hint());
    }

    #[cfg(not(feature = "postgres"))]
    #[test]
    fn without_the_feature_an_address_says_how_to_get_it() {
        let error = format!("postgres://alice:{SECRET}@db/models")
            .parse::<Location>()
            .unwrap_err();
        assert_eq!(error.code(), "backend_missing");
        assert!(error.hint().contains("--features postgres"), "{}", error.hint());
        assert!(!format!("{error} {error:?} {}", error.hint()).contains(SECRET));
    }
}
