//! The pages in Chromium: what people do with them, that they keep nobody out, and that they stay at home.

#[path = "pages/axe.rs"]
mod axe;
#[path = "pages/journeys.rs"]
mod journeys;
#[path = "pages/live.rs"]
mod live;
#[path = "pages/login.rs"]
mod login;
#[path = "pages/plain.rs"]
mod plain;
#[path = "pages/webhooks.rs"]
mod webhooks;
