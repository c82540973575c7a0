//! Findings as the secretariat works on them: the most serious first, assigned, settled with words, back when numbers change.

use romduol_plan::kinds::{Consultation, Task, TaskState};
use romduol_plan::permission::Role;
use romduol_plan::{Actor, Body, Change};

use crate::house::house;

/// The December workshop: its head counts 63 women, its rows make 62.
const HEAD: &str = "consultation-head:CON-2.female";
const AT: &str = "/findings/consultation-head%3ACON-2.female";

#[tokio::test]
async fn the_most_serious_findings_stand_first_and_in_their_group() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let cookie = Some(cookie.as_str());
    let page = house.read("/findings", cookie).await;
    let places = |mark: &str| page.match_indices(mark).map(|(at, _)| at).collect::<Vec<_>>();
    let sections: Vec<&str> = page.split("<section>").skip(1).collect();
    assert!(sections.len() >= 5 && sections[0].contains("class=\"f-error\""), "{} sections", sections.len());
    for section in &sections {
        let last_error = section.rfind("class=\"f-error\"").unwrap_or(0);
        assert!(section.find("class=\"f-note\"").unwrap_or(usize::MAX) > last_error, "a note stands before an error");
    }
    assert!(places("class=\"f-error\"").len() > 5);
    // One group alone, and what is none of the choices is refused.
    let heard = house.read("/findings?group=heard", cookie).await;
    assert_eq!(heard.matches("<section>").count(), 1);
    assert!(heard.contains("its rows make 62"));
    assert_eq!(house.send("/findings/x/assign", cookie, "owner=MOWA").await.0, 422);
    // Both quotes of a contradiction, their places and who should settle it.
    let statements = house.read("/findings?group=statements", cookie).await;
    for words in ["NAPVAW IV 2025 -2030 forthcoming", "3.1.3, pp. 40–41", "Both cannot be true.", "To be settled by"]
    {
        assert!(statements.contains(words), "{words}");
    }
}

#[tokio::test]
async fn a_finding_is_assigned_settled_and_comes_back() {
    let house = house().await;
    let secretariat = house.session(Role::Secretariat).await;
    let verifier = house.session(Role::Verifier).await;
    let (cookie, theirs) = (Some(secretariat.as_str()), Some(verifier.as_str()));
    let standing = async |words: &str| house.read(AT, cookie).await.contains(words);
    assert!(standing(">open</span>").await, "{}", house.read(AT, cookie).await);
    // The verifier of the demo is of the Ministry of Interior; it may not take what nobody gave it.
    let words = "words=One+woman+signed+twice.";
    assert_eq!(house.send(&format!("{AT}/settle"), theirs, words).await.0, 403);
    assert_eq!(house.send(&format!("{AT}/assign"), theirs, "owner=MOI").await.0, 403);
    assert_eq!(house.send(&format!("{AT}/assign"), cookie, "owner=NOBODY").await.0, 404);
    assert_eq!(house.send(&format!("{AT}/assign"), cookie, "owner=MOI&due=2026-12-31").await.0, 303);
    assert!(standing(">assigned</span>").await);
    assert!(house.read("/findings?which=mine", theirs).await.contains("its rows make 62"));
    let task = house.app.snapshot().state.all::<Task>().find(|task| task.finding == HEAD).unwrap().clone();
    assert!(house.read("/handover/MOI", cookie).await.contains(&task.id), "a duty like every other");
    assert!(!task.title.en.contains("62"), "its title tells no number: {}", task.title.en);
    // Without words it stays, and words point to nobody.
    assert_eq!(house.send(&format!("{AT}/settle"), theirs, "words=+").await.0, 422);
    assert_eq!(house.send(&format!("{AT}/settle"), theirs, "words=Ask+sok@example.org").await.0, 422);
    assert_eq!(house.send(&format!("{AT}/settle"), theirs, words).await.0, 303);
    assert!(standing(">settled</span>").await && standing("One woman signed twice.").await);
    assert!(!house.read("/findings", cookie).await.contains("its rows make 62"), "what is settled waits for nobody");
    assert!(house.read("/findings?which=settled", cookie).await.contains("its rows make 62"));
    let csv = house.read("/findings.csv", cookie).await;
    let line = csv.lines().find(|line| line.contains(HEAD)).unwrap();
    assert!(line.contains(",settled,") && line.contains("2026-12-31,One woman signed twice."), "{line}");
    let task = house.app.snapshot().state.find::<Task>(&task.id).unwrap().clone();
    assert_eq!((task.state, task.finding_said.as_str()), (TaskState::Done, "head=63; rows=62; CON-2"));
    // What it said is for those who read findings about people; a reporter sees the task without it.
    let reporter = house.session(Role::Reporter).await;
    let record = house.read(&format!("/records/tasks/{}", task.id), Some(&reporter)).await;
    assert!(record.contains("One woman signed twice.") && !record.contains("head=63"), "{record}");
    // Nor in its history, nor by asking the search for one number after the other.
    for reader in [&secretariat, &verifier, &reporter] {
        assert!(!house.read(&format!("/history/tasks/{}", task.id), Some(reader)).await.contains("head=63"));
        assert!(
            !house.read("/search?q=head%3D63", Some(reader)).await.contains(&format!("/records/tasks/{}", task.id))
        );
    }
    // Another number in the head: the same finding says something else.
    let event = house.app.snapshot().state.find::<Consultation>("CON-2").unwrap().clone();
    let changed = Consultation { female: Some(64), ..(*event).clone() };
    let actor = Actor { account: "test".into(), post: "test".into() };
    let changed: Body = changed.into();
    house.app.run(actor, "test".into(), Box::new(move |_| Ok(vec![Change::Put(changed.clone())]))).await.unwrap();
    assert!(standing("its numbers have changed").await);
    assert!(house.read("/findings", cookie).await.contains("its numbers have changed"));
}

/// A finding that nobody has is told so, in words, with the way on.
#[tokio::test]
async fn a_finding_that_is_gone_is_refused_in_words() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let page = house.read("/findings/jump%3AX", Some(&cookie)).await;
    assert!(page.contains("There is no finding “jump:X” any more"), "{page}");
}
