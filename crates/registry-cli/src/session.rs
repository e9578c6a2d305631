//! What a running command knows of its surroundings.

use std::cell::Cell;

use registry_connect::Location;
use serde_json::{Value, json};

use crate::args::Globals;
use crate::console::Console;
use crate::output::Output;
use crate::render::Screen;

/// The surroundings of a running command.
pub(crate) struct Session<'s, 'c> {
    /// Where the registry is.
    pub(crate) database: Location,
    /// A replica of it, for commands that only read.
    pub(crate) replica: Option<Location>,
    /// Answer in JSON.
    pub(crate) json: bool,
    /// What texts for people are made for.
    pub(crate) screen: Screen,
    /// The streams.
    pub(crate) console: &'s mut Console<'c>,
    /// Whether an argument has read standard input already.
    pub(crate) stdin_taken: Cell<bool>,
}

impl<'s, 'c> Session<'s, 'c> {
    pub(crate) fn new(globals: Globals, console: &'s mut Console<'c>) -> Self {
        Self {
            database: globals.db,
            replica: globals.replica,
            json: globals.json,
            screen: Screen {
                width: console.width,
                color: console.color_out,
                unicode: console.unicode,
                utc: globals.utc,
            },
            console,
            stdin_taken: Cell::new(false),
        }
    }

    /// Prints a piece of an answer that is too long for one. Only commands that read do this: a write prints after
    /// its commit.
    ///
    /// # Errors
    /// When it cannot be printed; the command ends with [`Output::stopped`].
    pub(crate) fn print(&mut self, piece: &str) -> std::io::Result<()> {
        self.console.out.write_all(piece.as_bytes())
    }

    /// Prints a piece of an answer that goes on for as long as its reader likes.
    ///
    /// # Errors
    /// As [`print`](Self::print).
    pub(crate) fn print_now(&mut self, piece: &str) -> std::io::Result<()> {
        self.print(piece)?;
        self.console.out.flush()
    }

    /// The answer of a write that its user thought better of.
    pub(crate) fn cancelled(&self) -> Output {
        self.answer(|| json!({ "cancelled": true }), |_| "cancelled".into())
    }

    /// An answer in the form that was asked for.
    pub(crate) fn answer(
        &self,
        json: impl FnOnce() -> Value,
        text: impl FnOnce(&Screen) -> String,
    ) -> Output {
        if self.json {
            Output::json(&json())
        } else {
            Output::text(text(&self.screen))
        }
    }
}
