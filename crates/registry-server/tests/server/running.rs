//! A server that runs for a test.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use registry_core::{RegistryStore, Timestamp};
use registry_server::{Hosts, Limits, NewToken, Role, Server, Tls, TokenFile, Traces, WebhookOptions};
use registry_sqlite::SqliteStore;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Longer than the server takes for anything.
const HANGS: Duration = Duration::from_mins(1);

/// The file of a registry.
const REGISTRY: &str = "registry.db";

pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) client: Client,
    pub(crate) admin: String,
    pub(crate) store: Arc<dyn RegistryStore>,
    tokens: PathBuf,
    stop: Option<oneshot::Sender<()>>,
    ended: Option<JoinHandle<()>>,
    /// The folder of the registry, where it is this one's.
    _folder: Option<TempDir>,
    registry: PathBuf,
}

impl Running {
    pub(crate) async fn start() -> Self {
        Self::with_limits(Limits::default()).await
    }

    pub(crate) async fn with_limits(limits: Limits) -> Self {
        let (store, folder) = a_store().await;
        let tokens = folder.path().join("tokens.json");
        let server = Server::with_tokens(
            Arc::clone(&store),
            TokenFile::new(&tokens),
            Hosts::Loopback(Vec::new()),
            limits,
        );
        Self::of(server, store, folder, tokens).await
    }

    pub(crate) async fn with_tls(tls: Arc<Tls>) -> Self {
        Self::with_tls_within(tls, Limits::default()).await
    }

    pub(crate) async fn with_tls_within(tls: Arc<Tls>, limits: Limits) -> Self {
        let (store, folder) = a_store().await;
        let tokens = folder.path().join("tokens.json");
        let hosts = Hosts::Loopback(Vec::new());
        let file = TokenFile::new(&tokens);
        let server = Server::with_tokens(Arc::clone(&store), file, hosts, limits).tls(tls);
        Self::of(server, store, folder, tokens).await
    }

    /// One whose requests are traced.
    pub(crate) async fn with_traces(traces: Traces) -> Self {
        let (store, folder) = a_store().await;
        let tokens = folder.path().join("tokens.json");
        let hosts = Hosts::Loopback(Vec::new());
        let file = TokenFile::new(&tokens);
        let server = Server::with_tokens(Arc::clone(&store), file, hosts, Limits::default()).traces(traces);
        Self::of(server, store, folder, tokens).await
    }

    /// One that sends webhooks.
    pub(crate) async fn with_webhooks(options: WebhookOptions) -> Self {
        let (store, folder) = a_store().await;
        let tokens = folder.path().join("tokens.json");
        let hosts = Hosts::Loopback(Vec::new());
        let file = TokenFile::new(&tokens);
        let server =
            Server::with_tokens(Arc::clone(&store), file, hosts, Limits::default()).webhooks(options);
        Self::of(server, store, folder, tokens).await
    }

    /// Another server over the same registry, which it has opened itself.
    pub(crate) async fn beside(&self, webhooks: Option<WebhookOptions>) -> Self {
        let store: Arc<dyn RegistryStore> = Arc::new(SqliteStore::open(&self.registry).await.unwrap());
        let hosts = Hosts::Loopback(Vec::new());
        let server = Server::with_tokens(Arc::clone(&store), self.tokens(), hosts, Limits::default());
        let server = match webhooks {
            Some(options) => server.webhooks(options),
            None => server,
        };
        let (address, stop, ended) = begin(server).await;
        Self {
            address,
            client: client(),
            admin: self.admin.clone(),
            store,
            tokens: self.tokens.clone(),
            stop: Some(stop),
            ended: Some(ended),
            _folder: None,
            registry: self.registry.clone(),
        }
    }

    pub(crate) async fn without_tokens() -> Self {
        let (store, folder) = a_store().await;
        let actor = "everybody".parse().unwrap();
        let hosts = Hosts::Loopback(Vec::new());
        let server = Server::without_tokens(Arc::clone(&store), actor, hosts, Limits::default());
        let tokens = folder.path().join("tokens.json");
        Self::of(server, store, folder, tokens).await
    }

    async fn of(server: Server, store: Arc<dyn RegistryStore>, folder: TempDir, tokens: PathBuf) -> Self {
        let (address, stop, ended) = begin(server).await;
        let mut running = Self {
            address,
            client: client(),
            admin: String::new(),
            store,
            tokens,
            stop: Some(stop),
            ended: Some(ended),
            registry: folder.path().join(REGISTRY),
            _folder: Some(folder),
        };
        running.admin = running.token("root", &[Role::Admin]);
        running
    }

    /// Another server over the same registry, on a port of its own.
    pub(crate) async fn again(&mut self) {
        let hosts = Hosts::Loopback(Vec::new());
        let server = Server::with_tokens(Arc::clone(&self.store), self.tokens(), hosts, Limits::default());
        let (address, stop, ended) = begin(server).await;
        (self.address, self.stop, self.ended) = (address, Some(stop), Some(ended));
    }

    /// The file of the registry.
    pub(crate) fn registry(&self) -> &Path {
        &self.registry
    }

    /// The file of the tokens, as another process would open it.
    pub(crate) fn tokens(&self) -> TokenFile {
        TokenFile::new(&self.tokens)
    }

    pub(crate) fn token(&self, name: &str, roles: &[Role]) -> String {
        self.limited(name, roles, None, None)
    }

    pub(crate) fn limited(
        &self,
        name: &str,
        roles: &[Role],
        names: Option<&str>,
        tags: Option<&[&str]>,
    ) -> String {
        let token = NewToken {
            name: name.parse().unwrap(),
            roles: roles.to_vec(),
            names: names.map(str::to_owned),
            tags: tags.map(|tags| tags.iter().map(|tag| tag.parse().unwrap()).collect()),
            expires_at: None,
        };
        let (secret, _) = self.tokens().create(token, Timestamp::now()).unwrap();
        secret.reveal().to_owned()
    }

    /// A request without a token.
    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.client
            .request(method, format!("http://{}{path}", self.address))
    }

    /// A request of the admin.
    pub(crate) fn asked(&self, method: &str, path: &str) -> RequestBuilder {
        self.request(method, path).bearer_auth(&self.admin)
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> T {
        read(self.asked("GET", path).send().await.unwrap()).await
    }

    /// What the server counts.
    pub(crate) async fn metrics(&self) -> String {
        self.asked("GET", "/metrics")
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
    }

    pub(crate) async fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> T {
        read(self.asked("POST", path).json(body).send().await.unwrap()).await
    }

    /// Registers a model with a metric.
    pub(crate) async fn register(&self, name: &str, version: &str) -> i64 {
        let answer: Value = self.post("/api/v1/models", &a_model(name, version)).await;
        answer["model_id"].as_i64().unwrap()
    }

    /// Sends a whole request as it is and returns everything that comes back until the server closes.
    pub(crate) async fn raw(&self, request: &[u8]) -> String {
        self.exchange(request, false).await
    }

    /// Sends bytes and no more than these.
    pub(crate) async fn bytes(&self, bytes: &[u8]) -> String {
        self.exchange(bytes, true).await
    }

    async fn exchange(&self, bytes: &[u8], end: bool) -> String {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let mut stream = tokio::net::TcpStream::connect(self.address).await.unwrap();
        // The server may have answered and closed before all was sent.
        let _ = stream.write_all(bytes).await;
        if end {
            let _ = stream.shutdown().await;
        }
        let mut answer = Vec::new();
        let answered = tokio::time::timeout(HANGS, stream.read_to_end(&mut answer)).await;
        assert!(
            answered.is_ok(),
            "the server hangs after {}",
            String::from_utf8_lossy(bytes)
        );
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Tells the server to stop; returns when it has.
    pub(crate) async fn stop(&mut self) {
        drop(self.stop.take());
        self.ended.take().unwrap().await.unwrap();
    }

    /// Ends the server in the midst of what it does, as if it were killed.
    pub(crate) async fn drop_server(&mut self) {
        let ended = self.ended.take().unwrap();
        ended.abort();
        assert!(ended.await.is_err());
    }

    /// The same, to be waited for elsewhere.
    pub(crate) fn stopping(&mut self) -> JoinHandle<()> {
        drop(self.stop.take());
        self.ended.take().unwrap()
    }
}

async fn begin(server: Server) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let ended = tokio::spawn(async move {
        let stopped = async {
            let _ = stopped.await;
        };
        server.serve(listener, stopped).await.unwrap();
    });
    (address, stop, ended)
}

async fn a_store() -> (Arc<dyn RegistryStore>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open_or_create(folder.path().join(REGISTRY))
        .await
        .unwrap();
    (Arc::new(store), folder)
}

pub(crate) fn a_model(name: &str, version: &str) -> Value {
    json!({
        "name": name,
        "version": version,
        "checkpoint_path": "/no/such/file.pt",
        "task_type": "language_modeling",
        "config": { "d_model": 768 },
        "metrics": { "val_loss": 0.5 },
        "size_bytes": 1_048_576,
    })
}

/// The document of an answer that must be a success.
pub(crate) async fn read<T: DeserializeOwned>(response: Response) -> T {
    let status = response.status();
    let text = response.text().await.unwrap();
    assert!(status.is_success(), "{status} {text}");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

/// The status and code of an answer that must be a problem in form.
pub(crate) async fn problem(request: RequestBuilder) -> (u16, String) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    let text = response.text().await.unwrap();
    assert_eq!(kind, "application/problem+json", "{status} {text}");
    let problem: registry_server::ProblemDocument = serde_json::from_str(&text).unwrap();
    assert_eq!(StatusCode::from_u16(problem.status).unwrap(), status);
    assert_eq!(
        problem.r#type,
        format!("urn:model-registry:problem:{}", problem.code)
    );
    assert!(!problem.detail.is_empty() && !problem.hint.is_empty(), "{text}");
    (problem.status, problem.code)
}

/// A client without a proxy. Built with the rest of the workspace, it can do TLS and wants to know how.
pub(crate) fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap()
}
