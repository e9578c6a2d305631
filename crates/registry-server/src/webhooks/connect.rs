//! Connections to receivers: the name is looked up here, each address is judged, and the one that passed is connected to.
//! Nothing in between looks the name up again, and no proxy of the environment stands in the way.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use axum::http::Uri;
use rustls::ClientConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;

use super::reach::Reach;

/// A connection, with TLS or without.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Looks up the addresses of a host.
type Lookup =
    dyn Fn(String, u16) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>> + Send + Sync;

/// What connects.
pub(crate) struct Connector {
    reach: Reach,
    lookup: Box<Lookup>,
    /// Whom to trust; read when it is needed first.
    trust: OnceCell<Arc<ClientConfig>>,
}

/// Where a URL leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// The host, an address of IPv6 without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: bool,
}

impl Target {
    /// Of a URL; `None` where it has no host or another scheme than http and https.
    pub(crate) fn of(url: &Uri) -> Option<Self> {
        let tls = match url.scheme_str()? {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let host = url.host()?.trim_start_matches('[').trim_end_matches(']');
        let port = url.port_u16().unwrap_or(if tls { 443 } else { 80 });
        let host = Some(host).filter(|host| !host.is_empty())?.to_owned();
        Some(Self { host, port, tls })
    }
}

impl Connector {
    pub(crate) fn new(reach: Reach) -> Self {
        Self {
            reach,
            lookup: Box::new(|host, port| {
                Box::pin(async move { Ok(tokio::net::lookup_host((host, port)).await?.collect()) })
            }),
            trust: OnceCell::new(),
        }
    }

    /// Connects; what went wrong is said as people read it in the list of attempts.
    pub(crate) async fn connect(&self, target: &Target) -> Result<Box<dyn Stream>, String> {
        let stream = self.reach_out(target).await?;
        // A request is one piece: waiting for more would only delay it.
        let _ = stream.set_nodelay(true);
        if !target.tls {
            return Ok(Box::new(stream));
        }
        let name = ServerName::try_from(target.host.clone())
            .map_err(|_| format!("`{}` is no name that a certificate could be for", target.host))?;
        let trust = self.trust.get_or_try_init(async || trusted()).await;
        let trust = trust.map_err(|error| format!("the system's certificates cannot be used: {error}"))?;
        let connector = TlsConnector::from(Arc::clone(trust));
        let stream = connector.connect(name, stream).await;
        let stream = stream.map_err(|error| format!("no TLS with `{}`: {error}", target.host))?;
        Ok(Box::new(stream))
    }

    async fn reach_out(&self, target: &Target) -> Result<TcpStream, String> {
        let Target { host, port, .. } = target;
        let found = match host.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, *port)],
            Err(_) => (self.lookup)(host.clone(), *port)
                .await
                .map_err(|error| format!("`{host}` has no address: {error}"))?,
        };
        let mut problem = format!("`{host}` has no address");
        for address in found {
            if let Some(what) = self.reach.refusal(address.ip()) {
                problem = format!(
                    "`{host}` leads to {}, {what}, where this server sends nothing",
                    address.ip()
                );
                continue;
            }
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => problem = format!("no connection to {address}: {error}"),
            }
        }
        Err(problem)
    }
}

/// Trusts whom the system trusts; `SSL_CERT_FILE` names others in their place where the system has files of them.
fn trusted() -> Result<Arc<ClientConfig>, rustls::Error> {
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    Ok(Arc::new(config))
}

#[cfg(test)]
pub(super) mod testing {
    use super::*;

    impl Connector {
        /// Every name has these addresses.
        pub(in super::super) fn all_at(reach: Reach, addresses: Vec<SocketAddr>) -> Self {
            Self {
                lookup: Box::new(move |_, _| Box::pin(std::future::ready(Ok(addresses.clone())))),
                ..Self::new(reach)
            }
        }

        /// Trusts these instead of whom the system trusts.
        pub(in super::super) fn trusting(mut self, config: ClientConfig) -> Self {
            self.trust = OnceCell::new_with(Some(Arc::new(config)));
            self
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn a_url_leads_somewhere() {
        let target = |text: &str| Target::of(&text.parse().unwrap());
        let of = |host: &str, port, tls| {
            let host = host.to_owned();
            Some(Target { host, port, tls })
        };
        assert_eq!(
            target("https://hooks.example/a?b=c"),
            of("hooks.example", 443, true)
        );
        assert_eq!(
            target("http://hooks.example:8080"),
            of("hooks.example", 8080, false)
        );
        assert_eq!(target("http://[::1]:9/x"), of("::1", 9, false));
        assert_eq!(target("ftp://hooks.example/"), None);
        assert_eq!(target("/only/a/path"), None);
    }

    async fn problem(connector: &Connector, url: &str) -> String {
        let target = Target::of(&url.parse().unwrap()).unwrap();
        connector.connect(&target).await.err().unwrap()
    }

    /// However the address is written, and whoever says it: what counts is where the connection would go.
    #[tokio::test]
    async fn a_private_address_is_refused_however_it_is_named() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connector = Connector::new(Reach::default());
        for host in [
            "127.0.0.1",
            "localhost",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "2130706433",
            "0x7f.1",
            "127.1",
            "0.0.0.0",
        ] {
            let said = problem(&connector, &format!("http://{host}:{port}/")).await;
            assert!(said.contains("sends nothing"), "{host}: {said}");
        }
        let address = listener.local_addr().unwrap();
        let connector = Connector::all_at(Reach::default(), vec![address]);
        let said = problem(&connector, "http://hooks.example/").await;
        assert_eq!(
            said,
            "`hooks.example` leads to 127.0.0.1, a loopback address, where this server sends nothing"
        );
        // Nobody has called.
        let waited = tokio::time::timeout(std::time::Duration::from_millis(50), listener.accept()).await;
        assert!(waited.is_err());
    }

    #[tokio::test]
    async fn of_several_addresses_the_allowed_ones_are_tried() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let reach = Reach {
            private: true,
            networks: Vec::new(),
        };
        let link_local: SocketAddr = "169.254.169.254:80".parse().unwrap();
        let connector = Connector::all_at(reach.clone(), vec![link_local, address]);
        let target = Target::of(&"http://hooks.example/".parse().unwrap()).unwrap();
        assert!(connector.connect(&target).await.is_ok());
        let connector = Connector::all_at(reach, Vec::new());
        let said = problem(&connector, "http://hooks.example/").await;
        assert_eq!(said, "`hooks.example` has no address");
    }
}
