//! Figures that cannot mislead, as the pages tell them: incomplete sums, the path in words, a status set by hand.

use crate::house::house;
use romduol_locale::Locale;
use romduol_plan::Lang;
use romduol_plan::alike::Why;
use romduol_plan::kinds::*;
use romduol_plan::permission::Role;
use romduol_plan::state::return_id;

const ABOVE: &str = "\u{a0}";

#[tokio::test]
async fn a_sum_over_some_provinces_is_no_fall() {
    let house = house().await;
    let secretariat = house.session(Role::Secretariat).await;
    let snapshot = house.app.snapshot();
    let view = snapshot.view(true);
    let indicator = snapshot.state.find::<Indicator>("PRT-06").unwrap();
    let last = view.series(indicator, "KH").counted.pop().unwrap();
    let came = *last.completeness().unwrap();
    assert!(came.reported < came.expected, "of the last quarter some provinces are late");
    let mark = format!("incomplete: {} of {} reported", came.reported, came.expected);
    let same = format!("the same {} provinces: ", view.alike(indicator, "KH", &last).unwrap().units);
    for path in ["/indicators/PRT-06", "/scorecard", "/report/2026"] {
        let page = house.read(path, Some(&secretariat)).await;
        assert!(page.contains(&mark), "{path}");
        assert!(page.contains(&same), "{path}");
        assert!(page.contains(&format!("≥{ABOVE}")), "{path}");
    }
    let page = house.read("/indicators/PRT-06", Some(&secretariat)).await;
    assert!(page.contains("c-incomplete") && page.contains("c-nodata"), "hollow and hatched in the chart");
    let explained = house.read("/indicators/PRT-06/explain/2026Q3", Some(&secretariat)).await;
    // Why it is missing is told, and nobody who has sent it is said to have sent nothing.
    assert!(explained.contains("Not in it") && explained.contains("(quarter 3 of 2026)"), "{explained}");
    let units = view.absent(indicator, "KH", &last);
    assert!(!units.is_empty());
    for unit in units {
        let record = snapshot.state.find::<Return>(&return_id(&unit.assignment.id, unit.period));
        assert_eq!(unit.why == Why::NotSent, record.is_none(), "{unit:?}");
        assert!(explained.contains(&Locale::of(Lang::En).tell(&unit.why.say())), "{unit:?}");
    }
    let csv = house.read("/indicators/PRT-06/csv", Some(&secretariat)).await;
    assert!(csv.contains(&mark), "{csv}");
    let pivot = house.read("/pivot?indicator=PRT-06&rows=period&columns=whole", Some(&secretariat)).await;
    assert!(pivot.contains("≥") && pivot.contains("this sum is no fall"), "{pivot}");
    // Before an edition is made the incomplete values and who is missing are named.
    let editions = house.read("/editions", Some(&secretariat)).await;
    assert!(!editions.contains("Incomplete values") || editions.contains("Not in it"), "{editions}");
    let page = house.read("/indicators/PRT-06?lang=km", Some(&secretariat)).await;
    assert!(!page.contains("incomplete-units"));
}

#[tokio::test]
async fn beside_the_path_a_page_says_words() {
    let house = house().await;
    let secretariat = house.session(Role::Secretariat).await;
    let snapshot = house.app.snapshot();
    for indicator in snapshot.state.all::<Indicator>() {
        for year in ["2024", "2025", "2026"] {
            let page = house.read(&format!("/indicators/{}?year={year}", indicator.id), Some(&secretariat)).await;
            let shares = page.match_indices(" % of the expected path").map(|(at, _)| {
                let before: String =
                    page[..at].chars().rev().take_while(|c| c.is_ascii_digit() || "-−.,".contains(*c)).collect();
                before.chars().rev().collect::<String>()
            });
            for share in shares {
                assert!((0.0..=100.0).contains(&share.parse::<f64>().unwrap()), "{} {year}: {share}", indicator.id);
            }
        }
    }
}

/// The part of a page that is about an indicator.
fn row<'a>(page: &'a str, id: &str) -> &'a str {
    let from = page.find(&format!(">{id}<")).or_else(|| page.find(&format!("{id} "))).unwrap_or_else(|| panic!("{id}"));
    &page[from..from + page[from..].find("</tr>").unwrap()]
}

#[tokio::test]
async fn what_the_program_counts_is_never_without_data() {
    let house = house().await;
    let secretariat = house.session(Role::Secretariat).await;
    let computed: Vec<_> =
        house.app.snapshot().state.all::<Indicator>().filter(|i| i.computed.is_some()).cloned().collect();
    assert!(!computed.is_empty());
    for year in 2023..2027 {
        for path in ["/scorecard?year=", "/report/"] {
            let page = house.read(&format!("{path}{year}"), Some(&secretariat)).await;
            for indicator in &computed {
                let row = row(&page, &indicator.id);
                assert!(!row.contains("no data"), "{path}{year}: {row}");
                let told = !row.contains("nothing to count")
                    || row.contains("nothing to count yet")
                    || row.contains("no count was kept");
                assert!(told, "{path}{year}: {row}");
            }
        }
    }
}

#[tokio::test]
async fn late_returns_of_a_report_are_those_of_the_list_of_who_owes_what() {
    let house = house().await;
    let secretariat = house.session(Role::Secretariat).await;
    let (snapshot, today) = (house.app.snapshot(), house.app.now().date);
    let report = house.read("/report/2026", Some(&secretariat)).await;
    assert!(report.contains("Returns for all periods up to the end of 2026"), "it says what it covers");
    let late = report[report.find("Late and missing returns</h").unwrap()..].replace("&#39;", "'");
    let mut yearly = 0;
    for unit in snapshot.state.all::<Assignment>() {
        let owed = romduol_plan::returns::owed(&snapshot.state, unit, today);
        for due in owed.iter().filter(|due| due.overdue(today)) {
            yearly += u32::from(due.period.to_string() == "2025");
            let body = snapshot.state.find::<Institution>(&unit.institution).unwrap();
            let told = [&body.name.en, &due.form.name.en, &Locale::of(Lang::En).period(due.period)];
            let mut rows = late.split("<tr");
            assert!(rows.any(|row| told.iter().all(|words| row.contains(*words))), "{} {}", unit.id, due.period);
        }
    }
    assert!(yearly > 0, "somebody owes the form of 2025");
}

#[tokio::test]
async fn a_status_set_by_hand_shows_with_its_value_and_is_withdrawn() {
    let house = house().await;
    let (secretariat, civil) = (house.session(Role::Secretariat).await, house.session(Role::CivilSociety).await);
    let set = "period=2024&status=at-risk&reason=Two+courses+begin+in+December";
    assert_eq!(house.send("/indicators/PAR-07/status", Some(&civil), set).await.0, 403);
    assert_eq!(house.send("/indicators/NO-99/status", Some(&secretariat), set).await.0, 404);
    for wrong in [
        "period=2050&status=at-risk&reason=x",
        "period=2024&status=no-data&reason=x",
        "period=2024&status=at-risk&reason=",
    ] {
        let (status, page) = house.send("/indicators/PAR-07/status", Some(&secretariat), wrong).await;
        assert_eq!(status, 422, "{wrong}: {page}");
    }
    assert!(house.app.snapshot().state.all::<Override>().next().is_none(), "nothing was kept");
    // The form is reached from the page of the indicator.
    let page = house.read("/indicators/PAR-07?year=2026", Some(&secretariat)).await;
    assert!(page.contains("/indicators/PAR-07/explain/2024#set-status"), "{page}");
    assert!(!house.read("/indicators/PAR-07?year=2026", Some(&civil)).await.contains("#set-status"));
    assert_eq!(house.send("/indicators/PAR-07/status", Some(&secretariat), set).await.0, 303);
    for path in [
        "/indicators/PAR-07?year=2026",
        "/indicators/PAR-07?year=2025",
        "/scorecard?year=2026",
        "/report/2026",
        "/ratings",
    ] {
        let page = house.read(path, Some(&civil)).await;
        let shown = page.contains("Two courses begin in December") && page.contains("Computed status");
        assert!(shown || path == "/ratings", "{path}");
    }
    let withdraw = "/indicators/PAR-07/status/withdraw";
    assert_eq!(house.send(withdraw, Some(&secretariat), "period=2024&reason=").await.0, 422);
    assert_eq!(house.send(withdraw, Some(&civil), "period=2024&reason=x").await.0, 403);
    assert_eq!(house.send(withdraw, Some(&secretariat), "period=2024&reason=The+courses+were+cancelled").await.0, 303);
    assert_eq!(house.send(withdraw, Some(&secretariat), "period=2024&reason=Again").await.0, 404);
    let page = house.read("/indicators/PAR-07?year=2026", Some(&secretariat)).await;
    assert!(!page.contains("Two courses begin in December"));
    let history = house.read("/history/overrides/PAR-07.2024", Some(&secretariat)).await;
    assert!(
        history.contains("Two courses begin in December") && history.contains("The courses were cancelled"),
        "{history}"
    );
}
