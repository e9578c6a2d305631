//! What is composed from the verbs of [`RegistryStore`], once for every backend.

use std::num::NonZeroUsize;

use async_trait::async_trait;

use crate::bulk::chunks;
use crate::compare::Comparison;
use crate::config_hash::ConfigHash;
use crate::context::WriteContext;
use crate::direction::Direction;
use crate::error::{Error, Result};
use crate::identifier::ModelId;
use crate::leaderboard::{self, Leaderboard, LeaderboardQuery};
use crate::model::Model;
use crate::outcome::Registered;
use crate::query::Limit;
use crate::registration::{Registration, VersionChoice};
use crate::rules;
use crate::search::{Filter, SearchPage, SearchQuery};
use crate::selector::Selector;
use crate::store::RegistryStore;
use crate::text::{MetricName, ModelName, TagName};
use crate::timestamp::Timestamp;
use crate::version::{Bump, Version};

/// Conveniences over any [`RegistryStore`].
#[async_trait]
pub trait RegistryStoreExt: RegistryStore {
    /// The model that a selector names.
    ///
    /// # Errors
    /// [`Error::ModelNotFound`] when there is none.
    async fn get(&self, selector: &Selector) -> Result<Model> {
        self.find(selector).await?.ok_or_else(|| Error::ModelNotFound {
            wanted: selector.to_string(),
        })
    }

    /// The holder of a tag, such as the model in production.
    ///
    /// # Errors
    /// [`Error::ModelNotFound`] when no active model has it.
    async fn get_by_tag(&self, tag: &TagName) -> Result<Model> {
        self.get(&Selector::Tag {
            tag: tag.clone(),
            name: None,
        })
        .await
    }

    /// Models side by side, in the order asked. `metrics`: these, in this order; else every metric met.
    /// `direction`: which values are better, where the metric's name doesn't tell.
    async fn compare(
        &self,
        ids: &[ModelId],
        metrics: Option<Vec<MetricName>>,
        direction: Option<Direction>,
    ) -> Result<Comparison> {
        Ok(Comparison::new(
            ids,
            self.get_many(ids).await?,
            metrics,
            direction,
        ))
    }

    /// The version that a registration with this bump would get now.
    ///
    /// # Errors
    /// When there is no version after the highest.
    async fn next_version(&self, name: &ModelName, bump: Bump) -> Result<Version> {
        let highest = self
            .find(&Selector::Latest {
                name: name.clone(),
                prereleases: true,
            })
            .await?;
        rules::chosen_version(
            &VersionChoice::Next(bump),
            highest.as_ref().map(|model| &model.version),
        )
    }

    /// Registers many, one transaction for every `size` of them, in their order: less to hold back and to lose than all
    /// in one, and not all or nothing. An entry may name another as its parent unless that comes in a later chunk. A
    /// rehearsal decides on all together, but for what was registered before under the same idempotency key.
    ///
    /// # Errors
    /// [`Bulk`](Error::Bulk) when nothing was registered, [`BulkStopped`](Error::BulkStopped) when a chunk was refused
    /// or failed after others were registered.
    async fn register_in_chunks(
        &self,
        context: &WriteContext,
        registrations: Vec<Registration>,
        size: NonZeroUsize,
    ) -> Result<Vec<Registered>> {
        chunks::register(self, context, registrations, size).await
    }

    /// The best version of each name by a metric. Relative times count from `now`.
    ///
    /// # Errors
    /// As a search with this filter.
    async fn leaderboard(&self, query: &LeaderboardQuery, now: Timestamp) -> Result<Leaderboard> {
        leaderboard::of(self, query, now).await
    }

    /// Every model with this config hash, newest first, retired ones included.
    async fn find_by_config(&self, hash: &ConfigHash) -> Result<Vec<Model>> {
        let filter = Filter::config_hash().equals(hash)?;
        let query = SearchQuery::of_every_status(Some(filter), Vec::new())?.limit(Limit::Unlimited);
        let SearchPage { items, .. } = self.search_models(&query, Timestamp::EPOCH).await?;
        Ok(items)
    }
}

impl<S: RegistryStore + ?Sized> RegistryStoreExt for S {}
