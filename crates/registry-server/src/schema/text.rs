//! Texts of requests. The types of `registry-core` judge them, in bytes and to the last character; these patterns say
//! what a program can say beforehand: neither empty nor too long, no control characters, no blanks at the ends.

use utoipa::ToSchema;

/// Declares texts by their patterns.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident($max:tt, $pattern:tt);)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, ToSchema)]
            #[schema(value_type = String, max_length = $max, pattern = $pattern)]
            pub struct $name(pub String);
        )+
    };
}

texts! {
    /// A model's name, such as `gpt-small` or `org/encoder`: 1 to 255 bytes without `@`, not beginning with `:`
    Name(255, r"^[^\x00-\x20\x7f-\xa0:@]([^\x00-\x1f\x7f-\x9f@]*[^\x00-\x20\x7f-\xa0@])?$");
    /// A tag, such as `production`: 1 to 128 bytes without a comma, not beginning with `:`
    Tag(128, r"^[^\x00-\x20\x7f-\xa0:,]([^\x00-\x1f\x7f-\x9f,]*[^\x00-\x20\x7f-\xa0,])?$");
    /// A name of something else: 1 to 128 bytes
    Line(128, r"^[^\x00-\x20\x7f-\xa0]([^\x00-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\xa0])?$");
    /// What names a model: an id, `name@version`, `name@^1`, `name`, `:tag` or `name@:tag`
    Selector(1024, r"^[^\x00-\x20\x7f-\xa0]([^\x00-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\xa0])?$");
    /// Why something is done: 1 to 4,096 bytes, of several lines if need be
    Reason(4096, r"^[^\x00-\x20\x7f-\xa0]([^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\xa0])?$");
    /// A version by SemVer, without build metadata
    Version(256, r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?$");
}
