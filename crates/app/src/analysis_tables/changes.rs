//! What changed, as tables: the history of a record, and the nodes in which two versions of the plan differ.

use romduol_locale::Locale;
use romduol_plan::diff::Changed;
use romduol_plan::kinds::{Id, Node};
use romduol_plan::versions::Difference;
use romduol_plan::{Kind, State};
use romduol_report::{Field, Sheet};

use super::{optional, sheet};
use crate::history::Event;
use crate::naming;

/// One row for every field that an entry changed, newest entry first.
pub fn history(locale: &Locale, kind: Kind, events: &[Event]) -> Sheet {
    let heads = ["trail-entry", "trail-at", "trail-who", "reason", "retired", "field", "before", "after"];
    let mut rows = Vec::new();
    for event in events {
        let said = [
            Field::text(event.position.to_string()),
            Field::text(&event.at),
            Field::text(&event.post),
            optional(&event.why),
            if event.retired { Field::text(locale.t("yes")) } else { Field::Empty },
        ];
        let with = |fields: [Field; 3]| said.iter().cloned().chain(fields).collect::<Vec<_>>();
        let nothing = event.changed.is_empty().then(|| with([Field::Empty, Field::Empty, Field::Empty]));
        rows.extend(event.changed.iter().map(|change| with(fields(locale, kind, change))).chain(nothing));
    }
    sheet(locale, "history", &heads, rows)
}

/// One row for every field of a node that differs; a node that is new or gone has a row of its own.
pub fn differences(locale: &Locale, before: &State, after: &State, found: &[(Id, Difference)]) -> Sheet {
    let heads = ["pivot-code", "field-title", "changes", "field", "before", "after"];
    let mut rows = Vec::new();
    for (id, difference) in found {
        let node = after.find::<Node>(id).or_else(|| before.find::<Node>(id));
        let title = node.map_or("", |node| node.title.get(locale.lang));
        let with = |what: &str, fields: [Field; 3]| {
            let head = [Field::text(id), Field::text(title), Field::text(locale.t(what))];
            head.into_iter().chain(fields).collect::<Vec<_>>()
        };
        let nothing = [Field::Empty, Field::Empty, Field::Empty];
        match difference {
            Difference::Added => rows.push(with("version-added", nothing)),
            Difference::Removed => rows.push(with("version-removed", nothing)),
            Difference::Changed(changed) => {
                rows.extend(changed.iter().map(|one| with("version-changed", fields(locale, Kind::Node, one))));
            }
        }
    }
    sheet(locale, "version-differences", &heads, rows)
}

fn fields(locale: &Locale, kind: Kind, change: &Changed) -> [Field; 3] {
    let told = naming::changed(locale, kind, change);
    [Field::text(told.field), optional(&told.before), optional(&told.after)]
}
