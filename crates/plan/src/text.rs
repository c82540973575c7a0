//! Bilingual text and the vocabularies of codes. Refuses to know where a sentence is shown.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A language the program speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    #[default]
    En,
    Km,
}

impl Lang {
    pub const ALL: [Lang; 2] = [Lang::En, Lang::Km];

    pub fn code(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Km => "km",
        }
    }

    pub fn parse(code: &str) -> Option<Lang> {
        Lang::ALL.into_iter().find(|lang| lang.code() == code)
    }
}

impl Vocabulary for Lang {
    fn all() -> &'static [Lang] {
        &Lang::ALL
    }

    fn code(self) -> &'static str {
        Lang::code(self)
    }
}

/// Text in English and Khmer. Either may be missing: a plan is often written in one language first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-text" = true))]
pub struct Text {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub en: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub km: String,
}

impl Text {
    pub fn en(text: impl Into<String>) -> Text {
        Text { en: text.into(), km: String::new() }
    }

    /// Words in one language.
    pub fn of(lang: Lang, words: impl Into<String>) -> Text {
        Text::default().with(lang, words)
    }

    /// The same text with other words in one language; those in the other one stay.
    pub fn with(self, lang: Lang, words: impl Into<String>) -> Text {
        match lang {
            Lang::En => Text { en: words.into(), ..self },
            Lang::Km => Text { km: words.into(), ..self },
        }
    }

    /// The text in `lang`, or in the other language where that is all there is.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Km if !self.km.is_empty() => &self.km,
            Lang::En if self.en.is_empty() => &self.km,
            _ => &self.en,
        }
    }

    /// Whether `get(lang)` has to fall back to the other language.
    pub fn lacks(&self, lang: Lang) -> bool {
        match lang {
            Lang::En => self.en.is_empty(),
            Lang::Km => self.km.is_empty(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.en.is_empty() && self.km.is_empty()
    }
}

/// A fixed list of words with their codes, for whoever reads any of them.
pub trait Vocabulary: Copy + 'static {
    fn all() -> &'static [Self];
    fn code(self) -> &'static str;
}

/// Defines an enum of fixed codes once: the Rust variants, the codes in files and JSON, and the list of all.
#[macro_export]
macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
                 serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[schemars(inline)]
        pub enum $name {
            $($(#[$vmeta])* #[serde(rename = $code)] $variant),+
        }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The code as it stands in package files, JSON and translation keys.
            pub fn code(self) -> &'static str {
                match self { $($name::$variant => $code),+ }
            }

            pub fn parse(code: &str) -> Option<$name> {
                Self::ALL.iter().copied().find(|word| word.code() == code)
            }
        }

        impl $crate::text::Vocabulary for $name {
            fn all() -> &'static [$name] {
                $name::ALL
            }

            fn code(self) -> &'static str {
                $name::code(self)
            }
        }
    };
}
