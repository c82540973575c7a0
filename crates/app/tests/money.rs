//! Money from a table to the paper: faults of a costing table, the same totals in every form, the note on one page, the
//! demo's own records, pledges.

use std::path::Path;

use calamine::{Data, Reader, Xlsx};
use romduol_app::accounts::{Person, Proof};
use romduol_app::money::gap_view::{self, Asked};
use romduol_app::money::{Cell, budget_note};
use romduol_app::{App, Clock, package, records};
use romduol_locale::Locale;
use romduol_plan::commands::money::Pledge;
use romduol_plan::kinds::*;
use romduol_plan::money::Books;
use romduol_plan::money::gap::{By, Choice, table};
use romduol_plan::permission::{Post, Role};
use romduol_plan::{Amount, Date, Kind, Lang};
use romduol_report::pdf::page_texts;
use romduol_report::{html, xlsx};

/// 24 November 2026.
const TODAY: i64 = 1_795_478_400;
const DAY: Date = Date { year: 2026, month: 11, day: 24 };

async fn demo() -> (App, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps");
    let app = App::create(folder.path(), Clock::Fixed(TODAY), &package::files(&plan).unwrap()).await.unwrap();
    app.fill_demo(true).await.unwrap();
    (app, folder)
}

fn person(role: Role, institution: Option<&str>) -> Person {
    let post = Post { role, institution: institution.map(String::from), area: None };
    Person { account: "test".into(), name: "Test".into(), post, lang: Lang::En, proof: Proof::default() }
}

/// The faults of the package when these files are added to it, without their file names.
fn faults(added: &[(&str, &str)]) -> Vec<String> {
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps");
    let mut files = package::files(&plan).unwrap();
    for (name, text) in added {
        files.insert(format!("{name}.csv"), text.as_bytes().to_vec());
    }
    package::check(&files).faults.iter().map(|fault| Locale::of(Lang::En).tell(&fault.say())).collect()
}

const FUND: (&str, &str) = ("funds", "id,name,kind\nF,A fund,national-budget\nG,Another,pooled-fund\n");

#[test]
fn a_rate_missing_for_a_day_is_refused() {
    let lines = "id,node,input,year,quantity,likely,currency,date\nC1,A1.01,training,2027,2,10.5,USD,2026-12-01\n";
    let none = faults(&[("cost_lines", lines)]);
    assert_eq!(
        none,
        [
            "cost_lines.csv, row 2, column date: “2026-12-01” has no rate: none in rates.csv begins on or before 2026-12-01; \
          add the rate of that day to rates.csv, or correct the date."
        ]
    );
    let rates = "id,date,khr_per_usd,source\nR,2026-01-01,4100,test\n";
    assert_eq!(faults(&[("cost_lines", lines), ("rates", rates)]), Vec::<String>::new());
}

#[test]
fn a_payment_larger_than_its_commitment_is_refused() {
    let money = "id,fund,node,year,state,amount,currency,date,from\n\
                 1,F,A1.01,2027,committed,1000,KHR,2027-01-01,\n\
                 2,F,A1.01,2027,spent,600,KHR,2027-02-01,1\n\
                 3,F,A1.01,2027,spent,400.01,KHR,2027-03-01,1\n";
    let found = faults(&[FUND, ("fundings", money)]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("takes more than there is: 1000.01 KHR come from 1, which holds 1000"), "{found:?}");
    let exact = money.replace("400.01", "400");
    assert_eq!(faults(&[FUND, ("fundings", &exact)]), Vec::<String>::new());
    // Up the ladder only, where the source is the same; a pool begins anew.
    let down = exact
        .replace("1,F,A1.01,2027,committed", "1,F,A1.01,2027,released")
        .replace("2,F,A1.01,2027,spent", "2,F,A1.01,2027,pledged");
    assert!(faults(&[FUND, ("fundings", &down)])[0].contains("“pledged” is a step down from released of 1"));
    let pool = down.replace("2,F,", "2,G,");
    assert_eq!(faults(&[FUND, ("fundings", &pool)]), Vec::<String>::new());
    let circle = exact
        .replace("2027-01-01,\n", "2027-01-01,2\n")
        .replace("600", "1000")
        .replace("3,F,A1.01,2027,spent,400,KHR,2027-03-01,1\n", "");
    assert!(faults(&[FUND, ("fundings", &circle)]).iter().any(|fault| fault.contains("leads back to itself")));
}

/// A table without a column says so once, and not again in every row.
#[test]
fn a_missing_column_is_told_once() {
    let money = "id,node,year,state,amount,currency,date\n\
                 1,A1.01,2027,committed,1000,KHR,2027-01-01\n\
                 2,A1.01,2027,spent,600,KHR,2027-02-01\n";
    let found = faults(&[FUND, ("fundings", money)]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("row 1") && found[0].contains("fund"), "{found:?}");
}

#[test]
fn bad_costs_are_refused_in_one_sentence_each() {
    let head = "id,node,input,year,quantity,low,likely,high,currency,date,shared_share\n";
    let cases = [
        ("C,A1.01,training,2027,1,9,5,,KHR,2027-01-01,", "column likely: “5” is less than `low`, 9"),
        ("C,A1.01,training,2027,1,,5.123,,KHR,2027-01-01,", "“5.123” is not an amount; write at most two decimals"),
        ("C,A1.01,training,2027,-1,,5,,KHR,2027-01-01,", "column quantity: “-1” is less than nothing"),
        ("C,A1.01,training,2027,1,,5,,,2027-01-01,", "column currency: is empty beside a cost"),
        ("C,A1.01,training,2027,1,,5,,KHR,,", "column date: is empty beside a cost"),
        ("C,A1.01,training,2027,1,,5,,KHR,2027-01-01,120", "column shared_share: “120” is not a share"),
        (
            "C,A1.01,training,27,1,,5,,KHR,2027-01-01,",
            "column year: “27” is no year of a plan; write it with four digits",
        ),
        ("C,A1.01,training,20270,1,,5,,KHR,2027-01-01,", "column year: “20270” is no year of a plan"),
        ("C,A1.01,training,2027,9999999999999,,9,,KHR,2027-01-01,", "look for a zero too many"),
    ];
    for (row, expected) in cases {
        let found = faults(&[("cost_lines", &format!("{head}{row}\n"))]);
        assert!(found.len() == 1 && found[0].contains(expected), "{row}: {found:?}");
    }
}

/// What the demo makes up would pass as a table of the secretariat's, and everything of it is marked.
#[tokio::test]
async fn the_demo_keeps_its_own_rules() {
    let (app, _folder) = demo().await;
    let (secretariat, state) = (person(Role::Secretariat, Some("MOWA")), app.snapshot().state.clone());
    for kind in [Kind::Rate, Kind::UnitCost, Kind::CostLine, Kind::Fund, Kind::Funding] {
        let bodies: Vec<_> = state.ids(kind).into_iter().filter_map(|id| state.body(kind, id)).collect();
        assert!(!bodies.is_empty() && bodies.iter().all(|body| body.is_illustrative()), "{}", kind.code());
        // Out as a workbook, in again: the same records, no fault.
        let book = records::book(&state, kind, "t", &bodies, TODAY).unwrap();
        let looked = app.look_over(&secretariat, kind, "t.xlsx", &book).await.unwrap();
        assert_eq!(looked.faults, []);
        assert_eq!((looked.added.len(), looked.changed.len(), looked.same), (0, 0, bodies.len()), "{}", kind.code());
    }
}

/// The numbers of the first sheet of a workbook, by row.
fn workbook(bytes: Vec<u8>) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    range.rows().map(<[Data]>::to_vec).collect()
}

/// Page, paper and workbook are written from the same sums: every amount of a view is the same to the riel in all three.
#[tokio::test]
async fn totals_agree_to_the_riel_in_every_form() {
    let (app, _folder) = demo().await;
    let snapshot = app.snapshot();
    let cases = [
        (By::Pillar, Currency::Khr),
        (By::Outcome, Currency::Khr),
        (By::Year, Currency::Khr),
        (By::Institution, Currency::Khr),
        (By::Area, Currency::Usd),
        (By::Source, Currency::Khr),
    ];
    for (lang, (by, currency)) in Lang::ALL.into_iter().flat_map(|lang| cases.map(|case| (lang, case))) {
        let locale = Locale::of(lang);
        let asked = Asked { by, choice: Choice::default(), currency, illustrative: true };
        let view = gap_view::compose(&snapshot.state, &asked, locale);
        let document = gap_view::document(&snapshot, &asked, locale, DAY);
        let (page, paper) = (html::fragment(&document), page_texts(&document).unwrap().join("\n"));
        let sheets = gap_view::sheets(&snapshot, &asked, locale, DAY);
        let rows = workbook(xlsx("t", &sheets, TODAY).unwrap());
        let mut compared = 0;
        for (line, row) in view.grid.rows.iter().zip(&rows[1..]) {
            for (at, cell) in line.cells.iter().enumerate() {
                let Cell::Amount(amount) = cell else { continue };
                let shown = view.grid.shown(locale, cell);
                let Data::Float(number) = row[at] else { panic!("{:?}", row[at]) };
                let decimals = romduol_app::money::decimals(currency) as usize;
                assert_eq!(format!("{number:.decimals$}"), amount.shown(decimals as u32));
                if view.grid.heads[at].paper {
                    assert!(page.contains(&format!(">{shown}<")) || page.contains(&shown), "{shown} on the page");
                    assert!(paper.lines().any(|words| words == shown), "{shown} on paper");
                    compared += 1;
                }
            }
        }
        assert!(compared > 15, "{compared}");
    }
}

/// The note's total is the sum of the year in the gap view, and the note fits on one page in both languages.
#[tokio::test]
async fn the_budget_note_is_one_page_and_agrees_with_the_gap() {
    let (app, _folder) = demo().await;
    let snapshot = app.snapshot();
    assert_eq!(budget_note::next_year(&snapshot, DAY), 2028);
    for lang in Lang::ALL {
        let locale = Locale::of(lang);
        for currency in [Currency::Khr, Currency::Usd] {
            let note = budget_note::compose(&snapshot, true, currency, 2027, locale, DAY);
            let pages = page_texts(&note.document).unwrap();
            assert_eq!(pages.len(), 1, "{} {}", lang.code(), currency.code());
            let books = Books::of(&snapshot.state, currency, true);
            let year = table(&books, By::Year, &Choice { year: Some(2027), ..Choice::default() }).total.figures;
            let decimals = romduol_app::money::decimals(currency);
            for amount in [year.need.likely, year.firm(), year.gap().unwrap()] {
                let shown = locale.amount(amount, decimals);
                assert!(pages[0].lines().any(|words| words == shown), "{shown}");
                assert!(html::fragment(&note.document).contains(&shown));
            }
            let rows = workbook(xlsx("t", &note.sheets, TODAY).unwrap());
            let Data::Float(need) = rows.last().unwrap()[1] else { panic!() };
            assert_eq!(format!("{need:.*}", decimals as usize), year.need.likely.shown(decimals));
        }
    }
}

/// Forty programmes with long promises still leave one page.
#[tokio::test]
async fn many_programmes_still_make_one_page() {
    let (app, _folder) = demo().await;
    let mut snapshot = (*app.snapshot()).clone();
    let lines: Vec<CostLine> = snapshot.state.all::<CostLine>().map(|line| (**line).clone()).collect();
    let changes = lines.into_iter().enumerate().map(|(n, mut line)| {
        line.programme = format!("PROGRAMME-{:02}", n % 40);
        romduol_plan::Change::Put(line.into())
    });
    let actor = romduol_plan::Actor { account: "test".into(), post: "test".into() };
    let entry = romduol_plan::Entry { at: String::new(), actor, why: String::new(), changes: changes.collect() };
    snapshot.state.apply(snapshot.head.seq + 1, &entry).unwrap();
    for lang in Lang::ALL {
        let note = budget_note::compose(&snapshot, true, Currency::Khr, 2027, Locale::of(lang), DAY);
        let paper = page_texts(&note.document).unwrap();
        assert_eq!(paper.len(), 1, "{}", lang.code());
        // The screen shows them all, the paper the first ones and how many more there are.
        let programmes = |text: &str| (0..40).filter(|n| text.contains(&format!("PROGRAMME-{n:02}"))).count();
        let of_year = snapshot.state.all::<CostLine>().filter(|line| line.year == 2027).map(|line| &line.programme);
        let of_year = of_year.collect::<std::collections::HashSet<_>>().len();
        assert!(of_year > 30, "{of_year}");
        assert_eq!((programmes(&html::fragment(&note.page)), programmes(&paper[0])), (of_year, 11));
    }
}

/// Scenario 21: a partner finds an unfunded action in a province and pledges; the pledge is soft and closes no gap.
#[tokio::test]
async fn a_pledge_is_soft() {
    let (app, _folder) = demo().await;
    let partner = person(Role::Partner, Some("UNWOMEN"));
    let gap = |app: &App| {
        let snapshot = app.snapshot();
        let books = Books::of(&snapshot.state, Currency::Khr, true);
        table(&books, By::Year, &Choice { area: Some("KH-11".into()), ..Choice::default() }).total.figures
    };
    let before = gap(&app);
    let pledge = |amount: &str, fund: &str| Pledge {
        node: "A1.01".into(),
        fund: fund.into(),
        area: "KH-11".into(),
        year: 2027,
        amount: amount.into(),
        currency: "KHR".into(),
        note: String::new(),
    };
    let entry = app.execute(&partner, pledge("1,000,000", "")).await.unwrap().seq;
    let after = gap(&app);
    assert_eq!(after.pledged - before.pledged, Amount::whole(1_000_000));
    assert_eq!(after.gap(), before.gap());
    let kept = app.snapshot().state.find::<Funding>(&format!("PLEDGE-{entry}")).unwrap().clone();
    assert_eq!((kept.fund.as_str(), kept.state, kept.illustrative), ("FUND-UNWOMEN", Ladder::Pledged, true));
    // The second pledge finds the source that the first has made; others' sources are not the partner's.
    app.execute(&partner, pledge("5", "")).await.unwrap();
    assert_eq!(app.snapshot().state.all::<Fund>().filter(|fund| fund.id == "FUND-UNWOMEN").count(), 1);
    for (amount, fund) in [("0", ""), ("1.234", ""), ("x", ""), ("5", "DEMO-STATE")] {
        assert!(app.execute(&partner, pledge(amount, fund)).await.is_err(), "{amount} {fund}");
    }
    assert!(app.execute(&person(Role::Reporter, Some("MOI")), pledge("5", "")).await.is_err());
    assert!(app.execute(&person(Role::Secretariat, None), pledge("5", "DEMO-STATE")).await.is_ok());
}
