//! Policies with their state today, gaps with what answers them, commitments with what the plan does about each. Refuses to
//! judge: the rules do.

use romduol_locale::Locale;
use romduol_plan::kinds::{Currency, Gap, Instrument, Policy};
use romduol_plan::money::Books;
use romduol_plan::money::above::Above;
use romduol_plan::money::gap::of_nodes;
use romduol_plan::{Date, State, coherence, commitments as rule};
use romduol_report::{Field, Sheet};

use super::{count, ids, optional, sheet};
use crate::money::decimals;

/// Policies with their computed state beside the stated one; of one issue and in one state where those are asked for.
pub fn policies(state: &State, locale: &Locale, today: Date, issue: &str, asked: &str) -> Sheet {
    let heads = [
        "pivot-code",
        "field-title",
        "field-kind",
        "state-today",
        "field-stated",
        "field-start-year",
        "field-end-year",
        "field-owner-printed",
        "field-themes",
    ];
    let year = |year: Option<i32>| year.map_or(Field::Empty, |year| Field::text(year.to_string()));
    let row = |policy: &Policy, computed: &str| {
        vec![
            Field::text(&policy.id),
            Field::text(policy.name.get(locale.lang)),
            Field::text(locale.code(policy.kind.code())),
            Field::text(locale.code(computed)),
            Field::text(locale.code(policy.stated.code())),
            year(policy.start_year),
            year(policy.end_year),
            optional(&policy.owner_printed),
            ids(&policy.themes),
        ]
    };
    let of_issue =
        state.all::<Policy>().filter(|policy| issue.is_empty() || policy.themes.iter().any(|id| id == issue));
    let judged = of_issue.map(|policy| (policy, coherence::state_of(policy, today).code()));
    let rows = judged.filter(|(_, computed)| asked.is_empty() || *computed == asked);
    sheet(locale, "kinds-policies", &heads, rows.map(|(policy, computed)| row(policy, computed)).collect())
}

/// Gaps, measures and opportunities with the nodes that answer each; of one issue where it is asked for.
pub fn gaps(state: &State, locale: &Locale, issue: &str) -> Sheet {
    let heads = ["pivot-code", "gap", "field-kind", "field-themes", "answered-by", "field-policies"];
    let row = |gap: &Gap| {
        let answers: Vec<_> = coherence::answers_to(state, &gap.id).map(|node| &node.id).collect();
        let answered = match answers.is_empty() && coherence::asks(gap) {
            true => Field::text(locale.t("answered-by-nothing")),
            false => ids(answers),
        };
        vec![
            Field::text(&gap.id),
            Field::text(gap.summary.get(locale.lang)),
            Field::text(locale.code(gap.kind.code())),
            Field::text(&gap.theme),
            answered,
            ids(&gap.policies),
        ]
    };
    let of_issue = state.all::<Gap>().filter(|gap| issue.is_empty() || gap.theme == issue);
    sheet(locale, "kinds-gaps", &heads, of_issue.map(|gap| row(gap)).collect())
}

/// Instruments and their paragraphs with the counts of what is linked to each, the money of the linked actions in riel,
/// and the newest position.
pub fn commitments(state: &State, locale: &Locale, illustrative: bool) -> Sheet {
    let heads = [
        "pivot-code",
        "kind-instruments",
        "field-framework",
        "field-part-of",
        "answer-actions",
        "indicators",
        "menu-figures",
        "money-need",
        "money-gap",
        "illustrative",
        "field-stance",
        "field-date",
    ];
    let (books, above) = (Books::of(state, Currency::Khr, illustrative), Above::of(state));
    let row = |instrument: &Instrument| {
        let found = rule::coverage(state, &instrument.id);
        let figures = of_nodes(&books, &above, &found.nodes.iter().map(|node| node.id.as_str()).collect());
        let amount = |amount: romduol_plan::Amount| Field::Amount {
            digits: amount.shown(decimals(books.currency)),
            illustrative: figures.made_up,
        };
        let gap = figures.gap();
        let newest = rule::positions(state, &instrument.id).last().copied();
        vec![
            Field::text(&instrument.id),
            Field::text(instrument.title.get(locale.lang)),
            Field::text(locale.code(instrument.framework.code())),
            ids(&instrument.part_of),
            count(found.nodes.len()),
            count(found.indicators.len()),
            count(found.figures.len()),
            gap.map_or_else(|| Field::text(locale.t("not-costed")), |_| amount(figures.need.likely)),
            gap.map_or_else(|| Field::text(locale.t("not-costed")), amount),
            if figures.made_up { Field::text(locale.t("yes")) } else { Field::Empty },
            newest.map_or(Field::Empty, |position| Field::text(locale.code(position.stance.code()))),
            newest.map_or(Field::Empty, |position| Field::text(position.date.to_string())),
        ]
    };
    sheet(locale, "menu-commitments", &heads, state.all::<Instrument>().map(|one| row(one)).collect())
}
