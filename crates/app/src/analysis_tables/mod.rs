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
use romduol_plan::kinds::{Id, Institution, Theme};
use romduol_plan::quality::{Finding, Standing};
use romduol_plan::{Date, Kind, State};
use romduol_report::{Field, Sheet};

use crate::Snapshot;

/// One row for each record that a finding is about, so that a spreadsheet can sort and filter them, and what became of the
/// finding.
pub fn findings(state: &State, locale: &Locale, found: &[(Finding, Standing)]) -> Sheet {
    let heads = [
        "severity",
        "finding",
        "kind",
        "pivot-code",
        "field-title",
        "findings-group",
        "state",
        "field-owner",
        "field-due",
        "field-closed",
        "finding-code",
    ];
    let mut rows = Vec::new();
    for (finding, standing) in found {
        let severity = locale.word("severity", finding.severity.code());
        let said = [severity, locale.tell(&finding.say)].map(Field::text);
        let became = became(state, locale, finding, standing);
        let about = finding.records.iter().map(|(kind, id)| record(state, locale, *kind, id));
        let nothing = finding.records.is_empty().then_some([Field::Empty, Field::Empty, Field::Empty]);
        let row = |record: [Field; 3]| said.iter().cloned().chain(record).chain(became.iter().cloned()).collect();
        rows.extend(about.chain(nothing).map(row));
    }
    sheet(locale, "menu-findings", &heads, rows)
}

/// The group of a finding, how it stands, and who has to do what about it until when.
fn became(state: &State, locale: &Locale, finding: &Finding, standing: &Standing) -> [Field; 6] {
    let task = standing.task();
    let owner = task.and_then(|task| state.find::<Institution>(&task.owner)).map(|one| one.name.get(locale.lang));
    let due = task.and_then(|task| task.due).map(|due| due.to_string());
    [
        Field::text(locale.word("finding-group", finding.group.code())),
        Field::text(locale.word("finding-standing", standing.code())),
        optional(owner.unwrap_or_default()),
        optional(&due.unwrap_or_default()),
        optional(task.map_or("", |task| task.closed.get(locale.lang))),
        Field::text(finding.code()),
    ]
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
    [Field::text(locale.word("kind", kind.code())), Field::text(id), Field::text(title)]
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
        state.apply(1, &romduol_plan::Entry { at: String::new(), actor, why: String::new(), changes }).unwrap();
        let today = Date { year: 2026, month: 11, day: 24 };
        let issues_of = |lang| issues(&state, Locale::of(lang), today);
        assert_eq!(issues_of(Lang::En).rows.len(), state.count::<Theme>() + 1);
        assert_ne!(issues_of(Lang::En).rows[0], issues_of(Lang::Km).rows[0]);
        let all = romduol_plan::quality::findings(&state, today);
        let records: usize = all.iter().map(|one| one.records.len().max(1)).sum();
        let all: Vec<_> = all.into_iter().map(|one| (one, Standing::Open)).collect();
        let found = findings(&state, Locale::of(Lang::En), &all);
        assert_eq!(found.rows.len(), records + 1);
        for table in [found, issues_of(Lang::Km)] {
            assert!(table.rows.iter().all(|row| row.len() == table.rows[0].len()));
            assert!(romduol_report::csv(&table).is_ok());
        }
    }
}
