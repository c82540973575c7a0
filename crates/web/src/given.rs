//! Values that a form gave, each read as what it has to be. What is none of the known values is refused with its field,
//! itself and what it can be: nothing is guessed, dropped or taken for something else. Refuses to know what a form is for.

use std::str::FromStr;

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, FromRequest, Request};
use romduol_app::AppError;
use romduol_plan::text::Vocabulary;
use romduol_plan::{Date, Lang, Say};

use crate::Site;

/// The fields of a form as they came, in their order.
#[derive(Debug, Default)]
pub(crate) struct Given(Vec<(String, String)>);

impl FromRequest<Site> for Given {
    type Rejection = FormRejection;

    async fn from_request(request: Request, site: &Site) -> Result<Given, FormRejection> {
        Form::from_request(request, site).await.map(|Form(pairs)| Given(pairs))
    }
}

impl Given {
    /// The value of a field without the blanks around it; empty where it did not come.
    pub fn one(&self, field: &str) -> &str {
        self.all(field).next().unwrap_or_default()
    }

    /// Every value of a field that may come several times.
    pub fn all<'g>(&'g self, field: &str) -> impl Iterator<Item = &'g str> {
        self.0.iter().filter(move |(name, _)| name == field).map(|(_, value)| value.trim())
    }

    pub fn choice<T: Vocabulary>(&self, field: &str) -> Result<T, AppError> {
        choice(field, self.one(field))
    }

    pub fn choices<T: Vocabulary, C: FromIterator<T>>(&self, field: &str) -> Result<C, AppError> {
        self.all(field).map(|value| choice(field, value)).collect()
    }

    pub fn ticked(&self, field: &str) -> Result<bool, AppError> {
        ticked(field, self.one(field))
    }
}

/// One of a vocabulary.
pub(crate) fn choice<T: Vocabulary>(field: &str, value: &str) -> Result<T, AppError> {
    let choices: Vec<_> = T::all().iter().map(|word| (word.code(), *word)).collect();
    one_of(field, value, &choices)
}

/// The language that a page was in when its form was sent; a program need not say.
pub(crate) fn spoken(value: &str) -> Result<Lang, AppError> {
    if value.is_empty() { Ok(Lang::default()) } else { choice("lang", value) }
}

/// One of the words that a form knows.
pub(crate) fn one_of<T: Copy>(field: &str, value: &str, choices: &[(&'static str, T)]) -> Result<T, AppError> {
    let found = choices.iter().find(|(word, _)| *word == value.trim()).map(|(_, meant)| *meant);
    found.ok_or_else(|| {
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        refused("refused-value", field, value, &words.join(", "))
    })
}

/// A box that was ticked sends what browsers send; one that was not sends nothing.
pub(crate) fn ticked(field: &str, value: &str) -> Result<bool, AppError> {
    one_of(field, value, &[("", false), ("on", true), ("yes", true), ("true", true), ("1", true)])
}

/// A whole number in plain digits, as forms write it into hidden fields.
pub(crate) fn whole<N: FromStr>(field: &str, value: &str) -> Result<N, AppError> {
    value.trim().parse().map_err(|_| refused("refused-value", field, value, "0, 1, 2 …"))
}

/// A day, or nothing where nothing was given.
pub(crate) fn date(field: &str, value: &str) -> Result<Option<Date>, AppError> {
    match value.trim() {
        "" => Ok(None),
        day => Date::parse(day).map(Some).ok_or_else(|| refused("refused-value", field, day, "2026-03-31")),
    }
}

fn refused(key: &'static str, field: &str, value: &str, choices: &str) -> AppError {
    let short: String = value.chars().take(60).collect();
    AppError::Bad(Say::new(key).words("field", field).words("value", short).words("choices", choices))
}

#[cfg(test)]
mod tests {
    use romduol_plan::kinds::AreaLevel;

    use super::*;

    fn said<T: std::fmt::Debug>(read: Result<T, AppError>) -> String {
        read.unwrap_err().to_string()
    }

    #[test]
    fn what_is_known_is_read() {
        assert_eq!(choice::<AreaLevel>("level", " province ").unwrap(), AreaLevel::Province);
        assert_eq!(one_of("decision", "approve", &[("approve", 1), ("decline", 2)]).unwrap(), 1);
        assert_eq!(whole::<u32>("version", " 7 ").unwrap(), 7);
        assert_eq!(date("until", "").unwrap(), None);
        assert_eq!(date("until", "2026-03-31").unwrap(), Date::parse("2026-03-31"));
        assert!(ticked("demonstration", "on").unwrap() && !ticked("demonstration", "").unwrap());
    }

    #[test]
    fn what_is_not_known_names_field_value_and_choices() {
        let said_of = [
            said(choice::<AreaLevel>("level", "galaxy")),
            said(one_of("decision", "Approve", &[("approve", 1), ("decline", 2)])),
            said(ticked("demonstration", "off")),
            said(whole::<u32>("version", "-1")),
            said(date("until", "31 March")),
        ];
        let expected = [
            ["level", "galaxy", "province"],
            ["decision", "Approve", "approve, decline"],
            ["demonstration", "off", "on"],
            ["version", "-1", "0, 1, 2"],
            ["until", "31 March", "2026-03-31"],
        ];
        for (said, words) in said_of.iter().zip(expected) {
            assert!(words.iter().all(|word| said.contains(word)), "{said}");
        }
    }

    #[test]
    fn a_field_that_does_not_come_is_no_choice() {
        let given = Given(vec![("sections".into(), "road".into())]);
        assert!(said(given.choice::<AreaLevel>("level")).contains("level"));
        assert!(said(given.choices::<AreaLevel, Vec<_>>("sections")).contains("road"));
        assert_eq!(given.choices::<AreaLevel, Vec<_>>("tables").unwrap(), []);
    }
}
