//! A registry as it looks after two years of use, of any size, the same for the same seed: few names with many versions
//! and many with few, chains of parents, metrics that improve, skewed task types, tags that few hold.

pub mod file;

use std::time::Instant;

use registry_core::{
    Checkpoint, ConfigHash, Metadata, MetricName, Metrics, ModelId, ModelName, NewExport, Parent,
    PromoteRequest, PromotionScope, Registration, RegistryStore, Result, Status, Version, WriteContext,
};

use crate::builder::{actor, at, tag};

/// How many models are registered in one transaction.
const AT_ONCE: usize = 20_000;
/// Two years.
const SECONDS: i64 = 63_072_000;
/// The name of a chain of ten models, each the parent of the next: the last models of every registry made here.
pub const CHAIN: &str = "chain-of-ten";
/// The tag that exactly one model holds by promotion.
pub const HELD: &str = "production";

const TASKS: [(&str, f64); 6] = [
    ("language_modeling", 0.45),
    ("text_classification", 0.70),
    ("image_classification", 0.85),
    ("sequence_tagging", 0.93),
    ("speech_recognition", 0.98),
    ("reinforcement_learning", 1.0),
];

/// Numbers from a seed (splitmix64).
struct Chance(u64);

impl Chance {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// At least 0, less than 1.
    fn part(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn happens(&mut self, probability: f64) -> bool {
        self.part() < probability
    }

    /// Less than `end`; `skew` 1 is even, more prefers the low ones.
    fn below(&mut self, end: usize, skew: i32) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a part of a count is a count"
        )]
        let place = (self.part().powi(skew) * end as f64) as usize;
        place.min(end.saturating_sub(1))
    }
}

/// A name so far.
#[derive(Clone, Default)]
struct Line {
    version: Option<Version>,
    versions: u32,
    last_id: Option<i64>,
    task: usize,
}

/// Fills an empty registry with `size` models (at least ten). `progress` is told how many are there; `then` comes when
/// all but the last ten are, and before any is promoted.
///
/// # Errors
/// Those of the store.
pub async fn fill(
    store: &dyn RegistryStore,
    size: usize,
    seed: u64,
    progress: impl Fn(usize),
    then: impl AsyncFnOnce(),
) -> Result<()> {
    let chained = size.saturating_sub(10);
    // The next models are made while those before are written.
    let (made, mut next) = tokio::sync::mpsc::channel(1);
    let making = tokio::task::spawn_blocking(move || {
        let mut chance = Chance(seed);
        let mut lines = lines(size, &mut chance);
        for done in (0..chained).step_by(AT_ONCE) {
            let share = i64::try_from(done).unwrap_or(0) * SECONDS / i64::try_from(size).unwrap_or(1).max(1);
            let by = format!("trainer-{}", chance.below(20, 2));
            let context = WriteContext::new(actor(&by), at(share));
            let places = done..chained.min(done + AT_ONCE);
            let models: Vec<_> = places
                .map(|place| a_model(place, &mut lines, &mut chance))
                .collect();
            if made.blocking_send((context, models)).is_err() {
                break;
            }
        }
        lines
    });
    let mut done = 0;
    while let Some((context, models)) = next.recv().await {
        done += models.len();
        store.register_many(&context, models).await?;
        progress(done);
    }
    let lines = making.await.unwrap();
    then().await;
    let context = WriteContext::new(actor("trainer-0"), at(SECONDS));
    for place in done..size {
        let mut model = crate::a_model(CHAIN, &format!("1.{place}.0")).build();
        model.parent = (place > done).then(|| Parent::Id(id(place - 1)));
        store.register(&context, model).await?;
    }
    promote_some(store, &lines, &context).await?;
    progress(size);
    Ok(())
}

/// As [`fill`], and tells how it goes on.
///
/// # Errors
/// Those of the store.
pub async fn fill_and_tell(
    store: &dyn RegistryStore,
    size: usize,
    say: impl Fn(&str),
    then: impl AsyncFnOnce(),
) -> Result<()> {
    let begun = Instant::now();
    let progress = |done: usize| {
        if done.is_multiple_of(100_000) {
            say(&format!("  made {done} of {size}"));
        }
    };
    let filled = async || {
        say(&format!("  filled in {:.1} s", begun.elapsed().as_secs_f64()));
        then().await;
    };
    fill(store, size, 1, progress, filled).await?;
    say(&format!(
        "made {size} models in {:.1} s",
        begun.elapsed().as_secs_f64()
    ));
    Ok(())
}

/// A name for a hundred models, each with its task.
fn lines(size: usize, chance: &mut Chance) -> Vec<Line> {
    let mut lines = vec![Line::default(); (size / 100).max(3)];
    for line in &mut lines {
        let part = chance.part();
        line.task = TASKS.iter().position(|(_, end)| part < *end).unwrap_or(0);
    }
    lines
}

/// Ids count from 1 in a registry that was empty.
fn id(place: usize) -> ModelId {
    let id = i64::try_from(place).unwrap_or(i64::MAX - 1) + 1;
    ModelId::try_from(id).unwrap()
}

fn a_model(place: usize, lines: &mut [Line], chance: &mut Chance) -> Registration {
    let which = chance.below(lines.len(), 3);
    let (task, last_id) = (lines[which].task, lines[which].last_id);
    let version = next_version(&mut lines[which], chance);
    let release = lines[which].versions;
    lines[which].last_id = Some(id(place).get());
    let name: ModelName = format!("team-{}/model-{which}", which % 12).parse().unwrap();
    let seed = chance.bits() >> 40;
    let mut model = Registration::new(
        name,
        version.clone(),
        Checkpoint::elsewhere(format!("s3://models/model-{which}/{version}/weights.safetensors")).unwrap(),
        TASKS[task].0.parse().unwrap(),
        ConfigHash::of_json(&format!(
            "{{\"model\": {which}, \"variant\": {}}}",
            chance.below(8, 2)
        ))
        .unwrap(),
    );
    model.metrics = metrics(release, chance);
    model.metadata = metadata(seed, chance);
    model.training_run_id = chance
        .happens(0.8)
        .then(|| i64::try_from(place + 1).unwrap_or(1).try_into().unwrap());
    model.model_size_mb = Some((50.0 + chance.part() * 4_000.0).try_into().unwrap());
    model.memory_req_gb = chance
        .happens(0.5)
        .then(|| (1.0 + chance.part() * 79.0).try_into().unwrap());
    // Fine-tuned from the version before, from another model, or trained from scratch.
    if chance.happens(0.4) {
        model.parent = last_id.and_then(|id| ModelId::try_from(id).ok()).map(Parent::Id);
    } else if place > 0 && chance.happens(0.3) {
        model.parent = Some(Parent::Id(id(chance.below(place, 2))));
    }
    for (label, probability) in [("baseline", 0.01), ("experimental", 0.05), ("candidate", 0.02)] {
        if chance.happens(probability) {
            model.tags.push(tag(label));
        }
    }
    if chance.happens(0.1) {
        model.exports.push(NewExport {
            format: ["onnx", "torchscript", "gguf"][chance.below(3, 2)]
                .parse()
                .unwrap(),
            path: format!("s3://exports/model-{which}/{version}").parse().unwrap(),
            metadata: Metadata::default(),
        });
    }
    if chance.happens(0.15) {
        model.status = Status::Retired;
    }
    model
}

fn next_version(line: &mut Line, chance: &mut Chance) -> Version {
    line.versions += 1;
    let (major, minor, patch) = line.version.as_ref().map_or((1, 0, 0), |version| {
        let version = version.as_semver();
        match chance.part() {
            part if part < 0.05 => (version.major + 1, 0, 0),
            part if part < 0.75 => (version.major, version.minor + 1, 0),
            _ => (version.major, version.minor, version.patch + 1),
        }
    });
    let version = Version::new(major, minor, patch);
    line.version = Some(version.clone());
    if chance.happens(0.03) {
        return format!("{version}-rc.1").parse().unwrap();
    }
    version
}

fn metrics(release: u32, chance: &mut Chance) -> Metrics {
    let learned = 1.0 / (1.0 + f64::from(release).sqrt() * 0.3);
    let loss = 0.2 + 3.0 * learned + chance.part() * 0.3;
    let mut pairs = vec![
        ("val_loss", loss),
        ("perplexity", loss.exp()),
        ("train_loss", loss * (0.85 + chance.part() * 0.1)),
    ];
    let others = [
        ("accuracy", (1.0 - learned * 0.6 - chance.part() * 0.1, 0.7)),
        ("f1", (1.0 - learned * 0.7 - chance.part() * 0.1, 0.5)),
        ("latency_ms", (2.0 + chance.part() * 60.0, 0.4)),
        ("throughput", (100.0 + chance.part() * 4_000.0, 0.2)),
        ("bleu", (40.0 - learned * 30.0, 0.1)),
    ];
    for (name, (value, probability)) in others {
        if chance.happens(probability) {
            pairs.push((name, value));
        }
    }
    let pairs = pairs
        .into_iter()
        .map(|(name, value)| (MetricName::parse(name).unwrap(), value));
    Metrics::from_pairs(pairs).unwrap()
}

fn metadata(seed: u64, chance: &mut Chance) -> Metadata {
    let optimizer = ["adamw", "adam", "sgd", "lion"][chance.below(4, 3)];
    let rate = [1e-4, 3e-4, 1e-3, 5e-5][chance.below(4, 2)];
    let dataset = chance.below(40, 3);
    format!(
        "{{\"framework\": \"pytorch\", \"seed\": {seed}, \"dataset\": \"corpus-{dataset}\", \
         \"optimizer\": {{\"name\": \"{optimizer}\", \"lr\": {rate:e}}}}}"
    )
    .parse()
    .unwrap()
}

/// Up to a hundred names have a version in staging, one model of all is in production.
async fn promote_some(store: &dyn RegistryStore, lines: &[Line], context: &WriteContext) -> Result<()> {
    let used: Vec<ModelId> = lines
        .iter()
        .filter_map(|line| ModelId::try_from(line.last_id?).ok())
        .take(100)
        .collect();
    for model in &used {
        let request = PromoteRequest::new(*model, tag("staging")).scope(PromotionScope::Name);
        match store.promote(context, request).await {
            // A retired one stays where it is.
            Err(error) if error.code() == "model_retired" => {}
            promoted => drop(promoted?),
        }
    }
    let last = store.find(&CHAIN.parse()?).await?.map(|model| model.id);
    if let Some(last) = last {
        store
            .promote(context, PromoteRequest::new(last, tag(HELD)))
            .await?;
    }
    Ok(())
}
