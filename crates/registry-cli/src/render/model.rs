//! One model in full (`get`), and a block of lines for each of several (`list --verbose`).

use std::fmt::Write as _;

use registry_core::{Model, ModelRef, Status};

use super::text::{Emphasis, emphasize, plain, plain_lines};
use super::{Screen, number, time};

/// The longest label and the blanks after it.
const LABEL: usize = 16;

/// One model, in full. Fields without a value are left out. `parent`: the parent's name and version, where known.
pub fn model(model: &Model, parent: Option<&ModelRef>, screen: &Screen) -> String {
    let mut block = Block::new(screen);
    block.title(&title(model, screen));
    block.text("Task Type", model.task_type.as_str());
    block.status(model.status);
    block.text("Checkpoint", model.checkpoint_path.as_str());
    if let Some(absolute) = &model.checkpoint_absolute
        && *absolute != model.checkpoint_path
    {
        block.text("Absolute Path", absolute.as_str());
    }
    block.text("Config Hash", model.config_hash.as_str());
    block.text(
        "Created",
        &format!(
            "{} by {}",
            time::moment(model.created_at, screen),
            model.created_by
        ),
    );
    if model.updated_at != model.created_at {
        block.text("Updated", &time::moment(model.updated_at, screen));
    }
    if let Some(size) = number::model_size(model) {
        block.text("Model Size", &size);
    }
    if let Some(memory) = model.memory_req_gb {
        block.text("Memory", &number::memory(memory.get()));
    }
    if let Some(run) = model.training_run_id {
        block.text("Training Run", &run.to_string());
    }
    if let Some(id) = model.parent {
        let name = parent.map_or_else(|| format!("id {id}"), ToString::to_string);
        block.text("Parent", &name);
    }
    block.text("Ordinal", &model.ordinal.to_string());
    if !model.tags.is_empty() {
        block.text("Tags", &tags(model, screen));
    }
    block.list("Metrics", metrics(model));
    let formats: Vec<&str> = model
        .export_formats()
        .iter()
        .map(|format| format.as_str())
        .collect();
    if !formats.is_empty() {
        block.text("Export Formats", &formats.join(", "));
    }
    let exports = model.exports.iter();
    block.list(
        "Exports",
        exports
            .map(|export| (export.format.to_string(), export.path.to_string()))
            .collect(),
    );
    if let Some(notes) = &model.notes {
        block.lines("Notes", notes.as_str());
    }
    if !model.metadata.is_empty()
        && let Ok(json) = serde_json::to_string_pretty(model.metadata.as_map())
    {
        block.lines("Metadata", &json);
    }
    block.text
}

/// A short block for each model: where it is, how good it is.
pub fn model_verbose<'a>(models: impl IntoIterator<Item = &'a Model>, screen: &Screen) -> String {
    let mut text = String::new();
    for model in models {
        let mut block = Block::new(screen);
        block.title(&title(model, screen));
        block.text("Task Type", model.task_type.as_str());
        block.status(model.status);
        if !model.tags.is_empty() {
            block.text("Tags", &tags(model, screen));
        }
        block.text("Checkpoint", model.checkpoint_path.as_str());
        block.text("Created", &time::moment(model.created_at, screen));
        block.list("Metrics", metrics(model));
        text.push_str(&block.text);
        text.push('\n');
    }
    text
}

fn title(model: &Model, screen: &Screen) -> String {
    plain(&model.reference().to_string(), screen)
}

/// Promoted tags say so and since when; labels stand alone.
fn tags(model: &Model, screen: &Screen) -> String {
    let words = model.tags.iter().map(|tag| {
        if tag.promoted {
            format!("{} (promoted {})", tag.name, time::minute(tag.since, screen))
        } else {
            tag.name.to_string()
        }
    });
    words.collect::<Vec<_>>().join(", ")
}

fn metrics(model: &Model) -> Vec<(String, String)> {
    let pairs = model.metrics.iter();
    pairs
        .map(|(name, value)| (name.to_string(), number::exact(value)))
        .collect()
}

/// Labelled lines under a title.
struct Block<'a> {
    screen: &'a Screen,
    text: String,
}

impl<'a> Block<'a> {
    fn new(screen: &'a Screen) -> Self {
        Self {
            screen,
            text: String::new(),
        }
    }

    /// The title is safe already.
    fn title(&mut self, title: &str) {
        self.text += &emphasize(title, Emphasis::Strong, self.screen);
        self.text.push('\n');
    }

    fn text(&mut self, label: &str, value: &str) {
        let label = format!("{label}:");
        let _ = writeln!(self.text, "  {label:LABEL$} {}", plain(value, self.screen));
    }

    fn status(&mut self, status: Status) {
        let emphasis = if status == Status::Retired {
            Emphasis::Faint
        } else {
            Emphasis::None
        };
        let word = emphasize(status.as_str(), emphasis, self.screen);
        let _ = writeln!(self.text, "  {:LABEL$} {word}", "Status:");
    }

    /// Names and values, one pair to a line, values below each other.
    fn list(&mut self, label: &str, pairs: Vec<(String, String)>) {
        if pairs.is_empty() {
            return;
        }
        let _ = writeln!(self.text, "  {label}:");
        let pairs: Vec<_> = pairs
            .into_iter()
            .map(|(name, value)| (plain(&name, self.screen), plain(&value, self.screen)))
            .collect();
        let longest = pairs.iter().map(|(name, _)| super::text::columns(name)).max();
        let longest = longest.unwrap_or(0).max(LABEL - 2);
        for (name, value) in pairs {
            let blanks = " ".repeat(longest - super::text::columns(&name) + 1);
            let _ = writeln!(self.text, "    {name}{blanks}{value}");
        }
    }

    fn lines(&mut self, label: &str, value: &str) {
        let _ = writeln!(self.text, "  {label}:");
        for line in plain_lines(value, self.screen).lines() {
            self.text += format!("    {line}").trim_end();
            self.text.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::testing::{ASCII, WIDE, a_model, at, child_of, tagged, with_metrics};

    #[test]
    fn everything_a_model_has() {
        let mut full = with_metrics(a_model(3, "gpt-small", "1.2.0"), r#"{"val_loss": 0.38, "a": 1}"#);
        full = tagged(tagged(child_of(full, 1), "baseline", false), "production", true);
        full.ordinal = 2;
        full.checkpoint_absolute = Some("/models/runs/model.safetensors".parse().unwrap());
        full.updated_at = at("2026-02-01T09:30:00Z");
        full.size_bytes = Some(22_439_000);
        full.model_size_mb = Some(registry_core::SizeMb::from_bytes(22_439_000));
        full.memory_req_gb = Some(8.0.try_into().unwrap());
        full.training_run_id = registry_core::TrainingRunId::try_from(17).ok();
        full.notes = Some(registry_core::Notes::parse("good\nbetter").unwrap());
        full.metadata = r#"{"seed": 42, "tricky": "\u001b[31m"}"#.parse().unwrap();
        full.declared_formats = vec!["onnx".parse().unwrap()];
        let parent = a_model(1, "gpt-base", "1.0.0").reference();
        assert_eq!(
            model(&full, Some(&parent), &WIDE),
            r#"gpt-small@1.2.0 (id 3)
  Task Type:       language_modeling
  Status:          active
  Checkpoint:      runs/model.safetensors
  Absolute Path:   /models/runs/model.safetensors
  Config Hash:     44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a
  Created:         2026-01-31 12:00:00 UTC by alice
  Updated:         2026-02-01 09:30:00 UTC
  Model Size:      21.4 MB
  Memory:          8 GB
  Training Run:    17
  Parent:          gpt-base@1.0.0 (id 1)
  Ordinal:         2
  Tags:            baseline, production (promoted 2026-02-01 09:30)
  Metrics:
    val_loss       0.38
    a              1.0
  Export Formats:  onnx
  Notes:
    good
    better
  Metadata:
    {
      "seed": 42,
      "tricky": "\u001b[31m"
    }
"#
        );
    }

    #[test]
    fn what_a_model_lacks_is_left_out() {
        let text = model_verbose(&[a_model(1, "modèle", "1.0.0")], &ASCII);
        assert_eq!(
            text,
            "mod\\u{e8}le@1.0.0 (id 1)
  Task Type:       language_modeling
  Status:          active
  Checkpoint:      runs/model.safetensors
  Created:         2026-01-31 12:00:00 UTC

"
        );
    }
}
