//! The letter of the day: what waits for a person, and for those who steer what others let pass, in counts.

use romduol_plan::kinds::*;
use romduol_plan::permission::Role;

use crate::house::{House, house};

async fn letter(house: &House, login: &str) -> Option<String> {
    let address = format!("{login}@example.org");
    house.app.set_email(login, &address).await.unwrap();
    let letters = house.app.letters("https://plan.example.org").await.unwrap();
    letters.into_iter().find(|letter| letter.to == address).map(|letter| letter.body)
}

fn login(role: Role) -> &'static str {
    romduol_app::demo::ACCOUNTS.iter().find(|(_, code, ..)| *code == role.code()).unwrap().0
}

#[tokio::test]
async fn chair_and_secretary_are_told_what_others_let_pass() {
    let house = house().await;
    let state = &house.app.snapshot().state;
    let today = house.app.now().date;
    let overdue = romduol_plan::coordination::duties(state)
        .into_iter()
        .filter(|duty| duty.kind == romduol_plan::Kind::Decision && duty.overdue(today));
    let overdue: Vec<_> = overdue.collect();
    let late = romduol_plan::coordination::owed(state, today, true);
    assert!(!overdue.is_empty() && !late.is_empty());
    for role in [Role::Committee, Role::Secretariat] {
        let body = letter(&house, login(role)).await.unwrap();
        for words in [
            format!("Decisions that are overdue, of all institutions: {}", overdue.len()),
            format!("Institutions that are late with something: {}", late.len()),
        ] {
            assert!(body.contains(&words), "{words} in {body}");
        }
    }
    // The committee has no institution, so nothing of it is its own: counts only, and nobody is named.
    let body = letter(&house, login(Role::Committee)).await.unwrap();
    for duty in &overdue {
        let title = state.find::<Decision>(&duty.id).unwrap().title.en.clone();
        assert!(!body.contains(&duty.id) && !body.contains(&title), "{body}");
    }
    for institution in state.all::<Institution>() {
        assert!(!body.contains(&institution.name.en), "{} in {body}", institution.id);
    }
    // Whoever does not steer is not told about others.
    let body = letter(&house, login(Role::Reporter)).await.unwrap_or_default();
    assert!(!body.contains("of all institutions") && !body.contains("are late with"), "{body}");
}
