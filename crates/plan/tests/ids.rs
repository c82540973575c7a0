//! New ids have a shape, in a package as in a table; what is there already keeps the id that it has.

use romduol_plan::cell::Cell;
use romduol_plan::column::Row;
use romduol_plan::kinds::Body;
use romduol_plan::number::Marks;
use romduol_plan::package::{Package, Sheet};
use romduol_plan::{Kind, column};

const COLUMNS: [&str; 8] = ["id", "title", "title_km", "summary", "summary_km", "khmer", "strong_candidate", "source"];

fn theme(id: &str) -> Vec<String> {
    [id, "Title", "", "Summary", "", "draft", "false", "a source"].map(String::from).into()
}

fn sheet(ids: &[&str]) -> Sheet {
    Sheet::of_texts(COLUMNS.map(String::from).into(), ids.iter().map(|id| theme(id)).collect())
}

fn body(id: &str) -> Body {
    let columns = column::columns(Kind::Theme);
    let row: Vec<Cell> = theme(id).into_iter().map(Cell::Text).collect();
    let cells = COLUMNS.into_iter().zip(&row).collect();
    let mut body = column::read_row(Kind::Theme, &columns, &Row { cells, marks: Marks::Unsaid, old: None }).unwrap();
    // What an older program has kept as it came.
    if let Body::Theme(theme) = &mut body {
        std::sync::Arc::make_mut(theme).id = id.into();
    }
    body
}

/// Row, key and what the sentence shows, of the ids that a table brings to a plan that has `there`.
fn faults(there: &[&str], ids: &[&str]) -> Vec<(usize, String)> {
    let found = Package::amend(there.iter().map(|id| body(id)), &|_, _| false, Kind::Theme, &sheet(ids)).faults;
    found.into_iter().filter(|f| f.column == "id").map(|f| (f.row, f.problem.key.to_string())).collect()
}

fn one(row: usize, key: &str) -> (usize, String) {
    (row, key.to_string())
}

#[test]
fn a_new_id_has_a_shape() {
    assert_eq!(faults(&["I1"], &["I2", "age.60+", "x_1"]), []);
    let odd = ["a b", "a/b", "\"><script>", "ស្ត្រី", "-x", &"a".repeat(81)];
    let keys = ["shape", "shape", "shape", "shape", "start", "long"];
    let expected: Vec<_> = keys.iter().enumerate().map(|(n, key)| one(n + 2, &format!("fault-id-{key}"))).collect();
    assert_eq!(faults(&[], &odd), expected);
    let package = Package::read(&[(Kind::Theme, sheet(&["a b"]))].into());
    assert!(package.faults.iter().any(|fault| fault.problem.key == "fault-id-shape" && fault.row == 2));
}

#[test]
fn a_twin_is_told() {
    assert_eq!(faults(&["I1"], &["i1"]), [one(2, "fault-id-twin")]);
    assert_eq!(faults(&[], &["A-1", "a-1"]), [one(3, "fault-id-twin")]);
    assert_eq!(
        faults(&["I\u{200b}1"], &["I1"]),
        [one(2, "fault-id-twin")],
        "an old one with something invisible in it"
    );
    assert_eq!(faults(&["I1"], &["I1"]), [], "the same is no twin");
}

#[test]
fn an_old_id_can_still_be_written() {
    assert_eq!(faults(&["a b"], &["a b"]), []);
}
