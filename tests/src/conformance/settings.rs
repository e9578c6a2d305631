//! The registry's settings.

use registry_core::{EventKind, PromotionScope, Settings};
use serde_json::json;

use crate::Session;

pub(crate) async fn the_default_scope_is_the_registry(registry: Session) {
    let settings = registry.store().settings().await.unwrap();
    assert_eq!(settings.promotion_scope, PromotionScope::Registry);
}

pub(crate) async fn a_scope_is_kept(registry: Session) {
    for scope in [
        PromotionScope::Name,
        PromotionScope::None,
        PromotionScope::Registry,
    ] {
        let context = registry.context();
        let answer = registry
            .store()
            .set_promotion_scope(&context, scope)
            .await
            .unwrap();
        assert_eq!(
            answer,
            Settings {
                promotion_scope: scope
            }
        );
        assert_eq!(registry.store().settings().await.unwrap(), answer);
    }
}

pub(crate) async fn the_same_scope_changes_nothing(registry: Session) {
    let context = registry.context();
    let same = registry
        .store()
        .set_promotion_scope(&context, PromotionScope::Registry);
    registry.unchanged(same).await;
}

pub(crate) async fn leaves_its_event(registry: Session) {
    let context = registry.context();
    let scope = PromotionScope::Name;
    registry
        .store()
        .set_promotion_scope(&context, scope)
        .await
        .unwrap();
    let event = registry.last_event().await;
    assert_eq!((event.kind, event.model), (EventKind::SettingsChanged, None));
    assert_eq!(event.before, json!({ "promotion-scope": "registry" }));
    assert_eq!(event.after, json!({ "promotion-scope": "name" }));
}
