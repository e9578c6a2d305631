//! What a write locks before it reads: enough that nothing its decision rests on can change until it commits.
//!
//! Statements see what was committed when they began, so locks come first, in statements of their own, and whatever is
//! read later is read under them. All writes lock in one order, so that they wait for each other and never in a circle:
//!
//! 1. the settings, or who may change parents;
//! 2. names, by their bytes: one registration of a name at a time;
//! 3. tags, by their bytes. Who decides on all holders of a tag takes the tag for himself: the whole of it, or the tag
//!    within one name, which leaves other names alone. Who gives it to a model or takes it from one, or changes whether
//!    a holder counts, shares it with his like;
//! 4. models, by id. A delete excludes everybody, children that are being registered included; other changes leave
//!    those alone, since a foreign key guards them.
//!
//! Whoever writes about webhooks locks their state, and nothing else: no other write looks at them.
//!
//! Tags, settings and parents are advisory locks that end with the transaction; names and models are rows.

mod known;
mod promotion;
mod queue;

use registry_core::{ModelId, ModelName, PromotionScope, TagName};
use sqlx::{Connection, PgConnection};

pub(crate) use known::Known;
pub(crate) use queue::Queue;

/// What a write is about to do, as far as its locks depend on it.
#[derive(Debug, Clone)]
pub(crate) enum Locks {
    /// Only read.
    Nothing,
    /// Register models of these names, each with its tags.
    Registration(Vec<(ModelName, Vec<TagName>)>),
    /// Change fields of a model.
    Model(ModelId),
    /// Give a model another parent.
    Parent(ModelId),
    /// Retire or restore a model.
    Status(ModelId),
    /// Delete a model.
    Deletion(ModelId),
    /// Give a tag to a model or take it away.
    Label(ModelId, TagName),
    /// Promote a model, by a scope or by that of the settings.
    Promotion(ModelId, TagName, Option<PromotionScope>),
    /// Roll a tag back, within a name or not.
    Rollback(TagName, Option<ModelName>),
    /// Change the settings.
    Settings,
    /// Write about webhooks and their deliveries.
    Webhooks,
    /// Write everything, alone.
    Everything,
}

impl Locks {
    /// Whether others wait behind whoever waits for them.
    pub(crate) fn are_whole_tables(&self) -> bool {
        matches!(self, Self::Everything)
    }

    /// Takes them, waiting for others to finish, and says what it read meanwhile. `None`: begin anew, `patient`.
    pub(crate) async fn take(
        &self,
        connection: &mut PgConnection,
        patient: bool,
        queue: &Queue,
    ) -> sqlx::Result<Option<Known>> {
        let taken = match self {
            Self::Nothing => Ok(()),
            Self::Registration(registrations) => registration(connection, registrations).await,
            Self::Model(model) => self::model(connection, *model).await,
            Self::Parent(model) => {
                sqlx::query_file!("queries/locks/parents.sql")
                    .execute(&mut *connection)
                    .await?;
                self::model(connection, *model).await
            }
            Self::Status(model) => with_tags(connection, *model, self::model).await,
            Self::Deletion(model) => with_tags(connection, *model, deletion).await,
            Self::Label(model, tag) => {
                sqlx::query_file!("queries/locks/label.sql", tag.as_str(), model.get())
                    .execute(&mut *connection)
                    .await?;
                self::model(connection, *model).await
            }
            Self::Promotion(model, tag, None) => {
                return promotion::by_settings(connection, *model, tag, patient).await;
            }
            Self::Promotion(model, tag, Some(scope)) => {
                return promotion::by_scope(connection, *model, tag, *scope)
                    .await
                    .map(Some);
            }
            Self::Rollback(tag, name) => rollback(connection, tag, name.as_ref()).await,
            Self::Everything => queue.lock(connection).await,
            Self::Webhooks => {
                sqlx::query_file!("queries/locks/webhooks.sql")
                    .fetch_one(connection)
                    .await?;
                Ok(())
            }
            Self::Settings => {
                sqlx::query_file!("queries/locks/settings.sql")
                    .execute(connection)
                    .await?;
                Ok(())
            }
        };
        taken.map(|()| Some(Known::default()))
    }
}

async fn settings_shared(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query_file!("queries/locks/settings_shared.sql")
        .execute(connection)
        .await?;
    Ok(())
}

async fn registration(
    connection: &mut PgConnection,
    registrations: &[(ModelName, Vec<TagName>)],
) -> sqlx::Result<()> {
    let names: Vec<String> = registrations
        .iter()
        .map(|(name, _)| name.as_str().to_owned())
        .collect();
    sqlx::query_file!("queries/locks/names.sql", &names)
        .execute(&mut *connection)
        .await?;
    let labels = registrations.iter().flat_map(|(name, tags)| {
        let label = |tag: &TagName| (tag.as_str().to_owned(), name.as_str().to_owned());
        tags.iter().map(label).collect::<Vec<_>>()
    });
    share_tags(connection, &labels.collect::<Vec<_>>()).await
}

async fn model(connection: &mut PgConnection, model: ModelId) -> sqlx::Result<()> {
    sqlx::query_file!("queries/locks/model.sql", model.get())
        .execute(connection)
        .await?;
    Ok(())
}

/// Locks a model and all tags that it has. Which these are is only known for certain when the model is locked, and by
/// then it would be too late to wait for another: should it have got one meanwhile, everything is let go and begun anew.
async fn with_tags(
    connection: &mut PgConnection,
    model: ModelId,
    lock: impl AsyncFn(&mut PgConnection, ModelId) -> sqlx::Result<()>,
) -> sqlx::Result<()> {
    const ATTEMPTS: usize = 8;
    let mut known = tags_of(connection, model).await?;
    for _ in 0..ATTEMPTS {
        let mut locking = connection.begin().await?;
        share_tags(&mut locking, &known).await?;
        lock(&mut locking, model).await?;
        let tags = tags_of(&mut locking, model).await?;
        if tags.iter().all(|tag| known.contains(tag)) {
            return locking.commit().await;
        }
        locking.rollback().await?;
        known.extend(tags);
    }
    // Whoever waits in a circle then is told so by the server.
    lock(connection, model).await?;
    let tags = tags_of(connection, model).await?;
    share_tags(connection, &tags).await
}

/// The tags of a model, each with its name.
async fn tags_of(connection: &mut PgConnection, model: ModelId) -> sqlx::Result<Vec<(String, String)>> {
    let tags = sqlx::query_file!("queries/locks/tags_of_model.sql", model.get())
        .fetch_all(connection)
        .await?;
    Ok(tags.into_iter().map(|row| (row.tag_name, row.name)).collect())
}

/// Takes tags within names together with others that give them to single models or take them away.
async fn share_tags(connection: &mut PgConnection, tags: &[(String, String)]) -> sqlx::Result<()> {
    if tags.is_empty() {
        return Ok(());
    }
    let (tags, names): (Vec<String>, Vec<String>) = tags.iter().cloned().unzip();
    sqlx::query_file!("queries/locks/labels.sql", &tags, &names)
        .execute(connection)
        .await?;
    Ok(())
}

async fn deletion(connection: &mut PgConnection, model: ModelId) -> sqlx::Result<()> {
    sqlx::query_file!("queries/locks/model_for_deletion.sql", model.get())
        .execute(&mut *connection)
        .await?;
    sqlx::query_file!("queries/locks/children.sql", model.get())
        .execute(connection)
        .await?;
    Ok(())
}

async fn whole_tag(connection: &mut PgConnection, tag: &TagName) -> sqlx::Result<()> {
    sqlx::query_file!("queries/locks/tag.sql", tag.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

async fn rollback(
    connection: &mut PgConnection,
    tag: &TagName,
    name: Option<&ModelName>,
) -> sqlx::Result<()> {
    match name {
        Some(name) => {
            sqlx::query_file!("queries/locks/tag_of_name.sql", tag.as_str(), name.as_str())
                .execute(&mut *connection)
                .await?;
        }
        None => whole_tag(&mut *connection, tag).await?,
    }
    sqlx::query_file!(
        "queries/locks/rollback.sql",
        tag.as_str(),
        name.map(ModelName::as_str)
    )
    .execute(connection)
    .await?;
    Ok(())
}
