//! A status that a person sets in place of the computed one, for one value, and takes back. Refuses to judge.

use crate::command::{By, Command, Need, Refusal, Why};
use crate::kinds::{Id, Indicator, Kind, Override};
use crate::permission::Act;
use crate::readings::{self, Reading, View, override_id};
use crate::status::Status;
use crate::text::Lang;
use crate::{Change, Period, Say, State, Text};

/// Sets a status for the value that stands there. Another value will have its computed status again.
pub struct OverrideStatus {
    pub indicator: Id,
    pub period: Period,
    /// The value that it is set for.
    pub value: f64,
    pub status: Status,
    /// What the public reads.
    pub reason: String,
    pub lang: Lang,
}

impl OverrideStatus {
    /// For the value that stands there now.
    ///
    /// # Errors
    /// Where none stands there.
    pub fn of_today(
        view: View<'_>,
        (indicator, period): (&str, Period),
        status: Status,
        reason: String,
        lang: Lang,
    ) -> Result<OverrideStatus, Refusal> {
        let indicator = view.state.known::<Indicator>(indicator)?;
        let none = || Say::new("refused-no-value").words("indicator", &indicator.id).period("period", period);
        let of = judged(view, indicator, period).ok_or_else(none)?;
        Ok(OverrideStatus { indicator: indicator.id.clone(), period: of.period, value: of.value, status, reason, lang })
    }
}

impl Command for OverrideStatus {
    fn needs(&self) -> Need {
        Need::May(Act::Override)
    }

    fn why(&self) -> Why<'_> {
        Why::Reason(&self.reason)
    }

    fn decide(&self, _by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        if !self.status.judged() {
            return Err(Say::new("refused-bad-status").words("value", self.status.code()).into());
        }
        let indicator = state.known::<Indicator>(&self.indicator)?;
        let record = Override {
            id: override_id(&indicator.id, self.period),
            indicator: indicator.id.clone(),
            period: self.period,
            status: self.status,
            reason: Text::of(self.lang, self.reason.trim()),
            value: Some(self.value),
        };
        Ok(vec![Change::Put(record.into())])
    }
}

/// Takes a status back: the computed one counts again. The history keeps both, with their reasons.
pub struct WithdrawStatus {
    pub indicator: Id,
    pub period: Period,
    pub reason: String,
}

impl Command for WithdrawStatus {
    fn needs(&self) -> Need {
        Need::May(Act::Override)
    }

    fn why(&self) -> Why<'_> {
        Why::Reason(&self.reason)
    }

    fn decide(&self, _by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        let id = override_id(&self.indicator, self.period);
        state.known::<Override>(&id)?;
        Ok(vec![Change::Retire(Kind::Override, id)])
    }
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
