//! What pages are made of besides HTML. It is within the program, so that nothing else need be installed.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::IntoResponse;
use sha2::{Digest as _, Sha256};

use super::Answer;
use super::parts::hexadecimal;
use crate::http::extract::Segments;
use crate::http::request::no_route;

/// A file.
pub(super) struct Asset {
    pub(super) name: &'static str,
    kind: &'static str,
    text: &'static str,
}

pub(super) static STYLE: Asset = Asset {
    name: "style.css",
    kind: "text/css; charset=utf-8",
    text: include_str!("assets/style.css"),
};

pub(super) static SCRIPT: Asset = Asset {
    name: "script.js",
    kind: "text/javascript; charset=utf-8",
    text: include_str!("assets/script.js"),
};

pub(super) static LIVE: Asset = Asset {
    name: "live.js",
    kind: "text/javascript; charset=utf-8",
    text: include_str!("assets/live.js"),
};

pub(super) static ICON: Asset = Asset {
    name: "icon.svg",
    kind: "image/svg+xml",
    text: include_str!("assets/icon.svg"),
};

static ALL: [&Asset; 4] = [&STYLE, &SCRIPT, &LIVE, &ICON];

/// The first digits of the hash of all: a new program has new addresses, so browsers can keep the old ones.
static REVISION: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for asset in ALL {
        hash.update(asset.text);
    }
    hexadecimal(&hash.finalize()).chars().take(12).collect()
});

impl Asset {
    #[expect(clippy::unused_self, reason = "one revision for all is enough")]
    pub(super) fn revision(&self) -> &'static str {
        REVISION.as_str()
    }
}

/// Answers a file.
pub(crate) async fn get(Segments(file): Segments<String>) -> Answer {
    let Some(asset) = ALL.into_iter().find(|asset| asset.name == file) else {
        return Err(no_route().await);
    };
    let headers = [
        (header::CONTENT_TYPE, asset.kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, asset.text).into_response())
}
