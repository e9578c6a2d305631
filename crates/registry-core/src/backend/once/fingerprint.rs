//! What says that two requests are the same.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::backend::sequence::broken;
use crate::context::WriteContext;
use crate::error::Result;

/// Requests of releases that write them otherwise, or answer the same registration otherwise, are others.
const FORM: u32 = 1;

/// SHA-256 over the JSON of who asks for what and why. Its order is that of the request, metadata included: an answer
/// keeps it.
pub(super) fn fingerprint(
    context: &WriteContext,
    verb: &'static str,
    request: &impl Serialize,
) -> Result<String> {
    let mut digest = Digest(Sha256::new());
    let bad = |_| broken("a request that is no JSON");
    let whole = (FORM, verb, &context.actor, &context.reason, request);
    serde_json::to_writer(&mut digest, &whole).map_err(bad)?;
    // Requests that expect nothing are what they were before there was anything to expect.
    if let Some(expected) = context.expected() {
        serde_json::to_writer(&mut digest, expected).map_err(bad)?;
    }
    let digest = digest.0.finalize();
    Ok(digest
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}")))
}

struct Digest(Sha256);

impl std::io::Write for Digest {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::Checkpoint;
    use crate::config_hash::ConfigHash;
    use crate::registration::{Parent, Registration};
    use crate::revision::Revision;
    use crate::text::{Actor, Reason};
    use crate::timestamp::Timestamp;
    use crate::version::{Bump, Version};

    fn registration() -> Registration {
        Registration::new(
            "gpt".parse().unwrap(),
            Version::new(1, 0, 0),
            Checkpoint::elsewhere("s3://models/gpt.pt").unwrap(),
            "language_modeling".parse().unwrap(),
            ConfigHash::parse("abc").unwrap(),
        )
    }

    #[test]
    fn every_part_of_a_request_counts_and_the_time_does_not() {
        let context = WriteContext::new(Actor::parse("alice").unwrap(), Timestamp::EPOCH);
        let of = |context: &WriteContext, change: fn(&mut Registration)| {
            let mut registration = registration();
            change(&mut registration);
            fingerprint(context, "register", &registration).unwrap()
        };
        let mut seen = vec![
            of(&context, |_| {}),
            fingerprint(&context, "register_many", &registration()).unwrap(),
            of(&context.clone().reason(Reason::parse("why").unwrap()), |_| {}),
            of(
                &WriteContext::new(Actor::parse("bob").unwrap(), Timestamp::EPOCH),
                |_| {},
            ),
            of(&context.clone().expect(Vec::new()), |_| {}),
            of(&context.clone().expect(vec![Revision::of_json(b"{}")]), |_| {}),
        ];
        let changes: &[fn(&mut Registration)] = &[
            |r| r.name = "other".parse().unwrap(),
            |r| r.version = Version::new(1, 0, 1).into(),
            |r| r.version = Bump::Patch.into(),
            |r| r.version = Bump::Major.into(),
            |r| r.checkpoint.size_bytes = Some(0),
            |r| r.checkpoint.absolute = Some(r.checkpoint.path.clone()),
            |r| r.metrics = r#"{"a": 0.0}"#.parse().unwrap(),
            |r| r.metrics = r#"{"a": -0.0}"#.parse().unwrap(),
            |r| r.metadata = crate::Metadata::parse(r#"{"a": 1, "b": 2}"#).unwrap(),
            |r| r.metadata = crate::Metadata::parse(r#"{"b": 2, "a": 1}"#).unwrap(),
            |r| r.notes = Some("x".parse().unwrap()),
            |r| r.tags = vec!["x".parse().unwrap()],
            |r| r.export_formats = vec!["x".parse().unwrap()],
            |r| r.parent = Some(Parent::Entry(1)),
            |r| r.parent = Some(Parent::Id(1.try_into().unwrap())),
            |r| r.status = crate::Status::Retired,
        ];
        seen.extend(changes.iter().map(|change| of(&context, *change)));
        for (place, one) in seen.iter().enumerate() {
            assert_eq!(one.len(), 64);
            assert!(!seen[..place].contains(one), "{place}");
        }
        let mut later = context;
        later.at = Timestamp::from_micros(5).unwrap();
        assert_eq!(of(&later, |_| {}), seen[0]);
        assert_eq!(of(&later.dry_run(true), |_| {}), seen[0]);
    }
}
