//! What a rule has to say to a person: the key of a sentence and what stands in it. Refuses to know languages; the
//! locale tells it.

use std::borrow::Cow;

use crate::period::{Date, Period};
use crate::text::Text;

/// A sentence to be said, in any language.
#[derive(Clone, Debug, PartialEq)]
pub struct Say {
    /// The key of the sentence in `locales/`.
    pub key: Cow<'static, str>,
    pub parts: Vec<(&'static str, Part)>,
}

/// Something that stands in a sentence and is written in the reader's way.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    Number(f64),
    /// As typed or printed; the same in every language.
    Words(String),
    /// Names in several languages, joined by a middle dot.
    Names(Vec<Text>),
    Period(Period),
    Date(Date),
    /// A code of a vocabulary, said in the reader's words, such as `province` or `KHR`.
    Code(String),
    /// A clause with words of its own.
    Say(Box<Say>),
}

impl Say {
    pub fn new(key: impl Into<Cow<'static, str>>) -> Say {
        Say { key: key.into(), parts: Vec::new() }
    }

    fn with(mut self, name: &'static str, part: Part) -> Say {
        self.parts.push((name, part));
        self
    }

    pub fn number(self, name: &'static str, value: f64) -> Say {
        self.with(name, Part::Number(value))
    }

    pub fn words(self, name: &'static str, words: impl Into<String>) -> Say {
        self.with(name, Part::Words(words.into()))
    }

    /// The words that stand under a name.
    pub fn word(&self, name: &str) -> Option<&str> {
        self.parts.iter().find_map(|(own, part)| match part {
            Part::Words(words) if *own == name => Some(words.as_str()),
            _ => None,
        })
    }

    pub fn name(self, name: &'static str, text: &Text) -> Say {
        self.names(name, vec![text.clone()])
    }

    pub fn names(self, name: &'static str, texts: Vec<Text>) -> Say {
        self.with(name, Part::Names(texts))
    }

    pub fn period(self, name: &'static str, period: Period) -> Say {
        self.with(name, Part::Period(period))
    }

    pub fn date(self, name: &'static str, date: Date) -> Say {
        self.with(name, Part::Date(date))
    }

    pub fn code(self, name: &'static str, code: &str) -> Say {
        self.with(name, Part::Code(code.into()))
    }

    pub fn clause(self, name: &'static str, say: Say) -> Say {
        self.with(name, Part::Say(Box::new(say)))
    }

    /// The number under a name, for rules that build on each other and for tests.
    pub fn number_of(&self, name: &str) -> Option<f64> {
        self.parts.iter().find_map(|(n, part)| match part {
            Part::Number(value) if *n == name => Some(*value),
            _ => None,
        })
    }
}
