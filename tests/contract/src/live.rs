//! A server for strangers to ask.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use registry_core::webhook::{NewWebhook, WebhookSecret};
use registry_core::{ModelId, PromoteRequest, RegistryStore, WriteContext};
use registry_server::{Hosts, Limits, NewToken, Role, Server, TokenFile};
use registry_sqlite::SqliteStore;
use registry_tests::realistic;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How many models are there.
const MODELS: usize = 40;

/// A server on a port of its own; gone when it is dropped. It sends no webhook, so whatever address a stranger makes up
/// is asked for nothing.
pub struct Live {
    /// What it serves.
    pub store: Arc<dyn RegistryStore>,
    address: SocketAddr,
    tokens: PathBuf,
    folder: TempDir,
    _stop: oneshot::Sender<()>,
    _serving: JoinHandle<()>,
}

impl Live {
    /// Over a registry with a past, the same every time: 40 models of four names, with parents, labels, exports, models
    /// out of use, a promoted one, and a webhook with a delivery that waits.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open_or_create(folder.path().join("registry.db"))
            .await
            .unwrap();
        let store: Arc<dyn RegistryStore> = Arc::new(store);
        fill(store.as_ref()).await;
        let tokens = folder.path().join("tokens.json");
        let server = Server::with_tokens(
            Arc::clone(&store),
            TokenFile::new(&tokens),
            Hosts::Loopback(Vec::new()),
            Limits::default(),
        );
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
            folder,
            _stop: stop,
            _serving: serving,
        }
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A folder that goes with it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A token of this person.
    pub fn token(&self, name: &str, roles: &[Role]) -> String {
        let token = NewToken {
            name: name.parse().unwrap(),
            roles: roles.to_vec(),
            names: None,
            tags: None,
            expires_at: None,
        };
        let tokens = TokenFile::new(&self.tokens);
        let (secret, _) = tokens.create(token, registry_core::Timestamp::now()).unwrap();
        secret.reveal().to_owned()
    }
}

async fn fill(store: &dyn RegistryStore) {
    realistic::fill(store, MODELS, 7, |_| (), async || ())
        .await
        .unwrap();
    // A tag with a past can be rolled back.
    let context = WriteContext::new("mara".parse().unwrap(), registry_core::Timestamp::now());
    for id in [38, 39, 40] {
        let request = PromoteRequest::new(ModelId::try_from(id).unwrap(), "canary".parse().unwrap());
        store.promote(&context, request).await.unwrap();
    }
    let webhook = NewWebhook::new(
        "deploys".parse().unwrap(),
        "https://deploys.example/hook".parse().unwrap(),
    );
    let secret = WebhookSecret::from_random(vec![7; 32]).unwrap();
    let webhooks = store.webhooks();
    let webhook = webhooks.create(&context, webhook, secret).await.unwrap();
    webhooks.test(&context, webhook.id).await.unwrap();
}
