//! Lists, page by page.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::model::{ListedModel, Model, ModelRef, ModelSummary};

/// Declares forms that refuse unknown fields.
macro_rules! forms {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
            #[serde(deny_unknown_fields)]
            pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }
        )+
    };
}

pub(super) use forms;

forms! {
    /// A page of models.
    ModelPage {
        /// The models
        models: Vec<ListedModel>,
        /// What `cursor` takes for the next page
        next: Option<String>,
        /// What `cursor` takes for the page before
        previous: Option<String>,
    }
    /// Models in the order asked.
    Models {
        /// `null` where there is none
        models: Vec<Option<Model>>,
    }
    /// The versions of a name.
    VersionPage {
        /// The name
        name: String,
        /// The highest first
        versions: Vec<ModelSummary>,
        /// What `after` takes for the next page
        next: Option<String>,
    }
    /// A count, as far as was counted.
    Count {
        /// How many
        count: u64,
        /// Whether that is all
        exact: bool,
    }
    /// A page of names.
    NamePage {
        /// The names
        names: Vec<NameSummary>,
        /// What `after` takes for the next page
        next: Option<String>,
    }
    /// A name that has models.
    NameSummary {
        /// The name
        name: String,
        /// How many versions it has
        versions: Count,
        /// The highest
        highest: ModelRef,
        /// When that one was registered
        #[schema(format = DateTime)]
        registered_at: String,
    }
    /// A page of tags.
    TagPage {
        /// The tags
        tags: Vec<TagSummary>,
        /// What `after` takes for the next page
        next: Option<String>,
    }
    /// A tag that models hold.
    TagSummary {
        /// The tag
        tag: String,
        /// How many models hold it
        models: Count,
        /// Who holds it
        holder: Option<ModelRef>,
        /// When that one got it
        #[schema(format = DateTime)]
        since: Option<String>,
    }
    /// Who held a tag at a time.
    Holding {
        /// The tag
        tag: String,
        /// Who held it
        holder: ModelRef,
        /// When it had got the tag
        #[schema(format = DateTime)]
        since: String,
        /// Who gave it
        actor: String,
        /// The event by which it got the tag
        event_id: i64,
        /// The holder as it is now
        model: Option<Model>,
    }
    /// A family.
    Lineage {
        /// The model asked for
        model_id: i64,
        /// Oldest generation first, then by id
        nodes: Vec<LineageNode>,
    }
    /// A member of a family.
    LineageNode {
        /// The distance from the model asked for
        generation: i64,
        /// The member
        model: Model,
    }
    /// A page of events.
    EventPage {
        /// Newest first; after an event, oldest first
        events: Vec<Event>,
        /// What `before` takes for the next page, or `after`
        next: Option<i64>,
    }
    /// What happened.
    Event {
        /// Its number, higher than those before
        event_id: i64,
        /// When
        #[schema(format = DateTime)]
        at: String,
        /// What, such as `promoted`
        kind: String,
        /// Who
        actor: String,
        /// Why
        reason: Option<String>,
        /// Which model
        model: Option<ModelRef>,
        /// Which tag
        tag: Option<String>,
        /// What was before, only what changed
        before: Value,
        /// What is after, only what changed
        after: Value,
        /// Of a promotion: the event by which the holder before had got the tag
        previous: Option<i64>,
    }
}
