//! A store behind a server on a port of its own, and the client that asks it.

use std::net::SocketAddr;
use std::sync::Arc;

use registry_client::{ConnectOptions, HttpStore};
use registry_core::RegistryStore;
use registry_server::{Limits, Server};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// A running server that believes its callers; gone when it is dropped. What the store rests on lives as long.
#[derive(Debug)]
pub struct Served<G> {
    address: SocketAddr,
    _stop: oneshot::Sender<()>,
    guard: G,
}

impl<G> Served<G> {
    /// Serves a store.
    pub async fn over(store: Arc<dyn RegistryStore>, guard: G) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let server = Server::believing(store, Limits::default());
        tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            server.serve(listener, stopped).await.unwrap();
        });
        Self {
            address,
            _stop: stop,
            guard,
        }
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What the store rests on.
    pub fn guard(&self) -> &G {
        &self.guard
    }

    /// A client that says who writes and when.
    pub fn client(&self) -> HttpStore {
        let options = ConnectOptions::parse(&self.url()).unwrap();
        HttpStore::new(options.tell_context()).unwrap()
    }
}
