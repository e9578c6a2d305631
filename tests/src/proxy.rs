//! A stranger on the line between a store and its PostgreSQL: it counts what is asked, and cuts where a test says.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use registry_postgres::ConnectOptions;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::task::JoinHandle;
use url::Url;

use crate::PostgresRegistry;

/// Where the line is cut. Whoever comes first to the place is cut off, and after that nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Nowhere.
    Never,
    /// After this many more bytes that clients send, all connections together.
    Asked(u64),
    /// After this many more bytes that the server sends.
    Answered(u64),
    /// Before a COMMIT comes to the server.
    BeforeCommit,
    /// When the server has done a COMMIT and before its answer comes back.
    AfterCommit,
    /// Nowhere, but from now on nothing passes, and nobody hangs up.
    Silence,
    /// The same from the moment when the server has done a COMMIT.
    SilenceAfterCommit,
}

/// The proxy; it hangs up when it is dropped.
pub struct Proxy {
    address: SocketAddr,
    line: Arc<Line>,
    listening: JoinHandle<()>,
}

/// What all connections share.
struct Line {
    server: Server,
    cut: Mutex<Cut>,
    trips: AtomicU64,
    cuts: AtomicU64,
}

/// The message `SSLRequest`, behind its length.
const ASKS_TO_ENCRYPT: [u8; 4] = 80_877_103_u32.to_be_bytes();

enum Server {
    Socket(PathBuf),
    Address(String),
}

/// One half of a connection says that the whole of it is over.
struct CutOff;

type Passed = Result<(), CutOff>;

impl Proxy {
    /// A proxy before the server of a registry, and how the registry is reached through it.
    pub async fn before(registry: &PostgresRegistry) -> (Self, ConnectOptions) {
        let proxy = Self::start(registry.url()).await;
        let mut url = Url::parse(registry.url()).unwrap();
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let user = pairs.iter().find(|(name, _)| name == "user");
        let user = user.map_or_else(|| url.username().to_owned(), |(_, user)| user.clone());
        let password = url
            .password()
            .map_or(String::new(), |password| format!(":{password}"));
        url = Url::parse(&format!(
            "postgres://{user}{password}@{}{}?sslmode=disable",
            proxy.address,
            url.path()
        ))
        .unwrap();
        let mut options = ConnectOptions::parse(url.as_str()).unwrap();
        options.pool_size = registry.options.pool_size;
        (proxy, options)
    }

    async fn start(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let line = Arc::new(Line {
            server: Server::of(server),
            cut: Mutex::new(Cut::Never),
            trips: AtomicU64::new(0),
            cuts: AtomicU64::new(0),
        });
        let listening = tokio::spawn({
            let line = Arc::clone(&line);
            async move {
                while let Ok((client, _)) = listener.accept().await {
                    tokio::spawn(Arc::clone(&line).serve(client));
                }
            }
        });
        Self {
            address,
            line,
            listening,
        }
    }

    /// Cuts there, once.
    pub fn cut(&self, cut: Cut) {
        *self.line.cut.lock().unwrap() = cut;
    }

    /// How often it has cut.
    pub fn cuts(&self) -> u64 {
        self.line.cuts.load(Ordering::SeqCst)
    }

    /// How often clients have asked and waited for the answer: their messages `Sync` and `Query`.
    pub fn trips(&self) -> u64 {
        self.line.trips.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Server {
    fn of(url: &str) -> Self {
        let url = Url::parse(url).unwrap();
        let folder = url.query_pairs().find(|(name, _)| name == "host");
        let port = url.port().unwrap_or(5432);
        match folder {
            Some((_, folder)) => Self::Socket(PathBuf::from(&*folder).join(format!(".s.PGSQL.{port}"))),
            None => Self::Address(format!("{}:{port}", url.host_str().unwrap_or("localhost"))),
        }
    }
}

impl Line {
    async fn serve(self: Arc<Self>, client: TcpStream) {
        // Without it the proxy would add waits that no line has.
        client.set_nodelay(true).unwrap();
        let (from_client, to_client) = client.into_split();
        match &self.server {
            Server::Socket(path) => {
                if let Ok(server) = UnixStream::connect(path).await {
                    let (from_server, to_server) = server.into_split();
                    self.pass(from_client, to_server, from_server, to_client).await;
                }
            }
            Server::Address(address) => {
                if let Ok(server) = TcpStream::connect(address).await {
                    server.set_nodelay(true).unwrap();
                    let (from_server, to_server) = server.into_split();
                    self.pass(from_client, to_server, from_server, to_client).await;
                }
            }
        }
    }

    /// Passes on what both say until one hangs up or the line is cut; then both are hung up on.
    async fn pass(
        &self,
        from_client: impl AsyncRead + Unpin,
        to_server: impl AsyncWrite + Unpin,
        from_server: impl AsyncRead + Unpin,
        to_client: impl AsyncWrite + Unpin,
    ) {
        let withheld = Mutex::new(false);
        tokio::select! {
            _ = self.asked(from_client, to_server, &withheld) => {}
            _ = self.answered(from_server, to_client, &withheld) => {}
        }
    }

    /// What the client says, message by message.
    async fn asked(
        &self,
        mut from: impl AsyncRead + Unpin,
        mut to: impl AsyncWrite + Unpin,
        withheld: &Mutex<bool>,
    ) -> Passed {
        // The first message of a connection has no letter.
        let mut letter = false;
        let mut asks = false;
        let mut words: Vec<Vec<u8>> = Vec::new();
        loop {
            let message = message(&mut from, letter).await?;
            self.unless_silent().await;
            match message[0] {
                _ if !letter => {}
                // By itself it only asks whether a connection lives that somebody gave back: nobody waits for that.
                b'S' if !asks => {}
                b'S' | b'Q' => {
                    self.trips.fetch_add(1, Ordering::SeqCst);
                    asks = false;
                }
                // Nobody waits for the word to those who follow the events.
                b'P' if is_word(&message) => words.push(part(&message[5..], 0).to_vec()),
                b'B' if words.iter().any(|word| word == part(&message[5..], 1)) => {}
                b'D' | b'E' => {}
                b'C' if message[5] == b'P' => {}
                _ => asks = true,
            }
            if letter && message[0] == b'Q' && message[5..].starts_with(b"COMMIT") {
                if self.is_reached(Cut::BeforeCommit) {
                    return Err(CutOff);
                }
                if self.is_reached(Cut::AfterCommit) {
                    *withheld.lock().unwrap() = true;
                }
                if self.is_reached(Cut::SilenceAfterCommit) {
                    *self.cut.lock().unwrap() = Cut::Silence;
                }
            }
            // Nor has the one behind the question whether the server encrypts.
            letter = letter || message[4..] != ASKS_TO_ENCRYPT;
            self.send(&message, &mut to, |cut| match cut {
                Cut::Asked(left) => Some(left),
                _ => None,
            })
            .await?;
        }
    }

    /// What the server says, as it comes.
    async fn answered(
        &self,
        mut from: impl AsyncRead + Unpin,
        mut to: impl AsyncWrite + Unpin,
        withheld: &Mutex<bool>,
    ) -> Passed {
        let mut buffer = vec![0; 8192];
        loop {
            let count = from.read(&mut buffer).await.map_err(|_| CutOff)?;
            self.unless_silent().await;
            if count == 0 || *withheld.lock().unwrap() {
                return Err(CutOff);
            }
            self.send(&buffer[..count], &mut to, |cut| match cut {
                Cut::Answered(left) => Some(left),
                _ => None,
            })
            .await?;
        }
    }

    /// Never comes back where nothing passes.
    async fn unless_silent(&self) {
        if *self.cut.lock().unwrap() == Cut::Silence {
            std::future::pending::<()>().await;
        }
    }

    /// Whether this is where the line is to be cut. It is noted as done.
    fn is_reached(&self, here: Cut) -> bool {
        let mut cut = self.cut.lock().unwrap();
        let reached = *cut == here;
        if reached {
            *cut = Cut::Never;
            self.cuts.fetch_add(1, Ordering::SeqCst);
        }
        reached
    }

    /// Sends as much as may still be sent.
    async fn send(
        &self,
        bytes: &[u8],
        to: &mut (impl AsyncWrite + Unpin),
        left: impl Fn(Cut) -> Option<u64>,
    ) -> Passed {
        let length = u64::try_from(bytes.len()).unwrap();
        let send = {
            let mut cut = self.cut.lock().unwrap();
            match left(*cut) {
                Some(left) if left < length => {
                    *cut = Cut::Never;
                    self.cuts.fetch_add(1, Ordering::SeqCst);
                    left
                }
                Some(left) => {
                    *cut = match *cut {
                        Cut::Asked(_) => Cut::Asked(left - length),
                        _ => Cut::Answered(left - length),
                    };
                    length
                }
                None => length,
            }
        };
        let allowed = &bytes[..usize::try_from(send).unwrap()];
        to.write_all(allowed).await.map_err(|_| CutOff)?;
        to.flush().await.map_err(|_| CutOff)?;
        if send == length { Ok(()) } else { Err(CutOff) }
    }
}

/// Whether a statement is prepared by which the word goes out that something was committed.
fn is_word(parse: &[u8]) -> bool {
    let text = part(&parse[5..], 1);
    text.windows(9).any(|part| part == b"pg_notify")
}

/// Of the texts that a message begins with, each with a zero behind it.
fn part(texts: &[u8], place: usize) -> &[u8] {
    texts.split(|byte| *byte == 0).nth(place).unwrap_or_default()
}

/// A whole message: its letter, where it has one, its length, and the rest.
async fn message(from: &mut (impl AsyncRead + Unpin), letter: bool) -> Result<Vec<u8>, CutOff> {
    let start = usize::from(letter);
    let mut message = vec![0; start + 4];
    from.read_exact(&mut message).await.map_err(|_| CutOff)?;
    let length: [u8; 4] = message[start..].try_into().unwrap();
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap();
    message.resize(start + length, 0);
    from.read_exact(&mut message[start + 4..])
        .await
        .map_err(|_| CutOff)?;
    Ok(message)
}
