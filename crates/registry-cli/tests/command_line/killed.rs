//! A server killed at random moments while clients write and one follows: what was acknowledged is there, what was sent
//! again under its key is there once, and the follower has seen each event once.
//!
//! Ten kills; fifty where `REGISTRY_TEST_SECONDS` is set, as in `cargo xtask ci`.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use registry_client::{ConnectOptions, HttpStore, Token};
use registry_core::{
    Bump, Error, Event, EventId, EventKind, IdempotencyKey, Model, PromoteRequest, Registration,
    RegistryStore, Result, WriteContext,
};
use registry_tests::races::sound::assert_explained;
use registry_tests::{Dump, a_model, alice, at, dump, tag};

use crate::sandbox::Sandbox;
use crate::serving::Serving;

const WRITERS: usize = 4;

/// Longer than any of this takes, even on a slow machine.
const PATIENCE: Duration = Duration::from_mins(2);

fn kills() -> usize {
    if std::env::var_os("REGISTRY_TEST_SECONDS").is_some() {
        50
    } else {
        10
    }
}

/// A number below the limit.
fn random(limit: u64) -> u64 {
    RandomState::new().hash_one(()) % limit
}

/// An address that stays while the servers behind it come and go.
struct Door {
    address: SocketAddr,
    behind: Arc<Mutex<Option<String>>>,
}

impl Door {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let behind = Arc::<Mutex<Option<String>>>::default();
        let current = Arc::clone(&behind);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // Where there is no server the door is shut in the client's face, as a proxy without one does it.
                let server = current.lock().unwrap().clone();
                if let Some(Ok(server)) = server.map(TcpStream::connect) {
                    pass(client, server);
                }
            }
        });
        Self { address, behind }
    }

    fn lead_to(&self, server: Option<&Serving>) {
        *self.behind.lock().unwrap() = server.map(|server| server.address.clone());
    }
}

/// Passes on what both say, until one is silent.
fn pass(client: TcpStream, server: TcpStream) {
    let ends = Arc::new((client, server));
    for forth in [true, false] {
        let ends = Arc::clone(&ends);
        std::thread::spawn(move || {
            let (client, server) = (&ends.0, &ends.1);
            let (mut from, mut to) = if forth { (client, server) } else { (server, client) };
            let _ = to.set_nodelay(true);
            let _ = std::io::copy(&mut from, &mut to);
            let _ = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
        });
    }
}

/// What all writers know.
#[derive(Default)]
struct Shared {
    acknowledged: AtomicUsize,
    is_over: AtomicBool,
}

/// What a writer was told.
#[derive(Default)]
struct Told {
    models: Vec<Model>,
    promotions: usize,
    /// How many answers were to a write that had been made before.
    replayed: usize,
}

struct Writer {
    store: HttpStore,
    number: usize,
    shared: Arc<Shared>,
    told: Told,
}

impl Writer {
    /// Registers alone and many at once, under a name that all share and one of its own, and promotes.
    async fn write(mut self) -> Told {
        let mut turn = 0;
        while !self.shared.is_over.load(Ordering::SeqCst) {
            turn += 1;
            self.register(turn).await;
            self.promote(turn).await;
        }
        self.told
    }

    async fn register(&mut self, turn: usize) {
        let context = self.context(turn, "register");
        let own = format!("of-{}", self.number);
        let registered = if turn.is_multiple_of(4) {
            let many = vec![next("shared"), next(&own), next("shared")];
            answer(|| self.store.register_many(&context, many.clone())).await
        } else {
            let name = if turn.is_multiple_of(2) { "shared" } else { &own };
            vec![answer(|| self.store.register(&context, next(name))).await]
        };
        self.note(&context);
        let models = registered.into_iter().map(|registered| registered.model);
        self.told.models.extend(models);
    }

    /// Promotes what it registered last, which nobody else does.
    async fn promote(&mut self, turn: usize) {
        let context = self.context(turn, "promote");
        let last = self.told.models[self.told.models.len() - 1].id;
        let request = PromoteRequest::new(last, tag("production"));
        let promotion = answer(|| self.store.promote(&context, request.clone())).await;
        assert!(
            promotion.changed,
            "the answer to another promotion: {promotion:?}"
        );
        self.note(&context);
        self.told.promotions += 1;
    }

    fn context(&self, turn: usize, what: &str) -> WriteContext {
        let key = format!("{}-{turn}-{what}", self.number);
        WriteContext::new(alice(), at(0)).idempotency_key(IdempotencyKey::parse(key).unwrap())
    }

    fn note(&mut self, context: &WriteContext) {
        self.told.replayed += usize::from(context.is_replayed());
        self.shared.acknowledged.fetch_add(1, Ordering::SeqCst);
    }
}

fn next(name: &str) -> Registration {
    a_model(name, "0.0.0")
        .versioned(Bump::Minor)
        .tagged("candidate")
        .build()
}

/// The answer to a write under a key, which is sent until there is one.
async fn answer<T, F>(send: impl Fn() -> F) -> T
where
    F: Future<Output = Result<T>>,
{
    let begun = Instant::now();
    loop {
        match send().await {
            Ok(answer) => return answer,
            Err(error) => assert!(is_lost(&error) && begun.elapsed() < PATIENCE, "{error}"),
        }
    }
}

/// Whether the server was not there, or went before it had answered.
fn is_lost(error: &Error) -> bool {
    matches!(error, Error::Unreachable { .. } | Error::OutcomeUnknown { .. })
}

/// Notes each event as it comes. Once it has heard one, no kill ends its stream.
async fn follow(store: HttpStore, seen: Arc<Mutex<Vec<Event>>>) {
    loop {
        let last = seen.lock().unwrap().last().map_or(EventId(0), |event| event.id);
        let mut events = store.watch(Some(last)).await.unwrap();
        while let Some(event) = events.next().await {
            match event {
                Ok(event) => seen.lock().unwrap().push(event),
                Err(error) => assert!(is_lost(&error) && seen.lock().unwrap().is_empty(), "{error}"),
            }
        }
    }
}

/// Waits until it is so.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_killed_server_acknowledged_is_there_once() {
    let sandbox = Sandbox::new();
    let door = Door::open();
    let mut server = Serving::start(&sandbox, &[]).unheard();
    let token = Token::parse(&server.token).unwrap();
    door.lead_to(Some(&server));
    let client = || {
        let options = ConnectOptions::parse(&format!("http://{}", door.address)).unwrap();
        HttpStore::new(options.token(token.clone())).unwrap()
    };
    let (shared, seen) = (Arc::<Shared>::default(), Arc::<Mutex<Vec<Event>>>::default());
    let following = tokio::spawn(follow(client(), Arc::clone(&seen)));
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| {
            let writer = Writer {
                store: client(),
                number,
                shared: Arc::clone(&shared),
                told: Told::default(),
            };
            tokio::spawn(writer.write())
        })
        .collect();

    let written = || shared.acknowledged.load(Ordering::SeqCst);
    for _ in 0..kills() {
        let enough = written() + usize::try_from(1 + random(20)).unwrap();
        until("nobody writes any more", || written() >= enough).await;
        // Not a wait for anything: the moment of the kill is random.
        tokio::time::sleep(Duration::from_micros(random(10_000))).await;
        server.kill();
        door.lead_to(None);
        server = Serving::start(&sandbox, &[]).unheard();
        door.lead_to(Some(&server));
    }
    shared.is_over.store(true, Ordering::SeqCst);
    let mut told = Told::default();
    for writer in writers {
        let of_one = writer.await.unwrap();
        told.models.extend(of_one.models);
        told.promotions += of_one.promotions;
        told.replayed += of_one.replayed;
    }
    println!(
        "{} models and {} promotions, {} of the writes answered anew",
        told.models.len(),
        told.promotions,
        told.replayed
    );

    let found = dump(&client()).await.unwrap();
    all_is_there_once(&found, &told);
    let mut events = found.events;
    events.sort_by_key(|event| event.id);
    until("an event does not come", || {
        seen.lock().unwrap().len() >= events.len() || following.is_finished()
    })
    .await;
    assert_eq!(*seen.lock().unwrap(), events);
    assert!(!following.is_finished());
    following.abort();
    assert!(sandbox.ok("doctor").contains("nothing was found"));
    assert_eq!(server.end().0, Some(0));
    assert!(sandbox.ok("doctor").contains("nothing was found"));
}

fn all_is_there_once(found: &Dump, told: &Told) {
    let key = |model: &Model| (model.id, (model.reference(), model.ordinal));
    let there: BTreeMap<_, _> = found.models.iter().map(key).collect();
    let acknowledged: BTreeMap<_, _> = told.models.iter().map(key).collect();
    assert_eq!(there, acknowledged);
    assert_eq!(there.len(), told.models.len(), "two writes had one answer");
    let mut ordinals: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for model in &found.models {
        ordinals
            .entry(model.name.as_str())
            .or_default()
            .push(model.ordinal);
    }
    for (name, mut ordinals) in ordinals {
        ordinals.sort_unstable();
        let expected: Vec<u64> = (1..).take(ordinals.len()).collect();
        assert_eq!(ordinals, expected, "a gap or a double in `{name}`");
    }
    let count = |kind| found.events.iter().filter(|event| event.kind == kind).count();
    assert_eq!(count(EventKind::Registered), told.models.len());
    assert_eq!(count(EventKind::Labelled), told.models.len());
    assert_eq!(count(EventKind::Promoted), told.promotions);
    // Each promotion but the first took the tag from exactly one other.
    assert_eq!(count(EventKind::TagLost), told.promotions - 1);
    assert_explained(found);
}
