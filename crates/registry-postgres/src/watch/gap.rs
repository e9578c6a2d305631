//! Which events can be handed out: see [`watch`](super).

use std::collections::HashSet;
use std::pin::Pin;

use registry_core::record::EventRecord;
use sqlx::PgConnection;

use crate::records;

/// What is known of the ids that don't follow each other.
#[derive(Debug, Default)]
pub(super) struct Gap {
    /// Nothing new will come up to here.
    settled: i64,
    /// What will be settled when these writers have ended.
    open: Option<(i64, HashSet<String>)>,
}

impl Gap {
    /// Whether events are held back.
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// The events after this one, as far as nothing can come between them any more.
    pub(super) async fn events(
        &mut self,
        connection: &mut PgConnection,
        after: i64,
        take: i64,
    ) -> sqlx::Result<Vec<EventRecord>> {
        loop {
            let mut records = records::events(connection, after, take).await?;
            let safe = safe(after, self.settled, records.iter().map(|record| record.event_id));
            let Some(newest) = records.last().map(|record| record.event_id).filter(|_| safe == 0) else {
                records.truncate(safe);
                self.open = None;
                return Ok(records);
            };
            if self.open.is_none() {
                self.open = Some((newest, writers(&mut *connection).await?));
            } else {
                self.look(connection).await?;
            }
            // What is settled now is read again, to see what has appeared in the gap.
            if !self.close() {
                return Ok(Vec::new());
            }
        }
    }

    /// Opens everything up to the newest event that can be seen, and returns its id.
    pub(super) async fn begin(&mut self, connection: &mut PgConnection) -> sqlx::Result<i64> {
        let newest = newest(&mut *connection).await?;
        self.open = Some((newest, writers(connection).await?));
        Ok(newest)
    }

    /// Looks whether everything is settled.
    pub(super) async fn settle(&mut self, connection: &mut PgConnection) -> sqlx::Result<bool> {
        if !self.close() {
            self.look(connection).await?;
            self.close();
        }
        Ok(!self.is_open())
    }

    /// Forgets the writers that have ended.
    async fn look(&mut self, connection: &mut PgConnection) -> sqlx::Result<()> {
        let now = writers(connection).await?;
        if let Some((_, awaited)) = &mut self.open {
            awaited.retain(|writer| now.contains(writer));
        }
        Ok(())
    }

    /// Settles what was open, if nobody is left to wait for.
    fn close(&mut self) -> bool {
        match self.open.take_if(|(_, writers)| writers.is_empty()) {
            Some((newest, _)) => {
                self.settled = self.settled.max(newest);
                true
            }
            None => false,
        }
    }
}

/// How many of the events after one, from the first on, have nothing open before them, where nothing new will come up to
/// `settled`.
pub(super) fn safe(after: i64, settled: i64, ids: impl Iterator<Item = i64>) -> usize {
    let mut last = after;
    ids.take_while(|id| {
        let safe = *id <= settled || last.checked_add(1) == Some(*id);
        last = *id;
        safe
    })
    .count()
}

/// The id of the newest event that can be seen.
pub(super) async fn newest(connection: &mut PgConnection) -> sqlx::Result<i64> {
    sqlx::query_file_scalar!("queries/watch/newest_event_id.sql")
        .fetch_one(connection)
        .await
}

/// What is asked over a connection.
pub(super) trait Question<T>:
    for<'a> Fn(&'a mut PgConnection, &'a mut Gap) -> Answer<'a, T> + Send + Sync
{
}

impl<T, F> Question<T> for F where
    F: for<'a> Fn(&'a mut PgConnection, &'a mut Gap) -> Answer<'a, T> + Send + Sync
{
}

pub(super) type Answer<'a, T> = Pin<Box<dyn Future<Output = sqlx::Result<T>> + Send + 'a>>;

/// The transactions that may still write an event.
async fn writers(connection: &mut PgConnection) -> sqlx::Result<HashSet<String>> {
    let writers = sqlx::query_file_scalar!("queries/watch/writers.sql")
        .fetch_all(connection)
        .await?;
    Ok(writers.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_follows_without_a_gap_is_safe() {
        let safe = |settled, after, ids: &[i64]| safe(after, settled, ids.iter().copied());
        assert_eq!(safe(0, 0, &[]), 0);
        assert_eq!(safe(0, 0, &[1, 2, 3]), 3);
        assert_eq!(safe(0, 0, &[1, 3, 4]), 1);
        assert_eq!(safe(0, 0, &[2, 3]), 0);
        assert_eq!(safe(3, 0, &[2, 3, 4, 6]), 3);
        assert_eq!(safe(4, 4, &[6]), 0);
        assert_eq!(safe(6, 4, &[6]), 1);
        assert_eq!(safe(0, i64::MAX - 1, &[i64::MAX]), 1);
        assert_eq!(safe(0, i64::MAX, &[]), 0);
    }
}
