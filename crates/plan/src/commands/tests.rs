//! Every command with a row for each refusal: which post, in which state, with which words. No ledger is needed for it.

use serde_json::json;

use super::analysis::{Assess, MakeBaseline};
use super::bodies::{Propose, UseModel};
use super::duties::{AssignFinding, CloseDuty, SettleFinding};
use super::editions::{DeclineEdition, KeepEdition, PublishEdition};
use super::local::ChooseAction;
use super::meetings::{Attended, Decided, HoldMeeting, TakeAgenda};
use super::money::Pledge;
use super::ratings::{AnswerRating, Rate, Rated};
use super::records::{Draft, RetireRecord, WriteLocally, WriteRecord};
use super::returns::{DecideReturn, LockPeriod, Locked, SubmitReturn};
use super::status::{OverrideStatus, WithdrawStatus};
use super::versions::{MoveVersion, NameVersion, TakeComment};
use crate::command::{By, Command, LastProof, Refusal, admit};
use crate::kinds::*;
use crate::permission::{Act, Post, Role};
use crate::returns::{Decision, Refused};
use crate::sample::{self, UNIT, entry};
use crate::state::State;
use crate::status::Status;
use crate::text::{Lang, Text};
use crate::{Change, Date, Period};

const TODAY: Date = Date { year: 2026, month: 11, day: 23 };
const PERSON: &str = "Call Sok Dara on 012 345 678";

fn by(role: Role, institution: Option<&str>, area: Option<&str>) -> By {
    let post = Post { role, institution: institution.map(String::from), area: area.map(String::from) };
    By { account: "a".into(), post, today: TODAY, proof: LastProof::Lately }
}

fn secretariat() -> By {
    by(Role::Secretariat, Some("MOI"), None)
}

fn put(kind: Kind, body: serde_json::Value) -> Change {
    Change::Put(Body::read(kind, body).unwrap_or_else(|error| panic!("{}: {error}", kind.code())))
}

fn text(en: &str) -> Text {
    Text { en: en.into(), km: String::new() }
}

/// The plan of the samples, and what coordinating it needs.
fn plan() -> State {
    let (mut state, words) = (sample::plan(), json!({ "en": "T", "km": "" }));
    let records = vec![
        put(
            Kind::Institution,
            json!({ "id": "MOI", "name": words, "kind": "ministry", "engagement": "not stated", "source": "" }),
        ),
        put(
            Kind::Committee,
            json!({ "id": "C1", "name": words, "level": "strategic", "state": "draft", "source": "" }),
        ),
        put(
            Kind::Committee,
            json!({ "id": "M1", "name": words, "level": "strategic", "state": "draft", "template": "M", "source": "" }),
        ),
        put(
            Kind::Meeting,
            json!({ "id": "MT", "body": "C1", "title": words, "date": "2026-11-01", "state": "planned",
                "agenda": { "en": "Shelters", "km": "" } }),
        ),
        put(Kind::Task, json!({ "id": "T1", "title": words, "owner": "MOI", "state": "open" })),
        put(
            Kind::Proposal,
            json!({ "id": "C1-P001", "body": "C1", "date": "2026-10-01", "title": words, "state": "open" }),
        ),
        put(Kind::Node, json!({ "id": "A1", "level": "action", "title": words, "source": "" })),
        put(Kind::Node, json!({ "id": "P1", "level": "pillar", "title": words, "source": "" })),
        put(Kind::Fund, json!({ "id": "STATE", "name": words, "kind": "national-budget" })),
        put(Kind::Element, json!({ "id": "E1", "order": 1, "title": words, "source": "" })),
        put(
            Kind::Version,
            json!({ "id": "V1", "title": words, "position": 1, "date": "2026-10-01", "state": "draft" }),
        ),
        put(Kind::Edition, serde_json::to_value(edition("1", EditionState::Prepared)).unwrap()),
        put(Kind::Edition, serde_json::to_value(edition("2", EditionState::Declined)).unwrap()),
        put(
            Kind::Rating,
            json!({ "id": "R1", "node": "A1", "date": "2026-10-01", "rating": Colour::ALL[0].code(), "reason": words,
                "answered": "2026-10-02" }),
        ),
    ];
    state.apply(state.position() + 1, &entry(records)).unwrap();
    state
}

fn edition(id: &str, state: EditionState) -> Edition {
    Edition {
        id: id.into(),
        position: 1,
        until: Period::year(2025),
        level: AreaLevel::Province,
        sections: Vec::new(),
        tables: Vec::new(),
        leave_out: Vec::new(),
        without_waiting: false,
        demonstration: false,
        note: Text::default(),
        state,
        prepared: TODAY,
        prepared_by: "somebody".into(),
        content: String::new(),
        decided: None,
        reason: Text::default(),
        bundle: None,
        memory: None,
    }
}

fn asked(command: &dyn Command, by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
    admit(command, by)?;
    command.decide(by, state)
}

/// The key of a refusal.
fn refusal(command: &dyn Command, by: &By, state: &State) -> String {
    match asked(command, by, state).expect_err("it is refused") {
        Refusal::Return(refused) => refused.say().key.to_string(),
        Refusal::Denied(denied) => format!("denied {}", denied.0.code()),
        Refusal::NotFound { kind, id } => format!("no {} {id}", kind.code()),
        Refusal::Bad(say) => say.key.to_string(),
    }
}

fn pledge(amount: &str, currency: &str) -> Pledge {
    let (node, fund, area) = ("A1".to_string(), "STATE".to_string(), String::new());
    Pledge { node, fund, area, year: 2027, amount: amount.into(), currency: currency.into(), note: "words".into() }
}

fn held(decisions: Vec<Decided>) -> HoldMeeting {
    HoldMeeting { id: "MT".into(), present: Vec::new(), decisions, minutes: "words".into(), lang: Lang::En }
}

fn theme(title: &str, seen: u64) -> Draft {
    let cells = [("id", "T1"), ("title", title), ("source", "3.1")];
    Draft::new(Kind::Theme, &cells.map(|(name, value)| (name.into(), value.into())).into(), seen)
}

fn submit(period: &str) -> SubmitReturn {
    SubmitReturn {
        assignment: UNIT.into(),
        period: period.parse().unwrap(),
        answers: Vec::new(),
        reason: "words".into(),
    }
}

/// Each command with words of its own, and whose permission it needs.
fn all(words: &str) -> Vec<(Box<dyn Command>, Option<Act>)> {
    let (reason, lang, id) = (words.to_string(), Lang::En, |id: &str| id.to_string());
    let decided = Decided { title: words.into(), owner: "MOI".into(), ..Decided::default() };
    let prepared = Edition { note: text(words), ..edition("3", EditionState::Prepared) };
    let version = Version {
        id: "V2".into(),
        title: text(words),
        position: 0,
        date: TODAY,
        state: VersionState::Draft,
        note: Text::default(),
        comments_until: None,
        consultation: None,
    };
    let taken = |words: String| TakeComment {
        id: id("PC-1"),
        version: id("V1"),
        node: None,
        group: String::new(),
        words,
        lang,
    };
    let back = Decision::SendBack { reason: reason.clone() };
    let period = Period::year(2026);
    vec![
        (Box::new(SubmitReturn { reason: reason.clone(), ..submit("2026Q3") }), Some(Act::File)),
        (Box::new(DecideReturn { id: id("R"), seen: 1, decision: back }), Some(Act::Verify)),
        (Box::new(LockPeriod { form: id("f"), period, to: Locked::Closed, reason: reason.clone() }), Some(Act::Lock)),
        (
            Box::new(OverrideStatus {
                indicator: id("COUNT"),
                period,
                value: 1.0,
                status: Status::OnTrack,
                reason: reason.clone(),
                lang,
            }),
            Some(Act::Override),
        ),
        (Box::new(WithdrawStatus { indicator: id("COUNT"), period, reason: reason.clone() }), Some(Act::Override)),
        (Box::new(Pledge { note: reason.clone(), ..pledge("5", "KHR") }), Some(Act::Pledge)),
        (
            Box::new(Rate {
                of: Rated::Node(id("A1")),
                rating: Colour::ALL[0],
                reason: reason.clone(),
                evidence: String::new(),
                lang,
            }),
            Some(Act::Rate),
        ),
        (Box::new(AnswerRating { id: id("R1"), answer: reason.clone(), lang }), Some(Act::AnswerRating)),
        (Box::new(held(vec![decided])), Some(Act::Coordinate)),
        (Box::new(Propose { body: id("C1"), title: reason.clone(), reason: String::new(), lang }), Some(Act::Propose)),
        (
            Box::new(CloseDuty {
                kind: Kind::Task,
                id: id("T1"),
                to: TaskState::Dropped,
                words: reason.clone(),
                evidence: String::new(),
                lang,
            }),
            None,
        ),
        (Box::new(SettleFinding { code: id("x"), words: reason.clone(), title: text("t"), lang }), None),
        (
            Box::new(Assess {
                element: id("E1"),
                readiness: Readiness::ALL[0],
                reason: reason.clone(),
                rests_on: Vec::new(),
                lang,
            }),
            Some(Act::Assess),
        ),
        (
            Box::new(MakeBaseline { figure: id("F"), indicator: id("COUNT"), reason: reason.clone() }),
            Some(Act::EditPlan),
        ),
        (
            Box::new(ChooseAction { node: id("A1"), adaptation: reason.clone(), target: String::new(), lang }),
            Some(Act::PlanLocally),
        ),
        (Box::new(NameVersion { version }), Some(Act::EditPlan)),
        (
            Box::new(MoveVersion { id: id("V1"), to: VersionState::Consultation, until: None, reason: reason.clone() }),
            Some(Act::EditPlan),
        ),
        (Box::new(taken(reason.clone())), Some(Act::EditPlan)),
        (Box::new(KeepEdition { edition: prepared }), Some(Act::PrepareEdition)),
        (Box::new(DeclineEdition { id: id("1"), reason: reason.clone(), lang }), Some(Act::ApproveEdition)),
        (Box::new(WriteRecord { draft: theme("T", 0), reason: reason.clone() }), Some(Act::EditPlan)),
        (Box::new(RetireRecord { kind: Kind::Theme, id: id("T1"), reason }), Some(Act::EditPlan)),
    ]
}

/// Those that take no words of a person.
fn wordless() -> Vec<(Box<dyn Command>, Act)> {
    let agenda = TakeAgenda { meeting: "MT".into(), en: vec!["Shelters".into()], km: Vec::new() };
    let assign = AssignFinding { code: "x".into(), owner: "MOI".into(), due: None, title: text("t") };
    let publish = PublishEdition { edition: edition("1", EditionState::Published), after: None };
    vec![
        (Box::new(UseModel { model: "M".into() }), Act::EditPlan),
        (Box::new(agenda), Act::Coordinate),
        (Box::new(assign), Act::Coordinate),
        (Box::new(publish), Act::ApproveEdition),
        (Box::new(WriteLocally { draft: theme("T", 0) }), Act::CostLocally),
    ]
}

#[test]
fn no_command_forgets_its_permission_its_reason_or_its_screening() {
    let state = plan();
    let needs = all("words").into_iter().chain(wordless().into_iter().map(|(command, act)| (command, Some(act))));
    for (command, act) in needs {
        for role in Role::ALL {
            let post = by(*role, Some("MOI"), None);
            let Some(act) = act else { continue };
            let may = post.post.may(act).is_ok();
            let admitted = admit(&*command, &post);
            assert_eq!(admitted.is_ok(), may, "{} {}", act.code(), role.code());
            let denied = Err(Refusal::Denied(crate::permission::Denied(act)));
            assert!(may || admitted == denied, "{} {}", act.code(), role.code());
            let late = admit(&*command, &By { proof: LastProof::LongAgo, ..post });
            assert_eq!(late == denied, !may || act.is_dangerous(), "{} {}", act.code(), role.code());
        }
    }
    for (command, act) in all(PERSON) {
        let named = act.map_or("", Act::code);
        let roles = Role::ALL.iter().map(|role| by(*role, Some("MOI"), None));
        let who = roles.into_iter().find(|by| act.is_none_or(|act| by.post.may(act).is_ok())).unwrap();
        assert_eq!(refusal(&*command, &who, &state), "refused-personal", "{named}");
    }
    let without: Vec<String> = all(" ")
        .into_iter()
        .filter_map(|(command, act)| {
            let mut roles = Role::ALL.iter().map(|role| by(*role, Some("MOI"), None));
            let who = roles.find(|by| act.is_none_or(|act| by.post.may(act).is_ok())).unwrap();
            (asked(&*command, &who, &state) == Err(Refused::ReasonNeeded.into()))
                .then(|| act.map_or("own", Act::code).into())
        })
        .collect();
    let due = [
        "verify-return",
        "lock-period",
        "override-status",
        "override-status",
        "rate",
        "answer-rating",
        "propose",
        "own",
        "own",
        "assess-readiness",
        "edit-plan",
        "edit-plan",
        "approve-edition",
        "edit-plan",
        "edit-plan",
    ];
    assert_eq!(without, due, "a reason is due where it is");
}

#[test]
fn returns_are_refused_with_the_rule() {
    let state = plan();
    let (mine, other) = (by(Role::Reporter, None, Some("KH-01")), by(Role::Reporter, None, Some("KH-02")));
    let unknown = SubmitReturn { assignment: "f.KH-99".into(), ..submit("2026Q3") };
    for (command, by, key) in [
        (submit("2026Q3"), &other, "denied file-return"),
        (unknown, &mine, "refused-unknown-assignment"),
        (submit("2026"), &mine, "refused-wrong-period"),
        (submit("2026Q4"), &mine, "refused-too-early"),
        (submit("2023Q4"), &mine, "refused-not-owed"),
    ] {
        assert_eq!(refusal(&command, by, &state), key);
    }
    let decide = |id: &str| DecideReturn { id: id.into(), seen: 1, decision: Decision::Pass };
    assert_eq!(refusal(&decide("f.KH-01.2026Q3"), &secretariat(), &state), "no returns f.KH-01.2026Q3");
    let lock = |form: &str, to| LockPeriod {
        form: form.into(),
        period: "2026Q3".parse().unwrap(),
        to,
        reason: "books are closed".into(),
    };
    assert_eq!(refusal(&lock("g", Locked::Closed), &secretariat(), &state), "no forms g");
    assert_eq!(asked(&lock("f", Locked::Open), &secretariat(), &state), Ok(Vec::new()), "nothing is locked");
    assert_eq!(asked(&lock("f", Locked::Closed), &secretariat(), &state).unwrap().len(), 1);
    let closed = state_after(&state, asked(&lock("f", Locked::Closed), &secretariat(), &state).unwrap());
    assert_eq!(refusal(&submit("2026Q3"), &mine, &closed), "refused-closed");
}

fn state_after(state: &State, changes: Vec<Change>) -> State {
    let mut after = state.clone();
    after.apply(state.position() + 1, &entry(changes)).unwrap();
    after
}

#[test]
fn a_pledge_is_refused_with_what_is_wrong_in_it() {
    let (state, mowa) = (plan(), secretariat());
    let partner = by(Role::Partner, Some("MOI"), None);
    for (command, by, key) in [
        (pledge("0", "KHR"), &mowa, "refused-amount"),
        (pledge("x", "KHR"), &mowa, "refused-amount"),
        (pledge("5", "EUR"), &mowa, "refused-bad-choice"),
        (Pledge { year: 1990, ..pledge("5", "KHR") }, &mowa, "refused-bad-choice"),
        (Pledge { node: "A9".into(), ..pledge("5", "KHR") }, &mowa, "no nodes A9"),
        (Pledge { area: "KH-9".into(), ..pledge("5", "KHR") }, &mowa, "no areas KH-9"),
        (pledge("5", "USD"), &mowa, "refused-no-rate"),
        (pledge("5", "KHR"), &partner, "no funds STATE"),
    ] {
        assert_eq!(refusal(&command, by, &state), key);
    }
    let own = asked(&Pledge { fund: String::new(), ..pledge("5", "KHR") }, &partner, &state).unwrap();
    assert_eq!(own.len(), 2, "its own source is made with it");
    assert_eq!(asked(&pledge("5", "KHR"), &mowa, &state).unwrap().len(), 1);
}

#[test]
fn meetings_and_duties_are_refused_with_the_rule() {
    let (state, mowa) = (plan(), secretariat());
    let decided = |owner: &str, due: &str| {
        let (title, owner, due) = ("Shelters".into(), owner.into(), due.into());
        held(vec![Decided { title, owner, due, ..Decided::default() }])
    };
    for (command, key) in [
        (HoldMeeting { id: "M9".into(), ..held(Vec::new()) }, "no meetings M9"),
        (decided("", ""), "refused-decision-without-owner"),
        (decided("MOX", ""), "no institutions MOX"),
        (decided("MOI", "soon"), "refused-bad-date"),
        (
            HoldMeeting { present: vec![Attended { institution: "MOX".into(), women: 1, men: 0 }], ..held(Vec::new()) },
            "no institutions MOX",
        ),
    ] {
        assert_eq!(refusal(&command, &mowa, &state), key);
    }
    assert_eq!(asked(&decided("MOI", "2027-01-01"), &mowa, &state).unwrap().len(), 2);
    let agenda = |line: &str| TakeAgenda { meeting: "MT".into(), en: vec![line.into()], km: Vec::new() };
    assert_eq!(refusal(&agenda("Shelters"), &mowa, &state), "refused-agenda-has-all");
    assert_eq!(asked(&agenda("Markets"), &mowa, &state).unwrap().len(), 1);
    let close = |kind, id: &str, to| {
        let (words, evidence) = ("it is done".into(), String::new());
        CloseDuty { kind, id: id.into(), to, words, evidence, lang: Lang::En }
    };
    let (owner, other) = (by(Role::Reporter, Some("MOI"), None), by(Role::Reporter, Some("MOH"), None));
    for (command, who, key) in [
        (close(Kind::Task, "T9", TaskState::Done), &owner, "no tasks T9"),
        (close(Kind::Theme, "T1", TaskState::Done), &owner, "no themes T1"),
        (close(Kind::Task, "T1", TaskState::Dropped), &owner, "denied coordinate"),
        (close(Kind::Task, "T1", TaskState::Done), &other, "denied coordinate"),
        (close(Kind::Proposal, "C1-P001", TaskState::Done), &owner, "denied coordinate"),
    ] {
        assert_eq!(refusal(&command, who, &state), key);
    }
    assert_eq!(asked(&close(Kind::Task, "T1", TaskState::Done), &owner, &state).unwrap().len(), 1);
    let assign = AssignFinding { code: "gone:X".into(), owner: "MOI".into(), due: None, title: text("t") };
    assert_eq!(refusal(&assign, &mowa, &state), "refused-finding-gone");
    let settle = SettleFinding { code: "gone:X".into(), words: "settled".into(), title: text("t"), lang: Lang::En };
    assert_eq!(refusal(&settle, &owner, &state), "denied coordinate");
    assert_eq!(refusal(&settle, &mowa, &state), "refused-finding-gone");
}

#[test]
fn a_finding_is_assigned_and_settled_in_one_task() {
    let (state, mowa) = (plan(), secretariat());
    let code = crate::quality::findings(&state, TODAY).first().expect("the sample has one").code();
    let assign = AssignFinding { code: code.clone(), owner: "MOI".into(), due: Some(TODAY), title: text("t") };
    let state = state_after(&state, asked(&assign, &mowa, &state).unwrap());
    let owner = by(Role::Reporter, Some("MOI"), None);
    let settle = SettleFinding { code: code.clone(), words: "settled".into(), title: text("t"), lang: Lang::En };
    let after = state_after(&state, asked(&settle, &owner, &state).unwrap());
    let tasks: Vec<_> = after.all::<Task>().filter(|task| task.finding == code).collect();
    assert!(tasks.len() == 1 && tasks[0].state == TaskState::Done, "{tasks:?}");
}

#[test]
fn the_rest_is_refused_with_the_rule() {
    let (state, mowa) = (plan(), secretariat());
    let (cso, lang) = (by(Role::CivilSociety, Some("MOI"), None), Lang::En);
    let reason = || "words".to_string();
    let year = Period::year(2026);
    let status = |indicator: &str, status| OverrideStatus {
        indicator: indicator.into(),
        period: year,
        value: 1.0,
        status,
        reason: reason(),
        lang,
    };
    assert_eq!(refusal(&status("COUNT", Status::NoTarget), &mowa, &state), "refused-bad-status");
    assert_eq!(refusal(&status("X", Status::OnTrack), &mowa, &state), "no indicators X");
    let withdraw = WithdrawStatus { indicator: "COUNT".into(), period: year, reason: reason() };
    assert_eq!(refusal(&withdraw, &mowa, &state), "no overrides COUNT.2026");
    let rate = |of| Rate { of, rating: Colour::ALL[0], reason: reason(), evidence: String::new(), lang };
    assert_eq!(refusal(&rate(Rated::Node("A9".into())), &cso, &state), "no nodes A9");
    assert_eq!(refusal(&rate(Rated::Indicator("A1".into())), &cso, &state), "no indicators A1");
    let answer = |id: &str| AnswerRating { id: id.into(), answer: reason(), lang };
    assert_eq!(refusal(&answer("R9"), &mowa, &state), "no ratings R9");
    assert_eq!(refusal(&UseModel { model: "N".into() }, &mowa, &state), "no models N");
    let taken = state_after(&state, asked(&UseModel { model: "M".into() }, &mowa, &state).unwrap());
    assert_eq!(refusal(&UseModel { model: "M".into() }, &mowa, &taken), "refused-model-taken");
    let propose = Propose { body: "C9".into(), title: reason(), reason: String::new(), lang };
    assert_eq!(refusal(&propose, &mowa, &state), "no bodies C9");
    let assess = |element: &str, rests_on: &[&str]| Assess {
        element: element.into(),
        readiness: Readiness::ALL[0],
        reason: reason(),
        rests_on: rests_on.iter().map(|id| id.to_string()).collect(),
        lang,
    };
    assert_eq!(refusal(&assess("E9", &[]), &mowa, &state), "no elements E9");
    assert_eq!(refusal(&assess("E1", &["F9"]), &mowa, &state), "no evidence F9");
    let baseline = MakeBaseline { figure: "F9".into(), indicator: "COUNT".into(), reason: reason() };
    assert_eq!(refusal(&baseline, &mowa, &state), "no evidence F9");
    let choose = |node: &str| ChooseAction { node: node.into(), adaptation: reason(), target: String::new(), lang };
    assert_eq!(refusal(&choose("A1"), &by(Role::Reporter, Some("MOI"), None), &state), "denied plan-locally");
    let place = by(Role::Reporter, None, Some("KH-01"));
    assert_eq!(refusal(&choose("P1"), &place, &state), "no nodes P1", "a pillar is no action");
    assert_eq!(asked(&choose("A1"), &place, &state).unwrap().len(), 1);
}

#[test]
fn versions_editions_and_records_are_refused_with_the_rule() {
    let (state, mowa) = (plan(), secretariat());
    let committee = by(Role::Committee, None, None);
    let version = |id: &str, title: &str| NameVersion {
        version: Version { id: id.into(), title: text(title), ..Version::clone(state.find::<Version>("V1").unwrap()) },
    };
    for (command, key) in [
        (version("", "T"), "refused-version-unnamed"),
        (version("V2", ""), "refused-version-unnamed"),
        (version("V1", "T"), "refused-id-taken"),
    ] {
        assert_eq!(refusal(&command, &mowa, &state), key);
    }
    let go = |id: &str, to| MoveVersion { id: id.into(), to, until: None, reason: "words".into() };
    assert_eq!(refusal(&go("V9", VersionState::Consultation), &mowa, &state), "no versions V9");
    assert_eq!(refusal(&go("V1", VersionState::Draft), &mowa, &state), "refused-version-state");
    assert_eq!(asked(&go("V1", VersionState::Consultation), &mowa, &state).unwrap().len(), 2, "with its consultation");
    let keep = |id: &str| KeepEdition { edition: edition(id, EditionState::Prepared) };
    assert_eq!(refusal(&keep("1"), &mowa, &state), "refused-id-taken");
    let publish = |id: &str, after| PublishEdition { edition: edition(id, EditionState::Published), after };
    let same = By { account: "somebody".into(), ..committee.clone() };
    for (command, who, key) in [
        (publish("1", Some(1)), &committee, "refused-edition-stale"),
        (publish("2", None), &committee, "refused-edition-decided"),
        (publish("9", None), &committee, "no editions 9"),
        (publish("1", None), &same, "refused-edition-same-person"),
    ] {
        assert_eq!(refusal(&command, who, &state), key);
    }
    assert_eq!(asked(&publish("1", None), &committee, &state).unwrap().len(), 1);
    let decline = |id: &str| DeclineEdition { id: id.into(), reason: "words".into(), lang: Lang::En };
    assert_eq!(refusal(&decline("2"), &committee, &state), "refused-edition-decided");
    let write = |title: &str, seen| WriteRecord { draft: theme(title, seen), reason: "words".into() };
    assert_eq!(refusal(&write("T", 7), &mowa, &state), "refused-record-changed");
    assert_eq!(asked(&write("T", 0), &mowa, &state).unwrap().len(), 1);
    let retire = |kind, id: &str| RetireRecord { kind, id: id.into(), reason: "words".into() };
    for (command, key) in [
        (retire(Kind::Theme, "T9"), "no themes T9"),
        (retire(Kind::Task, "T1"), "refused-only-closed"),
        (retire(Kind::Return, "R"), "refused-kind-not-edited"),
        (retire(Kind::Fund, "STATE"), "retired"),
        (retire(Kind::Committee, "C1"), "refused-still-referred"),
    ] {
        match asked(&command, &mowa, &state) {
            Ok(changes) => assert_eq!((changes.len(), key), (1, "retired")),
            Err(_) => assert_eq!(refusal(&command, &mowa, &state), key),
        }
    }
}
