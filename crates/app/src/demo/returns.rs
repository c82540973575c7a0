//! The demo's made-up returns: plausible beside the real figures of the plan and none for a year that has a real one; some
//! come late, some are missing, and one waits for each of the demo's verifiers.

use std::collections::BTreeMap;

use romduol_plan::answers::{Question, has_base, questions};
use romduol_plan::kinds::*;
use romduol_plan::readings::figure_period;
use romduol_plan::state::return_id;
use romduol_plan::{Change, Date, Frequency, Period, State};

use super::{ACCOUNTS, Chance, analysis::made_up};

/// Returns of the last eleven quarters and two years, by the day on which they come in.
pub fn returns(state: &State, today: Date) -> BTreeMap<Date, Vec<Change>> {
    let mut days: BTreeMap<Date, Vec<Change>> = BTreeMap::new();
    for assignment in state.all::<Assignment>() {
        let Some(form) = state.find::<Form>(&assignment.form) else { continue };
        let unit = Unit { state, assignment, form, own: is_of_an_account(assignment) };
        let mut period = Period::containing(today, form.frequency).previous();
        for back in 0..if form.frequency == Frequency::Quarter { 11 } else { 2 } {
            if period >= assignment.from
                && let Some((day, record)) = unit.report(period, back)
            {
                days.entry(day.min(today)).or_default().push(Change::Put(record.into()));
            }
            period = period.previous();
        }
    }
    days
}

/// Whether one of the demo's accounts reports for the unit.
fn is_of_an_account(unit: &Assignment) -> bool {
    ACCOUNTS.iter().any(|(_, role, institution, _)| *role == "reporter" && *institution == Some(&unit.institution))
}

/// Somebody who owes a form.
struct Unit<'a> {
    state: &'a State,
    assignment: &'a Assignment,
    form: &'a Form,
    own: bool,
}

impl Unit<'_> {
    /// The return of a period, unless it is missing, and the day on which it comes in.
    fn report(&self, period: Period, back: u32) -> Option<(Date, Return)> {
        let mut chance = Chance::of(&format!("{}{period}", self.assignment.id));
        // The demo's own reporters find their newest return still to be filed; some others are missing, too.
        let missing = back == 0 && (self.own || chance.below(100) < 10);
        if missing || (chance.below(100) < 4 && !self.own) {
            return None;
        }
        let late = chance.below(100) < 12;
        let end = period.last_day();
        let day = end.plus_days(if late { self.form.due_days + 12 } else { self.form.due_days.saturating_sub(3) });
        let record = self.filled(period, back, &mut chance);
        Some((day, record))
    }

    /// The last quarter of an account's unit waits for the first verifier, some of the newest for the last one.
    fn filled(&self, period: Period, back: u32, chance: &mut Chance) -> Return {
        let asked = questions(self.state, self.assignment);
        let answers: Vec<Answer> = asked.iter().map(|question| self.answer(question, period, chance)).collect();
        let steps = self.form.chain.len() as u8;
        let (status, steps_done) = match back {
            1 if self.own && self.form.frequency != Frequency::Year => (ReturnStatus::Submitted, 0),
            0 if chance.below(100) < 10 => (ReturnStatus::Verified, steps.saturating_sub(1)),
            _ => (ReturnStatus::Accepted, steps),
        };
        Return {
            id: return_id(&self.assignment.id, period),
            assignment: self.assignment.id.clone(),
            period,
            version: 1,
            status,
            steps_done,
            answers: Answers::pack(&answers),
            illustrative: true,
        }
    }

    fn answer(&self, question: &Question, period: Period, chance: &mut Chance) -> Answer {
        let indicator = &question.indicator;
        let level = Level::of(self.state, indicator);
        if level.is_known_in(period.end_year()) {
            let (state, comment) = (AnswerState::NotApplicable, made_up().en);
            return Answer { state, comment, ..Answer::to(&indicator.id) };
        }
        // Each place has its own distance from the whole; over all of them it evens out.
        let spread = if self.form.audience == Audience::Area { 0.2 } else { 0.0 };
        let own = Chance::of(&format!("{}{}", indicator.id, self.assignment.area)).between(-spread, spread);
        let share = (level.at(period) * (1.0 + own) + chance.between(-0.4, 0.4)).clamp(0.5, 95.0);
        let (values, bases): (Vec<_>, Vec<_>) =
            question.cells().map(|(_, beside)| self.cell(indicator, share, beside, chance)).unzip();
        let cells = Cells { grid: question.grid.clone(), values, bases };
        Answer { cells, ..Answer::to(&indicator.id) }
    }

    fn cell(&self, indicator: &Indicator, share: f64, beside: bool, chance: &mut Chance) -> (Option<f64>, Option<f64>) {
        let base = (120 + chance.below(200)) as f64;
        let value = match indicator.kind {
            ValueKind::Ratio | ValueKind::Mean => (base * share / 100.0).round(),
            ValueKind::YesNo => f64::from(share > 40.0),
            // Violence is rare: its small counts are what an edition has to protect.
            ValueKind::Count if indicator.class == Class::Restricted => {
                let size = Chance::of(&self.assignment.area).between(0.2, 1.6);
                (share / 36.0 * size * chance.between(0.0, 1.6)).round()
            }
            _ if beside => (share / 12.0).round(),
            _ => (share / 3.0 * chance.between(0.4, 1.4)).round(),
        };
        (Some(value), has_base(indicator.kind).then_some(base))
    }
}

/// Where an indicator stands and how fast it moves. What is really known of it is where it starts.
pub(super) struct Level {
    /// Real values of the plan's area, oldest first, those without a date before all.
    known: Vec<(Option<Period>, f64)>,
    /// In a year where nothing real is known.
    start: f64,
    /// By year, in points.
    pace: f64,
}

impl Level {
    pub fn of(state: &State, indicator: &Indicator) -> Level {
        let mut habit = Chance::of(&indicator.id);
        let mut known: Vec<(Option<Period>, f64)> = real_values(state, indicator).collect();
        if let (true, Some(baseline)) = (known.is_empty(), indicator.baseline) {
            known.push((indicator.baseline_period, baseline));
        }
        known.sort_by_key(|(period, _)| period.map(Period::last_month));
        let start = habit.between(12.0, 45.0);
        let pace = if known.is_empty() { habit.between(-1.0, 7.0) } else { habit.between(0.1, 0.9) };
        Level { known, start, pace }
    }

    fn is_known_in(&self, year: i32) -> bool {
        self.known.iter().any(|(period, _)| period.is_some_and(|period| period.end_year() == year))
    }

    /// On from the last real value before the period.
    pub fn at(&self, period: Period) -> f64 {
        let before = |at: &&(Option<Period>, f64)| at.0.is_none_or(|at| at.last_month() <= period.last_month());
        let last = self.known.iter().rfind(before).or(self.known.first());
        let (from, value) = last.copied().unwrap_or((Some(Period::year(2024)), self.start));
        let years = from.map_or(0.0, |from| period.end_as_year() - from.end_as_year());
        value + self.pace * years.clamp(0.0, 8.0)
    }
}

/// What documents say of an indicator for the plan's whole area.
fn real_values<'a>(state: &'a State, indicator: &'a Indicator) -> impl Iterator<Item = (Option<Period>, f64)> + 'a {
    let country = state.plan().map(|plan| plan.area.clone());
    let own = state.all::<Evidence>().filter(move |figure| {
        figure.indicator.as_ref() == Some(&indicator.id) && figure.area == country && figure.kind != FigureKind::Target
    });
    own.filter_map(|figure| {
        let value = match figure.indicator_use? {
            EvidenceUse::Value => figure.value?,
            EvidenceUse::Complement => 100.0 - figure.value?,
            EvidenceUse::Target | EvidenceUse::Threshold | EvidenceUse::Context => return None,
        };
        Some((figure_period(&figure.date), value))
    })
}
