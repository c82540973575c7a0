//! Civil society beside government: rating a part of the plan, and answering a rating. Refuses to sum ratings up.

use crate::command::{By, Command, Need, Refusal, Why};
use crate::kinds::{Colour, Id, Indicator, Node, Rating};
use crate::permission::Act;
use crate::text::Lang;
use crate::{Change, State, Text};

/// What is rated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rated {
    Node(Id),
    Indicator(Id),
}

impl Rated {
    fn id(&self) -> &Id {
        match self {
            Rated::Node(id) | Rated::Indicator(id) => id,
        }
    }
}

/// A rating of today. One of the same day is written again as long as nobody has answered it; an answered one stays, and the
/// next gets a number.
pub struct Rate {
    pub of: Rated,
    pub rating: Colour,
    pub reason: String,
    pub evidence: String,
    pub lang: Lang,
}

impl Command for Rate {
    fn needs(&self) -> Need {
        Need::May(Act::Rate)
    }

    fn why(&self) -> Why<'_> {
        Why::Reason(&self.reason)
    }

    fn texts(&self) -> Vec<&str> {
        vec![&self.evidence]
    }

    fn decide(&self, by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        let (node, indicator) = match &self.of {
            Rated::Node(id) => (Some(state.known::<Node>(id)?.id.clone()), None),
            Rated::Indicator(id) => (None, Some(state.known::<Indicator>(id)?.id.clone())),
        };
        let institution = by.post.institution.clone();
        let first = format!("{}.{}.{}", self.of.id(), institution.as_deref().unwrap_or("CSO"), by.today);
        let mut ids = std::iter::once(first.clone()).chain((2..).map(|n| format!("{first}.{n}")));
        let free = |id: &String| state.find::<Rating>(id).is_none_or(|rating| rating.answered.is_none());
        let rating = Rating {
            id: ids.find(free).unwrap_or(first),
            node,
            indicator,
            institution,
            date: by.today,
            rating: self.rating,
            reason: Text::of(self.lang, self.reason.trim()),
            evidence: self.evidence.trim().to_string(),
            answer: Text::default(),
            answered: None,
            illustrative: false,
        };
        Ok(vec![Change::Put(rating.into())])
    }
}

/// Answers a rating. A later answer replaces the text; its history stays.
pub struct AnswerRating {
    pub id: Id,
    pub answer: String,
    pub lang: Lang,
}

impl Command for AnswerRating {
    fn needs(&self) -> Need {
        Need::May(Act::AnswerRating)
    }

    fn why(&self) -> Why<'_> {
        Why::Reason(&self.answer)
    }

    fn decide(&self, by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        let rating = state.known::<Rating>(&self.id)?;
        by.post.may_answer(rating, state)?;
        let answer = rating.answer.clone().with(self.lang, self.answer.trim());
        Ok(vec![Change::Put(Rating { answer, answered: Some(by.today), ..(**rating).clone() }.into())])
    }
}
