//! JSON as Python writes it, brought to the JSON that everyone reads, and whether reading it loses anything.

/// The text with what is not JSON replaced, and what that or the reading of it loses.
pub(super) struct Standard {
    pub(super) text: String,
    /// What is lost, in words; empty when nothing is.
    pub(super) losses: Vec<&'static str>,
    /// How many entries all objects of the text have together.
    pub(super) entries: usize,
}

/// Replaces `NaN` and `Infinity` by `null` and half surrogate pairs by U+FFFD, and notes numbers that don't fit.
pub(super) fn standard(text: &str) -> Standard {
    let mut scan = Scan {
        rest: text,
        out: String::with_capacity(text.len()),
        losses: Vec::new(),
        entries: 0,
    };
    scan.run();
    Standard {
        text: scan.out,
        losses: scan.losses,
        entries: scan.entries,
    }
}

/// How many entries all objects in a value have together: fewer than in its text when a key stood there twice.
pub(super) fn entries(value: &serde_json::Value) -> usize {
    match value {
        serde_json::Value::Object(map) => map.len() + map.values().map(entries).sum::<usize>(),
        serde_json::Value::Array(items) => items.iter().map(entries).sum(),
        _ => 0,
    }
}

struct Scan<'a> {
    rest: &'a str,
    out: String,
    losses: Vec<&'static str>,
    entries: usize,
}

impl Scan<'_> {
    fn run(&mut self) {
        while let Some(c) = self.rest.chars().next() {
            match c {
                '"' => self.string(),
                '-' | '0'..='9' | 'N' | 'I' => self.token(),
                c => {
                    self.entries += usize::from(c == ':');
                    self.take(c.len_utf8());
                }
            }
        }
    }

    fn take(&mut self, bytes: usize) {
        let (taken, rest) = self.rest.split_at(bytes);
        self.out.push_str(taken);
        self.rest = rest;
    }

    fn lose(&mut self, what: &'static str) {
        if !self.losses.contains(&what) {
            self.losses.push(what);
        }
    }

    /// A number, or one of Python's words for what is no number.
    fn token(&mut self) {
        let end = self
            .rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-')))
            .unwrap_or(self.rest.len());
        let token = &self.rest[..end];
        if matches!(token, "NaN" | "Infinity" | "-Infinity") {
            self.lose("NaN and Infinity have no place in JSON");
            self.out.push_str("null");
            self.rest = &self.rest[end..];
            return;
        }
        let loss = loss_of_number(token);
        if let Some(loss) = loss {
            self.lose(loss);
        }
        if loss == Some(TOO_LARGE) {
            self.out.push_str("null");
            self.rest = &self.rest[end..];
        } else {
            self.take(end.max(1));
        }
    }

    fn string(&mut self) {
        self.take(1);
        loop {
            let end = self.rest.find(['"', '\\']).unwrap_or(self.rest.len());
            self.take(end);
            match self.rest.as_bytes().first() {
                None => return,
                Some(b'"') => return self.take(1),
                Some(_) => self.escape(),
            }
        }
    }

    fn escape(&mut self) {
        match surrogate(self.rest) {
            Some(0xD800..=0xDBFF) if matches!(surrogate(&self.rest[6..]), Some(0xDC00..=0xDFFF)) => {
                self.take(12);
            }
            Some(_) => {
                self.lose("half of a surrogate pair is no character");
                self.out.push_str("\\ufffd");
                self.rest = &self.rest[6..];
            }
            None => {
                // The escaped character may have several bytes.
                let bytes = self.rest.chars().take(2).map(char::len_utf8).sum();
                self.take(bytes);
            }
        }
    }
}

/// The surrogate that an escape at the beginning of the text names.
fn surrogate(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let unit = u16::from_str_radix(digits, 16).ok()?;
    (0xD800..=0xDFFF).contains(&unit).then_some(unit)
}

const TOO_LARGE: &str = "a number is too large";

/// What reading this number loses.
fn loss_of_number(token: &str) -> Option<&'static str> {
    let number: f64 = token.parse().ok()?;
    if number.is_infinite() {
        return Some(TOO_LARGE);
    }
    let fraction = token.contains(['.', 'e', 'E']);
    if !fraction {
        let fits = token.parse::<i64>().is_ok() || token.parse::<u64>().is_ok();
        return (!fits).then_some("a whole number has more than 64 bits");
    }
    let mantissa = token.split(['e', 'E']).next().unwrap_or(token);
    let digits = mantissa.chars().filter(char::is_ascii_digit).collect::<String>();
    (digits.trim_start_matches('0').len() > 17).then_some("a number has more digits than a double")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn python_becomes_json() {
        for (python, json, losses) in [
            (
                r#"{"a": NaN, "b": [Infinity, -Infinity]}"#,
                r#"{"a": null, "b": [null, null]}"#,
                1,
            ),
            (r#"{"NaN": "Infinity"}"#, r#"{"NaN": "Infinity"}"#, 0),
            (
                r#""\ud800 \ud83d\ude00 \"NaN\"""#,
                r#""\ufffd \ud83d\ude00 \"NaN\"""#,
                1,
            ),
            (
                "123456789012345678901234567890",
                "123456789012345678901234567890",
                1,
            ),
            ("[1e999]", "[null]", 1),
            ("-5.25e-3", "-5.25e-3", 0),
        ] {
            let found = standard(python);
            assert_eq!(found.text, json);
            assert_eq!(found.losses.len(), losses, "{python}");
            assert!(serde_json::from_str::<Value>(&found.text).is_ok());
        }
    }

    #[test]
    fn entries_show_keys_that_stand_twice() {
        let found = standard(r#"{"a": {"b:": 1}, "a": 2}"#);
        assert_eq!(found.entries, 3);
        assert_eq!(entries(&serde_json::from_str(&found.text).unwrap()), 1);
    }

    #[test]
    fn any_text_is_scanned_to_its_end() {
        for text in ["\"", "\"\\", "\"\\u", "\"\\é\"", "N", "-", "\"\\ud800", "é:1"] {
            let _ = standard(text);
        }
    }
}
