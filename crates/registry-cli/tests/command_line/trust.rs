//! A server at `https://`: whom a user trusts, and what is said of the others.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use registry_tests::certificates::Authority;

use crate::sandbox::Sandbox;
use crate::serving::Serving;

/// A server whose certificate for `localhost` this authority has signed.
fn served(there: &Sandbox, authority: &Authority) -> Serving {
    let (certificate, key) = authority.sign("server", &["localhost"]);
    fs::write(there.path("server.pem"), certificate).unwrap();
    fs::write(there.path("server.key"), key).unwrap();
    fs::set_permissions(there.path("server.key"), fs::Permissions::from_mode(0o600)).unwrap();
    Serving::start(there, &["--tls-cert", "server.pem", "--tls-key", "server.key"])
}

/// A user who knows the server by this address.
fn user(host: &str, serving: &Serving) -> Sandbox {
    let mut user = Sandbox::new();
    let port = serving.address.rsplit_once(':').unwrap().1;
    user.database = Some(format!("https://{host}:{port}"));
    user
}

#[test]
fn a_server_is_trusted_when_its_authority_is() {
    let there = Sandbox::with_models();
    let (ours, another) = (Authority::new("ours"), Authority::new("another"));
    let files: [PathBuf; 2] = [&ours, &another].map(|authority| authority.file(&there.path("")));
    let serving = served(&there, &ours);
    let here = user("localhost", &serving);
    for trusted in [None, Some(files[1].as_path())] {
        let refused = here.trusting(trusted, "login --json", &serving.token);
        assert_eq!(refused.status, 1, "{refused:?}");
        let error = refused.error();
        assert_eq!(error["code"], "untrusted", "{error}");
        let hint = error["hint"].as_str().unwrap();
        assert!(
            hint.contains("SSL_CERT_FILE") && hint.contains("system's store"),
            "{hint}"
        );
        assert!(!here.path("config/registry/tokens.json").exists());
    }
    let by_another = here.trusting(Some(&files[1]), "login", &serving.token);
    assert!(
        by_another
            .err
            .contains("cannot be trusted: nobody trusted here has signed its certificate"),
        "{}",
        by_another.err
    );

    let login = here.trusting(Some(&files[0]), "login", &serving.token);
    assert_eq!(login.status, 0, "{login:?}");
    assert!(
        login.out.starts_with("admin (admin) at https://localhost:"),
        "{}",
        login.out
    );
    let got = here.trusting(Some(&files[0]), "get gpt --json", "");
    assert_eq!(got.status, 0, "{got:?}");
    // The token that was kept goes to nobody else.
    let got = here.trusting(Some(&files[1]), "get gpt --json", "");
    assert_eq!(got.error()["code"], "untrusted");
}

#[test]
fn another_host_or_no_tls_is_told() {
    let there = Sandbox::with_models();
    let ours = Authority::new("ours");
    let file = ours.file(&there.path(""));
    let tell = |host: &str, serving: &Serving, file: &Path| {
        let refused = user(host, serving).trusting(Some(file), "login --json", "mrt_x");
        let error = refused.error();
        assert_eq!(error["code"], "untrusted", "{error}");
        error["message"].as_str().unwrap().to_owned()
    };
    let serving = served(&there, &ours);
    let message = tell("127.0.0.1", &serving, &file);
    assert!(
        message.contains("its certificate is for another host"),
        "{message}"
    );
    assert_eq!(serving.end().0, Some(0));
    let plain = Serving::start(&there, &[]);
    let message = tell("localhost", &plain, &file);
    assert!(message.contains("it does not encrypt connections"), "{message}");
    let user = user("localhost", &plain);
    let error = user.trusting(Some(&file), "get gpt --json", "").error();
    let hint = error["hint"].as_str().unwrap();
    let host = user.database.as_deref().unwrap().trim_start_matches("https://");
    let wanted = format!("the server at {host} speaks plain HTTP; use `http://{host}`");
    assert!(hint.starts_with(&wanted), "{hint}");
}
