//! Tasks that go away at every moment.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use super::*;

/// Polls a future so many times, then drops it: as when a client hangs up.
async fn cut_off(polls: u32, future: impl Future) -> bool {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|task| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        future.as_mut().poll(task).map(|_| true)
    })
    .await
}

/// Longer than any write here takes.
const POLLS: u32 = 24;

#[tokio::test]
async fn alone() {
    let file = File::new().await;
    let mut finished = 0;
    for polls in 0..POLLS {
        let number = i64::from(polls);
        let write = async {
            let mut tx = file.begin().await;
            tx.put(number).await;
            tx.commit().await.unwrap();
        };
        finished += u32::from(cut_off(polls, write).await);
        file.put(1000 + number).await.unwrap().unwrap();
    }
    let numbers = file.numbers().await;
    assert_eq!(
        numbers,
        twice(numbers.iter().copied().step_by(2)),
        "half of a write"
    );
    let others = numbers.iter().filter(|number| **number >= 1000);
    assert_eq!(others.count(), 2 * usize::try_from(POLLS).unwrap());
    assert!((1..POLLS).contains(&finished), "{finished}");
}

/// Somebody joins and goes away, with others before and after it, or last.
async fn among_others(after: i64) {
    let mut finished = 0;
    for polls in 0..POLLS {
        let file = File::new().await;
        let mut first = file.begin().await;
        first.put(1).await;
        let joined = async {
            let mut tx = file.begin().await;
            tx.put(2).await;
            tx.commit().await.unwrap();
        };
        let mut joined = pin!(cut_off(polls, joined));
        // The first poll takes its place in the line.
        let early = poll_fn(|task| Poll::Ready(joined.as_mut().poll(task))).await;
        let others: Vec<_> = (3..3 + after).map(|number| file.put(number)).collect();
        let in_line = usize::try_from(after).unwrap() + usize::from(early.is_pending());
        file.until_waiting(in_line).await;
        let first = tokio::spawn(first.commit());
        finished += u32::from(match early {
            Poll::Ready(finished) => finished,
            Poll::Pending => joined.await,
        });
        first.await.unwrap().unwrap();
        for other in others {
            other.await.unwrap().unwrap();
        }
        file.put(1000).await.unwrap().unwrap();
        let mut numbers = file.numbers().await;
        let cut: Vec<_> = numbers.extract_if(.., |number| *number == 2).collect();
        assert!(cut.is_empty() || cut.len() == 2, "half of a write");
        let expected = std::iter::once(1).chain(3..3 + after).chain([1000]);
        assert_eq!(numbers, twice(expected), "cut off after {polls} polls");
    }
    assert!((1..POLLS).contains(&finished), "{finished}");
}

#[tokio::test]
async fn last_among_others() {
    among_others(0).await;
}

#[tokio::test]
async fn in_the_middle_of_others() {
    among_others(2).await;
}

#[tokio::test]
async fn a_rollback_cut_off() {
    for polls in 0..POLLS {
        let file = File::new().await;
        let mut first = file.begin().await;
        first.put(1).await;
        let second = file.queue().await;
        let first = tokio::spawn(first.commit());
        let mut second = second.await.unwrap();
        second.put(2).await;
        cut_off(polls, second.rollback()).await;
        first.await.unwrap().unwrap();
        assert_eq!(file.numbers().await, twice([1]));
    }
}

#[tokio::test]
async fn one_that_goes_away_while_the_others_commit_is_kept() {
    let file = File::new().await;
    let mut first = file.begin().await;
    first.put(1).await;
    let second = file.queue().await;
    let first = tokio::spawn(first.commit());
    let mut second = second.await.unwrap();
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    second.put(2).await;
    second.commit().await.unwrap();
    assert_eq!((file.numbers().await, file.commits()), (twice([1, 2]), 1));
}

#[tokio::test]
async fn one_that_leaves_the_line_is_passed_over() {
    let file = File::new().await;
    let first = file.begin().await;
    let second = file.queue().await;
    let third = file.queue().await;
    second.abort();
    assert!(second.await.unwrap_err().is_cancelled());
    drop(first);
    third.await.unwrap().commit().await.unwrap();
    assert_eq!(file.writer.waiting(), 0);
}

#[test]
fn a_runtime_that_ends_takes_its_writes_with_it() {
    let runtime = || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build().unwrap()
    };
    let (early, late) = (runtime(), runtime());
    let file = early.block_on(File::new());
    let (first, second) = early.block_on(async {
        let mut first = file.begin().await;
        first.put(1).await;
        let second = file.queue().await;
        let first = tokio::spawn(first.commit());
        let mut second = second.await.unwrap();
        second.put(2).await;
        (first, second)
    });
    drop(early);
    drop(second);
    assert!(late.block_on(first).unwrap_err().is_cancelled());
    late.block_on(async {
        // The connection that was closed may still hold the file.
        let tx = loop {
            match file.writer.begin().await {
                Ok(tx) => break tx,
                Err(error) => assert!(crate::error::is_busy(&error), "{error}"),
            }
        };
        tx.commit().await.unwrap();
        assert!(file.numbers().await.is_empty());
    });
}
