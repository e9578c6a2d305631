//! `copy --merge` as a process that is killed.

use crate::sandbox::Sandbox;

fn lines(names: std::ops::Range<usize>) -> String {
    let line = |name| {
        format!(
            r#"{{"name": "m{name:03}", "version": "1.0.0", "checkpoint_path": "a.pt", "task_type": "t", "config_hash": "h"}}"#
        )
    };
    names.map(line).collect::<Vec<_>>().join("\n")
}

/// Killed at any moment every model is there whole or not at all, and the same command goes on.
#[test]
fn a_merge_that_is_killed_goes_on() {
    const MODELS: usize = 150;
    let sandbox = Sandbox::new();
    sandbox.fed(
        "register --db from.db --from - --allow-missing",
        &lines(0..MODELS),
    );
    sandbox.fed("register --db to.db --from - --allow-missing", &lines(900..903));
    let merge = [
        "copy",
        "--from",
        "from.db",
        "--to",
        "to.db",
        "--merge",
        "--chunk-size",
        "1",
    ];
    let count = || {
        let counted = sandbox.json("list --db to.db --count");
        usize::try_from(counted["count"].as_u64().unwrap()).unwrap()
    };
    let (mut kills, mut before) = (0, count());
    loop {
        let mut command = sandbox.command();
        let mut merging = command.args(merge).spawn().unwrap();
        // Something has come, so the next piece is on its way.
        while count() == before && merging.try_wait().unwrap().is_none() {}
        kills += usize::from(merging.try_wait().unwrap().is_none());
        merging.kill().unwrap();
        merging.wait().unwrap();
        let now = count();
        let healthy = sandbox.run("doctor --db to.db --json").out;
        assert!(
            !healthy.contains("tag_") && !healthy.contains("stored_value"),
            "{healthy}"
        );
        let events = sandbox.json("history --db to.db --all")["events"]
            .as_array()
            .unwrap()
            .len();
        assert_eq!(events, now, "every model came with its history");
        if now == before || now == MODELS + 3 {
            break;
        }
        before = now;
    }
    assert!(kills > 0, "it was never killed");
    let rest = sandbox.json(&merge.join(" "));
    assert_eq!(count(), MODELS + 3);
    assert_eq!(rest["conflicts"].as_array().unwrap().len(), 0);
    let again = sandbox.json(&merge.join(" "));
    assert_eq!(
        (&again["models"], &again["already_there"]),
        (&0.into(), &MODELS.into())
    );
}
