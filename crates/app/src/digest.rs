//! One letter with everything that waits for a person: never more than one a day, and none where nothing waits. Refuses to
//! send it, and to say anything in it that is not for everybody's eyes: a mailbox is no safe place.

use romduol_locale::{Arg, Locale};
use romduol_plan::coordination::{answers_for, duties, owed};
use romduol_plan::kinds::Rating;
use romduol_plan::permission::Act;
use romduol_plan::returns::Due;
use romduol_plan::{Date, Kind, Lang, Say, State};

use crate::accounts::{Person, Proof, email};
use crate::{App, AppError, filing, verification};

/// A letter to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub account: String,
    pub to: String,
    pub subject: String,
    pub body: String,
}

/// Days ahead for which an open decision is already a reason to write.
const SOON: u16 = 14;

/// How many returns a letter names; who owes more has other worries than a list.
const NAMED: usize = 10;

impl App {
    /// Sets where the person of a login is reminded; nothing erases it.
    pub async fn set_email(&self, login: &str, address: &str) -> Result<(), AppError> {
        let accounts = self.ledger.accounts().await?;
        let account = accounts.into_iter().find(|account| account.login == login);
        let account = account.ok_or_else(|| AppError::Bad(Say::new("refused-no-login").words("value", login)))?;
        Ok(self.ledger.set_contact(&account.id, email(address)?.as_deref()).await?)
    }

    /// The letters of today, for those who were not written to today.
    pub async fn letters(&self, address: &str) -> Result<Vec<Letter>, AppError> {
        let now = self.now();
        let mut letters = Vec::new();
        for contact in self.ledger.contacts().await? {
            if contact.reminded == Some(now.day) {
                continue;
            }
            let (email, account) = (contact.email, contact.account.id.clone());
            let person = Person::of(contact.account, Proof::default())?;
            if let Some((subject, body)) = self.letter(&person, now.date, address) {
                letters.push(Letter { account, to: email, subject, body });
            }
        }
        Ok(letters)
    }

    /// Notes that a letter went out. `false` if another process wrote today.
    pub async fn letter_sent(&self, account: &str) -> Result<bool, AppError> {
        Ok(self.ledger.mark_reminded(account, self.now().day).await?)
    }

    fn letter(&self, person: &Person, today: Date, address: &str) -> Option<(String, String)> {
        let snapshot = self.snapshot();
        let state = &snapshot.state;
        let locale = Locale::of(person.lang);
        let lines = |key: &str, n: usize| (n > 0).then(|| locale.say(key, &[("count", Arg::Count(n))]));
        let returns: Vec<_> = filing::owed_by(state, person, today).into_iter().filter(Due::open).collect();
        let own = |id: &String| person.post.institution.as_ref() == Some(id);
        let near = |due: Option<Date>| due.is_some_and(|due| due <= today.plus_days(SOON));
        let open: Vec<_> = duties(state).into_iter().filter(|duty| own(&duty.owner) && near(duty.due)).collect();
        let ratings = state.all::<Rating>().filter(|r| r.answered.is_none() && own(&answers_for(state, r))).count();
        let mut said: Vec<String> = [
            lines("digest-returns", returns.len()),
            lines("digest-waiting", verification::waiting(state, person).len()),
            lines("digest-duties", open.len()),
            lines("digest-ratings", ratings),
        ]
        .into_iter()
        .flatten()
        .collect();
        if person.post.may(Act::Coordinate).is_ok() {
            let (decisions, late) = let_pass(state, today);
            said.extend(lines("digest-overdue-decisions", decisions));
            said.extend(lines("digest-late-institutions", late));
        }
        if said.is_empty() {
            return None;
        }
        // The longest overdue first.
        for due in returns.iter().rev().take(NAMED) {
            let (form, period) = (due.form.name.get(person.lang), locale.period(due.period));
            said.push(format!("– {form}, {period}: {}", locale.date(due.due)));
        }
        for duty in &open {
            let due = duty.due.map(|due| locale.date(due)).unwrap_or_default();
            said.push(format!("– {}: {due}", duty.id));
        }
        let plan = state.plan().map(|plan| title(&plan.title, person.lang)).unwrap_or_default();
        let subject = locale.say("digest-subject", &[("plan", Arg::Text(&plan))]);
        said.push(String::new());
        said.push(locale.say("digest-open", &[("address", Arg::Text(address))]));
        Some((subject, said.join("\n")))
    }
}

/// For chair and secretary: how many decisions are overdue, whoever has to see to them, and how many institutions are late
/// with something. Whose they are stands on the pages, not in a mailbox.
fn let_pass(state: &State, today: Date) -> (usize, usize) {
    let decisions = duties(state).into_iter().filter(|duty| duty.kind == Kind::Decision && duty.overdue(today));
    (decisions.count(), owed(state, today, true).len())
}

fn title(text: &romduol_plan::Text, lang: Lang) -> String {
    text.get(lang).to_string()
}
