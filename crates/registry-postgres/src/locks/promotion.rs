//! The locks of a promotion. What its decision rests on is read by the statements that lock it: a trip less for each.

use registry_core::record::{HolderRecord, SettingRecord};
use registry_core::{ModelId, PromotionScope, Settings, Status, TagName};
use sqlx::PgConnection;

use super::known::{Holders, Known, LatestHolders};
use super::{settings_shared, whole_tag};
use crate::decode;

/// Locks a promotion by the scope that the settings say. `None`: they changed just now, and what is locked may be too
/// little. Then begin anew, `patient`: that makes a trip more and does not fail so.
pub(super) async fn by_settings(
    connection: &mut PgConnection,
    model: ModelId,
    tag: &TagName,
    patient: bool,
) -> sqlx::Result<Option<Known>> {
    if patient {
        settings_shared(connection).await?;
    }
    let default = Settings::default().promotion_scope;
    let settled = sqlx::query_file!(
        "queries/locks/promotion_by_settings.sql",
        tag.as_str(),
        model.get(),
        Settings::PROMOTION_SCOPE,
        default.as_str(),
        PromotionScope::Name.as_str()
    )
    .fetch_one(&mut *connection)
    .await?
    .settings;
    let settings: Vec<SettingRecord> = decode::list(&settled)?;
    let stored = settings
        .iter()
        .find(|record| record.key == Settings::PROMOTION_SCOPE);
    // One that cannot be read is refused where the settings are loaded.
    let scope = stored.and_then(|record| record.value.parse().ok());
    let (known, now) = models(connection, model, tag, scope.unwrap_or(default)).await?;
    // Without an answer there is no such model, and nothing depends on the settings.
    Ok(match now {
        Some(now) if now != settled => None,
        Some(_) => Some(Known {
            settings: Some(settings),
            ..known
        }),
        None => Some(Known::default()),
    })
}

/// Locks a promotion by this scope.
pub(super) async fn by_scope(
    connection: &mut PgConnection,
    model: ModelId,
    tag: &TagName,
    scope: PromotionScope,
) -> sqlx::Result<Known> {
    match scope {
        PromotionScope::Name => {
            sqlx::query_file!("queries/locks/tag_of_model.sql", tag.as_str(), model.get())
                .execute(&mut *connection)
                .await?;
        }
        PromotionScope::Registry | PromotionScope::None => whole_tag(&mut *connection, tag).await?,
    }
    let (known, _) = models(connection, model, tag, scope).await?;
    Ok(known)
}

/// A model or holder that was locked, with the settings.
struct Row {
    model_id: i64,
    name: String,
    version: String,
    status: String,
    promoted: Option<i64>,
    event_id: Option<i64>,
    settings: String,
}

impl Row {
    fn holder(self) -> Option<HolderRecord> {
        Some(HolderRecord {
            model_id: self.model_id,
            name: self.name,
            version: self.version,
            status: self.status,
            promoted: self.promoted?,
            event_id: self.event_id?,
        })
    }
}

/// Locks the model and whoever may lose the tag, which is locked; and says what the settings are by now.
async fn models(
    connection: &mut PgConnection,
    model: ModelId,
    tag: &TagName,
    scope: PromotionScope,
) -> sqlx::Result<(Known, Option<String>)> {
    let rows = match scope {
        PromotionScope::None => return of_many(connection, model, tag).await,
        PromotionScope::Name => {
            sqlx::query_file_as!(
                Row,
                "queries/locks/promotion_within_name.sql",
                model.get(),
                tag.as_str()
            )
            .fetch_all(connection)
            .await?
        }
        PromotionScope::Registry => {
            sqlx::query_file_as!(Row, "queries/locks/promotion.sql", model.get(), tag.as_str())
                .fetch_all(connection)
                .await?
        }
    };
    let settings = rows.first().map(|row| row.settings.clone());
    let name = rows.iter().find(|row| row.model_id == model.get());
    let within = match scope {
        PromotionScope::Name => name.map(|row| Some(row.name.clone())),
        PromotionScope::Registry | PromotionScope::None => Some(None),
    };
    let mut holders: Vec<HolderRecord> = rows.into_iter().filter_map(Row::holder).collect();
    holders.sort_by_key(|holder| std::cmp::Reverse(holder.event_id));
    let known = Known {
        tag: Some(tag.clone()),
        holders: within.map(|name| Holders { name, holders }),
        ..Known::default()
    };
    Ok((known, settings))
}

async fn of_many(
    connection: &mut PgConnection,
    model: ModelId,
    tag: &TagName,
) -> sqlx::Result<(Known, Option<String>)> {
    const TAKE: usize = 2;
    let found = sqlx::query_file!(
        "queries/locks/promotion_of_many.sql",
        model.get(),
        tag.as_str(),
        Status::Active.as_str(),
        Status::Retired.as_str(),
        i64::try_from(TAKE).unwrap_or(i64::MAX)
    )
    .fetch_optional(connection)
    .await?;
    let Some(found) = found else {
        return Ok((Known::default(), None));
    };
    let active: Vec<HolderRecord> = decode::list(&found.first)?;
    let mut latest = Vec::new();
    if active.len() < TAKE {
        latest.push(LatestHolders {
            status: Status::Retired,
            take: TAKE,
            holders: decode::list(&found.second)?,
        });
    }
    latest.push(LatestHolders {
        status: Status::Active,
        take: TAKE,
        holders: active,
    });
    let known = Known {
        tag: Some(tag.clone()),
        latest,
        ..Known::default()
    };
    Ok((known, Some(found.settings)))
}
