//! How to reach a registry: an address, and what a connection may take.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use registry_core::{Error, InvalidValue, Result, ValueKind};
use sqlx::postgres::PgConnectOptions;
use url::Url;

use crate::tls::{self, Tls};

/// The parameters of an address that the driver knows; every other is a mistake.
const OF_DRIVER: &[&str] = &[
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "user",
];
/// Those that say how a connection is secured.
const OF_TLS: &[&str] = &["sslcert", "sslkey", "sslmode", "sslrootcert"];

/// The most connections of a pool: it makes room for all of them at its beginning.
const MAX_POOL: u32 = 1000;
/// The longest time: PostgreSQL counts milliseconds in 31 bits.
const MAX_SECONDS: u32 = 2_147_483;

/// Where a registry is and how to connect to it.
///
/// ```
/// use registry_postgres::ConnectOptions;
///
/// # fn main() -> registry_core::Result<()> {
/// let options = ConnectOptions::parse("postgres://alice:secret@db.example.com/models?schema=vision&pool_size=4")?;
/// assert_eq!(options.location(), "postgres://alice@db.example.com:5432/models?schema=vision");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ConnectOptions {
    driver: PgConnectOptions,
    tls: Tls,
    schema: Option<String>,
    replica: Option<Box<Self>>,
    /// Whether it is the replica of another.
    is_replica: bool,
    /// Whether a pooler is in between that gives each transaction another session, as pgbouncer does in transaction
    /// mode.
    pub pooler: bool,
    /// How many connections there are at most: an address may say 1 to 1000.
    pub pool_size: u32,
    /// How long to wait for a connection to the server, or for one that others of this program use.
    pub connect_timeout: Duration,
    /// How long a statement may take, waiting for others included; zero: as long as it takes. A server that says nothing
    /// is given up soon after that; with zero, after a quarter of an hour.
    pub statement_timeout: Duration,
    /// After how long the server ends a transaction that does nothing; zero: never.
    pub idle_in_transaction_timeout: Duration,
}

impl ConnectOptions {
    /// Reads an address: `postgres://user@host:port/database`. What it leaves out comes from the environment as for
    /// `psql` (`PGHOST`, `PGUSER`, `PGPASSWORD`, `PGPASSFILE`...).
    ///
    /// A server of another machine must prove who it is (`sslmode=verify-full`), unless `sslmode` or `PGSSLMODE` say
    /// otherwise.
    ///
    /// Besides the parameters of `psql` it may have `schema`, `pooler`, `pool_size`, and in seconds `connect_timeout`,
    /// `statement_timeout` and `idle_in_transaction_timeout`.
    ///
    /// # Errors
    /// [`Invalid`](Error::Invalid); it never repeats the address, which may hold a password.
    pub fn parse(address: &str) -> Result<Self> {
        let mut url = Url::parse(address).map_err(|problem| refused(problem.to_string()))?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(refused("it does not begin with `postgres://`"));
        }
        let mut options = Self {
            driver: PgConnectOptions::new_without_pgpass(),
            tls: Tls::default(),
            schema: None,
            replica: None,
            is_replica: false,
            pooler: false,
            pool_size: 10,
            connect_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_mins(1),
            idle_in_transaction_timeout: Duration::from_mins(1),
        };
        let mut of_driver: Vec<(String, String)> = Vec::new();
        let mut of_tls: Vec<(String, String)> = Vec::new();
        for (name, value) in url.query_pairs() {
            match &*name {
                "schema" => options.schema = Some(schema(&value)?),
                "pooler" => {
                    options.pooler = match &*value {
                        "transaction" => true,
                        "none" => false,
                        _ => return Err(refused("its `pooler` is neither `none` nor `transaction`")),
                    }
                }
                "pool_size" => options.pool_size = number(&name, &value, 1..=MAX_POOL)?,
                "connect_timeout" => options.connect_timeout = seconds(&name, &value, 1)?,
                "statement_timeout" => options.statement_timeout = seconds(&name, &value, 0)?,
                "idle_in_transaction_timeout" => {
                    options.idle_in_transaction_timeout = seconds(&name, &value, 0)?;
                }
                name if OF_DRIVER.contains(&name) => of_driver.push((name.into(), value.into_owned())),
                name if OF_TLS.contains(&name) => of_tls.push((name.into(), value.into_owned())),
                name => return Err(refused(format!("`{name}` is not a parameter of an address"))),
            }
        }
        url.set_query(None);
        if !of_driver.is_empty() {
            url.query_pairs_mut().extend_pairs(of_driver);
        }
        // The driver's own words may repeat a value.
        let driver = PgConnectOptions::from_str(url.as_str());
        let mut driver = driver.map_err(|_| refused("one of its parts cannot be read"))?;
        if let Some(address) = bare(driver.get_host()) {
            driver = driver.host(&address);
        }
        if options.pooler && driver.get_options().is_some() {
            return Err(refused(
                "with `pooler=transaction` there are no `options` (nor PGOPTIONS): a pooler does not pass them on",
            ));
        }
        options.tls = Tls::read(|name| {
            let said = of_tls.iter().rev().find(|(of, _)| of == name);
            said.map(|(_, value)| value.as_str())
        })?;
        options.driver = options.tls.apply(driver);
        Ok(options)
    }

    /// Another schema of the same database.
    ///
    /// # Errors
    /// [`Invalid`](Error::Invalid).
    pub fn in_schema(mut self, name: &str) -> Result<Self> {
        self.schema = Some(schema(name)?);
        Ok(self)
    }

    /// With a replica of the same database, for reads that may be a moment behind: see
    /// [`ReadPreference`](crate::ReadPreference). One that names no schema has the same.
    #[must_use]
    pub fn with_replica(mut self, mut replica: Self) -> Self {
        replica.schema = replica.schema.or_else(|| self.schema.clone());
        replica.is_replica = true;
        self.replica = Some(Box::new(replica));
        self
    }

    /// The replica.
    pub fn replica(&self) -> Option<&Self> {
        self.replica.as_deref()
    }

    /// The schema, where one was named; else the server's own settings say which it is.
    pub fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    /// The address without its secrets, as errors name it; of a replica they say that it is one.
    pub fn location(&self) -> String {
        let address = self.address();
        if self.is_replica {
            format!("{address} (the replica)")
        } else {
            address
        }
    }

    fn address(&self) -> String {
        let driver = &self.driver;
        let (user, port) = (driver.get_username(), driver.get_port());
        let database = driver.get_database().unwrap_or(user);
        let (start, mut parameters) = if tls::is_socket(driver) {
            let folder = driver.get_socket().map(|folder| folder.display().to_string());
            let folder = folder.unwrap_or_else(|| driver.get_host().to_owned());
            (
                format!("postgres:///{database}"),
                vec![
                    format!("user={user}"),
                    format!("host={folder}"),
                    format!("port={port}"),
                ],
            )
        } else {
            let host = driver.get_host();
            let host = if host.contains(':') {
                format!("[{host}]")
            } else {
                host.to_owned()
            };
            (format!("postgres://{user}@{host}:{port}/{database}"), Vec::new())
        };
        parameters.extend(self.schema.as_ref().map(|schema| format!("schema={schema}")));
        parameters.extend(self.pooler.then(|| "pooler=transaction".to_owned()));
        if parameters.is_empty() {
            start
        } else {
            format!("{start}?{}", parameters.join("&"))
        }
    }

    pub(crate) fn tls(&self) -> &Tls {
        &self.tls
    }

    pub(crate) fn driver(&self) -> &PgConnectOptions {
        &self.driver
    }
}

impl FromStr for ConnectOptions {
    type Err = Error;

    fn from_str(address: &str) -> Result<Self> {
        Self::parse(address)
    }
}

impl fmt::Debug for ConnectOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectOptions")
            .field("location", &self.location())
            .field("replica", &self.replica)
            .field("pooler", &self.pooler)
            .field("pool_size", &self.pool_size)
            .field("connect_timeout", &self.connect_timeout)
            .field("statement_timeout", &self.statement_timeout)
            .field("idle_in_transaction_timeout", &self.idle_in_transaction_timeout)
            .finish_non_exhaustive()
    }
}

/// An address of IPv6 without the brackets that it has in a URL: a certificate knows it so.
fn bare(host: &str) -> Option<String> {
    let address = host.strip_prefix('[')?.strip_suffix(']')?;
    Some(address.to_owned())
}

pub(crate) fn refused(problem: impl Into<String>) -> Error {
    InvalidValue::new(ValueKind::Address, "postgres://...", problem.into()).into()
}

/// Plain names only: they stand in statements that take no parameters.
fn schema(name: &str) -> Result<String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let good = !name.is_empty() && name.len() <= 63 && name.chars().all(plain);
    if good
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.starts_with("pg_")
        && name != "information_schema"
    {
        Ok(name.to_owned())
    } else {
        Err(refused(
            "a schema has 1 to 63 small letters, digits and `_`, begins with neither a digit nor `pg_`, and is not \
             `information_schema`",
        ))
    }
}

fn number(name: &str, value: &str, bounds: RangeInclusive<u32>) -> Result<u32> {
    let number = value.parse().ok().filter(|number| bounds.contains(number));
    number.ok_or_else(|| {
        refused(format!(
            "its `{name}` is not a whole number from {} to {}",
            bounds.start(),
            bounds.end()
        ))
    })
}

fn seconds(name: &str, value: &str, least: u32) -> Result<Duration> {
    Ok(Duration::from_secs(
        number(name, value, least..=MAX_SECONDS)?.into(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "s3cr%26t";

    #[test]
    fn secrets_are_shown_nowhere() {
        for address in [
            format!("postgres://alice:{SECRET}@db/models"),
            format!("postgres://alice@db/models?password={SECRET}"),
            format!("postgresql:///models?host=/run/x&user=alice&password={SECRET}"),
        ] {
            let options = ConnectOptions::parse(&address).unwrap();
            let options = options.clone().with_replica(options);
            let shown = format!("{options:?} {}", options.location());
            assert!(!shown.contains("s3cr"), "{shown}");
            assert_eq!(
                ConnectOptions::parse(&options.location()).unwrap().location(),
                options.location()
            );
        }
        for address in [
            format!("postgres://alice:{SECRET}@db/models?pool_size=no"),
            format!("postgres://alice:{SECRET}@db:99999/models"),
            format!("postgres://alice:{SECRET}@db/models?sslmode={SECRET}"),
            format!("mysql://alice:{SECRET}@db/models"),
            format!("postgres://alice:{SECRET}@db/models?colour={SECRET}"),
        ] {
            let error = ConnectOptions::parse(&address).unwrap_err();
            assert_eq!(error.code(), "invalid_address");
            let shown = format!("{error} {error:?} {}", error.hint());
            assert!(!shown.contains("s3cr"), "{shown}");
        }
    }

    #[test]
    fn a_replica_says_that_it_is_one() {
        let parse = |address| ConnectOptions::parse(address).unwrap();
        let primary = parse("postgres://u@h/d?schema=vision").with_replica(parse("postgres://u@r/d"));
        assert_eq!(primary.location(), "postgres://u@h:5432/d?schema=vision");
        let replica = primary.replica().unwrap().location();
        assert_eq!(replica, "postgres://u@r:5432/d?schema=vision (the replica)");
    }

    #[test]
    fn a_schema_is_a_plain_name() {
        let options = ConnectOptions::parse("postgres://u@h/d?schema=team_1").unwrap();
        assert_eq!(options.schema(), Some("team_1"));
        for name in [
            "",
            "1a",
            "A",
            "a-b",
            "a\"b",
            "pg_x",
            "information_schema",
            &"x".repeat(64),
        ] {
            assert!(options.clone().in_schema(name).is_err(), "{name}");
        }
    }

    #[test]
    fn numbers_have_bounds_that_are_said() {
        for (name, least, most) in [
            ("pool_size", 1, 1000),
            ("connect_timeout", 1, 2_147_483),
            ("statement_timeout", 0, 2_147_483),
            ("idle_in_transaction_timeout", 0, 2_147_483),
        ] {
            let parse = |value: &str| ConnectOptions::parse(&format!("postgres://u@h/d?{name}={value}"));
            for good in [least, most] {
                assert!(parse(&good.to_string()).is_ok(), "{name}={good}");
            }
            let bad = [
                "-1".to_owned(),
                (most + 1).to_string(),
                u32::MAX.to_string(),
                "9".repeat(30),
            ];
            let bad = bad.into_iter().chain((least > 0).then(|| "0".to_owned()));
            for bad in bad {
                let error = parse(&bad).unwrap_err();
                assert_eq!(error.code(), "invalid_address", "{name}={bad}");
                let bounds = format!("`{name}` is not a whole number from {least} to {most}");
                assert!(error.to_string().contains(&bounds), "{error}");
            }
        }
    }
}
