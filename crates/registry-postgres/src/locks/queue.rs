//! Waiting for whole tables without keeping others waiting.
//!
//! Who waits for a table stands in a queue, and behind him everybody who wants to write, however long he waits for one
//! slow transaction. So he waits a moment, steps aside for as long, and tries again.

use std::time::Duration;

use sqlx::PgConnection;
use tokio::time::Instant;

/// The first wait and the longest.
const WAITS: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(1));
/// How long it is tried where a statement may take as long as it takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// A place in the queue that is given up now and then.
#[derive(Debug)]
pub(crate) struct Queue {
    until: Instant,
    wait: Duration,
    longest: Duration,
}

impl Queue {
    /// For as long as a statement of the session may take; zero: as long as it takes.
    pub(crate) fn new(statement_timeout: Duration) -> Self {
        let patience = if statement_timeout.is_zero() {
            PATIENCE
        } else {
            statement_timeout
        };
        // At the timeout itself the server would not say that it was a lock.
        let longest = WAITS.1.min(patience / 2);
        Self {
            until: Instant::now() + patience,
            wait: WAITS.0.min(longest),
            longest,
        }
    }

    /// Whether it is worth another attempt.
    pub(crate) fn goes_on(&self) -> bool {
        Instant::now() < self.until
    }

    /// Lets others through, and waits longer the next time.
    pub(crate) async fn step_aside(&mut self) {
        tokio::time::sleep_until(self.until.min(Instant::now() + self.wait)).await;
        self.wait = self.longest.min(self.wait * 2);
    }

    /// Has the transaction wait no longer than this for each lock that it takes now.
    pub(super) async fn lock(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        let wait = format!("{}ms", self.wait.as_millis().max(1));
        let before = set(connection, &wait).await?;
        sqlx::query_file!("queries/copy/lock.sql")
            .execute(&mut *connection)
            .await?;
        set(connection, &before).await.map(drop)
    }
}

/// Sets the time, and says what it was.
async fn set(connection: &mut PgConnection, lock_timeout: &str) -> sqlx::Result<String> {
    let set = sqlx::query_file!("queries/locks/patience.sql", lock_timeout)
        .fetch_one(connection)
        .await?;
    Ok(set.before)
}
