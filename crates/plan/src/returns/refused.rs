//! Why a step in the life of a return is refused. Refuses to know when it is.

use crate::answers::{Problem, Severity};
use crate::kinds::Id;
use crate::period::{Date, Frequency, Period};
use crate::say::Say;
use crate::text::Text;

/// Why a step in the life of a return is refused.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, derive(strum::EnumDiscriminants))]
#[cfg_attr(test, strum_discriminants(derive(strum::VariantArray)))]
pub enum Refused {
    UnknownAssignment(String),
    WrongPeriod {
        form: Text,
        frequency: Frequency,
        period: Period,
    },
    /// The period has not ended; it can be reported from that day.
    TooEarly {
        period: Period,
        from: Date,
    },
    NotOwed {
        unit: Id,
        period: Period,
        first: Period,
    },
    /// The area did not exist yet, or any more.
    NoSuchArea {
        area: Text,
        period: Period,
    },
    Closed {
        form: Text,
        period: Period,
    },
    UnderVerification(Id),
    /// What was answered does not pass the checks.
    Problems(Vec<Problem>),
    ReasonNeeded,
    NotWaiting(Id),
    /// The return is another version than the one that was looked at.
    Moved {
        id: Id,
        seen: u32,
        now: u32,
    },
}

impl Refused {
    /// The refusal as a sentence with its numbers.
    pub fn say(&self) -> Say {
        match self {
            Refused::UnknownAssignment(id) => Say::new("refused-unknown-assignment").words("value", id),
            Refused::WrongPeriod { form, frequency, period } => Say::new("refused-wrong-period")
                .name("form", form)
                .clause("frequency", Say::new(format!("frequency-{}", frequency.code())))
                .words("value", period.to_string()),
            Refused::TooEarly { period, from } => {
                Say::new("refused-too-early").period("period", *period).date("from", *from)
            }
            Refused::NotOwed { unit, period, first } => {
                Say::new("refused-not-owed").words("unit", unit).period("period", *period).period("first", *first)
            }
            Refused::NoSuchArea { area, period } => {
                Say::new("refused-no-such-area").name("area", area).period("period", *period)
            }
            Refused::Closed { form, period } => Say::new("refused-closed").name("form", form).period("period", *period),
            Refused::UnderVerification(id) => Say::new("refused-under-verification").words("value", id),
            Refused::Problems(problems) => Refused::say_first(problems),
            Refused::ReasonNeeded => Say::new("refused-reason-needed"),
            Refused::NotWaiting(id) => Say::new("refused-not-waiting").words("value", id),
            Refused::Moved { id, seen, now } => Say::new("refused-moved")
                .words("value", id)
                .number("seen", f64::from(*seen))
                .number("now", f64::from(*now)),
        }
    }

    /// Where all of them have no room, the first that blocks.
    fn say_first(problems: &[Problem]) -> Say {
        let blocks = |problem: &&Problem| problem.severity == Severity::Error;
        let say = Say::new("refused-return-checks");
        match problems.iter().find(blocks).or(problems.first()) {
            Some(problem) => say.words("indicator", &problem.indicator).clause("why", problem.say.clone()),
            None => say.words("indicator", "").words("why", ""),
        }
    }
}
