//! The tokens of a server.

use registry_core::{TagName, Timestamp};
use registry_server::{TokenRecord, TokenState};

use super::grid::{Column, Grid};
use super::text::plain;
use super::{Screen, time};

/// The tokens that were made, and the protected tags.
pub fn tokens(tokens: &[TokenRecord], protected: &[TagName], now: Timestamp, screen: &Screen) -> String {
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
        ]);
        for token in tokens {
            grid.row(row(token, now, screen).into_iter().map(Into::into).collect());
        }
        grid.render(screen)
    };
    if !protected.is_empty() {
        let tags: Vec<&str> = protected.iter().map(TagName::as_str).collect();
        text = text + "\nProtected tags: " + &plain(&tags.join(", "), screen) + "\n";
    }
    text
}

fn row(token: &TokenRecord, now: Timestamp, screen: &Screen) -> [String; 6] {
    let roles: Vec<&str> = token.roles.iter().map(|role| role.as_str()).collect();
    let names = token.names.iter().map(|pattern| format!("names {pattern}"));
    let tags = token.tags.iter().map(|tags| {
        let tags: Vec<&str> = tags.iter().map(TagName::as_str).collect();
        format!("tags {}", tags.join(", "))
    });
    let only: Vec<String> = names.chain(tags).collect();
    let state = match token.state(now) {
        TokenState::Valid => "valid",
        TokenState::Expired => "expired",
        TokenState::Revoked => "revoked",
    };
    [
        plain(&token.id, screen),
        plain(token.name.as_str(), screen),
        roles.join(", "),
        plain(&only.join("; "), screen),
        state.to_owned(),
        token
            .expires_at
            .map_or_else(|| "never".to_owned(), |end| time::minute(end, screen)),
    ]
}
