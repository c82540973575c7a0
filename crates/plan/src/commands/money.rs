//! Pledging money for an action that lacks it. A pledge is soft until somebody writes that it is committed.

use std::sync::Arc;

use crate::command::{By, Command, Need, Refusal, Why};
use crate::kinds::{Area, CostLine, Currency, Fund, FundKind, Funding, Id, Institution, Kind, Ladder, Node, Rate};
use crate::permission::{Act, Post, Reach, reach};
use crate::{Amount, Change, Say, State};

/// A pledge for an action, as it was typed.
pub struct Pledge {
    pub node: Id,
    /// One of the sources; a partner may leave it empty for its own.
    pub fund: String,
    /// Empty for the whole plan.
    pub area: String,
    pub year: i32,
    pub amount: String,
    pub currency: String,
    pub note: String,
}

/// The sources that a post may pledge from.
pub fn funds<'a>(state: &'a State, post: &Post) -> Vec<&'a Arc<Fund>> {
    let own = |fund: &Fund| fund.institution.is_some() && fund.institution == post.institution;
    let all = reach(post.role, Act::Pledge) == Reach::All;
    state.all::<Fund>().filter(|fund| all || own(fund)).collect()
}

impl Command for Pledge {
    fn needs(&self) -> Need {
        Need::May(Act::Pledge)
    }

    fn why(&self) -> Why<'_> {
        Why::Fixed("pledge")
    }

    fn texts(&self) -> Vec<&str> {
        vec![&self.note]
    }

    fn decide(&self, by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        let amount = amount(&self.amount)?;
        let bad = |value: &str| Say::new("refused-bad-choice").words("value", value);
        let currency = Currency::parse(&self.currency).ok_or_else(|| bad(&self.currency))?;
        if !(2000..=2100).contains(&self.year) {
            return Err(bad(&self.year.to_string()).into());
        }
        let node = state.known::<Node>(&self.node)?;
        let area = Some(&self.area).filter(|area| !area.is_empty());
        area.map(|area| state.known::<Area>(area)).transpose()?;
        if currency != Currency::Khr && state.all::<Rate>().all(|rate| rate.date > by.today) {
            return Err(Say::new("refused-no-rate").date("date", by.today).into());
        }
        let (fund, mut changes) = source(state, &by.post, &self.fund)?;
        // An answer to a made-up need is part of the demonstration.
        let lines = || state.all::<CostLine>().filter(|line| line.node.as_ref() == Some(&node.id));
        let record = Funding {
            id: free(state),
            fund,
            node: Some(node.id.clone()),
            cost_line: None,
            area: area.cloned(),
            institution: None,
            year: self.year,
            state: Ladder::Pledged,
            amount,
            currency,
            date: by.today,
            from: None,
            note: self.note.trim().to_string(),
            illustrative: lines().next().is_some() && lines().all(|line| line.illustrative),
        };
        changes.push(Change::Put(record.into()));
        Ok(changes)
    }
}

fn amount(text: &str) -> Result<Amount, Refusal> {
    let bad = |clause: Say| Refusal::Bad(Say::new("refused-amount").words("value", text).clause("mend", clause));
    match Amount::read(text) {
        Ok(amount) if amount.is_positive() => Ok(amount),
        Ok(_) => Err(bad(Say::new("amount-positive"))),
        Err(why) => Err(bad(why.say())),
    }
}

/// The source of a pledge, and the change that makes it where a partner has none yet.
fn source(state: &State, post: &Post, asked: &str) -> Result<(Id, Vec<Change>), Refusal> {
    let may = funds(state, post);
    if let Some(fund) = may.iter().find(|fund| fund.id == asked).or(may.first().filter(|_| asked.is_empty())) {
        return Ok((fund.id.clone(), Vec::new()));
    }
    let own = post.institution.as_deref().and_then(|id| state.find::<Institution>(id));
    let own = own.filter(|_| asked.is_empty()).ok_or_else(|| Refusal::missing(Kind::Fund, asked))?;
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

/// The id of a pledge, after the entry that makes it.
fn free(state: &State) -> Id {
    let id = format!("PLEDGE-{}", state.position() + 1);
    let tries = (1..).map(|n| if n == 1 { id.clone() } else { format!("{id}-{n}") });
    tries.into_iter().find(|id| state.find::<Funding>(id).is_none()).unwrap_or_default()
}
