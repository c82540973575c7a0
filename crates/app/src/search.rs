//! Search over everything a plan holds, in both languages. Refuses to decide who may read what: whoever asks filters.

use std::collections::BTreeMap;

use bm25::{Document, SearchEngine, SearchEngineBuilder};
use romduol_plan::kinds::{Body, Id};
use romduol_plan::{Kind, State, column, sight};

use crate::spelling::fold;
use crate::words::Words;

/// An index of all records. Built from a state when first asked.
pub struct Index {
    engine: SearchEngine<u32, u32, Words>,
    records: Vec<(Kind, Id)>,
    /// The texts as they are compared, for words that stand inside a longer word of the dictionary.
    texts: Vec<String>,
}

/// A record that was found; the higher the score, the nearer.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    pub record: (Kind, Id),
    pub score: f32,
}

/// Whether they find the same: the engine follows from the texts.
impl PartialEq for Index {
    fn eq(&self, other: &Index) -> bool {
        (&self.records, &self.texts) == (&other.records, &other.texts)
    }
}

impl Index {
    pub fn of(state: &State) -> Index {
        let mut records = Vec::new();
        let mut texts = Vec::new();
        for kind in searched() {
            for id in state.ids(kind) {
                let Some(body) = state.body(kind, id) else { continue };
                // Whoever searches for an event finds nothing that was said there without naming it, and nobody finds out a
                // number by asking for one after the other.
                texts.push(fold(&text(&sight::without_counts(sight::without_event(body)))));
                records.push((kind, id.to_string()));
            }
        }
        let documents = texts.iter().enumerate().map(|(n, text)| Document::new(n as u32, text.clone()));
        let documents: Vec<Document<u32>> = documents.collect();
        Index { engine: SearchEngineBuilder::with_tokenizer_and_documents(Words, documents).build(), records, texts }
    }

    /// All records that hold the words of the question, nearest first. An id in full comes before everything; those that are
    /// as near as each other stand in the order of their kinds and ids, the same after every start.
    pub fn find(&self, asked: &str) -> Vec<Hit> {
        let folded = fold(asked.trim());
        let parts: Vec<&str> = folded.split_whitespace().collect();
        if parts.is_empty() {
            return Vec::new();
        }
        let mut scores: BTreeMap<u32, f32> = BTreeMap::new();
        for (n, (_, id)) in (0..).zip(&self.records) {
            // Khmer compounds are one word of the dictionary, and people ask for their parts.
            if parts.iter().all(|part| self.texts[n as usize].contains(part)) {
                scores.insert(n, 0.0);
            }
            if fold(id) == folded {
                scores.insert(n, f32::MAX);
            }
        }
        for found in self.engine.search(&also_meant(&folded), self.records.len()) {
            let score = scores.entry(found.document.id).or_default();
            *score = score.max(found.score);
        }
        let hit = |(n, score): (u32, f32)| Hit { record: self.records[n as usize].clone(), score };
        let mut hits: Vec<Hit> = scores.into_iter().map(hit).collect();
        // The sort is stable, so the order of the records decides.
        hits.sort_by(|a, b| b.score.total_cmp(&a.score));
        hits
    }
}

/// What was asked, and what was probably meant: ស្តី is the word for women, asked for without its last letter. Where it
/// stands before these it is a part of *about*; in what is searched it is left as it is, for places are called so.
fn also_meant(folded: &str) -> String {
    const SHORT: &str = "ស្តី";
    let is_about = |rest: &str| ["ពី", "អំពី"].iter().any(|about| rest.trim_start().starts_with(about));
    match folded.match_indices(SHORT).any(|(at, _)| !is_about(&folded[at + SHORT.len()..])) {
        true => format!("{folded} ស្ត្រី"),
        false => folded.to_string(),
    }
}

/// Places have a search of their own nowhere; 1,900 of them would bury everything else, but a name is asked for.
fn searched() -> impl Iterator<Item = Kind> {
    let left_out = |kind: &Kind| matches!(kind, Kind::Alignment | Kind::Assignment | Kind::Category);
    Kind::of_package().filter(move |kind| !left_out(kind))
}

/// Every text of a record; its name counts twice.
fn text(body: &Body) -> String {
    let columns = column::columns(body.kind());
    let cells = column::write_row(&columns, body);
    let texts = columns.iter().zip(&cells).filter(|(column, _)| {
        column.refers.is_none() && matches!(column.cell, column::CellType::Text | column::CellType::List(None))
    });
    let title = body.title();
    let mut text = format!("{} {} ", title.en, title.km);
    for (_, cell) in texts {
        text.push_str(cell);
        text.push(' ');
    }
    text
}
