//! Searches, and what they find in outline.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::model::{ModelSummary, Status};
use super::page::{Count, forms};

/// A search in JSON; every field may be left out.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Search {
    /// A comparison `{"field", "operator", "value"}`, a group `{"and": []}` or `{"or": []}`, or `{"not": {}}`
    #[schema(value_type = Option<Object>)]
    pub filter: Option<Map<String, Value>>,
    /// Models of every status, where the filter doesn't say otherwise
    pub every_status: bool,
    /// Fields, each with ` desc` behind it for the largest first
    pub sort: Vec<String>,
    /// How many to a page
    pub limit: Option<i64>,
    /// Read on from this place
    pub cursor: Option<String>,
}

forms! {
    /// How the models that fit divide.
    Facets {
        /// How many were looked at
        models: Count,
        /// By task type
        task_type: Vec<FacetValue>,
        /// By status
        status: Vec<FacetValue>,
        /// By tag
        tag: Vec<FacetValue>,
        /// By name
        name: Vec<FacetValue>,
    }
    /// How many models have a value.
    FacetValue {
        /// The value
        value: String,
        /// How many have it
        count: u64,
    }
    /// The best version of each name.
    Leaderboard {
        /// By which metric
        metric: String,
        /// Which values are better: `low` or `high`
        better: String,
        /// The best name first
        leaders: Vec<Leader>,
        /// Whether there are more names
        more: bool,
    }
    /// A name's best version.
    Leader {
        /// The version
        model: ModelSummary,
        /// Its value
        value: f64,
        /// Its value less the best one of all
        gap: f64,
        /// The values of the name's last versions, the lowest version first
        trend: Vec<TrendPoint>,
    }
    /// The value of one version.
    TrendPoint {
        /// The version
        version: String,
        /// Its value
        value: f64,
    }
    /// Models side by side.
    Comparison {
        /// In the order asked
        models: Vec<ComparedModel>,
        /// The metrics
        metrics: Vec<Metric>,
        /// What was asked for and names no model
        missing: Vec<String>,
        /// Whether the models differ
        differences: Differences,
    }
    /// A model of a comparison.
    ComparedModel {
        /// The id
        model_id: i64,
        /// The name
        name: String,
        /// The version
        version: String,
        /// What the model is for
        task_type: String,
        /// When it was registered
        #[schema(format = DateTime)]
        created_at: String,
        /// Whether it is in use
        status: Status,
        /// Its size in megabytes
        model_size_mb: Option<f64>,
        /// The memory it needs in gigabytes
        memory_req_gb: Option<f64>,
        /// The hash of its configuration
        config_hash: String,
        /// The model it was trained from
        parent_model_id: Option<i64>,
    }
    /// A metric of a comparison.
    Metric {
        /// Its name
        name: String,
        /// Which values are better: `lower` or `higher`
        direction: String,
        /// The best value
        best: Option<f64>,
        /// A value for each of the models
        values: Vec<Option<f64>>,
    }
    /// Whether the models of a comparison differ.
    Differences {
        /// In their configuration
        config_hash: bool,
        /// In their size
        model_size_mb: bool,
        /// In their parent
        parent_model_id: bool,
    }
}
