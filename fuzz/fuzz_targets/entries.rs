//! Entries of the ledger, of any version: read, written and read again they are the same; a state takes them in.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use romduol_plan::totals::Totals;
use romduol_plan::{Body, Change, Entry, Kind, Nonce, State};

fuzz_target!(|text: &str| -> Corpus {
    let mut state = State::default();
    let mut position = 0;
    for line in text.lines() {
        match Entry::from_stored(line) {
            Ok(entry) => {
                same(&entry);
                position += 1;
                // An amendment of what is not there is refused, and the state stays as it was.
                let _ = state.apply(position, &entry);
            }
            Err(unreadable) => assert!(!unreadable.to_string().trim().is_empty()),
        }
    }
    if position == 0 {
        return Corpus::Keep;
    }
    let kept = State::from_bytes(&state.to_bytes()).expect("a state reads what it has written");
    for kind in Kind::ALL {
        assert_eq!(kept.ids(*kind), state.ids(*kind));
        for id in state.ids(*kind) {
            assert_eq!(kept.body(*kind, id), state.body(*kind, id));
        }
    }
    assert!(kept.pending().count() == state.pending().count());
    Corpus::Keep
});

fn same(entry: &Entry) {
    let stored = entry.to_stored(Nonce(1));
    let again = Entry::from_stored(&stored).expect("an entry reads what it has written");
    assert_eq!(again.to_stored(Nonce(1)), stored);
    assert_eq!(again.changes.len(), entry.changes.len());
    for (change, read) in entry.changes.iter().zip(&again.changes) {
        assert_eq!(change, read);
        if let Change::Put(Body::Return(record)) = change {
            let cells = |answer: &romduol_plan::kinds::Answer| answer.cells.iter().count();
            let _ = record.answers.open().iter().map(cells).sum::<usize>();
        }
    }
    let _ = Totals::build(&State::default(), true);
}
