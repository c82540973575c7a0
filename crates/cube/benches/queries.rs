//! The questions of `performance.md` on the national load: `cargo bench -p romduol-cube`. Wall time; for processor time
//! and memory see the example `measure`. SCALE=10 or SCALE=100 takes only so many indicators, otherwise both run.

#[allow(dead_code, reason = "the example uses the rest")]
mod national;

use std::time::Duration;

use criterion::{BatchSize, BenchmarkGroup, Criterion, criterion_group, criterion_main, measurement::WallTime};
use romduol_cube::*;

fn queries(criterion: &mut Criterion) {
    let scale: Option<u32> = std::env::var("SCALE").ok().and_then(|scale| scale.parse().ok());
    for measures in [10, 100].into_iter().filter(|&measures| scale.is_none_or(|scale| scale == measures)) {
        let cube = national::loaded(measures);
        let mut group = criterion.benchmark_group(format!("{measures} indicators"));
        group.sample_size(20).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
        group.bench_function("Q1 one indicator by quarter and sex", |b| b.iter(|| national::q1(&cube)));
        group.bench_function("Q2 one indicator by province", |b| b.iter(|| national::q2(&cube)));
        group.bench_function("Q3 all indicators by sex and district", |b| b.iter(|| national::q3(&cube)));
        group.sample_size(10);
        group.bench_function("Q4 all indicators by quarter", |b| b.iter(|| national::q4(&cube)));
        group.bench_function("Q5 publication cube", |b| b.iter(|| national::q5(&cube, measures)));
        changes(&mut group, &cube);
        bytes(&mut group, &cube);
        group.finish();
    }
}

fn changes(group: &mut BenchmarkGroup<'_, WallTime>, cube: &Cube) {
    let changes = national::corrections(cube);
    group.bench_function("Q6b 1,000 corrections, then Q1 and Q2", |b| {
        let correct = |mut changed: Cube| {
            changed.apply(&changes).expect("made for it");
            (national::q1(&changed), national::q2(&changed), changed)
        };
        // The original stays, as a reader's snapshot would.
        b.iter_batched(|| cube.clone(), correct, BatchSize::PerIteration);
    });
    let measures = cube.measures();
    // One period of all communes, as they arrive; drawing the numbers costs more than loading them.
    let mut rows = Vec::new();
    national::returns(measures, national::USUAL, |returned| {
        let first = returned.iter().filter(|row| row.period == 0);
        rows.extend(first.map(|row| (row.measure, row.area, row.cells.to_vec())));
    });
    group.bench_function("load one quarter", |b| {
        let load = |mut empty: Cube| {
            for (measure, area, cells) in &rows {
                empty.load(&[Row { measure: *measure, period: 0, area: *area, cells }]).expect("made for it");
            }
            empty
        };
        b.iter_batched(|| national::empty(measures), load, BatchSize::PerIteration);
    });
}

fn bytes(group: &mut BenchmarkGroup<'_, WallTime>, cube: &Cube) {
    group.bench_function("write bytes", |b| b.iter(|| cube.to_bytes()));
    let bytes = cube.to_bytes();
    group.bench_function("read bytes", |b| b.iter(|| Cube::from_bytes(&bytes).expect("just written")));
}

criterion_group!(benches, queries);
criterion_main!(benches);
