//! `tag` and `untag`.

use clap::Args;
use registry_core::{Selector, TagName};

use super::WriteOptions;
use super::model::no_model;
use crate::failure::Failure;

const EXAMPLES: &str = "\
Examples:
  registry-cli tag gpt-small@1.2.0 baseline
  registry-cli untag --model-id 5 --tag baseline";

/// Adds a tag to a model, or removes it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct TagCommand {
    #[command(flatten)]
    pub(crate) what: ModelAndTag,
    #[command(flatten)]
    pub(crate) write: WriteOptions,
}

/// A model and a tag, each as a plain argument or as an option.
#[derive(Debug, Args)]
pub(crate) struct ModelAndTag {
    /// The model: 5, NAME@1.2.0, NAME@^1, NAME, :TAG or NAME@:TAG (left out with --model-id)
    #[arg(value_name = "MODEL")]
    first: Option<String>,
    /// The tag (left out with --tag)
    #[arg(value_name = "TAG")]
    second: Option<String>,
    /// The model as an option: its id, or any form of MODEL
    #[arg(long, value_name = "MODEL", allow_negative_numbers = true)]
    model_id: Option<Selector>,
    /// The tag as an option
    #[arg(long, value_name = "TAG")]
    tag: Option<TagName>,
}

impl ModelAndTag {
    /// The model and the tag, whichever way they were given.
    ///
    /// # Errors
    /// When one of them is missing, or given twice.
    pub(crate) fn resolve(self) -> Result<(Selector, TagName), Failure> {
        let mut words = self.first.into_iter().chain(self.second);
        let model = match self.model_id {
            Some(model) => model,
            None => Selector::parse(&words.next().ok_or_else(no_model)?)?,
        };
        let tag = match self.tag {
            Some(tag) => tag,
            None => TagName::parse(words.next().ok_or_else(no_tag)?)?,
        };
        match words.next() {
            Some(word) => Err(Failure::usage(
                format!("`{word}` is one word too many"),
                "name one model and one tag, each once",
            )),
            None => Ok((model, tag)),
        }
    }
}

fn no_tag() -> Failure {
    Failure::usage("no tag was named", "name it after the model, or with --tag")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(
        [first, second]: [&str; 2],
        model_id: Option<&str>,
        tag: Option<&str>,
    ) -> Result<(String, String), Failure> {
        let what = ModelAndTag {
            first: Some(first.to_owned()).filter(|word| !word.is_empty()),
            second: Some(second.to_owned()).filter(|word| !word.is_empty()),
            model_id: model_id.map(|text| Selector::parse(text).unwrap()),
            tag: tag.map(|text| TagName::parse(text).unwrap()),
        };
        what.resolve()
            .map(|(model, tag)| (model.to_string(), tag.to_string()))
    }

    #[test]
    fn model_and_tag_in_every_mixture() {
        let expected = ("5".to_owned(), "best".to_owned());
        assert_eq!(resolve(["5", "best"], None, None).unwrap(), expected);
        assert_eq!(resolve(["best", ""], Some("5"), None).unwrap(), expected);
        assert_eq!(resolve(["5", ""], None, Some("best")).unwrap(), expected);
        assert_eq!(resolve(["", ""], Some("5"), Some("best")).unwrap(), expected);
    }

    #[test]
    fn missing_and_superfluous_words_are_refused() {
        assert!(resolve(["", ""], None, Some("best")).is_err());
        assert!(resolve(["5", ""], None, None).is_err());
        assert!(resolve(["5", "best"], None, Some("best")).is_err());
        assert!(resolve(["5", "a,b"], None, None).is_err());
    }
}
