//! What is to be reached.

/// The highest ratios that are good enough.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Goal {
    pub(crate) against_bare: f64,
    pub(crate) against_floor: f64,
    /// A hundred times as many models.
    pub(crate) growth: f64,
}

pub(crate) fn goal(operation: &str) -> Goal {
    let of = |against_bare, against_floor, growth| Goal {
        against_bare,
        against_floor,
        growth,
    };
    match operation {
        "compare three" => of(1.25, 6.0, 1.5),
        "register" | "promote" => of(1.3, 2.5, 2.0),
        "bulk register, per model" => of(1.3, 3.0, 2.0),
        get if get.starts_with("get ") => of(1.25, 10.0, 1.5),
        _ => of(1.1, 4.0, 1.5),
    }
}
