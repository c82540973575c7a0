//! Editions of about 1,000, 10,000 and 100,000 cells, suppressed and audited: `cargo bench -p romduol-disclosure`.

#[path = "../tests/common/made_up.rs"]
mod made_up;

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use made_up::edition;
use romduol_disclosure::*;

fn editions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("suppress and audit");
    group.sample_size(10).warm_up_time(Duration::from_millis(100)).measurement_time(Duration::from_secs(1));
    for (name, shape) in [("1,000", (3, 4, 0, 4, 4)), ("10,000", (18, 7, 0, 4, 4)), ("100,000", (14, 8, 9, 5, 4))] {
        let mut edition = edition(shape.0, shape.1, shape.2, shape.3, shape.4, 12.0);
        // The same little effort at every size, so that the sizes can be compared.
        edition.set_policy(Policy { effort: Some(Effort::for_cells(100_000)), ..Policy::people() });
        group.bench_function(format!("{name} cells"), |bencher| {
            bencher.iter(|| suppress(&edition, &Memory::new()).expect("made for it"));
        });
    }
    group.finish();
}

criterion_group!(benches, editions);
criterion_main!(benches);
