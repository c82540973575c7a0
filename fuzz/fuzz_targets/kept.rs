//! A kept state, damaged: it is read or not, but nothing is made room for that is not there. What opens the answers of a
//! return trusts them; the program compares the file's sum first.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use romduol_fuzz::{damaged, repository};
use romduol_plan::totals::Totals;
use romduol_plan::{Entry, State};

fn kept() -> &'static (State, Vec<u8>) {
    static KEPT: OnceLock<(State, Vec<u8>)> = OnceLock::new();
    KEPT.get_or_init(|| {
        let mut state = State::default();
        for (position, name) in (1..).zip(["return-v1", "amendment-v2", "budget-date-v1"]) {
            let path = repository().join(format!("crates/plan/tests/fixtures/{name}.json"));
            let text = std::fs::read_to_string(path).expect("the fixtures of the plan");
            let entry = Entry::from_stored(&text).expect("a fixture is an entry");
            state.apply(position, &entry).expect("fixtures follow each other");
        }
        let bytes = state.to_bytes();
        (state, bytes)
    })
}

fuzz_target!(|input: &[u8]| {
    let (state, bytes) = kept();
    if let Some(read) = State::from_bytes(&damaged(bytes, input)) {
        assert!(read.position() == state.position() || !input.is_empty());
        let _ = read.pending().count();
    }
    if let Some(read) = State::from_bytes(input) {
        let _ = read.has_illustrative();
    }
    let cube = Totals::build(state, true).to_bytes();
    let _ = Totals::restore(state, &damaged(&cube, input));
});
