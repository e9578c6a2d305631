//! Starting Chromium.

use std::path::PathBuf;

use chromiumoxide::browser::{Browser, BrowserConfig};
use chromiumoxide::cdp::browser_protocol::target::{CreateBrowserContextParams, CreateTargetParams};
use futures::StreamExt as _;
use tempfile::TempDir;

use crate::window::Window;

/// Names the program; `cargo xtask test` sets it.
const VARIABLE: &str = "REGISTRY_TEST_CHROMIUM";
/// What the program is called.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// A running Chromium with a profile of its own; it ends with this.
#[derive(Debug)]
pub struct Chromium {
    browser: Browser,
    _profile: TempDir,
}

impl Chromium {
    /// Starts one.
    pub async fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        let config = BrowserConfig::builder()
            .chrome_executable(program())
            .user_data_dir(profile.path())
            .new_headless_mode()
            .viewport(None)
            .window_size(1280, 900)
            // It only ever opens pages of a server of the test, often as root, as whom its sandbox does not start.
            .no_sandbox()
            // Where there is no tablet and no screen, letters are drawn alike everywhere.
            .args(["hide-scrollbars", "font-render-hinting=none", "disable-lcd-text"])
            .build()
            .unwrap();
        let (browser, mut events) = Browser::launch(config).await.unwrap();
        tokio::spawn(async move { while events.next().await.is_some() {} });
        Self {
            browser,
            _profile: profile,
        }
    }

    /// A window of somebody else: it shares no cookies with the others, and all can be seen at the same time.
    pub async fn window(&self) -> Window {
        let person = self
            .browser
            .create_browser_context(CreateBrowserContextParams::default());
        let page = CreateTargetParams::builder()
            .url("about:blank")
            .browser_context_id(person.await.unwrap())
            .new_window(true)
            .build()
            .unwrap();
        Window::over(self.browser.new_page(page).await.unwrap()).await
    }
}

fn program() -> PathBuf {
    if let Some(program) = std::env::var_os(VARIABLE) {
        return program.into();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut programs = std::env::split_paths(&path).flat_map(|folder| NAMES.map(|name| folder.join(name)));
    programs.find(|program| program.is_file()).unwrap_or_else(|| {
        panic!(
            "Chromium is not there: install it (Debian: `apt-get install chromium`), or name it in {VARIABLE}"
        )
    })
}
