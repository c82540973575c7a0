//! The names of columns as people and spreadsheets write them. Refuses to know which there are.

use romduol_plan::clean;

/// The name behind a header: in small letters, without what nobody sees, with one kind of joint between words.
pub fn name(cell: &str) -> String {
    let words = clean::code(cell).to_lowercase();
    let name = words.trim_matches(['*', ':', '\'', '"', ' ']);
    name.replace([' ', '-'], "_")
}

/// The letters over a column, counted from 0: A, B … Z, AA.
pub fn letters(column: usize) -> String {
    let letter = char::from(b'A' + (column % 26) as u8);
    match column / 26 {
        0 => letter.to_string(),
        more => format!("{}{letter}", letters(more - 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_behind_its_writing() {
        for cell in [
            "plan_share",
            " Plan Share ",
            "PLAN_SHARE",
            "\u{feff}plan\u{a0}share",
            "plan\u{200b}_share",
            "plan-share *",
        ] {
            assert_eq!(name(cell), "plan_share", "{cell:?}");
        }
        assert_eq!(name(" \u{a0}"), "");
        assert_eq!(name("_version"), "_version");
    }

    #[test]
    fn columns_have_letters() {
        let all = [0, 1, 25, 26, 27, 51, 52, 701, 702, 16383].map(letters);
        assert_eq!(all, ["A", "B", "Z", "AA", "AB", "AZ", "BA", "ZZ", "AAA", "XFD"]);
    }
}
