//! What a return of a file comes to: put over what stands, checked as a form is, then ready or held back. Refuses to know
//! files and who imports.

use std::collections::BTreeMap;

use romduol_plan::answers::{self, LastTime, Problem, Severity, last_times};
use romduol_plan::kinds::*;
use romduol_plan::returns::{Due, Refused};
use romduol_plan::state::return_id;
use romduol_plan::{Period, Say, State};

use super::merged::{AS_IN, Merged};
use super::rows::{Group, GroupRows};
use super::tally::{About, Change};

/// A return that is ready to be filed.
pub(super) struct Ready {
    pub unit: Id,
    pub period: Period,
    pub answers: Answers,
    /// The version that it was put over.
    pub over: Option<u32>,
    /// Made-up answers are still in it.
    pub illustrative: bool,
    pub rows: GroupRows,
    /// The indicators that are left as they were, because their rows were refused.
    pub left: Vec<Id>,
    /// How many rows are in it.
    pub good: u64,
    pub changes: Vec<Change>,
}

impl Ready {
    /// Whether a row of the file is in it.
    pub fn has_row(&self, row: u64, indicator: &[u8]) -> bool {
        let left = |id: &str| self.left.iter().any(|left| left == id).then_some(());
        !self.rows.is_other(row) && super::rows::code(indicator, left).is_none()
    }
}

pub(super) struct Fault {
    pub say: Say,
    pub rows: u64,
}

/// What a return of a file comes to.
pub(super) enum Verdict {
    Ready(Box<Ready>),
    /// It stands in the ledger so.
    Already,
    /// No row of it could be used.
    Nothing,
    Held(About),
}

pub(super) struct Checked {
    pub verdict: Verdict,
    pub rows: GroupRows,
    /// The indicators whose rows are refused, and why.
    pub faults: BTreeMap<Id, Fault>,
    pub warnings: Vec<About>,
}

pub(super) struct Checker<'a> {
    pub state: &'a State,
    /// What is good of a return is filed, although other rows of it are refused.
    pub partial: bool,
    /// Whether old and new values are told of new returns, too.
    pub tell_all: bool,
    /// The answers of each unit's last return in this file: what the next one is compared with.
    pub last: BTreeMap<Id, (Period, Vec<Answer>)>,
}

impl Checker<'_> {
    pub fn check(&mut self, group: Group) -> Checked {
        let (unit, period, rows) = (group.assignment.id.clone(), group.period, group.rows);
        let standing = self.state.find::<Return>(&return_id(&unit, period)).map(|record| &**record);
        let said = rows.by_question.iter().map(|rows| *rows > 0).collect();
        let mut merged = match standing {
            Some(record) => Merged::over(record.answers.open(), group.intake, group.questions, said),
            None => Merged::new(group.intake, group.questions, said),
        };
        let mut checked = Checked { verdict: Verdict::Nothing, rows, faults: BTreeMap::new(), warnings: Vec::new() };
        if !merged.says_anything() {
            return checked;
        }
        // As in a form, what was read is checked when all of it could be read.
        let whole = self.partial || checked.rows.refused.is_empty();
        let problems = if whole { self.problems(&unit, period, &merged) } else { Vec::new() };
        checked.faults = faults(&problems, &merged, &checked.rows);
        if let Some(say) = self.held(&checked) {
            checked.verdict = Verdict::Held(About { unit, period, indicator: None, say });
            return checked;
        }
        checked.faults.keys().for_each(|indicator| merged.leave(indicator));
        if merged.says_anything() {
            checked.warnings = self.meet(&unit, period, &mut merged, problems);
            checked.verdict = self.verdict(&unit, period, standing, &merged, &checked);
            // A real number beside made-up ones would go with them where made-up data are not shown.
            if matches!(&checked.verdict, Verdict::Ready(ready) if ready.illustrative) {
                let say = Say::new("import-stays-illustrative");
                checked.warnings.push(About { unit: unit.clone(), period, indicator: None, say });
            }
            self.last.insert(unit, (period, merged.answers));
        }
        checked
    }

    /// What the checks of a form find in what the file says.
    fn problems(&self, unit: &str, period: Period, merged: &Merged) -> Vec<Problem> {
        let questions = merged.questions().list();
        let assignment = self.state.find::<Assignment>(unit);
        let mut last = assignment.map(|unit| last_times(self.state, unit, questions, period)).unwrap_or_default();
        if let Some((of, answers)) = self.last.get(unit).filter(|(of, _)| *of < period) {
            // The file says more than what stands, and nobody has accepted it yet.
            for answer in answers.iter().filter(|answer| answer.state == AnswerState::Given) {
                let given = LastTime { period: *of, answer: answer.clone(), accepted: false, illustrative: false };
                let older = last.get(&answer.indicator).is_some_and(|last| last.period > *of);
                (!older).then(|| last.insert(answer.indicator.clone(), given));
            }
        }
        let mut found = answers::check_against(self.state, questions, &last, &merged.answers);
        found.retain(|problem| merged.is_new() || merged.says(&problem.indicator));
        found
    }

    /// Why nothing of the return is filed, although rows of it are good.
    fn held(&self, checked: &Checked) -> Option<Say> {
        const NAMED: usize = 5;
        if self.partial {
            return None;
        }
        let refused = &checked.rows.refused;
        if !refused.is_empty() {
            let mut named: Vec<String> = refused.iter().take(NAMED).map(u64::to_string).collect();
            named.extend((refused.len() > NAMED).then(|| "…".to_string()));
            return Some(Say::new("import-held-rows").words("rows", named.join(", ")));
        }
        let (indicator, why) = checked.faults.first_key_value()?;
        Some(Say::new("import-held-indicator").words("indicator", indicator).clause("why", why.say.clone()))
    }

    /// A warning, which asks a person for a remark, gets one that says where the number is from.
    fn meet(&self, unit: &str, period: Period, merged: &mut Merged, problems: Vec<Problem>) -> Vec<About> {
        let mut met = Vec::new();
        for Problem { indicator, say, .. } in problems.into_iter().filter(|p| p.severity == Severity::Warning) {
            let answer = merged.answers.iter_mut().find(|answer| answer.indicator == indicator);
            // A remark of somebody's own meets the warning, too; told it is all the same, since no person has seen it here.
            if let Some(answer) = answer.filter(|answer| answer.comment.is_empty()) {
                answer.comment = AS_IN.into();
            }
            met.push(About { unit: unit.into(), period, indicator: Some(indicator), say });
        }
        met
    }

    fn verdict(
        &self,
        unit: &Id,
        period: Period,
        standing: Option<&Return>,
        merged: &Merged,
        checked: &Checked,
    ) -> Verdict {
        let answers = Answers::pack(&merged.answers);
        if standing.is_some_and(|record| record.answers == answers) {
            return Verdict::Already;
        }
        let refused: u64 = checked.faults.values().map(|fault| fault.rows).sum();
        Verdict::Ready(Box::new(Ready {
            unit: unit.clone(),
            period,
            answers,
            over: standing.map(|record| record.version),
            illustrative: standing.is_some_and(|record| record.illustrative) && merged.keeps_others(),
            rows: checked.rows.clone(),
            left: checked.faults.keys().cloned().collect(),
            good: checked.rows.good() - refused,
            changes: if self.tell_all || standing.is_some() { merged.changes(unit, period) } else { Vec::new() },
        }))
    }
}

/// The first error of each indicator.
fn faults(problems: &[Problem], merged: &Merged, rows: &GroupRows) -> BTreeMap<Id, Fault> {
    let mut faults = BTreeMap::new();
    for error in problems.iter().filter(|problem| problem.severity == Severity::Error) {
        let rows = merged.number_of(&error.indicator).map_or(0, |n| rows.by_question[n]);
        faults.entry(error.indicator.clone()).or_insert(Fault { say: error.say.clone(), rows });
    }
    faults
}

/// Whether answers hold when units are asked otherwise than when they were checked. Of a correction what it says.
pub(super) fn again(state: &State, due: &Due, answers: &Answers) -> Result<(), Refused> {
    let given = answers.open();
    let named = |id: &str| due.record.as_ref().is_none_or(|record| record.answers.about(id) != answers.about(id));
    let mut problems = answers::check(state, &due.assignment, due.period, &given);
    problems.retain(|problem| named(&problem.indicator));
    match answers::submittable(&problems, &given) {
        true => Ok(()),
        false => Err(Refused::Problems(problems)),
    }
}
