//! What the tables hold, read back from the files of each format.

mod small;

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;
use romduol_exchange::{ExportError, Format, Summary, export};
use romduol_plan::State;
use romduol_plan::kinds::*;
use romduol_plan::totals::Totals;
use sqlx::{Connection, Row};

type Line = BTreeMap<String, String>;

async fn write(state: &State, format: Format, out: &Path) -> Summary {
    export(state, &small::about(), format, out, &|_| true).await.unwrap()
}

fn lines(folder: &Path, table: &str) -> Vec<Line> {
    csv::Reader::from_path(folder.join(format!("{table}.csv"))).unwrap().deserialize().map(Result::unwrap).collect()
}

fn only<'l>(lines: &'l [Line], wanted: &[(&str, &str)]) -> Vec<&'l Line> {
    lines.iter().filter(|line| wanted.iter().all(|(column, value)| line[*column] == *value)).collect()
}

fn sum(lines: &[&Line], column: &str) -> f64 {
    lines.iter().filter_map(|line| line[column].parse::<f64>().ok()).sum()
}

#[tokio::test]
async fn numbers_stand_in_rows_as_they_were_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let summary = write(&small::state(), Format::Csv, &folder.path().join("out")).await;
    let rows = lines(&folder.path().join("out"), "observations");
    // 9 + 7 + 7, 9 + 1, 9 + 6, 1 + 2, 1: the return that was only submitted is not among them.
    assert_eq!(rows.len(), 52);
    assert_eq!(summary.tables[0].tally.rows, 52);
    assert_eq!(summary.tables[0].tally.illustrative, 15);
    let old_woman = only(
        &rows,
        &[("indicator", "RAR-04"), ("period", "2024Q1"), ("sex", "sex.f"), ("age", "age.60+"), ("area", "KH-01")],
    );
    let cell = |column: &str| old_woman[0][column].as_str();
    assert_eq!(old_woman.len(), 1);
    assert_eq!([cell("value"), cell("base"), cell("beside"), cell("disability")], ["5", "", "false", ""]);
    assert_eq!(
        [cell("country"), cell("province"), cell("district"), cell("area_level")],
        ["KH", "KH-01", "", "province"]
    );
    assert_eq!([cell("year"), cell("quarter"), cell("period_end")], ["2024", "1", "2024-03-31"]);
    assert_eq!([cell("unit"), cell("institution")], ["province-quarter.KH-01", "PDWA-01"]);
    assert_eq!([cell("return_id"), cell("return_version")], ["province-quarter.KH-01.2024Q1", "1"]);
    let seats = only(&rows, &[("indicator", "PAR-13")]);
    assert_eq!((sum(&seats, "value"), sum(&seats, "base")), (9.5, 30.0));
    assert_eq!(seats[0]["quarter"], "");
}

#[tokio::test]
async fn what_is_not_beside_adds_up_to_the_plan_s_totals() {
    let folder = tempfile::tempdir().unwrap();
    let state = small::state();
    write(&state, Format::Csv, &folder.path().join("out")).await;
    let rows = lines(&folder.path().join("out"), "observations");
    let totals = Totals::build(&state, true);
    for (id, area, period) in
        [("RAR-04", "KH", "2024Q1"), ("RAR-05", "KH", "2024Q1"), ("PRT-08", "KH", "2024Q1"), ("RAR-07", "KH", "2024Q2")]
    {
        let indicator = state.find::<Indicator>(id).unwrap();
        let wanted = [("indicator", id), ("period", period), ("beside", "false")];
        let rows: Vec<&Line> =
            only(&rows, &wanted).into_iter().filter(|line| line["area"] == area || line["country"] == area).collect();
        let total = totals.total(indicator, area, period.parse().unwrap()).unwrap();
        assert_eq!(sum(&rows, "value"), total.value, "{id}");
    }
    // RAR-07 came without parts, so its total counts; PRT-08 has parts, so its total only stands beside them.
    let total = |id| only(&rows, &[("indicator", id), ("hazard", ""), ("disability", "")])[0];
    assert_eq!([total("RAR-07")["value"].as_str(), &total("RAR-07")["beside"]], ["12", "false"]);
    assert_eq!([total("PRT-08")["value"].as_str(), &total("PRT-08")["beside"]], ["8", "true"]);
}

#[tokio::test]
async fn what_may_not_be_read_is_in_no_table() {
    let folder = tempfile::tempdir().unwrap();
    let state = small::state();
    let out = folder.path().join("out");
    let public = |indicator: &Indicator| indicator.class == Class::Public;
    let summary = export(&state, &small::about(), Format::Csv, &out, &public).await.unwrap();
    let told: HashSet<String> =
        lines(&out, "observations").into_iter().map(|mut line| line.remove("indicator").unwrap()).collect();
    assert_eq!(told, HashSet::from(["PRT-08", "PAR-03", "PAR-13"].map(String::from)));
    assert!(only(&lines(&out, "answers_missing"), &[("indicator", "RAR-07")]).is_empty());
    assert!(summary.withheld.contains(&"RAR-04".to_string()));
    assert!(std::fs::read_to_string(out.join("codebook.md")).unwrap().contains("Withheld"));
}

#[tokio::test]
async fn every_kind_has_its_table_and_every_column_its_meaning() {
    let folder = tempfile::tempdir().unwrap();
    let state = small::state();
    let out = folder.path().join("out");
    let summary = write(&state, Format::Csv, &out).await;
    for kind in Kind::ALL {
        let written = summary.tables.iter().find(|written| written.table.name == kind.code()).unwrap();
        assert_eq!(written.tally.rows, state.ids(*kind).len() as u64, "{}", kind.code());
        assert!(out.join(format!("{}.csv", kind.code())).exists());
    }
    for written in &summary.tables {
        assert!(!written.table.description.is_empty(), "{}", written.table.name);
        for column in &written.table.columns {
            assert!(!column.description.is_empty(), "{}.{}", written.table.name, column.name);
        }
    }
    let returns = lines(&out, "returns");
    assert_eq!(only(&returns, &[("status", "submitted")]).len(), 1);
    assert!(!returns[0].contains_key("answers"));
    assert_eq!(only(&lines(&out, "areas"), &[("id", "KH"), ("name", "Cambodia"), ("name_km", "កម្ពុជា")]).len(), 1);
    assert_eq!(only(&lines(&out, "answers_missing"), &[("state", "not-applicable"), ("indicator", "PRV-02")]).len(), 1);
    for entry in std::fs::read_dir(&out).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(!text.contains("never to be exported"));
    }
}

#[tokio::test]
async fn a_number_that_fits_nowhere_is_counted_and_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut state = small::state();
    let mut indicator = (**state.find::<Indicator>("RAR-04").unwrap()).clone();
    indicator.dimensions.pop();
    small::put(&mut state, 3, vec![indicator.into()]);
    let summary = write(&state, Format::Csv, &folder.path().join("out")).await;
    assert_eq!(summary.without_place, 27);
    assert_eq!(summary.tables[0].tally.rows, 52 - 27);
}

#[tokio::test]
async fn sqlite_holds_the_same_and_says_what_it_means() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let summary = write(&small::state(), Format::Sqlite, &out).await;
    let address = format!("sqlite://{}", out.join("plan.sqlite").display());
    let mut file = sqlx::SqliteConnection::connect(&address).await.unwrap();
    let row = sqlx::query(
        "SELECT count(*), sum(value), sum(beside), typeof(max(value)), typeof(max(year)) FROM observations",
    );
    let row = row.fetch_one(&mut file).await.unwrap();
    assert_eq!((row.get::<i64, _>(0), row.get::<f64, _>(1)), (52, 1268.5));
    assert_eq!([row.get::<String, _>(3), row.get::<String, _>(4)], ["real", "integer"]);
    let listed = sqlx::query("SELECT name, rows FROM _tables").fetch_all(&mut file).await.unwrap();
    assert_eq!(listed.len(), summary.tables.len());
    let said = "SELECT description FROM _columns WHERE table_name = 'observations' AND name = 'beside'";
    let said: String = sqlx::query(said).fetch_one(&mut file).await.unwrap().get(0);
    assert!(said.contains("never be summed"));
}

/// Count and sum of `value`, and what the file says about itself.
fn parquet(path: &Path) -> (u64, f64, BTreeMap<String, Option<String>>) {
    let reader = SerializedFileReader::try_from(path).unwrap();
    let about = reader.metadata().file_metadata().key_value_metadata().unwrap();
    let about = about.iter().map(|entry| (entry.key.clone(), entry.value.clone())).collect();
    let (mut rows, mut sum) = (0, 0.0);
    for row in reader.get_row_iter(None).unwrap().map(Result::unwrap) {
        let place = row.get_column_iter().position(|(name, _)| name == "value").unwrap();
        rows += 1;
        sum += row.get_double(place).unwrap();
    }
    (rows, sum, about)
}

#[tokio::test]
async fn parquet_holds_the_same_whole_or_in_parts() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, parts) = (folder.path().join("whole"), folder.path().join("parts"));
    write(&small::state(), Format::Parquet, &whole).await;
    let summary = write(&small::state(), Format::PartitionedParquet, &parts).await;
    let (rows, sum, about) = parquet(&whole.join("observations.parquet"));
    assert_eq!((rows, sum), (52, 1268.5));
    assert_eq!(about["romduol.ledger_position"].as_deref(), Some("2"));
    assert!(about["column.base"].as_deref().unwrap().contains("denominator"));
    let one = "observations/country=KH/year=2024/indicator=PAR-03/part-0.parquet";
    assert!(summary.tables[0].files.iter().any(|file| file == one));
    assert_eq!(summary.tables[0].tally.rows, 52);
    assert_eq!(summary.tables[0].tally.illustrative, 15);
    let all = summary.tables[0].files.iter().map(|file| parquet(&parts.join(file)));
    let (rows, sum) = all.fold((0, 0.0), |(rows, sum), (more, value, _)| (rows + more, sum + value));
    assert_eq!((rows, sum), (52, 1268.5));
    assert!(parts.join("areas.parquet").exists() && parts.join("codebook.md").exists());
}

#[tokio::test]
async fn what_is_there_is_refused_and_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    write(&small::state(), Format::Csv, &out).await;
    let again = export(&small::state(), &small::about(), Format::Csv, &out, &|_| true).await;
    assert!(matches!(again, Err(ExportError::Exists(_))));
    let other = folder.path().join("other");
    let empty = export(&State::default(), &small::about(), Format::Sqlite, &other, &|_| true).await;
    assert!(matches!(empty, Err(ExportError::NoPlan)));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
