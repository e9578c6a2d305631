//! Signatures by the rules of Standard Webhooks 1.0.0 (<https://www.standardwebhooks.com>, `spec/standard-webhooks.md` in
//! <https://github.com/standard-webhooks/standard-webhooks>): HMAC-SHA256 of `id.timestamp.body`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The header of the id, the same however often a delivery is tried.
pub(super) const ID: &str = "webhook-id";
/// The header of the moment of the attempt, in seconds since 1970.
pub(super) const TIMESTAMP: &str = "webhook-timestamp";
/// The header of the signatures.
pub(super) const SIGNATURE: &str = "webhook-signature";

/// The value of the header: a signature by each key, so that a receiver with either of two secrets finds its own.
pub(super) fn signatures<'k>(
    keys: impl IntoIterator<Item = &'k [u8]>,
    id: &str,
    seconds: i64,
    body: &[u8],
) -> String {
    let signed = keys.into_iter().filter_map(|key| sign(key, id, seconds, body));
    signed.collect::<Vec<_>>().join(" ")
}

/// One signature. Every key has a length that HMAC takes, so there is always one.
fn sign(key: &[u8], id: &str, seconds: i64, body: &[u8]) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(format!("{id}.{seconds}.").as_bytes());
    mac.update(body);
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of the reference libraries, `libraries/javascript/src/webhook.test.ts` ("sign function works") and its
    /// like in the other languages.
    #[test]
    fn the_published_vector() {
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = |keys: &[&[u8]]| {
            let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", br#"{"test": 2432232314}"#);
            signatures(keys.iter().copied(), id, 1_614_265_330, body)
        };
        let published = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signed(&[&key]), published);
        // While an old secret counts too, there is one signature by each.
        let both = signed(&[b"another key", &key]);
        let (first, second) = both.split_once(' ').unwrap();
        assert_ne!(first, published);
        assert_eq!(second, published);
    }

    #[test]
    fn everything_is_signed() {
        let signed = |key: &[u8], id, seconds, body: &[u8]| sign(key, id, seconds, body).unwrap();
        let one = signed(b"key", "id", 1, b"body");
        for other in [
            signed(b"kez", "id", 1, b"body"),
            signed(b"key", "ie", 1, b"body"),
            signed(b"key", "id", 2, b"body"),
            signed(b"key", "id", 1, b"bodz"),
        ] {
            assert_ne!(one, other);
        }
    }
}
