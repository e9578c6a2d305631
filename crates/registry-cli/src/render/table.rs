//! Lists of models: a table for a person, CSV for a program.

use registry_core::search::Count;
use registry_core::{MemoryGb, Model, SizeMb, Status};

use super::column::{Listed, ModelColumn};
use super::grid::{Cell, Grid, LongTable};
use super::text::Emphasis;
use super::{Screen, csv, number};

/// A table of models, made page by page: the first page decides how wide its columns are.
#[derive(Debug)]
pub struct ModelTable {
    columns: Vec<ModelColumn>,
    table: LongTable,
}

impl ModelTable {
    /// A table with these columns.
    pub fn new(columns: Vec<ModelColumn>) -> Self {
        Self {
            columns,
            table: LongTable::default(),
        }
    }

    /// The columns that people mostly ask for, and `more` before the last. Tags and status have a column where they
    /// say something about these models, the first ones of the table, or where they are among `more`.
    pub fn usual<T: Listed>(models: &[T], more: &[ModelColumn]) -> Self {
        let statuses = models.iter().any(|model| model.status() != Status::Active)
            || more.contains(&ModelColumn::STATUS);
        let tags =
            models.iter().any(|model| !model.tag_names().is_empty()) || more.contains(&ModelColumn::Tags);
        let mut columns = vec![
            ModelColumn::ID,
            ModelColumn::NAME,
            ModelColumn::VERSION,
            ModelColumn::TASK_TYPE,
        ];
        columns.extend(tags.then_some(ModelColumn::Tags));
        columns.extend(statuses.then_some(ModelColumn::STATUS));
        for column in more {
            if !columns.contains(column) && *column != ModelColumn::CREATED {
                columns.push(column.clone());
            }
        }
        columns.push(ModelColumn::CREATED);
        Self::new(columns)
    }

    /// The next page, with the titles before the first.
    pub fn page<T: Listed>(&mut self, models: &[T], screen: &Screen) -> String {
        let headings = self.columns.iter().map(|column| column.heading(screen));
        let mut grid = Grid::new(headings.collect());
        for model in models {
            let emphasis = match model.status() {
                Status::Active => Emphasis::None,
                Status::Retired => Emphasis::Faint,
            };
            let cells = self.columns.iter();
            let cells = cells.map(|column| Cell::emphasized(column.shown(model, screen), emphasis));
            grid.row(cells.collect());
        }
        self.table.part(&grid, screen)
    }
}

/// The line under a list: of how many it is a part, where it is one.
pub fn total(shown: u64, all: Option<Count>) -> String {
    match all {
        None => format!("Total: {} model(s)\n", number::grouped(shown)),
        Some(all) => {
            let more = if all.is_exact() { "" } else { "more than " };
            let (shown, all) = (number::grouped(shown), number::grouped(all.number()));
            format!("Showing {shown} of {more}{all} models\n")
        }
    }
}

/// Chosen columns of models as CSV, without the header.
pub fn chosen_csv<T: Listed>(columns: &[ModelColumn], models: &[T]) -> String {
    let row = |model: &T| columns.iter().map(|column| column.exact(model)).collect();
    csv::rows(models.iter().map(row))
}

/// The header of chosen columns.
pub fn chosen_csv_header(columns: &[ModelColumn]) -> String {
    csv::rows([columns.iter().map(ModelColumn::name).collect()])
}

/// The header of [`models_csv`]: the original's fifteen columns under their names, then what this registry adds.
pub fn models_csv_header() -> String {
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
    csv::rows([header.map(str::to_owned).to_vec()])
}

/// Whole models as CSV, without the header. Objects and lists are JSON, tags are joined by commas.
pub fn models_csv<'a>(models: impl IntoIterator<Item = &'a Model>) -> String {
    csv::rows(models.into_iter().map(|model| {
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
            ModelColumn::Tags.exact(model),
            csv::json(&model.exports),
            model.ordinal.to_string(),
            csv::optional(model.checkpoint_absolute.as_ref()),
            csv::optional(model.size_bytes),
            csv::optional(model.notes.as_ref()),
            model.updated_at.to_string(),
            model.created_by.to_string(),
        ]
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::testing::{ASCII, PIPE, WIDE, a_model, tagged, with_metrics};

    fn usual(models: &[Model], screen: &Screen) -> String {
        ModelTable::usual(models, &[]).page(models, screen)
    }

    #[test]
    fn a_list_of_active_models_needs_no_status() {
        let models = [
            tagged(a_model(12, "gpt-small", "1.1.0"), "production", true),
            a_model(3, "bert", "2.0.0-rc.1"),
        ];
        assert_eq!(
            usual(&models, &WIDE),
            "\
Model ID  Name       Version     Task Type          Tags        Created (UTC)
───────────────────────────────────────────────────────────────────────────────
      12  gpt-small  1.1.0       language_modeling  production  2026-01-31 12:00
       3  bert       2.0.0-rc.1  language_modeling              2026-01-31 12:00
"
            .replace(
                "───────────────────────────────────────────────────────────────────────────────",
                &"─".repeat(80)
            )
        );
    }

    #[test]
    fn a_metric_gets_a_column_and_pages_keep_theirs() {
        let model = |id, name| with_metrics(a_model(id, name, "1.0.0"), r#"{"val_loss": 0.5}"#);
        let first = [model(120, "gpt")];
        let more = [
            "metrics.val_loss".parse().unwrap(),
            ModelColumn::NAME,
            ModelColumn::Tags,
        ];
        let mut table = ModelTable::usual(&first, &more);
        assert_eq!(
            table.page(&first, &WIDE) + &table.page(&[model(3, "b")], &WIDE),
            "\
Model ID  Name  Version  Task Type          Tags  val_loss  Created (UTC)
"
            .to_owned()
                + &"─".repeat(76)
                + "
     120  gpt   1.0.0    language_modeling             0.5  2026-01-31 12:00
       3  b     1.0.0    language_modeling             0.5  2026-01-31 12:00
"
        );
    }

    #[test]
    fn a_part_says_of_how_many() {
        assert_eq!(total(1_234, None), "Total: 1,234 model(s)\n");
        assert_eq!(total(50, Some(Count::Exactly(60))), "Showing 50 of 60 models\n");
        assert_eq!(
            total(50, Some(Count::MoreThan(10_000))),
            "Showing 50 of more than 10,000 models\n"
        );
    }

    #[test]
    fn long_names_wrap_on_a_terminal_and_stay_whole_in_a_pipe() {
        let long = "org/a-very-long-name-that-nobody-should-choose-but-somebody-will-in-the-end";
        let mut retired = a_model(1, long, "1.0.0");
        retired.status = Status::Retired;
        let models = [retired];
        let text = usual(&models, &ASCII);
        assert!(text.lines().all(|line| line.len() <= 80), "{text}");
        assert!(text.contains("retired"), "{text}");
        assert!(usual(&models, &PIPE).contains(long));
    }

    #[test]
    fn csv_quotes_what_it_must() {
        let model = with_metrics(a_model(1, "a,\"b\"", "1.0.0"), r#"{"val_loss": 0.5}"#);
        let text = models_csv(&[model]);
        let row = text.lines().next().unwrap();
        assert_eq!(
            row,
            "1,\"a,\"\"b\"\"\",1.0.0,runs/model.safetensors,language_modeling,\
             44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a,,,2026-01-31T12:00:00.000000Z,\
             \"{\"\"val_loss\"\":0.5}\",[],,,{},active,,[],1,,,,2026-01-31T12:00:00.000000Z,alice"
        );
    }
}
