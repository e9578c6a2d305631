//! How many requests a caller may make: a bucket for each token and for each address, which fills at a steady rate.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;

use super::problem::Problem;

/// Where a request comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// How many buckets are kept before those that are full again are forgotten.
const KEPT: usize = 10_000;

/// The buckets of all callers of a kind. A bucket holds what comes in two seconds.
#[derive(Debug)]
pub(crate) struct Rates {
    per_second: Option<u32>,
    buckets: Mutex<HashMap<String, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// When it is full again, if nothing more is taken.
    full: Instant,
}

impl Rates {
    pub(crate) fn new(per_second: Option<u32>) -> Self {
        Self {
            per_second: per_second.filter(|rate| *rate > 0),
            buckets: Mutex::default(),
        }
    }

    /// The bucket of an address; those of one network of IPv6 are one.
    pub(crate) fn of_address(&self, peer: Peer) -> Result<(), Problem> {
        match peer.0.to_canonical() {
            IpAddr::V4(address) => self.take(|| address.to_string()),
            IpAddr::V6(address) => self.take(|| {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}")
            }),
        }
    }

    /// Takes one from the bucket of this caller.
    pub(crate) fn take(&self, caller: impl FnOnce() -> String) -> Result<(), Problem> {
        let Some(rate) = self.per_second else {
            return Ok(());
        };
        self.take_at(rate, caller(), Instant::now()).map_err(|wait| {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_requests",
                format!("more than {rate} requests a second"),
                "wait as long as `Retry-After` says; ask for more at a time, such as pages and bulk registrations",
            )
            .retry_after(seconds)
        })
    }

    fn take_at(&self, rate: u32, caller: String, now: Instant) -> Result<(), Duration> {
        let one = Duration::from_secs(1) / rate;
        let whole = Duration::from_secs(2).max(one);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= KEPT {
            buckets.retain(|_, bucket| bucket.full > now);
        }
        let bucket = buckets.entry(caller).or_insert(Bucket { full: now });
        let full = bucket.full.max(now) + one;
        let missing = full - now;
        match missing.checked_sub(whole) {
            Some(wait) if wait > Duration::ZERO => return Err(wait),
            _ => {}
        }
        bucket.full = full;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_what_it_holds_and_then_what_comes() {
        let rates = Rates::new(Some(10));
        let start = Instant::now();
        let take =
            |who: &str, millis: u64| rates.take_at(10, who.into(), start + Duration::from_millis(millis));
        for _ in 0..20 {
            assert_eq!(take("a", 0), Ok(()));
        }
        assert_eq!(take("a", 0), Err(Duration::from_millis(100)));
        assert_eq!(take("a", 50), Err(Duration::from_millis(50)));
        assert_eq!(take("b", 50), Ok(()));
        assert_eq!(take("a", 100), Ok(()));
        assert_eq!(take("a", 100), Err(Duration::from_millis(100)));
        for _ in 0..20 {
            assert_eq!(take("a", 10_000), Ok(()));
        }
        assert!(take("a", 10_000).is_err());
    }

    #[test]
    fn buckets_that_are_full_are_forgotten() {
        let rates = Rates::new(Some(1));
        let start = Instant::now();
        for caller in 0..KEPT {
            assert_eq!(rates.take_at(1, caller.to_string(), start), Ok(()));
        }
        let later = start + Duration::from_secs(5);
        assert_eq!(rates.take_at(1, "new".into(), later), Ok(()));
        assert_eq!(rates.buckets.lock().unwrap().len(), 1);
    }

    #[test]
    fn one_network_has_one_bucket() {
        let rates = Rates::new(Some(1));
        let ask = |address: &str| rates.of_address(Peer(address.parse().unwrap())).is_ok();
        assert!(ask("2001:db8::1") && ask("2001:db8::2") && !ask("2001:db8::3"));
        assert!(ask("2001:db8:0:1::1") && ask("10.0.0.1") && ask("::ffff:10.0.0.1") && !ask("10.0.0.1"));
        let free = Rates::new(None);
        assert!((0..1_000).all(|_| free.take(String::new).is_ok()));
    }
}
