//! Who descends from whom, as stored parents say.

use std::collections::{BTreeMap, HashMap, HashSet};

/// On each cycle the model with the highest id, the youngest, which therefore can't be the ancestor of the others.
pub fn cycle_cuts(parents: &BTreeMap<i64, i64>) -> HashSet<i64> {
    let mut cuts = HashSet::new();
    let mut done: HashSet<i64> = HashSet::new();
    for &start in parents.keys() {
        let mut path = Vec::new();
        let mut on_path: HashMap<i64, usize> = HashMap::new();
        let mut at = start;
        while !done.contains(&at) {
            if let Some(&place) = on_path.get(&at) {
                cuts.extend(path[place..].iter().max());
                break;
            }
            on_path.insert(at, path.len());
            path.push(at);
            match parents.get(&at) {
                Some(&parent) => at = parent,
                None => break,
            }
        }
        done.extend(path);
    }
    cuts
}
