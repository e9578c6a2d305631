//! A line to a server that breaks: what is lost is asked for again, and a write is made once.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use registry_client::{ConnectOptions, HttpStore, Token};
use registry_core::{Bump, PromoteRequest, RegistryStore, Selector, WriteContext};
use registry_sqlite::SqliteStore;
use registry_tests::{Served, a_model, alice, at, dump, fast_folder, tag};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A proxy that passes on so many bytes of an answer and then hangs up, so many times.
struct Line {
    address: SocketAddr,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// How many answers are still to be cut.
    cuts: AtomicI64,
    /// How much of an answer is passed on.
    passed: AtomicUsize,
    /// How many answers came.
    answers: AtomicUsize,
}

impl Line {
    async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, server, Arc::clone(&shared)));
            }
        });
        Self { address, state }
    }

    /// Cuts the next answers after so many bytes.
    fn cut(&self, answers: i64, passed: usize) {
        self.state.cuts.store(answers, Ordering::SeqCst);
        self.state.passed.store(passed, Ordering::SeqCst);
    }
}

async fn pass(mut client: TcpStream, server: SocketAddr, state: Arc<State>) {
    let mut server = TcpStream::connect(server).await.unwrap();
    let (mut asked, mut answered) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            read = client.read(&mut asked) => match read {
                Ok(count) if count > 0 => server.write_all(&asked[..count]).await.unwrap(),
                _ => return,
            },
            read = server.read(&mut answered) => match read {
                Ok(count) if count > 0 => {
                    state.answers.fetch_add(1, Ordering::SeqCst);
                    if state.cuts.fetch_sub(1, Ordering::SeqCst) > 0 {
                        let passed = state.passed.load(Ordering::SeqCst).min(count - 1);
                        let _ = client.write_all(&answered[..passed]).await;
                        return;
                    }
                    if client.write_all(&answered[..count]).await.is_err() {
                        return;
                    }
                }
                _ => return,
            },
        }
    }
}

async fn served() -> (Served<TempDir>, Line, HttpStore) {
    let folder = fast_folder();
    let store = SqliteStore::open_or_create(folder.path().join("registry.db")).await;
    let served = Served::over(Arc::new(store.unwrap()), folder).await;
    let address = served.url().trim_start_matches("http://").parse().unwrap();
    let line = Line::to(address).await;
    let options = ConnectOptions::parse(&format!("http://{}", line.address)).unwrap();
    (served, line, HttpStore::new(options.tell_context()).unwrap())
}

fn context(second: i64) -> WriteContext {
    WriteContext::new(alice(), at(second))
}

fn next() -> registry_core::Registration {
    a_model("gpt", "0.0.0").versioned(Bump::Minor).tagged("a").build()
}

#[tokio::test]
async fn a_lost_answer_never_makes_two_versions() {
    let (_served, line, store) = served().await;
    let mut made = 0;
    for passed in [0, 1, 20, 200, 900, usize::MAX] {
        for cuts in [1, 3] {
            line.cut(cuts, passed);
            let registered = store.register(&context(made), next()).await.unwrap();
            made += 1;
            assert_eq!(registered.model.ordinal, u64::try_from(made).unwrap());
            assert_eq!(registered.model.version.to_string(), format!("0.{made}.0"));
        }
    }
    let seen = dump(&store).await.unwrap();
    assert_eq!(seen.models.len(), usize::try_from(made).unwrap());
}

#[tokio::test]
async fn every_other_write_is_made_once_too() {
    let (_served, line, store) = served().await;
    let first = store.register(&context(1), next()).await.unwrap().model;
    let second = store.register(&context(2), next()).await.unwrap().model;
    let promote = |id| PromoteRequest::new(id, tag("production"));
    line.cut(1, 0);
    store.promote(&context(3), promote(first.id)).await.unwrap();
    line.cut(1, 0);
    store.promote(&context(4), promote(second.id)).await.unwrap();
    line.cut(2, 10);
    let back = store
        .rollback(&context(5), &tag("production"), None)
        .await
        .unwrap();
    assert_eq!(back.model.id, first.id, "a second rollback would go one further");
    line.cut(1, 0);
    store.untag(&context(6), first.id, &tag("a")).await.unwrap();
    line.cut(1, 0);
    let many = vec![next(), next()];
    assert_eq!(store.register_many(&context(7), many).await.unwrap().len(), 2);
    line.cut(1, 0);
    store.delete(&context(8), first.id, true).await.unwrap();
    assert_eq!(dump(&store).await.unwrap().models.len(), 3);
}

#[tokio::test]
async fn a_line_that_stays_broken_is_told_of_and_nothing_is_made_twice() {
    let (_served, line, store) = served().await;
    line.cut(i64::MAX, 0);
    let error = store.register(&context(1), next()).await.unwrap_err();
    assert_eq!(error.code(), "outcome_unknown", "{error}");
    assert_eq!(line.state.answers.load(Ordering::SeqCst), 4, "attempts");
    line.cut(0, 0);
    assert_eq!(dump(&store).await.unwrap().models.len(), 1);
    line.cut(i64::MAX, 0);
    let error = store.settings().await.unwrap_err();
    assert_eq!(error.code(), "unreachable", "{error}");
}

#[tokio::test]
async fn a_read_is_asked_again() {
    let (_served, line, store) = served().await;
    let model = store.register(&context(1), next()).await.unwrap().model;
    for passed in [0, 30, 300] {
        line.cut(2, passed);
        let found = store.find(&Selector::Id(model.id)).await.unwrap();
        assert_eq!(found.as_ref(), Some(&model));
    }
}

#[tokio::test]
async fn no_error_tells_a_token() {
    let nobody = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let options = ConnectOptions::parse(&format!("http://{nobody}")).unwrap();
    let options = options.token(Token::parse("mrt_s3cret").unwrap());
    let store = HttpStore::new(options).unwrap();
    let error = store.register(&context(1), next()).await.unwrap_err();
    assert_eq!(error.code(), "unreachable", "nothing was sent: {error}");
    let told = format!("{error} {error:?} {} {store:?}", error.hint());
    assert!(!told.contains("s3cret"), "{told}");
}
