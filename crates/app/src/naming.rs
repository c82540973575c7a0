//! What the columns of records and the values in their cells are called in a language. Refuses to know what they mean:
//! the schema of a kind says what a column holds.

use romduol_locale::Locale;
use romduol_plan::column::{self, CellType, Column};
use romduol_plan::diff::Changed;
use romduol_plan::{Date, Kind};

/// What a column is called, with its language where it is one of two.
pub fn label(locale: &Locale, column: &Column) -> String {
    let name = field(locale, &column.field);
    match column.lang {
        Some(lang) => format!("{name} ({})", locale.word("lang", lang)),
        None => name,
    }
}

/// The name of a field; one without a name of its own shows itself.
fn field(locale: &Locale, field: &str) -> String {
    let key = format!("field-{}", field.replace('_', "-"));
    if locale.has(&key) { locale.t(&key) } else { field.to_string() }
}

/// A cell in the reader's words.
pub fn cell(locale: &Locale, column: &Column, text: &str) -> String {
    match &column.cell {
        CellType::Code(_) => locale.code(text),
        CellType::List(Some(_)) => text.split(';').map(|item| locale.code(item)).collect::<Vec<_>>().join(", "),
        CellType::Boolean => locale.t(if text == "true" { "yes" } else { "no" }),
        CellType::Date => Date::parse(text).map_or(text.to_string(), |date| locale.date(date)),
        CellType::List(None) => text.split(';').collect::<Vec<_>>().join("; "),
        _ => text.to_string(),
    }
}

/// A field that changed with its name and both values in words. A path below a field, such as into the answers of a
/// return, keeps its codes: they are the indicators and groups of the plan.
pub fn changed(locale: &Locale, kind: Kind, change: &Changed) -> Changed {
    let (first, rest) = change.field.split_once('.').unwrap_or((&change.field, ""));
    if let (Kind::Return, "answers", Some((indicator, part))) = (kind, first, rest.split_once('.')) {
        return answer(locale, indicator, part, change);
    }
    let columns = column::columns(kind);
    let of_field = |column: &&Column| column.field == first && column.lang.unwrap_or("") == rest;
    let Some(column) = columns.iter().find(of_field) else {
        let name = field(locale, first);
        let field = if rest.is_empty() { name } else { format!("{name} · {rest}") };
        return Changed { field, ..change.clone() };
    };
    let words = |text: &str| if text.is_empty() { String::new() } else { cell(locale, column, text) };
    Changed { field: label(locale, column), before: words(&change.before), after: words(&change.after) }
}

/// A part of an answer: its numbers by their groups, and what was said of them.
fn answer(locale: &Locale, indicator: &str, part: &str, change: &Changed) -> Changed {
    let (part, group) = part.split_once('.').unwrap_or((part, ""));
    let name = match (part, group) {
        ("cells", "") => locale.t("value"),
        ("cells", group) => group.to_string(),
        ("total", _) => locale.t("total"),
        ("state", _) => locale.t("state"),
        (other, _) => field(locale, other),
    };
    let word = |text: &String| match part {
        "state" if !text.is_empty() => locale.word("answer", text),
        "estimate" if text == "true" => locale.t("yes"),
        _ => text.clone(),
    };
    let field = format!("{indicator} · {name}");
    Changed { field, before: word(&change.before), after: word(&change.after) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use romduol_plan::Lang;

    #[test]
    fn fields_and_codes_are_said_in_words() {
        let told = |field: &str, before: &str, after: &str| {
            let change = Changed { field: field.into(), before: before.into(), after: after.into() };
            let told = changed(Locale::of(Lang::En), Kind::Node, &change);
            format!("{}: {} → {}", told.field, told.before, told.after)
        };
        assert_eq!(told("title.km", "", "ក"), "Title (Khmer):  → ក");
        assert_eq!(told("level", "action", "output"), "Level: action → output");
        assert_eq!(told("nothing.known", "1", "2"), "nothing · known: 1 → 2");
    }

    #[test]
    fn numbers_of_a_return_are_named_by_their_group() {
        let told = |field: &str, before: &str, after: &str| {
            let change = Changed { field: field.into(), before: before.into(), after: after.into() };
            let told = changed(Locale::of(Lang::En), Kind::Return, &change);
            format!("{}: {} → {}", told.field, told.before, told.after)
        };
        assert_eq!(told("answers.RAR-05.cells.", "3", "5"), "RAR-05 · Value: 3 → 5");
        assert_eq!(told("answers.RAR-05.cells.female · 0-17", "3", "5"), "RAR-05 · female · 0-17: 3 → 5");
        assert_eq!(told("answers.RAR-05.state", "", "missing"), "RAR-05 · State:  → No data this time");
        assert_eq!(told("steps_done", "1", "2"), "Steps of verification done: 1 → 2");
    }
}
