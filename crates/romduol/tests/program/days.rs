//! Days begin at midnight where the plan is carried out, not where the server stands.

use std::path::Path;

use romduol_app::{App, Clock, demo, package};
use romduol_plan::Date;

/// 30 November 2026, 23:00 in UTC: six in the morning of 1 December in Phnom Penh.
const MORNING: i64 = 1_796_079_600;
const HOUR: i64 = 3_600;

fn files() -> package::Files {
    package::files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps")).unwrap()
}

/// The reference plan with another time zone.
fn with_zone(zone: &str) -> package::Files {
    let mut files = files();
    let plan = String::from_utf8(files["plans.csv"].clone()).unwrap();
    assert!(plan.contains("Asia/Phnom_Penh"));
    files.insert("plans.csv".into(), plan.replace("Asia/Phnom_Penh", zone).into_bytes());
    files
}

#[tokio::test]
async fn today_is_the_plans_day() {
    let december = Date { year: 2026, month: 12, day: 1 };
    for (zone, today) in
        [("Asia/Phnom_Penh", december), ("America/Bogota", december.minus_days(1)), ("", december.minus_days(1))]
    {
        let folder = tempfile::tempdir().unwrap();
        let app = App::create(folder.path(), Clock::Fixed(MORNING), &with_zone(zone)).await.unwrap();
        assert_eq!(app.now().date, today, "{zone:?}");
        assert_eq!(app.now().stamp, "2026-11-30T23:00:00Z", "entries keep UTC");
    }
}

/// What is due on 30 November is overdue in Phnom Penh on the morning of 1 December, when London still has the day before.
#[tokio::test]
async fn overdue_begins_at_the_plans_midnight() {
    let folder = tempfile::tempdir().unwrap();
    let app = App::create(folder.path(), Clock::Fixed(MORNING), &files()).await.unwrap();
    let state = &app.snapshot().state;
    let assignment = state.all::<romduol_plan::kinds::Assignment>().next().unwrap();
    let due = romduol_plan::returns::owed(state, assignment, app.now().date).remove(0);
    let late_on = |date: Date| romduol_plan::returns::Due { due: date, ..due.clone() }.overdue(app.now().date);
    assert!(late_on(Date { year: 2026, month: 11, day: 30 }));
    assert!(!late_on(Date { year: 2026, month: 12, day: 1 }));
}

/// One letter a day of the plan: none an hour and a half later although London's day has changed, one after midnight in
/// Phnom Penh.
#[tokio::test]
async fn a_letter_a_day_is_a_day_of_the_plan() {
    let folder = tempfile::tempdir().unwrap();
    let app = App::create(folder.path(), Clock::Fixed(MORNING), &files()).await.unwrap();
    app.fill_demo(true).await.unwrap();
    let (login, ..) = demo::ACCOUNTS.iter().find(|(_, role, ..)| *role == "secretariat").unwrap();
    app.set_email(login, "secretariat@example.org").await.unwrap();
    let letters = app.letters("https://plan.example.org").await.unwrap();
    assert_eq!(letters.len(), 1);
    app.letter_sent(&letters[0].account).await.unwrap();
    app.close().await;
    for (later, expected) in [(HOUR + HOUR / 2, 0), (17 * HOUR + HOUR / 2, 0), (18 * HOUR, 1)] {
        let app = App::open(folder.path(), Clock::Fixed(MORNING + later)).await.unwrap();
        let letters = app.letters("https://plan.example.org").await.unwrap();
        assert_eq!(letters.len(), expected, "{} hours later", later as f64 / HOUR as f64);
        app.close().await;
    }
}

#[test]
fn a_zone_that_does_not_exist_is_a_fault_with_its_place() {
    let package = package::check(&with_zone("Asia/Phnompenh"));
    let [fault] = package.faults.as_slice() else { panic!("{:?}", package.faults) };
    assert_eq!((fault.file.as_str(), fault.row, fault.column.as_str()), ("plans.csv", 2, "time_zone"));
    assert_eq!(fault.problem.key, "fault-time-zone");
    assert!(package::changes(&with_zone("Asia/Phnompenh")).is_err());
}
