//! Finding one model: by id, version, range, latest, tag, config hash.

use registry_core::{ConfigHash, Error, RegistryStoreExt as _, Selector};

use crate::{Session, a_model, name, tag};

async fn versions(registry: &Session, versions: &[&str]) {
    for version in versions {
        registry.register(a_model("gpt", version)).await;
    }
}

pub(crate) async fn by_id(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    registry.register(a_model("gpt", "1.1.0")).await;
    assert_eq!(registry.find(&model.id.to_string()).await, Some(model));
}

pub(crate) async fn by_name_and_version(registry: Session) {
    versions(&registry, &["1.0.0", "1.0.0-rc.1", "1.1.0"]).await;
    assert_eq!(registry.found("gpt@1.0.0").await, "gpt@1.0.0");
    assert_eq!(registry.found("gpt@1.0.0-rc.1").await, "gpt@1.0.0-rc.1");
}

pub(crate) async fn an_empty_registry_holds_nothing(registry: Session) {
    for selector in [
        "1",
        "gpt@1.0.0",
        "gpt@^1",
        "gpt",
        ":production",
        "gpt@:production",
    ] {
        assert_eq!(registry.find(selector).await, None, "{selector}");
    }
}

pub(crate) async fn what_is_not_there_is_none(registry: Session) {
    versions(&registry, &["1.0.0"]).await;
    for selector in [
        "99",
        "gpt@1.0.1",
        "gpt@1.0.0-rc.1",
        "gpt@^2",
        "bert",
        ":production",
        "bert@1.0.0",
    ] {
        assert_eq!(registry.find(selector).await, None, "{selector}");
    }
}

pub(crate) async fn get_names_what_is_missing(registry: Session) {
    versions(&registry, &["1.0.0"]).await;
    for selector in ["99", "gpt@2.0.0", "bert@latest", ":production", "gpt@:production"] {
        let wanted = Selector::parse(selector).unwrap();
        let error = registry.store().get(&wanted).await.unwrap_err();
        assert!(matches!(&error, Error::ModelNotFound { wanted } if wanted == selector));
        assert_eq!(error.code(), "model_not_found");
    }
}

pub(crate) async fn names_are_exact(registry: Session) {
    registry.register(a_model("gpt", "1.0.0")).await;
    for selector in ["GPT", "gp", "gpt-", "gp_", "%", "gp%", "g*"] {
        assert_eq!(registry.find(selector).await, None, "{selector}");
    }
}

pub(crate) async fn a_range_means_its_highest_version(registry: Session) {
    versions(&registry, &["1.0.0", "1.10.0", "1.9.0", "2.0.0", "0.9.0"]).await;
    for (selector, expected) in [
        ("gpt@^1", "gpt@1.10.0"),
        ("gpt@~1.9", "gpt@1.9.0"),
        ("gpt@>=1, <1.10", "gpt@1.9.0"),
        ("gpt@*", "gpt@2.0.0"),
        ("gpt@<1", "gpt@0.9.0"),
        ("gpt@1", "gpt@1.10.0"),
    ] {
        assert_eq!(registry.found(selector).await, expected, "{selector}");
    }
}

pub(crate) async fn a_range_takes_a_prerelease_only_when_it_names_one(registry: Session) {
    versions(&registry, &["1.0.0", "1.1.0-rc.1", "1.1.0-rc.2"]).await;
    assert_eq!(registry.found("gpt@^1").await, "gpt@1.0.0");
    assert_eq!(registry.found("gpt@^1.1.0-rc.1").await, "gpt@1.1.0-rc.2");
    assert_eq!(registry.found("gpt@=1.1.0-rc.1").await, "gpt@1.1.0-rc.1");
}

pub(crate) async fn latest_is_the_highest_release(registry: Session) {
    versions(&registry, &["2.0.0", "10.0.0", "9.0.0", "11.0.0-rc.1"]).await;
    assert_eq!(registry.found("gpt").await, "gpt@10.0.0");
    assert_eq!(registry.found("gpt@latest").await, "gpt@10.0.0");
}

pub(crate) async fn latest_is_a_prerelease_when_there_is_nothing_else(registry: Session) {
    versions(&registry, &["1.0.0-rc.2", "1.0.0-rc.10", "1.0.0-beta"]).await;
    assert_eq!(registry.found("gpt").await, "gpt@1.0.0-rc.10");
}

pub(crate) async fn latest_counts_prereleases_when_asked(registry: Session) {
    versions(&registry, &["1.0.0", "1.1.0-rc.1"]).await;
    assert_eq!(registry.found("gpt@latest-pre").await, "gpt@1.1.0-rc.1");
    assert_eq!(registry.found("gpt@latest").await, "gpt@1.0.0");
    versions(&registry, &["1.1.0"]).await;
    assert_eq!(registry.found("gpt@latest-pre").await, "gpt@1.1.0");
}

pub(crate) async fn latest_is_not_the_last_registered(registry: Session) {
    versions(&registry, &["2.0.0", "1.0.1"]).await;
    assert_eq!(registry.found("gpt").await, "gpt@2.0.0");
}

pub(crate) async fn versions_order_as_semver_orders_them(registry: Session) {
    let ordered = [
        "0.9.9",
        "1.0.0-0",
        "1.0.0-2",
        "1.0.0-10",
        "1.0.0-99999999999999999999",
        "1.0.0--",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.1.0",
        "1.0.0-alpha.beta",
        "1.0.0-alpha1",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
        "1.0.1-a",
        "18446744073709551615.0.0",
    ];
    for pair in ordered.windows(2) {
        // The higher of each pair goes in first, so that the order of registration can't help.
        let name = format!("from {}", pair[0]);
        registry.register(a_model(&name, pair[1])).await;
        registry.register(a_model(&name, pair[0])).await;
        let highest = Selector::Latest {
            name: crate::name(&name),
            prereleases: true,
        };
        let found = registry.store().find(&highest).await.unwrap().unwrap();
        assert_eq!(found.version.to_string(), pair[1]);
    }
}

pub(crate) async fn retired_models_are_found_by_all_but_a_tag(registry: Session) {
    let model = registry
        .register(a_model("gpt", "1.0.0").tagged("production"))
        .await;
    registry.retire(&model).await;
    for selector in ["gpt@1.0.0", "gpt@^1", "gpt"] {
        assert_eq!(registry.found(selector).await, "gpt@1.0.0", "{selector}");
    }
    assert!(registry.find(&model.id.to_string()).await.is_some());
    assert_eq!(registry.find(":production").await, None);
    assert_eq!(registry.find("gpt@:production").await, None);
}

pub(crate) async fn a_tag_means_who_got_it_last(registry: Session) {
    let first = registry.register(a_model("gpt", "1.0.0")).await;
    registry
        .register(a_model("gpt", "2.0.0").tagged("baseline"))
        .await;
    registry.label(&first, "baseline").await;
    assert_eq!(registry.found(":baseline").await, "gpt@1.0.0");
    registry
        .register(a_model("bert", "0.1.0").tagged("baseline"))
        .await;
    assert_eq!(registry.found(":baseline").await, "bert@0.1.0");
}

pub(crate) async fn a_label_later_than_a_promotion_is_found(registry: Session) {
    let promoted = registry.register(a_model("gpt", "1.0.0")).await;
    let labelled = registry.register(a_model("gpt", "1.1.0")).await;
    registry.promote(&promoted, "production").await;
    registry.label(&labelled, "production").await;
    assert_eq!(registry.found(":production").await, "gpt@1.1.0");
    registry.untag(&labelled, "production").await;
    assert_eq!(registry.found(":production").await, "gpt@1.0.0");
}

pub(crate) async fn a_tag_skips_its_retired_holder(registry: Session) {
    let first = registry
        .register(a_model("gpt", "1.0.0").tagged("baseline"))
        .await;
    let second = registry
        .register(a_model("gpt", "1.1.0").tagged("baseline"))
        .await;
    registry.retire(&second).await;
    assert_eq!(registry.found(":baseline").await, "gpt@1.0.0");
    registry.restore(&second).await;
    assert_eq!(registry.found(":baseline").await, "gpt@1.1.0");
    registry.retire(&first).await;
    assert_eq!(registry.found(":baseline").await, "gpt@1.1.0");
}

pub(crate) async fn a_tag_within_a_name(registry: Session) {
    registry
        .register(a_model("gpt", "1.0.0").tagged("baseline"))
        .await;
    registry
        .register(a_model("bert", "2.0.0").tagged("baseline"))
        .await;
    assert_eq!(registry.found("gpt@:baseline").await, "gpt@1.0.0");
    assert_eq!(registry.found("bert@:baseline").await, "bert@2.0.0");
    assert_eq!(registry.found("t5@:baseline").await, "");
}

pub(crate) async fn get_by_tag(registry: Session) {
    let model = registry.register(a_model("gpt", "1.0.0")).await;
    registry.promote(&model, "production").await;
    let found = registry.store().get_by_tag(&tag("production")).await.unwrap();
    assert_eq!(found, registry.get(&model).await);
}

pub(crate) async fn by_config_hash_newest_first(registry: Session) {
    let shared = r#"{"d_model": 768}"#;
    registry.register(a_model("gpt", "1.0.0").config(shared)).await;
    registry.register(a_model("gpt", "1.1.0").config("{}")).await;
    registry
        .register(a_model("bert", "1.0.0").config(shared).retired())
        .await;
    let hash = ConfigHash::of_json(shared).unwrap();
    let models = registry.store().find_by_config(&hash).await.unwrap();
    let found: Vec<_> = models.iter().map(|model| model.name.as_str()).collect();
    assert_eq!(found, ["bert", "gpt"]);
}

pub(crate) async fn the_next_version(registry: Session) {
    use registry_core::Bump::{Major, Minor, Patch};
    let store = registry.store();
    let next = async |bump| {
        let next = store.next_version(&name("gpt"), bump).await;
        next.unwrap().to_string()
    };
    assert_eq!(next(Minor).await, "0.1.0");
    versions(&registry, &["1.2.3", "1.3.0-rc.1"]).await;
    assert_eq!(next(Patch).await, "1.3.0");
    versions(&registry, &["1.3.0"]).await;
    assert_eq!(
        (next(Patch).await, next(Major).await),
        ("1.3.1".into(), "2.0.0".into())
    );
}

pub(crate) async fn many_in_the_order_asked(registry: Session) {
    let first = registry.register(a_model("gpt", "1.0.0")).await;
    let second = registry
        .register(a_model("gpt", "1.1.0").tagged("baseline"))
        .await;
    let unknown = registry_core::ModelId::try_from(99).unwrap();
    let asked = [second.id, unknown, first.id, second.id];
    let found = registry.store().get_many(&asked).await.unwrap();
    assert_eq!(found, [Some(second.clone()), None, Some(first), Some(second)]);
    assert_eq!(registry.store().get_many(&[]).await.unwrap(), []);
}
