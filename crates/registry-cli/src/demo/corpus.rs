//! The text that the demo's models learn: sentences from three small worlds, the same on every machine.

/// A world of sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Corpus {
    /// Anything.
    General,
    /// Complaints of customers.
    Support,
    /// Answers to customers.
    Replies,
}

impl Corpus {
    /// Its name in the configuration of a model.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Support => "support",
            Self::Replies => "replies",
        }
    }

    /// The words at each place of its sentences.
    fn places(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::General => &[
                &["the", "a", "one", "every"],
                &["old", "green", "quiet", "early", "small", "bright"],
                &["river", "house", "garden", "teacher", "winter", "letter"],
                &["follows", "covers", "remembers", "leaves", "meets"],
                &["the", "a", "another"],
                &["mountain", "song", "village", "morning", "child", "road"],
            ],
            Self::Support => &[
                &["my", "our", "the new"],
                &["router", "printer", "keyboard", "laptop", "adapter", "screen"],
                &["stops", "crashes", "restarts", "overheats", "flickers"],
                &["after", "before", "during", "because of"],
                &["the update", "login", "boot", "the power cut", "a download"],
            ],
            Self::Replies => &[
                &["please", "kindly"],
                &["unplug", "reset", "reinstall", "replace", "upgrade"],
                &["the router", "the printer", "the driver", "the adapter"],
                &["and", "then"],
                &[
                    "restart it",
                    "retry the update",
                    "reply with the error",
                    "call us",
                ],
            ],
        }
    }

    /// Sentences chosen by the seed.
    pub(super) fn text(self, seed: u64, sentences: usize) -> String {
        let mut random = Random(seed);
        let mut text = String::new();
        for _ in 0..sentences {
            let words: Vec<&str> = self.places().iter().map(|words| random.choose(words)).collect();
            text.push_str(&words.join(" "));
            text.push_str(". ");
        }
        text
    }
}

/// SplitMix64: small, and the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    fn choose(&mut self, words: &[&'static str]) -> &'static str {
        let place = self.next() % (words.len() as u64).max(1);
        usize::try_from(place)
            .ok()
            .and_then(|place| words.get(place))
            .copied()
            .unwrap_or("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_text_and_another_seed_another() {
        let text = Corpus::Support.text(1, 20);
        assert_eq!(text, Corpus::Support.text(1, 20));
        assert_ne!(text, Corpus::Support.text(2, 20));
        assert!(
            text.bytes()
                .all(|c| c.is_ascii_lowercase() || c == b' ' || c == b'.'),
            "{text}"
        );
    }
}
