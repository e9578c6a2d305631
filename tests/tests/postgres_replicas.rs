//! A streaming replica answers the reads that may be a moment behind, and nothing else.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::time::Duration;

use registry_core::{RegistryStore, Selector};
use registry_postgres::{ConnectOptions, PostgresStore, ReadPreference, migrate};
use registry_tests::faults::{in_time, promote, register, rich};
use registry_tests::following::{follow, next};
use registry_tests::{Database, dump};
use sqlx::{Connection, Executor, PgConnection, Row};
use throwaway_postgres::{Binaries, Server};

/// A registry on a server of its own, with a replica.
struct Pair {
    primary: Server,
    replica: Server,
}

impl Pair {
    async fn start() -> Self {
        let primary = Server::start(&Binaries::find().unwrap(), &[]).unwrap();
        migrate::migrate(&options(&primary)).await.unwrap();
        let replica = primary.replica().unwrap();
        Self { primary, replica }
    }

    fn options(&self) -> ConnectOptions {
        options(&self.primary).with_replica(options(&self.replica))
    }

    async fn open(&self) -> PostgresStore {
        PostgresStore::open(&self.options()).await.unwrap()
    }

    /// Asks the replica itself.
    async fn ask(&self, statement: &'static str) -> i64 {
        let mut replica = PgConnection::connect(&self.replica.url("postgres"))
            .await
            .unwrap();
        replica.fetch_one(statement).await.unwrap().get(0)
    }

    async fn repeats(&self, going_on: bool) {
        let mut replica = PgConnection::connect(&self.replica.url("postgres"))
            .await
            .unwrap();
        let statement = if going_on {
            "SELECT pg_wal_replay_resume()"
        } else {
            "SELECT pg_wal_replay_pause()"
        };
        replica.execute(statement).await.unwrap();
        let state = if going_on { "not paused" } else { "paused" };
        let reached = async {
            loop {
                let now = replica.fetch_one("SELECT pg_get_wal_replay_pause_state()").await;
                if now.unwrap().get::<String, _>(0) == state {
                    return;
                }
            }
        };
        in_time(reached).await;
    }
}

fn options(server: &Server) -> ConnectOptions {
    ConnectOptions::parse(&server.url("postgres")).unwrap()
}

async fn has(store: &PostgresStore, model: &str) -> bool {
    let selector: Selector = model.parse().unwrap();
    in_time(store.find(&selector)).await.unwrap().is_some()
}

async fn comes_to_have(store: &PostgresStore, model: &str) {
    let coming = async { while !has(store, model).await {} };
    in_time(coming).await;
}

#[tokio::test]
async fn reads_that_may_be_behind_come_from_it_and_all_else_from_the_primary() {
    let pair = Pair::start().await;
    let store = pair.open().await;
    let behind = store.preferring(ReadPreference::Replica);
    register(&store, rich("gpt", "1.0.0")).await.unwrap();
    comes_to_have(&behind, "gpt@1.0.0").await;
    assert_eq!(dump(&behind).await.unwrap(), dump(&store).await.unwrap());

    pair.repeats(false).await;
    // Written over either, it is on the primary at once.
    let second = register(&behind, rich("gpt", "2.0.0")).await.unwrap();
    promote(&behind, second.id).await.unwrap();
    assert!(has(&store, "gpt@2.0.0").await && has(&store, ":production").await);
    assert!(!has(&behind, "gpt@2.0.0").await && !has(&behind, ":production").await);
    assert!(has(&behind.preferring(ReadPreference::Primary), "gpt@2.0.0").await);
    // Nor does a write decide on what is old.
    let again = register(&behind, rich("gpt", "2.0.0")).await.unwrap_err();
    assert_eq!(again.code(), "model_exists");
    // Followers miss nothing: they follow the primary.
    let mut events = in_time(follow(&behind, Some(0))).await;
    assert!(in_time(next(&mut events, 8)).await.len() == 8);

    pair.repeats(true).await;
    comes_to_have(&behind, ":production").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_it_is_away_the_primary_answers() {
    const SESSIONS: &str = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'model-registry'";
    let pair = Pair::start().await;
    let store = pair.open().await;
    let behind = store.preferring(ReadPreference::Replica);
    register(&store, rich("gpt", "1.0.0")).await.unwrap();
    comes_to_have(&behind, "gpt@1.0.0").await;
    assert!(pair.ask(SESSIONS).await > 0);
    for mode in ["fast", "immediate"] {
        tokio::task::block_in_place(|| pair.replica.halt(mode)).unwrap();
        let begun = std::time::Instant::now();
        for _ in 0..20 {
            assert!(has(&behind, "gpt@1.0.0").await);
        }
        // It is waited for once, not for each read.
        assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
        // A program may start meanwhile.
        let late = pair.open().await.preferring(ReadPreference::Replica);
        assert!(has(&late, "gpt@1.0.0").await);
        tokio::task::block_in_place(|| pair.replica.run()).unwrap();
        let back = async {
            while pair.ask(SESSIONS).await == 0 {
                assert!(has(&behind, "gpt@1.0.0").await);
            }
        };
        in_time(back).await;
    }
}

#[tokio::test]
async fn when_its_tables_are_not_those_of_the_primary_the_primary_answers() {
    const AWAY: &str = "ALTER TABLE models RENAME COLUMN notes TO remarks";
    const BACK: &str = "ALTER TABLE models RENAME COLUMN remarks TO notes";
    let pair = Pair::start().await;
    let store = pair.open().await;
    let behind = store.preferring(ReadPreference::Replica);
    let itself = PostgresStore::open(&options(&pair.replica)).await.unwrap();
    register(&store, rich("gpt", "1.0.0")).await.unwrap();
    comes_to_have(&behind, "gpt@1.0.0").await;

    let mut primary = PgConnection::connect(&pair.primary.url("postgres"))
        .await
        .unwrap();
    primary.execute(AWAY).await.unwrap();
    let damaged = async { while dump(&itself).await.is_ok() {} };
    in_time(damaged).await;
    pair.repeats(false).await;
    primary.execute(BACK).await.unwrap();
    register(&store, rich("gpt", "2.0.0")).await.unwrap();
    let selector: Selector = "gpt@1.0.0".parse().unwrap();
    let error = in_time(itself.find(&selector)).await.unwrap_err();
    assert_eq!(error.code(), "damaged", "{error}");
    // What the replica cannot know shows that the primary answers.
    assert!(has(&behind, "gpt@1.0.0").await && has(&behind, "gpt@2.0.0").await);
    assert_eq!(dump(&behind).await.unwrap(), dump(&store).await.unwrap());

    // Soon it is asked again, and answers.
    pair.repeats(true).await;
    let mended = async { while itself.find(&selector).await.is_err() {} };
    in_time(mended).await;
    comes_to_have(&itself, "gpt@2.0.0").await;
    pair.repeats(false).await;
    register(&store, rich("gpt", "3.0.0")).await.unwrap();
    let from_the_replica = async { while has(&behind, "gpt@3.0.0").await {} };
    in_time(from_the_replica).await;
    assert!(has(&behind, "gpt@2.0.0").await);
    pair.repeats(true).await;
}

#[tokio::test]
async fn it_can_be_read_by_itself_and_refuses_every_write() {
    let pair = Pair::start().await;
    let store = pair.open().await;
    let model = register(&store, rich("gpt", "1.0.0")).await.unwrap();
    let replica = PostgresStore::open(&options(&pair.replica)).await.unwrap();
    comes_to_have(&replica, "gpt@1.0.0").await;
    for refusal in [
        in_time(register(&replica, rich("gpt", "2.0.0"))).await.map(drop),
        in_time(promote(&replica, model.id)).await,
    ] {
        assert_eq!(refusal.unwrap_err().code(), "read_only");
    }
    let elsewhere = options(&pair.replica).in_schema("elsewhere").unwrap();
    let refused = migrate::migrate(&elsewhere).await.unwrap_err();
    assert_eq!(refused.code(), "read_only");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_registry_is_not_taken_for_it_either_when_it_comes_later() {
    let pair = Pair::start().await;
    let other = Server::start(&Binaries::find().unwrap(), &[]).unwrap();
    migrate::migrate(&options(&other)).await.unwrap();
    tokio::task::block_in_place(|| other.halt("fast")).unwrap();
    let mixed = options(&pair.primary).with_replica(options(&other));
    let store = PostgresStore::open(&mixed).await.unwrap();
    let behind = store.preferring(ReadPreference::Replica);
    register(&store, rich("gpt", "1.0.0")).await.unwrap();
    assert!(has(&behind, "gpt@1.0.0").await);
    tokio::task::block_in_place(|| other.run()).unwrap();
    let selector: Selector = "gpt@1.0.0".parse().unwrap();
    let refused = async {
        loop {
            match behind.find(&selector).await {
                Ok(found) => assert!(found.is_some(), "it reads another registry"),
                Err(error) => break error,
            }
        }
    };
    assert_eq!(in_time(refused).await.code(), "invalid_address");
    assert!(has(&store, "gpt@1.0.0").await);
}

#[tokio::test]
async fn another_registry_is_not_taken_for_it() {
    let pair = Pair::start().await;
    let other = Database::new().await;
    let other = ConnectOptions::parse(other.url()).unwrap();
    migrate::migrate(&other).await.unwrap();
    let mixed = options(&pair.primary).with_replica(other);
    let error = PostgresStore::open(&mixed).await.unwrap_err();
    assert_eq!(error.code(), "invalid_address");
    assert!(
        error.to_string().contains("(the replica) is none of `"),
        "{error}"
    );
}

#[tokio::test]
async fn the_connections_to_both_are_told() {
    let pair = Pair::start().await;
    let store = pair.open().await.preferring(ReadPreference::Replica);
    in_time(register(&store, rich("gpt", "1.0.0"))).await.unwrap();
    comes_to_have(&store, "gpt@1.0.0").await;
    let pools = store.pools();
    let roles: Vec<&str> = pools.iter().map(|pool| pool.role).collect();
    assert_eq!(roles, ["primary", "replica"]);
    for pool in pools {
        assert!(
            (1..=pool.most).contains(&pool.open) && pool.idle <= pool.open,
            "{pool:?}"
        );
    }
}
