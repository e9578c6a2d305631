//! Models as text: fields between control characters, which no text of a registry can have. SQLite writes it twice as
//! fast as JSON, and reading it is cutting it up.
//!
//! The statements are in `queries/` and in [`search`](crate::search). A damaged row whose text has such a character
//! has the wrong number of fields; it is then read again, column by column, so that the error can name what is wrong.

use std::str::Split;

use registry_core::record::{LineageRecord, ModelRecord, SummaryRecord, TagRecord};

use crate::readers::Readers;
use crate::{decode, find};

/// Stands between the fields of a record; `x'1f'` in a statement.
const FIELD: char = '\u{1F}';
/// Stands between records; `x'1e'`.
const RECORD: char = '\u{1E}';
/// Stands between the entries of a list; `x'1d'`.
const ENTRY: char = '\u{1D}';
/// A text that is missing; `x'18'`. A missing number is an empty field.
const MISSING: &str = "\u{18}";
/// Sizes that are whole numbers of 1,048,576th parts are told as those: SQLite writes whole numbers ten times faster.
const PARTS: f64 = 1_048_576.0;

/// A field is not what is asked for, or did not come exactly.
pub(crate) struct Unreadable;

type Read<T> = Result<T, Unreadable>;

/// The fields of one record, in turn.
pub(crate) struct Fields<'t>(Split<'t, char>);

impl Fields<'_> {
    fn text(&mut self) -> Read<String> {
        self.0.next().map(str::to_owned).ok_or(Unreadable)
    }

    fn optional_text(&mut self) -> Read<Option<String>> {
        let text = self.0.next().ok_or(Unreadable)?;
        Ok((text != MISSING).then(|| text.to_owned()))
    }

    fn integer(&mut self) -> Read<i64> {
        integer(self.0.next())
    }

    fn optional_integer(&mut self) -> Read<Option<i64>> {
        match self.0.next() {
            Some("") => Ok(None),
            digits => integer(digits).map(Some),
        }
    }

    fn optional_number(&mut self) -> Read<Option<f64>> {
        let text = self.0.next().ok_or(Unreadable)?;
        let number = match text.parse::<i64>() {
            _ if text.is_empty() => return Ok(None),
            // SQLite has compared: the conversion is exact.
            Ok(parts) => parts as f64 / PARTS,
            Err(_) => text.parse().map_err(|_| Unreadable)?,
        };
        if decode::is_exact_number(number) {
            Ok(Some(number))
        } else {
            Err(Unreadable)
        }
    }

    fn list(&mut self) -> Read<Vec<String>> {
        match self.0.next().ok_or(Unreadable)? {
            "" => Ok(Vec::new()),
            entries => Ok(entries.split(ENTRY).map(str::to_owned).collect()),
        }
    }

    fn end(&mut self) -> Read<()> {
        self.0.next().map_or(Ok(()), |_| Err(Unreadable))
    }
}

fn integer(digits: Option<&str>) -> Read<i64> {
    digits.ok_or(Unreadable)?.parse().map_err(|_| Unreadable)
}

/// A record that is told as text, the id of its model in front.
pub(crate) trait Told: Sized {
    /// Reads it, if that can be done exactly.
    fn read(fields: &mut Fields<'_>) -> Read<Self>;

    /// Makes it of what the columns say of the model, if the text around them can be read.
    fn of_columns(fields: &mut Fields<'_>, model: ModelRecord) -> Read<Self>;
}

/// The records of a text, in their order. Models that are gone when they must be read again are left out.
pub(crate) async fn records<T: Told>(readers: &Readers, text: &str) -> sqlx::Result<Vec<T>> {
    let mut records = Vec::with_capacity(text.matches(RECORD).count() + 1);
    for text in text.split(RECORD).filter(|_| !text.is_empty()) {
        records.extend(record(readers, text).await?);
    }
    Ok(records)
}

/// The record of a text, unless its model is gone when it must be read again.
pub(crate) async fn record<T: Told>(readers: &Readers, text: &str) -> sqlx::Result<Option<T>> {
    let fields = || Fields(text.split(FIELD));
    match T::read(&mut fields()) {
        Ok(record) => Ok(Some(record)),
        Err(Unreadable) => by_columns(readers, &mut fields()).await,
    }
}

async fn by_columns<T: Told>(readers: &Readers, fields: &mut Fields<'_>) -> sqlx::Result<Option<T>> {
    let unreadable = |Unreadable| sqlx::Error::Decode("a stored text has a control character".into());
    let id = fields
        .integer()
        .and_then(|id| id.try_into().map_err(|_| Unreadable));
    match find::by_id(&mut *readers.reader().await?, id.map_err(unreadable)?).await? {
        Some(model) => T::of_columns(fields, model).map_err(unreadable).map(Some),
        None => Ok(None),
    }
}

impl Told for SummaryRecord {
    fn read(fields: &mut Fields<'_>) -> Read<Self> {
        let record = Self {
            model_id: fields.integer()?,
            name: fields.text()?,
            version: fields.text()?,
            ordinal: fields.integer()?,
            checkpoint_path: fields.text()?,
            task_type: fields.text()?,
            config_hash: fields.text()?,
            training_run_id: fields.optional_integer()?,
            parent_model_id: fields.optional_integer()?,
            created_at: fields.integer()?,
            updated_at: fields.integer()?,
            created_by: fields.text()?,
            metrics: fields.text()?,
            model_size_mb: fields.optional_number()?,
            memory_req_gb: fields.optional_number()?,
            status: fields.text()?,
            tags: fields.list()?,
        };
        fields.end().map(|()| record)
    }

    fn of_columns(_: &mut Fields<'_>, model: ModelRecord) -> Read<Self> {
        let tags: Vec<TagRecord> = decode::list(&model.tags).map_err(|_| Unreadable)?;
        Ok(Self {
            model_id: model.model_id,
            name: model.name,
            version: model.version,
            ordinal: model.ordinal,
            checkpoint_path: model.checkpoint_path,
            task_type: model.task_type,
            config_hash: model.config_hash,
            training_run_id: model.training_run_id,
            parent_model_id: model.parent_model_id,
            created_at: model.created_at,
            updated_at: model.updated_at,
            created_by: model.created_by,
            metrics: model.metrics,
            model_size_mb: model.model_size_mb,
            memory_req_gb: model.memory_req_gb,
            status: model.status,
            tags: tags.into_iter().map(|tag| tag.name).collect(),
        })
    }
}

impl Told for ModelRecord {
    fn read(fields: &mut Fields<'_>) -> Read<Self> {
        let model = model(fields)?;
        fields.end().map(|()| model)
    }

    fn of_columns(_: &mut Fields<'_>, model: ModelRecord) -> Read<Self> {
        Ok(model)
    }
}

impl Told for LineageRecord {
    fn read(fields: &mut Fields<'_>) -> Read<Self> {
        let model = model(fields)?;
        let generation = fields.integer()?;
        fields.end().map(|()| Self { generation, model })
    }

    fn of_columns(fields: &mut Fields<'_>, model: ModelRecord) -> Read<Self> {
        let generation = integer(fields.0.next_back())?;
        Ok(Self { generation, model })
    }
}

fn model(fields: &mut Fields<'_>) -> Read<ModelRecord> {
    Ok(ModelRecord {
        model_id: fields.integer()?,
        name: fields.text()?,
        version: fields.text()?,
        ordinal: fields.integer()?,
        checkpoint_path: fields.text()?,
        checkpoint_absolute: fields.optional_text()?,
        size_bytes: fields.optional_integer()?,
        task_type: fields.text()?,
        config_hash: fields.text()?,
        training_run_id: fields.optional_integer()?,
        parent_model_id: fields.optional_integer()?,
        created_at: fields.integer()?,
        updated_at: fields.integer()?,
        created_by: fields.text()?,
        metrics: fields.text()?,
        export_formats: fields.text()?,
        model_size_mb: fields.optional_number()?,
        memory_req_gb: fields.optional_number()?,
        metadata: fields.text()?,
        notes: fields.optional_text()?,
        status: fields.text()?,
        tags: fields.text()?,
        exports: fields.text()?,
    })
}

#[cfg(test)]
mod tests;
