//! Numbers come back with the bits they went in with. SQLite's own conversions between doubles and decimals are exact
//! only between about 1e-80 and 1e100; these tests cover every exponent.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use registry_core::search::SearchQuery;
use registry_core::{
    Checkpoint, ConfigHash, Limit, LineageScope, MemoryGb, MetricName, Metrics, Model, ModelId, Parent,
    Registration, RegistryStore, Selector, SizeMb, Timestamp, Version, WriteContext,
};
use registry_sqlite::SqliteStore;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Executor, Row};

/// Values from a fixed seed (splitmix64): random bits, so every exponent and many subnormals.
struct Doubles(u64);

impl Doubles {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn any(&mut self) -> f64 {
        let bits = self.bits();
        let value = match bits % 8 {
            // Subnormal.
            0 => f64::from_bits(self.bits() >> 12),
            // As people's metrics are.
            1..4 => (self.bits() >> 11) as f64 / (1_u64 << 53) as f64 * 100.0,
            // Inside the bounds that are taken for exact, evenly over the exponents.
            4..6 => f64::from_bits((self.bits() % (398 << 52)) + (824 << 52)),
            _ => f64::from_bits(self.bits()),
        };
        if value.is_finite() { value } else { self.any() }
    }
}

const CORNERS: [f64; 12] = [
    0.0,
    -0.0,
    5e-324,
    f64::MIN_POSITIVE,
    f64::MAX,
    f64::MIN,
    1e300,
    0.1 + 0.2,
    1.0 / 3.0,
    9_007_199_254_740_993.0,
    1e-60,
    1e60,
];

fn context() -> WriteContext {
    WriteContext::new("alice".parse().unwrap(), Timestamp::from_micros(0).unwrap())
}

fn a_model(minor: u64) -> Registration {
    Registration::new(
        "gpt-small".parse().unwrap(),
        Version::new(1, minor, 0),
        Checkpoint::elsewhere("s3://models/gpt-small.pt").unwrap(),
        "language_modeling".parse().unwrap(),
        ConfigHash::of_json("{}").unwrap(),
    )
}

#[tokio::test]
async fn metrics_keep_every_bit_in_their_text_and_in_their_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.db");
    let store = SqliteStore::open_or_create(&path).await.unwrap();
    let mut doubles = Doubles(1);
    let mut given = Vec::new();
    for minor in 0..20 {
        let values: Vec<f64> = CORNERS
            .into_iter()
            .chain((0..900).map(|_| doubles.any()))
            .collect();
        let named = values.iter().enumerate();
        let pairs = named.map(|(place, value)| (MetricName::parse(format!("m{place:03}")).unwrap(), *value));
        let mut registration = a_model(minor);
        registration.metrics = Metrics::from_pairs(pairs).unwrap();
        let id = store.register(&context(), registration).await.unwrap().model.id;
        let found = store.find(&Selector::Id(id)).await.unwrap().unwrap();
        let found: Vec<u64> = found.metrics.iter().map(|(_, value)| value.to_bits()).collect();
        let expected: Vec<u64> = values.iter().map(|value| value.to_bits()).collect();
        assert!(found == expected, "the metrics of {id} differ");
        given.extend(expected);
    }
    let mut connection = SqliteConnectOptions::new()
        .filename(&path)
        .connect()
        .await
        .unwrap();
    let rows = connection
        .fetch_all("SELECT value FROM model_metrics ORDER BY model_id, name")
        .await
        .unwrap();
    assert_eq!(rows.len(), given.len());
    for (row, expected) in rows.iter().zip(given) {
        let (stored, expected): (f64, f64) = (row.get(0), f64::from_bits(expected));
        // SQLite keeps no sign of zero in a row; it compares the same, and the text has it.
        assert_eq!(
            (stored + 0.0).to_bits(),
            (expected + 0.0).to_bits(),
            "{expected:e}"
        );
    }
}

#[tokio::test]
async fn sizes_keep_every_bit_however_they_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open_or_create(folder.path().join("registry.db"))
        .await
        .unwrap();
    let mut doubles = Doubles(2);
    let values: Vec<f64> = CORNERS
        .into_iter()
        .chain((0..4000).map(|_| doubles.any()))
        .collect();
    let values: Vec<f64> = values.into_iter().map(f64::abs).collect();
    let registrations = values.iter().zip(0..).map(|(value, minor)| {
        let mut registration = a_model(minor);
        registration.model_size_mb = Some(SizeMb::try_from(*value).unwrap());
        registration.memory_req_gb = Some(MemoryGb::try_from(value / 2.0).unwrap());
        registration.parent = (minor > 0).then_some(Parent::Entry(0));
        registration
    });
    let registered = store
        .register_many(&context(), registrations.collect())
        .await
        .unwrap();
    let expected: Vec<(ModelId, u64, u64)> = registered
        .iter()
        .zip(&values)
        .map(|(registered, value)| (registered.model.id, value.to_bits(), (value / 2.0).to_bits()))
        .collect();
    let bits = |model: &Model| {
        let (size, memory) = (
            model.model_size_mb.unwrap().get(),
            model.memory_req_gb.unwrap().get(),
        );
        (model.id, size.to_bits(), memory.to_bits())
    };

    let check = |way: &str, models: Vec<&Model>| {
        assert!(models.into_iter().map(bits).eq(expected.iter().copied()), "{way}");
    };

    let ids: Vec<ModelId> = expected.iter().map(|(id, ..)| *id).collect();
    let many = store.get_many(&ids).await.unwrap();
    check("by ids", many.iter().flatten().collect());

    let all = SearchQuery::default().limit(Limit::Unlimited);
    let listed = store.search_models(&all, Timestamp::EPOCH).await.unwrap().items;
    check("listed", listed.iter().rev().collect());

    let family = store.lineage(ids[5], LineageScope::Family).await.unwrap();
    check(
        "as a family",
        family.nodes.iter().map(|node| &node.model).collect(),
    );
}
