//! Who shares a commit, and when each is answered.

use super::*;

#[tokio::test]
async fn one_after_another_each_has_a_commit() {
    let file = File::new().await;
    for number in 1..=3 {
        file.put(number).await.unwrap().unwrap();
        assert_eq!(file.numbers().await, twice(1..=number));
    }
    // One of them made the tables.
    assert_eq!(file.commits(), 3);
}

#[tokio::test]
async fn those_who_wait_share_a_commit() {
    let file = File::new().await;
    let mut first = file.begin().await;
    let others: Vec<_> = (1..64).map(|number| file.put(number)).collect();
    file.until_waiting(63).await;
    first.put(0).await;
    first.commit().await.unwrap();
    for other in others {
        other.await.unwrap().unwrap();
    }
    assert_eq!(file.numbers().await, twice(0..64));
    assert_eq!(file.commits(), 1);
}

#[tokio::test]
async fn a_commit_has_a_limited_number_of_writes() {
    let file = File::with(Limits { members: 4, ..LIMITS }).await;
    let first = file.begin().await;
    let others: Vec<_> = (1..=10).map(|number| file.put(number)).collect();
    file.until_waiting(10).await;
    first.commit().await.unwrap();
    for other in others {
        other.await.unwrap().unwrap();
    }
    assert_eq!(file.numbers().await, twice(1..=10));
    // With the first, three; four; three.
    assert_eq!(file.commits(), 3);
}

#[tokio::test]
async fn nobody_joins_what_has_been_open_for_long() {
    let file = File::with(Limits {
        open: Duration::ZERO,
        ..LIMITS
    })
    .await;
    let mut first = file.begin().await;
    first.put(0).await;
    let others: Vec<_> = (1..=3).map(|number| file.put(number)).collect();
    file.until_waiting(3).await;
    first.commit().await.unwrap();
    for other in others {
        other.await.unwrap().unwrap();
    }
    assert_eq!((file.numbers().await, file.commits()), (twice(0..=3), 4));
}

#[tokio::test]
async fn nobody_is_answered_before_the_commit() {
    let file = File::new().await;
    let mut first = file.begin().await;
    first.put(1).await;
    let second = file.queue().await;
    let first = tokio::spawn(first.commit());
    let mut second = second.await.unwrap();
    second.put(2).await;
    let third = file.queue().await;
    // It may have seen the first, so it hears of its own end only when that is durable.
    let second = tokio::spawn(second.rollback());
    let mut third = third.await.unwrap();
    third.put(3).await;
    assert!(!first.is_finished() && !second.is_finished());
    assert!(file.numbers().await.is_empty());
    third.commit().await.unwrap();
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
    assert_eq!((file.numbers().await, file.commits()), (twice([1, 3]), 1));
}

#[tokio::test]
async fn each_sees_what_those_before_it_did() {
    let file = File::new().await;
    let mut first = file.begin().await;
    first.put(1).await;
    let second = file.queue().await;
    let first = tokio::spawn(first.commit());
    let mut second = second.await.unwrap();
    let found = second
        .connection()
        .unwrap()
        .fetch_all("SELECT number FROM numbers");
    assert_eq!(found.await.unwrap().len(), 2);
    second.commit().await.unwrap();
    first.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_first_that_undoes_its_work_leaves_nothing() {
    let file = File::new().await;
    let mut first = file.begin().await;
    first.put(1).await;
    let others: Vec<_> = (2..=3).map(|number| file.put(number)).collect();
    file.until_waiting(2).await;
    first.rollback().await.unwrap();
    for other in others {
        other.await.unwrap().unwrap();
    }
    assert_eq!((file.numbers().await, file.commits()), (twice(2..=3), 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn threads_lose_nothing() {
    let file = File::new().await;
    for round in 0..10 {
        let tasks: Vec<_> = (0..100).map(|number| file.put(round * 100 + number)).collect();
        for (place, task) in tasks.into_iter().enumerate() {
            if place % 7 == 3 {
                task.abort();
            } else {
                task.await.unwrap().unwrap();
            }
        }
    }
    // Behind everything that is still under way.
    file.put(1000).await.unwrap().unwrap();
    let numbers = file.numbers().await;
    let different = numbers.iter().copied().step_by(2);
    assert_eq!(numbers, twice(different.clone()), "half of a write");
    let needed = |number: &i64| (number % 100) % 7 != 3;
    let kept = different.filter(needed);
    assert_eq!(
        kept.collect::<Vec<_>>(),
        (0..=1000).filter(needed).collect::<Vec<_>>()
    );
}
