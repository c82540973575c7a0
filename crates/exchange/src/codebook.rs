//! `codebook.md`: what every table and column means, for a person who has only the files. Refuses to know formats.

use std::fmt::Write;

use crate::about::Origin;
use crate::write::{Summary, Written};

pub fn text(origin: &Origin, summary: &Summary) -> String {
    let mut text = String::new();
    head(&mut text, origin, summary);
    for written in &summary.tables {
        table(&mut text, written);
    }
    text
}

fn head(text: &mut String, origin: &Origin, summary: &Summary) {
    let about = &origin.about;
    line(text, format_args!("# {}: codebook\n", origin.title));
    line(text, format_args!("| | |\n|---|---|"));
    line(text, format_args!("| Plan | `{}` |", origin.plan));
    let hash = about.hash.as_ref().map(|hash| format!(", hash `{hash}`")).unwrap_or_default();
    line(text, format_args!("| Ledger | entry {}{hash} |", origin.position));
    line(text, format_args!("| Exported | {}, by {} |", about.date, cell(&about.program)));
    line(text, format_args!("| Licence | {} |", cell(&about.licence)));
    line(text, format_args!("| Illustrative | {} |", illustrative(summary)));
    if !summary.withheld.is_empty() {
        let codes = summary.withheld.join(", ");
        line(text, format_args!("| Withheld | no reported number of these indicators is inside: {codes} |"));
    }
    if summary.without_place > 0 {
        let said = "numbers, because the plan no longer has their indicator, unit, place or categories";
        line(text, format_args!("| Left out | {} {said} |", summary.without_place));
    }
    line(text, format_args!("\n{RULES}"));
}

const RULES: &str = "\
- **This is raw data, not a publication.** Small counts are not protected here: the column `k` of `indicators` says \
below which count a number must not be published, `floor` for which places, `class` who may see it.
- **Missing is not zero.** An empty cell is unknown; `answers_missing` says who did not answer.
- **Never sum** rows with `beside` = true, ratios, periods of an indicator whose `time` is not `sum`, or places of one \
whose `place` is `max` or `none`. A sum is made of `value` and, apart from it, of `base`.
- **Illustrative** rows are made up. Leave them out of every conclusion.
- Remarks, attached files, names of accounts and the history of changes are never exported.
";

fn illustrative(summary: &Summary) -> String {
    let tables = summary.tables.iter().filter(|written| written.tally.illustrative > 0);
    let list: Vec<String> =
        tables.map(|written| format!("{} rows of `{}`", written.tally.illustrative, written.table.name)).collect();
    match list.is_empty() {
        true => "no row is made up".into(),
        false => format!("**{} are made up** (column `illustrative`)", list.join(", ")),
    }
}

fn table(text: &mut String, written: &Written) {
    line(text, format_args!("\n## {}\n", written.table.name));
    let place = match written.files.as_slice() {
        [] => "no file".to_string(),
        [file] => format!("`{file}`"),
        [first, ..] => format!("{} files such as `{first}`", written.files.len()),
    };
    line(text, format_args!("{} {} rows in {place}.\n", written.table.description, written.tally.rows));
    line(text, format_args!("| column | holds | meaning |\n|---|---|---|"));
    for column in &written.table.columns {
        let (name, kind) = (cell(&column.name), column.kind.word());
        line(text, format_args!("| `{name}` | {kind} | {} |", cell(&column.description)));
    }
}

/// Text that stays inside its cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

fn line(text: &mut String, words: std::fmt::Arguments) {
    writeln!(text, "{words}").expect("writing to memory does not fail");
}
