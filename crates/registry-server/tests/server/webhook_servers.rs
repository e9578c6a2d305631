//! Several servers over one registry, and servers that end: each event is sent, and as a rule once.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use registry_server::WebhookOptions;

use crate::receiver::{Message, Receiver};
use crate::running::Running;
use crate::webhooks::{a_webhook, quick};

/// Servers that take over from each other within a second.
fn hasty() -> WebhookOptions {
    WebhookOptions {
        lease: Duration::from_millis(900),
        ..quick()
    }
}

/// How often each model was told of.
fn told(messages: &[Message]) -> BTreeMap<String, usize> {
    let mut told = BTreeMap::new();
    for message in messages {
        if message.body["type"] == "registered" {
            *told.entry(message.told()).or_default() += 1;
        }
    }
    told
}

async fn leads(running: &Running) -> bool {
    running.metrics().await.contains("registry_webhook_sender 1")
}

#[tokio::test]
async fn two_servers_send_once() {
    let receiver = Receiver::start().await;
    let one = Running::with_webhooks(quick()).await;
    let other = one.beside(Some(quick())).await;
    a_webhook(&one, &receiver).await;
    for number in 0..20 {
        let running = if number % 2 == 0 { &one } else { &other };
        running.register(&format!("m{number}"), "1.0.0").await;
    }
    let messages = receiver.wait_until(|messages| told(messages).len() == 20).await;
    assert!(
        told(&messages).values().all(|times| *times == 1),
        "{:?}",
        told(&messages)
    );
    assert_ne!(leads(&one).await, leads(&other).await);
    // A while later that is still so.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(told(&receiver.messages()).values().all(|times| *times == 1));
}

#[tokio::test]
async fn when_one_is_gone_without_a_word_the_other_takes_over() {
    let receiver = Receiver::start().await;
    let mut one = Running::with_webhooks(hasty()).await;
    a_webhook(&one, &receiver).await;
    one.register("first", "1.0.0").await;
    receiver.wait_until(|messages| told(messages).len() == 1).await;
    let other = one.beside(Some(hasty())).await;
    assert!(!leads(&other).await);
    one.drop_server().await;
    let gone = Instant::now();
    for number in 0..5 {
        other.register(&format!("m{number}"), "1.0.0").await;
    }
    receiver.wait_until(|messages| told(messages).len() == 6).await;
    // The lease is 900 milliseconds.
    assert!(gone.elapsed() < Duration::from_secs(10), "{:?}", gone.elapsed());
    assert!(leads(&other).await);
}

#[tokio::test]
async fn what_was_on_its_way_is_sent_again() {
    // A receiver that is told, and whose answer nobody waits for any more.
    let never = Receiver::stuck().await;
    let mut one = Running::with_webhooks(hasty()).await;
    a_webhook(&one, &never).await;
    one.register("gpt", "1.0.0").await;
    let first = never.wait_until(|messages| told(messages).len() == 1).await;
    one.drop_server().await;
    let _other = one.beside(Some(hasty())).await;
    let again = never
        .wait_until(|messages| told(messages).values().any(|times| *times == 2))
        .await;
    let of_gpt = |messages: &[Message]| -> Vec<String> {
        let of = messages
            .iter()
            .filter(|message| message.told() == "registered gpt");
        of.map(|message| message.id.clone()).collect()
    };
    assert_eq!(of_gpt(&again), [of_gpt(&first), of_gpt(&first)].concat());
}

#[tokio::test]
async fn one_that_stops_lets_the_other_go_on_at_once() {
    let receiver = Receiver::start().await;
    let patient = WebhookOptions {
        lease: Duration::from_mins(10),
        ..quick()
    };
    let mut one = Running::with_webhooks(patient.clone()).await;
    a_webhook(&one, &receiver).await;
    one.register("first", "1.0.0").await;
    receiver.wait_until(|messages| told(messages).len() == 1).await;
    let other = one.beside(Some(patient)).await;
    one.stop().await;
    other.register("second", "1.0.0").await;
    let messages = receiver.wait_until(|messages| told(messages).len() == 2).await;
    assert!(told(&messages).values().all(|times| *times == 1));
}

#[tokio::test]
async fn what_happened_while_no_server_sent_is_sent_later() {
    let receiver = Receiver::start().await;
    let silent = Running::start().await;
    a_webhook(&silent, &receiver).await;
    for number in 0..700 {
        silent.register("gpt", &format!("1.0.{number}")).await;
    }
    let _sending = silent.beside(Some(quick())).await;
    let messages = receiver
        .wait_until(|messages| told(messages).values().sum::<usize>() == 700)
        .await;
    assert_eq!(told(&messages)["registered gpt"], 700);
}
