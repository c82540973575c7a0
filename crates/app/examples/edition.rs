//! What an edition of the demo costs, with places and groups crossed: `cargo run -p romduol-app --example edition`, or with
//! the ids of the only indicators that are told. CPU seconds of the whole program, and how much is hidden. Then a second
//! one after some corrections.

use std::path::Path;
use std::time::Instant;

use romduol_app::accounts::{Person, Proof};
use romduol_app::correction::Correction;
use romduol_app::edition::Choice;
use romduol_app::{App, Clock, package};
use romduol_plan::kinds::*;
use romduol_plan::permission::{Post, Role};
use romduol_plan::{Actor, Lang};

/// Hundredths of a second that the program has kept processors busy.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or_default();
    (ticks(11) + ticks(12)) / 100.0
}

fn person(account: &str, role: Role) -> Person {
    let post = Post { role, institution: None, area: None };
    Person { account: account.into(), name: account.into(), post, lang: Lang::En, proof: Proof::default() }
}

/// One number less in a return of each indicator.
async fn correct(app: &App, only: &[String]) {
    let state = app.snapshot().state.clone();
    for indicator in only {
        let first = state.all::<Return>().filter(|r| r.status == ReturnStatus::Accepted).find_map(|r| {
            let answer = r.answers.open().into_iter().find(|answer| answer.indicator == *indicator)?;
            let cell = answer.cells.iter().find(|cell| cell.value >= 2.0)?;
            Some(((r.assignment.clone(), r.period), cell.categories.to_vec(), cell.value - 1.0))
        });
        let Some((at, categories, value)) = first else { continue };
        let correction = Correction { indicator: indicator.clone(), categories, value };
        let cells = [(at, vec![correction])].into();
        app.correct_cells(&Actor { account: "a".into(), post: "secretariat".into() }, "counted again", &cells)
            .await
            .expect("it is corrected");
    }
}

#[tokio::main]
async fn main() {
    let only: Vec<String> = std::env::args().skip(1).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps");
    let files = package::files(&plan).expect("the plan");
    let app = App::create(folder.path(), Clock::System, &files).await.expect("a plan");
    app.fill_demo(true).await.expect("the demo");
    for number in 1..4 {
        let usual = Choice::usual(&app.snapshot().state, app.now().date);
        let state = app.snapshot().state.clone();
        let others = state.all::<Indicator>().filter(|i| !only.is_empty() && !only.contains(&i.id));
        let leave_out = others.map(|i| i.id.clone()).chain(usual.leave_out.clone()).collect();
        let tables = EditionTable::ALL.to_vec();
        let choice = Choice { tables, leave_out, without_waiting: true, ..usual };
        let (anna, bora) = (person("a", Role::Secretariat), person("b", Role::Committee));
        let timed = |what: &'static str, start: (Instant, f64)| {
            println!(
                "edition {number}: {what} {:.1} s, {:.1} s of CPU",
                start.0.elapsed().as_secs_f64(),
                cpu() - start.1
            );
        };
        let now = || (Instant::now(), cpu());
        let start = now();
        let id = match app.prepare_edition(&anna, choice).await {
            Ok(id) => id,
            Err(refused) => return println!("{refused}"),
        };
        timed("prepared in", start);
        let start = now();
        let (composed, _) = app.look_into_edition(&anna, &id).await.expect("it can be looked at");
        timed("looked over in", start);
        let all = composed.body.indicators.iter().map(|measured| measured.observations.len()).sum::<usize>();
        let hidden = composed.body.indicators.iter().map(|measured| measured.hidden()).sum::<usize>();
        println!("edition {number}: {hidden} of {all} cells hidden");
        let start = now();
        app.approve_edition(&bora, &id, None).await.expect("it is approved");
        timed("approved in", start);
        correct(&app, &only).await;
    }
}
