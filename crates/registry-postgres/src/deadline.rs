//! How long the server is waited for. It ends statements that take too long by itself; a line that is dead without a word
//! would be waited for until the system gives it up, which takes it a quarter of an hour or for ever.

use std::io;
use std::time::Duration;

use sqlx::Error;

/// What an answer may take on its way.
const GRACE: Duration = Duration::from_secs(5);

/// For how long statements are waited for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    /// How long one may take; zero: as long as it takes.
    statement: Duration,
}

impl Deadline {
    pub(crate) fn new(statement_timeout: Duration) -> Self {
        Self {
            statement: statement_timeout,
        }
    }

    /// The answer to so many statements, if it comes in time.
    pub(crate) async fn keep<T>(
        self,
        statements: usize,
        answer: impl Future<Output = sqlx::Result<T>>,
    ) -> sqlx::Result<T> {
        if self.statement.is_zero() {
            return answer.await;
        }
        let statements = u32::try_from(statements).unwrap_or(u32::MAX);
        within(
            self.statement.saturating_mul(statements).saturating_add(GRACE),
            answer,
        )
        .await
    }
}

/// The answer, if it comes in this time.
pub(crate) async fn within<T>(
    time: Duration,
    answer: impl Future<Output = sqlx::Result<T>>,
) -> sqlx::Result<T> {
    match tokio::time::timeout(time, answer).await {
        Ok(answer) => answer,
        Err(_) => Err(Error::Io(io::Error::new(
            io::ErrorKind::TimedOut,
            "the server did not answer",
        ))),
    }
}

/// The end of something that nobody waits for longer than this.
pub(crate) async fn soon<T>(end: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(GRACE, Box::pin(end)).await.ok()
}
