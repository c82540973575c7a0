//! The minutes of a meeting as a document: who was there in numbers, which papers there were, what was decided, by whom,
//! until when, and how far it is today.

use romduol_locale::{Arg, Locale};
use romduol_plan::coordination::attendance;
use romduol_plan::kinds::*;
use romduol_plan::{State, Text};
use romduol_report::document::{Cell, Column, Table};
use romduol_report::{Block, Document};

use crate::invitation::list;

pub fn compose(state: &State, locale: &'static Locale, meeting: &Meeting) -> Document {
    let lang = locale.lang;
    let text = |text: &Text| text.get(lang).to_string();
    let body = state.find::<Committee>(&meeting.body);
    let mut document = Document::new(lang.code(), text(&meeting.title));
    document.brief = true;
    document.subtitle = locale.t("minutes");
    document.organisation = body.map(|body| text(&body.name)).unwrap_or_default();
    document.date_line = [locale.date(meeting.date), text(&meeting.place)].join(" ").trim().to_string();
    document.running_head = document.title.clone();
    document.marker = meeting.illustrative.then(|| locale.t("illustrative-long"));
    let room = attendance(state, meeting);
    document.blocks.push(Block::heading(1, locale.t("attendance")));
    let number = |n: usize| locale.number(n as f64, 0);
    let share = room.share().map_or("–".into(), |share| locale.number(share, 0));
    let args = [
        ("people", number(room.people() as usize)),
        ("women", number(room.women as usize)),
        ("share", share),
        ("filled", number(room.filled)),
        ("seats", number(room.seats)),
    ];
    let args: Vec<(&str, Arg)> = args.iter().map(|(name, value)| (*name, Arg::Text(value))).collect();
    document.blocks.push(Block::paragraph(locale.say("attendance-line", &args)));
    document.blocks.push(Block::paragraph(locale.t(quorum_key(room.quorum))));
    document.blocks.push(presence(state, locale, meeting));
    for (title, words) in [("agenda", &meeting.agenda), ("minutes", &meeting.minutes)] {
        if !words.is_empty() {
            document.blocks.push(Block::heading(1, locale.t(title)));
            document
                .blocks
                .extend(text(words).split('\n').filter(|line| !line.trim().is_empty()).map(Block::paragraph));
        }
    }
    if !meeting.papers.is_empty() {
        document.blocks.push(Block::heading(1, locale.t("field-papers")));
        document.blocks.push(list(meeting.papers.clone(), String::new));
    }
    document.blocks.push(Block::heading(1, locale.t("kinds-decisions")));
    document.blocks.push(decisions(state, locale, meeting));
    document
}

pub fn quorum_key(quorum: Option<bool>) -> &'static str {
    match quorum {
        Some(true) => "quorum-met",
        Some(false) => "quorum-missed",
        None => "quorum-unknown",
    }
}

fn presence(state: &State, locale: &Locale, meeting: &Meeting) -> Block {
    let rows = state.all::<Presence>().filter(|p| p.meeting == meeting.id).map(|p| {
        let name = state.find::<Institution>(&p.institution).map(|body| body.name.get(locale.lang).to_string());
        let number = |n: u32| Cell::text(locale.number(f64::from(n), 0));
        vec![Cell::text(name.unwrap_or_else(|| p.institution.clone())), number(p.women), number(p.men)]
    });
    let columns = vec![
        Column::text(locale.t("institution"), 3.0),
        Column::number(locale.t("people-female")),
        Column::number(locale.t("people-male")),
    ];
    Block::Table(Table { caption: locale.t("attendance"), columns, rows: rows.collect(), note: String::new() })
}

fn decisions(state: &State, locale: &Locale, meeting: &Meeting) -> Block {
    let mine = state.all::<Decision>().filter(|decision| decision.meeting.as_ref() == Some(&meeting.id));
    let rows = mine.map(|decision| {
        let owner = state.find::<Institution>(&decision.owner).map(|body| body.name.get(locale.lang).to_string());
        let mut title = format!("{} {}", decision.id, decision.title.get(locale.lang));
        if !decision.dissent.is_empty() {
            title = format!("{title} ({}: {})", locale.t("field-dissent"), decision.dissent.get(locale.lang));
        }
        if !decision.evidence.is_empty() {
            title = format!("{title} ({}: {})", locale.t("field-evidence"), decision.evidence);
        }
        vec![
            Cell::text(title),
            Cell::text(owner.unwrap_or_default()),
            Cell::text(decision.due.map(|due| locale.date(due)).unwrap_or_default()),
            Cell::text(locale.word("code", decision.state.code())),
        ]
    });
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return Block::paragraph(locale.t("decisions-none"));
    }
    let columns = vec![
        Column::text(locale.t("field-title"), 3.0),
        Column::text(locale.t("field-owner"), 1.6),
        Column::text(locale.t("field-due"), 1.0),
        Column::text(locale.t("state"), 0.9),
    ];
    Block::Table(Table { caption: locale.t("kinds-decisions"), columns, rows, note: String::new() })
}
