//! Webhooks and what became of their messages.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::ModelRef;
use super::page::{Count, forms};

/// Declares a form with these fields, then its own, that refuses unknown ones.
macro_rules! with_fields {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* } $($(#[$own_doc:meta])* $own:ident: $own_type:ty,)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
            $($(#[$own_doc])* pub $own: $own_type,)*
            /// True: nothing was changed
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub dry_run: Option<bool>,
        }
    };
}

macro_rules! webhook {
    ($(#[$doc:meta])* $name:ident { $($own:tt)* }) => {
        with_fields! {
            $(#[$doc])*
            $name {
                /// The id, never used again
                webhook_id: i64,
                /// The name; no other webhook has it
                name: String,
                /// Where messages go
                url: String,
                /// Which events it is told of
                filter: WebhookFilter,
                /// Whether anything is sent
                enabled: bool,
                /// Until when messages are signed with the secret before the present one too
                #[schema(format = DateTime)]
                old_secret_until: Option<String>,
                /// When the receiver said that it is gone for good, by an answer of 410, which turned the webhook off;
                /// `null` once it is turned on again
                #[schema(format = DateTime)]
                gone_at: Option<String>,
                /// When it was made
                #[schema(format = DateTime)]
                created_at: String,
                /// By whom
                created_by: String,
                /// When it was changed last
                #[schema(format = DateTime)]
                updated_at: String,
                /// By whom
                updated_by: String,
            }
            $($own)*
        }
    };
}

webhook! {
    /// An address that is told of events.
    Webhook {}
}

webhook! {
    /// A webhook with its secret, which is not shown again.
    CreatedWebhook {
        /// What messages are signed with, as Standard Webhooks writes it; `null` where nothing was made now: in a
        /// rehearsal, and in the answer to a request that was sent again
        secret: Option<String>,
    }
}

/// Which events: of these kinds, of models of these names, with these tags. What is empty leaves out nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookFilter {
    /// Kinds of events, such as `promoted`
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Patterns of models' names, such as `team-a/*`
    #[serde(default)]
    pub names: Vec<String>,
    /// Patterns of tags, such as `production`
    #[serde(default)]
    pub tags: Vec<String>,
}

/// Every webhook.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Webhooks {
    /// In the order of their names
    pub webhooks: Vec<Webhook>,
}

forms! {
    /// Every webhook, with how its deliveries are.
    WebhookStandings {
        /// In the order of their names
        webhooks: Vec<WebhookStanding>,
    }
    /// A webhook, and how its deliveries are.
    WebhookStanding {
        /// The webhook
        webhook: Webhook,
        /// How many deliveries wait, counted up to 50
        pending: Count,
        /// How many were given up, counted up to 50
        dead: Count,
        /// The newest that was tried; `null`: none of the newest twenty was
        last: Option<LastDelivery>,
    }
    /// What became of a delivery.
    LastDelivery {
        /// The id
        delivery_id: i64,
        /// `pending`, `delivered` or `dead`
        status: String,
        /// The status of the last answer
        last_status: Option<u16>,
        /// What went wrong last
        last_error: Option<String>,
        /// When it was delivered or given up
        #[schema(format = DateTime)]
        finished_at: Option<String>,
    }
}

macro_rules! delivery {
    ($(#[$doc:meta])* $name:ident { $($own:tt)* }) => {
        with_fields! {
            $(#[$doc])*
            $name {
                /// The id, never used again; messages have it behind `msg_`
                delivery_id: i64,
                /// For which webhook
                webhook_id: i64,
                /// Of which event; `null`: it is a test
                event_id: Option<i64>,
                /// What the event tells
                kind: Option<String>,
                /// Of which model
                model: Option<ModelRef>,
                /// With which tag
                tag: Option<String>,
                /// `pending`, `delivered` or `dead`
                status: String,
                /// How often it was tried, replays included
                attempts: u32,
                /// How often it failed since it was made or replayed
                failures: u32,
                /// When it is tried next; `null`: it is finished, or another is before it
                #[schema(format = DateTime)]
                next_attempt_at: Option<String>,
                /// The status of the last answer
                last_status: Option<u16>,
                /// What went wrong last
                last_error: Option<String>,
                /// When it was made
                #[schema(format = DateTime)]
                created_at: String,
                /// When it was delivered or given up
                #[schema(format = DateTime)]
                finished_at: Option<String>,
            }
            $($own)*
        }
    };
}

delivery! {
    /// One message for one webhook.
    Delivery {}
}

delivery! {
    /// A delivery with its story.
    DeliveryDetail {
        /// Every attempt, oldest first
        history: Vec<Attempt>,
    }
}

/// One attempt to deliver.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// When it began
    #[schema(format = DateTime)]
    pub at: String,
    /// How long it took, in microseconds
    pub duration_us: u64,
    /// The status of the answer, where there was one
    pub status: Option<u16>,
    /// What went wrong
    pub error: Option<String>,
}

/// A page of deliveries.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryPage {
    /// Newest first
    pub deliveries: Vec<Delivery>,
    /// What `before` takes for the next page
    pub next: Option<i64>,
}

/// What a replay did.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Replayed {
    /// How many deliveries wait again
    pub deliveries: u64,
    /// True: nothing was changed
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
}
