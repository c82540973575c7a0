//! A status that a person sets in place of the computed one, for one value, and takes back. Refuses to judge.

use romduol_plan::kinds::{Indicator, Override};
use romduol_plan::permission::Act;
use romduol_plan::readings::{self, Reading, View, override_id};
use romduol_plan::status::Status;
use romduol_plan::{Change, Id, Kind, Period, Say, State, Text};

use crate::accounts::Person;
use crate::said::{self, impersonal};
use crate::{App, AppError};

/// What a person sets.
pub struct Wanted {
    pub indicator: Id,
    /// The period of the value, or a year whose scorecard shows it.
    pub period: Period,
    pub status: Status,
    /// What the public reads.
    pub reason: String,
    pub illustrative: bool,
}

impl App {
    /// Sets a status for the value that stands there now. Another value will have its computed status again.
    pub async fn set_status(&self, person: &Person, wanted: Wanted) -> Result<(), AppError> {
        person.post.may(Act::Override)?;
        let why = said::reason(&wanted.reason)?;
        impersonal([why.as_str()])?;
        if !wanted.status.judged() {
            return Err(AppError::Bad(Say::new("refused-bad-status").words("value", wanted.status.code())));
        }
        let snapshot = self.snapshot();
        let view = snapshot.view(wanted.illustrative);
        let indicator = find(view.state, &wanted.indicator)?;
        let none = || Say::new("refused-no-value").words("indicator", &indicator.id).period("period", wanted.period);
        let of = judged(view, indicator, wanted.period).ok_or_else(|| AppError::Bad(none()))?;
        let record = Override {
            id: override_id(&indicator.id, of.period),
            indicator: indicator.id.clone(),
            period: of.period,
            status: wanted.status,
            reason: Text::of(person.lang, &why),
            value: Some(of.value),
        };
        let decide = move |state: &State| {
            find(state, &record.indicator)?;
            Ok(vec![Change::Put(record.clone().into())])
        };
        self.run(person.actor(), why, Box::new(decide)).await?;
        Ok(())
    }

    /// Takes a status back: the computed one counts again. The history keeps both, with their reasons.
    pub async fn withdraw_status(
        &self,
        person: &Person,
        indicator: &str,
        period: Period,
        reason: &str,
    ) -> Result<(), AppError> {
        person.post.may(Act::Override)?;
        let why = said::reason(reason)?;
        impersonal([why.as_str()])?;
        let id = override_id(indicator, period);
        let decide = move |state: &State| {
            let missing = || AppError::NotFound { kind: Kind::Override, id: id.clone() };
            state.find::<Override>(&id).ok_or_else(missing)?;
            Ok(vec![Change::Retire(Kind::Override, id.clone())])
        };
        self.run(person.actor(), why, Box::new(decide)).await?;
        Ok(())
    }
}

fn find<'a>(state: &'a State, id: &str) -> Result<&'a std::sync::Arc<Indicator>, AppError> {
    state.find::<Indicator>(id).ok_or_else(|| AppError::NotFound { kind: Kind::Indicator, id: id.into() })
}

/// The value that takes a status: it counts, is held against the targets, and is of the period or is what the scorecard of
/// that year shows.
pub fn judged(view: View<'_>, indicator: &Indicator, period: Period) -> Option<Reading> {
    let country = view.state.plan().map(|plan| plan.area.clone()).unwrap_or_default();
    let mut counted = view.held_series(indicator, &country).counted;
    if let Some(own) = counted.iter().position(|reading| reading.period == period) {
        return Some(counted.swap_remove(own));
    }
    let shown = |reading: &Reading| reading.period.last_month() <= period.last_month();
    readings::years(&view).contains(&period).then(|| counted.into_iter().rfind(shown)).flatten()
}
