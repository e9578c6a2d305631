//! Failures of a statement, of a commit, of the turn itself.

use super::*;

/// Makes SQLite roll back the whole transaction by itself: the file may not grow any more, and has to.
async fn fill(tx: &mut Tx) {
    tx.run("PRAGMA max_page_count = 1").await;
    tx.run_badly("INSERT INTO numbers VALUES (zeroblob(100000))")
        .await;
}

#[tokio::test]
async fn a_refused_statement_fails_alone() {
    let file = File::new().await;
    let mut first = file.begin().await;
    first.put(1).await;
    first.run("INSERT INTO ids VALUES (1)").await;
    let second = file.queue().await;
    let first = tokio::spawn(first.commit());
    let mut second = second.await.unwrap();
    second.put(2).await;
    second.run_badly("INSERT INTO ids VALUES (1)").await;
    assert!(second.connection().is_err(), "it can't go on");
    let third = file.put(3);
    file.until_waiting(1).await;
    let second = second.commit().await.unwrap_err();
    assert!(second.as_database_error().unwrap().is_unique_violation());
    first.await.unwrap().unwrap();
    third.await.unwrap().unwrap();
    assert_eq!((file.numbers().await, file.commits()), (twice([1, 3]), 1));
}

#[tokio::test]
async fn a_failed_commit_is_told_to_everybody() {
    let file = File::new().await;
    let mut first = file.begin().await;
    first.put(1).await;
    let second = file.queue().await;
    let first = tokio::spawn(first.commit());
    let mut second = second.await.unwrap();
    // Found out at the commit only.
    second.run("INSERT INTO checked VALUES (7)").await;
    let third = file.queue().await;
    let second = tokio::spawn(second.commit());
    let third = third.await.unwrap().rollback().await;
    for outcome in [first.await.unwrap(), second.await.unwrap(), third] {
        let error = outcome.unwrap_err();
        assert!(error.as_database_error().unwrap().is_foreign_key_violation());
    }
    assert!(file.numbers().await.is_empty());
    file.put(4).await.unwrap().unwrap();
    assert_eq!(file.numbers().await, twice([4]));
}

#[tokio::test]
async fn a_failed_commit_of_one_alone() {
    let file = File::new().await;
    let mut tx = file.begin().await;
    tx.put(1).await;
    tx.run("INSERT INTO checked VALUES (7)").await;
    let error = tx.commit().await.unwrap_err();
    assert!(error.as_database_error().unwrap().is_foreign_key_violation());
    file.put(2).await.unwrap().unwrap();
    assert_eq!(file.numbers().await, twice([2]));
}

#[tokio::test]
async fn a_transaction_that_sqlite_ends_is_lost_for_all_in_it() {
    let file = File::new().await;
    let mut first = file.begin().await;
    first.put(1).await;
    let second = file.queue().await;
    let first = tokio::spawn(first.commit());
    let mut second = second.await.unwrap();
    let third = file.put(3);
    file.until_waiting(1).await;
    fill(&mut second).await;
    assert_eq!(code(second.rollback().await), "storage_full");
    assert_eq!(code(first.await.unwrap()), "storage_full");
    // It begins anew.
    third.await.unwrap().unwrap();
    assert_eq!(file.numbers().await, twice([3]));
}

#[tokio::test]
async fn a_transaction_that_sqlite_ends_for_one_that_goes_away() {
    let file = File::new().await;
    let mut first = file.begin().await;
    first.put(1).await;
    let second = file.queue().await;
    let first = tokio::spawn(first.commit());
    let mut second = second.await.unwrap();
    fill(&mut second).await;
    drop(second);
    assert_eq!(code(first.await.unwrap()), "storage_full");
    file.put(3).await.unwrap().unwrap();
    assert_eq!(file.numbers().await, twice([3]));
}

#[tokio::test]
async fn a_transaction_that_sqlite_ends_for_one_alone() {
    let file = File::new().await;
    let mut tx = file.begin().await;
    tx.put(1).await;
    fill(&mut tx).await;
    assert_eq!(code(tx.commit().await), "storage_full");
    file.put(2).await.unwrap().unwrap();
    assert_eq!(file.numbers().await, twice([2]));
}

#[tokio::test]
async fn a_file_that_others_lock_is_busy_until_they_go() {
    let file = File::new().await;
    let mut other = options(&file.path).connect().await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let error = file.writer.begin().await.unwrap_err();
    assert!(crate::error::is_busy(&error), "{error}");
    other.execute("COMMIT").await.unwrap();
    file.put(1).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_turn_that_does_not_come_is_busy() {
    let file = File::with(Limits {
        turn: Duration::ZERO,
        ..LIMITS
    })
    .await;
    let first = file.begin().await;
    let error = file.writer.begin().await.unwrap_err();
    assert!(matches!(error, sqlx::Error::PoolTimedOut), "{error}");
    first.commit().await.unwrap();
    file.put(1).await.unwrap().unwrap();
}

#[tokio::test]
async fn closing_waits_for_what_is_under_way_and_refuses_the_rest() {
    let file = File::new().await;
    let mut first = file.begin().await;
    first.put(1).await;
    let second = file.queue().await;
    let first = tokio::spawn(first.commit());
    let mut second = second.await.unwrap();
    let refused = {
        let writer = file.writer.clone();
        tokio::spawn(async move { writer.begin().await })
    };
    file.until_waiting(1).await;
    let closing = [file.writer.clone(), file.writer.clone()]
        .map(|writer| tokio::spawn(async move { writer.close().await }));
    assert!(matches!(
        refused.await.unwrap().unwrap_err(),
        sqlx::Error::PoolClosed
    ));
    file.until_waiting(2).await;
    assert!(matches!(
        file.writer.begin().await.unwrap_err(),
        sqlx::Error::PoolClosed
    ));
    second.put(2).await;
    assert!(!closing[0].is_finished() && !closing[1].is_finished());
    second.commit().await.unwrap();
    first.await.unwrap().unwrap();
    for closing in closing {
        closing.await.unwrap();
    }
    assert!(!file.writer.is_open());
    assert!(file.writer.begin().await.is_err());
    assert_eq!(file.numbers().await, twice([1, 2]));
}
