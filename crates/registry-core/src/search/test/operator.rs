//! Operators and operands before they are checked against a field: what a text or a JSON document says.

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is the operator it is called after")]
pub enum Operator {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
    In,
    NotIn,
    Glob,
    GlobIgnoringCase,
    Exists,
}

impl Operator {
    /// Every operator.
    pub const ALL: [Self; 11] = [
        Self::Equal,
        Self::NotEqual,
        Self::Less,
        Self::AtMost,
        Self::Greater,
        Self::AtLeast,
        Self::In,
        Self::NotIn,
        Self::Glob,
        Self::GlobIgnoringCase,
        Self::Exists,
    ];

    /// The operator as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
            Self::In => "in",
            Self::NotIn => "not-in",
            Self::Glob => "~",
            Self::GlobIgnoringCase => "~*",
            Self::Exists => "exists",
        }
    }

    /// The operator that is written so.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operator| operator.as_str() == text)
    }
}

/// A value as it was written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    /// A bare word of a text, with its unit: it means what the field needs.
    Word(String),
    /// A quoted text, or a text in JSON.
    Text(String),
    /// A whole number in JSON.
    Integer(i64),
    /// A number in JSON.
    Number(f64),
    /// True or false in JSON.
    Boolean(bool),
}

/// What stands behind an operator.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    /// Nothing.
    None,
    /// One value.
    One(Literal),
    /// A list of values.
    List(Vec<Literal>),
}

impl std::fmt::Display for Literal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Word(text) | Self::Text(text) => f.write_str(text),
            Self::Integer(number) => number.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Boolean(value) => value.fmt(f),
        }
    }
}
