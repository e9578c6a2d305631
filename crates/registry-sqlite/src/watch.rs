//! Following the events of a file.
//!
//! Ids are given under the lock of the file's one writer, so their order is that of the commits and whatever can be read
//! is there to stay. A look at the file's `data_version` says whether anybody, of this process or of another, has
//! committed since the look before; it takes no lock that a writer waits for.

use std::time::Duration;

use async_trait::async_trait;
use registry_core::watch::Feed;
use registry_core::{Error, Event, EventId, Result};
use sqlx::SqliteConnection;

use crate::SqliteStore;
use crate::error;
use crate::records;

/// How often somebody who waits looks whether the file has changed.
const INTERVAL: Duration = Duration::from_millis(100);

/// A connection that follows, and what it knows of the file. The version is only comparable on the same connection.
pub(crate) struct Tail {
    location: String,
    connection: SqliteConnection,
    version: i64,
}

impl Tail {
    pub(crate) async fn open(store: &SqliteStore) -> sqlx::Result<Self> {
        let mut connection = store.readers().connect().await?;
        Ok(Self {
            location: store.location().to_owned(),
            version: version(&mut connection).await?,
            connection,
        })
    }

    fn failed(&self) -> impl FnOnce(sqlx::Error) -> Error {
        move |error| error::meaning(&self.location, "follow the history", error)
    }
}

#[async_trait]
impl Feed for Tail {
    async fn now(&mut self) -> Result<EventId> {
        let newest = sqlx::query_file_scalar!("queries/watch/newest_event_id.sql")
            .fetch_one(&mut self.connection)
            .await;
        newest.map(EventId).map_err(self.failed())
    }

    async fn after(&mut self, last: EventId, take: i64) -> Result<Vec<Result<Event>>> {
        // First the version: a commit after this look is news, whether or not the events show it already.
        self.version = version(&mut self.connection).await.map_err(self.failed())?;
        let records = records::events(&mut self.connection, last.0, take).await;
        let records = records.map_err(self.failed())?;
        Ok(records.into_iter().map(Event::try_from).collect())
    }

    async fn changed(&mut self) -> Result<()> {
        while version(&mut self.connection).await.map_err(self.failed())? == self.version {
            tokio::time::sleep(INTERVAL).await;
        }
        Ok(())
    }
}

/// A number that is another when another connection has committed.
async fn version(connection: &mut SqliteConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar("PRAGMA data_version")
        .fetch_one(connection)
        .await
}
