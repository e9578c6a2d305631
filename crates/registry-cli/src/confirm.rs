//! The question before something goes for good.

use crate::console::Console;
use crate::failure::Failure;

/// Asks a question on standard error; only `y` and `yes` agree.
///
/// # Errors
/// Without a terminal there is nobody to ask: the command is refused.
pub(crate) fn confirm(question: &str, console: &mut Console<'_>) -> Result<bool, Failure> {
    if !console.interactive {
        return Err(Failure::Request {
            code: "confirmation_needed",
            message: format!("there is no terminal to ask on: {question}"),
            hint: "pass --yes to agree, or --dry-run to see what would go".into(),
        });
    }
    let _ = write!(console.err, "{question} [y/N] ");
    let _ = console.err.flush();
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer);
    Ok(read.is_ok() && agrees(&answer))
}

fn agrees(answer: &str) -> bool {
    matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_agrees() {
        for answer in ["y\n", "Y", "yes", " YES \n"] {
            assert!(agrees(answer), "{answer:?}");
        }
        for answer in ["", "\n", "n", "yeah", "yes please", "j"] {
            assert!(!agrees(answer), "{answer:?}");
        }
    }

    #[test]
    fn without_a_terminal_nobody_is_asked() {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let refused = confirm("delete it?", &mut Console::plain(&mut out, &mut err));
        assert!(matches!(
            refused,
            Err(Failure::Request {
                code: "confirmation_needed",
                ..
            })
        ));
        assert!(err.is_empty());
    }
}
