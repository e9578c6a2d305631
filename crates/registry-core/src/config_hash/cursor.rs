//! A place in the text of a configuration that moves forward; knows characters, not grammar.

use super::error::{ConfigHashError, Position};

pub(super) struct Cursor<'text> {
    text: &'text str,
    offset: usize,
}

impl<'text> Cursor<'text> {
    pub(super) fn new(text: &'text str) -> Self {
        Self { text, offset: 0 }
    }

    /// Bytes before this place.
    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    pub(super) fn position(&self) -> Position {
        self.position_of(self.offset)
    }

    pub(super) fn position_of(&self, offset: usize) -> Position {
        Position::of(self.text, offset)
    }

    /// The text from `start` up to this place. Both must be next to an ASCII character or at an end of the text.
    pub(super) fn text_since(&self, start: usize) -> &'text str {
        &self.text[start..self.offset]
    }

    /// The next byte, without moving.
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset).copied()
    }

    /// Moves over the next byte, whatever it is.
    pub(super) fn next_byte(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.offset += 1;
        Some(byte)
    }

    /// Moves back to a place where this cursor was before.
    pub(super) fn go_back_to(&mut self, offset: usize) {
        self.offset = offset;
    }

    /// Moves over `word` if it comes next.
    pub(super) fn take(&mut self, word: &str) -> bool {
        let comes_next = self.text.as_bytes()[self.offset..].starts_with(word.as_bytes());
        if comes_next {
            self.offset += word.len();
        }
        comes_next
    }

    /// Moves on while the next byte is wanted; says how many there were.
    pub(super) fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> usize {
        let start = self.offset;
        while self.peek().is_some_and(&wanted) {
            self.offset += 1;
        }
        self.offset - start
    }

    pub(super) fn skip_whitespace(&mut self) {
        self.take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    }

    /// The error for a next character that is none of `expected`.
    pub(super) fn unexpected(&self, expected: &'static str) -> ConfigHashError {
        ConfigHashError::Unexpected {
            expected,
            found: self.text.get(self.offset..).and_then(|rest| rest.chars().next()),
            position: self.position(),
        }
    }
}
