//! Load: as much as the clients can ask, or so much a second whether or not the server keeps up.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::client::Client;
use super::requests::{Kind, Requests};

/// The part of the time in which nothing is counted yet.
const WARMING: f64 = 0.2;

/// Those who ask.
#[derive(Debug, Clone)]
pub(super) struct Clients {
    pub(super) address: SocketAddr,
    pub(super) requests: Arc<Requests>,
    pub(super) count: usize,
}

/// What came of a load.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    /// How long each answer took, in order once all are there.
    times: Vec<Duration>,
    /// In how long a time they came.
    within: Duration,
}

impl Loaded {
    /// Answers a second.
    pub(super) fn rate(&self) -> f64 {
        self.times.len() as f64 / self.within.as_secs_f64()
    }

    /// The time within which this part of the answers came.
    pub(super) fn quantile(&self, part: f64) -> Duration {
        assert!(
            !self.times.is_empty(),
            "nothing was answered in time to be counted"
        );
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a part of a count is a count"
        )]
        let place = (self.times.len() as f64 * part) as usize;
        self.times[place.min(self.times.len() - 1)]
    }

    /// The same, in milliseconds.
    pub(super) fn millis(&self, part: f64) -> f64 {
        self.quantile(part).as_secs_f64() * 1e3
    }
}

impl Clients {
    /// Each client asks for the next as soon as it has its answer.
    pub(super) async fn as_fast_as_they_can(&self, kind: Kind, time: Duration) -> Loaded {
        let next = Arc::new(AtomicU64::new(0));
        let begun = Instant::now();
        let counted = begun + time.mul_f64(WARMING);
        let end = begun + time;
        self.together(end - counted, |mut client, requests| {
            let next = Arc::clone(&next);
            async move {
                let mut times = Vec::new();
                loop {
                    if Instant::now() >= end {
                        return times;
                    }
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let request = requests.request(kind, number);
                    let asked = Instant::now();
                    expect(&mut client, kind, &request).await;
                    let answered = Instant::now();
                    if answered > counted && answered <= end {
                        times.push(answered - asked);
                    }
                }
            }
        })
        .await
    }

    /// So many requests a second. Each has a time at which it is due, and its answer is as late as it comes after that:
    /// who waits because all clients still wait for answers counts as waiting (without it a server that stands still
    /// for a second would be asked nothing in that second, and show nothing of it). The client's clock ticks once in a
    /// millisecond, which counts as the server's time.
    pub(super) async fn at_a_rate(&self, kind: Mix, rate: f64, time: Duration) -> Loaded {
        let next = Arc::new(AtomicU64::new(0));
        let begun = Instant::now();
        let counted = begun + time.mul_f64(WARMING);
        let end = begun + time;
        self.together(end - counted, |mut client, requests| {
            let next = Arc::clone(&next);
            async move {
                let mut times = Vec::new();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let due = begun + Duration::from_secs_f64(number as f64 / rate);
                    if due >= end {
                        return times;
                    }
                    let kind = kind.at(number);
                    let request = requests.request(kind, number);
                    sleep_until(due).await;
                    expect(&mut client, kind, &request).await;
                    if due >= counted {
                        times.push(due.elapsed());
                    }
                }
            }
        })
        .await
    }

    async fn together<F>(&self, within: Duration, work: impl Fn(Client, Arc<Requests>) -> F) -> Loaded
    where
        F: Future<Output = Vec<Duration>> + Send + 'static,
    {
        let mut tasks = Vec::new();
        for _ in 0..self.count {
            let client = Client::connect(self.address).await;
            tasks.push(tokio::spawn(work(client, Arc::clone(&self.requests))));
        }
        let mut times = Vec::new();
        for task in tasks {
            times.append(&mut task.await.unwrap());
        }
        times.sort_unstable();
        Loaded { times, within }
    }
}

/// Which kinds are asked, in turn.
#[derive(Debug, Clone, Copy)]
pub(super) enum Mix {
    Only(Kind),
    /// 14 gets, 5 lists and a registration.
    Mixed,
}

impl Mix {
    fn at(self, number: u64) -> Kind {
        match self {
            Self::Only(kind) => kind,
            Self::Mixed => match number % 20 {
                0 => Kind::Register,
                1..=5 => Kind::List,
                _ => Kind::Get,
            },
        }
    }

    /// How many a second can be answered at most, where so many of each kind can.
    pub(super) fn rate(gets: f64, lists: f64, registrations: f64) -> f64 {
        20.0 / (14.0 / gets + 5.0 / lists + 1.0 / registrations)
    }
}

async fn expect(client: &mut Client, kind: Kind, request: &[u8]) {
    let answer = client.ask(request).await;
    let wanted = kind.status();
    assert!(
        answer.status == wanted,
        "{kind:?}: {} instead of {wanted}: {}",
        answer.status,
        String::from_utf8_lossy(answer.body)
    );
}
