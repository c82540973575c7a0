//! The columns of every package file, as a reviewed snapshot: a change here changes every package.

use romduol_plan::{Kind, column};

#[test]
fn columns_of_every_kind() {
    let mut lines = Vec::new();
    for kind in Kind::of_package() {
        lines.push(format!("{}.csv", kind.code()));
        for column in column::columns(kind) {
            let required = if column.required { "required" } else { "" };
            let refers = column.refers.map(|k| format!("-> {}", k.code())).unwrap_or_default();
            lines.push(format!("  {} {:?} {required} {refers}", column.name, column.cell).trim_end().to_string());
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}
