//! Ids of models and events.
//!
//! They come from sequences, which never wait and never give a number twice, but don't take one back either. What a
//! rehearsal or a refusal leaves over is kept here and given out next, as long as nobody else has taken a number since:
//! then every number is still higher than all that were used before. Otherwise a gap stays.

use std::sync::{Arc, Mutex, PoisonError};

use sqlx::PgConnection;

/// The numbers that this program has over.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    models: Mutex<Spare>,
    events: Mutex<Spare>,
}

/// Numbers that a transaction has taken; they go back when it is dropped before [`keep`](Taken::keep).
#[derive(Debug)]
pub(crate) struct Taken {
    numbers: Arc<Numbers>,
    models: Vec<i64>,
    events: Vec<i64>,
}

impl Taken {
    pub(crate) fn nothing(numbers: Arc<Numbers>) -> Self {
        Self {
            numbers,
            models: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Up to so many ids of models that are over and still good.
    pub(crate) async fn spare_model_ids(
        &mut self,
        connection: &mut PgConnection,
        count: usize,
    ) -> sqlx::Result<Vec<i64>> {
        let spare = take(&self.numbers.models);
        if spare.0.is_empty() {
            return Ok(Vec::new());
        }
        let last = sqlx::query_file_scalar!("queries/numbers/last_model_id.sql")
            .fetch_optional(connection)
            .await?;
        let (ids, rest) = spare.split(last, count);
        give(&self.numbers.models, &rest);
        self.models.extend(&ids);
        Ok(ids)
    }

    /// The same for ids of events.
    pub(crate) async fn spare_event_ids(
        &mut self,
        connection: &mut PgConnection,
        count: usize,
    ) -> sqlx::Result<Vec<i64>> {
        let spare = take(&self.numbers.events);
        if spare.0.is_empty() {
            return Ok(Vec::new());
        }
        let last = sqlx::query_file_scalar!("queries/numbers/last_event_id.sql")
            .fetch_one(connection)
            .await?;
        let (ids, rest) = spare.split(last, count);
        give(&self.numbers.events, &rest);
        self.events.extend(&ids);
        Ok(ids)
    }

    /// The next ids of events, ascending.
    pub(crate) async fn event_ids(
        &mut self,
        connection: &mut PgConnection,
        count: usize,
    ) -> sqlx::Result<Vec<i64>> {
        let mut ids = self.spare_event_ids(&mut *connection, count).await?;
        let missing = i64::try_from(count - ids.len()).unwrap_or(i64::MAX);
        if missing > 0 {
            let next = sqlx::query_file_scalar!("queries/numbers/next_event_ids.sql", missing)
                .fetch_all(connection)
                .await?;
            self.events.extend(&next);
            ids.extend(next);
        }
        Ok(ids)
    }

    /// Takes note of numbers that came from the sequences.
    pub(crate) fn took(&mut self, models: &[i64], events: &[i64]) {
        self.models.extend(models);
        self.events.extend(events);
    }

    /// The numbers are used, or may be: the transaction is being committed.
    pub(crate) fn keep(&mut self) {
        self.models.clear();
        self.events.clear();
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        give(&self.numbers.models, &self.models);
        give(&self.numbers.events, &self.events);
    }
}

/// Numbers without a gap between them, ascending.
#[derive(Debug, Default, PartialEq, Eq)]
struct Spare(Vec<i64>);

impl Spare {
    /// The first so many and the rest; nothing when the last number that was ever given is another than the highest.
    fn split(mut self, last: Option<i64>, count: usize) -> (Vec<i64>, Vec<i64>) {
        if last != self.0.last().copied() {
            return (Vec::new(), Vec::new());
        }
        let rest = self.0.split_off(count.min(self.0.len()));
        (self.0, rest)
    }

    /// What of both has no gap up to the highest number: others may have used what is in a gap.
    fn and(self, mut more: Vec<i64>) -> Self {
        more.extend(self.0);
        more.sort_unstable();
        let gap = more.windows(2).rposition(|pair| pair[0] + 1 != pair[1]);
        Self(more.split_off(gap.map_or(0, |place| place + 1)))
    }
}

fn take(spare: &Mutex<Spare>) -> Spare {
    std::mem::take(&mut *spare.lock().unwrap_or_else(PoisonError::into_inner))
}

fn give(spare: &Mutex<Spare>, numbers: &[i64]) {
    if !numbers.is_empty() {
        let mut spare = spare.lock().unwrap_or_else(PoisonError::into_inner);
        *spare = std::mem::take(&mut *spare).and(numbers.to_vec());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_no_gap_up_to_the_highest_is_spare() {
        let spare = |numbers: &[i64]| Spare(numbers.to_vec());
        assert_eq!(spare(&[]).and(vec![3]), spare(&[3]));
        assert_eq!(spare(&[3]).and(vec![4, 5]), spare(&[3, 4, 5]));
        assert_eq!(spare(&[5]).and(vec![3, 4]), spare(&[3, 4, 5]));
        assert_eq!(spare(&[3]).and(vec![5, 6]), spare(&[5, 6]));
        assert_eq!(spare(&[7]).and(vec![3, 4]), spare(&[7]));
    }

    #[test]
    fn numbers_are_good_until_another_takes_one() {
        let spare = || Spare(vec![3, 4, 5]);
        assert_eq!(spare().split(Some(5), 2), (vec![3, 4], vec![5]));
        assert_eq!(spare().split(Some(5), 9), (vec![3, 4, 5], vec![]));
        assert_eq!(spare().split(Some(6), 2), (vec![], vec![]));
        assert_eq!(spare().split(None, 2), (vec![], vec![]));
    }
}
