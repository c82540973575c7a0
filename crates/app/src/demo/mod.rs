//! The demo: accounts for every role, and illustrative records made by a fixed rule so that maps and trends live and each
//! account has something to do. What can be marked is marked illustrative, and can be switched off on every page; the draft
//! and the quorum say in words that they are made up.

mod analysis;
mod coordination;
mod money;
mod returns;

use std::sync::Arc;

use romduol_ledger::{NewAccount, Place};
use romduol_plan::kinds::*;
use romduol_plan::{Actor, Change, Date, Period, State};
use romduol_report::map::Outlines;

use returns::Level;
pub use returns::returns;

use crate::edition::Choice;
use crate::package::Files;
use crate::{App, AppError, Calendar, Clock};

/// Why the demo's entries were made.
const MADE_UP: &str = "illustrative data";

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
    /// Makes and fills the data folder of a demo. Its plan is dated before all that is made up about it.
    pub async fn begin_demo(
        place: impl Into<Place>,
        clock: Clock,
        package: &Files,
        illustrative: bool,
    ) -> Result<App, AppError> {
        let today = Calendar::of(&State::default(), clock).day(clock.unix());
        let before = Date { year: today.year - 3, month: 1, day: 1 };
        let app = App::create_on(illustrative.then_some(before), place, clock, package).await?;
        app.fill_demo(illustrative).await?;
        Ok(app)
    }

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
            let snapshot = self.snapshot();
            let mut days = returns(&snapshot.state, today);
            for (day, changes) in coordination::meetings(&snapshot.state, today) {
                days.entry(day).or_default().extend(changes);
            }
            for (day, changes) in days {
                // Nothing happens before the plan is there.
                let day = Some(day).filter(|day| snapshot.state.today().is_none_or(|begun| begun < *day));
                let decide = move |_: &State| Ok(changes.clone());
                self.run_on(day.filter(|day| *day < today), actor.clone(), MADE_UP.into(), Box::new(decide)).await?;
            }
            let before = self.snapshot().head.seq;
            let decide = move |state: &State| {
                let mut changes = targets(state, today);
                changes.extend(analysis::changes(state, today));
                changes.extend(coordination::changes(state, today));
                changes.extend(money::changes(state, today));
                changes.extend(analysis::draft(before, today));
                Ok(changes)
            };
            self.run(actor, MADE_UP.into(), Box::new(decide)).await?;
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
        // Better than where it goes by itself, and than where it began: a target at the baseline asks for nothing.
        let (level, base) = (Level::of(state, indicator).at(period), indicator.baseline?);
        let value = match indicator.direction {
            Direction::Down => (level.min(base) - 6.0).max(1.0).round(),
            Direction::Up | Direction::Neutral | Direction::Range => (level.max(base) + 6.0).min(95.0).round(),
        };
        let target = Target {
            id: format!("{}.illustrative", indicator.id),
            indicator: indicator.id.clone(),
            kind: TargetKind::Target,
            area: country.clone(),
            categories: Vec::new(),
            period,
            value,
            evidence: None,
            note: analysis::made_up(),
            illustrative: true,
        };
        (value != base).then(|| Change::Put(target.into()))
    };
    without.filter_map(target).collect()
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
