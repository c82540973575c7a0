//! The invitation to a meeting: when and where, what to talk about, which papers, and who has a seat. Refuses to send it.

use romduol_locale::{Arg, Locale};
use romduol_plan::commands::meetings::TakeAgenda;
use romduol_plan::coordination::seats;
use romduol_plan::kinds::*;
use romduol_plan::readings::View;
use romduol_plan::{Date, Kind, Lang, Period, State, Text};
use romduol_report::document::{CalloutTone, Cell, Column, Span, Table};
use romduol_report::{Block, Document};

use crate::meetings::{Point, agenda};
use crate::{AppError, late};

/// How many points of each sort are suggested.
const MOST: usize = 10;

/// What is suggested today, for the agenda of a meeting.
pub fn suggested(view: View<'_>, id: &str, today: Date) -> Result<TakeAgenda, AppError> {
    let meeting = view.state.known::<Meeting>(id)?;
    let said = |lang| points(view, Locale::of(lang), &meeting.body, today);
    Ok(TakeAgenda { meeting: meeting.id.clone(), en: said(Lang::En), km: said(Lang::Km) })
}

/// What a body should talk about today, a line each: what members propose, what is overdue, late and off track.
pub fn points(view: View<'_>, locale: &'static Locale, body: &str, today: Date) -> Vec<String> {
    let state = view.state;
    let name = |kind: Kind, id: &str| {
        state.body(kind, id).map(|body| body.title().get(locale.lang).to_string()).unwrap_or_default()
    };
    let marked = |line: String, made_up: bool| match made_up {
        true => format!("{line} ({})", locale.t("illustrative")),
        false => line,
    };
    let mut open: Vec<_> = state.all::<Proposal>().filter(|p| p.body == body && p.state == TaskState::Open).collect();
    open.sort_by_key(|proposal| (proposal.date, proposal.id.clone()));
    let proposed = open.into_iter().map(|proposal| {
        let args = [("id", Arg::Text(&proposal.id)), ("title", Arg::Text(proposal.title.get(locale.lang)))];
        locale.say("point-proposal", &args)
    });
    let found = agenda(view, today, MOST).into_iter().map(|point| match point {
        Point::Overdue(duty) => {
            let (owner, title) = (name(Kind::Institution, &duty.owner), duty.title.get(locale.lang).to_string());
            let due = duty.due.map(|due| locale.date(due)).unwrap_or_default();
            let args = [("id", &duty.id), ("title", &title), ("owner", &owner), ("date", &due)];
            marked(locale.say("point-overdue", &args.map(|(name, value)| (name, Arg::Text(value)))), duty.illustrative)
        }
        Point::Late(id, owed) => {
            let (of, forms) = (name(Kind::Institution, &id), late::forms(state, locale, &owed.returns));
            locale.say("point-late", &[("institution", Arg::Text(&of)), ("forms", Arg::Text(&forms))])
        }
        Point::OffTrack(id) => {
            let title = name(Kind::Indicator, &id);
            let line = locale.say("point-off-track", &[("id", Arg::Text(&id)), ("title", Arg::Text(&title))]);
            let indicator = state.find::<Indicator>(&id);
            let standing = indicator.map(|indicator| view.standing(indicator, Period::year(today.year)));
            marked(line, standing.is_some_and(|standing| standing.illustrative()))
        }
    });
    proposed.chain(found).collect()
}

pub fn compose(view: View<'_>, locale: &'static Locale, meeting: &Meeting, today: Date) -> Document {
    let (state, lang) = (view.state, locale.lang);
    let text = |text: &Text| text.get(lang).to_string();
    let body = state.find::<Committee>(&meeting.body).map(|body| text(&body.name)).unwrap_or_default();
    let place = match meeting.place.is_empty() {
        true => locale.t("invitation-no-place"),
        false => text(&meeting.place),
    };
    let mut document = Document::new(lang.code(), text(&meeting.title));
    document.brief = true;
    document.subtitle = locale.t("invitation");
    document.organisation = body.clone();
    document.date_line = format!("{} · {place}", locale.date(meeting.date));
    document.running_head = document.title.clone();
    document.marker = meeting.illustrative.then(|| locale.t("illustrative-long"));
    if meeting.state == MeetingState::Cancelled {
        let text = vec![Span::plain(locale.t("invitation-cancelled"))];
        document.blocks.push(Block::Callout { tone: CalloutTone::Attention, text });
    }
    let (date, place) = (locale.date(meeting.date), place.as_str());
    let args = [("body", Arg::Text(&body)), ("date", Arg::Text(&date)), ("place", Arg::Text(place))];
    document.blocks.push(Block::paragraph(locale.say("invitation-line", &args)));
    let lines = |text: &str| text.lines().filter(|line| !line.trim().is_empty()).map(String::from).collect::<Vec<_>>();
    document.blocks.push(Block::heading(1, locale.t("agenda")));
    document.blocks.push(list(lines(meeting.agenda.get(lang)), || locale.t("invitation-no-agenda")));
    let stands = meeting.agenda.get(lang);
    let suggested: Vec<String> = points(view, locale, &meeting.body, today)
        .into_iter()
        .filter(|point| !stands.lines().any(|line| line == point.as_str()))
        .collect();
    if !suggested.is_empty() {
        document.blocks.push(Block::heading(1, locale.t("agenda-suggested")));
        document.blocks.push(list(suggested, String::new));
    }
    document.blocks.push(Block::heading(1, locale.t("field-papers")));
    document.blocks.push(list(meeting.papers.clone(), || locale.t("invitation-no-papers")));
    document.blocks.push(Block::heading(1, locale.t("kinds-seats")));
    document.blocks.push(invited(state, locale, meeting));
    document
}

/// A list, or a sentence where nothing is in it.
pub(crate) fn list(items: Vec<String>, none: impl Fn() -> String) -> Block {
    match items.is_empty() {
        true => Block::paragraph(none()),
        false => {
            let items = items.into_iter().map(|item| vec![Span::plain(item)]).collect();
            Block::List { ordered: false, items }
        }
    }
}

/// The seats of the body on the day of the meeting, with who stands in.
fn invited(state: &State, locale: &'static Locale, meeting: &Meeting) -> Block {
    let name = |id: &Option<Id>, none: &str| match id.as_ref().and_then(|id| state.find::<Institution>(id)) {
        Some(institution) => institution.name.get(locale.lang).to_string(),
        None => none.to_string(),
    };
    let vacant = locale.t("seat-vacant");
    let rows: Vec<Vec<Cell>> = seats(state, &meeting.body, meeting.date)
        .into_iter()
        .map(|seat| {
            vec![
                Cell::text(name(&seat.institution, &vacant)),
                Cell::text(locale.word("code", seat.role.code())),
                Cell::text(name(&seat.alternate, "")),
            ]
        })
        .collect();
    if rows.is_empty() {
        return Block::paragraph(locale.t("seats-none"));
    }
    let columns = vec![
        Column::text(locale.t("institution"), 2.0),
        Column::text(locale.t("field-role"), 1.0),
        Column::text(locale.t("field-alternate"), 2.0),
    ];
    Block::Table(Table { caption: locale.t("kinds-seats"), columns, rows, note: String::new() })
}
