//! Glob patterns.

use super::error::SearchError;
use super::limits::MAX_GLOB_BYTES;

/// A pattern over a whole text: `*` fits any characters, `?` exactly one, `[abc]`, `[a-z]` one of those, `[^abc]` or
/// `[!abc]` one of the others; everything else fits itself, the backslash too. A special character is taken by
/// itself in brackets: `[*]`, `[?]`, `[[]`; `]` stands first in its brackets.
///
/// A pattern that ignores case (`~*`) lowers the ASCII letters of pattern and text and no others: databases disagree
/// about the rest. The noncharacters U+FFFE and U+FFFF count as U+FFFD, in pattern and text: some databases cannot tell
/// them apart.
///
/// ```
/// use registry_core::search::Glob;
///
/// assert!(Glob::new("gpt-*[0-9]")?.matches("gpt-small-2"));
/// assert!(Glob::ignoring_case("GPT-?")?.matches("gpt-X"));
/// assert!(!Glob::new("gpt")?.matches("gpt-small"));
/// # Ok::<(), registry_core::search::SearchError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Glob {
    pattern: String,
    ignores_case: bool,
    tokens: Vec<GlobToken>,
}

/// What a pattern cannot tell from [`REPLACEMENT`].
const NONCHARACTERS: [char; 2] = ['\u{FFFE}', '\u{FFFF}'];
const REPLACEMENT: char = '\u{FFFD}';

/// A piece of a pattern, for a backend that translates it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum GlobToken {
    /// `*`: any characters, or none. Never twice in a row.
    Anything,
    /// `?`: one character.
    One,
    /// One character out of some ranges (both ends included), or none of them.
    Class {
        /// Whether the character must be outside the ranges.
        negated: bool,
        /// The ranges, by code point; a single character is a range of one.
        ranges: Vec<(char, char)>,
    },
    /// This character.
    Exactly(char),
}

impl Glob {
    /// Reads a pattern; upper and lower case differ.
    ///
    /// # Errors
    /// Refuses an empty pattern, brackets that are never closed or hold nothing or a reversed range, the NUL
    /// character, and more than 1,024 bytes.
    pub fn new(pattern: impl Into<String>) -> Result<Self, SearchError> {
        Self::build(pattern.into(), false)
    }

    /// Reads a pattern that ignores the case of ASCII letters; it is kept in lower case.
    ///
    /// # Errors
    /// As [`Glob::new`].
    pub fn ignoring_case(pattern: impl Into<String>) -> Result<Self, SearchError> {
        let mut pattern = pattern.into();
        pattern.make_ascii_lowercase();
        Self::build(pattern, true)
    }

    fn build(pattern: String, ignores_case: bool) -> Result<Self, SearchError> {
        let refuse = |problem: &str| SearchError::unfit(pattern.as_str(), problem);
        if pattern.is_empty() {
            return Err(refuse("an empty pattern fits nothing"));
        }
        if pattern.len() > MAX_GLOB_BYTES {
            return Err(refuse(&format!(
                "the pattern has {} bytes, the limit is {MAX_GLOB_BYTES}",
                pattern.len()
            )));
        }
        if pattern.contains('\0') {
            return Err(refuse("it contains the character U+0000"));
        }
        let tokens = tokens(&pattern.replace(NONCHARACTERS, "\u{FFFD}")).map_err(refuse)?;
        Ok(Self {
            pattern,
            ignores_case,
            tokens,
        })
    }

    /// The pattern as text.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// Whether the case of ASCII letters is ignored.
    pub fn ignores_case(&self) -> bool {
        self.ignores_case
    }

    /// The pieces in their order.
    pub fn tokens(&self) -> &[GlobToken] {
        &self.tokens
    }

    /// The text with which everything that fits begins (in lower case where case is ignored): what an index can use.
    pub fn prefix(&self) -> String {
        self.tokens
            .iter()
            .map_while(|token| match token {
                GlobToken::Exactly(c) if *c != REPLACEMENT => Some(*c),
                _ => None,
            })
            .collect()
    }

    /// Where in the order of bytes the texts lie that can fit; `None` where the pattern says nothing about it.
    pub fn span(&self) -> Option<GlobSpan> {
        let from = self.prefix();
        if self.ignores_case || from.is_empty() {
            return None;
        }
        Some(match &self.tokens[from.chars().count()..] {
            [] => GlobSpan::Single(from),
            rest => GlobSpan::Range {
                to: after_prefix(&from),
                from,
                whole: *rest == [GlobToken::Anything],
            },
        })
    }

    /// Whether the whole text fits.
    pub fn matches(&self, text: &str) -> bool {
        let lower = |c: char| match c {
            c if NONCHARACTERS.contains(&c) => REPLACEMENT,
            c if self.ignores_case => c.to_ascii_lowercase(),
            c => c,
        };
        let text: Vec<char> = text.chars().map(lower).collect();
        let (mut at, mut token) = (0, 0);
        // Where to go on when what follows the last `*` does not fit: one character more for the `*`.
        let mut retry: Option<(usize, usize)> = None;
        loop {
            match (self.tokens.get(token), text.get(at)) {
                (None, None) => return true,
                (Some(GlobToken::Anything), _) => {
                    token += 1;
                    retry = Some((at, token));
                }
                (Some(wanted), Some(&c)) if wanted.fits(c) => {
                    at += 1;
                    token += 1;
                }
                _ => match retry {
                    Some((from, after)) if from < text.len() => {
                        (at, token) = (from + 1, after);
                        retry = Some((from + 1, after));
                    }
                    _ => return false,
                },
            }
        }
    }
}

/// A piece of the order of texts by their bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GlobSpan {
    /// The pattern fits this text only.
    Single(String),
    /// What fits lies in this range.
    Range {
        /// Its lowest text.
        from: String,
        /// The lowest text behind it; `None`: there is none.
        to: Option<String>,
        /// Whether everything in the range fits.
        whole: bool,
    },
}

/// The lowest text that is higher than all that begin so.
fn after_prefix(prefix: &str) -> Option<String> {
    let mut after = prefix.to_owned();
    while let Some(last) = after.pop() {
        // The range skips what is no character between the two halves of Unicode.
        if let Some(next) = (last..=char::MAX).nth(1) {
            after.push(next);
            return Some(after);
        }
    }
    None
}

impl GlobToken {
    fn fits(&self, c: char) -> bool {
        match self {
            Self::Anything => false,
            Self::One => true,
            Self::Exactly(wanted) => *wanted == c,
            Self::Class { negated, ranges } => {
                ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *negated
            }
        }
    }
}

fn tokens(pattern: &str) -> Result<Vec<GlobToken>, &'static str> {
    let mut tokens = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        let token = match c {
            '*' if tokens.last() == Some(&GlobToken::Anything) => continue,
            '*' => GlobToken::Anything,
            '?' => GlobToken::One,
            '[' => {
                let negated = chars.next_if(|c| matches!(c, '^' | '!')).is_some();
                GlobToken::Class {
                    negated,
                    ranges: ranges(&mut chars)?,
                }
            }
            other => GlobToken::Exactly(other),
        };
        tokens.push(token);
    }
    Ok(tokens)
}

/// The inside of brackets up to the closing one, which is not the closing one where it stands first.
fn ranges(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Vec<(char, char)>, &'static str> {
    const OPEN: &str = "`[` is never closed; a `[` that means itself is written `[[]`";
    let mut ranges = Vec::new();
    loop {
        let from = chars.next().ok_or(OPEN)?;
        if from == ']' && !ranges.is_empty() {
            return Ok(ranges);
        }
        let mut ahead = chars.clone();
        let is_range = ahead.next() == Some('-') && ahead.peek().is_some_and(|c| *c != ']');
        if is_range {
            chars.next();
            let to = chars.next().ok_or(OPEN)?;
            if from > to {
                return Err("a range in brackets is reversed");
            }
            ranges.push((from, to));
        } else {
            ranges.push((from, from));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn patterns_fit_whole_texts() {
        for (pattern, text, fits) in [
            ("gpt-*", "gpt-small", true),
            ("gpt-*", "my-gpt-small", false),
            ("*small", "gpt-small", true),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b*", "xxbxxaxx", false),
            ("*ab", "aab", true),
            ("?", "é", true),
            ("??", "é", false),
            ("[abc]x", "bx", true),
            ("[^abc]x", "bx", false),
            ("[!abc]x", "dx", true),
            ("[a-c-]", "-", true),
            ("[]a]", "]", true),
            ("[^]a]", "]", false),
            ("[*]", "*", true),
            ("[*]", "x", false),
            ("[[]", "[", true),
            (r"a\*", r"a\b", true),
            ("**", "", true),
            ("GPT", "gpt", false),
        ] {
            assert_eq!(
                Glob::new(pattern).unwrap().matches(text),
                fits,
                "{pattern} {text}"
            );
        }
        assert!(Glob::ignoring_case("GP[A-Z]*").unwrap().matches("gpT-x"));
        assert!(!Glob::ignoring_case("É").unwrap().matches("é"));
    }

    #[test]
    fn what_can_fit_nothing_is_refused() {
        for pattern in ["", "[", "[]", "[^]", "[a", "[z-a]", "a\0"] {
            assert!(Glob::new(pattern).is_err(), "{pattern:?}");
        }
        assert!(Glob::new("x".repeat(1025)).is_err());
        assert_eq!(Glob::new("gpt-[ab]*").unwrap().prefix(), "gpt-");
    }

    #[test]
    fn noncharacters_are_one() {
        for pattern in ["\u{FFFD}", "\u{FFFE}", "[\u{FFFF}]", "[\u{FFFC}-\u{FFFE}]"] {
            for text in ["\u{FFFD}", "\u{FFFE}", "\u{FFFF}"] {
                assert!(Glob::new(pattern).unwrap().matches(text), "{pattern:?} {text:?}");
            }
        }
        assert_eq!(Glob::new("a\u{FFFE}*").unwrap().prefix(), "a");
    }

    #[test]
    fn spans_follow_the_prefix() {
        let range = |from: &str, to: Option<&str>, whole| {
            Some(GlobSpan::Range {
                from: from.into(),
                to: to.map(str::to_owned),
                whole,
            })
        };
        let span = |pattern: &str| Glob::new(pattern).unwrap().span();
        assert_eq!(span("gpt"), Some(GlobSpan::Single("gpt".into())));
        assert_eq!(span("gpt-*"), range("gpt-", Some("gpt."), true));
        assert_eq!(span("gpt-?"), range("gpt-", Some("gpt."), false));
        assert_eq!(span("a\u{D7FF}*"), range("a\u{D7FF}", Some("a\u{E000}"), true));
        assert_eq!(span("a\u{10FFFF}*"), range("a\u{10FFFF}", Some("b"), true));
        assert_eq!(span("\u{10FFFF}*"), range("\u{10FFFF}", None, true));
        assert_eq!(span("*"), None);
        assert_eq!(Glob::ignoring_case("gpt*").unwrap().span(), None);
    }

    proptest! {
        #[test]
        fn what_fits_lies_in_the_span(pattern in "[ab\u{D7FF}\u{10FFFF}]{0,3}[*?b]{1,2}", text in "[ab\u{D7FF}\u{E000}\u{10FFFF}]{0,4}") {
            let glob = Glob::new(pattern).unwrap();
            let inside = match glob.span() {
                None => return Ok(()),
                Some(GlobSpan::Single(single)) => {
                    prop_assert_eq!(single == text, glob.matches(&text));
                    return Ok(());
                }
                Some(GlobSpan::Range { from, to, whole }) => {
                    let inside = from <= text && to.is_none_or(|to| text < to);
                    prop_assert!(!whole || inside == glob.matches(&text));
                    inside
                }
            };
            prop_assert!(inside || !glob.matches(&text));
        }

        #[test]
        fn any_pattern_and_text(pattern in "[a-c*?\\[\\]^!-]{0,12}", text in "[a-c*?\\[\\]^!-]{0,12}") {
            if let Ok(glob) = Glob::new(pattern) {
                let _ = glob.matches(&text);
                let star = Glob::new(format!("*{}*", glob.pattern())).unwrap();
                prop_assert!(!glob.matches(&text) || star.matches(&text));
            }
        }

        #[test]
        fn a_text_fits_its_own_pattern(text in "[a-z0-9 ./-]{1,30}", cut in 0_usize..30) {
            prop_assert!(Glob::new(text.as_str()).unwrap().matches(&text));
            let cut = cut.min(text.len());
            let (start, end) = text.split_at(cut);
            let pattern = format!("{start}*{end}");
            prop_assert!(Glob::new(pattern).unwrap().matches(&text));
        }
    }
}
