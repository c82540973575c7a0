//! What large editions cost: `cargo run --release -p romduol-disclosure --example scale -- 100000 40` for so many cells
//! (1000, 10000, 100000 or 1000000) and, if given, so much search, pruning and reach; a fifth number is how many such
//! measures make up the edition, each on whichever core is free. Refuses to be precise: one run.

#[path = "../tests/common/made_up.rs"]
mod made_up;

use std::time::Instant;

use rayon::prelude::*;
use romduol_disclosure::*;

fn main() {
    let numbers: Vec<u32> = std::env::args().skip(1).map(|number| number.parse().expect("a number")).collect();
    let (provinces, districts, communes, ages, quarters) = match numbers[0] {
        1_000 => (3, 4, 0, 4, 4),
        10_000 => (18, 7, 0, 4, 4),
        100_000 => (14, 8, 9, 5, 4),
        _ => (25, 20, 18, 5, 4),
    };
    let mut edition = made_up::edition(provinces, districts, communes, ages, quarters, 12.0);
    if let &[_, search, prune, reach, ..] = numbers.as_slice() {
        edition.set_policy(Policy { effort: Some(Effort { search, prune, reach }), ..Policy::people() });
    }
    let start = Instant::now();
    let measures = numbers.get(4).copied().unwrap_or(1);
    let done: Vec<_> = (0..measures).into_par_iter().map(|_| suppress(&edition, &Memory::new())).collect();
    for outcome in done.iter().take(1) {
        match outcome {
            Ok(release) => println!("{:?} with {} witnesses", release.tally(), release.witnesses.len()),
            Err(refusal) => println!("{refusal}"),
        }
    }
    println!("{measures} measures in {:?}", start.elapsed());
}
