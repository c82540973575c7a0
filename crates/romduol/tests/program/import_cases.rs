//! Files from people's desks: each comes to the right numbers, or to a sentence, and never to something between.

use romduol_app::ErrorClass;
use romduol_app::import::{Change, Kept, Tally, What};
use romduol_plan::kinds::*;
use romduol_plan::returns;
use romduol_plan::state::return_id;
use romduol_plan::totals::Total;
use romduol_plan::{Lang, Period};

use crate::import::{Folder, folder};

fn case(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/program/fixtures/returns").join(name);
    std::fs::read_to_string(path).unwrap()
}

/// The reference plan with the demo's made-up returns.
async fn demo() -> Folder {
    let folder = folder().await;
    folder.app.fill_demo(true).await.unwrap();
    folder
}

impl Folder {
    fn record(&self, unit: &str, period: &str) -> Option<Return> {
        let id = return_id(unit, period.parse().unwrap());
        self.app.snapshot().state.find::<Return>(&id).map(|record| Return::clone(record))
    }

    fn answer(&self, unit: &str, period: &str, indicator: &str) -> Answer {
        self.record(unit, period).unwrap().answers.about(indicator).unwrap()
    }

    fn total(&self, indicator: &str, area: &str, period: &str) -> Option<Total> {
        let snapshot = self.app.snapshot();
        let indicator = snapshot.state.find::<Indicator>(indicator).unwrap().clone();
        snapshot.view(true).totals.total(&indicator, area, period.parse::<Period>().unwrap())
    }

    /// Numerator and denominator.
    fn share(&self, indicator: &str, area: &str, period: &str) -> Option<(f64, f64)> {
        let total = self.total(indicator, area, period)?;
        total.numerator.zip(total.denominator)
    }

    fn late(&self, unit: &str) -> usize {
        let (state, today) = (self.app.snapshot().state.clone(), self.app.now().date);
        returns::late(&state, state.find::<Assignment>(unit).unwrap(), today)
    }

    async fn correct(&self, text: &str) -> Tally {
        self.import(text, |options| options.correct = Some("mended".into())).await
    }
}

#[tokio::test]
async fn a_column_that_is_missing_is_named() {
    let folder = folder().await;
    let tally = folder.import(case("by_sex_only.csv"), |_| {}).await;
    assert_eq!((tally.filed, tally.rejected_rows), (0, 2));
    assert!(folder.rejected().contains("age"), "{}", folder.rejected());
    assert!(folder.record("province-quarter.KH-24", "2026Q3").is_none());
}

#[tokio::test]
async fn a_row_without_any_category_is_the_total() {
    let folder = folder().await;
    let tally = folder.import(case("totals_only.csv"), |_| {}).await;
    assert_eq!((tally.filed, tally.rejected_rows), (1, 0), "{}", folder.rejected());
    for (indicator, value) in [("PRT-06", 120.0), ("PRT-08", 60.0), ("RAR-04", 45.0)] {
        assert_eq!(folder.total(indicator, "KH-22", "2026Q3").unwrap().value, value, "{indicator}");
        let answer = folder.answer("province-quarter.KH-22", "2026Q3", indicator);
        assert_eq!((answer.total, answer.cells.is_empty()), (Some(value), true));
    }
}

#[tokio::test]
async fn a_share_given_as_a_total_keeps_its_base() {
    let folder = demo().await;
    let (part, whole) = folder.share("PAR-13", "KH", "2025").unwrap();
    let tally = folder.import(case("share_as_a_total.csv"), |_| {}).await;
    assert_eq!((tally.filed, tally.rejected_rows), (1, 0), "{}", folder.rejected());
    assert_eq!(folder.share("PAR-13", "KH-06", "2025"), Some((1500.0, 2000.0)));
    assert_eq!(folder.share("PAR-13", "KH", "2025"), Some((part + 1500.0, whole + 2000.0)));
    let country = folder.total("PAR-13", "KH", "2025").unwrap();
    assert!((country.value - 100.0 * (part + 1500.0) / (whole + 2000.0)).abs() < 1e-9, "{}", country.value);
}

#[tokio::test]
async fn a_total_obeys_the_rules_of_a_cell() {
    let folder = folder().await;
    let tally = folder.import(case("impossible_totals.csv"), |_| {}).await;
    assert_eq!((tally.filed, tally.rejected_rows), (0, 2), "{}", folder.rejected());
    for part in ["-500", "3.7"] {
        assert!(folder.rejected().contains(part), "{part} in {}", folder.rejected());
    }
    assert!(folder.record("province-quarter.KH-16", "2026Q3").is_none());
}

#[tokio::test]
async fn parts_count_where_the_total_differs_and_it_is_told() {
    let folder = folder().await;
    let tally = folder.import(case("total_beside_parts.csv"), |_| {}).await;
    assert_eq!((tally.filed, tally.rejected_rows), (1, 0), "{}", folder.rejected());
    assert_eq!(folder.total("PRT-08", "KH-20", "2026Q3").unwrap().value, 7.0);
    let warned: Vec<(&str, &str)> =
        tally.warned.iter().map(|about| (about.indicator.as_deref().unwrap(), &*about.say.key)).collect();
    assert!(warned.contains(&("PRT-08", "check-total-differs")), "{warned:?}");
    assert_eq!(folder.answer("province-quarter.KH-20", "2026Q3", "PRT-08").comment, "as in the imported file");
}

#[tokio::test]
async fn a_return_without_a_good_row_is_not_filed() {
    let folder = demo().await;
    let before = (folder.returns(), folder.late("province-year.KH-07"), folder.app.snapshot().head.clone());
    for partial in [false, true] {
        let tally = folder.import(case("no_row_is_good.csv"), |options| options.partial = partial).await;
        assert_eq!((tally.filed, tally.rejected_rows, tally.held_rows), (0, 2, 0));
        assert_eq!((folder.returns(), folder.late("province-year.KH-07"), folder.app.snapshot().head.clone()), before);
    }
}

#[tokio::test]
async fn a_correction_without_a_good_row_changes_nothing() {
    let folder = demo().await;
    let before = folder.record("province-year.KH-01", "2025").unwrap();
    for partial in [false, true] {
        let text = case("no_correction_is_good.csv");
        let tally = folder.import(text, |o| (o.partial, o.correct) = (partial, Some("typed anew".into()))).await;
        assert_eq!((tally.filed, tally.rejected_rows, tally.changed_cells), (0, 2, 0));
        assert_eq!(folder.record("province-year.KH-01", "2025").unwrap(), before);
    }
}

/// The unit is told which row; the file of refused rows is taken as it is, and mended it is filed whole.
#[tokio::test]
async fn a_return_with_a_bad_row_waits_for_it() {
    let (folder, unit) = (demo().await, "province-year.KH-25");
    let tally = folder.import(case("one_row_is_bad.csv"), |_| {}).await;
    assert_eq!((tally.filed, tally.rejected_rows, tally.held_rows), (0, 1, 3));
    assert!(folder.record(unit, "2024").is_none());
    let rejected = folder.rejected();
    let lines: Vec<&str> = rejected.lines().collect();
    assert_eq!(lines[0], "\u{feff}line,reason,form,area,period,indicator,seat,value,base");
    assert!(lines[1].starts_with("5,") && lines[1].contains("“1O” is not a number"), "{rejected}");
    for (line, row) in lines[2..].iter().zip(2..) {
        assert!(line.starts_with(&format!("{row},")) && line.contains("refused in row 5 of the file"), "{line}");
    }
    // As it is: the same again, with the rows of that file and no column twice.
    let tally = folder.import(&rejected, |_| {}).await;
    assert_eq!((tally.filed, tally.rejected_rows, tally.held_rows), (0, 1, 3));
    let again = folder.rejected();
    assert_eq!(again.lines().next(), rejected.lines().next());
    assert!(again.contains("refused in row 2 of the file"), "{again}");
    let tally = folder.import(again.replace("1O", "10"), |_| {}).await;
    assert_eq!((tally.filed, tally.rejected_rows, tally.held_rows), (1, 0, 0), "{}", folder.rejected());
    assert_eq!(folder.share("PRT-03", "KH-25", "2024"), Some((2.0, 10.0)));
    assert_eq!(folder.share("PAR-03", "KH-25", "2024"), Some((20.0, 60.0)));
}

/// What is good is filed where that is asked for; a mended row then changes its own cell and nothing else.
#[tokio::test]
async fn a_mended_row_mends_its_own_cell() {
    let (folder, unit) = (demo().await, "province-year.KH-25");
    let tally = folder.import(case("one_row_is_bad.csv"), |options| options.partial = true).await;
    assert_eq!((tally.filed, tally.rejected_rows, tally.held_rows), (1, 1, 0));
    assert_eq!(folder.answer(unit, "2024", "PRT-03").state, AnswerState::Missing);
    let before = folder.record(unit, "2024").unwrap();
    let tally = folder.import(case("the_bad_row_mended.csv"), |_| {}).await;
    assert_eq!((tally.filed, folder.rejected().contains("is there with other numbers")), (0, true));
    let dry =
        folder.import(case("the_bad_row_mended.csv"), |o| (o.dry_run, o.correct) = (true, Some("x".into()))).await;
    let told = |change: &Change| (change.indicator.clone(), change.what, change.old.clone(), change.new.clone());
    let words = |text: &str| Some(Kept::Words(text.into()));
    let wanted = [
        ("PRT-03".to_string(), What::Value, None, Some(Kept::Number(2.0))),
        ("PRT-03".to_string(), What::Base, None, Some(Kept::Number(10.0))),
        ("PRT-03".to_string(), What::State, words("missing"), words("given")),
        ("PRT-03".to_string(), What::Remark, words("no row in the imported file"), None),
    ];
    assert_eq!(dry.changes.iter().map(told).collect::<Vec<_>>(), wanted);
    let tally = folder.correct(&case("the_bad_row_mended.csv")).await;
    assert_eq!((tally.filed, tally.rejected_rows, tally.changed_cells), (1, 0, 4), "{}", folder.rejected());
    let after = folder.record(unit, "2024").unwrap();
    assert_eq!(folder.share("PRT-03", "KH-25", "2024"), Some((2.0, 10.0)));
    let others = |record: &Return| -> Vec<Answer> {
        record.answers.open().into_iter().filter(|answer| answer.indicator != "PRT-03").collect()
    };
    assert_eq!((others(&after), after.version), (others(&before), 2));
    // Once more, as after a kill: it is there.
    let tally = folder.correct(&case("the_bad_row_mended.csv")).await;
    assert_eq!((tally.filed, tally.already), (0, 1));
}

/// What was filed tells the same changes as its dry run, of every return and of the last one, too.
#[tokio::test]
async fn every_change_is_told() {
    let folder = demo().await;
    let row = |province: usize| format!("province-year,KH-{province:02},2025,PAR-13,{},2000\n", 1500 + province);
    let text = format!("form,area,period,indicator,value,base\n{}", (1..=9).map(row).collect::<String>());
    let dry = folder.import(&text, |o| (o.dry_run, o.correct) = (true, Some("mended".into()))).await;
    let filed = folder.correct(&text).await;
    assert_eq!((dry.filed, filed.filed), (9, 9), "{}", folder.rejected());
    assert_eq!((filed.changed_cells, &filed.changes), (dry.changed_cells, &dry.changes));
    assert!((1..=9).all(|n| dry.changes.iter().any(|change| change.unit == format!("province-year.KH-{n:02}"))));
}

/// The name of a file may name a person, so it is in no remark: the return can be corrected afterwards.
#[tokio::test]
async fn the_name_of_a_file_is_kept_nowhere() {
    let folder = demo().await;
    for value in [1450, 1451] {
        let text = format!("form,area,period,indicator,value\nprovince-quarter,KH-12,2026Q3,PRT-08,{value}\n");
        let tally = folder.import_as("Mrs Chan Sophea.csv", text, |o| o.correct = Some("mended".into())).await;
        assert_eq!((tally.filed, tally.rejected_rows), (1, 0), "{}", folder.rejected());
    }
    assert_eq!(folder.answer("province-quarter.KH-12", "2026Q3", "PRT-08").comment, "as in the imported file");
}

/// A cell of a workbook whose value nobody knows is refused with its address, and again from the file of refused rows: empty
/// it would say something else.
#[tokio::test]
async fn a_formula_without_its_result_stays_refused() {
    let folder = folder().await;
    let mut book = rust_xlsxwriter::Workbook::new();
    let page = book.add_worksheet();
    for (at, name) in (0..).zip(["form", "area", "period", "indicator", "hazard", "value"]) {
        page.write_string(0, at, name).unwrap();
    }
    for (at, text) in (0..).zip(["province-quarter", "KH-12", "2026Q1", "PRT-08"]) {
        page.write_string(1, at, text).unwrap();
    }
    page.write_formula(1, 4, rust_xlsxwriter::Formula::new("=A9").set_result("")).unwrap();
    page.write_number(1, 5, 5).unwrap();
    let tally = folder.import_as("returns.xlsx", book.save_to_buffer().unwrap(), |_| {}).await;
    assert_eq!((tally.filed, tally.rejected_rows), (0, 1), "{}", folder.rejected());
    assert!(folder.rejected().contains("cell E2"), "{}", folder.rejected());
    let tally = folder.import(folder.rejected(), |_| {}).await;
    assert_eq!((tally.filed, tally.rejected_rows), (0, 1), "{}", folder.rejected());
}

/// A text in a workbook is in any language: what could mean two numbers is sent back, as in a table.
#[tokio::test]
async fn a_comma_in_a_workbook_is_no_guess() {
    let folder = folder().await;
    let mut book = rust_xlsxwriter::Workbook::new();
    let page = book.add_worksheet();
    let row = ["province-quarter", "KH-12", "2026Q1", "PRT-08", "1,450"];
    for (at, (name, text)) in (0..).zip(["form", "area", "period", "indicator", "value"].into_iter().zip(row)) {
        page.write_string(0, at, name).unwrap();
        page.write_string(1, at, text).unwrap();
    }
    let tally = folder.import_as("returns.xlsx", book.save_to_buffer().unwrap(), |_| {}).await;
    assert_eq!((tally.filed, tally.rejected_rows), (0, 1), "{}", folder.rejected());
    assert!(folder.rejected().contains("1.450"), "{}", folder.rejected());
    // The file of what was refused asks again.
    let tally = folder.import(folder.rejected(), |_| {}).await;
    assert_eq!((tally.filed, tally.rejected_rows), (0, 1), "{}", folder.rejected());
    assert!(folder.rejected().contains("1.450"), "{}", folder.rejected());
}

/// A row whose parts name two units belongs to neither.
#[tokio::test]
async fn a_row_that_contradicts_itself_is_refused() {
    let folder = folder().await;
    let text = "assignment,form,area,period,indicator,value\n\
        province-quarter.KH-11,province-quarter,KH-12,2026Q1,PRT-08,5\n\
        province-quarter.KH-11,province-quarter,KH-11,2026Q1,PRT-08,6\n";
    let tally = folder.import(text, |options| options.partial = true).await;
    assert_eq!((tally.filed, tally.rejected_rows), (1, 1), "{}", folder.rejected());
    assert!(folder.rejected().contains("do not belong together"), "{}", folder.rejected());
    assert_eq!(folder.total("PRT-08", "KH-11", "2026Q1").unwrap().value, 6.0);
}

/// A warning is told whatever the remark says, and so is the number that counts where it is another one.
#[tokio::test]
async fn a_remark_silences_no_warning() {
    let folder = folder().await;
    let text = "form,area,period,indicator,disability,value,comment\n\
        province-quarter,KH-12,2026Q1,PRT-08,,120,counted in March\n\
        province-quarter,KH-12,2026Q1,PRT-08,disability.with,8,counted in March\n";
    let tally = folder.import(text, |_| {}).await;
    let warned: Vec<&str> = tally.warned.iter().map(|about| &*about.say.key).collect();
    assert!(warned.contains(&"check-total-differs"), "{warned:?} {}", folder.rejected());
    assert_eq!(folder.answer("province-quarter.KH-12", "2026Q1", "PRT-08").comment, "counted in March");
    // A total becomes groups: what counts is told.
    let total = "form,area,period,indicator,value\nprovince-quarter,KH-13,2026Q1,PRT-08,50\n";
    folder.import(total, |_| {}).await;
    let group = "form,area,period,indicator,disability,value\nprovince-quarter,KH-13,2026Q1,PRT-08,disability.with,5\n";
    let tally = folder.correct(group).await;
    let counts: Vec<_> = tally.changes.iter().filter(|change| change.what == What::Counts).collect();
    let told = counts.iter().map(|change| (change.old.clone(), change.new.clone())).collect::<Vec<_>>();
    assert_eq!(told, [(Some(Kept::Number(50.0)), Some(Kept::Number(5.0)))], "{}", folder.rejected());
}

/// Rows that end as old programs end them.
#[tokio::test]
async fn carriage_returns_end_rows() {
    let folder = folder().await;
    let text = "form,area,period,indicator,value\rprovince-quarter,KH-12,2026Q1,PRT-08,7\r";
    let tally = folder.import(text, |_| {}).await;
    assert_eq!((tally.filed, tally.rejected_rows), (1, 0), "{}", folder.rejected());
}

/// Once everything was taken, no file says that something was refused. A file of somebody's own stays.
#[tokio::test]
async fn refused_rows_that_were_mended_are_told_no_more() {
    let folder = demo().await;
    folder.import(case("one_row_is_bad.csv"), |options| options.dry_run = true).await;
    assert!(folder.rejected().contains("1O"));
    let mended = case("one_row_is_bad.csv").replace("1O", "10");
    assert!(folder.import(&mended, |_| {}).await.is_clean());
    assert_eq!(folder.rejected(), "");
    std::fs::write(folder.path("rejected.csv"), "my own list").unwrap();
    assert!(folder.import(&mended, |_| {}).await.is_clean());
    assert_eq!(folder.rejected(), "my own list");
}

/// Remarks, files and made-up neighbours stay what they were, and are still marked.
#[tokio::test]
async fn a_correction_leaves_everything_else_alone() {
    let (folder, unit) = (demo().await, "province-year.KH-01");
    let before = folder.record(unit, "2025").unwrap();
    let cells = before.answers.about("PAR-13").unwrap().cells;
    let text = "form,area,period,indicator,seat,value,base\nprovince-year,KH-01,2025,PAR-13,seat.head,1,\n";
    let tally = folder.correct(text).await;
    assert_eq!((tally.filed, tally.changed_cells), (1, 1), "{:?} {}", tally.changes, folder.rejected());
    let after = folder.record(unit, "2025").unwrap();
    let cell = |cells: &Cells| {
        let of = |category: &str| cells.iter().find(|cell| cell.categories == [category]).map(|c| (c.value, c.base));
        (of("seat.head"), of("seat.other"))
    };
    let ((old, other), (new, kept)) = (cell(&cells), cell(&after.answers.about("PAR-13").unwrap().cells));
    assert_eq!((new, kept), (Some((1.0, old.unwrap().1)), other));
    assert!(before.illustrative && after.illustrative, "the other numbers are still made up");
}

/// What Excel calls Unicode text.
#[tokio::test]
async fn unicode_text_is_read() {
    let folder = folder().await;
    let text = "\u{feff}".to_string() + &case("totals_only.csv").replace(',', "\t").replace('\n', "\r\n");
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let tally = folder.import(bytes, |_| {}).await;
    assert_eq!((tally.filed, tally.rejected_rows), (1, 0), "{}", folder.rejected());
    assert_eq!(folder.total("PRT-06", "KH-22", "2026Q3").unwrap().value, 120.0);
}

/// Spaces, marks of direction, capitals and Khmer digits around what is meant.
#[tokio::test]
async fn what_nobody_sees_changes_nothing() {
    let folder = folder().await;
    let text = "sep=;\r\nFORM; Area\u{a0};Period;INDICATOR\u{200b};Value;;\r\n\
                province-quarter\u{a0};\u{200e}KH-22; ២០២៦Q៣ ;PRT-06\u{feff};១២០;;\r\n;;;;;;\r\n";
    let tally = folder.import(text, |_| {}).await;
    assert_eq!((tally.filed, tally.rejected_rows), (1, 0), "{}", folder.rejected());
    assert_eq!(folder.total("PRT-06", "KH-22", "2026Q3").unwrap().value, 120.0);
}

/// One comma is one number in one file, or is asked about.
#[tokio::test]
async fn a_comma_is_never_dropped() {
    let folder = folder().await;
    let file = |value: &str, separator: &str| {
        let text = format!("form,area,period,indicator,value\nprovince-quarter,KH-22,2026Q3,PRT-06,{value}\n");
        text.replace(',', separator).replace('~', ",")
    };
    for (text, told) in [
        (file("1~450", ";"), "“1,450” can be read as 1.450 or as 1450"),
        (file("1~450", "\t"), "“1,450” can be read as 1.450 or as 1450"),
        (file("1,450", ","), "6 cells"),
        (file("\"21~4\"", ","), "21.4"),
    ] {
        let tally = folder.import(&text, |_| {}).await;
        assert_eq!((tally.filed, tally.rejected_rows), (0, 1), "{text}");
        assert!(folder.rejected().contains(told), "{}", folder.rejected());
    }
    let both = "form,area,period,indicator,value,base\nprovince-quarter,KH-22,2026Q3,PRT-06,\"21,4\",\"1,200\"\n";
    folder.import(both, |_| {}).await;
    assert!(
        folder.rejected().contains("“21,4” can be read as"),
        "the number that is asked first: {}",
        folder.rejected()
    );
    // A remark may be any text, so that nothing else says that the number went on there.
    let apart = "form,area,period,indicator,value,comment\nprovince-quarter,KH-22,2026Q3,PRT-06,1,450\n";
    let tally = folder.import(apart, |_| {}).await;
    assert_eq!((tally.filed, tally.rejected_rows), (0, 1));
    assert!(folder.rejected().contains("“1,450” stands in two columns"), "{}", folder.rejected());
    let tally = folder.import(file("\"1~450\"", ","), |_| {}).await;
    assert_eq!((tally.filed, folder.total("PRT-06", "KH-22", "2026Q3").unwrap().value), (1, 1450.0));
}

#[tokio::test]
async fn reasons_are_in_the_readers_language_and_no_formula_runs() {
    let folder = folder().await;
    let text = "form,area,period,indicator,value,comment\n\
                province-quarter,KH-22,2026Q3,PRT-06,-500,-\nprovince-quarter,KH-22,2026Q3,PRT-08,x,\"=HYPERLINK(\"\"a\"\")\"\n";
    folder.import(text, |options| options.lang = Lang::Km).await;
    let rejected = folder.rejected();
    assert!(rejected.contains("មិនមែន") || rejected.contains("ជួរ"), "{rejected}");
    assert!(rejected.contains("\"'=HYPERLINK(\"\"a\"\")\""), "{rejected}");
    assert!(rejected.contains(",-500,"), "a number is no formula: {rejected}");
    let tally = folder.import(rejected.replace(",x,", ",60,").replace(",-500,", ",120,"), |_| {}).await;
    assert_eq!((tally.filed, tally.rejected_rows), (1, 0), "{}", folder.rejected());
    assert_eq!(folder.answer("province-quarter.KH-22", "2026Q3", "PRT-08").comment, "=HYPERLINK(\"a\")");
}

/// A store that cannot be written is no fault of the rows.
#[tokio::test]
async fn a_store_that_is_away_refuses_no_rows() {
    let folder = demo().await;
    let file = folder.path("returns.csv");
    std::fs::write(&file, case("totals_only.csv")).unwrap();
    folder.app.ledger.clone().close().await;
    let error = folder.app.import_returns(&file, &folder.options(), |_| {}).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Unavailable, "{error}");
    assert!(!folder.path("rejected.csv").exists() && !folder.path("rejected.csv.part").exists());
}
