//! Every [`Backend`] is a [`RegistryStore`]: load, decide, apply, once for all databases.

use std::collections::HashMap;

use async_trait::async_trait;

use super::pages::{one_beyond, one_more, page};
use super::sequence::settings;
use super::{Backend, ModelKey, WebhookBackend, bulk, once, write};
use crate::catalog::{COUNTED, CatalogQuery, NameSummary, TagSummary};
use crate::context::WriteContext;
use crate::data_version::DataVersion;
use crate::error::{Error, Result};
use crate::event::{Event, EventId};
use crate::export::NewExport;
use crate::identifier::{ModelId, ModelRef};
use crate::lineage::{Lineage, LineageScope};
use crate::model::Model;
use crate::outcome::{Deletion, Holding, Labelling, Promotion, Registered};
use crate::pool::Pool;
use crate::query::{HistoryQuery, Page};
use crate::record::convert;
use crate::registration::Registration;
use crate::search::{Count, FacetLimits, Facets, ModelSummary, SearchPage, SearchQuery};
use crate::selector::Selector;
use crate::settings::Settings;
use crate::status::Status;
use crate::store::RegistryStore;
use crate::tag::{PromoteRequest, PromotionScope};
use crate::text::{ExportFormat, ModelName, TagName};
use crate::timestamp::Timestamp;
use crate::update::ModelUpdate;
use crate::watch::Feed;
use crate::webhook::{WebhookQueue, Webhooks};

#[async_trait]
impl<B: WebhookBackend> RegistryStore for B {
    async fn register(&self, context: &WriteContext, registration: Registration) -> Result<Registered> {
        let asked = once::asked_to_register(context, &registration)?;
        once::write(self, context, asked, async |tx| {
            bulk::register_one(self, tx, context, registration).await
        })
        .await
    }

    async fn register_many(
        &self,
        context: &WriteContext,
        registrations: Vec<Registration>,
    ) -> Result<Vec<Registered>> {
        let asked = once::asked_to_register_many(context, &registrations)?;
        once::write(self, context, asked, async |tx| {
            bulk::register_all(self, tx, context, registrations).await
        })
        .await
    }

    async fn find(&self, selector: &Selector) -> Result<Option<Model>> {
        let key = match selector {
            Selector::Id(id) => ModelKey::Id(*id),
            Selector::Version { name, version } => ModelKey::Version(name.clone(), version.clone()),
            Selector::Tag { tag, name } => ModelKey::Tag(tag.clone(), name.clone()),
            Selector::Range { name, range } => {
                match highest(self, name, |version| range.matches(&version.version)).await? {
                    Some(id) => ModelKey::Id(id),
                    None => return Ok(None),
                }
            }
            Selector::Latest { name, prereleases } => {
                match highest(self, name, |version| {
                    *prereleases || !version.version.is_prerelease()
                })
                .await?
                {
                    Some(id) => ModelKey::Id(id),
                    None => match highest(self, name, |_| true).await? {
                        Some(id) => ModelKey::Id(id),
                        None => return Ok(None),
                    },
                }
            }
        };
        self.find_model(&key).await?.map(TryInto::try_into).transpose()
    }

    async fn find_holding(
        &self,
        tag: &TagName,
        name: Option<&ModelName>,
        at: Timestamp,
    ) -> Result<Option<Holding>> {
        let Some(record) = Backend::find_holding(self, tag, name, at).await? else {
            return Ok(None);
        };
        let event = Event::try_from(record)?;
        let Some(holder) = event.model else {
            return Ok(None);
        };
        let model = self
            .find_model(&ModelKey::Id(holder.id))
            .await?
            .map(Model::try_from)
            .transpose()?;
        Ok(Some(Holding {
            tag: tag.clone(),
            holder,
            since: event.at,
            actor: event.actor,
            event: event.id,
            model,
        }))
    }

    async fn get_many(&self, ids: &[ModelId]) -> Result<Vec<Option<Model>>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let models: Vec<Model> = convert(self.find_many(ids).await?)?;
        let by_id: HashMap<ModelId, Model> = models.into_iter().map(|model| (model.id, model)).collect();
        Ok(ids.iter().map(|id| by_id.get(id).cloned()).collect())
    }

    async fn search(&self, query: &SearchQuery, now: Timestamp) -> Result<SearchPage<ModelSummary>> {
        let records = Backend::search(self, query, now, one_more(query.page_limit())).await?;
        Ok(SearchPage::of_found(query, convert(records)?, now))
    }

    async fn search_models(&self, query: &SearchQuery, now: Timestamp) -> Result<SearchPage<Model>> {
        let records = Backend::search_models(self, query, now, one_more(query.page_limit())).await?;
        Ok(SearchPage::of_found(query, convert(records)?, now))
    }

    async fn count(&self, query: &SearchQuery, now: Timestamp, up_to: Option<u64>) -> Result<Count> {
        let found = Backend::count(self, query, now, one_beyond(up_to)).await?;
        Ok(Count::bounded(u64::try_from(found).unwrap_or(0), up_to))
    }

    async fn facets(&self, query: &SearchQuery, now: Timestamp, limits: FacetLimits) -> Result<Facets> {
        let record = Backend::facets(self, query, now, limits).await?;
        Ok(record.counted(limits))
    }

    async fn names(&self, query: &CatalogQuery<ModelName>) -> Result<Page<NameSummary, ModelName>> {
        let take = one_more(query.limit);
        let records = self
            .list_names(query.after.as_ref(), take, one_beyond(Some(COUNTED)))
            .await?;
        page::<_, NameSummary, _>(records, query.limit, |name| name.name.clone())
    }

    async fn tags(&self, query: &CatalogQuery<TagName>) -> Result<Page<TagSummary, TagName>> {
        let take = one_more(query.limit);
        let records = self
            .list_tags(query.after.as_ref(), take, one_beyond(Some(COUNTED)))
            .await?;
        page::<_, TagSummary, _>(records, query.limit, |tag| tag.tag.clone())
    }

    async fn promote(&self, context: &WriteContext, request: PromoteRequest) -> Result<Promotion> {
        let asked = once::asked(context, "promote", &request)?;
        once::write(self, context, asked, async |tx| {
            write::promote(self, tx, context, request).await
        })
        .await
    }

    async fn label(&self, context: &WriteContext, model: ModelId, tag: &TagName) -> Result<Labelling> {
        let asked = once::asked(context, "label", &(model, tag))?;
        once::write(self, context, asked, async |tx| {
            write::label(self, tx, context, model, tag).await
        })
        .await
    }

    async fn untag(&self, context: &WriteContext, model: ModelId, tag: &TagName) -> Result<Model> {
        let asked = once::asked(context, "untag", &(model, tag))?;
        once::write(self, context, asked, async |tx| {
            write::untag(self, tx, context, model, tag).await
        })
        .await
    }

    async fn rollback(
        &self,
        context: &WriteContext,
        tag: &TagName,
        name: Option<&ModelName>,
    ) -> Result<Promotion> {
        let asked = once::asked(context, "rollback", &(tag, name))?;
        once::write(self, context, asked, async |tx| {
            write::rollback(self, tx, context, tag, name).await
        })
        .await
    }

    async fn set_status(&self, context: &WriteContext, model: ModelId, status: Status) -> Result<Model> {
        let asked = once::asked(context, "set_status", &(model, status))?;
        once::write(self, context, asked, async |tx| {
            write::set_status(self, tx, context, model, status).await
        })
        .await
    }

    async fn update(&self, context: &WriteContext, model: ModelId, update: ModelUpdate) -> Result<Model> {
        let asked = once::asked(context, "update", &(model, &update))?;
        once::write(self, context, asked, async |tx| {
            write::update(self, tx, context, model, update).await
        })
        .await
    }

    async fn delete(&self, context: &WriteContext, model: ModelId, force: bool) -> Result<Deletion> {
        let asked = once::asked(context, "delete", &(model, force))?;
        once::write(self, context, asked, async |tx| {
            write::delete(self, tx, context, model, force).await
        })
        .await
    }

    async fn lineage(&self, model: ModelId, scope: LineageScope) -> Result<Lineage> {
        let records = self.find_lineage(model, scope).await?;
        if records.is_empty() {
            return Err(Error::ModelNotFound {
                wanted: model.to_string(),
            });
        }
        Ok(Lineage {
            model,
            nodes: convert(records)?,
        })
    }

    async fn add_export(&self, context: &WriteContext, model: ModelId, export: NewExport) -> Result<Model> {
        let asked = once::asked(context, "add_export", &(model, &export))?;
        once::write(self, context, asked, async |tx| {
            write::add_export(self, tx, context, model, export).await
        })
        .await
    }

    async fn remove_export(
        &self,
        context: &WriteContext,
        model: ModelId,
        format: &ExportFormat,
        path: Option<&str>,
    ) -> Result<Model> {
        let asked = once::asked(context, "remove_export", &(model, format, path))?;
        once::write(self, context, asked, async |tx| {
            write::remove_export(self, tx, context, model, format, path).await
        })
        .await
    }

    async fn history(&self, query: &HistoryQuery) -> Result<Page<Event, EventId>> {
        let records = self.list_events(query, one_more(query.limit)).await?;
        page::<_, Event, _>(records, query.limit, |event| event.id)
    }

    async fn events(&self) -> Result<Box<dyn Feed>> {
        self.feed().await
    }

    async fn data_version(&self) -> Result<Option<DataVersion>> {
        self.find_data_version().await
    }

    fn webhooks(&self) -> &dyn Webhooks {
        self
    }

    fn webhook_queue(&self) -> Option<&dyn WebhookQueue> {
        Some(self)
    }

    fn pools(&self) -> Vec<Pool> {
        self.kept_pools()
    }

    async fn settings(&self) -> Result<Settings> {
        settings(self.find_settings().await?)
    }

    async fn set_promotion_scope(&self, context: &WriteContext, scope: PromotionScope) -> Result<Settings> {
        let asked = once::asked(context, "set_promotion_scope", &scope)?;
        once::write(self, context, asked, async |tx| {
            write::set_promotion_scope(self, tx, context, scope).await
        })
        .await
    }
}
/// The id of the highest version of a name that fits.
async fn highest<B: Backend>(
    backend: &B,
    name: &ModelName,
    fits: impl Fn(&ModelRef) -> bool + Send,
) -> Result<Option<ModelId>> {
    const AT_ONCE: i64 = 64;
    let mut below = None;
    loop {
        let versions: Vec<ModelRef> = convert(backend.find_versions(name, below.as_ref(), AT_ONCE).await?)?;
        if let Some(version) = versions.iter().find(|version| fits(version)) {
            return Ok(Some(version.id));
        }
        match versions.last() {
            Some(last) => below = Some(last.version.sort_key()),
            None => return Ok(None),
        }
    }
}

/// The parent as a reference, or the error that it doesn't exist.
pub(super) async fn load_parent<B: Backend>(backend: &B, tx: &mut B::Tx, id: ModelId) -> Result<ModelRef> {
    match backend.load_model(tx, id).await? {
        Some(record) => Ok(Model::try_from(record)?.reference()),
        None => Err(Error::ParentNotFound {
            wanted: id.to_string(),
        }),
    }
}
