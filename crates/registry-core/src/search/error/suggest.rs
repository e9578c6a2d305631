//! The nearest known word to a mistyped one.

/// Longer words are not typing slips of ours.
const LONGEST: usize = 40;

/// The candidate nearest to the word, if it is near enough to be a slip: one edit for up to five characters, two up
/// to eight, three beyond. An edit inserts, removes, replaces or swaps neighbours; case is free.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.chars().take(LONGEST + 1).collect();
    if word.is_empty() || word.len() > LONGEST {
        return None;
    }
    let allowed = match word.len() {
        0..=5 => 1,
        6..=8 => 2,
        _ => 3,
    };
    candidates
        .into_iter()
        .map(|candidate| (distance(&word, candidate), candidate))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= allowed)
        .map(|(_, candidate)| candidate)
}

/// Optimal string alignment distance.
fn distance(left: &[char], right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut older: Vec<usize> = vec![0; right.len() + 1];
    let mut old: Vec<usize> = (0..=right.len()).collect();
    for (i, &a) in left.iter().enumerate() {
        let mut new = vec![i + 1; right.len() + 1];
        for (j, &b) in right.iter().enumerate() {
            let same = a.eq_ignore_ascii_case(&b);
            let mut best = (old[j] + usize::from(!same)).min(old[j + 1] + 1).min(new[j] + 1);
            if i > 0 && j > 0 && a.eq_ignore_ascii_case(&right[j - 1]) && left[i - 1].eq_ignore_ascii_case(&b)
            {
                best = best.min(older[j - 1] + 1);
            }
            new[j + 1] = best;
        }
        older = std::mem::replace(&mut old, new);
    }
    old[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_find_their_word_and_others_find_none() {
        let words = ["name", "status", "created_at", "updated_at", "tag"];
        for (typed, meant) in [
            ("nam", "name"),
            ("Name", "name"),
            ("nmae", "name"),
            ("stauts", "status"),
            ("crated_at", "created_at"),
            ("tags", "tag"),
        ] {
            assert_eq!(nearest(typed, words), Some(meant), "{typed}");
        }
        for typed in ["", "x", "colour", &"name".repeat(20)] {
            assert_eq!(nearest(typed, words), None, "{typed}");
        }
    }
}
