//! The file of the tokens.

use super::*;
use crate::access::{Role, TokenState};

fn a_token(name: &str) -> NewToken {
    NewToken {
        name: name.parse().unwrap(),
        roles: vec![Role::Reader],
        names: None,
        tags: None,
        expires_at: None,
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000).unwrap()
}

#[test]
fn what_one_process_writes_another_sees() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.json");
    let (here, there) = (TokenFile::new(&path), TokenFile::new(&path));
    assert!(there.list().unwrap().is_empty());
    let (secret, record) = here.create(a_token("alice"), at(1)).unwrap();
    assert_eq!(there.contents().unwrap().find(&secret), Some(&record));
    assert_eq!(record.state(at(2)), TokenState::Valid);
    assert!(
        !fs::read_to_string(&path)
            .unwrap()
            .contains(&secret.reveal()[4..20])
    );

    assert_eq!(here.revoke("alice", at(3)).unwrap().len(), 1);
    assert!(here.revoke("alice", at(3)).unwrap().is_empty());
    let contents = there.contents().unwrap();
    assert_eq!(contents.find(&secret).unwrap().state(at(4)), TokenState::Revoked);
    assert_eq!(contents.find(&Secret::random().unwrap()), None);
}

#[test]
fn a_token_ends_at_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let file = TokenFile::new(folder.path().join("tokens.json"));
    let token = NewToken {
        expires_at: Some(at(10)),
        ..a_token("bob")
    };
    let (_, record) = file.create(token, at(1)).unwrap();
    assert_eq!(record.state(at(9)), TokenState::Valid);
    assert_eq!(record.state(at(10)), TokenState::Expired);
}

#[test]
fn many_writers_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.json");
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let path = &path;
            scope.spawn(move || {
                TokenFile::new(path)
                    .create(a_token(&format!("writer-{writer}")), at(1))
                    .unwrap()
            });
        }
    });
    assert_eq!(TokenFile::new(&path).list().unwrap().len(), 8);
}

#[test]
#[cfg(unix)]
fn a_file_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.json");
    TokenFile::new(&path).create(a_token("alice"), at(1)).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let error = TokenFile::new(&path).list().unwrap_err();
    assert!(matches!(error, TokensError::TooOpen { .. }), "{error}");
}

#[test]
fn anything_else_is_no_file_of_tokens() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.json");
    for text in ["", "[1]", "{\"tokens\": [{}]}", "{\"tokns\": []}"] {
        replace(&path, &"").unwrap();
        fs::write(&path, text).unwrap();
        let error = TokenFile::new(&path).list().unwrap_err();
        assert!(matches!(error, TokensError::Unreadable { .. }), "{error}");
    }
}
