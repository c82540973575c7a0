//! Figures for the README: `cargo run --release -p romduol-disclosure --example hidden -- S2 M`, with files of
//! `tests/data`. Two rules for zeros, with and without insiders.

#[path = "../tests/common/mod.rs"]
mod common;

use std::time::Instant;

use romduol_disclosure::*;

fn main() {
    for file in std::env::args().skip(1) {
        let system = common::load(&file, Policy::people()).system().expect("a made-up table");
        for rounds in [0, Effort::for_cells(system.cells().len()).search] {
            let start = Instant::now();
            let hidden = uncomputable(&system, rounds, 1);
            let others = system.cells().iter().zip(&hidden).filter(|(cell, hidden)| **hidden && !cell.is_primary());
            let (cells, value) = others.fold((0, 0), |(cells, sum), (cell, _)| (cells + 1, sum + cell.value));
            println!("{file}, {rounds} rounds, no witnesses: {cells}/{value} in {:?}", start.elapsed());
        }
        for (zeros, insiders) in [(Zeros::Eligible, false), (Zeros::Shown, false), (Zeros::Shown, true)] {
            let edition = common::load(&file, Policy { zeros, insiders, ..Policy::people() });
            let start = Instant::now();
            match suppress(&edition, &Memory::new()) {
                Ok(release) => {
                    let (took, tally) = (start.elapsed(), release.tally());
                    let start = Instant::now();
                    let passed = audit(&release.system, &release.hidden, &release.witnesses, insiders).is_ok();
                    println!(
                        "{file}, zeros {zeros:?}, insiders {insiders}: {}/{} with {} witnesses in {took:?}; audit {passed} in {:?}",
                        tally.secondary,
                        tally.value,
                        release.witnesses.len(),
                        start.elapsed()
                    );
                }
                Err(refusal) => println!("{file}: {refusal}"),
            }
        }
    }
}
