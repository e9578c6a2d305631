//! Searches: placeholder that reads every model; to be replaced by the search builder.

use registry_core::record::{
    FacetRecord, FacetsRecord, ModelRecord, NameSummaryRecord, ReferenceRecord, SummaryRecord,
    TagSummaryRecord,
};
use registry_core::search::{FacetField, FacetLimits, SearchQuery};
use registry_core::{Limit, Model, ModelId, ModelName, Result, TagName, Timestamp};

use crate::find;
use crate::work::Work;

async fn all(store: &Work) -> Result<Vec<Model>> {
    let ids: Vec<ModelId> = (1..5000).filter_map(|id| ModelId::try_from(id).ok()).collect();
    let records = find::many(store.readers(), &ids)
        .await
        .map_err(store.failed("search"))?;
    records.into_iter().map(TryInto::try_into).collect()
}

fn found(models: &[Model], query: &SearchQuery, now: Timestamp, take: i64) -> Vec<ModelId> {
    let take = u32::try_from(take).map_or(Limit::Unlimited, Limit::AtMost);
    let mut ids: Vec<ModelId> = query
        .clone()
        .limit(take)
        .page_of(models, now)
        .items
        .iter()
        .map(|model| model.id)
        .collect();
    if query.heading() == registry_core::search::Heading::Backward {
        ids.reverse();
    }
    ids
}

pub(crate) async fn models(
    store: &Work,
    query: &SearchQuery,
    now: Timestamp,
    take: i64,
) -> Result<Vec<ModelRecord>> {
    let models = all(store).await?;
    let mut records = Vec::new();
    for id in found(&models, query, now, take) {
        if let Some(record) = find::by_id(store.readers(), id)
            .await
            .map_err(store.failed("search"))?
        {
            records.push(record);
        }
    }
    Ok(records)
}

pub(crate) async fn summaries(
    store: &Work,
    query: &SearchQuery,
    now: Timestamp,
    take: i64,
) -> Result<Vec<SummaryRecord>> {
    let records = models(store, query, now, take).await?;
    Ok(records
        .into_iter()
        .map(|r| SummaryRecord {
            tags: serde_json::from_str::<Vec<registry_core::record::TagRecord>>(&r.tags)
                .map(|tags| tags.into_iter().map(|tag| tag.name).collect())
                .unwrap_or_default(),
            model_id: r.model_id,
            name: r.name,
            version: r.version,
            ordinal: r.ordinal,
            checkpoint_path: r.checkpoint_path,
            task_type: r.task_type,
            config_hash: r.config_hash,
            training_run_id: r.training_run_id,
            parent_model_id: r.parent_model_id,
            created_at: r.created_at,
            updated_at: r.updated_at,
            created_by: r.created_by,
            metrics: r.metrics,
            model_size_mb: r.model_size_mb,
            memory_req_gb: r.memory_req_gb,
            status: r.status,
        })
        .collect())
}

pub(crate) async fn count(store: &Work, query: &SearchQuery, now: Timestamp, take: i64) -> Result<i64> {
    let models = all(store).await?;
    Ok(i64::try_from(query.count_of(&models, now, None).number())
        .unwrap_or(0)
        .min(take))
}

pub(crate) async fn facets(
    store: &Work,
    query: &SearchQuery,
    now: Timestamp,
    limits: FacetLimits,
) -> Result<FacetsRecord> {
    let models = all(store).await?;
    let facets = query.facets_of(&models, now, limits);
    let values = FacetField::ALL
        .into_iter()
        .flat_map(|field| {
            facets.of(field).iter().map(move |value| FacetRecord {
                field,
                value: value.value.clone(),
                count: i64::try_from(value.count).unwrap_or(0),
            })
        })
        .collect();
    Ok(FacetsRecord {
        models: i64::try_from(facets.models.number()).unwrap_or(0) + i64::from(!facets.models.is_exact()),
        values,
    })
}

pub(crate) async fn names(
    store: &Work,
    after: Option<&ModelName>,
    take: i64,
    count: i64,
) -> Result<Vec<NameSummaryRecord>> {
    let models = all(store).await?;
    let mut names = std::collections::BTreeMap::new();
    for model in &models {
        names
            .entry(model.name.as_str().to_owned())
            .or_insert_with(Vec::new)
            .push(model);
    }
    let take = usize::try_from(take).unwrap_or(usize::MAX);
    Ok(names
        .into_iter()
        .filter(|(name, _)| after.is_none_or(|after| name.as_str() > after.as_str()))
        .take(take)
        .filter_map(|(name, models)| {
            let highest = models.iter().max_by_key(|model| model.version.clone())?;
            Some(NameSummaryRecord {
                versions: i64::try_from(models.len()).unwrap_or(0).min(count),
                highest: ReferenceRecord {
                    model_id: highest.id.get(),
                    name,
                    version: highest.version.to_string(),
                },
                created_at: highest.created_at.as_micros(),
            })
        })
        .collect())
}

pub(crate) async fn tags(
    store: &Work,
    after: Option<&TagName>,
    take: i64,
    count: i64,
) -> Result<Vec<TagSummaryRecord>> {
    let models = all(store).await?;
    let mut tags = std::collections::BTreeMap::new();
    for tag in models.iter().flat_map(|model| &model.tags) {
        *tags.entry(tag.name.clone().as_str().to_owned()).or_insert(0_i64) += 1;
    }
    let mut records = Vec::new();
    for (tag, models) in tags {
        if after.is_some_and(|after| tag.as_str() <= after.as_str())
            || i64::try_from(records.len()).unwrap_or(0) >= take
        {
            continue;
        }
        let name = TagName::parse(&tag)?;
        let holder = find::model(
            store.readers(),
            &registry_core::backend::ModelKey::Tag(name.clone(), None),
        )
        .await
        .map_err(store.failed("search"))?;
        let since = holder.as_ref().and_then(|h| {
            serde_json::from_str::<Vec<registry_core::record::TagRecord>>(&h.tags)
                .ok()?
                .into_iter()
                .find(|t| t.name == tag)
                .map(|t| t.since)
        });
        records.push(TagSummaryRecord {
            tag_name: tag,
            models: models.min(count),
            holder: holder.map(|h| ReferenceRecord {
                model_id: h.model_id,
                name: h.name,
                version: h.version,
            }),
            since,
        });
    }
    Ok(records)
}
