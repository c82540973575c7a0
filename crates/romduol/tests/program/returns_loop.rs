//! From a filled form to the scorecard, through the chain of verifiers, with a second process on the same ledger.

use romduol_app::accounts::{Person, Proof};
use romduol_app::filing::Filed;
use romduol_app::{App, AppError, Clock, package};
use romduol_plan::answers::{Question, has_base, questions};
use romduol_plan::commands::returns::{DecideReturn, LockPeriod, Locked, SubmitReturn};
use romduol_plan::kinds::*;
use romduol_plan::permission::{Post, Role};
use romduol_plan::returns::{Decision, Refused};
use romduol_plan::{Lang, Period};

/// 23 November 2026.
const TODAY: i64 = 1_795_392_000;
const UNIT: &str = "province-quarter.KH-12";

fn person(role: Role, institution: Option<&str>, area: Option<&str>) -> Person {
    let post = Post { role, institution: institution.map(String::from), area: area.map(String::from) };
    Person { account: role.code().into(), name: String::new(), post, lang: Lang::En, proof: Proof::default() }
}

fn answers(app: &App, value: f64) -> Vec<Answer> {
    let snapshot = app.snapshot();
    let state = &snapshot.state;
    let assignment = state.find::<Assignment>(UNIT).unwrap();
    let answer = |question: Question| Answer {
        cells: Cells {
            values: question.cells().map(|(_, beside)| Some(if beside { 0.0 } else { value })).collect(),
            bases: question.cells().map(|_| has_base(question.indicator.kind).then_some(100.0)).collect(),
            grid: question.grid.clone(),
        },
        ..Answer::to(&question.indicator.id)
    };
    questions(state, assignment).into_iter().map(answer).collect()
}

#[tokio::test]
async fn a_return_counts_when_its_chain_has_accepted_it() {
    let folder = tempfile::tempdir().unwrap();
    let plan = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps");
    let files = package::files(&plan).unwrap();
    let app = App::create(folder.path(), Clock::Fixed(TODAY), &files).await.unwrap();
    let other_process = App::open(folder.path(), Clock::Fixed(TODAY)).await.unwrap();
    let reporter = person(Role::Reporter, Some("PDWA-12"), Some("KH-12"));
    let stranger = person(Role::Reporter, Some("PDWA-01"), Some("KH-01"));
    let verifier = person(Role::Verifier, None, Some("KH-12"));
    let secretariat = person(Role::Secretariat, Some("MOWA"), None);
    let quarter: Period = "2026Q3".parse().unwrap();
    let open = |who: &Person, period: Period| app.open_return(&app.snapshot().state, who, UNIT, period);

    assert!(matches!(open(&stranger, quarter), Err(AppError::Denied(_))));
    assert!(matches!(open(&reporter, quarter.next()), Err(AppError::Refused(Refused::TooEarly { .. }))));

    let due = open(&reporter, quarter).unwrap();
    let submit = |each| {
        let (answers, reason) = (answers(&app, each), String::new());
        SubmitReturn { assignment: UNIT.into(), period: quarter, answers, reason }
    };
    let negative = app.submit(&reporter, submit(-1.0)).await.unwrap();
    assert!(matches!(negative, Filed::Problems(found) if found.iter().any(|p| p.say.key == "check-negative")));
    assert!(matches!(app.submit(&reporter, submit(7.0)).await.unwrap(), Filed::Submitted));

    let id = due.id();
    let decide = |seen, decision| DecideReturn { id: id.clone(), seen, decision };
    let early = app.execute(&secretariat, decide(1, Decision::Pass)).await;
    assert!(matches!(early, Err(AppError::Denied(_))), "the secretariat waits for the province");
    app.execute(&verifier, decide(1, Decision::SendBack { reason: "check the count".into() })).await.unwrap();
    assert_eq!(app.snapshot().state.find::<Return>(&id).unwrap().status, ReturnStatus::SentBack);
    assert!(open(&reporter, quarter).is_ok());
    app.submit(&reporter, submit(8.0)).await.unwrap();
    app.execute(&verifier, decide(2, Decision::Pass)).await.unwrap();
    let rar04 = |app: &App| {
        let snapshot = app.snapshot();
        let indicator = snapshot.state.find::<Indicator>("RAR-04").unwrap().clone();
        snapshot.view(false).totals.total(&indicator, "KH", quarter).map(|t| (t.value, t.reported, t.expected))
    };
    assert_eq!(rar04(&app), None, "nothing counts before it is accepted");

    // The last step is taken by another process; this one takes it in before its own next command.
    let nudge = || Box::new(|_: &romduol_plan::State| Ok(Vec::new()));
    other_process.run(secretariat.actor(), String::new(), nudge()).await.unwrap();
    other_process.execute(&secretariat, decide(2, Decision::Pass)).await.unwrap();
    app.run(secretariat.actor(), String::new(), nudge()).await.unwrap();
    assert_eq!(rar04(&app), Some((80.0, 1, 25)), "two sexes by five ages, one province of 25");

    let (form, reason) = ("province-quarter".to_string(), "books are closed".to_string());
    let close = LockPeriod { form, period: quarter, to: Locked::Closed, reason };
    app.execute(&secretariat, close).await.unwrap();
    assert!(matches!(open(&reporter, quarter), Err(AppError::Refused(Refused::Closed { .. }))));
    let history = app.history(&app.snapshot(), romduol_plan::Kind::Return, &id).await.unwrap();
    assert_eq!(
        history.iter().map(|e| e.why.as_str()).collect::<Vec<_>>(),
        ["verified", "verified", "submitted", "check the count", "submitted"]
    );
    assert!(app.ledger.verify().await.unwrap().broken.is_none());
}
