//! A range of versions as intervals of sort keys, so that a database decides it by comparing bytes.
//!
//! Cargo's rule about pre-releases makes two kinds of intervals: one of releases, from which the pre-releases between
//! them are left out; and, for each pre-release that the range names, one of the pre-releases of the same numbers.

use semver::{Comparator, Op, Prerelease};

use super::{Version, VersionRange};
use crate::version::SortKey;
use crate::version::sort_key::NUMBERS_BYTES;

#[cfg(test)]
mod tests;

/// Versions whose [`SortKey`]s lie from one key on and below another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionInterval {
    /// The lowest key.
    pub from: Vec<u8>,
    /// The lowest key behind the interval.
    pub to: Vec<u8>,
    /// Whether only releases count: keys of [`SortKey::RELEASE_BYTES`] bytes.
    pub releases_only: bool,
}

impl VersionInterval {
    /// Whether the version is in it.
    pub fn contains(&self, version: &Version) -> bool {
        let key = version.sort_key();
        let key = key.as_bytes();
        *self.from <= *key && *key < *self.to && !(self.releases_only && version.is_prerelease())
    }
}

impl VersionRange {
    /// The versions of the range as intervals, no version in two of them. None: nothing lies in the range.
    pub fn intervals(&self) -> Vec<VersionInterval> {
        let comparators = &self.0.comparators;
        let mut named: Vec<Numbers> = comparators
            .iter()
            .filter(|comparator| !comparator.pre.is_empty())
            .filter_map(full_numbers)
            .collect();
        named.sort_unstable();
        named.dedup();
        let pre_releases = named
            .into_iter()
            .filter_map(|numbers| pre_releases(comparators, numbers));
        releases(comparators).into_iter().chain(pre_releases).collect()
    }
}

/// Major, minor, patch.
type Numbers = [u64; 3];

fn full_numbers(comparator: &Comparator) -> Option<Numbers> {
    Some([comparator.major, comparator.minor?, comparator.patch?])
}

/// The key of these numbers as far as it is the same for the release and its pre-releases.
fn key_of(numbers: Numbers) -> Vec<u8> {
    numbers.iter().flat_map(|part| part.to_be_bytes()).collect()
}

/// Higher than every key.
fn beyond_all() -> Vec<u8> {
    vec![0xFF; NUMBERS_BYTES + 2]
}

/// The numbers that follow in order; `None` after the last.
fn next([major, minor, patch]: Numbers) -> Option<Numbers> {
    match patch.checked_add(1) {
        Some(patch) => Some([major, minor, patch]),
        None => next_minor(major, minor),
    }
}

fn next_minor(major: u64, minor: u64) -> Option<Numbers> {
    match minor.checked_add(1) {
        Some(minor) => Some([major, minor, 0]),
        None => next_major(major),
    }
}

fn next_major(major: u64) -> Option<Numbers> {
    major.checked_add(1).map(|major| [major, 0, 0])
}

/// The releases that fit every comparator.
fn releases(comparators: &[Comparator]) -> Option<VersionInterval> {
    let (mut from, mut to) = (key_of([0; 3]), beyond_all());
    for comparator in comparators {
        let (lower, upper) = released(comparator);
        from = from.max(key_of(lower?));
        if let Some(upper) = upper {
            to = to.min(key_of(upper));
        }
    }
    (from < to).then_some(VersionInterval {
        from,
        to,
        releases_only: true,
    })
}

/// The releases that fit a comparator, from these numbers on (`None`: there are none), below those (`None`: without
/// end). A release is higher than its own pre-releases.
fn released(comparator: &Comparator) -> (Option<Numbers>, Option<Numbers>) {
    let major = comparator.major;
    let is_release = comparator.pre.is_empty();
    // The lowest release that the given parts can mean, and the lowest behind all of them.
    let (first, behind) = match (comparator.minor, comparator.patch) {
        (None, _) => ([major, 0, 0], next_major(major)),
        (Some(minor), None) => ([major, minor, 0], next_minor(major, minor)),
        (Some(minor), Some(patch)) if is_release => ([major, minor, patch], next([major, minor, patch])),
        (Some(minor), Some(patch)) => ([major, minor, patch], Some([major, minor, patch])),
    };
    match comparator.op {
        Op::Exact | Op::Wildcard if is_release => (Some(first), behind),
        // Behind the last numbers there is nothing.
        Op::Greater => (behind, None),
        Op::GreaterEq => (Some(first), None),
        Op::Less => (Some([0; 3]), Some(first)),
        Op::LessEq => (Some([0; 3]), behind),
        Op::Tilde => match comparator.minor {
            Some(minor) => (Some(first), next_minor(major, minor)),
            None => (Some(first), behind),
        },
        Op::Caret => match (comparator.minor, comparator.patch) {
            (Some(_), _) if major > 0 => (Some(first), next_major(major)),
            (Some(minor), Some(_)) if minor > 0 => (Some(first), next_minor(major, minor)),
            (Some(_), Some(_)) => (Some(first), next(first)),
            _ => (Some(first), behind),
        },
        _ => (None, None),
    }
}

/// The pre-releases of these numbers that fit every comparator.
fn pre_releases(comparators: &[Comparator], numbers: Numbers) -> Option<VersionInterval> {
    let from = key_of(numbers);
    let mut to = from.clone();
    to.push(0xFF);
    let mut interval = VersionInterval {
        from,
        to,
        releases_only: false,
    };
    for comparator in comparators {
        if full_numbers(comparator) == Some(numbers) {
            narrow(&mut interval, comparator, numbers)?;
        } else if !fits_elsewhere(comparator, numbers) {
            return None;
        }
    }
    (interval.from < interval.to).then_some(interval)
}

/// Leaves what fits a comparator that names the same numbers; `None`: nothing does.
fn narrow(interval: &mut VersionInterval, comparator: &Comparator, numbers: Numbers) -> Option<()> {
    if comparator.pre.is_empty() {
        // Compared with the release itself: every pre-release is lower.
        return matches!(comparator.op, Op::Less | Op::LessEq).then_some(());
    }
    let key = pre_release_key(numbers, &comparator.pre);
    let mut behind = key.clone();
    behind.push(0);
    let (from, to) = match comparator.op {
        Op::Exact | Op::Wildcard => (Some(key), Some(behind)),
        Op::Greater => (Some(behind), None),
        Op::GreaterEq | Op::Tilde | Op::Caret => (Some(key), None),
        Op::Less => (None, Some(key)),
        Op::LessEq => (None, Some(behind)),
        _ => return None,
    };
    if let Some(from) = from {
        interval.from = from.max(std::mem::take(&mut interval.from));
    }
    if let Some(to) = to {
        interval.to = to.min(std::mem::take(&mut interval.to));
    }
    Some(())
}

fn pre_release_key([major, minor, patch]: Numbers, pre: &Prerelease) -> Vec<u8> {
    let mut version = semver::Version::new(major, minor, patch);
    version.pre = pre.clone();
    SortKey::of(&version).as_bytes().to_vec()
}

/// Whether the pre-releases of these numbers fit a comparator of other numbers, or of fewer: all do, or none.
fn fits_elsewhere(comparator: &Comparator, [major, minor, patch]: Numbers) -> bool {
    let parts = [
        (major, Some(comparator.major)),
        (minor, comparator.minor),
        (patch, comparator.patch),
    ];
    // The first part that differs, and how; `None` where the comparator has no further parts.
    let first = parts
        .into_iter()
        .map(|(part, other)| other.map(|other| part.cmp(&other)))
        .enumerate()
        .find(|(_, ordering)| *ordering != Some(std::cmp::Ordering::Equal));
    let Some((place, ordering)) = first else {
        return false;
    };
    let greater = ordering.is_some_and(std::cmp::Ordering::is_gt);
    let same = ordering.is_none();
    match comparator.op {
        Op::Greater | Op::GreaterEq => greater,
        Op::Less | Op::LessEq => ordering.is_some_and(std::cmp::Ordering::is_lt),
        // Without a patch it is taken for a release, above its own pre-releases.
        Op::Tilde => place == 2 && greater,
        Op::Caret => same || (place > fixed_part(comparator) && greater),
        _ => false,
    }
}

/// The last part that a caret doesn't let rise: the first that is not zero.
fn fixed_part(comparator: &Comparator) -> usize {
    match (comparator.major, comparator.minor, comparator.patch) {
        (0, Some(0), Some(_)) => 2,
        (0, ..) => 1,
        _ => 0,
    }
}
