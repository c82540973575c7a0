//! Stops what points to a single person, and text of an old font, before anything of a form is kept. Refuses to know pages:
//! every field is screened unless the table of routes says that a form is about something else.

use romduol_app::App;
use romduol_plan::{Kind, Say, number, screen};

use super::sent::Sent;

/// What the fields of a form may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Texts {
    /// Words about the plan: nothing in them may point to a person.
    Screened,
    /// A record or a table: these fields here, the others with its columns, whose texts differ.
    Only(&'static [&'static str]),
    /// A draft: its page keeps what is clean, field by field and file by file, and gives the rest back.
    ByPage,
    /// Accounts are about people, and stand beside the ledger.
    OfPeople,
    /// Passwords and codes, which no page gives back either.
    Secret,
}

/// A field that was stopped, and why.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stopped {
    pub field: String,
    pub say: Say,
}

/// Fields with numbers, which may be longer than a telephone number.
const AMOUNTS: [&str; 6] = ["amount", "quantity", "low", "likely", "high", "value"];

/// The fields that must not be kept.
pub(crate) fn stopped(app: &App, texts: Texts, sent: &Sent) -> Vec<Stopped> {
    let asked = |name: &str| match texts {
        Texts::Screened => true,
        Texts::Only(names) => names.contains(&name),
        Texts::ByPage | Texts::OfPeople | Texts::Secret => false,
    };
    let amount = |name: &str, value: &str| AMOUNTS.contains(&name) && number::parse(value).is_ok();
    let typed = sent.pairs.iter().filter(|(name, value)| asked(name) && !amount(name, value));
    let names = sent.files.iter().filter(|_| matches!(texts, Texts::Screened | Texts::Only(_)));
    let all = typed.map(|(name, value)| (name, value.as_str())).chain(names.map(|f| (&f.field, f.name.as_str())));
    let found = all.filter_map(|(name, value)| Some((name, value, screen::kept_out(value)?)));
    // An id of a record may look like a telephone number.
    let bad = found.filter(|(_, value, _)| !is_record(app, value));
    bad.map(|(name, _, say)| Stopped { field: name.clone(), say }).collect()
}

fn is_record(app: &App, id: &str) -> bool {
    let state = &app.snapshot().state;
    id.len() < 80 && Kind::of_package().any(|kind| state.body(kind, id).is_some())
}

/// What is said above the form.
pub(crate) fn sentence(stopped: &[Stopped]) -> Say {
    match stopped.iter().find(|one| one.say.key != screen::OLD_FONT) {
        Some(one) => Say::new("refused-personal").clause("what", one.say.clone()),
        None => Say::new("refused-old-font"),
    }
}
