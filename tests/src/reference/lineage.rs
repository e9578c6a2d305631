//! Families: who was trained from whom.

use std::collections::BTreeMap;

use registry_core::{Lineage, LineageNode, LineageScope, ModelId, Result};

use super::state::State;

impl State {
    pub(super) fn lineage(&self, id: ModelId, scope: LineageScope) -> Result<Lineage> {
        self.model(id)?;
        let ancestors = self.ancestors(id);
        let generations: BTreeMap<ModelId, i64> = match scope {
            LineageScope::Ancestors => (0..).zip(ancestors).map(|(steps, id)| (id, -steps)).collect(),
            LineageScope::Descendants => self.descendants(id, 0),
            LineageScope::Family => {
                let steps = i64::try_from(ancestors.len()).unwrap_or(i64::MAX) - 1;
                self.descendants(*ancestors.last().unwrap_or(&id), -steps)
            }
        };
        let mut nodes: Vec<LineageNode> = generations
            .into_iter()
            .map(|(id, generation)| LineageNode {
                generation,
                model: self.models[&id].clone(),
            })
            .collect();
        nodes.sort_by_key(|node| (node.generation, node.model.id));
        Ok(Lineage { model: id, nodes })
    }

    /// The model, its parent, its parent's parent...
    pub(super) fn ancestors(&self, id: ModelId) -> Vec<ModelId> {
        let mut chain = vec![id];
        let mut next = self.models.get(&id).and_then(|model| model.parent);
        while let Some(parent) = next {
            chain.push(parent);
            next = self.models.get(&parent).and_then(|model| model.parent);
        }
        chain
    }

    /// The model and everything trained from it, each with its generation.
    fn descendants(&self, id: ModelId, generation: i64) -> BTreeMap<ModelId, i64> {
        let mut found = BTreeMap::from([(id, generation)]);
        for child in self.models.values().filter(|model| model.parent == Some(id)) {
            found.extend(self.descendants(child.id, generation + 1));
        }
        found
    }
}
