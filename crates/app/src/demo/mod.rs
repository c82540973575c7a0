//! The demo: accounts for every role, and illustrative returns and targets made by a fixed rule so that maps and
//! trends live. Everything made here is marked illustrative and can be switched off on every page.

mod analysis;
mod coordination;
mod money;

use std::sync::Arc;

use romduol_ledger::NewAccount;
use romduol_plan::answers::{Question, has_base, questions};
use romduol_plan::kinds::*;
use romduol_plan::state::return_id;
use romduol_plan::{Actor, Change, Date, Period, State, Text};
use romduol_report::map::Outlines;

use crate::edition::Choice;
use crate::{App, AppError};

/// The password of all demo accounts. It is printed, and only the demo command makes such accounts.
pub const PASSWORD: &str = "romduol-demo";

/// Login, role, institution, area.
pub const ACCOUNTS: [(&str, &str, Option<&str>, Option<&str>); 9] = [
    ("reporter", "reporter", Some("MOI"), None),
    ("province", "reporter", Some("PDWA-12"), Some("KH-12")),
    ("verifier", "verifier", Some("MOI"), None),
    ("governor", "verifier", None, Some("KH-12")),
    ("secretariat", "secretariat", Some("MOWA"), None),
    ("committee", "committee", None, None),
    ("civil", "civil-society", Some("GADC"), None),
    ("admin", "administrator", None, None),
    ("partner", "partner", Some("UNWOMEN"), None),
];

impl App {
    /// Fills a fresh data folder with the demo's accounts and, if asked, its illustrative numbers.
    pub async fn fill_demo(&self, illustrative: bool) -> Result<(), AppError> {
        for (login, role, institution, area) in ACCOUNTS {
            let account = NewAccount {
                id: Some(format!("demo-{login}")),
                login: login.into(),
                name: format!("Demo {login}"),
                role: role.into(),
                institution: institution.map(String::from),
                area: area.map(String::from),
                language: "en".into(),
            };
            self.add_account(account, PASSWORD).await?;
        }
        if illustrative {
            let today = self.now().date;
            let actor = Actor { account: "program".into(), post: "demo".into() };
            let before = self.snapshot().head.seq;
            let decide = move |state: &State| {
                let mut changes = illustrative_changes(state, today);
                changes.extend(analysis::changes(state, today));
                changes.extend(coordination::changes(state, today));
                changes.extend(money::changes(state, today));
                changes.extend(analysis::draft(before, today));
                Ok(changes)
            };
            self.run(actor, "illustrative data".into(), Box::new(decide)).await?;
        }
        Ok(())
    }
}

impl App {
    /// Publishes the demo's first edition: prepared by its secretariat, approved by its committee.
    pub async fn publish_demo(&self, outlines: Option<Arc<Outlines>>) -> Result<(), AppError> {
        let missing = || AppError::fault("the demo's accounts are missing");
        let secretariat = self.person_by_login("secretariat").await?.ok_or_else(missing)?;
        let committee = self.person_by_login("committee").await?.ok_or_else(missing)?;
        let usual = Choice::usual(&self.snapshot().state, self.now().date);
        let id = self.prepare_edition(&secretariat, Choice { without_waiting: true, ..usual }).await?;
        self.approve_edition(&committee, &id, outlines).await
    }
}

/// Returns of the last eleven quarters and two years, with some missing and some still on their way.
pub fn illustrative_changes(state: &State, today: Date) -> Vec<Change> {
    let mut changes = Vec::new();
    for assignment in state.all::<Assignment>() {
        let Some(form) = state.find::<Form>(&assignment.form) else { continue };
        let mut period = Period::containing(today, form.frequency).previous();
        let periods = if form.frequency == romduol_plan::Frequency::Quarter { 11 } else { 2 };
        for back in 0..periods {
            let mut chance = Chance::of(&format!("{}{period}", assignment.id));
            // The demo's own reporters find their newest return still to be filed; some others are late, too.
            let own = assignment.institution == "MOI" || assignment.institution == "PDWA-12";
            let late = back == 0 && (own || chance.below(100) < 10);
            if !late && chance.below(100) >= 4 && period >= assignment.from {
                changes.push(Change::Put(filled(state, assignment, form, period, back, &mut chance).into()));
            }
            period = period.previous();
        }
    }
    changes.extend(targets(state, today));
    changes
}

fn filled(
    state: &State,
    assignment: &Assignment,
    form: &Form,
    period: Period,
    back: u32,
    chance: &mut Chance,
) -> Return {
    let progress = f64::from(12 - back.min(11)) / 12.0;
    let asked = questions(state, assignment);
    let answers: Vec<Answer> = asked.iter().map(|question| answer(question, assignment, progress, chance)).collect();
    let waiting = back == 0 && chance.below(100) < 10;
    Return {
        id: return_id(&assignment.id, period),
        assignment: assignment.id.clone(),
        period,
        version: 1,
        status: if waiting { ReturnStatus::Submitted } else { ReturnStatus::Accepted },
        steps_done: if waiting { 0 } else { form.chain.len() as u8 },
        answers: Answers::pack(&answers),
        illustrative: true,
    }
}

fn answer(question: &Question, assignment: &Assignment, progress: f64, chance: &mut Chance) -> Answer {
    let indicator = &question.indicator;
    // Each indicator has its own level and pace, each unit its own distance from it.
    let mut habit = Chance::of(&indicator.id);
    let (start, pace) = match indicator.baseline {
        Some(known) => (known, habit.between(-2.0, 9.0)),
        None => (habit.between(12.0, 45.0), habit.between(-4.0, 28.0)),
    };
    let own = Chance::of(&format!("{}{}", indicator.id, assignment.area)).between(-0.2, 0.2) * start;
    let share = (start + pace * progress + own + chance.between(-2.0, 2.0)).clamp(2.0, 95.0);
    let cells = question.cells().map(|(_, beside)| {
        let base = (120 + chance.below(200)) as f64;
        let value = match indicator.kind {
            ValueKind::Ratio | ValueKind::Mean => (base * share / 100.0).round(),
            ValueKind::YesNo => f64::from(share > 40.0),
            // Violence is rare: its small counts are what an edition has to protect.
            ValueKind::Count if indicator.class == Class::Restricted => {
                let size = Chance::of(&assignment.area).between(0.2, 1.6);
                (share / 36.0 * size * chance.between(0.0, 1.6)).round()
            }
            _ if beside => (share / 12.0).round(),
            _ => (share / 3.0 * chance.between(0.4, 1.4)).round(),
        };
        (Some(value), has_base(indicator.kind).then_some(base))
    });
    let (values, bases): (Vec<_>, Vec<_>) = cells.unzip();
    Answer {
        indicator: indicator.id.clone(),
        state: AnswerState::Given,
        cells: Cells { grid: question.grid.clone(), values, bases },
        total: None,
        estimate: false,
        comment: String::new(),
        files: Vec::new(),
    }
}

/// A target for indicators that have none, three years ahead.
fn targets(state: &State, today: Date) -> Vec<Change> {
    let country = state.plan().map(|plan| plan.area.clone()).unwrap_or_default();
    let without = state.all::<Indicator>().filter(|indicator| {
        indicator.baseline.is_some()
            && indicator.kind == ValueKind::Ratio
            && !state.all::<Target>().any(|t| t.indicator == indicator.id && t.kind == TargetKind::Target)
    });
    let target = |indicator: &Arc<Indicator>| {
        let period = Period::year(today.year + 3);
        let target = Target {
            id: format!("{}.illustrative", indicator.id),
            indicator: indicator.id.clone(),
            kind: TargetKind::Target,
            area: country.clone(),
            categories: Vec::new(),
            period,
            value: (indicator.baseline.unwrap_or(0.0) + 12.0).min(95.0).round(),
            evidence: None,
            note: Text::en("Made up to show how targets work"),
            illustrative: true,
        };
        Change::Put(target.into())
    };
    without.map(target).collect()
}

/// Numbers that look random and are always the same: a small linear generator seeded by a name.
struct Chance(u64);

impl Chance {
    fn of(name: &str) -> Chance {
        // FNV-1a spreads short names well enough for made-up numbers.
        Chance(name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, b| (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)))
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.below(10_000) as f64 / 10_000.0
    }
}
