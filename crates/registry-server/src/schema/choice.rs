//! What a request chooses one of. The types of `registry-core` read them; these name them to whoever reads the
//! description, and to generated clients.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Declares choices by the words that requests have for them.
macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident { $($(#[$choice_doc:meta])* $choice:ident,)+ })+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
            #[serde(rename_all = "lowercase")]
            pub enum $name { $($(#[$choice_doc])* $choice,)+ }
        )+
    };
}

choices! {
    /// Models of which status.
    WithStatus {
        /// In use
        Active,
        /// Out of use
        Retired,
        /// Both
        All,
    }
    /// Which values of a metric are better.
    Better {
        /// The low ones
        Low,
        /// The high ones
        High,
    }
    /// Which relatives of a model.
    Relatives {
        /// What it came from
        Ancestors,
        /// What came from it
        Descendants,
        /// Both, and what else came from its ancestors
        Family,
    }
    /// From whom a promotion takes the tag.
    Scope {
        /// From every other model
        Registry,
        /// From the other versions of its name
        Name,
        /// From nobody
        None,
    }
    /// Which part of a version is raised.
    Part {
        /// The first
        Major,
        /// The second
        Minor,
        /// The third
        Patch,
    }
    /// What became of a message for a webhook.
    Outcome {
        /// It waits
        Pending,
        /// It has arrived
        Delivered,
        /// It was given up
        Dead,
    }
}

#[cfg(test)]
mod tests {
    use registry_core::webhook::DeliveryStatus;
    use registry_core::{Bump, LineageScope, PromotionScope, Status};

    use super::*;

    /// Whether the domain reads every word.
    fn read<C: Serialize, T: std::str::FromStr>(choices: &[C]) -> bool {
        choices.iter().all(|choice| {
            let word = serde_json::to_value(choice).unwrap();
            word.as_str().unwrap().parse::<T>().is_ok()
        })
    }

    #[test]
    fn the_domain_has_the_same_words() {
        assert!(read::<_, LineageScope>(&[
            Relatives::Ancestors,
            Relatives::Descendants,
            Relatives::Family
        ]));
        assert!(read::<_, PromotionScope>(&[
            Scope::Registry,
            Scope::Name,
            Scope::None
        ]));
        assert!(read::<_, Bump>(&[Part::Major, Part::Minor, Part::Patch]));
        let outcomes = [Outcome::Pending, Outcome::Delivered, Outcome::Dead];
        assert!(read::<_, DeliveryStatus>(&outcomes) && outcomes.len() == DeliveryStatus::ALL.len());
        assert!(Status::parse("active").is_ok() && Status::parse("retired").is_ok());
    }
}
