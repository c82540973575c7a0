//! Costed actions for registers of aid: IATI 2.03 activities with budgets, transactions, the gender equality marker and
//! results. Refuses to name what nobody registered: identifiers are the plan's own.

use romduol_exchange::xml::Element;
use romduol_plan::kinds::{FundKind, Id, Ladder, Node};
use romduol_plan::{Lang, Text};

use super::iati_results::result;
use super::tables::LICENCE;
use crate::content::{Content, CostedAction, Payment};

pub const ACTIVITIES: &str = "iati-activities.xml";

/// Codes of IATI's lists of organisation roles and types.
const FUNDING: &str = "1";
const ACCOUNTABLE: &str = "2";
const IMPLEMENTING: &str = "4";
const GOVERNMENT: &str = "10";

/// The lists in which sectors and references stand: the plan's own.
pub const OWN: &str = "99";

pub fn text(content: &Content) -> String {
    let activities = content.body.costed.iter().filter_map(|action| activity(content, action));
    Element::new("iati-activities").with("version", "2.03").all(activities).document()
}

/// Words in each language, as IATI wants them in every text.
pub fn narratives(element: &'static str, text: &Text, otherwise: &str) -> Element {
    let told = Lang::ALL.into_iter().filter(|lang| !text.lacks(*lang));
    let told = told.map(|lang| Element::new("narrative").with("xml:lang", lang.code()).text(text.get(lang)));
    let element = Element::new(element).all(told);
    if element.is_empty() { element.child(Element::new("narrative").text(otherwise)) } else { element }
}

fn said(key: &str) -> Text {
    let of = |lang| romduol_locale::Locale::of(lang).t(key);
    Text { en: of(Lang::En), km: of(Lang::Km) }
}

/// `KH-MOWA`: a country and an institution of the plan. Whoever registers puts the registered identifier here.
fn organisation(content: &Content, id: &str) -> String {
    format!("{}-{id}", content.body.country())
}

fn activity(content: &Content, action: &CostedAction) -> Option<Element> {
    let body = &content.body;
    let node = body.nodes.iter().find(|node| node.id == action.node)?;
    let secretariat = &body.plan.secretariat;
    let reporter = organisation(content, secretariat);
    let name = content.name(secretariat);
    let ((first, _), (last, _)) = (action.need.first()?, action.need.last()?);
    let begun = !action.payments.is_empty();
    let reporting = narratives("reporting-org", &name, secretariat);
    let results = body.indicators.iter().filter(|measured| measured.indicator.nodes.contains(&node.id));
    let activity = Element::new("iati-activity")
        .with("xml:lang", "en")
        .with("default-currency", action.currency.code())
        .with("last-updated-datetime", format!("{}T00:00:00Z", content.date))
        .child(Element::new("iati-identifier").text(format!("{reporter}-{}-{}", body.plan.id, node.id)))
        .child(reporting.with("ref", &reporter).with("type", GOVERNMENT))
        .child(narratives("title", &node.title, &node.id))
        .all(descriptions(node, action.illustrative || body.demonstration))
        .all(participants(content, action))
        .child(Element::new("activity-status").with("code", if begun { "2" } else { "1" }))
        .child(date("1", &format!("{first}-01-01")))
        .child(date("3", &format!("{last}-12-31")))
        .child(Element::new("recipient-country").with("code", body.country()))
        .all(sector(content, node))
        .all(action.dac.map(|dac| {
            let marker = Element::new("policy-marker").with("vocabulary", "1").with("code", "1");
            marker.with("significance", dac.code())
        }));
    let activity = activity.all(action.need.iter().map(|(year, need)| {
        let value = need.shown(0);
        Element::new("budget")
            .with("type", "1")
            .with("status", "1")
            .child(Element::new("period-start").with("iso-date", format!("{year}-01-01")))
            .child(Element::new("period-end").with("iso-date", format!("{year}-12-31")))
            .child(money(action, &value, &format!("{year}-01-01")))
    }));
    let activity = activity.all(action.payments.iter().map(|payment| transaction(content, action, payment)));
    Some(activity.all(results.map(|measured| result(content, measured))))
}

fn descriptions(node: &Node, made_up: bool) -> Vec<Element> {
    let summary = if node.summary.is_empty() { &node.title } else { &node.summary };
    let mut all = vec![narratives("description", summary, &node.id).with("type", "1")];
    if made_up {
        all.push(narratives("description", &said("open-illustrative"), "").with("type", "4"));
    }
    all.push(narratives("description", &said("edition-licence"), LICENCE.0).with("type", "4"));
    all
}

fn participants(content: &Content, action: &CostedAction) -> Vec<Element> {
    let of = |id: &Id, role: &str| {
        let body = narratives("participating-org", &content.name(id), id);
        body.with("ref", organisation(content, id)).with("role", role)
    };
    let mut all = vec![of(&content.body.plan.secretariat, ACCOUNTABLE)];
    let mut funds: Vec<&Id> = Vec::new();
    for payment in &action.payments {
        if !funds.contains(&&payment.fund) {
            funds.push(&payment.fund);
            let body = narratives("participating-org", &payment.name, &payment.fund).with("role", FUNDING);
            all.push(kind(payment.kind).into_iter().fold(body, |body, code| body.with("type", code)));
        }
    }
    all.extend(action.payers.iter().map(|id| of(id, IMPLEMENTING)));
    all
}

/// The type of an organisation, where the kind of its money tells it.
fn kind(fund: FundKind) -> Option<&'static str> {
    match fund {
        FundKind::National => Some(GOVERNMENT),
        FundKind::SubNational => Some("11"),
        FundKind::CivilSociety => Some("22"),
        FundKind::Private => Some("70"),
        FundKind::Partner | FundKind::Pool => None,
    }
}

fn date(kind: &str, day: &str) -> Element {
    Element::new("activity-date").with("type", kind).with("iso-date", day)
}

/// The part of the framework that it stands in, by the first parent up to the top.
fn sector(content: &Content, node: &Node) -> Option<Element> {
    let mut top = node;
    // A framework has a handful of levels; a circle ends here.
    for _ in 0..8 {
        let above = top.parents.first().and_then(|id| content.body.nodes.iter().find(|known| known.id == *id));
        match above {
            Some(above) => top = above,
            None => break,
        }
    }
    let sector = narratives("sector", &top.title, &top.id).with("vocabulary", OWN);
    Some(sector.with("code", &top.id).with("percentage", "100"))
}

fn money(action: &CostedAction, value: &str, day: &str) -> Element {
    Element::new("value").with("currency", action.currency.code()).with("value-date", day).text(value)
}

/// A commitment, a disbursement or an expenditure: where the amount is now.
fn transaction(content: &Content, action: &CostedAction, payment: &Payment) -> Element {
    let code = match payment.state {
        Ladder::Released => "3",
        Ladder::Spent => "4",
        Ladder::Committed | Ladder::Planned | Ladder::Pledged => "2",
    };
    let day = payment.date.to_string();
    let provider = narratives("provider-org", &payment.name, &payment.fund);
    let receiver = action
        .payers
        .first()
        .map(|id| narratives("receiver-org", &content.name(id), id).with("ref", organisation(content, id)));
    Element::new("transaction")
        .child(Element::new("transaction-type").with("code", code))
        .child(Element::new("transaction-date").with("iso-date", &day))
        .child(money(action, &payment.amount.shown(0), &day))
        .child(provider)
        .all(receiver)
}
