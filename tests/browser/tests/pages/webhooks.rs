//! A webhook from its making to its end, against a receiver on this machine; with JavaScript and without.

#![expect(
    clippy::unwrap_used,
    reason = "in a test a failed step is a failed test; clippy knows this only inside `#[test]`"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use browser::{Chromium, Site, Window};
use registry_server::Role;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What answers every message with one status.
struct Receiver {
    url: String,
    status: Arc<AtomicU16>,
}

impl Receiver {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let status = Arc::new(AtomicU16::new(204));
        let answer = Arc::clone(&status);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(receive(stream, answer.load(Ordering::Relaxed)));
            }
        });
        Self { url, status }
    }

    fn answers(&self, status: u16) {
        self.status.store(status, Ordering::Relaxed);
    }
}

async fn receive(stream: TcpStream, status: u16) {
    let mut stream = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    stream.read_exact(&mut vec![0; length]).await.unwrap();
    let answer = format!("HTTP/1.1 {status} -\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    stream.write_all(answer.as_bytes()).await.unwrap();
}

/// Loads the page again until it shows this state.
async fn becomes(window: &Window, state: &str) {
    let shows = format!("document.querySelector('h1 .state')?.textContent === '{state}'");
    let waiting = async {
        while window.look(&shows).await != true {
            let here = window.look("location.href").await;
            window.open(here.as_str().unwrap()).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), waiting).await;
    assert!(waited.is_ok(), "never `{state}`: {}", window.text().await);
}

async fn from_its_making_to_its_end(site: &Site, window: &Window) {
    let receiver = Receiver::start().await;
    site.log_in(window, &site.token("aiko", &[Role::Admin])).await;
    window.follow("nav a[href='/webhooks']").await;
    window.wait_for_text("Nobody is told of what happens").await;
    window.fill("#name", "ci").await;
    window.fill("#url", &receiver.url).await;
    window.click("input[value=promoted]").await;
    window.fill("#tags", "production").await;
    window.follow("main form.stacked button").await;
    window.wait_for_text("it is not shown again").await;
    let secret = window
        .look("document.querySelector('pre.command').textContent")
        .await;
    assert!(secret.as_str().unwrap().starts_with("whsec_"), "{secret}");
    window.follow("main a[href^='/webhooks/']").await;
    window.wait_for_text("promoted; tags production").await;

    window.follow("form[action$='/test'] button").await;
    becomes(window, "delivered").await;

    receiver.answers(500);
    window.follow("form[action$='/replay'] button").await;
    becomes(window, "given up").await;
    window.wait_for_text("the receiver answered 500").await;
    receiver.answers(200);
    window.follow("form[action$='/replay'] button").await;
    becomes(window, "delivered").await;

    // Gone for good, and turned on again.
    receiver.answers(410);
    window.follow("dl a[href^='/webhooks/']").await;
    window.follow("form[action$='/test'] button").await;
    window.wait_for_text("Delivery 2").await;
    window.follow("dl a[href^='/webhooks/']").await;
    becomes(window, "gone").await;
    receiver.answers(200);
    window.follow("form[action$='/switch'] button").await;
    becomes(window, "on").await;
    window.follow("tbody a[href='/webhooks/deliveries/2']").await;
    becomes(window, "delivered").await;

    window.follow("dl a[href^='/webhooks/']").await;
    window.click("details summary").await;
    window.fill("details #name", "build").await;
    window.follow("details form.stacked button").await;
    window.wait_for_text("build").await;
    window.follow("a[href$='/delete']").await;
    window.wait_for_text("Delete?").await;
    window.follow("button.danger").await;
    window.wait_for_text("Nobody is told of what happens").await;
    assert_eq!(site.store.webhooks().list().await.unwrap(), []);
    site.assert_quiet(window, &[]);
}

#[tokio::test]
async fn a_webhook_from_its_making_to_its_end() {
    let site = Site::sending().await;
    let chromium = Chromium::start().await;
    let window = chromium.window().await;
    from_its_making_to_its_end(&site, &window).await;
}

#[tokio::test]
async fn a_webhook_without_scripts() {
    let site = Site::sending().await;
    let chromium = Chromium::start().await;
    let window = chromium.window().await;
    window.without_scripts().await;
    from_its_making_to_its_end(&site, &window).await;
}
