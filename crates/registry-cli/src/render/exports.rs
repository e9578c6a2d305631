//! The exports of a model.

use std::fmt::Write as _;

use registry_core::{ExportFormat, Model};

use super::grid::{Column, Grid};
use super::text::plain;
use super::{Screen, time};

/// The exports of a model, and the formats that were declared without one.
pub fn exports(model: &Model, screen: &Screen) -> String {
    let title = plain(&model.reference().to_string(), screen);
    let mut text = if model.exports.is_empty() {
        format!("{title} has no exports.\n")
    } else {
        let metadata = model.exports.iter().any(|export| !export.metadata.is_empty());
        let mut columns = vec![
            Column::text("Format"),
            Column::text("Path"),
            Column::fixed(time::heading("Added", screen)),
        ];
        columns.extend(metadata.then(|| Column::text("Metadata")));
        let mut grid = Grid::new(columns);
        for export in &model.exports {
            let mut row = vec![
                plain(export.format.as_str(), screen).into(),
                plain(export.path.as_str(), screen).into(),
                time::minute(export.created_at, screen).into(),
            ];
            if metadata {
                let json = serde_json::to_string(&export.metadata).unwrap_or_default();
                let json = if export.metadata.is_empty() {
                    String::new()
                } else {
                    json
                };
                row.push(plain(&json, screen).into());
            }
            grid.row(row);
        }
        format!("Exports of {title}\n\n{}", grid.render(screen))
    };
    let without = model.declared_formats.iter().filter(|format| {
        let mut exports = model.exports.iter();
        !exports.any(|export| export.format == **format)
    });
    let without: Vec<&str> = without.map(ExportFormat::as_str).collect();
    if !without.is_empty() {
        let formats = plain(&without.join(", "), screen);
        let _ = writeln!(text, "Declared at registration, without a path: {formats}");
    }
    text
}

#[cfg(test)]
mod tests {
    use registry_core::Export;

    use super::*;
    use crate::render::testing::{ASCII, a_model, at};

    #[test]
    fn exports_with_what_is_known_of_them() {
        let mut model = a_model(1, "gpt", "1.0.0");
        assert_eq!(exports(&model, &ASCII), "gpt@1.0.0 (id 1) has no exports.\n");
        model.declared_formats = vec!["onnx".parse().unwrap(), "torchscript".parse().unwrap()];
        model.exports.push(Export {
            format: "onnx".parse().unwrap(),
            path: "out/m.onnx".parse().unwrap(),
            created_at: at("2026-01-31T12:00:00Z"),
            metadata: r#"{"opset": 17}"#.parse().unwrap(),
        });
        assert_eq!(
            exports(&model, &ASCII),
            r#"Exports of gpt@1.0.0 (id 1)

Format  Path        Added (UTC)       Metadata
--------------------------------------------------
onnx    out/m.onnx  2026-01-31 12:00  {"opset":17}
Declared at registration, without a path: torchscript
"#
        );
    }
}
