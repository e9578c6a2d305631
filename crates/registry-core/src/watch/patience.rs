//! How long one who follows bears with a source that does not answer.

use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// How long a source may be away, as for being started anew.
const LOST: Duration = Duration::from_mins(1);
/// The longest pause before it is asked again.
const LONGEST: Duration = Duration::from_secs(5);

/// The pauses between questions to a source that is away: each twice as long as the one before.
#[derive(Debug)]
pub struct Patience {
    first: Duration,
    /// Since when it is away, and the next pause.
    lost: Option<(Instant, Duration)>,
}

impl Patience {
    /// With this for the first pause.
    pub fn new(first: Duration) -> Self {
        Self { first, lost: None }
    }

    /// The source has answered.
    pub fn answered(&mut self) {
        self.lost = None;
    }

    /// How long to pause before the source is asked again, now that it failed.
    ///
    /// # Errors
    /// The failure, where it will not pass by itself, or the source is away for too long.
    pub fn pause(&mut self, failure: Error, now: Instant) -> Result<Duration> {
        let passing = matches!(
            failure,
            Error::Unreachable { .. } | Error::Busy { .. } | Error::TimedOut { .. }
        );
        let (since, pause) = self.lost.unwrap_or((now, self.first));
        if !passing || now.saturating_duration_since(since) > LOST {
            return Err(failure);
        }
        self.lost = Some((since, LONGEST.min(pause * 2)));
        Ok(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn busy() -> Error {
        Error::Busy {
            location: "here".into(),
        }
    }

    #[test]
    fn pauses_grow_until_it_is_enough() {
        let mut patience = Patience::new(Duration::from_secs(1));
        let begun = Instant::now();
        let after = |seconds| begun + Duration::from_secs(seconds);
        for (at, pause) in [(0, 1), (1, 2), (3, 4), (7, 5), (60, 5)] {
            let paused = patience.pause(busy(), after(at)).unwrap();
            assert_eq!(paused, Duration::from_secs(pause), "{at}");
        }
        assert_eq!(patience.pause(busy(), after(61)).unwrap_err().code(), "busy");
        patience.answered();
        assert_eq!(patience.pause(busy(), after(62)).unwrap(), Duration::from_secs(1));
    }

    #[test]
    fn what_does_not_pass_is_told_at_once() {
        let mut patience = Patience::new(Duration::from_secs(1));
        let missing = Error::RegistryMissing {
            location: "here".into(),
        };
        let told = patience.pause(missing, Instant::now()).unwrap_err();
        assert_eq!(told.code(), "registry_missing");
    }
}
