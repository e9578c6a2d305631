//! The pages as a real browser shows them: Chromium, driven over its DevTools protocol, over a server with a small
//! registry whose story and times are fixed. For tests of the pages and for the pictures of the guide.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::panic,
    reason = "for tests only: a failed step is a failed test"
)]

pub mod axe;
mod chromium;
mod picture;
mod site;
mod story;
mod webhooks;
mod window;

pub use chromium::Chromium;
pub use picture::smaller;
pub use site::Site;
pub use story::{a_registration, context};
pub use window::{Colours, Size, Window};
