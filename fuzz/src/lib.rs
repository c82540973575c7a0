//! What all fuzz targets ask of an answer, and how bytes are damaged. Refuses to know any parser.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use romduol_locale::Locale;
use romduol_plan::package::{Package, Sheet};
use romduol_plan::totals::Totals;
use romduol_plan::{Actor, Change, Entry, Kind, Lang, Say, State};

/// What our own words may take, with lists of codes and columns.
const OURS: usize = 4_000;

/// A refusal is a sentence in both languages, and does not give back more than `input`, which it refuses.
pub fn told(say: &Say, input: &str) {
    for lang in Lang::ALL {
        let text = Locale::of(lang).tell(say);
        assert!(!text.trim().is_empty() && text != say.key, "{} says nothing in {}", say.key, lang.code());
        assert!(text.len() <= OURS + 2 * input.len(), "{} says {} bytes in {}", say.key, text.len(), lang.code());
    }
}

/// Good bytes, damaged as the input says: each five bytes are a place and what to do there.
pub fn damaged(good: &[u8], input: &[u8]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for edit in input.chunks_exact(5) {
        let place = usize::from(edit[0]) << 16 | usize::from(edit[1]) << 8 | usize::from(edit[2]);
        let at = place % (bytes.len() + 1);
        let (what, value) = (edit[3], edit[4]);
        let end = (at + usize::from(value)).min(bytes.len());
        match what {
            0 => bytes.truncate(at),
            1..=15 => drop(bytes.drain(at..end)),
            16..=31 => bytes.insert(at, value),
            32..=63 => {
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            64..=159 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = value),
            _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= value),
        }
    }
    bytes
}

/// A table as text: the header and the rows, as the program's own reader splits them.
pub fn sheet(text: &str) -> Option<Sheet> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().ok()?.iter().map(|name| name.trim().to_string()).collect();
    let row = |record: csv::Result<csv::StringRecord>| Some(record.ok()?.iter().map(String::from).collect());
    Some(Sheet::of_texts(header, reader.records().map(row).collect::<Option<_>>()?))
}

pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The first plan, for parsers of questions about a plan.
pub fn plan() -> &'static (State, Totals) {
    static PLAN: OnceLock<(State, Totals)> = OnceLock::new();
    PLAN.get_or_init(|| {
        let of = |kind: Kind| repository().join("plans/cambodia-wps").join(format!("{}.csv", kind.code()));
        let read = |kind: Kind| Some((kind, sheet(&std::fs::read_to_string(of(kind)).ok()?)?));
        let sheets: BTreeMap<Kind, Sheet> = Kind::of_package().filter_map(read).collect();
        let records = Package::read(&sheets).records;
        let mut state = State::default();
        let package = entry(records.into_iter().map(|(_, body)| Change::Put(body)).collect());
        state.apply(1, &package).expect("the plan of the repository is whole");
        let totals = Totals::build(&state, false);
        (state, totals)
    })
}

pub fn entry(changes: Vec<Change>) -> Entry {
    let actor = Actor { account: "a1".into(), post: "secretariat".into() };
    Entry { at: "2026-11-24T00:00:00Z".into(), actor, why: "test".into(), changes }
}
