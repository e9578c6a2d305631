//! The tree of a filter.

mod build;

pub use build::{AncestorField, HasEquality, HasOrder, HasPatterns, StatusField, Subject, VersionField};

use std::str::FromStr;

use super::error::{SearchError, SearchProblem};
use super::field::Field;
use super::limits;
use super::parse;
use super::test::Test;

/// Which models to find: comparisons joined by `and`, `or` and `not`.
///
/// Read it from text, from JSON, or build it; the three give the same filter:
///
/// ```
/// use registry_core::search::Filter;
///
/// let built = Filter::name()
///     .like("gpt-*")?
///     .and(Filter::metric("val_loss")?.less_than(0.4)?)
///     .and(Filter::tag().one_of(["production", "staging"])?)
///     .and(!Filter::status().equals(registry_core::Status::Retired)?);
/// let text = "name ~ \"gpt-*\" and metrics.val_loss < 0.4 and tag in (production, staging) and not status = retired";
/// assert_eq!(built.to_string(), text);
/// assert_eq!(Filter::parse(text)?, built);
///
/// let json = r#"{"field": "size", "operator": "<", "value": "1.5 GB"}"#;
/// let from_json: Filter = serde_json::from_str(json).unwrap();
/// assert_eq!(from_json.to_string(), "size < 1536 MB");
/// # Ok::<(), registry_core::search::SearchError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    node: Node,
    extent: Extent,
}

/// A node of the tree. A filter is made by its constructors, which keep groups in one form: at least two members,
/// none of which is a group of the same kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// All of these hold (`and`).
    All(Vec<Filter>),
    /// Any of these holds (`or`).
    Any(Vec<Filter>),
    /// This does not hold (`not`).
    Not(Box<Filter>),
    /// One comparison.
    Test(Test),
}

/// How large a tree is, kept so that the limits are checked without a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Extent {
    /// Levels of the tree.
    levels: usize,
    /// Parentheses and `not` within each other in the printed text.
    nesting: usize,
    /// Comparisons.
    tests: usize,
    /// Bytes of the printed text.
    bytes: usize,
}

impl Filter {
    /// Reads a filter from text; [the module](crate::search) describes the language.
    ///
    /// # Errors
    /// [`SearchError`], which shows the place.
    pub fn parse(text: &str) -> Result<Self, SearchError> {
        parse::filter(text)
    }

    /// The node at the top.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// Both this and the other.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let mut members = self.into_all();
        members.extend(other.into_all());
        Self::from_node(Node::All(members))
    }

    /// This or the other, or both.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let mut members = self.into_any();
        members.extend(other.into_any());
        Self::from_node(Node::Any(members))
    }

    /// All of these; `None` when there are none.
    pub fn all(filters: impl IntoIterator<Item = Self>) -> Option<Self> {
        let members = filters.into_iter().flat_map(Self::into_all).collect();
        Self::group(members, Node::All)
    }

    /// Any of these; `None` when there are none.
    pub fn any(filters: impl IntoIterator<Item = Self>) -> Option<Self> {
        let members = filters.into_iter().flat_map(Self::into_any).collect();
        Self::group(members, Node::Any)
    }

    /// The members of an `and`, or the filter alone.
    fn into_all(self) -> Vec<Self> {
        match self.node {
            Node::All(members) => members,
            node => vec![Self {
                node,
                extent: self.extent,
            }],
        }
    }

    /// The members of an `or`, or the filter alone.
    fn into_any(self) -> Vec<Self> {
        match self.node {
            Node::Any(members) => members,
            node => vec![Self {
                node,
                extent: self.extent,
            }],
        }
    }

    fn group(mut members: Vec<Self>, group: fn(Vec<Self>) -> Node) -> Option<Self> {
        if members.len() > 1 {
            return Some(Self::from_node(group(members)));
        }
        members.pop()
    }

    fn from_node(node: Node) -> Self {
        let extent = Extent::of(&node);
        Self { node, extent }
    }

    /// Every comparison, from left to right.
    pub fn tests(&self) -> Vec<&Test> {
        let mut tests = Vec::with_capacity(self.extent.tests);
        self.collect_tests(&mut tests);
        tests
    }

    fn collect_tests<'a>(&'a self, tests: &mut Vec<&'a Test>) {
        match &self.node {
            Node::All(filters) | Node::Any(filters) => {
                for filter in filters {
                    filter.collect_tests(tests);
                }
            }
            Node::Not(filter) => filter.collect_tests(tests),
            Node::Test(test) => tests.push(test),
        }
    }

    /// Whether any comparison is about the status. A search whose filter is silent about it finds active models only.
    pub fn mentions_status(&self) -> bool {
        self.tests().into_iter().any(|test| test.field() == Field::Status)
    }

    /// Whether any comparison is about the ancestors, which an evaluator must then be given.
    pub fn mentions_ancestors(&self) -> bool {
        self.tests()
            .into_iter()
            .any(|test| test.field() == Field::Ancestor)
    }

    /// Whether the answer depends on when it is asked.
    pub fn is_relative(&self) -> bool {
        self.tests().into_iter().any(Test::is_relative)
    }

    /// Checks the [limits](super::limits). A filter read from text or JSON has passed already; a
    /// [`SearchQuery`](super::SearchQuery) checks again, because a filter can grow by building.
    ///
    /// # Errors
    /// [`SearchError`] when it is too deep, too long, or has too many comparisons.
    pub fn check_limits(&self) -> Result<(), SearchError> {
        let Extent {
            levels,
            nesting,
            tests,
            bytes,
        } = self.extent;
        let problem = if levels > limits::MAX_LEVELS || nesting > limits::MAX_NESTING {
            SearchProblem::TooDeep
        } else if tests > limits::MAX_TESTS {
            SearchProblem::TooManyTests { count: tests }
        } else if bytes > limits::MAX_BYTES {
            SearchProblem::TooLong { bytes }
        } else {
            return Ok(());
        };
        Err(SearchError::new(problem))
    }
}

impl Extent {
    fn of(node: &Node) -> Self {
        match node {
            Node::Test(test) => Self {
                levels: 1,
                nesting: 0,
                tests: 1,
                bytes: test.to_string().len(),
            },
            Node::Not(filter) => {
                let group = matches!(filter.node, Node::All(_) | Node::Any(_));
                let inner = filter.extent.within(group);
                Self {
                    levels: inner.levels + 1,
                    nesting: inner.nesting + 1,
                    bytes: inner.bytes + "not ".len(),
                    ..inner
                }
            }
            Node::All(filters) => Self::group(filters, " and ".len(), |filter| {
                matches!(filter.node, Node::Any(_))
            }),
            Node::Any(filters) => Self::group(filters, " or ".len(), |_| false),
        }
    }

    /// The extent when printed in parentheses, or not.
    fn within(mut self, parentheses: bool) -> Self {
        if parentheses {
            self.nesting += 1;
            self.bytes += 2;
        }
        self
    }

    fn group(filters: &[Filter], between: usize, parentheses: fn(&Filter) -> bool) -> Self {
        let start = Self {
            levels: 0,
            nesting: 0,
            tests: 0,
            bytes: between * filters.len().saturating_sub(1),
        };
        let mut whole = filters.iter().fold(start, |whole, filter| {
            let inner = filter.extent.within(parentheses(filter));
            Self {
                levels: whole.levels.max(inner.levels),
                nesting: whole.nesting.max(inner.nesting),
                tests: whole.tests + inner.tests,
                bytes: whole.bytes + inner.bytes,
            }
        });
        whole.levels += 1;
        whole
    }
}

/// The filter that holds where this one does not.
impl std::ops::Not for Filter {
    type Output = Self;

    fn not(self) -> Self {
        Self::from_node(Node::Not(Box::new(self)))
    }
}

impl From<Test> for Filter {
    fn from(test: Test) -> Self {
        Self::from_node(Node::Test(test))
    }
}

impl FromStr for Filter {
    type Err = SearchError;

    fn from_str(text: &str) -> Result<Self, SearchError> {
        Self::parse(text)
    }
}
