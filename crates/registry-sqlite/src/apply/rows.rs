//! Rows as JSON text: a list of lists of values.

use serde::Serialize;

/// Rows in the making.
#[derive(Debug, Default)]
pub(super) struct Rows {
    json: Vec<u8>,
    row_begins: bool,
}

impl Rows {
    pub(super) fn is_empty(&self) -> bool {
        self.json.is_empty()
    }

    pub(super) fn bytes(&self) -> usize {
        self.json.len()
    }

    pub(super) fn begin(&mut self) {
        self.json
            .extend_from_slice(if self.json.is_empty() { b"[[" } else { b",[" });
        self.row_begins = true;
    }

    pub(super) fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> sqlx::Result<()> {
        if !std::mem::take(&mut self.row_begins) {
            self.json.push(b',');
        }
        serde_json::to_writer(&mut self.json, value).map_err(|error| sqlx::Error::Encode(error.into()))
    }

    pub(super) fn end(&mut self) {
        self.json.push(b']');
    }

    pub(super) fn into_json(mut self) -> sqlx::Result<String> {
        if self.json.is_empty() {
            self.json.push(b'[');
        }
        self.json.push(b']');
        String::from_utf8(self.json).map_err(|error| sqlx::Error::Encode(error.into()))
    }
}

/// Adds a row of these values.
macro_rules! add_row {
    ($rows:expr, $($value:expr),+ $(,)?) => {{
        $rows.begin();
        $($rows.value(&$value)?;)+
        $rows.end();
    }};
}

pub(super) use add_row;
