//! A server whose one route does nothing, served as the registry is: what a round trip costs at least.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use axum::Router;
use axum::routing::get;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

/// The empty server as a process of its own.
#[derive(Debug)]
pub(super) struct Empty {
    child: Child,
    pub(super) address: SocketAddr,
}

impl Empty {
    pub(super) fn start(program: &Path) -> Self {
        let mut child = Command::new(program)
            .arg("--empty")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
        std::io::BufRead::read_line(&mut out, &mut said).unwrap();
        let address = said.trim().parse();
        Self {
            child,
            address: address.unwrap_or_else(|_| panic!("the empty server said: {said}")),
        }
    }
}

impl Drop for Empty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves the empty route on a free port, which it prints, until its standard input ends.
///
/// # Errors
/// When the system refuses.
pub fn serve() -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.spawn(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut out = std::io::stdout();
        writeln!(out, "{address}").and_then(|()| out.flush()).unwrap();
        let router = Router::new().route("/", get(async || {}));
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new());
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            let service = TowerToHyperService::new(router.clone());
            let http = http.clone();
            tokio::spawn(async move {
                // Who goes away has measured enough.
                let _ = http.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    // Whoever started it holds the other end, and lets go of it however it ends.
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
