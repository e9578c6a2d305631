//! Lists of models: a table for a person, CSV for a program.

use registry_core::{MemoryGb, Model, SizeMb, Status};

use super::grid::{Cell, Column, Grid};
use super::text::{Emphasis, plain};
use super::{Screen, csv, time};

/// A table of models; `more`: there are more than these. The status has a column only where it says something.
pub fn model_table(models: &[Model], more: bool, screen: &Screen) -> String {
    if models.is_empty() {
        return "No models found.\n".into();
    }
    let statuses = models.iter().any(|model| model.status != Status::Active);
    let tags = models.iter().any(|model| !model.tags.is_empty());
    let mut columns = vec![
        Column::fixed("Model ID").right(),
        Column::text("Name"),
        Column::fixed("Version"),
        Column::text("Task Type"),
    ];
    columns.extend(tags.then(|| Column::text("Tags")));
    columns.extend(statuses.then(|| Column::fixed("Status")));
    columns.push(Column::fixed(time::heading("Created", screen)));
    let mut grid = Grid::new(columns);
    for model in models {
        let emphasis = match model.status {
            Status::Active => Emphasis::None,
            Status::Retired => Emphasis::Faint,
        };
        let cell = |text: &str| Cell::emphasized(plain(text, screen), emphasis);
        let mut row = vec![
            cell(&model.id.to_string()),
            cell(model.name.as_str()),
            cell(&model.version.to_string()),
            cell(model.task_type.as_str()),
        ];
        row.extend(tags.then(|| cell(&tag_names(model, ", "))));
        row.extend(statuses.then(|| cell(model.status.as_str())));
        row.push(cell(&time::minute(model.created_at, screen)));
        grid.row(row);
    }
    grid.render(screen) + "\n" + &total(models.len(), more)
}

/// The line under a list.
pub(super) fn total(count: usize, more: bool) -> String {
    let more = if more { " shown; there are more" } else { "" };
    format!("Total: {count} model(s){more}\n")
}

fn tag_names(model: &Model, separator: &str) -> String {
    let names: Vec<&str> = model.tags.iter().map(|tag| tag.name.as_str()).collect();
    names.join(separator)
}

/// Models as CSV: the original's fifteen columns under their names, then what this registry adds. Objects and lists
/// are JSON, tags are joined by commas.
pub fn models_csv(models: &[Model]) -> String {
    let header = [
        "model_id",
        "name",
        "version",
        "checkpoint_path",
        "task_type",
        "config_hash",
        "training_run_id",
        "parent_model_id",
        "created_at",
        "metrics",
        "export_formats",
        "model_size_mb",
        "memory_req_gb",
        "metadata",
        "status",
        "tags",
        "exports",
        "ordinal",
        "checkpoint_absolute",
        "size_bytes",
        "notes",
        "updated_at",
        "created_by",
    ];
    let rows = models.iter().map(|model| {
        vec![
            model.id.to_string(),
            model.name.to_string(),
            model.version.to_string(),
            model.checkpoint_path.to_string(),
            model.task_type.to_string(),
            model.config_hash.to_string(),
            csv::optional(model.training_run_id),
            csv::optional(model.parent),
            model.created_at.to_string(),
            csv::json(&model.metrics),
            csv::json(&model.export_formats()),
            csv::optional(model.model_size_mb.map(SizeMb::get)),
            csv::optional(model.memory_req_gb.map(MemoryGb::get)),
            csv::json(&model.metadata),
            model.status.to_string(),
            tag_names(model, ","),
            csv::json(&model.exports),
            model.ordinal.to_string(),
            csv::optional(model.checkpoint_absolute.as_ref()),
            csv::optional(model.size_bytes),
            csv::optional(model.notes.as_ref()),
            model.updated_at.to_string(),
            model.created_by.to_string(),
        ]
    });
    csv::text(header.map(str::to_owned).to_vec(), rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::testing::{ASCII, PIPE, WIDE, a_model, tagged, with_metrics};

    #[test]
    fn a_list_of_active_models_needs_no_status() {
        let models = [
            tagged(a_model(12, "gpt-small", "1.1.0"), "production", true),
            a_model(3, "bert", "2.0.0-rc.1"),
        ];
        assert_eq!(
            model_table(&models, true, &WIDE),
            "\
Model ID  Name       Version     Task Type          Tags        Created (UTC)
───────────────────────────────────────────────────────────────────────────────
      12  gpt-small  1.1.0       language_modeling  production  2026-01-31 12:00
       3  bert       2.0.0-rc.1  language_modeling              2026-01-31 12:00

Total: 2 model(s) shown; there are more
"
            .replace(
                "───────────────────────────────────────────────────────────────────────────────",
                &"─".repeat(80)
            )
        );
        assert_eq!(model_table(&[], false, &WIDE), "No models found.\n");
    }

    #[test]
    fn long_names_wrap_on_a_terminal_and_stay_whole_in_a_pipe() {
        let long = "org/a-very-long-name-that-nobody-should-choose-but-somebody-will-in-the-end";
        let mut retired = a_model(1, long, "1.0.0");
        retired.status = Status::Retired;
        let models = [retired];
        let text = model_table(&models, false, &ASCII);
        assert!(text.lines().all(|line| line.len() <= 80), "{text}");
        assert!(text.contains("retired"), "{text}");
        assert!(model_table(&models, false, &PIPE).contains(long));
    }

    #[test]
    fn csv_quotes_what_it_must() {
        let model = with_metrics(a_model(1, "a,\"b\"", "1.0.0"), r#"{"val_loss": 0.5}"#);
        let text = models_csv(&[model]);
        let row = text.lines().nth(1).unwrap();
        assert_eq!(
            row,
            "1,\"a,\"\"b\"\"\",1.0.0,runs/model.safetensors,language_modeling,\
             44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a,,,2026-01-31T12:00:00.000000Z,\
             \"{\"\"val_loss\"\":0.5}\",[],,,{},active,,[],1,,,,2026-01-31T12:00:00.000000Z,alice"
        );
    }
}
