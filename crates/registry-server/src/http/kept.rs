//! Answers that are kept while nothing is written. A registry is read far more often than it is written to, and pages of
//! models are asked for again and again, by people who look and by programs that wait: those get the same bytes without a
//! search. Before each the store is asked whether anything was written, by whatever program; then none is used.
//!
//! Where a store doesn't tell that for less than a read, nothing is kept.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use axum::http::Uri;
use registry_core::{DataVersion, RegistryStore};

use super::answer::Document;
use super::problem::Problem;

/// How many bytes of answers are kept, with what asked for them.
const ROOM: usize = 2 << 20;
/// The largest of them.
const LARGEST: usize = ROOM / 8;
/// What an entry takes beside its texts, at most.
const EACH: usize = 256;

/// What was answered since something was written last.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    answers: Mutex<Answers>,
    used: AtomicU64,
}

#[derive(Debug, Default)]
struct Answers {
    /// Of which state of the registry they are.
    version: Option<DataVersion>,
    /// By path and query.
    documents: HashMap<String, Document>,
    bytes: usize,
}

impl Kept {
    /// The answer to what this address asks, from the last time or made now. It must depend on nothing but the address
    /// and what the registry holds.
    pub(crate) async fn or_made(
        &self,
        store: &dyn RegistryStore,
        uri: &Uri,
        make: impl Future<Output = Result<Document, Problem>>,
    ) -> Result<Document, Problem> {
        // Before it is made: what is written meanwhile shows in the next version. Why a store can't tell, reading says too.
        let Ok(Some(version)) = store.data_version().await else {
            return make.await;
        };
        let asked = uri.path_and_query().map_or("/", |asked| asked.as_str());
        if let Some(document) = self.found(version, asked) {
            self.used.fetch_add(1, Ordering::Relaxed);
            return Ok(document);
        }
        let document = make.await?;
        self.keep(version, asked, &document);
        Ok(document)
    }

    /// How often one was used.
    pub(crate) fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    fn found(&self, version: DataVersion, asked: &str) -> Option<Document> {
        let mut answers = self.answers();
        if answers.version != Some(version) {
            *answers = Answers {
                version: Some(version),
                ..Answers::default()
            };
        }
        answers.documents.get(asked).cloned()
    }

    fn keep(&self, version: DataVersion, asked: &str, document: &Document) {
        let bytes = EACH + asked.len() + document.len();
        let mut answers = self.answers();
        // Meanwhile others may have seen a newer one.
        if answers.version != Some(version) || bytes > LARGEST {
            return;
        }
        if answers.bytes + bytes > ROOM {
            answers.documents.clear();
            answers.bytes = 0;
        }
        let replaced = answers.documents.insert(asked.to_owned(), document.clone());
        if replaced.is_none() {
            answers.bytes += bytes;
        }
    }

    fn answers(&self) -> std::sync::MutexGuard<'_, Answers> {
        // Nothing that holds the lock can leave it half done.
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: DataVersion = DataVersion::new(1, 1);
    const SECOND: DataVersion = DataVersion::new(1, 2);

    fn document(bytes: usize) -> Document {
        Document::of(&"x".repeat(bytes - 2)).unwrap()
    }

    #[test]
    fn what_was_kept_is_found_until_something_is_written() {
        let kept = Kept::default();
        assert!(kept.found(FIRST, "/a").is_none());
        kept.keep(FIRST, "/a", &document(10));
        assert_eq!(kept.found(FIRST, "/a").map(|found| found.len()), Some(10));
        assert!(kept.found(FIRST, "/a?b").is_none());
        assert!(kept.found(SECOND, "/a").is_none());
        assert!(kept.found(FIRST, "/a").is_none());
    }

    #[test]
    fn an_answer_that_was_overtaken_is_not_kept() {
        let kept = Kept::default();
        assert!(kept.found(FIRST, "/a").is_none());
        assert!(kept.found(SECOND, "/a").is_none());
        kept.keep(FIRST, "/a", &document(10));
        assert!(kept.found(SECOND, "/a").is_none());
    }

    #[test]
    fn there_is_an_end_to_what_is_kept() {
        let kept = Kept::default();
        assert!(kept.found(FIRST, "/").is_none());
        for number in 0..2_000 {
            let address = format!("/{number}");
            kept.keep(FIRST, &address, &document(10_000));
            assert!(kept.found(FIRST, &address).is_some());
            let answers = kept.answers();
            let held: usize = answers
                .documents
                .iter()
                .map(|(asked, held)| asked.len() + held.len())
                .sum();
            assert!(held <= answers.bytes && answers.bytes <= ROOM);
        }
        kept.keep(FIRST, "/large", &document(LARGEST));
        assert!(kept.found(FIRST, "/large").is_none());
        let answers = kept.answers();
        assert!(answers.documents.len() > 100);
    }
}
