//! The shadow report: what civil society says beside government, of all ratings.

use romduol_locale::Locale;
use romduol_plan::kinds::*;
use romduol_plan::quality::indicators_under;
use romduol_plan::readings::{Standing, View};
use romduol_plan::status::Status;
use romduol_plan::{Date, Kind, Period, Say, coordination};
use romduol_report::document::{Cell, Column, Table};
use romduol_report::{Block, Document};

use crate::progress_report::shape;

/// The ratings as a report beside the government's: what civil society says, what the plan computes, what was answered.
pub fn shadow_report(view: View<'_>, locale: &'static Locale, today: Date) -> Document {
    let lang = locale.lang;
    let state = view.state;
    let mut document = Document::new(lang.code(), locale.t("shadow-report"));
    document.subtitle = state.plan().map(|plan| plan.title.get(lang).to_string()).unwrap_or_default();
    document.date_line = locale.date(today);
    document.running_head = document.title.clone();
    document.contents_title = locale.t("contents");
    let mut ratings: Vec<_> =
        state.all::<Rating>().filter(|rating| view.illustrative || !rating.illustrative).collect();
    ratings.sort_by_key(|rating| (std::cmp::Reverse(rating.rating), std::cmp::Reverse(rating.date), rating.id.clone()));
    document.marker = ratings.iter().any(|rating| rating.illustrative).then(|| locale.t("illustrative-long"));
    document.blocks.push(Block::paragraph(locale.t("shadow-hint")));
    let rows: Vec<Vec<Cell>> = ratings.iter().map(|rating| row(view, locale, rating, today)).collect();
    if rows.is_empty() {
        document.blocks.push(Block::paragraph(locale.t("ratings-none")));
        return document;
    }
    let columns = vec![
        Column::text(locale.t("rated"), 1.6),
        Column::text(locale.t("computed"), 0.9),
        Column::text(locale.t("official-status"), 1.1),
        Column::text(locale.t("field-rating"), 0.8),
        Column::text(locale.t("field-reason"), 2.2),
        Column::text(locale.t("field-answer"), 2.0),
    ];
    let caption = locale.t("kinds-ratings");
    document.blocks.push(Block::heading(1, caption.clone()));
    document.blocks.push(Block::Table(Table { caption, columns, rows, note: String::new() }));
    document
}

fn row(view: View<'_>, locale: &Locale, rating: &Rating, today: Date) -> Vec<Cell> {
    let state = view.state;
    let lang = locale.lang;
    let (kind, id) = subject(rating);
    let title = state.body(kind, id).map(|body| body.title().get(lang).to_string()).unwrap_or_default();
    let [computed, official] = statuses(view, locale, rating, today);
    let answer = match rating.answer.is_empty() {
        false => rating.answer.get(lang).to_string(),
        true => waiting(rating, today).map(|say| locale.tell(&say)).unwrap_or_default(),
    };
    let mut reason = Cell::text(format!("{} {}", rating.reason.get(lang), rating.evidence).trim());
    reason.illustrative = rating.illustrative;
    vec![
        Cell::text(format!("{id} {title}")),
        computed,
        official,
        Cell::text(locale.word("code", rating.rating.code())),
        reason,
        Cell::text(answer),
    ]
}

/// How many indicators of a node stand at each status, as computed and with what a person set in its place.
pub struct Counts {
    pub computed: Vec<(Status, usize)>,
    pub official: Vec<(Status, usize)>,
}

/// The counts of a node: of the indicators that measure it or anything below it. None where there is no indicator.
pub fn counts(view: View<'_>, node: &str, today: Date) -> Option<Counts> {
    let at = Period::year(today.year);
    let all: Vec<_> = indicators_under(view.state, node).map(|indicator| view.standing(indicator, at)).collect();
    let of = |status: fn(&Standing) -> Status| {
        let count = |one: &Status| (*one, all.iter().filter(|standing| status(standing) == *one).count());
        Status::ALL.iter().map(count).filter(|(_, n)| *n > 0).collect()
    };
    let counts = Counts { computed: of(|one| one.judgement.status), official: of(Standing::status) };
    (!all.is_empty()).then_some(counts)
}

/// What the plan computes of what is rated, and what a person set in its place with a reason.
fn statuses(view: View<'_>, locale: &Locale, rating: &Rating, today: Date) -> [Cell; 2] {
    let word = |status: Status| locale.word("status", status.code());
    if let Some(node) = &rating.node {
        let Some(Counts { computed, official }) = counts(view, node, today) else {
            return [Cell::text(locale.t("rated-no-indicator")), Cell::text("–")];
        };
        let listed = |counts: &[(Status, usize)]| {
            let one = |(status, n): &(Status, usize)| format!("{}: {}", word(*status), locale.number(*n as f64, 0));
            counts.iter().map(one).collect::<Vec<_>>().join("; ")
        };
        let set = computed != official;
        let official = if set { listed(&official) } else { locale.t("official-as-computed") };
        return [Cell::text(listed(&computed)), Cell::text(official)];
    }
    let indicator = rating.indicator.as_ref().and_then(|id| view.state.find::<Indicator>(id));
    let Some(standing) = indicator.map(|indicator| view.standing(indicator, Period::year(today.year))) else {
        return [Cell::text("–"), Cell::text("–")];
    };
    let computed = standing.judgement.status;
    let official = match &standing.set_by_person {
        Some(set) => Cell::status(shape(set.status), format!("{}: {}", word(set.status), set.reason.get(locale.lang))),
        None => Cell::text(locale.t("official-as-computed")),
    };
    [Cell::status(shape(computed), word(computed)), official]
}

/// What a rating is of. The rules of a package let none through that is of nothing.
pub fn subject(rating: &Rating) -> (Kind, &str) {
    match (&rating.node, &rating.indicator) {
        (Some(node), _) => (Kind::Node, node),
        (None, indicator) => (Kind::Indicator, indicator.as_deref().unwrap_or_default()),
    }
}

/// How long an answer has been due, or until when it is.
pub fn waiting(rating: &Rating, today: Date) -> Option<Say> {
    let due = coordination::answer_due(rating);
    let key = if due < today { "answer-overdue" } else { "answer-due" };
    rating.answered.is_none().then(|| Say::new(key).date("date", due))
}
