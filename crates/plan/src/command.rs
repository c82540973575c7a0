//! What a person asks of the plan, as a value: what it needs, what is written with it, what it changes or why it is refused.
//! Refuses to know who keeps the plan: a command is decided against a state, and nothing else happens.

use std::sync::Arc;

use crate::kinds::{Id, Kind, Tabled};
use crate::permission::{Act, Denied, Post};
use crate::returns::Refused;
use crate::screen;
use crate::{Change, Date, Say, State};

/// Something that a person asks of the plan. `app` carries it out as one entry of the ledger.
pub trait Command: Send + 'static {
    /// What the person's post must allow whatever the record is.
    fn needs(&self) -> Need;

    /// Why, as the entry keeps it.
    fn why(&self) -> Why<'_>;

    /// What the person wrote besides the reason: nothing of it may point to a single person.
    fn texts(&self) -> Vec<&str> {
        Vec::new()
    }

    /// The changes, or why there are none. Asked again where somebody else wrote in between.
    ///
    /// # Errors
    /// [`Refusal`] says which rule stands against it.
    fn decide(&self, by: &By, state: &State) -> Result<Vec<Change>, Refusal>;
}

/// What a command asks of whoever gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The post may do this.
    May(Act),
    /// The record says who may: [`Command::decide`] asks it.
    Own,
}

/// Why a command is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why<'a> {
    /// The person says it, and has to.
    Reason(&'a str),
    /// The person may say it; otherwise the entry has these words.
    Remark(&'a str, &'static str),
    /// It says itself: always these words.
    Fixed(&'static str),
}

/// Whoever gives a command, and on which day of the plan's country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    pub account: String,
    pub post: Post,
    pub today: Date,
    pub proof: LastProof,
}

/// When somebody last proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastProof {
    Lately,
    LongAgo,
}

/// Why a command changes nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// A rule of returns.
    Return(Refused),
    Denied(Denied),
    NotFound {
        kind: Kind,
        id: Id,
    },
    /// What was given cannot be used; the sentence says why and what to do.
    Bad(Say),
}

impl Refusal {
    pub fn missing(kind: Kind, id: &str) -> Refusal {
        Refusal::NotFound { kind, id: id.into() }
    }
}

/// What every command has to pass before it is decided: the post's permission, a late proof where it is dangerous, a reason
/// where one is due, and no words that point to a single person. Gives the reason of its entry.
///
/// # Errors
/// [`Refusal`] of the first of these that is not met.
pub fn admit(command: &(impl Command + ?Sized), by: &By) -> Result<String, Refusal> {
    if let Need::May(act) = command.needs() {
        by.post.may(act)?;
        if act.is_dangerous() && by.proof == LastProof::LongAgo {
            return Err(Denied(act).into());
        }
    }
    let why = match command.why() {
        Why::Reason(words) if words.trim().is_empty() => return Err(Refused::ReasonNeeded.into()),
        Why::Remark(words, otherwise) if words.trim().is_empty() => otherwise,
        Why::Fixed(words) => words,
        Why::Reason(words) | Why::Remark(words, _) => words.trim(),
    };
    match std::iter::once(why).chain(command.texts()).find_map(screen::personal) {
        Some(say) => Err(Refusal::Bad(say)),
        None => Ok(why.to_string()),
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Refusal {
        Refusal::Return(refused)
    }
}

impl From<Denied> for Refusal {
    fn from(denied: Denied) -> Refusal {
        Refusal::Denied(denied)
    }
}

impl From<Say> for Refusal {
    fn from(say: Say) -> Refusal {
        Refusal::Bad(say)
    }
}

impl State {
    /// A record that has to be there.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] if it is not.
    pub fn known<T: Tabled>(&self, id: &str) -> Result<&Arc<T>, Refusal> {
        self.find::<T>(id).ok_or_else(|| Refusal::missing(T::KIND, id))
    }
}
