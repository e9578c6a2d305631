//! A valid version for a text that isn't one, different from every other of its name.

use registry_core::Version;

use super::text::cut;

/// The nearest version that is not taken. The same text and the same taken ones always give the same version.
///
/// What is meant comes first (`v2` is `2.0.0`); where that is taken or nothing is meant, the original text becomes a
/// pre-release: `2.0.0-v2`, `0.0.0-final`, `0.0.0-final.2`.
pub(super) fn free_version(text: &str, taken: impl Fn(&Version) -> bool) -> Version {
    let meant = Version::nearest(text);
    if let Some(version) = &meant
        && !taken(version)
    {
        return version.clone();
    }
    let base = meant.map_or_else(
        || "0.0.0".to_owned(),
        |version| {
            let version = version.as_semver();
            format!("{}.{}.{}", version.major, version.minor, version.patch)
        },
    );
    let slug = slug(text);
    let mut number: u64 = 1;
    loop {
        let candidate = match number {
            1 => format!("{base}-{slug}"),
            number => format!("{base}-{slug}.{number}"),
        };
        // The slug has a letter in front of digits and at most 100 characters, so this is always a version.
        if let Ok(version) = Version::parse(&candidate)
            && !taken(&version)
        {
            return version;
        }
        number += 1;
    }
}

/// The text with everything but letters, digits and single hyphens gone; never empty, never a number.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().take(400) {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = cut(&slug, 100).trim_end_matches('-');
    if slug.is_empty() {
        "unknown".into()
    } else if slug.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("v{slug}")
    } else {
        slug.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_text_gets_a_version_of_its_own() {
        let mut taken = HashSet::from([Version::new(2, 0, 0)]);
        let long = "9".repeat(300);
        for (text, expected) in [
            ("v2", "2.0.0-v2"),
            ("2", "2.0.0-v2.2"),
            ("1.2", "1.2.0"),
            ("1.2.0+cuda", "1.2.0-1-2-0-cuda"),
            ("", "0.0.0-unknown"),
            (" ", "0.0.0-unknown.2"),
            ("final", "0.0.0-final"),
            ("Final!", "0.0.0-Final"),
            ("final?", "0.0.0-final.2"),
            ("007", "7.0.0"),
            ("1.0.0-01", "0.0.0-1-0-0-01"),
            ("последняя", "0.0.0-unknown.3"),
            (&long, &format!("0.0.0-v{}", "9".repeat(100))),
        ] {
            let version = free_version(text, |version| taken.contains(version));
            assert_eq!(version.to_string(), expected, "{text}");
            assert!(taken.insert(version));
        }
    }
}
