//! Changes to the registry's settings.

use serde_json::{Value, json};

use super::{Decision, Draft, NewEvent};
use crate::backend::Change;
use crate::event::EventKind;
use crate::settings::Settings;
use crate::tag::PromotionScope;

/// Decides the default scope of promotions.
pub fn set_promotion_scope(settings: Settings, scope: PromotionScope) -> Decision<Settings> {
    if settings.promotion_scope == scope {
        return Draft::new().answer(settings);
    }
    let key = Settings::PROMOTION_SCOPE;
    let mut draft = Draft::new();
    draft.event(NewEvent {
        kind: EventKind::SettingsChanged,
        model: None,
        tag: None,
        before: object(key, settings.promotion_scope),
        after: object(key, scope),
        previous: None,
    });
    draft.change(Change::SaveSetting {
        key,
        value: scope.as_str().to_owned(),
    });
    draft.answer(Settings {
        promotion_scope: scope,
    })
}

fn object(key: &str, scope: PromotionScope) -> Value {
    json!({ key: scope })
}
