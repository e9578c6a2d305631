//! When tokens were last used, to the minute.
//!
//! A request only notes it in memory. From time to time a server adds what it has noted to a file of its own beside the
//! tokens, which several servers may share. Nothing rests on that file: where it is damaged it is begun anew, and where
//! it cannot be written the server goes on.

use std::collections::BTreeMap;
use std::fs::{self, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use registry_core::Timestamp;
use serde::{Deserialize, Serialize};

use super::file::{TokensError, failed};
use super::replaced::{lock, replace, with_ending};

/// How exact the times are, in microseconds.
const MINUTE: i64 = 60_000_000;

/// Times by the ids of tokens.
type Times = BTreeMap<String, Timestamp>;

/// The uses of the tokens in one file.
#[derive(Debug)]
pub(super) struct Uses {
    path: PathBuf,
    /// What is not in the file yet.
    noted: Mutex<Times>,
}

/// What the file holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    last_used: Times,
}

impl Uses {
    /// Those of the tokens in this file.
    pub(super) fn beside(tokens: &Path) -> Self {
        Self {
            path: with_ending(tokens, ".uses"),
            noted: Mutex::default(),
        }
    }

    /// Notes that a token is used.
    pub(super) fn note(&self, id: &str, now: Timestamp) {
        let minute = begun(now);
        let mut noted = self.lock();
        match noted.get_mut(id) {
            Some(known) => *known = minute.max(*known),
            None => {
                noted.insert(id.to_owned(), minute);
            }
        }
    }

    /// What was noted and is not written down yet.
    pub(super) fn noted(&self) -> Times {
        self.lock().clone()
    }

    /// What is written down and what was noted.
    pub(super) fn all(&self) -> Result<Times, TokensError> {
        let mut times = self.read()?;
        merge(&mut times, self.noted());
        Ok(times)
    }

    /// Adds what was noted to the file, and drops what is not to be kept. `false`: another process is at it.
    pub(super) fn write(&self, keep: impl Fn(&str) -> bool) -> Result<bool, TokensError> {
        let noted = self.noted();
        if noted.is_empty() {
            return Ok(true);
        }
        let action = || format!("write `{}`", self.path.display());
        let file = lock(&self.path).map_err(|source| failed(action(), source))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(false),
            Err(TryLockError::Error(source)) => return Err(failed(action(), source)),
        }
        let mut last_used = match self.read() {
            Ok(known) => known,
            Err(error @ TokensError::Unreadable { .. }) => {
                tracing::warn!(%error, "it is noted anew when tokens are used");
                Times::new()
            }
            Err(error) => return Err(error),
        };
        merge(&mut last_used, noted.clone());
        last_used.retain(|id, _| keep(id));
        replace(&self.path, &Contents { last_used }).map_err(|source| failed(action(), source))?;
        // What was noted meanwhile stays.
        self.lock().retain(|id, at| noted.get(id) != Some(at));
        Ok(true)
    }

    /// What is written down. No file: nothing.
    fn read(&self) -> Result<Times, TokensError> {
        // Nobody waits for a pipe.
        if fs::metadata(&self.path).is_ok_and(|found| !found.is_file()) {
            return Err(TokensError::Unreadable {
                path: self.path.clone(),
                problem: "it is no file".to_owned(),
            });
        }
        let text = match fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Times::new()),
            Err(source) => return Err(failed(format!("read `{}`", self.path.display()), source)),
        };
        let contents: Contents = serde_json::from_slice(&text).map_err(|error| TokensError::Unreadable {
            path: self.path.clone(),
            problem: error.to_string(),
        })?;
        Ok(contents.last_used)
    }

    fn lock(&self) -> MutexGuard<'_, Times> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Of two times of a token the later counts.
fn merge(times: &mut Times, others: Times) {
    for (id, at) in others {
        let known = times.entry(id).or_insert(at);
        *known = at.max(*known);
    }
}

/// The beginning of the minute.
fn begun(now: Timestamp) -> Timestamp {
    let micros = now.as_micros();
    Timestamp::from_micros(micros - micros.rem_euclid(MINUTE)).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_micros(second * 1_000_000).unwrap()
    }

    fn times<const N: usize>(times: [(&str, i64); N]) -> Times {
        times
            .map(|(id, second)| (id.to_owned(), at(second)))
            .into_iter()
            .collect()
    }

    #[test]
    fn the_last_minute_counts_whoever_wrote_it() {
        let folder = tempfile::tempdir().unwrap();
        let tokens = folder.path().join("tokens.json");
        let (here, there) = (Uses::beside(&tokens), Uses::beside(&tokens));
        here.note("a", at(125));
        here.note("a", at(61));
        there.note("a", at(60));
        there.note("b", at(59));
        assert_eq!(here.all().unwrap(), times([("a", 120)]));
        assert!(here.write(|_| true).unwrap() && there.write(|_| true).unwrap());
        assert!(here.noted().is_empty() && there.noted().is_empty());
        assert_eq!(here.all().unwrap(), times([("a", 120), ("b", 0)]));
        here.note("b", at(60));
        assert_eq!(there.all().unwrap(), times([("a", 120), ("b", 0)]));
        assert!(here.write(|id| id == "b").unwrap());
        assert_eq!(there.all().unwrap(), times([("b", 60)]));
    }

    #[test]
    fn many_writers_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let tokens = folder.path().join("tokens.json");
        std::thread::scope(|scope| {
            for writer in 0..8 {
                let uses = Uses::beside(&tokens);
                scope.spawn(move || {
                    for minute in 0..10 {
                        uses.note(&writer.to_string(), at(minute * 60));
                        while !uses.write(|_| true).unwrap() {}
                    }
                });
            }
        });
        let all = Uses::beside(&tokens).all().unwrap();
        assert_eq!(all.len(), 8);
        assert!(all.values().all(|last| *last == at(540)), "{all:?}");
    }

    #[test]
    fn who_is_at_it_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let uses = Uses::beside(&folder.path().join("tokens.json"));
        uses.note("a", at(60));
        let other = lock(&uses.path).unwrap();
        other.lock().unwrap();
        assert!(!uses.write(|_| true).unwrap());
        other.unlock().unwrap();
        assert!(uses.write(|_| true).unwrap());
        assert_eq!(uses.read().unwrap(), times([("a", 60)]));
    }

    #[test]
    fn a_damaged_file_is_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let uses = Uses::beside(&folder.path().join("tokens.json"));
        for damaged in ["", "{}", "{\"last_used\": {\"a\": 7}}", "\0"] {
            fs::write(&uses.path, damaged).unwrap();
            assert!(
                matches!(uses.all(), Err(TokensError::Unreadable { .. })),
                "{damaged}"
            );
            uses.note("a", at(60));
            assert!(uses.write(|_| true).unwrap());
            assert_eq!(uses.all().unwrap(), times([("a", 60)]));
        }
    }

    #[test]
    #[cfg(unix)]
    fn nothing_is_written_through_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let uses = Uses::beside(&folder.path().join("tokens.json"));
        let victim = folder.path().join("victim");
        fs::write(&victim, "mine").unwrap();
        std::os::unix::fs::symlink(&victim, with_ending(&uses.path, ".new")).unwrap();
        uses.note("a", at(60));
        assert!(uses.write(|_| true).unwrap());
        assert_eq!(fs::read_to_string(&victim).unwrap(), "mine");
        assert!(!fs::symlink_metadata(&uses.path).unwrap().is_symlink());
    }

    #[test]
    fn what_is_no_file_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let uses = Uses::beside(&folder.path().join("tokens.json"));
        fs::create_dir(&uses.path).unwrap();
        assert!(matches!(uses.all(), Err(TokensError::Unreadable { .. })));
    }

    #[test]
    fn what_cannot_be_written_stays_noted() {
        let folder = tempfile::tempdir().unwrap();
        let uses = Uses::beside(&folder.path().join("no").join("tokens.json"));
        uses.note("a", at(60));
        assert!(uses.write(|_| true).is_err());
        assert_eq!(uses.all().unwrap(), times([("a", 60)]));
    }

    #[test]
    #[cfg(unix)]
    fn only_its_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let uses = Uses::beside(&folder.path().join("tokens.json"));
        uses.note("a", at(60));
        assert!(uses.write(|_| true).unwrap());
        let mode = fs::metadata(&uses.path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
