//! What an examination of a registry found, and the examination that every backend can have.
//!
//! A backend adds what only it can know: the health of its files, and of what it keeps twice for its searches.

mod examination;
pub mod files;
pub mod kept;
pub mod relations;
mod tags;

use serde::Serialize;

pub use self::examination::examine;
pub use self::tags::TagStory;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something is wrong.
    Problem,
    /// Worth knowing, not wrong.
    Notice,
}

/// Something that an examination found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// A stable identifier of the kind of finding, such as `checkpoint_missing`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about, such as `model 5`.
    pub subject: String,
    /// What was found.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let severity = match self.severity {
            Severity::Problem => "problem",
            Severity::Notice => "notice",
        };
        write!(
            f,
            "{severity}: {}: {} [{}]\n  hint: {}",
            self.subject, self.message, self.code, self.hint
        )
    }
}

/// The result of an examination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoctorReport {
    /// The registry.
    pub location: String,
    /// How many models were examined.
    pub models: u64,
    /// How many events.
    pub events: u64,
    /// Everything that was found.
    pub findings: Vec<Finding>,
}

impl DoctorReport {
    /// A report without findings so far.
    pub fn new(location: String) -> Self {
        Self {
            location,
            models: 0,
            events: 0,
            findings: Vec::new(),
        }
    }

    /// Whether there is no problem; notices don't count.
    pub fn is_healthy(&self) -> bool {
        self.findings
            .iter()
            .all(|finding| finding.severity != Severity::Problem)
    }

    /// Adds something that is wrong.
    pub fn problem(
        &mut self,
        code: &'static str,
        subject: impl Into<String>,
        message: impl Into<String>,
        hint: &str,
    ) {
        self.add(code, Severity::Problem, subject.into(), message.into(), hint);
    }

    /// Adds something that is worth knowing.
    pub fn notice(
        &mut self,
        code: &'static str,
        subject: impl Into<String>,
        message: impl Into<String>,
        hint: &str,
    ) {
        self.add(code, Severity::Notice, subject.into(), message.into(), hint);
    }

    fn add(&mut self, code: &'static str, severity: Severity, subject: String, message: String, hint: &str) {
        self.findings.push(Finding {
            code,
            severity,
            subject,
            message,
            hint: hint.to_owned(),
        });
    }
}

/// A hint where values contradict each other.
pub const OTHER_MEANS: &str =
    "someone may have written to the registry by other means; compare with a backup";
