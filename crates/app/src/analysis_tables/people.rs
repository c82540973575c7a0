//! Who is engaged and was heard, the bodies that the plan names, and the table of one consultation. Refuses to know who
//! asks: which groups are hidden comes in.

use romduol_locale::Locale;
use romduol_plan::kinds::Consultation;
use romduol_plan::people::{self, Counts};
use romduol_plan::{State, people as rule};
use romduol_report::{Field, Sheet};

use super::{ids, optional, sheet};
use crate::heard::Hidden;

/// Every institution with where it was heard, where the plan names it, and whether it was never heard.
pub fn stakeholders(state: &State, locale: &Locale) -> Sheet {
    let heads = [
        "pivot-code",
        "institution",
        "kind",
        "engagement",
        "field-coordination-role",
        "field-pillars",
        "people-heard-at",
        "people-named-in",
        "people-never-heard",
    ];
    let row = |one: &rule::Stakeholder| {
        let body = one.institution;
        vec![
            Field::text(&body.id),
            Field::text(body.name.get(locale.lang)),
            Field::text(locale.code(body.kind.code())),
            Field::text(locale.code(body.engagement.code())),
            optional(&body.coordination_role),
            ids(&body.pillars),
            ids(one.heard_at.iter().map(|event| &event.id)),
            ids(one.named_in.iter().map(|node| &node.id)),
            yes_or_no(locale, one.heard_at.is_empty()),
        ]
    };
    sheet(locale, "stakeholder-map", &heads, rule::stakeholders(state).iter().map(row).collect())
}

/// The bodies that nodes name in the source's own words, and whether any of them was heard.
pub fn named_bodies(state: &State, locale: &Locale) -> Sheet {
    let heads = ["field-named-bodies", "people-named-in", "people-never-heard"];
    let row = |body: &rule::NamedBody| {
        let nodes = ids(body.nodes.iter().map(|node| &node.id));
        vec![Field::text(body.name), nodes, yes_or_no(locale, !body.heard)]
    };
    sheet(locale, "field-named-bodies", &heads, rule::named_bodies(state).iter().map(row).collect())
}

fn yes_or_no(locale: &Locale, yes: bool) -> Field {
    Field::text(locale.t(if yes { "yes" } else { "no" }))
}

/// The table of a consultation: its head and its groups, as printed and as corrected. A hidden group has no numbers.
pub fn consultation(state: &State, locale: &Locale, event: &Consultation, hidden: &Hidden) -> Sheet {
    let heads = [
        "group",
        "field-total",
        "field-female",
        "field-male",
        "field-corrected-total",
        "field-corrected-female",
        "field-corrected-male",
        "field-correction-reason",
        "field-remarks",
    ];
    let numbers = |counts: &Counts| {
        let all = counts.printed.into_iter().chain(counts.corrected);
        all.map(|n| n.map_or(Field::Empty, Field::count)).collect::<Vec<_>>()
    };
    let nothing = || [Field::text(locale.t("people-hidden"))].into_iter().chain(vec![Field::Empty; 5]).collect();
    let (head, reason) = match hidden.head {
        true => (nothing(), ""),
        false => (numbers(&people::counts_of_event(event)), event.correction_reason.as_str()),
    };
    let head: Vec<Field> = [Field::text(locale.t("as-printed-head"))]
        .into_iter()
        .chain(head)
        .chain([optional(reason), Field::Empty])
        .collect();
    let mut rows = vec![head];
    for group in people::groups(state, &event.id) {
        let name = Field::text(group.group.get(locale.lang));
        let (counts, reason) = match hidden.groups.contains(&group.id) {
            true => (nothing(), ""),
            false => (numbers(&people::counts_of_group(group)), group.correction_reason.as_str()),
        };
        let words = [optional(reason), optional(&group.remarks)];
        rows.push([name].into_iter().chain(counts).chain(words).collect());
    }
    sheet(locale, "kind-consultations", &heads, rows)
}
