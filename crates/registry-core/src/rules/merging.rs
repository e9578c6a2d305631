//! Who holds a tag when the models of another registry arrive.

use super::Holder;
use crate::identifier::ModelRef;
use crate::status::Status;
use crate::tag::PromotionScope;

/// Whose holder of a tag stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TagSide {
    /// That of the registry that is merged into.
    #[default]
    Target,
    /// That of the registry that arrives.
    Source,
}

/// What becomes of one tag. Each entry names who loses it, and to whom.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contest {
    /// Of those that arrive.
    pub left: Vec<(ModelRef, ModelRef)>,
    /// Of those that had it here.
    pub taken: Vec<(ModelRef, ModelRef)>,
}

/// Decides who holds a tag, by the promotion scope of the registry that is merged into. Under scope `name` each name is
/// decided on its own; otherwise one for all.
///
/// Who arrives by promotion keeps the tag only where nobody here has it; a label only where nobody here has it by
/// promotion, as labels are for many. Of several that arrive by promotion the one that `:tag` finds there keeps it,
/// unless the scope is `none`. By [`TagSide::Source`] that one takes it from all here, as a promotion would.
pub fn contest(scope: PromotionScope, side: TagSide, arriving: &[Holder], here: &[Holder]) -> Contest {
    let mut contest = Contest::default();
    if scope == PromotionScope::Name {
        let mut names: Vec<_> = arriving.iter().map(|holder| &holder.model.name).collect();
        names.sort();
        names.dedup();
        for name in names {
            let of = |holders: &[Holder]| -> Vec<Holder> {
                let same = holders.iter().filter(|holder| holder.model.name == *name);
                same.cloned().collect()
            };
            group(scope, side, &of(arriving), &of(here), &mut contest);
        }
    } else {
        group(scope, side, arriving, here, &mut contest);
    }
    contest
}

fn group(scope: PromotionScope, side: TagSide, arriving: &[Holder], here: &[Holder], contest: &mut Contest) {
    let winner = foremost(arriving.iter().filter(|holder| holder.promoted));
    let single = scope != PromotionScope::None;
    if side == TagSide::Source
        && let Some(winner) = winner.filter(|winner| winner.status == Status::Active)
    {
        if single {
            let taken = here
                .iter()
                .map(|loser| (loser.model.clone(), winner.model.clone()));
            contest.taken.extend(taken);
            others(arriving, winner, contest);
        }
        return;
    }
    let promoted_here = foremost(here.iter().filter(|holder| holder.promoted));
    let holder_here = promoted_here.or_else(|| foremost(here.iter()));
    if let Some(holder) = holder_here {
        let leave = |arrives: &&Holder| arrives.promoted || promoted_here.is_some();
        let left = arriving.iter().filter(leave);
        let left = left.map(|loser| (loser.model.clone(), holder.model.clone()));
        contest.left.extend(left);
    } else if let Some(winner) = winner.filter(|_| single) {
        others(arriving, winner, contest);
    }
}

/// All others that arrive by promotion lose to the winner.
fn others(arriving: &[Holder], winner: &Holder, contest: &mut Contest) {
    let losers = arriving
        .iter()
        .filter(|other| other.promoted && other.model.id != winner.model.id);
    let left = losers.map(|loser| (loser.model.clone(), winner.model.clone()));
    contest.left.extend(left);
}

/// Of these the one that `:tag` finds, or would if it were in use.
fn foremost<'a>(holders: impl Iterator<Item = &'a Holder>) -> Option<&'a Holder> {
    holders.max_by_key(|holder| (holder.status == Status::Active, holder.event))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::EventId;

    /// `name id`, `*` for a promotion, `-` for a retired one; the event is the id.
    fn holders(text: &str) -> Vec<Holder> {
        let read = |word: &str| {
            let (name, rest) = word.split_at(1);
            let id: i64 = rest.trim_end_matches(['*', '-']).parse().unwrap();
            Holder {
                model: ModelRef {
                    id: id.try_into().unwrap(),
                    name: name.parse().unwrap(),
                    version: format!("{id}.0.0").parse().unwrap(),
                },
                status: if rest.contains('-') {
                    Status::Retired
                } else {
                    Status::Active
                },
                promoted: rest.contains('*'),
                event: EventId(id),
            }
        };
        text.split_whitespace().map(read).collect()
    }

    fn told(pairs: &[(ModelRef, ModelRef)]) -> String {
        let told = pairs.iter().map(|(loser, to)| format!("{}>{}", loser.id, to.id));
        told.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn who_holds_a_tag_afterwards() {
        use PromotionScope::{Name, None, Registry};
        use TagSide::{Source, Target};
        let cases = [
            // Nobody here: it comes, to one.
            (Registry, Target, "a11*", "", "", ""),
            (Registry, Target, "a11* b12* a13", "", "11>12", ""),
            (Registry, Target, "a11* b12*-", "", "12>11", ""),
            (Name, Target, "a11* b12* a13*", "", "11>13", ""),
            (None, Target, "a11* b12*", "", "", ""),
            // Who has it here keeps it.
            (Registry, Target, "a11* b12", "a1*", "11>1 12>1", ""),
            (Registry, Target, "a11*", "a1*-", "11>1", ""),
            (Registry, Target, "a11* b12", "a1 b2", "11>2", ""),
            (Registry, Target, "a11 b12", "a1 b2", "", ""),
            (Name, Target, "a11* b12*", "a1*", "11>1", ""),
            (None, Target, "a11* b12", "c1*", "11>1 12>1", ""),
            // Unless the other side is asked for.
            (Registry, Source, "a11* b12* c13", "a1* b2", "11>12", "1>12 2>12"),
            (Name, Source, "a11* c12*", "a1* b2*", "", "1>11"),
            (None, Source, "a11*", "b1*", "", ""),
            (Registry, Source, "a11*-", "b1*", "11>1", ""),
            (Registry, Source, "a11", "b1", "", ""),
        ];
        for (scope, side, arriving, here, left, taken) in cases {
            let contest = contest(scope, side, &holders(arriving), &holders(here));
            let found = (told(&contest.left), told(&contest.taken));
            let expected = (left.to_owned(), taken.to_owned());
            assert_eq!(found, expected, "{scope} {side:?}: {arriving} into {here}");
        }
    }
}
