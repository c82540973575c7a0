//! Editions for those who make them: preparing one, looking it over, deciding on it, and which cells it hides and why.

use romduol_plan::commands::editions::DeclineEdition;
use std::sync::Arc;

use axum::extract::Path;
use romduol_app::edition::{
    Cause, Choice, Composed, Contradiction, Explained, HiddenCell, Number, Print, PrintWithheld, Question, Reason,
    Unlike, What, in_order, newest,
};
use romduol_app::incomplete::{Incomplete, incomplete};
use romduol_app::{AppError, ErrorClass, Snapshot};
use romduol_edition::content::{Difference, Key, Told, Withheld};
use romduol_plan::kinds::*;
use romduol_plan::permission::Act;
use romduol_plan::{Kind, Period, Text};

use super::scorecard::with_unit;
use crate::address::{path, query};
use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::given::{Given, one_of};
use crate::viewer::Viewer;

/// Something to tick: its code, its name, whether it is ticked.
type Tick = (String, String, bool);

#[derive(askama::Template)]
#[template(path = "editions.html")]
struct Editions {
    c: Chrome,
    list: Vec<(Arc<Edition>, String)>,
    prepares: bool,
    usual: Choice,
    sections: Vec<Tick>,
    tables: Vec<Tick>,
    levels: Vec<Tick>,
    indicators: Vec<Tick>,
    made_up: bool,
    waiting: usize,
    /// The values of the usual period of which not all has come.
    incomplete: Vec<Incomplete>,
    key: String,
}

pub(crate) async fn list(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let c = Chrome::of(&viewer, viewer.locale.t("menu-editions"));
    let state = &viewer.snapshot.state;
    let seen = |e: &&Arc<Edition>| e.state == EditionState::Published || viewer.may(Act::ApproveEdition);
    let list = in_order(state).into_iter().rev().filter(seen);
    let list = list.map(|edition| (edition.clone(), c.code(edition.state.code()))).collect();
    let usual = Choice::usual(state, viewer.site.app.now().date);
    let indicator = |i: &Arc<Indicator>| {
        (i.id.clone(), format!("{} {}", i.id, i.name.get(viewer.lang())), usual.leave_out.contains(&i.id))
    };
    let level = |level: &AreaLevel| (level.code().into(), c.code(level.code()), *level == usual.level);
    render(&Editions {
        list,
        prepares: viewer.may(Act::PrepareEdition) && viewer.at.is_none(),
        sections: EditionSection::ALL.iter().map(|s| (s.code().into(), c.code(s.code()), true)).collect(),
        tables: EditionTable::ALL
            .iter()
            .map(|t| (t.code().into(), c.code(t.code()), usual.tables.contains(t)))
            .collect(),
        levels: AreaLevel::ALL.iter().map(level).collect(),
        indicators: state.all::<Indicator>().filter(|i| i.class != Class::Prohibited).map(indicator).collect(),
        made_up: viewer.has_illustrative,
        waiting: state.pending().count(),
        incomplete: match viewer.may(Act::PrepareEdition) {
            true => short(&viewer, usual.until, usual.demonstration),
            false => Vec::new(),
        },
        key: viewer.site.app.edition_key().await?,
        usual,
        c,
    })
}

/// What an edition would use and is incomplete. Only what stands in editions is looked at.
fn short(viewer: &Viewer, until: Period, demonstration: bool) -> Vec<Incomplete> {
    let told = |indicator: &Indicator| indicator.class != Class::Prohibited && viewer.may_read(indicator);
    incomplete(viewer.snapshot.view(demonstration), viewer.locale, until, &told)
}

pub(crate) async fn prepare(viewer: Viewer, given: Given) -> Page {
    viewer.must(Act::PrepareEdition)?;
    let choice = Choice {
        until: given.one("until").parse()?,
        level: given.choice("level")?,
        sections: given.choices("sections")?,
        tables: given.choices("tables")?,
        leave_out: given.all("leave_out").map(String::from).collect(),
        without_waiting: given.ticked("without_waiting")?,
        demonstration: given.ticked("demonstration")?,
        note: Text::of(viewer.lang(), given.one("note")),
    };
    begin(&viewer, What::Prepare(Box::new(choice)))
}

/// What takes long goes on by itself; the page of the job says how far it has come.
fn begin(viewer: &Viewer, what: What) -> Page {
    let map = viewer.site.outlines.clone();
    viewer.site.app.begin_edition_job(viewer.person.clone(), what, map)?;
    Ok(see("/editions/job"))
}

#[derive(askama::Template)]
#[template(path = "edition_job.html")]
struct JobPage {
    c: Chrome,
    what: String,
    goes_on: bool,
    done: usize,
    all: usize,
    progress: String,
    refused: Option<String>,
}

pub(crate) async fn job(viewer: Viewer) -> Page {
    viewer.must(Act::ApproveEdition)?;
    let c = Chrome::of(&viewer, viewer.locale.t("edition-job"));
    let job = viewer.site.app.edition_job();
    let refused = match job.as_ref().and_then(|job| job.ended()) {
        Some(Ok(id)) => return Ok(see(&path(&["editions", id]))),
        Some(Err(say)) => Some(viewer.locale.tell(say)),
        None => None,
    };
    let what = match job.as_ref().map(|job| &job.what) {
        None => viewer.locale.t("edition-job-none"),
        Some(What::Prepare(_)) => viewer.locale.t("edition-job-prepare"),
        Some(What::Approve(id)) => viewer.locale.say("edition-job-approve", &[("value", id.as_str().into())]),
    };
    let (done, all) = job.as_ref().map(|job| job.progress.of()).unwrap_or_default();
    let number = |count: usize| viewer.locale.number(count as f64, 0);
    let seconds = number(job.as_ref().map_or(0, |job| job.seconds()) as usize);
    let (of_done, of_all) = (number(done), number(all));
    let args = [("done", (&of_done).into()), ("all", (&of_all).into()), ("seconds", (&seconds).into())];
    let progress = viewer.locale.say("edition-job-progress", &args);
    let goes_on = job.is_some() && refused.is_none();
    render(&JobPage { c, what, goes_on, done, all, progress, refused })
}

/// A number that the last edition told otherwise.
struct Change {
    indicator: Id,
    place: String,
    before: String,
    now: String,
}

/// How much of an indicator is hidden; no cell of it.
struct Share {
    indicator: Id,
    hidden: usize,
    all: usize,
}

#[derive(askama::Template)]
#[template(path = "edition.html")]
struct Look {
    c: Chrome,
    edition: Arc<Edition>,
    state: String,
    /// None where the edition cannot be composed any more.
    told: Result<(Vec<Share>, usize), String>,
    /// Indicator, and which part of its tables cannot come out.
    withheld: Vec<(Id, String)>,
    changes: Vec<Change>,
    /// Numbers that look like the same people: the question, and where to answer it.
    questions: Vec<(String, String)>,
    /// What is not as the plan says, or stays out of the edition.
    notices: Vec<String>,
    /// Sentences that may tell what the tables hide, with the record that each stands in.
    sentences: Vec<(String, String)>,
    first: bool,
    incomplete: Vec<Incomplete>,
    decides: bool,
    own: bool,
    explains: bool,
}

fn find(viewer: &Viewer, id: &str) -> Result<Arc<Edition>, AppError> {
    let missing = || AppError::NotFound { kind: Kind::Edition, id: id.into() };
    viewer.snapshot.state.find::<Edition>(id).cloned().ok_or_else(missing)
}

pub(crate) async fn look(viewer: Viewer, Path(id): Path<String>) -> Page {
    // Guessing a number tells nothing: who may not look is refused before anything is sought.
    viewer.must(Act::ApproveEdition)?;
    let edition = find(&viewer, &id)?;
    let title = viewer.locale.t("kind-editions");
    let c = Chrome::of(&viewer, format!("{title} {id}"));
    let first = newest(&viewer.snapshot.state).is_none_or(|newest| newest.number() >= edition.number());
    let looked = match viewer.site.app.look_into_edition(&viewer.person, &id).await {
        Ok(looked) => Ok(looked),
        Err(error) if error.class() == ErrorClass::Refused => Err(viewer.locale.tell(&error.say())),
        Err(error) => return Err(error.into()),
    };
    let (withheld, changes, questions, notices, sentences) = match &looked {
        Ok((composed, differ)) => (
            withheld(&viewer, composed),
            changes(&viewer, differ),
            questions(&viewer, composed),
            notices(&viewer, composed),
            sentences(composed),
        ),
        Err(_) => Default::default(),
    };
    let told = looked.map(|(composed, _)| shares(&composed));
    render(&Look {
        state: c.code(edition.state.code()),
        told,
        withheld,
        changes,
        questions,
        notices,
        sentences,
        first,
        incomplete: short(&viewer, edition.until, edition.demonstration),
        decides: viewer.may(Act::ApproveEdition) && edition.state == EditionState::Prepared && viewer.at.is_none(),
        own: edition.prepared_by == viewer.person.account,
        explains: viewer.may(Act::PrepareEdition),
        edition,
        c,
    })
}

fn shares(composed: &Composed) -> (Vec<Share>, usize) {
    let all = &composed.body.indicators;
    let hiding = all.iter().filter(|measured| measured.hidden() > 0);
    let share = |measured: &romduol_edition::content::Measured| Share {
        indicator: measured.indicator.id.clone(),
        hidden: measured.hidden(),
        all: measured.observations.len(),
    };
    (hiding.map(share).collect(), all.iter().map(|measured| measured.observations.len()).sum())
}

/// Numbers of which nobody said whether they are the same people, each with the form that says so.
fn questions(viewer: &Viewer, composed: &Composed) -> Vec<(String, String)> {
    let name = |(id, part): &Number| format!("{id} ({})", viewer.locale.word("code", part.code()));
    let ask = |question: &Question| {
        let key = if question.same { "edition-same-people" } else { "edition-some-of-them" };
        let (one, other) = (name(&question.one), name(&question.other));
        let cells = viewer.locale.number(question.cells as f64, 0);
        let args = [("one", (&one).into()), ("other", (&other).into()), ("count", (&cells).into())];
        let relation = if question.same { CountRelation::Same } else { CountRelation::PartOf };
        let (one, other) = (&question.one, &question.other);
        let cells = [
            ("indicator", one.0.as_str()),
            ("part", one.1.code()),
            ("relation", relation.code()),
            ("other", other.0.as_str()),
            ("other_part", other.1.code()),
        ];
        (viewer.locale.say(key, &args), format!("{}?{}", path(&["new", Kind::CountLink.code()]), query(cells)))
    };
    composed.questions.iter().map(ask).collect()
}

/// What the plan says and the data do not, and what stays out because it would tell a hidden count.
fn notices(viewer: &Viewer, composed: &Composed) -> Vec<String> {
    let number = |count: i64| viewer.locale.number(count as f64, 0);
    let contradicts = |found: &Contradiction| {
        let key = Key { area: found.area.clone(), period: found.period, categories: Vec::new() };
        let (at, one, other) = (place(viewer, &viewer.snapshot, &key), number(found.one), number(found.other));
        let args = [
            ("link", (&found.link).into()),
            ("place", (&at).into()),
            ("one", (&one).into()),
            ("other", (&other).into()),
        ];
        viewer.locale.say("edition-link-contradicted", &args)
    };
    let unprinted = |told: &Explained| {
        let of = |own: &PrintWithheld| {
            let at = place(viewer, &viewer.snapshot, &own.at);
            let what = match &own.what {
                Print::Figure(id) => id.clone(),
                Print::Baseline => viewer.locale.t("baseline"),
            };
            let args = [("indicator", (&told.indicator).into()), ("what", (&what).into()), ("place", (&at).into())];
            viewer.locale.say("edition-print-withheld", &args)
        };
        told.unprinted.iter().map(of).collect::<Vec<_>>()
    };
    let found = composed.contradictions.iter().map(contradicts);
    found.chain(composed.explained.iter().flat_map(unprinted)).collect()
}

/// Sentences to be read before anybody approves.
fn sentences(composed: &Composed) -> Vec<(String, String)> {
    let of = |((kind, id), sentence): &((Kind, Id), String)| (format!("{} {id}", kind.code()), sentence.clone());
    composed.sentences.iter().map(of).collect()
}

/// What of each indicator's tables cannot come out. Why is told beside the hidden cells.
fn withheld(viewer: &Viewer, composed: &Composed) -> Vec<(Id, String)> {
    let of = |measured: &romduol_edition::content::Measured| {
        let parts = measured.withheld.iter().map(|part| part_of(viewer, part)).collect::<Vec<_>>();
        parts.into_iter().map(|part| (measured.indicator.id.clone(), part)).collect::<Vec<_>>()
    };
    composed.body.indicators.iter().flat_map(of).collect()
}

/// A part of a table in words.
fn part_of(viewer: &Viewer, part: &Withheld) -> String {
    let title = |id: &Id| {
        let state = &viewer.snapshot.state;
        let body = state.body(Kind::Dimension, id).or_else(|| state.body(Kind::Category, id));
        body.map_or_else(|| id.clone(), |body| body.title().get(viewer.lang()).to_string())
    };
    let periods: Vec<String> = part.periods.iter().map(|period| viewer.locale.period(*period)).collect();
    part.name(viewer.locale, periods, title)
}

/// Why a part of a table cannot come out. A secret.
fn cause(viewer: &Viewer, cause: &Cause) -> String {
    let t = |key: &str| viewer.locale.t(key);
    match cause {
        Cause::Told(at) => {
            let own = |dimension: &str| ["part", "vintage"].contains(&dimension);
            let word = |(dimension, code): &(String, String)| match (dimension.as_str(), code.parse::<Period>()) {
                ("period", Ok(period)) => viewer.locale.period(period),
                _ => {
                    let state = &viewer.snapshot.state;
                    let body = state.body(Kind::Area, code).or_else(|| state.body(Kind::Category, code));
                    body.map_or_else(|| code.clone(), |body| body.title().get(viewer.lang()).to_string())
                }
            };
            let words: Vec<String> = at.iter().filter(|(dimension, _)| !own(dimension)).map(word).collect();
            viewer.locale.say("edition-withheld-told", &[("where", (&words.join(" · ")).into())])
        }
        Cause::Unlike(Unlike::Periods) => t("edition-withheld-periods"),
        Cause::Unlike(Unlike::Parts) => t("edition-withheld-parts"),
        Cause::Unlike(Unlike::Dimensions) => t("edition-withheld-dimensions"),
        Cause::NotACount(not) => {
            let (value, place) = (viewer.locale.number(not.value, 2), not.area.clone());
            let period = viewer.locale.period(not.period);
            let args = [("value", (&value).into()), ("area", (&place).into()), ("period", (&period).into())];
            viewer.locale.say("edition-withheld-not-counts", &args)
        }
        Cause::TooFine => t("edition-withheld-too-fine"),
        Cause::Fault(_) => t("edition-withheld-fault"),
    }
}

fn changes(viewer: &Viewer, differ: &[Difference]) -> Vec<Change> {
    differ.iter().map(|difference| change(viewer, difference)).collect()
}

/// Both sides of a difference with their unit, and with so many decimals that they can be told apart.
fn told(viewer: &Viewer, difference: &Difference) -> [String; 2] {
    const MOST_DECIMALS: i16 = 9;
    let indicator = viewer.snapshot.state.find::<Indicator>(&difference.indicator);
    let unit = indicator.map(|indicator| indicator.unit.as_str()).unwrap_or_default();
    let words = |told: Told, decimals: i16| match told {
        Told::Nothing => "–".to_string(),
        Told::Present => viewer.locale.t("yes"),
        Told::Hidden => romduol_edition::pages::HIDDEN.into(),
        Told::Value(value) => with_unit(&viewer.locale.number(value, decimals), unit),
    };
    let both = |decimals| [difference.before, difference.after].map(|told| words(told, decimals));
    (1..MOST_DECIMALS).map(both).find(|[before, now]| before != now).unwrap_or_else(|| both(MOST_DECIMALS))
}

fn change(viewer: &Viewer, difference: &Difference) -> Change {
    let [before, now] = told(viewer, difference);
    Change {
        indicator: difference.indicator.clone(),
        place: match &difference.at {
            Some(key) => place(viewer, &viewer.snapshot, key),
            None => viewer.locale.t("edition-whole-indicator"),
        },
        before,
        now,
    }
}

/// Where a cell is, in words.
fn place(viewer: &Viewer, snapshot: &Snapshot, key: &Key) -> String {
    let title = |kind, id: &str| snapshot.state.body(kind, id).map(|body| body.title().get(viewer.lang()).to_string());
    let area = title(Kind::Area, &key.area).unwrap_or_else(|| key.area.clone());
    let group = |id: &Id| title(Kind::Category, id).unwrap_or_else(|| viewer.locale.t("not-stated"));
    let parts = [area, viewer.locale.period(key.period)].into_iter().chain(key.categories.iter().map(group));
    parts.collect::<Vec<_>>().join(" · ")
}

pub(crate) async fn decide(viewer: Viewer, Path(id): Path<String>, given: Given) -> Page {
    viewer.must(Act::ApproveEdition)?;
    let approves = one_of("decision", given.one("decision"), &[("approve", true), ("decline", false)])?;
    if approves {
        return begin(&viewer, What::Approve(id));
    }
    let reason = given.one("reason").to_string();
    viewer.execute(DeclineEdition { id: id.clone(), reason, lang: viewer.lang() }).await?;
    Ok(see(&path(&["editions", &id])))
}

/// How many of the small counts that a cell protects are named.
const MOST_PROTECTED: usize = 4;

/// An indicator with its hidden cells.
struct Hidden {
    indicator: Id,
    summary: String,
    cells: Vec<(String, String)>,
    withheld: Vec<String>,
    coarser: Vec<String>,
}

#[derive(askama::Template)]
#[template(path = "edition_hidden.html")]
struct HiddenCells {
    c: Chrome,
    edition: Arc<Edition>,
    list: Vec<Hidden>,
}

pub(crate) async fn hidden(viewer: Viewer, Path(id): Path<String>) -> Page {
    viewer.must(Act::PrepareEdition)?;
    let edition = find(&viewer, &id)?;
    let (composed, _) = viewer.site.app.look_into_edition(&viewer.person, &id).await?;
    viewer.note(Kind::Edition, &id).await;
    let list = composed.explained.iter().filter(|told| !told.hidden.is_empty() || !told.withheld.is_empty());
    let list = list.map(|told| explained(&viewer, told)).collect();
    let title = viewer.locale.t("edition-hidden-why");
    render(&HiddenCells { c: Chrome::of(&viewer, title), edition, list })
}

fn explained(viewer: &Viewer, told: &Explained) -> Hidden {
    let number = |count: usize| viewer.locale.number(count as f64, 0);
    let of = |reason: Reason| number(told.hidden.iter().filter(|cell| cell.reason == reason).count());
    let (small, protects, earlier) = (of(Reason::Small), of(Reason::Protects), of(Reason::Earlier));
    let shown = number(told.shown);
    let args = [
        ("shown", (&shown).into()),
        ("small", (&small).into()),
        ("protects", (&protects).into()),
        ("earlier", (&earlier).into()),
    ];
    let word = |reason: Reason| match reason {
        Reason::Small => viewer.locale.t("edition-reason-small"),
        Reason::Protects => viewer.locale.t("edition-reason-protects"),
        Reason::Earlier => viewer.locale.t("edition-reason-earlier"),
    };
    let at = |key: &Key| place(viewer, &viewer.snapshot, key);
    let why = |cell: &HiddenCell| {
        let mut parts = vec![word(cell.reason)];
        if !cell.protects.is_empty() {
            let some: Vec<String> = cell.protects.iter().take(MOST_PROTECTED).map(at).collect();
            let list = some.join("; ");
            parts.push(viewer.locale.say("edition-protects", &[("list", (&list).into())]));
        }
        if let Some(sum) = &cell.sum {
            parts.push(viewer.locale.say("edition-in-sum", &[("sum", (&at(sum)).into())]));
        }
        parts.join(" ")
    };
    let name = |kind, id: &str| {
        let body = viewer.snapshot.state.body(kind, id);
        body.map_or_else(|| id.to_string(), |body| body.title().get(viewer.lang()).to_string())
    };
    // Parts and vintages are the program's own dimensions.
    let own = |(dimension, ..): &&(String, String, usize)| !["part", "vintage"].contains(&dimension.as_str());
    let coarse = |(_, code, share): &(String, String, usize)| {
        let kind = if viewer.snapshot.state.body(Kind::Area, code).is_some() { Kind::Area } else { Kind::Category };
        format!("{} ({} %)", name(kind, code), number(*share))
    };
    let most: Vec<String> = told.coarser.iter().filter(own).map(coarse).collect();
    let most =
        (!most.is_empty()).then(|| viewer.locale.say("edition-coarser-line", &[("list", (&most.join(", ")).into())]));
    let instead = |(dimension, shown, hidden): &(String, usize, usize)| {
        let (dimension, shown, hidden) = (viewer.locale.t(dimension), number(*shown), number(*hidden));
        let args = [("dimension", (&dimension).into()), ("shown", (&shown).into()), ("hidden", (&hidden).into())];
        viewer.locale.say("edition-what-if", &args)
    };
    let mut withheld: Vec<String> = Vec::new();
    for (part, why) in &told.withheld {
        let line = format!("{}. {}", part_of(viewer, part), cause(viewer, why));
        if !withheld.contains(&line) {
            withheld.push(line);
        }
    }
    Hidden {
        withheld,
        indicator: told.indicator.clone(),
        summary: viewer.locale.say("edition-explained", &args),
        cells: told.hidden.iter().map(|cell| (place(viewer, &viewer.snapshot, &cell.at), why(cell))).collect(),
        coarser: most.into_iter().chain(told.instead.iter().map(instead)).collect(),
    }
}
