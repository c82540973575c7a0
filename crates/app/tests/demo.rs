//! What the demo makes up: beside the real figures it is plausible and never stands against one, and each verifier has
//! something to verify.

use std::path::Path;

use romduol_app::{App, Clock, demo, package, verification};
use romduol_plan::kinds::*;
use romduol_plan::readings::{Reading, Source};
use romduol_plan::{Date, Kind};

/// 23 November 2026.
const TODAY: i64 = 1_795_392_000;

async fn demo_of(today: i64) -> (App, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps");
    let files = package::files(&plan).unwrap();
    let app = App::begin_demo(folder.path(), Clock::Fixed(today), &files, true).await.unwrap();
    (app, folder)
}

#[tokio::test]
async fn each_of_the_verifiers_has_a_return_to_verify() {
    // As the README promises, on whatever day the demo is started.
    for day in [TODAY, TODAY + 40 * 86_400, TODAY + 150 * 86_400, TODAY + 300 * 86_400] {
        let (app, _folder) = demo_of(day).await;
        let snapshot = app.snapshot();
        for login in ["verifier", "governor", "secretariat"] {
            let token = app.sign_in(login, demo::PASSWORD).await.unwrap().session().unwrap();
            let person = app.person(token.as_str()).await.unwrap().unwrap();
            let waiting = verification::waiting(&snapshot.state, &person);
            assert!(!waiting.is_empty(), "nothing waits for {login}, {day}");
        }
    }
}

/// How far a made-up value may be from a real one: a point and a half, and as much again for each year between them.
const TOLERANCE: f64 = 1.5;
/// Real values that are older say little.
const NEAR: f64 = 3.5;

#[tokio::test]
async fn no_made_up_value_stands_against_a_real_one() {
    let (app, _folder) = demo_of(TODAY).await;
    let snapshot = app.snapshot();
    let (view, mut compared) = (snapshot.view(true), 0);
    for indicator in snapshot.state.all::<Indicator>() {
        let series = view.series(indicator, "KH");
        let all: Vec<Reading> = series.counted.into_iter().chain(series.beside).collect();
        let (real, made_up): (Vec<&Reading>, Vec<&Reading>) =
            all.iter().partition(|r| matches!(r.source, Source::Figure(_)));
        for value in made_up.iter().filter(|value| value.illustrative) {
            for known in &real {
                assert_ne!(value.period.end_year(), known.period.end_year(), "{}: both in one year", indicator.id);
                let years = (value.period.end_as_year() - known.period.end_as_year()).abs();
                if years > NEAR {
                    continue;
                }
                let apart = (value.value - known.value).abs();
                let most = TOLERANCE * (1.0 + years);
                let (id, at, known_at) = (&indicator.id, value.period, known.period);
                assert!(apart <= most, "{id}: {} ({at}) beside really {} ({known_at})", value.value, known.value);
                compared += 1;
            }
        }
    }
    assert!(compared >= 8, "{compared} compared");
    // Undated figures have no year to stand in, but they are real as well.
    let value = |id: &str| {
        let series = view.series(snapshot.state.find::<Indicator>(id).unwrap(), "KH");
        series.counted.last().map(|reading| reading.value).unwrap()
    };
    assert!((value("PAR-05") - 3.4).abs() < 4.0 && (value("PAR-11") - 16.0).abs() < 4.0);
}

#[tokio::test]
async fn made_up_returns_come_in_over_the_years() {
    let (app, _folder) = demo_of(TODAY).await;
    let state = &app.snapshot().state;
    let received: Vec<Date> = state.ids(Kind::Return).into_iter().filter_map(|id| state.received(id)).collect();
    assert_eq!(received.len(), state.count::<Return>());
    assert!(received.iter().any(|day| day.year == 2024) && received.iter().any(|day| day.year == 2026));
    assert_eq!(state.today(), Some(Date { year: 2026, month: 11, day: 23 }));
    assert!(state.carried_out("DEMO-M1-02").is_some_and(|day| day.year == 2026));
    let marked = |kind: Kind| kind.is_marked() || kind == Kind::Presence;
    let unmarked: Vec<Kind> = demo::returns(state, app.now().date)
        .into_values()
        .flatten()
        .map(|change| change.subject().0)
        .filter(|kind| !marked(*kind))
        .collect();
    assert!(unmarked.is_empty(), "{unmarked:?}");
}
