//! A server for a browser to look at.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use registry_core::webhook::{DeliveryQuery, DeliveryStatus};
use registry_core::{DeliveryId, RegistryStore, Timestamp};
use registry_server::{Backoff, Hosts, Limits, NewToken, Reach, Role, Server, TokenFile, WebhookOptions};
use registry_sqlite::SqliteStore;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::story;
use crate::webhooks;
use crate::window::Window;

/// A server on a port of its own; gone when it is dropped.
pub struct Site {
    /// What it serves.
    pub store: Arc<dyn RegistryStore>,
    address: SocketAddr,
    tokens: PathBuf,
    _stop: oneshot::Sender<()>,
    _serving: JoinHandle<()>,
    _folder: TempDir,
}

impl Site {
    /// Over an empty registry.
    pub async fn empty() -> Self {
        Self::serving(None).await
    }

    /// Over an empty registry, with a server that sends webhooks, to this machine too. What fails is given up at once.
    pub async fn sending() -> Self {
        let options = WebhookOptions {
            reach: Reach {
                private: true,
                networks: Vec::new(),
            },
            backoff: Backoff::new([]),
            pause: Duration::from_millis(20),
            ..WebhookOptions::default()
        };
        Self::serving(Some(options)).await
    }

    async fn serving(webhooks: Option<WebhookOptions>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open_or_create(folder.path().join("registry.db"))
            .await
            .unwrap();
        let store: Arc<dyn RegistryStore> = Arc::new(store);
        let tokens = folder.path().join("tokens.json");
        let server = Server::with_tokens(
            Arc::clone(&store),
            TokenFile::new(&tokens),
            Hosts::Loopback(Vec::new()),
            Limits::default(),
        );
        let server = match webhooks {
            Some(options) => server.webhooks(options),
            None => server,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            server.serve(listener, stopped).await.unwrap();
        });
        Self {
            store,
            address,
            tokens,
            _stop: stop,
            _serving: serving,
            _folder: folder,
        }
    }

    /// Over a registry with a story in it, the same every time.
    pub async fn with_story() -> Self {
        let site = Self::empty().await;
        story::tell(site.store.as_ref()).await;
        site
    }

    /// The same with webhooks, and what became of their messages.
    pub async fn with_webhooks() -> Self {
        let site = Self::empty().await;
        webhooks::make(site.store.as_ref()).await;
        story::tell(site.store.as_ref()).await;
        webhooks::send(site.store.as_ref()).await;
        site
    }

    /// The address of a page.
    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The newest delivery that was given up.
    pub async fn dead_delivery(&self) -> DeliveryId {
        let query = DeliveryQuery {
            status: Some(DeliveryStatus::Dead),
            ..DeliveryQuery::default()
        };
        let found = self.store.webhooks().deliveries(&query).await.unwrap();
        found.items.first().unwrap().id
    }

    /// A token of this person.
    pub fn token(&self, name: &str, roles: &[Role]) -> String {
        self.token_made(name, roles, Timestamp::now())
    }

    /// A token that was made then.
    pub fn token_made(&self, name: &str, roles: &[Role], at: Timestamp) -> String {
        let token = NewToken {
            name: name.parse().unwrap(),
            roles: roles.to_vec(),
            names: None,
            tags: None,
            expires_at: None,
        };
        let (secret, _) = TokenFile::new(&self.tokens).create(token, at).unwrap();
        secret.reveal().to_owned()
    }

    /// Takes back what tokens this person has.
    pub fn revoke(&self, name: &str) {
        TokenFile::new(&self.tokens)
            .revoke(name, Timestamp::now())
            .unwrap();
    }

    /// Logs this person in, as one does.
    pub async fn log_in(&self, window: &Window, token: &str) {
        window.open(&self.at("/login")).await;
        window.fill("#token", token).await;
        window.follow("main button[type=submit]").await;
        window.wait_for_address("/").await;
    }

    /// That a window has asked nobody else for anything, and complained of nothing but what holds one of these.
    pub fn assert_quiet(&self, window: &Window, expected: &[&str]) {
        let here = self.at("/");
        let asked = window.asked();
        assert!(!asked.is_empty(), "the requests are not heard");
        // What is in the address itself is asked of nobody, such as the browser's own picture of a calendar.
        let elsewhere = asked
            .iter()
            .filter(|address| !address.starts_with(&here) && !address.starts_with("data:"));
        let elsewhere: Vec<_> = elsewhere.filter(|address| *address != "about:blank").collect();
        assert!(elsewhere.is_empty(), "{elsewhere:?}");
        let complaints = window.complaints();
        let unexpected: Vec<_> = complaints
            .iter()
            .filter(|complaint| !expected.iter().any(|expected| complaint.contains(expected)))
            .collect();
        assert!(unexpected.is_empty(), "{unexpected:?}");
    }
}
