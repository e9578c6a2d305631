//! Which models a list is about: a filter, and the options that stand for the commonest ones.

use clap::Args;
use registry_core::search::{Filter, SearchError, SearchQuery, Sort};
use registry_core::{ConfigHash, Error, MetricName, ModelId, ModelName, Selector, TagName, TaskType};

use super::value::{StatusFilter, bound};

/// Options that each stand for a comparison; together, and with a filter, all of them must hold.
#[derive(Debug, Args)]
pub(crate) struct Selection {
    /// Only this task type
    #[arg(long, value_name = "TASK")]
    task_type: Option<TaskType>,
    /// Only models with this tag
    #[arg(long, value_name = "TAG")]
    tag: Option<TagName>,
    /// Only this status: active, retired, or all [default: active, unless the filter speaks of the status]
    #[arg(long, value_name = "STATUS")]
    status: Option<StatusFilter>,
    /// Only this name
    #[arg(long, value_name = "NAME")]
    name: Option<ModelName>,
    /// Only models trained from this one
    #[arg(long, value_name = "MODEL")]
    pub(crate) parent: Option<Selector>,
    /// Only this config hash
    #[arg(long, value_name = "HASH")]
    config_hash: Option<ConfigHash>,
    /// Only models that have this metric, within --min and --max
    #[arg(long, value_name = "METRIC")]
    metric: Option<MetricName>,
    /// The lowest value of the metric
    #[arg(long, value_name = "NUMBER", requires = "metric", allow_negative_numbers = true, value_parser = bound)]
    min: Option<f64>,
    /// The highest value of the metric
    #[arg(long, value_name = "NUMBER", requires = "metric", allow_negative_numbers = true, value_parser = bound)]
    max: Option<f64>,
}

/// Reads a filter.
pub(crate) fn filter(text: &str) -> Result<Filter, Error> {
    Ok(Filter::parse(text)?)
}

impl Selection {
    /// The search for what fits the filters and the options; the parent is looked up before.
    pub(crate) fn query(
        &self,
        filters: &[Filter],
        parent: Option<ModelId>,
        sort: Vec<Sort>,
    ) -> Result<SearchQuery, SearchError> {
        let filter = self.filter(filters, parent)?;
        match self.status {
            None => SearchQuery::new(filter, sort),
            Some(_) => SearchQuery::of_every_status(filter, sort),
        }
    }

    /// Whether it is the default that retired models are left out.
    pub(crate) fn silent_about_status(&self) -> bool {
        self.status.is_none()
    }

    /// All together. The status comes last, as where it is the default.
    pub(crate) fn filter(
        &self,
        filters: &[Filter],
        parent: Option<ModelId>,
    ) -> Result<Option<Filter>, SearchError> {
        let mut all = filters.to_vec();
        if let Some(task_type) = &self.task_type {
            all.push(Filter::task_type().equals(task_type)?);
        }
        if let Some(tag) = &self.tag {
            all.push(Filter::tag().equals(tag)?);
        }
        if let Some(name) = &self.name {
            all.push(Filter::name().equals(name)?);
        }
        if let Some(parent) = parent {
            all.push(Filter::parent().equals(parent.get())?);
        }
        if let Some(hash) = &self.config_hash {
            all.push(Filter::config_hash().equals(hash)?);
        }
        if let Some(metric) = &self.metric {
            let metric = || Filter::metric(metric.as_str());
            if self.min.is_none() && self.max.is_none() {
                all.push(metric()?.exists());
            }
            if let Some(min) = self.min {
                all.push(metric()?.at_least(min)?);
            }
            if let Some(max) = self.max {
                all.push(metric()?.at_most(max)?);
            }
        }
        if let Some(status) = self.status.and_then(StatusFilter::status) {
            all.push(Filter::status().equals(status)?);
        }
        Ok(Filter::all(all))
    }
}
