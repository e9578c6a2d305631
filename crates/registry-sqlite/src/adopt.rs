//! Taking over the rows of a file that the original Python registry made.
//!
//! Every value goes through the domain's own types. What they refuse is mended to the nearest valid value; the value that
//! stood there is kept in the model's metadata, in its first event, and in the report. Nothing makes an adoption fail but
//! the disk.

mod belongings;
mod cell;
mod mending;
mod model;
mod python_json;
mod rows;
mod survey;
mod text;
mod values;
mod versions;

pub use mending::Mending;

use std::collections::HashMap;

use registry_core::backend::Change;
use registry_core::{Actor, Event, EventId, EventKind, ModelName, ModelRef, Status, Timestamp};
use serde_json::{Value, json};
use sqlx::SqliteConnection;

use crate::{apply, load};
use belongings::GivenTag;
use cell::{Cell, OriginalRow};
use model::ModelRows;
use survey::Survey;

/// Told how many models are done, and of how many.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// Who adopts, when, and who wants to know how far it is.
pub(crate) struct Adoption<'a> {
    pub(crate) actor: &'a Actor,
    pub(crate) at: Timestamp,
    pub(crate) progress: Option<Progress<'a>>,
}

/// What an adoption did.
#[derive(Debug, Default)]
pub(crate) struct Adopted {
    pub(crate) models: u64,
    pub(crate) tags: u64,
    pub(crate) exports: u64,
    pub(crate) events: u64,
    pub(crate) mendings: Vec<Mending>,
}

/// Takes over everything in `original_models`, `original_model_tags` and `original_model_exports`.
pub(crate) async fn adopt(
    connection: &mut SqliteConnection,
    adoption: &Adoption<'_>,
) -> sqlx::Result<Adopted> {
    let highest = rows::highest_id(connection).await?;
    let survey = survey::survey(rows::candidates(connection).await?, highest);
    let first_event = load::next_event_ids(connection, 1).await?.first().copied();
    let mut run = Run {
        connection,
        adoption,
        unknown: Actor::parse("unknown").map_err(|error| sqlx::Error::Protocol(error.to_string()))?,
        next_event: first_event.unwrap_or(1),
        total: u64::try_from(survey.len()).unwrap_or(u64::MAX),
        nearest_time: None,
        tags: Vec::new(),
        retired: Vec::new(),
        done: Adopted::default(),
    };
    // Ids below 1 come last: they get the highest new ids.
    run.models(&survey, 1, i64::MAX).await?;
    run.models(&survey, i64::MIN, 0).await?;
    run.tags().await?;
    run.retired().await?;
    run.orphans().await?;
    if survey.keys().next().is_some_and(|&lowest| lowest < 1) {
        run.last_ordinals(&survey).await?;
    }
    rows::continue_sequence(run.connection, highest).await?;
    Ok(run.done)
}

/// Rows of tags or exports by the model that they name. Those that name none are nobody's.
fn by_model(rows: &[OriginalRow]) -> HashMap<i64, Vec<&OriginalRow>> {
    let mut grouped: HashMap<i64, Vec<&OriginalRow>> = HashMap::new();
    for row in rows {
        if let Cell::Integer(id) = row.get("model_id") {
            grouped.entry(*id).or_default().push(row);
        }
    }
    grouped
}

struct Run<'a> {
    connection: &'a mut SqliteConnection,
    adoption: &'a Adoption<'a>,
    /// Who did what the original kept no record of. Not who upgrades: that one gave no tag and retired no model.
    unknown: Actor,
    next_event: i64,
    total: u64,
    /// The time of the model before: ids rise with time, so it is near.
    nearest_time: Option<Timestamp>,
    tags: Vec<(GivenTag, ModelRef)>,
    retired: Vec<ModelRef>,
    done: Adopted,
}

impl Run<'_> {
    async fn models(&mut self, survey: &Survey, first: i64, last: i64) -> sqlx::Result<()> {
        let mut from = first;
        loop {
            let page = rows::models(self.connection, from, last).await?;
            let Some(end) = page.last().map(|row| row.number("model_id")) else {
                return Ok(());
            };
            let tags = rows::tags(self.connection, from, end).await?;
            let exports = rows::exports(self.connection, from, end).await?;
            let (mut tags, mut exports) = (by_model(&tags), by_model(&exports));
            for row in &page {
                let id = row.number("model_id");
                let rows = ModelRows {
                    model: row,
                    tags: tags.remove(&id).unwrap_or_default(),
                    exports: exports.remove(&id).unwrap_or_default(),
                };
                self.model(&rows, survey).await?;
            }
            match end.checked_add(1) {
                Some(next) if next <= last => from = next,
                _ => return Ok(()),
            }
        }
    }

    async fn model(&mut self, rows: &ModelRows<'_>, survey: &Survey) -> sqlx::Result<()> {
        let id = rows.model.number("model_id");
        let nearest = self.nearest_time.unwrap_or(self.adoption.at);
        let adopted = survey
            .get(&id)
            .and_then(|identity| model::adopt(rows, identity.clone(), nearest));
        let Some(adopted) = adopted else {
            return Err(sqlx::Error::Protocol(format!(
                "the model {id} of the original cannot be taken over"
            )));
        };
        let model = adopted.model;
        let reference = model.reference();
        self.nearest_time = Some(model.created_at);
        self.event(EventKind::Adopted, |event| {
            event.model = Some(reference.clone());
            event.before = adopted.originals;
            event.after = model::as_registered(&model);
        })
        .await?;
        if model.status == Status::Retired {
            self.retired.push(reference.clone());
        }
        let exports = model.exports.clone();
        apply::change(self.connection, &Change::InsertModel(Box::new(model))).await?;
        for export in exports {
            let change = Change::PutExport {
                model: reference.id,
                export,
            };
            apply::change(self.connection, &change).await?;
            self.done.exports += 1;
        }
        let tags = adopted.tags.into_iter();
        self.tags.extend(tags.map(|tag| (tag, reference.clone())));
        self.done.mendings.extend(adopted.mendings);
        self.done.models += 1;
        if let Some(progress) = self.adoption.progress {
            progress(self.done.models, self.total);
        }
        Ok(())
    }

    /// Tags in the order in which they were given over all models: the last event of a tag is its last holder's.
    async fn tags(&mut self) -> sqlx::Result<()> {
        let mut tags = std::mem::take(&mut self.tags);
        tags.sort_by(|(a, model_a), (b, model_b)| (a, model_a.id).cmp(&(b, model_b.id)));
        for (tag, model) in tags {
            let (name, unknown) = (tag.name.clone(), self.unknown.clone());
            let event = self
                .event(EventKind::Labelled, |event| {
                    event.at = tag.since;
                    event.actor = unknown;
                    event.model = Some(model.clone());
                    event.tag = Some(name);
                })
                .await?;
            let tag = model::label_of(&tag);
            let change = Change::PutTag { model, tag, event };
            apply::change(self.connection, &change).await?;
            self.done.tags += 1;
        }
        Ok(())
    }

    /// When a model was retired, and by whom, nobody knows; it was by now.
    async fn retired(&mut self) -> sqlx::Result<()> {
        for model in std::mem::take(&mut self.retired) {
            let unknown = self.unknown.clone();
            self.event(EventKind::Retired, |event| {
                event.actor = unknown;
                event.model = Some(model);
                event.after = json!({ "status": Status::Retired });
            })
            .await?;
        }
        Ok(())
    }

    /// Tags and exports of models that are gone: kept in the history of the registry itself.
    async fn orphans(&mut self) -> sqlx::Result<()> {
        for (table, key, orphans) in [
            ("model_tags", "tag_id", rows::orphan_tags(self.connection).await?),
            (
                "model_exports",
                "export_id",
                rows::orphan_exports(self.connection).await?,
            ),
        ] {
            for row in orphans {
                let whole = row.to_json();
                self.done.mendings.push(Mending {
                    table,
                    row: row.number(key),
                    model_id: None,
                    field: "model_id".into(),
                    original: whole.clone(),
                    now: Value::Null,
                    why: "its model was deleted; the row is kept in the registry's history".into(),
                });
                self.event(EventKind::Adopted, |event| event.before = json!({ table: whole }))
                    .await?;
            }
        }
        Ok(())
    }

    async fn last_ordinals(&mut self, survey: &Survey) -> sqlx::Result<()> {
        let mut last: HashMap<&ModelName, u64> = HashMap::new();
        for identity in survey.values() {
            let ordinal = last.entry(&identity.name).or_default();
            *ordinal = identity.ordinal.max(*ordinal);
        }
        for (name, ordinal) in last {
            rows::save_last_ordinal(self.connection, name, ordinal).await?;
        }
        Ok(())
    }

    async fn event(&mut self, kind: EventKind, fill: impl FnOnce(&mut Event)) -> sqlx::Result<EventId> {
        let id = EventId(self.next_event);
        let mut event = Event {
            id,
            at: self.adoption.at,
            kind,
            actor: self.adoption.actor.clone(),
            reason: None,
            model: None,
            tag: None,
            before: Value::Null,
            after: Value::Null,
            previous: None,
        };
        fill(&mut event);
        apply::change(self.connection, &Change::AppendEvent(Box::new(event))).await?;
        self.next_event += 1;
        self.done.events += 1;
        Ok(id)
    }
}
