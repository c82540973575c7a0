//! What the program finds by itself as tables to take home: the findings, the actions that resemble something, the counts
//! by issue, and what the other pages compute. Refuses to know formats; columns and words are the reader's.

mod changes;
mod numbers;
mod people;
mod plan;

pub use changes::{differences, history};
pub use numbers::{indicator, standings};
pub use people::{consultation, named_bodies, stakeholders};
pub use plan::{commitments, gaps, policies};

use romduol_locale::Locale;
use romduol_plan::coherence::tally;
use romduol_plan::kinds::{Id, Theme};
use romduol_plan::{Date, Kind, State, quality};
use romduol_report::{Field, Sheet};

use crate::Snapshot;

/// One row for each record that a finding is about, so that a spreadsheet can sort and filter them.
pub fn findings(state: &State, locale: &Locale, today: Date) -> Sheet {
    let heads = ["severity", "finding", "kind", "pivot-code", "field-title"];
    let mut rows = Vec::new();
    for finding in quality::findings(state, today) {
        let severity = locale.t(&format!("severity-{}", finding.severity.code()));
        let said = [severity, locale.tell(&finding.say)].map(Field::text);
        let about = finding.records.iter().map(|(kind, id)| record(state, locale, *kind, id));
        let nothing = finding.records.is_empty().then_some([Field::Empty, Field::Empty, Field::Empty]);
        rows.extend(about.chain(nothing).map(|record| said.iter().cloned().chain(record).collect()));
    }
    sheet(locale, "menu-findings", &heads, rows)
}

/// All pairs; the page shows the likest.
pub fn alike(snapshot: &Snapshot, locale: &Locale) -> Sheet {
    let heads =
        ["alike-percent", "kind", "pivot-code", "level-action", "kind", "pivot-code", "alike-other", "alike-words"];
    let row = |pair: &crate::similar::Pair| {
        let percent = Field::Number { value: (pair.likeness * 100.0).round(), decimals: 0, illustrative: false };
        let of = |(kind, id): &(Kind, Id)| record(&snapshot.state, locale, *kind, id);
        let words = Field::text(pair.shared.join(", "));
        [percent].into_iter().chain(of(&pair.first)).chain(of(&pair.second)).chain([words]).collect()
    };
    sheet(locale, "alike", &heads, snapshot.alike().iter().map(row).collect())
}

pub fn issues(state: &State, locale: &Locale, today: Date) -> Sheet {
    let heads = [
        "pivot-code",
        "kind-themes",
        "gaps-unanswered",
        "gaps-only",
        "opportunities",
        "answering-actions",
        "gap-measures",
        "policies-in-force",
        "policies-expired",
        "policies-other",
        "level-action",
        "menu-figures",
    ];
    let row = |theme: &std::sync::Arc<Theme>| {
        let n = tally(state, &theme.id, today);
        let gaps = [n.unanswered, n.gaps, n.opportunities, n.answering, n.measures];
        let counts = gaps.into_iter().chain([n.in_force, n.expired, n.other, n.actions, n.figures]);
        let names = [Field::text(&theme.id), Field::text(theme.title.get(locale.lang))];
        names.into_iter().chain(counts.map(count)).collect()
    };
    sheet(locale, "menu-issues", &heads, state.all::<Theme>().map(row).collect())
}

fn record(state: &State, locale: &Locale, kind: Kind, id: &str) -> [Field; 3] {
    let title = state.body(kind, id).map(|body| body.title().get(locale.lang).to_string()).unwrap_or_default();
    [Field::text(locale.t(&format!("kind-{}", kind.code()))), Field::text(id), Field::text(title)]
}

pub(crate) fn sheet(locale: &Locale, name: &str, heads: &[&str], rows: Vec<Vec<Field>>) -> Sheet {
    let heads = heads.iter().map(|key| Field::text(locale.t(key))).collect();
    Sheet { name: locale.t(name), heads: 1, names: 1, rows: std::iter::once(heads).chain(rows).collect() }
}

/// Ids in one cell, as the tables of the package have them.
fn ids<'a>(ids: impl IntoIterator<Item = &'a Id>) -> Field {
    optional(&ids.into_iter().map(String::as_str).collect::<Vec<_>>().join(";"))
}

/// A text, or nothing where there is none.
fn optional(text: &str) -> Field {
    if text.is_empty() { Field::Empty } else { Field::text(text) }
}

fn count(count: usize) -> Field {
    Field::count(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use romduol_plan::Lang;

    /// The reference plan's tables: every row as wide as its heads, as many issues as there are, all in both languages.
    #[test]
    fn tables_are_whole_and_in_the_readers_language() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps");
        let changes = crate::package::changes(&crate::package::files(&folder).unwrap()).unwrap();
        let mut state = State::default();
        let actor = romduol_plan::Actor { account: "test".into(), post: "test".into() };
        state.apply(1, &romduol_plan::Entry { at: String::new(), actor, why: String::new(), changes });
        let today = Date { year: 2026, month: 11, day: 24 };
        let issues_of = |lang| issues(&state, Locale::of(lang), today);
        assert_eq!(issues_of(Lang::En).rows.len(), state.count::<Theme>() + 1);
        assert_ne!(issues_of(Lang::En).rows[0], issues_of(Lang::Km).rows[0]);
        let found = findings(&state, Locale::of(Lang::En), today);
        let records: usize = quality::findings(&state, today).iter().map(|one| one.records.len().max(1)).sum();
        assert_eq!(found.rows.len(), records + 1);
        for table in [found, issues_of(Lang::Km)] {
            assert!(table.rows.iter().all(|row| row.len() == table.rows[0].len()));
            assert!(romduol_report::csv(&table).is_ok());
        }
    }
}
