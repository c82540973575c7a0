//! The way to the plan through its pages: readiness, the own choice, the road map, corrections, versions and their comments.

use romduol_plan::kinds::{Assessment, Attendance};
use romduol_plan::permission::Role;

use crate::house::{House, house};

/// What a page shows of one element of readiness.
async fn element(house: &House, cookie: &str, id: &str) -> String {
    let page = house.read("/readiness", Some(cookie)).await;
    let from = page.split(&format!("<section id=\"{id}\">")).nth(1).unwrap();
    from.split("</section>").next().unwrap().to_string()
}

#[tokio::test]
async fn two_sides_say_how_ready_the_plan_is_and_earlier_words_stay() {
    let house = house().await;
    let snapshot = house.app.snapshot();
    let id = snapshot.state.ids(romduol_plan::Kind::Element)[0].to_string();
    let (government, civil) = (house.session(Role::Secretariat).await, house.session(Role::CivilSociety).await);
    let assess = async |cookie: &str, level: &str, reason: &str, codes: &str| {
        let form = format!("element={id}&readiness={level}&reason={reason}&evidence={codes}");
        house.send("/readiness", Some(cookie), &form).await
    };
    let policy = snapshot.state.ids(romduol_plan::Kind::Policy)[0].to_string();
    let (status, page) = assess(&government, "begun", "The+unit+exists", "ST001;NOTHING-9").await;
    assert_eq!(status, 404);
    assert!(page.contains("NOTHING-9"), "{page}");
    assert_eq!(assess(&government, "begun", "The+unit+exists", &format!("ST001;+{policy}")).await.0, 303);
    assert_eq!(assess(&civil, "absent", "Nobody+knows+it", "").await.0, 303);
    let shown = element(&house, &civil, &id).await;
    // Each side's newest word, what it rests on, and the made-up ones of the years before, newest first.
    let (ours, theirs) = (shown.find("The unit exists").unwrap(), shown.find("Nobody knows it").unwrap());
    assert!(ours < theirs && shown.contains("23 November 2026"));
    assert!(shown.contains("/records/evidence/ST001\"") && shown.contains(&format!("/records/policies/{policy}\"")));
    assert!(shown.find("8 March 2026").unwrap() < shown.find("8 March 2025").unwrap());
    assert!(shown.find("The unit exists").unwrap() < shown.find("8 March 2026").unwrap());
    // A second word of the same day takes the place of the first; earlier days stay.
    assert_eq!(assess(&government, "partly", "It+has+a+budget", "").await.0, 303);
    let state = house.app.snapshot();
    let own: Vec<_> = state.state.all::<Assessment>().filter(|said| said.element == id && !said.illustrative).collect();
    assert_eq!(own.len(), 2);
    assert!(!element(&house, &civil, &id).await.contains("The unit exists"));
    assert!(
        house.read(&format!("/history/assessments/{}", own[1].id), Some(&government)).await.contains("The unit exists")
    );
}

#[tokio::test]
async fn the_own_choice_among_models_is_a_decision() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let cookie = Some(cookie.as_str());
    let models: Vec<String> =
        house.app.snapshot().state.ids(romduol_plan::Kind::Model).iter().take(2).map(|id| id.to_string()).collect();
    let form = format!(
        "_id=&_seen=0&id=CHOICE-1&title=Two+documents&date=2026-11-20&reason=It+suits+us&models={}&models={}&owner=MOWA&\
         state=open&_why=chosen",
        models[0], models[1]
    );
    let (status, page) = house.send("/records/decisions", cookie, &form).await;
    assert_eq!(status, 303, "{page}");
    let page = house.read("/readiness", cookie).await;
    let own = page.split("/records/decisions/CHOICE-1").nth(1).unwrap().split("</li>").next().unwrap();
    assert!(own.contains("Two documents") && own.contains("It suits us"), "{own}");
    assert!(models.iter().all(|model| own.contains(&format!("/records/models/{model}\""))));
    // Every model knows the way back.
    assert!(
        house.read(&format!("/records/models/{}", models[0]), cookie).await.contains("/records/decisions/CHOICE-1")
    );
}

#[tokio::test]
async fn the_road_map_is_drawn_and_goes_into_a_calendar() {
    let house = house().await;
    let cookie = house.session(Role::Reporter).await;
    let page = house.read("/road", Some(&cookie)).await;
    let drawn = page.split("<svg").nth(1).unwrap().split("</svg>").next().unwrap();
    let steps = house.app.snapshot().state.ids(romduol_plan::Kind::NextStep).len();
    assert!(drawn.contains("role=\"img\"") && drawn.contains("<title"), "{drawn:.300}");
    assert!(drawn.matches("<rect").count() >= steps, "a bar for every dated step");
    assert!(drawn.contains("2026") && drawn.contains("N01"), "years and names");
    let calendar = house.read("/road.ics", Some(&cookie)).await;
    assert!(calendar.starts_with("BEGIN:VCALENDAR\r\n") && calendar.ends_with("END:VCALENDAR\r\n"));
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), steps);
    assert!(calendar.contains("DTSTART;VALUE=DATE:20250901\r\n"), "{calendar:.900}");
    // An end date in a calendar is the day after the last one.
    assert!(calendar.contains("DTEND;VALUE=DATE:20251201\r\n") && calendar.contains("(illustrative)"));
    // Made-up dates are made up for whoever hides them.
    let hidden = house.read("/road.ics", Some(&format!("{cookie}; illustrative=off"))).await;
    assert_eq!(hidden.matches("BEGIN:VEVENT").count(), 0);
}

#[tokio::test]
async fn a_correction_stands_beside_the_printed_number() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let cookie = Some(cookie.as_str());
    let errors = async || house.read("/findings.csv", cookie).await.matches("\nCannot hold,").count();
    let (before, printed) = (errors().await, house.app.snapshot().state.find::<Attendance>("AT06").unwrap().clone());
    let form = house.read("/edit/attendances/AT06", cookie).await;
    let seen = form.split("name=\"_seen\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let number = |n: Option<u32>| n.map(|n| n.to_string()).unwrap_or_default();
    let fields = format!(
        "_id=AT06&_seen={seen}&id=AT06&consultation={}&group=Group&total={}&female={}&male={}&corrected_male=5&class={}&\
         source=Annex+9.3&khmer=draft&_why=counted+again",
        printed.consultation,
        number(printed.total),
        number(printed.female),
        number(printed.male),
        printed.class.code()
    );
    let (status, page) = house.send("/records/attendances", cookie, &fields).await;
    assert!(status == 422 && page.contains("is empty for a corrected number"), "a correction says why: {status}");
    assert_eq!(
        house.send("/records/attendances", cookie, &format!("{fields}&correction_reason=One+man+more")).await.0,
        303
    );
    let snapshot = house.app.snapshot();
    let kept = snapshot.state.find::<Attendance>("AT06").unwrap();
    assert_eq!((kept.total, kept.female, kept.male), (printed.total, printed.female, printed.male));
    let page = house.read(&format!("/consultations/{}", kept.consultation), cookie).await;
    assert!(page.contains(&format!("<b>5</b> <s>{}</s>", number(printed.male))) && page.contains("One man more"));
    // The rule goes on reporting it, as a note that nobody has to act on.
    assert_eq!(errors().await, before - 1);
    let table = house.read(&format!("/consultations/{}/csv", kept.consultation), cookie).await;
    assert!(table.contains(&format!("Group,33,28,{},,,5,One man more", number(printed.male))), "{table}");
}

#[tokio::test]
async fn two_versions_are_compared_with_each_other() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let cookie = Some(cookie.as_str());
    let rename = async |title: &str| {
        let form = house.read("/edit/nodes/A1.01", cookie).await;
        let seen =
            form.split("name=\"_seen\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_string();
        let fields = format!(
            "_id=A1.01&_seen={seen}&id=A1.01&level=action&parents=1.1&title={title}&khmer=draft&source=8.1.1&_why=test"
        );
        assert_eq!(house.send("/records/nodes", cookie, &fields).await.0, 303);
    };
    rename("Second+title").await;
    let named = "id=V2&title=Second+draft&title_km=សេចក្តីព្រាងទីពីរ&note=For+the+public&note_km=សម្រាប់សាធារណជន";
    assert_eq!(house.send("/versions", cookie, named).await.0, 303);
    rename("Third+title").await;
    let page = house.read("/versions/DEMO-1?with=V2", cookie).await;
    assert!(page.contains("<td>Second title</td>") && !page.contains("Third title"), "what came later is not in it");
    assert!(page.contains("Title (English)") && !page.contains("title.en"));
    let now = house.read("/versions/DEMO-1", cookie).await;
    assert!(now.contains("<td>Third title</td>"));
    let table = house.read("/versions/DEMO-1/csv?with=V2", cookie).await;
    assert!(
        table.starts_with("Code,Title,Changes,Field,Before,After\n") && table.contains(",Second title\n"),
        "{table}"
    );
    assert!(house.read("/versions/V2?with=V2", cookie).await.contains("Nothing differs."));
    // Both languages of its title and note head the public's page.
    assert_eq!(house.send("/versions/V2", cookie, "to=consultation&until=&why=test").await.0, 303);
    let khmer = house.read("/consult/V2", Some("none; lang=km")).await;
    assert!(khmer.contains("<h1>សេចក្តីព្រាងទីពីរ</h1>") && khmer.contains("សម្រាប់សាធារណជន"), "{khmer}");
    assert!(house.read("/consult/V2", None).await.contains("<h1>Second draft</h1>"));
}

/// A comment that was declined answers its author with the reason, and its words are gone.
#[tokio::test]
async fn a_declined_comment_has_an_answer() {
    let house = house().await;
    let (_, page) = house.send("/consult/DEMO-1", None, "text=Buy+my+product&lang=en").await;
    let code = page.split("consult-answer?code=").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_string();
    let cookie = house.session(Role::Secretariat).await;
    let cookie = Some(cookie.as_str());
    let list = house.read("/comments", cookie).await;
    let key = list.split("action=\"/comments/").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_string();
    let deal = format!("/comments/{key}");
    assert_eq!(house.send(&deal, cookie, "action=decline&words=+").await.0, 422, "a reason is due");
    assert_eq!(house.send(&deal, cookie, "action=decline&words=It+is+not+about+the+plan").await.0, 303);
    let answer = house.read(&format!("/consult-answer?code={code}"), None).await;
    assert!(answer.contains("It is not about the plan") && !answer.contains("Buy my product"), "{answer}");
    assert!(!house.read("/comments", cookie).await.contains("Buy my product"));
}
