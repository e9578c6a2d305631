//! Numbers that look like chance and are the same in every run.

/// A generator of such numbers (splitmix64).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// One of many; each seed gives other numbers.
    pub fn new(seed: u64) -> Self {
        // Mixed, since neighbours would be the same numbers from another place on.
        Self(mixed(seed.wrapping_add(1)))
    }

    /// A number below `sides`, which is not zero.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mixed(self.0) % sides
    }

    /// One of these, of which there is at least one.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        let sides = u64::try_from(from.len()).unwrap_or(u64::MAX);
        from[usize::try_from(self.roll(sides)).unwrap_or(0)]
    }
}

fn mixed(mut number: u64) -> u64 {
    number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}
