//! Search over everything a plan holds, in both languages. Refuses to decide who may read what: whoever asks filters.

use bm25::{Document, SearchEngine, SearchEngineBuilder};
use romduol_plan::kinds::{Body, Id};
use romduol_plan::{Kind, State, column, sight};

use crate::words::Words;

/// An index of all records. Built from a state when first asked.
pub struct Index {
    engine: SearchEngine<u32, u32, Words>,
    records: Vec<(Kind, Id)>,
    /// The texts in lower case, for words that stand inside a longer word of the dictionary.
    texts: Vec<String>,
}

/// A record that was found; the higher the score, the nearer.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    pub record: (Kind, Id),
    pub score: f32,
}

impl Index {
    pub fn of(state: &State) -> Index {
        let mut records = Vec::new();
        let mut texts = Vec::new();
        for kind in searched() {
            for id in state.ids(kind) {
                let Some(body) = state.body(kind, id) else { continue };
                // Whoever searches for an event finds nothing that was said there without naming it.
                texts.push(text(&sight::without_event(body)).to_lowercase());
                records.push((kind, id.to_string()));
            }
        }
        let documents = texts.iter().enumerate().map(|(n, text)| Document::new(n as u32, text.clone()));
        let documents: Vec<Document<u32>> = documents.collect();
        Index { engine: SearchEngineBuilder::with_tokenizer_and_documents(Words, documents).build(), records, texts }
    }

    /// The records that hold the words of the question, nearest first. An id in full comes before everything.
    pub fn find(&self, asked: &str, most: usize) -> Vec<Hit> {
        let exact = self.records.iter().filter(|(_, id)| id.eq_ignore_ascii_case(asked.trim()));
        let mut hits: Vec<Hit> = exact.map(|record| Hit { record: record.clone(), score: f32::MAX }).collect();
        for found in self.engine.search(asked, most) {
            let record = &self.records[found.document.id as usize];
            if hits.iter().all(|hit| hit.record != *record) {
                hits.push(Hit { record: record.clone(), score: found.score });
            }
        }
        // Khmer compounds are one word of the dictionary, and people ask for their parts.
        let parts: Vec<String> = asked.to_lowercase().split_whitespace().map(String::from).collect();
        let holds = |text: &String| !parts.is_empty() && parts.iter().all(|part| text.contains(part));
        for (record, _) in self.records.iter().zip(&self.texts).filter(|(_, text)| holds(text)) {
            if hits.len() >= most {
                break;
            }
            if hits.iter().all(|hit| hit.record != *record) {
                hits.push(Hit { record: record.clone(), score: 0.0 });
            }
        }
        hits.truncate(most);
        hits
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
