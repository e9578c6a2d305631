//! What of a Markdown document is to be run, and how new answers get into it.

use std::ops::Range;

use crate::sandbox::Answer;

/// A document as lines.
pub(crate) struct Document {
    lines: Vec<String>,
}

/// Something to run or check, in the order of the document.
pub(crate) enum Block {
    /// Commands and what they answer.
    Console(Vec<Shown>),
    /// A script that readers don't see.
    Setup {
        /// Its line in the document.
        line: usize,
        /// The script.
        script: String,
    },
    /// A file of the original registry, for what readers are shown about upgrading one.
    Original {
        /// The file to make.
        file: String,
        /// The rows to put into its tables.
        rows: String,
    },
    /// A file that a code block shows.
    File {
        /// Its name.
        name: String,
        /// What it holds.
        text: String,
    },
    /// Commands without an answer.
    Shell {
        /// Its line in the document.
        line: usize,
        /// The commands, one in a line.
        commands: Vec<String>,
    },
}

/// A command with the answer that the document shows.
pub(crate) struct Shown {
    /// Its line in the document.
    pub(crate) line: usize,
    /// The command; its lines joined by line breaks.
    pub(crate) command: String,
    /// The exit status.
    pub(crate) status: i32,
    /// What it prints.
    pub(crate) output: String,
    /// The lines of status and output, counted from 0.
    place: Range<usize>,
}

/// The languages of code blocks that are neither run nor checked here.
const NOT_RUN: &[&str] = &["rust", "mermaid", "text", "json", "sql", "python"];

impl Document {
    pub(crate) fn parse(text: &str) -> Self {
        Self {
            lines: text.lines().map(ToOwned::to_owned).collect(),
        }
    }

    pub(crate) fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut at = 0;
        while at < self.lines.len() {
            let line = self.lines[at].trim_start();
            if line == "<!-- setup" {
                let end = self.end(at, |line| line == "-->");
                let script = self.lines[at + 1..end].join("\n");
                blocks.push(Block::Setup { line: at + 1, script });
                at = end;
            } else if let Some(file) = line.strip_prefix("<!-- original ") {
                let end = self.end(at, |line| line == "-->");
                let rows = self.lines[at + 1..end].join("\n");
                let file = file.to_owned();
                blocks.push(Block::Original { file, rows });
                at = end;
            } else if let Some(name) = file_name(line) {
                let start = at + 1;
                let end = self.end(start, |line| line.trim_start() == "```");
                let text = self.lines[start + 1..end].join("\n") + "\n";
                let name = name.to_owned();
                blocks.push(Block::File { name, text });
                at = end;
            } else if let Some(language) = line.strip_prefix("```") {
                let end = self.end(at, |line| line.trim_start() == "```");
                match language {
                    "console" => blocks.push(Block::Console(self.shown(at + 1..end))),
                    "sh" => {
                        let commands = self.lines[at + 1..end].to_vec();
                        blocks.push(Block::Shell {
                            line: at + 1,
                            commands,
                        });
                    }
                    _ => assert!(
                        NOT_RUN.contains(&language),
                        "line {}: what is `{language}`?",
                        at + 1
                    ),
                }
                at = end;
            }
            at += 1;
        }
        blocks
    }

    fn end(&self, start: usize, is_end: fn(&str) -> bool) -> usize {
        let rest = self.lines[start + 1..].iter().position(|line| is_end(line));
        start + 1 + rest.unwrap_or_else(|| panic!("the block at line {} has no end", start + 1))
    }

    /// The commands of a block.
    fn shown(&self, block: Range<usize>) -> Vec<Shown> {
        let mut commands = Vec::new();
        let mut at = block.start;
        while at < block.end {
            let line = at + 1;
            let Some(first) = self.lines[at].strip_prefix("$ ") else {
                panic!("line {line}: a block begins with a command");
            };
            let mut command = first.to_owned();
            at += 1;
            while at < block.end
                && let Some(more) = self.lines[at].strip_prefix("> ")
            {
                command = format!("{command}\n{more}");
                at += 1;
            }
            let start = at;
            let status = self.lines[at].strip_prefix("? ").map(|status| {
                at += 1;
                status.parse().unwrap()
            });
            let output = at;
            while at < block.end && !self.lines[at].starts_with("$ ") {
                at += 1;
            }
            commands.push(Shown {
                line,
                command,
                status: status.unwrap_or(0),
                output: self.lines[output..at].join("\n"),
                place: start..at,
            });
        }
        commands
    }

    /// The whole document with these answers in place of those shown.
    pub(crate) fn with_answers(mut self, answers: &[(Shown, Answer)]) -> String {
        for (shown, answer) in answers.iter().rev() {
            let status = (answer.status != 0).then(|| format!("? {}", answer.status));
            let output = answer
                .output
                .trim_end()
                .lines()
                .map(|line| line.trim_end().to_owned());
            self.lines
                .splice(shown.place.clone(), status.into_iter().chain(output));
        }
        self.lines.join("\n") + "\n"
    }
}

/// Of `<!-- file NAME -->`, which stands before the code block that shows it.
fn file_name(line: &str) -> Option<&str> {
    line.strip_prefix("<!-- file ")?.strip_suffix(" -->")
}

#[test]
fn commands_answers_and_setup_are_found_and_replaced() {
    let text = "<!-- setup\ntouch a\n-->\n```console\n$ ls \\\n> a\na\n$ false\n? 1\n```\n";
    let document = Document::parse(text);
    let blocks = document.blocks();
    let [Block::Setup { script, .. }, Block::Console(commands)] = &blocks[..] else {
        panic!("two blocks");
    };
    assert_eq!(script, "touch a");
    assert_eq!(
        (commands[0].command.as_str(), commands[0].output.as_str()),
        ("ls \\\na", "a")
    );
    assert_eq!((commands[1].command.as_str(), commands[1].status), ("false", 1));

    let Some(Block::Console(commands)) = blocks.into_iter().nth(1) else {
        panic!("a console block");
    };
    let answers = commands.into_iter().map(|shown| {
        let output = "b\nc\n".to_owned();
        (shown, Answer { status: 2, output })
    });
    let answers: Vec<_> = answers.collect();
    let replaced = "<!-- setup\ntouch a\n-->\n```console\n$ ls \\\n> a\n? 2\nb\nc\n$ false\n? 2\nb\nc\n```\n";
    assert_eq!(document.with_answers(&answers), replaced);
}
