//! The webhooks of the story, and what became of their messages: one that failed and was given up, one that waits, and a
//! receiver that is gone. Nothing is sent; every time is fixed.

use std::time::Duration;

use registry_core::webhook::{
    Attempt, AttemptError, AttemptOutcome, DueDelivery, LeaseHolder, NewWebhook, Recorded, WebhookFilter,
    WebhookQueue, WebhookSecret,
};
use registry_core::{EventKind, HistoryQuery, Limit, RegistryStore, Timestamp};

use crate::story::on_day;

struct Told {
    name: &'static str,
    url: &'static str,
    kinds: &'static [EventKind],
    names: &'static [&'static str],
    tags: &'static [&'static str],
}

const WEBHOOKS: [Told; 3] = [
    Told {
        name: "deploy",
        url: "https://ci.models.example/hooks/deploy",
        kinds: &[EventKind::Promoted, EventKind::RolledBack],
        names: &[],
        tags: &["production"],
    },
    Told {
        name: "chat",
        url: "https://chat.example/in/T0419/B77",
        kinds: &[EventKind::Registered, EventKind::Promoted, EventKind::Retired],
        names: &[],
        tags: &[],
    },
    Told {
        name: "archive",
        url: "https://archive.example/models",
        kinds: &[EventKind::Registered],
        names: &["support/*"],
        tags: &[],
    },
];

/// Makes them, before anything else happens.
pub(crate) async fn make(store: &dyn RegistryStore) {
    for (number, told) in (1..).zip(WEBHOOKS) {
        let kinds = told.kinds.iter().copied();
        let filter = WebhookFilter::new(kinds, told.names.iter().copied(), told.tags.iter().copied());
        let webhook = NewWebhook::new(told.name.parse().unwrap(), told.url.parse().unwrap());
        let webhook = webhook.filter(filter.unwrap());
        let secret = WebhookSecret::from_random([number; 32]).unwrap();
        let webhooks = store.webhooks();
        webhooks
            .create(&on_day(-2, "aiko"), webhook, secret)
            .await
            .unwrap();
    }
}

/// Makes deliveries of what has happened, each a second later, and records what became of them.
pub(crate) async fn send(store: &dyn RegistryStore) {
    let queue = store.webhook_queue().unwrap();
    let holder = LeaseHolder::from_random([1; 16]);
    let (now, end) = (on_day(0, "aiko").at, on_day(1_000, "aiko").at);
    assert!(queue.hold_lease(holder, now, end).await.unwrap());
    let mut feed = store.events().await.unwrap();
    let query = HistoryQuery {
        limit: Limit::Unlimited,
        ..HistoryQuery::default()
    };
    let events = store.history(&query).await.unwrap().items;
    // The first made the first webhook, which is told of later ones.
    for event in events.iter().rev().skip(1) {
        let now = event.at.later_by(Duration::from_secs(1));
        let done = queue.fan_out(holder, feed.as_mut(), now, 1).await.unwrap();
        assert_eq!(done.events, 1);
        for due in queue.due(holder, now, 100).await.unwrap() {
            deliver(queue, holder, &due, now).await;
        }
    }
}

async fn deliver(queue: &dyn WebhookQueue, holder: LeaseHolder, due: &DueDelivery, now: Timestamp) {
    let record = async |now: Timestamp, millis: u64, status: Option<u16>, error: Option<&str>, outcome| {
        let attempt = Attempt {
            at: now,
            duration: Duration::from_millis(millis),
            status,
            error: error.map(AttemptError::new),
        };
        let recorded = queue.record(holder, now, due.delivery.id, attempt, outcome);
        assert_ne!(recorded.await.unwrap(), Recorded::No);
    };
    let later = |seconds: u64| now.later_by(Duration::from_secs(seconds));
    let host = due.url.host();
    let version = due
        .delivery
        .model
        .as_ref()
        .map(|model| model.version.to_string())
        .unwrap_or_default();
    match (host, due.delivery.kind.unwrap(), version.as_str()) {
        ("ci.models.example", EventKind::RolledBack, _) => {
            let error = Some("the receiver answered 502 Bad Gateway");
            let pauses = [5, 35, 335, 1_235, 4_835, 12_035, 26_435, 48_035, 84_035];
            let mut at = now;
            for next in pauses {
                record(at, 61, Some(502), error, AttemptOutcome::RetryAt(later(next))).await;
                at = later(next);
            }
            record(at, 58, Some(502), error, AttemptOutcome::Dead).await;
        }
        ("chat.example", EventKind::Promoted, "2.1.0") => {
            let error = Some("no connection to 203.0.113.7:443: Connection refused (os error 111)");
            record(now, 14, None, error, AttemptOutcome::RetryAt(later(5))).await;
            record(later(5), 13, None, error, AttemptOutcome::RetryAt(later(36))).await;
        }
        ("archive.example", EventKind::Registered, "2.1.0") => {
            let error = Some("the receiver answered 410 Gone");
            record(
                later(200_000),
                44,
                Some(410),
                error,
                AttemptOutcome::Gone(due.changed_at),
            )
            .await;
        }
        _ => {
            let millis = 60 + 17 * u64::try_from(due.delivery.id.get()).unwrap() % 90;
            record(now, millis, Some(204), None, AttemptOutcome::Delivered).await;
        }
    }
}
