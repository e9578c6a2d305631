//! `settings`: what holds for everyone who uses the registry.

use registry_core::{PromotionScope, RegistryStore};
use serde_json::json;

use super::Answer;
use super::written::written;
use crate::args::{Setting, Settings, SettingsCommand};
use crate::render;
use crate::session::Session;

pub(super) async fn run(args: Settings, store: &dyn RegistryStore, session: &Session<'_, '_>) -> Answer {
    match args.command.unwrap_or(SettingsCommand::List) {
        SettingsCommand::List => {
            let settings = store.settings().await?;
            Ok(session.answer(|| json!(settings), |screen| render::settings(&settings, screen)))
        }
        SettingsCommand::Get {
            setting: Setting::PromotionScope,
        } => {
            let settings = store.settings().await?;
            Ok(session.answer(|| json!(settings), |_| settings.promotion_scope.to_string()))
        }
        SettingsCommand::Set {
            setting: Setting::PromotionScope,
            value,
            write,
        } => {
            let scope: PromotionScope = value.parse()?;
            let settings = store.set_promotion_scope(&write.context()?, scope).await?;
            let text = || format!("promotion-scope is {}\n", settings.promotion_scope);
            Ok(written(session, &write, || json!(settings), text))
        }
    }
}
