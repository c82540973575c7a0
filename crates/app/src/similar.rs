//! Actions that resemble each other, or a measure or policy that is there already, so that double work is seen before
//! it is funded. A likeness of words is a question to a person, never an answer.

use std::collections::{BTreeMap, BTreeSet};

use bm25::{Document, SearchEngine, SearchEngineBuilder};
use romduol_plan::kinds::{Gap, GapKind, Id, Node, NodeLevel, Policy};
use romduol_plan::{Kind, State};

use crate::words::{Words, words};

/// Two records and how much of the one is found in the other: 1 is the action itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    pub likeness: f64,
    pub first: (Kind, Id),
    pub second: (Kind, Id),
    /// The words they share, the rarest first.
    pub shared: Vec<String>,
}

/// Below this, shared words are chance. Chosen by reading the pairs of the reference plan.
const LEAST: f64 = 0.22;

/// The likest pairs, the likest first.
pub fn pairs(state: &State) -> Vec<Pair> {
    let texts = texts(state);
    let frequency = frequency(&texts);
    // What a quarter of them say is what the plan is about, and likens nothing to anything.
    let rare = |text: &str| -> Vec<String> {
        words(text).into_iter().filter(|word| frequency.get(word).is_none_or(|n| n * 4 < texts.len())).collect()
    };
    let said: Vec<Vec<String>> = texts.iter().map(|(_, text)| rare(text)).collect();
    let documents = said.iter().enumerate().map(|(n, words)| Document::new(n as u32, words.join(" ")));
    let engine: SearchEngine<u32, u32, Words> =
        SearchEngineBuilder::with_tokenizer_and_documents(Words, documents.collect::<Vec<_>>()).build();
    let mut best: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for (n, ((kind, _), _)) in texts.iter().enumerate().filter(|(_, ((kind, _), _))| *kind == Kind::Node) {
        let hits = engine.search(&said[n].join(" "), 12);
        let Some(own) = hits.iter().find(|hit| hit.document.id as usize == n).map(|hit| f64::from(hit.score)) else {
            continue;
        };
        for hit in hits.iter().filter(|hit| hit.document.id as usize != n) {
            let other = hit.document.id as usize;
            // Between two actions the likeness of either direction counts.
            let key = if texts[other].0.0 == *kind { (n.min(other), n.max(other)) } else { (n, other) };
            let likeness = f64::from(hit.score) / own;
            let entry = best.entry(key).or_insert(0.0);
            *entry = entry.max(likeness);
        }
    }
    let mut pairs: Vec<Pair> = best
        .into_iter()
        .filter(|(_, likeness)| *likeness >= LEAST)
        .map(|((a, b), likeness)| Pair {
            likeness,
            first: texts[a].0.clone(),
            second: texts[b].0.clone(),
            shared: shared(&said[a], &said[b], &frequency),
        })
        .collect();
    pairs.sort_by(|a, b| {
        b.likeness.total_cmp(&a.likeness).then_with(|| (&a.first, &a.second).cmp(&(&b.first, &b.second)))
    });
    pairs
}

/// Actions of the plan, and what others do already.
fn texts(state: &State) -> Vec<((Kind, Id), String)> {
    let both = |a: &romduol_plan::Text, b: &romduol_plan::Text| format!("{} {} {} {}", a.en, a.km, b.en, b.km);
    let actions = state.all::<Node>().filter(|node| matches!(node.level, NodeLevel::Action | NodeLevel::Activity));
    let actions = actions.map(|node| ((Kind::Node, node.id.clone()), both(&node.title, &node.summary)));
    let measures = state.all::<Gap>().filter(|gap| gap.kind == GapKind::Measure);
    let measures = measures.map(|gap| ((Kind::Gap, gap.id.clone()), both(&gap.summary, &Default::default())));
    let policies = state.all::<Policy>();
    let policies = policies.map(|policy| ((Kind::Policy, policy.id.clone()), both(&policy.name, &Default::default())));
    actions.chain(measures).chain(policies).collect()
}

fn frequency(texts: &[((Kind, Id), String)]) -> BTreeMap<String, usize> {
    let mut frequency = BTreeMap::new();
    for (_, text) in texts {
        for word in words(text).into_iter().collect::<BTreeSet<_>>() {
            *frequency.entry(word).or_insert(0) += 1;
        }
    }
    frequency
}

fn shared(a: &[String], b: &[String], frequency: &BTreeMap<String, usize>) -> Vec<String> {
    let a: BTreeSet<&String> = a.iter().collect();
    let b: BTreeSet<&String> = b.iter().collect();
    let mut shared: Vec<String> = a.intersection(&b).map(|word| (*word).clone()).collect();
    shared.sort_by_key(|word| frequency.get(word).copied().unwrap_or(0));
    shared.truncate(6);
    shared
}
