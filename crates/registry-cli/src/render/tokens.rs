//! The tokens of a server.

use registry_core::{TagName, Timestamp};
use registry_server::{TokenDocument, TokenState};

use super::grid::{Column, Grid};
use super::text::plain;
use super::{Screen, time};

/// The tokens that were made, and the protected tags.
pub fn tokens(tokens: &[TokenDocument<'_>], protected: &[TagName], screen: &Screen) -> String {
    let mut text = if tokens.is_empty() {
        "No tokens found.\n".to_owned()
    } else {
        let mut grid = Grid::new(vec![
            Column::fixed("ID"),
            Column::text("Name"),
            Column::text("Roles"),
            Column::text("Only"),
            Column::fixed("State"),
            Column::fixed(time::heading("Expires", screen)),
            Column::fixed(time::heading("Last used", screen)),
        ]);
        for token in tokens {
            grid.row(row(token, screen).into_iter().map(Into::into).collect());
        }
        grid.render(screen)
    };
    if !protected.is_empty() {
        let tags: Vec<&str> = protected.iter().map(TagName::as_str).collect();
        text = text + "\nProtected tags: " + &plain(&tags.join(", "), screen) + "\n";
    }
    text
}

fn row(token: &TokenDocument<'_>, screen: &Screen) -> [String; 7] {
    let minute = |at: Option<Timestamp>| at.map_or_else(|| "never".to_owned(), |at| time::minute(at, screen));
    let roles: Vec<&str> = token.roles.iter().map(|role| role.as_str()).collect();
    let names = token.names.iter().map(|pattern| format!("names {pattern}"));
    let tags = token.tags.iter().map(|tags| {
        let tags: Vec<&str> = tags.iter().map(TagName::as_str).collect();
        format!("tags {}", tags.join(", "))
    });
    let only: Vec<String> = names.chain(tags).collect();
    let state = match token.state {
        TokenState::Valid => "valid",
        TokenState::Expired => "expired",
        TokenState::Revoked => "revoked",
    };
    [
        plain(token.id, screen),
        plain(token.name.as_str(), screen),
        roles.join(", "),
        plain(&only.join("; "), screen),
        state.to_owned(),
        minute(token.expires_at),
        minute(token.last_used_at),
    ]
}
