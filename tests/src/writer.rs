//! What the processes of the crash and concurrency tests write.

use std::time::{Duration, Instant};

use registry_core::{
    Bump, IdempotencyKey, MetricsUpdate, ModelId, ModelUpdate, Parent, PromoteRequest, PromotionScope,
    Registration, RegistryStore, Result, Selector, Status, WriteContext,
};

use crate::random::{Step, Verb};
use crate::{ModelBuilder, a_model, actor, at, tag};

/// The n-th write of the crash tests, always the same and under a key of its own: registrations alone and many at once, promotions, labels,
/// updates, retirements, forced deletes, rollbacks. Some are refused, as in life.
pub fn nth_write(n: u64) -> Step {
    const VERBS: u64 = 8;
    const MODELS_PER_ROUND: u64 = 11;
    let round = n / VERBS;
    let id = |place: u64| id(round * MODELS_PER_ROUND + place);
    let verb = match n % VERBS {
        0 => Verb::Register(Box::new(
            rich(&format!("model-{}", round % 5), Bump::Minor).build(),
        )),
        1 => Verb::Promote(PromoteRequest::new(id(1), tag("production"))),
        2 => Verb::RegisterMany(family(round)),
        3 => Verb::Label(id(3), tag("production")),
        4 => Verb::Update(
            id(4),
            Box::new(ModelUpdate {
                metrics: MetricsUpdate::Replace(r#"{"loss": 0.25, "f1": 0.5}"#.parse().unwrap()),
                ..ModelUpdate::default()
            }),
        ),
        5 => Verb::SetStatus(id(5), Status::Retired),
        // The parent of the ten others of its family: a delete that changes many rows.
        6 => Verb::Delete(id(2), true),
        _ if round.is_multiple_of(2) => Verb::Rollback(tag("production"), None),
        _ => Verb::Promote(PromoteRequest::new(id(6), tag("production")).scope(PromotionScope::Name)),
    };
    Step {
        verb,
        second: i64::try_from(n).unwrap(),
        dry_run: false,
        key: Some(IdempotencyKey::parse(format!("write-{n}")).unwrap()),
    }
}

fn id(id: u64) -> ModelId {
    ModelId::try_from(i64::try_from(id).unwrap()).unwrap()
}

fn rich(name: &str, bump: Bump) -> ModelBuilder {
    let model = a_model(name, "0.0.0")
        .versioned(bump)
        .tagged("candidate")
        .metadata(r#"{"k": [1, 2]}"#);
    let model = model.export("onnx", "model.onnx").export("gguf", "model.gguf");
    (0..20)
        .map(f64::from)
        .fold(model, |model, n| model.metric(&format!("metric-{n}"), n / 7.0))
}

fn family(round: u64) -> Vec<Registration> {
    let name = format!("family-{}", round % 3);
    let member = |place| match place {
        0 => rich(&name, Bump::Major),
        _ => rich(&name, Bump::Patch).parent(Parent::Entry(0)),
    };
    (0..10).map(member).map(ModelBuilder::build).collect()
}

/// What one of many writers did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many models it registered under the name that all writers share.
    pub shared: u64,
    /// How many models it registered under a name of its own.
    pub own: u64,
    /// How many promotions changed something.
    pub promoted: u64,
    /// How many labels it gave.
    pub labelled: u64,
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} {} {} {}",
            self.shared, self.own, self.promoted, self.labelled
        )
    }
}

impl std::str::FromStr for Tally {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        let mut numbers = text.split_whitespace().map(str::parse);
        let mut next = || numbers.next().unwrap_or(Ok(0));
        Ok(Self {
            shared: next()?,
            own: next()?,
            promoted: next()?,
            labelled: next()?,
        })
    }
}

/// Writes for a while into a registry that others write into too.
///
/// # Errors
/// The first error of the store; there should be none.
pub async fn write_among_others(store: &dyn RegistryStore, writer: &str, time: Duration) -> Result<Tally> {
    let begin = Instant::now();
    let mut tally = Tally::default();
    let production = tag("production");
    while begin.elapsed() < time {
        let second = i64::try_from(tally.shared).unwrap_or(i64::MAX);
        let context = WriteContext::new(actor(writer), at(second));
        let shared = a_model("shared", "0.0.0")
            .versioned(Bump::Minor)
            .metric("loss", 0.5)
            .build();
        let shared = store.register(&context, shared).await?.model;
        tally.shared += 1;
        let own = a_model(writer, "0.0.0")
            .versioned(Bump::Patch)
            .tagged("candidate")
            .build();
        let own = store.register(&context, own).await?.model;
        tally.own += 1;
        tally.labelled += 1;
        let promotion = PromoteRequest::new(shared.id, production.clone());
        tally.promoted += u64::from(store.promote(&context, promotion).await?.changed);
        let label = store.label(&context, own.id, &tag("checked")).await?;
        tally.labelled += u64::from(label.changed);
        let holder = Selector::Tag {
            tag: production.clone(),
            name: None,
        };
        assert!(
            store.find(&holder).await?.is_some(),
            "nobody holds the tag in between"
        );
    }
    Ok(tally)
}
