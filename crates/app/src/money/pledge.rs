//! Recording a pledge for an action that lacks money. It is soft until somebody writes that it is committed.

use romduol_plan::kinds::*;
use romduol_plan::permission::{Act, Reach, reach};
use romduol_plan::{Amount, Change, Kind, Say, State};

use crate::accounts::Person;
use crate::said::impersonal;
use crate::{App, AppError};

/// What a form says.
pub struct Pledge {
    pub node: String,
    /// One of the sources; a partner may leave it empty for its own.
    pub fund: String,
    pub area: String,
    pub year: i32,
    pub amount: String,
    pub currency: String,
    pub note: String,
}

/// The sources that a person may pledge from.
pub fn funds<'a>(state: &'a State, person: &Person) -> Vec<&'a std::sync::Arc<Fund>> {
    let own = |fund: &Fund| fund.institution.is_some() && fund.institution == person.post.institution;
    let all = reach(person.post.role, Act::Pledge) == Reach::All;
    state.all::<Fund>().filter(|fund| all || own(fund)).collect()
}

impl App {
    /// Keeps a pledge and says its id. A partner pledges from its own source, which is made with its first pledge.
    pub async fn pledge(&self, person: &Person, pledge: Pledge) -> Result<Id, AppError> {
        person.post.may(Act::Pledge)?;
        let amount = amount(&pledge.amount)?;
        let bad = |value: &str| AppError::Bad(Say::new("refused-bad-choice").words("value", value));
        let currency = Currency::parse(&pledge.currency).ok_or_else(|| bad(&pledge.currency))?;
        if !(2000..=2100).contains(&pledge.year) {
            return Err(bad(&pledge.year.to_string()));
        }
        impersonal([pledge.note.as_str()])?;
        let (today, person_, note) = (self.now().date, person.clone(), pledge.note.trim().to_string());
        let id = format!("PLEDGE-{}", self.snapshot().head.seq + 1);
        let (made, area) = (id.clone(), Some(pledge.area.clone()).filter(|area| !area.is_empty()));
        let decide = move |state: &State| {
            let missing = |kind, id: &str| AppError::NotFound { kind, id: id.into() };
            let node = state.find::<Node>(&pledge.node).ok_or_else(|| missing(Kind::Node, &pledge.node))?;
            if let Some(area) = area.as_deref().filter(|id| state.find::<Area>(id).is_none()) {
                return Err(missing(Kind::Area, area));
            }
            if currency != Currency::Khr && state.all::<Rate>().all(|rate| rate.date > today) {
                return Err(AppError::Bad(Say::new("refused-no-rate").date("date", today)));
            }
            let (fund, mut changes) = source(state, &person_, &pledge.fund)?;
            // An answer to a made-up need is part of the demonstration.
            let lines = || state.all::<CostLine>().filter(|line| line.node.as_ref() == Some(&node.id));
            let record = Funding {
                id: free(state, &made),
                fund,
                node: Some(node.id.clone()),
                cost_line: None,
                area: area.clone(),
                institution: None,
                year: pledge.year,
                state: Ladder::Pledged,
                amount,
                currency,
                date: today,
                from: None,
                note: note.clone(),
                illustrative: lines().next().is_some() && lines().all(|line| line.illustrative),
            };
            changes.push(Change::Put(record.into()));
            Ok(changes)
        };
        self.run(person.actor(), "pledge".into(), Box::new(decide)).await?;
        Ok(id)
    }
}

fn amount(text: &str) -> Result<Amount, AppError> {
    let bad = |clause: Say| AppError::Bad(Say::new("refused-amount").words("value", text).clause("mend", clause));
    match Amount::read(text) {
        Ok(amount) if amount.is_positive() => Ok(amount),
        Ok(_) => Err(bad(Say::new("amount-positive"))),
        Err(why) => Err(bad(why.say())),
    }
}

/// The source of a pledge, and the change that makes it where a partner has none yet.
fn source(state: &State, person: &Person, asked: &str) -> Result<(Id, Vec<Change>), AppError> {
    let may = funds(state, person);
    if let Some(fund) = may.iter().find(|fund| fund.id == asked).or(may.first().filter(|_| asked.is_empty())) {
        return Ok((fund.id.clone(), Vec::new()));
    }
    let own = person.post.institution.as_deref().and_then(|id| state.find::<Institution>(id));
    let Some(own) = own.filter(|_| asked.is_empty()) else {
        return Err(AppError::NotFound { kind: Kind::Fund, id: asked.into() });
    };
    let fund = Fund {
        id: format!("FUND-{}", own.id),
        name: own.name.clone(),
        kind: FundKind::Partner,
        institution: Some(own.id.clone()),
        note: String::new(),
        illustrative: false,
    };
    Ok((fund.id.clone(), vec![Change::Put(fund.into())]))
}

/// The id, or the first free one after it: two people may pledge at once.
fn free(state: &State, id: &str) -> Id {
    let tries = (1..).map(|n| if n == 1 { id.to_string() } else { format!("{id}-{n}") });
    tries.into_iter().find(|id| state.find::<Funding>(id).is_none()).unwrap_or_default()
}
