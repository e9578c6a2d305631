//! How long the server is waited for. It ends statements that take too long by itself; a line that is dead without a word
//! would be waited for until the system gives it up, which takes it a quarter of an hour or for ever.

use std::io;
use std::time::Duration;

use sqlx::Error;

/// What an answer may take on its way.
const GRACE: Duration = Duration::from_secs(5);

/// How long a statement is waited for that may take as long as it takes: as long as a system waits that gets no sign of
/// life, which it does not notice while it has nothing to say itself.
const PATIENCE: Duration = Duration::from_mins(15);

/// For how long statements are waited for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    /// How long one may take.
    statement: Duration,
}

impl Deadline {
    /// For statements that may take so long; zero: as long as they take.
    pub(crate) fn new(statement_timeout: Duration) -> Self {
        Self {
            statement: if statement_timeout.is_zero() {
                PATIENCE
            } else {
                statement_timeout
            },
        }
    }

    /// How long so many statements are waited for.
    fn of(self, statements: usize) -> Duration {
        let statements = u32::try_from(statements).unwrap_or(u32::MAX);
        self.statement.saturating_mul(statements).saturating_add(GRACE)
    }

    /// The answer to so many statements, if it comes in time.
    pub(crate) async fn keep<T>(
        self,
        statements: usize,
        answer: impl Future<Output = sqlx::Result<T>>,
    ) -> sqlx::Result<T> {
        within(self.of(statements), answer).await
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_server_is_waited_for_without_an_end() {
        let deadline = |seconds, statements| Deadline::new(Duration::from_secs(seconds)).of(statements);
        assert_eq!(deadline(60, 1), Duration::from_secs(65));
        assert_eq!(deadline(60, 3), Duration::from_secs(185));
        assert_eq!(deadline(0, 1), Duration::from_secs(905));
        assert_eq!(deadline(0, 2), Duration::from_secs(1805));
    }
}
