//! Progress on standard error, drawn only where that is a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How often a spinner moves.
const TICK: Duration = Duration::from_millis(100);

/// A bar that counts lines up to a total.
pub(crate) fn lines(total: usize) -> ProgressBar {
    ProgressBar::new(total as u64).with_style(bar("[{bar:40}] {pos} of {len} lines read"))
}

/// A bar that counts models; whoever moves it knows the total.
pub(crate) fn models() -> ProgressBar {
    ProgressBar::new(0).with_style(bar("[{bar:40}] {pos} of {len} models"))
}

/// A bar that counts rows as they are copied and then compared.
pub(crate) fn rows() -> ProgressBar {
    ProgressBar::new(0).with_style(bar("[{bar:40}] {pos} of {len} rows copied and compared"))
}

/// A bar in ASCII.
fn bar(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).map_or_else(
        |_| ProgressStyle::default_bar(),
        |style| style.progress_chars("=> "),
    )
}

/// A spinner for work that can't be counted, in ASCII.
pub(crate) fn working(message: String) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {msg}, {elapsed}").map_or_else(
        |_| ProgressStyle::default_spinner(),
        |style| style.tick_chars("-\\|/ "),
    );
    let spinner = ProgressBar::new_spinner().with_style(style).with_message(message);
    spinner.enable_steady_tick(TICK);
    spinner
}
