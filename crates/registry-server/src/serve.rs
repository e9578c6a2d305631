//! Connections: accepting them, cutting off slow ones, ending in good order.

mod patient;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use self::patient::Patient;
use crate::http::rate::Peer;
use crate::limits::Limits;
use crate::tls::Tls;

/// How long to wait when the system cannot accept a connection, such as for want of file descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// The largest head of a request.
const HEAD_BYTES: usize = 64 * 1024;

/// Answers until `stop` is done; then ends the requests that have begun and takes no more.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    tls: Option<&Tls>,
    stopping: &watch::Sender<bool>,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let connections = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .max_buf_size(HEAD_BYTES);
    tokio::pin!(stop);
    let mut reload = ReloadSignal::new()?;
    loop {
        let place = Arc::clone(&connections).acquire_owned();
        let accepted = async {
            let place = place.await.map_err(io::Error::other)?;
            listener
                .accept()
                .await
                .map(|(stream, peer)| (stream, peer, place))
        };
        let (stream, peer, place) = tokio::select! {
            () = &mut stop => break,
            () = reload.came(), if tls.is_some() => {
                if let Some(Err(error)) = tls.map(Tls::reload) {
                    tracing::error!(%error, "the certificate could not be read anew; the old one stays");
                } else {
                    tracing::info!("the certificate was read anew");
                }
                continue;
            }
            accepted = accepted => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            },
        };
        // An answer is one piece: waiting for more would only delay it.
        let _ = stream.set_nodelay(true);
        let stream = Patient::new(stream, limits.write_time);
        let answering = TowerToHyperService::new(router.clone());
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer.ip()));
            answering.call(request)
        });
        let (http, watcher) = (http.clone(), graceful.watcher());
        let acceptor = tls.map(Tls::acceptor);
        tokio::spawn(async move {
            let ended = match acceptor {
                None => {
                    let connection = http.serve_connection(TokioIo::new(stream), service);
                    watcher.watch(connection).await
                }
                Some(acceptor) => {
                    let greeted = tokio::time::timeout(limits.header_time, acceptor.accept(stream));
                    match greeted.await {
                        Ok(Ok(stream)) => {
                            let connection = http.serve_connection(TokioIo::new(stream), service);
                            watcher.watch(connection).await
                        }
                        Ok(Err(error)) => {
                            tracing::debug!(%error, "a connection did not come to TLS");
                            Ok(())
                        }
                        Err(_) => Ok(()),
                    }
                }
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    stopping.send_replace(true);
    tracing::info!("stopping: finishing what was begun");
    if tokio::time::timeout(limits.stop_time, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some requests did not end in time and were cut off");
    }
    Ok(())
}

/// Done when the process is told to stop: SIGTERM, or Ctrl-C.
///
/// # Errors
/// When the system does not let the process listen for it.
pub fn stop_signal() -> io::Result<impl Future<Output = ()> + Send> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut term, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        Ok(async move {
            tokio::select! {
                _ = term.recv() => {}
                _ = interrupt.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        // Without the signal the server runs until it is ended by force.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

/// SIGHUP, where there are signals.
struct ReloadSignal {
    #[cfg(unix)]
    signal: tokio::signal::unix::Signal,
}

impl ReloadSignal {
    fn new() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            signal: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())?,
        })
    }

    async fn came(&mut self) {
        #[cfg(unix)]
        if self.signal.recv().await.is_some() {
            return;
        }
        std::future::pending::<()>().await;
    }
}
