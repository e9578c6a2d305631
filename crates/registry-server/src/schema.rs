//! The forms of requests and answers, as the description of the API shows them and clients may read them.
//!
//! Answers are written by the types of `registry-core`, the same as on the command line; these forms describe them.
//! They refuse unknown fields, so the tests that read every answer with them show when the two part.

mod choice;
mod model;
mod page;
mod search;
mod service;
mod text;
mod webhook;
mod written;

pub use choice::{Better, Outcome, Part, Relatives, Scope, WithStatus};
pub use model::{Export, ListedModel, Metadata, Metrics, Model, ModelRef, ModelSummary, Status, TagDetail};
pub use page::{
    Count, Event, EventPage, Holding, Lineage, LineageNode, ModelPage, Models, NamePage, NameSummary,
    TagPage, TagSummary, VersionPage,
};
pub use search::{
    ComparedModel, Comparison, Differences, FacetValue, Facets, Leader, Leaderboard, Metric, Search,
    TrendPoint,
};
pub use service::{Health, Settings, Token, Tokens, WhoAmI};
pub use text::{Line, Name, Reason, Selector, Tag, Version};
pub use webhook::{
    Attempt, CreatedWebhook, Delivery, DeliveryDetail, DeliveryPage, LastDelivery, Replayed, Webhook,
    WebhookFilter, WebhookStanding, WebhookStandings, Webhooks,
};
pub use written::{
    Deletion, Exports, LabelHolder, Labelling, Lines, ManyRegistered, NewExport, NewModel, Promotion,
    Registered,
};
