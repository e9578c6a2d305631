//! When the server writes down which tokens were used.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::file::TokensError;
use super::guard::Gate;
use crate::app::App;

/// How long to try at the end.
const LAST: Duration = Duration::from_secs(2);
/// How long to wait for another process that writes.
const PAUSE: Duration = Duration::from_millis(20);

/// Writes down from time to time which tokens were used, until the server stops.
pub(crate) async fn keep_uses(app: Arc<App>, mut stopping: watch::Receiver<bool>) {
    let mut failing = false;
    loop {
        let stopped = stopping.wait_for(|stop| *stop);
        if tokio::time::timeout(app.limits.uses_time, stopped).await.is_ok() {
            return;
        }
        // Once is enough: it is tried every minute.
        match write(&app).await {
            Ok(_) => failing = false,
            Err(error) if !failing => {
                tracing::warn!(%error, "it cannot be written down when tokens are used");
                failing = true;
            }
            Err(_) => {}
        }
    }
}

/// Writes down what is left once the server has answered its last request.
pub(crate) async fn write_last_uses(app: &Arc<App>) {
    let written = async {
        while !write(app).await? {
            tokio::time::sleep(PAUSE).await;
        }
        Ok::<(), TokensError>(())
    };
    match tokio::time::timeout(LAST, written).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "it was not written down which tokens were used last"),
        Err(_) => tracing::warn!("it was not written down in time which tokens were used last"),
    }
}

/// Beside the requests, since a file system may take its time.
async fn write(app: &Arc<App>) -> Result<bool, TokensError> {
    let app = Arc::clone(app);
    let written = tokio::task::spawn_blocking(move || match &app.gate {
        Gate::Tokens(file) => file.write_uses(),
        Gate::Open(_) | Gate::Believing => Ok(true),
    });
    // A task that was broken off has said why.
    written.await.unwrap_or(Ok(true))
}
