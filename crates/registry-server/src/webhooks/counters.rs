//! What is counted of webhooks, as Prometheus reads it.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use registry_core::Timestamp;
use registry_core::webhook::{AttemptOutcome, Backlog, Recorded};

/// What this server has sent.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    delivered: AtomicU64,
    retried: AtomicU64,
    dead: AtomicU64,
    gone: AtomicU64,
    leads: AtomicBool,
}

impl Counters {
    /// Counts an attempt by what follows from it. Where one that is gone is not turned off, the delivery is tried again.
    pub(super) fn attempted(&self, outcome: AttemptOutcome, recorded: Recorded) {
        let counter = match outcome {
            AttemptOutcome::Delivered => &self.delivered,
            AttemptOutcome::Gone(_) if recorded == Recorded::TurnedOff => &self.gone,
            AttemptOutcome::RetryAt(_) | AttemptOutcome::Gone(_) => &self.retried,
            AttemptOutcome::Dead => &self.dead,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether this server is the one that sends.
    pub(super) fn leading(&self, leads: bool) {
        self.leads.store(leads, Ordering::Relaxed);
    }

    /// Everything as Prometheus' text. The backlog is that of the registry, whoever sends.
    pub(crate) fn text(&self, backlog: Option<&Backlog>, now: Timestamp) -> String {
        let mut text = String::from(
            "# HELP registry_webhook_attempts_total Attempts of this server to deliver, by what followed.\n\
             # TYPE registry_webhook_attempts_total counter\n",
        );
        for (outcome, counter) in [
            ("delivered", &self.delivered),
            ("retry", &self.retried),
            ("dead", &self.dead),
            ("gone", &self.gone),
        ] {
            let count = counter.load(Ordering::Relaxed);
            // Writing to a text cannot fail.
            let _ = writeln!(
                text,
                "registry_webhook_attempts_total{{outcome=\"{outcome}\"}} {count}"
            );
        }
        let leads = u8::from(self.leads.load(Ordering::Relaxed));
        let _ = write!(
            text,
            "# HELP registry_webhook_sender Whether this server is the one that sends webhooks.\n\
             # TYPE registry_webhook_sender gauge\nregistry_webhook_sender {leads}\n"
        );
        let Some(backlog) = backlog else { return text };
        let waited = backlog
            .oldest
            .map_or(0, |at| now.as_micros().saturating_sub(at.as_micros()).max(0));
        let _ = write!(
            text,
            "# HELP registry_webhook_queue Deliveries that wait or were given up, counted up to {BACKLOG}.\n\
             # TYPE registry_webhook_queue gauge\n\
             registry_webhook_queue{{status=\"pending\"}} {}\nregistry_webhook_queue{{status=\"dead\"}} {}\n\
             # HELP registry_webhook_due Deliveries that can be sent now, counted up to {BACKLOG}.\n\
             # TYPE registry_webhook_due gauge\nregistry_webhook_due {}\n\
             # HELP registry_webhook_oldest_seconds How long the oldest delivery that waits has waited.\n\
             # TYPE registry_webhook_oldest_seconds gauge\nregistry_webhook_oldest_seconds {}.{:06}\n",
            backlog.pending.number(),
            backlog.dead.number(),
            backlog.due.number(),
            waited / 1_000_000,
            waited % 1_000_000,
        );
        text
    }
}

/// How far the backlog is counted.
pub(crate) const BACKLOG: u32 = 10_000;

#[cfg(test)]
mod tests {
    use registry_core::search::Count;

    use super::*;

    #[test]
    fn the_text_says_what_was_counted() {
        let counters = Counters::default();
        let (again, gone) = (
            AttemptOutcome::RetryAt(Timestamp::EPOCH),
            AttemptOutcome::Gone(Timestamp::EPOCH),
        );
        for (outcome, recorded) in [
            (AttemptOutcome::Delivered, Recorded::Yes),
            (AttemptOutcome::Delivered, Recorded::Yes),
            (again, Recorded::Yes),
            (gone, Recorded::TurnedOff),
            // Somebody has changed it meanwhile.
            (gone, Recorded::Yes),
        ] {
            counters.attempted(outcome, recorded);
        }
        counters.leading(true);
        let backlog = Backlog {
            pending: Count::Exactly(3),
            dead: Count::MoreThan(1),
            due: Count::Exactly(2),
            oldest: Some(Timestamp::EPOCH),
        };
        let text = counters.text(Some(&backlog), Timestamp::from_micros(1_500_000).unwrap());
        for line in [
            "registry_webhook_attempts_total{outcome=\"delivered\"} 2",
            "registry_webhook_attempts_total{outcome=\"retry\"} 2",
            "registry_webhook_attempts_total{outcome=\"dead\"} 0",
            "registry_webhook_attempts_total{outcome=\"gone\"} 1",
            "registry_webhook_sender 1",
            "registry_webhook_queue{status=\"pending\"} 3",
            "registry_webhook_queue{status=\"dead\"} 1",
            "registry_webhook_due 2",
            "registry_webhook_oldest_seconds 1.500000",
        ] {
            assert!(text.lines().any(|other| other == line), "{line}\n{text}");
        }
        assert!(!counters.text(None, Timestamp::EPOCH).contains("queue"));
    }
}
