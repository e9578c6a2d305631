//! `cargo xtask links`: every relative link in the Markdown files at the root and in `docs/` leads somewhere.
//!
//! Files must exist and `#anchors` must be headings, named as GitHub names them. What is on the web is not asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::process::Failure;
use crate::tree::Tree;

/// Checks them all and lists every link that is broken.
pub(crate) fn run(root: &Path) -> Result<(), Failure> {
    let tree = Tree::open(root)?;
    let (pages, broken) = check(&tree)?;
    if broken.is_empty() {
        println!("links lead somewhere: {pages} pages");
        return Ok(());
    }
    for link in &broken {
        eprintln!("{link}");
    }
    Err(Failure::Found(format!("broken links: {}", broken.len())))
}

/// How many pages were read, and a line for each broken link.
fn check(tree: &Tree) -> Result<(usize, Vec<String>), Failure> {
    let mut pages = BTreeMap::new();
    for file in tree.with_extension("md") {
        pages.insert(file, Page::parse(&tree.read(file)?));
    }
    let mut broken = Vec::new();
    let checked: Vec<_> = pages.keys().filter(|file| is_ours(file)).collect();
    for file in &checked {
        for link in &pages[*file].links {
            if let Err(reason) = follow(tree, &pages, file, &link.target) {
                broken.push(format!(
                    "{}:{}: `{}`: {reason}",
                    file.display(),
                    link.line,
                    link.target
                ));
            }
        }
    }
    Ok((checked.len(), broken))
}

fn is_ours(file: &Path) -> bool {
    file.components().count() == 1 || file.starts_with("docs")
}

fn follow(tree: &Tree, pages: &BTreeMap<&Path, Page>, from: &Path, target: &str) -> Result<(), String> {
    if is_elsewhere(target) {
        return Ok(());
    }
    let (path, anchor) = target
        .split_once('#')
        .map_or((target, None), |(path, anchor)| (path, Some(anchor)));
    let path = path.split('?').next().unwrap_or_default();
    let file = if path.is_empty() {
        from.to_path_buf()
    } else {
        resolve(from, &decode(path))?
    };
    if !tree.contains(&file) {
        return Err(format!("`{}` does not exist", file.display()));
    }
    match (anchor, pages.get(file.as_path())) {
        (Some(anchor), Some(page)) if !page.anchors.contains(&decode(anchor)) => {
            Err(format!("`{}` has no heading `#{anchor}`", file.display()))
        }
        _ => Ok(()),
    }
}

/// True for `https:`, `mailto:` and the like, and for `//host/path`.
fn is_elsewhere(target: &str) -> bool {
    let scheme = target.split_once(':').map(|(scheme, _)| scheme);
    target.starts_with("//")
        || scheme.is_some_and(|scheme| scheme.chars().all(|c| c.is_ascii_alphanumeric() || c == '+'))
}

/// The file meant, from the root of the repository, where a leading slash leads too.
fn resolve(from: &Path, path: &str) -> Result<PathBuf, String> {
    let mut file = match path.strip_prefix('/') {
        Some(_) => PathBuf::new(),
        None => from.parent().map(Path::to_path_buf).unwrap_or_default(),
    };
    for component in Path::new(path).components() {
        match component {
            Component::Normal(name) => file.push(name),
            Component::ParentDir if !file.pop() => {
                return Err("leads out of the repository".to_owned());
            }
            _ => {}
        }
    }
    Ok(file)
}

/// Undoes `%20` and the like.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = (*first == b'%').then(|| tail.get(..2)).flatten();
        let byte = escaped.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

struct Link {
    line: usize,
    target: String,
}

/// What of a Markdown file matters to links.
#[derive(Default)]
struct Page {
    links: Vec<Link>,
    anchors: BTreeSet<String>,
}

impl Page {
    fn parse(text: &str) -> Self {
        let mut page = Self::default();
        let mut heading: Option<String> = None;
        let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
        for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
            let line = text[..range.start].matches('\n').count() + 1;
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(Link {
                        line,
                        target: dest_url.into_string(),
                    });
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    page.add_heading(&heading.take().unwrap_or_default());
                }
                Event::Text(words) | Event::Code(words) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&words);
                    }
                }
                Event::Html(html) | Event::InlineHtml(html) => page.add_html(&html, line),
                _ => {}
            }
        }
        page
    }

    /// GitHub's name for a heading: small letters, hyphens for spaces, no punctuation, numbered when taken.
    fn add_heading(&mut self, heading: &str) {
        let kept = heading
            .trim()
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        let name = kept.collect::<String>().to_lowercase().replace(' ', "-");
        let mut anchor = name.clone();
        let mut number = 0;
        while self.anchors.contains(&anchor) {
            number += 1;
            anchor = format!("{name}-{number}");
        }
        self.anchors.insert(anchor);
    }

    fn add_html(&mut self, html: &str, line: usize) {
        for name in ["href", "src"] {
            let targets = attributes(html, name).map(|target| Link {
                line,
                target: target.to_owned(),
            });
            self.links.extend(targets);
        }
        for name in ["id", "name"] {
            self.anchors.extend(attributes(html, name).map(str::to_owned));
        }
    }
}

/// The values of ` name="..."`.
fn attributes<'html>(html: &'html str, name: &str) -> impl Iterator<Item = &'html str> {
    let start = format!(" {name}=\"");
    let length = start.len();
    let starts: Vec<_> = html.match_indices(&start).map(|(at, _)| at + length).collect();
    starts.into_iter().filter_map(|at| html[at..].split('"').next())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::a_tree;

    fn broken(files: &[(&str, &str)]) -> Vec<String> {
        let (_folder, tree) = a_tree(files);
        check(&tree).unwrap().1
    }

    #[test]
    fn links_that_lead_somewhere() {
        let readme = "\
# The `registry`, in short
[guide](docs/guide.md) [part](docs/guide.md#first-steps) [second](docs/guide.md#first-steps-1) [folder](docs/)
[here](#the-registry-in-short) [web](https://example.org/nowhere.md#x) [mail](mailto:a@example.org)
![picture](/docs/a%20b.svg) [line](docs/a%20b.svg#L3) [named](docs/guide.md#by-hand) [by reference][guide]
<img src=\"docs/a b.svg\"> `[code](nowhere.md)`

[guide]: docs/guide.md?plain=1
";
        let guide = "# First steps\n[up](../README.md)\n## First *steps*\n<a id=\"by-hand\"></a>\n";
        assert_eq!(
            broken(&[
                ("README.md", readme),
                ("docs/guide.md", guide),
                ("docs/a b.svg", "")
            ]),
            [""; 0]
        );
    }

    #[test]
    fn links_that_do_not() {
        let guide =
            "# Guide\n\n[a](a.md)\n[b](../README.md#b) and [c](#c)\n[d](../../d.md)\n<img src=\"e.png\">\n";
        assert_eq!(
            broken(&[("README.md", "# A"), ("docs/guide.md", guide)]),
            [
                "docs/guide.md:3: `a.md`: `docs/a.md` does not exist",
                "docs/guide.md:4: `../README.md#b`: `README.md` has no heading `#b`",
                "docs/guide.md:4: `#c`: `docs/guide.md` has no heading `#c`",
                "docs/guide.md:5: `../../d.md`: leads out of the repository",
                "docs/guide.md:6: `e.png`: `docs/e.png` does not exist",
            ]
        );
    }

    #[test]
    fn headings_get_the_names_that_github_gives_them() {
        let page = Page::parse("# `a` & B_c\n## What's new?\n## What's new?\n## Größe\n");
        let expected = ["a--b_c", "größe", "whats-new", "whats-new-1"];
        assert_eq!(
            page.anchors.iter().map(String::as_str).collect::<Vec<_>>(),
            expected
        );
    }

    #[test]
    fn pages_elsewhere_are_read_for_their_headings_only() {
        let files = [
            ("README.md", "[a](crates/a/README.md#a)"),
            ("crates/a/README.md", "# A\n[b](b.md)"),
        ];
        assert_eq!(broken(&files), [""; 0]);
    }
}
