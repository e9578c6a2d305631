//! Makes the pictures of the pages in the folder that is named: on a phone and on a desk, in light and in dark colours.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a program for those who make the guide: a failed step is a failed run"
)]

use std::path::Path;

use browser::{Chromium, Colours, Site, Size, Window, smaller};
use registry_core::Timestamp;
use registry_server::Role;

/// The pages: the name of the picture, the address, and how many rows of a long page are shown.
const PAGES: &[(&str, &str, u32)] = &[
    ("models", "/", 1_100),
    (
        "search",
        "/?where=name+%3D+%22support%2Freply%22+and+metrics.val_loss+%3C+1.3",
        900,
    ),
    ("mistake", "/?where=nam+%3D+reply", 900),
    ("name", "/names/support%2Freply", 1_500),
    ("model", "/models/15", 1_500),
    ("compare", "/compare?ids=9,12,15", 1_900),
    ("tags", "/tags", 1_100),
    ("activity", "/activity", 900),
    (
        "promote",
        "/promote?model=support/reply@2.1.0&tag=production",
        900,
    ),
    ("tokens", "/tokens", 1_100),
    ("webhooks", "/webhooks", 1_100),
    ("webhook", "/webhooks/1", 1_300),
    ("delivery", "/webhooks/deliveries/DEAD", 1_100),
];
/// What changes from run to run, as it is shown instead: the port, and the ids of tokens, which are random.
const SETTLED: &str = "for (const text of document.querySelectorAll('pre.command')) {
  text.textContent = text.textContent.replace(location.origin, 'https://models.example');
}
document.querySelectorAll('table.cards td[data-label=Id] > code').forEach((id, place) => {
  id.textContent = ['14c1ceb9e7e1', '53ed8b05a0bf', 'fa19c99ddf07', 'e395b0cc4d7c'][place] ?? id.textContent;
})";

#[tokio::main]
async fn main() {
    let folder = std::env::args_os().nth(1).unwrap();
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder).unwrap();
    let site = Site::with_webhooks().await;
    let chromium = Chromium::start().await;
    let window = chromium.window().await;
    window.open(&site.at("/login")).await;
    let mut bytes = pictures(&window, folder, "login", 900).await;
    for (name, role, day) in [
        ("jonas", Role::Writer, "2026-03-10"),
        ("ci", Role::Writer, "2026-04-02"),
        ("mara", Role::Reader, "2026-05-20"),
    ] {
        site.token_made(name, &[role], Timestamp::parse(day).unwrap());
    }
    let token = site.token_made("aiko", &[Role::Admin], Timestamp::parse("2026-03-02").unwrap());
    site.log_in(&window, &token).await;
    for (name, path, rows) in PAGES {
        let path = path.replace("DEAD", &site.dead_delivery().await.to_string());
        window.open(&site.at(&path)).await;
        window.look(SETTLED).await;
        bytes += pictures(&window, folder, name, *rows).await;
    }
    println!("{} kB in {}", bytes / 1000, folder.display());
}

/// One page in every shape; answers how many bytes.
async fn pictures(window: &Window, folder: &Path, name: &str, rows: u32) -> usize {
    let mut bytes = 0;
    for size in Size::ALL {
        for colours in Colours::ALL {
            window.shape(size, colours).await;
            window
                .look("document.activeElement?.blur(); scrollTo(0, 0)")
                .await;
            let picture = smaller(&window.picture(true).await, rows);
            let file = format!("web-{name}-{}-{}.png", size.as_str(), colours.as_str());
            bytes += picture.len();
            println!("{file}: {} kB", picture.len() / 1000);
            std::fs::write(folder.join(file), picture).unwrap();
        }
    }
    bytes
}
