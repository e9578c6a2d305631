//! Reading again what a piece has written.

use std::collections::HashMap;

use super::models::{holdings, pages};
use super::{Merging, Piece};
use crate::copy::PIECE;
use crate::copy::digest::Digest;
use crate::error::Result;
use crate::record::HoldingRecord;

impl Merging<'_> {
    /// The digest of what is there now, in the order in which it was written.
    pub(super) async fn read(&mut self, piece: &mut Piece<'_>) -> Result<String> {
        let (mut digest, mut events) = (Digest::default(), Digest::default());
        let mut after = piece.first_event.map_or(i64::MAX, |first| first - 1);
        while after < i64::MAX {
            let page = piece.writer.events(after, PIECE).await?;
            after = page.last().map_or(i64::MAX, |event| event.event_id);
            for event in &page {
                events.add("event", event)?;
            }
            self.step(page.len());
        }
        for lines in pages(&piece.models) {
            let image = |line: &i64| piece.numbering.image(self.survey, *line);
            let images: Vec<i64> = lines.iter().map(image).collect();
            let mut ids = images.clone();
            ids.sort_unstable();
            let models = piece.writer.models_of(&ids).await?;
            let mut held: HashMap<i64, Vec<HoldingRecord>> = HashMap::new();
            for holding in holdings(piece.writer, &ids).await? {
                held.entry(holding.model_id).or_default().push(holding);
            }
            let models: HashMap<i64, _> = models.iter().map(|model| (model.model_id, model)).collect();
            for image in images {
                if let Some(model) = models.get(&image) {
                    digest.add_model(model)?;
                }
                for holding in held.remove(&image).unwrap_or_default() {
                    digest.add("tag", &holding)?;
                }
            }
            self.step(lines.len());
        }
        Ok(both(events, digest))
    }
}

/// One digest of two.
pub(super) fn both(events: Digest, models: Digest) -> String {
    format!("{}{}", events.finish(), models.finish())
}
